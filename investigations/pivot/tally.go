package pivot

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
)

// tally is a category in the making.
type tally struct {
	of       *category
	identity investigations.Entity
	done     gather
	named    gather
	flags    map[flagKey]*noted
	// Who asked for and who decided on each request seen.
	asked   map[string][]string
	decided map[string][]decision
}

// noted is a flag and where its first event stands.
type noted struct {
	Flag
	from investigations.Position
}

type flagKey struct {
	kind   FlagKind
	entity investigations.Entity
}

// proof is the event that shows something.
type proof struct {
	at  time.Time
	pos investigations.Position
}

func shows(ev *investigations.Event) proof { return proof{ev.Time, ev.Position()} }

// decision is one answer to an access request.
type decision struct {
	by string
	proof
}

func newTally(of *category, identity investigations.Entity) tally {
	return tally{of: of, identity: identity, flags: make(map[flagKey]*noted)}
}

// count takes an event that the category counts.
func (t *tally) count(ev *investigations.Event) {
	t.done.add(ev, t.of.leads, t.identity)
	if t.of.failures && ev.Outcome == investigations.OutcomeFailure {
		t.flag(FlagFailed, investigations.Entity{}, shows(ev))
	}
	t.notice(ev)
}

// mention takes an event that names the identity without counting.
func (t *tally) mention(ev *investigations.Event) {
	t.named.add(ev, append(slices.Clip(t.of.leads), people), t.identity)
	t.notice(ev)
}

// notice looks for facts worth a flag.
func (t *tally) notice(ev *investigations.Event) {
	if t.of.plain {
		return
	}
	switch ev.Type {
	case "user.create", "user.update":
		changed, ok := ev.First(investigations.KindUser, investigations.RoleSubject)
		if ok && plays(ev, changed.Entity, investigations.RoleActor) && !updatedByOther(ev, changed.Entity) {
			t.flag(FlagNoActor, changed.Entity, shows(ev))
		}
	case "lock.created":
		if lock, ok := ev.First(investigations.KindLock, investigations.RoleSubject); ok && plays(ev, t.identity, investigations.RoleSubject) {
			t.flag(FlagLocked, lock.Entity, shows(ev))
		}
	case "access_request.create", "access_request.review", "access_request.update":
		t.noticeRequest(ev)
	}
}

func (t *tally) noticeRequest(ev *investigations.Event) {
	request, ok := ev.First(investigations.KindRequest, investigations.RoleSubject)
	if !ok {
		return
	}
	if t.asked == nil {
		t.asked, t.decided = make(map[string][]string), make(map[string][]decision)
	}
	id := request.Entity.Name
	asker := investigations.RoleRequester
	if ev.Type == "access_request.create" {
		asker = investigations.RoleActor
	}
	if who, ok := ev.First(investigations.KindUser, asker); ok {
		t.asked[id] = append(t.asked[id], who.Entity.Name)
	}
	if who, ok := ev.First(investigations.KindUser, investigations.RoleReviewer, investigations.RoleUpdater); ok && ev.Outcome == investigations.OutcomeSuccess {
		t.decided[id] = append(t.decided[id], decision{who.Entity.Name, shows(ev)})
	}
}

func updatedByOther(ev *investigations.Event, e investigations.Entity) bool {
	who, ok := ev.First(investigations.KindUser, investigations.RoleUpdater)
	return ok && who.Entity != e
}

func plays(ev *investigations.Event, e investigations.Entity, role investigations.Role) bool {
	for _, v := range ev.Involved {
		if v.Role == role && v.Entity == e {
			return true
		}
	}
	return false
}

func (t *tally) flag(kind FlagKind, e investigations.Entity, p proof) {
	key := flagKey{kind, e}
	f := t.flags[key]
	if f == nil {
		f = &noted{Flag: Flag{Kind: kind}, from: p.pos}
		if !e.IsZero() {
			f.Entity = &e
		}
		t.flags[key] = f
	}
	f.Count++
	if f.Count == 1 || before(p.pos, f.from) {
		f.Event, f.ID, f.First, f.from = p.pos.UID, p.pos.ID, p.at, p.pos
	}
	if p.at.After(f.Last) {
		f.Last = p.at
	}
}

