package main

import (
	"fmt"
	"strings"

	"cordon/investigations/lineage"
	"cordon/investigations/survive"
)

// Bounds of the answer for a person; --commands and --json have everything.
const (
	actionsShown = 40 // of one stage
	itemsShown   = 6  // behind one command
	heldShown    = 20
)

var stageHeads = map[survive.Stage]string{
	survive.Cut:     "stop now: a lock stops these at once",
	survive.Look:    "look first, before you change it",
	survive.Revoke:  "take away",
	survive.Restore: "put back",
}

// survives writes the answer of `cordon survive` for a person: what to do, in
// its order, and behind each command what it is for, and whether the cluster has
// it done where that was asked.
func (t *plain) survives(r *survive.Report, now *clusterNow) {
	t.line("what survives of %s at %s", r.Identity, moment(r.At))
	if !r.Since.IsZero() {
		t.line("since %s: what it did before is left out", moment(r.Since))
	}
	t.line("%s", coverageLine(r.Coverage.Coverage))
	if now != nil {
		t.line("%s", now.heading())
	}
	t.stages(r.Actions(), now, "")
	if doubtful := r.Doubtful(); len(doubtful) > 0 {
		t.line("")
		t.line("perhaps the attacker's: decide first (cordon lineage --accept or --refuse EVENT, cordon hands --mark hostile KEY)")
		t.stages(doubtful, now, "  ")
	}
	t.held(r)
	if len(r.Unknown) > 0 {
		t.line("")
		t.line("what the log cannot tell")
		for _, u := range r.Unknown {
			t.wrapped("  ? ", u.Note)
			t.line("      %s", u.Command)
		}
	}
	for _, more := range beyond(r) {
		t.line("! %s", more)
	}
	t.gaps(r.Coverage.Coverage)
	if now != nil {
		t.line("")
		t.line("%s", now.sum(r))
	}
}

// stages writes actions under the heads of their stages.
func (t *plain) stages(actions []survive.Action, now *clusterNow, indent string) {
	told := map[string]bool{}
	for n, a := range actions {
		first := n
		for first > 0 && actions[first-1].Stage == a.Stage {
			first--
		}
		switch {
		case n == first:
			t.line("")
			t.line("%s%s", indent, stageHeads[a.Stage])
		case n-first == actionsShown:
			t.line("%s  and more: --commands lists them all", indent)
		}
		if n-first < actionsShown {
			t.action(a, now, indent, told)
		}
	}
}

// action writes a command and what it is for. What was told above is only named.
func (t *plain) action(a survive.Action, now *clusterNow, indent string, told map[string]bool) {
	t.line("%s  %s", indent, a.Command)
	lines, _ := now.of(a)
	for _, line := range lines {
		t.wrapped(indent+"      ", line)
	}
	if a.Note != "" {
		t.wrapped(indent+"      ! ", a.Note)
	}
	for n, i := range a.For {
		if n == itemsShown {
			t.line("%s      and %d more", indent, len(a.For)-n)
			break
		}
		t.wrapped(indent+"      ", itemLine(i, told))
	}
}

// itemLine tells an item once in full, with the event that proves it, then by
// name only.
func itemLine(i survive.Item, told map[string]bool) string {
	key := i.What + i.Event
	if told[key] {
		return i.What
	}
	told[key] = true
	parts := []string{i.What}
	if !i.Since.IsZero() && i.Kind != "identity" {
		parts = append(parts, "since "+moment(i.Since))
	}
	if end := untilWords(i.Until); end != "" && i.Kind != "identity" {
		parts = append(parts, end)
	}
	if i.Event != "" {
		parts = append(parts, "event "+i.Event)
	}
	s := strings.Join(parts, "  ")
	if i.Status == lineage.Ambiguous {
		s += "  ? " + doubtWords(i)
	}
	if len(i.Notes) > 0 {
		s += "  (" + strings.Join(i.Notes, " ") + ")"
	}
	return s
}

// doubtWords say why an item may not be the attacker's. The doubt of a step
// begins with the step itself, which is told already.
func doubtWords(i survive.Item) string {
	if _, why, ok := strings.Cut(i.Doubt, "; "); ok {
		return why
	}
	return i.Doubt
}

