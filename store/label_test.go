package store

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordon/investigations"
)

// hostLabel is what a case calls the host of its events.
func hostLabel(t testing.TB, c *Case) string {
	t.Helper()
	page, err := c.Window(context.Background(), Window{Limit: 1})
	if err != nil || len(page) == 0 {
		t.Fatalf("%d events: %v", len(page), err)
	}
	v, _ := page[0].First(investigations.KindHost, investigations.RoleTarget)
	return v.Label
}

// A host that was renamed has the name that it had last, in whatever order and
// in however many ingests its events were read.
func TestIngest_labelIsThatOfTheNewestEvent(t *testing.T) {
	t.Parallel()
	const host = "363256df-f78a-4d99-803c-bae19da9ede4"
	line := func(n, second int, name string) []byte {
		at := time.Date(2026, 3, 1, 9, 0, second, 0, time.UTC).Format(time.RFC3339)
		return fmt.Appendf(nil, `{"event":"session.start","code":"T2000I","uid":"u%d","time":%q,"user":"a@example.com","sid":"s%d","server_id":%q,"server_hostname":%q}`+"\n", n, at, n, host, name)
	}
	rapid.Check(t, func(rt *rapid.T) {
		names := rapid.SliceOfN(rapid.SampledFrom([]string{"web-1", "web-2", "db", ""}), 1, 6).Draw(rt, "names")
		seconds := rapid.Permutation([]int{0, 1, 2, 3, 4, 5}).Draw(rt, "seconds")
		want, newest := "", -1
		for i, name := range names {
			if name != "" && seconds[i] > newest {
				want, newest = name, seconds[i]
			}
		}
		cut := rapid.IntRange(1, len(names)).Draw(rt, "cut")
		var first, second []byte
		for i, name := range names {
			if i < cut {
				first = append(first, line(i, seconds[i], name)...)
			} else {
				second = append(second, line(i, seconds[i], name)...)
			}
		}
		dir := t.TempDir()
		c, _ := build(t, write(t, dir, "a.log", first))
		hostLabel(t, c) // the reader remembers it
		if len(second) > 0 {
			if _, err := c.Ingest(context.Background(), []string{write(t, dir, "b.log", second)}, Options{}); err != nil {
				rt.Fatal(err)
			}
		}
		if got := hostLabel(t, c); got != want {
			rt.Fatalf("the host is called %q, want %q of %v at %v", got, want, slices.Clone(names), seconds)
		}
	})
}
