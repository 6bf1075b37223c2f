package judgement

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/journal"
)

// Side is whose hands something belongs to.
type Side string

// The sides. An unmarked key has none.
const (
	Unmarked Side = ""
	Hostile  Side = "hostile"
	Owner    Side = "owner"
)

// Verdict is what the responder decided about a step of a lineage.
type Verdict string

// The verdicts. A step that nobody decided on has none.
const (
	Undecided Verdict = ""
	Accepted  Verdict = "accepted"
	Refused   Verdict = "refused"
)

// Said is who decided something, when and why.
type Said struct {
	Seq    int64     `json:"seq,omitempty"` // journal entry; 0 for a mark of one run
	Time   time.Time `json:"time,omitzero"`
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"` // the responder's own words
}

// Mark says whose hands a key of an identity belongs to.
type Mark struct {
	Identity investigations.Entity `json:"identity"`
	Key      Key                   `json:"key"`
	Side     Side                  `json:"side"`
	Said
}

// Edge names a step of a lineage: child came from parent, as one event shows.
type Edge struct {
	Parent investigations.Entity `json:"parent"`
	Child  investigations.Entity `json:"child"`
	Via    string                `json:"via"`   // type of the event
	Event  string                `json:"event"` // its uid
}

// Decision is a verdict about one step.
type Decision struct {
	Edge
	Verdict Verdict `json:"verdict"`
	Said
}

// Judgement is everything that stands decided. The zero Judgement is none.
type Judgement struct {
	marks map[investigations.Entity]map[Key]Mark
	edges map[Edge]Decision
}

// Read replays a journal, whose entries stand in its order. Entries of other
// actions, and those that cannot be read, say nothing.
func Read(entries []journal.Entry) Judgement {
	j := Judgement{marks: map[investigations.Entity]map[Key]Mark{}, edges: map[Edge]Decision{}}
	for _, e := range entries {
		said := Said{Seq: e.Seq, Time: e.Time.UTC(), By: e.Operator, Reason: e.Note}
		switch e.Action {
		case journal.ActionHandsMark:
			var d markDetail
			if json.Unmarshal([]byte(e.Detail), &d) == nil {
				for _, m := range d.Marks {
					j.mark(Mark{d.Identity, m.Key, m.Side, said})
				}
			}
		case journal.ActionEdgeAccept, journal.ActionEdgeRefuse, journal.ActionEdgeReopen:
			var d edgeDetail
			if json.Unmarshal([]byte(e.Detail), &d) == nil && named(d.Identity) {
				for _, edge := range d.Edges {
					j.decide(Decision{edge, verdictOf(e.Action), said})
				}
			}
		}
	}
	return j
}

func (j *Judgement) mark(m Mark) {
	if !named(m.Identity) || m.Key.Value == "" {
		return
	}
	of := j.marks[m.Identity]
	if of == nil {
		of = map[Key]Mark{}
		j.marks[m.Identity] = of
	}
	switch m.Side {
	case Hostile, Owner:
		of[m.Key] = m
	default:
		delete(of, m.Key)
	}
	if len(of) == 0 {
		delete(j.marks, m.Identity)
	}
}

func (j *Judgement) decide(d Decision) {
	if !named(d.Parent) || !named(d.Child) {
		return
	}
	if d.Verdict == Undecided {
		delete(j.edges, d.Edge)
		return
	}
	j.edges[d.Edge] = d
}

// named reports whether an entity can be written and read back.
func named(e investigations.Entity) bool { return e.Kind != investigations.KindUnknown && e.Name != "" }

// With is the judgement with further marks, as for one run: they hold over
// those that stand.
func (j Judgement) With(marks ...Mark) Judgement {
	out := Judgement{marks: make(map[investigations.Entity]map[Key]Mark, len(j.marks)), edges: j.edges}
	for e, of := range j.marks {
		out.marks[e] = maps.Clone(of)
	}
	for _, m := range marks {
		out.mark(m)
	}
	return out
}

// Side is whose hands a key of an identity belongs to.
func (j Judgement) Side(identity investigations.Entity, key Key) Side {
	return j.marks[identity][key].Side
}

// Marks lists the marks of an identity, by key.
func (j Judgement) Marks(identity investigations.Entity) []Mark {
	out := slices.Collect(maps.Values(j.marks[identity]))
	slices.SortFunc(out, func(a, b Mark) int { return a.Key.Compare(b.Key) })
	return out
}

// Marked lists the identities that have marks, by kind and name.
func (j Judgement) Marked() []investigations.Entity {
	out := slices.Collect(maps.Keys(j.marks))
	slices.SortFunc(out, compareEntities)
	return out
}

// Of is what was decided about a step, the zero Decision for nothing.
func (j Judgement) Of(e Edge) Decision { return j.edges[e] }

// Decisions lists what was decided about steps, the latest last.
func (j Judgement) Decisions() []Decision {
	out := slices.Collect(maps.Values(j.edges))
	slices.SortFunc(out, func(a, b Decision) int { return cmp.Or(cmp.Compare(a.Seq, b.Seq), compareEdges(a.Edge, b.Edge)) })
	return out
}

// IsZero reports whether nothing stands decided.
func (j Judgement) IsZero() bool { return len(j.marks) == 0 && len(j.edges) == 0 }

func compareEntities(a, b investigations.Entity) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name))
}

func compareEdges(a, b Edge) int {
	return cmp.Or(compareEntities(a.Parent, b.Parent), compareEntities(a.Child, b.Child),
		strings.Compare(a.Via, b.Via), strings.Compare(a.Event, b.Event))
}
