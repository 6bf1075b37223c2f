package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"zombiezen.com/go/sqlite"

	"cordon/investigations"
)

// A log that went through many hands: each good line is in, each bad one is
// told with its place and reason, and the bytes come back as they were.
func TestBuild_takesEveryGoodLineOfABadFile(t *testing.T) {
	t.Parallel()
	long := line("exec", 5, `"command":"`+strings.Repeat("x", 2<<20)+`"`)
	odd := line("brand.new.type", 7, `"user":"ann","nested":{"deep":[1,2,{"a":null}]}`)
	bytesOfFile := strings.Join([]string{
		line("user.login", 1, ``) + "\n",
		line("user.login", 2, ``) + "\r\n",
		`{"event":"user.login","uid":"cut` + "\n",
		"\n   \n",
		line("user.login", 3, `"user":"bob"`) + "\n",
		"\x00\x01\xff\xfe\x7fELF\n",
		long + "\n",
		`{"no":"event"}` + "\n",
		odd + "\n",
		`{"event":"user.login","time":"2026-03-01T09:`,
	}, "")
	path := write(t, t.TempDir(), "mess.log", []byte(bytesOfFile))
	c, report := build(t, path)
	if report.Events != 5 || report.Rejects != 4 || report.Duplicates != 0 {
		t.Errorf("%d events, %d rejects, %d duplicates, want 5, 4, 0", report.Events, report.Rejects, report.Duplicates)
	}
	rejects, err := c.Rejects(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, r := range rejects {
		if got := bytesOfFile[r.Offset : r.Offset+r.Length]; strings.Contains(got, "\n") {
			t.Errorf("reject of line %d holds a line end: %q", r.Line, got)
		}
		places = append(places, fmt.Sprintf("%s:%d", r.Source, r.Line))
		if r.Reason == "" {
			t.Errorf("line %d: no reason", r.Line)
		}
	}
	if d := cmp.Diff([]string{"mess.log:3", "mess.log:7", "mess.log:9", "mess.log:11"}, places); d != "" {
		t.Errorf("rejects -want +got:\n%s", d)
	}
	if got := replayed(t, c, 1); string(got) != bytesOfFile {
		t.Error("the source does not come back byte for byte")
	}
	for _, e := range events(t, c) {
		raw, err := c.Raw(t.Context(), e.ID)
		if err != nil || strings.ContainsAny(string(raw), "\r\n") || !strings.Contains(bytesOfFile, string(raw)) {
			t.Errorf("event %d: %v, %.60q", e.ID, err, raw)
		}
		at, err := c.Origin(t.Context(), e.ID)
		if err != nil || at.Source != "mess.log" || bytesOfFile[at.Offset:at.Offset+at.Length] != string(raw) ||
			at.Line != int64(strings.Count(bytesOfFile[:at.Offset], "\n"))+1 {
			t.Errorf("event %d stands at %+v, %v", e.ID, at, err)
		}
	}
	sound(t, c)
}

// A short log whose lines are mostly broken is still a log of lines: each broken
// one is told by itself.
func TestBuild_tellsEachBrokenLineOfAShortLog(t *testing.T) {
	t.Parallel()
	content := line("user.login", 1, "") + "\n" + `{"event":"user.lo` + "\n\x00\xff\n" + line("exec", 2, "") + "\r\n" + `{"event":"half`
	c, report := build(t, write(t, t.TempDir(), "bad.log", []byte(content)))
	rejects, err := c.Rejects(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var places []int64
	for _, r := range rejects {
		places = append(places, r.Line)
	}
	if d := cmp.Diff([]int64{2, 3, 5}, places); report.Events != 2 || d != "" {
		t.Errorf("%d events, rejects at -want +got:\n%s", report.Events, d)
	}
}

func TestBuild_passesOverWhatIsNoEvidence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "photo.png", []byte("\x89PNG\r\n\x1a\n"+strings.Repeat("\x00\xff", 500)))
	write(t, dir, "notes.txt", []byte("call dana back\n"))
	write(t, dir, "day.log", []byte(lines(3)))
	write(t, dir, "old.cordon", []byte("SQLite format 3\x00"))
	_, report := build(t, dir)
	if report.Events != 3 || len(report.Skipped) != 2 {
		t.Errorf("%d events, skipped %v, want 3 events and photo.png, notes.txt skipped", report.Events, report.Skipped)
	}
	for _, s := range report.Skipped {
		if s.Reason == "" {
			t.Errorf("%s: no reason", s.Name)
		}
	}
}

