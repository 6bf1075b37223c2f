package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"
)

// inventedResults have every kind of line: a peer that won, one that is missing, one
// that failed midway, answers that differ, a report that only the peer has.
func inventedResults() *results {
	ingest := func(cpu, wall float64, peak, store int64) []sample {
		return []sample{{Work: workIngest, Rows: 1_000_000, CPUMS: cpu, WallMS: wall, Peak: peak, Store: store}}
	}
	ms := func(work string, rows int64, wall float64) sample {
		return sample{Work: work, Rows: rows, WallMS: wall, CPUMS: wall * 2}
	}
	answered := func(s sample, answer string) sample { s.Answer = answer; return s }
	return &results{
		Machine: machine{Date: "2026-11-21", System: "linux/amd64", CPU: "Invented CPU", Cores: 2, Memory: 16, Load: []float64{0.5, 2.25, 1.5}},
		Log:     logFile{Lines: 1_000_000, Bytes: 800_000_000, Made: true, Identity: "mallory@example.com", Command: "etc/shadow", Text: "203.0.113.66"},
		Rounds:  2,
		Versions: []version{
			{"cordon", "1.2.3"}, {"DuckDB", "v4.5.6"},
		},
		Contests: []contest{
			{
				Group: groupIngest, Peer: "DuckDB: its columns",
				Ours:   [][]sample{ingest(5000, 3000, 90e6, 160e6), ingest(7000, 4000, 100e6, 160e6)},
				Theirs: [][]sample{ingest(20000, 10000, 1200e6, 480e6), ingest(20000, 10000, 1300e6, 480e6)},
			},
			{Group: groupIngest, Peer: "lnav: its index", Missing: notInstalled},
			{Group: groupIngest, Peer: "sqlite3: its indexes", Ours: [][]sample{ingest(6000, 3500, 80e6, 160e6)}, Missing: "failed: disk full"},
			{
				Group: groupAsk, Peer: "DuckDB",
				Ours: [][]sample{{
					ms(workOpen, 0, 2), ms(workFirst, 5, 40), ms(workPivot+"users", 3, 0.5), ms(workWarm, 5, 16), ms(workCommands, 9, 8), ms(workReport, 0, 25),
					answered(ms(workAudit+"certificates", 7, 6), "a"), answered(ms(workPrivileged, 70, 30), "c"),
				}},
				Theirs: [][]sample{{
					ms(workOpen, 0, 50), ms(workFirst, 5, 80), ms(workPivot+"users", 4, 5), ms(workWarm, 5, 32), ms(workCommands, 9, 4), ms(workAudit+"failed logins", 7, 3),
					answered(ms(workAudit+"certificates", 7, 3), "b"), answered(ms(workPrivileged, 70, 40), "c"),
				}},
			},
			{Group: groupProcess, Ours: [][]sample{{ms(workProcessPivot, 5, 60)}}},
		},
		Commands: []string{"DIR/cordon ingest LOG"},
	}
}

func TestMarkdown_golden(t *testing.T) {
	t.Parallel()
	if !canDropCache {
		t.Skip("the tables are those of a system whose page cache can be dropped")
	}
	golden.RequireEqual(t, []byte(markdown(inventedResults())))
}

func TestTarget_verdict(t *testing.T) {
	t.Parallel()
	both, plain := target{reach: 0.4, stretch: 0.33}, target{reach: 150}
	for _, c := range []struct {
		of   target
		v    float64
		want string
	}{
		{both, 0.33, "reached, and the stretch"},
		{both, 0.34, "reached"},
		{both, 0.4, "reached"},
		{both, 0.5, "**missed** by 25 %"},
		{plain, 1, "reached"},
		{plain, 299, "**missed** by 99 %"},
		{plain, 300, "**missed**, 2×"},
		{plain, 45000, "**missed**, 300×"},
	} {
		if got := c.of.verdict(c.v); got != c.want {
			t.Errorf("verdict(%v) = %q, want %q", c.v, got, c.want)
		}
	}
}

