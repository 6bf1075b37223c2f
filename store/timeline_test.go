package store

import (
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
	"zombiezen.com/go/sqlite"
)

// newCaseDatabase opens a case's empty database.
func newCaseDatabase(t *testing.T) *sqlite.Conn {
	t.Helper()
	conn, err := sqlite.OpenConn(filepath.Join(t.TempDir(), "case"), sqlite.OpenReadWrite, sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := pragmas(conn, "synchronous = OFF"); err != nil {
		t.Fatal(err)
	}
	if err := schema(conn); err != nil {
		t.Fatal(err)
	}
	return conn
}

// instants reads the whole timeline from t on.
func instants(t *rapid.T, conn *sqlite.Conn, at int64, back bool) []instant {
	line, err := newTimeline(conn, at, back)
	if err != nil {
		t.Fatal(err)
	}
	var out []instant
	for {
		i, more, err := line.next()
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return out
		}
		out = append(out, i)
	}
}

// Segments of any size and order of time, read from any time, in both
// directions, are the sorted list of all events.
func TestTimeline_isTheSortedListOfAllSegments(t *testing.T) {
	t.Parallel()
	times := rapid.OneOf(
		rapid.SliceOfN(rapid.Int64Range(-3, 9), 0, 40),               // many of one time
		rapid.SliceOfN(rapid.Int64Range(0, 1<<41), 0, 200),           // any
		rapid.SliceOfN(rapid.Int64Range(5, 6), 0, 3*pageInstants),    // one time over several pages
		rapid.SliceOfN(rapid.Just[int64](0), 0, 2*pageInstants+1),    // no times at all
		rapid.SliceOfN(rapid.Int64Range(0, 3000), 0, 2*pageInstants), // pages that meet
	)
	rapid.Check(t, func(rt *rapid.T) {
		conn := newCaseDatabase(t)
		var want []instant
		next := int64(1)
		for range rapid.IntRange(1, 6).Draw(rt, "segments") {
			part := times.Draw(rt, "times")
			if err := addSegment(conn, next, part); err != nil {
				rt.Fatal(err)
			}
			for i, at := range part {
				want = append(want, instant{at, next + int64(i)})
			}
			next += int64(len(part))
		}
		slices.SortFunc(want, instant.compare)
		from := rapid.OneOf(rapid.Int64Range(-5, 12), rapid.Int64Range(0, 1<<41)).Draw(rt, "from")
		var after, before []instant
		for _, i := range want {
			if i.time >= from {
				after = append(after, i)
			}
			if i.time <= from {
				before = append(before, i)
			}
		}
		slices.Reverse(before)
		if got := instants(rt, conn, minTime, false); !slices.Equal(got, want) {
			rt.Fatalf("whole timeline: %d events, want %d in order", len(got), len(want))
		}
		if got := instants(rt, conn, from, false); !slices.Equal(got, after) {
			rt.Fatalf("from %d on: %v, want %v", from, got, after)
		}
		if got := instants(rt, conn, from, true); !slices.Equal(got, before) {
			rt.Fatalf("back from %d: %v, want %v", from, got, before)
		}
	})
}

// A hundred small ingests leave few segments, and full ones are left alone.
func TestTimeline_smallSegmentsAreMerged(t *testing.T) {
	t.Parallel()
	conn := newCaseDatabase(t)
	next := int64(1)
	add := func(n int) {
		times := make([]int64, n)
		for i := range times {
			times[i] = next + int64(i)
		}
		if err := addSegment(conn, next, times); err != nil {
			t.Fatal(err)
		}
		next += int64(n)
	}
	add(segmentEvents)
	for range 100 {
		add(7)
	}
	n, err := selectInt(conn, `SELECT count(*) FROM segment`)
	if err != nil {
		t.Fatal(err)
	}
	if n < 2 || n > 10 {
		t.Errorf("%d segments after 100 small ingests, want 2 to 10", n)
	}
	full, err := selectInt(conn, `SELECT events FROM segment WHERE first = 1`)
	if err != nil || full != segmentEvents {
		t.Errorf("the full segment holds %d events (%v), want %d", full, err, segmentEvents)
	}
}

// The table holds whatever is put in, under hashes that meet as well.
func TestHashTable_nominatesAllThatWasAdded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		hashes := rapid.SliceOfN(rapid.OneOf(rapid.Uint64Range(0, 9), rapid.Uint64Range(1<<56, 1<<56+3), rapid.Uint64()), 0, 400).Draw(rt, "hashes")
		var table hashTable
		want := make(map[uint64][]uint32)
		for i, h := range hashes {
			table.add(h, uint32(i)+1)
			want[h] = append(want[h], uint32(i)+1)
		}
		for h, values := range want {
			var got []uint32
			table.each(h, func(v uint32) bool { got = append(got, v); return true })
			for _, v := range values {
				if !slices.Contains(got, v) {
					rt.Fatalf("hash %x: %v, want %d among them", h, got, v)
				}
			}
		}
	})
}

// An interner gives back the numbers of its keys and knows no others.
func TestInterner_findsWhatWasAdded(t *testing.T) {
	t.Parallel()
	keys := rapid.SliceOfNDistinct(rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 0, 20), rapid.Map(rapid.IntRange(internPage-2*internHead, internPage+2), func(n int) []byte {
		return make([]byte, n)
	})), 1, 12, func(b []byte) string { return string(b) })
	rapid.Check(t, func(rt *rapid.T) {
		in := newInterner()
		all := keys.Draw(rt, "keys")
		added := all[:rapid.IntRange(0, len(all)).Draw(rt, "added")]
		for i, k := range added {
			in.add(in.hash(k), k, uint32(i))
		}
		for i, k := range all {
			id, ok := in.find(in.hash(k), k)
			if ok != (i < len(added)) || ok && id != uint32(i) {
				rt.Fatalf("key %d of %d: found %v", i, len(added), ok)
			}
		}
		in.forget()
		if _, ok := in.find(in.hash(all[0]), all[0]); ok {
			rt.Fatal("a key is still there after all were forgotten")
		}
	})
}
