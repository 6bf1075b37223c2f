package tui

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/investigations/survive"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

const (
	planID   = "plan"
	loadStep = "the lock of a step"
)

// planLineWidth is given to lines that the dialog itself wraps.
const planLineWidth = 1 << 12

// plan is the plan that was opened last: its steps stay as they are while it is
// open, and what is said about them changes.
type plan struct {
	of     pane.Plan
	dialog *dialog.Steps
	// locks are the locks as they would be placed, by step; of the marked one at
	// least. preparing is the one that is being prepared.
	locks     map[int]*preview
	preparing int
	board     *contain.Board // as last read
	stale     bool           // what is shown is to be made again
}

// openPlan opens the plan where it was left, and asks the cluster how far it is.
func (a *App) openPlan(of pane.Plan) tea.Cmd {
	marked := a.markedBefore(of.Parts)
	d := dialog.NewSteps(planID, of.Title, of.Copy, a.env.Now)
	a.plan = plan{of: of, dialog: d, locks: map[int]*preview{}, board: a.board}
	d.Show(a.planSteps())
	d.Mark(marked)
	a.open(d, func(o dialog.Outcome) tea.Cmd {
		if picked, ok := o.(dialog.Picked); ok {
			return a.takeStep(picked.Index)
		}
		return nil
	})
	return a.askCluster()
}

// markedBefore is the step that was marked when a plan was left, among those of
// another: two steps may have the same command.
func (a *App) markedBefore(parts []pane.PlanPart) int {
	was := a.plan
	if was.dialog == nil || was.dialog.Marked() >= len(was.of.Parts) {
		return 0
	}
	at := was.dialog.Marked()
	command := was.of.Parts[at].Step.Command
	if command == "" || at < len(parts) && parts[at].Step.Command == command {
		return min(at, len(parts)-1)
	}
	return max(0, slices.IndexFunc(parts, func(p pane.PlanPart) bool { return p.Step.Command == command }))
}

// takeStep does a step: a lock as with the lock key, everything else in a shell.
func (a *App) takeStep(at int) tea.Cmd {
	s := a.plan.of.Parts[at].Step
	if s.Lock == nil {
		return a.openStep(s)
	}
	if reason := a.noStepLock(at); reason != "" {
		a.say(themes.Warning, reason)
		return nil
	}
	return a.lock(a.plan.locks[at])
}

// noStepLock says why the lock of a step would not be placed just now, or is empty.
func (a *App) noStepLock(at int) string {
	p := a.plan.locks[at]
	if p == nil {
		p = &preview{}
	}
	return a.noLock(p)
}

// followPlan prepares the lock of the marked step, and says anew how far the steps
// are where that changed.
func (a *App) followPlan() tea.Cmd {
	if !a.overlay.Has(planID) {
		return nil
	}
	cmd := a.prepareStep()
	if a.plan.stale {
		a.plan.stale = false
		a.plan.dialog.Show(a.planSteps())
	}
	return cmd
}

func (a *App) prepareStep() tea.Cmd {
	p := &a.plan
	at := p.dialog.Marked()
	if a.env.Desk == nil || at >= len(p.of.Parts) || p.of.Parts[at].Step.Lock == nil || p.locks[at] != nil {
		return nil
	}
	if was := p.locks[p.preparing]; was != nil && !was.ready {
		delete(p.locks, p.preparing)
	}
	p.preparing, p.locks[at] = at, &preview{}
	request, preparer := *p.of.Parts[at].Step.Lock, a.preparer()
	return a.loader.LoadQuietly(loadStep, func(ctx context.Context) (any, error) { return preparer.plan(ctx, request) })
}

// stepPrepared takes the lock of the step that was marked.
func (a *App) stepPrepared(answer pane.LoadedMsg) {
	p := a.plan.locks[a.plan.preparing]
	if p == nil {
		return
	}
	p.take(answer)
	if got, ok := answer.Value.(prepared); ok && got.board != nil {
		a.board = got.board
	}
}

// forgetStepLocks has the locks of the plan prepared again: the locks changed.
func (a *App) forgetStepLocks() {
	a.loader.Cancel(loadStep)
	clear(a.plan.locks)
	a.plan.stale = true
}

