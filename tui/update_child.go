package tui

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/journal"
	"cordon/playback/child"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/pane/terminal"
	"cordon/tui/safetext"
)

// children are the programs beside the case. Each has a terminal that takes the
// page's place and every key until the responder takes the keys back; it goes on
// when it is not shown.
type children struct {
	all   []*terminal.Pane
	front *terminal.Pane // the one that is shown; nil for the page
	// running is how many have not ended, or whose end is not in the journal yet.
	running int
	opening bool // one is being started
	leaving bool // all are being ended, because cordon is left
	// input is when a key came last while a terminal was shown, or when its
	// program ended: what was typed for a program must not act on the console.
	input time.Time
}

// startedChild is a program that was started. Noted says whether the journal
// tells of it.
type startedChild struct {
	pane  *terminal.Pane
	entry journal.Entry
	noted error
}

// childEndedMsg says that a program ended and the journal was told.
type childEndedMsg struct {
	of     *terminal.Pane
	status child.Status
	noted  error
}

const (
	chooseChild = "program.choose"
	quitChild   = "program.quit"
)

// openShell goes back to what runs beside the case, and opens a shell where
// nothing does.
func (a *App) openShell() tea.Cmd {
	all := a.children.all
	switch len(all) {
	case 0:
		return a.openChild([]string{a.shell}, "shell")
	case 1:
		return a.showChild(all[0])
	}
	options := make([]draw.Line, len(all))
	for i, p := range all {
		options[i] = draw.Plain(p.Title())
	}
	a.open(dialog.NewChoice(chooseChild, "programs beside the case", "show", options), func(o dialog.Outcome) tea.Cmd {
		if picked, ok := o.(dialog.Picked); ok && slices.Contains(a.children.all, all[picked.Index]) {
			return a.showChild(all[picked.Index])
		}
		return nil
	})
	return nil
}

// openChild starts a program in a terminal over the page and writes into the
// journal that it was, and later how it ended. Title is what people call it.
func (a *App) openChild(argv []string, title string) tea.Cmd { return a.openTyped(argv, title, "") }

// openTyped is openChild with a text that is typed into the program, and not
// entered. The text must show as itself.
func (a *App) openTyped(argv []string, title, text string) tea.Cmd {
	if a.children.opening || a.children.leaving {
		return nil
	}
	a.children.opening = true
	entry := journal.Entry{Time: a.env.Now(), Mode: journal.ModeDryRun, Action: journal.ActionProgramRun, Target: title, Command: pane.Run{Argv: argv}.Command()}
	if desk := a.env.Desk; desk != nil {
		entry.Operator, entry.Mode = desk.Guard.Operator, desk.Mode
	}
	beside, evidence, size := a.beside, a.env.Evidence, terminal.PictureSize(pane.Size(arrangeTerminal(a.size.X, a.size.Y).main))
	return a.loader.LoadQuietly(loadChild, func(context.Context) (any, error) {
		// The program and its entry outlive the command that starts it.
		ctx := context.Background()
		c, err := child.Start(ctx, child.Command{Argv: argv, Add: beside}, size.X, size.Y)
		if err != nil {
			return nil, err
		}
		_, noted := evidence.Record(ctx, entry)
		typeInto(c, text)
		return startedChild{terminal.New(title, entry.Command, c), entry, noted}, nil
	})
}

// promptQuiet is how long a program writes nothing before it is taken to wait for
// input, and promptLongest how long that is waited for.
const (
	promptQuiet   = 150 * time.Millisecond
	promptLongest = 3 * time.Second
)

// typeInto types a text once the program waits for it: a shell that has not drawn
// its prompt would show the text twice. What finds no room shows on the screen as
// missing, and nothing was entered.
func typeInto(c *child.Child, text string) {
	if text == "" {
		return
	}
	latest := time.After(promptLongest)
	var quiet <-chan time.Time
	for {
		select {
		case <-c.Changed():
			quiet = time.After(promptQuiet)
			continue
		case <-quiet:
		case <-latest:
		case <-c.Done():
			return
		}
		_ = c.Write([]byte(text))
		return
	}
}

