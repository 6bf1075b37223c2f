package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	"zombiezen.com/go/sqlite"

	"cordon/investigations"
	"cordon/investigations/filter"
)

// peopleAndMachines is a log of n events by a robot, a person, one of whom
// nothing is known, and of all kinds of events that only look like a machine's.
func peopleAndMachines(n int) string {
	shapes := []string{
		`"event":"bot.join","code":"TJ001I","bot_name":"ci","user_name":"bot-ci","success":true`,
		`"event":"exec","code":"T3002I","user":"bot-ci","bot_name":"ci"`,
		`"event":"user.login","code":"T1000I","user":"ann","success":true,"method":"local"`,
		`"event":"exec","code":"T3002I","user":"bot-ci","impersonator":"ann"`,
		`"event":"session.start","code":"T2000I","user":"shade"`,
		`"event":"user.login","code":"T1000W","user":"bot-ci","success":false`,
		`"event":"role.created","code":"T9000I","user":"system","name":"access"`,
		`"event":"user.create","code":"T1002I","user":"bot-ci","name":"bot-ci"`,
		`"event":"okta.user.sync","code":"TOK007I"`,
		`"event":"session.upload","code":"T2005I","sid":"s"`,
	}
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"uid":"00000000-0000-4000-8000-%012d","time":"2026-03-01T09:%02d:%02dZ","cluster_name":"tele.example.com",%s}`+"\n",
			i, i/60%60, i%60, shapes[i%len(shapes)])
	}
	return b.String()
}

// What a filter that asks who did it selects is what it selects when asked about
// each event, whichever way the index is used.
func TestSelect_ofActorsEqualsTheFilterAskedOfEachEvent(t *testing.T) {
	t.Parallel()
	c, _ := build(t, write(t, t.TempDir(), "a.log", []byte(peopleAndMachines(300))))
	book, err := c.Actors(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := inWindows(t, c, nil, false, 1000)
	terms := []string{
		"actor:machine", "-actor:machine", "actor:robot", "actor:person", "-actor:person,robot", "actor:unknown", "actor:machine,person",
		"user:ann", "user:bot-ci", "-user:bot-ci", "event:exec", "event:user.*", `"shade"`, "after:2026-03-01T09:02",
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(terms), 0, 3).Draw(rt, "terms"), " ")
		expr, err := filter.Parse(text, time.Now())
		if err != nil {
			rt.Skip()
		}
		s, err := c.Select(context.Background(), expr)
		if err != nil {
			rt.Fatal(err)
		}
		var want []int64
		match := expr.CompileWith(book)
		for i := range all {
			if match.Match(&all[i], nil) {
				want = append(want, all[i].ID)
			}
		}
		for _, back := range []bool{false, true} {
			if d := cmp.Diff(want, ids(inWindows(t, c, s, back, 50))); d != "" {
				rt.Fatalf("%q back %v: -each +index:\n%s", text, back, d)
			}
		}
		if n, exact := s.Count(); exact && n != int64(len(want)) || n < int64(len(want)) {
			rt.Fatalf("%q: count %d, exact %v, want %d", text, n, exact, len(want))
		}
	})
}

// Where more are left than are listed one by one, they are counted exactly and
// read all the same.
func TestSelect_withoutMachinesIsCountedExactly(t *testing.T) {
	t.Parallel()
	const n = 300
	c, _ := build(t, write(t, t.TempDir(), "a.log", []byte(peopleAndMachines(n))))
	for text, want := range map[string]int64{"-actor:machine": n * 6 / 10, "actor:machine": n * 4 / 10} {
		expr, err := filter.Parse(text, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		s := &Selection{of: c, expr: expr, bound: n}
		if err := c.askWho(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		err = c.read(t.Context(), func(conn *sqlite.Conn) error {
			ids, narrowed, err := s.siftAll(conn, 0)
			if len(ids) > 0 || narrowed {
				t.Errorf("%s: %d ids are listed", text, len(ids))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, exact := s.Count(); got != want || !exact {
			t.Errorf("%s: %d, exact %v, want %d", text, got, exact, want)
		}
		if got := inWindows(t, c, s, false, 50); int64(len(got)) != want {
			t.Errorf("%s: %d events, want %d", text, len(got), want)
		}
	}
}

// Evidence that comes later counts: who was unknown is known then.
func TestActors_areFoundOutAgainWhenTheCaseHasGrown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, _ := build(t, write(t, dir, "a.log", []byte(`{"event":"exec","code":"T3002I","user":"bot-ci","time":"2026-03-01T09:00:00Z"}`+"\n")))
	class := func() investigations.ActorClass {
		book, err := c.Actors(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return book.Class(investigations.Entity{Kind: investigations.KindUser, Name: "bot-ci"})
	}
	if got := class(); got != investigations.ActorUnknown {
		t.Errorf("before: %s", got)
	}
	later := write(t, dir, "b.log", []byte(`{"event":"bot.join","code":"TJ001I","bot_name":"ci","user_name":"bot-ci","success":true,"time":"2026-03-01T09:00:01Z"}`+"\n"))
	if _, err := c.Ingest(t.Context(), []string{later}, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := class(); got != investigations.ActorRobot {
		t.Errorf("after: %s", got)
	}
}
