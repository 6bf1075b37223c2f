package contain

import (
	"slices"
	"strings"
	"time"

	"cordon/investigations"
)

// State is where a lock stands at a moment.
type State uint8

// The states of a lock. Only StateInForce contains anything.
const (
	StatePlanned  State = iota // shown in dry-run, never sent
	StateInForce               // placed, not expired, not removed
	StateExpired               // its end has passed
	StateReleased              // removed
	StateDropped               // a plan that was undone
	StateEmpty                 // placed without a target: locks nothing, must be removed
)

// String is the state as a word.
func (s State) String() string {
	return [...]string{"planned", "in force", "expired", "released", "dropped", "empty"}[min(s, StateEmpty)]
}

// MarshalText writes the state's word.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Origin says where a lock is known from.
type Origin string

// The origins of a lock.
const (
	OriginEvidence Origin = "evidence" // a lock event in the log
	OriginJournal  Origin = "journal"  // placed or planned here
	OriginCluster  Origin = "cluster"  // read from the live cluster
)

// Lock is a lock on the board: one that was planned, or one that exists.
type Lock struct {
	Name    string   `json:"name"`
	Targets []Target `json:"targets"`
	// Unread says that the evidence names the lock but not what it locks, or that
	// the cluster has it on something that is not known here, perhaps beside Targets.
	Unread  bool   `json:"target_unknown,omitempty"`
	Message string `json:"message,omitempty"`
	Dry     bool   `json:"dry_run,omitempty"` // planned, never sent

	Created    time.Time `json:"created,omitzero"`
	By         string    `json:"by,omitempty"`
	Expires    time.Time `json:"expires,omitzero"` // zero: see EndSaid
	EndSaid    bool      `json:"end_known"`        // a zero Expires means never; else the log does not say
	Released   time.Time `json:"released,omitzero"`
	ReleasedBy string    `json:"released_by,omitempty"`

	Cluster string `json:"cluster,omitempty"` // whose it is; empty where that is not known
	Command string `json:"command,omitempty"`
	Origin  Origin `json:"origin"`
	Event   string `json:"event,omitempty"` // uid of the event that shows it
}

// State is where the lock stands at now.
func (l Lock) State(now time.Time) State {
	switch {
	case !l.Released.IsZero() && l.Dry:
		return StateDropped
	case !l.Released.IsZero():
		return StateReleased
	case !l.Expires.IsZero() && !now.Before(l.Expires):
		return StateExpired
	case l.Dry:
		return StatePlanned
	case len(l.Targets) == 0 && !l.Unread:
		return StateEmpty
	default:
		return StateInForce
	}
}

// Left is how long the lock still holds; ok is false where it has no end or
// none is known.
func (l Lock) Left(now time.Time) (left time.Duration, ok bool) {
	if l.Expires.IsZero() {
		return 0, false
	}
	return max(0, l.Expires.Sub(now)), true
}

// Title names what the lock hits.
func (l Lock) Title() string {
	switch {
	case len(l.Targets) > 0 && l.Unread:
		return title(l.Targets) + " or a target not known here"
	case len(l.Targets) > 0:
		return title(l.Targets)
	case l.Unread && l.Origin == OriginCluster:
		return "a target not known here: tctl get locks shows it"
	case l.Unread:
		return "target not in this evidence"
	default:
		return "no target: locks nothing, remove it"
	}
}

// UndoCommand is the line that removes the lock. A dry lock was never sent:
// it has none.
func (l Lock) UndoCommand() string {
	if l.Dry {
		return ""
	}
	return UndoCommand(l.Name)
}

// Hits reports whether the lock names the entity.
func (l Lock) Hits(e investigations.Entity) bool {
	if e.Kind == investigations.KindBot {
		e = investigations.Entity{Kind: investigations.KindUser, Name: BotUser(e.Name)}
	}
	return slices.ContainsFunc(l.Targets, func(t Target) bool { return t.Entity() == e })
}

// sameTargets reports whether two locks name the same things, in any order.
func sameTargets(a, b []Target) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(t Target) bool { return !slices.Contains(b, t) })
}

// lockOf is the lock that a plan becomes at now.
func lockOf(p Plan, now time.Time) Lock {
	return Lock{
		Name: p.Name, Targets: slices.Clone(p.Targets), Message: p.Message,
		Created: now.UTC(), Expires: p.Ends(now), EndSaid: true,
		Command: p.Command(), Origin: OriginJournal,
	}
}

func (l Lock) clone() Lock {
	l.Targets = slices.Clone(l.Targets)
	return l
}

// ByCreated orders locks by when they were made, then by name.
func ByCreated(a, b Lock) int {
	if c := a.Created.Compare(b.Created); c != 0 {
		return c
	}
	return strings.Compare(a.Name, b.Name)
}
