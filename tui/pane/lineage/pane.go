package lineage

import (
	"errors"
	"image"
	"slices"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/tui/action"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// Pane is the page.
type Pane struct {
	env    pane.Env
	loader *pane.Loader
	size   image.Point
	sided  bool // the detail stands in the column on the right

	subject pane.Subject
	facts   *facts
	err     error

	tree   []*node
	lines  []line
	turned map[string]bool // nodes that were folded or unfolded
	at     int             // the selected line, or -1
	top    int
	want   string // the node to select when it is there
}

var (
	_ pane.Pane      = (*Pane)(nil)
	_ pane.Keeper    = (*Pane)(nil)
	_ pane.Sider     = (*Pane)(nil)
	_ pane.Sided     = (*Pane)(nil)
	_ pane.Mouser    = (*Pane)(nil)
	_ pane.Pivoter   = (*Pane)(nil)
	_ pane.Refresher = (*Pane)(nil)
	_ pane.Hinter    = (*Pane)(nil)
)

// New makes the page.
func New(env pane.Env) *Pane {
	return &Pane{env: env, loader: pane.NewLoader(env.Work), at: -1, turned: map[string]bool{}}
}

// Scope is that of the page.
func (p *Pane) Scope() action.Scope { return action.Lineage }

// Show reads what spread from the subject's entity.
func (p *Pane) Show(s pane.Subject) tea.Cmd {
	p.subject, p.facts, p.err = s, nil, nil
	p.tree, p.lines, p.at, p.top, p.want = nil, nil, -1, 0, ""
	p.turned = map[string]bool{}
	if s.Entity.IsZero() {
		return nil
	}
	return p.load()
}

// Refresh reads again: decisions and locks stand in the journal.
func (p *Pane) Refresh() tea.Cmd {
	if p.facts == nil {
		return nil
	}
	return p.load()
}

// SideShown takes note of where the detail stands.
func (p *Pane) SideShown(on bool) { p.sided = on }

// Resize takes the size of the area.
func (p *Pane) Resize(size image.Point) {
	p.size = size
	p.follow()
}

// Receive takes the answers to the pane's own loads.
func (p *Pane) Receive(msg tea.Msg) (tea.Cmd, bool) {
	name, answer, ok := p.loader.Take(msg)
	if !ok {
		return nil, false
	}
	switch value := answer.Value.(type) {
	case *facts:
		if answer.Err == nil {
			return p.take(value), true
		}
	case *rest:
		if p.facts != nil && answer.Err == nil {
			p.facts.rest = value
			p.build()
			return nil, true
		}
	case investigations.Event:
		p.env.Out.Put(pane.Go{Page: pane.PageEvents, Subject: p.eventSubject(value)})
		return nil, true
	}
	switch name {
	case pane.LoadNote:
		pane.Noted(p.env, answer)
	case pane.LoadDecision:
		pane.Decided(p.env, answer)
	case loadRest:
		if p.facts != nil && !answer.Cancelled() {
			p.facts.restErr = answer.Err
		}
	case loadLineage:
		if p.err = answer.Err; answer.Cancelled() {
			p.err = pane.ErrStopped
		}
	case loadProof:
		p.env.Out.Put(pane.Say{Role: sayRole(answer.Err), Text: "The proof was not read: " + safetext.Clean(errText(answer.Err))})
	}
	return nil, true
}

// take shows new facts. What was known of the old ones stays until it is read
// again, so that nothing flickers.
func (p *Pane) take(f *facts) tea.Cmd {
	if p.facts != nil && p.facts.root == f.root {
		f.rest = p.facts.rest
	}
	p.facts, p.err = f, nil
	p.tree = append(grow(f.Edges, f.root), ownersOf(f.Owner)...)
	p.build()
	return p.loadRest()
}

// build lists the lines anew and keeps the selection.
func (p *Pane) build() {
	if p.facts == nil {
		return
	}
	want := p.Keep()
	said := map[investigations.Entity]bool{} // of an entity that is reached twice once
	p.lines = unfold(p.tree, p.turned, func(n *node) string {
		if said[n.edge.Entity] {
			return ""
		}
		said[n.edge.Entity] = true
		return p.noteBelow(n)
	})
	p.lines = append(p.lines, p.unknownLines()...)
	p.want = want
	p.settle()
}

// settle selects the wanted line, else keeps the selection on a node.
func (p *Pane) settle() {
	if p.want != "" && p.facts != nil {
		if i := slices.IndexFunc(p.lines, func(l line) bool { return l.node != nil && l.node.key() == p.want }); i >= 0 {
			p.at = i
		}
		p.want = ""
	}
	if p.at >= len(p.lines) || p.at < 0 {
		p.at = slices.IndexFunc(p.lines, func(l line) bool { return l.node != nil })
	}
	p.follow()
}

// current is the selected node, or nil.
func (p *Pane) current() *node {
	if p.at < 0 || p.at >= len(p.lines) {
		return nil
	}
	return p.lines[p.at].node
}

// Disabled says why an action cannot run here, or is empty.
func (p *Pane) Disabled(id action.ID) string {
	n := p.current()
	switch id {
	case action.MoveUp, action.MoveDown, action.MoveTop, action.MoveBottom, action.PageUp, action.PageDown:
		return ""
	case action.MoveLeft, action.MoveRight, action.Open, action.Note, action.Accept, action.Refuse:
		if n == nil {
			return "There is no step to choose."
		}
		return ""
	case action.Plan:
		return p.noPlan()
	case action.NextMatch, action.PrevMatch:
		if p.open() == 0 {
			return "Every step is decided."
		}
		return ""
	case action.Find, action.Star:
		return "There is no list of events here: enter opens the proof on page 2."
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
	case action.MoveLeft:
		p.fold()
	case action.MoveRight:
		p.unfold()
	case action.Open:
		return p.proof()
	case action.Note:
		e := p.current().edge.Entity
		pane.AskNote(p.env, p.loader, pane.NoteAbout{Target: e.Kind.Title() + " " + e.Name, Entity: e.String()})
	case action.NextMatch:
		p.toOpen(1)
	case action.PrevMatch:
		p.toOpen(-1)
	case action.Accept:
		return p.accept()
	case action.Refuse:
		p.refuse()
	case action.Plan:
		p.plan()
	case action.Clock:
		p.build()
		if p.facts != nil && !p.facts.Question.Since.Equal(p.env.Clock.T0()) {
			return p.load() // what came before T0 is left out
		}
	default:
		if rows, moves := pane.MoveBy(id, p.room(), len(p.lines)); moves {
			p.move(rows)
		}
	}
	return nil
}

// move moves the selection by lines, also those that only say something: a long
// tree is scrolled by them.
func (p *Pane) move(by int) {
	p.want = ""
	p.at = max(0, min(p.at+by, len(p.lines)-1))
	p.follow()
}

// fold folds the selected node, or goes to the one above it where it is folded
// or has nothing below.
func (p *Pane) fold() {
	n := p.current()
	if len(n.kids) > 0 && !p.lines[p.at].folded {
		p.turn(n)
		return
	}
	depth := len(p.lines[p.at].last)
	for i := p.at - 1; i >= 0; i-- {
		if p.lines[i].node != nil && len(p.lines[i].last) < depth {
			p.at = i
			p.follow()
			return
		}
	}
}

// unfold unfolds the selected node, or goes to the first one below it.
func (p *Pane) unfold() {
	switch n := p.current(); {
	case len(n.kids) == 0:
	case p.lines[p.at].folded:
		p.turn(n)
	default:
		p.move(1)
	}
}

func (p *Pane) turn(n *node) {
	p.turned[n.key()] = !p.turned[n.key()]
	p.build()
}

// follow keeps the selected line on the screen.
func (p *Pane) follow() {
	room, at := p.room(), max(0, p.at)
	p.top = max(at-room+1, min(p.top, at))
	p.top = max(0, min(p.top, len(p.lines)-room))
}

// Selected is what the highlighted row leads to.
func (p *Pane) Selected() pane.Subject {
	n := p.current()
	if n == nil || n.bundle {
		s := pane.Subject{Entity: p.subject.Entity, Label: p.subject.Label}
		if n != nil {
			s.At, s.Entity, s.Label = n.edge.Time, n.edge.Parent, ""
		}
		return s
	}
	e := &n.edge
	s := pane.Subject{Entity: e.Entity, Label: e.Label, At: e.Time}
	if item, ok := p.left(n); ok {
		s.Text = item.Command()
	}
	return s
}

// Pivots are what the edge leads to, and where it comes from.
func (p *Pane) Pivots() []investigations.Involvement {
	n := p.current()
	switch {
	case n == nil:
		return nil
	case n.bundle:
		return []investigations.Involvement{{Entity: n.edge.Parent}}
	}
	return []investigations.Involvement{{Entity: n.edge.Entity, Label: n.edge.Label}}
}

// Keep names the selected node.
func (p *Pane) Keep() string {
	if p.want != "" {
		return p.want
	}
	if n := p.current(); n != nil {
		return n.key()
	}
	return ""
}

// Restore selects the node of a name, at once or when it is there.
func (p *Pane) Restore(place string) tea.Cmd {
	p.want = place
	if p.facts != nil {
		p.settle()
	}
	return nil
}

// Click selects the line at a point.
func (p *Pane) Click(at uv.Position, area uv.Rectangle) tea.Cmd {
	line := at.Y - p.parts(area).tree.Min.Y
	if i := p.top + line; line >= 0 && i < len(p.lines) && len(p.tree) > 0 {
		p.at, p.want = i, ""
	}
	return nil
}

// Wheel moves the selection.
func (p *Pane) Wheel(rows int) tea.Cmd {
	p.move(rows)
	return nil
}

// Hint says what to do next.
func (p *Pane) Hint() string {
	switch {
	case p.facts == nil || len(p.facts.Edges) == 0:
		return ""
	case p.open() > 0:
		return "decide on what is open (n next, a accepts, r refuses)"
	default:
		return "see what ends it all (P)"
	}
}
