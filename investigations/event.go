package investigations

import (
	"cmp"
	"strings"
	"time"
)

// Outcome says whether the event's act succeeded, as far as the log says.
type Outcome uint8

// The outcomes. Most events say nothing: they are logged because it happened.
const (
	OutcomeUnsaid Outcome = iota
	OutcomeSuccess
	OutcomeFailure
)

// MaxText is how many bytes of an event's text its row keeps; the line in the
// case always has all of it.
const MaxText = 4096

// Event is one audit event as rows show it: the typed part of the line.
// The line itself is read with the case's Raw.
type Event struct {
	ID      int64     // position in this case file; not the same in another one
	UID     string    // Teleport's event id; may be empty or no UUID
	Type    string    // `event`, e.g. "session.start"
	Code    string    // `code`, e.g. "T2000I"
	Time    time.Time // UTC, milliseconds; zero when the line has none
	Index   int64     // `ei`, position inside a session
	Cluster string    // `cluster_name`
	Outcome Outcome
	// Text is the command, path or statement of the event, cut to MaxText;
	// empty where there is none.
	Text string
	// Involved lists the entities of the event, in table order.
	Involved []Involvement
}

// First returns the first entity of the event in one of the roles and of the
// kind given, and its label.
func (e *Event) First(kind Kind, roles ...Role) (Involvement, bool) {
	for _, role := range roles {
		for _, v := range e.Involved {
			if v.Role == role && v.Entity.Kind == kind {
				return v, true
			}
		}
	}
	return Involvement{}, false
}

// Actor is who did it, as far as the event says: the actor, else the updater,
// the reviewer, or the impersonator.
func (e *Event) Actor() (Involvement, bool) {
	return e.First(KindUser, RoleActor, RoleUpdater, RoleReviewer, RoleImpersonator)
}

// Position orders events: by time, then `ei`, then uid. Two events of one case
// never compare equal because the case id breaks the last tie.
type Position struct {
	Time  int64 // milliseconds since the epoch, UTC
	Index int64
	UID   string
	ID    int64
}

// Compare orders positions. Uids compare in three groups: those that are no
// UUID, then none, then UUIDs; within a group by their bytes.
func (p Position) Compare(o Position) int {
	if p.Time != o.Time {
		return cmp.Compare(p.Time, o.Time)
	}
	if p.Index != o.Index {
		return cmp.Compare(p.Index, o.Index)
	}
	return cmp.Or(cmp.Compare(uidGroup(p.UID), uidGroup(o.UID)), strings.Compare(p.UID, o.UID), cmp.Compare(p.ID, o.ID))
}

// uidGroup puts a uid in the group in which a case file compares it.
func uidGroup(uid string) int {
	switch {
	case uid == "":
		return 1
	case isUUID(uid):
		return 2
	}
	return 0
}

// isUUID reports whether s is a UUID in its usual lower-case form.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}

// Position is where the event stands in the case's order.
func (e *Event) Position() Position {
	p := Position{Index: e.Index, UID: e.UID, ID: e.ID}
	if !e.Time.IsZero() {
		p.Time = e.Time.UnixMilli()
	}
	return p
}
