package pivot

import (
	"context"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
)

// past is what an identity used before a moment: the answer to "was this there
// before the incident?".
type past struct {
	identity investigations.Entity
	since    time.Time
	uses     map[investigations.Entity]stretch
}

// stretch is the first and the last of several moments.
type stretch struct{ first, last time.Time }

func newPast(identity investigations.Entity, since time.Time) *past {
	return &past{identity: identity, since: since, uses: make(map[investigations.Entity]stretch)}
}

// judged are the kinds of entity that one comes back to. Whether a session or an
// access request was there before is no question.
var judged = map[investigations.Kind]bool{
	investigations.KindAddress: true, investigations.KindHost: true, investigations.KindRole: true, investigations.KindOSLogin: true,
	investigations.KindMFADevice: true, investigations.KindDevice: true, investigations.KindDatabase: true, investigations.KindApp: true,
	investigations.KindKubeCluster: true, investigations.KindDesktop: true, investigations.KindUser: true, investigations.KindBot: true,
	investigations.KindToken: true,
}

// acting are the roles of whoever acts in an event, used those of what they act
// with or on.
var (
	acting = []investigations.Role{investigations.RoleActor, investigations.RoleImpersonator, investigations.RoleUpdater}
	used   = []investigations.Role{investigations.RoleSource, investigations.RoleTarget, investigations.RoleVia}
)

// plainUse reports whether events of a type and code are uses of what they name:
// not a refusal, and not an act that asks for, grants or writes the thing.
func plainUse(eventType, code string) bool {
	if eventType == "auth" || strings.HasSuffix(code, "W") {
		return false
	}
	for _, prefix := range []string{"access_request.", "access_list.", "user.create", "user.update", "user.delete", "role.", "lock.", "join_token."} {
		if strings.HasPrefix(eventType, prefix) {
			return false
		}
	}
	return true
}

// isUse reports whether an entity in a role is used by who acts, or uses what
// the identity is.
func (p *past) isUse(v investigations.Involvement) bool {
	if v.Entity == p.identity || !judged[v.Entity.Kind] {
		return false
	}
	if v.Entity.Kind == investigations.KindUser || v.Entity.Kind == investigations.KindBot {
		return slices.Contains(acting, v.Role)
	}
	return slices.Contains(used, v.Role)
}

// party reports whether the identity is a party to the use in this role.
func (p *past) party(role investigations.Role) bool {
	if p.identity.Kind == investigations.KindUser {
		return slices.Contains(acting, role)
	}
	return slices.Contains(used, role) || slices.Contains(acting, role)
}

// take notes what an event of the identity uses, if it is early enough.
func (p *past) take(ev *investigations.Event) {
	if ev.Time.IsZero() || !ev.Time.Before(p.since) || !plainUse(ev.Type, ev.Code) {
		return
	}
	if !slices.ContainsFunc(ev.Involved, func(v investigations.Involvement) bool { return v.Entity == p.identity && p.party(v.Role) }) {
		return
	}
	for _, v := range ev.Involved {
		if p.isUse(v) {
			p.note(v.Entity, ev.Time)
		}
	}
}

func (p *past) note(e investigations.Entity, at time.Time) {
	s, known := p.uses[e]
	if !known || at.Before(s.first) {
		s.first = at
	}
	if at.After(s.last) {
		s.last = at
	}
	p.uses[e] = s
}

// complete looks through the events that no category reads: an entity that only
// they name was used all the same. It asks about entities that look new, and
// only where their posting lists begin early enough.
func (p *past) complete(ctx context.Context, idx Index, pivots Pivots, groups []Group, picks []picked) error {
	unread := p.early(groups, p.party)
	unread = without(unread, picks)
	if len(unread) == 0 {
		return nil
	}
	asked := make(map[investigations.Entity]bool)
	var ids []int64
	for _, c := range pivots {
		for _, l := range c.Entities {
			if _, known := p.uses[l.Entity]; known || asked[l.Entity] || !p.isUse(l.involvement()) {
				continue
			}
			asked[l.Entity] = true
			of, err := idx.Groups(ctx, l.Entity)
			if err != nil {
				return err
			}
			ids = append(ids, common(unread, p.early(of, func(r investigations.Role) bool {
				return p.isUse(investigations.Involvement{Role: r, Entity: l.Entity})
			}))...)
		}
	}
	slices.Sort(ids)
	return idx.Each(ctx, slices.Compact(ids), func(ev *investigations.Event) error {
		p.take(ev)
		return ctx.Err()
	})
}

// early lists the events of groups that are uses and may be early enough, each
// once, by ascending id.
func (p *past) early(groups []Group, role func(investigations.Role) bool) []int64 {
	var ids []int64
	for _, g := range groups {
		if !g.First.IsZero() && g.First.Before(p.since) && plainUse(g.Type, g.Code) && role(g.Role) {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// mark writes into every lead what is known of it.
func (p *past) mark(pivots Pivots) {
	for i := range pivots {
		p.markSlice(&pivots[i].Slice)
		if named := pivots[i].NamedIn; named != nil {
			p.markSlice(named)
		}
	}
}

func (p *past) markSlice(s *Slice) {
	for i := range s.Entities {
		l := &s.Entities[i]
		if !p.isUse(l.involvement()) {
			continue
		}
		if before, known := p.uses[l.Entity]; known {
			l.KnownSince, l.LastBefore = before.first, before.last
		} else if !l.Last.Before(p.since) {
			l.New = true
			s.NewEntities++
		}
	}
}

// involvement is the part that the entity of a lead plays in its first event.
func (l *Lead) involvement() investigations.Involvement {
	return investigations.Involvement{Entity: l.Entity, Role: l.Role}
}

// common are the ids in both lists, which ascend.
func common(a, b []int64) []int64 {
	var out []int64
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			out = append(out, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return out
}

// without leaves out the ids that were picked. Both ascend.
func without(ids []int64, picks []picked) []int64 {
	var out []int64
	for _, id := range ids {
		for len(picks) > 0 && picks[0].id < id {
			picks = picks[1:]
		}
		if len(picks) == 0 || picks[0].id != id {
			out = append(out, id)
		}
	}
	return out
}