func TestBuild_readsCompressedFiles(t *testing.T) {
	t.Parallel()
	log := []byte(lines(500))
	dir := t.TempDir()
	// The standard library reads bzip2 and does not write it: this is the log
	// of lines(500) as bzip2 -9 packs it.
	bz2, err := os.ReadFile("testdata/lines500.log.bz2")
	if err != nil {
		t.Fatal(err)
	}
	plain, _ := build(t, write(t, dir, "plain/a.log", log))
	for name, data := range map[string][]byte{
		"a.log.gz": gz(t, log), "a.log.zst": zst(t, log), "odd-name": gz(t, log),
		"a.log.bz2": bz2, "two.gz": append(gz(t, log[:len(log)/2]), gz(t, log[len(log)/2:])...),
	} {
		c, _ := build(t, write(t, dir, name+"/"+name, data))
		if d := cmp.Diff(events(t, plain), events(t, c)); d != "" {
			t.Errorf("%s: -plain +packed:\n%s", name, d)
		}
		if !bytes.Equal(replayed(t, c, 1), log) {
			t.Errorf("%s: the content does not come back", name)
		}
	}
}

func TestBuild_keepsWhatATruncatedArchiveHolds(t *testing.T) {
	t.Parallel()
	whole := gz(t, []byte(lines(5000)))
	c, report := build(t, write(t, t.TempDir(), "cut.log.gz", whole[:len(whole)*2/3]))
	if report.Events < 1000 || report.Events >= 5000 {
		t.Errorf("%d events of a cut archive", report.Events)
	}
	sources, err := c.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if sources[0].Complete || !strings.Contains(sources[0].Problem, "stopped") {
		t.Errorf("complete %v, problem %q: want an incomplete source that says so", sources[0].Complete, sources[0].Problem)
	}
}

// The same uid is one event only if the rest is equal too.
func TestBuild_tellsEqualFromReused(t *testing.T) {
	t.Parallel()
	const a = `{"event":"x","uid":"u1","n":100,"s":"\u00e9","o":{"a":1,"b":[2]}}`
	tests := []struct {
		name, b                    string
		events, duplicates, reused int64
	}{
		{"same bytes", a, 1, 1, 0},
		{"other order, spelling and blanks", `{"o":{"b":[2.0],"a":1e0}, "s":"é","n":1e2,"uid":"u1","event":"x"}`, 1, 1, 0},
		{"other number", strings.Replace(a, "100", "101", 1), 2, 0, 1},
		{"a key more", strings.Replace(a, `"n"`, `"m":null,"n"`, 1), 2, 0, 1},
		{"other uid", strings.Replace(a, "u1", "u2", 1), 2, 0, 0},
		{"array in another order", strings.Replace(a, "[2]", "[2,3]", 1), 2, 0, 1},
	}
	for _, tt := range tests {
		c, report := build(t, write(t, t.TempDir(), "a.log", []byte(a+"\n"+tt.b+"\n")))
		cover, err := c.Coverage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if report.Events != tt.events || report.Duplicates != tt.duplicates || cover.UIDReused != tt.reused {
			t.Errorf("%s: %d events, %d duplicates, %d reused, want %d, %d, %d", tt.name, report.Events, report.Duplicates, cover.UIDReused, tt.events, tt.duplicates, tt.reused)
		}
	}
	const without = `{"event":"x","n":1}`
	_, report := build(t, write(t, t.TempDir(), "a.log", []byte(without+"\n"+`{"n":1.0,"event":"x"}`+"\n"+`{"n":2,"event":"x"}`+"\n")))
	if report.Events != 2 || report.Duplicates != 1 {
		t.Errorf("without uid: %d events, %d duplicates, want 2, 1", report.Events, report.Duplicates)
	}
}

