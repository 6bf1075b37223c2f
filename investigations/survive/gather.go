package survive

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/hands"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot"
)

// mark is one event that left something.
type mark struct {
	id       int64
	uid      string
	typ      string
	at       time.Time
	pos      investigations.Position
	involved []investigations.Involvement
}

// byPosition orders marks as their events stand in the log.
func byPosition(a, b mark) int { return a.pos.Compare(b.pos) }

// find is something that acts of the attacker left, before it is known whether
// it is still there.
type find struct {
	key    string
	tie    *contain.Tie // nil for what no act left: an identity, a host that joined
	left   investigations.Involvement
	list   investigations.Entity
	by     investigations.Entity
	marks  []mark // in order of time
	status lineage.Status
	doubt  string
	until  Until
	notes  []string
	words  string // more than its kind and name, for a request
	// reach are the entities of which a lock stops it.
	reach []investigations.Entity
	// existed says that it was there before the attacker wrote it.
	existed bool
	// former are the roles of a changed user as an earlier event has them.
	former []string
}

func (f *find) first() mark { return f.marks[0] }
func (f *find) last() mark  { return f.marks[len(f.marks)-1] }
func (f *find) name() string {
	return f.left.Entity.Name
}

// findKey makes one find of the acts that left the same thing.
type findKey struct {
	key        string
	left, list investigations.Entity
	extra      string // tells apart what the entity does not
}

// gatherer reads the acts of the reached identities.
type gatherer struct {
	q      *Question
	ev     Evidence
	taint  taint
	groups map[investigations.Entity][]pivot.Group
	finds  map[findKey]*find
	states map[findKey]requestState
	lines  map[int64]line
	more   map[string]int
}

func (g *gatherer) groupsOf(ctx context.Context, e investigations.Entity) ([]pivot.Group, error) {
	if groups, ok := g.groups[e]; ok {
		return groups, nil
	}
	groups, err := g.ev.Groups(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", e, err)
	}
	g.groups[e] = groups
	return groups, nil
}

// Groups and Each make the gatherer a contain.Facts that remembers look-ups.
func (g *gatherer) Groups(ctx context.Context, e investigations.Entity) ([]pivot.Group, error) {
	return g.groupsOf(ctx, e)
}

// Each yields events of the evidence.
func (g *gatherer) Each(ctx context.Context, ids []int64, yield func(*investigations.Event) error) error {
	return g.ev.Each(ctx, ids, yield)
}

// acts reads what every reached identity did.
func (g *gatherer) acts(ctx context.Context) error {
	users := g.taint.all()
	if len(users) > maxIdentities {
		g.more["identity"] = len(users) - maxIdentities
		users = users[:maxIdentities]
	}
	for _, r := range users {
		if err := g.actsOf(ctx, r); err != nil {
			return fmt.Errorf("read the acts of %s: %w", r.entity, err)
		}
	}
	for _, f := range g.finds {
		slices.SortFunc(f.marks, byPosition)
	}
	return nil
}

