package hands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cordon/investigations"
	"cordon/investigations/judgement"
)

// maxActs bounds the acts of an identity that are read, the newest ones.
const maxActs = 100_000

// Options say what is asked of the hands of an identity.
type Options struct {
	Judgement judgement.Judgement
	// Incident is when the incident began. A key first seen from then on is
	// new; without it nothing is.
	Incident time.Time
}

// Group is everything that one key was carried by.
type Group struct {
	Key          judgement.Key   `json:"key"`
	Label        string          `json:"label,omitempty"`
	Side         judgement.Side  `json:"side,omitempty"`
	Mark         *judgement.Mark `json:"-"` // nil: unmarked
	First        time.Time       `json:"first,omitzero"`
	Last         time.Time       `json:"last,omitzero"`
	New          bool            `json:"new"`   // first seen in the incident
	Event        string          `json:"event"` // uid of the first event that carries it
	ID           int64           `json:"-"`
	Logins       int             `json:"logins"`
	Failed       int             `json:"failed"`
	Certificates int             `json:"certificates"`
	Sessions     int             `json:"sessions"`
	Other        int             `json:"other"`
	from         investigations.Position
}

// Link is an event that shows two keys together: these are one pair of hands,
// as far as that event goes.
type Link struct {
	A      judgement.Key `json:"a"`
	B      judgement.Key `json:"b"`
	Event  string        `json:"event"` // uid of the first
	ID     int64         `json:"-"`
	Time   time.Time     `json:"time,omitzero"`
	Events int           `json:"events"`
	from   investigations.Position
}

// Hands are the keys that an identity's acts carry.
type Hands struct {
	Identity investigations.Entity `json:"identity"`
	Incident time.Time             `json:"incident,omitzero"`
	Groups   []Group               `json:"groups"` // by facet, then as they were first seen
	Links    []Link                `json:"links"`
	// Acts is how many acts of the identity were read; Bare how many of them
	// carry nothing that tells hands apart.
	Acts int `json:"acts"`
	Bare int `json:"bare"`
	// Sides counts the acts by whose hands they were in, once something is
	// marked.
	Sides map[Side]int `json:"sides,omitempty"`
	// Bounded says that only the newest acts were read.
	Bounded bool `json:"bounded,omitempty"`
}

// ErrNoHands is given for what nobody acts as.
var ErrNoHands = errors.New("hands are those of a user or a bot")

// Read groups what an identity did by the keys that tell hands apart. Without
// lines no user agents and no chains of certificates are known.
func Read(ctx context.Context, evidence Evidence, lines Lines, identity investigations.Entity, opts Options) (*Hands, error) {
	if identity.Kind != investigations.KindUser && identity.Kind != investigations.KindBot {
		return nil, fmt.Errorf("%s is %s: %w", identity, identity.Kind.Title(), ErrNoHands)
	}
	ids, err := actsOf(ctx, evidence, identity, func(eventType string) bool { return !passive[eventType] })
	if err != nil {
		return nil, err
	}
	h := &Hands{Identity: identity, Incident: opts.Incident}
	ids, h.Bounded = newest(ids)
	j := NewJudge(identity, opts.Judgement)
	if err := j.open(ctx, evidence, lines, ids); err != nil {
		return nil, err
	}
	g := gather{groups: map[judgement.Key]*Group{}, links: map[pair]*Link{}}
	sides := make(map[Side]int)
	err = evidence.Each(ctx, ids, func(ev *investigations.Event) error {
		keys := j.keys(ev)
		if g.add(ev, keys) == 0 {
			h.Bare++
		}
		sides[j.Attribute(ev).Side]++
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the hands of %s: %w", identity, err)
	}
	h.Acts = len(ids)
	if j.Marked() {
		h.Sides = sides
	}
	h.Groups, h.Links = g.finish(opts, identity)
	return h, nil
}

// passive are events that a server writes about what is already there: they
// repeat the keys of an act, or carry those of the server.
var passive = map[string]bool{
	"session.end": true, "session.leave": true, "session.data": true, "session.upload": true, "resize": true, "print": true,
	"client.disconnect": true, "session.rejected": true, "db.session.end": true, "app.session.end": true,
	"windows.desktop.session.end": true, "linux.desktop.session.end": true, "session.process_exit": true,
}

// actsOf lists the events in which an identity acts, of the types wanted, by id.
func actsOf(ctx context.Context, evidence Evidence, identity investigations.Entity, wanted func(eventType string) bool) ([]int64, error) {
	groups, err := evidence.Groups(ctx, identity)
	if err != nil {
		return nil, fmt.Errorf("read the hands of %s: %w", identity, err)
	}
	var ids []int64
	for _, g := range groups {
		switch g.Role {
		case investigations.RoleActor, investigations.RoleUpdater, investigations.RoleReviewer, investigations.RoleImpersonator:
			if wanted(g.Type) {
				ids = append(ids, g.IDs...)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func newest(ids []int64) (_ []int64, bounded bool) {
	if len(ids) > maxActs {
		return ids[len(ids)-maxActs:], true
	}
	return ids, false
}
