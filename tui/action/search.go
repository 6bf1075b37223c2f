package action

import (
	"slices"
	"strings"

	"github.com/sahilm/fuzzy"
)

// Search returns the actions that a query names, for the help. A query that is
// exactly a key finds that key's actions first. Otherwise every word of the
// query must occur in the id, the help, the scope or the keys of an action.
func Search(actions []Action, query string) []Action {
	query = strings.TrimSpace(query)
	if query == "" {
		return actions
	}
	var byKey, byWord []Action
	words := strings.Fields(strings.ToLower(query))
	for _, a := range actions {
		switch {
		case hasKey(a, query):
			byKey = append(byKey, a)
		case hasWords(a, words):
			byWord = append(byWord, a)
		}
	}
	return append(byKey, byWord...)
}

// hasKey compares with case, because l and L are different keys.
func hasKey(a Action, query string) bool {
	return slices.ContainsFunc(a.Keys, func(key string) bool {
		return key == query || KeyLabel(key, false) == query
	})
}

func hasWords(a Action, words []string) bool {
	hay := strings.ToLower(string(a.ID) + " " + a.Short + " " + a.Long + " " + string(a.Scope) + " " + strings.Join(longKeys(a), " "))
	for _, w := range words {
		if !strings.Contains(hay, w) {
			return false
		}
	}
	return true
}

// longKeys returns the keys that have a name. A single character would match as
// a part of any word.
func longKeys(a Action) []string {
	return slices.DeleteFunc(slices.Clone(a.Keys), func(key string) bool { return len(key) == 1 })
}

// Match is an action that a fuzzy search found.
type Match struct {
	Action Action
	// Label is the text that was searched: the short and the long help.
	Label string
	// At holds the byte offsets of the matched characters in Label.
	At []int
}

// Fuzzy returns the actions whose label holds the characters of a query in
// order, best first, for the palette. An empty query returns all.
func Fuzzy(actions []Action, query string) []Match {
	query = strings.TrimSpace(query)
	labels := make([]string, len(actions))
	for i, a := range actions {
		labels[i] = a.Short + "  " + a.Long
	}
	if query == "" {
		out := make([]Match, len(actions))
		for i, a := range actions {
			out[i] = Match{Action: a, Label: labels[i]}
		}
		return out
	}
	found := fuzzy.Find(query, labels)
	out := make([]Match, len(found))
	for i, m := range found {
		out[i] = Match{Action: actions[m.Index], Label: m.Str, At: m.MatchedIndexes}
	}
	// An action whose name is the query must not come after one that has it as a
	// part: "lock" is not "locks".
	slices.SortStableFunc(out, func(a, b Match) int { return named(b, query) - named(a, query) })
	return out
}

func named(m Match, query string) int {
	if strings.EqualFold(m.Action.Short, query) {
		return 1
	}
	return 0
}
