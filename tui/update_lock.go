package tui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/contain"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// noLock says why a plan would not be placed just now, or is empty.
func (a *App) noLock(p *preview) string {
	switch {
	case a.env.Desk == nil:
		return "Locks are not available here."
	case a.placing:
		return "The last lock is still being placed."
	case !p.ready || p.stale:
		return "The plan is still being prepared: look at it, then press the key."
	case p.reason != "":
		return "Nothing was locked: " + p.reason
	case p.already != "" && !p.unsure:
		return "Nothing to do: " + p.already
	case p.plan.Verdict.Level == contain.Refused:
		return "Nothing was locked: " + safetext.Clean(p.plan.Verdict.Reasons[0])
	}
	return ""
}

const confirmLock = "lock.confirm"

// lock places a plan that is shown: a narrow one at once, a wide one after its
// name was typed.
func (a *App) lock(p *preview) tea.Cmd {
	plan := p.plan
	if plan.Verdict.Level == contain.Narrow {
		return a.place(plan, "")
	}
	name := plan.Verdict.Confirm
	body, command := a.previewLines(p, 64)
	body = append(body, command...)
	a.open(dialog.NewTyped(dialog.Danger{
		ID: confirmLock, Title: "lock " + safetext.Clean(plan.Title()), Body: body,
		Kind: plan.Targets[0].Field.Title(), Name: name, Verb: "lock",
	}, a.env.Now), func(o dialog.Outcome) tea.Cmd {
		if _, ok := o.(dialog.Confirmed); ok {
			return a.place(plan, name)
		}
		a.say(themes.Muted, "Nothing was locked.")
		return nil
	})
	return nil
}

func (a *App) place(plan contain.Plan, typed string) tea.Cmd {
	if a.placing {
		return nil
	}
	a.placing = true
	desk := a.env.Desk
	return a.loader.LoadQuietly(loadLock, func(ctx context.Context) (any, error) {
		lock, err := desk.Place(ctx, plan, typed)
		return placedLock{plan: plan, lock: lock}, err
	})
}

// takeBack takes back the last decision, or removes the last lock within its
// window, whichever came last.
func (a *App) takeBack() tea.Cmd {
	if a.placing {
		return nil
	}
	if d, ok := a.lastDecision(); ok {
		return a.undoDecision(d)
	}
	a.placing = true
	desk := a.env.Desk
	return a.loader.LoadQuietly(loadLock, func(ctx context.Context) (any, error) {
		lock, err := desk.Undo(ctx)
		return undoneLock{lock: lock}, err
	})
}

// lockDone says what came of a lock or an undo.
func (a *App) lockDone(answer lockAnswer) tea.Cmd {
	a.placing = false
	switch value := answer.Value.(type) {
	case placedLock:
		a.sayPlaced(value, answer.Err)
	case undoneLock:
		a.sayUndone(value, answer.Err)
	}
	return a.refresh()
}

func (a *App) sayPlaced(placed placedLock, err error) {
	var already *contain.AlreadyError
	switch {
	case errors.As(err, &already):
		a.say(themes.Warning, "Nothing to do: "+safetext.Clean(err.Error()))
	case err != nil:
		a.sayFailed("The lock was not placed: "+safetext.Clean(err.Error()), placed.plan.Command())
	default:
		word, role := "locked", themes.Locked
		if placed.lock.Dry {
			word, role = "planned", themes.Planned
		}
		dot := " " + a.styles.Glyphs.Dot + " "
		a.status = status{until: a.env.Now().Add(contain.UndoWindow), line: draw.Line{
			draw.T(themes.Key, "u"), draw.T(themes.Text, fmt.Sprintf(" undoes it (%d s)", int(contain.UndoWindow.Seconds()))),
			draw.T(themes.Muted, dot), draw.T(role, word+": "), draw.T(themes.Text, "$ "+safetext.Clean(placed.lock.Command)),
		}}
	}
}

func (a *App) sayUndone(undone undoneLock, err error) {
	title := safetext.Clean(undone.lock.Title())
	switch {
	case err != nil:
		a.say(themes.Danger, "Not undone: "+safetext.Clean(err.Error()))
	case undone.lock.Dry:
		a.say(themes.OK, "undone: the plan to lock "+title+" is dropped, nothing had been sent")
	default:
		a.say(themes.OK, "undone: "+title+" is no longer locked")
	}
}

// sayFailed says what did not happen, why, and what a person can do instead.
func (a *App) sayFailed(what, command string) {
	a.say(themes.Danger, what)
	lines := []draw.Line{
		{draw.T(themes.Text, what)},
		{},
		{draw.T(themes.Text, "Ask an administrator, or run on the auth server:")},
		{draw.T(themes.Accent, "  "+safetext.Clean(command))},
	}
	a.overlay.Raise(dialog.NewMessage(dialog.Text{
		ID: "lock.failed", Title: "not locked", Lines: lines, Copy: command, Role: themes.Danger,
	}))
}

// readUndo asks the journal which lock the undo key would remove.
func (a *App) readUndo() tea.Cmd {
	desk := a.env.Desk
	if desk == nil {
		return nil
	}
	return a.loader.LoadQuietly(loadUndo, func(ctx context.Context) (any, error) {
		lock, left, ok, err := desk.Undoable(ctx)
		if err != nil || !ok {
			return undoable{}, err
		}
		return undoable{lock: lock, until: desk.Now().Add(left)}, nil
	})
}
