package survive

import (
	"context"
	"slices"
	"time"

	"cordon/investigations"
)

// Thing is what a live cluster can be asked of: an entity, or a membership of an
// access list.
type Thing struct {
	Entity investigations.Entity `json:"entity"`
	List   investigations.Entity `json:"list,omitzero"` // of a membership
}

// State is what a cluster has of a thing.
type State uint8

// The states. A request is gone when it gives nobody anything, and nobody can
// approve it any more: it was denied, has run out, or was removed.
const (
	Unasked State = iota // the cluster was not asked, or did not say
	There
	Gone
)

// String is the state as a person reads it.
func (s State) String() string {
	return [...]string{"not known", "still there", "gone"}[min(s, Gone)]
}

// MarshalText writes the state's words.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Standing is what a cluster says of a thing at a moment.
type Standing struct {
	Thing
	State State     `json:"state"`
	At    time.Time `json:"at"`
	// Note is what else is known, in a few words (a request's state), or why the
	// cluster did not say.
	Note  string   `json:"note,omitempty"`
	Roles []string `json:"roles,omitempty"` // of a user
}

// Cluster says what stands on it now.
type Cluster interface {
	// Standing answers for each thing, in their order. What it cannot say is
	// Unasked with a note; the error means that it said nothing at all.
	Standing(ctx context.Context, things []Thing) ([]Standing, error)
}

// Things are what the steps of the answer can be asked of on a live cluster,
// each once.
func (r *Report) Things() []Thing {
	var out []Thing
	for _, a := range slices.Concat(r.Actions(), r.Doubtful()) {
		for _, p := range a.Proofs() {
			if p.Want != Unasked && !slices.Contains(out, p.Thing) {
				out = append(out, p.Thing)
			}
		}
	}
	return out
}

// Proofs are what shows that a step was carried out: all of them together. None
// where nothing does.
func (s Step) Proofs() []Proof {
	var out []Proof
	for _, name := range s.tokens {
		out = append(out, Proof{Want: Gone, Thing: Thing{Entity: investigations.Entity{Kind: investigations.KindToken, Name: name}}})
	}
	if p, ok := ProofOf(s.Command); ok {
		out = append(out, p)
	}
	return out
}

// Settled gives what the cluster said of a step's things, and reports whether by
// that nothing is left to do.
func (s Step) Settled(said []Standing) (of []Standing, done bool) {
	done = true
	for _, p := range s.Proofs() {
		i := slices.IndexFunc(said, func(s Standing) bool { return p.Want != Unasked && s.Thing == p.Thing })
		if i < 0 {
			done = false
			continue
		}
		of = append(of, said[i])
		done = done && p.Met(said[i])
	}
	return of, done && len(of) > 0
}
