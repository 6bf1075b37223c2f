package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cordon/investigations/extract"
	"cordon/investigations/queries"
	"cordon/store/views"

	"zombiezen.com/go/sqlite"
)

// oddValues are JSON texts as servers, pipelines and attackers write them.
var oddValues = []string{
	`"al"`, `"al"`, `"bo"`, `"al@example.com"`, `"ssh"`, `"kube"`, `""`, `null`, `true`, `false`, `7`, `-0.5e3`, `{}`, `{"user":"deep"}`, `[]`, `["a"]`, `["b","a"]`,
	" [ \"a\" , \"b\" ] ", `["a",1]`, `[null]`, `["a\u00e9\n"]`, `"\u0061l"`, `"x\ud83dy"`, `"\ud83d\ude00"`, "\"\xff\xfe\"", `"@5"`, `"+5"`, `"\\\"/"`,
	`"2026-03-01T21:00:00.10Z"`, `"2026-03-01T21:00:00+02:00"`, `"0001-01-01T00:00:00Z"`, strings.Repeat("[", 400) + strings.Repeat("]", 400),
}

// rareValues are those after which a segment reads a column another way: times
// that hang on their event, and what is longer than a column keeps.
var rareValues = []string{
	`"2026-03-01T21:00:00Z"`, `"2026-03-01T21:00:00.5Z"`, `"2026-03-01T21:00:00.123456789Z"`, `"` + strings.Repeat("x", longestValue) + `"`,
}

// oddLine writes an event of a type whose fields hold odd values: keys stand
// twice, in other spellings, below arrays, or with something else in the place
// of an object.
func oddLine(r *rand.Rand, n int, set extract.ColumnSet) string {
	value := func() string {
		if r.IntN(150) == 0 {
			return rareValues[r.IntN(len(rareValues))]
		}
		return oddValues[r.IntN(len(oddValues))]
	}
	var members []string
	for range r.IntN(2 * len(set.Paths)) {
		path := set.Paths[r.IntN(len(set.Paths))]
		if path == "time" {
			continue
		}
		outer, inner, nested := strings.Cut(path, "/")
		switch {
		case r.IntN(20) == 0 && len(outer) > 1:
			members = append(members, fmt.Sprintf(`"\u%04x%s":%s`, outer[0], outer[1:], value()))
		case r.IntN(20) == 0:
			members = append(members, fmt.Sprintf(`%q:%s`, strings.NewReplacer(".", "_", "/", "_").Replace(path), value()))
		case r.IntN(20) == 0 && nested:
			members = append(members, fmt.Sprintf(`%q:[{%q:%s}]`, outer, inner, value()))
		case r.IntN(20) == 0:
			members = append(members, fmt.Sprintf(`%q:%s`, outer, value()))
		case nested:
			var more []string
			for _, p := range set.Paths {
				if o, i, ok := strings.Cut(p, "/"); ok && o == outer && r.IntN(2) == 0 {
					more = append(more, fmt.Sprintf(`%q:%s`, i, value()))
				}
			}
			members = append(members, fmt.Sprintf(`%q: {%s}`, outer, strings.Join(more, ",")))
		default:
			members = append(members, fmt.Sprintf(`%q:%s`, path, value()))
		}
	}
	if at := time.UnixMilli(1772355600000 + r.Int64N(200_000_000)).UTC(); r.IntN(20) > 0 {
		members = append(members, fmt.Sprintf(`"time":%q`, at.Format([]string{time.RFC3339Nano, "2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05Z"}[r.IntN(3)])))
	}
	members = append(members, fmt.Sprintf(`"uid":"u%d"`, n))
	r.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return fmt.Sprintf(`{"event":%q,%s}`, set.Event, strings.Join(members, ","))
}

// naiveEvent is a line as encoding/json reads it.
type naiveEvent struct {
	line string
	json map[string]any
}

