package overview

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/filter"
	"cordon/investigations/judgement"
	"cordon/investigations/pivot"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

// Bounds of what is listed and named; what is left out is counted.
const (
	maxEdges  = 60
	maxLeads  = 40
	shortRows = 26 // below this height the hands are one line and take no rows
)

// row is one line of the page. Rows with a key can be selected.
type row struct {
	key   string
	first bool // the row to begin with

	heading              bool
	mark                 string
	markRole             themes.Role
	name, n, since, last string
	nameRole             themes.Role
	rest                 draw.Line

	entity investigations.Entity // what L locks
	label  string
	at     time.Time // when it was first seen
	filter string    // what enter shows
	leads  []investigations.Involvement
	opens  bool           // enter opens the entity's own overview
	hand   *judgement.Key // what m marks
	hint   string
}

func (r row) selectable() bool { return r.key != "" }

// build makes the rows anew from what is known.
func (p *Pane) build() {
	want := p.Keep()
	p.rows = nil
	switch {
	case p.report != nil:
		for _, text := range p.report.missing {
			p.rows = append(p.rows, row{rest: draw.Line{draw.T(themes.Danger, p.env.Styles.Glyphs.Warn+" "+text)}})
		}
		if !p.compact() {
			p.addHands()
		}
		none := p.addPivots()
		p.addSpread()
		p.addNone(none)
	case p.roster != nil:
		p.addRoster()
	}
	p.unfold()
	p.want = want
	p.settle()
}

// unfold gives a long text that belongs to no row that can be selected as many
// rows as it needs.
func (p *Pane) unfold() {
	list := p.parts(uv.Rect(0, 0, p.size.X, p.size.Y)).list
	cols := p.columns(list.Dx() - 2)
	width := list.Dx() - 2 - 3 - cols.name - 1 - cols.n - 2 - cols.last - 2
	if cols.since > 0 {
		width -= cols.since + 2
	}
	var out []row
	for _, r := range p.rows {
		if r.selectable() || r.heading || len(r.rest) != 1 || width < 20 {
			out = append(out, r)
			continue
		}
		for i, line := range draw.Wrap(r.rest[0].Role, r.rest[0].Text, width) {
			if i > 0 {
				r = row{}
			}
			r.rest = line
			out = append(out, r)
		}
	}
	p.rows = out
}

// compact reports whether the page has little height.
func (p *Pane) compact() bool { return p.size.Y < shortRows }

func (p *Pane) heading(name, n, since, last, rest string) {
	p.rows = append(p.rows, row{heading: true, name: name, n: n, since: since, last: last, rest: draw.Line{draw.T(themes.Muted, rest)}})
}

func (p *Pane) blank() { p.rows = append(p.rows, row{}) }

// nearT0 says when something was seen first, where that is after the incident
// began or in the day before it; else it is empty.
func (p *Pane) nearT0(t time.Time) string {
	if p.env.Clock.T0().IsZero() || t.IsZero() || t.Before(p.env.Clock.T0().Add(-24*time.Hour)) {
		return ""
	}
	if t.Before(p.env.Clock.T0()) {
		return "first seen " + pane.Span(p.env.Clock.T0().Sub(t)) + " before T0"
	}
	return "first seen " + pane.Span(t.Sub(p.env.Clock.T0())) + " after T0"
}

// addPivots adds what the identity did, and what the server would not have
// logged; it returns the categories without events.
func (p *Pane) addPivots() (none []pivot.Category) {
	heading := "did"
	if p.report.Entity.Kind != investigations.KindUser {
		heading = "what"
	}
	p.heading(heading, "n", "first", "last", p.newWords())
	first := true
	var silent []pivot.Category
	for _, c := range p.report.Pivots {
		switch {
		case c.Events > 0 || c.NamedIn != nil && c.NamedIn.Events > 0 || len(c.Flags) > 0:
			r := p.pivotRow(c)
			r.first, first = first, false
			p.rows = append(p.rows, r)
		case c.Logged != nil && !*c.Logged:
			silent = append(silent, c)
		case c.Asked:
			none = append(none, c)
		}
	}
	for _, c := range silent {
		text := "this server does not log them"
		if v := p.env.Server.Major; v > 0 {
			text = fmt.Sprintf("this server (%d) does not log them", v)
		}
		p.rows = append(p.rows, row{name: c.Title, nameRole: themes.Muted, n: p.env.Styles.Glyphs.Dash, rest: draw.Line{draw.T(themes.Warning, text)}})
	}
	return none
}

