package contain_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"cordon/investigations/contain"
	"cordon/investigations/journal"
)

// book keeps a journal in memory beside lock events.
type book struct {
	events  []contain.Record
	entries []journal.Entry
	fails   error // of the next Record
}

func (b *book) LockEvents(context.Context) ([]contain.Record, error) { return b.events, nil }

func (b *book) Journal(context.Context) ([]journal.Entry, error) { return b.entries, nil }

func (b *book) Record(_ context.Context, e journal.Entry) (journal.Entry, error) {
	if b.fails != nil {
		return e, b.fails
	}
	var head journal.Head
	if n := len(b.entries); n > 0 {
		head = b.entries[n-1].Head()
	}
	e = journal.Append(head, e)
	b.entries = append(b.entries, e)
	return e, nil
}

// actions is the journal in a few words.
func (b *book) actions() string {
	var out []string
	for _, e := range b.entries {
		out = append(out, string(e.Action)+" "+e.Target+": "+e.Result)
	}
	return strings.Join(out, "\n")
}

func openDesk(t *testing.T, b *book, clock *time.Time) *contain.Desk {
	t.Helper()
	d, err := contain.NewDryRunDesk(t.Context(), index(t, incident), b, contain.Guard{Operator: "ivy"}, func() time.Time { return *clock })
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func prepare(t *testing.T, d *contain.Desk, f contain.Field, v string) contain.Plan {
	t.Helper()
	p, err := d.Prepare(t.Context(), contain.Request{Targets: one(f, v)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDesk_planUndoAndReopen(t *testing.T) {
	t.Parallel()
	b, clock := &book{}, now
	d := openDesk(t, b, &clock)
	l, err := d.Place(t.Context(), prepare(t, d, contain.FieldUser, "mallory"), "")
	if err != nil || l.State(clock) != contain.StatePlanned {
		t.Fatalf("Place = %+v, %v", l, err)
	}
	var already *contain.AlreadyError
	if _, err := d.Place(t.Context(), prepare(t, d, contain.FieldUser, "mallory"), ""); !errors.As(err, &already) || already.Lock.Name != l.Name {
		t.Errorf("the second time: %v", err)
	}
	clock = clock.Add(5 * time.Second)
	d = openDesk(t, b, &clock) // The case is closed and opened again.
	if got, left, ok, err := d.Undoable(t.Context()); err != nil || !ok || got.Name != l.Name || left != 25*time.Second {
		t.Errorf("Undoable = %+v, %v, %v, %v", got, left, ok, err)
	}
	if got, err := d.Undo(t.Context()); err != nil || got.Name != l.Name {
		t.Errorf("Undo = %+v, %v", got, err)
	}
	if _, err := d.Undo(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing to undo") {
		t.Errorf("Undo again = %v", err)
	}
	want := "lock.plan user mallory: dry-run: nothing was sent\nlock.undo user mallory: dry-run: plan dropped, nothing was sent"
	if got := b.actions(); got != want {
		t.Errorf("journal\n%s\nwant\n%s", got, want)
	}
	if err := journal.Verify(b.entries); err != nil {
		t.Error(err)
	}
	if _, err := d.Place(t.Context(), prepare(t, d, contain.FieldUser, "mallory"), ""); err != nil {
		t.Errorf("planning again after the undo: %v", err)
	}
}

func TestDesk_wideLockNeedsItsName(t *testing.T) {
	t.Parallel()
	b, clock := &book{}, now
	d := openDesk(t, b, &clock)
	p := prepare(t, d, contain.FieldRole, "access")
	for _, typed := range []string{"", "y", "Access"} {
		if _, err := d.Place(t.Context(), p, typed); !errors.Is(err, contain.ErrUnconfirmed) {
			t.Errorf("typed %q: %v", typed, err)
		}
	}
	if locks, err := d.Locker.Locks(t.Context()); err != nil || len(locks) != 0 {
		t.Fatalf("locks %+v, %v", locks, err)
	}
	if _, err := d.Place(t.Context(), p, "access"); err != nil {
		t.Error(err)
	}
	if n := strings.Count(b.actions(), "lock.refuse role access"); n != 3 {
		t.Errorf("journal\n%s", b.actions())
	}
}

// In dry-run the removal of a lock that exists is a command to run, and the
// board goes on saying that the lock is in force.
func TestDesk_dryRunReleasesNothing(t *testing.T) {
	t.Parallel()
	b, clock := &book{events: records(t, oldLock, newLock)}, now
	d := openDesk(t, b, &clock)
	l, err := d.Release(t.Context(), "n-old")
	if err != nil || l.UndoCommand() != "tctl rm lock/n-old" || l.State(clock) != contain.StateInForce {
		t.Fatalf("Release = %+v, %v", l, err)
	}
	board, err := d.Board(t.Context())
	if err != nil || len(board.At(clock, contain.StateInForce)) != 2 {
		t.Errorf("board %s, %v", briefBoard(board, clock), err)
	}
	e := b.entries[0]
	if e.Command != "tctl rm lock/n-old" || !strings.Contains(e.Result, "the lock stands") {
		t.Errorf("entry %+v", e)
	}
	for _, name := range []string{"n-none", "n-gone"} {
		if _, err := d.Release(t.Context(), name); !errors.Is(err, contain.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	clock = clock.Add(2 * time.Hour)
	if _, err := d.Release(t.Context(), "n-new"); !errors.Is(err, contain.ErrNotFound) || !strings.Contains(err.Error(), "it is expired") {
		t.Errorf("an expired lock: %v", err)
	}
	if len(b.entries) != 1 {
		t.Errorf("journal\n%s", b.actions())
	}
}

func TestDesk_saysWhenTheJournalCannotBeWritten(t *testing.T) {
	t.Parallel()
	b, clock := &book{}, now
	d := openDesk(t, b, &clock)
	b.fails = errors.New("disk full")
	if _, err := d.Place(t.Context(), prepare(t, d, contain.FieldUser, "mallory"), ""); !errors.Is(err, b.fails) {
		t.Errorf("Place = %v", err)
	}
}
