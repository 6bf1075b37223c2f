package survive_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/pivot/pivottest"
	"cordon/investigations/survive"
)

// after is later than every event that pivottest draws.
var after = time.Date(2026, 10, 6, 23, 0, 0, 0, time.UTC)

func drawn(t *rapid.T) *pivottest.Index {
	x, err := pivottest.New(strings.Join(pivottest.Draw(t, 40), "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func drawUser(t *rapid.T, label string) investigations.Entity {
	return investigations.Entity{Kind: investigations.KindUser, Name: rapid.SampledFrom(pivottest.Users).Draw(t, label)}
}

// names are the things that an answer lists as usable.
func names(t *rapid.T, x *pivottest.Index, q survive.Question) map[string]survive.Item {
	r, err := survive.Of(t.Context(), x, q)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]survive.Item{}
	for _, i := range r.Items {
		key := fmt.Sprint(i.Kind, i.Entity, i.By)
		if i.List != nil {
			key += i.List.Name
		}
		out[key] = i
	}
	return out
}

func TestOf_moreLocksNeverAdd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		x := drawn(rt)
		q := question(t, x, drawUser(rt, "identity"))
		q.At = after
		fewer := names(rt, x, q)
		for n := range rapid.IntRange(1, 3).Draw(rt, "locks") {
			q.Locks = append(q.Locks, contain.Lock{
				Name: fmt.Sprint("more-", n), EndSaid: true, Created: after.Add(-time.Minute),
				Targets: []contain.Target{{Field: contain.FieldUser, Value: drawUser(rt, "target").Name}},
			})
		}
		for key := range names(rt, x, q) {
			if _, ok := fewer[key]; !ok {
				rt.Fatalf("the locks added %s", key)
			}
		}
	})
}

func TestOf_timeAloneNeverAdds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		x := drawn(rt)
		q := question(t, x, drawUser(rt, "identity"))
		q.At = after
		early := names(rt, x, q)
		q.At = after.Add(time.Duration(rapid.IntRange(1, 1000).Draw(rt, "hours")) * time.Hour)
		for key := range names(rt, x, q) {
			if _, ok := early[key]; !ok {
				rt.Fatalf("%s came with time alone", key)
			}
		}
	})
}

func TestOf_nothingIsFromBeforeTheTaint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		x := drawn(rt)
		q := question(t, x, drawUser(rt, "identity"))
		q.At = after
		q.Since = time.Date(2026, 10, 6, 22, 3, 0, rapid.IntRange(0, 40).Draw(rt, "ms")*int(time.Millisecond), time.UTC)
		edges := q.Edges[:0]
		for _, e := range q.Edges {
			if !e.Time.Before(q.Since) {
				edges = append(edges, e)
			}
		}
		q.Edges = edges
		for key, i := range names(rt, x, q) {
			if i.Since.Before(q.Since) {
				rt.Fatalf("%s is from %s, before %s", key, i.Since, q.Since)
			}
		}
	})
}

func TestOf_nothingIsFromAfterTheMoment(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		x := drawn(rt)
		q := question(t, x, drawUser(rt, "identity"))
		q.At = time.Date(2026, 10, 6, 22, 3, 0, rapid.IntRange(0, 40).Draw(rt, "ms")*int(time.Millisecond), time.UTC)
		for key, i := range names(rt, x, q) {
			if i.Since.After(q.At) {
				rt.Fatalf("%s is from %s, after %s", key, i.Since, q.At)
			}
		}
	})
}

func TestOf_linesInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		lines := pivottest.Draw(rt, 40)
		who := drawUser(rt, "identity")
		tell := func(lines []string) string {
			x, err := pivottest.New(strings.Join(lines, "\n"))
			if err != nil {
				rt.Fatal(err)
			}
			q := question(t, x, who)
			q.At = after
			r, err := survive.Of(rt.Context(), x, q)
			if err != nil {
				rt.Fatal(err)
			}
			return brief(r, "")
		}
		if a, b := tell(lines), tell(rapid.Permutation(lines).Draw(rt, "order")); a != b {
			rt.Fatalf("in order:\n%s\n\notherwise:\n%s", a, b)
		}
	})
}
