package lineage

import (
	"context"

	"golang.org/x/sync/errgroup"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// DefaultDepth is how far a trace goes unless told otherwise.
const DefaultDepth = 4

// Report is a pivot with its lineage: the whole answer of `cordon pivot`.
type Report struct {
	*pivot.Report
	Lineage []Edge `json:"lineage"`
}

// Of pivots on an identity and traces what spread from it, both at once: the
// index is read by two goroutines.
func Of(ctx context.Context, idx pivot.Index, e investigations.Entity, depth int) (*Report, error) {
	r := &Report{Lineage: []Edge{}}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		r.Report, err = pivot.Of(ctx, idx, e)
		return err
	})
	both.Go(func() error {
		edges, err := Trace(ctx, idx, e, depth)
		r.Lineage = append(r.Lineage, edges...)
		return err
	})
	if err := both.Wait(); err != nil {
		return nil, err
	}
	return r, nil
}
