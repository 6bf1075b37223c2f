package contain

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"cordon/investigations/journal"
)

// Book is what a Desk reads locks from and writes its acts to: the evidence's
// lock events and the case's journal.
type Book interface {
	LockEvents(ctx context.Context) ([]Record, error)
	Journal(ctx context.Context) ([]journal.Entry, error)
	Record(ctx context.Context, e journal.Entry) (journal.Entry, error)
}

// Desk is where locks are prepared, placed and undone. The console and the
// command line both act through it, so that each act is guarded and recorded
// in the same way.
type Desk struct {
	Facts  Facts
	Book   Book
	Locker Locker
	Guard  Guard
	Mode   journal.Mode
	// Cluster is the name of the cluster whose locks these are, in LIVE: a case may
	// know locks of others too. Empty: all.
	Cluster string
	Now     func() time.Time
	Random  io.Reader // names locks; nil: the system's
}

// NewDryRunDesk is a desk that changes nothing: it takes up the plans that the
// journal holds and prints what a person would run.
func NewDryRunDesk(ctx context.Context, facts Facts, book Book, g Guard, now func() time.Time) (*Desk, error) {
	d := &Desk{Facts: facts, Book: book, Guard: g, Mode: journal.ModeDryRun, Now: now}
	board, err := d.Board(ctx)
	if err != nil {
		return nil, err
	}
	d.Locker = NewDryRun(now, board)
	return d, nil
}

// Board is every lock that the evidence and the journal know of, and the
// cluster where there is a connection: what it holds is the truth then. While
// it does not answer, the board is what the case knows. What the journal left
// open and the cluster answers is recorded.
func (d *Desk) Board(ctx context.Context) (Board, error) {
	board, _, err := d.look(ctx)
	return board, err
}

// look is the board, and whether it is the truth: in LIVE only when the cluster
// answered.
func (d *Desk) look(ctx context.Context) (board Board, sure bool, err error) {
	known, entries, err := d.known(ctx)
	if err != nil || d.Mode != journal.ModeLive {
		return known, err == nil, err
	}
	listed, err := d.Locker.Locks(ctx)
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	if err != nil {
		return known, false, nil
	}
	held := d.caughtUp(ctx, known, entries, listed)
	for i := range held {
		held[i] = d.here(held[i])
	}
	d.settle(ctx, known, entries, held)
	d.keepEnds(ctx, known, held)
	return known.with(held, d.Now()), true, nil
}

func (d *Desk) known(ctx context.Context) (Board, []journal.Entry, error) {
	events, err := d.Book.LockEvents(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read the locks: %w", err)
	}
	var own []Record
	for _, r := range events {
		if !d.elsewhere(r.Event.Cluster) {
			own = append(own, r)
		}
	}
	entries, err := d.entries(ctx)
	return NewBoard(own, entries), entries, err
}

// entries are those of the journal that are not about another cluster's locks.
func (d *Desk) entries(ctx context.Context) ([]journal.Entry, error) {
	all, err := d.Book.Journal(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the locks: %w", err)
	}
	var own []journal.Entry
	for _, e := range all {
		var of detail
		if json.Unmarshal([]byte(e.Detail), &of) != nil || !d.elsewhere(of.Cluster) {
			own = append(own, e)
		}
	}
	return own, nil
}

// elsewhere reports whether what stands on a cluster is none of this desk's.
func (d *Desk) elsewhere(cluster string) bool {
	return d.Cluster != "" && cluster != "" && cluster != d.Cluster
}

// here is a lock as one of this desk's cluster.
func (d *Desk) here(l Lock) Lock {
	l.Cluster = d.Cluster
	return l
}

// Prepare makes the plan that is shown before it is placed.
func (d *Desk) Prepare(ctx context.Context, r Request) (Plan, error) {
	random := d.Random
	if random == nil {
		random = rand.Reader
	}
	return Prepare(ctx, d.Facts, r, d.Guard, random)
}

// ErrUnconfirmed is returned for a wide lock whose name was not typed.
var ErrUnconfirmed = errors.New("this lock is wide: its name must be typed to place it")

