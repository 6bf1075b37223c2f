package hands

import (
	"context"
	"fmt"
	"slices"

	"cordon/investigations"
	"cordon/investigations/judgement"
)

// Side says whose hands an act was in.
type Side string

// The sides of an act.
const (
	Hostile   Side = "hostile"
	Owner     Side = "owner"
	Ambiguous Side = "ambiguous" // the log does not say
)

// Verdict is whose hands one event was in, and why.
type Verdict struct {
	Side   Side   `json:"side"`
	Reason string `json:"reason"`          // half a sentence, for behind a semicolon
	Event  string `json:"event,omitempty"` // uid of another event that the reason rests on
}

// Judge says of the events of one identity whose hands they were in, by the
// marks that stand. It reads nothing while it judges.
type Judge struct {
	identity investigations.Entity
	marks    judgement.Judgement
	foreign  map[judgement.Key]bool // hostile on some other identity
	sessions map[string][]carried
	certs    map[int64]judgement.Key
	agents   map[int64]string
}

// NewJudge judges by what stands in each event itself.
func NewJudge(identity investigations.Entity, marks judgement.Judgement) *Judge {
	j := &Judge{identity: identity, marks: marks, foreign: make(map[judgement.Key]bool)}
	for _, other := range marks.Marked() {
		for _, m := range marks.Marks(other) {
			if other != identity && m.Side == judgement.Hostile && travels(m.Key.Facet) {
				j.foreign[m.Key] = true
			}
		}
	}
	return j
}

// travels reports whether a key that is hostile for one identity is hostile for
// all: a thief's address and device are, a user agent is anybody's.
func travels(f judgement.Facet) bool {
	return f == judgement.FacetAddress || f == judgement.FacetMFADevice || f == judgement.FacetDevice
}

// ReadJudge judges also by the session that an event belongs to, by the chain of
// certificates and by the user agent, which it reads first. Without lines it
// knows no agents and no chains.
func ReadJudge(ctx context.Context, evidence Evidence, lines Lines, identity investigations.Entity, marks judgement.Judgement) (*Judge, error) {
	j := NewJudge(identity, marks)
	ids, err := actsOf(ctx, evidence, identity, func(eventType string) bool { return opens[eventType] || eventType == "user.login" })
	if err != nil {
		return nil, err
	}
	ids, _ = newest(ids)
	return j, j.open(ctx, evidence, lines, ids)
}

// open reads the sessions, certificates and agents of the events given.
func (j *Judge) open(ctx context.Context, evidence Evidence, lines Lines, ids []int64) error {
	var certs []signed
	var said []int64
	j.sessions = make(map[string][]carried)
	err := evidence.Each(ctx, ids, func(ev *investigations.Event) error {
		if opens[ev.Type] {
			j.opened(ev)
		}
		switch ev.Type {
		case "cert.create":
			_, assumed := ev.First(investigations.KindRequest, investigations.RoleVia)
			certs = append(certs, signed{id: ev.ID, uid: ev.UID, at: ev.Time, assumed: assumed})
			said = append(said, ev.ID)
		case "user.login":
			said = append(said, ev.ID)
		}
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("read the hands of %s: %w", j.identity, err)
	}
	slices.Sort(said)
	tells, err := readTells(ctx, lines, said)
	if err != nil {
		return fmt.Errorf("read the hands of %s: %w", j.identity, err)
	}
	j.agents = make(map[int64]string, len(tells))
	for id, t := range tells {
		j.agents[id] = t.UserAgent
	}
	for i := range certs {
		t := tells[certs[i].id]
		certs[i].expires, certs[i].from = t.Expires, t.Previous
	}
	if lines != nil {
		j.certs = chains(certs)
	}
	return nil
}

// opened notes the keys with which a session was opened.
func (j *Judge) opened(ev *investigations.Event) {
	sid := sessionOf(ev)
	if sid == "" {
		return
	}
	how := "started"
	switch ev.Type {
	case "session.join":
		how = "joined"
	case "cert.create":
		how = "opened with a certificate"
	}
	for _, c := range own(ev) {
		if c.key.Facet != judgement.FacetSession {
			c.tie, c.event = "in the session "+sid+", "+how, ev.UID
			j.sessions[sid] = append(j.sessions[sid], c)
		}
	}
}

// keys lists what an event carries: its own keys first, then those of the
// session it happened in.
func (j *Judge) keys(ev *investigations.Event) []carried {
	out := own(ev)
	if agent := j.agents[ev.ID]; agent != "" {
		out = append(out, carried{key: judgement.Key{Facet: judgement.FacetAgent, Value: agent}})
	}
	if cert, ok := j.certs[ev.ID]; ok {
		c := carried{key: cert}
		if cert.Value != ev.UID {
			c.tie, c.event = "issued again", cert.Value
		}
		out = append(out, c)
	}
	if sid := sessionOf(ev); sid != "" {
		out = append(out, j.sessions[sid]...)
	}
	return out
}

// side is whose hands a key belongs to.
func (j *Judge) side(k judgement.Key) judgement.Side {
	if s := j.marks.Side(j.identity, k); s != judgement.Unmarked {
		return s
	}
	if j.foreign[k] {
		return judgement.Hostile
	}
	return judgement.Unmarked
}

// Marked reports whether hands of the identity itself are marked. Where they are
// not, only what other identities' hostile hands left can be told.
func (j *Judge) Marked() bool { return len(j.marks.Marks(j.identity)) > 0 }

// Owned reports whether some key is marked as the owner's.
func (j *Judge) Owned() bool {
	return slices.ContainsFunc(j.marks.Marks(j.identity), func(m judgement.Mark) bool { return m.Side == judgement.Owner })
}

// Attribute says whose hands an event was in.
func (j *Judge) Attribute(ev *investigations.Event) Verdict {
	keys := j.keys(ev)
	var hostile, owner *carried
	for i := range keys {
		switch j.side(keys[i].key) {
		case judgement.Hostile:
			if hostile == nil {
				hostile = &keys[i]
			}
		case judgement.Owner:
			if owner == nil {
				owner = &keys[i]
			}
		}
	}
	switch {
	case hostile != nil && owner != nil:
		return Verdict{Ambiguous, "it carries both " + hostile.words("the hostile ") + " and " + owner.words("the owner's "), hostile.event}
	case hostile != nil:
		return Verdict{Hostile, hostile.how("the hostile "), hostile.event}
	case owner != nil:
		return Verdict{Owner, owner.how("the owner's "), owner.event}
	}
	return Verdict{Side: Ambiguous, Reason: unmarked(keys)}
}

// unmarked says why nothing decides.
func unmarked(keys []carried) string {
	for _, c := range keys {
		if c.key.Facet != judgement.FacetSession && c.key.Facet != judgement.FacetCertificate {
			return c.words("the ") + " is marked neither hostile nor the owner's"
		}
	}
	return "the event carries no address and no device"
}

// words names a key, how says what it does in the event: "from the hostile
// address 203.0.113.66".
func (c *carried) words(whose string) string {
	name := c.key.Value
	if c.label != "" {
		name = c.label + " (" + name + ")"
	}
	return whose + c.key.Facet.Title() + " " + name
}

func (c *carried) how(whose string) string {
	preposition := map[judgement.Facet]string{judgement.FacetAddress: "from ", judgement.FacetSession: "in "}[c.key.Facet]
	if preposition == "" {
		preposition = "with "
	}
	words := preposition + c.words(whose)
	if c.tie != "" {
		return c.tie + " " + words
	}
	return words
}
