package casefile

import (
	"context"
	"fmt"
	"image"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/investigations/journal"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/pane/rows"
	"cordon/tui/safetext"
)

const (
	loadCase = "case"
	// maxRejects bounds the rejected lines that are listed; all are counted.
	maxRejects = 2000
)

// contents is what the page shows.
type contents struct {
	coverage investigations.Coverage
	sources  []investigations.Source
	rejects  []investigations.Reject
	journal  []journal.Entry
	writer   string // who adds evidence just now
}

// part is one table of the page.
type part struct {
	title string
	grid  *grid.Grid[int]
	rows  []grid.Row[int]
	full  []entry // what Enter shows, by row
}

// entry is a row in full.
type entry struct {
	title string
	lines []draw.Line
	text  string // what y copies
	about pane.Subject
}

// Pane is the page.
type Pane struct {
	env    pane.Env
	loader *pane.Loader
	size   image.Point
	got    *contents
	err    error
	parts  []part
	at     int
	// follows says that the journal's newest entry is to be selected, because it
	// was just written here.
	follows bool
	want    string
}

var (
	_ pane.Pane      = (*Pane)(nil)
	_ pane.Keeper    = (*Pane)(nil)
	_ pane.Sider     = (*Pane)(nil)
	_ pane.Mouser    = (*Pane)(nil)
	_ pane.Refresher = (*Pane)(nil)
	_ pane.Hinter    = (*Pane)(nil)
)

// New makes the page.
func New(env pane.Env) *Pane {
	return &Pane{env: env, loader: pane.NewLoader(env.Work), parts: newParts()}
}

// Scope is that of the page.
func (p *Pane) Scope() action.Scope { return action.Case }

// Show reads the case. The page is the same whoever is under investigation.
func (p *Pane) Show(pane.Subject) tea.Cmd { return p.load() }

// Refresh reads the case again, once it was shown.
func (p *Pane) Refresh() tea.Cmd {
	if p.got == nil {
		return nil
	}
	return p.load()
}

func (p *Pane) load() tea.Cmd {
	evidence := p.env.Evidence
	return p.loader.LoadQuietly(loadCase, func(ctx context.Context) (any, error) {
		c := contents{writer: evidence.WrittenBy()}
		var err error
		if c.coverage, err = evidence.Coverage(ctx); err != nil {
			return nil, err
		}
		if c.sources, err = evidence.Sources(ctx); err != nil {
			return nil, err
		}
		if c.rejects, err = evidence.Rejects(ctx, maxRejects); err != nil {
			return nil, err
		}
		c.journal, err = evidence.Journal(ctx)
		return &c, err
	})
}

// Resize takes the size of the area.
func (p *Pane) Resize(size image.Point) {
	p.size = size
	_, body := draw.CutTop(uv.Rect(0, 0, size.X, size.Y), 1)
	for i := range p.parts {
		p.parts[i].grid.Resize(pane.Size(body), grid.View{})
	}
}

// Receive takes the answers to the pane's own loads.
func (p *Pane) Receive(msg tea.Msg) (tea.Cmd, bool) {
	name, answer, ok := p.loader.Take(msg)
	if !ok {
		return nil, false
	}
	if name == pane.LoadNote {
		p.follows = answer.Err == nil
		pane.Noted(p.env, answer)
		return nil, true
	}
	if got, ok := answer.Value.(*contents); ok && answer.Err == nil {
		p.got, p.err = got, nil
		p.fill()
		if got.writer != "" {
			p.env.Out.Put(pane.Say{Role: themes.Warning, Text: "Evidence is being added just now by " + safetext.CleanMax(got.writer, 400)})
		}
	} else if !answer.Cancelled() {
		p.err = answer.Err
	}
	return nil, true
}

// fill makes the rows of every part.
func (p *Pane) fill() {
	p.fillSources()
	p.fillGaps()
	p.fillRejects()
	p.fillJournal()
	for i := range p.parts {
		rows.Set(p.parts[i].grid, p.parts[i].rows)
	}
	if p.follows {
		p.follows, p.at = false, partJournal
		p.parts[partJournal].grid.End()
	}
	if p.want != "" {
		p.Restore(p.want)
	}
}

// Disabled says why an action cannot run here, or is empty.
func (p *Pane) Disabled(id action.ID) string {
	switch id {
	case action.MoveUp, action.MoveDown, action.MoveTop, action.MoveBottom, action.PageUp, action.PageDown,
		action.NextPane, action.PrevPane, action.Note:
		return ""
	case action.Open:
		if p.current() == nil {
			return "There is no row to open."
		}
		return ""
	}
	return "This does nothing on this page."
}

// Handle runs an action.
func (p *Pane) Handle(id action.ID) tea.Cmd {
	g := p.parts[p.at].grid
	switch id {
	case action.NextPane:
		p.at = (p.at + 1) % len(p.parts)
	case action.PrevPane:
		p.at = (p.at + len(p.parts) - 1) % len(p.parts)
	case action.Clock:
		if p.got != nil {
			p.fill()
		}
	case action.Open:
		if e := p.current(); e != nil {
			p.env.Out.Put(pane.Open{Dialog: dialog.NewMessage(dialog.Text{ID: "case.row", Title: e.title, Lines: e.lines, Copy: e.text})})
		}
	case action.Note:
		pane.AskNote(p.env, p.loader, pane.NoteAbout{})
	default:
		pane.MoveGrid(g, id)
	}
	return nil
}

