package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cordon/investigations"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot"
	"cordon/tui/safetext"
)

// leadsShown is how many entities a line names before it counts the rest.
const leadsShown = 4

// blastRadius writes the answer of `cordon pivot` for a person.
func (t *plain) blastRadius(r *lineage.Report) {
	t.line("%s  %s", bounded(r.Entity.Name), r.Entity.Kind.Title())
	t.line("%s", coverageLine(r.Coverage.Coverage))
	if !r.Since.IsZero() {
		t.line("new: not used before %s", moment(r.Since))
	}
	t.line("")
	heading := "did"
	if r.Entity.Kind != investigations.KindUser {
		heading = "what"
	}
	rows := [][]string{{heading, "n", "first", "last", "leads to"}}
	var none, unlogged, notes []string
	for _, c := range r.Pivots {
		if c.Note != "" {
			notes = append(notes, c.Title+": "+c.Note)
		}
		switch {
		case c.Events > 0 || len(c.Flags) > 0 || c.NamedIn != nil && c.NamedIn.Events > 0:
			rows = append(rows, categoryRows(c)...)
		case c.Logged != nil && !*c.Logged:
			unlogged = append(unlogged, c.Title)
		case c.Asked:
			none = append(none, c.Title)
		}
	}
	if len(rows) > 1 {
		t.table(rows, 1)
		t.line("")
	}
	if len(none) > 0 {
		t.line("none in this evidence: %s", strings.Join(none, ", "))
	}
	if len(unlogged) > 0 {
		t.line("not logged by this server: %s", strings.Join(unlogged, ", "))
	}
	for _, n := range notes {
		t.line("note: %s", n)
	}
	t.tree(r)
	t.gaps(r.Coverage.Coverage)
}

func categoryRows(c pivot.Category) [][]string {
	where := leads(c.Entities)
	if len(c.Types) > 0 {
		where = byType(c.Types)
	}
	rows := [][]string{{c.Title, number(c.Events), moment(c.First), moment(c.Last), where}}
	if c.NamedIn != nil && c.NamedIn.Events > 0 {
		n := c.NamedIn
		rows = append(rows, []string{"  it is named in", number(n.Events), moment(n.First), moment(n.Last), leads(n.Entities)})
	}
	for _, f := range c.Flags {
		what := strings.ReplaceAll(string(f.Kind), "_", " ")
		where := "event " + f.Event
		if f.Entity != nil {
			where = bounded(f.Entity.String()) + "  " + where
		}
		rows = append(rows, []string{"  ! " + what, number(f.Count), moment(f.First), moment(f.Last), where})
	}
	return rows
}

// leads names entities, those that are new first: they are what to look at.
func leads(all []pivot.Lead) string {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b pivot.Lead) int {
		switch {
		case a.New && !b.New:
			return -1
		case b.New && !a.New:
			return 1
		}
		return 0
	})
	parts := make([]string, 0, leadsShown+1)
	for i, l := range all {
		if i == leadsShown {
			parts = append(parts, fmt.Sprintf("and %d more", len(all)-i))
			break
		}
		s := named(l.Entity, l.Label)
		if l.Count > 1 {
			s += fmt.Sprintf(" (%d)", l.Count)
		}
		if l.New {
			s += " (new)"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

// byType writes how many events there are of each type, the most first.
func byType(types map[string]int) string {
	names := slices.SortedFunc(maps.Keys(types), func(a, b string) int {
		return cmp.Or(cmp.Compare(types[b], types[a]), cmp.Compare(a, b))
	})
	parts := make([]string, 0, leadsShown+1)
	for i, t := range names {
		if i == leadsShown {
			parts = append(parts, fmt.Sprintf("and %d types more", len(names)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%d)", t, types[t]))
	}
	return strings.Join(parts, ", ")
}

// named writes an entity with what people call it, both bounded.
func named(e investigations.Entity, label string) string {
	name := bounded(e.String())
	if label == "" || label == e.Name {
		return name
	}
	return bounded(label) + " " + name
}

// tree writes the lineage, one line an edge, indented by depth.
func (t *plain) tree(r *lineage.Report) {
	t.line("")
	if len(r.Lineage) == 0 {
		t.line("lineage: nothing in this evidence spread from it")
		return
	}
	t.line("lineage%s", byHands(r.Whole))
	rows := make([][]string, 0, len(r.Lineage))
	for _, e := range ordered(r.Lineage, r.Entity) {
		name := strings.Repeat("  ", e.Depth) + named(e.Entity, e.Label)
		rows = append(rows, []string{name, e.Via, moment(e.Time), cmp.Or(string(e.Verdict), string(e.Status)), safetext.CleanMax(e.Reason, shownReason)})
	}
	t.table(rows)
}

// byHands says whether only hostile hands count, and what that leaves out.
func byHands(l *lineage.Lineage) string {
	if !l.ByHands {
		return ""
	}
	return fmt.Sprintf(", by the hands that are marked: %s of the owner's left out", counted(len(l.Owner), "step"))
}

// ordered puts each edge below the one that first reached its parent. The
// edges come breadth first, so a parent always stands before its children.
func ordered(edges []lineage.Edge, root investigations.Entity) []lineage.Edge {
	type place struct {
		entity investigations.Entity
		depth  int
	}
	children := make(map[place][]lineage.Edge)
	for _, e := range edges {
		at := place{e.Parent, e.Depth - 1}
		children[at] = append(children[at], e)
	}
	out := make([]lineage.Edge, 0, len(edges))
	var walk func(place)
	walk = func(at place) {
		below := children[at]
		delete(children, at) // one entity reached twice is opened once
		for _, e := range below {
			out = append(out, e)
			walk(place{e.Entity, e.Depth})
		}
	}
	walk(place{root, 0})
	if len(out) < len(edges) {
		return edges
	}
	return out
}
