package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/filter"
)

// tiedLog has many events of one millisecond, with and without uids, in no
// order.
func tiedLog(n int) string {
	var b strings.Builder
	for i := range n {
		at := time.Date(2026, 3, 1, 9, 0, i*7%11, i*13%3*1e6, time.UTC).Format(time.RFC3339Nano)
		uid := fmt.Sprintf(`"uid":"00000000-0000-4000-8000-%012d",`, i*31%n)
		switch i % 5 {
		case 0:
			uid = ""
		case 1:
			uid = fmt.Sprintf(`"uid":"odd %d",`, i)
		}
		fmt.Fprintf(&b, `{"event":"e%d.x",%s"time":%q,"ei":%d,"user":"u%d","command":"run %d"}`+"\n", i%4, uid, at, i%3, i%6, i)
	}
	return b.String()
}

func TestWindow_walksBothWaysInOrder(t *testing.T) {
	t.Parallel()
	c, _ := build(t, write(t, t.TempDir(), "a.log", []byte(tiedLog(250))))
	all, err := c.Window(t.Context(), Window{Limit: 10_000})
	if err != nil || len(all) != 250 {
		t.Fatalf("%d events, %v", len(all), err)
	}
	if !slices.IsSortedFunc(all, func(a, b investigations.Event) int { return a.Position().Compare(b.Position()) }) {
		t.Error("SQLite's order is not that of Position")
	}
	for _, size := range []int{1, 13, 100} {
		for _, back := range []bool{false, true} {
			if d := cmp.Diff(ids(all), ids(inWindows(t, c, nil, back, size))); d != "" {
				t.Errorf("windows of %d, back %v: -all +windows:\n%s", size, back, d)
			}
		}
	}
}

// inWindows reads a selection in windows and gives it oldest first.
func inWindows(t testing.TB, c *Case, s *Selection, back bool, size int) []investigations.Event {
	t.Helper()
	var out []investigations.Event
	var from *investigations.Position
	for {
		page, err := c.Window(context.Background(), Window{From: from, Back: back, Limit: size, Where: s})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return out
		}
		var p investigations.Position
		if back {
			out, p = append(slices.Clone(page), out...), page[0].Position()
		} else {
			out, p = append(out, page...), page[len(page)-1].Position()
		}
		from = &p
	}
}

func ids(events []investigations.Event) []int64 {
	var out []int64
	for _, e := range events {
		out = append(out, e.ID)
	}
	return out
}

// What a filter selects through the index is what it selects when asked about
// each event, whichever way the index is used.
func TestSelect_equalsTheFilterAskedOfEachEvent(t *testing.T) {
	t.Parallel()
	c, _ := build(t, write(t, t.TempDir(), "a.log", []byte(tiedLog(600))))
	all := inWindows(t, c, nil, false, 1000)
	raws := rawLines(t, c, all)
	terms := []string{
		"user:u3", "user:u*", "user:nobody", "user:u1,u2", "-user:u4", "event:e1.x", "event:e*", "event:e2.x,e3.x", "-event:e0.x",
		`"run 17"`, `-"run 1"`, "after:2026-03-01T09:00:05", "before:2026-03-01T09:00:08", "uid:odd*", "outcome:unsaid",
		"uid:00000000-0000-4000-8000-000000000010", "uid:00000000-0000-4000-8000-000000000011,00000000-0000-4000-8000-000000000019", "-uid:00000000-0000-4000-8000-000000000010",
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(terms), 0, 4).Draw(rt, "terms"), " ")
		expr, err := filter.Parse(text, time.Now())
		if err != nil {
			rt.Skip()
		}
		s, err := c.Select(context.Background(), expr)
		if err != nil {
			rt.Fatal(err)
		}
		if rapid.Bool().Draw(rt, "lazily") && s.eager { // as with more candidates than are settled at once
			s.bits = make([]uint64, 32)
			for _, p := range s.positions {
				s.bits[p.ID/64] |= 1 << (p.ID % 64)
			}
			s.bound, s.eager, s.positions = int64(len(s.positions)), false, nil
		}
		var want []int64
		match := expr.Compile()
		for i := range all {
			if match.Match(&all[i], []byte(raws[all[i].ID])) {
				want = append(want, all[i].ID)
			}
		}
		for _, back := range []bool{false, true} {
			if d := cmp.Diff(want, ids(inWindows(t, c, s, back, 50))); d != "" {
				rt.Fatalf("%q back %v: -each +index:\n%s", text, back, d)
			}
		}
		var streamed []int64
		err = c.EachEvent(context.Background(), s, true, func(e *investigations.Event, line []byte) error {
			if string(line) != raws[e.ID] {
				return fmt.Errorf("event %d comes with the line %q", e.ID, line)
			}
			streamed = append(streamed, e.ID)
			return nil
		})
		if d := cmp.Diff(want, streamed); d != "" || err != nil {
			rt.Fatalf("%q streamed: %v -each +index:\n%s", text, err, d)
		}
		if n, exact := s.Count(); exact && n != int64(len(want)) || n < int64(len(want)) {
			rt.Fatalf("%q: count %d, exact %v, want %d", text, n, exact, len(want))
		}
	})
}
