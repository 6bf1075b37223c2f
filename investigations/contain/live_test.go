package contain_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
	"cordon/investigations/journal"
)

// cluster is a Locker whose locks a test sets, and whose answers get lost.
type cluster struct {
	held []contain.Lock
	lose bool
}

func (c *cluster) Lock(_ context.Context, p contain.Plan) (contain.Lock, error) {
	l := contain.Lock{Name: p.Name, Targets: p.Targets, Created: containtest.Start, EndSaid: true, Origin: contain.OriginCluster}
	if c.lose {
		return contain.Lock{}, contain.ErrUnsure
	}
	c.held = append(c.held, l)
	return l, nil
}

func (c *cluster) Unlock(_ context.Context, name string) (contain.Lock, error) {
	for i, l := range c.held {
		if l.Name == name {
			c.held = append(c.held[:i:i], c.held[i+1:]...)
			return l, nil
		}
	}
	return contain.Lock{}, contain.ErrNotFound
}

func (c *cluster) Extend(_ context.Context, name string, end time.Time) (contain.Lock, error) {
	for i, l := range c.held {
		if l.Name == name {
			c.held[i].Expires = end
			return c.held[i], nil
		}
	}
	return contain.Lock{}, contain.ErrNotFound
}

func (c *cluster) Locks(context.Context) ([]contain.Lock, error) {
	if c.lose {
		return nil, errors.New("lost")
	}
	return c.held, nil
}

func states(t *testing.T, d *contain.Desk) map[string]contain.State {
	t.Helper()
	board, err := d.Board(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]contain.State{}
	for _, l := range board {
		out[l.Name] = l.State(d.Now())
	}
	return out
}

func TestDesk_livesByWhatTheClusterHolds(t *testing.T) {
	t.Parallel()
	now := containtest.Start.Add(time.Minute)
	kept := &book{}
	live := &cluster{}
	desk := &contain.Desk{Facts: index(t, incident), Book: kept, Locker: live, Mode: journal.ModeLive, Now: func() time.Time { return now }}
	plan := containtest.Plan(t, 1, contain.Request{Targets: []contain.Target{{Field: contain.FieldUser, Value: "mallory"}}})
	if _, err := desk.Place(t.Context(), plan, ""); err != nil {
		t.Fatal(err)
	}
	live.held = append(live.held, contain.Lock{Name: "theirs", Targets: []contain.Target{{Field: contain.FieldRole, Value: "x"}}, EndSaid: true})
	if got := states(t, desk); got[plan.Name] != contain.StateInForce || got["theirs"] != contain.StateInForce {
		t.Errorf("both are in force: %v", got)
	}
	live.held = live.held[1:]
	if got := states(t, desk); got[plan.Name] != contain.StateReleased {
		t.Errorf("somebody removed it: %v", got)
	}
	live.lose = true
	if got := states(t, desk); got[plan.Name] != contain.StateInForce {
		t.Errorf("without an answer the journal counts: %v", got)
	}
}

func TestDesk_aPlanDoesNotStandInTheWayOfALiveLock(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return containtest.Start }
	kept := &book{}
	dry, err := contain.NewDryRunDesk(t.Context(), index(t, incident), kept, contain.Guard{}, now)
	if err != nil {
		t.Fatal(err)
	}
	request := contain.Request{Targets: []contain.Target{{Field: contain.FieldUser, Value: "mallory"}}}
	if _, err := dry.Place(t.Context(), containtest.Plan(t, 1, request), ""); err != nil {
		t.Fatal(err)
	}
	desk := &contain.Desk{Facts: index(t, incident), Book: kept, Locker: &cluster{}, Mode: journal.ModeLive, Now: now}
	if _, err := desk.Place(t.Context(), containtest.Plan(t, 2, request), ""); err != nil {
		t.Errorf("the plan was in the way: %v", err)
	}
}

func TestDesk_recordsWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	kept := &book{}
	live := &cluster{lose: true}
	desk := &contain.Desk{Facts: index(t, incident), Book: kept, Locker: live, Mode: journal.ModeLive, Now: func() time.Time { return containtest.Start }}
	plan := containtest.Plan(t, 1, contain.Request{Targets: []contain.Target{{Field: contain.FieldUser, Value: "mallory"}}})
	if _, err := desk.Place(t.Context(), plan, ""); !errors.Is(err, contain.ErrUnsure) {
		t.Fatalf("error %v", err)
	}
	entries, err := kept.Journal(t.Context())
	if err != nil || len(entries) != 1 || entries[0].Action != journal.ActionLockUnsure {
		t.Errorf("journal %+v, %v", entries, err)
	}
	live.lose = false
	if _, err := desk.Place(t.Context(), plan, ""); err != nil || len(live.held) != 1 {
		t.Errorf("sent again: %v, %d locks", err, len(live.held))
	}
	live.held = nil
	if l, err := desk.Release(t.Context(), plan.Name); err != nil || l.Released.IsZero() {
		t.Errorf("a lock that is gone already: %+v, %v", l, err)
	}
	if _, err := desk.Release(t.Context(), plan.Name); !errors.Is(err, contain.ErrNotFound) {
		t.Errorf("released twice: %v", err)
	}
}
