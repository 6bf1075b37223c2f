package queries

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations/journal"
)

func TestAll_holdsTheReportTheResponseAndTheExamples(t *testing.T) {
	t.Parallel()
	count := map[Group]int{}
	names := map[string]bool{}
	for _, n := range All() {
		count[n.Group]++
		if names[n.Name] {
			t.Errorf("%s is there twice", n.Name)
		}
		names[n.Name] = true
		if n.Title == n.Name || n.About == "" {
			t.Errorf("%s says nothing of itself", n.Name)
		}
		if n.Group == GroupReport && (n.Suggest == "" || n.NeedsIdentity()) {
			t.Errorf("%s: suggestion %q, identity %v", n.Name, n.Suggest, n.NeedsIdentity())
		}
		if n.Group == GroupResponse && !n.NeedsIdentity() {
			t.Errorf("%s asks for no identity", n.Name)
		}
	}
	if diff := cmp.Diff(map[Group]int{GroupReport: 9, GroupResponse: 7, GroupExamples: 6}, count); diff != "" {
		t.Error(diff)
	}
	if len(ReportQueries()) != 9 {
		t.Error("the report has not nine questions")
	}
}

func TestParse_readsTheHeaderAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	got, err := Parse("mine", "-- title: A title: with a colon\r\n--suggest:Do it\n-- my own words\nSELECT 1 -- x\n")
	want := Named{Name: "mine", Title: "A title: with a colon", Suggest: "Do it", SQL: "-- my own words\nSELECT 1 -- x"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, bad := range []struct{ name, text, says string }{
		{"a b", "SELECT 1", "letters, digits"},
		{"", "SELECT 1", "missing"},
		{"-rf", "SELECT 1", "does not begin with -"},
		{"x\u202e", "SELECT 1", "letters, digits"},
		{"x", " \n", "no SQL"},
		{"x", "-- title: only that", "no SQL"},
		{"x", "SELECT <COMPROMISED_IDENTITY>", "inside quotes"},
		{"x", `SELECT "<COMPROMISED_IDENTITY>"`, "inside quotes"},
		{"x", "SELECT '\xff'", "no text"},
		{"x", strings.Repeat(" ", maxText+1), "no text"},
	} {
		if _, err := Parse(bad.name, bad.text); err == nil || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%q %.40q: %v", bad.name, bad.text, err)
		}
	}
}

func TestLoad_takesTheGoodAndReportsTheBad(t *testing.T) {
	t.Parallel()
	got, err := Load(fstest.MapFS{
		"02-second.sql": {Data: []byte("SELECT 2")}, "01-first.sql": {Data: []byte("SELECT 1")}, "notes.txt": {Data: []byte("x")},
		"bad.sql": {Data: []byte("")}, "huge.sql": {Data: make([]byte, maxText+1)},
	}, GroupOwn)
	var names []string
	for _, n := range got {
		names = append(names, n.Name)
	}
	if !slices.Equal(names, []string{"first", "second"}) || got[0].Group != GroupOwn {
		t.Errorf("%v", got)
	}
	if err == nil || !strings.Contains(err.Error(), "bad.sql: it holds no SQL") || !strings.Contains(err.Error(), "huge.sql") {
		t.Errorf("%v", err)
	}
}

func TestWith_makesTheIdentityAPartOfAString(t *testing.T) {
	t.Parallel()
	n := Named{SQL: "-- <COMPROMISED_IDENTITY>\nSELECT '<COMPROMISED_IDENTITY>', '%<COMPROMISED_IDENTITY>%', 'it''s' /* <COMPROMISED_IDENTITY> */"}
	got, err := n.With("o'hara' OR 1=1 --")
	want := "-- <COMPROMISED_IDENTITY>\nSELECT 'o''hara'' OR 1=1 --', '%o''hara'' OR 1=1 --%', 'it''s' /* <COMPROMISED_IDENTITY> */"
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// Whatever an identity is called, the query keeps its shape: the same tokens,
// but for the text of the strings.
func TestWith_noIdentityChangesTheShapeOfAQuery(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		identity := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-'"/*; a-z\n]{0,20}`)).Draw(t, "identity")
		for _, n := range All() {
			sql, err := n.With(identity)
			if err != nil {
				t.Fatal(err)
			}
			was, is := Tokens(n.SQL), Tokens(sql)
			if len(was) != len(is) {
				t.Fatalf("%s: %d tokens became %d", n.Name, len(was), len(is))
			}
			for i := range was {
				before, after := n.SQL[was[i].Start:was[i].End], sql[is[i].Start:is[i].End]
				if was[i].Kind != is[i].Kind || was[i].Open != is[i].Open || is[i].Kind != TokenString && before != after {
					t.Fatalf("%s: %q became %q", n.Name, before, after)
				}
				if strings.Contains(before, Placeholder) && after != Quote(identity) {
					t.Fatalf("%s: %q", n.Name, after)
				}
			}
		}
	})
}

