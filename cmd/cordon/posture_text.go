package main

import (
	"fmt"
	"strings"

	"cordon/investigations/posture"
)

// sharesShown is up to how many names a line of a fact lists.
const sharesShown = 6

// posture writes the answer of `cordon posture` for a person: all verdicts, then
// each check with its proof.
func (t *plain) posture(r *posture.Report) {
	t.line("%d weak, %d unknown, %d good", r.Count(posture.Weak), r.Count(posture.Unknown), r.Count(posture.Good))
	t.line("%s", coverageLine(r.Coverage.Coverage))
	t.line("")
	var rows [][]string
	for i := range r.Checks {
		c := &r.Checks[i]
		rows = append(rows, []string{verdictWord(c.Verdict), c.Title, c.Says})
	}
	t.table(rows)
	for i := range r.Checks {
		t.postureCheck(&r.Checks[i])
	}
}

// verdictWord is a verdict with its mark.
func verdictWord(v posture.Verdict) string {
	switch v {
	case posture.Weak:
		return "! weak"
	case posture.Good:
		return "  good"
	default:
		return "? unknown"
	}
}

func (t *plain) postureCheck(c *posture.Result) {
	t.line("")
	t.line("%s  (%s)", c.Title, c.ID)
	t.wrapped("  ", c.Question)
	t.wrapped("  ", strings.TrimSpace(verdictWord(c.Verdict))+": "+c.Says)
	for i := range c.Shows {
		f := &c.Shows[i]
		mark := " "
		if f.Weak {
			mark = "!"
		}
		t.wrapped("  "+mark+" ", fmt.Sprintf("%s  %s", number(f.N), f.What))
		t.shares("      who  ", f.Who, f.MoreWho)
		t.shares("      by   ", f.By, f.MoreBy)
		if f.First != nil {
			t.wrapped("      first ", proofLine(f.First))
			if f.Last.ID != f.First.ID {
				t.wrapped("      last  ", proofLine(f.Last))
			}
		}
	}
	t.wrapped("  cannot tell: ", c.Cannot)
	if c.Verdict == posture.Good {
		return
	}
	if c.Warning != "" {
		t.wrapped("  before you change it: ", c.Warning)
	}
	t.line("  what mends it: cordon posture --yaml %s", c.ID)
	if c.SQL != "" {
		t.line("  the same in SQL: %s", strings.Join(strings.Fields(c.SQL), " "))
	}
}

func (t *plain) shares(indent string, shares []posture.Share, more int) {
	if len(shares) == 0 {
		return
	}
	var parts []string
	for i, s := range shares {
		if i == sharesShown {
			more += len(shares) - i
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", bounded(s.Name), number(s.N)))
	}
	if more > 0 {
		parts = append(parts, fmt.Sprintf("and %s more", number(more)))
	}
	t.wrapped(indent, strings.Join(parts, ", "))
}

func proofLine(p *posture.Proof) string {
	return fmt.Sprintf("%s  %s  event %s", moment(p.Time), p.Type, uidOr(p.Event))
}

// uidOr is an event's id, or says that it has none.
func uidOr(uid string) string {
	if uid == "" {
		return "without an id"
	}
	return uid
}
