package store

import (
	"bytes"
	"context"
	"slices"

	"cordon/investigations"
	"cordon/investigations/contain"
)

var (
	_ contain.Book  = (*Case)(nil)
	_ contain.Facts = (*Case)(nil)
)

// LockEvents reads the events that create and remove locks, with their lines.
func (c *Case) LockEvents(ctx context.Context) ([]contain.Record, error) {
	groups, err := c.TypeGroups(ctx)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, g := range groups {
		if slices.Contains(contain.LockTypes, g.Type) {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	out := make([]contain.Record, 0, len(ids))
	err = c.Each(ctx, ids, func(e *investigations.Event) error {
		kept := *e
		kept.Involved = slices.Clone(e.Involved)
		out = append(out, contain.Record{Event: &kept})
		return nil
	})
	if err != nil {
		return nil, err
	}
	at := 0
	err = c.RawEach(ctx, ids, func(_ int64, line []byte) error {
		out[at].Raw = bytes.Clone(line)
		at++
		return nil
	})
	return out, err
}
