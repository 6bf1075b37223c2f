package main

import (
	"fmt"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
)

// branches are the lines of a tree: to a child with others after it, to the last
// one, and past each of the two.
type branches struct{ child, last, past, end string }

var (
	linedTree = branches{"├─ ", "└─ ", "│  ", "   "}
	asciiTree = branches{"|- ", "`- ", "|  ", "   "}
)

// lineage writes what spread from an identity as a tree, then what the owner
// did, how far it reaches, and what the log cannot show.
func (t *plain) lineage(a *lineageAnswer, ascii bool) {
	t.line("%s  %s%s", a.entity.Name, a.entity.Kind.Title(), t.marks(a.marks))
	t.line("%s", coverageLine(a.Coverage.Coverage))
	if !a.Since.IsZero() {
		t.line("since %s", moment(a.Since))
	}
	t.line("")
	if len(a.Lineage) == 0 {
		t.line("nothing in this evidence spread from it")
	} else {
		b := linedTree
		if ascii {
			b = asciiTree
		}
		t.edges(a, b)
	}
	if len(a.Owner) > 0 {
		t.line("")
		t.line("by the owner's hands, no part of it")
		rows := make([][]string, 0, len(a.Owner))
		for _, e := range a.Owner {
			rows = append(rows, []string{"  " + e.Reason, moment(e.Time), e.Via, "event " + e.Event})
		}
		t.table(rows)
	}
	t.scope(a)
	if len(a.Unknown) > 0 {
		t.line("")
		t.line("not known")
		for _, u := range a.Unknown {
			text := u.Text
			if u.Event != "" {
				text += fmt.Sprintf(" (%s, event %s)", moment(u.Time), u.Event)
			}
			t.wrapped("  ", text)
		}
	}
	t.gaps(a.Coverage.Coverage)
}

// marks names the hands that are marked.
func (t *plain) marks(marks []judgement.Mark) string {
	out := ""
	for _, side := range []judgement.Side{judgement.Hostile, judgement.Owner} {
		var keys []string
		for _, m := range marks {
			if m.Side == side {
				keys = append(keys, m.Key.String())
			}
		}
		if len(keys) > 0 {
			out += "   " + string(side) + " hands " + strings.Join(keys, ", ")
		}
	}
	return out
}

// edges writes the tree, a line for each edge.
func (t *plain) edges(a *lineageAnswer, b branches) {
	type place struct {
		entity investigations.Entity
		depth  int
	}
	children := make(map[place][]lineage.Edge)
	for _, e := range a.Lineage {
		at := place{e.Parent, e.Depth - 1}
		children[at] = append(children[at], e)
	}
	rows := make([][]string, 0, len(a.Lineage))
	var walk func(at place, indent string)
	walk = func(at place, indent string) {
		below := children[at]
		delete(children, at) // One entity reached twice is opened once.
		for i, e := range below {
			branch, past := b.child, b.past
			if i == len(below)-1 {
				branch, past = b.last, b.end
			}
			rows = append(rows, []string{
				indent + branch + deed(e), moment(e.Time), e.Via, standing(e), held(a, e.Entity), e.Event, why(e),
			})
			walk(place{e.Entity, e.Depth}, indent+past)
		}
	}
	walk(place{a.entity, 0}, "")
	t.table(rows)
}

// deed is what an edge says was done, without who did it, which stands above.
// UUIDs are cut to what tells them apart: the event stands beside.
func deed(e lineage.Edge) string {
	text := e.Reason
	if e.Why != "" {
		text = strings.TrimSuffix(text, "; "+e.Why)
	}
	text = strings.TrimPrefix(text, e.Parent.Name+" ")
	for _, of := range []investigations.Entity{e.Entity, e.Parent} {
		if (of.Kind.ByUUID() || of.Kind == investigations.KindCertificate) && len(of.Name) == 36 {
			text = strings.ReplaceAll(text, of.Name, of.Name[:8])
		}
	}
	return text
}

// standing is how sure an edge is, or what was decided about it.
func standing(e lineage.Edge) string {
	switch {
	case e.Verdict != judgement.Undecided:
		return string(e.Verdict)
	case e.Status == lineage.Proved:
		return "proved"
	}
	return "? decide"
}

func held(a *lineageAnswer, e investigations.Entity) string {
	if lock, ok := a.board.Contained(e, a.now); ok {
		return "locked " + moment(lock.Created)
	}
	return ""
}

func why(e lineage.Edge) string {
	if e.Said.Reason != "" {
		return e.Said.Reason
	}
	return e.Why
}

// scope writes how far it reaches and how long it has lasted.
func (t *plain) scope(a *lineageAnswer) {
	s := a.Scope
	t.line("")
	t.line("scope")
	undecided := ""
	if n := len(s.Undecided); n > 0 {
		undecided = fmt.Sprintf("; %s more not decided", number(n))
	}
	t.line("  identities %s, contained %s%s", number(len(s.Identities)), number(s.Contained()), undecided)
	for _, kind := range []investigations.Kind{
		investigations.KindHost, investigations.KindDatabase, investigations.KindApp, investigations.KindKubeCluster, investigations.KindDesktop,
	} {
		if sure, maybe := s.Count(kind); sure+maybe > 0 {
			t.line("  %ss %s", kind.Title(), atMost(sure, maybe))
		}
	}
	sure, maybe := s.OpenSessions()
	t.line("  sessions %s, still open %s", number(len(s.Sessions)), atMost(sure, maybe))
	if f := s.Files; f.Out+f.In+f.Either+f.Maybe > 0 {
		t.line("  files out %s, in %s, either way %s, by hands not known %s", number(f.Out), number(f.In), number(f.Either), number(f.Maybe))
	}
	d := s.Dwell
	switch {
	case d.From.IsZero():
		t.line("  dwell not known: %s", d.Why)
	case d.Contained:
		t.line("  dwell %s, %s to %s; %s, event %s", d.Length().Round(time.Second), moment(d.From), moment(d.Until), d.Why, d.FromEvent)
	default:
		t.line("  dwell %s and counting, from %s; %s, event %s", d.Length().Round(time.Second), moment(d.From), d.Why, d.FromEvent)
	}
	if s.AtLeast {
		t.line("  these are at least: there was more than could be read")
	}
}

// atMost writes a count and what may come to it.
func atMost(sure, maybe int) string {
	if maybe == 0 {
		return number(sure)
	}
	return fmt.Sprintf("%s, and %s by hands not known", number(sure), number(maybe))
}
