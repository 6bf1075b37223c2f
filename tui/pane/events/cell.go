package events

import (
	"fmt"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/draw"
)

// cell says which entity of an event is highlighted: that of a kind in a role,
// so that the choice holds from row to row. The zero cell is none.
type cell struct {
	kind investigations.Kind
	role investigations.Role
}

func cellOf(v investigations.Involvement) cell { return cell{v.Entity.Kind, v.Role} }

// cells are the entities of an event that can be chosen, each once, the main one
// first.
func cells(e *investigations.Event) []investigations.Involvement {
	if e == nil {
		return nil
	}
	var out []investigations.Involvement
	seen := map[investigations.Entity]bool{{}: true}
	for _, v := range append([]investigations.Involvement{mainEntity(e)}, e.Involved...) {
		if !seen[v.Entity] && v.Entity.Kind != investigations.KindUnknown {
			seen[v.Entity] = true
			out = append(out, v)
		}
	}
	return out
}

// chosen is the highlighted entity of an event, if the responder chose one and
// the event has it.
func (p *Pane) chosen(e *investigations.Event) (investigations.Involvement, bool) {
	for _, v := range cells(e) {
		if cellOf(v) == p.cell {
			return v, true
		}
	}
	return investigations.Involvement{}, false
}

// choose highlights the next entity of the event, or the one before. Beyond the
// ends none is chosen.
func (p *Pane) choose(step int) {
	all := cells(p.current())
	at := -1
	if v, ok := p.chosen(p.current()); ok {
		for i := range all {
			if all[i].Entity == v.Entity {
				at = i
			}
		}
	}
	switch at += step; {
	case at == -2: // left of none is the last
		at = len(all) - 1
	case at == len(all):
		at = -1
	}
	p.cell = cell{}
	if at >= 0 {
		p.cell = cellOf(all[at])
	}
}

// hot is the text of the highlighted entity as rows write it.
func (p *Pane) hot() string {
	v, ok := p.chosen(p.current())
	if !ok {
		return ""
	}
	return name(v)
}

// cellLine says which entity is highlighted, or how to choose one.
func (p *Pane) cellLine(c draw.Canvas) draw.Line {
	all := cells(p.current())
	if len(all) == 0 {
		return nil
	}
	g := c.Glyphs()
	line := draw.Line{draw.T(themes.Key, g.Left+g.Right)}
	v, ok := p.chosen(p.current())
	if !ok {
		return append(line, draw.T(themes.Muted, fmt.Sprintf(" choose one of %d names for p, L and n", len(all))))
	}
	return append(line, draw.T(themes.Muted, " "+v.Entity.Kind.Title()+" "), draw.T(themes.Accent, name(v)), draw.T(themes.Muted, ", "+v.Role.String()))
}
