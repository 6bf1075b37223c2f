package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/survive"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

const loadStanding = "what stands on the cluster"

// askRests are the rests between the questions after a shell was left. What a
// cluster answers is behind what it did, and the command may still run.
var askRests = []time.Duration{2 * time.Second, 5 * time.Second, 15 * time.Second}

// standing is what the followed cluster said of the things of plans and steps.
type standing struct {
	said map[survive.Thing]survive.Standing
	err  string // why it said nothing when it was asked last
	// rests are those before the questions to come, on says whether there are any,
	// and nth counts the rests: only the last one begun ends with a question.
	rests []time.Duration
	on    bool
	nth   int
}

// askAgainMsg says that a rest is over.
type askAgainMsg struct{ nth int }

// thingsOf are what the cluster is asked of to prove a step; none where its answer
// proves nothing.
func thingsOf(s survive.Step) []survive.Thing {
	var out []survive.Thing
	for _, p := range s.Proofs() {
		if p.Want == survive.Unasked {
			return nil
		}
		out = append(out, p.Thing)
	}
	return out
}

// openThings are those of the steps that were opened and are not proved.
func (a *App) openThings() []survive.Thing {
	var out []survive.Thing
	for _, s := range a.steps {
		if s.done.IsZero() {
			out = append(out, thingsOf(s.of)...)
		}
	}
	return out
}

// askCluster asks what stands of the open steps and of the plan that is shown.
func (a *App) askCluster() tea.Cmd {
	things := a.openThings()
	if a.overlay.Has(planID) {
		things = append(things, a.plan.of.Things...)
	}
	live := a.env.Live
	if live == nil || len(things) == 0 {
		return nil
	}
	a.plan.stale = true
	seen := map[survive.Thing]bool{}
	once := things[:0]
	for _, t := range things {
		if !seen[t] {
			seen[t] = true
			once = append(once, t)
		}
	}
	return a.loader.LoadQuietly(loadStanding, func(ctx context.Context) (any, error) { return live.Standing(ctx, once) })
}

// readBack asks the cluster for the open steps now, and again after each rest
// until they are proved.
func (a *App) readBack() tea.Cmd {
	a.standing.on, a.standing.rests = true, askRests
	a.standing.nth++
	return a.askCluster()
}

// stood takes the cluster's answer.
func (a *App) stood(answer pane.LoadedMsg) tea.Cmd {
	if answer.Cancelled() {
		return nil
	}
	a.standing.err = ""
	if answer.Err != nil {
		a.standing.err = safetext.Clean(answer.Err.Error())
	}
	said, _ := answer.Value.([]survive.Standing)
	for _, s := range said {
		a.standing.said[s.Thing] = s
	}
	cmds := []tea.Cmd{}
	for i := range a.steps {
		cmds = append(cmds, a.proveByCluster(&a.steps[i]))
	}
	return tea.Batch(append(cmds, a.restThenAsk())...)
}

// proveByCluster ticks a step that the cluster's answer proves.
func (a *App) proveByCluster(s *step) tea.Cmd {
	said := a.saidOf(s.of)
	if !s.done.IsZero() || !said.done || said.at.Before(s.since) {
		return nil
	}
	s.done, s.said = said.at, said.words
	a.sayProved(s)
	return a.noteProved(s)
}

// restThenAsk waits for the next question, or says that none is left.
func (a *App) restThenAsk() tea.Cmd {
	w := &a.standing
	if !w.on {
		return nil
	}
	var open *step
	for i := range a.steps {
		if s := &a.steps[i]; s.done.IsZero() && len(thingsOf(s.of)) > 0 {
			open = s
		}
	}
	switch {
	case open == nil:
		w.on = false
		return nil
	case w.err != "":
		a.say(themes.Warning, "Whether it was carried out is not known: "+w.err)
	case len(w.rests) == 0:
		said := a.saidOf(open.of)
		a.say(themes.Warning, fmt.Sprintf("%s at %s, %s asks again: %s", said.words, a.clock.Time(said.at), a.keyOf(action.ShowArrived), safetext.CleanMax(open.of.Command, 100)))
	}
	if len(w.rests) == 0 {
		w.on = false
		return nil
	}
	rest := w.rests[0]
	w.rests = w.rests[1:]
	w.nth++
	return a.timer(rest, askAgainMsg{w.nth})
}

// rested asks again, unless a terminal is shown: leaving it asks anyway.
func (a *App) rested(msg askAgainMsg) tea.Cmd {
	if !a.standing.on || msg.nth != a.standing.nth || a.children.front != nil {
		return nil
	}
	return a.askCluster()
}

// clusterSaid is what the cluster said of a step.
type clusterSaid struct {
	words string    // safe to draw; empty where it was not asked
	at    time.Time // when it was asked
	known bool
	done  bool
}

// saidOf is what the cluster said of a step: of the first thing that is not as it
// should be, else of the last.
func (a *App) saidOf(s survive.Step) clusterSaid {
	var all []survive.Standing
	for _, t := range thingsOf(s) {
		if said, ok := a.standing.said[t]; ok {
			all = append(all, said)
		}
	}
	of, done := s.Settled(all)
	var out clusterSaid
	for _, p := range s.Proofs() {
		for _, said := range of {
			if said.Thing == p.Thing && (out.words == "" || out.done) {
				out = clusterSaid{words: saidWords(p, said), at: said.At, known: said.State != survive.Unasked, done: p.Met(said)}
			}
		}
	}
	out.done = done
	return out
}

// saidWords say what the cluster has of the thing that proves a step.
func saidWords(p survive.Proof, s survive.Standing) string {
	note := safetext.CleanMax(s.Note, 200)
	if s.State == survive.Unasked {
		if note == "" {
			note = "the cluster does not say"
		}
		return "not known: " + note
	}
	if note != "" {
		note = " (" + note + ")"
	}
	switch there := s.State == survive.There; {
	case there && p.Roles != nil:
		return "has " + safetext.CleanMax(strings.Join(s.Roles, ", "), 120) + " on the cluster" + note
	case there && p.Want == survive.There:
		return "there on the cluster" + note
	case there:
		return "still there on the cluster" + note
	case p.Want == survive.Gone:
		return "gone on the cluster" + note
	}
	return "not there on the cluster" + note
}
