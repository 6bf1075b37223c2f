package tuitest

import (
	"context"

	"cordon/investigations"
	"cordon/investigations/actors"
	"cordon/investigations/pivot"
)

var _ actors.Case = (*Case)(nil)

// Actors implements [pane.Evidence].
func (c *Case) Actors(ctx context.Context) (*actors.Book, error) { return actors.Of(ctx, c) }

// EachEntity implements [actors.Case].
func (c *Case) EachEntity(ctx context.Context, kind investigations.Kind, yield func(investigations.Entity, string, []pivot.Group) error) error {
	return c.index.EachEntity(ctx, kind, yield)
}
