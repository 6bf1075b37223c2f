package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/hands"
	"cordon/investigations/judgement"
	"cordon/investigations/pivot"
	"cordon/store"
	"cordon/tui/safetext"
)

const handsExamples = `cordon hands mallory@example.com ./evidence
cordon hands --case incident --mark hostile address:203.0.113.9 mallory@example.com
cordon hands --case incident --mark none address:203.0.113.9 mallory@example.com`

// handsAsk is what a person asks of `cordon hands`.
type handsAsk struct {
	caseName string
	since    string
	mark     string
	reason   string
	json     bool
}

func (p *program) handsVerb() *cobra.Command {
	var ask handsAsk
	cmd := &cobra.Command{
		Use:   "hands [--mark SIDE KEY…] IDENTITY [PATH…]",
		Short: "Show who used an identity: by address, device, user agent, certificate",
		Long: "A stolen identity is used by its owner and by the thief. Show what tells them apart in what the identity did, and mark it: hostile, owner or none. " +
			"Marks stand in the case's journal; from then on the lineage counts what hostile hands did.\n\n" +
			"KEY is address:IP, mfa_device:UUID, device:ID, agent:TEXT, certificate:EVENT or session:UUID.",
		Example: handsExamples,
	}
	withCase(cmd, &ask.caseName)
	cmd.Flags().StringVar(&ask.mark, "mark", "", "mark the keys: hostile, owner or none")
	cmd.Flags().StringVar(&ask.reason, "reason", "", "why, for the journal")
	cmd.Flags().StringVar(&ask.since, "since", "", "when the incident began: 2026-11-18T21:00, -2h; without it T0 of the case")
	cmd.Flags().BoolVar(&ask.json, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		var keys []judgement.Key
		if ask.mark != "" {
			var err error
			if keys, args, err = keysFirst(args); err != nil {
				return err
			}
		} else if ask.reason != "" {
			return misuse("for example --mark hostile address:203.0.113.9", "--reason is for --mark")
		}
		own, paths, err := ownArgument(args, "the identity")
		if err != nil {
			return err
		}
		return p.hands(ctx, ask, own, paths, keys)
	})
	return cmd
}

