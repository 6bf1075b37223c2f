package events

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/safetext"
	"cordon/tui/tuitest"
)

func TestRead_answersEveryKindOfRequest(t *testing.T) {
	t.Parallel()
	c, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	sel, err := c.Select(t.Context(), filter.Expr{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := sel.Window(t.Context(), nil, false, 100)
	if err != nil {
		t.Fatal(err)
	}
	middle := all[8].Position()
	lost := middle // where no event stands
	lost.ID, lost.UID = 99, "zz"
	type answer struct {
		First, Last    int64
		AtStart, AtEnd bool
		Before         int
	}
	for _, test := range []struct {
		name    string
		request grid.Request[investigations.Position]
		want    answer
	}{
		{"first", grid.Request[investigations.Position]{Kind: grid.First, Limit: 4}, answer{1, 4, true, false, 0}},
		{"last", grid.Request[investigations.Position]{Kind: grid.Last, Limit: 4}, answer{13, 16, false, true, 0}},
		{"last of few", grid.Request[investigations.Position]{Kind: grid.Last, Limit: 40}, answer{1, 16, true, true, 0}},
		{"after", grid.Request[investigations.Position]{Kind: grid.After, Key: middle, Limit: 3}, answer{10, 12, false, false, 0}},
		{"before", grid.Request[investigations.Position]{Kind: grid.Before, Key: middle, Limit: 30}, answer{1, 8, true, false, 0}},
		{"around", grid.Request[investigations.Position]{Kind: grid.Around, Key: middle, Limit: 4}, answer{7, 11, false, false, 2}},
		{"around one that is gone", grid.Request[investigations.Position]{Kind: grid.Around, Key: lost, Limit: 4}, answer{7, 11, false, false, 2}},
		{"around the end", grid.Request[investigations.Position]{Kind: grid.Around, Key: investigations.Position{Time: 1 << 50}, Limit: 4}, answer{15, 16, false, true, 1}},
	} {
		w, err := read(t.Context(), sel, test.request)
		if err != nil {
			t.Fatal(err)
		}
		got := answer{w.events[0].ID, w.events[len(w.events)-1].ID, w.atStart, w.atEnd, w.before}
		if diff := cmp.Diff(test.want, got); diff != "" && test.name != "around one that is gone" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestMainEntity_isTheNarrowestThingTheEventNames(t *testing.T) {
	t.Parallel()
	c, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	sel, err := c.Select(t.Context(), filter.Expr{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := sel.Window(t.Context(), nil, false, 100)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"user.login": "dana@example.com", "cert.create": "dana@example.com", "session.start": "dana@example.com",
		"mfa.add": "mfa_device:77777777-0000-4000-8000-000000000001", "user.create": "relay@example.com",
		"access_request.create": "request:7f1c0000-0000-4000-8000-000000000001", "exec": "dana@example.com",
	}
	for i := range all {
		if name, ok := want[all[i].Type]; ok && all[i].ID < 15 && all[i].ID != 5 {
			if got := mainEntity(&all[i]).Entity.String(); got != name {
				t.Errorf("%s: %s", all[i].Type, got)
			}
		}
	}
	if got := mainEntity(&investigations.Event{}); !got.Entity.IsZero() {
		t.Errorf("an empty event is about %v", got)
	}
}

func textOf(lines []draw.Line) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l.String()
	}
	return strings.Join(out, "\n")
}

func TestPretty_keepsOrderAndNeverFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, raw, want string }{
		{"object", `{"b":1.50,"a":{"c":[true,null,"x"]},"":"e"}`, "b  1.50\na  \n  c  \n    -  true\n    -  null\n    -  x\n\"\"  e"},
		{"escapes", `{"k\u001b":"v\u0007"}`, "k␛  v␇"},
		{"half a line", `{"a":1,"b`, `{"a":1,"b`},
		{"no JSON", "a\x1bb", "a␛b"},
		{"empty", "", ""},
	} {
		if got := textOf(pretty([]byte(test.raw))); got != test.want {
			t.Errorf("%s: %q, not %q", test.name, got, test.want)
		}
	}
	deep := strings.Repeat("[", 200_000)
	if got := pretty([]byte(deep)); len(got) == 0 || len(got) > 2 {
		t.Errorf("%d lines of a deep line", len(got))
	}
	many := `{"a":[` + strings.Repeat("1,", 5000) + `1]}`
	if got := pretty([]byte(many)); len(got) != maxFields+1 || !strings.Contains(textOf(got[maxFields:]), "y copies") {
		t.Errorf("%d lines of a long line", len(got))
	}
}

func TestFold_cutsNothingOff(t *testing.T) {
	t.Parallel()
	lines := pretty([]byte(`{"command":"` + strings.Repeat("very long ", 30) + `"}`))
	var all string
	for _, l := range fold(lines, 30) {
		if safetext.Width(l.String()) > 30 {
			t.Errorf("%q is too wide", l.String())
		}
		all += strings.TrimPrefix(l.String(), "    ")
	}
	if !strings.Contains(all, strings.Repeat("very long ", 30)) {
		t.Errorf("something is missing of %q", all)
	}
}
