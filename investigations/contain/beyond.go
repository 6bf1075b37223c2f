package contain

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// maxEnds bounds the things of which an assessment looks up whether they are
// still there. Beyond it they are shown as if they were.
const maxEnds = 500

// leaving is something left by a tie: by itself, or on an access list.
type leaving struct {
	entity, list investigations.Entity
}

// unreached adds what a user made or holds that a lock of the user leaves
// alone: the lock names the user and nothing else. What is gone again is left
// out, and so is what serves the user alone. The user itself, and others that
// the lock does reach, are left out when the impact is put together.
func (a *assessor) unreached(ctx context.Context, user string) error {
	e := investigations.Entity{Kind: investigations.KindUser, Name: user}
	asked, err := a.askedFor(ctx, e)
	if err != nil {
		return err
	}
	for i := range Ties {
		t := &Ties[i]
		if t.Own || t.Edit {
			continue
		}
		found, last := map[leaving]Beyond{}, map[leaving]time.Time{}
		err := a.events(ctx, e, t.Roles, t.Types, func(ev *investigations.Event) {
			if ev.Outcome == investigations.OutcomeFailure && t.Kind != investigations.KindRequest {
				return // Refused: nothing was left. An answer to a request may be a refusal.
			}
			for _, v := range t.Left(ev) {
				if asked[v.Entity] {
					continue // Nobody else can use what the user approved for itself.
				}
				key := leaving{v.Entity, ListOf(ev, v)}
				if known, ok := found[key]; !ok || ev.Time.Before(known.Time) {
					found[key] = Beyond{Entity: v.Entity, Label: v.Label, Why: t.Why, Event: ev.UID, Time: ev.Time}
				}
				if ev.Time.After(last[key]) {
					last[key] = ev.Time
				}
			}
		})
		if err != nil {
			return err
		}
		if err := a.keepUnended(ctx, t, found, last); err != nil {
			return err
		}
	}
	return nil
}

// askedFor lists the access requests that a user made.
func (a *assessor) askedFor(ctx context.Context, user investigations.Entity) (map[investigations.Entity]bool, error) {
	asked := map[investigations.Entity]bool{}
	for i := range Ties {
		t := &Ties[i]
		if !t.Own || t.Kind != investigations.KindRequest {
			continue
		}
		err := a.events(ctx, user, t.Roles, t.Types, func(ev *investigations.Event) {
			for _, v := range t.Left(ev) {
				asked[v.Entity] = true
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return asked, nil
}

// keepUnended adds what was found by a tie and is still there.
func (a *assessor) keepUnended(ctx context.Context, t *Tie, found map[leaving]Beyond, last map[leaving]time.Time) error {
	for key, b := range found {
		if len(found) <= maxEnds && len(t.Ends) > 0 {
			end, err := t.LastEnd(ctx, a, key.entity, key.list, time.Time{})
			if err != nil {
				return err
			}
			if !end.IsZero() && !end.Before(last[key]) {
				continue
			}
		}
		known, ok := a.beyond[key.entity]
		if !ok || known.Why == b.Why && (b.Time.Before(known.Time) || b.Time.Equal(known.Time) && b.Event < known.Event) {
			a.beyond[key.entity] = b
		}
	}
	return nil
}

// Groups and Each let the assessor stand in for the facts, with the look-ups
// that it made already.
func (a *assessor) Groups(ctx context.Context, e investigations.Entity) ([]pivot.Group, error) {
	return a.groupsOf(ctx, e)
}

// Each yields events of the facts.
func (a *assessor) Each(ctx context.Context, ids []int64, yield func(*investigations.Event) error) error {
	return a.facts.Each(ctx, ids, yield)
}

// ListOf is the access list that an event puts a member on or takes it off;
// zero for an involvement that is no membership.
func ListOf(ev *investigations.Event, v investigations.Involvement) investigations.Entity {
	if v.Role != investigations.RoleMember {
		return investigations.Entity{}
	}
	list, _ := ev.First(investigations.KindAccessList, investigations.RoleTarget, investigations.RoleSubject)
	return list.Entity
}

// LastEnd is when what the tie left was last ended, zero for never: it was
// deleted, taken off its list, or the list is gone. What came after at does not
// count, unless at is zero. Of an end that has no time nothing is known.
func (t *Tie) LastEnd(ctx context.Context, facts Facts, left, list investigations.Entity, at time.Time) (time.Time, error) {
	groups, err := facts.Groups(ctx, left)
	if err != nil {
		return time.Time{}, fmt.Errorf("look up %s: %w", left, err)
	}
	var ids []int64
	for _, g := range groups {
		if g.Role == t.Role && t.EndedBy(g.Type) {
			ids = append(ids, g.IDs...)
		}
	}
	if !list.IsZero() {
		groups, err := facts.Groups(ctx, list)
		if err != nil {
			return time.Time{}, fmt.Errorf("look up %s: %w", list, err)
		}
		for _, g := range groups {
			if t.EndedBy(g.Type) && wholeList(g.Type) {
				ids = append(ids, g.IDs...)
			}
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > maxEvents {
		ids = ids[len(ids)-maxEvents:]
	}
	var end time.Time
	err = facts.Each(ctx, ids, func(ev *investigations.Event) error {
		if ev.Outcome == investigations.OutcomeFailure || !at.IsZero() && ev.Time.After(at) {
			return nil
		}
		if !list.IsZero() && !names(ev, list) {
			return nil
		}
		if ev.Time.After(end) {
			end = ev.Time
		}
		return ctx.Err()
	})
	if err != nil {
		return end, fmt.Errorf("read what ended %s: %w", left, err)
	}
	return end, nil
}

// wholeList reports whether an event of the type ends every membership of the
// list that it names.
func wholeList(eventType string) bool {
	return speaks([]string{"access_list.delete", "access_list.member.delete_all_for_access_list"}, eventType)
}

func names(ev *investigations.Event, e investigations.Entity) bool {
	return slices.ContainsFunc(ev.Involved, func(v investigations.Involvement) bool {
		return v.Entity == e && v.Role != investigations.RoleMember
	})
}