// Place places a plan and records it. typed is what the responder typed to
// confirm a wide lock; a narrow one needs nothing, and neither does a dry run
// asked for on the command line, which passes the plan's own Confirm. What is
// not placed is recorded too. In LIVE a lock on the same targets of which nobody
// knows whether it was placed is sent again under its own name: the lock that is
// returned may have another name than the plan.
func (d *Desk) Place(ctx context.Context, p Plan, typed string) (Lock, error) {
	err := d.allow(ctx, &p, typed)
	var already *AlreadyError
	switch {
	case errors.As(err, &already):
		return already.Lock, err
	case ctx.Err() != nil:
		return Lock{}, ctx.Err()
	}
	asked := d.here(lockOf(p, d.Now()))
	if err != nil {
		return Lock{}, d.failed(ctx, asked, askPlace, err)
	}
	d.announce(ctx, asked, askPlace)
	l, err := d.Locker.Lock(ctx, p)
	if errors.As(err, &already) {
		return already.Lock, err
	}
	if err != nil {
		return Lock{}, d.failed(ctx, asked, askPlace, err)
	}
	l = d.here(l)
	return l, d.record(ctx, PlaceEntry(l, d.Guard.Operator, d.Mode, d.Now()))
}

// allow says why a plan is not to be sent, if so. It changes the plan's name to
// that of a lock that it repeats.
func (d *Desk) allow(ctx context.Context, p *Plan, typed string) error {
	if p.Verdict.Level == Refused {
		return errors.New(p.Verdict.Reasons[0])
	}
	if !p.Verdict.Confirmed(typed) {
		return ErrUnconfirmed
	}
	board, sure, err := d.look(ctx)
	if err != nil {
		return err
	}
	var already *AlreadyError
	if sure && errors.As(board.Already(p.Targets, d.Now()), &already) && !already.Unsure() && (already.State != StatePlanned || d.Mode == journal.ModeDryRun) {
		return already
	}
	return d.again(ctx, p, board, sure)
}

// Release removes a lock by name, or drops a planned one, and records it. A lock
// that the board holds and the cluster does not is recorded as removed too: an
// earlier try took effect, or somebody else removed it.
func (d *Desk) Release(ctx context.Context, name string) (Lock, error) {
	stood, had, err := d.named(ctx, name)
	if err != nil {
		return Lock{}, err
	}
	d.announce(ctx, stood, askRemove)
	l, err := d.Locker.Unlock(ctx, name)
	if errors.Is(err, ErrNotFound) && d.Mode != journal.ModeDryRun && had && stood.State(d.Now()) == StateInForce {
		l, err = stood, nil
		l.Released = d.Now().UTC()
	}
	if err != nil {
		return l, d.failed(ctx, stood, askRemove, err)
	}
	l = d.here(l)
	return l, d.record(ctx, UndoEntry(l, d.Guard.Operator, d.Mode, d.Now()))
}

// Extend moves the end of a lock, to never for the zero time, and records it.
func (d *Desk) Extend(ctx context.Context, name string, end time.Time) (Lock, error) {
	if !end.IsZero() && !end.After(d.Now()) {
		return Lock{}, fmt.Errorf("a lock cannot end at %s, which is over: release it instead", end.UTC().Format(time.RFC3339))
	}
	stood, _, err := d.named(ctx, name)
	if err != nil {
		return Lock{}, err
	}
	d.announce(ctx, stood, askExtend)
	l, err := d.Locker.Extend(ctx, name, end)
	if err != nil {
		return l, d.failed(ctx, stood, askExtend, err)
	}
	l = d.here(l)
	return l, d.record(ctx, ExtendEntry(l, d.Guard.Operator, d.Mode, d.Now()))
}

// Undoable is the lock that Undo would remove, and how long it still can.
func (d *Desk) Undoable(ctx context.Context) (l Lock, left time.Duration, ok bool, err error) {
	entries, err := d.entries(ctx)
	if err != nil {
		return l, 0, false, err
	}
	l, left, ok = LastLock(entries, d.Now())
	return l, left, ok, nil
}

// Undo removes the last lock placed, within its window.
func (d *Desk) Undo(ctx context.Context) (Lock, error) {
	l, _, ok, err := d.Undoable(ctx)
	if err != nil {
		return l, err
	}
	if !ok {
		return l, fmt.Errorf("nothing to undo: no lock was placed in the last %d seconds; older ones are released from the board", int(UndoWindow.Seconds()))
	}
	return d.Release(ctx, l.Name)
}