// addNone names the categories without events, in one text at the end.
func (p *Pane) addNone(none []pivot.Category) {
	if len(none) == 0 {
		return
	}
	names := make([]string, len(none))
	for i, c := range none {
		names[i] = c.Title
	}
	p.blank()
	p.rows = append(p.rows, row{name: "none seen", nameRole: themes.Muted, n: "0", rest: draw.Line{draw.T(themes.Muted, strings.Join(names, ", "))}})
}

func (p *Pane) pivotRow(c pivot.Category) row {
	r := row{
		key: "did " + c.Key, name: c.Title, n: draw.Count(int64(c.Events)),
		since: p.env.Clock.Time(c.First), last: p.env.Clock.Time(c.Last),
		entity: p.report.Entity, label: p.subject.Label, at: c.First, filter: p.pivotFilter(c), hint: clean(c.Note),
	}
	r.rest = append(r.rest, p.sidesOf(c.Key)...)
	for _, f := range c.Flags {
		r.rest = append(r.rest, p.flag(f)...)
	}
	leads := c.Entities
	if c.Events == 0 && c.NamedIn != nil {
		leads = c.NamedIn.Entities
	}
	shown, left := 0, 0
	for _, l := range newFirst(leads) {
		if l.Entity == p.report.Entity {
			continue
		}
		if p.leavesOut(l.Entity) {
			left++
			continue
		}
		if len(r.leads) < maxLeads {
			r.leads = append(r.leads, investigations.Involvement{Entity: l.Entity, Label: l.Label, Role: l.Role})
		}
		if shown++; shown <= 6 {
			r.rest = append(r.rest, p.lead(&l)...)
		}
	}
	r.rest = append(r.rest, leftOut(left)...)
	r.rest = append(r.rest, byType(c.Types)...)
	if shown > 6 {
		r.rest = append(r.rest, draw.T(themes.Muted, fmt.Sprintf("and %d more  ", shown-6)))
	}
	if c.NamedIn != nil && c.NamedIn.Events > 0 {
		r.rest = append(r.rest, draw.T(themes.Muted, fmt.Sprintf("named in %d by others", c.NamedIn.Events)))
	}
	return r
}

// newWords say what the mark of a new entity means.
func (p *Pane) newWords() string {
	if p.report.Since.IsZero() {
		return "leads to"
	}
	return "leads to   " + p.env.Styles.Glyphs.New + " new: not used before T0"
}

// newFirst puts what the identity never used before the incident first: it is
// what to look at.
func newFirst(leads []pivot.Lead) []pivot.Lead {
	out := make([]pivot.Lead, 0, len(leads))
	for _, l := range leads {
		if l.New {
			out = append(out, l)
		}
	}
	for _, l := range leads {
		if !l.New {
			out = append(out, l)
		}
	}
	return out
}

// lead names an entity that a row leads to, with a mark and a word where it is
// new.
func (p *Pane) lead(l *pivot.Lead) draw.Line {
	name := leadName(l.Entity, l.Label)
	if !l.New {
		return draw.Line{draw.T(themes.Text, name+"  ")}
	}
	return draw.Line{draw.T(themes.Warning, p.env.Styles.Glyphs.New+" "), draw.T(themes.Text, name), draw.T(themes.Warning, " new  ")}
}

