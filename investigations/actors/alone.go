package actors

import (
	"context"
	"fmt"
	"math/bits"
	"slices"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// Set is a set of event ids, a bit for each.
type Set []uint64

func (s *Set) add(ids ...int64) {
	for _, id := range ids {
		if at := int(id / 64); at >= len(*s) {
			*s = append(*s, make([]uint64, max(at+1-len(*s), len(*s)))...)
		}
		(*s)[id/64] |= 1 << (id % 64)
	}
}

func (s Set) remove(ids ...int64) {
	for _, id := range ids {
		if s.Has(id) {
			s[id/64] &^= 1 << (id % 64)
		}
	}
}

// Has reports whether the event is in the set.
func (s Set) Has(id int64) bool { return id >= 0 && id/64 < int64(len(s)) && s[id/64]>>(id%64)&1 == 1 }

// Len is how many events are in the set.
func (s Set) Len() int64 {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return int64(n)
}

// MachinesAlone is the set of the events of which [Book.MachineAlone] holds. It
// is worked out from the posting lists; few events are opened.
func (b *Book) MachinesAlone(ctx context.Context, c Case) (Set, error) {
	var machines, others Set
	var doubtful []int64
	for _, kind := range []investigations.Kind{investigations.KindUser, investigations.KindBot} {
		err := c.EachEntity(ctx, kind, func(e investigations.Entity, _ string, groups []pivot.Group) error {
			machine := b.Machine(e)
			for _, p := range groups {
				if !hand(&investigations.Involvement{Role: p.Role, Entity: e}) {
					continue
				}
				if !machine {
					others.add(p.IDs...)
					continue
				}
				machines.add(p.IDs...)
				if mayClaim[p.Type] {
					doubtful = append(doubtful, p.IDs...)
				}
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, fmt.Errorf("find what machines did: %w", err)
		}
	}
	for i := range min(len(machines), len(others)) {
		machines[i] &^= others[i]
	}
	slices.Sort(doubtful)
	doubtful = slices.DeleteFunc(slices.Compact(doubtful), func(id int64) bool { return !machines.Has(id) })
	err := c.Each(ctx, doubtful, func(ev *investigations.Event) error {
		if !b.MachineAlone(ev) {
			machines.remove(ev.ID)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("find what machines did: %w", err)
	}
	types, err := c.TypeGroups(ctx)
	if err != nil {
		return nil, fmt.Errorf("find what machines did: %w", err)
	}
	for _, p := range types {
		if bySync(p.Type) {
			machines.add(p.IDs...)
		}
	}
	return machines, nil
}

// mayClaim are the types of whose events only the event itself says whether
// those it names did it.
var mayClaim = map[string]bool{"auth": true, "user.login": true, "bot.join": true, "user.create": true, "user.update": true}
