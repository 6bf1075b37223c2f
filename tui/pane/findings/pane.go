package findings

import (
	"image"
	"slices"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/posture"
	"cordon/investigations/rules"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/pane/rows"
	"cordon/tui/safetext"
)

// Pane is the page.
type Pane struct {
	env     pane.Env
	loader  *pane.Loader
	size    image.Point
	subject pane.Subject
	beside  bool // there is a column on the right, which shows the detail

	gauge *gauge // of the rules that run, or ran last
	got   *found // nil until the rules ran
	err   error
	proof proof // of the selected finding
	opens bool  // its detail is wanted as soon as the proof is there

	posture    *posture.Report // nil until it was looked at
	postureErr error
	// postureSet and postureMissing say what the posture goes by; see [readPosture].
	postureSet     bool
	postureMissing []string

	parts     []part
	at        int
	words     string // that rows must have
	whole     bool   // the identity under investigation does not narrow the rows
	dismissed bool   // dismissed findings are shown
	hidden    hidden
	want      *place // to go to when there are rows
}

// hidden counts findings that are not shown, by why.
type hidden struct{ others, words, dismissed, machines, beyond int }

var (
	_ pane.Pane      = (*Pane)(nil)
	_ pane.Keeper    = (*Pane)(nil)
	_ pane.Sider     = (*Pane)(nil)
	_ pane.Sided     = (*Pane)(nil)
	_ pane.Mouser    = (*Pane)(nil)
	_ pane.Refresher = (*Pane)(nil)
	_ pane.Pivoter   = (*Pane)(nil)
	_ pane.Locker    = (*Pane)(nil)
	_ pane.Hinter    = (*Pane)(nil)
)

// New makes the page.
func New(env pane.Env) *Pane {
	return &Pane{env: env, loader: pane.NewLoader(env.Work), parts: newParts()}
}

// Scope is that of the page.
func (p *Pane) Scope() action.Scope { return action.Findings }

// Show narrows the rows to the subject, and has the rules run when they have not.
func (p *Pane) Show(s pane.Subject) tea.Cmd {
	p.subject = s
	if p.got == nil {
		return p.look()
	}
	p.fill()
	return tea.Batch(p.loadDecided(), p.loadProof())
}

// Refresh reads again what the journal says, once there is something to say it
// of.
func (p *Pane) Refresh() tea.Cmd {
	if p.got == nil {
		return nil
	}
	return p.loadDecided()
}

// SideShown tells whether the detail has a place beside the rows.
func (p *Pane) SideShown(on bool) { p.beside = on }

// Resize takes the size of the area.
func (p *Pane) Resize(size image.Point) {
	p.size = size
	_, _, body := p.split(uv.Rect(0, 0, size.X, size.Y))
	for i := range p.parts {
		p.parts[i].grid.Resize(pane.Size(body), grid.View{})
	}
}

// split is where the names of the parts, what narrows them, and the rows go.
func (p *Pane) split(area uv.Rectangle) (head, scope, body uv.Rectangle) {
	head, body = draw.CutTop(area, 1)
	scope, body = draw.CutTop(body, 1)
	return draw.Pad(head, 1), draw.Pad(scope, 1), body
}

// current is the selected row, or nil.
func (p *Pane) current() *row {
	t := &p.parts[p.at]
	if key, ok := t.grid.Selected(); ok {
		for i := range t.rows {
			if t.rows[i].key == key {
				return &t.rows[i]
			}
		}
	}
	return nil
}

// finding is the selected finding, or nil.
func (p *Pane) finding() *rules.Finding {
	if r := p.current(); r != nil {
		return r.finding
	}
	return nil
}

// Selected is what the selected row is about.
func (p *Pane) Selected() pane.Subject {
	r := p.current()
	if r == nil {
		return pane.Subject{Entity: p.subject.Entity, Label: p.subject.Label}
	}
	if r.finding != nil {
		return p.aboutFinding(r.finding)
	}
	return r.about
}

// Pivots are the entities of a finding: those who had a hand in it first.
func (p *Pane) Pivots() []investigations.Involvement {
	f := p.finding()
	if f == nil {
		if s := p.Selected(); !s.Entity.IsZero() && p.current() != nil {
			return []investigations.Involvement{{Entity: s.Entity, Label: s.Label}}
		}
		return nil
	}
	var out []investigations.Involvement
	for _, e := range f.Names() {
		if e.Kind != investigations.KindUnknown && e.Kind != investigations.KindCluster {
			out = append(out, investigations.Involvement{Entity: e})
		}
	}
	return out
}

// LockTargets are those who had a hand in a finding, else what it is about.
func (p *Pane) LockTargets() ([]contain.Target, error) {
	f := p.finding()
	if f == nil {
		return nil, nil
	}
	names := f.Who
	if len(names) == 0 {
		names = []investigations.Entity{f.About}
	}
	var targets []contain.Target
	for _, e := range names[:min(len(names), maxTargets)] {
		t, err := contain.TargetOf(e, p.env.Server)
		switch {
		case err == nil && lockable(e.Kind):
			targets = append(targets, t)
		case len(names) == 1:
			return nil, err
		}
	}
	return targets, nil
}

// maxTargets is how many of those who had a hand in a finding a lock offers.
const maxTargets = 4

// lockable are the kinds that a finding's lock may name: roles and logins are
// shared by others and are locked on their own pages, where their users stand.
func lockable(k investigations.Kind) bool {
	switch k {
	case investigations.KindRole, investigations.KindOSLogin:
		return false
	}
	return true
}

