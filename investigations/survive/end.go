package survive

import (
	"context"
	"slices"
	"time"

	"cordon/investigations"
)

// What Teleport allows at most as the life of a link: one that is older needs
// no look at its line.
const longestLink = 48 * time.Hour

// settle decides for every find whether it is still there at the moment asked
// about, and when it ends by itself.
func (g *gatherer) settle(ctx context.Context) error {
	if err := g.reclassify(ctx); err != nil {
		return err
	}
	for key, f := range g.finds {
		if f.tie == nil {
			continue
		}
		gone, err := g.ended(ctx, f)
		if err != nil {
			return err
		}
		if gone {
			delete(g.finds, key)
		}
	}
	for _, settle := range []func(context.Context) error{g.requestStates, g.readLines, g.sessions, g.links, g.written} {
		if err := settle(ctx); err != nil {
			return err
		}
	}
	g.certificates()
	g.requests()
	for key, f := range g.finds {
		if f.until.over(g.q.At) {
			delete(g.finds, key)
		}
	}
	return nil
}

// reclassify tells what the attacker made from what was there before, and
// drops what is said twice: a change of a thing that the attacker made anyway.
func (g *gatherer) reclassify(ctx context.Context) error {
	made := map[investigations.Entity]time.Time{}
	for _, f := range g.finds {
		var err error
		switch f.key {
		case "user", "bot", "role", "access_list", "connector":
			if f.existed, err = g.existed(ctx, f.left.Entity, f.first().at); err != nil {
				return err
			}
			// Nobody makes themselves, and the identity asked about was there before
			// anything was made under its name.
			f.existed = f.existed || f.left.Entity == f.by || f.left.Entity == g.q.Root
			if !f.existed {
				made[f.left.Entity] = f.first().at
			}
		case "member", "nested_list", "trusted_cluster", "mfa_device", "device", "login_rule", "token":
			made[investigations.Entity{Kind: f.left.Entity.Kind, Name: f.left.Entity.Name + "\x00" + f.list.Name}] = f.first().at
		}
	}
	for key, f := range g.finds {
		at, mine := made[f.left.Entity]
		if !mine {
			at, mine = made[investigations.Entity{Kind: f.left.Entity.Kind, Name: f.left.Entity.Name + "\x00" + f.list.Name}]
		}
		switch {
		case f.key == "user" && f.existed:
			f.key = "user_change"
		case f.key == "bot" && f.existed:
			f.key = "bot_change"
		case !mine:
		case f.key == "user_change", f.key == "bot_change":
			delete(g.finds, key)
		case f.tie != nil && f.tie.Edit && f.key != "setting" && !at.After(f.first().at):
			delete(g.finds, key) // Made and removed again: nothing to put back.
		}
	}
	return nil
}

// ended drops the acts whose traces are gone again; gone says that none is
// left.
func (g *gatherer) ended(ctx context.Context, f *find) (gone bool, err error) {
	if len(f.tie.Ends) == 0 {
		return false, nil
	}
	end, err := f.tie.LastEnd(ctx, g, f.left.Entity, f.list, g.q.At)
	if err != nil || end.IsZero() {
		return false, err
	}
	f.marks = slices.DeleteFunc(f.marks, func(m mark) bool { return !m.at.After(end) })
	return len(f.marks) == 0, nil
}

// links tells links that can still be followed from those that were, which set
// a password, and drops those that ran out.
func (g *gatherer) links(ctx context.Context) error {
	for key, f := range g.of("link") {
		used, err := g.usedLink(ctx, f)
		if err != nil {
			return err
		}
		l, read := g.lines[f.last().id]
		switch {
		case used:
			f.key, f.until = "link_used", never()
			// The change of the password that shows it is the same thing.
			delete(g.finds, findKey{key: "password", left: f.left.Entity})
		case !read:
			delete(g.finds, key)
		case !l.expires.IsZero():
			f.until = known(l.expires)
		case l.ttl > 0:
			f.until = known(f.last().at.Add(l.ttl))
		default:
			f.until = unknown("its event says no lifetime; Teleport allows 48 hours at most")
		}
	}
	return nil
}

// usedLink reports whether somebody has followed a link: its user changed the
// password or enrolled a device within its life, or acted for the first time.
func (g *gatherer) usedLink(ctx context.Context, f *find) (bool, error) {
	groups, err := g.groupsOf(ctx, f.left.Entity)
	if err != nil {
		return false, err
	}
	made := f.first().at
	var ids []int64
	for _, p := range groups {
		if p.Role != investigations.RoleActor || p.Last.Before(made) {
			continue
		}
		switch p.Type {
		case "user.password_change", "mfa.add":
			ids = append(ids, p.IDs...)
		case "user.login", "cert.create":
			if !p.First.Before(made) {
				before, err := g.existed(ctx, f.left.Entity, made)
				if err != nil {
					return false, err
				}
				if !before {
					ids = append(ids, p.IDs...)
				}
			}
		}
	}
	slices.Sort(ids)
	used := false
	err = g.ev.Each(ctx, slices.Compact(ids), func(ev *investigations.Event) error {
		if ev.Outcome == investigations.OutcomeFailure || ev.Time.After(g.q.At) {
			return nil
		}
		for _, m := range f.marks {
			used = used || !ev.Time.Before(m.at) && ev.Time.Before(m.at.Add(longestLink))
		}
		return nil
	})
	return used, err
}

// of lists the finds of a key.
func (g *gatherer) of(keys ...string) map[findKey]*find {
	out := map[findKey]*find{}
	for k, f := range g.finds {
		if slices.Contains(keys, f.key) {
			out[k] = f
		}
	}
	return out
}