func untilWords(u survive.Until) string {
	switch u.Ends {
	case survive.EndsKnown:
		return "until " + moment(u.At)
	case survive.EndsUnknown:
		return "end unknown: " + u.Why
	}
	return "" // It lasts until somebody ends it, which is why it is listed.
}

// held writes what the locks in force stop.
func (t *plain) held(r *survive.Report) {
	if len(r.Held) == 0 {
		return
	}
	t.line("")
	t.line("held by a lock in force, and usable again when it ends")
	var locks []string
	by := map[string][]survive.Item{}
	for _, i := range r.Held {
		if by[i.Held.Lock] == nil {
			locks = append(locks, i.Held.Lock)
		}
		by[i.Held.Lock] = append(by[i.Held.Lock], i)
	}
	for _, lock := range locks {
		items := by[lock]
		t.line("  lock on %s, %s", items[0].Held.Title, holdWords(items[0].Held))
		for n, i := range items {
			if n == heldShown {
				t.line("      and %d more", len(items)-n)
				break
			}
			s := i.What
			if end := i.Held.Until; !end.IsZero() && i.Until.Ends == survive.EndsKnown && i.Until.At.After(end) {
				s += "  ! lasts longer than the lock: until " + moment(i.Until.At)
			}
			t.wrapped("      ", s)
		}
	}
}

func holdWords(h *survive.Hold) string {
	switch {
	case !h.Until.IsZero():
		return "until " + moment(h.Until)
	case !h.EndSaid:
		return "end not logged"
	}
	return "without end"
}

// commands writes the commands alone, as lines of a shell script. What may not
// be the attacker's stands in comments, and so does what the cluster has done.
func (t *plain) commands(r *survive.Report, now *clusterNow) {
	t.line("# What survives of %s at %s, by the evidence. Review before you run it.", comment(r.Identity), moment(r.At))
	if now != nil {
		t.line("# %s", comment(now.heading()))
	}
	t.script(r.Actions(), now, "")
	if doubtful := r.Doubtful(); len(doubtful) > 0 {
		t.line("")
		t.line("# Perhaps the attacker's. Decide first, then take the # away.")
		t.script(doubtful, now, "# ")
	}
	for _, u := range r.Unknown {
		t.line("")
		t.line("# Not in the log: %s", comment(u.Note))
		t.line("# %s", u.Command)
	}
	for _, more := range beyond(r) {
		t.line("# %s", more)
	}
	if now != nil {
		t.line("")
		t.line("# %s", comment(now.sum(r)))
	}
}

func (t *plain) script(actions []survive.Action, now *clusterNow, before string) {
	for n, a := range actions {
		if n == 0 || actions[n-1].Stage != a.Stage {
			t.line("")
			t.line("# == %s", stageHeads[a.Stage])
		}
		for i, item := range a.For {
			if i == itemsShown {
				t.line("# and %d more", len(a.For)-i)
				break
			}
			words := item.What
			if item.Status == lineage.Ambiguous {
				words += "  ? " + doubtWords(item)
			}
			t.line("# %s", comment(words))
		}
		if a.Note != "" {
			t.line("# ! %s", comment(a.Note))
		}
		// A command that had to be changed to be shown would name something else.
		if t.form.Clean(a.Command) != a.Command {
			t.line("# This command cannot be shown here: --json has it.")
			continue
		}
		said, done := now.of(a)
		if done {
			t.line("# done: %s", a.Command)
			continue
		}
		for _, line := range said {
			t.line("# %s", comment(line))
		}
		t.line("%s%s", before, a.Command)
	}
}

// comment keeps a text on its own line of a script.
func comment(s string) string { return strings.NewReplacer("\n", " ", "\r", " ").Replace(s) }

// beyond says what the bounds of the answer left out.
func beyond(r *survive.Report) []string {
	n := 0
	for _, more := range r.More {
		n += more
	}
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d more that are not listed: ask of a shorter time (--since), or mark the hostile hands (--hostile)", n)}
}
