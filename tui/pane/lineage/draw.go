package lineage

import (
	"fmt"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/investigations/survive"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// parts are the areas of the page.
type parts struct{ head, tree, detail uv.Rectangle }

// detailRows are given to the selected edge where there is no column beside the
// page.
const detailRows = 4

func (p *Pane) parts(area uv.Rectangle) parts {
	var a parts
	a.head, a.tree = draw.CutTop(area, 2)
	a.head = draw.Pad(a.head, 1)
	if !p.sided && a.tree.Dy() >= 3*detailRows {
		a.detail, a.tree = draw.CutBottom(a.tree, detailRows)
		a.detail = draw.Pad(a.detail, 1)
	}
	return a
}

// room is how many lines the tree shows.
func (p *Pane) room() int {
	return max(1, p.parts(uv.Rect(0, 0, p.size.X, p.size.Y)).tree.Dy())
}

// Draw draws the page.
func (p *Pane) Draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	a := p.parts(area)
	c.Lines(a.head, p.headLines(c))
	if message, role := p.message(); message != "" {
		lines := draw.Wrap(role, message, a.tree.Dx()-2)
		for _, l := range p.lines {
			lines = append(lines, draw.Wrap(themes.Muted, l.note, a.tree.Dx()-2)...)
		}
		c.Lines(draw.Pad(a.tree, 1), lines)
		return
	}
	if len(p.lines) > a.tree.Dy() {
		bar, rest := draw.CutRight(a.tree, 1)
		c.Scroll(bar, p.top, a.tree.Dy(), len(p.lines))
		_, a.tree = draw.CutRight(rest, 0)
	}
	for i := p.top; i < len(p.lines) && i-p.top < a.tree.Dy(); i++ {
		p.drawLine(c, draw.Row(a.tree, i-p.top), &p.lines[i], i == p.at, focused)
	}
	if !a.detail.Empty() {
		c.Fill(draw.Row(a.detail, 0), c.Glyphs().TreeDash, themes.Border)
		_, below := draw.CutTop(a.detail, 1)
		c.Lines(below, p.selectedLines(below.Dx()))
	}
}

// message is what stands in place of the tree.
func (p *Pane) message() (string, themes.Role) {
	switch {
	case p.err != nil:
		return "Not loaded: " + safetext.Clean(p.err.Error()), themes.Danger
	case p.subject.Entity.IsZero():
		return "Choose an identity first: page 1 lists whom this case knows, p pivots to one.", themes.Muted
	case p.facts == nil:
		return "Reading.", themes.Muted
	case !p.facts.seen:
		return p.env.Following.Unseen(safetext.CleanMax(p.subject.Entity.String(), 160)), themes.Warning
	case len(p.tree) == 0:
		return "Nothing in this evidence spread from it (" + p.covered() + "). That is not the same as: nothing did.", themes.Muted
	}
	return "", themes.Text
}

// noteBelow is the sentence below an end of the tree that nothing shows at work.
func (p *Pane) noteBelow(n *node) string {
	r := p.facts.rest
	if r == nil || n.bundle || len(n.kids) > 0 || !r.idle[n.edge.Entity] {
		return ""
	}
	what := "no activity"
	switch n.edge.Kind {
	case investigations.KindRole:
		what = "held by nobody seen"
	case investigations.KindToken:
		what = "nothing seen to join with it"
	case investigations.KindHost:
		what = "nobody seen on it"
	}
	return what + " in this evidence (" + p.covered() + ")"
}

// columns are the widths behind the tree: time, event type, standing, what is
// left. A column without room is left out.
type columns struct{ time, via, standing, after int }

// longAfter is from which width on the last column says until when.
const longAfter = 126

func (p *Pane) columns(width int) columns {
	cols := columns{time: 8, standing: 13}
	for i := range p.lines {
		if n := p.lines[i].node; n != nil {
			cols.time = max(cols.time, safetext.Width(p.when(n, width)))
		}
	}
	switch {
	case width >= longAfter:
		cols.after = 31
	case width >= 86:
		cols.after = 10
	}
	if width >= 116 {
		cols.via = 24
	}
	return cols
}

// when is the time of a node; on a narrow screen without its day, which the
// detail has.
func (p *Pane) when(n *node, width int) string {
	if width < 76 {
		return p.env.Clock.Short(n.edge.Time)
	}
	return p.env.Clock.Time(n.edge.Time)
}

