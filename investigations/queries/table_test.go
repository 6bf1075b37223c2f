package queries

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
)

func TestCollector_keepsAtMostItsBounds(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{columns: []Column{{"a", "varchar"}}, rows: [][]any{{"x"}, {"y"}, {strings.Repeat("z", 100)}}}
	for _, test := range []struct {
		bounds Bounds
		rows   int
		cut    bool
	}{
		{Bounds{10, 1000}, 3, false},
		{Bounds{3, 1000}, 3, false},
		{Bounds{2, 1000}, 2, true},
		{Bounds{10, 50}, 2, true},
	} {
		got, err := NewCollector(test.bounds).Run(t.Context(), e, "SELECT")
		if err != nil || len(got.Rows) != test.rows || got.Cut != test.cut || got.Summary.Rows != test.rows {
			t.Errorf("%+v: %d rows, cut %v, %+v, %v", test.bounds, len(got.Rows), got.Cut, got.Summary, err)
		}
		if got.Rows[0][0] != "x" {
			t.Error("a row was used again")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewCollector(Bounds{10, 1000}).Run(ctx, e, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestRunReport_countsEachQuestionByDay(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{
		columns: []Column{{"event_date", "date"}, {"count", "bigint"}, {"user", "varchar"}},
		rows:    [][]any{{day(6), int64(2), "a"}, {day(5), int64(1), "a"}, {day(6), int64(3), "b"}},
		err:     errors.New("broken"), failOn: "system:masters",
	}
	r, err := RunReport(t.Context(), e, "")
	if err != nil || len(r.Parts) != 9 || r.Engine != "a fake" {
		t.Fatalf("%+v, %v", r, err)
	}
	p := r.Parts[0]
	if diff := cmp.Diff([]DayCount{{day(5), 1}, {day(6), 5}}, p.Days); diff != "" || p.Total != 6 || p.SQL != p.Query.SQL || len(p.Table.Rows) != 3 {
		t.Errorf("%s %+v", diff, p)
	}
	if diff := cmp.Diff([]int{0, 1, 5, 0}, Series(p.Days, day(4).Add(7*time.Hour), day(7).Add(time.Hour))); diff != "" {
		t.Error(diff)
	}
	if Series(p.Days, day(7), day(4)) != nil || Series(p.Days, time.Time{}, day(4)) != nil {
		t.Error("a series of no days")
	}
	want := []Subject{
		{Values: []any{"a"}, Total: 3, Days: []DayCount{{day(5), 1}, {day(6), 2}}}, {Values: []any{"b"}, Total: 3, Days: []DayCount{{day(6), 3}}},
	}
	if diff := cmp.Diff(want, p.Subjects); diff != "" || len(p.Who) != 1 || p.Who[0].Name != "user" {
		t.Errorf("%s %v", diff, p.Who)
	}
	if last := r.Parts[8]; last.Err == nil || last.Total != 0 {
		t.Errorf("%+v", last)
	}
}

// The values of a cluster are texts: they count like those of the case, and what
// is no day or no number fails its question alone.
func TestRunReport_countsTexts(t *testing.T) {
	t.Parallel()
	columns := []Column{{"event_date", "date"}, {"count", "bigint"}, {"user", "varchar"}}
	for _, test := range []struct {
		rows  [][]any
		total int64
		fails string
	}{
		{[][]any{{"2026-10-06", "2", "a"}, {"2026-10-05", "1", "a"}, {"2026-10-06", "3", nil}}, 6, ""},
		{[][]any{{"2026-10-06", "2", "a"}, {"yesterday", "1", "a"}}, 2, `event_date "yesterday"`},
		{[][]any{{"2026-10-06", "2", "a"}, {"2026-10-06", "1e9\x1b", "a"}}, 2, `count "1e9\x1b"`},
	} {
		p := runPart(t.Context(), &fakeEngine{columns: columns, rows: test.rows}, Named{SQL: "SELECT"}, "")
		if p.Total != test.total || (p.Err == nil) != (test.fails == "") || p.Err != nil && !strings.Contains(p.Err.Error(), test.fails) {
			t.Errorf("%v: total %d, %v", test.rows, p.Total, p.Err)
		}
		if test.fails == "" {
			if diff := cmp.Diff([]DayCount{{day(5), 1}, {day(6), 5}}, p.Days); diff != "" {
				t.Error(diff)
			}
		}
	}
}

func TestRunReport_ofOneIdentityLeavesOutWhatNamesNobody(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{columns: []Column{{"event_date", "date"}, {"count", "bigint"}, {"user", "varchar"}}}
	r, err := RunReport(t.Context(), e, "o'hara")
	if err != nil || len(e.asked) != 8 {
		t.Fatalf("%d asked, %v", len(e.asked), err)
	}
	for _, sql := range e.asked {
		if !strings.HasSuffix(sql, ") AS report WHERE user = 'o''hara' ORDER BY event_date") {
			t.Errorf("%s", sql)
		}
	}
	for _, p := range r.Parts {
		if (p.Query.Name == "long-lived-join-tokens") != (p.Unsaid != "") {
			t.Errorf("%s: %q", p.Query.Name, p.Unsaid)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := RunReport(ctx, e, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestRunReport_keepsABoundedTableButCountsAll(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{columns: []Column{{"event_date", "date"}, {"count", "bigint"}}}
	for range partBounds.Rows + 7 {
		e.rows = append(e.rows, []any{day(1), int64(1)})
	}
	p := runPart(t.Context(), e, Named{SQL: "SELECT"}, "")
	if !p.Table.Cut || len(p.Table.Rows) != partBounds.Rows || p.Total != int64(partBounds.Rows+7) || p.Err != nil {
		t.Errorf("cut %v, %d rows, total %d, %v", p.Table.Cut, len(p.Table.Rows), p.Total, p.Err)
	}
	e.columns = []Column{{"a", "varchar"}, {"b", "varchar"}}
	if p := runPart(t.Context(), e, Named{SQL: "SELECT"}, ""); p.Err == nil {
		t.Error("an answer without days was counted")
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sql  string // with | where the cursor is
		want []string
	}{
		{"SELECT * FROM |", []string{"cert_create", "exec", "session_start"}},
		{"SELECT * FROM ses|", []string{"session_start"}},
		{"select * from exec, |", []string{"cert_create", "exec", "session_start"}},
		{"SELECT comm| FROM exec", []string{"command"}},
		{"SELECT e.| FROM exec AS e", []string{"event_date", "command", "exitcode", "user"}},
		{"SELECT e.us| FROM exec e", []string{"user"}},
		{"SELECT exec.com| FROM exec", []string{"command"}},
		{"SELECT nothing.| FROM exec", nil},
		{"SELECT card| FROM exec", []string{"cardinality"}},
		{"SELECT 'comm|'", nil},
		{"SELECT -- comm|", nil},
		{"SELECT 12|", nil},
		{"SELECT a FROM exec WHERE \"us|\"", nil},
		{"wh|", []string{"where", "when"}},
	} {
		cursor := strings.IndexByte(test.sql, '|')
		sql := test.sql[:cursor] + test.sql[cursor+1:]
		got := Complete(sql, cursor, testViews, []string{"cardinality", "date_trunc"})
		if test.want == nil && len(got.Candidates) > 0 || len(got.Candidates) < len(test.want) {
			t.Errorf("%s: %v", test.sql, got.Candidates)
			continue
		}
		if diff := cmp.Diff(test.want, got.Candidates[:len(test.want)], cmp.Transformer("nil", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
			t.Errorf("%s: %s", test.sql, diff)
		}
	}
	if c := Complete("", 0, nil, nil); len(c.Candidates) != len(Keywords) {
		t.Errorf("at the start: %v", c)
	}
}

// A cluster gives arrays and rows as texts.
func TestEntitiesOf_readsArraysThatAreTexts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind, text string
		want       []string
	}{
		{"array", "[a, b]", []string{"a", "b"}},
		{"array(varchar)", "[a]", []string{"a"}},
		{"array", "[]", nil},
		{"array", "[{name=a, role=b}]", nil},
		{"row(name varchar)", "{name=a}", nil},
		{"varchar", "[a, b]", []string{"[a, b]"}},
	} {
		var got []string
		for _, v := range EntitiesOf([]Column{{Name: "roles", Type: test.kind}}, []any{test.text}, 0) {
			got = append(got, v.Entity.Name)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %s: %s", test.kind, test.text, diff)
		}
	}
}

func TestEntitiesOf(t *testing.T) {
	t.Parallel()
	entity := func(k investigations.Kind, name, label string) investigations.Involvement {
		return investigations.Involvement{Entity: investigations.Entity{Kind: k, Name: name}, Label: label}
	}
	const host = "2f9c7a10-0000-4000-8000-00000000000b"
	for _, test := range []struct {
		columns string
		row     []any
		at      int
		want    []investigations.Involvement
	}{
		{"user", []any{"dana"}, 0, []investigations.Involvement{entity(investigations.KindUser, "dana", "")}},
		{"compromised_identity", []any{"dana"}, 0, []investigations.Involvement{entity(investigations.KindUser, "dana", "")}},
		{"identity_user", []any{"dana"}, 0, []investigations.Involvement{entity(investigations.KindUser, "dana", "")}},
		{"created_user", []any{"relay"}, 0, []investigations.Involvement{entity(investigations.KindUser, "relay", "")}},
		{"threat_actor_ip", []any{"203.0.113.9:4711"}, 0, []investigations.Involvement{entity(investigations.KindAddress, "203.0.113.9", "")}},
		{"addr_remote", []any{"[2001:db8::1]:22"}, 0, []investigations.Involvement{entity(investigations.KindAddress, "2001:db8::1", "")}},
		{"session_recording_id", []any{"4be1"}, 0, []investigations.Involvement{entity(investigations.KindSession, "4be1", "")}},
		{"roles", []any{[]any{"a", "b"}}, 0, []investigations.Involvement{entity(investigations.KindRole, "a", ""), entity(investigations.KindRole, "b", "")}},
		{"server_id server_hostname", []any{host, "shop-1"}, 1, []investigations.Involvement{entity(investigations.KindHost, host, "shop-1")}},
		{"server_id server_hostname", []any{host, "shop-1"}, 0, []investigations.Involvement{entity(investigations.KindHost, host, "shop-1")}},
		{"server_hostname", []any{"shop-1"}, 0, nil},
		{"event name", []any{"user.create", "relay"}, 1, []investigations.Involvement{entity(investigations.KindUser, "relay", "")}},
		{"event name", []any{"role.created", "ops"}, 1, []investigations.Involvement{entity(investigations.KindRole, "ops", "")}},
		{"name", []any{"relay"}, 0, nil},
		{"event members", []any{"access_list.member.create", []any{Record{{"member_name", "eve"}, {"reason", "x"}}}}, 1, []investigations.Involvement{entity(investigations.KindUser, "eve", "")}},
		{"event_date event name event_date event name", []any{nil, "user.create", "relay", nil, "role.created", "ops"}, 2, []investigations.Involvement{entity(investigations.KindUser, "relay", "")}},
		{"event_date event name event_date event name", []any{nil, "user.create", "relay", nil, "role.created", "ops"}, 5, []investigations.Involvement{entity(investigations.KindRole, "ops", "")}},
		{"count user", []any{int64(3), "dana"}, 0, nil},
		{"user", []any{nil}, 0, nil},
		{"user", []any{""}, 0, nil},
		{"user", []any{"dana"}, 3, nil},
	} {
		var columns []Column
		for name := range strings.FieldsSeq(test.columns) {
			columns = append(columns, Column{Name: name})
		}
		got := EntitiesOf(columns, test.row, test.at)
		for i := range got {
			got[i].Role = investigations.RoleNone
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s, column %d: %s", test.columns, test.at, diff)
		}
	}
}
