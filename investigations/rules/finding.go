package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/filter"
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

// Finding is what a rule has to say about one group of events. Its texts are as
// the evidence has them.
type Finding struct {
	// ID names the finding as long as its first event is the same.
	ID       string    `json:"id"`
	Rule     string    `json:"rule"`
	Title    string    `json:"title"`
	Severity Severity  `json:"severity"`
	Attack   []string  `json:"attack"`
	First    time.Time `json:"first"` // UTC; zero where the events have no time
	Last     time.Time `json:"last"`
	// Count is how many events matched; Events lists the first 50 of them.
	Count  int   `json:"count"`
	Events []Ref `json:"events"`
	// About is whom or what the finding is about: the first of Who, else what its
	// events have in common, else the first that they involve.
	About    investigations.Entity   `json:"about"`
	Who      []investigations.Entity `json:"who"`      // users and bots that had a hand in the events, at most 50
	Entities []investigations.Entity `json:"entities"` // everybody whom the events involve, at most 50
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
	f.Who = merge(f.Who, e.who)
	f.Entities = merge(f.Entities, e.entities)
}

// merge adds entities that are not there yet, while there is room.
func merge(into, more []investigations.Entity) []investigations.Entity {
	for _, e := range more {
		if len(into) == maxEntities {
			return into
		}
		if !slices.Contains(into, e) {
			into = append(into, e)
		}
	}
	return into
}

// Involves reports whether the entity has to do with the finding, as far as the
// entities that it lists say.
func (f *Finding) Involves(e investigations.Entity) bool { return slices.Contains(f.Entities, e) }

// Names lists everybody whom the finding involves, once: what it is about, those
// who had a hand in it, the others.
func (f *Finding) Names() []investigations.Entity {
	var out []investigations.Entity
	for _, list := range [][]investigations.Entity{{f.About}, f.Who, f.Entities} {
		for _, e := range list {
			if !e.IsZero() && !slices.Contains(out, e) {
				out = append(out, e)
			}
		}
	}
	return out
}

// Proof is a filter that finds the events listed in the finding, as Ref names
// them; events without a uid are found by their time.
func (f *Finding) Proof() filter.Expr {
	var uids []filter.Value
	for _, e := range f.Events {
		if e.UID != "" {
			uids = append(uids, filter.Value{Text: e.UID})
		}
	}
	if len(uids) > 0 {
		return filter.Expr{}.With(filter.Term{Key: filter.KeyUID, Values: uids})
	}
	return filter.Expr{}.
		With(filter.Term{Key: filter.KeyAfter, Values: []filter.Value{{Time: f.First}}}).
		With(filter.Term{Key: filter.KeyBefore, Values: []filter.Value{{Time: f.Last.Add(time.Millisecond)}}})
}

// name gives the finding its ID.
func (f *Finding) name() {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", f.Rule, f.group, f.First.UnixMilli()))
	f.ID = hex.EncodeToString(sum[:6])
}

// trace is what is kept of an event that may become part of a finding.
type trace struct {
	ref      Ref
	time     time.Time
	who      []investigations.Entity
	entities []investigations.Entity
}

// trace is what is kept of the event, made once for all rules.
func (v *view) trace() trace {
	if v.kept != nil {
		return *v.kept
	}
	ev := v.event()
	t := trace{ref: Ref{ev.ID, ev.UID}, time: ev.Time, entities: make([]investigations.Entity, 0, min(len(ev.Involved), maxEntities))}
	for _, in := range ev.Involved {
		if len(t.entities) < maxEntities && !in.Entity.IsZero() && !slices.Contains(t.entities, in.Entity) {
			t.entities = append(t.entities, in.Entity)
			if hasHand(in) && !claimed(ev) {
				t.who = append(t.who, in.Entity)
			}
		}
	}
	if behind, ok := ev.First(investigations.KindUser, investigations.RoleImpersonator); ok {
		if i := slices.Index(t.who, behind.Entity); i > 0 {
			t.who[0], t.who[i] = t.who[i], t.who[0] // whose hands they were
		}
	}
	v.kept = &t
	return t
}

// hasHand reports whether somebody had a hand in the event that names them so.
func hasHand(v investigations.Involvement) bool {
	switch v.Role {
	case investigations.RoleActor:
		return v.Entity.Kind == investigations.KindUser || v.Entity.Kind == investigations.KindBot
	case investigations.RoleUpdater, investigations.RoleReviewer, investigations.RoleImpersonator, investigations.RoleVia:
		return v.Entity.Kind == investigations.KindUser
	}
	return false
}

// claimed reports whether the event names somebody who was refused: anyone can
// claim a name.
func claimed(ev *investigations.Event) bool {
	return ev.Type == "auth" || ev.Outcome == investigations.OutcomeFailure && (ev.Type == "user.login" || ev.Type == "bot.join" || ev.Type == "instance.join")
}

// settle says what the finding is about.
func (f *Finding) settle() {
	switch {
	case len(f.Who) > 0:
		f.About = f.Who[0]
		return
	case len(f.Entities) > 0:
		f.About = f.Entities[0]
	}
	for _, part := range strings.Split(f.group, "\x00") {
		for _, e := range f.Entities {
			if e.Name == part || e.String() == part {
				f.About = e
				return
			}
		}
	}
}

// sortFindings puts the gravest first, then the earliest.
func sortFindings(findings []*Finding) {
	slices.SortStableFunc(findings, func(a, b *Finding) int {
		return cmp.Or(cmp.Compare(b.Severity.rank(), a.Severity.rank()), a.First.Compare(b.First),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.group, b.group))
	})
}
