package lineage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/hands"
	"cordon/investigations/judgement"
)

// unknownMoment stands for a moment that the log does not tell: it is after
// every other.
var unknownMoment = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// hold is how far an entity is in the attacker's hands, each from a moment on:
// at all, without an owner beside them, and by more than a shared address.
type hold struct{ since, whole, firm time.Time }

// weigher finds out what is proved once the walk is over: a step is only as sure
// as the way to its parent.
type weigher struct {
	t     *tracer
	holds map[investigations.Entity]*hold
	ties  []*tie
	used  map[investigations.Entity]*proof // by hostile hands, first
}

// weigh turns ties into edges.
func (t *tracer) weigh() *Lineage {
	w := &weigher{t: t, holds: make(map[investigations.Entity]*hold)}
	for _, f := range t.ties {
		w.ties = append(w.ties, f)
	}
	slices.SortFunc(w.ties, func(a, b *tie) int {
		return cmp.Or(cmp.Compare(a.level, b.level), compareEntities(a.parent, b.parent), compareEntities(a.child, b.child),
			strings.Compare(a.via, b.via), cmp.Compare(a.rule, b.rule))
	})
	root := &hold{whole: unknownMoment}
	l := &Lineage{Question: t.q, Notes: t.notes, weigher: w, ByHands: len(t.q.Judgement.Marks(t.root)) > 0}
	if !l.ByHands {
		root.whole = time.Time{}
	}
	w.holds[t.root] = root
	for w.spread() {
	}
	w.use()
	for _, f := range w.ties {
		w.draw(f, l)
	}
	order(l.Edges)
	order(l.Owner)
	name(l.Edges, l.Owner)
	l.Taint = w.taint()
	return l
}

// spread passes the attacker's hold on along every step that is sure or
// accepted, and reports whether that changed anything. Holds only grow.
func (w *weigher) spread() (grown bool) {
	for _, f := range w.ties {
		parent := w.holds[f.parent]
		if parent == nil {
			continue
		}
		r := &rules[f.rule]
		for i := range f.proofs {
			p := &f.proofs[i]
			if !p.live() || !w.counts(f, p) {
				continue
			}
			at := p.at
			if at.IsZero() {
				at = unknownMoment
			}
			child := w.holds[f.child]
			if child == nil {
				child = &hold{unknownMoment.AddDate(1, 0, 0), unknownMoment.AddDate(1, 0, 0), unknownMoment.AddDate(1, 0, 0)}
				w.holds[f.child] = child
			}
			grown = earlier(&child.since, at) || grown
			if f.rule != addressRule {
				grown = earlier(&child.firm, at) || grown
			}
			if !r.shared && !f.existed && (!r.inherits() || !p.at.Before(parent.whole)) {
				grown = earlier(&child.whole, at) || grown
			}
		}
	}
	return grown
}

func earlier(t *time.Time, at time.Time) bool {
	if at.Before(*t) {
		*t = at
		return true
	}
	return false
}

// counts reports whether a live proof makes its child the attacker's.
func (w *weigher) counts(f *tie, p *proof) bool {
	if !w.reaches(f, p) {
		return false
	}
	if p.verdict() == judgement.Accepted {
		return true
	}
	sure, _ := w.sure(f, p)
	return sure
}

// reaches reports whether the parent was the attacker's when it happened.
func (w *weigher) reaches(f *tie, p *proof) bool {
	parent := w.holds[f.parent]
	return parent != nil && !p.at.Before(parent.since)
}

// sure reports whether an event proves the step, and why not, or what more it
// says.
func (w *weigher) sure(f *tie, p *proof) (ok bool, why string) {
	if p.doubt != "" {
		return false, p.doubt
	}
	if !w.reaches(f, p) {
		return false, "what it hangs on is not decided"
	}
	if f.rule == addressRule {
		child := w.holds[f.child]
		if child != nil && !p.at.Before(child.firm) {
			return true, f.child.Name + " is in the attacker's hands by another way"
		}
		return false, "they may share a network"
	}
	if f.parent.Kind != investigations.KindUser {
		return true, ""
	}
	return w.sureHands(f, p, w.t.judges[f.parent])
}

