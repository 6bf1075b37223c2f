package events

import (
	"encoding/json"
	"errors"
	"image"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// All is the filter that shows every event, also where an identity is under
// investigation.
const All = "event:*"

// Pane is the page.
type Pane struct {
	env    pane.Env
	loader *pane.Loader
	size   image.Point

	subject pane.Subject
	text    string // the filter as it is in force, in its canonical form
	expr    filter.Expr
	sel     *sifted
	open    bool // it was told what to show
	count   int64
	exact   bool
	err     error

	grid   *grid.Grid[investigations.Position]
	events map[int64]*investigations.Event // of the rows that the grid holds
	want   *investigations.Position        // the row to select when rows can be read
	stars  map[int64]bool
	detail detail
	box    filterBox
	cell   cell // the entity of the highlighted row that was chosen
}

var (
	_ pane.Pane    = (*Pane)(nil)
	_ pane.Keeper  = (*Pane)(nil)
	_ pane.Sider   = (*Pane)(nil)
	_ pane.Mouser  = (*Pane)(nil)
	_ pane.Pivoter = (*Pane)(nil)
	_ pane.Sifter  = (*Pane)(nil)
)

// New makes the page.
func New(env pane.Env) *Pane {
	p := &Pane{env: env, loader: pane.NewLoader(env.Work), events: map[int64]*investigations.Event{}, stars: map[int64]bool{}}
	p.newGrid()
	return p
}

// Scope is that of the page.
func (p *Pane) Scope() action.Scope { return action.Events }

// Show reads the events of the subject's filter, or else of its entity.
func (p *Pane) Show(s pane.Subject) tea.Cmd {
	p.subject, p.open = s, true
	p.sel, p.err, p.want = nil, nil, nil
	p.events = map[int64]*investigations.Event{}
	p.newGrid()
	switch {
	case s.Event != nil:
		at := s.Event.Position()
		p.want = &at
	case !s.At.IsZero():
		p.want = &investigations.Position{Time: s.At.UnixMilli()}
	}
	expr, err := p.exprOf(s)
	if err != nil {
		p.err = err
		return nil
	}
	p.expr, p.text = expr, expr.String()
	return tea.Batch(p.loadSelection(), p.loadStars())
}

func (p *Pane) exprOf(s pane.Subject) (filter.Expr, error) {
	switch {
	case s.Filter == All:
		return filter.Expr{}, nil
	case s.Filter != "":
		return filter.Parse(s.Filter, p.env.Now())
	case s.Entity.IsZero():
		return filter.Expr{}, nil
	}
	if term, ok := filter.Entity(s.Entity); ok {
		return filter.Expr{}.With(term), nil
	}
	return filter.Expr{}, nil
}

// Resize takes the size of the area.
func (p *Pane) Resize(size image.Point) {
	p.size = size
	p.resizeGrid()
}

func (p *Pane) resizeGrid() {
	_, body := draw.CutTop(uv.Rect(0, 0, p.size.X, p.size.Y), 1)
	p.grid.Resize(pane.Size(body), grid.View{})
}

// Receive takes the answers to the pane's own loads.
func (p *Pane) Receive(msg tea.Msg) (tea.Cmd, bool) {
	name, answer, ok := p.loader.Take(msg)
	if !ok {
		return nil, false
	}
	switch name {
	case loadSelection:
		return p.selected(answer), true
	case loadWindow:
		return p.delivered(answer), true
	case loadStars:
		p.takeStars(answer)
	case loadStar:
		p.starred(answer)
	case loadLine:
		p.takeLine(answer)
	case loadStep:
		return p.stepped(answer), true
	case loadCount:
		p.box.counted(answer)
	case pane.LoadNote:
		pane.Noted(p.env, answer)
	}
	return nil, true
}

// Disabled says why an action cannot run here, or is empty.
func (p *Pane) Disabled(id action.ID) string {
	switch id {
	case action.MoveUp, action.MoveDown, action.MoveTop, action.MoveBottom, action.PageUp, action.PageDown, action.Find:
		return ""
	case action.Open, action.Star, action.Note, action.NextMatch, action.PrevMatch, action.MoveLeft, action.MoveRight:
		if p.current() == nil {
			return "No event is selected."
		}
		return ""
	}
	return "This does nothing on this page."
}

// Handle runs an action.
func (p *Pane) Handle(id action.ID) tea.Cmd {
	if p.grid.Err() != nil {
		p.grid.Retry()
	}
	if errors.Is(p.err, pane.ErrStopped) {
		p.err = nil
		return p.loadSelection()
	}
	switch id {
	case action.MoveLeft:
		p.choose(-1)
	case action.MoveRight:
		p.choose(1)
	case action.Clock:
		p.redraw()
		p.detail.lines = nil
	case action.Find:
		p.openFilter()
	case action.Open:
		return p.openDetail()
	case action.Star:
		return p.star()
	case action.Note:
		p.note()
	case action.NextMatch:
		return p.step(false)
	case action.PrevMatch:
		return p.step(true)
	default:
		pane.MoveGrid(p.grid, id)
	}
	return p.pump()
}

// current is the highlighted event, or nil.
func (p *Pane) current() *investigations.Event {
	at, ok := p.grid.Selected()
	if !ok {
		return nil
	}
	return p.events[at.ID]
}

// Selected is what the highlighted event is about.
func (p *Pane) Selected() pane.Subject {
	e := p.current()
	if e == nil {
		return pane.Subject{Entity: p.subject.Entity, Label: p.subject.Label}
	}
	main, chosen := p.chosen(e)
	if !chosen {
		main = mainEntity(e)
	}
	s := pane.Subject{Entity: main.Entity, Label: main.Label, Event: e, At: e.Time}
	if v, ok := e.First(investigations.KindSession, investigations.Roles()...); ok {
		s.Session = v.Entity.Name
	}
	if e.UID != "" {
		s.Filter = filter.Expr{}.With(filter.Term{Key: filter.KeyUID, Values: []filter.Value{{Text: e.UID}}}).String()
		s.Text = "cordon events --case " + filter.QuoteValue(p.env.Evidence.Name()) + " --jsonl --filter " + s.Filter
	}
	return s
}

// Pivots are the entities that the event names, the main one first; the chosen
// one alone where there is one.
func (p *Pane) Pivots() []investigations.Involvement {
	if v, ok := p.chosen(p.current()); ok {
		return []investigations.Involvement{v}
	}
	return cells(p.current())
}

// Keep writes the position of the highlighted event.
func (p *Pane) Keep() string {
	at, ok := p.grid.Selected()
	if p.want != nil {
		at, ok = *p.want, true
	}
	if !ok {
		return ""
	}
	text, err := json.Marshal(at)
	if err != nil {
		return ""
	}
	return string(text)
}

// Restore goes to a position that Keep wrote.
func (p *Pane) Restore(place string) tea.Cmd {
	var at investigations.Position
	if json.Unmarshal([]byte(place), &at) != nil {
		return nil
	}
	p.want = &at
	if p.sel == nil {
		return nil // the selection is on its way
	}
	return p.toWanted()
}

func (p *Pane) toWanted() tea.Cmd {
	if p.want != nil {
		p.grid.Select(*p.want)
		p.want = nil
	}
	return p.pump()
}

// Click selects the row at a point.
func (p *Pane) Click(at uv.Position, area uv.Rectangle) tea.Cmd {
	_, body := draw.CutTop(area, 1)
	if line := p.grid.BodyLine(body, at, grid.View{}); line >= 0 {
		p.grid.SelectLine(line)
	}
	return p.pump()
}

// Wheel moves the selection.
func (p *Pane) Wheel(rows int) tea.Cmd {
	p.grid.Move(rows)
	return p.pump()
}

// Draw draws the filter and the rows.
func (p *Pane) Draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	head, body := draw.CutTop(area, 1)
	p.drawHead(c, draw.Pad(head, 1))
	if p.err != nil {
		c.Lines(draw.Pad(body, 1), draw.Wrap(themes.Danger, "Not loaded: "+safetext.Clean(p.err.Error()), body.Dx()-2))
		return
	}
	p.grid.Draw(c, body, grid.View{Focused: focused, Hot: p.hot()})
	if foot, _ := draw.CutBottom(body, 1); body.Dy() >= 6 {
		foot.Max.X -= c.Width(p.grid.Position()) + 2
		c.Line(draw.Pad(foot, 1), p.cellLine(c)...)
	}
}

func (p *Pane) drawHead(c draw.Canvas, area uv.Rectangle) {
	left := draw.Line{draw.T(themes.Muted, "filter "), draw.T(themes.Accent, safetext.Clean(p.text))}
	if p.text == "" {
		left = draw.Line{draw.T(themes.Muted, "all events, no filter")}
	}
	var right draw.Line
	switch {
	case p.sel == nil:
	case p.exact:
		right = draw.Line{draw.T(themes.Text, draw.Count(p.count)), draw.T(themes.Muted, " events")}
	default:
		right = draw.Line{draw.T(themes.Muted, "at most "), draw.T(themes.Text, draw.Count(p.count)), draw.T(themes.Muted, " events")}
	}
	c.Ends(area, left, append(right, p.machinesLine()...))
}

func (p *Pane) note() {
	e := p.current()
	pane.AskNote(p.env, p.loader, pane.NoteAbout{Target: e.Type + " " + e.UID, Event: e.UID})
}
