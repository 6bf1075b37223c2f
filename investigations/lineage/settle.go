package lineage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/pivot"
)

// inOrder lists ties by their first proof, so that a walk does not depend on
// the order of a map.
func inOrder(found map[tieKey]*tie) []*tie {
	out := make([]*tie, 0, len(found))
	for _, f := range found {
		slices.SortFunc(f.proofs, func(a, b proof) int { return compareProofs(&a, &b) })
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *tie) int {
		if c := compareProofs(&a.proofs[0], &b.proofs[0]); c != 0 {
			return c
		}
		if a.rule != b.rule {
			return a.rule - b.rule
		}
		return compareEntities(a.child, b.child)
	})
	return out
}

// settle takes up one step: it asks the case what the events alone cannot say,
// and queues the child.
func (t *tracer) settle(ctx context.Context, v visit, f *tie, parent []pivot.Group) error {
	r := &rules[f.rule]
	if r.decides {
		keep, err := t.answered(ctx, f)
		if err != nil || !keep {
			return err
		}
	}
	if v.entity.Kind == investigations.KindToken {
		if err := t.doubtJoins(ctx, v, f, parent); err != nil {
			return err
		}
	}
	if f.child.Kind == investigations.KindRole {
		groups, err := t.groupsOf(ctx, f.child)
		if err != nil {
			return err
		}
		if n := holders(f.child.Kind, groups); n > tooWide {
			f.more = fmt.Sprintf("; %d events show who holds it, too many to follow here", n)
		}
	}
	if known := t.ties[f.tieKey]; known != nil {
		known.add(f.proofs)
		f = known
	} else {
		t.ties[f.tieKey] = f
	}
	first := f.earliest()
	if !r.follow || first == nil {
		return nil
	}
	if r.again != "" {
		var err error
		if f.existed, err = contain.Existed(ctx, t, f.child, first.at); err != nil {
			return err
		}
	}
	shared := r.shared || f.existed || r.inherits() && t.nodes[v.entity].shared
	if shared && t.nodes[f.child] == nil {
		n, err := t.acts(ctx, f.child, first.at)
		if err != nil {
			return err
		}
		if n > tooBusy {
			return t.tooBusy(f, first, n)
		}
	}
	t.reach(f.child, *first, shared)
	return nil
}

// doubtJoins says what else than the attacker's token may have let somebody in.
func (t *tracer) doubtJoins(ctx context.Context, v visit, f *tie, token []pivot.Group) error {
	existed, err := contain.Existed(ctx, t, v.entity, t.nodes[v.entity].since)
	if err != nil {
		return err
	}
	doubt := ""
	switch {
	case masked(v.entity.Name) && (existed || made(token) > 1):
		doubt = "several tokens look like that, because the server hides most of their names"
	case existed:
		doubt = "the token was there before, so others join with it too"
	}
	for i := range f.proofs {
		f.proofs[i].doubt = doubt
	}
	return nil
}

// acts counts the acts of an entity since a moment by which a walk would go on.
func (t *tracer) acts(ctx context.Context, e investigations.Entity, since time.Time) (n int, err error) {
	groups, err := t.groupsOf(ctx, e)
	if err != nil {
		return 0, err
	}
	v := visit{entity: e, since: since}
	for _, g := range groups {
		if v.touches(g) && slices.ContainsFunc(rules, func(r rule) bool {
			return r.parent.kind == e.Kind && slices.Contains(r.parent.roles, g.Role) && r.speaks(g.Type)
		}) {
			n += len(g.IDs)
		}
	}
	return n, nil
}

// tooBusy leaves alone an entity with an owner who did so much since that
// following it would bury what matters under the owner's work. What hostile
// hands did can still be told from that.
func (t *tracer) tooBusy(f *tie, first *proof, n int) error {
	if f.more == "" {
		f.more = fmt.Sprintf("; not followed, because %s has an owner and %d acts in this evidence", f.child.Name, n)
	}
	if !t.judging {
		return nil
	}
	f.more = fmt.Sprintf("; %s has an owner and %d acts in this evidence: only those of hostile hands are followed", f.child.Name, n)
	t.reach(f.child, *first, true)
	t.nodes[f.child].busy = true
	t.next[t.pending[f.child]].hostile = true
	return nil
}

