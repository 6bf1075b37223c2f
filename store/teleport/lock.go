package teleport

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gravitational/teleport/api/types"

	"cordon/investigations/contain"
)

// Locker places and removes locks on the cluster.
type Locker struct{ cluster *Cluster }

var _ contain.Locker = (*Locker)(nil)

// Locker is the one of this cluster.
func (c *Cluster) Locker() *Locker { return &Locker{c} }

// firstPause is how long the first pause is before a call is sent again whose
// answer was lost; each next one is twice as long.
const firstPause = 100 * time.Millisecond

// again sends a call until its answer arrives, for as long as the connection's
// patience. The call must come to the same however often it is sent. sent tells
// how often it was.
func (l *Locker) again(ctx context.Context, doing string, call func(ctx context.Context) error) (sent int, err error) {
	patience := l.cluster.options.Patience
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	wait := firstPause
	for sent = 1; ; sent++ {
		// Half of the time for one try, so that a silent one can be repeated.
		err = l.cluster.callWithin(within, patience/2, doing, call)
		if ctx.Err() != nil {
			return sent, ctx.Err()
		}
		if !passing(err) || l.cluster.options.Pause(within, wait) != nil {
			return sent, err
		}
		wait *= 2
	}
}

// Lock places the plan's lock under its own name, reads it back and compares
// it. Sent again, also by a later call with the same plan, it is the same lock.
// An error that wraps contain.ErrUnsure means that nobody knows whether it was
// placed.
func (l *Locker) Lock(ctx context.Context, p contain.Plan) (contain.Lock, error) {
	if len(p.Targets) == 0 || p.Name == "" {
		return contain.Lock{}, errors.New("the plan is empty: it has no target or no name")
	}
	want, err := l.resource(ctx, p)
	if err != nil {
		return contain.Lock{}, err
	}
	_, err = l.again(ctx, "place the lock", func(ctx context.Context) error { return l.cluster.client.UpsertLock(ctx, want) })
	var placed contain.Lock
	if err == nil {
		placed, err = l.check(ctx, p, want)
	}
	return placed, unsure(err, "placed", "lock again: it stays one lock. Or look for it: tctl get lock/"+p.Name)
}

// unsure says of a lost answer to something that changes a lock that nobody knows
// whether that was done.
func unsure(err error, done, hint string) error {
	if !errors.Is(err, ErrLost) {
		return err
	}
	return &Error{
		Reason: errors.Join(ErrLost, contain.ErrUnsure), cause: err, Hint: hint,
		Text: err.Error() + ": it is not known whether the lock was " + done,
	}
}

// resource is the plan as Teleport's resource. A lock that holds under the
// plan's name already keeps its end: a repeated call must not move it.
func (l *Locker) resource(ctx context.Context, p contain.Plan) (types.Lock, error) {
	target, err := targetOf(p.Targets, contain.Server{Major: l.cluster.Major})
	if err != nil {
		return nil, err
	}
	spec := types.LockSpecV2{Target: target, Message: p.Message}
	if end := p.Ends(l.cluster.options.Now()); !end.IsZero() {
		spec.Expires = &end
	}
	there, err := l.read(ctx, p.Name)
	switch {
	case err == nil && there.Target().Equals(target):
		if there.IsInForce(l.cluster.options.Now()) {
			spec.Expires = there.LockExpiry()
		}
	case err == nil:
		return nil, fmt.Errorf("place the lock: the cluster has another lock named %s", p.Name)
	case !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrDenied):
		return nil, err
	}
	lock, err := types.NewLock(p.Name, spec)
	if err != nil {
		return nil, fmt.Errorf("place the lock: %s", plain(err))
	}
	return lock, nil
}

func (l *Locker) read(ctx context.Context, name string) (lock types.Lock, err error) {
	_, err = l.again(ctx, "read the lock back", func(ctx context.Context) (err error) {
		lock, err = l.cluster.client.GetLock(ctx, name)
		return err
	})
	return lock, err
}