func (p *Pane) current() *entry {
	part := &p.parts[p.at]
	if i, ok := part.grid.Selected(); ok && i < len(part.full) {
		return &part.full[i]
	}
	return nil
}

// Selected is what the highlighted row is about: most rows here name nothing
// that could be locked.
func (p *Pane) Selected() pane.Subject {
	e := p.current()
	if e == nil {
		return pane.Subject{}
	}
	s := e.about
	s.Text = e.text
	return s
}

// Keep names the part and the row.
func (p *Pane) Keep() string {
	if p.want != "" {
		return p.want
	}
	i, _ := p.parts[p.at].grid.Selected()
	return fmt.Sprintf("%d %d", p.at, i)
}

// Restore goes to a part and a row, at once or when they are there.
func (p *Pane) Restore(place string) tea.Cmd {
	p.want = place
	if p.got == nil {
		return nil
	}
	p.want = ""
	at, row, ok := strings.Cut(place, " ")
	if n, err := strconv.Atoi(at); ok && err == nil && n >= 0 && n < len(p.parts) {
		p.at = n
		if i, err := strconv.Atoi(row); err == nil {
			rows.Select(p.parts[n].grid, p.parts[n].rows, i)
		}
	}
	return nil
}

// Click selects a part or the row at a point.
func (p *Pane) Click(at uv.Position, area uv.Rectangle) tea.Cmd {
	head, body := draw.CutTop(area, 1)
	for i, spot := range p.spots(draw.Pad(head, 1)) {
		if at.In(spot) {
			p.at = i
			return nil
		}
	}
	g := p.parts[p.at].grid
	if line := g.BodyLine(body, at, grid.View{}); line >= 0 {
		g.SelectLine(line)
	}
	return nil
}

// Wheel moves the selection.
func (p *Pane) Wheel(by int) tea.Cmd {
	p.parts[p.at].grid.Move(by)
	return nil
}

// Draw draws the names of the parts and the one that is open.
func (p *Pane) Draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	head, body := draw.CutTop(area, 1)
	for i, spot := range p.spots(draw.Pad(head, 1)) {
		role := themes.Tab
		if i == p.at {
			role = themes.TabActive
		}
		c.Text(spot, role, p.label(i))
	}
	switch {
	case p.err != nil:
		c.Lines(draw.Pad(body, 1), draw.Wrap(themes.Danger, "Not loaded: "+safetext.Clean(p.err.Error()), body.Dx()-2))
	default:
		p.parts[p.at].grid.Draw(c, body, grid.View{Focused: focused})
	}
}

// label names a part with how much is in it.
func (p *Pane) label(i int) string {
	n := strconv.Itoa(len(p.parts[i].rows))
	if i == partRejects && p.got != nil {
		n = draw.Count(p.got.coverage.Rejects)
	}
	text := p.parts[i].title + " " + n
	if i == p.at {
		return "[" + text + "]"
	}
	return " " + text + " "
}

func (p *Pane) spots(head uv.Rectangle) []uv.Rectangle {
	spots := make([]uv.Rectangle, len(p.parts))
	for i := range p.parts {
		spots[i], head = draw.CutLeft(head, safetext.Width(p.label(i)))
		_, head = draw.CutLeft(head, 1)
	}
	return spots
}

// DrawSide draws what the case rests on.
func (p *Pane) DrawSide(c draw.Canvas, area uv.Rectangle) {
	if p.got == nil || area.Dy() < 4 {
		return
	}
	lines := p.summary()
	box, _ := draw.CutTop(area, len(lines)+2)
	c.Lines(draw.Pad(c.Box(box, draw.Box{Title: draw.Line{draw.T(themes.Title, "case")}}), 1), lines)
}

func (p *Pane) summary() []draw.Line {
	cov := &p.got.coverage
	field := func(name, value string, role themes.Role) draw.Line {
		return draw.Line{draw.T(themes.Muted, fmt.Sprintf("%-11s", name)), draw.T(role, value)}
	}
	server := "not said by any event"
	if cov.ServerMajor > 0 {
		server = "version " + strconv.Itoa(cov.ServerMajor)
	}
	role := func(n int64) themes.Role {
		if n > 0 {
			return themes.Warning
		}
		return themes.Text
	}
	return []draw.Line{
		field("events", draw.Count(cov.Events), themes.Text),
		field("from", p.env.Clock.Time(cov.From)+" "+p.env.Clock.Zone(), themes.Text),
		field("to", p.env.Clock.Time(cov.To)+" "+p.env.Clock.Zone(), themes.Text),
		field("recordings", strconv.Itoa(cov.Recordings), themes.Text),
		field("duplicates", draw.Count(cov.Duplicates), themes.Text),
		field("rejects", draw.Count(cov.Rejects), role(cov.Rejects)),
		field("uid reused", draw.Count(cov.UIDReused), role(cov.UIDReused)),
		field("cluster", safetext.CleanMax(strings.Join(cov.Clusters, ", "), 200), themes.Text),
		field("server", server, themes.Text),
		{},
		{draw.T(themes.Text, "$ cordon verify "+safetext.CleanMax(filter.QuoteValue(p.env.Evidence.Name()), 80))},
	}
}

// Hint says what to do next.
func (p *Pane) Hint() string {
	if p.at == partJournal {
		return "write a note (c)"
	}
	return "the other parts of the case (tab)"
}
