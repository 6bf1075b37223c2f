package lineage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/hands"
	"cordon/investigations/judgement"
)

// tieKey makes one edge of many events that say the same.
type tieKey struct {
	parent, child investigations.Entity
	via           string // type of the event, empty where the types make one edge
	rule          int
}

// tie is an edge in the making: everything that shows one step.
type tie struct {
	tieKey
	level int    // depth at which it was found first
	more  string // said behind its reason
	// existed says that the child was there before the first of the events that
	// read as if it was made.
	existed bool
	proofs  []proof
}

// proof is one event that shows a step.
type proof struct {
	id         int64
	event, via string
	at         time.Time // zero: the log does not tell
	level      int       // depth at which it was found
	label      string    // of the child
	words      string    // in place of those of the rule
	doubt      string    // why it is not sure, whoever the parent is
	approved   bool      // it says itself that a request was approved
	side       hands.Side
	why        string // what shows the side
	device     investigations.Entity
	decided    *judgement.Decision // nil: nothing was
}

func (p *proof) verdict() judgement.Verdict {
	if p.decided == nil {
		return judgement.Undecided
	}
	return p.decided.Verdict
}

// live reports whether a proof counts at all: it was not refused, and it was not
// the owner who did it, unless the responder says that the step is true.
func (p *proof) live() bool {
	switch p.verdict() {
	case judgement.Accepted:
		return true
	case judgement.Refused:
		return false
	}
	return p.side != hands.Owner
}

// earliest is the first live proof that has a time.
func (t *tie) earliest() (first *proof) {
	for i := range t.proofs {
		p := &t.proofs[i]
		if p.live() && !p.at.IsZero() && (first == nil || compareProofs(p, first) < 0) {
			first = p
		}
	}
	return first
}

// compareProofs puts first what happened first.
func compareProofs(a, b *proof) int {
	return cmp.Or(a.at.Compare(b.at), strings.Compare(a.event, b.event), cmp.Compare(a.id, b.id))
}

// add takes proofs that are not there yet.
func (t *tie) add(proofs []proof) {
	for _, p := range proofs {
		if !slices.ContainsFunc(t.proofs, func(known proof) bool { return known.id == p.id }) {
			t.proofs = append(t.proofs, p)
		}
	}
}
