package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/contain"
	"cordon/investigations/rules"
	"cordon/store"
	"cordon/tui"
)

// console runs the console on a case until it is left.
func (p *program) console(ctx context.Context, c *store.Case, o consoleOptions) error {
	styles, err := p.styles(o.mode())
	if err != nil {
		return err
	}
	desk, err := p.consoleDesk(ctx, c, o)
	if err != nil {
		return err
	}
	beside, note, err := o.live.tools()
	if err != nil {
		return err
	}
	app := tui.New(tui.Options{
		Evidence: evidence{c}, Desk: desk, Identity: o.identity, T0: o.t0, Styles: styles,
		Now: o.now, Location: time.Local, Tick: o.tick, Version: buildVersion(), Export: writeNew,
		Shell: p.env("SHELL"), Beside: beside, BesideNote: note, Live: o.live.pages(), Opened: o.live.whenOpened(), Engine: c.Engine(o.now), ClusterEngine: o.live.engine(), Queries: p.ownQueries(), Rules: func() ([]*rules.Rule, []error) { return p.rulesOf(nil) },
	})
	screen := tea.NewProgram(
		app, tea.WithContext(ctx), tea.WithInput(p.in), tea.WithOutput(p.out), tea.WithoutSignalHandler(), tea.WithFPS(framesPerSecond),
	)
	if o.live != nil {
		stop := o.live.begin(ctx, screen.Send)
		defer stop()
	}
	_, err = screen.Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, tea.ErrInterrupted):
		return context.Canceled
	case err != nil:
		return fmt.Errorf("run the console: %w", err)
	}
	return nil
}

// framesPerSecond is how often the screen is written at most: with 60 a key alone
// could wait 16 ms for its frame.
const framesPerSecond = 120

// consoleDesk is where the console's locks are placed: nowhere, or on the
// cluster.
func (p *program) consoleDesk(ctx context.Context, c *store.Case, o consoleOptions) (*contain.Desk, error) {
	if o.live != nil {
		return o.live.desk, nil
	}
	desk, _, err := p.desk(ctx, c, o.now)
	return desk, err
}

// writeNew writes a file that does not exist yet, for its owner alone, and
// returns its path in full.
func writeNew(name string, content []byte) (path string, err error) {
	path, err = filepath.Abs(name)
	if err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s exists already: choose another name", path)
	}
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	return path, nil
}