func (p *Pane) drawLine(c draw.Canvas, area uv.Rectangle, l *line, selected, focused bool) {
	if selected {
		ground, cursor := themes.Inactive, c.Glyphs().Dot
		if focused {
			ground, cursor = themes.Selection, c.Glyphs().Cursor
		}
		c = c.Ground(ground)
		c.Clear(area)
		c.Text(area, themes.Text, cursor)
	}
	_, rest := draw.CutLeft(area, 1)
	branch := l.branch(c.Glyphs())
	if l.node == nil {
		c.Line(rest, draw.T(themes.Border, branch), draw.T(themes.Muted, l.note))
		return
	}
	cols := p.columns(area.Dx())
	cell := func(width int) uv.Rectangle {
		var at uv.Rectangle
		at, rest = draw.CutRight(rest, width)
		if width > 0 {
			_, rest = draw.CutRight(rest, 2)
		}
		return at
	}
	n := l.node
	after := cell(cols.after)
	standing := cell(cols.standing)
	via := cell(cols.via)
	when := cell(cols.time)
	left := p.after(n)
	if cols.after < 20 && len(left) > 1 {
		left = left[:1]
	}
	c.Line(after, left...)
	s := n.stands(c.Glyphs())
	c.Text(standing, s.role, s.glyph+" "+s.word)
	c.Text(via, themes.Muted, safetext.CleanMax(n.edge.Via, 60))
	c.Text(when, themes.Muted, p.when(n, area.Dx()))
	fold := ""
	if len(n.kids) > 0 && l.folded {
		fold = fmt.Sprintf("  +%d", len(n.kids))
	}
	mark, role := p.lockMark(n)
	c.Line(rest, draw.T(themes.Border, branch), draw.T(role, mark), draw.T(p.textRole(n), n.text()), draw.T(themes.Key, fold))
}

func (p *Pane) textRole(n *node) themes.Role {
	if n.owners || !n.bundle && n.edge.Verdict == judgement.Refused {
		return themes.Muted
	}
	return themes.Text
}

// lockMark is the glyph of a lock on what the edge leads to. The word stands in
// the column behind, or in the detail.
func (p *Pane) lockMark(n *node) (string, themes.Role) {
	state, ok := p.locked(n)
	switch {
	case !ok:
		return "", themes.Text
	case state == contain.StateInForce:
		return p.env.Styles.Glyphs.Locked + " ", themes.Locked
	default:
		return p.env.Styles.Glyphs.Planned + " ", themes.Planned
	}
}

func (p *Pane) locked(n *node) (contain.State, bool) {
	if p.facts.rest == nil || n.bundle {
		return 0, false
	}
	state, ok := p.facts.rest.Locked[n.edge.Entity]
	return state, ok
}

// left is what is left of a node.
func (p *Pane) left(n *node) (survive.Item, bool) {
	if p.facts.rest == nil || n.bundle {
		return survive.Item{}, false
	}
	return p.facts.rest.leftOf(&n.edge)
}

// after says what a node still stands for: the lock on it, a session that goes
// on, or what no lock ends.
func (p *Pane) after(n *node) draw.Line {
	if state, ok := p.locked(n); ok {
		if state == contain.StateInForce {
			return draw.Line{draw.T(themes.Locked, p.env.Styles.Glyphs.Locked+" locked")}
		}
		return draw.Line{draw.T(themes.Planned, p.env.Styles.Glyphs.Planned+" planned")}
	}
	if p.facts.rest == nil || n.bundle || n.owners || n.edge.Verdict == judgement.Refused {
		return nil
	}
	if n.edge.Kind == investigations.KindSession {
		return p.sessionEnd(&n.edge)
	}
	item, ok := p.left(n)
	switch {
	case !ok:
		return nil
	case item.Held != nil:
		return draw.Line{draw.T(themes.Locked, "held"), draw.T(themes.Muted, " by a lock")}
	default:
		return draw.Line{draw.T(themes.Warning, "survives"), draw.T(themes.Muted, " "+until(item.Until, p.env.Clock))}
	}
}

func (p *Pane) sessionEnd(e *lineage.Edge) draw.Line {
	end, known := p.facts.rest.ended(e.Name)
	switch {
	case !known:
		return nil
	case end.IsZero():
		return draw.Line{draw.T(themes.Warning, "no end"), draw.T(themes.Muted, " in this log")}
	default:
		return draw.Line{draw.T(themes.Muted, "ended"), draw.T(themes.Muted, " "+p.env.Clock.Time(end))}
	}
}
