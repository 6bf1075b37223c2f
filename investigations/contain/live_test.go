package contain_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
	"cordon/investigations/journal"
)

// cluster is a Locker whose locks a test sets, and whose answers get lost.
type cluster struct {
	held []contain.Lock
	// behind is what the list shows while it is set: the locks as they were.
	behind *[]contain.Lock
	lose   bool
	late   bool // what it is asked takes effect, and the answer is lost
	deny   error
}

func (c *cluster) Lock(_ context.Context, p contain.Plan) (contain.Lock, error) {
	l := contain.Lock{Name: p.Name, Targets: p.Targets, Created: containtest.Start, EndSaid: true, Origin: contain.OriginCluster}
	if c.lose {
		return contain.Lock{}, contain.ErrUnsure
	}
	c.held = append(c.held, l)
	return l, c.lost()
}

func (c *cluster) lost() error {
	if c.late {
		return contain.ErrUnsure
	}
	return nil
}

func (c *cluster) Unlock(_ context.Context, name string) (contain.Lock, error) {
	if c.deny != nil {
		return contain.Lock{}, c.deny
	}
	for i, l := range c.held {
		if l.Name == name {
			c.held = append(c.held[:i:i], c.held[i+1:]...)
			return l, c.lost()
		}
	}
	return contain.Lock{}, contain.ErrNotFound
}

func (c *cluster) Extend(_ context.Context, name string, end time.Time) (contain.Lock, error) {
	for i, l := range c.held {
		if l.Name == name {
			c.held[i].Expires = end
			return c.held[i], c.lost()
		}
	}
	return contain.Lock{}, contain.ErrNotFound
}

func (c *cluster) Locks(context.Context) ([]contain.Lock, error) {
	if c.lose {
		return nil, errors.New("lost")
	}
	if c.behind != nil {
		return *c.behind, nil
	}
	return c.held, nil
}

