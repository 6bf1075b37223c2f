package lineage

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"cordon/investigations"
	"cordon/investigations/judgement"
	"cordon/investigations/pivot"
)

// DefaultDepth is how far a trace goes unless told otherwise.
const DefaultDepth = 4

// Report is a pivot with its lineage: the whole answer of `cordon pivot`.
type Report struct {
	*pivot.Report
	// Lineage are the edges that were not refused.
	Lineage []Edge `json:"lineage"`
	// Whole is the lineage with what was refused and with the owner's steps.
	Whole *Lineage `json:"-"`
}

// Of pivots on an identity and traces what spread from it, with nothing decided.
// See Answer.
func Of(ctx context.Context, idx pivot.Index, e investigations.Entity, since time.Time, depth int) (*Report, error) {
	return Answer(ctx, idx, Question{Identity: e, Depth: depth}, since)
}

// Answer pivots on the identity of a question, with what is new in it since a
// moment (zero asks nothing), and traces what spread from it, both at once: the
// index is read by two goroutines.
func Answer(ctx context.Context, idx pivot.Index, q Question, since time.Time) (*Report, error) {
	r := &Report{Lineage: []Edge{}}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		r.Report, err = pivot.OfSince(ctx, idx, q.Identity, since)
		return err
	})
	both.Go(func() (err error) {
		r.Whole, err = Follow(ctx, idx, q)
		return err
	})
	if err := both.Wait(); err != nil {
		return nil, err
	}
	for _, e := range r.Whole.Edges {
		if e.Verdict != judgement.Refused {
			r.Lineage = append(r.Lineage, e)
		}
	}
	return r, nil
}
