package store

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestCase_certificateEndsAreThoseOfTheLines: whatever way an end is written, and
// however many ingests its event came with.
func TestCase_certificateEndsAreThoseOfTheLines(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		out, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	written := []struct {
		identity string
		want     time.Time
	}{
		{`"expires":"2026-11-19T08:00:00Z"`, at("2026-11-19T08:00:00Z")},
		{`"expires":"2026-11-19T08:00:00.123456789Z"`, at("2026-11-19T08:00:00.123456789Z")},
		{`"expires":"2026-11-19T10:00:00+02:00"`, at("2026-11-19T08:00:00Z")},
		{`"expires":"2126-11-19T08:00:00.5Z"`, at("2126-11-19T08:00:00.5Z")},
		{`"expires":"0001-01-01T00:00:00Z"`, time.Time{}},
		{`"expires":"soon"`, time.Time{}},
		{`"expires":1763539200`, time.Time{}},
		{`"expires":null`, time.Time{}},
		{`"roles":["access"]`, time.Time{}},
	}
	var log strings.Builder
	for i := range 40 {
		w := written[i%len(written)]
		fmt.Fprintf(&log, `{"event":"cert.create","code":"TC000I","uid":"c%d","time":"2026-11-18T20:00:%02dZ","identity":{"user":"mallory",%s}}`+"\n", i, i, w.identity)
		fmt.Fprintf(&log, `{"event":"user.login","uid":"l%d","time":"2026-11-18T20:00:%02dZ","user":"mallory"}`+"\n", i, i)
	}
	dir := t.TempDir()
	all := strings.SplitAfter(log.String(), "\n")
	c, _ := build(t, write(t, dir, "a.log", []byte(strings.Join(all[:50], ""))))
	if _, err := c.Ingest(t.Context(), []string{write(t, dir, "b.log", []byte(strings.Join(all[50:], "")))}, Options{}); err != nil {
		t.Fatal(err)
	}
	var ids []int64
	want := map[int64]time.Time{}
	for _, ev := range events(t, c) {
		var n int
		if _, err := fmt.Sscanf(ev.UID, "c%d", &n); err == nil {
			ids = append(ids, ev.ID)
			want[ev.ID] = written[n%len(written)].want
		}
	}
	last := int64(0)
	err := c.CertificateEnds(t.Context(), ids, func(id int64, end time.Time) error {
		if id <= last {
			t.Errorf("%d after %d", id, last)
		}
		last = id
		if !end.Equal(want[id]) {
			t.Errorf("event %d: %v, want %v", id, end, want[id])
		}
		delete(want, id)
		return nil
	})
	if err != nil || len(want) > 0 {
		t.Fatalf("%d not told: %v", len(want), err)
	}
}