func TestTokens_areTheWholeText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sql := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-'"/*; a-z0-9\n._]{0,40}`)).Draw(t, "sql")
		at := 0
		for _, token := range Tokens(sql) {
			if token.Start != at || token.End <= at {
				t.Fatalf("%q: token %+v at %d", sql, token, at)
			}
			at = token.End
		}
		if at != len(sql) {
			t.Fatalf("%q ends at %d", sql, at)
		}
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	sql := "SELECT a1, \"b\"\"c\" -- x\n FROM v /* y */ WHERE d='it''s' AND 1.5>ä 'open"
	type piece struct {
		Kind TokenKind
		Text string
	}
	var got []piece
	for _, tok := range Tokens(sql) {
		if tok.Kind != TokenSpace {
			got = append(got, piece{tok.Kind, sql[tok.Start:tok.End]})
		}
	}
	want := []piece{
		{TokenWord, "SELECT"},
		{TokenWord, "a1"},
		{TokenSymbol, ","},
		{TokenQuoted, `"b""c"`},
		{TokenComment, "-- x"},
		{TokenWord, "FROM"},
		{TokenWord, "v"},
		{TokenComment, "/* y */"},
		{TokenWord, "WHERE"},
		{TokenWord, "d"},
		{TokenSymbol, "="},
		{TokenString, "'it''s'"},
		{TokenWord, "AND"},
		{TokenNumber, "1.5"},
		{TokenSymbol, ">"},
		{TokenWord, "ä"},
		{TokenString, "'open"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for text, open := range map[string]bool{"'a": true, "'a'": false, `"a`: true, "/* a": true, "/* a */": false, "''": false, "'": true} {
		if tok := Tokens(text); len(tok) != 1 || tok[0].Open != open {
			t.Errorf("%q: %+v", text, tok)
		}
	}
}

func TestFind_theLastOfANameCounts(t *testing.T) {
	t.Parallel()
	all := []Named{{Name: "a", SQL: "1"}, {Name: "b"}, {Name: "a", SQL: "2"}}
	if n, ok := Find(all, "a"); !ok || n.SQL != "2" {
		t.Errorf("%v %v", n, ok)
	}
	if _, ok := Find(all, "c"); ok {
		t.Error("found what is not there")
	}
}

func TestSavedIn_readsBackWhatWasSavedRenewedAndTakenAway(t *testing.T) {
	t.Parallel()
	var entries []journal.Entry
	for _, s := range []Saved{{"a", "SELECT 1"}, {"b", "SELECT 2"}, {"c", "SELECT 3"}, {"a", "-- title: A\nSELECT 4"}, {"b", ""}} {
		e, err := s.Entry()
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	entries = append(entries, journal.Entry{Action: journal.ActionQuerySave, Detail: "{"}, journal.Entry{Action: journal.ActionNote, Detail: `{"name":"d","sql":"SELECT 5"}`})
	want := []Named{{Name: "a", Group: GroupSaved, Title: "A", SQL: "SELECT 4"}, {Name: "c", Group: GroupSaved, Title: "c", SQL: "SELECT 3"}}
	if diff := cmp.Diff(want, SavedIn(entries)); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []Saved{{"a b", "SELECT 1"}, {"a", "SELECT <COMPROMISED_IDENTITY>"}} {
		if _, err := bad.Entry(); err == nil {
			t.Errorf("%v was saved", bad)
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	sql := "SELECT ä,\r\n  nam FROM x"
	for _, test := range []struct {
		line, col         int
		before, at, after string
	}{
		{2, 3, "  ", "nam", " FROM x"},
		{1, 9, "SELECT ä", ",", ""},
		{1, 99, "SELECT ä,", "", ""},
		{3, 1, "", "", ""},
		{0, 0, "", "", ""},
	} {
		before, at, after := (&Error{Line: test.line, Col: test.col}).Excerpt(sql)
		if before != test.before || at != test.at || after != test.after {
			t.Errorf("%d:%d: %q %q %q", test.line, test.col, before, at, after)
		}
	}
}
