package lineage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// settle draws one edge: it asks the case what the event alone cannot say, and
// queues the child.
func (t *tracer) settle(ctx context.Context, v visit, f found, parent []pivot.Group) error {
	r := &rules[f.rule]
	if r.decides {
		keep, err := t.decided(ctx, &f)
		if err != nil || !keep {
			return err
		}
	}
	if v.entity.Kind == investigations.KindToken && masked(v.entity.Name) && made(parent) > 1 {
		f.doubt("several tokens look like that, because the server hides most of their names")
	}
	if f.edge.Kind == investigations.KindRole {
		groups, err := t.groupsOf(ctx, f.edge.Entity)
		if err != nil {
			return err
		}
		if n := holders(groups); n > tooWide {
			f.edge.Reason += fmt.Sprintf("; %d events show who holds it, too many to follow here", n)
		}
	}
	key := edgeKey{v.entity, f.edge.Entity, f.edge.Via, f.rule}
	if t.drawn[key] {
		return nil
	}
	t.drawn[key] = true
	shared := r.shared || r.inherits() && t.nodes[v.entity].shared
	follow := r.follow && !f.edge.Time.IsZero()
	if follow && shared && t.nodes[f.edge.Entity] == nil {
		busy, err := t.busy(ctx, &f)
		if err != nil {
			return err
		}
		follow = !busy
	}
	t.edges = append(t.edges, f.edge)
	if !follow {
		return nil
	}
	return t.reach(ctx, f.edge, shared)
}

// busy reports whether an entity with an owner of its own did so much since
// that following it would bury what matters under the owner's work.
func (t *tracer) busy(ctx context.Context, f *found) (bool, error) {
	groups, err := t.groupsOf(ctx, f.edge.Entity)
	if err != nil {
		return false, err
	}
	n, v := 0, visit{entity: f.edge.Entity, since: f.edge.Time}
	for _, g := range groups {
		if v.touches(g) && slices.ContainsFunc(rules, func(r rule) bool {
			return r.parent.kind == f.edge.Kind && slices.Contains(r.parent.roles, g.Role) && r.speaks(g.Type)
		}) {
			n += len(g.IDs)
		}
	}
	if n <= tooBusy {
		return false, nil
	}
	f.edge.Reason += fmt.Sprintf("; not followed, because %s has an owner and %d acts in this evidence", f.edge.Name, n)
	return true, nil
}

// reach queues an entity to be followed from the moment of an edge.
func (t *tracer) reach(ctx context.Context, edge Edge, shared bool) error {
	e := edge.Entity
	n, known := t.nodes[e]
	if !known {
		t.nodes[e] = &node{since: edge.Time, shared: shared}
		t.pending[e] = len(t.next)
		t.next = append(t.next, visit{entity: e, since: edge.Time, proof: edge})
		if e.Kind == investigations.KindUser {
			return t.unsigned(ctx, edge)
		}
		return nil
	}
	n.shared = n.shared && shared
	if !edge.Time.Before(n.since) {
		return nil
	}
	// Reached earlier than was known: walk the stretch that is missing.
	if i, waits := t.pending[e]; waits {
		t.next[i].since, t.next[i].proof = edge.Time, edge
	} else {
		t.pending[e] = len(t.next)
		t.next = append(t.next, visit{entity: e, since: edge.Time, until: n.since, proof: edge})
	}
	n.since = edge.Time
	return nil
}

// decided reports whether an answer to a request is an edge at all. Where the
// event does not say that it was an approval, a certificate that carries the
// request afterwards does.
func (t *tracer) decided(ctx context.Context, f *found) (bool, error) {
	groups, err := t.groupsOf(ctx, f.edge.Entity)
	if err != nil {
		return false, err
	}
	reviewed, used := false, false
	for _, g := range groups {
		reviewed = reviewed || g.Type == "access_request.review" && g.Role == investigations.RoleSubject
		used = used || g.Type == "cert.create" && g.Role == investigations.RoleVia && !g.Last.Before(f.edge.Time)
	}
	if f.edge.Via == "access_request.update" && reviewed {
		return false, nil
	}
	if f.approved || used {
		return true, nil
	}
	f.edge.Reason = fmt.Sprintf("%s decided on the access request %s", f.edge.Parent.Name, f.edge.Name)
	f.doubt("the event does not say how, and no certificate carries it afterwards")
	return true, nil
}

// made counts the tokens that were made under one name.
func made(groups []pivot.Group) (n int) {
	for _, g := range groups {
		if g.Role == investigations.RoleSubject && g.Type == "join_token.create" {
			n += len(g.IDs)
		}
	}
	return n
}

// unsigned looks for changes of a user just reached that are logged with the
// user itself as the one who made them, as old servers write every change. Who
// made them is not recorded, so they are edges only as a question.
func (t *tracer) unsigned(ctx context.Context, edge Edge) error {
	groups, err := t.groupsOf(ctx, edge.Entity)
	if err != nil {
		return err
	}
	var ids []int64
	for _, g := range groups {
		if g.Role == investigations.RoleSubject && (g.Type == "user.create" || g.Type == "user.update") {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	first := Edge{}
	err = t.idx.Each(ctx, slices.Compact(ids), func(ev *investigations.Event) error {
		actor, acted := ev.First(investigations.KindUser, investigations.RoleActor)
		writer, wrote := ev.First(investigations.KindUser, investigations.RoleUpdater)
		itself := (!acted || actor.Entity == edge.Entity) && (!wrote || writer.Entity == edge.Entity)
		if itself && ev.ID != edge.ID && !ev.Time.Before(edge.Time) && (first.Event == "" || sooner(ev, &first)) {
			first = edge
			first.Via, first.Event, first.ID, first.Time, first.Status = ev.Type, ev.UID, ev.ID, ev.Time, Ambiguous
			first.Reason = fmt.Sprintf("the user %s was changed; the event does not record by whom", edge.Name)
		}
		return ctx.Err()
	})
	if err == nil && first.Event != "" {
		t.edges = append(t.edges, first)
	}
	return err
}

// botUser adds the user of a bot that was never seen to join: Teleport derives
// its name from the bot's.
func (t *tracer) botUser(ctx context.Context, v visit) error {
	u := investigations.Entity{Kind: investigations.KindUser, Name: "bot-" + v.entity.Name}
	if t.nodes[u] != nil || v.proof.Event == "" {
		return nil
	}
	groups, err := t.groupsOf(ctx, u)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(groups, func(g pivot.Group) bool { return after(g.Last, v.since) }) {
		return nil
	}
	edge := v.proof
	edge.Entity, edge.Label, edge.Depth, edge.Parent, edge.Status = u, "", t.level, v.entity, Proved
	edge.Reason = fmt.Sprintf("%s is the user of the bot %s", u.Name, v.entity.Name)
	t.edges = append(t.edges, edge)
	return t.reach(ctx, edge, t.nodes[v.entity].shared)
}

// sooner reports whether an event comes before the one of an edge.
func sooner(ev *investigations.Event, e *Edge) bool {
	return ev.Time.Before(e.Time) || ev.Time.Equal(e.Time) && ev.UID < e.Event
}

func after(t, since time.Time) bool { return !t.IsZero() && !t.Before(since) }