func (g *gatherer) actsOf(ctx context.Context, r *reached) error {
	groups, err := g.groupsOf(ctx, r.entity)
	if err != nil {
		return err
	}
	wanted := wants(r, groups)
	ids := make([]int64, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if len(ids) > maxActs {
		g.more["act"] += len(ids) - maxActs
		ids = ids[len(ids)-maxActs:]
	}
	return g.ev.Each(ctx, ids, func(ev *investigations.Event) error {
		if r.holds(ev.Time, g.q.At) && ev.Outcome != investigations.OutcomeFailure {
			g.act(r, ev, wanted[ev.ID])
		}
		return ctx.Err()
	})
}

// wants says which ties want which events of an identity, as bits.
func wants(r *reached, groups []pivot.Group) map[int64]uint64 {
	out := make(map[int64]uint64)
	for i := range contain.Ties {
		t := &contain.Ties[i]
		for _, g := range groups {
			if !slices.Contains(t.Roles, g.Role) || !t.Speaks(g.Type) || !r.since.IsZero() && g.Last.Before(r.since) {
				continue
			}
			for _, id := range g.IDs {
				out[id] |= 1 << i
			}
		}
	}
	return out
}

// act takes one event of a reached identity.
func (g *gatherer) act(r *reached, ev *investigations.Event, ties uint64) {
	behind, ok := ev.First(investigations.KindUser, investigations.RoleImpersonator)
	if ok && behind.Entity != r.entity && g.taint.users[behind.Entity] != nil {
		return // It is among the acts of the one behind it.
	}
	s := g.sureness(r, ev)
	if ok && behind.Entity != r.entity && s.doubt == "" {
		s.doubt = "with a certificate that " + behind.Entity.Name + " signed"
	}
	for i := range contain.Ties {
		if ties&(1<<i) == 0 {
			continue
		}
		t := &contain.Ties[i]
		for _, left := range t.Left(ev) {
			g.take(r, ev, t, left, s)
		}
	}
}

// sureness is what an act itself tells of whose it was.
type sureness struct {
	doubt   string // why it may be somebody else's
	hostile bool   // hostile hands did it for certain
	owners  bool   // the owner did it for certain
	guest   bool   // in the name of somebody whom the attacker never was, as far as is known
}

// sureness asks the marked hands, and else who the identity belongs to.
func (g *gatherer) sureness(r *reached, ev *investigations.Event) sureness {
	var s sureness
	if g.q.Hands != nil {
		v, marked := g.q.Hands(r.entity, ev)
		switch {
		case v.Side == hands.Hostile:
			return sureness{hostile: true}
		case v.Side == hands.Owner:
			return sureness{owners: true}
		case marked:
			return sureness{doubt: v.Reason}
		}
	}
	switch {
	case r.own:
	case r.entered:
		s.doubt = r.entity.Name + " also has an owner"
	default:
		s.guest = true
	}
	return s
}

// take adds what one event left by one tie.
func (g *gatherer) take(r *reached, ev *investigations.Event, t *contain.Tie, left investigations.Involvement, s sureness) {
	of, key := left, findKey{key: t.Key, left: left.Entity, list: contain.ListOf(ev, left)}
	if t.Key == "session" {
		sid, ok := ev.First(investigations.KindSession, investigations.RoleTarget, investigations.RoleSubject)
		if !ok || ev.Type == "exec" {
			return
		}
		of, key.left = sid, sid.Entity
	}
	if t.Key == "certificate" {
		key.extra = r.entity.Name // whose hands signed it, and how sure that is
		if s.doubt != "" {
			key.extra += "\x00" + s.doubt
		}
	}
	if s.guest && t.Own {
		return // The attacker does not hold what somebody else holds.
	}
	if left.Entity == r.entity && (t.Key == "user" || t.Key == "user_change") {
		if _, sso := ev.First(investigations.KindConnector, investigations.RoleVia); sso {
			return // A log-in through a connector writes the user anew.
		}
		if _, signed := ev.First(investigations.KindUser, investigations.RoleUpdater); !signed && !s.owners {
			s.doubt = "the event does not record by whom" // Old servers write the changed user there.
		}
	}
	status, doubt, ok := g.counted(r, ev, of.Entity, s)
	if !ok {
		return
	}
	f := g.finds[key]
	if f == nil {
		f = &find{key: t.Key, tie: t, left: of, list: key.list, by: r.entity, status: status, doubt: doubt}
		g.finds[key] = f
	}
	if f.status == lineage.Ambiguous && status == lineage.Proved {
		f.status, f.doubt = status, ""
	}
	if f.left.Label == "" {
		f.left.Label = of.Label
	}
	f.marks = append(f.marks, mark{id: ev.ID, uid: ev.UID, typ: ev.Type, at: ev.Time, pos: ev.Position(), involved: slices.Clone(ev.Involved)})
}

// counted reports whether an act counts, and how surely. Where the lineage draws
// an edge for such acts, the edge must be in the set; what an identity did to
// itself, or to the identity asked about, it draws none for.
func (g *gatherer) counted(r *reached, ev *investigations.Event, left investigations.Entity, s sureness) (status lineage.Status, doubt string, ok bool) {
	verdict := g.taint.decided[judgement.Edge{Parent: r.entity, Child: left, Via: ev.Type, Event: ev.UID}]
	switch {
	case verdict == judgement.Refused, s.owners && verdict != judgement.Accepted:
		return "", "", false
	case verdict == judgement.Accepted:
		return lineage.Proved, "", true
	}
	if left == r.entity || left == g.q.Root || !lineage.Draws(investigations.KindUser, ev.Type, left.Kind) {
		return sure(s.doubt), s.doubt, !s.guest
	}
	edge, ok := g.taint.edges[edgeKey{r.entity, left, ev.Type}]
	switch {
	case !ok:
		return "", "", false
	case s.hostile:
		return lineage.Proved, "", true
	case edge.Event == ev.UID && edge.Status == lineage.Proved:
		return lineage.Proved, "", true
	case edge.Status == lineage.Ambiguous:
		return lineage.Ambiguous, edge.Reason, true
	}
	return sure(s.doubt), s.doubt, true
}

func sure(doubt string) lineage.Status {
	if doubt != "" {
		return lineage.Ambiguous
	}
	return lineage.Proved
}

// joined adds what joined the cluster with a token of the attacker's, as the
// lineage tells, and the identity itself.
func (g *gatherer) joined() {
	if user, ok := userOf(g.q.Root); ok {
		g.finds[findKey{key: "identity", left: user}] = &find{
			key: "identity", left: investigations.Involvement{Entity: user, Role: investigations.RoleActor}, by: user,
			status: lineage.Proved, marks: []mark{{at: g.q.Since}}, until: unknown("its sessions and certificates are below"), reach: []investigations.Entity{user},
		}
	}
	for _, e := range g.taint.edges {
		if e.Parent.Kind != investigations.KindToken || e.Time.After(g.q.At) {
			continue
		}
		key := map[investigations.Kind]string{investigations.KindHost: "host", investigations.KindBot: "bot_joined"}[e.Kind]
		if key == "" {
			continue
		}
		at := findKey{key: key, left: e.Entity}
		if old := g.finds[at]; old != nil && !e.Time.Before(old.first().at) {
			continue
		}
		g.finds[at] = &find{
			key: key, left: investigations.Involvement{Entity: e.Entity, Role: investigations.RoleSubject, Label: e.Label}, by: e.Parent,
			status: e.Status, doubt: doubtOf(e), marks: []mark{{id: e.ID, uid: e.Event, typ: e.Via, at: e.Time}},
			until: unknown("its certificate is not in the log"), reach: []investigations.Entity{e.Entity},
		}
	}
}

func doubtOf(e lineage.Edge) string {
	if e.Status == lineage.Ambiguous {
		return e.Reason
	}
	return ""
}
