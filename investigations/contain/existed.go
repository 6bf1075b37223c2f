package contain

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// Existed reports whether a user, bot, role, token, access list or connector was there
// just before a moment: it acted, was held, or was written earlier, and was not
// deleted since. That nothing earlier names it proves nothing, because the
// evidence begins somewhere.
func Existed(ctx context.Context, facts Facts, e investigations.Entity, before time.Time) (bool, error) {
	groups, err := facts.Groups(ctx, e)
	if err != nil {
		return false, fmt.Errorf("look up %s: %w", e, err)
	}
	gone, err := deletion(ctx, facts, e, before)
	if err != nil {
		return false, err
	}
	var maybe []int64 // of groups that reach from before the deletion until after it
	for _, g := range groups {
		switch {
		case !lives(e.Kind, g), g.First.IsZero(), !g.First.Before(before), !g.Last.After(gone):
		case g.First.After(gone):
			return true, nil
		default:
			maybe = append(maybe, g.IDs...)
		}
	}
	slices.Sort(maybe)
	there := false
	err = facts.Each(ctx, slices.Compact(maybe), func(ev *investigations.Event) error {
		there = there || ev.Time.After(gone) && ev.Time.Before(before)
		return ctx.Err()
	})
	if err != nil {
		return false, fmt.Errorf("read what shows that %s was there: %w", e, err)
	}
	return there, nil
}

// deletion is when an entity was last deleted until a moment; zero for never.
func deletion(ctx context.Context, facts Facts, e investigations.Entity, until time.Time) (time.Time, error) {
	i := slices.IndexFunc(Ties, func(t Tie) bool { return t.Kind == e.Kind && t.Role == subject && !t.Edit && len(t.Ends) > 0 })
	if i < 0 {
		return time.Time{}, nil
	}
	return Ties[i].LastEnd(ctx, facts, e, investigations.Entity{}, until)
}

// lives reports whether events of a group show that an entity was there. A name
// that somebody failed to sign in with, or asked for, need not be anybody's, and
// nothing is there because it was deleted.
func lives(kind investigations.Kind, g pivot.Group) bool {
	switch kind {
	case investigations.KindUser:
		switch g.Type {
		case "user.login":
			return strings.HasSuffix(g.Code, "I")
		case "user.create", "user.update":
			return g.Role == investigations.RoleSubject
		case "cert.create", "session.start":
			return g.Role == investigations.RoleActor
		}
		return false
	case investigations.KindToken:
		return !strings.HasSuffix(g.Code, "E")
	case investigations.KindRole:
		return g.Role == investigations.RoleSubject || g.Role == investigations.RoleVia || strings.HasPrefix(g.Type, "user.")
	}
	return true
}
