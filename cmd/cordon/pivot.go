package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"cordon/investigations/lineage"
)

const pivotExamples = `cordon pivot mallory@example.com ./evidence
cordon pivot --case incident --json role:editor
cordon pivot --depth 1 address:203.0.113.9 ./logs`

func (p *program) pivotVerb() *cobra.Command {
	var caseName string
	var depth int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "pivot IDENTITY [PATH…]",
		Short: "Show what an identity did and where it leads",
		Long: "Show the blast radius of an identity: every kind of thing it did, with exact counts, where each leads, and what spread from it.\n\n" +
			"IDENTITY is a user, or kind:name for anything else.",
		Example: pivotExamples,
	}
	withCase(cmd, &caseName)
	cmd.Flags().IntVar(&depth, "depth", lineage.DefaultDepth, "how many steps the lineage is followed; 0 leaves it out")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if depth < 0 {
			return misuse("a depth of 4 is the default", "--depth must not be negative")
		}
		own, paths, err := ownArgument(args, "the identity")
		if err != nil {
			return err
		}
		return p.pivot(ctx, own, caseName, paths, depth, asJSON)
	})
	return cmd
}

func (p *program) pivot(ctx context.Context, who, caseName string, paths []string, depth int, asJSON bool) (err error) {
	of, err := identity(who)
	if err != nil {
		return err
	}
	c, err := p.openCase(ctx, caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	report, err := lineage.Of(ctx, c, of, depth)
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
