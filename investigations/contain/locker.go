package contain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// ErrNotFound is returned by Unlock for a lock that is not there.
var ErrNotFound = errors.New("no such lock")

// ErrUnsure is wrapped by the error of a call of which nobody knows whether it
// took effect: its answer was lost. The same call can be sent again.
var ErrUnsure = errors.New("it is not known whether it took effect")

// AlreadyError says that the same targets are planned or locked already.
type AlreadyError struct {
	Lock  Lock
	State State
}

// Error says what is there already.
func (e *AlreadyError) Error() string {
	if e.State == StatePlanned {
		return fmt.Sprintf("%s: already planned", e.Lock.Title())
	}
	return fmt.Sprintf("%s: already locked", e.Lock.Title())
}

// Unsure reports whether the lock may be over: it is in force as far as the log
// says, and the log does not say until when. Locking again is then no mistake.
func (e *AlreadyError) Unsure() bool { return e.State == StateInForce && !e.Lock.EndSaid }

// Locker places and removes locks. Placing a plan twice makes one lock.
type Locker interface {
	// Lock places the plan and returns the lock as it stands.
	Lock(ctx context.Context, p Plan) (Lock, error)
	// Unlock removes the lock of that name and returns it as it stood; the
	// error wraps ErrNotFound when there is none.
	Unlock(ctx context.Context, name string) (Lock, error)
	// Locks lists what is placed, oldest first. The list of a cluster may be
	// behind by a second: see Read.
	Locks(ctx context.Context) ([]Lock, error)
	// Read is the lock of that name; the error wraps ErrNotFound when there is
	// none. It finds one that was just placed, and may still find one that was
	// just removed, or its former end.
	Read(ctx context.Context, name string) (Lock, error)
	// Extend moves the end of the lock of that name, to never for the zero time,
	// and returns it as it stands; the error wraps ErrNotFound when there is none.
	Extend(ctx context.Context, name string, end time.Time) (Lock, error)
}

// DryRun is the Locker that changes nothing: it keeps the plans and gives back
// the commands that a person can run.
type DryRun struct {
	now  func() time.Time
	real []Lock // locks that exist: Unlock gives the command and leaves them

	mu    sync.Mutex
	locks []Lock
}

var _ Locker = (*DryRun)(nil)

// NewDryRun starts with what the board says is planned or locked already.
func NewDryRun(now func() time.Time, board []Lock) *DryRun {
	d := &DryRun{now: now}
	for _, l := range board {
		switch {
		case !l.Dry:
			d.real = append(d.real, l)
		case l.Released.IsZero():
			d.locks = append(d.locks, l)
		}
	}
	slices.SortStableFunc(d.locks, ByCreated)
	return d
}

// Lock keeps the plan. The same targets planned under another name are an
// *AlreadyError.
func (d *DryRun) Lock(ctx context.Context, p Plan) (Lock, error) {
	if err := ctx.Err(); err != nil {
		return Lock{}, err
	}
	if len(p.Targets) == 0 || p.Name == "" {
		return Lock{}, errors.New("the plan is empty: it has no target or no name")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	for _, l := range d.locks {
		switch {
		case l.Name == p.Name:
			return l.clone(), nil
		case l.State(now) == StatePlanned && sameTargets(l.Targets, p.Targets):
			return l, &AlreadyError{Lock: l, State: StatePlanned}
		}
	}
	l := lockOf(p, now)
	l.Dry = true
	d.locks = append(d.locks, l)
	return l.clone(), nil
}

// Unlock forgets the plan. A lock that exists is returned as it stands, with
// the command that removes it: it is still there afterwards.
func (d *DryRun) Unlock(ctx context.Context, name string) (Lock, error) {
	if err := ctx.Err(); err != nil {
		return Lock{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.locks, func(l Lock) bool { return l.Name == name })
	if i < 0 {
		return d.unlockReal(name)
	}
	l := d.locks[i]
	d.locks = slices.Delete(d.locks, i, i+1)
	l.Released = d.now().UTC()
	return l, nil
}

func (d *DryRun) unlockReal(name string) (Lock, error) {
	for _, l := range d.real {
		if l.Name != name {
			continue
		}
		if state := l.State(d.now()); state != StateInForce && state != StateEmpty {
			return Lock{}, fmt.Errorf("unlock %s: it is %s: %w", name, state, ErrNotFound)
		}
		return l.clone(), nil
	}
	return Lock{}, fmt.Errorf("unlock %s: %w", name, ErrNotFound)
}

// Extend moves the end of a plan. A lock that exists is returned with the new
// end and stands as it was: its YAML is what moves it.
func (d *DryRun) Extend(ctx context.Context, name string, end time.Time) (Lock, error) {
	if err := ctx.Err(); err != nil {
		return Lock{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.IndexFunc(d.locks, func(l Lock) bool { return l.Name == name }); i >= 0 {
		d.locks[i].Expires, d.locks[i].EndSaid = end.UTC(), true
		return d.locks[i].clone(), nil
	}
	l, err := d.unlockReal(name)
	if err != nil {
		return Lock{}, fmt.Errorf("extend %s: %w", name, ErrNotFound)
	}
	if len(l.Targets) == 0 {
		return Lock{}, fmt.Errorf("extend %s: what it locks is not in this evidence, and a resource without it would lock nothing", name)
	}
	l.Expires, l.EndSaid = end.UTC(), true
	return l, nil
}

// Read is the plan of that name, or the lock that exists.
func (d *DryRun) Read(ctx context.Context, name string) (Lock, error) {
	if err := ctx.Err(); err != nil {
		return Lock{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if l, ok := byName(d.locks, name); ok {
		return l.clone(), nil
	}
	return d.unlockReal(name)
}

// Locks lists the plans that were not undone.
func (d *DryRun) Locks(ctx context.Context) ([]Lock, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]Lock, len(d.locks))
	for i, l := range d.locks {
		out[i] = l.clone()
	}
	return out, nil
}
