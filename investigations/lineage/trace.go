package lineage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// What a trace gives as a number instead of walking through it: how many events
// say who holds a role, and how many acts there are of somebody who has an
// owner of their own. A person decides there; they can pivot on the entity.
const (
	tooWide = 2000
	tooBusy = 100
)

// Trace finds what spread from an identity, as far as depth steps away. The
// edges come breadth first, then in the order in which they happened; one
// entity can be the child of several.
func Trace(ctx context.Context, idx pivot.Index, root investigations.Entity, depth int) ([]Edge, error) {
	t := &tracer{
		idx: idx, root: root,
		nodes:  map[investigations.Entity]*node{root: {}},
		groups: make(map[investigations.Entity][]pivot.Group),
		drawn:  make(map[edgeKey]bool),
	}
	frontier := []visit{{entity: root}}
	for level := 1; level <= depth && len(frontier) > 0; level++ {
		t.level, t.next, t.pending = level, nil, make(map[investigations.Entity]int)
		for _, v := range frontier {
			if err := t.expand(ctx, v); err != nil {
				return nil, fmt.Errorf("trace from %s: %w", root, err)
			}
		}
		frontier = t.next
	}
	order(t.edges)
	name(t.edges)
	return t.edges, nil
}

// node is an entity that was reached.
type node struct {
	since  time.Time // earliest moment; zero for the root
	shared bool      // it has an owner of its own, whose acts look the same
}

// visit is one walk over what an entity did in a stretch of time. Until is zero
// unless a later stretch has been walked before.
type visit struct {
	entity       investigations.Entity
	since, until time.Time
	proof        Edge // how it was reached
}

// holds reports whether a moment is in the stretch. A moment that the log does
// not tell is after nothing.
func (v visit) holds(t time.Time) bool {
	if v.since.IsZero() {
		return true
	}
	return !t.IsZero() && !t.Before(v.since) && (v.until.IsZero() || t.Before(v.until))
}

// touches reports whether some event of a group can be in the stretch.
func (v visit) touches(g pivot.Group) bool {
	return v.since.IsZero() || !g.Last.Before(v.since) && (v.until.IsZero() || g.First.Before(v.until))
}

// edgeKey makes one edge of many events that say the same.
type edgeKey struct {
	parent, child investigations.Entity
	via           string
	rule          int
}

type tracer struct {
	idx     pivot.Index
	root    investigations.Entity
	nodes   map[investigations.Entity]*node
	groups  map[investigations.Entity][]pivot.Group
	drawn   map[edgeKey]bool
	edges   []Edge
	level   int
	next    []visit
	pending map[investigations.Entity]int // place in next
}

func (t *tracer) groupsOf(ctx context.Context, e investigations.Entity) ([]pivot.Group, error) {
	if g, ok := t.groups[e]; ok {
		return g, nil
	}
	g, err := t.idx.Groups(ctx, e)
	if err != nil {
		return nil, err
	}
	t.groups[e] = g
	return g, nil
}

// found is an edge in the making, with what the walk needs to know of it.
type found struct {
	edge     Edge
	child    investigations.Involvement
	rule     int
	approved bool // the event itself says so
}

// expand finds the children of one entity in one stretch of time.
func (t *tracer) expand(ctx context.Context, v visit) error {
	groups, err := t.groupsOf(ctx, v.entity)
	if err != nil {
		return err
	}
	best, err := t.children(ctx, v, groups)
	if err != nil {
		return err
	}
	all := make([]found, 0, len(best))
	for _, f := range best {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b found) int { return compareFound(&a, &b) })
	for _, f := range all {
		if err := t.settle(ctx, v, f, groups); err != nil {
			return err
		}
	}
	if v.entity.Kind == investigations.KindBot {
		return t.botUser(ctx, v)
	}
	return nil
}

