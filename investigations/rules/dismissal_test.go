package rules

import (
	"testing"
	"time"

	"cordon/investigations/journal"
)

func TestDismissals_theLastDecisionHolds(t *testing.T) {
	t.Parallel()
	r := parse(t, "on: {events: [auth]}\ngroup: [user]")
	res := run(t, r, at(0, "auth", `"user":"a"`), at(1, "auth", `"user":"a"`), at(2, "auth", `"user":"b"`))
	a, b := res.Findings[0], res.Findings[1]
	entry := func(e journal.Entry, err error) journal.Entry {
		if err != nil {
			t.Fatal(err)
		}
		e.Operator, e.Time = "rea", time.Unix(1, 0)
		return e
	}
	journalOf := []journal.Entry{entry(Dismiss(a, "on-call work")), {Action: journal.ActionDismiss, Detail: "{"}, {Action: journal.ActionNote}}
	d := ReadDismissals(journalOf)
	if got, ok := d.Of(a); !ok || got.Reason != "on-call work" || got.By != "rea" || got.Time != time.Unix(1, 0) {
		t.Errorf("got %+v, %v", got, ok)
	}
	if _, ok := d.Of(b); ok {
		t.Error("the finding of somebody else is dismissed too")
	}
	grown := run(t, r, at(0, "auth", `"user":"a"`), at(1, "auth", `"user":"a"`), at(2, "auth", `"user":"a"`)).Findings[0]
	if _, ok := d.Of(grown); ok || grown.ID != a.ID {
		t.Error("a finding that grew is still dismissed, or another one")
	}
	if _, ok := ReadDismissals(append(journalOf, entry(Reopen(a)))).Of(a); ok {
		t.Error("a dismissal that was taken back holds")
	}
}

func TestFinding_proofFindsItsEventsOnly(t *testing.T) {
	t.Parallel()
	r := parse(t, "on: {events: [auth]}\ngroup: [user]")
	f := run(t, r, at(0, "auth", `"user":"a"`), at(61, "auth", `"user":"a"`)).Findings[0]
	if got := f.Proof().String(); got != "uid:u0,u61" {
		t.Errorf("proof = %s", got)
	}
	f = run(t, r, `{"event":"auth","time":"2025-03-01T00:00:01Z","user":"a"}`).Findings[0]
	if got := f.Proof().String(); got != "after:2025-03-01T00:00:01Z before:2025-03-01T00:00:01.001Z" {
		t.Errorf("proof = %s", got)
	}
}
