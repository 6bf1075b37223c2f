package contain_test

import (
	"strings"
	"testing"
	"time"

	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
	"cordon/investigations/journal"
)

// A case may know the locks of two clusters: what one does not hold is not gone
// from the other.
func TestDesk_leavesTheLocksOfAnotherClusterAlone(t *testing.T) {
	t.Parallel()
	now := containtest.Start
	kept := &book{events: records(t,
		`{"event":"lock.created","uid":"a1","time":"2026-11-18T20:50:00Z","cluster_name":"a","name":"n-a","expires":"2026-11-19T20:50:00Z","user":"ivy","target":{"user":"carol"}}`)}
	at := func(cluster string, locker contain.Locker) *contain.Desk {
		return &contain.Desk{Facts: index(t, incident), Book: kept, Locker: locker, Mode: journal.ModeLive, Cluster: cluster, Now: func() time.Time { return now }}
	}
	onA, onB := &cluster{}, &cluster{}
	a, b := at("a", onA), at("b", onB)
	request := contain.Request{Targets: []contain.Target{{Field: contain.FieldUser, Value: "mallory"}}}
	first := containtest.Plan(t, 1, request)
	if _, err := a.Place(t.Context(), first, ""); err != nil {
		t.Fatal(err)
	}
	now = now.Add(5 * time.Second)

	if got := states(t, b); len(got) != 0 {
		t.Errorf("on b stand %v", got)
	}
	if _, _, ok, err := b.Undoable(t.Context()); ok || err != nil {
		t.Errorf("b would undo what was done on a: %v", err)
	}
	for _, name := range []string{first.Name, "n-a"} {
		if _, err := b.Release(t.Context(), name); err == nil || !strings.Contains(err.Error(), "is on a, and this is b") {
			t.Errorf("release %s on b: %v", name, err)
		}
		if _, err := b.Extend(t.Context(), name, now.Add(time.Hour)); err == nil || !strings.Contains(err.Error(), "connect to a") {
			t.Errorf("extend %s on b: %v", name, err)
		}
	}
	if got := alarms(t, b); got != "" {
		t.Errorf("alarms of b: %s", got)
	}
	// The same lock on b is another one.
	if _, err := b.Place(t.Context(), containtest.Plan(t, 2, request), ""); err != nil || len(onB.held) != 1 {
		t.Errorf("place it on b: %v, %d locks", err, len(onB.held))
	}
	if got := states(t, a); got[first.Name] != contain.StateInForce || len(got) != 2 {
		t.Errorf("on a stand %v", got)
	}
	all, err := at("", onA).Book.Journal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range contain.NewBoard(nil, all) {
		if want := map[bool]string{true: "a", false: "b"}[l.Name == first.Name]; l.Cluster != want || l.State(now) != contain.StateInForce {
			t.Errorf("%s is of %q and %s", l.Name, l.Cluster, l.State(now))
		}
	}
}
