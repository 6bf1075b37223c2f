package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// opensPage reports whether an action opens one of the pages.
func opensPage(id action.ID) bool { return strings.HasPrefix(string(id), "page.") }

// turnTo opens another page at the same stop of the trail.
func (a *App) turnTo(id pane.Page) tea.Cmd {
	if a.trail.now().Page == id {
		return nil
	}
	a.leavePage(id)
	a.trail.now().Page = id
	a.status = status{}
	return a.showPage()
}

// goTo adds a stop to the trail and opens it.
func (a *App) goTo(s stop) tea.Cmd {
	a.leavePage(s.Page)
	a.trail.push(s)
	a.status = status{}
	return a.showPage()
}

// walk goes along the trail.
func (a *App) walk(step int) tea.Cmd {
	at := max(0, min(a.trail.at+step, len(a.trail.stops)-1))
	a.leavePage(a.trail.stops[at].Page)
	a.trail.at = at
	a.status = status{}
	return a.showPage()
}

// leavePage keeps the place on the open page, which another may now cover.
func (a *App) leavePage(next pane.Page) {
	if h, ok := a.pane().(pane.Hider); ok && next != a.trail.now().Page {
		h.Hide()
	}
	a.notePlace()
}

// showPage tells the open page what it is about, unless it knows.
func (a *App) showPage() tea.Cmd {
	p := a.page()
	if p == nil {
		return nil
	}
	stop := a.trail.now()
	subject := stop.subject(p.id)
	var cmds []tea.Cmd
	if was := a.shown[p.id]; !was.ok || !sameSubject(was.subject, subject) {
		a.shown[p.id] = shownStop{subject: subject, ok: true}
		cmds = append(cmds, p.pane.Show(subject))
	}
	if keeper, ok := p.pane.(pane.Keeper); ok {
		if place := stop.Places[p.id]; place != "" && place != keeper.Keep() {
			cmds = append(cmds, keeper.Restore(place))
		}
	}
	a.arrange()
	return tea.Batch(cmds...)
}

func sameSubject(a, b pane.Subject) bool {
	return pane.SameRow(a, b) && a.Filter == b.Filter && a.At.Equal(b.At)
}

// pivots are the entities that the selected row leads to, without the one that
// is under investigation.
func (a *App) pivots() []investigations.Involvement {
	p := a.pane()
	if p == nil {
		return nil
	}
	var all []investigations.Involvement
	if pivoter, ok := p.(pane.Pivoter); ok {
		all = pivoter.Pivots()
	} else if s := p.Selected(); !s.Entity.IsZero() {
		all = []investigations.Involvement{{Entity: s.Entity, Label: s.Label}}
	}
	var out []investigations.Involvement
	seen := map[investigations.Entity]bool{{}: true}
	if stop := a.trail.now(); stop.Page == pane.PageOverview {
		seen[stop.Identity] = true
	}
	for _, v := range all {
		if !seen[v.Entity] {
			seen[v.Entity] = true
			out = append(out, v)
		}
	}
	return out
}

const choosePivot = "pivot.choose"

// pivot makes the selected entity the one under investigation, and asks which
// where the row leads to several.
func (a *App) pivot() tea.Cmd {
	found := a.pivots()
	if len(found) == 1 {
		return a.pivotTo(found[0])
	}
	options := make([]draw.Line, len(found))
	for i, v := range found {
		options[i] = draw.Line{
			draw.T(themes.Text, safetext.CleanMax(pane.NameOf(v), 200)),
			draw.T(themes.Muted, "  "+v.Entity.Kind.Title()),
		}
		if v.Role != investigations.RoleNone {
			options[i] = append(options[i], draw.T(themes.Muted, ", "+v.Role.String()))
		}
	}
	a.open(dialog.NewChoice(choosePivot, "pivot to", "pivot", options), func(o dialog.Outcome) tea.Cmd {
		if picked, ok := o.(dialog.Picked); ok && picked.Index < len(found) {
			return a.pivotTo(found[picked.Index])
		}
		return nil
	})
	return nil
}

func (a *App) pivotTo(v investigations.Involvement) tea.Cmd {
	return a.goTo(newStop(v.Entity, v.Label, pane.PageOverview, pane.Subject{Entity: v.Entity, Label: v.Label}))
}

// grant does what the pages wished for.
func (a *App) grant() tea.Cmd {
	var cmds []tea.Cmd
	for wishes := a.env.Out.Take(); len(wishes) > 0; wishes = a.env.Out.Take() {
		for _, w := range wishes {
			cmds = append(cmds, a.grantOne(w))
		}
	}
	return tea.Batch(cmds...)
}

func (a *App) grantOne(w pane.Wish) tea.Cmd {
	switch w := w.(type) {
	case pane.Go:
		return a.goWish(w)
	case pane.Say:
		a.say(w.Role, w.Text)
		a.status.while = w.While
		if len(w.More) > 0 {
			a.overlay.Raise(dialog.NewMessage(dialog.Text{ID: "said", Title: w.Text, Lines: w.More, Copy: w.Copy, Role: w.Role}))
		}
	case pane.Open:
		a.open(w.Dialog, w.Then)
	case pane.Copy:
		return a.copyText(w.Text)
	case pane.Plan:
		return a.openPlan(w)
	case pane.Undoable:
		a.decided = append(a.decided, w.Decision)
	case pane.Run:
		return a.openChild(w.Argv, w.Title)
	case pane.Changed:
		return a.refresh()
	}
	return nil
}

// goWish opens what a page asked for. An entity without a page is a pivot; a
// page is opened under the identity that is being investigated.
func (a *App) goWish(w pane.Go) tea.Cmd {
	now := a.trail.now()
	target := w.Page
	if target == pane.PageNone {
		target = now.Page
	}
	if target == pane.PageOverview {
		return a.goTo(newStop(w.Subject.Entity, w.Subject.Label, target, w.Subject))
	}
	return a.goTo(newStop(now.Identity, now.Label, target, w.Subject))
}

// open puts a dialog on top and keeps who wants its answer.
func (a *App) open(d dialog.Dialog, then func(dialog.Outcome) tea.Cmd) {
	if a.overlay.Open(d) && then != nil {
		a.answers[d.ID()] = then
	}
}

// answered acts on what came of a dialog.
func (a *App) answered(o dialog.Outcome) tea.Cmd {
	if o == nil {
		return nil
	}
	switch o := o.(type) {
	case dialog.Chosen:
		return a.act(o.Action)
	case dialog.Copied:
		return a.copyText(o.Text)
	}
	id := outcomeID(o)
	then := a.answers[id]
	if o.Done() {
		delete(a.answers, id)
	}
	if then == nil {
		return nil
	}
	return then(o)
}

func outcomeID(o dialog.Outcome) string {
	switch o := o.(type) {
	case dialog.Closed:
		return o.ID
	case dialog.Confirmed:
		return o.ID
	case dialog.Submitted:
		return o.ID
	case dialog.Picked:
		return o.ID
	case dialog.Edited:
		return o.ID
	default:
		return ""
	}
}

// refresh reads again what rests on the journal and the locks.
func (a *App) refresh() tea.Cmd {
	a.preview.stale, a.board = true, nil
	a.forgetStepLocks()
	cmds := []tea.Cmd{a.readUndo()}
	for _, p := range a.pages {
		if r, ok := p.pane.(pane.Refresher); ok {
			cmds = append(cmds, r.Refresh())
		}
	}
	return tea.Batch(cmds...)
}
