package overview

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

const (
	// rosterEvents bounds the events that are read to find out whom the case
	// knows, the newest ones. The counts are exact all the same.
	rosterEvents = 30_000
	// rosterSize bounds the identities that are listed.
	rosterSize = 500
)

// roster is whom the case knows.
type roster struct {
	identities []known
	bound      bool // not every event was looked at
	events     int64
}

// known is an identity with what it did.
type known struct {
	class       investigations.ActorClass
	entity      investigations.Entity
	events      int
	first, last time.Time
	notable
}

// rosterTypes are the events that name everyone who was at work.
var rosterTypes = map[string]bool{
	"user.login": true, "cert.create": true, "session.start": true, "bot.join": true, "user.create": true, "exec": true,
	"access_request.create": true, "access_request.review": true, "db.session.start": true, "kube.request": true,
}

// readRoster lists the identities of the case, the ones to look at first on top. A report needs
// one look-up each; who there is, the newest events of the telling kinds say.
func readRoster(ctx context.Context, evidence pane.Evidence) (*roster, error) {
	coverage, err := evidence.Coverage(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := evidence.TypeGroups(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the identities: %w", err)
	}
	book, err := evidence.Actors(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the identities: %w", err)
	}
	r := &roster{events: coverage.Events}
	var telling, rest []int64
	for _, g := range groups {
		if rosterTypes[g.Type] {
			telling = append(telling, g.IDs...)
		} else {
			rest = append(rest, g.IDs...)
		}
	}
	ids, bound := newest(telling, rosterEvents)
	more, boundRest := newest(rest, rosterEvents-len(ids))
	r.bound = bound || boundRest
	ids = append(ids, more...)
	slices.Sort(ids)
	found := map[investigations.Entity]bool{}
	err = evidence.Each(ctx, ids, func(ev *investigations.Event) error {
		if who, ok := ev.Actor(); ok && who.Entity.Kind == investigations.KindUser {
			found[who.Entity] = true
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the identities: %w", err)
	}
	for e := range found {
		k, err := readKnown(ctx, evidence, e)
		if err != nil {
			return nil, err
		}
		k.class = book.Class(e)
		r.identities = append(r.identities, k)
	}
	slices.SortFunc(r.identities, func(a, b known) int {
		return cmp.Or(
			cmp.Compare(a.tier(), b.tier()), cmp.Compare(b.weight(), a.weight()),
			cmp.Compare(b.events, a.events), cmp.Compare(a.entity.Name, b.entity.Name),
		)
	})
	r.identities = r.identities[:min(len(r.identities), rosterSize)]
	return r, nil
}

// newest leaves the n highest ids, which stand for the newest events well enough.
func newest(ids []int64, n int) (out []int64, cut bool) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) <= n {
		return ids, false
	}
	return ids[len(ids)-max(0, n):], true
}

func readKnown(ctx context.Context, evidence pane.Evidence, e investigations.Entity) (known, error) {
	groups, err := evidence.Groups(ctx, e)
	if err != nil {
		return known{}, fmt.Errorf("count the events of %s: %w", e, err)
	}
	k := known{entity: e}
	var ids []int64
	for _, g := range groups {
		ids = append(ids, g.IDs...)
		if !g.First.IsZero() && (k.first.IsZero() || g.First.Before(k.first)) {
			k.first = g.First
		}
		if g.Last.After(k.last) {
			k.last = g.Last
		}
	}
	slices.Sort(ids)
	k.events = len(slices.Compact(ids))
	k.notable, err = readNotable(ctx, evidence, groups)
	return k, err
}

// addRoster adds a row for each identity that the case knows.
func (p *Pane) addRoster() {
	p.heading("who", "events", "first", "last", "")
	left := 0
	for i, k := range p.roster.identities {
		if k.class.Machine() && p.env.Machines.LeftOut() {
			left++
			continue
		}
		r := row{
			key: "who " + k.entity.String(), first: i == 0 && k.tier() != tierMachine, name: clean(k.entity.Name), n: draw.Count(int64(k.events)),
			since: p.env.Clock.Time(k.first), last: p.env.Clock.Time(k.last),
			entity: k.entity, leads: []investigations.Involvement{{Entity: k.entity}}, opens: true,
		}
		r.rest = p.notableLine(k)
		r.at = k.first
		if term, ok := filter.Entity(k.entity); ok {
			r.filter = filter.Expr{}.With(term).String()
		}
		p.rows = append(p.rows, r)
	}
	if left > 0 {
		p.rows = append(p.rows, row{rest: draw.Line{draw.T(themes.Muted, pane.Plural(left, "machine", "machines")+" left out: M brings them back")}})
	}
	if p.roster.bound {
		p.rows = append(p.rows, row{rest: draw.Line{draw.T(themes.Warning, "Only the newest events were searched for names: pivot by name with cordon pivot NAME.")}})
	}
}
