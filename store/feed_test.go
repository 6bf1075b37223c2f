package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/investigations/journal"
)

// fed builds a case from lines through a feed, in batches of a size.
func fed(t *testing.T, lines [][]byte, batch int) *Case {
	t.Helper()
	c := emptyCase(t)
	f, err := c.OpenFeed("teleport.example.com", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for from := 0; from < len(lines); from += batch {
		part := lines[from:min(from+batch, len(lines))]
		if n, err := f.Add(t.Context(), part); err != nil || n != int64(len(part)) {
			t.Fatalf("added %d of %d: %v", n, len(part), err)
		}
		// The same again adds nothing.
		if n, err := f.Add(t.Context(), part[:1]); err != nil || n != 0 {
			t.Fatalf("a line twice added %d: %v", n, err)
		}
	}
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func emptyCase(t *testing.T) *Case {
	t.Helper()
	c, _, err := Build(t.Context(), filepath.Join(t.TempDir(), "live"+Extension), nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// verified fails unless the case agrees with itself.
func verified(t *testing.T, c *Case) {
	t.Helper()
	checks, err := c.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range checks {
		if !check.OK {
			t.Errorf("verify: %+v", check)
		}
	}
}

// liveLines are events as a cluster tells them.
func liveLines(n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		kind, rest := "user.login", `"success":true,"method":"local"`
		if i%3 == 1 {
			kind, rest = "session.start", fmt.Sprintf(`"login":"root","sid":"00000000-0000-4000-8000-%012d","proto":"ssh"`, i)
		}
		out[i] = fmt.Appendf(nil, `{"event":%q,"uid":"11111111-0000-4000-8000-%012d","time":"2026-11-18T21:%02d:%02d.%03dZ","user":"user-%d@example.com",%s}`,
			kind, i, i/60%60, i%60, i%1000, i%5, rest)
	}
	return out
}

func TestFeed_givesTheCaseOfAFile(t *testing.T) {
	t.Parallel()
	const n = 5000 // more than one segment
	lines := liveLines(n)
	c := fed(t, lines, 700)
	path := filepath.Join(t.TempDir(), "audit.log")
	if err := os.WriteFile(path, append(bytes.Join(lines, []byte("\n")), '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	whole, _, err := BuildTemporary(t.Context(), []string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	for _, who := range []string{"user-0@example.com", "user-3@example.com", "nobody"} {
		e := investigations.Entity{Kind: investigations.KindUser, Name: who}
		got, err := c.Groups(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		want, err := whole.Groups(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("groups of %s differ:\n%v\n%v", who, got, want)
		}
	}
	verified(t, c)
	sources, err := c.Sources(t.Context())
	if err != nil || len(sources) != 1 || sources[0].Name != "teleport.example.com" || !sources[0].Complete || sources[0].Events != n {
		t.Errorf("sources %+v, %v", sources, err)
	}
}

func TestFeed_isSeenWhileItIsOpen(t *testing.T) {
	t.Parallel()
	c := emptyCase(t)
	f, err := c.OpenFeed("teleport.example.com", Options{})
	if err != nil {
		t.Fatal(err)
	}
	lines := liveLines(30)
	for i := range 3 {
		if _, err := f.Add(t.Context(), lines[10*i:10*i+10]); err != nil {
			t.Fatal(err)
		}
		expr, err := filter.Parse("event:session.start", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := c.Select(t.Context(), expr)
		if err != nil {
			t.Fatal(err)
		}
		if n, exact := s.Count(); !exact || n != int64((10*i+10+1)/3) {
			t.Errorf("after %d events: %d sessions, exact %v", 10*i+10, n, exact)
		}
		if _, err := c.Record(t.Context(), journal.Entry{Action: journal.ActionNote, Result: "beside it"}); err != nil {
			t.Errorf("a note beside it: %v", err)
		}
	}
	if _, err := c.OpenFeed("another", Options{}); !errors.Is(err, ErrHeld) {
		t.Errorf("a second feed: %v", err)
	}
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, err := c.OpenFeed("another", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := again.Add(t.Context(), lines[:5]); err != nil || n != 0 {
		t.Errorf("what is known adds %d: %v", n, err)
	}
	if err := again.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFeed_keepsWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	c := emptyCase(t)
	f, err := c.OpenFeed("teleport.example.com", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := f.Add(t.Context(), [][]byte{[]byte(`{"no":"event"}`), []byte("half\nline"), liveLines(1)[0]}); err != nil || n != 1 {
		t.Errorf("added %d, %v", n, err)
	}
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	rejects, err := c.Rejects(t.Context(), 10)
	if err != nil || len(rejects) != 2 {
		t.Errorf("rejects %+v, %v", rejects, err)
	}
}

func TestFeed_endsWithItsContextAndLosesNothingCommitted(t *testing.T) {
	t.Parallel()
	c := emptyCase(t)
	f, err := c.OpenFeed("teleport.example.com", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Add(t.Context(), liveLines(10)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Add(ctx, liveLines(20)[10:]); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := f.Close(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("close tells what happened: %v", err)
	}
	coverage, err := c.Coverage(t.Context())
	if err != nil || coverage.Events != 10 {
		t.Errorf("%d events, %v", coverage.Events, err)
	}
	verified(t, c)
}

// A live cluster's batches are of any size, and each is sorted in the memory of
// the one before.
func TestFeed_takesBatchesOfAnySize(t *testing.T) {
	t.Parallel()
	c := emptyCase(t)
	f, err := c.OpenFeed("teleport.example.com", Options{})
	if err != nil {
		t.Fatal(err)
	}
	lines := liveLines(1500)
	for from, size := 0, 0; from < len(lines); from += size {
		size = min(1+from*7%53, len(lines)-from)
		if n, err := f.Add(t.Context(), lines[from:from+size]); err != nil || n != int64(size) {
			t.Fatalf("added %d of %d: %v", n, size, err)
		}
	}
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	verified(t, c)
}