// keysFirst takes the keys from the front of the arguments. What names a path is
// none.
func keysFirst(args []string) (keys []judgement.Key, rest []string, err error) {
	for i, arg := range args {
		k, parseErr := judgement.ParseKey(arg)
		if parseErr != nil || exists(arg) {
			rest = args[i:]
			break
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, nil, misuse("for example --mark hostile address:203.0.113.9 mallory@example.com; cordon hands IDENTITY lists them", "--mark needs the keys to mark, before the identity")
	}
	return keys, rest, nil
}

// handsAnswer is the answer of `cordon hands --json`.
type handsAnswer struct {
	Coverage pivot.Coverage `json:"coverage"`
	*hands.Hands
}

func (p *program) hands(ctx context.Context, ask handsAsk, who string, paths []string, keys []judgement.Key) (err error) {
	of, err := identity(who)
	if err != nil {
		return err
	}
	side := judgement.Unmarked
	if ask.mark != "" {
		if side, err = judgement.ParseSide(ask.mark); err != nil {
			return misuse("for example --mark hostile", "%w", err)
		}
	}
	c, err := p.openCase(ctx, ask.caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	if len(keys) > 0 {
		if err := decide(ctx, c, judgement.MarkEntry(p.author(), of, side, ask.reason, keys...)); err != nil {
			return err
		}
	}
	answer, err := p.readHands(ctx, c, of, ask.since)
	if err != nil {
		return err
	}
	p.unseenKeys(answer.Hands, side, keys)
	if ask.json {
		err = p.writeJSON(answer)
	} else {
		err = p.print(func(t *plain) { t.hands(answer) })
	}
	if err != nil {
		return err
	}
	return foundOf(ctx, c, of, fmt.Sprintf("%s did nothing in this evidence", of), answer.Acts, answer.Coverage.Coverage)
}

func (p *program) readHands(ctx context.Context, c *store.Case, of investigations.Entity, since string) (handsAnswer, error) {
	var answer handsAnswer
	began, err := p.incidentBegan(ctx, c, since)
	if err != nil {
		return answer, err
	}
	marks, err := p.judged(ctx, c, of, nil)
	if err != nil {
		return answer, err
	}
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return answer, err
	}
	answer.Coverage = covered(coverage)
	answer.Hands, err = hands.Read(ctx, c, c, of, hands.Options{Judgement: marks, Incident: began})
	if errors.Is(err, hands.ErrNoHands) {
		return answer, misuse("for example cordon hands mallory@example.com", "%w", err)
	}
	return answer, err
}

// unseenKeys warns of marks on what no act of the identity carries: a slip of
// the pen would otherwise count as a mark.
func (p *program) unseenKeys(h *hands.Hands, side judgement.Side, keys []judgement.Key) {
	if side == judgement.Unmarked {
		return
	}
	seen := make(map[judgement.Key]bool)
	for _, g := range h.Groups {
		seen[g.Key] = true
	}
	for _, k := range keys {
		if !seen[k] && k.Facet != judgement.FacetSession {
			p.tell("%s is marked, but nothing that %s did in this evidence carries it", k, h.Identity)
		}
	}
}

// certificatesShown is how many certificates are listed before the rest is
// counted: each login brings one.
const certificatesShown = 8

// hands writes whose hands used an identity.
func (t *plain) hands(a handsAnswer) {
	t.line("%s  %s", a.Identity.Name, a.Identity.Kind.Title())
	t.line("%s", coverageLine(a.Coverage.Coverage))
	t.line("")
	if len(a.Groups) > 0 {
		t.groups(a)
	}
	t.links(a)
	if a.Bare > 0 {
		t.line("nothing tells hands apart in %s of %s", number(a.Bare), counted(a.Acts, "act"))
	}
	if a.Sides != nil {
		t.line("by hostile hands %s, by the owner's %s, not known %s", number(a.Sides[hands.Hostile]), number(a.Sides[hands.Owner]), number(a.Sides[hands.Ambiguous]))
	}
	if a.Bounded {
		t.line("note: only the newest %s were read", counted(a.Acts, "act"))
	}
	t.gaps(a.Coverage.Coverage)
}

func (t *plain) groups(a handsAnswer) {
	rows := [][]string{{"hands", "mark", "seen", "logins", "failed", "certs", "sessions", "other", "first", "last"}}
	certificates := 0
	for _, g := range a.Groups {
		if g.Key.Facet == judgement.FacetCertificate {
			if certificates++; certificates > certificatesShown && g.Side == judgement.Unmarked {
				continue
			}
		}
		name := t.keyShown(g.Key)
		if g.Label != "" {
			name += " " + g.Label
		}
		seen := "-"
		switch {
		case g.New:
			seen = "first in the incident"
		case !a.Incident.IsZero():
			seen = "known before"
		}
		rows = append(rows, []string{
			name, sideShown(g.Side), seen, number(g.Logins), number(g.Failed), number(g.Certificates), number(g.Sessions), number(g.Other),
			moment(g.First), moment(g.Last),
		})
	}
	t.table(rows, 3, 4, 5, 6, 7)
	if n := certificates - certificatesShown; n > 0 {
		t.line("and %s more; --json lists them", counted(n, "certificate"))
	}
	t.line("")
}

// agentShown is how much of a user agent a table shows; --json has it whole.
const agentShown = 48

func (t *plain) keyShown(k judgement.Key) string {
	text := t.form.Clean(k.String())
	if k.Facet == judgement.FacetAgent && safetext.Width(text) > agentShown {
		return safetext.Truncate(text, agentShown, t.ellipsis())
	}
	return text
}

func sideShown(s judgement.Side) string {
	if s == judgement.Unmarked {
		return "-"
	}
	return string(s)
}

// links writes which keys one event shows together, certificates left out: each
// belongs to a login.
func (t *plain) links(a handsAnswer) {
	rows := [][]string{{"together", "", "events", "first shown by event"}}
	for _, l := range a.Links {
		if l.A.Facet != judgement.FacetCertificate && l.B.Facet != judgement.FacetCertificate {
			rows = append(rows, []string{t.keyShown(l.A), t.keyShown(l.B), number(l.Events), l.Event})
		}
	}
	if len(rows) > 1 {
		t.table(rows, 2)
		t.line("")
	}
}
