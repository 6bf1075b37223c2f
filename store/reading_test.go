package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/investigations/rules"
)

// readAll reads the events of the types given and gives each with its line as
// text. It fails when an event comes out of order, twice, or unlooked at.
func readAll(t testing.TB, c *Case, types ...string) []string {
	t.Helper()
	var out []string
	var looked atomic.Int64
	var done, total, said int64
	err := c.ReadEvents(t.Context(), rules.Reading{
		Choose: func(all []rules.EventType) []bool {
			chosen := make([]bool, len(all))
			for i := range all {
				chosen[i] = slices.Contains(types, all[i].Name)
				said += all[i].Events
			}
			return chosen
		},
		Look: func(g rules.Glance) any {
			if n := looked.Add(1); n%2 == 0 && g.Event().Type != g.Type { // not every time
				t.Errorf("a %s was announced as %s", g.Event().Type, g.Type)
			}
			return len(g.Line)
		},
		Take: func(e *investigations.Event, line []byte, note any) error {
			if note != len(line) {
				t.Errorf("event %d came with the note %v and %d bytes", e.ID, note, len(line))
			}
			out = append(out, toldWith(e, line))
			return nil
		},
		Progress: func(d, n int64) { done, total = d, n },
	})
	if err != nil {
		t.Fatal(err)
	}
	if coverage, err := c.Coverage(t.Context()); err != nil || coverage.Events != said {
		t.Errorf("%d events were announced, there are %d, %v", said, coverage.Events, err)
	}
	if n := int64(len(out)); looked.Load() != n || done != n || total != n {
		t.Errorf("%d events taken, %d looked at, progress said %d of %d", n, looked.Load(), done, total)
	}
	return out
}

// toldWith is an event as the reading and the index both know it.
func toldWith(e *investigations.Event, line []byte) string {
	involved := make([]string, len(e.Involved))
	for i, v := range e.Involved {
		involved[i] = fmt.Sprint(v.Role, v.Entity)
	}
	slices.Sort(involved)
	return fmt.Sprint(e.ID, e.UID, e.Type, e.Code, e.Time, e.Index, e.Cluster, e.Outcome, e.Text, involved, string(line))
}

// indexed is what readAll must give, by the way over the index.
func indexed(t testing.TB, c *Case, types ...string) []string {
	t.Helper()
	var out []string
	err := c.EachEvent(t.Context(), nil, true, func(e *investigations.Event, line []byte) error {
		if slices.Contains(types, e.Type) {
			out = append(out, toldWith(e, line))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestReadEvents_equalsTheEventsOfTheIndexInTheirOrder(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 11))
	shuffled := strings.SplitAfter(tiedLog(9000), "\n")
	r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	long := line("e1.x", 5, `"user":"u","command":"`+strings.Repeat("x", batchKept-1000)+`"`) + "\n" + line("e1.x", 4, `"command":"`+strings.Repeat("y", 5000)+`"`) + "\n"
	var wrapped strings.Builder
	for inner := range strings.Lines(lines(30)) {
		fmt.Fprintf(&wrapped, `{"time":1,"result":%s}`+"\n", strings.TrimSpace(inner))
	}
	logs := map[string]string{
		"many of one millisecond": tiedLog(700),
		"more than a batch":       lines(3*batchEvents) + tiedLog(50),
		"in no order":             strings.Join(shuffled, ""),
		"lines too long to keep":  long,
		"wrapped":                 wrapped.String(),
	}
	for name, log := range logs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c, _ := build(t, write(t, dir, "a.log", []byte(log)), write(t, dir, "b.log.gz", gz(t, []byte(tiedLog(90)))))
			types := []string{"e0.x", "e1.x", "e3.x", "user.login"}
			if d := cmp.Diff(indexed(t, c, types...), readAll(t, c, types...)); d != "" {
				t.Errorf("-index +reading:\n%.2000s", d)
			}
			if got := readAll(t, c, "no.such"); len(got) > 0 {
				t.Errorf("%d events of a type that is not there", len(got))
			}
		})
	}
}

func TestReadEvents_endsWithTheErrorOfTheOneWhoAsks(t *testing.T) {
	t.Parallel()
	c, _ := build(t, write(t, t.TempDir(), "a.log", []byte(lines(4*batchEvents))))
	enough := errors.New("enough")
	ctx, cancel := context.WithCancel(t.Context())
	ask := rules.Reading{
		Choose: func(all []rules.EventType) []bool { return slices.Repeat([]bool{true}, len(all)) },
		Look:   func(rules.Glance) any { return true },
		Take:   func(*investigations.Event, []byte, any) error { return enough },
	}
	if err := c.ReadEvents(ctx, ask); !errors.Is(err, enough) {
		t.Errorf("got %v", err)
	}
	ask.Take = func(*investigations.Event, []byte, any) error { cancel(); return nil }
	if err := c.ReadEvents(ctx, ask); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