func (a *App) childStarted(answer pane.LoadedMsg) tea.Cmd {
	a.children.opening = false
	started, ok := answer.Value.(startedChild)
	if !ok {
		a.say(themes.Danger, "Not opened: "+safetext.Clean(answer.Err.Error()))
		return nil
	}
	a.children.all = append(a.children.all, started.pane)
	a.children.running++
	show := a.showChild(started.pane)
	if a.besideNote != "" {
		a.say(themes.Muted, safetext.Clean(a.besideNote))
	}
	a.sayUnnoted(started.noted)
	return tea.Batch(show, a.awaitChild(started), a.refresh())
}

// awaitChild waits for the end of a program and writes it into the journal.
func (a *App) awaitChild(started startedChild) tea.Cmd {
	entry, evidence, now, p := started.entry, a.env.Evidence, a.env.Now, started.pane
	return func() tea.Msg {
		status := p.Wait()
		entry.Time, entry.Action, entry.Result = now(), journal.ActionProgramEnd, status.String()
		_, err := evidence.Record(context.Background(), entry)
		return childEndedMsg{of: p, status: status, noted: err}
	}
}

func (a *App) sayUnnoted(err error) {
	if err != nil {
		a.say(themes.Warning, "This is not in the journal: "+safetext.Clean(err.Error()))
	}
}

// showChild gives a program's terminal the page's place and the keys.
func (a *App) showChild(p *terminal.Pane) tea.Cmd {
	if h, ok := a.pane().(pane.Hider); ok {
		h.Hide()
	}
	a.status = status{}
	a.children.front, a.children.input = p, a.env.Now()
	a.arrange()
	return p.Listen()
}

// leaveChild gives the page its place back. A program that ended is forgotten. What
// came of the steps is read back.
func (a *App) leaveChild() tea.Cmd {
	front := a.children.front
	if _, ended := front.Ended(); ended {
		a.children.all = slices.DeleteFunc(a.children.all, func(p *terminal.Pane) bool { return p == front })
	}
	a.children.front, a.status = nil, status{}
	a.sayStep()
	a.arrange()
	return a.readBack()
}

// childInput gives the responder's input to the program that is shown. Its
// terminal's own keys are kept back, and when it has ended, all of them.
func (a *App) childInput(msg tea.Msg) tea.Cmd {
	front, now := a.children.front, a.env.Now()
	key, isKey := msg.(tea.KeyPressMsg)
	quiet := now.Sub(a.children.input) >= dialog.Quiet
	if isKey {
		a.children.input = now
		if act, ok := a.reg.Lookup(key.String(), action.Terminal); ok && act.Scope == action.Terminal {
			return a.act(act.ID)
		}
	}
	if _, ended := front.Ended(); ended && isKey {
		if quiet {
			return a.press(key)
		}
		return nil
	}
	if err := front.Type(msg, a.lay.main); err != nil {
		a.say(themes.Warning, "Not sent: "+err.Error()+".")
	}
	return nil
}

// actOnChild does what an action means while a terminal is shown, and reports
// whether that was all.
func (a *App) actOnChild(id action.ID) (tea.Cmd, bool) {
	front := a.children.front
	switch id {
	case action.TerminalUp, action.PageUp:
		front.Page(1)
	case action.TerminalDown, action.PageDown:
		front.Page(-1)
	case action.MoveUp:
		front.Scroll(1)
	case action.MoveDown:
		front.Scroll(-1)
	case action.TerminalLeave, action.Close, action.Open:
		return a.leaveChild(), true
	case action.Shell:
		return tea.Batch(a.leaveChild(), a.openShell()), true
	default:
		if opensPage(id) {
			return tea.Batch(a.leaveChild(), a.act(id)), true
		}
		return nil, false
	}
	return nil, true
}

// disabledOnChild says why an action cannot run while a terminal is shown, or is
// empty. What the page has selected is out of sight: nothing acts on it.
func disabledOnChild(id action.ID) string {
	switch id {
	case action.TerminalUp, action.TerminalDown, action.TerminalLeave, action.PageUp, action.PageDown, action.MoveUp, action.MoveDown,
		action.Open, action.Shell:
		return ""
	}
	if opensPage(id) {
		return ""
	}
	return "Close the terminal first (esc): the page below it is out of sight."
}

