package overview

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

func incident(t *testing.T) *tuitest.Case {
	t.Helper()
	c, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestReadRoster_countsEachEventOnce(t *testing.T) {
	t.Parallel()
	r, err := readRoster(t.Context(), incident(t))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, k := range r.identities {
		got[k.entity.Name] = k.events
	}
	want := map[string]int{"dana@example.com": 13, "omar@example.com": 2, "relay@example.com": 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadActivity_putsEveryEventIntoABucket(t *testing.T) {
	t.Parallel()
	a, err := readActivity(t.Context(), incident(t), tuitest.Dana)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, n := range a.buckets {
		sum += n
	}
	if sum != 13 || a.buckets[0] == 0 || len(thin(make([]int64, 100), 7)) != 7 {
		t.Errorf("%d events in buckets %v", sum, a.buckets)
	}
}

func TestLeadName_saysTheKindWhereTheNameDoesNot(t *testing.T) {
	t.Parallel()
	const id = "7f1c0000-0000-4000-8000-000000000001"
	for _, test := range []struct {
		kind        investigations.Kind
		name, label string
		want        string
	}{
		{investigations.KindUser, "a@example.com", "", "a@example.com"},
		{investigations.KindRequest, id, "", "request 7f1c0000"},
		{investigations.KindHost, id, "web-1", "web-1"},
		{investigations.KindOSLogin, "root", "", "as root"},
		{investigations.KindRole, "x\x1b[2J", "", "role x␛[2J"},
	} {
		if got := leadName(investigations.Entity{Kind: test.kind, Name: test.name}, test.label); got != test.want {
			t.Errorf("%q, not %q", got, test.want)
		}
	}
}

func TestFailed_saysWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	styles, err := themes.New(themes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := incident(t)
	env := pane.Env{Evidence: c, Clock: still{}, Styles: styles, Work: pane.NewWork(), Out: &pane.Outbox{}, Machines: &pane.Machines{}}
	p := New(env)
	p.size.X, p.size.Y = 80, 24
	p.subject.Entity = tuitest.Dana
	if p.report, err = readReport(t.Context(), env, tuitest.Dana); err != nil {
		t.Fatal(err)
	}
	p.failed(loadActivity, pane.LoadedMsg{Err: context.Canceled})
	p.failed(loadHands, pane.LoadedMsg{Err: errors.New("the disk\x1b is gone")})
	var got []string
	for _, r := range p.rows {
		if strings.Contains(r.rest.String(), "not read") {
			got = append(got, r.rest.String())
		}
	}
	if diff := cmp.Diff([]string{"! hands not read: the disk␛ is gone"}, got); diff != "" {
		t.Error(diff)
	}
}
