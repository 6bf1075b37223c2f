package lineage

import "cordon/investigations"

// Draws reports whether the table has a rule for edges of this sort: from a
// parent to a child of these kinds, shown by events of the type. Where it has
// none, the absence of an edge says nothing.
func Draws(parent investigations.Kind, via string, child investigations.Kind) bool {
	for i := range rules {
		if r := &rules[i]; r.parent.kind == parent && r.child.kind == child && r.speaks(via) {
			return true
		}
	}
	return false
}
