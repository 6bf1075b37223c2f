package overview

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/filter"
	"cordon/investigations/pivot"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

// Bounds of what is listed and named; what is left out is counted.
const (
	maxHands  = 30
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
	opens  bool // enter opens the entity's own overview
	hint   string
}

func (r row) selectable() bool { return r.key != "" }

// build makes the rows anew from what is known.
func (p *Pane) build() {
	want := p.Keep()
	p.rows = nil
	switch {
	case p.report != nil:
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

func (p *Pane) addHands() {
	r := p.report
	if len(r.hands) == 0 {
		return
	}
	p.heading("hands", "acts", "first", "last", "at this address")
	who, _ := filter.Entity(r.Entity)
	for i, h := range r.hands {
		if i == maxHands {
			p.rows = append(p.rows, row{rest: draw.Line{draw.T(themes.Muted, fmt.Sprintf("and %d addresses more", len(r.hands)-i))}})
			break
		}
		e := investigations.Entity{Kind: investigations.KindAddress, Name: h.address}
		at, _ := filter.Entity(e)
		p.rows = append(p.rows, row{
			key: "hand " + h.address, name: clean(h.address), n: draw.Count(int64(h.acts())), nameRole: p.handRole(h),
			since: p.env.Clock.Time(h.first), last: p.env.Clock.Time(h.last), rest: p.handLine(h),
			entity: e, at: h.first, filter: filter.Expr{}.With(who).With(at).String(), leads: []investigations.Involvement{{Entity: e}},
		})
	}
	if r.handsBound {
		p.rows = append(p.rows, row{rest: draw.Line{draw.T(themes.Warning, fmt.Sprintf("from the newest %s events only", draw.Count(handEvents)))}})
	}
	p.blank()
}

func (h hand) acts() int { return h.logins + h.failed + h.certs + h.sessions + h.other }

func (p *Pane) handRole(h hand) themes.Role {
	if p.nearT0(h.first) != "" {
		return themes.Warning
	}
	return themes.Text
}

// nearT0 says when something was seen first, where that is after the incident
// began or in the day before it; else it is empty.
func (p *Pane) nearT0(t time.Time) string {
	if p.env.Clock.T0().IsZero() || t.IsZero() || t.Before(p.env.Clock.T0().Add(-24*time.Hour)) {
		return ""
	}
	if t.Before(p.env.Clock.T0()) {
		return "first seen " + span(p.env.Clock.T0().Sub(t)) + " before T0"
	}
	return "first seen " + span(t.Sub(p.env.Clock.T0())) + " after T0"
}

func (p *Pane) handLine(h hand) draw.Line {
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{{h.logins, "login"}, {h.sessions, "session"}, {h.certs, "certificate"}} {
		if part.n > 0 {
			parts = append(parts, plural(part.n, part.word))
		}
	}
	var line draw.Line
	if near := p.nearT0(h.first); near != "" {
		line = append(line, draw.T(themes.Warning, near+"  "))
	}
	if h.failed > 0 {
		line = append(line, draw.T(themes.Danger, fmt.Sprintf("%s %d failed  ", p.env.Styles.Glyphs.Warn, h.failed)))
	}
	return append(line, draw.T(themes.Text, strings.Join(parts, "  ")))
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return draw.Count(int64(n)) + " " + word + "s"
}

// addPivots adds what the identity did, and what the server would not have
// logged; it returns the categories without events.
func (p *Pane) addPivots() (none []pivot.Category) {
	p.heading("did", "n", "first", "last", "leads to")
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
		default:
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
		entity: p.report.Entity, label: p.subject.Label, at: c.First, filter: p.pivotFilter(c.Key), hint: clean(c.Note),
	}
	for _, f := range c.Flags {
		r.rest = append(r.rest, p.flag(f)...)
	}
	leads := c.Entities
	if c.Events == 0 && c.NamedIn != nil {
		leads = c.NamedIn.Entities
	}
	shown := 0
	for _, l := range leads {
		if l.Entity == p.report.Entity {
			continue
		}
		if len(r.leads) < maxLeads {
			r.leads = append(r.leads, investigations.Involvement{Entity: l.Entity, Label: l.Label, Role: l.Role})
		}
		if shown++; shown <= 6 {
			r.rest = append(r.rest, draw.T(themes.Text, leadName(l.Entity, l.Label)+"  "))
		}
	}
	if shown > 6 {
		r.rest = append(r.rest, draw.T(themes.Muted, fmt.Sprintf("and %d more  ", shown-6)))
	}
	if c.NamedIn != nil && c.NamedIn.Events > 0 {
		r.rest = append(r.rest, draw.T(themes.Muted, fmt.Sprintf("named in %d by others", c.NamedIn.Events)))
	}
	return r
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
func (p *Pane) pivotFilter(key string) string {
	who, ok := filter.Entity(p.report.Entity)
	if !ok {
		return ""
	}
	term := filter.Term{Key: filter.KeyEvent}
	for _, t := range pivot.Types(key) {
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
	if s := p.report.scope; s != nil {
		state, ok = s.locked[e]
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

// number writes a count for the scope.
func number(n int) string { return strconv.Itoa(n) }
