package survive

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
)

// reached is a user that the attacker acts as, or may.
type reached struct {
	entity investigations.Entity
	since  time.Time
	// root and made ones are the attacker's alone; a user that was only entered
	// has an owner, whose acts look the same.
	own bool
	// entered says that the attacker could sign in as it: what it holds may be
	// theirs. A user who was only granted something was not entered.
	entered bool
}

// edgeKey names a step as an event shows it.
type edgeKey struct {
	parent, child investigations.Entity
	via           string
}

// taint is the taint set, looked up by name.
type taint struct {
	users   map[investigations.Entity]*reached
	edges   map[edgeKey]lineage.Edge
	decided map[judgement.Edge]judgement.Verdict // steps that the responder decided on
}

// newTaint reads the taint set of a question.
func newTaint(q *Question) taint {
	t := taint{users: map[investigations.Entity]*reached{}, edges: map[edgeKey]lineage.Edge{}, decided: map[judgement.Edge]judgement.Verdict{}}
	for _, e := range q.Edges {
		if e.Verdict != judgement.Undecided {
			t.decided[e.Key()] = e.Verdict
		}
		if e.Verdict == judgement.Refused {
			continue
		}
		if e.Verdict == judgement.Accepted {
			e.Status = lineage.Proved
		}
		key := edgeKey{e.Parent, e.Entity, e.Via}
		if old, ok := t.edges[key]; !ok || old.Status == lineage.Ambiguous && e.Status == lineage.Proved {
			t.edges[key] = e
		}
		if !e.Time.IsZero() && e.Time.After(q.At) {
			continue
		}
		if user, ok := userOf(e.Entity); ok && e.Parent.Kind != investigations.KindRole {
			t.reach(user, e)
		}
	}
	if user, ok := userOf(q.Root); ok {
		t.users[user] = &reached{entity: user, since: q.Since, own: true, entered: true}
	}
	return t
}

// userOf is the user that an entity acts as.
func userOf(e investigations.Entity) (investigations.Entity, bool) {
	switch e.Kind {
	case investigations.KindUser:
		return e, e.Name != ""
	case investigations.KindBot:
		return investigations.Entity{Kind: investigations.KindUser, Name: contain.BotUser(e.Name)}, e.Name != ""
	}
	return e, false
}

func (t *taint) reach(user investigations.Entity, e lineage.Edge) {
	own := e.Status == lineage.Proved && !e.Existed && (e.Via == "user.create" || e.Via == "bot.create")
	// A link lets somebody in; so does what else ends in a log-in: an edge between
	// two users by a log-in says that both came from one address.
	entered := own || e.Verdict == judgement.Accepted || strings.HasSuffix(e.Via, "_token.create") || !lineage.Draws(e.Parent.Kind, e.Via, e.Kind)
	r := t.users[user]
	if r == nil {
		t.users[user] = &reached{entity: user, since: e.Time, own: own, entered: entered}
		return
	}
	r.own, r.entered = r.own || own, r.entered || entered
	if e.Time.Before(r.since) {
		r.since = e.Time
	}
}

// all lists the reached users, the earliest first.
func (t *taint) all() []*reached {
	out := make([]*reached, 0, len(t.users))
	for _, r := range t.users {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *reached) int {
		return cmp.Or(a.since.Compare(b.since), strings.Compare(a.entity.Name, b.entity.Name))
	})
	return out
}

// holds reports whether the moment is within the taint of a user and the
// question. A moment that the log does not tell is after nothing.
func (r *reached) holds(at, until time.Time) bool {
	if at.IsZero() {
		return r.since.IsZero()
	}
	return !at.Before(r.since) && !at.After(until)
}