func TestTargets_ofAnotherSizeHaveNoVerdict(t *testing.T) {
	t.Parallel()
	res := inventedResults()
	res.Log.Lines = 100_000
	var d document
	d.targets(res)
	if got := d.String(); strings.Contains(got, "reached") || strings.Contains(got, "missed") {
		t.Errorf("a verdict on a log of another size:\n%s", got)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	got := []string{
		thousands(0), thousands(999), thousands(1000), thousands(1234567),
		number(0.333, "×"), number(1.3, "×"), number(1, "×"), number(15.26, "ms"), number(20, "ms"), number(149.6, "MB"), number(0.25, ""),
	}
	want := []string{"0", "999", "1,000", "1,234,567", "0.33×", "1.3×", "1×", "15.3 ms", "20 ms", "150 MB", "0.25"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseSamples(t *testing.T) {
	t.Parallel()
	got, err := parseSamples([]byte(`[{"work":"open","wall_ms":1.5,"cpu_ms":2,"rows":3}]`))
	if diff := cmp.Diff([]sample{{Work: "open", Rows: 3, WallMS: 1.5, CPUMS: 2}}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, bad := range []string{"", "no JSON", `[{"wall_ms":1}]`, `[{"work":"w","wall_ms":-1}]`, `[{"work":"w","rows":-1}]`, `{"work":"w"}`} {
		if _, err := parseSamples([]byte(bad)); err == nil {
			t.Errorf("%q was taken for figures", bad)
		}
	}
}

func TestLastNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		out  string
		want int64
		ok   bool
	}{
		{"1000000\n", 1_000_000, true},
		{"n\n42\n", 42, true}, // a CSV with its heading
		{"off\nexclusive\n\"7\"\r\n", 7, true},
		{"", 0, false},
		{"12 rows\n", 0, false},
		{"99999999999999999999\n", 0, false},
	} {
		got, err := lastNumber([]byte(c.out))
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("lastNumber(%q) = %d, %v", c.out, got, err)
		}
	}
}

func TestAnswersOfCordon(t *testing.T) {
	t.Parallel()
	if n, err := eventsOf([]byte(`{"case":"c","added":{"events":5,"duplicates":2,"rejects":1}}`)); n != 8 || err != nil {
		t.Errorf("eventsOf = %d, %v", n, err)
	}
	if _, err := eventsOf([]byte("5 new events")); err == nil {
		t.Error("a text was taken for the answer of ingest")
	}
	pivots := make([]string, len(eightPivots))
	for i, a := range eightPivots {
		pivots[i] = `"` + a.key + `":{"events":2}`
	}
	whole := `{"pivots":{"bots":{"events":100},` + strings.Join(pivots, ",") + `}}`
	if n, err := pivotEvents([]byte(whole)); n != 16 || err != nil {
		t.Errorf("pivotEvents = %d, %v", n, err)
	}
	if _, err := pivotEvents([]byte(`{"pivots":{}}`)); err == nil {
		t.Error("an answer without pivots was taken")
	}
}

func TestReadLog_countsALineThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"": 0, "{}\n": 1, "{}\n{}": 2, "\n\n": 2} {
		path := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if l, err := readLog(path); l.Lines != want || l.Bytes != int64(len(text)) || err != nil {
			t.Errorf("%q: %+v, %v", text, l, err)
		}
	}
}

func TestWhatProgramsSay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"3.40.1 2022-12-28 14:03:47 abc":      "3.40.1",
		"lnav 0.11.1":                         "0.11.1",
		"ClickHouse client version 18.16.1.":  "18.16.1",
		"jq-1.6":                              "1.6",
		"ripgrep 13.0.0 (rev af6b6c543b)":     "13.0.0",
		"something that tells nothing at all": "something that tells nothing at all",
	} {
		if got := versionIn(text); got != want {
			t.Errorf("versionIn(%q) = %q", text, got)
		}
	}
	if got := valueOf("a: 1\nmodel name\t: Some CPU @ 2: fast\n", "model name"); got != "Some CPU @ 2: fast" {
		t.Errorf("valueOf = %q", got)
	}
	if v, ok := parseLoad("1.25 0.50 0.10 1/99 4242\n"); v != 1.25 || !ok {
		t.Errorf("parseLoad = %v, %v", v, ok)
	}
	if _, ok := parseLoad(""); ok {
		t.Error("nothing was taken for a load")
	}
	if got := lastLine([]byte("one\ntwo\n\n")); got != "two" {
		t.Errorf("lastLine = %q", got)
	}
}

func TestBench_namesNoFolderOfThisMachine(t *testing.T) {
	t.Parallel()
	b := &bench{dir: "/private/place", log: "/private/place/log.jsonl", w: os.Stderr}
	b.note(process{argv: []string{"/private/place/cordon", "events", "--filter", `event:exec "it's"`, "/private/place/log.jsonl"}})
	b.note(process{argv: []string{"sqlite3", "/private/place/sqlite.db"}, stdin: "SELECT 1;\n"})
	b.note(process{argv: []string{"sqlite3", "/private/place/sqlite.db"}, stdin: "SELECT 1;\n"})
	want := []string{
		`DIR/cordon events --filter 'event:exec "it'\''s"' LOG`,
		"sqlite3 DIR/sqlite.db <<'END'\nSELECT 1;\nEND",
	}
	if diff := cmp.Diff(want, b.commands); diff != "" {
		t.Error(diff)
	}
}
