package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/store"
	"cordon/themes"
)

const openExamples = `cordon open incident.cordon
cordon open --live --proxy teleport.example.com:443 --identity ./identity
cordon ./audit ./recordings
cordon`

// consoleOptions say how the console begins.
type consoleOptions struct {
	identity investigations.Entity
	t0       time.Time
	now      func() time.Time
	tick     time.Duration
	live     *liveConsole // nil: files alone
}

// mode is what an act of the console does to a cluster.
func (o consoleOptions) mode() themes.Mode {
	if o.live != nil {
		return themes.ModeLive
	}
	return themes.ModeDryRun
}

func (p *program) openVerb() *cobra.Command {
	var ask openAsk
	cmd := &cobra.Command{
		Use:   "open [PATH…]",
		Short: "Open the console on a case file, logs, recordings or folders",
		Long: "Open the console. Without a path it opens the case that was open last.\n\n" +
			"Of logs, recordings and folders cordon makes a case that it keeps: the same paths open the same case, with its journal.\n\n" +
			"With --live the console follows a cluster into the case and places locks there. Without a path the case is named after the cluster.",
		Example: openExamples,
	}
	flags := cmd.Flags()
	flags.StringVar(&ask.who, "who", "", "begin with this user, or kind:name")
	flags.BoolVar(&ask.live, "live", false, "follow a cluster, and place locks on it")
	flags.StringVar(&ask.since, "since", "", "with --live: "+sinceHelp)
	withCluster(cmd, &ask.cluster)
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if ask.live {
			return p.openLive(ctx, args, ask)
		}
		if err := ask.cluster.needsLive(ask.live, "to begin with a user: --who NAME; to follow a cluster: --live"); err != nil {
			return err
		}
		return p.openConsole(ctx, args, ask.who)
	})
	return cmd
}

// openAsk is what a person asks of `cordon open`.
type openAsk struct {
	who     string
	live    bool
	since   string
	cluster clusterAsk
}

// openConsole opens the console on paths; without any, on the last case.
func (p *program) openConsole(ctx context.Context, args []string, who string) (err error) {
	var of investigations.Entity
	if who != "" {
		if of, err = identity(who); err != nil {
			return err
		}
	}
	paths, err := evidenceOnly(args)
	if err != nil {
		return err
	}
	if err := p.needsTerminal(); err != nil {
		return err
	}
	c, made, err := p.consoleCase(ctx, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	p.rememberCase(c.Path())
	_, err = c.Record(ctx, journal.Entry{
		Time: p.now(), Operator: p.operator(), Mode: journal.ModeDryRun, Action: journal.ActionCaseOpen, Target: c.Name(),
	})
	if err := p.unwritten(err); err != nil {
		return err
	}
	err = p.console(ctx, c, consoleOptions{identity: of, now: p.now, tick: time.Second})
	if err == nil && made {
		p.tell("kept as %s: the same paths, or cordon alone, open it again", c.Path())
	}
	return err
}

// needsTerminal refuses a console without a screen or keys.
func (p *program) needsTerminal() error {
	_, screen := terminal(p.out)
	_, keys := terminal(p.in)
	if screen && keys && p.env("TERM") != "dumb" {
		return nil
	}
	return misuse("without one: cordon pivot, events, sessions, transcript, locks, each with --json", "the console needs a terminal that can place text")
}

// consoleCase finds or makes the case that the console opens; made is true for
// one that cordon keeps for evidence paths.
func (p *program) consoleCase(ctx context.Context, paths []string) (c *store.Case, made bool, err error) {
	switch {
	case len(paths) == 0:
		last, err := p.lastCase()
		if err != nil {
			return nil, false, err
		}
		if last == "" {
			return nil, false, misuse("begin with: cordon demo, or cordon PATH…", "there is no last case to open")
		}
		c, err = store.Open(ctx, last)
		return c, false, err
	case slices.Contains(paths, store.Stdin):
		return nil, false, misuse("keep it in a case first: cordon ingest --case NAME -", "the console reads keys from standard input")
	case slices.ContainsFunc(paths, isCase):
		c, err = p.openCase(ctx, "", paths)
		return c, false, err
	}
	path, err := p.keptCase(paths)
	if err != nil {
		return nil, false, err
	}
	c, _, err = p.addEvidence(ctx, "cordon open", path, paths)
	if errors.Is(err, store.ErrHeld) { // by a console on the same paths: what it has read is there to see
		if there, openErr := store.Open(ctx, path); openErr == nil {
			return there, true, nil
		}
	}
	return c, true, err
}
