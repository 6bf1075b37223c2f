package views

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"cordon/investigations/queries"
)

func TestRun_givesEachTypeAsItsGoValue(t *testing.T) {
	t.Parallel()
	out, _ := ask(t, linesOf(fewEvents), `SELECT event_date, event_time, uid, ei, ei * 1.5, server_labels, kubernetes_groups,
		event_time - TIMESTAMP '2025-03-01 09:00:00', ei > 1, NULL, members, now()
		FROM exec LEFT JOIN (SELECT members FROM access_list_member_create) ON true WHERE uid = '1'`)
	row := func(name string, kind int64) queries.Record {
		return queries.Record{{Name: "joined_on"}, {Name: "removed_on"}, {Name: "reason"}, {Name: "member_name", Value: name}, {Name: "membership_kind", Value: kind}}
	}
	want := []any{
		time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 3, 1, 10, 0, 0, 0, time.UTC), "1", int64(2), 3.0,
		`{"env":"prod","key":"k"}`,
		[]any{"a", "b"},
		time.Hour, true, nil,
		[]any{row("eve", 1), row("ops", 2)},
		noon,
	}
	for i, v := range out.rows[0] {
		if !reflect.DeepEqual(v, want[i]) {
			t.Errorf("%s is %#v, want %#v", out.columns[i].Name, v, want[i])
		}
	}
}

func TestRun_keepsBytesThatAreNoUTF8(t *testing.T) {
	t.Parallel()
	lines := linesOf("{\"event\":\"exec\",\"command\":\"a\xff\xc3b\\u0000\x80\",\"kubernetes_groups\":[\"\xfe\\\"\"]}")
	out, _ := ask(t, lines, "SELECT command, lower(command), substr(command, 2, 1), kubernetes_groups, kubernetes_groups[1], event_data, max_by(command, command), array_agg(command) FROM exec GROUP BY command, kubernetes_groups, event_data")
	want := []any{
		"a\xff\xc3b\x00\x80", "a\xff\xc3b\x00\x80", "\xff", []any{"\xfe\""}, "\xfe\"", string(lines[0]), "a\xff\xc3b\x00\x80", []any{"a\xff\xc3b\x00\x80"},
	}
	if !reflect.DeepEqual(out.rows[0], want) {
		t.Errorf("got  %q\nwant %q", out.rows[0], want)
	}
}

func TestRun_takesValuesOfAnotherTypeAsNullAndWarns(t *testing.T) {
	t.Parallel()
	lines := linesOf(`{"event":"user.create","user":{"a":1},"roles":"admin","expires":5,"ei":1.5,"uid":"1"}
{"event":"user.create","user":"bob","roles":["a",1],"ei":2,"uid":"2"}
{"event":"user.create","user":"bob","roles":["a",null],"ei":3.0,"uid":"3"}`)
	out, summary := ask(t, lines, "SELECT uid, user, roles, expires, ei FROM user_create ORDER BY uid")
	want := "1 | NULL | NULL | NULL | NULL\n2 | bob | NULL | NULL | 2\n3 | bob | [a, NULL] | NULL | 3"
	if got := strings.Join(out.lines(), "\n"); got != want {
		t.Errorf("got\n%s", got)
	}
	if len(summary.Warnings) != 1 || !strings.HasPrefix(summary.Warnings[0], "5 values have another JSON type") {
		t.Errorf("warnings: %q", summary.Warnings)
	}
}

// One odd line must not hide the others: what a function cannot work out is
// NULL, and said.
func TestRun_goesOnWhereAValueCannotBeWorkedOut(t *testing.T) {
	t.Parallel()
	lines := linesOf(`{"event":"cert.create","uid":"1","time":"2025-03-01T00:00:00Z","identity":{"expires":"soon"}}
{"event":"cert.create","uid":"2","time":"2025-03-01T00:00:00Z","identity":{"expires":"2025-03-05T00:00:00Z"}}`)
	const long = "from_iso8601_timestamp(identity_expires) - from_iso8601_timestamp(time) > INTERVAL '1' DAY"
	for _, sql := range []string{
		"SELECT uid FROM cert_create WHERE " + long,                                      // decided in the scan
		"SELECT uid FROM (SELECT uid, " + long + " AS long FROM cert_create) WHERE long", // decided by SQLite
	} {
		out, summary := ask(t, lines, sql)
		if len(out.rows) != 1 || out.rows[0][0] != "2" {
			t.Errorf("%s: %q", sql, out.lines())
		}
		if len(summary.Warnings) != 1 || !strings.Contains(summary.Warnings[0], `"soon" is no ISO 8601 timestamp`) {
			t.Errorf("%s: %q", sql, summary.Warnings)
		}
	}
	if _, summary := ask(t, lines, "SELECT try(from_iso8601_timestamp(identity_expires)), TRY_CAST(identity_expires AS date) FROM cert_create"); summary.Warnings != nil {
		t.Errorf("TRY warns: %q", summary.Warnings)
	}
}

