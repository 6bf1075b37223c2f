package lineage

import (
	"maps"
	"slices"
	"time"

	"cordon/investigations"
)

// Taint is what is in the attacker's hands: the identity itself, and everything
// that proved or accepted edges lead to, each from a moment on. Addresses are
// not in it: others share them.
type Taint map[investigations.Entity]time.Time

func (w *weigher) taint() Taint {
	out := make(Taint, len(w.holds))
	for e, h := range w.holds {
		if e.Kind == investigations.KindAddress {
			continue
		}
		if h.since.Equal(unknownMoment) {
			out[e] = time.Time{}
			continue
		}
		out[e] = h.since
	}
	return out
}

// Has reports whether an entity is tainted.
func (t Taint) Has(e investigations.Entity) bool {
	_, ok := t[e]
	return ok
}

// Since is from when on an entity is tainted; zero for the identity asked about,
// for what is not tainted, and where the log does not tell.
func (t Taint) Since(e investigations.Entity) time.Time { return t[e] }

// Entities lists what is tainted, of some kinds or of all, by kind and name.
func (t Taint) Entities(kinds ...investigations.Kind) []investigations.Entity {
	out := slices.DeleteFunc(slices.Collect(maps.Keys(t)), func(e investigations.Entity) bool {
		return len(kinds) > 0 && !slices.Contains(kinds, e.Kind)
	})
	slices.SortFunc(out, compareEntities)
	return out
}
