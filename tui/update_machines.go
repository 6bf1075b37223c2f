package tui

import (
	tea "charm.land/bubbletea/v2"

	"cordon/themes"
	"cordon/tui/pane"
)

// machinesWords stand on every screen while machines are left aside, also where
// the page shows them all the same.
func (a *App) machinesWords() string {
	if !a.env.Machines.LeftOut() {
		return ""
	}
	if _, sifts := a.pane().(pane.Sifter); !sifts {
		return "machines left out, not here"
	}
	return "machines left out"
}

// siftMachines leaves machines aside on every page, or brings them back.
func (a *App) siftMachines() tea.Cmd {
	out := !a.env.Machines.LeftOut()
	a.env.Machines.Leave(out)
	text := "Machines are shown again."
	if out {
		text = "What machines did is left out of lists; M brings it back."
	}
	a.say(themes.Warning, text)
	var cmds []tea.Cmd
	for _, p := range a.pages {
		if s, ok := p.pane.(pane.Sifter); ok {
			cmds = append(cmds, s.Sift())
		}
	}
	return tea.Batch(cmds...)
}

// habits are how the responder looks at the case just now.
func (a *App) habits() habits {
	return habits{Clock: clockNames[a.clock.mode], MachinesOut: a.env.Machines.LeftOut()}
}

// takeHabits looks at the case as the responder did last.
func (a *App) takeHabits(h habits) {
	a.env.Machines.Leave(h.MachinesOut)
	for i, name := range clockNames {
		if name == h.Clock && (clockMode(i) != clockT0 || !a.clock.t0.IsZero()) {
			a.clock.mode = clockMode(i)
		}
	}
}
