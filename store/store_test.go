package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
)

// write makes a file of the given bytes and returns its path.
func write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// build makes a case of the paths and closes it with the test.
func build(t testing.TB, paths ...string) (*Case, Report) {
	t.Helper()
	c, report, err := Build(t.Context(), filepath.Join(t.TempDir(), "case"+Extension), paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, report
}

// line is one small event.
func line(event string, n int, more string) string {
	if more != "" {
		more = "," + more
	}
	return fmt.Sprintf(`{"ei":0,"event":%q,"uid":"00000000-0000-4000-8000-%012d","code":"T1I","time":"2026-03-01T09:00:%02d.%03dZ","cluster_name":"c.example.com"%s}`, event, n, n/1000%60, n%1000, more)
}

func lines(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line("user.login", i+1, fmt.Sprintf(`"user":"user-%d","success":true,"addr.remote":"203.0.113.%d:4000"`, i%7, i%5)) + "\n")
	}
	return b.String()
}

// longLines are lines of about 2 KB that do not pack well: where bytes count, few
// events are enough.
func longLines(n int) string {
	var b strings.Builder
	pad := make([]byte, 875)
	r := rand.NewChaCha8([32]byte{1})
	for i := range n {
		_, _ = r.Read(pad)
		b.WriteString(line("user.login", i+1, fmt.Sprintf(`"user":"user-%d","success":true,"pad":"%x"`, i%7, pad)) + "\n")
	}
	return b.String()
}

func replayed(t testing.TB, c *Case, source int64) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.Replay(context.Background(), source, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// digest writes everything that two equal cases have in common: the bytes of
// each source, each event with its line and row, and each posting list by name.
// Numbers that depend on the order of arrival are left out.
func digest(t testing.TB, c *Case) string {
	t.Helper()
	ctx := context.Background()
	out := make(map[string]int)
	sources, err := c.Sources(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources {
		sum := sha256.Sum256(replayed(t, c, s.ID))
		out[fmt.Sprintf("source %s %d %s complete=%v", s.Name, s.ContentSize, hex.EncodeToString(sum[:]), s.Complete)]++
	}
	all := events(t, c)
	hash := make(map[int64]string)
	raws := rawLines(t, c, all)
	for i := range all {
		e := all[i]
		raw := raws[e.ID]
		slices.SortFunc(e.Involved, func(a, b investigations.Involvement) int {
			return strings.Compare(fmt.Sprint(a.Role, a.Entity), fmt.Sprint(b.Role, b.Entity))
		})
		id := e.ID
		e.ID = 0
		for i := range e.Involved { // which label was met first is a matter of order
			e.Involved[i].Label = ""
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%+v %s", e, raw))
		hash[id] = hex.EncodeToString(sum[:8])
		out[fmt.Sprintf("event %s %+v %s", hash[id][:8], e, raw)]++
	}
	for _, e := range entities(t, c) {
		groups, err := c.Groups(ctx, e)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			var of []string
			for _, id := range g.IDs {
				of = append(of, hash[id])
			}
			slices.Sort(of)
			out[fmt.Sprintf("group %s %s %s %s %d %v %v %s", e, g.Role, g.Type, g.Code, g.N, g.First, g.Last, strings.Join(of, " "))]++
		}
	}
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(out)) {
		fmt.Fprintf(&b, "%d %s\n", out[k], k)
	}
	return b.String()
}

// events reads the whole case in windows of an odd size.
func events(t testing.TB, c *Case) []investigations.Event {
	t.Helper()
	var out []investigations.Event
	var from *investigations.Position
	for {
		page, err := c.Window(context.Background(), Window{From: from, Limit: 97})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return out
		}
		out = append(out, page...)
		p := page[len(page)-1].Position()
		from = &p
	}
}

// rawLines reads the line of each event.
func rawLines(t testing.TB, c *Case, of []investigations.Event) map[int64]string {
	t.Helper()
	out := make(map[int64]string)
	err := c.RawEach(context.Background(), ids(of), func(id int64, line []byte) error {
		out[id] = string(line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func entities(t testing.TB, c *Case) []investigations.Entity {
	t.Helper()
	var out []investigations.Entity
	var r reader
	err := c.read(context.Background(), func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT kind, name FROM entity`, &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
			out = append(out, investigations.Entity{Kind: investigations.Kind(stmt.ColumnInt64(0)), Name: r.nameColumn(stmt, 1)})
			return nil
		}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func packed(t testing.TB, data []byte, with func(io.Writer) (io.WriteCloser, error)) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := with(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gz(t testing.TB, data []byte) []byte {
	return packed(t, data, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil })
}

func zst(t testing.TB, data []byte) []byte {
	return packed(t, data, func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) })
}

// sound fails the test unless every check of the case holds.
func sound(t testing.TB, c *Case) {
	t.Helper()
	checks, err := c.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range checks {
		if !check.OK {
			t.Errorf("%s: %s", check.Name, check.Detail)
		}
	}
}

// differing lists the lines that only one of two digests has.
func differing(want, got string) string {
	have := make(map[string]int)
	for l := range strings.Lines(want) {
		have["-"+l]++
	}
	for l := range strings.Lines(got) {
		if have["-"+l] > 0 {
			have["-"+l]--
		} else {
			have["+"+l]++
		}
	}
	var out []string
	for l, n := range have {
		if n > 0 {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(a[1:], b[1:]) })
	return strings.Join(out, "")
}
