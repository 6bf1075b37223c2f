package main

import (
	"context"

	"cordon/investigations/filter"
	"cordon/store"
	"cordon/tui/pane"
)

// evidence is a case as the console reads it. The console knows selections by
// what it needs of them; only there do the two differ.
type evidence struct{ *store.Case }

var _ pane.Evidence = evidence{}

// Select prepares the reading of the events that expr lets through.
func (e evidence) Select(ctx context.Context, expr filter.Expr) (pane.Selection, error) {
	s, err := e.Case.Select(ctx, expr)
	if err != nil {
		return nil, err
	}
	return s, nil
}
