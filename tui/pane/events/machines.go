package events

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

// sifted is a selection from which what machines did may be left out.
type sifted struct {
	pane.Selection
	expr   filter.Expr // that gives it
	hidden int64       // how many events are left out; -1 where none are meant to be
	exact  bool
	// machine says that the page is about a machine, whose events are all shown.
	machine bool
}

// withoutMachines is the term that leaves out what machines alone did.
var withoutMachines = filter.Term{Negate: true, Key: filter.KeyActor, Values: []filter.Value{{Text: investigations.ActorMachine}}}

// sift selects the events of a filter. Where machines are to be left out they
// are, unless the filter itself asks who did it, or the subject is a machine.
func sift(ctx context.Context, evidence pane.Evidence, expr filter.Expr, about investigations.Entity, leaveOut bool) (*sifted, error) {
	whole, err := evidence.Select(ctx, expr)
	if err != nil {
		return nil, err
	}
	s := &sifted{Selection: whole, expr: expr, hidden: -1}
	if !leaveOut || expr.Asks(filter.KeyActor) {
		return s, nil
	}
	book, err := evidence.Actors(ctx)
	if err != nil {
		return nil, err
	}
	if s.machine = book.Machine(about); s.machine {
		return s, nil
	}
	s.expr = expr.With(withoutMachines)
	if s.Selection, err = evidence.Select(ctx, s.expr); err != nil {
		return nil, err
	}
	all, allExact := whole.Count()
	rest, restExact := s.Count()
	s.hidden, s.exact = all-rest, allExact && restExact
	return s, nil
}

// Sift leaves machines aside or brings them back, at the same row.
func (p *Pane) Sift() tea.Cmd {
	if !p.open {
		return nil
	}
	if at, ok := p.grid.Selected(); ok && p.want == nil {
		p.want = &at
	}
	p.sel, p.err = nil, nil
	return p.loadSelection()
}

// inForce is the filter of the rows that are shown.
func (p *Pane) inForce() filter.Expr {
	if p.sel == nil {
		return p.expr
	}
	return p.sel.expr
}

// machinesLine says what is left out, if anything is to be.
func (p *Pane) machinesLine() draw.Line {
	switch {
	case p.sel == nil || !p.env.Machines.LeftOut():
		return nil
	case p.sel.machine:
		return draw.Line{draw.T(themes.Warning, "   a machine: nothing left out")}
	case p.sel.hidden < 0:
		return draw.Line{draw.T(themes.Warning, "   actor: decides, nothing left out")}
	case p.sel.exact:
		return draw.Line{draw.T(themes.Warning, "   "+draw.Count(p.sel.hidden)+" of machines left out")}
	default:
		return draw.Line{draw.T(themes.Warning, "   those of machines left out")}
	}
}
