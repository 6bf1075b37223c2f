package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot"
	"cordon/store"
)

const lineageExamples = `cordon lineage mallory@example.com ./evidence
cordon lineage --hostile address:203.0.113.9 mallory@example.com ./evidence
cordon lineage --case incident --accept EVENT mallory@example.com
cordon lineage --case incident --refuse EVENT --reason 'on call that night' mallory@example.com`

// lineageAsk is what a person asks of `cordon lineage`.
type lineageAsk struct {
	caseName               string
	since                  string
	depth                  int
	hostile                []string
	accept, refuse, reopen []string
	reason                 string
	json                   bool
}

func (p *program) lineageVerb() *cobra.Command {
	var ask lineageAsk
	cmd := &cobra.Command{
		Use:   "lineage IDENTITY [PATH…]",
		Short: "Follow what spread from an identity; accept or refuse each step",
		Long: "Follow an identity to what it made, approved, granted and let in, and on to what those did. Each step names the event that proves it.\n\n" +
			"What the log leaves open is ambiguous: accept it or refuse it by its event, and the journal of the case keeps that. With hands marked (cordon hands) only what hostile hands did is followed as proved. What the log cannot show is said at the end.",
		Example: lineageExamples,
	}
	withCase(cmd, &ask.caseName)
	flags := cmd.Flags()
	flags.IntVar(&ask.depth, "depth", lineage.DefaultDepth, "how many steps are followed")
	flags.StringVar(&ask.since, "since", "", "what the identity did before is left out: 2026-11-18T21:00, -2h; without it T0 of the case")
	flags.StringArrayVar(&ask.hostile, "hostile", nil, "hands that count as hostile in this run, such as address:203.0.113.9; may be repeated")
	flags.StringArrayVar(&ask.accept, "accept", nil, "take the step that this event shows as true; may be repeated")
	flags.StringArrayVar(&ask.refuse, "refuse", nil, "take it as no part of the attack")
	flags.StringArrayVar(&ask.reopen, "reopen", nil, "take such a decision back")
	flags.StringVar(&ask.reason, "reason", "", "why, for the journal; a refusal needs one")
	flags.BoolVar(&ask.json, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		switch {
		case ask.depth < 1:
			return misuse("a depth of 4 is the default", "--depth must be 1 or more")
		case len(ask.refuse) > 0 && ask.reason == "":
			return misuse("for example --reason 'made by onboarding'", "--refuse needs a --reason: who reads the case later has to know why")
		case ask.reason != "" && len(ask.accept)+len(ask.refuse)+len(ask.reopen) == 0:
			return misuse("", "--reason is for --accept, --refuse or --reopen")
		}
		own, paths, err := ownArgument(args, "the identity")
		if err != nil {
			return err
		}
		return p.lineage(ctx, ask, own, paths)
	})
	return cmd
}

// lineageAnswer is the answer of `cordon lineage --json`.
type lineageAnswer struct {
	Identity string                  `json:"identity"`
	Coverage pivot.Coverage          `json:"coverage"`
	Since    time.Time               `json:"since,omitzero"`
	ByHands  bool                    `json:"by_hands"` // hands are marked: only hostile ones prove
	Lineage  []lineage.Edge          `json:"lineage"`
	Owner    []lineage.Edge          `json:"owner"` // what the owner's hands did: no part of it
	Taint    []investigations.Entity `json:"taint"`
	Unknown  []lineage.Unknown       `json:"unknown"`
	Scope    *lineage.Scope          `json:"scope"`

	entity investigations.Entity
	marks  []judgement.Mark
	board  contain.Board
	now    time.Time
}

func (p *program) lineage(ctx context.Context, ask lineageAsk, who string, paths []string) (err error) {
	of, err := identity(who)
	if err != nil {
		return err
	}
	c, desk, coverage, err := p.openDesk(ctx, ask.caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	l, err := p.followed(ctx, c, of, ask)
	if err != nil {
		return err
	}
	decisions, err := p.decisions(l, ask)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		if err := decide(ctx, c, judgement.EdgeEntry(p.author(), of, d.verdict, ask.reason, d.edges...)); err != nil {
			return err
		}
	}
	if len(decisions) > 0 {
		if l, err = p.followed(ctx, c, of, ask); err != nil {
			return err
		}
	}
	answer, err := p.weighed(ctx, c, desk, l)
	if err != nil {
		return err
	}
	answer.Coverage = covered(coverage)
	if ask.json {
		err = p.writeJSON(answer)
	} else {
		err = p.print(func(t *plain) { t.lineage(answer, p.ascii) })
	}
	if err != nil {
		return err
	}
	return foundOf(ctx, c, of, fmt.Sprintf("nothing in this evidence spread from %s", of), len(answer.Lineage)+len(answer.Owner), coverage)
}

// followed is the lineage by the decisions that stand.
func (p *program) followed(ctx context.Context, c *store.Case, of investigations.Entity, ask lineageAsk) (*lineage.Lineage, error) {
	began, err := p.incidentBegan(ctx, c, ask.since)
	if err != nil {
		return nil, err
	}
	j, err := p.judged(ctx, c, of, ask.hostile)
	if err != nil {
		return nil, err
	}
	return lineage.Follow(ctx, c, lineage.Question{Identity: of, Depth: ask.depth, Since: began, Judgement: j, Lines: c})
}

// decision is one entry for the journal.
type decision struct {
	verdict judgement.Verdict
	edges   []judgement.Edge
}

// decisions finds the steps that the events named on the command line show.
func (p *program) decisions(l *lineage.Lineage, ask lineageAsk) ([]decision, error) {
	var out []decision
	for _, asked := range []struct {
		verdict judgement.Verdict
		events  []string
	}{{judgement.Accepted, ask.accept}, {judgement.Refused, ask.refuse}, {judgement.Undecided, ask.reopen}} {
		for _, event := range asked.events {
			d := decision{verdict: asked.verdict}
			for _, list := range [][]lineage.Edge{l.Edges, l.Owner} {
				for _, e := range list {
					if e.Event == event {
						d.edges = append(d.edges, e.Key())
					}
				}
			}
			if len(d.edges) == 0 {
				return nil, nothing("cordon lineage --json "+contain.Quote(l.Question.Identity.String())+" lists the steps with their events",
					"no step of the lineage of %s rests on the event %s", l.Question.Identity, event)
			}
			out = append(out, d)
		}
	}
	return out, nil
}

// weighed adds to a lineage what is open behind it and what is done about it.
func (p *program) weighed(ctx context.Context, c *store.Case, desk *contain.Desk, l *lineage.Lineage) (*lineageAnswer, error) {
	board, err := desk.Board(ctx)
	if err != nil {
		return nil, err
	}
	a := &lineageAnswer{
		Identity: l.Question.Identity.String(), Since: l.Question.Since, ByHands: l.ByHands,
		Lineage: append([]lineage.Edge{}, l.Edges...), Owner: append([]lineage.Edge{}, l.Owner...), Taint: l.Taint.Entities(),
		entity: l.Question.Identity, marks: l.Question.Judgement.Marks(l.Question.Identity), board: board, now: p.now(),
	}
	if a.Scope, err = lineage.Measure(ctx, c, l, board, a.now); err != nil {
		return nil, err
	}
	a.Unknown, err = lineage.Unknowns(ctx, c, c, l)
	if a.Unknown == nil {
		a.Unknown = []lineage.Unknown{}
	}
	return a, err
}
