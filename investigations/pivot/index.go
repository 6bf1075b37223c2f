package pivot

import (
	"context"
	"time"

	"cordon/investigations"
)

// Group is one posting list: the events of one type and code in which an
// entity plays one role.
type Group struct {
	Role        investigations.Role
	Type, Code  string
	N           int
	First, Last time.Time // of the events that have a time
	IDs         []int64   // ascending case ids
}

// Index is what pivots and lineage need of a case. Several goroutines may read
// it at once.
type Index interface {
	// Groups returns all groups of an entity, none when the case has never
	// seen it.
	Groups(ctx context.Context, e investigations.Entity) ([]Group, error)
	// Each yields the events with the given ids, which must ascend, in that
	// order. The event is reused between calls.
	Each(ctx context.Context, ids []int64, yield func(*investigations.Event) error) error
	// Coverage says what the case's answers rest on.
	Coverage(ctx context.Context) (investigations.Coverage, error)
}

// Catalog is what an Index may also offer: the posting lists of all events, by
// type. With it a report knows whether a kind of event is logged at all, where
// one identity's events do not show it.
type Catalog interface {
	TypeGroups(ctx context.Context) ([]Group, error)
}
