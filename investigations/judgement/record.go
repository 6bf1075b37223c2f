package judgement

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
)

// Author is who writes an entry, when, and in which mode of the console.
type Author struct {
	Operator string
	Mode     journal.Mode
	Now      time.Time
}

// markDetail is what an entry about hands holds for Read.
type markDetail struct {
	Identity investigations.Entity `json:"identity"`
	Marks    []keySide             `json:"marks"`
}

type keySide struct {
	Key  Key  `json:"key"`
	Side Side `json:"side"`
}

// edgeDetail is what an entry about steps of a lineage holds for Read.
type edgeDetail struct {
	Identity investigations.Entity `json:"identity"` // whose lineage
	Edges    []Edge                `json:"edges"`
}

// MarkEntry is the journal entry that marks keys of an identity. The side
// Unmarked takes marks off.
func MarkEntry(a Author, identity investigations.Entity, side Side, reason string, keys ...Key) journal.Entry {
	d := markDetail{Identity: identity}
	words := make([]string, len(keys))
	for i, k := range keys {
		d.Marks = append(d.Marks, keySide{k, side})
		words[i] = k.String()
	}
	e := a.entry(journal.ActionHandsMark, reason, d)
	e.Target = identity.String() + ": " + strings.Join(words, ", ")
	e.Command = "cordon hands --case NAME --mark " + sideWord(side)
	for _, w := range words {
		e.Command += " " + contain.Quote(w)
	}
	e.Command += " " + contain.Quote(identity.String())
	e.Result = map[Side]string{Hostile: "marked hostile", Owner: "marked as the owner's", Unmarked: "no longer marked"}[side]
	return e
}

// sideWord is the side on the command line.
func sideWord(s Side) string {
	if s == Unmarked {
		return "none"
	}
	return string(s)
}

// ParseSide reads a side from the command line: hostile, owner or none.
func ParseSide(s string) (Side, error) {
	for _, side := range []Side{Hostile, Owner, Unmarked} {
		if s == sideWord(side) {
			return side, nil
		}
	}
	return Unmarked, fmt.Errorf("%q is no side: hostile, owner or none", s)
}

// EdgeEntry is the journal entry that accepts or refuses steps of the lineage
// of an identity. The verdict Undecided takes a decision back.
func EdgeEntry(a Author, identity investigations.Entity, verdict Verdict, reason string, edges ...Edge) journal.Entry {
	action, flag := journal.ActionEdgeReopen, "--reopen"
	switch verdict {
	case Accepted:
		action, flag = journal.ActionEdgeAccept, "--accept"
	case Refused:
		action, flag = journal.ActionEdgeRefuse, "--refuse"
	}
	e := a.entry(action, reason, edgeDetail{identity, edges})
	words := make([]string, len(edges))
	e.Command = "cordon lineage --case NAME"
	for i, edge := range edges {
		words[i] = fmt.Sprintf("%s from %s by %s, event %s", edge.Child, edge.Parent, edge.Via, edge.Event)
		if i == 0 || edge.Event != edges[i-1].Event {
			e.Command += " " + flag + " " + contain.Quote(edge.Event)
		}
	}
	if reason != "" {
		e.Command += " --reason " + contain.Quote(reason)
	}
	e.Command += " " + contain.Quote(identity.String())
	e.Target = strings.Join(words, "; ")
	e.Result = map[Verdict]string{Accepted: "accepted", Refused: "refused", Undecided: "open again"}[verdict]
	return e
}

// entry starts a journal entry. What the details hold always marshals.
func (a Author) entry(action journal.Action, reason string, detail any) journal.Entry {
	b, _ := json.Marshal(detail)
	return journal.Entry{Time: a.Now, Operator: a.Operator, Mode: a.Mode, Action: action, Note: reason, Detail: string(b)}
}

func verdictOf(action journal.Action) Verdict {
	switch action {
	case journal.ActionEdgeAccept:
		return Accepted
	case journal.ActionEdgeRefuse:
		return Refused
	}
	return Undecided
}

// UndoEntries are the entries that put back what stood before one of the
// journal's entries, whose place is given by its number. It is an error when
// that entry is no decision, or when a later one spoke of the same things.
func UndoEntries(a Author, entries []journal.Entry, seq int64) ([]journal.Entry, error) {
	at := -1
	for i, e := range entries {
		if e.Seq == seq {
			at = i
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("the journal has no entry %d", seq)
	}
	e := entries[at]
	before, after := Read(entries[:at]), Read(entries)
	reason := fmt.Sprintf("undoes entry %d", seq)
	switch e.Action {
	case journal.ActionHandsMark:
		return undoMarks(a, e, before, after, reason)
	case journal.ActionEdgeAccept, journal.ActionEdgeRefuse, journal.ActionEdgeReopen:
		return undoEdges(a, e, before, after, reason)
	}
	return nil, fmt.Errorf("journal entry %d decides nothing: there is nothing to undo", seq)
}

func superseded(e journal.Entry) error {
	return fmt.Errorf("journal entry %d no longer stands: a later one decided anew", e.Seq)
}

func undoMarks(a Author, e journal.Entry, before, after Judgement, reason string) (out []journal.Entry, err error) {
	var d markDetail
	if err := json.Unmarshal([]byte(e.Detail), &d); err != nil {
		return nil, fmt.Errorf("read journal entry %d: %w", e.Seq, err)
	}
	to := map[Side][]Key{}
	for _, m := range d.Marks {
		if m.Key.Value == "" {
			continue // Read passed it over too.
		}
		if after.Side(d.Identity, m.Key) != m.Side {
			return nil, superseded(e)
		}
		side := before.Side(d.Identity, m.Key)
		to[side] = append(to[side], m.Key)
	}
	for _, side := range []Side{Hostile, Owner, Unmarked} {
		if keys := to[side]; len(keys) > 0 {
			out = append(out, MarkEntry(a, d.Identity, side, reason, keys...))
		}
	}
	return out, nil
}

func undoEdges(a Author, e journal.Entry, before, after Judgement, reason string) (out []journal.Entry, err error) {
	var d edgeDetail
	if err := json.Unmarshal([]byte(e.Detail), &d); err != nil {
		return nil, fmt.Errorf("read journal entry %d: %w", e.Seq, err)
	}
	to := map[Verdict][]Edge{}
	for _, edge := range d.Edges {
		if !named(edge.Parent) || !named(edge.Child) {
			continue
		}
		if after.Of(edge).Verdict != verdictOf(e.Action) {
			return nil, superseded(e)
		}
		verdict := before.Of(edge).Verdict
		to[verdict] = append(to[verdict], edge)
	}
	for _, verdict := range []Verdict{Accepted, Refused, Undecided} {
		if edges := to[verdict]; len(edges) > 0 {
			out = append(out, EdgeEntry(a, d.Identity, verdict, reason, edges...))
		}
	}
	return out, nil
}
