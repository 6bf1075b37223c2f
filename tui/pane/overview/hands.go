package overview

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/investigations/hands"
	"cordon/investigations/judgement"
	"cordon/investigations/pivot"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

// maxHands bounds the hands that are listed; of more the rest is counted.
const maxHands = 30

// loadHands reads whose hands there may be. It comes after the report, whose
// judgement it goes by.
func (p *Pane) loadHands() tea.Cmd {
	env, e, marks := p.env, p.subject.Entity, p.report.marks
	return p.loader.LoadQuietly(loadHands, func(ctx context.Context) (any, error) {
		return readHands(ctx, env, e, marks)
	})
}

// whose is what is known of the hands of an identity.
type whose struct {
	*hands.Hands // nil for what nobody acts as
	// sides counts the events of each category by whose hands they were in, where
	// hands are marked.
	sides map[string]map[hands.Side]int
}

func readHands(ctx context.Context, env pane.Env, e investigations.Entity, marks judgement.Judgement) (w *whose, err error) {
	w = &whose{}
	w.Hands, err = hands.Read(ctx, env.Evidence, env.Evidence, e, hands.Options{Judgement: marks, Incident: env.Clock.T0()})
	switch {
	case errors.Is(err, hands.ErrNoHands):
		return w, nil
	case err != nil || w.Sides == nil:
		return w, err
	}
	judge, err := hands.ReadJudge(ctx, env.Evidence, env.Evidence, e, marks)
	if err != nil {
		return w, err
	}
	w.sides = map[string]map[hands.Side]int{}
	return w, pivot.Walk(ctx, env.Evidence, e, func(keys []string, ev *investigations.Event) {
		side := judge.Attribute(ev).Side
		for _, key := range keys {
			if w.sides[key] == nil {
				w.sides[key] = map[hands.Side]int{}
			}
			w.sides[key][side]++
		}
	})
}

// sidesOf says how much of a category was whose: what hostile hands did, and
// what the log does not tell apart.
func (p *Pane) sidesOf(key string) draw.Line {
	if p.report.whose == nil {
		return nil
	}
	of, g := p.report.whose.sides[key], &p.env.Styles.Glyphs
	var line draw.Line
	if n := of[hands.Hostile]; n > 0 {
		line = append(line, draw.T(themes.Danger, fmt.Sprintf("%s %d hostile  ", g.Hostile, n)))
	}
	if n := of[hands.Ambiguous]; n > 0 {
		line = append(line, draw.T(themes.Warning, fmt.Sprintf("%s %d ambiguous  ", g.Question, n)))
	}
	if n := of[hands.Owner]; n > 0 && len(line) == 0 {
		line = append(line, draw.T(themes.Muted, "the owner's  "))
	}
	return line
}

// listed are the hands that take a row: what somebody sat at. Certificates are
// many and say less; cordon hands lists them.
var listed = map[judgement.Facet]bool{
	judgement.FacetAddress: true, judgement.FacetMFADevice: true, judgement.FacetDevice: true, judgement.FacetAgent: true,
}

// groups are the hands that are shown.
func (r *report) groups() []hands.Group {
	if r.whose == nil || r.whose.Hands == nil {
		return nil
	}
	var out []hands.Group
	for _, g := range r.whose.Groups {
		if listed[g.Key.Facet] || g.Side != judgement.Unmarked {
			out = append(out, g)
		}
	}
	return out
}

func (p *Pane) addHands() {
	groups := p.report.groups()
	if len(groups) == 0 {
		return
	}
	p.heading("hands", "acts", "first", "last", p.handsWords())
	for i := range groups {
		if i == maxHands {
			p.rows = append(p.rows, row{rest: draw.Line{draw.T(themes.Muted, fmt.Sprintf("and %d more: cordon hands %s", len(groups)-i, clean(p.report.Identity)))}})
			break
		}
		p.rows = append(p.rows, p.handRow(&groups[i]))
	}
	if p.report.whose.Bounded {
		p.rows = append(p.rows, row{rest: draw.Line{draw.T(themes.Warning, fmt.Sprintf("from the newest %s acts only", draw.Count(int64(p.report.whose.Acts))))}})
	}
	p.blank()
}

