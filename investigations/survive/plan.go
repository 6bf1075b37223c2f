package survive

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cordon/investigations/contain"
	"cordon/investigations/lineage"
)

// Action is one line to type, with everything that it is for.
type Action struct {
	Step
	For []Item `json:"for"`
}

// Actions are the steps of everything that survives for certain, each once, in
// the order in which to take them: locks, looks, revocations, and last what is
// put back. What a lock in force stops is still taken away. A step for items of
// which nobody has decided whether they are the attacker's is not among them.
func (r *Report) Actions() []Action {
	return actions(slices.Concat(r.Items, r.Held), lineage.Proved)
}

// Doubtful are the steps for what may not be the attacker's.
func (r *Report) Doubtful() []Action {
	sure := r.Actions()
	return slices.DeleteFunc(actions(slices.Concat(r.Items, r.Held), lineage.Ambiguous), func(a Action) bool {
		return slices.ContainsFunc(sure, func(s Action) bool { return s.Stage == a.Stage && s.Command == a.Command })
	})
}

func actions(items []Item, status lineage.Status) []Action {
	at := map[string]int{}
	var out []Action
	for _, i := range items {
		if i.Status != status {
			continue
		}
		for _, s := range i.Steps {
			key := fmt.Sprint(s.Stage, " ", s.Command)
			if s.Lock != nil {
				key = fmt.Sprint(s.Stage, " ", s.Lock.Targets)
			}
			n, ok := at[key]
			if !ok {
				n = len(out)
				at[key] = n
				out = append(out, Action{Step: s})
			}
			a := &out[n]
			if ok {
				a.tokens = slices.Concat(a.tokens, s.tokens)
			}
			note := bothNotes(a.Note, s.Note)
			if s.Lock != nil && holdsLonger(s.Lock, a.Lock) {
				a.Step = s
			}
			a.Note = note
			if !lastOf(a.For, i) {
				a.For = append(a.For, i)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Action) int {
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), cmp.Compare(rank(a.For[0].Kind), rank(b.For[0].Kind)))
	})
	return out
}

// lastOf reports whether an item is the last of some: two of its steps can be
// one command.
func lastOf(items []Item, i Item) bool {
	if len(items) == 0 {
		return false
	}
	last := items[len(items)-1]
	return last.Kind == i.Kind && last.Entity == i.Entity && last.What == i.What && last.ID == i.ID
}

// bothNotes says what two notes say, each once.
func bothNotes(a, b string) string {
	switch {
	case strings.Contains(a, b):
		return a
	case strings.Contains(b, a):
		return b
	}
	return a + " " + b
}

// holdsLonger reports whether a lock asked for ends after another. One that
// says no end holds for the usual time, which is shorter.
func holdsLonger(a, b *contain.Request) bool {
	return b.TTL != contain.Forever && (a.TTL == contain.Forever || a.Expires.After(b.Expires))
}
