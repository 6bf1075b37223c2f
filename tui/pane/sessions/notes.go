package sessions

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/journal"
	"cordon/tui/pane"
)

// note is what the responder wrote at a moment of the session. The journal keeps
// it, and keeps what it said before it was edited.
type note struct {
	seq  int64 // of the entry that it began as
	at   time.Duration
	text string // untrusted: cases are handed over
}

// notesOf reads the notes of a session out of the journal, in order of their
// moments. A later entry may take the place of an earlier one's words, or with
// none take it away.
func notesOf(entries []journal.Entry, session string) []note {
	var out []note
	for _, e := range entries {
		var about pane.NoteAbout
		if e.Action != journal.ActionNote || e.Detail == "" || json.Unmarshal([]byte(e.Detail), &about) != nil || about.Session != session {
			continue
		}
		if about.Edits == 0 {
			out = append(out, note{seq: e.Seq, at: max(0, time.Duration(about.At)*time.Millisecond), text: e.Note})
			continue
		}
		for i := range out {
			if out[i].seq == about.Edits {
				out[i].text = e.Note
			}
		}
	}
	out = slices.DeleteFunc(out, func(n note) bool { return n.text == "" })
	slices.SortStableFunc(out, func(a, b note) int { return cmp.Compare(a.at, b.at) })
	return out
}

// loadNotes reads the notes of the session that is watched.
func (p *Pane) loadNotes() tea.Cmd {
	if p.replay == nil {
		return nil
	}
	evidence, session := p.env.Evidence, p.replay.session.ID
	return p.loader.LoadQuietly(loadNotes, func(ctx context.Context) (any, error) {
		entries, err := evidence.Journal(ctx)
		return notesOf(entries, session), err
	})
}

// Refresh reads the notes again: somebody wrote into the journal.
func (p *Pane) Refresh() tea.Cmd { return p.loadNotes() }

// note asks for a note on the session, and in a replay on its moment. A note
// that stands there already is edited.
func (p *Pane) note() {
	s, ok := p.current()
	if !ok {
		return
	}
	about := pane.NoteAbout{Target: "session " + s.ID, Session: s.ID}
	if p.replay == nil {
		pane.AskNote(p.env, p.loader, about)
		return
	}
	at := p.replay.position()
	n := p.replay.noteHere()
	if n != nil {
		at, about.Edits = n.at, n.seq
	}
	about.Target += " at " + clock(at)
	about.At = at.Milliseconds()
	if n != nil {
		pane.EditNote(p.env, p.loader, about, n.text)
		return
	}
	if row, ok := p.replay.beside.selected(); ok && p.replay.inside && row.event != nil {
		about.Event = row.event.UID
	}
	pane.AskNote(p.env, p.loader, about)
}

// noteHere is the note that is selected, or that stands at the moment shown.
func (r *replay) noteHere() *note {
	if row, ok := r.beside.selected(); ok && r.inside && row.note != nil {
		return row.note
	}
	for i := range r.beside.notes {
		if n := &r.beside.notes[i]; n.at.Milliseconds() == r.position().Milliseconds() {
			return n
		}
	}
	return nil
}