// Disabled says why an action cannot run here, or is empty.
func (p *Pane) Disabled(id action.ID) string {
	switch id {
	case action.MoveUp, action.MoveDown, action.MoveTop, action.MoveBottom, action.PageUp, action.PageDown, action.NextPane, action.PrevPane:
		return ""
	case action.Find, action.ShowDismissed:
		return p.notLooked()
	case action.WholeCase:
		if p.subject.Entity.IsZero() {
			return "The whole case is shown: nobody is under investigation."
		}
		return ""
	case action.Open:
		if p.got == nil && !p.loader.Loading(loadLook) || p.postureErr != nil {
			return "" // look again
		}
		if p.current() == nil {
			return "There is no row to open."
		}
		return ""
	case action.Note, action.Star, action.Dismiss, action.ProofEvents:
		if p.finding() == nil {
			return "No finding is selected."
		}
		return ""
	}
	return "This does nothing on this page."
}

func (p *Pane) notLooked() string {
	if p.got == nil {
		return "The rules have not run yet."
	}
	return ""
}

// Handle runs an action.
func (p *Pane) Handle(id action.ID) tea.Cmd {
	g := p.parts[p.at].grid
	switch id {
	case action.NextPane:
		p.at = (p.at + 1) % len(p.parts)
		return tea.Batch(p.lookPosture(), p.loadProof())
	case action.PrevPane:
		p.at = (p.at + len(p.parts) - 1) % len(p.parts)
		return tea.Batch(p.lookPosture(), p.loadProof())
	case action.Clock:
		p.fill()
	case action.WholeCase:
		p.whole = !p.whole
		p.fill()
	case action.ShowDismissed:
		p.dismissed = !p.dismissed
		p.fill()
	case action.Find:
		p.askWords()
	case action.Note:
		p.note()
	case action.Star:
		return p.star()
	case action.Dismiss:
		return p.dismiss()
	case action.ProofEvents:
		p.openProof()
	case action.Open:
		return p.open()
	default:
		pane.MoveGrid(g, id)
	}
	return p.loadProof()
}

// Sift shows the rows anew, because machines are left aside now, or no longer.
func (p *Pane) Sift() tea.Cmd {
	p.fill()
	return p.loadProof()
}

// Click selects a part or the row at a point.
func (p *Pane) Click(at uv.Position, area uv.Rectangle) tea.Cmd {
	head, _, body := p.split(area)
	for i, spot := range p.spots(head) {
		if at.In(spot) {
			p.at = i
			return tea.Batch(p.lookPosture(), p.loadProof())
		}
	}
	g := p.parts[p.at].grid
	if line := g.BodyLine(body, at, grid.View{}); line >= 0 {
		g.SelectLine(line)
	}
	return p.loadProof()
}

// Wheel moves the selection.
func (p *Pane) Wheel(by int) tea.Cmd {
	p.parts[p.at].grid.Move(by)
	return p.loadProof()
}

// Draw draws the names of the parts, what narrows the rows, and the part that is
// open.
func (p *Pane) Draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	head, scope, body := p.split(area)
	for i, spot := range p.spots(head) {
		role := themes.Tab
		if i == p.at {
			role = themes.TabActive
		}
		c.Text(spot, role, p.label(i))
	}
	switch {
	case p.loader.Loading(loadLook):
		p.drawGauge(c, draw.Pad(body, 1))
	case p.err != nil:
		c.Lines(draw.Pad(body, 1), draw.Wrap(themes.Danger, "The rules did not run to their end: "+safetext.CleanMax(p.err.Error(), 400)+". Enter starts again.", body.Dx()-2))
	case p.at == partPosture && p.posture == nil:
		p.drawNoPosture(c, draw.Pad(body, 1))
	default:
		c.Line(scope, p.scopeLine(c)...)
		p.parts[p.at].grid.Draw(c, body, grid.View{Focused: focused})
	}
}

// label names a part with how much is in it.
func (p *Pane) label(i int) string {
	text, n := p.parts[i].title, len(p.parts[i].rows)
	switch {
	case p.got == nil || i == partPosture && p.posture == nil:
	case i == partGaps:
		// The holes in the evidence are counted as everywhere; what the rules could
		// not see stands in the same table and is counted apart.
		gaps := len(p.got.coverage.Gaps)
		text += " " + draw.Count(int64(gaps))
		if n > gaps {
			text += " + " + draw.Count(int64(n-gaps)) + " of rules"
		}
	default:
		text += " " + draw.Count(int64(n))
	}
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

// fill makes the rows of every part.
func (p *Pane) fill() {
	if p.got == nil {
		return
	}
	p.fillDetections()
	p.fillPosture()
	p.fillGaps()
	for i := range p.parts {
		all := make([]grid.Row[string], len(p.parts[i].rows))
		for j := range p.parts[i].rows {
			all[j] = p.parts[i].rows[j].grid
		}
		p.parts[i].set(all)
	}
	p.toWanted()
}

// set gives a part its rows. Where the selected one is gone, for example because
// it was dismissed, the one that took its place is selected.
func (t *part) set(all []grid.Row[string]) {
	key, ok := t.grid.Selected()
	at := slices.IndexFunc(t.all, func(r grid.Row[string]) bool { return r.Key == key })
	gone := ok && !slices.ContainsFunc(all, func(r grid.Row[string]) bool { return r.Key == key })
	t.all = all
	rows.Set(t.grid, all)
	if gone && len(all) > 0 {
		rows.Select(t.grid, all, all[max(0, min(at, len(all)-1))].Key)
	}
}

// Hint says what to do next.
func (p *Pane) Hint() string {
	switch {
	case p.got == nil:
		return ""
	case p.at == partPosture:
		return "copy what mends it (y)"
	case p.at == partGaps:
		return "what cannot be seen here, and what it means"
	case p.finding() == nil:
		return "what the rules could not see (tab)"
	default:
		return "the events that prove it (e)"
	}
}