// children reads the events of one entity in one stretch of time and keeps,
// for each child and way to it, the best proof.
func (t *tracer) children(ctx context.Context, v visit, groups []pivot.Group) (map[edgeKey]found, error) {
	wanted := t.wanted(v, groups)
	ids := make([]int64, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	best := make(map[edgeKey]found)
	err := t.idx.Each(ctx, ids, func(ev *investigations.Event) error {
		if v.holds(ev.Time) && ev.Outcome != investigations.OutcomeFailure {
			for i := range rules {
				if wanted[ev.ID]&(1<<i) != 0 {
					t.apply(i, v, ev, best)
				}
			}
		}
		return ctx.Err()
	})
	return best, err
}

// wanted says which rules want which events of an entity, as bits by rule.
func (t *tracer) wanted(v visit, groups []pivot.Group) map[int64]uint64 {
	out := make(map[int64]uint64)
	for i := range rules {
		r := &rules[i]
		if r.parent.kind != v.entity.Kind || r.wide && wide(groups) {
			continue
		}
		for _, g := range groups {
			if !slices.Contains(r.parent.roles, g.Role) || !r.speaks(g.Type) || !v.touches(g) {
				continue
			}
			for _, id := range g.IDs {
				out[id] |= 1 << i
			}
		}
	}
	return out
}

// holders counts the events that say who holds a role.
func holders(groups []pivot.Group) (n int) {
	for _, g := range groups {
		for i := range rules {
			if r := &rules[i]; r.wide && slices.Contains(r.parent.roles, g.Role) && r.speaks(g.Type) {
				n += len(g.IDs)
			}
		}
	}
	return n
}

func wide(groups []pivot.Group) bool { return holders(groups) > tooWide }

// apply finds the children that one event shows by one rule.
func (t *tracer) apply(i int, v visit, ev *investigations.Event, best map[edgeKey]found) {
	r := &rules[i]
	if t.elsewhere(v, r, ev) || r.decides && ev.Outcome == investigations.OutcomeFailure {
		return // somebody else's, or a refusal: nothing was granted
	}
	see := func(child investigations.Involvement) {
		if child.Entity == v.entity || child.Entity == t.root || child.Entity.IsZero() {
			return
		}
		key := edgeKey{v.entity, child.Entity, ev.Type, i}
		f := found{rule: i, child: child, approved: ev.Outcome == investigations.OutcomeSuccess, edge: Edge{
			Entity: child.Entity, Label: labelOf(ev, child), Depth: t.level, Via: ev.Type, Event: ev.UID, ID: ev.ID,
			Time: ev.Time, Parent: v.entity, Status: Proved,
		}}
		t.judge(&f, v, ev)
		if old, ok := best[key]; !ok || compareFound(&f, &old) < 0 {
			best[key] = f
		}
	}
	if r.child.kind == investigations.KindCertificate {
		see(investigations.Involvement{Entity: investigations.Entity{Kind: investigations.KindCertificate, Name: ev.UID}})
		return
	}
	for _, c := range ev.Involved {
		if r.child.takes(c) {
			see(c)
		}
	}
}

// elsewhere reports whether an act in the entity's name belongs to somebody
// behind it who is followed anyway.
func (t *tracer) elsewhere(v visit, r *rule, ev *investigations.Event) bool {
	if v.entity.Kind != investigations.KindUser || r.parent.kind != investigations.KindUser {
		return false
	}
	behind, ok := ev.First(investigations.KindUser, investigations.RoleImpersonator)
	return ok && behind.Entity != v.entity && t.nodes[behind.Entity] != nil
}

// judge words the reason of an edge and says how sure it is.
func (t *tracer) judge(f *found, v visit, ev *investigations.Event) {
	r := &rules[f.rule]
	child := f.child.Entity.Name
	if f.edge.Label != "" {
		child += " (" + f.edge.Label + ")"
	}
	f.edge.Reason = fmt.Sprintf(r.words, v.entity.Name, child)
	doubt := r.doubt
	if v.entity.Kind == investigations.KindUser && doubt == "" {
		behind, ok := ev.First(investigations.KindUser, investigations.RoleImpersonator)
		switch {
		case ok && behind.Entity == v.entity:
			// The event names the parent itself behind the act.
		case ok:
			doubt = "with a certificate that " + behind.Entity.Name + " signed"
		case t.nodes[v.entity].shared:
			doubt = v.entity.Name + " also has an owner"
		}
	}
	f.doubt(doubt)
}

func (f *found) doubt(why string) {
	if why == "" {
		return
	}
	f.edge.Status = Ambiguous
	f.edge.Reason += "; " + why
}

// compareFound puts first what is sure, then what happened first.
func compareFound(a, b *found) int {
	switch {
	case a.edge.Status != b.edge.Status:
		if a.edge.Status == Proved {
			return -1
		}
		return 1
	case !a.edge.Time.Equal(b.edge.Time):
		return a.edge.Time.Compare(b.edge.Time)
	case a.edge.Event != b.edge.Event:
		if a.edge.Event < b.edge.Event {
			return -1
		}
		return 1
	case a.rule != b.rule:
		return a.rule - b.rule
	}
	return compareEntities(a.edge.Entity, b.edge.Entity)
}