// check reads a lock back that was placed and compares it with what was asked
// for. One that locks nothing is removed.
func (l *Locker) check(ctx context.Context, p contain.Plan, want types.Lock) (contain.Lock, error) {
	got, err := l.read(ctx, p.Name)
	switch {
	case errors.Is(err, ErrDenied):
		return contain.Lock{}, &Error{
			Reason: errors.Join(ErrDenied, contain.ErrUnsure), cause: err, Verb: "read", Resource: types.KindLock,
			Text: fmt.Sprintf("the lock %s was placed, and this identity may not read it back (needs lock: read): whether it holds is not known", p.Name),
			Hint: "look at it on the auth server: tctl get lock/" + p.Name,
		}
	case errors.Is(err, ErrNotFound):
		return contain.Lock{}, &Error{Reason: ErrNotFound, cause: err, Text: "the lock " + p.Name + " was placed, and is not there: somebody removed it, or the cluster lost it"}
	case err != nil:
		return contain.Lock{}, err
	}
	if !got.Target().Equals(want.Target()) {
		return contain.Lock{}, l.differs(ctx, p, got)
	}
	out := lockOf(got)
	if !got.IsInForce(l.cluster.options.Now()) { // the answer is of the one before it, which was over
		if out, err = l.moved(ctx, p.Name, want); err != nil {
			return out, err
		}
	}
	if !out.Expires.IsZero() && !out.Created.Before(out.Expires) { // the cluster's clock wrote the one, ours the other
		return out, &Error{
			Text: fmt.Sprintf("the lock %s was placed, was over at %s, and there it is %s: nobody is locked", p.Name, out.Expires.Format(time.RFC3339), out.Created.Format(time.RFC3339)),
			Hint: "compare the clock here with the cluster's; a longer --ttl locks all the same",
		}
	}
	out.Command, out.Message = p.Command(), p.Message
	if out.Created.IsZero() { // servers before 13 do not say
		out.Created = l.cluster.options.Now().UTC()
	}
	return out, nil
}

// differs removes a lock that came back with no target, and says so. One with
// another target than asked for is left: it locks something.
func (l *Locker) differs(ctx context.Context, p contain.Plan, got types.Lock) error {
	if !got.Target().IsEmpty() {
		return fmt.Errorf("the lock %s came back as %s and not as %s: look at it with tctl get lock/%s", p.Name, lockOf(got).Title(), p.Title(), p.Name)
	}
	text := fmt.Sprintf("this cluster (version %s) dropped the target of the lock and kept one that locks nothing", l.cluster.Version)
	if _, err := l.Unlock(ctx, p.Name); err != nil && !errors.Is(err, contain.ErrNotFound) {
		return &Error{
			cause: err, Text: text + "; removing it failed: " + err.Error(),
			Hint: "remove it now, before the auth server restarts: tctl rm lock/" + p.Name,
		}
	}
	return &Error{Text: text + "; cordon removed it: nothing is locked", Hint: "lock the user instead"}
}

// Unlock removes the lock of that name and returns it as it stood. The error
// wraps contain.ErrNotFound when there is none.
func (l *Locker) Unlock(ctx context.Context, name string) (contain.Lock, error) {
	stood, err := l.read(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return contain.Lock{}, fmt.Errorf("unlock %s: %w", name, contain.ErrNotFound)
	}
	var out contain.Lock
	switch {
	case err == nil:
		out = lockOf(stood)
	case errors.Is(err, ErrDenied): // who may not read it may still remove it
		out = contain.Lock{Name: name, Unread: true, Origin: contain.OriginCluster}
	default:
		return out, err
	}
	sent, err := l.again(ctx, "remove the lock", func(ctx context.Context) error { return l.cluster.client.DeleteLock(ctx, name) })
	switch {
	case errors.Is(err, ErrNotFound) && sent == 1:
		return contain.Lock{}, fmt.Errorf("unlock %s: %w", name, contain.ErrNotFound)
	case err != nil && !errors.Is(err, ErrNotFound): // not found after a lost answer: it took effect
		return out, unsure(err, "removed", "remove it again, or look for it: tctl get locks")
	}
	out.Released = l.cluster.options.Now().UTC()
	return out, nil
}

// Read is the lock of that name as the cluster has it.
func (l *Locker) Read(ctx context.Context, name string) (contain.Lock, error) {
	got, err := l.read(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return contain.Lock{}, fmt.Errorf("read lock %s: %w", name, contain.ErrNotFound)
	}
	if err != nil {
		return contain.Lock{}, err
	}
	return lockOf(got), nil
}

