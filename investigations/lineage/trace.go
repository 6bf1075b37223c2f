package lineage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cordon/investigations"
	"cordon/investigations/hands"
	"cordon/investigations/pivot"
)

// What a trace gives as a number instead of walking through it: how many events
// say who holds a role, and how many acts there are of somebody who has an
// owner of their own. A person decides there; they can pivot on the entity.
const (
	tooWide = 2000
	tooBusy = 100
)

// node is an entity that was reached.
type node struct {
	since  time.Time // earliest moment; zero for the root
	level  int       // depth at which it was reached first
	shared bool      // it has an owner of its own, whose acts look the same
	busy   bool      // it is followed only where the hands are hostile
}

// visit is one walk over what an entity did in a stretch of time. Until is zero
// unless a later stretch has been walked before.
type visit struct {
	entity       investigations.Entity
	since, until time.Time
	hostile      bool  // only what hostile hands did
	proof        proof // how it was reached
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

// tracer walks breadth first and keeps every event that shows a step; what they
// prove is weighed when the walk is over.
type tracer struct {
	idx     pivot.Index
	q       Question
	root    investigations.Entity
	nodes   map[investigations.Entity]*node
	groups  map[investigations.Entity][]pivot.Group
	judges  map[investigations.Entity]*hands.Judge
	judging bool // some hands are marked
	decided bool // some steps are decided
	ties    map[tieKey]*tie
	level   int
	next    []visit
	pending map[investigations.Entity]int // place in next
	notes   []string
}

func newTracer(idx pivot.Index, q Question) *tracer {
	return &tracer{
		idx: idx, q: q, root: q.Identity,
		nodes:   map[investigations.Entity]*node{q.Identity: {}},
		groups:  make(map[investigations.Entity][]pivot.Group),
		judges:  make(map[investigations.Entity]*hands.Judge),
		judging: len(q.Judgement.Marked()) > 0,
		decided: len(q.Judgement.Decisions()) > 0,
		ties:    make(map[tieKey]*tie),
	}
}

func (t *tracer) walk(ctx context.Context) error {
	frontier := []visit{{entity: t.root, since: t.q.Since}}
	for level := 1; level <= t.q.Depth && len(frontier) > 0; level++ {
		t.level, t.next, t.pending = level, nil, make(map[investigations.Entity]int)
		for _, v := range frontier {
			if err := t.expand(ctx, v); err != nil {
				return err
			}
		}
		frontier = t.next
	}
	return t.stopped(ctx, frontier)
}

// stopped notes who was reached last and went on to act, beyond the depth asked
// for.
func (t *tracer) stopped(ctx context.Context, frontier []visit) error {
	var busy []string
	for _, v := range frontier {
		n, err := t.acts(ctx, v.entity, v.since)
		if err != nil {
			return err
		}
		if n > 0 {
			busy = append(busy, v.entity.String())
		}
	}
	if len(busy) == 0 || t.q.Depth == 0 {
		return nil
	}
	more := ""
	if n := len(busy) - 1; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	t.notes = append(t.notes, fmt.Sprintf("the depth of %d ends at %s%s, who may lead on: ask for a greater depth", t.q.Depth, busy[0], more))
	return nil
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

// Groups and Each make the tracer a contain.Facts that remembers look-ups.
func (t *tracer) Groups(ctx context.Context, e investigations.Entity) ([]pivot.Group, error) {
	return t.groupsOf(ctx, e)
}

// Each yields events of the index.
func (t *tracer) Each(ctx context.Context, ids []int64, yield func(*investigations.Event) error) error {
	return t.idx.Each(ctx, ids, yield)
}

// expand finds the children of one entity in one stretch of time.
func (t *tracer) expand(ctx context.Context, v visit) error {
	groups, err := t.groupsOf(ctx, v.entity)
	if err != nil {
		return err
	}
	if err := t.prepareJudge(ctx, v.entity); err != nil {
		return err
	}
	found, err := t.children(ctx, v, groups)
	if err != nil {
		return err
	}
	if v.entity.Kind == investigations.KindUser {
		if err := t.neighbours(ctx, v, found); err != nil {
			return err
		}
	}
	for _, f := range inOrder(found) {
		if err := t.settle(ctx, v, f, groups); err != nil {
			return err
		}
	}
	if v.entity.Kind == investigations.KindBot {
		return t.botUser(ctx, v)
	}
	return nil
}

// children reads the events of one entity in one stretch of time and keeps, for
// each child and way to it, what shows it.
func (t *tracer) children(ctx context.Context, v visit, groups []pivot.Group) (map[tieKey]*tie, error) {
	wanted := t.wanted(v, groups)
	ids := make([]int64, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	found := make(map[tieKey]*tie)
	err := t.idx.Each(ctx, ids, func(ev *investigations.Event) error {
		if v.holds(ev.Time) && ev.Outcome != investigations.OutcomeFailure {
			for i := range rules {
				if wanted[ev.ID]&(1<<i) != 0 {
					t.apply(i, v, ev, found)
				}
			}
		}
		return ctx.Err()
	})
	return found, err
}

// wanted says which rules want which events of an entity, as bits by rule.
func (t *tracer) wanted(v visit, groups []pivot.Group) map[int64]uint64 {
	out := make(map[int64]uint64)
	wide := holders(v.entity.Kind, groups) > tooWide
	for i := range rules {
		r := &rules[i]
		if r.parent.kind != v.entity.Kind || r.wide && wide {
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

// holders counts the events that say who holds a role, or what a device was
// used for.
func holders(of investigations.Kind, groups []pivot.Group) (n int) {
	for _, g := range groups {
		for i := range rules {
			if r := &rules[i]; r.wide && r.parent.kind == of && slices.Contains(r.parent.roles, g.Role) && r.speaks(g.Type) {
				n += len(g.IDs)
			}
		}
	}
	return n
}
