package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/investigations/survive"
	"cordon/themes"
	"cordon/tui/action"
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
// was carried out the log or the cluster says, never the shell's screen.
type step struct {
	of    survive.Step
	since time.Time
	// done is the time of the event that proves it, or when the cluster was asked;
	// zero until it is proved.
	done  time.Time
	event string // the type of that event; empty where the cluster said it
	said  string // what the cluster said
	noted bool   // the journal was told that it is proved
}

// logged is what an event must be to prove a step; ok is false where none can.
// What several things prove together leaves no events.
func (s *step) logged() (survive.Proof, bool) {
	proofs := s.of.Proofs()
	if len(proofs) != 1 || len(proofs[0].Types) == 0 {
		return survive.Proof{}, false
	}
	return proofs[0], true
}

// runnable reports whether a line is one that cordon could have written as a
// command of Teleport. Nothing else is put into a shell.
func runnable(line string) bool {
	words, ok := survive.Words(line)
	return ok && len(words) > 1 && (words[0] == "tctl" || words[0] == "tsh")
}

// looks reports whether a command of Teleport changes nothing.
func looks(line string) bool {
	words, _ := survive.Words(line)
	return slices.Contains(words[:min(3, len(words))], "ls") || len(words) > 1 && slices.Contains(words[1:min(3, len(words))], "get")
}

