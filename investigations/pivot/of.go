package pivot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cordon/investigations"
)

// Of finds everything that one identity did, by category; for anything but a
// user, everything that was done with it.
func Of(ctx context.Context, idx Index, e investigations.Entity) (*Report, error) {
	return OfSince(ctx, idx, e, time.Time{})
}

// OfSince is Of, and says of what the categories lead to whether the identity
// had used it before a moment, in the way of Lead.New. A zero moment asks
// nothing.
func OfSince(ctx context.Context, idx Index, e investigations.Entity, since time.Time) (*Report, error) {
	r, err := of(ctx, idx, e, since)
	if err != nil {
		return nil, fmt.Errorf("pivot on %s: %w", e, err)
	}
	return r, nil
}

func of(ctx context.Context, idx Index, e investigations.Entity, since time.Time) (*Report, error) {
	coverage, err := idx.Coverage(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := groupsOf(ctx, idx, e)
	if err != nil {
		return nil, err
	}
	table := tableOf(e.Kind)
	tallies := make([]tally, len(table))
	for i := range tallies {
		tallies[i] = newTally(&table[i], e)
	}
	picks := pick(table, e, groups)
	known := newPast(e, since)
	if err := idx.Each(ctx, idsOf(picks), giver(ctx, picks, tallies, known)); err != nil {
		return nil, err
	}
	r := &Report{Identity: e.String(), Entity: e, Since: since, Coverage: Coverage{coverage}, Seen: len(groups) > 0}
	for i := range tallies {
		c := tallies[i].category()
		if err := qualify(ctx, idx, e, &table[i], &c, &coverage); err != nil {
			return nil, err
		}
		r.Pivots = append(r.Pivots, c)
	}
	if e.Kind == investigations.KindUser {
		others, err := rest(ctx, idx, groups, picks)
		if err != nil {
			return nil, err
		}
		r.Pivots = append(r.Pivots, others)
	}
	if since.IsZero() {
		return r, nil
	}
	if err := known.complete(ctx, idx, r.Pivots, groups, picks); err != nil {
		return nil, err
	}
	known.mark(r.Pivots)
	return r, nil
}

// Finder is what an Index may also offer: the event with a uid. A certificate
// has no other name than that of the event that logged it.
type Finder interface {
	EventByUID(ctx context.Context, uid string) (investigations.Event, bool, error)
}

// groupsOf returns the posting lists of an identity; for a certificate, that of
// the one event.
func groupsOf(ctx context.Context, idx Index, e investigations.Entity) ([]Group, error) {
	groups, err := idx.Groups(ctx, e)
	finder, ok := idx.(Finder)
	if err != nil || len(groups) > 0 || e.Kind != investigations.KindCertificate || !ok {
		return groups, err
	}
	ev, found, err := finder.EventByUID(ctx, e.Name)
	if err != nil || !found || ev.Type != "cert.create" {
		return nil, err
	}
	return []Group{{
		Role: investigations.RoleSubject, Type: ev.Type, Code: ev.Code, N: 1, First: ev.Time, Last: ev.Time, IDs: []int64{ev.ID},
	}}, nil
}

// giver hands each event to what it was picked for. The events come in the order
// of the picks.
func giver(ctx context.Context, picks []picked, tallies []tally, known *past) func(*investigations.Event) error {
	next := 0
	return func(ev *investigations.Event) error {
		for next < len(picks) && picks[next].id < ev.ID {
			next++
		}
		if next < len(picks) && picks[next].id == ev.ID {
			picks[next].give(ev, tallies)
			known.take(ev)
		}
		return ctx.Err()
	}
}

func idsOf(picks []picked) []int64 {
	ids := make([]int64, len(picks))
	for i, p := range picks {
		ids[i] = p.id
	}
	return ids
}

// picked is one event to read and, a bit per category, what for: it counts, it
// counts if the event itself agrees, or it only names the identity.
type picked struct {
	id                  int64
	counts, maybe, also uint64
}

// pick chooses among the groups of an entity the events that some category
// wants, each once, by ascending id.
func pick(table []category, e investigations.Entity, groups []Group) []picked {
	var out []picked
	for _, g := range groups {
		p := want(table, e, g)
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
func want(table []category, e investigations.Entity, g Group) (p picked) {
	for i := range table {
		c, bit := &table[i], uint64(1)<<i
		for _, m := range c.counts {
			if !speaks(m.types, g.Type) {
				continue
			}
			switch {
			case len(m.roles) > 0 && !slices.Contains(m.roles, g.Role):
				if e.Kind == investigations.KindUser && m.types[0] != "*" {
					p.also |= bit
				}
			case m.narrowed():
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

func (m match) narrowed() bool {
	return m.with != investigations.KindUnknown || m.as != investigations.RoleNone
}

// agrees reports whether the event has what the category's narrowed matches
// ask for.
func (c *category) agrees(ev *investigations.Event) bool {
	for _, m := range c.counts {
		if !m.narrowed() || !speaks(m.types, ev.Type) {
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
		bit := uint64(1) << i
		switch t := &tallies[i]; {
		case p.counts&bit != 0, p.maybe&bit != 0 && t.of.agrees(ev):
			t.count(ev)
		case p.also&bit != 0:
			t.mention(ev)
		}
	}
}
