package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

const (
	// wheelRest is how long wheel messages are gathered: one frame.
	wheelRest = 16 * time.Millisecond
	// wheelRows is how many rows one notch moves.
	wheelRows = 3
	// handGap is the least time between two keys of a person. What comes faster
	// before the lock key is a paste that the terminal did not mark.
	handGap = 2 * time.Millisecond
)

// input takes what comes from the responder's hands.
func (a *App) input(msg tea.Msg) tea.Cmd {
	outcome, taken := a.overlay.Handle(msg)
	if taken {
		return a.answered(outcome)
	}
	switch {
	case a.children.opening:
		return nil // what is typed ahead is not for the page
	case a.children.front != nil:
		return a.childInput(msg)
	}
	if typist, ok := a.pane().(pane.Typist); ok && typist.Typing() {
		return typist.Type(msg)
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return a.press(msg)
	case tea.MouseClickMsg:
		return a.click(msg)
	case tea.MouseWheelMsg:
		return a.turn(msg)
	}
	return nil // a paste without a field to go to does nothing
}

func (a *App) press(msg tea.KeyPressMsg) tea.Cmd {
	now := a.env.Now()
	fast := now.Sub(a.lastKey) < handGap
	a.lastKey = now
	act, ok := a.reg.Lookup(msg.String(), a.scopes()...)
	if !ok {
		return nil
	}
	if act.Danger && fast {
		a.say(themes.Warning, "Nothing was locked: the keys came as fast as a paste. Press the key again.")
		return nil
	}
	return a.act(act.ID)
}

// scopes is the chain in which keys are looked up.
func (a *App) scopes() []action.Scope {
	if a.children.front != nil {
		return []action.Scope{action.Terminal}
	}
	if p := a.pane(); p != nil {
		return []action.Scope{p.Scope()}
	}
	return nil
}

// act does an action, or says why not.
func (a *App) act(id action.ID) tea.Cmd {
	if reason := a.Disabled(id); reason != "" {
		a.say(themes.Warning, reason)
		return nil
	}
	if a.children.front != nil {
		if cmd, done := a.actOnChild(id); done {
			return cmd
		}
	}
	switch id {
	case action.Quit:
		return a.quit()
	case action.Palette:
		a.overlay.Open(dialog.NewPalette(a.reg.Within(a.scopes()...), a, a.env.Drafts))
		return nil
	case action.Help:
		a.overlay.Open(dialog.NewHelp(a.reg.Within(a.scopes()...), a))
		return nil
	case action.Clock:
		return a.nextClock()
	case action.SetT0:
		return a.setT0()
	case action.Machines:
		return a.siftMachines()
	case action.ShowArrived:
		return a.showArrived()
	case action.TrailBack:
		return a.walk(-1)
	case action.TrailForward:
		return a.walk(1)
	case action.Pivot:
		return a.pivot()
	case action.Lock:
		return a.lock(&a.preview)
	case action.Undo:
		return a.takeBack()
	case action.Copy:
		return a.copyText(a.copyable())
	case action.Shell:
		return a.openShell()
	case action.RunCopied:
		return a.runCopied()
	case action.Close:
		return a.escape()
	}
	for _, p := range a.pages {
		if p.action == id {
			return a.turnTo(p.id)
		}
	}
	if p := a.pane(); p != nil {
		return p.Handle(id)
	}
	return nil
}

