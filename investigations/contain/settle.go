package contain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"cordon/investigations/journal"
)

// inFlight is how long an act that was sent may still take effect. After that
// the cluster's own list decides what came of it.
const inFlight = time.Minute

// act is something that the cluster was asked for, and whose outcome the journal
// does not tell.
type act struct {
	lock Lock
	what asked
	at   time.Time
	sent bool // nobody has given up on the answer yet
}

// open are the acts whose outcome the journal does not tell, in its order: what
// was sent, or what nobody waits for any more. An entry that a lock was placed,
// moved or removed tells the outcome of all before it; a refusal only that of the
// act before it.
func open(entries []journal.Entry) []act {
	var out []act
	for _, e := range entries {
		var told detail
		if e.Mode == journal.ModeDryRun || json.Unmarshal([]byte(e.Detail), &told) != nil {
			continue // a dry run sends nothing
		}
		of := func(a act) bool { return a.lock.Name == told.Name }
		switch e.Action {
		case journal.ActionLockPlace, journal.ActionLockExtend, journal.ActionLockUndo:
			out = slices.DeleteFunc(out, of)
		case journal.ActionLockUnsure, journal.ActionLockRefuse:
			for i := len(out) - 1; i >= 0; i-- {
				if of(out[i]) {
					out = slices.Delete(out, i, i+1)
					break
				}
			}
		}
		if e.Action != journal.ActionLockSend && e.Action != journal.ActionLockUnsure {
			continue
		}
		if l, ok := lockFromEntry(e); ok {
			out = append(out, act{l, told.Asked, e.Time, e.Action == journal.ActionLockSend})
		}
	}
	return out
}

// settle records what came of the acts that the journal left open, by the locks
// that the cluster holds. What cannot be recorded now is left open.
func (d *Desk) settle(ctx context.Context, known Board, entries []journal.Entry, held []Lock) {
	told := map[string]bool{}
	for _, a := range open(entries) {
		if told[a.lock.Name] {
			continue // what is known of it changed just now: the next time
		}
		young := d.Now().Sub(a.at) < inFlight
		if young && a.sent {
			continue // somebody waits for the answer just now
		}
		e, ok := d.outcome(a, known, held, young)
		if !ok {
			continue
		}
		told[a.lock.Name] = true
		e.Result += " (found on the cluster: the answer was lost)"
		if d.record(ctx, e) != nil {
			return
		}
	}
}

// keepEnds records the ends of locks in force that the log does not say, as old
// servers leave them out, or says otherwise: the board has them without the cluster
// too. What cannot be recorded now is the next time.
func (d *Desk) keepEnds(ctx context.Context, known Board, held []Lock) {
	now := d.Now()
	for _, l := range held {
		k, ok := byName(known, l.Name)
		if !ok || k.Origin != OriginEvidence || k.State(now) != StateInForce || k.EndSaid && k.Expires.Sub(l.Expires).Abs() < time.Second {
			continue
		}
		if d.record(ctx, seenEntry(l, d.Guard.Operator, now)) != nil {
			return
		}
	}
}

// outcome is the entry that says what came of an act that was left open. ok is
// false while that cannot be told.
func (d *Desk) outcome(a act, known Board, held []Lock, young bool) (e journal.Entry, ok bool) {
	operator, now := d.Guard.Operator, d.Now()
	there, is := byName(held, a.lock.Name)
	stood, had := byName(known, a.lock.Name)
	switch {
	case !had: // placed by somebody else, or not at all
		stood, had = a.lock, a.what != askPlace
	case stood.State(now) != StateInForce:
		had = false
	}
	switch {
	case is && !had:
		there.Command = a.lock.Command
		return PlaceEntry(there, operator, d.Mode, now), true
	case is && !there.Expires.Equal(stood.Expires):
		return ExtendEntry(there, operator, d.Mode, now), true
	case !is && had:
		return UndoEntry(stood, operator, d.Mode, now), true
	case young: // it may take effect yet
		return e, false
	case is:
		return refusal(stood, "nothing was changed", operator, d.Mode, now), true
	default:
		return refusal(a.lock, "the cluster does not hold it", operator, d.Mode, now), true
	}
}

// again gives a plan the name of the lock that it repeats: one on the same
// targets that was sent without an answer, or, while the cluster cannot be asked,
// one that stands as far as the case knows. Sent under that name it stays one lock.
func (d *Desk) again(ctx context.Context, p *Plan, known Board, sure bool) error {
	if d.Mode != journal.ModeLive {
		return nil
	}
	if !sure {
		for _, l := range known.At(d.Now(), StateInForce) {
			if sameTargets(l.Targets, p.Targets) {
				p.Name = l.Name
				return nil
			}
		}
	}
	entries, err := d.entries(ctx)
	if err != nil {
		return err
	}
	for _, a := range open(entries) {
		if sameTargets(a.lock.Targets, p.Targets) {
			p.Name = a.lock.Name
		}
	}
	return nil
}

// announce writes down what is about to be asked of the cluster. A journal that
// cannot be written does not keep a lock from being placed: the entry after it
// tells the error.
func (d *Desk) announce(ctx context.Context, l Lock, what asked) {
	if d.Mode == journal.ModeLive {
		_, _ = d.Book.Record(ctx, sendEntry(l, what, d.Guard.Operator, d.Now()))
	}
}

// record keeps an entry, also after the act was cancelled.
func (d *Desk) record(ctx context.Context, e journal.Entry) error {
	_, err := d.Book.Record(context.WithoutCancel(ctx), e)
	return err
}

// failed records what became of an act that was sent and ended with an error:
// refused, or nobody knows. It returns that error.
func (d *Desk) failed(ctx context.Context, l Lock, what asked, why error) error {
	switch {
	case d.Mode != journal.ModeLive && what != askPlace:
		return why // a dry run sent nothing
	case d.Mode == journal.ModeLive && (ctx.Err() != nil || errors.Is(why, ErrUnsure)):
		return errors.Join(why, d.record(ctx, unsureEntry(l, what, why.Error(), d.Guard.Operator, d.Now())))
	default:
		return errors.Join(why, d.record(ctx, refusal(l, why.Error(), d.Guard.Operator, d.Mode, d.Now())))
	}
}

// named is the lock of a name as far as the case knows it; had is false where it
// knows none. One of another cluster is an error.
func (d *Desk) named(ctx context.Context, name string) (l Lock, had bool, err error) {
	known, _, err := d.known(ctx)
	if err != nil {
		return Lock{}, false, err
	}
	if l, had = byName(known, name); had {
		return d.here(l), true, nil
	}
	all := *d
	all.Cluster = ""
	others, _, err := all.known(ctx)
	if err != nil {
		return Lock{}, false, err
	}
	if other, ok := byName(others, name); ok {
		return other, false, fmt.Errorf("the lock %s is on %s, and this is %s: connect to %s", name, other.Cluster, d.Cluster, other.Cluster)
	}
	return d.here(Lock{Name: name, Unread: true, Origin: OriginCluster}), false, nil
}

func byName(locks []Lock, name string) (Lock, bool) {
	i := slices.IndexFunc(locks, func(l Lock) bool { return l.Name == name })
	if i < 0 {
		return Lock{}, false
	}
	return locks[i], true
}
