package pivot_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/pivot"
	"cordon/investigations/pivot/pivottest"
)

// TestOfSince_agreesWithANaiveLook looks through every event for earlier uses,
// whichever category reads it.
func TestOfSince_agreesWithANaiveLook(t *testing.T) {
	t.Parallel()
	acts := []investigations.Role{investigations.RoleActor, investigations.RoleImpersonator, investigations.RoleUpdater}
	uses := []investigations.Role{investigations.RoleSource, investigations.RoleTarget, investigations.RoleVia}
	grants := []string{"access_request.", "access_list.", "user.create", "user.update", "role.", "lock.", "join_token."}
	rapid.Check(t, func(rt *rapid.T) {
		idx, err := pivottest.New(strings.Join(pivottest.Draw(rt, 60), "\n"))
		if err != nil {
			rt.Fatal(err)
		}
		since := time.Date(2026, 10, 6, 22, 3, 0, rapid.IntRange(1, 20).Draw(rt, "since")*1e6, time.UTC)
		for _, name := range pivottest.Users {
			who := investigations.Entity{Kind: investigations.KindUser, Name: name}
			first := make(map[investigations.Entity]time.Time)
			for _, ev := range idx.Events() {
				own := slices.ContainsFunc(ev.Involved, func(v investigations.Involvement) bool { return v.Entity == who && slices.Contains(acts, v.Role) })
				given := slices.ContainsFunc(grants, func(prefix string) bool { return strings.HasPrefix(ev.Type, prefix) })
				if !own || given || strings.HasSuffix(ev.Code, "W") || ev.Time.IsZero() || !ev.Time.Before(since) {
					continue
				}
				for _, v := range ev.Involved {
					person := v.Entity.Kind == investigations.KindUser || v.Entity.Kind == investigations.KindBot
					if person && !slices.Contains(acts, v.Role) || !person && !slices.Contains(uses, v.Role) {
						continue
					}
					if at, ok := first[v.Entity]; !ok || ev.Time.Before(at) {
						first[v.Entity] = ev.Time
					}
				}
			}
			r, err := pivot.OfSince(context.Background(), idx, who, since)
			if err != nil {
				rt.Fatal(err)
			}
			for _, c := range r.Pivots {
				for _, l := range c.Entities {
					at, known := first[l.Entity]
					switch {
					case l.New && (known || l.Last.Before(since)):
						rt.Fatalf("%s %s: %s is new since %v, and was used at %v", name, c.Key, l.Entity, since, at)
					case !l.KnownSince.IsZero() && !l.KnownSince.Equal(at):
						rt.Fatalf("%s %s: %s is known since %v, not %v", name, c.Key, l.Entity, l.KnownSince, at)
					case !l.New && l.KnownSince.IsZero() && l.Kind == investigations.KindHost && slices.Contains(uses, l.Role) && !l.Last.Before(since):
						rt.Fatalf("%s %s: nothing is said of %s", name, c.Key, l.Entity)
					}
				}
			}
		}
	})
}
