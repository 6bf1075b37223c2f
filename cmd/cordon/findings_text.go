package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cordon/investigations/contain"
	"cordon/investigations/rules"
	"cordon/tui/safetext"
)

// Bounds of what is printed of one finding; --json has all that is kept.
const (
	shownEntities = 8
	shownProofs   = 3
	shownCommand  = 4 << 10 // bytes: a command that is cut is another command
)

// findings writes findings by severity, and what the rules could not see. where
// are the words that name the evidence in a command.
func (t *plain) findings(a *findingsAnswer, where string) {
	for _, s := range rules.Severities() {
		n := 0
		for _, f := range a.Findings {
			if f.Severity == s {
				n++
			}
		}
		if n == 0 {
			continue
		}
		t.line("%s  %s", strings.ToUpper(string(s)), counted(n, "finding"))
		for _, f := range a.Findings {
			if f.Severity == s {
				t.finding(f, where)
			}
		}
		t.line("")
	}
	if a.Dismissed > 0 {
		t.line("%s dismissed (--all shows them)", counted(a.Dismissed, "finding"))
		t.line("")
	}
	t.unseen(a)
}

func (t *plain) finding(f foundJSON, where string) {
	t.line("")
	t.line("! %s  %s  %s", f.Title, f.Rule, strings.Join(f.Attack, " "))
	t.wrapped("    ", safetext.CleanMax(f.Why, shownReason))
	when := moment(f.First)
	if f.Last.After(f.First) {
		when += " to " + moment(f.Last)
	}
	t.line("    when   %s, %s", when, counted(f.Count, "event"))
	var who []string
	names := f.Names()
	for _, e := range names[:min(len(names), shownEntities)] {
		who = append(who, named(e, ""))
	}
	if more := len(names) - len(who); more > 0 {
		who = append(who, fmt.Sprintf("%d more", more))
	}
	t.wrapped("    names  ", strings.Join(who, ", "))
	if f.Dismissed != nil {
		t.wrapped("    dismissed by "+t.form.Clean(cmp.Or(f.Dismissed.By, "nobody named"))+": ", f.Dismissed.Reason)
	}
	t.line("    proof  %s", shownOrNot("cordon events"+where+" --filter "+contain.Quote(shortProof(f))))
	next := f.Next
	if strings.HasPrefix(next, "cordon ") {
		next += where
	}
	t.line("    next   %s", shownOrNot(next))
}

// shownOrNot is a command to type, or where to find one that is too long.
func shownOrNot(command string) string {
	if len(command) > shownCommand {
		return "a command of " + size(int64(len(command))) + ": --json has it"
	}
	return command
}

// shortProof is the filter of the first events of a finding.
func shortProof(f foundJSON) string {
	short := *f.Finding
	short.Events = short.Events[:min(len(short.Events), shownProofs)]
	return short.Proof().String()
}

// unseen says what the rules could not see: that they found nothing there says
// nothing.
func (t *plain) unseen(a *findingsAnswer) {
	t.line("%s looked at %s", counted(a.Rules, "rule"), counted(a.Looked, "event"))
	if a.Unread > 0 {
		t.wrapped("  ! ", fmt.Sprintf("%s could not be read as JSON: no rule saw them", counted(a.Unread, "event")))
	}
	for _, id := range slices.Sorted(maps.Keys(a.Incomplete)) {
		t.wrapped("  ! ", fmt.Sprintf("%s may have missed something: it had to forget %s while it waited for more", id, counted(a.Incomplete[id], "event")))
	}
	if len(a.Blind) == 0 {
		return
	}
	t.wrapped("  ! ", fmt.Sprintf("%s had nothing to look at: this evidence has no event of the types needed. It did not happen, or it was not logged. What logs it:", counted(len(a.Blind), "rule")))
	needs := map[string][]string{}
	for _, b := range a.Blind {
		needs[b.Needs] = append(needs[b.Needs], b.Rule)
	}
	for _, need := range slices.Sorted(maps.Keys(needs)) {
		t.line("    %s", need)
		t.wrapped("      ", strings.Join(needs[need], ", "))
	}
}