// childMsg takes what concerns the programs.
func (a *App) childMsg(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case terminal.ChangedMsg:
		return a.childChanged(msg)
	case childEndedMsg:
		return a.childEnded(msg)
	case tea.MouseMsg:
		if front := a.children.front; front != nil && !a.overlay.Active() {
			_ = front.Type(msg, a.lay.main) // what finds no room is the end of a click
		}
	}
	return nil
}

// childChanged draws the program that is shown. Others are looked at when they
// are shown again.
func (a *App) childChanged(msg terminal.ChangedMsg) tea.Cmd {
	for _, p := range a.children.all {
		if !p.Changed(msg) || p != a.children.front {
			continue
		}
		if _, ended := p.Ended(); ended {
			a.children.input = a.env.Now()
		}
		return p.Listen()
	}
	return nil
}

// childEnded says how a program ended that is not shown, and goes on leaving.
func (a *App) childEnded(msg childEndedMsg) tea.Cmd {
	a.children.running--
	msg.of.Look()
	switch {
	case msg.noted != nil:
		a.sayUnnoted(msg.noted)
	case msg.of != a.children.front && !a.children.leaving:
		a.say(themes.Muted, msg.of.Title()+" "+msg.status.String()+"; "+a.keyOf(action.Shell)+" shows its screen.")
	}
	if a.children.leaving && a.children.running == 0 {
		return a.quit()
	}
	return a.refresh()
}

// childrenOver reports whether cordon can be left as far as the programs go; if
// not, it asks whether they are to be ended.
func (a *App) childrenOver() bool {
	ch := &a.children
	switch {
	case ch.opening:
		a.say(themes.Warning, "A program is just being opened. Leave again in a moment.")
		return false
	case ch.running == 0:
		return true
	case ch.leaving:
		return false
	}
	body := []draw.Line{draw.Plain(a.runningWords() + " beside the case, and ends with cordon.")}
	a.open(dialog.NewConfirm(dialog.Question{ID: quitChild, Title: "leave cordon", Body: body, Yes: "Quit"}), func(o dialog.Outcome) tea.Cmd {
		if _, ok := o.(dialog.Confirmed); !ok {
			return nil
		}
		ch.leaving = true
		for _, p := range ch.all {
			p.Kill()
		}
		a.say(themes.Muted, "Ending what still runs.")
		if ch.running == 0 {
			return a.quit()
		}
		return nil
	})
	return false
}

// runningWords names what runs, or counts it.
func (a *App) runningWords() string {
	var titles []string
	for _, p := range a.children.all {
		if _, ended := p.Ended(); !ended {
			titles = append(titles, p.Title())
		}
	}
	if len(titles) == 1 {
		return titles[0] + " runs"
	}
	return fmt.Sprintf("%d programs run", len(titles))
}

// childLine tells, while the page is shown, what runs out of sight.
func (a *App) childLine() draw.Line {
	if a.children.front != nil || a.children.running == 0 {
		return nil
	}
	return draw.Line{draw.T(themes.Key, a.keyOf(action.Shell)), draw.T(themes.OK, " "+a.runningWords()+"   ")}
}

// childHints are the keys that work while a terminal is shown.
func (a *App) childHints() []action.Hint {
	ids := []action.ID{action.TerminalLeave, action.TerminalUp, action.TerminalDown}
	if _, ended := a.children.front.Ended(); ended {
		ids = []action.ID{action.Close, action.TerminalUp, action.TerminalDown, action.Shell, action.Help, action.Quit}
	}
	var hints []action.Hint
	for _, id := range ids {
		if act, ok := a.reg.Get(id); ok && len(act.Keys) > 0 {
			hints = append(hints, action.Hint{ID: id, Key: a.keyOf(id), Short: act.Short})
		}
	}
	return hints
}

// keyOf is the first key of an action as people read it.
func (a *App) keyOf(id action.ID) string {
	act, _ := a.reg.Get(id)
	if len(act.Keys) == 0 {
		return ":"
	}
	return action.KeyLabel(act.Keys[0], a.styles.Glyphs.ASCII)
}
