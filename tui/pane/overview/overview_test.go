package overview

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/lineage"
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

func TestReadHands_groupsByAddress(t *testing.T) {
	t.Parallel()
	hands, bound, err := readHands(t.Context(), incident(t), tuitest.Dana)
	if err != nil || bound {
		t.Fatal(bound, err)
	}
	at := func(s string) time.Time {
		m, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	want := []hand{
		{address: "198.51.100.7", first: at("2026-10-05T08:00:01Z"), last: at("2026-10-05T08:10:00Z"), logins: 1, certs: 1, sessions: 1},
		{address: "203.0.113.66", first: at("2026-10-06T22:02:50Z"), last: at("2026-10-06T22:03:33Z"), logins: 1, failed: 1, certs: 1, sessions: 1, other: 1},
	}
	if diff := cmp.Diff(want, hands, cmp.AllowUnexported(hand{})); diff != "" {
		t.Error(diff)
	}
	if acts := hands[1].acts(); acts != 5 {
		t.Errorf("%d acts", acts)
	}
}

func TestReadScope_countsWhatALockWouldCut(t *testing.T) {
	t.Parallel()
	c := incident(t)
	whole, err := lineage.Of(t.Context(), c, tuitest.Dana, lineage.DefaultDepth)
	if err != nil {
		t.Fatal(err)
	}
	target := contain.Target{Field: contain.FieldUser, Value: tuitest.Dana.Name}
	for _, test := range []struct {
		lock                       *contain.Lock
		contained, planned, unsure int
	}{
		{nil, 0, 0, 0},
		{&contain.Lock{Name: "l", Targets: []contain.Target{target}, Dry: true, EndSaid: true}, 0, 1, 0},
		{&contain.Lock{Name: "l", Targets: []contain.Target{target}, EndSaid: true}, 1, 0, 0},
		{&contain.Lock{Name: "l", Targets: []contain.Target{target}}, 1, 0, 1},
		{&contain.Lock{Name: "l", Targets: []contain.Target{target}, Expires: tuitest.T0}, 0, 0, 0},
	} {
		var board contain.Board
		if test.lock != nil {
			board = contain.Board{*test.lock}
		}
		env := pane.Env{Evidence: c, Now: func() time.Time { return tuitest.Now }}
		s, err := readScope(t.Context(), env, whole, board)
		if err != nil {
			t.Fatal(err)
		}
		if s.identities != 2 || s.hosts != 2 || s.open != 1 || s.bound || s.contained != test.contained || s.planned != test.planned || s.unsure != test.unsure {
			t.Errorf("%+v: %+v", test.lock, s)
		}
	}
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

func TestSpan_writesTheTwoLargestUnits(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 14 * time.Second: "14s", 77 * time.Second: "1m 17s", 90 * time.Minute: "1h 30m", 51 * time.Hour: "2d 03h",
	} {
		if got := span(d); got != want {
			t.Errorf("%v: %q", d, got)
		}
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
