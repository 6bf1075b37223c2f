package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/survive"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

const (
	chooseStep = "step.choose"
	loadProof  = "what proves a step"
	// maxSteps bounds the steps of a sitting that are watched, the newest ones.
	maxSteps = 50
	// skew is how far the cluster's clock may be behind this machine's.
	skew = time.Minute
)

// step is a command that was put into a shell for the responder to run. Whether it
// was carried out the log says, never the shell's screen.
type step struct {
	command string
	proof   survive.Proof
	proved  bool // whether an event can prove it at all
	since   time.Time
	done    time.Time // of the event that proves it; zero until it arrived
	event   string    // its type
}

// copiedCommands are the lines of what was copied last that cordon could have
// written as a command of Teleport. Nothing else is put into a shell.
func (a *App) copiedCommands() []string {
	var out []string
	for line := range strings.Lines(a.copied) {
		line = strings.TrimSpace(line)
		words, ok := survive.Words(line)
		if ok && len(words) > 1 && (words[0] == "tctl" || words[0] == "tsh") && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

// runCopied puts a copied command into a shell, and asks which where there are
// several, such as the steps of a plan.
func (a *App) runCopied() tea.Cmd {
	commands := a.copiedCommands()
	if len(commands) == 1 {
		return a.openStep(commands[0])
	}
	options := make([]draw.Line, len(commands))
	for i, c := range commands {
		options[i] = append(a.stepMark(c), draw.T(themes.Text, safetext.Clean(c)))
	}
	a.open(dialog.NewChoice(chooseStep, "put into a shell, for you to run", "open", options), func(o dialog.Outcome) tea.Cmd {
		if picked, ok := o.(dialog.Picked); ok && picked.Index < len(commands) {
			return a.openStep(commands[picked.Index])
		}
		return nil
	})
	return nil
}

// stepMark says how far a command is.
func (a *App) stepMark(command string) draw.Line {
	i := slices.IndexFunc(a.steps, func(s step) bool { return s.command == command })
	switch {
	case i < 0:
		return nil
	case !a.steps[i].done.IsZero():
		return draw.Line{draw.T(themes.OK, a.styles.Glyphs.Done+" done  ")}
	case !a.steps[i].proved:
		return draw.Line{draw.T(themes.Muted, a.styles.Glyphs.Question+" opened  ")}
	}
	return draw.Line{draw.T(themes.Warning, a.styles.Glyphs.Ellipsis+" waiting  ")}
}

// openStep opens a shell in which the command stands and is not entered.
func (a *App) openStep(command string) tea.Cmd {
	s := step{command: command, since: a.env.Now()}
	s.proof, s.proved = survive.ProofOf(command)
	a.steps = slices.DeleteFunc(a.steps, func(old step) bool { return old.command == command })
	a.steps = append(a.steps[max(0, len(a.steps)+1-maxSteps):], s)
	return a.openTyped([]string{a.shell}, command, command)
}

// sayWaiting says, once the responder is back from a shell, what will prove the
// newest step.
func (a *App) sayWaiting() {
	if len(a.steps) == 0 {
		return
	}
	s := a.steps[len(a.steps)-1]
	what := safetext.CleanMax(s.command, 80)
	switch {
	case !s.done.IsZero():
	case !s.proved:
		a.say(themes.Muted, "No event is known that proves this: "+what)
	case !a.live.on:
		a.say(themes.Warning, fmt.Sprintf("No cluster is followed: %s in newer evidence would prove %s", strings.Join(s.proof.Types, " or "), what))
	default:
		a.say(themes.Warning, fmt.Sprintf("Waiting for the event that proves it, %s: %s", strings.Join(s.proof.Types, " or "), what))
	}
}

// provedStep is an event that proves a step.
type provedStep struct {
	command, event string
	at             time.Time
}

// checkSteps looks whether what arrived proves a step. What arrives while it looks
// is looked at afterwards.
func (a *App) checkSteps() tea.Cmd {
	if a.loader.Loading(loadProof) || a.live.last.Added == a.live.checked {
		return nil
	}
	var open []step
	for _, s := range a.steps {
		if s.proved && s.done.IsZero() {
			open = append(open, s)
		}
	}
	if len(open) == 0 {
		return nil
	}
	evidence := a.env.Evidence
	a.live.checked = a.live.last.Added
	return a.loader.LoadQuietly(loadProof, func(ctx context.Context) (any, error) {
		var out []provedStep
		for _, s := range open {
			found, err := proofIn(ctx, evidence, s)
			if err != nil {
				return out, err
			}
			if found.event != "" {
				out = append(out, found)
			}
		}
		return out, nil
	})
}

// proofIn finds the event that proves a step, if it is in the case.
func proofIn(ctx context.Context, evidence pane.Evidence, s step) (provedStep, error) {
	from := s.since.Add(-skew)
	groups, err := evidence.Groups(ctx, s.proof.Of[0])
	if err != nil {
		return provedStep{}, err
	}
	var ids []int64
	for _, g := range groups {
		if slices.Contains(s.proof.Types, g.Type) && !g.Last.Before(from) {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var found provedStep
	err = evidence.Each(ctx, ids[max(0, len(ids)-maxSessionEvents):], func(ev *investigations.Event) error {
		if !ev.Time.Before(from) && s.proof.Shown(ev) {
			found = provedStep{command: s.command, event: ev.Type, at: ev.Time}
		}
		return nil
	})
	return found, err
}

// stepsProved ticks the steps that the log proves.
func (a *App) stepsProved(answer pane.LoadedMsg) tea.Cmd {
	found, _ := answer.Value.([]provedStep)
	for _, f := range found {
		i := slices.IndexFunc(a.steps, func(s step) bool { return s.command == f.command })
		if i < 0 || !a.steps[i].done.IsZero() {
			continue
		}
		a.steps[i].done, a.steps[i].event = f.at, f.event
		a.say(themes.OK, fmt.Sprintf("%s %s at %s proves it: %s", a.styles.Glyphs.Done, f.event, a.clock.Time(f.at), safetext.CleanMax(f.command, 100)))
	}
	if answer.Err != nil && !answer.Cancelled() {
		a.say(themes.Warning, "Whether a step was carried out could not be read: "+safetext.Clean(answer.Err.Error()))
	}
	return a.checkSteps()
}
