package queries

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var at = time.Date(2024, 3, 20, 12, 12, 3, 374_000_000, time.UTC)

func TestText_isWhatAthenaPrints(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		value any
		typ   string
		want  string
	}{
		{nil, "varchar", ""},
		{"a 'b'", "varchar", "a 'b'"},
		{true, "boolean", "true"},
		{int64(-7), "integer", "-7"},
		{1.0, "double", "1.0"},
		{0.25, "double", "0.25"},
		{1e7, "double", "1.0E7"},
		{1.5e-4, "double", "1.5E-4"},
		{math.Inf(-1), "double", "-Infinity"},
		{math.NaN(), "double", "NaN"},
		{at, "timestamp(3)", "2024-03-20 12:12:03.374"},
		{at.In(time.FixedZone("x", 3600)), "timestamp(3) with time zone", "2024-03-20 12:12:03.374 UTC"},
		{at.Truncate(24 * time.Hour), "date", "2024-03-20"},
		{26*time.Hour + 3*time.Minute + 4*time.Second + 5*time.Millisecond, "interval day to second", "1 02:03:04.005"},
		{-time.Second, "interval day to second", "-0 00:00:01.000"},
		{[]any{"a", "b"}, "array(varchar)", "[a, b]"},
		{[]any{}, "array(varchar)", "[]"},
		{[]any{nil, int64(1)}, "array(integer)", "[null, 1]"},
		{[]any{at}, "array(date)", "[2024-03-20]"},
		{Record{{"a", "x"}, {"b", nil}, {"c", []any{"y"}}}, "row(a varchar)", "{a=x, b=null, c=[y]}"},
	} {
		if got := Text(test.value, test.typ); got != test.want {
			t.Errorf("%v as %s: %q, want %q", test.value, test.typ, got, test.want)
		}
	}
}

func write(t interface{ Fatal(...any) }, make func(*bytes.Buffer) Writer, columns []Column, rows ...[]any) string {
	var b bytes.Buffer
	w := make(&b)
	if columns != nil {
		if err := w.Columns(columns); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range rows {
		if err := w.Row(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asJSON(b *bytes.Buffer) Writer { return NewJSON(b) }
func asTctl(b *bytes.Buffer) Writer { return NewTctl(b) }
func asCSV(b *bytes.Buffer) Writer  { return NewCSV(b) }

var mixed = []Column{{"user", "varchar"}, {"event_time", "timestamp(3)"}, {"event_date", "date"}, {"roles", "array(varchar)"}, {"members", "array(row(a varchar))"}, {"n", "bigint"}}

func TestJSON_isAnArrayOfObjects(t *testing.T) {
	t.Parallel()
	got := write(t, asJSON, mixed,
		[]any{"a\"b\x1b\u202e", at, at, []any{"x", nil}, []any{Record{{"a", "y"}}}, int64(3)},
		[]any{nil, nil, nil, nil, nil, nil})
	want := `[
{"user":"a\"b\u001b\u202e","event_time":"2024-03-20T12:12:03.374Z","event_date":"2024-03-20","roles":["x",null],"members":[{"a":"y"}],"n":3},
{"user":null,"event_time":null,"event_date":null,"roles":null,"members":null,"n":null}
]
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	labels := []Column{{"l", "json"}}
	if got := write(t, asJSON, labels, []any{"{\"a\":\n\"b\u009b\\u001b\u202e\"}"}, []any{"no { json\x1b"}); got != "[\n{\"l\":{\"a\":\"b\\u009b\\u001b\\u202e\"}},\n{\"l\":\"no { json\\u001b\"}\n]\n" {
		t.Errorf("JSON in JSON: %q", got)
	}
	if got := write(t, asJSON, mixed) + write(t, asJSON, nil); got != "[]\n[]\n" {
		t.Errorf("nothing is %q", got)
	}
	if got := write(t, asJSON, []Column{{"id", "varchar"}, {"id", "varchar"}}, []any{"1", "2"}); got != "[\n{\"id\":\"1\",\"id\":\"2\"}\n]\n" {
		t.Errorf("two columns of one name: %q", got)
	}
}

func TestTctl_isWhatTctlPrints(t *testing.T) {
	t.Parallel()
	got := write(t, asTctl, []Column{{"event_time", "timestamp(3)"}, {"identity_user", "varchar"}, {"roles", "array(varchar)"}}, []any{at, "alice", []any{"a", "b"}}, []any{nil, "", nil})
	want := `[
    {
        "data": [
            "event_time",
            "identity_user",
            "roles"
        ]
    },
    {
        "data": [
            "2024-03-20 12:12:03.374",
            "alice",
            "[a, b]"
        ]
    },
    {
        "data": [
            "",
            "",
            ""
        ]
    }
]
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := write(t, asTctl, nil); got != "[]\n" {
		t.Errorf("nothing is %q", got)
	}
}

func TestCSV_hasNoCellThatASpreadsheetComputes(t *testing.T) {
	t.Parallel()
	columns := []Column{{"=a", "varchar"}, {"n", "bigint"}, {"f", "double"}}
	got := write(t, asCSV, columns,
		[]any{"=1+1", int64(-5), -0.5}, []any{" @x", nil, nil}, []any{"a,\"b\"\nc\x1b[31m", int64(1), 1e7}, []any{[]any{"-x"}, nil, nil}, []any{"＝1", nil, nil}, []any{"plain", nil, nil})
	want := "'=a,n,f\n'=1+1,-5,-0.5\n' @x,,\n\"a,\"\"b\"\"\nc\\u001b[31m\",1,1.0E7\n[-x],,\n'＝1,,\nplain,,\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Any text comes back as it was from JSON and from tctl's form, and no form
// lets a terminal have a control character.
func TestWriters_anyTextIsDataInEveryForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("=+-@\t\r\n|\x00\x1b\x7f\u009b\u202e\u200b\U000e0001\"',\\a ")))).Draw(t, "text")
		columns := []Column{{"c", "varchar"}}
		var objects []map[string]string
		inJSON := write(t, asJSON, columns, []any{text})
		if err := json.Unmarshal([]byte(inJSON), &objects); err != nil || objects[0]["c"] != text {
			t.Fatalf("%q: %v in %s", text, err, inJSON)
		}
		var lines []struct{ Data []string }
		inTctl := write(t, asTctl, columns, []any{text})
		if err := json.Unmarshal([]byte(inTctl), &lines); err != nil || lines[1].Data[0] != text {
			t.Fatalf("%q: %v in %s", text, err, inTctl)
		}
		inCSV := write(t, asCSV, columns, []any{text}, []any{"end"})
		rows, err := csv.NewReader(strings.NewReader(inCSV)).ReadAll()
		if err != nil || rows[len(rows)-1][0] != "end" {
			t.Fatalf("%q: %v in %s", text, err, inCSV)
		}
		if len(rows) == 3 && strings.ContainsAny(strings.TrimLeft(rows[1][0], " ")[:min(1, len(strings.TrimLeft(rows[1][0], " ")))], "=+-@\t\r\n|") {
			t.Fatalf("%q became %q", text, rows[1][0])
		}
		for _, out := range []string{inJSON, inTctl, inCSV} {
			for _, r := range out {
				if r != '\n' && r != '\t' && (unicode.IsControl(r) || r == '\u202e' || r == '\u200b') {
					t.Fatalf("%U is in %q", r, out)
				}
			}
		}
	})
}
