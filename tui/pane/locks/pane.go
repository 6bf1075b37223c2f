package locks

import (
	"cmp"
	"context"
	"image"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/pane/rows"
	"cordon/tui/safetext"
)

// The names of the pane's loads, as they are shown while they run.
const (
	loadBoard   = "locks"
	loadFate    = "what the lock did"
	loadMode    = "locking mode"
	loadRelease = "release"
	loadExtend  = "extend"
)

// Pane is the page.
type Pane struct {
	env    pane.Env
	loader *pane.Loader
	size   image.Point

	grid   *grid.Grid[string]
	rows   []grid.Row[string]
	board  []contain.Lock // as it is shown
	undo   undoable
	loaded bool
	// opened says that the page was asked for, and seen that its first answer came.
	// Until then the cursor is the board's, on its first row; then the responder's.
	opened, seen bool
	err          error
	fate         fate
	locking      locking
}

// undoable is the lock that the undo key removes, and until when.
type undoable struct {
	lock  contain.Lock
	until time.Time
}

var (
	_ pane.Pane      = (*Pane)(nil)
	_ pane.Keeper    = (*Pane)(nil)
	_ pane.Mouser    = (*Pane)(nil)
	_ pane.Refresher = (*Pane)(nil)
	_ pane.Hinter    = (*Pane)(nil)
	_ pane.Ticker    = (*Pane)(nil)
)

// New makes the page.
func New(env pane.Env) *Pane {
	return &Pane{env: env, loader: pane.NewLoader(env.Work), grid: grid.New[string]([]grid.Column{
		{Title: "state", Min: 8, Max: 9},
		{Title: "locks", Min: 18, Weight: 4},
		{Title: "ends", Min: 14, Max: 21},
		{Title: "since", Min: 14, Max: 19, Drop: 1, Role: themes.Muted},
		{Title: "by", Min: 10, Weight: 2, Drop: 2},
		{Title: "message", Min: 14, Weight: 3, Drop: 3, Role: themes.Muted},
	}, emptyBoard)}
}

const emptyBoard = "No lock in this evidence, and none planned here. That is not proof that nobody is locked: a lock placed on a day that is missing, " +
	"or by a server that does not log locks, is not seen. On the cluster: tctl get locks"

// Scope is the page's own.
func (p *Pane) Scope() action.Scope { return action.Locks }

// Show reads the board; it is the same for every subject.
func (p *Pane) Show(pane.Subject) tea.Cmd {
	p.opened = true
	return tea.Batch(p.loadBoard(), p.loadLocking())
}

// Refresh reads the board again, because the journal changed or the cluster is
// back. How the cluster takes its locks is asked again where it did not say.
func (p *Pane) Refresh() tea.Cmd {
	if p.locking.err == nil {
		return p.loadBoard()
	}
	return tea.Batch(p.loadBoard(), p.loadLocking())
}

// read is the answer of the load.
type read struct {
	board contain.Board
	undo  undoable
}

func (p *Pane) loadBoard() tea.Cmd {
	desk := p.env.Desk
	if desk == nil {
		return nil
	}
	return p.loader.LoadQuietly(loadBoard, func(ctx context.Context) (any, error) {
		board, err := desk.Board(ctx)
		if err != nil {
			return nil, err
		}
		lock, left, ok, err := desk.Undoable(ctx)
		if err != nil || !ok {
			return read{board: board}, err
		}
		return read{board, undoable{lock, desk.Now().Add(left)}}, nil
	})
}

// Receive takes the answers of the pane's own loads.
func (p *Pane) Receive(msg tea.Msg) (tea.Cmd, bool) {
	name, answer, ok := p.loader.Take(msg)
	if !ok {
		return nil, false
	}
	switch value := answer.Value.(type) {
	case read:
		p.err, p.loaded = answer.Err, answer.Err == nil
		p.deliver(value)
		return p.readFate(), true
	case fate:
		if !answer.Cancelled() {
			value.err, value.took = answer.Err, p.env.Now().Sub(value.read)
			p.fate = value
		}
	case locking:
		value.err = answer.Err
		p.locking = value
	case contain.Lock:
		return p.released(value, answer.Err), true
	case extended:
		return p.wasExtended(value.lock, answer.Err), true
	default:
		switch name {
		case loadBoard:
			p.err = answer.Err
		case pane.LoadNote:
			pane.Noted(p.env, answer)
		}
	}
	return nil, true
}

func (p *Pane) note() {
	if l, ok := p.selected(); ok {
		e := investigations.Entity{Kind: investigations.KindLock, Name: l.Name}
		pane.AskNote(p.env, p.loader, pane.NoteAbout{Target: "lock " + l.Title(), Entity: e.String()})
	}
}

// rank puts what holds or might hold before what is over.
func rank(s contain.State) int {
	return map[contain.State]int{
		contain.StateEmpty: 0, contain.StateInForce: 1, contain.StatePlanned: 2,
		contain.StateExpired: 3, contain.StateReleased: 4, contain.StateDropped: 5,
	}[s]
}

func (p *Pane) deliver(r read) {
	now := p.env.Now()
	p.board, p.undo = r.board, r.undo
	slices.SortStableFunc(p.board, func(a, b contain.Lock) int {
		return cmp.Or(cmp.Compare(rank(a.State(now)), rank(b.State(now))), b.Created.Compare(a.Created))
	})
	p.rows = make([]grid.Row[string], len(p.board))
	for i, l := range p.board {
		p.rows[i] = p.row(l, now)
	}
	rows.Set(p.grid, p.rows)
	if !p.seen {
		p.grid.Home()
		p.seen = p.opened
	}
}

