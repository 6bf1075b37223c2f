package pivot

import (
	"context"
	"fmt"
	"slices"

	"cordon/investigations"
)

// Of finds everything that one identity did, by category.
func Of(ctx context.Context, idx Index, e investigations.Entity) (*Report, error) {
	coverage, err := idx.Coverage(ctx)
	if err != nil {
		return nil, fmt.Errorf("pivot on %s: %w", e, err)
	}
	groups, err := idx.Groups(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("pivot on %s: %w", e, err)
	}
	tallies := make([]tally, len(categories))
	for i := range tallies {
		tallies[i] = newTally(&categories[i], e)
	}
	picks := pick(e, groups)
	ids := make([]int64, len(picks))
	for i, p := range picks {
		ids[i] = p.id
	}
	next := 0
	err = idx.Each(ctx, ids, func(ev *investigations.Event) error {
		for next < len(picks) && picks[next].id < ev.ID {
			next++
		}
		if next < len(picks) && picks[next].id == ev.ID {
			picks[next].give(ev, tallies)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("pivot on %s: %w", e, err)
	}
	r := &Report{Identity: e.String(), Entity: e, Coverage: Coverage{coverage}, Seen: len(groups) > 0}
	for i := range tallies {
		c := tallies[i].category()
		if err := qualify(ctx, idx, &c, coverage.ServerMajor); err != nil {
			return nil, fmt.Errorf("pivot on %s: %w", e, err)
		}
		r.Pivots = append(r.Pivots, c)
	}
	return r, nil
}

// picked is one event to read and, a bit per category, what for: it counts, it
// counts if the event itself agrees, or it only names the identity.
type picked struct {
	id                  int64
	counts, maybe, also uint32
}

// pick chooses among the groups of an entity the events that some category
// wants, each once, by ascending id.
func pick(e investigations.Entity, groups []Group) []picked {
	var out []picked
	for _, g := range groups {
		p := want(e, g)
		if p.counts|p.maybe|p.also == 0 {
			continue
		}
		for _, id := range g.IDs {
			p.id = id
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b picked) int {
		switch {
		case a.id < b.id:
			return -1
		case a.id > b.id:
			return 1
		}
		return 0
	})
	merged := out[:0]
	for _, p := range out {
		if n := len(merged); n > 0 && merged[n-1].id == p.id {
			last := &merged[n-1]
			last.counts |= p.counts
			last.maybe |= p.maybe
			last.also |= p.also
			continue
		}
		merged = append(merged, p)
	}
	return merged
}

// want says which categories want the events of a group.
func want(e investigations.Entity, g Group) (p picked) {
	for i := range categories {
		c, bit := &categories[i], uint32(1)<<i
		for _, m := range c.matches(e) {
			if !speaks(m.types, g.Type) {
				continue
			}
			switch {
			case e.Kind == investigations.KindUser && len(m.roles) > 0 && !slices.Contains(m.roles, g.Role):
				if m.types[0] != "*" {
					p.also |= bit
				}
			case m.with != investigations.KindUnknown || m.as != investigations.RoleNone:
				p.maybe |= bit
			default:
				p.counts |= bit
			}
		}
		if speaks(c.beside, g.Type) {
			p.also |= bit
		}
	}
	return p
}

func (c *category) matches(e investigations.Entity) []match {
	if e.Kind != investigations.KindUser && c.others != nil {
		return c.others
	}
	return c.counts
}

// agrees reports whether the event has what the category's narrowed matches
// ask for.
func (c *category) agrees(e investigations.Entity, ev *investigations.Event) bool {
	for _, m := range c.matches(e) {
		if m.with == investigations.KindUnknown && m.as == investigations.RoleNone || !speaks(m.types, ev.Type) {
			continue
		}
		for _, v := range ev.Involved {
			if v.Entity.Kind == m.with || m.as != investigations.RoleNone && v.Role == m.as {
				return true
			}
		}
	}
	return false
}

// give hands an event to the categories that want it.
func (p picked) give(ev *investigations.Event, tallies []tally) {
	for i := range tallies {
		bit := uint32(1) << i
		switch t := &tallies[i]; {
		case p.counts&bit != 0, p.maybe&bit != 0 && t.of.agrees(t.identity, ev):
			t.count(ev)
		case p.also&bit != 0:
			t.mention(ev)
		}
	}
}
