package pivot

import "slices"

// Types lists the event types that a category counts, exact names or prefixes
// followed by `*`, in the order of the table; nothing for an unknown key. A
// filter of them shows what a count rests on.
func Types(key string) []string {
	var out []string
	for _, c := range categories {
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
