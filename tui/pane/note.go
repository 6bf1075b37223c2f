package pane

import (
	"context"
	"encoding/json"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/journal"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/safetext"
)

// LoadNote is the name of the load that writes a note. A pane that asks for one
// hands the answer to [Noted].
const LoadNote = "note"

// NoteAbout is what a note is attached to.
type NoteAbout struct {
	// Target names it for a person, as logged.
	Target string `json:"-"`
	// Event, Entity and Session are what programs find it by; empty ones do not
	// apply. At is a moment of the session, in milliseconds from its start.
	Event   string `json:"event,omitempty"`
	Entity  string `json:"entity,omitempty"`
	Session string `json:"session,omitempty"`
	At      int64  `json:"at_ms,omitempty"`
	// Edits is the number of the journal entry whose words this note takes the
	// place of; 0 for a note of its own.
	Edits int64 `json:"edits,omitempty"`
}

// AskNote opens the field for a note. What is submitted becomes an entry of the
// journal; Esc keeps the text as a draft for the same target.
func AskNote(env Env, loader *Loader, about NoteAbout) {
	id := "note " + about.Event + about.Entity + about.Session
	title := "note"
	if about.Target != "" {
		title += " on " + safetext.CleanMax(about.Target, 60)
	}
	input := dialog.NewInput(dialog.Prompt{ID: id, Title: title, Hint: "goes into the journal of the case, in your own words"}, env.Drafts)
	env.Out.Put(Open{Dialog: input, Then: func(o dialog.Outcome) tea.Cmd {
		said, ok := o.(dialog.Submitted)
		if !ok {
			return nil
		}
		return writeNote(env, loader, about, said.Text)
	}})
}

// EditNote opens the field with the words of an earlier note. The journal keeps
// both: what is submitted takes the place of the note wherever notes are shown,
// and an empty text takes it away from there.
func EditNote(env Env, loader *Loader, about NoteAbout, text string) {
	input := dialog.NewInput(dialog.Prompt{
		ID: fmt.Sprintf("note edit %d", about.Edits), Title: "edit the note on " + safetext.CleanMax(about.Target, 60), Text: text, KeepEmpty: true,
		Hint: "an empty text takes it away; the journal keeps what it said",
	}, env.Drafts)
	env.Out.Put(Open{Dialog: input, Then: func(o dialog.Outcome) tea.Cmd {
		said, ok := o.(dialog.Submitted)
		if !ok || said.Text == text {
			return nil
		}
		return writeNote(env, loader, about, said.Text)
	}})
}

func writeNote(env Env, loader *Loader, about NoteAbout, text string) tea.Cmd {
	entry := journal.Entry{Time: env.Now(), Mode: journal.ModeDryRun, Action: journal.ActionNote, Target: about.Target, Note: text}
	if env.Desk != nil {
		entry.Operator, entry.Mode = env.Desk.Guard.Operator, env.Desk.Mode
	}
	if about.Edits > 0 {
		entry.Result = fmt.Sprintf("in place of the note of entry %d", about.Edits)
		if text == "" {
			entry.Result = fmt.Sprintf("took away the note of entry %d", about.Edits)
		}
	}
	evidence := env.Evidence
	return loader.LoadQuietly(LoadNote, func(ctx context.Context) (any, error) {
		if about.Event+about.Entity+about.Session != "" {
			detail, err := json.Marshal(about)
			if err != nil {
				return nil, fmt.Errorf("write the note: %w", err)
			}
			entry.Detail = string(detail)
		}
		return evidence.Record(ctx, entry)
	})
}

// Noted says what came of a note and tells the app that the journal changed.
func Noted(env Env, answer LoadedMsg) {
	if answer.Err != nil {
		env.Out.Put(Say{Role: themes.Danger, Text: "The note was not kept: " + safetext.Clean(answer.Err.Error())})
		return
	}
	env.Out.Put(Say{Role: themes.OK, Text: "The note is in the journal (page 8)."})
	env.Out.Put(Changed{})
}
