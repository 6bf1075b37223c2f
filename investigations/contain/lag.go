package contain

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"cordon/investigations/journal"
)

// A cluster's list of locks comes from a cache that is behind by up to a second,
// more on a busy one. cacheLag is how long what the journal says of an act wins
// over the list. youngLock is how long a lock that the list lacks is looked up by
// its name, which finds it where it was written, before it counts as removed.
const (
	cacheLag  = 10 * time.Second
	youngLock = time.Minute
)

// caughtUp is the cluster's list of locks as it will be once it has caught up
// with what was done here.
func (d *Desk) caughtUp(ctx context.Context, known Board, entries []journal.Entry, listed []Lock) []Lock {
	acts, now := lastActs(entries), d.Now()
	var out []Lock
	for _, l := range listed {
		act, ok := acts[l.Name]
		if ok && now.Sub(act.Time) < cacheLag {
			switch act.Action {
			case journal.ActionLockUndo:
				continue
			case journal.ActionLockExtend:
				if moved, ok := lockFromEntry(act); ok {
					l.Expires = moved.Expires
				}
			}
		}
		out = append(out, l)
	}
	for _, l := range known.At(now, StateInForce) {
		if _, there := byName(listed, l.Name); there {
			continue
		}
		since := l.Created
		if act := acts[l.Name]; act.Time.After(since) {
			since = act.Time
		}
		if now.Sub(since) > youngLock {
			continue
		}
		switch found, err := d.Locker.Read(ctx, l.Name); {
		case err == nil:
			out = append(out, found)
		case !errors.Is(err, ErrNotFound):
			out = append(out, l) // nobody can tell: as far as the case knows
		}
	}
	return out
}

// lastActs are the newest acts on each lock that took effect.
func lastActs(entries []journal.Entry) map[string]journal.Entry {
	out := map[string]journal.Entry{}
	for _, e := range entries {
		if e.Mode == journal.ModeDryRun {
			continue
		}
		switch e.Action {
		case journal.ActionLockPlace, journal.ActionLockExtend, journal.ActionLockUndo:
			var of detail
			if json.Unmarshal([]byte(e.Detail), &of) == nil {
				out[of.Name] = e
			}
		}
	}
	return out
}