// reach queues an entity to be followed from the moment of a proof.
func (t *tracer) reach(e investigations.Entity, first proof, shared bool) {
	n, known := t.nodes[e]
	if !known {
		t.nodes[e] = &node{since: first.at, level: t.level, shared: shared}
		t.queue(visit{entity: e, since: first.at, proof: first})
		return
	}
	n.shared = n.shared && shared
	if n.busy && !shared {
		// It has no owner after all: everything it did counts.
		n.busy, n.since = false, minTime(n.since, first.at)
		t.queue(visit{entity: e, since: n.since, proof: first})
		return
	}
	if !first.at.Before(n.since) {
		return
	}
	// Reached earlier than was known: walk the stretch that is missing.
	t.queue(visit{entity: e, since: first.at, until: n.since, hostile: n.busy, proof: first})
	n.since = first.at
}

// queue adds a visit to the next level. One that waits there already is
// stretched.
func (t *tracer) queue(v visit) {
	if i, waits := t.pending[v.entity]; waits {
		old := &t.next[i]
		old.since, old.proof, old.hostile = v.since, v.proof, v.hostile
		return
	}
	t.pending[v.entity] = len(t.next)
	t.next = append(t.next, v)
}

// answered reports whether an answer to a request is a step at all. Where the
// event does not say that it was an approval, a certificate that carries the
// request afterwards does.
func (t *tracer) answered(ctx context.Context, f *tie) (bool, error) {
	groups, err := t.groupsOf(ctx, f.child)
	if err != nil {
		return false, err
	}
	if f.via == "access_request.update" {
		voted, err := t.voted(ctx, f.parent, groups)
		if err != nil || voted {
			return false, err // The review says the same.
		}
	}
	var used time.Time
	for _, g := range groups {
		if g.Type == "cert.create" && g.Role == investigations.RoleVia && g.Last.After(used) {
			used = g.Last
		}
	}
	for i := range f.proofs {
		p := &f.proofs[i]
		if !p.approved && (used.IsZero() || used.Before(p.at)) {
			p.words = "%[1]s decided on the access request %[2]s"
			p.doubt = "the event does not say how, and no certificate carries it afterwards"
		}
	}
	return true, nil
}

// voted reports whether a user answered the request of the groups with a review
// that was no refusal.
func (t *tracer) voted(ctx context.Context, user investigations.Entity, request []pivot.Group) (voted bool, err error) {
	groups, err := t.groupsOf(ctx, user)
	if err != nil {
		return false, err
	}
	sent := reviews(groups, investigations.RoleReviewer)
	both := slices.DeleteFunc(reviews(request, investigations.RoleSubject), func(id int64) bool {
		_, found := slices.BinarySearch(sent, id)
		return !found
	})
	err = t.idx.Each(ctx, both, func(ev *investigations.Event) error {
		voted = voted || ev.Outcome != investigations.OutcomeFailure
		return ctx.Err()
	})
	return voted, err
}

// reviews lists the reviews of requests among groups, ascending.
func reviews(groups []pivot.Group, role investigations.Role) (ids []int64) {
	for _, g := range groups {
		if g.Type == "access_request.review" && g.Role == role {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
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

// botUser adds the user of a bot that was never seen to join: Teleport derives
// its name from the bot's.
func (t *tracer) botUser(ctx context.Context, v visit) error {
	u := investigations.Entity{Kind: investigations.KindUser, Name: "bot-" + v.entity.Name}
	if t.nodes[u] != nil || v.proof.event == "" {
		return nil
	}
	groups, err := t.groupsOf(ctx, u)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(groups, func(g pivot.Group) bool { return after(g.Last, v.since) }) {
		return nil
	}
	p := v.proof
	p.level, p.label, p.words, p.doubt, p.side, p.why = t.level, "", "", "", "", ""
	t.decide(&p, v.entity, u)
	key := tieKey{v.entity, u, p.via, botUserRule}
	f := &tie{tieKey: key, level: t.level, proofs: []proof{p}}
	t.ties[key] = f
	if p.live() {
		t.reach(u, p, t.nodes[v.entity].shared)
	}
	return nil
}

func after(t, since time.Time) bool { return !t.IsZero() && !t.Before(since) }

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