// column is what a column says of the line.
func (e naiveEvent) column(t testing.TB, col *views.Column) string {
	t.Helper()
	switch col.Source {
	case views.FromTime, views.FromDay:
		s, _ := e.json["time"].(string)
		at, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return "NULL"
		}
		if col.Source == views.FromDay {
			return fmt.Sprint("date ", at.UTC().Truncate(24*time.Hour).Unix()/86400)
		}
		return fmt.Sprint("time ", at.UnixMilli())
	case views.FromLine:
		return fmt.Sprintf("%q", []rune(e.line))
	}
	var v any = e.json
	for _, key := range col.Path {
		object, _ := v.(map[string]any)
		v = object[key]
	}
	switch v := v.(type) {
	case string:
		if col.Type.Base == views.Varchar {
			return fmt.Sprintf("%q", []rune(v))
		}
	case bool:
		if col.Type.Base == views.Boolean {
			return fmt.Sprint(v)
		}
	case []any:
		if col.Type.Base != views.Array || slices.ContainsFunc(v, func(e any) bool { _, text := e.(string); return !text && e != nil }) {
			return "NULL"
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	return "NULL"
}

// written is a value as naiveEvent writes it.
func written(t testing.TB, v views.Value) string {
	t.Helper()
	switch v.Kind {
	case views.Text:
		return fmt.Sprintf("%q", []rune(v.Text))
	case views.Bool:
		return fmt.Sprint(v.Int == 1)
	case views.Date:
		return fmt.Sprint("date ", v.Int)
	case views.Time:
		return fmt.Sprint("time ", v.Int)
	case views.JSON:
		var a any
		if err := json.Unmarshal([]byte(v.Text), &a); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	return "NULL"
}

// oddCase builds a case of odd lines in two segments, and a copy of it without
// its columns, which must read everything from the lines.
func oddCase(t *testing.T, r *rand.Rand, n int) (hot, cold *Case, truth map[int64]naiveEvent) {
	t.Helper()
	sets := append([]extract.ColumnSet{{Event: "user.create", Paths: []string{"user", "name", "roles", "updated_by"}}}, extract.ColumnTable...)
	var parts [2]bytes.Buffer
	for i := range n {
		parts[i*2/n].WriteString(oddLine(r, i, sets[r.IntN(len(sets))]) + "\n")
	}
	dir := t.TempDir()
	files := []string{write(t, dir, "a.log", parts[0].Bytes()), write(t, dir, "b.log", parts[1].Bytes())}
	for i, into := range []**Case{&hot, &cold} {
		c, report, err := Build(t.Context(), filepath.Join(dir, fmt.Sprint(i)+Extension), files[:1], Options{})
		if err != nil || report.Rejects > 0 {
			t.Fatal(err, report.Rejects)
		}
		t.Cleanup(func() { c.Close() })
		if _, err := c.Ingest(t.Context(), files[1:], Options{}); err != nil {
			t.Fatal(err)
		}
		*into = c
	}
	if err := cold.update(t.Context(), func(conn *sqlite.Conn) error { return exec(conn, `DELETE FROM columns`) }); err != nil {
		t.Fatal(err)
	}
	truth = make(map[int64]naiveEvent)
	for id, line := range rawLines(t, hot, events(t, hot)) {
		e := naiveEvent{line: line}
		if err := json.Unmarshal([]byte(line), &e.json); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		truth[id] = e
	}
	return hot, cold, truth
}

// The columns kept, the lines, and encoding/json tell the same, whatever is asked.
func TestScan_columnsAndLinesTellTheSame(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 11))
	hot, cold, truth := oddCase(t, r, 1500)
	asks := 3
	if rounds() > 0 {
		asks = 30
	}
	asked := append([]extract.ColumnSet{{Event: "user.create", Paths: []string{"user", "name", "roles"}}, {Event: "", Paths: []string{"user", "success"}}}, extract.ColumnTable...)
	for _, set := range asked {
		view := viewOf(set.Event)
		var of []naiveEvent
		for _, e := range truth {
			if view.Event == "" || e.json["event"] == view.Event {
				of = append(of, e)
			}
		}
		if len(of) < 100 {
			t.Fatalf("%d events of %s prove nothing", len(of), view.Name)
		}
		for range asks {
			ask, naive := randomScan(t, r, view, set.Paths)
			want := make(map[string]int64)
			for _, e := range of {
				if row, ok := naive(e); ok {
					want[row]++
				}
			}
			for name, c := range map[string]*Case{"columns": hot, "lines": cold} {
				got := make(map[string]int64)
				read, err := c.Scan(t.Context(), ask, func(row []views.Value, n int64) error {
					var parts []string
					for _, v := range row[:ask.Shown] {
						parts = append(parts, written(t, v))
					}
					if got[strings.Join(parts, " ")] += n; n != 1 && !ask.Counted {
						t.Errorf("%s: a row for %d events", view.Name, n)
					}
					return nil
				})
				if err != nil || read.Events != int64(len(of)) {
					t.Fatalf("%s: %+v events of %d, %v", view.Name, read, len(of), err)
				}
				if !maps.Equal(got, want) {
					t.Fatalf("%s by %s, columns %v, shown %d:\n got %v\nwant %v", view.Name, name, set.Paths, ask.Shown, got, want)
				}
			}
		}
	}
}

