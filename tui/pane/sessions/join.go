package sessions

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

const joinDialog = "session.join"

// joining is a way to take part in a session that runs.
type joining struct {
	mode, title, yes string
	means            string
}

// joinings are the ways, by action.
var joinings = map[action.ID]joining{
	action.Observe:   {"observer", "observe", "Observe", "You see the screen and cannot type."},
	action.JoinPeer:  {"peer", "join", "Join", "What you type goes into the session."},
	action.Terminate: {"moderator", "moderate", "Join", "Then press t there: it ends the session for everybody. ctrl+c leaves it."},
}

// noJoin says why a running session cannot be joined, or is empty.
func noJoin(r pane.Running) string {
	switch {
	case r.Kind != "ssh" && r.Kind != "kube":
		return "Nobody can join a session of the kind " + safetext.CleanMax(r.Kind, 20) + ". L locks its user, which ends it."
	case r.ID == "" || strings.HasPrefix(r.ID, "-"):
		return "Its id is none that tsh takes. L locks its user, which ends it."
	}
	return ""
}

// noJoining says why the selected session cannot be joined, or is empty.
func (p *Pane) noJoining() string {
	if p.env.Live == nil {
		return "this is no live cluster: what runs now is seen with cordon open --live"
	}
	id, ok := p.list.grid.Selected()
	if !ok {
		return "no session is selected"
	}
	r, ok := p.list.runs(id)
	if !ok {
		return "this session does not run now, as far as the cluster says"
	}
	return noJoin(r)
}

// joinArgs is the command line that takes part in a session.
func joinArgs(r pane.Running, mode string, live pane.Live) []string {
	argv := []string{"tsh"}
	if r.Kind == "kube" {
		argv = append(argv, "kube")
	}
	argv = append(argv, "join", "--mode="+mode)
	if proxy := live.Proxy(); proxy != "" {
		argv = append(argv, "--proxy="+proxy)
	}
	if live.Insecure() {
		argv = append(argv, "--insecure")
	}
	return append(argv, r.ID)
}

// askJoin shows the command that takes part in the selected session, and what it
// means, before it is run.
func (p *Pane) askJoin(id action.ID, way joining) {
	selected, _ := p.list.grid.Selected()
	r, ok := p.list.runs(selected)
	if !ok || p.noJoining() != "" {
		return
	}
	argv := joinArgs(r, way.mode, p.env.Live)
	place := where(p.list.runningSession(r))
	run := pane.Run{Argv: argv, Title: way.title + " " + place}
	p.env.Out.Put(pane.Open{
		Dialog: dialog.NewConfirm(dialog.Question{
			ID: joinDialog, Title: way.title + " " + place, Yes: way.yes, OpenedBy: openedBy[id],
			Body: []draw.Line{
				draw.Plain("Those who are in it see that somebody joins, and who."),
				draw.Plain(way.means),
				{draw.T(themes.Accent, "$ "+safetext.Clean(run.Command()))},
			},
		}),
		Then: func(o dialog.Outcome) tea.Cmd {
			if _, ok := o.(dialog.Confirmed); ok {
				p.env.Out.Put(run)
			}
			return nil
		},
	})
}

// openedBy are the default keys of the ways, which must not confirm.
var openedBy = map[action.ID]string{action.Observe: "o", action.JoinPeer: "O", action.Terminate: "t"}