// Locks lists what the cluster holds, expired ones included, oldest first. It
// comes from a cache: what was written in the last second may be missing, and
// what was removed may still be there.
func (l *Locker) Locks(ctx context.Context) ([]contain.Lock, error) {
	var held []types.Lock
	_, err := l.again(ctx, "read the locks", func(ctx context.Context) (err error) {
		held, err = l.cluster.client.GetLocks(ctx, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]contain.Lock, len(held))
	for i, h := range held {
		out[i] = lockOf(h)
	}
	slices.SortFunc(out, contain.ByCreated)
	return out, nil
}

// Extend moves the end of a lock that is in force; the zero time means never.
func (l *Locker) Extend(ctx context.Context, name string, end time.Time) (contain.Lock, error) {
	stood, err := l.read(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return contain.Lock{}, fmt.Errorf("extend %s: %w", name, contain.ErrNotFound)
	}
	if err != nil {
		return contain.Lock{}, err
	}
	if !stood.IsInForce(l.cluster.options.Now()) {
		return contain.Lock{}, fmt.Errorf("extend %s: it was over at %s: lock again", name, lockOf(stood).Expires.Format(time.RFC3339))
	}
	stood.SetLockExpiry(nil)
	if !end.IsZero() {
		end = end.UTC()
		stood.SetLockExpiry(&end)
	}
	if _, err = l.again(ctx, "extend the lock", func(ctx context.Context) error { return l.cluster.client.UpsertLock(ctx, stood) }); err != nil {
		return contain.Lock{}, unsure(err, "moved", extendAgain)
	}
	return l.moved(ctx, name, stood)
}

// moved reads a lock back until it has the end that it was given: the first
// answers may come from before.
func (l *Locker) moved(ctx context.Context, name string, want types.Lock) (contain.Lock, error) {
	within, cancel := context.WithTimeout(ctx, l.cluster.options.Patience/2)
	defer cancel()
	for wait := firstPause; ; wait *= 2 {
		got, err := l.read(within, name)
		switch {
		case ctx.Err() != nil:
			return contain.Lock{}, ctx.Err()
		case err != nil:
			return contain.Lock{}, unsure(err, "moved", extendAgain)
		case !got.Target().Equals(want.Target()):
			return contain.Lock{}, fmt.Errorf("extend %s: it came back as %s", name, lockOf(got).Title())
		case lockOf(got).Expires.Equal(lockOf(want).Expires):
			return lockOf(got), nil
		}
		if l.cluster.options.Pause(within, wait) != nil {
			return contain.Lock{}, unsure(&Error{Reason: ErrLost, Text: "the new end was sent, and the cluster still shows the old one"}, "moved", extendAgain)
		}
	}
}

const extendAgain = "move its end again, or look at it: tctl get locks"

// slot is where a field stands in Teleport's target; nil for the fields that
// the pinned module does not have.
func slot(t *types.LockTarget, f contain.Field) *string {
	switch f {
	case contain.FieldUser:
		return &t.User
	case contain.FieldRole:
		return &t.Role
	case contain.FieldLogin:
		return &t.Login
	case contain.FieldMFADevice:
		return &t.MFADevice
	case contain.FieldWindowsDesktop:
		return &t.WindowsDesktop
	case contain.FieldAccessRequest:
		return &t.AccessRequest
	case contain.FieldDevice:
		return &t.Device
	case contain.FieldServerID:
		return &t.ServerID
	case contain.FieldNode:
		return &t.Node //nolint:staticcheck // servers before 13 know no other
	}
	return nil
}

// targetOf is the target as Teleport's, if the server knows each field of it.
func targetOf(targets []contain.Target, server contain.Server) (out types.LockTarget, err error) {
	for _, t := range targets {
		at := slot(&out, t.Field)
		switch {
		case !server.Knows(t.Field):
			return out, fmt.Errorf("place the lock: this cluster's version does not know %s and would keep a lock that locks nothing", t.Field.Flag())
		case at == nil:
			return out, &Error{Reason: ErrNotOffered, Text: fmt.Sprintf("place the lock: cordon cannot send %s", t.Field.Flag()), Hint: "run the tctl line that the plan shows"}
		case *at != "":
			return out, fmt.Errorf("place the lock: a lock names one %s, not two", t.Field.Title())
		}
		*at = t.Value
	}
	return out, nil
}

// lockOf is a lock of the cluster as the board shows it.
func lockOf(l types.Lock) contain.Lock {
	out := contain.Lock{
		Name: l.GetName(), Message: l.Message(), By: l.CreatedBy(), EndSaid: true, Origin: contain.OriginCluster,
	}
	if at := l.CreatedAt(); !at.IsZero() {
		out.Created = at.UTC()
	}
	if end := l.LockExpiry(); end != nil {
		out.Expires = end.UTC()
	}
	target := l.Target()
	for _, f := range contain.Fields() {
		if at := slot(&target, f); at != nil && *at != "" {
			out.Targets = append(out.Targets, contain.Target{Field: f, Value: *at})
		}
	}
	// Fields of newer servers that this module does not have are kept as they came:
	// such a lock is not empty, and locks more than the others say.
	out.Unread = len(target.XXX_unrecognized) > 0
	return out
}
