package tuitest

import (
	"context"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// Groups implements [pivot.Index].
func (c *Case) Groups(ctx context.Context, e investigations.Entity) ([]pivot.Group, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.index.Groups(ctx, e)
}

// Each implements [pivot.Index].
func (c *Case) Each(ctx context.Context, ids []int64, yield func(*investigations.Event) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.index.Each(ctx, ids, yield)
}

// Coverage implements [pivot.Index].
func (c *Case) Coverage(ctx context.Context) (investigations.Coverage, error) {
	coverage, err := c.index.Coverage(ctx)
	coverage.Clusters = []string{"teleport.example.com"}
	coverage.Gaps = c.Gaps
	coverage.Rejects = int64(len(c.Rejected))
	return coverage, err
}

// TypeGroups implements [pane.Evidence].
func (c *Case) TypeGroups(ctx context.Context) ([]pivot.Group, error) { return c.index.TypeGroups(ctx) }