func TestIngest_goesOnWhereAFileGrew(t *testing.T) {
	t.Parallel()
	all := lines(3000)
	dir := t.TempDir()
	half := strings.LastIndexByte(all[:len(all)/2], '\n') + 40 // in the middle of a line
	path := write(t, dir, "day.log", []byte(all[:half]))
	c, first := build(t, path)
	if first.Rejects != 1 {
		t.Errorf("%d rejects of a half last line, want 1", first.Rejects)
	}
	write(t, dir, "day.log", []byte(all))
	second, err := c.Ingest(t.Context(), []string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if first.Events+second.Events != 3000 || second.Rejects != 0 {
		t.Errorf("%d and %d events, %d rejects, want 3000 and 0", first.Events, second.Events, second.Rejects)
	}
	if got := replayed(t, c, 2); string(got) != all {
		t.Error("the grown source does not come back byte for byte")
	}
	if got := replayed(t, c, 1); string(got) != all[:half] {
		t.Error("the first source does not come back byte for byte")
	}
	third, err := c.Ingest(t.Context(), []string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if third.Events != 0 || len(third.Known) != 1 {
		t.Errorf("ingested again: %+v, want it known", third)
	}
	sound(t, c)
}

func TestIngest_copyRefersToTheFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := []byte(lines(2000))
	c, _ := build(t, write(t, dir, "a.log", log))
	before, err := os.Stat(c.Path())
	if err != nil {
		t.Fatal(err)
	}
	report, err := c.Ingest(t.Context(), []string{write(t, dir, "copy.log", log)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if report.Events != 0 || report.Duplicates != 2000 {
		t.Errorf("%d events, %d duplicates, want 0, 2000", report.Events, report.Duplicates)
	}
	after, err := os.Stat(c.Path())
	if err != nil {
		t.Fatal(err)
	}
	if after.Size()-before.Size() > int64(len(log))/20 {
		t.Errorf("a copy of %d bytes cost %d", len(log), after.Size()-before.Size())
	}
	if !bytes.Equal(replayed(t, c, 2), log) {
		t.Error("the copy does not come back byte for byte")
	}
}

func TestBuild_cancelledLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, "a.log", []byte(lines(20_000)))
	ctx, cancel := context.WithCancel(t.Context())
	target := filepath.Join(dir, "case.cordon")
	_, _, err := Build(ctx, target, []string{path}, Options{Progress: func(Progress) { cancel() }})
	cancel()
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want %v", err, context.Canceled)
	}
	left, err := filepath.Glob(filepath.Join(dir, "case*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestOpen_refusesWhatIsNoCase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, _ := build(t, write(t, dir, "a.log", []byte(lines(3))))
	if err := c.update(t.Context(), func(conn *sqlite.Conn) error { return pragmas(conn, fmt.Sprintf("user_version = %d", Format+1)) }); err != nil {
		t.Fatal(err)
	}
	// As it was before a column of this version was there.
	earlier, _ := build(t, write(t, dir, "b.log", []byte(lines(3))))
	if err := earlier.update(t.Context(), func(conn *sqlite.Conn) error { return exec(conn, `ALTER TABLE gap DROP COLUMN count`) }); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ path, want string }{
		{filepath.Join(dir, "missing.cordon"), "no such file"},
		{dir, "folder"},
		{write(t, dir, "text.cordon", []byte("hello, this is not a database")), "not a cordon case"},
		{write(t, dir, "short.cordon", []byte("SQL")), "not a cordon case"},
		{c.Path(), fmt.Sprintf("format %d", Format+1)},
		{earlier.Path(), "another build made it"},
	}
	for _, tt := range tests {
		got, err := Open(t.Context(), tt.path)
		if err == nil {
			got.Close()
			t.Errorf("%s was opened", tt.path)
		} else if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %q, want one line with %q", tt.path, err, tt.want)
		}
	}
}

func TestVerify_noticesAFlippedByte(t *testing.T) {
	t.Parallel()
	c, _ := build(t, write(t, t.TempDir(), "a.log", []byte(lines(800))))
	sound(t, c)
	for _, sql := range []string{
		`UPDATE chunk SET data = CAST(substr(data, 1, 50) || x'00' || substr(data, 52) AS BLOB)`,
		`UPDATE event SET time = time + 1 WHERE id = 400`,
		`UPDATE entity SET name = 'user-X' WHERE name = 'user-3'`,
		`UPDATE posting SET segment = segment + 1 WHERE entity = (SELECT max(entity) FROM posting)`,
		`DELETE FROM columns`,
		`UPDATE columns SET cells = CAST(substr(cells, 1, length(cells) - 1) || x'07' AS BLOB)`,
		`UPDATE columns SET segment = segment + 1`,
	} {
		copied, err := os.ReadFile(c.Path())
		if err != nil {
			t.Fatal(err)
		}
		bad, err := Open(t.Context(), write(t, t.TempDir(), "bad.cordon", copied))
		if err != nil {
			t.Fatal(err)
		}
		if err := bad.update(t.Context(), func(conn *sqlite.Conn) error { return exec(conn, sql) }); err != nil {
			t.Fatal(err)
		}
		checks, err := bad.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		broken := 0
		for _, check := range checks {
			if !check.OK {
				broken++
			}
		}
		if broken == 0 {
			t.Errorf("after %s every check holds", sql)
		}
		bad.Close()
	}
}

