package lineage

import (
	"context"
	"slices"

	"cordon/investigations"
	"cordon/investigations/hands"
	"cordon/investigations/judgement"
)

// apply finds the children that one event shows by one rule.
func (t *tracer) apply(i int, v visit, ev *investigations.Event, found map[tieKey]*tie) {
	r := &rules[i]
	if t.elsewhere(v, r, ev) || r.decides && ev.Outcome == investigations.OutcomeFailure {
		return // somebody else's, or a refusal: nothing was granted
	}
	if r.child.kind == investigations.KindCertificate {
		t.show(i, v, ev, investigations.Involvement{Entity: investigations.Entity{Kind: investigations.KindCertificate, Name: ev.UID}}, found)
		return
	}
	for _, c := range ev.Involved {
		if r.child.takes(c) {
			t.show(i, v, ev, c, found)
		}
	}
}

// show keeps an event as proof of a step to a child.
func (t *tracer) show(i int, v visit, ev *investigations.Event, child investigations.Involvement, found map[tieKey]*tie) {
	if child.Entity == v.entity || child.Entity == t.root || child.Entity.IsZero() {
		return
	}
	p := proof{
		id: ev.ID, event: ev.UID, via: ev.Type, at: ev.Time, level: t.level, label: labelOf(ev, child),
		doubt: t.doubt(i, v, ev), approved: ev.Outcome == investigations.OutcomeSuccess,
	}
	if t.judging {
		t.judge(&p, v, ev)
	}
	if v.hostile && p.side != hands.Hostile {
		return
	}
	t.decide(&p, v.entity, child.Entity)
	key := tieKey{v.entity, child.Entity, ev.Type, i}
	if rules[i].once {
		key.via = ""
	}
	f := found[key]
	if f == nil {
		f = &tie{tieKey: key, level: t.level}
		found[key] = f
	}
	if used, ok := ev.First(investigations.KindMFADevice, investigations.RoleVia); ok {
		p.device = used.Entity
	}
	// Two rows of the table can lead to the same child of one event.
	if n := len(f.proofs); n == 0 || f.proofs[n-1].id != p.id {
		f.proofs = append(f.proofs, p)
	}
}

// decide looks up what the responder decided about a step.
func (t *tracer) decide(p *proof, parent, child investigations.Entity) {
	p.decided = nil
	if !t.decided {
		return
	}
	d := t.q.Judgement.Of(judgement.Edge{Parent: parent, Child: child, Via: p.via, Event: p.event})
	if d.Verdict != judgement.Undecided {
		p.decided = &d
	}
}

// doubt is why an event is no sure proof, whoever the parent is.
func (t *tracer) doubt(i int, v visit, ev *investigations.Event) string {
	if d := rules[i].doubt; d != "" || v.entity.Kind != investigations.KindUser {
		return d
	}
	if behind, ok := ev.First(investigations.KindUser, investigations.RoleImpersonator); ok && behind.Entity != v.entity && i != addressRule {
		return "with a certificate that " + behind.Entity.Name + " signed"
	}
	return ""
}

// elsewhere reports whether an act in the entity's name belongs to somebody
// behind it who is followed anyway.
func (t *tracer) elsewhere(v visit, r *rule, ev *investigations.Event) bool {
	if v.entity.Kind != investigations.KindUser || r.parent.kind != investigations.KindUser {
		return false
	}
	behind, ok := ev.First(investigations.KindUser, investigations.RoleImpersonator)
	if !ok || behind.Entity == v.entity {
		return false
	}
	n := t.nodes[behind.Entity]
	return n != nil && n.level < t.level && !n.busy && !ev.Time.Before(n.since)
}

// prepareJudge makes the judge of a user's acts before they are read.
func (t *tracer) prepareJudge(ctx context.Context, e investigations.Entity) error {
	if !t.judging || e.Kind != investigations.KindUser || t.judges[e] != nil {
		return nil
	}
	if !needsLines(t.q.Judgement, e) {
		t.judges[e] = hands.NewJudge(e, t.q.Judgement)
		return nil
	}
	j, err := hands.ReadJudge(ctx, t.idx, t.q.Lines, e, t.q.Judgement)
	t.judges[e] = j
	return err
}

// needsLines reports whether a mark of an identity tells nothing without the
// lines: user agents and the ends of certificates stand only there.
func needsLines(marks judgement.Judgement, e investigations.Entity) bool {
	return slices.ContainsFunc(marks.Marks(e), func(m judgement.Mark) bool {
		return m.Key.Facet == judgement.FacetAgent || m.Key.Facet == judgement.FacetCertificate
	})
}

// judge says whose hands an act was in: those of the parent, or where that is no
// user those of whoever acted.
func (t *tracer) judge(p *proof, v visit, ev *investigations.Event) {
	who := v.entity
	if who.Kind != investigations.KindUser {
		actor, ok := ev.First(investigations.KindUser, investigations.RoleActor)
		if !ok || len(t.q.Judgement.Marks(actor.Entity)) == 0 {
			return
		}
		who = actor.Entity
	}
	j := t.judges[who]
	if j == nil {
		j = hands.NewJudge(who, t.q.Judgement)
		t.judges[who] = j
	}
	if verdict := j.Attribute(ev); verdict.Side != hands.Ambiguous || j.Marked() {
		p.side, p.why = verdict.Side, verdict.Reason
	}
}
