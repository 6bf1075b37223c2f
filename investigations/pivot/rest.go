package pivot

import (
	"context"
	"slices"
	"time"

	"cordon/investigations"
)

// restKey is the category of what no other one asks about.
const restKey = "other"

// rest counts the events that name an identity and belong to no category, by
// type: the end of a session, the bytes it moved, a challenge. With it nothing
// that names an identity is left out of a report.
func rest(ctx context.Context, idx Index, groups []Group, picks []picked) (Category, error) {
	c := Category{Key: restKey, Title: "other events"}
	byType := make(map[string][]int64)
	var partly []int64 // left over from groups of which a category reads some
	for _, g := range groups {
		left := without(g.IDs, picks)
		if len(left) == 0 {
			continue
		}
		byType[g.Type] = append(byType[g.Type], left...)
		if len(left) < len(g.IDs) {
			partly = append(partly, left...)
			continue
		}
		c.span(g.First)
		c.span(g.Last)
	}
	for t, ids := range byType {
		slices.Sort(ids)
		if c.Types == nil {
			c.Types = make(map[string]int, len(byType))
		}
		c.Types[t] = len(slices.Compact(ids))
		c.Events += c.Types[t]
	}
	slices.Sort(partly)
	err := idx.Each(ctx, slices.Compact(partly), func(ev *investigations.Event) error {
		c.span(ev.Time)
		return ctx.Err()
	})
	return c, err
}

// span widens the stretch of time of a slice to a moment, if it is one.
func (s *Slice) span(at time.Time) {
	if at.IsZero() {
		return
	}
	if s.First.IsZero() || at.Before(s.First) {
		s.First = at
	}
	if at.After(s.Last) {
		s.Last = at
	}
}