// drawLog draws a log with known and unknown types, odd values, repeated lines,
// blanks and broken lines.
func drawLog(t *rapid.T, label string) string {
	var b strings.Builder
	b.WriteString(line("user.login", rapid.IntRange(1, 40).Draw(t, label+" first"), "") + "\n") // so that it is a log
	for range rapid.IntRange(0, 40).Draw(t, label+" lines") {
		n := rapid.IntRange(1, 40).Draw(t, label+" n")
		who := rapid.SampledFrom([]string{"ann", "bob", "ann@example.com", "", "é\u202e", "00000000-0000-4000-8000-00000000000a"}).Draw(t, label+" who")
		event := rapid.SampledFrom([]string{"user.login", "session.start", "cert.create", "access_list.member.create", "user.create", "never.heard.of"}).Draw(t, label+" event")
		more := fmt.Sprintf(`"user":%q,"updated_by":%q,"sid":"00000000-0000-4000-8000-%012d","roles":["r1","r%d"],"identity":{"user":%q,"roles":["r1","r1"]},"members":[{"member_name":"m1"},{"member_name":%q}],"name":%q`, who, who, n%5, n%3, who, who, who)
		switch rapid.IntRange(0, 9).Draw(t, label+" sort") {
		case 0:
			b.WriteString("\n")
		case 1:
			b.WriteString(`{"event":"half` + "\n")
		case 2:
			b.WriteString(line(event, n, more) + "\r\n")
		default:
			b.WriteString(line(event, n, more) + "\n")
		}
	}
	return b.String()
}

func TestIngest_properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "case")
		if err != nil {
			rt.Fatal(err)
		}
		logs := []string{drawLog(rt, "a"), drawLog(rt, "b"), drawLog(rt, "c")}
		var paths []string
		for i, log := range logs {
			paths = append(paths, write(t, dir, fmt.Sprintf("%d.log", i), []byte(log)))
		}
		make := func(name string, order []int, apart bool) *Case {
			var in []string
			for _, i := range order {
				in = append(in, paths[i])
			}
			first := in
			if apart {
				first = in[:1]
			}
			c, _, err := Build(t.Context(), filepath.Join(dir, name+Extension), first, Options{})
			if err != nil {
				rt.Fatal(err)
			}
			if apart {
				for _, p := range in[1:] {
					if _, err := c.Ingest(t.Context(), []string{p}, Options{}); err != nil {
						rt.Fatal(err)
					}
				}
				if _, err := c.Ingest(t.Context(), in, Options{}); err != nil {
					rt.Fatal(err)
				}
			}
			return c
		}
		together, shuffled := make("together", []int{0, 1, 2}, false), make("shuffled", []int{2, 0, 1}, false)
		apart := make("apart", []int{1, 2, 0}, true)
		defer together.Close()
		defer shuffled.Close()
		defer apart.Close()
		want := digest(t, together)
		if d := differing(want, digest(t, shuffled)); d != "" {
			rt.Fatalf("sources in another order: -want +got:\n%s", d)
		}
		if d := differing(want, digest(t, apart)); d != "" {
			rt.Fatalf("one after the other and twice: -want +got:\n%s", d)
		}
		for i, log := range logs {
			if got := replayed(t, together, int64(i+1)); string(got) != log {
				rt.Fatalf("source %d does not come back byte for byte", i)
			}
		}
		sound(t, together)
		sound(t, apart)
		naive(rt, together)
	})
}

// naive compares every posting list with a count made by looking at each event.
func naive(t *rapid.T, c *Case) {
	all, err := c.Window(context.Background(), Window{Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	type key struct {
		entity investigations.Entity
		role   investigations.Role
		typ    string
	}
	want := make(map[key]int)
	for _, e := range all {
		seen := make(map[key]bool)
		for _, v := range e.Involved {
			if k := (key{v.Entity, v.Role, e.Type}); !seen[k] {
				seen[k] = true
				want[k]++
			}
		}
	}
	got := make(map[key]int)
	for k := range want {
		groups, err := c.Groups(context.Background(), k.entity)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			got[key{k.entity, g.Role, g.Type}] = g.N
			if len(g.IDs) != g.N {
				t.Fatalf("%v: %d ids, n %d", k, len(g.IDs), g.N)
			}
		}
	}
	if d := cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)); d != "" {
		t.Fatalf("postings: -naive +index:\n%s", d)
	}
}

// A case is no evidence, least of all for itself.
func TestIngest_refusesACaseAsEvidence(t *testing.T) {
	t.Parallel()
	c, _ := build(t, write(t, t.TempDir(), "a.log", []byte(line("user.login", 1, "")+"\n")))
	_, err := c.Ingest(t.Context(), []string{c.path}, Options{})
	if err == nil || !strings.Contains(err.Error(), "not evidence") {
		t.Fatalf("%v, want a refusal", err)
	}
	if got := len(allEvents(t, c)); got != 1 {
		t.Fatalf("%d events afterwards, want 1", got)
	}
}
