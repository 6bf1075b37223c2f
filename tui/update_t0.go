package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/journal"
	"cordon/themes"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// T0Key is the name under which T0 is kept in the state of the case; the value
// is a moment in RFC 3339, or noT0 where the responder took it back.
const (
	T0Key = "case.t0"
	noT0  = "none"
)

// moment is the time of the selected row: of its event, else of what it shows.
func (a *App) moment() time.Time {
	s := a.selected()
	if s.Event != nil && !s.Event.Time.IsZero() {
		return s.Event.Time
	}
	return s.At
}

// setT0 says that the incident began at the selected row's time. Said a second
// time of the same moment it is taken back.
func (a *App) setT0() tea.Cmd {
	at := a.moment().UTC()
	text := "T0 is now " + t0Words(at) + " (ctrl+t takes it back, T counts from it)."
	if at.Equal(a.clock.t0) {
		at, text = time.Time{}, "T0 is no longer set."
	}
	a.takeT0(at)
	a.say(themes.OK, text)
	return tea.Batch(a.rewrite(), a.saveT0(at))
}

func t0Words(at time.Time) string { return at.Format("2006-01-02 15:04:05 UTC") }

// takeT0 counts from a moment from now on.
func (a *App) takeT0(at time.Time) {
	a.clock.t0 = at
	if at.IsZero() && a.clock.mode == clockT0 {
		a.clock.mode = clockUTC
	}
}

// saveT0 keeps T0 in the case and says so in its journal.
func (a *App) saveT0(at time.Time) tea.Cmd {
	value, note := noT0, "no longer set"
	if !at.IsZero() {
		value, note = at.Format(time.RFC3339Nano), "set to "+t0Words(at)
	}
	entry := journal.Entry{Time: a.env.Now(), Mode: journal.ModeDryRun, Action: journal.ActionNote, Target: "T0", Note: note}
	if desk := a.env.Desk; desk != nil {
		entry.Operator, entry.Mode = desk.Guard.Operator, desk.Mode
	}
	evidence := a.env.Evidence
	a.keeping = true
	return a.loader.LoadQuietly(loadT0, func(context.Context) (any, error) {
		// Leaving the console must not cancel it.
		ctx := context.Background()
		_, noted := evidence.Record(ctx, entry)
		return nil, errors.Join(evidence.SetState(ctx, T0Key, value), noted)
	})
}

// t0Saved says when T0 was not kept.
func (a *App) t0Saved(answer pane.LoadedMsg) tea.Cmd {
	a.keeping = false
	if answer.Err != nil {
		a.say(themes.Danger, "T0 is not in the case: "+safetext.Clean(answer.Err.Error()))
		return nil
	}
	return a.refresh()
}

// KeptT0 is what the case says of T0. What the responder said comes before what
// the console was opened with, and a value that makes no sense says nothing.
func KeptT0(value string, opened time.Time) time.Time {
	if value == noT0 {
		return time.Time{}
	}
	if at, err := time.Parse(time.RFC3339Nano, value); err == nil {
		return at.UTC()
	}
	return opened
}
