package pivot

import (
	"encoding/json"
	"time"

	"cordon/investigations"
)

// Report is the blast radius of one identity.
type Report struct {
	Identity string   `json:"identity"`
	Coverage Coverage `json:"coverage"`
	// Since is the moment that Lead.New speaks of; zero when it was not asked.
	Since  time.Time             `json:"since,omitzero"`
	Pivots Pivots                `json:"pivots"`
	Entity investigations.Entity `json:"-"`
	// Seen says whether the case knows the identity at all.
	Seen bool `json:"-"`
}

// Pivots are the categories in the order in which they are shown. As JSON they
// are one object in that order, each under its key.
type Pivots []Category

// Category is what one identity did of one sort.
type Category struct {
	Key   string `json:"-"`
	Title string `json:"-"`
	// Asked says that the category is one that a person asks about this kind of
	// identity, so that an empty one is worth a word.
	Asked bool `json:"-"`
	Slice
	// NamedIn are the events of the category's sort that involve the identity
	// otherwise than as the one who acted: locks on it, reviews of it.
	NamedIn *Slice `json:"named_in,omitempty"`
	Flags   []Flag `json:"flags,omitempty"`
	// Logged is false where this server's version does not log such events,
	// and nil where nothing can be said against it.
	Logged *bool `json:"logged,omitempty"`
	// Note is one sentence about what the count cannot say, or empty.
	Note string `json:"note,omitempty"`
	// Types are the events by type, in the category of what no other one asks
	// about.
	Types map[string]int `json:"types,omitempty"`
}

// Slice is a set of events and where they lead.
type Slice struct {
	Events   int       `json:"events"`
	First    time.Time `json:"-"` // of the events that have a time
	Last     time.Time `json:"-"`
	Entities []Lead    `json:"entities"`
	// NewEntities is how many of the entities are new, in the sense of Lead.
	NewEntities int `json:"new_entities,omitempty"`
}

// Lead is an entity that some events of a slice name.
type Lead struct {
	investigations.Entity
	Label string              `json:"label,omitempty"`
	Role  investigations.Role `json:"role"`  // in the first event that shows it
	Event string              `json:"event"` // uid of that event
	ID    int64               `json:"-"`     // case id of that event
	Count int                 `json:"count"` // events of the slice that name it
	First time.Time           `json:"first,omitzero"`
	Last  time.Time           `json:"last,omitzero"`
	// New says that the identity never used it before the moment the report was
	// asked about. KnownSince and LastBefore are the first and the last use before
	// that moment. A refused attempt is no use, and only what can be used again
	// and again is judged: no session, request, certificate or lock, and nothing
	// that the identity made or changed rather than used.
	New        bool      `json:"new,omitempty"`
	KnownSince time.Time `json:"known_since,omitzero"`
	LastBefore time.Time `json:"last_before,omitzero"`
	rank       int       // place of its kind among the category's leads
}

// FlagKind names a notable fact.
type FlagKind string

// The facts that a pivot notices. None of them is a verdict.
const (
	FlagFailed       FlagKind = "failed"           // refused, or did not succeed
	FlagSelfApproved FlagKind = "self_approved"    // who asked also decided
	FlagNoActor      FlagKind = "actor_unrecorded" // the changed user is logged as the one who changed it
	FlagLocked       FlagKind = "locked"           // a lock was put on the identity
)

// Flag is one notable fact of a category, with the first event that shows it.
type Flag struct {
	Kind   FlagKind               `json:"flag"`
	Entity *investigations.Entity `json:"entity,omitempty"` // what it concerns, where it is one thing
	Count  int                    `json:"count"`
	Event  string                 `json:"event"`
	ID     int64                  `json:"-"`
	First  time.Time              `json:"first,omitzero"`
	Last   time.Time              `json:"last,omitzero"`
}

// Get returns the category with the key given.
func (p Pivots) Get(key string) (Category, bool) {
	for _, c := range p {
		if c.Key == key {
			return c, true
		}
	}
	return Category{}, false
}

// MarshalJSON writes one object, its keys in the order of display.
func (p Pivots) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, c := range p {
		if i > 0 {
			out = append(out, ',')
		}
		key, err := json.Marshal(c.Key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}

// MarshalJSON writes null for a first or last that there is none of.
func (c Category) MarshalJSON() ([]byte, error) {
	type rest struct {
		NamedIn *Slice         `json:"named_in,omitempty"`
		Flags   []Flag         `json:"flags,omitempty"`
		Logged  *bool          `json:"logged,omitempty"`
		Note    string         `json:"note,omitempty"`
		Types   map[string]int `json:"types,omitempty"`
	}
	return json.Marshal(struct {
		sliceJSON
		rest
	}{c.Slice.json(), rest{c.NamedIn, c.Flags, c.Logged, c.Note, c.Types}})
}

// MarshalJSON writes null for a first or last that there is none of.
func (s Slice) MarshalJSON() ([]byte, error) { return json.Marshal(s.json()) }

type sliceJSON struct {
	Events   int        `json:"events"`
	First    *time.Time `json:"first"`
	Last     *time.Time `json:"last"`
	Entities []Lead     `json:"entities"`
	New      int        `json:"new_entities,omitempty"`
}

func (s Slice) json() sliceJSON {
	entities := s.Entities
	if entities == nil {
		entities = []Lead{}
	}
	return sliceJSON{s.Events, timeOrNull(s.First), timeOrNull(s.Last), entities, s.NewEntities}
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// Coverage is the case's coverage, as JSON only what every answer carries.
type Coverage struct{ investigations.Coverage }

// MarshalJSON writes the range, the counts and the gaps.
func (c Coverage) MarshalJSON() ([]byte, error) {
	gaps := c.Gaps
	if gaps == nil {
		gaps = []investigations.Gap{}
	}
	return json.Marshal(struct {
		From    *time.Time           `json:"from"`
		To      *time.Time           `json:"to"`
		Events  int64                `json:"events"`
		Sources int                  `json:"sources"`
		Gaps    []investigations.Gap `json:"gaps"`
	}{timeOrNull(c.From), timeOrNull(c.To), c.Events, c.Sources, gaps})
}
