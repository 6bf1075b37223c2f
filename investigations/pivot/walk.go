package pivot

import (
	"context"
	"fmt"

	"cordon/investigations"
)

// Walk yields every event that a category of an identity counts, with the keys
// of those categories, in the order of the case's ids. The event and the keys are
// reused between calls.
func Walk(ctx context.Context, idx Index, e investigations.Entity, yield func(keys []string, ev *investigations.Event)) error {
	groups, err := groupsOf(ctx, idx, e)
	if err != nil {
		return fmt.Errorf("read the events of %s: %w", e, err)
	}
	table := tableOf(e.Kind)
	picks := pick(table, e, groups)
	next := 0
	var keys []string
	err = idx.Each(ctx, idsOf(picks), func(ev *investigations.Event) error {
		for next < len(picks) && picks[next].id < ev.ID {
			next++
		}
		if next == len(picks) || picks[next].id != ev.ID {
			return ctx.Err()
		}
		keys = keys[:0]
		for i := range table {
			if bit := uint64(1) << i; picks[next].counts&bit != 0 || picks[next].maybe&bit != 0 && table[i].agrees(ev) {
				keys = append(keys, table[i].key)
			}
		}
		if len(keys) > 0 {
			yield(keys, ev)
		}
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("read the events of %s: %w", e, err)
	}
	return nil
}
