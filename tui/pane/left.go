package pane

import (
	"context"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/lineage"
	"cordon/investigations/survive"
)

// Reach is how far what spread from an identity goes, and what of it no lock
// ends.
type Reach struct {
	Scope *lineage.Scope
	Left  *survive.Report
	// Locked holds what the board says of the identity and of every edge: in
	// force, or only planned.
	Locked map[investigations.Entity]contain.State
}

// ReadReach measures a lineage.
func ReadReach(ctx context.Context, env Env, l *lineage.Lineage) (Reach, error) {
	var board contain.Board
	var r Reach
	var err error
	if env.Desk != nil {
		if board, err = env.Desk.Board(ctx); err != nil {
			return r, err
		}
	}
	r.Locked = locked(board, l, env.Now())
	if r.Scope, err = lineage.Measure(ctx, env.Evidence, l, board, env.Now()); err != nil {
		return r, err
	}
	q, err := survive.Ask(ctx, env.Evidence, l, board, env.Server, env.Now())
	if err != nil {
		return r, err
	}
	r.Left, err = survive.Of(ctx, env.Evidence, q)
	return r, err
}

// locked looks each entity of a lineage up on the board: a lock in force before a
// plan.
func locked(board contain.Board, l *lineage.Lineage, now time.Time) map[investigations.Entity]contain.State {
	out := map[investigations.Entity]contain.State{}
	look := func(e investigations.Entity) {
		if _, ok := board.Contained(e, now); ok {
			out[e] = contain.StateInForce
			return
		}
		for _, lock := range board.At(now, contain.StatePlanned) {
			if lock.Hits(e) {
				out[e] = contain.StatePlanned
				return
			}
		}
	}
	look(l.Question.Identity)
	for i := range l.Edges {
		look(l.Edges[i].Entity)
	}
	return out
}