func TestRun_stopsAtTheLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sql     string
		limit   int
		rows    int
		limited bool
	}{
		{"SELECT uid FROM exec", 3, 3, true},
		{"SELECT uid FROM exec", 4, 4, false},
		{"SELECT uid FROM exec LIMIT 2", 3, 2, false},
		{"SELECT uid FROM exec ORDER BY uid LIMIT 4", 1, 1, true},
		{"SELECT uid FROM exec OFFSET 3", 2, 1, false},
		{"SELECT uid FROM exec UNION ALL SELECT uid FROM exec", 5, 5, true},
		{"SELECT uid FROM exec", 0, 4, false},
	} {
		var out table
		s, err := newTestEngine(linesOf(fewEvents)).Run(t.Context(), c.sql, c.limit, &out)
		if err != nil || len(out.rows) != c.rows || s.Rows != c.rows || s.Limited != c.limited {
			t.Errorf("%s at most %d: %d rows, %+v, %v", c.sql, c.limit, len(out.rows), s, err)
		}
	}
}

// endless is a scanner that never ends by itself.
type endless struct{ started chan struct{} }

func (e endless) Scan(ctx context.Context, s *Scan, yield func([]Value, int64) error) (Read, error) {
	var once sync.Once
	row := make([]Value, len(s.Columns))
	for i := int64(0); ; i++ {
		once.Do(func() { close(e.started) })
		if err := ctx.Err(); err != nil {
			return Read{Events: i}, err
		}
		if err := yield(row, 1); err != nil {
			return Read{Events: i}, err
		}
	}
}