// category closes the books.
func (t *tally) category() Category {
	for id, decisions := range t.decided {
		for _, d := range decisions {
			if slices.Contains(t.asked[id], d.by) {
				t.flag(FlagSelfApproved, investigations.Entity{Kind: investigations.KindRequest, Name: id}, d.proof)
			}
		}
	}
	c := Category{Key: t.of.key, Title: t.of.title, Asked: t.of.asked, Slice: t.done.slice()}
	if t.named.events > 0 {
		s := t.named.slice()
		c.NamedIn = &s
	}
	for _, f := range t.flags {
		c.Flags = append(c.Flags, f.Flag)
	}
	slices.SortFunc(c.Flags, func(a, b Flag) int {
		return cmp.Or(compareTimes(a.First, b.First), cmp.Compare(a.Kind, b.Kind), compareNames(a.Entity, b.Entity))
	})
	return c
}

func compareNames(a, b *investigations.Entity) int {
	if a == nil || b == nil {
		return 0
	}
	return strings.Compare(a.Name, b.Name)
}

// gather collects events and the entities they lead to.
type gather struct {
	events      int
	first, last time.Time
	leads       map[investigations.Entity]*Lead
	at          map[investigations.Entity]places
}

// places are where an entity was first seen, and first with a label.
type places struct{ seen, labelled investigations.Position }

func (g *gather) add(ev *investigations.Event, leads []lead, identity investigations.Entity) {
	g.events++
	if !ev.Time.IsZero() {
		if g.first.IsZero() || ev.Time.Before(g.first) {
			g.first = ev.Time
		}
		if ev.Time.After(g.last) {
			g.last = ev.Time
		}
	}
	for i, v := range ev.Involved {
		if v.Entity == identity || repeated(ev.Involved[:i], v.Entity, leads, identity) {
			continue
		}
		if rank, ok := wanted(leads, identity, v); ok {
			g.see(ev, v, rank)
		}
	}
}

// repeated reports whether the event already led to the entity in another role.
func repeated(before []investigations.Involvement, e investigations.Entity, leads []lead, identity investigations.Entity) bool {
	for _, v := range before {
		if v.Entity != e {
			continue
		}
		if _, ok := wanted(leads, identity, v); ok {
			return true
		}
	}
	return false
}

// wanted reports whether an involvement is worth following, and how far up
// among those of its event.
func wanted(leads []lead, identity investigations.Entity, v investigations.Involvement) (rank int, ok bool) {
	for i, l := range leads {
		if l.takes(v) {
			return i, true
		}
	}
	return len(leads), identity.Kind != investigations.KindUser && people.takes(v)
}

func (l lead) takes(v investigations.Involvement) bool {
	return l.kind == v.Entity.Kind && (len(l.roles) == 0 || slices.Contains(l.roles, v.Role))
}

func (g *gather) see(ev *investigations.Event, v investigations.Involvement, rank int) {
	if g.leads == nil {
		g.leads, g.at = make(map[investigations.Entity]*Lead), make(map[investigations.Entity]places)
	}
	// The event is reused by its owner, its strings are not.
	l, at, pos := g.leads[v.Entity], g.at[v.Entity], ev.Position()
	if l == nil {
		l = &Lead{Entity: v.Entity}
		g.leads[v.Entity] = l
	}
	if l.Count == 0 || before(pos, at.seen) {
		l.Role, l.Event, l.ID, l.First, l.rank, at.seen = v.Role, ev.UID, ev.ID, ev.Time, rank, pos
	}
	if v.Label != "" && (l.Label == "" || before(pos, at.labelled)) {
		l.Label, at.labelled = v.Label, pos
	}
	g.at[v.Entity] = at
	l.Count++
	if ev.Time.After(l.Last) {
		l.Last = ev.Time
	}
}

// before orders positions as a case does, events without a time last.
func before(a, b investigations.Position) bool {
	switch {
	case a.Time != b.Time:
		return b.Time == 0 || a.Time != 0 && a.Time < b.Time
	case a.Index != b.Index:
		return a.Index < b.Index
	case a.UID != b.UID:
		return a.UID < b.UID
	}
	return a.ID < b.ID
}

// compareTimes puts "no time" last.
func compareTimes(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}

func (g *gather) slice() Slice {
	s := Slice{Events: g.events, First: g.first, Last: g.last, Entities: make([]Lead, 0, len(g.leads))}
	for _, l := range g.leads {
		s.Entities = append(s.Entities, *l)
	}
	slices.SortFunc(s.Entities, func(a, b Lead) int {
		return cmp.Or(compareTimes(a.First, b.First), cmp.Compare(a.rank, b.rank), cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name))
	})
	return s
}
