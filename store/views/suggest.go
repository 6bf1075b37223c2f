package views

import (
	"slices"
	"strings"
)

// nearestHint names the up to three names that are nearest to a mistyped one;
// it is empty when none is near.
func nearestHint(name string, names []string) string {
	type scored struct {
		name  string
		score int
	}
	var near []scored
	seen := map[string]bool{}
	for _, n := range names {
		if seen[n] || n == "" {
			continue
		}
		seen[n] = true
		d := editDistance(name, n)
		if len(name) >= 3 && len(n) >= 3 && (strings.Contains(n, name) || strings.Contains(name, n)) {
			d = min(d, 2)
		}
		if d <= 1+len(name)/4 {
			near = append(near, scored{n, d})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return a.score - b.score })
	if len(near) > 3 {
		near = near[:3]
	}
	var list []string
	for _, n := range near {
		list = append(list, n.name)
	}
	if len(list) == 0 {
		return ""
	}
	return "Did you mean " + strings.Join(list, ", ") + "?"
}

// editDistance counts the letters to change, add, drop or swap to make b of a.
// It gives up on long names, which nobody mistypes.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