func TestRun_endsWhenItIsCancelled(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{
		"SELECT count(*) FROM exec WHERE user IS NULL",
		"SELECT uid FROM exec ORDER BY uid",
		"SELECT DISTINCT uid FROM exec LIMIT 5",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		e := endless{started: make(chan struct{})}
		go func() {
			<-e.started
			cancel()
		}()
		_, err := New(e, time.Now, "endless").Run(ctx, sql, 0, &table{})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// SQLite alone is busy here: the scan has ended long before.
func TestRun_endsAJoinWhenItIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var lines lineScanner
	for range 3000 {
		lines = append(lines, []byte(`{"event":"exec","user":"a"}`))
	}
	scanner := cancelling{lines, cancel}
	_, err := New(scanner, time.Now, "join").Run(ctx, "SELECT count(*) FROM exec a, exec b, exec c WHERE a.user <> b.user || c.user", 0, &table{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// cancelling ends the query as soon as its third scan is through.
type cancelling struct {
	lineScanner
	cancel func()
}

func (c cancelling) Scan(_ context.Context, s *Scan, yield func([]Value, int64) error) (Read, error) {
	read, err := c.lineScanner.Scan(context.Background(), s, yield)
	if len(s.Columns) == 1 {
		time.AfterFunc(20*time.Millisecond, c.cancel)
	}
	return read, err
}

type failing struct{ err error }

func (f failing) Scan(context.Context, *Scan, func([]Value, int64) error) (Read, error) {
	return Read{}, f.err
}

func TestRun_handsOnTheErrorsOfScannerAndSink(t *testing.T) {
	t.Parallel()
	broken := errors.New("block 7 is damaged")
	_, err := New(failing{broken}, time.Now, "broken").Run(t.Context(), "SELECT count(*) FROM exec", 0, &table{})
	if !errors.Is(err, broken) {
		t.Errorf("scanner: %v", err)
	}
	_, err = newTestEngine(linesOf(fewEvents)).Run(t.Context(), "SELECT uid FROM exec", 0, fullSink{})
	if !errors.Is(err, errFull) {
		t.Errorf("sink: %v", err)
	}
}

var errFull = errors.New("the disk is full")

type fullSink struct{}

func (fullSink) Columns([]queries.Column) error { return nil }
func (fullSink) Row([]any) error                { return errFull }

func TestRun_boundsDepthLengthAndNumber(t *testing.T) {
	t.Parallel()
	many := func(n int, s, sep string) string { return strings.TrimSuffix(strings.Repeat(s+sep, n), sep) }
	for name, sql := range map[string]string{
		"parentheses":  "SELECT " + strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000),
		"NOT":          "SELECT " + strings.Repeat("NOT ", 5000) + "true",
		"minus":        "SELECT " + strings.Repeat("- ", 5000) + "1",
		"plus":         "SELECT " + many(5000, "1", "+"),
		"queries":      strings.Repeat("SELECT * FROM (", 2000) + "SELECT 1" + strings.Repeat(")", 2000),
		"subscripts":   "SELECT kubernetes_groups" + strings.Repeat("[1]", 5000) + " FROM exec",
		"types":        "SELECT CAST(NULL AS " + strings.Repeat("array(", 5000) + "varchar" + strings.Repeat(")", 5000) + ")",
		"unions":       many(1000, "SELECT 1", " UNION ALL "),
		"joins":        "SELECT 1 FROM exec a" + strings.Repeat(" JOIN exec ON true", 500),
		"length":       "SELECT '" + strings.Repeat("x", 2<<20) + "'",
		"stars":        "SELECT " + many(400, "*", ",") + " FROM session_start",
		"WITH doubled": "WITH a0 AS (SELECT 1 AS x)" + doubled(30) + " SELECT * FROM a30",
		"scalars":      strings.Repeat("SELECT (", 60) + "SELECT 1" + strings.Repeat(")", 60),
		"views":        "SELECT 1 FROM " + many(70, "exec", ","),
	} {
		_, err := newTestEngine(nil).Run(t.Context(), sql, 0, &table{})
		var e *queries.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Long but flat is no trouble.
	for name, sql := range map[string]string{
		"or":      "SELECT count(*) FROM exec WHERE " + many(3000, "user = 'x'", " OR "),
		"or join": "SELECT count(*) FROM exec a JOIN auth b ON " + many(3000, "a.user = b.code", " OR "),
		"in":      "SELECT count(*) FROM exec WHERE user IN (" + many(10000, "'a'", ",") + ")",
		"case":    "SELECT CASE user " + many(1000, "WHEN 'a' THEN 1", " ") + " END FROM exec",
		"queries": strings.Repeat("SELECT uid FROM (", 70) + "SELECT uid FROM exec" + strings.Repeat(")", 70),
		"scalars": strings.Repeat("SELECT (", 30) + "SELECT 1" + strings.Repeat(")", 30),
		"not":     "SELECT a.uid FROM exec a, auth b WHERE " + strings.Repeat("NOT (a.uid = b.uid OR ", 45) + "a.uid < b.uid" + strings.Repeat(")", 45),
		"exists":  strings.Repeat("SELECT 1 FROM exec WHERE EXISTS (", 35) + "SELECT 1" + strings.Repeat(")", 35),
		"unions":  many(140, "SELECT uid FROM (SELECT 1 AS uid)", " UNION "),
		"joins":   "SELECT count(*) FROM exec a0" + joined(50),
		"columns": "SELECT " + many(1500, "uid", ",") + " FROM exec",
	} {
		if _, err := newTestEngine(linesOf(fewEvents)).Run(t.Context(), sql, 0, &table{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// joined writes joins, each with the table before it.
func joined(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, " LEFT JOIN exec a%d ON a%d.uid = a%d.uid", i, i-1, i)
	}
	return b.String()
}

// doubled writes queries each of which reads the one before it twice.
func doubled(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, ", a%d AS (SELECT l.x FROM a%d l, a%d r)", i, i-1, i-1)
	}
	return b.String()
}

func TestRun_answersSeveralAtOnce(t *testing.T) {
	t.Parallel()
	e := newTestEngine(linesOf(fewEvents))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var out table
			if _, err := e.Run(t.Context(), "SELECT count(*) FROM exec WHERE command LIKE '%a%' OR length(command) = 2", 0, &out); err != nil || out.rows[0][0] != int64(3) {
				t.Errorf("%v %v", out.rows, err)
			}
		})
	}
	wg.Wait()
}

func TestEngine_listsItsViews(t *testing.T) {
	t.Parallel()
	e := newTestEngine(nil)
	list, err := e.Views(t.Context())
	if err != nil || e.Name() != "the test" {
		t.Fatal(err)
	}
	byName := map[string]queries.View{}
	for i, v := range list {
		byName[v.Name] = v
		if i > 0 && list[i-1].Name >= v.Name {
			t.Errorf("%s stands behind %s", v.Name, list[i-1].Name)
		}
		if v.Doc == "" || len(v.Columns) < 10 || v.Columns[0].Name != "event_date" {
			t.Errorf("%+v", v)
		}
	}
	if byName["exec"].Extra || !byName["events"].Extra || !byName["role_created"].Extra || byName["exec"].Hidden[0].Name != "event_data" {
		t.Error("Extra or Hidden is wrong")
	}
}

// The connection holds nothing that could be written, and refuses to write.
func TestRun_letsTheConnectionReadOnly(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{
		"CREATE TABLE x(a)", "CREATE TEMP TABLE x(a)", "ATTACH ':memory:' AS x", "PRAGMA user_version = 1", "VACUUM",
		"INSERT INTO sqlite_master VALUES (1,2,3,4,5)", "SELECT load_extension('x')", "ANALYZE",
	} {
		r := &run{ctx: t.Context(), scanner: lineScanner{}, program: &program{sql: sql, notes: newNotes()}}
		if _, err := r.answer(0, &table{}); err == nil {
			t.Errorf("%s was run", sql)
		}
	}
}
