package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
)

// Bounds on findings.
const (
	maxRefs     = 50    // events that a finding lists
	maxEntities = 50    // entities that a finding lists
	maxFindings = 10000 // findings of one rule
	// quiet is how long nothing must match before the next match of the same
	// group is a finding of its own.
	quiet = 24 * time.Hour
)

// Ref names an event of the case.
type Ref struct {
	ID  int64  `json:"id"`
	UID string `json:"uid,omitempty"`
}

// Finding is what a rule has to say about one group of events.
type Finding struct {
	Rule     string    `json:"rule"`
	Title    string    `json:"title"`
	Severity Severity  `json:"severity"`
	Attack   []string  `json:"attack"`
	First    time.Time `json:"first"` // UTC; zero where the events have no time
	Last     time.Time `json:"last"`
	// Count is how many events matched; Events lists the first 50 of them.
	Count    int                     `json:"count"`
	Events   []Ref                   `json:"events"`
	Entities []investigations.Entity `json:"entities"` // whom the events involve, at most 50
	Why      string                  `json:"why"`
	Next     string                  `json:"next"` // a command to type

	group  string
	latest Ref
}

// add takes one more event into the finding. One that it has already, because
// it ends several sequences, counts once.
func (f *Finding) add(e trace) {
	if f.Count > 0 && (e.ref == f.latest || slices.Contains(f.Events, e.ref)) {
		return
	}
	f.latest = e.ref
	if f.Count == 0 || !e.time.IsZero() && (e.time.Before(f.First) || f.First.IsZero()) {
		f.First = e.time
	}
	if e.time.After(f.Last) {
		f.Last = e.time
	}
	f.Count++
	if len(f.Events) < maxRefs {
		f.Events = append(f.Events, e.ref)
	}
	for _, entity := range e.entities {
		if len(f.Entities) < maxEntities && !slices.Contains(f.Entities, entity) {
			f.Entities = append(f.Entities, entity)
		}
	}
}

// trace is what is kept of an event that may become part of a finding.
type trace struct {
	ref      Ref
	time     time.Time
	entities []investigations.Entity
}

func traceOf(ev *investigations.Event) trace {
	t := trace{ref: Ref{ev.ID, ev.UID}, time: ev.Time}
	for _, v := range ev.Involved {
		if len(t.entities) < maxEntities && !v.Entity.IsZero() && !slices.Contains(t.entities, v.Entity) {
			t.entities = append(t.entities, v.Entity)
		}
	}
	return t
}

// sortFindings puts the gravest first, then the earliest.
func sortFindings(findings []*Finding) {
	slices.SortStableFunc(findings, func(a, b *Finding) int {
		return cmp.Or(cmp.Compare(b.Severity.rank(), a.Severity.rank()), a.First.Compare(b.First),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.group, b.group))
	})
}