// Read finds what the list lacks where it was written, and otherwise answers as
// the list does.
func (c *cluster) Read(_ context.Context, name string) (contain.Lock, error) {
	if c.lose {
		return contain.Lock{}, errors.New("lost")
	}
	seen := c.held
	if c.behind != nil {
		seen = append(slices.Clone(*c.behind), c.held...)
	}
	for _, l := range seen {
		if l.Name == name {
			return l, nil
		}
	}
	return contain.Lock{}, contain.ErrNotFound
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

// The cluster's list is behind what was done: it lacks the lock that was just
// placed, shows its former end, and still has it after it was removed.
func TestDesk_doesNotBelieveAListThatIsBehind(t *testing.T) {
	t.Parallel()
	now := containtest.Start
	kept, live := &book{}, &cluster{}
	desk := &contain.Desk{Facts: index(t, incident), Book: kept, Locker: live, Mode: journal.ModeLive, Now: func() time.Time { return now }}
	request := contain.Request{Targets: []contain.Target{{Field: contain.FieldUser, Value: "mallory"}}}
	freeze := func() {
		was := slices.Clone(live.held)
		live.behind = &was
	}
	ends := func(name string, want time.Time) {
		t.Helper()
		board, err := desk.Board(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range board {
			if l.Name == name && !l.Expires.Equal(want) {
				t.Errorf("%s ends %v, want %v", name, l.Expires, want)
			}
		}
	}

	freeze()
	plan := containtest.Plan(t, 1, request)
	if _, err := desk.Place(t.Context(), plan, ""); err != nil {
		t.Fatal(err)
	}
	if got := states(t, desk); got[plan.Name] != contain.StateInForce {
		t.Errorf("just placed: %v", got)
	}
	var already *contain.AlreadyError
	if _, err := desk.Place(t.Context(), containtest.Plan(t, 2, request), ""); !errors.As(err, &already) || len(live.held) != 1 {
		t.Errorf("placed twice: %v, %d locks", err, len(live.held))
	}

	freeze()
	end := containtest.Start.Add(48 * time.Hour)
	if _, err := desk.Extend(t.Context(), plan.Name, end); err != nil {
		t.Fatal(err)
	}
	ends(plan.Name, end)

	freeze()
	if _, err := desk.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := states(t, desk); got[plan.Name] != contain.StateReleased {
		t.Errorf("just removed: %v", got)
	}
	again := containtest.Plan(t, 3, request)
	if _, err := desk.Place(t.Context(), again, ""); err != nil || len(live.held) != 1 {
		t.Errorf("locked again after the undo: %v, %d locks", err, len(live.held))
	}

	// Somebody puts the first one back under its name: once the list has caught up,
	// it counts.
	live.held = append(live.held, (*live.behind)[0])
	live.behind = nil
	now = now.Add(time.Minute)
	if got := states(t, desk); got[plan.Name] != contain.StateInForce || got[again.Name] != contain.StateInForce {
		t.Errorf("put back by somebody: %v", got)
	}
	entries, err := kept.Journal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.Contains(e.Result, "found on the cluster") {
			t.Errorf("the journal tells what did not happen: %+v", e)
		}
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
	if err != nil || len(entries) != 2 || entries[0].Action != journal.ActionLockSend || entries[1].Action != journal.ActionLockUnsure {
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

// lossy is a live desk whose clock a test moves.
func lossy(t *testing.T) (*contain.Desk, *cluster, *book, *time.Time) {
	t.Helper()
	now, live, kept := containtest.Start, &cluster{}, &book{}
	desk := &contain.Desk{Facts: index(t, incident), Book: kept, Locker: live, Mode: journal.ModeLive, Now: func() time.Time { return now }}
	return desk, live, kept, &now
}

func mallory(t *testing.T, seed byte) contain.Plan {
	t.Helper()
	return containtest.Plan(t, seed, contain.Request{Targets: []contain.Target{{Field: contain.FieldUser, Value: "mallory"}}})
}

// inJournal is where the journal alone says that the locks stand.
func inJournal(t *testing.T, kept *book, now time.Time) map[string]contain.State {
	t.Helper()
	out := map[string]contain.State{}
	for _, l := range contain.NewBoard(nil, kept.entries) {
		out[l.Name] = l.State(now)
	}
	return out
}

func TestDesk_recordsWhatCameOfALostAnswer(t *testing.T) {
	t.Parallel()
	desk, live, kept, now := lossy(t)
	plan := mallory(t, 1)
	end := now.Add(48 * time.Hour)
	acts := []struct {
		name string
		do   func() error
		want func() bool
	}{
		{"placed", func() error { _, err := desk.Place(t.Context(), plan, ""); return err }, func() bool {
			return inJournal(t, kept, *now)[plan.Name] == contain.StateInForce
		}},
		{"moved", func() error { _, err := desk.Extend(t.Context(), plan.Name, end); return err }, func() bool {
			return contain.NewBoard(nil, kept.entries)[0].Expires.Equal(end)
		}},
		{"removed", func() error { _, err := desk.Release(t.Context(), plan.Name); return err }, func() bool {
			return inJournal(t, kept, *now)[plan.Name] == contain.StateReleased
		}},
	}
	for _, act := range acts {
		live.late = true
		if err := act.do(); !errors.Is(err, contain.ErrUnsure) {
			t.Fatalf("%s: error %v", act.name, err)
		}
		live.late = false
		if act.want() {
			t.Errorf("%s: the journal says so before anybody looked", act.name)
		}
		if _, err := desk.Board(t.Context()); err != nil || !act.want() {
			t.Errorf("%s: %v, journal\n%s", act.name, err, kept.actions())
		}
	}
	before := len(kept.entries)
	if _, err := desk.Board(t.Context()); err != nil || len(kept.entries) != before {
		t.Errorf("it is recorded again: %v\n%s", err, kept.actions())
	}
}

func TestDesk_repeatsALockUnderItsNameWhereNobodyKnows(t *testing.T) {
	t.Parallel()
	desk, live, _, _ := lossy(t)
	first, second := mallory(t, 1), mallory(t, 2)
	live.lose = true
	if _, err := desk.Place(t.Context(), first, ""); !errors.Is(err, contain.ErrUnsure) {
		t.Fatalf("error %v", err)
	}
	live.lose = false
	if l, err := desk.Place(t.Context(), second, ""); err != nil || l.Name != first.Name {
		t.Errorf("a new plan was placed as %s, %v, want %s", l.Name, err, first.Name)
	}
}

func TestDesk_givesUpWhatTheClusterDoesNotHoldAfterAMinute(t *testing.T) {
	t.Parallel()
	desk, live, kept, now := lossy(t)
	live.lose = true
	if _, err := desk.Place(t.Context(), mallory(t, 1), ""); !errors.Is(err, contain.ErrUnsure) {
		t.Fatalf("error %v", err)
	}
	live.lose = false
	for _, after := range []time.Duration{time.Second, 2 * time.Minute} {
		*now = now.Add(after)
		if _, err := desk.Board(t.Context()); err != nil {
			t.Fatal(err)
		}
		told := kept.entries[len(kept.entries)-1].Action == journal.ActionLockRefuse
		if told != (after > time.Minute) {
			t.Errorf("after %v: journal\n%s", after, kept.actions())
		}
	}
}

// A refusal tells nothing of the act before it, and a lock of somebody else is
// not placed by trying to remove it.
func TestDesk_aRefusalLeavesOpenWhatWasOpen(t *testing.T) {
	t.Parallel()
	desk, live, kept, now := lossy(t)
	plan := mallory(t, 1)
	if _, err := desk.Place(t.Context(), plan, ""); err != nil {
		t.Fatal(err)
	}
	end := now.Add(48 * time.Hour)
	live.late = true
	if _, err := desk.Extend(t.Context(), plan.Name, end); !errors.Is(err, contain.ErrUnsure) {
		t.Fatalf("error %v", err)
	}
	live.late, live.deny = false, errors.New("denied")
	live.held = append(live.held, contain.Lock{Name: "theirs", Targets: []contain.Target{{Field: contain.FieldRole, Value: "x"}}, EndSaid: true})
	for _, name := range []string{plan.Name, "theirs"} {
		if _, err := desk.Release(t.Context(), name); !errors.Is(err, live.deny) {
			t.Fatalf("error %v", err)
		}
	}
	if _, err := desk.Board(t.Context()); err != nil {
		t.Fatal(err)
	}
	if board := contain.NewBoard(nil, kept.entries); len(board) != 1 || !board[0].Expires.Equal(end) {
		t.Errorf("board %+v, journal\n%s", board, kept.actions())
	}
}
