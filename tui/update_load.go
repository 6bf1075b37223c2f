package tui

import (
	"context"
	"fmt"
	"image"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// saveDelay is how long the trail rests before it is written, so that a held key
// does not write at each row.
const saveDelay = 700 * time.Millisecond

// spinEvery is how often progress is drawn.
const spinEvery = 200 * time.Millisecond

// The names of the app's own work.
const (
	loadCase    = "the case"
	loadPreview = "preview"
	loadUndo    = "undo"
	loadSave    = "save"
	loadLock    = "the lock"
	loadT0      = "T0"
	loadChild   = "the program"
)

func (a *App) openCase() tea.Cmd {
	evidence := a.env.Evidence
	return a.loader.Load(loadCase, func(ctx context.Context) (any, error) {
		coverage, err := evidence.Coverage(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the case: %w", err)
		}
		kept, err := evidence.State(ctx, trailKey)
		if err != nil {
			return nil, fmt.Errorf("read where the console was left: %w", err)
		}
		t0, err := evidence.State(ctx, T0Key)
		if err != nil {
			return nil, fmt.Errorf("read when the incident began: %w", err)
		}
		return openedCase{coverage: coverage, trail: kept, t0: t0}, nil
	})
}

// loaded gives an answer to whoever asked for it.
func (a *App) loaded(msg pane.LoadedMsg) tea.Cmd {
	if !a.env.Work.Finish(msg) {
		return nil
	}
	name, answer, mine := a.loader.Take(msg)
	if !mine {
		for _, p := range a.pages {
			if cmd, took := p.pane.Receive(msg); took {
				return cmd
			}
		}
		return nil
	}
	a.plan.stale = true
	switch name {
	case loadCase:
		return a.caseOpened(answer)
	case loadPreview:
		a.preview.take(answer)
		if got, ok := answer.Value.(prepared); ok && got.board != nil {
			a.board = got.board
		}
	case loadArrived:
		return a.arrived(answer)
	case loadUndo:
		a.undo, _ = answer.Value.(undoable)
	case loadDecision:
		return a.decisionUndone(answer)
	case loadT0:
		return a.t0Saved(answer)
	case loadLock:
		return a.lockDone(answer)
	case loadChild:
		return a.childStarted(answer)
	case loadStep:
		a.stepPrepared(answer)
	case loadStanding:
		return a.stood(answer)
	case loadProof:
		return a.stepsProved(answer)
	case loadSave:
		a.saving = false
		if answer.Err != nil && !answer.Cancelled() {
			a.say(themes.Warning, "The place was not kept: "+safetext.Clean(answer.Err.Error()))
		}
		if a.quits {
			return tea.Quit
		}
	}
	return nil
}

func (a *App) caseOpened(answer pane.LoadedMsg) tea.Cmd {
	opened, ok := answer.Value.(openedCase)
	if !ok {
		a.failed = answer.Err
		return nil
	}
	a.ready = true
	a.takeCoverage(opened.coverage)
	a.takeT0(KeptT0(opened.t0, a.clock.t0))
	a.makePages()
	a.saved = opened.trail
	if t, habits, ok := decodeTrail(opened.trail); ok {
		a.takeHabits(habits)
		a.takeUp(t)
	}
	a.arrange()
	if a.whenOpened != nil {
		a.whenOpened()
	}
	return tea.Batch(a.showPage(), a.readUndo())
}

// takeUp goes on along a kept trail. Who was asked for when the console was
// opened comes on top, unless the trail ends there already.
func (a *App) takeUp(t trail) {
	asked := a.asked
	if t.now().Page != pane.PageNone && (asked.IsZero() || t.now().Identity == asked) {
		a.trail = t
	} else if !asked.IsZero() {
		first := *a.trail.now()
		a.trail = t
		a.trail.push(first)
	}
	if a.page() == nil {
		a.trail.now().Page = pane.PageOverview
	}
}

// remember writes the trail into the case a moment after it changed.
func (a *App) remember() tea.Cmd {
	if !a.ready || a.saving || a.quits {
		return nil
	}
	a.notePlace()
	if a.trail.encode(a.habits()) == a.saved {
		return nil
	}
	a.saving = true
	return a.timer(saveDelay, saveDueMsg{})
}

// save writes the trail now.
func (a *App) save() tea.Cmd {
	a.notePlace()
	text, evidence := a.trail.encode(a.habits()), a.env.Evidence
	a.saved = text
	return a.loader.LoadQuietly(loadSave, func(ctx context.Context) (any, error) {
		return nil, evidence.SetState(ctx, trailKey, text)
	})
}

// notePlace writes the place on the open page into the trail.
func (a *App) notePlace() {
	stop := a.trail.now()
	keeper, ok := a.pane().(pane.Keeper)
	if !ok || stop.Page != a.page().id {
		return
	}
	if place := keeper.Keep(); place != "" {
		stop.Places[stop.Page] = place
	}
}

func (a *App) resize(size image.Point) tea.Cmd {
	a.size = size
	a.arrange()
	a.overlay.Resize(a.overlayArea())
	return nil
}

// spread reports whether the open page wants the whole width just now.
func (a *App) spread() bool {
	spreader, ok := a.pane().(pane.Spreader)
	return ok && spreader.Spread()
}

// respread computes the layout again when the open page began or ceased to want
// the whole width.
func (a *App) respread() {
	if a.spread() != a.spreads {
		a.arrange()
	}
}

// arrange computes the layout and tells the pages how large they are.
func (a *App) arrange() {
	a.spreads = a.spread()
	if front := a.children.front; front != nil {
		if a.lay = arrangeTerminal(a.size.X, a.size.Y); !a.lay.tooSmall {
			front.Resize(pane.Size(a.lay.main))
		}
		return
	}
	a.lay = arrange(a.size.X, a.size.Y, a.spreads)
	for _, p := range a.pages {
		if s, ok := p.pane.(pane.Sided); ok {
			s.SideShown(!a.lay.side.Empty())
		}
		p.pane.Resize(pane.Size(a.lay.main))
	}
}

// spin keeps the progress moving while something runs that is waited for.
func (a *App) spin() tea.Cmd {
	if a.tick <= 0 || a.spinning || a.env.Work.Busy() == 0 {
		return nil
	}
	a.spinning = true
	return a.timer(spinEvery, spunMsg{})
}

func (a *App) ticking() tea.Cmd {
	if a.tick <= 0 {
		return nil
	}
	return a.timer(a.tick, tickedMsg{})
}

// quit keeps the place and leaves.
func (a *App) quit() tea.Cmd {
	if a.placing || a.keeping {
		what := "A lock is just being placed."
		if a.keeping {
			what = "T0 is just being kept."
		}
		a.say(themes.Warning, what+" Leave again in a moment.")
		return nil
	}
	if !a.childrenOver() {
		return nil
	}
	if a.quits || !a.ready {
		a.env.Work.CancelAll()
		return tea.Quit
	}
	a.quits = true
	a.env.Work.CancelAll()
	a.status = status{role: themes.Muted, line: draw.Line{draw.T(themes.Muted, "Keeping the place.")}}
	return a.save()
}