// Disabled says why an action cannot run now, or is empty.
func (a *App) Disabled(id action.ID) string {
	p := a.pane()
	switch id {
	case action.Quit, action.Palette, action.Help, action.Close:
		return ""
	}
	if p == nil {
		return "The case is still being read."
	}
	if a.children.front != nil {
		return disabledOnChild(id)
	}
	if opensPage(id) {
		return ""
	}
	switch id {
	case action.Shell, action.Clock, action.Machines:
		return ""
	case action.RunCopied:
		return unless(len(a.copiedCommands()) > 0, "Copy a tctl or tsh command first (y): it is put into a shell, and not entered.")
	case action.ShowArrived:
		return unless(a.live.on, "Nothing arrives: this is no live cluster.")
	case action.SetT0:
		if a.keeping {
			return "The last T0 is still being kept."
		}
		return unless(!a.moment().IsZero(), "This row has no time: choose an event, a session, or an address.")
	case action.TrailBack:
		return unless(a.trail.canBack(), "This is where the trail begins.")
	case action.TrailForward:
		return unless(a.trail.canForward(), "The trail ends here.")
	case action.Pivot:
		return unless(len(a.pivots()) > 0, "This row leads to nobody else.")
	case action.Lock:
		return a.noLock(&a.preview)
	case action.Undo:
		return unless(a.lockUndoable() || len(a.decided) > 0,
			"Nothing to undo: no decision in this sitting, no lock in the last 30 s. Page 5 releases older ones.")
	case action.Copy:
		return unless(a.copyable() != "", "This row has nothing to copy.")
	}
	return p.Disabled(id)
}

func unless(ok bool, reason string) string {
	if ok {
		return ""
	}
	return reason
}

// escape cancels what is running, else leaves what the page has open, else
// clears the message.
func (a *App) escape() tea.Cmd {
	if a.env.Work.CancelLoud() > 0 {
		a.say(themes.Muted, "Cancelled.")
		return nil
	}
	a.status = status{}
	if p := a.pane(); p != nil && p.Disabled(action.Close) == "" {
		return p.Handle(action.Close)
	}
	return nil
}

func (a *App) nextClock() tea.Cmd {
	a.clock.next()
	a.say(themes.Muted, "Times are shown in "+a.clock.Zone()+".")
	if a.clock.mode == clockT0 {
		a.say(themes.Muted, "Times are shown since T0, "+a.clock.t0.UTC().Format("2006-01-02 15:04:05")+" UTC.")
	}
	return a.rewrite()
}

// rewrite has every page write its times anew.
func (a *App) rewrite() tea.Cmd {
	var cmds []tea.Cmd
	for _, p := range a.pages {
		cmds = append(cmds, p.pane.Handle(action.Clock))
	}
	return tea.Batch(cmds...)
}

// copyable is what the copy key copies: what the page puts together, else the
// text of the selected row, else the command of the lock preview.
func (a *App) copyable() string {
	if c, ok := a.pane().(pane.Copier); ok {
		if text := c.CopyText(); text != "" {
			return text
		}
	}
	if text := a.selected().Text; text != "" {
		return text
	}
	if p := &a.preview; p.ready && p.reason == "" && len(p.plan.Targets) > 0 {
		return p.plan.Command()
	}
	return ""
}

// copyText puts a text on the responder's clipboard.
func (a *App) copyText(text string) tea.Cmd {
	if text == "" {
		return nil
	}
	a.copied = text
	a.status = status{line: draw.Line{draw.T(themes.OK, "copied: "), draw.T(themes.Text, safetext.CleanMax(text, 400))}}
	return tea.SetClipboard(text)
}

func (a *App) click(msg tea.MouseClickMsg) tea.Cmd {
	at := uv.Pos(msg.X, msg.Y)
	if msg.Button != tea.MouseLeft {
		return nil
	}
	for _, t := range a.tabSpots() {
		if at.In(t.area) {
			return a.turnTo(t.page)
		}
	}
	if m, ok := a.pane().(pane.Mouser); ok && at.In(a.lay.main) {
		return m.Click(at, a.lay.main)
	}
	return nil
}

// turn gathers the notches of the wheel until the next frame.
func (a *App) turn(msg tea.MouseWheelMsg) tea.Cmd {
	switch msg.Button {
	case tea.MouseWheelUp:
		a.wheel -= wheelRows
	case tea.MouseWheelDown:
		a.wheel += wheelRows
	}
	if a.resting {
		return nil
	}
	a.resting = true
	return a.timer(wheelRest, wheelRestedMsg{})
}

func (a *App) wheelRested() tea.Cmd {
	rows := a.wheel
	a.wheel, a.resting = 0, false
	if m, ok := a.pane().(pane.Mouser); ok && rows != 0 {
		return m.Wheel(rows)
	}
	return nil
}
