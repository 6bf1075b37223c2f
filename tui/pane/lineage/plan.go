package lineage

import (
	"fmt"
	"strings"

	"cordon/investigations/survive"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// noPlan says why there is no plan, or is empty.
func (p *Pane) noPlan() string {
	switch {
	case p.facts == nil:
		return "The lineage is still being read."
	case p.facts.restErr != nil:
		return "What is left was not read: " + safetext.Clean(p.facts.restErr.Error())
	case p.facts.rest == nil:
		return "What is left is still being looked up."
	case len(p.facts.rest.Left.Items)+len(p.facts.rest.Left.Held) == 0:
		return "Nothing that was not refused outlives a lock, as far as this evidence shows."
	}
	return ""
}

// maxFor bounds the things that a step of the plan names.
const maxFor = 6

// stageTitles say what a stage of the plan is for.
var stageTitles = map[survive.Stage]string{
	survive.Cut: "cut off now", survive.Look: "look first", survive.Revoke: "take away for good", survive.Restore: "put back",
}

// plan opens the plan.
func (p *Pane) plan() {
	left := p.facts.rest.Left
	b := planBuilder{clock: p.env.Clock, dot: p.env.Styles.Glyphs.Dot + " ", question: p.env.Styles.Glyphs.Question + " "}
	b.head = []draw.Line{draw.Plain(fmt.Sprintf("What ends the %s left of %s, one step after the other. Nothing is sent before you take a step; P comes back here after it.",
		pane.Plural(len(left.Items)+len(left.Held), "thing that is", "things that are"), safetext.CleanMax(left.Identity, 80)))}
	var commands []string
	stage := survive.Stage(255)
	for i, a := range left.Actions() {
		if a.Stage != stage {
			stage = a.Stage
			b.title(stageTitles[stage])
			commands = append(commands, "# "+stageTitles[stage])
		}
		b.add(a.Step, b.actionLines(i+1, &a))
		commands = append(commands, a.Command)
	}
	b.rest(left, p.env.Styles.Glyphs.Locked+" ")
	p.env.Out.Put(pane.Plan{Title: "plan: end what is left", Parts: b.parts, Copy: strings.Join(commands, "\n"), Things: left.Things()})
}

// planBuilder gathers the parts of a plan.
type planBuilder struct {
	clock         pane.Clock
	dot, question string
	head          []draw.Line // of the part that comes next
	parts         []pane.PlanPart
}

func (b *planBuilder) title(text string) {
	b.head = append(b.head, draw.Line{}, draw.Line{draw.T(themes.Title, text)})
}

func (b *planBuilder) add(step survive.Step, lines []draw.Line) {
	b.parts = append(b.parts, pane.PlanPart{Head: b.head, Lines: lines, Step: step})
	b.head = nil
}

// actionLines are one line to type with what it is for.
func (b *planBuilder) actionLines(n int, a *survive.Action) []draw.Line {
	lines := []draw.Line{{draw.T(themes.Accent, fmt.Sprintf("%d $ %s", n, safetext.Clean(a.Command)))}}
	for i, item := range a.For {
		if i == maxFor {
			lines = append(lines, draw.Line{draw.T(themes.Muted, fmt.Sprintf(b.dot+"and %d more", len(a.For)-i))})
			break
		}
		lines = append(lines, draw.Line{draw.T(themes.Text, b.dot+safetext.CleanMax(short(item.What), 160)+", "+until(item.Until, b.clock))})
	}
	if a.Note != "" {
		lines = append(lines, draw.Line{draw.T(themes.Warning, b.dot+safetext.Clean(a.Note))})
	}
	return lines
}

// rest says what the plan does not do: what nobody decided on, what a lock holds,
// and what the log cannot tell.
func (b *planBuilder) rest(left *survive.Report, locked string) {
	for i, a := range left.Doubtful() {
		if i == 0 {
			b.title("not decided, so not in the plan: a accepts, r refuses")
		}
		item := &a.For[0]
		b.add(survive.Step{}, []draw.Line{
			{draw.T(themes.Warning, b.question+safetext.CleanMax(short(item.What), 160))},
			{draw.T(themes.Muted, b.dot+safetext.CleanMax(short(item.Doubt), 160))},
		})
	}
	for i, item := range left.Held {
		if i == 0 {
			b.title("held by a lock, usable again when it ends")
		}
		b.add(survive.Step{}, []draw.Line{{draw.T(themes.Locked, locked+safetext.CleanMax(short(item.What), 200))}})
	}
	for i, u := range left.Unknown {
		if i == 0 {
			b.title("the log cannot tell")
		}
		lines := []draw.Line{{draw.T(themes.Warning, b.question+safetext.Clean(u.Note))}}
		if u.Command != "" {
			lines = append(lines, draw.Line{draw.T(themes.Accent, "$ "+safetext.Clean(u.Command))})
		}
		b.add(stepOf(left, u.Command), lines)
	}
}

// stepOf is a command as the step of the plan that it is: no lock is placed past the
// plan of it. Otherwise it looks.
func stepOf(left *survive.Report, command string) survive.Step {
	for _, a := range left.Actions() {
		if a.Command == command {
			return a.Step
		}
	}
	return survive.Step{Stage: survive.Look, Command: command}
}

// until says when a thing ends by itself.
func until(u survive.Until, clock pane.Clock) string {
	switch u.Ends {
	case survive.EndsKnown:
		return "until " + clock.Time(u.At)
	case survive.EndsNever:
		return "never ends"
	default:
		return "end not logged"
	}
}
