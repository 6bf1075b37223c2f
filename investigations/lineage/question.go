package lineage

import (
	"context"
	"fmt"
	"time"

	"cordon/investigations"
	"cordon/investigations/hands"
	"cordon/investigations/judgement"
	"cordon/investigations/pivot"
)

// Question is what is asked of a lineage.
type Question struct {
	Identity investigations.Entity
	Depth    int // steps from the identity; 0 finds nothing
	// Since leaves out what the identity itself did before; zero leaves out
	// nothing.
	Since time.Time
	// Judgement is what the responder decided: whose hands were whose, and which
	// steps are true.
	Judgement judgement.Judgement
	// Lines are needed only where a user agent or a certificate is marked.
	Lines hands.Lines
}

// Lineage is what spread from an identity.
type Lineage struct {
	Question Question
	// Edges come breadth first, then in the order in which they happened. One
	// entity can be the child of several. A refused edge is among them, with
	// nothing below it.
	Edges []Edge
	// Owner are the steps that the owner's hands took: no part of the lineage.
	Owner []Edge
	Taint Taint
	// ByHands says that hands of the identity are marked, so that only hostile
	// ones count.
	ByHands bool
	// Notes say where the walk stopped short, in sentences.
	Notes   []string
	weigher *weigher
}

// Follow finds what spread from an identity and weighs it by the judgement.
func Follow(ctx context.Context, idx pivot.Index, q Question) (*Lineage, error) {
	t := newTracer(idx, q)
	if err := t.walk(ctx); err != nil {
		return nil, fmt.Errorf("trace from %s: %w", q.Identity, err)
	}
	return t.weigh(), nil
}