// planSteps are the parts of the plan with how far each of them is.
func (a *App) planSteps() []dialog.Step {
	if a.board != nil {
		a.plan.board = a.board
	}
	steps := make([]dialog.Step, len(a.plan.of.Parts))
	for i, part := range a.plan.of.Parts {
		lines := slices.Clone(part.Lines)
		s := dialog.Step{Head: part.Head, Copy: part.Step.Command}
		switch {
		case part.Step.Command == "":
			s.Why = "There is nothing to do here."
		case part.Step.Lock != nil:
			s.Verb, s.Why = a.lockVerb(i)
			lines = slices.Insert(lines, 1, a.lockLines(i)...)
		case runnable(part.Step.Command):
			s.Verb = "open a shell"
			lines = slices.Insert(lines, 1, a.stepLines(part.Step)...)
		default:
			s.Why = "It cannot be put into a shell: a name in it does not show as itself. y copies it."
		}
		s.Lines = lines
		steps[i] = s
	}
	return steps
}

// lockVerb is what Enter does about the lock of a step, or why it does nothing.
func (a *App) lockVerb(at int) (verb, why string) {
	if why = a.noStepLock(at); why != "" {
		return "", why
	}
	verb = "lock it"
	if a.env.Desk.Mode == journal.ModeDryRun {
		verb = "plan it"
	}
	if a.plan.locks[at].plan.Verdict.Level != contain.Narrow {
		verb += ", by its name"
	}
	return verb, ""
}

// lockLines say what stands against a lock, such as that it is there already, and
// once it is prepared, what it would do: all that before what it is for, so that it
// is in sight on a small screen.
func (a *App) lockLines(at int) []draw.Line {
	p := a.plan.locks[at]
	switch {
	case p == nil || !p.ready:
		return a.alreadyLines(a.plan.of.Parts[at].Step.Lock.Targets)
	case p.reason != "":
		return []draw.Line{{draw.T(themes.Warning, p.reason)}}
	}
	return slices.Concat(a.verdictLines(p, planLineWidth), a.cutLines(p.plan.Impact), a.beyondLines(p.plan, planLineWidth))
}

// alreadyLines say of a lock that is not prepared whether it is there already.
func (a *App) alreadyLines(targets []contain.Target) []draw.Line {
	if a.plan.board == nil {
		return nil
	}
	var already *contain.AlreadyError
	if !errors.As(a.plan.board.Already(targets, a.env.Now()), &already) {
		return nil
	}
	p := preview{already: safetext.Clean(already.Error()), planned: already.State == contain.StatePlanned, unsure: already.Unsure()}
	return a.verdictLines(&p, planLineWidth)
}

// stepLines say how far a command is: run in this sitting, and what the cluster
// says.
func (a *App) stepLines(of survive.Step) []draw.Line {
	g := &a.styles.Glyphs
	line := func(role themes.Role, text string) []draw.Line { return []draw.Line{{draw.T(role, text)}} }
	s, said := a.opened(of.Command), a.saidOf(of)
	asked := ", asked " + a.clock.Time(said.at)
	switch {
	case s != nil && s.event != "":
		return line(themes.OK, g.Done+" done: "+s.event+" "+a.clock.Time(s.done))
	case s != nil && !s.done.IsZero():
		return line(themes.OK, g.Done+" done: "+s.said+", asked "+a.clock.Time(s.done))
	case said.done:
		return line(themes.OK, g.Done+" done: "+said.words+asked)
	}
	var lines []draw.Line
	if s != nil {
		_, logged := s.logged()
		switch {
		case looks(of.Command):
			lines = line(themes.Muted, g.Dot+" opened in a shell; it only looks")
		case !logged && (!a.live.on || len(thingsOf(of)) == 0):
			lines = line(themes.Muted, g.Question+" opened in a shell; nothing is known that would prove it")
		case !a.live.on:
			lines = line(themes.Muted, g.Question+" opened in a shell; newer evidence would prove it")
		default:
			lines = line(themes.Warning, g.Ellipsis+" opened in a shell, waiting for what proves it")
		}
	}
	switch things := thingsOf(of); {
	case len(things) == 0 || a.env.Live == nil:
	case a.loader.Loading(loadStanding):
		lines = append(lines, line(themes.Muted, g.Ellipsis+" asking the cluster")...)
	case a.standing.err != "":
		lines = append(lines, line(themes.Warning, g.Question+" not known: "+a.standing.err)...)
	case said.words != "" && !said.known:
		lines = append(lines, line(themes.Warning, g.Question+" "+said.words)...)
	case said.words != "":
		lines = append(lines, line(themes.Warning, g.Warn+" "+said.words+asked)...)
	}
	return lines
}
