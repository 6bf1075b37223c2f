package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/judgement"
	"cordon/themes"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// loadDecision is the name of the load that undoes a decision.
const loadDecision = "the decision"

// lastDecision is the decision that the undo key would take back: the newest one
// of this sitting, where no lock that can be undone came after it.
func (a *App) lastDecision() (pane.Decision, bool) {
	n := len(a.decided)
	if n == 0 {
		return pane.Decision{}, false
	}
	last := a.decided[n-1]
	if a.lockUndoable() && a.undo.lock.Created.After(last.Entry.Time) {
		return pane.Decision{}, false
	}
	return last, true
}

// lockUndoable reports whether a lock is within its window.
func (a *App) lockUndoable() bool {
	return !a.undo.until.IsZero() && a.env.Now().Before(a.undo.until)
}

// undoDecision puts back what stood before a decision, by further entries of the
// journal.
func (a *App) undoDecision(d pane.Decision) tea.Cmd {
	a.placing = true
	evidence, author := a.env.Evidence, pane.Author(a.env)
	return a.loader.LoadQuietly(loadDecision, func(context.Context) (any, error) {
		// Leaving the console must not leave half of it undone.
		ctx := context.Background()
		entries, err := evidence.Journal(ctx)
		if err != nil {
			return nil, err
		}
		undo, err := judgement.UndoEntries(author, entries, d.Entry.Seq)
		if err != nil {
			return nil, err
		}
		for _, e := range undo {
			if _, err := evidence.Record(ctx, e); err != nil {
				return nil, err
			}
		}
		return d, nil
	})
}

// decisionUndone says what came of it. A decision that no longer stands is
// forgotten: there is nothing to take back.
func (a *App) decisionUndone(answer pane.LoadedMsg) tea.Cmd {
	a.placing = false
	a.decided = a.decided[:max(0, len(a.decided)-1)]
	d, ok := answer.Value.(pane.Decision)
	if answer.Err != nil || !ok {
		text := "it was cancelled"
		if answer.Err != nil {
			text = answer.Err.Error()
		}
		a.say(themes.Danger, "Not undone: "+safetext.Clean(text))
		return a.refresh()
	}
	a.say(themes.OK, "undone: "+d.Words)
	return a.refresh()
}
