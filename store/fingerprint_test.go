package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing"

	"cordon/investigations"
)

// fingerprint says what digest says in a few lines: sums in place of the parts,
// and what is derived besides. Two cases of the same evidence have the same one.
func fingerprint(t testing.TB, c *Case) string {
	t.Helper()
	var b strings.Builder
	sources, err := c.Sources(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources {
		fmt.Fprintf(&b, "source %s: %d of %d bytes, %x, %x, %s, events %d, again %d, rejects %d, base %d, complete %v %q\n", s.Name, s.ContentSize, s.Size,
			sum(string(replayed(t, c, s.ID))), sum(s.SHA256), s.ContentSHA256[:8], s.Events, s.Duplicates, s.Rejects, s.BaseSize, s.Complete, s.Problem)
	}
	of, total := eventSums(t, c)
	fmt.Fprintf(&b, "events %d, %x\n", len(of), total)
	n, total := postingSum(t, c, of)
	fmt.Fprintf(&b, "postings %d, %x\n", n, total)
	b.WriteString(derived(t, c))
	return b.String()
}

// eventSums sums up each event with its line, and all of them whatever their
// ids, and checks their order.
func eventSums(t testing.TB, c *Case) (of map[int64]uint64, total uint64) {
	t.Helper()
	of = make(map[int64]uint64)
	var last investigations.Position
	err := c.EachEvent(context.Background(), nil, true, func(e *investigations.Event, line []byte) error {
		p := e.Position()
		if len(of) > 0 && last.Compare(p) >= 0 {
			return fmt.Errorf("event %d is out of order", e.ID)
		}
		last = p
		var involved []string
		for _, v := range e.Involved {
			involved = append(involved, fmt.Sprint(v.Role, v.Entity))
		}
		slices.Sort(involved)
		of[e.ID] = sum(fmt.Sprint(e.Time, e.Index, e.UID, e.Type, e.Code, e.Cluster, e.Outcome, e.Text, involved), string(line))
		total += of[e.ID]
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return of, total
}

// postingSum sums up the posting lists by what they list.
func postingSum(t testing.TB, c *Case, of map[int64]uint64) (n int, total uint64) {
	t.Helper()
	for _, e := range entities(t, c) {
		groups, err := c.Groups(context.Background(), e)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			h := sum(fmt.Sprint(e, g.Role, g.Type, g.Code, g.N, g.First, g.Last))
			for _, id := range g.IDs {
				h += of[id]
			}
			n, total = n+g.N, total+h*h
		}
	}
	return n, total
}

// derived is what a case says of itself as a whole.
func derived(t testing.TB, c *Case) string {
	t.Helper()
	ctx := context.Background()
	cover, coverErr := c.Coverage(ctx)
	days, daysErr := c.Days(ctx)
	rejects, rejectsErr := c.Rejects(ctx, 1<<30)
	said, err := json.Marshal([]any{cover, days})
	places, placesErr := json.Marshal(rejects)
	if err := errors.Join(coverErr, daysErr, rejectsErr, err, placesErr); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("coverage and days %s\nrejects %d, %x\n", said, len(rejects), sum(string(places)))
}

func sum(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write(binary.AppendUvarint(nil, uint64(len(p))))
		h.Write([]byte(p))
	}
	return h.Sum64()
}

// equalCase fails the test unless a case has the fingerprint and is sound.
func equalCase(t testing.TB, path, want, when string) {
	t.Helper()
	c, err := Open(context.Background(), path)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer c.Close()
	if d := differing(want, fingerprint(t, c)); d != "" {
		t.Fatalf("%s: -clean +this:\n%.4000s", when, d)
	}
	sound(t, c)
	if t.Failed() {
		t.Fatal(when)
	}
}
