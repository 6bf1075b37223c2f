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
	"cordon/store"
	"cordon/store/teleport"
)

const surviveExamples = `cordon survive mallory@example.com ./evidence
cordon survive --case incident --hostile address:203.0.113.9 mallory@example.com
cordon survive --case incident --commands mallory@example.com > end-it.sh
cordon survive --live --case incident mallory@example.com`

// surviveAsk is what a person asks of `cordon survive`.
type surviveAsk struct {
	lineageAsk
	at       string
	commands bool
	live     bool
	cluster  clusterAsk
}

func (p *program) surviveVerb() *cobra.Command {
	var ask surviveAsk
	cmd := &cobra.Command{
		Use:   "survive IDENTITY [PATH…]",
		Short: "List what an attacker could still use, and the command that ends each",
		Long: "List what survives the locks in force: tokens, users, links, roles, list memberships, certificates, sessions, access requests, devices, connectors, settings; until when each lasts, the event that proves it, and the command that ends it. What the attacker changed or removed is put back last.\n\n" +
			"It goes by the lineage of the identity: steps that were refused do not count, nor does what the owner's hands did. A planned lock stops nothing. Nothing is changed: read the commands before you run them.\n\n" +
			"With --live the locks in force are those of the cluster, and it is asked what still stands: under each command is whether it is done by now.",
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
	flags.BoolVar(&ask.live, "live", false, "ask the cluster what still stands, and mark what is done")
	withCluster(cmd, &ask.cluster)
	cmd.MarkFlagsMutuallyExclusive("live", "at")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if err := ask.cluster.needsLive(ask.live, "to ask the cluster what still stands: --live"); err != nil {
			return err
		}
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
	server := contain.Server{Major: coverage.ServerMajor}
	var cluster *teleport.Cluster
	if ask.live {
		if cluster, err = p.connect(ctx, ask.cluster); err != nil {
			return err
		}
		defer joined(&err, cluster)
		if desk, err = p.surviveDesk(ctx, c, coverage, cluster); err != nil {
			return err
		}
		server.Major = cluster.Major
	}
	l, err := p.followed(ctx, c, of, ask.lineageAsk)
	if err != nil {
		return err
	}
	r, err := surviving(ctx, c, l, desk, server, at)
	if err != nil {
		return err
	}
	now, err := p.nowOf(ctx, c, cluster, r)
	if err != nil {
		return err
	}
	switch {
	case ask.json:
		err = p.writeJSON(surviveAnswer{r, now})
	case ask.commands:
		err = p.print(func(t *plain) { t.commands(r, now) })
	case r.Seen:
		err = p.print(func(t *plain) { t.survives(r, now) })
	}
	switch {
	case err != nil:
		return err
	case !r.Seen:
		return found(fmt.Sprintf("no event of this evidence names %s", of), 0, coverage)
	}
	return found(fmt.Sprintf("nothing in this evidence survives of %s", of), len(r.Items)+len(r.Held), coverage)
}

// surviving is what is left at a moment beside the locks of a desk's board.
func surviving(ctx context.Context, c *store.Case, l *lineage.Lineage, desk *contain.Desk, server contain.Server, at time.Time) (*survive.Report, error) {
	board, err := desk.Board(ctx)
	if err != nil {
		return nil, err
	}
	q, err := survive.Ask(ctx, c, l, board, server, at)
	if err != nil {
		return nil, err
	}
	return survive.Of(ctx, c, q)
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
