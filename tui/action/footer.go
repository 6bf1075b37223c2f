package action

import (
	"sort"
	"strings"

	"cordon/tui/safetext"
)

// Hint is one key of the footer.
type Hint struct {
	ID    ID
	Key   string // as shown, such as ← or L
	Short string
	// Disabled is why the key does nothing now, or empty.
	Disabled string
}

// FooterGap is the number of blanks between two hints; a hint is its key, one
// blank, and its short text.
const FooterGap = 3

// Width is the number of columns of the hint.
func (h Hint) Width() int { return safetext.Width(h.Key) + 1 + safetext.Width(h.Short) }

// Footer returns the hints of a chain that fit a width, narrow scopes
// first and then in the order of the registry. The least important ones are left out first; of equally important
// ones a disabled one goes before one that works.
func (r *Registry) Footer(width int, ascii bool, state State, chain ...Scope) []Hint {
	type candidate struct {
		hint  Hint
		order int
		value int
	}
	var all []candidate
	for i, a := range r.Within(chain...) {
		keys := r.liveKeys(a, chain)
		if a.Weight == 0 || len(keys) == 0 {
			continue
		}
		hint := Hint{ID: a.ID, Key: KeyLabel(keys[0], ascii), Short: a.Short, Disabled: state.Disabled(a.ID)}
		value := a.Weight * 2
		if hint.Disabled != "" {
			value--
		}
		all = append(all, candidate{hint: hint, order: i, value: value})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].value > all[j].value })
	used, kept := 0, 0
	for _, c := range all {
		need := c.hint.Width()
		if kept > 0 {
			need += FooterGap
		}
		if used+need > width {
			break
		}
		used += need
		kept++
	}
	all = all[:kept]
	sort.Slice(all, func(i, j int) bool { return all[i].order < all[j].order })
	hints := make([]Hint, len(all))
	for i, c := range all {
		hints[i] = c.hint
	}
	return hints
}

// FooterText returns the hints as plain text.
func FooterText(hints []Hint) string {
	parts := make([]string, len(hints))
	for i, h := range hints {
		parts[i] = h.Key + " " + h.Short
	}
	return strings.Join(parts, strings.Repeat(" ", FooterGap))
}

var keySymbols = map[string]string{"left": "←", "right": "→", "up": "↑", "down": "↓"}

// KeyLabel returns a key as people read it: arrows as arrows unless only ASCII
// can be shown, everything else by its name.
func KeyLabel(key string, ascii bool) string {
	if ascii {
		return key
	}
	cut := strings.LastIndexByte(key, '+') + 1
	if cut == len(key) { // the plus key itself
		return key
	}
	if symbol, ok := keySymbols[key[cut:]]; ok {
		return key[:cut] + symbol
	}
	return key
}

// KeyLabels joins the labels of several keys.
func KeyLabels(keys []string, ascii bool) string {
	labels := make([]string, len(keys))
	for i, k := range keys {
		labels[i] = KeyLabel(k, ascii)
	}
	return strings.Join(labels, " ")
}
