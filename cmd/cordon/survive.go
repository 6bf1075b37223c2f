package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations/contain"
	"cordon/investigations/filter"
	"cordon/investigations/lineage"
	"cordon/investigations/survive"
)

const surviveExamples = `cordon survive mallory@example.com ./evidence
cordon survive --case incident --hostile address:203.0.113.9 mallory@example.com
cordon survive --case incident --commands mallory@example.com > end-it.sh`

// surviveAsk is what a person asks of `cordon survive`.
type surviveAsk struct {
	lineageAsk
	at       string
	commands bool
}

func (p *program) surviveVerb() *cobra.Command {
	var ask surviveAsk
	cmd := &cobra.Command{
		Use:   "survive IDENTITY [PATH…]",
		Short: "List what an attacker could still use, and the command that ends each",
		Long: "List what survives the locks in force: tokens, users, links, roles, list memberships, certificates, sessions, access requests, devices, connectors, settings; until when each lasts, the event that proves it, and the command that ends it. What the attacker changed or removed is put back last.\n\n" +
			"It goes by the lineage of the identity: steps that were refused do not count, nor does what the owner's hands did. A planned lock stops nothing. Nothing is sent: read the commands before you run them.",
		Example: surviveExamples,
	}
	withCase(cmd, &ask.caseName)
	flags := cmd.Flags()
	flags.StringVar(&ask.at, "at", "", "the moment asked about: 2026-11-18T21:00, -2h (default now)")
	flags.IntVar(&ask.depth, "depth", 2*lineage.DefaultDepth, "how many steps of the lineage are followed")
	flags.StringVar(&ask.since, "since", "", "what the identity did before is left out; without it T0 of the case")
	flags.StringArrayVar(&ask.hostile, "hostile", nil, "hands that count as hostile in this run, such as address:203.0.113.9; may be repeated")
	flags.BoolVar(&ask.commands, "commands", false, "print only the commands, one a line, with comments, to review and paste")
	flags.BoolVar(&ask.json, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if ask.commands && ask.json {
			return misuse("", "give either --commands or --json")
		}
		if ask.depth < 1 {
			return misuse("a depth of 8 is the default", "--depth must be 1 or more")
		}
		own, paths, err := ownArgument(args, "the identity")
		if err != nil {
			return err
		}
		return p.survive(ctx, ask, own, paths)
	})
	return cmd
}

func (p *program) survive(ctx context.Context, ask surviveAsk, who string, paths []string) (err error) {
	of, err := identity(who)
	if err != nil {
		return err
	}
	at, err := p.momentAsked(ask.at)
	if err != nil {
		return err
	}
	c, desk, coverage, err := p.openDesk(ctx, ask.caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	l, err := p.followed(ctx, c, of, ask.lineageAsk)
	if err != nil {
		return err
	}
	board, err := desk.Board(ctx)
	if err != nil {
		return err
	}
	q, err := survive.Ask(ctx, c, l, board, contain.Server{Major: coverage.ServerMajor}, at)
	if err != nil {
		return err
	}
	r, err := survive.Of(ctx, c, q)
	if err != nil {
		return err
	}
	switch {
	case ask.json:
		err = p.writeJSON(r)
	case ask.commands:
		err = p.print(func(t *plain) { t.commands(r) })
	case r.Seen:
		err = p.print(func(t *plain) { t.survives(r) })
	}
	switch {
	case err != nil:
		return err
	case !r.Seen:
		return found(fmt.Sprintf("no event of this evidence names %s", of), 0, coverage)
	}
	return found(fmt.Sprintf("nothing in this evidence survives of %s", of), len(r.Items)+len(r.Held), coverage)
}

// momentAsked is the moment that --at names, now without it.
func (p *program) momentAsked(at string) (time.Time, error) {
	if at == "" {
		return p.now().UTC(), nil
	}
	moment, err := filter.Moment(at, p.now())
	if err != nil {
		return moment, misuse("such as --at 2026-11-18T21:00", "--at %v", err)
	}
	return moment.UTC(), nil
}
