package contain

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"cordon/investigations"
	"cordon/investigations/journal"
)

// Record is one lock event of the evidence with its own bytes, since the end
// of a lock stands only there.
type Record struct {
	Event *investigations.Event
	Raw   []byte
}

// Board is every lock that the evidence and the journal know of, oldest first.
type Board []Lock

// NewBoard joins lock events and journal entries by the lock's name. Events
// need not be in order; entries stand in the journal's order. What a lock
// names, and that it exists, the evidence says; what the log leaves out
// (message, and the end on older servers) the journal adds.
func NewBoard(events []Record, entries []journal.Entry) Board {
	b := builder{locks: map[string]*Lock{}}
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(x, y Record) int { return x.Event.Position().Compare(y.Event.Position()) })
	for _, r := range sorted {
		b.event(r)
	}
	for _, e := range entries {
		b.entry(e)
	}
	out := make(Board, 0, len(b.locks))
	for _, l := range b.locks {
		out = append(out, *l)
	}
	slices.SortFunc(out, ByCreated)
	return out
}

// LockTypes are the event types that NewBoard reads.
var LockTypes = []string{"lock.created", "lock.deleted"}

// At gives the locks in one of the states at now.
func (b Board) At(now time.Time, states ...State) []Lock {
	var out []Lock
	for _, l := range b {
		if slices.Contains(states, l.State(now)) {
			out = append(out, l)
		}
	}
	return out
}

// Contained reports whether a lock in force names the entity. A planned lock
// does not count.
func (b Board) Contained(e investigations.Entity, now time.Time) (Lock, bool) {
	for _, l := range b {
		if l.State(now) == StateInForce && l.Hits(e) {
			return l, true
		}
	}
	return Lock{}, false
}

// Already reports a lock on the very same targets that is in force or planned,
// as an *AlreadyError: one that is in force for certain before one that is
// planned, and last one whose end was not logged, which may be over.
func (b Board) Already(targets []Target, now time.Time) error {
	var planned, unsure error
	for _, l := range b {
		if !sameTargets(l.Targets, targets) {
			continue
		}
		switch state := l.State(now); {
		case state == StateInForce && l.EndSaid:
			return &AlreadyError{Lock: l, State: state}
		case state == StateInForce && unsure == nil:
			unsure = &AlreadyError{Lock: l, State: state}
		case state == StatePlanned && planned == nil:
			planned = &AlreadyError{Lock: l, State: state}
		}
	}
	if planned != nil {
		return planned
	}
	return unsure
}

// with lays the locks that the cluster holds over the board. One that the board
// has in force and the cluster does not hold was removed, nobody knows when.
func (b Board) with(held []Lock, now time.Time) Board {
	live := make(map[string]Lock, len(held))
	for _, l := range held {
		live[l.Name] = l
	}
	out := make(Board, 0, len(b)+len(held))
	for _, l := range b {
		h, ok := live[l.Name]
		switch {
		case ok:
			delete(live, l.Name)
			h.Command, h.Event = l.Command, l.Event
			if h.Created.IsZero() {
				h.Created, h.By = l.Created, l.By
			}
			if h.Unread && len(h.Targets) == 0 {
				h.Targets, h.Unread = l.Targets, len(l.Targets) == 0
			}
			l = h
		case l.State(now) == StateInForce:
			l.Released, l.ReleasedBy = now, "somebody: the cluster does not hold it"
		}
		out = append(out, l)
	}
	for _, l := range live {
		out = append(out, l)
	}
	slices.SortFunc(out, ByCreated)
	return out
}

type builder struct{ locks map[string]*Lock }

// event applies one lock event. A lock created again under the same name is
// overwritten in the cluster, so here too: its end is the new one.
func (b *builder) event(r Record) {
	subject, _ := r.Event.First(investigations.KindLock, investigations.RoleSubject)
	body := readLockEvent(r.Raw)
	name := cmp.Or(subject.Entity.Name, body.Name)
	if name == "" {
		return
	}
	by := ""
	if actor, ok := r.Event.Actor(); ok {
		by = actor.Entity.Name
	}
	switch r.Event.Type {
	case "lock.created":
		l := &Lock{Name: name, Created: r.Event.Time, By: by, Cluster: r.Event.Cluster, Origin: OriginEvidence, Event: r.Event.UID}
		l.Targets, l.Unread = body.targets(r.Event)
		if !body.Expires.IsZero() {
			l.Expires, l.EndSaid = body.Expires.UTC(), true
		}
		// Written again while it is in force it is the same lock with another end.
		if was := b.locks[name]; was != nil && was.State(l.Created) == StateInForce && sameTargets(was.Targets, l.Targets) {
			l.Created, l.By, l.Event = was.Created, was.By, was.Event
		}
		b.locks[name] = l
	case "lock.deleted":
		l := b.locks[name]
		if l == nil {
			l = &Lock{Name: name, Cluster: r.Event.Cluster, Origin: OriginEvidence, Event: r.Event.UID}
			if l.Targets, _ = body.targets(r.Event); len(l.Targets) == 0 {
				l.Unread = true
			}
			b.locks[name] = l
		}
		l.Released, l.ReleasedBy = r.Event.Time, by
	}
}

