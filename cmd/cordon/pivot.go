package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations/filter"
	"cordon/investigations/lineage"
	"cordon/store"
	"cordon/tui"
)

const pivotExamples = `cordon pivot mallory@example.com ./evidence
cordon pivot --case incident --json role:editor
cordon pivot --depth 1 address:203.0.113.9 ./logs`

func (p *program) pivotVerb() *cobra.Command {
	var caseName, since string
	var depth int
	var asJSON bool
	var hostile []string
	cmd := &cobra.Command{
		Use:   "pivot IDENTITY [PATH…]",
		Short: "Show what an identity did and where it leads",
		Long: "Show the blast radius of an identity: every kind of thing it did, with exact counts, where each leads, and what spread from it.\n\n" +
			"IDENTITY is a user, or kind:name for anything else: who used it, who approved it, what joined with it, what happened in it.\n\n" +
			"What the identity never used before the incident is marked new. The incident begins at the T0 of the case (ctrl+t in the console), or where --since says.",
		Example: pivotExamples,
	}
	withCase(cmd, &caseName)
	cmd.Flags().IntVar(&depth, "depth", lineage.DefaultDepth, "how many steps the lineage is followed; 0 leaves it out")
	cmd.Flags().StringVar(&since, "since", "", "when the incident began: 2026-11-18T21:00, -2h; without it T0 of the case")
	cmd.Flags().StringArrayVar(&hostile, "hostile", nil, "hands that count as hostile in this run, such as address:203.0.113.9; may be repeated")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if depth < 0 {
			return misuse("a depth of 4 is the default", "--depth must not be negative")
		}
		own, paths, err := ownArgument(args, "the identity")
		if err != nil {
			return err
		}
		return p.pivot(ctx, own, caseName, paths, since, hostile, depth, asJSON)
	})
	return cmd
}

func (p *program) pivot(ctx context.Context, who, caseName string, paths []string, since string, hostile []string, depth int, asJSON bool) (err error) {
	of, err := identity(who)
	if err != nil {
		return err
	}
	c, err := p.openCase(ctx, caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	began, err := p.incidentBegan(ctx, c, since)
	if err != nil {
		return err
	}
	marks, err := p.judged(ctx, c, of, hostile)
	if err != nil {
		return err
	}
	report, err := lineage.Answer(ctx, c, lineage.Question{Identity: of, Depth: depth, Judgement: marks, Lines: c}, began)
	if err != nil {
		return err
	}
	if asJSON {
		err = p.writeJSON(report)
	} else {
		err = p.print(func(t *plain) { t.blastRadius(report) })
	}
	if err != nil || report.Seen {
		return err
	}
	return found(fmt.Sprintf("no event of this evidence names %s", of), 0, report.Coverage.Coverage)
}

// incidentBegan is the moment that --since names, or T0 of the case; zero where
// nobody has said.
func (p *program) incidentBegan(ctx context.Context, c *store.Case, since string) (time.Time, error) {
	if since != "" {
		at, err := filter.Moment(since, p.now())
		if err != nil {
			return time.Time{}, misuse("such as --since 2026-11-18T21:00", "--since %v", err)
		}
		return at, nil
	}
	kept, err := c.State(ctx, tui.T0Key)
	return tui.KeptT0(kept, time.Time{}), err
}