// randomScan asks for some columns of a view under some conditions, and says
// what it must answer for an event.
func randomScan(t *testing.T, r *rand.Rand, view *views.View, paths []string) (*views.Scan, func(naiveEvent) (string, bool)) {
	ask := &views.Scan{View: view, Counted: r.IntN(2) == 0}
	columns := []*views.Column{view.Column("event_date"), view.Column("event_time")}
	if r.IntN(4) == 0 {
		columns = append(columns, view.Column("event_data"), view.Column("uid"))
	}
	for _, path := range paths {
		columns = append(columns, view.Column(strings.ToLower(strings.NewReplacer(".", "_", "/", "_").Replace(path))))
	}
	r.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	ask.Columns = columns[:1+r.IntN(min(5, len(columns)))]
	if at := view.Column("time"); at != nil && r.IntN(3) == 0 && !slices.Contains(ask.Columns, at) {
		ask.Columns = append(slices.Clone(ask.Columns), at)
	}
	ask.Shown = r.IntN(len(ask.Columns) + 1)
	type check struct {
		uses  []int
		holds func(values []string) bool
		is    string // the only text for which it can hold
		times bool   // it takes its columns as times and refuses NULL
	}
	var checks []check
	for range r.IntN(3) {
		a, b, sought := r.IntN(len(ask.Columns)), r.IntN(len(ask.Columns)), strings.Trim(oddValues[r.IntN(7)], `"`)
		one := func(holds func(string) bool) check {
			return check{uses: []int{a}, holds: func(v []string) bool { return holds(v[0]) }}
		}
		checks = append(checks, []check{
			one(func(v string) bool { return v == "NULL" }), one(func(v string) bool { return v != "NULL" }),
			{uses: []int{a}, is: sought, holds: func(v []string) bool { return v[0] == fmt.Sprintf("%q", []rune(sought)) }},
			{uses: []int{a, b}, holds: func(v []string) bool { return v[0] <= v[1] }},
			{uses: []int{a, b}, times: true, holds: func(v []string) bool {
				first, err := time.Parse(`"`+time.RFC3339Nano+`"`, instantText(v[0]))
				second, err2 := time.Parse(`"`+time.RFC3339Nano+`"`, instantText(v[1]))
				return err == nil && err2 == nil && first.UnixMilli() <= second.UnixMilli()
			}},
		}[r.IntN(5)])
	}
	for _, c := range checks {
		cond := views.Condition{Uses: c.uses, Holds: func(values []views.Value) bool {
			var texts []string
			for _, v := range values {
				texts = append(texts, written(t, v))
			}
			return c.holds(texts)
		}}
		if c.is != "" {
			cond.Equals = []string{c.is, "nobody"}
		}
		if c.times {
			cond.Instants, cond.NotNull = []bool{true, true}, []bool{true, true}
		}
		ask.Where = append(ask.Where, cond)
	}
	return ask, func(e naiveEvent) (string, bool) {
		var row []string
		for _, col := range ask.Columns {
			row = append(row, e.column(t, col))
		}
		for _, c := range checks {
			var values []string
			for _, u := range c.uses {
				values = append(values, row[u])
			}
			if !c.holds(values) {
				return "", false
			}
		}
		return strings.Join(row[:ask.Shown], " "), true
	}
}

// instantText is a time as a scan may give it to a condition, or the text that
// tells it, as characters in quotes: the text in quotes.
func instantText(s string) string {
	if ms, ok := strings.CutPrefix(s, "time "); ok {
		n, _ := strconv.ParseInt(ms, 10, 64)
		return `"` + time.UnixMilli(n).UTC().Format(time.RFC3339Nano) + `"`
	}
	return `"` + strings.NewReplacer("'", "", " ", "", "[", "", "]", "").Replace(s) + `"`
}