func (p *Pane) row(l contain.Lock, now time.Time) grid.Row[string] {
	g := p.env.Styles.Glyphs
	state := l.State(now)
	glyph, role := mark(state, g)
	return grid.Row[string]{Key: l.Name, Mark: glyph, MarkRole: role, Cells: []grid.Cell{
		{Text: state.String(), Role: role},
		{Text: safetext.CleanMax(l.Title(), 300), Role: titleRole(state)},
		{Text: ends(l, now, p.env.Clock)},
		{Text: p.env.Clock.Time(l.Created)},
		{Text: orDash(safetext.CleanMax(l.By, 200), g.Dash)},
		{Text: orDash(safetext.CleanMax(l.Message, 300), g.Dash)},
	}}
}

// selected is the lock at hand.
func (p *Pane) selected() (contain.Lock, bool) {
	name, ok := p.grid.Selected()
	if !ok {
		return contain.Lock{}, false
	}
	i := p.index(name)
	if i < 0 {
		return contain.Lock{}, false
	}
	return p.board[i], true
}

// index is where a lock stands on the board, or -1.
func (p *Pane) index(name string) int {
	return slices.IndexFunc(p.board, func(l contain.Lock) bool { return l.Name == name })
}

// Resize tells the size of the area that the page will be drawn into.
func (p *Pane) Resize(size image.Point) {
	p.size = size
	table, _ := split(p.below(image.Rectangle{Max: size}))
	p.grid.Resize(pane.Size(table), grid.View{})
}

// Handle runs an action.
func (p *Pane) Handle(id action.ID) tea.Cmd {
	switch id {
	case action.Open:
		p.openDetail()
		return nil
	case action.Release:
		p.askRelease()
		return nil
	case action.Extend:
		p.askExtend()
		return nil
	case action.LockProof:
		return p.showProof()
	case action.Note:
		p.note()
		return nil
	}
	if !pane.MoveGrid(p.grid, id) {
		return nil
	}
	return p.showFate()
}

// Disabled says why an action cannot run here.
func (p *Pane) Disabled(id action.ID) string {
	l, ok := p.selected()
	switch id {
	case action.Open, action.Note:
		if !ok {
			return "no lock is selected"
		}
	case action.Release:
		return p.noRelease(l, ok)
	case action.Extend:
		return p.noExtend(l, ok)
	case action.LockProof:
		if _, ok := p.proof(); !ok {
			return "no certificate, session or end of one was seen since this lock"
		}
	case action.Find, action.NextMatch, action.PrevMatch:
		return "the board shows every lock"
	case action.Star:
		return "locks are not starred"
	case action.NextPane, action.PrevPane:
		return "there is one pane here"
	case action.Close:
		return "nothing is open"
	}
	return ""
}

// Selected is what the lock names, with the command that belongs to it.
func (p *Pane) Selected() pane.Subject {
	l, ok := p.selected()
	if !ok {
		return pane.Subject{}
	}
	s := pane.Subject{At: l.Created, Text: cmp.Or(command(l, p.env.Now()), l.Name)}
	if len(l.Targets) > 0 {
		s.Entity = l.Targets[0].Entity()
		s.Label = l.Targets[0].Value
	}
	return s
}

// Keep is the selected lock, by its name.
func (p *Pane) Keep() string {
	name, _ := p.grid.Selected()
	return name
}

// Restore selects a lock.
func (p *Pane) Restore(place string) tea.Cmd {
	p.seen = rows.Select(p.grid, p.rows, place) || p.seen
	return p.showFate()
}

// Hint says what to do next.
func (p *Pane) Hint() string {
	if n := len(contain.Board(p.board).At(p.env.Now(), contain.StatePlanned)); n > 0 && p.env.Desk.Mode == journal.ModeDryRun {
		return "A planned lock contains nobody until its command is run: y copies it"
	}
	return ""
}

// Click selects the lock under the mouse.
func (p *Pane) Click(at uv.Position, area uv.Rectangle) tea.Cmd {
	table, _ := split(p.below(area))
	p.grid.SelectLine(p.grid.BodyLine(table, at, grid.View{}))
	return p.showFate()
}

// Wheel moves the selection.
func (p *Pane) Wheel(n int) tea.Cmd {
	p.grid.Move(n)
	return p.showFate()
}

// Draw draws the board, and below it what the selected lock is.
func (p *Pane) Draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	c.Clear(area)
	now := p.env.Now()
	head, rest := draw.CutTop(area, p.headRows(area))
	lost, summary := draw.CutTop(head, head.Dy()-1)
	c.Line(draw.Pad(lost, 1), p.lostLine()...)
	p.drawSummary(c, draw.Pad(summary, 1), now)
	table, detail := split(rest)
	switch {
	case p.env.Desk == nil:
		c.Text(draw.Pad(table, 1), themes.Muted, "Locks are not available here.")
		return
	case p.err != nil:
		c.Lines(draw.Pad(table, 1), draw.Wrap(themes.Danger, "The locks could not be read: "+safetext.Clean(p.err.Error()), table.Dx()-2))
		return
	}
	for _, row := range p.grid.Visible() {
		if i := p.index(row.Key); i >= 0 {
			p.grid.Update(p.row(p.board[i], now))
		}
	}
	p.grid.Draw(c, table, grid.View{Focused: focused})
	if l, ok := p.selected(); ok {
		p.drawDetail(c, detail, l, now)
	}
}
