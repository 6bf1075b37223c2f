package overview

import (
	"errors"
	"image"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/actors"
	"cordon/investigations/filter"
	"cordon/tui/action"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// Pane is the page.
type Pane struct {
	env    pane.Env
	loader *pane.Loader
	size   image.Point
	sided  bool // the scope stands in the column on the right

	subject  pane.Subject
	report   *report
	roster   *roster
	activity *activity
	book     *actors.Book // who is who; nil until it was read
	err      error

	rows []row
	at   int    // the selected row, or -1 when none can be selected
	top  int    // the first row on the screen
	want string // the row to select when it is there
}

var (
	_ pane.Pane      = (*Pane)(nil)
	_ pane.Keeper    = (*Pane)(nil)
	_ pane.Sider     = (*Pane)(nil)
	_ pane.Mouser    = (*Pane)(nil)
	_ pane.Pivoter   = (*Pane)(nil)
	_ pane.Refresher = (*Pane)(nil)
	_ pane.Hinter    = (*Pane)(nil)
	_ pane.Sided     = (*Pane)(nil)
	_ pane.Sifter    = (*Pane)(nil)
)

// New makes the page.
func New(env pane.Env) *Pane {
	return &Pane{env: env, loader: pane.NewLoader(env.Work), at: -1}
}

// Scope is that of the page.
func (p *Pane) Scope() action.Scope { return action.Overview }

// Show reads the report of the subject's entity, or whom the case knows.
func (p *Pane) Show(s pane.Subject) tea.Cmd {
	p.subject, p.report, p.roster, p.activity, p.err = s, nil, nil, nil, nil
	p.rows, p.at, p.top, p.want = nil, -1, 0, ""
	return p.load()
}

// Refresh reads again what rests on the journal: a decision changes what spread,
// a lock what is contained. What was read stays in sight until then.
func (p *Pane) Refresh() tea.Cmd {
	if p.report == nil {
		return nil
	}
	return p.loadReport()
}

// Sift shows the roster anew, because machines are left aside now, or no longer.
func (p *Pane) Sift() tea.Cmd {
	p.build()
	return nil
}

// SideShown takes note of where the scope stands.
func (p *Pane) SideShown(on bool) { p.sided = on }

// Resize takes the size of the area; on a small one the hands are one line.
func (p *Pane) Resize(size image.Point) {
	if size == p.size {
		return
	}
	p.size = size
	p.build()
}

// Receive takes the answers to the pane's own loads.
func (p *Pane) Receive(msg tea.Msg) (tea.Cmd, bool) {
	name, answer, ok := p.loader.Take(msg)
	if !ok {
		return nil, false
	}
	switch name {
	case pane.LoadNote:
		pane.Noted(p.env, answer)
		return nil, true
	case pane.LoadDecision:
		pane.Decided(p.env, answer)
		return nil, true
	}
	if answer.Err != nil {
		p.failed(name, answer)
		return nil, true
	}
	switch value := answer.Value.(type) {
	case *report:
		if p.report != nil {
			value.whose, value.reach = p.report.whose, p.report.reach
		}
		p.report, p.err = value, nil
		p.build()
		return tea.Batch(p.loadHands(), p.loadScope()), true
	case *pane.Reach:
		if p.report != nil {
			p.report.reach = value
			p.build()
		}
	case *whose:
		if p.report != nil {
			p.report.whose = value
			p.build()
		}
	case *roster:
		p.roster, p.err = value, nil
		p.build()
	case *actors.Book:
		p.book = value
		p.build()
	case *activity:
		p.activity = value
	}
	return nil, true
}

// failed takes note of a load that gave nothing. Without the activity, the hands
// or the scope the page is still of use; it says what is missing.
func (p *Pane) failed(name string, answer pane.LoadedMsg) {
	switch {
	case name != loadOverview:
		if p.report != nil && !answer.Cancelled() {
			p.report.missing = append(p.report.missing, name+" not read: "+safetext.Clean(answer.Err.Error()))
			p.build()
		}
	case answer.Cancelled():
		p.err = pane.ErrStopped
	default:
		p.err = answer.Err
	}
}

// person reports whether the page is about somebody who can act: only then is
// there a scope.
func (p *Pane) person() bool {
	kind := p.subject.Entity.Kind
	return kind == investigations.KindUser || kind == investigations.KindBot
}

// Disabled says why an action cannot run here, or is empty.
func (p *Pane) Disabled(id action.ID) string {
	switch id {
	case action.MoveUp, action.MoveDown, action.MoveTop, action.MoveBottom, action.PageUp, action.PageDown:
		return ""
	case action.Open:
		if p.current() == nil {
			return "There is no row to open."
		}
		return ""
	case action.Note:
		if p.current() == nil {
			return "There is no row to write a note on."
		}
		return ""
	case action.MarkHands:
		return p.noMark()
	case action.Find:
		return "There is no filter here: page 2 has one."
	}
	return "This does nothing on this page."
}

// Handle runs an action.
func (p *Pane) Handle(id action.ID) tea.Cmd {
	if errors.Is(p.err, pane.ErrStopped) {
		p.err = nil
		return p.load()
	}
	switch id {
	case action.Clock:
		p.want = p.Keep()
		p.build()
		if p.report != nil && !p.report.Since.Equal(p.env.Clock.T0()) {
			return p.loadReport() // what is new is counted from T0
		}
	case action.MarkHands:
		return p.markHands()
	case action.Open:
		p.open()
	case action.Note:
		e := p.current().entity
		pane.AskNote(p.env, p.loader, pane.NoteAbout{Target: e.Kind.Title() + " " + e.Name, Entity: e.String()})
	default:
		if rows, moves := pane.MoveBy(id, p.room(), len(p.rows)); moves {
			p.move(rows)
		}
	}
	return nil
}

// open goes to the events that the row counts, or to the identity it names.
func (p *Pane) open() {
	r := p.current()
	if r == nil {
		return
	}
	if r.opens {
		p.env.Out.Put(pane.Go{Page: pane.PageOverview, Subject: pane.Subject{Entity: r.entity, Label: r.label}})
		return
	}
	p.env.Out.Put(pane.Go{Page: pane.PageEvents, Subject: pane.Subject{Entity: p.subject.Entity, Label: p.subject.Label, Filter: r.filter}})
}

// Selected is what the highlighted row is about.
func (p *Pane) Selected() pane.Subject {
	r := p.current()
	if r == nil {
		return pane.Subject{Entity: p.subject.Entity, Label: p.subject.Label}
	}
	s := pane.Subject{Entity: r.entity, Label: r.label, At: r.at, Filter: r.filter}
	if r.filter != "" {
		s.Text = "cordon events --case " + filter.QuoteValue(p.env.Evidence.Name()) + " --filter " + shellQuote(r.filter)
	}
	return s
}

// Pivots are the entities that the selected row leads to.
func (p *Pane) Pivots() []investigations.Involvement {
	if r := p.current(); r != nil {
		return r.leads
	}
	return nil
}

// Keep names the selected row.
func (p *Pane) Keep() string {
	if p.want != "" {
		return p.want
	}
	if r := p.current(); r != nil {
		return r.key
	}
	return ""
}

// Restore selects the row of a name, at once or when it is there.
func (p *Pane) Restore(place string) tea.Cmd {
	p.want = place
	p.settle()
	return nil
}

// Click selects the row at a point.
func (p *Pane) Click(at uv.Position, area uv.Rectangle) tea.Cmd {
	line := at.Y - p.parts(area).list.Min.Y
	if i := p.top + line; line >= 0 && i < len(p.rows) && p.rows[i].selectable() {
		p.at, p.want = i, ""
	}
	return nil
}

// Wheel moves the selection.
func (p *Pane) Wheel(rows int) tea.Cmd {
	p.move(rows)
	return nil
}

func (p *Pane) current() *row {
	if p.at < 0 || p.at >= len(p.rows) {
		return nil
	}
	return &p.rows[p.at]
}

// move moves the selection by rows that can be selected.
func (p *Pane) move(by int) {
	p.want = ""
	step := 1
	if by < 0 {
		step, by = -1, -by
	}
	for i := p.at + step; i >= 0 && i < len(p.rows) && by > 0; i += step {
		if p.rows[i].selectable() {
			p.at = i
			by--
		}
	}
	p.follow()
}

// settle selects the wanted row, keeps the selection on a row that can have it,
// and forgets the wish once the report is there.
func (p *Pane) settle() {
	if p.want != "" && len(p.rows) > 0 {
		if i := slices.IndexFunc(p.rows, func(r row) bool { return r.selectable() && r.key == p.want }); i >= 0 {
			p.at, p.want = i, ""
		} else if p.report != nil || p.roster != nil {
			p.want = ""
		}
	}
	if r := p.current(); r == nil || !r.selectable() {
		p.at = slices.IndexFunc(p.rows, func(r row) bool { return r.selectable() && r.first })
		if p.at < 0 && p.roster == nil {
			// Of a roster of machines none is chosen for the responder: the lock
			// key must not aim at one by itself.
			p.at = slices.IndexFunc(p.rows, row.selectable)
		}
	}
	p.follow()
}

// follow keeps the selected row on the screen, with the heading above it when it
// is the first of its part.
func (p *Pane) follow() {
	room := p.room()
	at := max(0, p.at)
	if at > 0 && !p.rows[at-1].selectable() && at-1 < p.top {
		p.top = at - 1
	}
	p.top = max(at-room+1, min(p.top, at))
	p.top = max(0, min(p.top, len(p.rows)-room))
}

// shellQuote writes a filter as one word of a shell command line. Filters that
// the page makes hold no control characters other than those of hostile names,
// which filter.Print has quoted; a single quote is the one to escape here.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// clean makes a name from the evidence fit for a line.
func clean(s string) string { return safetext.CleanMax(s, 160) }