func TestColumns_ofSomeEvents(t *testing.T) {
	t.Parallel()
	hot, _, truth := oddCase(t, rand.New(rand.NewPCG(3, 5)), 400)
	names := []string{"user", "identity_user", "event_time", "uid", "no_such_column"}
	var ids []int64
	for id := range truth {
		if id%3 > 0 {
			ids = append(ids, id, id)
		}
	}
	seen := make(map[int64]bool)
	err := hot.Columns(t.Context(), ids, names, func(id int64, values []views.Value) error {
		if seen[id] || id%3 == 0 {
			t.Errorf("event %d comes unasked or twice", id)
		}
		seen[id] = true
		for i, name := range names {
			want := "NULL"
			if col := viewOf(truth[id].json["event"].(string)).Column(name); col != nil {
				want = truth[id].column(t, col)
			}
			if got := written(t, values[i]); got != want {
				t.Errorf("%s of %s: %s, want %s", name, truth[id].line, got, want)
			}
		}
		return nil
	})
	if err != nil || len(seen) != len(ids)/2 {
		t.Errorf("%d of %d events, %v", len(seen), len(ids)/2, err)
	}
	if err := hot.Columns(t.Context(), []int64{1 << 40}, names, nil); err == nil {
		t.Error("an event that is not there has columns")
	}
}

// A feed writes its segment again with what comes: the columns too.
func TestScan_ofASegmentThatGrows(t *testing.T) {
	t.Parallel()
	c := fed(t, bytes.Split([]byte(strings.TrimSpace(lines(60))), []byte{'\n'}), 7)
	verified(t, c)
	var rows answerRows
	if _, err := c.Engine(time.Now).Run(t.Context(), `SELECT event_date, success, method, count(*) FROM user_login GROUP BY 1, 2, 3`, 0, &rows); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(rows); got != "[[2026-03-01 00:00:00 +0000 UTC true <nil> 60]]" {
		t.Errorf("%s", got)
	}
}

func TestScan_endsWhenItsTakerDoes(t *testing.T) {
	t.Parallel()
	c, _ := build(t, write(t, t.TempDir(), "a.log", []byte(lines(5000))))
	view := viewOf("user.login")
	for _, columns := range [][]*views.Column{{view.Column("user")}, {view.Column("uid")}} {
		enough := errors.New("enough")
		n := 0
		_, err := c.Scan(t.Context(), &views.Scan{View: view, Columns: columns, Shown: 1}, func([]views.Value, int64) error { n++; return enough })
		if !errors.Is(err, enough) || n != 1 {
			t.Errorf("%v after %d rows", err, n)
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, err = c.Scan(ctx, &views.Scan{View: view, Columns: columns, Shown: 1}, func([]views.Value, int64) error { cancel(); return nil })
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	}
}

// The engine of a case answers audit SQL from both: what is kept by column and
// what is read from the lines.
func TestEngine_answersFromTheCase(t *testing.T) {
	t.Parallel()
	c, _ := build(t, write(t, t.TempDir(), "a.log", []byte(lines(2000))))
	for sql, want := range map[string]string{
		`SELECT user, count(*) AS n FROM user_login WHERE user IN ('user-1', 'user-2') GROUP BY user ORDER BY user`: "[[user-1 286] [user-2 286]]",
		`SELECT uid FROM user_login WHERE user = 'user-3' ORDER BY uid LIMIT 1`:                                     "[[00000000-0000-4000-8000-000000000004]]",
		`SELECT count(*) FROM events WHERE user = 'user-3'`:                                                         "[[286]]",
		`SELECT count(*) FROM exec`: "[[0]]",
	} {
		var rows answerRows
		if _, err := c.Engine(time.Now).Run(t.Context(), sql, 0, &rows); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(rows); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

type answerRows [][]any

func (*answerRows) Columns([]queries.Column) error { return nil }

func (r *answerRows) Row(values []any) error {
	*r = append(*r, slices.Clone(values))
	return nil
}

// BenchmarkPrivilegedAccessReport asks the nine questions of the report of the
// case that CORDON_BENCH_CASE names, else of a small one.
func BenchmarkPrivilegedAccessReport(b *testing.B) {
	var c *Case
	if path := os.Getenv("CORDON_BENCH_CASE"); path != "" {
		var err error
		if c, err = Open(b.Context(), path); err != nil {
			b.Fatal(err)
		}
		defer c.Close()
	} else {
		c, _ = build(b, write(b, b.TempDir(), "a.log", []byte(lines(20_000))))
	}
	engine := c.Engine(time.Now)
	for b.Loop() {
		for _, q := range queries.ReportQueries() {
			if _, err := engine.Run(b.Context(), q.SQL, 0, new(answerRows)); err != nil {
				b.Fatal(err)
			}
		}
	}
}
