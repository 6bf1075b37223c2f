package lineage

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/tui/pane"
)

// proof opens the event that shows the edge, among the others of what it leads
// to.
func (p *Pane) proof() tea.Cmd {
	n := p.current()
	if n.bundle {
		p.turn(n)
		return nil
	}
	evidence, id := p.env.Evidence, n.edge.ID
	return p.loader.LoadQuietly(loadProof, func(ctx context.Context) (any, error) {
		var found investigations.Event
		err := evidence.Each(ctx, []int64{id}, func(ev *investigations.Event) error {
			found = *ev
			found.Involved = slices.Clone(ev.Involved)
			return nil
		})
		return found, err
	})
}

// eventSubject is the proof as page 2 shows it: alone, whatever its uid.
func (p *Pane) eventSubject(e investigations.Event) pane.Subject {
	s := pane.Subject{Entity: p.subject.Entity, Label: p.subject.Label, At: e.Time}
	if e.UID != "" {
		s.Filter = filter.Expr{}.With(filter.Term{Key: filter.KeyUID, Values: []filter.Value{{Text: e.UID}}}).String()
		return s
	}
	s.Filter = filter.Expr{}.With(filter.Term{Key: filter.KeyEvent, Values: []filter.Value{{Text: e.Type}}}).String()
	return s
}
