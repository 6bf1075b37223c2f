package survive

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/pivot"
)

// Of answers a question from the evidence.
func Of(ctx context.Context, ev Evidence, q Question) (*Report, error) {
	r, err := of(ctx, ev, q)
	if err != nil {
		return nil, fmt.Errorf("list what survives of %s: %w", q.Root, err)
	}
	return r, nil
}

func of(ctx context.Context, ev Evidence, q Question) (*Report, error) {
	coverage, err := ev.Coverage(ctx)
	if err != nil {
		return nil, err
	}
	g := &gatherer{
		q: &q, ev: ev, taint: newTaint(&q), more: map[string]int{},
		groups: map[investigations.Entity][]pivot.Group{}, finds: map[findKey]*find{},
	}
	seen, err := g.groupsOf(ctx, q.Root)
	if err != nil {
		return nil, err
	}
	r := &Report{
		Identity: q.Root.String(), Entity: q.Root, Since: q.Since, At: q.At, Coverage: pivot.Coverage{Coverage: coverage},
		Seen: len(seen) > 0, More: g.more,
	}
	if !r.Seen {
		return r, nil
	}
	if err := g.acts(ctx); err != nil {
		return nil, err
	}
	if err := g.settle(ctx); err != nil {
		return nil, err
	}
	g.joined()
	for _, f := range g.finds {
		item := g.item(f)
		if item.Held != nil {
			r.Held = append(r.Held, item)
		} else {
			r.Items = append(r.Items, item)
		}
	}
	order(r.Items)
	order(r.Held)
	r.Items, r.Held = g.bound(r.Items), g.bound(r.Held)
	r.Unknown, err = g.unknowns(ctx, coverage, r)
	return r, err
}

// item is a find as it is told.
func (g *gatherer) item(f *find) Item {
	i := Item{
		Kind: f.key, Entity: f.left.Entity, Label: f.left.Label, What: g.what(f), By: f.by,
		Since: f.first().at, Event: f.first().uid, ID: f.first().id, Count: len(f.marks),
		Until: f.until, Status: f.status, Doubt: f.doubt, Notes: f.notes, Steps: g.steps(f),
	}
	if !f.list.IsZero() {
		i.List = &f.list
	}
	if f.tie == nil || !f.tie.Edit {
		if hold, ok := g.hold(f.reach); ok {
			i.Held = &hold
		}
	}
	return i
}

// order puts first what is to be done first: by stage, what is sure before what
// is not, then by kind, then as it happened.
func order(items []Item) {
	slices.SortFunc(items, func(a, b Item) int {
		return cmp.Or(
			strings.Compare(string(b.Status), string(a.Status)), cmp.Compare(stageOf(a), stageOf(b)), cmp.Compare(rank(a.Kind), rank(b.Kind)),
			a.Since.Compare(b.Since), strings.Compare(a.Entity.Name, b.Entity.Name), strings.Compare(a.What, b.What), strings.Compare(a.Event, b.Event),
		)
	})
}

func stageOf(i Item) Stage {
	if len(i.Steps) == 0 {
		return Restore
	}
	return i.Steps[0].Stage
}

// rank is the place of a kind among those of one stage.
func rank(kind string) int {
	first := []string{"identity", "session", "app_session", "certificate", "user", "link_used", "link", "bot", "bot_joined", "host", "request"}
	if i := slices.Index(first, kind); i >= 0 {
		return i
	}
	i := slices.IndexFunc(contain.Ties, func(t contain.Tie) bool { return t.Key == kind })
	return len(first) + max(i, 0)
}

// bound keeps at most maxOfKind items of one kind.
func (g *gatherer) bound(items []Item) []Item {
	n := map[string]int{}
	return slices.DeleteFunc(items, func(i Item) bool {
		n[i.Kind]++
		if n[i.Kind] <= maxOfKind {
			return false
		}
		g.more[i.Kind]++
		return true
	})
}

// made reports whether the attacker made a user, rather than finding it there.
func (g *gatherer) made(user investigations.Entity) bool {
	for _, f := range g.finds {
		if f.key == "user" && f.left.Entity == user {
			return true
		}
	}
	return false
}