// byType counts events by type, the most first.
func byType(types map[string]int) draw.Line {
	names := slices.SortedFunc(maps.Keys(types), func(a, b string) int {
		return cmp.Or(cmp.Compare(types[b], types[a]), cmp.Compare(a, b))
	})
	var line draw.Line
	for i, name := range names {
		if i == 6 {
			return append(line, draw.T(themes.Muted, fmt.Sprintf("and %d types more", len(names)-i)))
		}
		line = append(line, draw.T(themes.Muted, fmt.Sprintf("%s %s  ", clean(name), draw.Count(int64(types[name])))))
	}
	return line
}

// flag is a notable fact in a few words.
func (p *Pane) flag(f pivot.Flag) draw.Line {
	g := &p.env.Styles.Glyphs
	switch f.Kind {
	case pivot.FlagFailed:
		return draw.Line{draw.T(themes.Danger, fmt.Sprintf("%s %d failed  ", g.Warn, f.Count))}
	case pivot.FlagSelfApproved:
		return draw.Line{draw.T(themes.Danger, g.Warn+" self-approved  ")}
	case pivot.FlagNoActor:
		return draw.Line{draw.T(themes.Warning, g.Question+" by whom is not logged  ")}
	case pivot.FlagLocked:
		return draw.Line{draw.T(themes.Locked, g.Locked+" locked in the log  ")}
	default:
		return draw.Line{draw.T(themes.Warning, g.Warn+" "+clean(string(f.Kind))+"  ")}
	}
}

// pivotFilter shows the events that a count rests on, and those that name the
// identity otherwise.
func (p *Pane) pivotFilter(c pivot.Category) string {
	who, ok := filter.Entity(p.report.Entity)
	if !ok {
		return ""
	}
	term := filter.Term{Key: filter.KeyEvent}
	types := pivot.Types(p.report.Entity.Kind, c.Key)
	if len(c.Types) > 0 {
		types = slices.Sorted(maps.Keys(c.Types))
	}
	for _, t := range types {
		if t != "*" {
			term.Values = append(term.Values, filter.Value{Text: t, Glob: strings.HasSuffix(t, "*")})
		}
	}
	e := filter.Expr{}.With(who)
	if len(term.Values) > 0 {
		e = e.With(term)
	}
	return e.String()
}

// locked is the mark of what the board says of an entity, with the word for it.
func (p *Pane) locked(e investigations.Entity, rest draw.Line) (string, themes.Role, draw.Line) {
	g := &p.env.Styles.Glyphs
	var state contain.State
	ok := false
	if r := p.report.reach; r != nil {
		state, ok = r.Locked[e]
	}
	switch {
	case !ok:
		return "", themes.Text, rest
	case state == contain.StateInForce:
		return g.Locked, themes.Locked, append(draw.Line{draw.T(themes.Locked, "locked  ")}, rest...)
	default:
		return g.Planned, themes.Planned, append(draw.Line{draw.T(themes.Planned, "lock planned  ")}, rest...)
	}
}

// leadName is an entity as people call it, with its kind where the name alone
// does not tell.
func leadName(e investigations.Entity, label string) string {
	name := pane.NameOf(investigations.Involvement{Entity: e, Label: label})
	if bare := strings.TrimLeft(name, "*"); len(name)-len(bare) > 3 {
		name = "***" + bare // of a secret token the end is what tells it
	}
	if label == "" && len(name) == 36 && name[8] == '-' {
		name = name[:8]
	}
	switch e.Kind {
	case investigations.KindUser, investigations.KindAddress, investigations.KindHost:
		return clean(name)
	case investigations.KindOSLogin:
		return "as " + clean(name)
	}
	kind := shortKinds[e.Kind]
	if kind == "" {
		kind = e.Kind.Title()
	}
	return kind + " " + clean(name)
}

// shortKinds are words for kinds where room is scarce.
var shortKinds = map[investigations.Kind]string{
	investigations.KindRequest: "request", investigations.KindMFADevice: "MFA", investigations.KindToken: "token",
	investigations.KindAccessList: "list", investigations.KindKubeCluster: "kube", investigations.KindDatabase: "db",
	investigations.KindApp: "app", investigations.KindDevice: "device",
}
