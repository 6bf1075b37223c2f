package survive

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cordon/investigations"
)

// What ends a session in the log. An upload shows that it is over even where
// its end was never logged.
var sessionEnds = []string{
	"session.end", "db.session.end", "app.session.end", "mcp.session.end", "windows.desktop.session.end",
	"linux.desktop.session.end", "session.upload",
}

// sessions keeps those that have no end. Web sessions with applications never
// have one in the log: they stay together as one find for each user and lock.
func (g *gatherer) sessions(ctx context.Context) error {
	finds := g.of("session")
	ended, err := g.endedSessions(ctx, finds)
	if err != nil {
		return err
	}
	for _, key := range inOrder(finds) {
		f := finds[key]
		if ended[f.left.Entity] {
			delete(g.finds, key)
			continue
		}
		m := f.first()
		f.until, f.reach = unknown("it has no end in this evidence"), sessionHolders(m.involved)
		if m.typ == "app.session.start" {
			delete(g.finds, key)
			g.appSession(f, m)
		}
	}
	return nil
}

// endedSessions finds out which sessions are over: by the ends that their users
// are named in, and for those that are left by the sessions' own events, since
// an upload names the session alone.
func (g *gatherer) endedSessions(ctx context.Context, finds map[findKey]*find) (map[investigations.Entity]bool, error) {
	over := map[investigations.Entity]bool{}
	users := map[investigations.Entity]bool{}
	for _, f := range finds {
		users[userIn(f)] = true
	}
	for user := range users {
		groups, err := g.groupsOf(ctx, user)
		if err != nil {
			return nil, err
		}
		var ids []int64
		for _, p := range groups {
			if slices.Contains(sessionEnds, p.Type) {
				ids = append(ids, p.IDs...)
			}
		}
		slices.Sort(ids)
		err = g.ev.Each(ctx, slices.Compact(ids), func(ev *investigations.Event) error {
			if sid, ok := ev.First(investigations.KindSession, investigations.RoleTarget, investigations.RoleSubject); ok && !ev.Time.After(g.q.At) {
				over[sid.Entity] = true
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, fmt.Errorf("read the ends of sessions: %w", err)
		}
	}
	for _, f := range finds {
		if over[f.left.Entity] {
			continue
		}
		groups, err := g.groupsOf(ctx, f.left.Entity)
		if err != nil {
			return nil, err
		}
		for _, p := range groups {
			if slices.Contains(sessionEnds, p.Type) && !p.First.After(g.q.At) {
				over[f.left.Entity] = true
			}
		}
	}
	return over, nil
}

func (g *gatherer) appSession(f *find, m mark) {
	user := f.by
	for _, v := range m.involved {
		if v.Entity.Kind == investigations.KindUser && v.Role == investigations.RoleActor {
			user = v.Entity
		}
	}
	hold, _ := g.hold(f.reach)
	key := findKey{key: "app_session", left: user, extra: f.by.Name + "\x00" + hold.Lock + "\x00" + string(f.status)}
	group := g.finds[key]
	if group == nil {
		group = &find{
			key: "app_session", left: investigations.Involvement{Entity: user, Role: investigations.RoleActor}, by: f.by,
			status: f.status, doubt: f.doubt, reach: f.reach, until: unknown("the ends of application sessions are not logged"),
		}
		g.finds[key] = group
	}
	group.marks = append(group.marks, m)
}

// inOrder lists finds as they began, so that what is put together from several
// does not depend on chance.
func inOrder(finds map[findKey]*find) []findKey {
	return slices.SortedFunc(maps.Keys(finds), func(a, b findKey) int {
		x, y := finds[a].first(), finds[b].first()
		return cmp.Or(x.at.Compare(y.at), strings.Compare(x.uid, y.uid), cmp.Compare(x.id, y.id))
	})
}

// sessionHolders are what a lock can name to cut a session.
func sessionHolders(involved []investigations.Involvement) []investigations.Entity {
	out := holders(involved)
	for _, v := range involved {
		if v.Role != investigations.RoleTarget {
			continue
		}
		switch v.Entity.Kind {
		case investigations.KindOSLogin, investigations.KindHost, investigations.KindDesktop:
			out = append(out, v.Entity)
		}
	}
	return out
}
