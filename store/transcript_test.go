package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
)

// castAt is an asciicast that began at a time of day.
func castAt(start time.Time, frames ...string) string {
	return fmt.Sprintf(`{"version":2,"width":40,"height":6,"timestamp":%d}`, start.Unix()) + "\n" + strings.Join(frames, "\n") + "\n"
}

func writeTo(t testing.TB, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var castStart = time.Date(2026, 10, 6, 22, 0, 0, 0, time.UTC)

func twoCasts(t testing.TB) *Case {
	t.Helper()
	dir := t.TempDir()
	writeTo(t, dir, "second.cast", castAt(castStart.Add(time.Hour),
		`[0.5, "o", "# ls\r\n"]`, `[1.5, "o", "keys.PEM  notes\r\n"]`, `[2, "o", "a line that is longer than the screen: my.pem\r\n"]`))
	writeTo(t, dir, "first.cast", castAt(castStart, `[0.25, "o", "cat \u001b[31mmy.\u001b[0mpe"]`, `[1, "o", "m\r\n"]`, `[2, "o", "nothing\r\n"]`))
	c, _, err := Build(t.Context(), filepath.Join(dir, "case"+Extension), []string{filepath.Join(dir, "first.cast"), filepath.Join(dir, "second.cast")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func search(t testing.TB, c *Case, text string, limit int) (lines []string, s investigations.ScreenSearch) {
	t.Helper()
	s, err := c.SearchScreens(t.Context(), text, limit)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range s.Hits {
		lines = append(lines, fmt.Sprintf("%s %s %s", h.Session, h.Time().Format("15:04:05.00"), h.Line))
	}
	return lines, s
}

func TestSearchScreens_findsLinesAsTheyStoodInOrderOfTime(t *testing.T) {
	t.Parallel()
	c := twoCasts(t)
	got, s := search(t, c, ".Pem", 0)
	want := []string{
		"first 22:00:00.25 cat my.pem", "second 23:00:01.50 keys.PEM  notes",
		"second 23:00:02.00 a line that is longer than the screen: my.pem",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if s.Total != 3 || s.In != 2 || s.Searched != 2 {
		t.Errorf("%d in %d of %d recordings", s.Total, s.In, s.Searched)
	}
}

func TestSearchScreens_countsWhatIsBeyondTheLimit(t *testing.T) {
	t.Parallel()
	got, s := search(t, twoCasts(t), ".pem", 1)
	if len(got) != 1 || s.Total != 3 || s.In != 2 {
		t.Errorf("%d lines of %d in %d recordings", len(got), s.Total, s.In)
	}
}

func TestSearchScreens_aTextNeverReachesOverTwoLines(t *testing.T) {
	t.Parallel()
	c := twoCasts(t)
	for _, text := range []string{"pemnothing", "lskeys", "\x01"} {
		if got, s := search(t, c, text, 0); len(got) != 0 || s.Total != 0 || s.Searched != 2 {
			t.Errorf("%q is found: %q", text, got)
		}
	}
	if _, err := c.SearchScreens(t.Context(), "", 0); err == nil {
		t.Error("no text is searched")
	}
}

// A transcript of many parts is found through to its last line, and one that
// has grown is found once.
func TestSearchScreens_longRecordingsAndGrowingOnes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	line := strings.Repeat("x", 38)
	var frames []string
	const lines = 20_000
	for i := range lines {
		frames = append(frames, fmt.Sprintf(`[%d, "o", "%s\r\n"]`, i, line))
	}
	cast := writeTo(t, dir, "long.cast", castAt(castStart, frames...))
	c, _, err := Build(t.Context(), filepath.Join(dir, "case"+Extension), []string{cast}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, s := search(t, c, line, 10); s.Total != lines || len(s.Hits) != 10 || s.Hits[9].Offset != 9*time.Second {
		t.Errorf("%d lines, %d returned", s.Total, len(s.Hits))
	}
	writeTo(t, dir, "long.cast", castAt(castStart, append(frames, fmt.Sprintf(`[%d, "o", "the end"]`, lines))...))
	if _, err := c.Ingest(t.Context(), []string{cast}, Options{}); err != nil {
		t.Fatal(err)
	}
	if _, s := search(t, c, line, 1); s.Total != lines || s.Searched != 1 {
		t.Errorf("%d lines in %d recordings", s.Total, s.Searched)
	}
	if _, s := search(t, c, "the end", 10); s.Total != 1 {
		t.Errorf("what was added is found %d times", s.Total)
	}
}

func TestSearchScreens_damageIsAnError(t *testing.T) {
	t.Parallel()
	c := twoCasts(t)
	for _, sql := range []string{`UPDATE transcript SET size = size + 1`, `UPDATE transcript SET lines = x'00'`} {
		err := c.with(t.Context(), func(conn *sqlite.Conn) error { return sqlitex.ExecuteTransient(conn, sql, nil) })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.SearchScreens(t.Context(), "cat", 0); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
