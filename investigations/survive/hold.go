package survive

import (
	"slices"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
)

// hold is the lock in force that stops something, of several the one that
// holds longest.
func (g *gatherer) hold(reach []investigations.Entity) (Hold, bool) {
	var best contain.Lock
	found := false
	for _, l := range g.q.Locks {
		if !inForce(l, g.q.At) || !slices.ContainsFunc(reach, l.Hits) {
			continue
		}
		if !found || longer(l, best) {
			best, found = l, true
		}
	}
	if !found {
		return Hold{}, false
	}
	return Hold{Lock: best.Name, Title: best.Title(), Until: best.Expires, EndSaid: best.EndSaid}, true
}

// inForce reports whether a lock stops anything at the moment, which may be
// long ago: a lock that was placed or removed later was in force or not then.
func inForce(l contain.Lock, at time.Time) bool {
	if l.Created.After(at) {
		return false
	}
	if l.Released.After(at) {
		l.Released = time.Time{}
	}
	return l.State(at) == contain.StateInForce
}

// longer reports whether a lock is sure to hold longer than another.
func longer(a, b contain.Lock) bool {
	rank := func(l contain.Lock) int {
		switch {
		case !l.Expires.IsZero():
			return 1
		case l.EndSaid:
			return 2
		}
		return 0
	}
	if rank(a) != rank(b) {
		return rank(a) > rank(b)
	}
	if !a.Expires.Equal(b.Expires) {
		return a.Expires.After(b.Expires)
	}
	return a.Name < b.Name
}
