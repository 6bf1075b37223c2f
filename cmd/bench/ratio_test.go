package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   []float64
		want float64
	}{
		{nil, 0},
		{[]float64{7}, 7},
		{[]float64{9, 1}, 5},
		{[]float64{3, 1, 2}, 2},
		{[]float64{4, 1, 3, 2}, 2.5},
	} {
		in := slices.Clone(c.in)
		if got := median(in); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.in, got, c.want)
		}
		if !slices.Equal(in, c.in) {
			t.Errorf("median(%v) changed its argument", c.in)
		}
	}
}

// took is a run of one piece of work.
func took(work string, cpu float64) []sample { return []sample{{Work: work, CPUMS: cpu}} }

func TestContest_ratioIsTheMedianOfThePairs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		ours, theirs [][]sample
		want         float64
		ok           bool
	}{
		{
			// The medians are 2 and 10, whose ratio is no pair's.
			"a neighbour that wakes up slows both sides of a pair",
			[][]sample{took("w", 1), took("w", 2), took("w", 30)},
			[][]sample{took("w", 4), took("w", 10), took("w", 60)},
			0.25, true,
		},
		{"a half pair does not count", [][]sample{took("w", 1), took("w", 100)}, [][]sample{took("w", 2)}, 0.5, true},
		{"a figure that is missing makes no pair", [][]sample{took("w", 0), took("w", 3)}, [][]sample{took("w", 5), took("w", 6)}, 0.5, true},
		{"other work", [][]sample{took("v", 1)}, [][]sample{took("w", 1)}, 0, false},
		{"nobody there", [][]sample{took("w", 1)}, nil, 0, false},
	} {
		got, ok := contest{Ours: c.ours, Theirs: c.theirs}.ratio("w", cpuOf)
		if got != c.want || ok != c.ok {
			t.Errorf("%s: ratio = %v, %v, want %v, %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

func TestContest_disagree(t *testing.T) {
	t.Parallel()
	rows := func(n int64) [][]sample { return [][]sample{{{Work: "w", Rows: n}}} }
	for _, c := range []struct {
		ours, theirs int64
		want         bool
		shown        string
	}{
		{5, 5, false, "5"},
		{5, 6, true, "5 ≠ 6"},
		{0, 6, false, "6"}, // a side that does not count has no say
		{5, 0, false, "5"},
		{0, 0, false, "–"},
	} {
		got := contest{Ours: rows(c.ours), Theirs: rows(c.theirs)}
		if got.disagree("w") != c.want || got.rows("w") != c.shown {
			t.Errorf("%d and %d: disagree %v, shown %q", c.ours, c.theirs, got.disagree("w"), got.rows("w"))
		}
	}
}

func TestPlay_takesTurnsAndLeavesOutWhoFails(t *testing.T) {
	t.Parallel()
	var order []string
	side := func(name string, err error) experiment {
		return func(context.Context) ([]sample, error) {
			order = append(order, name)
			return took("w", 1), err
		}
	}
	b := &bench{options: options{rounds: 3}, w: io.Discard, dir: "/somewhere", log: "/somewhere/log"}
	g := group{name: "g", ours: side("cordon", nil), against: []opponent{
		{"first", side("first", nil), ""},
		{"absent", nil, notInstalled},
		{"broken", side("broken", errors.New("cannot read /somewhere/log")), ""},
	}}
	var res results
	if err := b.play(t.Context(), g, &res); err != nil {
		t.Fatal(err)
	}
	want := "cordon first cordon broken cordon first cordon first"
	if got := strings.Join(order, " "); got != want {
		t.Errorf("order %q, want %q", got, want)
	}
	type seen struct {
		peer, missing string
		ours, theirs  int
	}
	var got []seen
	for _, c := range res.Contests {
		got = append(got, seen{c.Peer, c.Missing, len(c.Ours), len(c.Theirs)})
	}
	if diff := cmp.Diff([]seen{
		{"first", "", 3, 3}, {"absent", notInstalled, 0, 0}, {"broken", "failed: cannot read LOG", 1, 0},
	}, got, cmp.AllowUnexported(seen{})); diff != "" {
		t.Error(diff)
	}
}

func TestPlay_cordonRunsAlone(t *testing.T) {
	t.Parallel()
	b := &bench{options: options{rounds: 2}, w: io.Discard}
	g := group{name: "g", ours: func(context.Context) ([]sample, error) { return took("w", 4), nil }, against: []opponent{{"absent", nil, notInstalled}}}
	var res results
	if err := b.play(t.Context(), g, &res); err != nil {
		t.Fatal(err)
	}
	if v, ok := middle(res.ours("g"), "w", cpuOf); v != 4 || !ok || len(res.ours("g")) != 2 {
		t.Errorf("cordon's figures: %v", res.ours("g"))
	}
}

func TestAsked_wants(t *testing.T) {
	t.Parallel()
	by := func(key string) asked {
		return eightPivots[slices.IndexFunc(eightPivots, func(a asked) bool { return a.key == key })]
	}
	for _, c := range []struct {
		of   asked
		kind string
		role investigations.Role
		want bool
	}{
		{by("commands"), "exec", investigations.RoleActor, true},
		{by("commands"), "exec", investigations.RoleSubject, false},
		{by("commands"), "executed", investigations.RoleActor, false},
		{by("access_lists"), "access_list.member.delete_all_for_list", investigations.RoleUpdater, true},
		{by("access_lists"), "access_list.create", investigations.RoleUpdater, false},
		{by("users"), "user.update", investigations.RoleUpdater, true},
		{by("users"), "user.update", investigations.RoleSubject, false},
		{by("access_requests"), "access_request.review", investigations.RoleActor, false},
		{reviews, "access_request.review", investigations.RoleReviewer, true},
	} {
		if got := c.of.wants(pivot.Group{Type: c.kind, Role: c.role}); got != c.want {
			t.Errorf("%s wants %s as %s: %v", c.of.key, c.kind, c.role, got)
		}
	}
}

func TestPeers_answerTheSameQuestions(t *testing.T) {
	t.Parallel()
	works := []string{workOpen, workFirst, workWarm, workCommands, workAnyField}
	for _, a := range eightPivots {
		works = append(works, workPivot+a.key)
		if len(pivot.Types(investigations.KindUser, a.key)) == 0 {
			t.Errorf("cordon has no pivot %q", a.key)
		}
	}
	for _, w := range works {
		if !strings.Contains(duckdbScript, "'"+w+"'") {
			t.Errorf("the script of DuckDB does not know %q", w)
		}
	}
}

func TestParseFlags(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args string
		want string // of the error; empty: none
	}{
		{"", ""},
		{"-n 10 -rounds 1 -peers none", ""},
		{"-peers lnav,rg", ""},
		{"-peers lnav,splunk", "splunk"},
		{"-peers lnav,none", "none"},
		{"-n 0", "at least 1"},
		{"-file x", "-identity"},
		{"-file x -identity alice@example.com", ""},
		{"-text a*b", "plain"},
		{"-identity o'hara@example.com", "plain"},
		{"more", "unexpected"},
		{"-only ingest", ""},
		{"-only ask", "-dir"},
		{"-only process -dir d", ""},
		{"-only nothing", "nothing"},
	} {
		var w bytes.Buffer
		_, err := parseFlags(strings.Fields(c.args), &w)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%q: %v", c.args, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%q: %v, want something about %q", c.args, err, c.want)
		}
	}
}
