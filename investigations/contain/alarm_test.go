package contain_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
	"cordon/investigations/journal"
)

// alarms are the sentences of what the locks of a desk give reason to say.
func alarms(t *testing.T, d *contain.Desk) string {
	t.Helper()
	all, err := d.Alarms(t.Context(), 50)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, a := range all {
		words = append(words, a.Words())
	}
	return strings.Join(words, "\n")
}

func TestDesk_alarms(t *testing.T) {
	t.Parallel()
	now := containtest.Start
	kept, live := &book{}, &cluster{}
	const since = `
{"event":"cert.create","uid":"c1","code":"TC000I","time":"2026-11-18T21:03:00Z","cert_type":"user","identity":{"user":"mallory"}}
`
	quiet := &contain.Desk{Facts: index(t, incident), Book: kept, Locker: live, Mode: journal.ModeLive, Now: func() time.Time { return now }}
	loud := *quiet
	loud.Facts = index(t, since)
	request := contain.Request{Targets: []contain.Target{{Field: contain.FieldUser, Value: "mallory"}}}
	plan := containtest.Plan(t, 1, request)
	if _, err := quiet.Place(t.Context(), plan, ""); err != nil {
		t.Fatal(err)
	}
	live.held = append(live.held, contain.Lock{Name: "theirs", Targets: []contain.Target{{Field: contain.FieldRole, Value: "x"}}, Created: now, EndSaid: true, Origin: contain.OriginCluster})
	now = now.Add(5 * time.Minute)
	if got := alarms(t, quiet); got != "" {
		t.Errorf("nothing happened: %s", got)
	}
	if got := alarms(t, &loud); got != "the lock on user mallory does not hold: mallory got a certificate since" {
		t.Errorf("a certificate since: %q", got)
	}

	// Somebody removes it: an alarm, until it is locked again or a while is over. The
	// other one was not placed here.
	was := slices.Clone(live.held)
	live.held = nil
	if got := alarms(t, &loud); got != "the lock on user mallory was removed by somebody: the cluster does not hold it: lock again" {
		t.Errorf("removed by somebody: %q", got)
	}
	kept.events = records(t, `{"event":"lock.deleted","uid":"d1","time":"2026-11-18T21:04:00Z","name":"`+plan.Name+`","user":"ivy"}`)
	if got := alarms(t, &loud); got != "the lock on user mallory was removed by ivy: lock again" {
		t.Errorf("removed by ivy: %q", got)
	}
	if _, err := quiet.Place(t.Context(), containtest.Plan(t, 2, request), ""); err != nil {
		t.Fatal(err)
	}
	if got := alarms(t, quiet); got != "" {
		t.Errorf("locked again: %q", got)
	}
	live.held, now = was[:0], now.Add(20*time.Minute)
	if got := alarms(t, quiet); strings.Contains(got, "ivy") {
		t.Errorf("after a while: %q", got)
	}
}

// What is removed here is no alarm.
func TestDesk_noAlarmAfterAnUndo(t *testing.T) {
	t.Parallel()
	now := containtest.Start
	live := &cluster{}
	desk := &contain.Desk{Facts: index(t, incident), Book: &book{}, Locker: live, Mode: journal.ModeLive, Now: func() time.Time { return now }}
	plan := containtest.Plan(t, 1, contain.Request{Targets: []contain.Target{{Field: contain.FieldUser, Value: "mallory"}}})
	if _, err := desk.Place(t.Context(), plan, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := alarms(t, desk); got != "" {
		t.Errorf("after the undo: %q", got)
	}
}

// A server that does not log the ends of locks tells them while it is asked: the
// case keeps them.
func TestDesk_keepsTheEndThatOnlyTheClusterTells(t *testing.T) {
	t.Parallel()
	now := containtest.Start
	kept := &book{events: records(t, `{"event":"lock.created","uid":"u1","time":"2026-11-18T20:50:00Z","name":"n-1","expires":"0001-01-01T00:00:00Z","user":"ivy","target":{"user":"mallory"}}`)}
	live := &cluster{held: []contain.Lock{{Name: "n-1", Targets: []contain.Target{{Field: contain.FieldUser, Value: "mallory"}}, Expires: now.Add(time.Hour), EndSaid: true, Origin: contain.OriginCluster}}}
	desk := &contain.Desk{Facts: index(t, incident), Book: kept, Locker: live, Mode: journal.ModeLive, Now: func() time.Time { return now }}
	for range 3 {
		if got := states(t, desk); got["n-1"] != contain.StateInForce {
			t.Fatalf("%v", got)
		}
	}
	entries, err := kept.Journal(t.Context())
	if err != nil || len(entries) != 1 || entries[0].Action != journal.ActionLockSeen {
		t.Errorf("journal %+v, %v", entries, err)
	}
	live.lose, now = true, now.Add(2*time.Hour)
	if got := states(t, desk); got["n-1"] != contain.StateExpired {
		t.Errorf("without the cluster, after its end: %v", got)
	}
}
