package lineage

import (
	"context"

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

// Of pivots on an identity and traces what spread from it.
func Of(ctx context.Context, idx pivot.Index, e investigations.Entity, depth int) (*Report, error) {
	p, err := pivot.Of(ctx, idx, e)
	if err != nil {
		return nil, err
	}
	edges, err := Trace(ctx, idx, e, depth)
	if err != nil {
		return nil, err
	}
	if edges == nil {
		edges = []Edge{}
	}
	return &Report{p, edges}, nil
}
