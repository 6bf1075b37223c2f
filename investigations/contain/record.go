package contain

import (
	"encoding/json"
	"time"

	"cordon/investigations/journal"
)

// UndoWindow is how long the key that undoes the last lock works. Later the
// lock is removed from the board.
const UndoWindow = 30 * time.Second

// detail is what a journal entry about a lock holds for the board.
type detail struct {
	Name    string    `json:"name"`
	Targets []Target  `json:"targets,omitempty"`
	Message string    `json:"message,omitempty"`
	Expires time.Time `json:"expires,omitzero"`
	Asked   asked     `json:"asked,omitempty"`   // of the cluster, where the answer is open
	Cluster string    `json:"cluster,omitempty"` // whose lock it is, in LIVE
}

// asked is what a cluster is asked to do with a lock.
type asked string

const (
	askPlace  asked = "place"
	askRemove asked = "remove"
	askExtend asked = "extend"
)

func (d detail) String() string {
	b, err := json.Marshal(d)
	if err != nil {
		return "" // Only a target without a field fails, and no lock has one.
	}
	return string(b)
}

// PlaceEntry is the journal entry for a lock that a Locker returned: planned
// in dry-run, placed otherwise.
func PlaceEntry(l Lock, operator string, mode journal.Mode, now time.Time) journal.Entry {
	e := journal.Entry{
		Time: now, Operator: operator, Mode: mode, Target: l.Title(), Command: l.Command,
		Action: journal.ActionLockPlace, Result: "locked, " + end(l),
		Detail: detail{Name: l.Name, Targets: l.Targets, Message: l.Message, Expires: l.Expires, Cluster: l.Cluster}.String(),
	}
	if l.Dry {
		e.Action, e.Result = journal.ActionLockPlan, "dry-run: nothing was sent"
	}
	return e
}

func end(l Lock) string {
	if l.Expires.IsZero() {
		return "no end"
	}
	return "until " + l.Expires.UTC().Format(time.RFC3339)
}

// ExtendEntry is the journal entry for a lock whose end was moved.
func ExtendEntry(l Lock, operator string, mode journal.Mode, now time.Time) journal.Entry {
	e := journal.Entry{
		Time: now, Operator: operator, Mode: mode, Action: journal.ActionLockExtend, Target: l.Title(),
		Result: "moved: " + end(l), Detail: detail{Name: l.Name, Expires: l.Expires, Cluster: l.Cluster}.String(),
	}
	if mode == journal.ModeDryRun {
		e.Result = "dry-run: nothing was sent; the plan now ends: " + end(l)
		if !l.Dry {
			e.Result = "dry-run: nothing was sent, the lock stands as it was"
		}
	}
	return e
}

// seenEntry is the journal entry for the end of somebody's lock as the cluster has
// it, where the log does not say it or says another.
func seenEntry(l Lock, operator string, now time.Time) journal.Entry {
	return journal.Entry{
		Time: now, Operator: operator, Mode: journal.ModeLive, Action: journal.ActionLockSeen, Target: l.Title(),
		Result: "on the cluster it holds: " + end(l), Detail: detail{Name: l.Name, Expires: l.Expires, Cluster: l.Cluster}.String(),
	}
}

// UndoEntry is the journal entry for a lock that Unlock returned.
func UndoEntry(l Lock, operator string, mode journal.Mode, now time.Time) journal.Entry {
	e := journal.Entry{
		Time: now, Operator: operator, Mode: mode, Action: journal.ActionLockUndo,
		Target: l.Title(), Command: l.UndoCommand(), Result: "lock removed",
		Detail: detail{Name: l.Name, Cluster: l.Cluster}.String(),
	}
	switch {
	case l.Dry:
		e.Result = "dry-run: plan dropped, nothing was sent"
	case mode == journal.ModeDryRun:
		e.Result = "dry-run: nothing was sent, the lock stands"
	}
	return e
}

// RefuseEntry is the journal entry for a lock that was asked for and not
// placed.
func RefuseEntry(p Plan, why error, operator string, mode journal.Mode, now time.Time) journal.Entry {
	return refusal(lockOf(p, now), why.Error(), operator, mode, now)
}

// refusal is the journal entry for what was asked for and not done.
func refusal(l Lock, why, operator string, mode journal.Mode, now time.Time) journal.Entry {
	return journal.Entry{
		Time: now, Operator: operator, Mode: mode, Action: journal.ActionLockRefuse,
		Target: l.Title(), Command: l.Command, Result: why,
		Detail: detail{Name: l.Name, Targets: l.Targets, Cluster: l.Cluster}.String(),
	}
}

// sendEntry is the journal entry before the cluster is asked for something. It
// stays the last word about the lock where cordon ended before the answer came.
func sendEntry(l Lock, what asked, operator string, now time.Time) journal.Entry {
	command := l.Command
	switch what {
	case askRemove:
		command = l.UndoCommand()
	case askExtend:
		command = "" // tctl has none
	}
	return journal.Entry{
		Time: now, Operator: operator, Mode: journal.ModeLive, Action: journal.ActionLockSend,
		Target: l.Title(), Command: command, Result: "asking the cluster: " + string(what),
		Detail: detail{l.Name, l.Targets, l.Message, l.Expires, what, l.Cluster}.String(),
	}
}

// unsureEntry is the journal entry for what the cluster was asked for and nobody
// knows whether it was done.
func unsureEntry(l Lock, what asked, why, operator string, now time.Time) journal.Entry {
	e := sendEntry(l, what, operator, now)
	e.Action, e.Result = journal.ActionLockUnsure, why
	return e
}

// LastLock is the lock that the undo key removes: that of the last lock action
// in the journal, while its window is open. An undo is an action too, so the
// key never works its way back through older locks. left is what remains of
// the window.
func LastLock(entries []journal.Entry, now time.Time) (l Lock, left time.Duration, ok bool) {
	for i := len(entries) - 1; i >= 0; i-- {
		e := entries[i]
		switch e.Action {
		case journal.ActionLockUndo:
			return Lock{}, 0, false
		case journal.ActionLockPlan, journal.ActionLockPlace:
			left = min(UndoWindow, UndoWindow-now.Sub(e.Time))
			l, read := lockFromEntry(e)
			if !read || left <= 0 {
				return Lock{}, 0, false
			}
			return l, left, true
		}
	}
	return Lock{}, 0, false
}

// lockFromEntry reads back what PlaceEntry wrote.
func lockFromEntry(e journal.Entry) (Lock, bool) {
	var d detail
	if err := json.Unmarshal([]byte(e.Detail), &d); err != nil || d.Name == "" {
		return Lock{}, false
	}
	return Lock{
		Name: d.Name, Targets: d.Targets, Message: d.Message, Expires: d.Expires.UTC(), EndSaid: true,
		Created: e.Time.UTC(), By: e.Operator, Command: e.Command, Origin: OriginJournal, Cluster: d.Cluster,
		Dry: e.Action == journal.ActionLockPlan,
	}, true
}