// entry applies one journal entry.
func (b *builder) entry(e journal.Entry) {
	switch e.Action {
	case journal.ActionLockPlan, journal.ActionLockPlace:
		mine, ok := lockFromEntry(e)
		if !ok {
			return
		}
		l := b.locks[mine.Name]
		if l == nil || l.Origin == OriginJournal {
			b.locks[mine.Name] = &mine
			return
		}
		l.Message, l.Command = mine.Message, mine.Command
		if !l.EndSaid {
			l.Expires, l.EndSaid = mine.Expires, true
		}
		if len(l.Targets) == 0 && l.Unread {
			l.Targets, l.Unread = mine.Targets, false
		}
	case journal.ActionLockExtend:
		mine, ok := lockFromEntry(e)
		if l := b.locks[mine.Name]; ok && l != nil && (l.Dry || e.Mode != journal.ModeDryRun) {
			l.Expires, l.EndSaid = mine.Expires, true
		}
	case journal.ActionLockSeen:
		if mine, ok := lockFromEntry(e); ok && b.locks[mine.Name] != nil {
			b.locks[mine.Name].Expires, b.locks[mine.Name].EndSaid = mine.Expires, true
		}
	case journal.ActionLockUndo:
		mine, ok := lockFromEntry(e)
		if !ok {
			return
		}
		// In dry-run nothing is sent: it drops a plan and removes no lock.
		l := b.locks[mine.Name]
		if l != nil && l.Released.IsZero() && (l.Dry || e.Mode != journal.ModeDryRun) {
			l.Released, l.ReleasedBy = e.Time.UTC(), e.Operator
		}
	}
}

// lockEvent is what a lock event's own bytes say.
type lockEvent struct {
	Name    string                     `json:"name"`
	Expires time.Time                  `json:"expires"`
	Target  map[string]json.RawMessage `json:"target"`
	Lock    struct {
		Target map[string]json.RawMessage `json:"target"`
	} `json:"lock"`
	read bool
}

// readLockEvent reads the bytes as far as they can be read: a field that is
// not what Teleport writes loses only itself.
func readLockEvent(raw []byte) lockEvent {
	var top map[string]json.RawMessage
	var out lockEvent
	if json.Unmarshal(raw, &top) != nil {
		return out
	}
	_, out.read = top["target"]
	if !out.read {
		_, out.read = top["lock"]
	}
	if !out.read {
		return out // A line in somebody's wrapping: its fields mean other things.
	}
	get := func(key string, into any) { _ = json.Unmarshal(top[key], into) }
	get("name", &out.Name)
	get("target", &out.Target)
	get("lock", &out.Lock)
	var at time.Time
	if json.Unmarshal(top["expires"], &at) == nil {
		out.Expires = at
	}
	return out
}

// targets are what the event says is locked: in `lock.target` of newer
// servers, else in `target`, else what the index read from it. unread says
// that the event names something that is not understood.
func (l lockEvent) targets(ev *investigations.Event) (out []Target, unread bool) {
	fields := l.Lock.Target
	if len(fields) == 0 {
		fields = l.Target
	}
	for f := FieldUser; f < fieldEnd; f++ {
		var value string
		if json.Unmarshal(fields[f.String()], &value) == nil && value != "" {
			out = append(out, Target{f, value})
		}
	}
	if len(out) > 0 {
		return out, len(out) < nonEmpty(fields)
	}
	for _, v := range ev.Involved {
		if v.Role != investigations.RoleSubject || v.Entity.Kind == investigations.KindLock {
			continue
		}
		if t, ok := fieldOf(v.Entity); ok && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out, len(out) == 0 && (len(fields) > 0 || !l.read)
}

// nonEmpty counts the fields of a target that say something.
func nonEmpty(fields map[string]json.RawMessage) (n int) {
	for _, raw := range fields {
		if text := string(raw); text != `""` && text != "null" {
			n++
		}
	}
	return n
}

// fieldOf is the field that holds an entity, whatever the server.
func fieldOf(e investigations.Entity) (Target, bool) {
	for f := FieldUser; f < fieldEnd; f++ {
		if f.Kind() == e.Kind && e.Kind != investigations.KindUnknown {
			return Target{f, e.Name}, true
		}
	}
	return Target{}, false
}