// copiedCommands are the lines of what was copied last that can be put into a
// shell.
func (a *App) copiedCommands() []string {
	var out []string
	for line := range strings.Lines(a.copied) {
		if line = strings.TrimSpace(line); runnable(line) && !slices.Contains(out, line) {
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
		return a.openStep(survive.Step{Command: commands[0]})
	}
	options := make([]draw.Line, len(commands))
	for i, c := range commands {
		options[i] = append(a.stepMark(c), draw.T(themes.Text, safetext.Clean(c)))
	}
	a.open(dialog.NewChoice(chooseStep, "put into a shell, for you to run", "open", options), func(o dialog.Outcome) tea.Cmd {
		if picked, ok := o.(dialog.Picked); ok && picked.Index < len(commands) {
			return a.openStep(survive.Step{Command: commands[picked.Index]})
		}
		return nil
	})
	return nil
}

// opened is the step of a command, or nil while it was not put into a shell.
func (a *App) opened(command string) *step {
	i := slices.IndexFunc(a.steps, func(s step) bool { return s.of.Command == command })
	if i < 0 {
		return nil
	}
	return &a.steps[i]
}

// stepMark says how far a command is, in a word.
func (a *App) stepMark(command string) draw.Line {
	switch s := a.opened(command); {
	case s == nil:
		return nil
	case !s.done.IsZero():
		return draw.Line{draw.T(themes.OK, a.styles.Glyphs.Done+" done  ")}
	case len(s.of.Proofs()) == 0:
		return draw.Line{draw.T(themes.Muted, a.styles.Glyphs.Question+" opened  ")}
	}
	return draw.Line{draw.T(themes.Warning, a.styles.Glyphs.Ellipsis+" waiting  ")}
}

// openStep opens a shell in which the command stands and is not entered. A step
// that is opened again is proved again, and stands in the journal once.
func (a *App) openStep(of survive.Step) tea.Cmd {
	s := step{of: of, since: a.env.Now()}
	if was := a.opened(of.Command); was != nil {
		s.noted = was.noted
	}
	a.steps = slices.DeleteFunc(a.steps, func(old step) bool { return old.of.Command == of.Command })
	a.steps = append(a.steps[max(0, len(a.steps)+1-maxSteps):], s)
	typed := of.Command
	if a.env.Live != nil && a.env.Live.Insecure() {
		typed += " --insecure"
	}
	return a.openTyped([]string{a.shell}, of.Command, typed)
}

// sayStep says, once the responder is back from a shell, what proves the newest
// step, or what will.
func (a *App) sayStep() {
	if len(a.steps) == 0 {
		return
	}
	s := &a.steps[len(a.steps)-1]
	what := safetext.CleanMax(s.of.Command, 80)
	proof, logged := s.logged()
	events, askable := strings.Join(proof.Types, " or "), len(thingsOf(s.of)) > 0
	switch {
	case !s.done.IsZero():
		a.sayProved(s)
	case looks(s.of.Command):
		a.say(themes.Muted, "It only looks, its shell shows the answer ("+a.keyOf(action.Shell)+"): "+what)
	case !logged && !askable:
		a.say(themes.Muted, "Nothing is known that would prove this: "+what)
	case !a.live.on && !logged:
		a.say(themes.Muted, "It leaves no event, and no cluster is followed that could be asked: "+what)
	case !a.live.on:
		a.say(themes.Warning, fmt.Sprintf("No cluster is followed: %s in newer evidence would prove %s", events, what))
	case !logged:
		a.say(themes.Warning, "It leaves no event; asking the cluster: "+what)
	case !askable:
		a.say(themes.Warning, fmt.Sprintf("Waiting for the event that proves it, %s: %s", events, what))
	default:
		a.say(themes.Warning, fmt.Sprintf("Asking the cluster, and waiting for %s: %s", events, what))
	}
}

// sayProved says what proves a step.
func (a *App) sayProved(s *step) {
	text := fmt.Sprintf("%s %s at %s: ", a.styles.Glyphs.Done, s.said, a.clock.Time(s.done))
	if s.event != "" {
		text = fmt.Sprintf("%s %s at %s proves it: ", a.styles.Glyphs.Done, s.event, a.clock.Time(s.done))
	}
	a.say(themes.OK, text+safetext.CleanMax(s.of.Command, 100))
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
		if _, logged := s.logged(); logged && s.done.IsZero() {
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
	proof, _ := s.logged()
	from := s.since.Add(-skew)
	groups, err := evidence.Groups(ctx, proof.Of[0])
	if err != nil {
		return provedStep{}, err
	}
	var ids []int64
	for _, g := range groups {
		if slices.Contains(proof.Types, g.Type) && !g.Last.Before(from) {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var found provedStep
	err = evidence.Each(ctx, ids[max(0, len(ids)-maxSessionEvents):], func(ev *investigations.Event) error {
		if !ev.Time.Before(from) && proof.Shown(ev) {
			found = provedStep{command: s.of.Command, event: ev.Type, at: ev.Time}
		}
		return nil
	})
	return found, err
}

// stepsProved ticks the steps that the log proves.
func (a *App) stepsProved(answer pane.LoadedMsg) tea.Cmd {
	found, _ := answer.Value.([]provedStep)
	var cmds []tea.Cmd
	for _, f := range found {
		s := a.opened(f.command)
		if s == nil || !s.done.IsZero() {
			continue
		}
		s.done, s.event = f.at, f.event
		a.sayProved(s)
		cmds = append(cmds, a.noteProved(s))
	}
	if answer.Err != nil && !answer.Cancelled() {
		a.say(themes.Warning, "Whether a step was carried out could not be read: "+safetext.Clean(answer.Err.Error()))
	}
	return tea.Batch(append(cmds, a.checkSteps())...)
}

// stepNotedMsg says that the journal was told of a proved step, or why not.
type stepNotedMsg struct{ err error }

// noteProved writes into the journal what proves a step, once.
func (a *App) noteProved(s *step) tea.Cmd {
	if s.noted {
		return nil
	}
	s.noted = true
	at := s.done.UTC().Format(time.RFC3339)
	entry := journal.Entry{Time: a.env.Now(), Mode: journal.ModeDryRun, Action: journal.ActionStepProved, Target: s.of.Command, Result: s.said + ", asked " + at}
	if s.event != "" {
		entry.Result = "proved by " + s.event + " of " + at
	}
	if desk := a.env.Desk; desk != nil {
		entry.Operator, entry.Mode = desk.Guard.Operator, desk.Mode
	}
	evidence := a.env.Evidence
	return func() tea.Msg {
		_, err := evidence.Record(context.Background(), entry)
		return stepNotedMsg{err}
	}
}

// stepNoted shows the journal's new entry where it is shown.
func (a *App) stepNoted(msg stepNotedMsg) tea.Cmd {
	a.sayUnnoted(msg.err)
	return a.refresh()
}
