package lineage

import (
	"context"
	"fmt"
	"slices"

	"cordon/investigations"
	"cordon/investigations/judgement"
)

// tooCrowded bounds the events of one address that are read for others who came
// from it.
const tooCrowded = 20_000

// arrivals are the events that show somebody coming from an address.
var arrivals = append([]string{"user.login", "cert.create"}, starts...)

// neighbours finds other users who came from an address that is marked as that
// of a user's hostile hands. They may be the next victims, or share a network.
func (t *tracer) neighbours(ctx context.Context, v visit, found map[tieKey]*tie) error {
	for _, m := range t.q.Judgement.Marks(v.entity) {
		if m.Key.Facet != judgement.FacetAddress || m.Side != judgement.Hostile {
			continue
		}
		groups, err := t.groupsOf(ctx, m.Key.Entity())
		if err != nil {
			return err
		}
		var ids []int64
		for _, g := range groups {
			if g.Role == investigations.RoleSource && slices.Contains(arrivals, g.Type) && v.touches(g) {
				ids = append(ids, g.IDs...)
			}
		}
		if len(ids) > tooCrowded {
			t.notes = append(t.notes, fmt.Sprintf("%d events came from %s: too many to look for others who used it", len(ids), m.Key.Value))
			continue
		}
		slices.Sort(ids)
		err = t.idx.Each(ctx, slices.Compact(ids), func(ev *investigations.Event) error {
			t.neighbour(v, ev, found)
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tracer) neighbour(v visit, ev *investigations.Event, found map[tieKey]*tie) {
	who, ok := ev.First(investigations.KindUser, investigations.RoleActor)
	if !ok || ev.Outcome == investigations.OutcomeFailure || !v.holds(ev.Time) {
		return
	}
	if behind, ok := ev.First(investigations.KindUser, investigations.RoleImpersonator); ok && behind.Entity == v.entity {
		return // The identity itself, under another name.
	}
	t.show(addressRule, v, ev, who, found)
}
