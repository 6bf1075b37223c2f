package pivot

import (
	"slices"

	"cordon/investigations"
)

// Types lists the event types that a category counts for a kind of identity,
// exact names or prefixes followed by `*`, in the order of the table; nothing for
// an unknown key. A filter of them shows what a count rests on.
func Types(kind investigations.Kind, key string) []string {
	var out []string
	for _, c := range tableOf(kind) {
		if c.key != key {
			continue
		}
		for _, m := range c.counts {
			for _, t := range m.types {
				if !slices.Contains(out, t) {
					out = append(out, t)
				}
			}
		}
	}
	return out
}
