package overview

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

// loadActors reads who is who, which tells machines from people.
func (p *Pane) loadActors() tea.Cmd {
	evidence := p.env.Evidence
	return p.loader.LoadQuietly(loadActors, func(ctx context.Context) (any, error) { return evidence.Actors(ctx) })
}

// leavesOut reports whether an entity is a machine that is left aside just now.
func (p *Pane) leavesOut(e investigations.Entity) bool {
	return p.env.Machines.LeftOut() && p.book.Machine(e)
}

// leftOut says how many machines a row does not name.
func leftOut(n int) draw.Line {
	if n == 0 {
		return nil
	}
	return draw.Line{draw.T(themes.Warning, pane.Plural(n, "machine", "machines")+" left out  ")}
}

// classLine says what kind of party the identity is, where the evidence shows it.
func (p *Pane) classLine() draw.Line {
	class := p.book.Class(p.subject.Entity)
	if class == investigations.ActorUnknown {
		return nil
	}
	return draw.Line{draw.T(themes.Muted, ", "+class.Title())}
}
