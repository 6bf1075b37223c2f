package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/store"
	"cordon/tui"
)

// console runs the console on a case until it is left.
func (p *program) console(ctx context.Context, c *store.Case, o consoleOptions) error {
	styles, err := p.styles()
	if err != nil {
		return err
	}
	desk, _, err := p.desk(ctx, c, o.now)
	if err != nil {
		return err
	}
	app := tui.New(tui.Options{
		Evidence: evidence{c}, Desk: desk, Identity: o.identity, T0: o.t0, Styles: styles,
		Now: o.now, Location: time.Local, Tick: o.tick, Version: buildVersion(),
	})
	_, err = tea.NewProgram(app, tea.WithContext(ctx), tea.WithInput(p.in), tea.WithOutput(p.out), tea.WithoutSignalHandler()).Run()
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
