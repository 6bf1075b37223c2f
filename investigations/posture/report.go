package posture

import (
	"time"

	"cordon/investigations/pivot"
)

// Verdict is how a check came out.
type Verdict string

// The verdicts. Unknown is not good.
const (
	Good    Verdict = "good"
	Weak    Verdict = "weak"
	Unknown Verdict = "unknown"
)

// Report is the answer to all checks.
type Report struct {
	Coverage pivot.Coverage `json:"coverage"`
	Checks   []Result       `json:"checks"`
}

// Count is how many checks have a verdict.
func (r *Report) Count(v Verdict) int {
	n := 0
	for i := range r.Checks {
		if r.Checks[i].Verdict == v {
			n++
		}
	}
	return n
}

// Result is the answer to one check.
type Result struct {
	ID       string  `json:"id"`
	Title    string  `json:"title"`
	Question string  `json:"question"`
	Verdict  Verdict `json:"verdict"`
	// Says is the reason in one sentence.
	Says string `json:"says"`
	// Shows is what the evidence shows, what is weak first.
	Shows []Fact `json:"shows"`
	// Cannot is what neither this verdict nor the evidence can tell.
	Cannot string `json:"cannot"`
	// Warning says whom the change can lock out, and what to do before.
	Warning string `json:"warning,omitempty"`
	// YAML is the resource that mends it, to be joined with the cluster's own.
	YAML string `json:"yaml"`
	// SQL is the audit query that lists what was counted as weak; empty where
	// none gives exactly that.
	SQL string `json:"sql,omitempty"`
}

// Fact is one thing that a number of events show.
type Fact struct {
	What string `json:"what"`
	Weak bool   `json:"weak"`
	N    int    `json:"n"` // events, or what the question counts
	// Who are the identities concerned and By what else tells them apart, such
	// as logins or roles: the most frequent first, at most Listed of each.
	Who []Share `json:"who,omitempty"`
	By  []Share `json:"by,omitempty"`
	// MoreWho and MoreBy are how many are not listed.
	MoreWho int    `json:"more_who,omitempty"`
	MoreBy  int    `json:"more_by,omitempty"`
	First   *Proof `json:"first,omitempty"`
	Last    *Proof `json:"last,omitempty"`
}

// Listed is up to how many identities a fact names.
const Listed = 25

// Share is how many of the events of a fact are of one name.
type Share struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// Proof is an event that shows a fact.
type Proof struct {
	Event string    `json:"event"` // uid; may be empty
	Type  string    `json:"type"`
	Time  time.Time `json:"time,omitzero"`
	ID    int64     `json:"-"` // in this case
}