// sureHands is sure for the acts of a user, whose judge may be nil.
func (w *weigher) sureHands(f *tie, p *proof, j *hands.Judge) (ok bool, why string) {
	if p.side == hands.Hostile {
		return true, p.why
	}
	if device := w.holds[p.device]; device != nil && !p.device.IsZero() && !p.at.Before(device.since) {
		return true, "with the MFA device that hostile hands enrolled"
	}
	whole := !p.at.Before(w.holds[f.parent].whole)
	if j != nil && j.Marked() && !(whole && !j.Owned()) {
		return false, p.why
	}
	if !whole {
		return false, f.parent.Name + " also has an owner"
	}
	return true, ""
}

// use finds what else than users hostile hands were seen to use, such as an
// access request: that helps to decide how it came about.
func (w *weigher) use() {
	w.used = make(map[investigations.Entity]*proof)
	for _, f := range w.ties {
		for i := range f.proofs {
			p := &f.proofs[i]
			if f.parent.Kind == investigations.KindUser || p.side != hands.Hostile {
				continue
			}
			if old := w.used[f.parent]; old == nil || compareProofs(p, old) < 0 {
				w.used[f.parent] = p
			}
		}
	}
}

// draw makes the edges of one step: the live one by its best proof, one for each
// event that was refused, and the owner's apart.
func (w *weigher) draw(f *tie, l *Lineage) {
	var best, owner *proof
	var bestSure bool
	for i := range f.proofs {
		p := &f.proofs[i]
		switch {
		case p.verdict() == judgement.Refused:
			l.Edges = append(l.Edges, w.edge(f, p))
		case !p.live():
			if owner == nil || compareProofs(p, owner) < 0 {
				owner = p
			}
		default:
			sure, _ := w.sure(f, p)
			if best == nil || w.better(p, sure, best, bestSure) {
				best, bestSure = p, sure
			}
		}
	}
	if owner != nil {
		l.Owner = append(l.Owner, w.edge(f, owner))
	}
	if best != nil {
		l.Edges = append(l.Edges, w.edge(f, best))
	}
}

// better puts first what is sure, then what is accepted, then what was found
// nearest, then what happened first.
func (w *weigher) better(a *proof, aSure bool, b *proof, bSure bool) bool {
	rank := func(p *proof, sure bool) int {
		switch {
		case sure:
			return 0
		case p.verdict() == judgement.Accepted:
			return 1
		}
		return 2
	}
	return cmp.Or(cmp.Compare(rank(a, aSure), rank(b, bSure)), cmp.Compare(a.level, b.level), compareProofs(a, b)) < 0
}

func (w *weigher) edge(f *tie, p *proof) Edge {
	e := Edge{
		Entity: f.child, Label: p.label, Depth: f.level, Via: p.via, Event: p.event, ID: p.id, Time: p.at, Parent: f.parent,
		Status: Ambiguous, Hands: p.side, Since: p.at, Tainted: p.live() && w.counts(f, p), Existed: f.existed,
	}
	if p.decided != nil {
		e.Verdict, e.Said = p.decided.Verdict, p.decided.Said
	}
	if first := f.earliest(); first != nil && p.live() {
		e.Since = first.at
	}
	sure, why := w.sure(f, p)
	if sure {
		e.Status = Proved
	}
	if !p.live() && p.side == hands.Owner {
		why = p.why
	}
	child := f.child.Name
	if p.label != "" {
		child += " (" + p.label + ")"
	}
	if by := w.used[f.child]; by != nil && !sure && p.live() {
		why += "; hostile hands used it, event " + by.event
	}
	if p.live() {
		why = strings.TrimPrefix(why+f.more, "; ")
	}
	words := rules[f.rule].words
	if f.existed {
		words = rules[f.rule].again
	}
	e.Reason, e.Why = fmt.Sprintf(cmp.Or(p.words, words), f.parent.Name, child), why
	if why != "" {
		e.Reason += "; " + why
	}
	return e
}