// handsWords say how much of what was done is whose.
func (p *Pane) handsWords() string {
	sides := p.report.whose.Sides
	if len(sides) == 0 {
		return "nobody is marked: m marks hands hostile, or the owner's"
	}
	return fmt.Sprintf("of %s acts %d hostile, %d the owner's, %d ambiguous", draw.Count(int64(p.report.whose.Acts)),
		sides[hands.Hostile], sides[hands.Owner], sides[hands.Ambiguous])
}

func (p *Pane) handRow(g *hands.Group) row {
	r := row{
		key: "hand " + g.Key.String(), hand: &g.Key, name: handName(g), nameRole: themes.Text,
		n:     draw.Count(int64(acts(g))),
		since: p.env.Clock.Time(g.First), last: p.env.Clock.Time(g.Last), at: g.First, entity: g.Key.Entity(), label: g.Label,
	}
	r.mark, r.markRole, r.rest = p.side(g)
	r.rest = append(r.rest, p.handLine(g)...)
	if who, ok := filter.Entity(p.report.Entity); ok {
		r.filter = filter.Expr{}.With(who).String()
		if at, ok := filter.Entity(r.entity); ok {
			r.filter = filter.Expr{}.With(who).With(at).String()
		}
	}
	if r.entity.IsZero() {
		r.entity, r.label = p.report.Entity, p.subject.Label
	} else {
		r.leads = []investigations.Involvement{{Entity: r.entity, Label: g.Label}}
	}
	return r
}

// handName is what the hands carry, as people read it.
func handName(g *hands.Group) string {
	name := g.Key.Value
	switch {
	case g.Label != "":
		name = g.Label
	case len(name) == 36 && name[8] == '-':
		name = name[:8]
	}
	switch g.Key.Facet {
	case judgement.FacetAddress:
		return clean(name)
	case judgement.FacetMFADevice:
		return "MFA " + clean(name)
	case judgement.FacetAgent:
		return "agent " + clean(name)
	default:
		return g.Key.Facet.Title() + " " + clean(name)
	}
}

func acts(g *hands.Group) int { return g.Logins + g.Failed + g.Certificates + g.Sessions + g.Other }

// side is the mark of whose hands they are, with the word for it.
func (p *Pane) side(g *hands.Group) (mark string, role themes.Role, words draw.Line) {
	glyphs := &p.env.Styles.Glyphs
	switch g.Side {
	case judgement.Hostile:
		return glyphs.Hostile, themes.Danger, draw.Line{draw.T(themes.Danger, "hostile  ")}
	case judgement.Owner:
		return glyphs.Done, themes.OK, draw.Line{draw.T(themes.OK, "owner  ")}
	default:
		return "", themes.Text, nil
	}
}

// handLine says when hands were seen first and what they did.
func (p *Pane) handLine(g *hands.Group) draw.Line {
	var line draw.Line
	if near := p.nearT0(g.First); near != "" {
		line = append(line, draw.T(themes.Warning, near+"  "))
	}
	if g.Failed > 0 {
		line = append(line, draw.T(themes.Danger, fmt.Sprintf("%s %d failed  ", p.env.Styles.Glyphs.Warn, g.Failed)))
	}
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{{g.Logins, "login"}, {g.Sessions, "session"}, {g.Certificates, "certificate"}} {
		if part.n > 0 {
			parts = append(parts, pane.Plural(part.n, part.word, part.word+"s"))
		}
	}
	return append(line, draw.T(themes.Text, strings.Join(parts, "  ")))
}

