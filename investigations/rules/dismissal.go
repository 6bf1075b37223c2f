package rules

import (
	"encoding/json"
	"fmt"
	"time"

	"cordon/investigations/journal"
)

// Dismissal is the responder's decision that a finding needs no more looking at.
type Dismissal struct {
	Reason string    `json:"reason"` // their own words
	By     string    `json:"by"`
	Time   time.Time `json:"time"`
	count  int
}

// about is the detail of the entries that decide on a finding.
type about struct {
	Finding string `json:"finding"`
	Rule    string `json:"rule"`
	Count   int    `json:"count"`
}

// entry is what the entries about a finding have in common.
func (f *Finding) entry(action journal.Action) (journal.Entry, error) {
	detail, err := json.Marshal(about{f.ID, f.Rule, f.Count})
	if err != nil {
		return journal.Entry{}, fmt.Errorf("write %s: %w", action, err)
	}
	return journal.Entry{Action: action, Target: f.Title + ": " + f.Why, Detail: string(detail)}, nil
}

// Dismiss makes the entry of the journal that dismisses a finding for a reason.
// Time, operator and mode are left to fill in.
func Dismiss(f *Finding, reason string) (journal.Entry, error) {
	e, err := f.entry(journal.ActionDismiss)
	e.Note = reason
	return e, err
}

// Reopen makes the entry that takes a dismissal back.
func Reopen(f *Finding) (journal.Entry, error) { return f.entry(journal.ActionReopen) }

// Dismissals are the dismissals that stand in a journal.
type Dismissals map[string]Dismissal

// ReadDismissals reads the decisions of a journal: about each finding the last
// one holds. An entry that cannot be understood decides nothing.
func ReadDismissals(entries []journal.Entry) Dismissals {
	out := Dismissals{}
	for i := range entries {
		e := &entries[i]
		var a about
		if e.Action != journal.ActionDismiss && e.Action != journal.ActionReopen || json.Unmarshal([]byte(e.Detail), &a) != nil {
			continue
		}
		if delete(out, a.Finding); e.Action == journal.ActionDismiss {
			out[a.Finding] = Dismissal{Reason: e.Note, By: e.Operator, Time: e.Time, count: a.Count}
		}
	}
	return out
}

// Of is the dismissal of a finding. One that more events belong to than when it
// was dismissed is dismissed no longer.
func (d Dismissals) Of(f *Finding) (Dismissal, bool) {
	is, ok := d[f.ID]
	return is, ok && f.Count <= is.count
}
