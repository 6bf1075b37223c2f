package contain

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// removalShown is how long it is an alarm that somebody else removed a lock.
const removalShown = 15 * time.Minute

// Alarm is a lock placed here that somebody else removed, or that does not hold.
type Alarm struct {
	Lock    Lock
	Holding Holding // where it stands
}

// Words are the alarm in one sentence.
func (a Alarm) Words() string {
	if a.Lock.Released.IsZero() {
		return fmt.Sprintf("the lock on %s %s", a.Lock.Title(), a.Holding.Words())
	}
	return fmt.Sprintf("the lock on %s was removed by %s: lock again", a.Lock.Title(), a.Lock.ReleasedBy)
}

// Alarms looks whether the locks that were placed here stand and hold, the newest
// ones where there are more than most. One that was locked again is none.
func (d *Desk) Alarms(ctx context.Context, most int) ([]Alarm, error) {
	board, err := d.Board(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := d.entries(ctx)
	if err != nil {
		return nil, err
	}
	now := d.Now()
	mine := NewBoard(nil, entries).At(now, StateInForce)
	inForce := board.At(now, StateInForce)
	var out []Alarm
	for _, l := range mine[max(0, len(mine)-most):] {
		a := Alarm{Lock: l}
		if stands, ok := byName(board, l.Name); ok {
			a.Lock = stands
		}
		switch a.Lock.State(now) {
		case StateReleased:
			again := slices.ContainsFunc(inForce, func(other Lock) bool { return sameTargets(other.Targets, l.Targets) })
			if !again && now.Sub(a.Lock.Released) < removalShown {
				out = append(out, a)
			}
		case StateInForce:
			if a.Holding, err = Held(ctx, d.Facts, a.Lock); err != nil {
				return nil, err
			}
			if a.Holding.Verdict == Broken {
				out = append(out, a)
			}
		}
	}
	return out, nil
}