// handsLine is the hands in one line: those marked hostile first, then the
// newest.
func (p *Pane) handsLine(c draw.Canvas) draw.Line {
	if p.report == nil || p.report.whose == nil {
		return nil
	}
	line := draw.Line{draw.T(themes.Title, "hands  ")}
	groups := slices.DeleteFunc(p.report.groups(), func(g hands.Group) bool {
		return g.Key.Facet != judgement.FacetAddress && g.Side == judgement.Unmarked
	})
	if len(groups) == 0 {
		return append(line, draw.T(themes.Muted, "no login, certificate or session with an address"))
	}
	hostileFirst(groups)
	for i := range groups {
		g := &groups[i]
		if i > 0 {
			line = append(line, draw.T(themes.Muted, " "+c.Glyphs().Dot+" "))
		}
		mark, role, words := p.side(g)
		if mark != "" {
			line = append(line, draw.T(role, mark+" "))
		}
		line = append(line, draw.T(themes.Text, handName(g)))
		if mark != "" {
			line = append(line, draw.T(role, " "+strings.TrimSpace(words.String())))
		}
		line = append(line, draw.T(themes.Muted, " since "+p.env.Clock.Time(g.First)))
		if g.Failed > 0 {
			line = append(line, draw.T(themes.Danger, fmt.Sprintf(" %s %d failed", c.Glyphs().Warn, g.Failed)))
		}
	}
	return line
}

// hostileFirst puts hands that are marked hostile first, then addresses, then the
// newest.
func hostileFirst(groups []hands.Group) {
	slices.SortStableFunc(groups, func(a, b hands.Group) int {
		if (a.Side == judgement.Hostile) != (b.Side == judgement.Hostile) {
			if a.Side == judgement.Hostile {
				return -1
			}
			return 1
		}
		if (a.Key.Facet == judgement.FacetAddress) != (b.Key.Facet == judgement.FacetAddress) {
			if a.Key.Facet == judgement.FacetAddress {
				return -1
			}
			return 1
		}
		return b.First.Compare(a.First)
	})
}

// noMark says why no hands can be marked, or is empty.
func (p *Pane) noMark() string {
	switch {
	case p.report == nil:
		return "Choose an identity first: hands are those of one user or bot."
	case p.report.whose == nil:
		return "The hands are still being read."
	case len(p.report.groups()) == 0:
		return "Nothing in this evidence tells hands of " + clean(p.report.Identity) + " apart."
	}
	return ""
}

const chooseHands = "hands.choose"

// markHands marks the hands of the selected row, or asks whose where the row is
// about something else.
func (p *Pane) markHands() tea.Cmd {
	groups := p.report.groups()
	if r := p.current(); r != nil && r.hand != nil {
		i := slices.IndexFunc(groups, func(g hands.Group) bool { return g.Key == *r.hand })
		return p.mark(groups[i])
	}
	hostileFirst(groups)
	options := make([]draw.Line, len(groups))
	for i := range groups {
		g := &groups[i]
		mark, role, words := p.side(g)
		if mark == "" {
			mark = " "
		}
		options[i] = append(draw.Line{draw.T(role, mark+" "), draw.T(themes.Text, handName(g)+"  ")}, append(words, p.handLine(g)...)...)
	}
	p.env.Out.Put(pane.Open{
		Dialog: dialog.NewChoice(chooseHands, "whose hands: unmarked, hostile, owner", "mark as the next of these", options),
		Then: func(o dialog.Outcome) tea.Cmd {
			if picked, ok := o.(dialog.Picked); ok && picked.Index < len(groups) {
				return p.mark(groups[picked.Index])
			}
			return nil
		},
	})
	return nil
}

// mark gives hands the next of the three sides: hostile, the owner's, unmarked.
func (p *Pane) mark(g hands.Group) tea.Cmd {
	next, words := judgement.Hostile, "marked hostile: "
	switch g.Side {
	case judgement.Hostile:
		next, words = judgement.Owner, "marked as the owner's: "
	case judgement.Owner:
		next, words = judgement.Unmarked, "no longer marked: "
	}
	return pane.Decide(p.env, p.loader, judgement.MarkEntry(pane.Author(p.env), p.report.Entity, next, "", g.Key), words+handName(&g))
}
