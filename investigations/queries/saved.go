package queries

import (
	"encoding/json"
	"fmt"
	"strings"

	"cordon/investigations/journal"
)

// Saved is what the journal keeps of a query that the responder saved. An empty
// SQL takes the name away again.
type Saved struct {
	Name string `json:"name"`
	SQL  string `json:"sql"`
}

// Entry is the journal entry that saves the query. Time, operator and mode are
// the caller's to set.
func (s Saved) Entry() (journal.Entry, error) {
	if err := CheckName(s.Name); err != nil {
		return journal.Entry{}, err
	}
	result := "saved under this name"
	if strings.TrimSpace(s.SQL) == "" {
		result = "taken off the list of saved queries"
	} else if _, err := Parse(s.Name, s.SQL); err != nil {
		return journal.Entry{}, err
	}
	detail, err := json.Marshal(s)
	if err != nil {
		return journal.Entry{}, fmt.Errorf("save query %s: %w", s.Name, err)
	}
	return journal.Entry{Action: journal.ActionQuerySave, Target: "query " + s.Name, Result: result, Detail: string(detail)}, nil
}

// SavedIn reads the saved queries back from a journal, in the order in which
// they were first saved. What makes no sense is passed over.
func SavedIn(entries []journal.Entry) []Named {
	var order []string
	byName := map[string]Named{}
	for _, e := range entries {
		var s Saved
		if e.Action != journal.ActionQuerySave || json.Unmarshal([]byte(e.Detail), &s) != nil {
			continue
		}
		n, err := Parse(s.Name, s.SQL)
		if err != nil {
			delete(byName, s.Name)
			continue
		}
		n.Group = GroupSaved
		if _, known := byName[s.Name]; !known {
			order = append(order, s.Name)
		}
		byName[s.Name] = n
	}
	var out []Named
	for _, name := range order {
		if n, ok := byName[name]; ok {
			out = append(out, n)
			delete(byName, name)
		}
	}
	return out
}
