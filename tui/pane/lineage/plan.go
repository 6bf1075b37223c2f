package lineage

import (
	"fmt"
	"strings"

	"cordon/investigations/survive"
	"cordon/themes"
	"cordon/tui/dialog"
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

// plan shows the plan in a dialog; y copies its commands.
func (p *Pane) plan() {
	left := p.facts.rest.Left
	lines := []draw.Line{{draw.T(themes.Text, fmt.Sprintf("What ends the %s left of %s. Nothing here is sent: y copies the commands.",
		pane.Plural(len(left.Items), "thing that is", "things that are"), safetext.CleanMax(left.Identity, 80)))}}
	var commands []string
	stage := survive.Stage(255)
	for i, a := range left.Actions() {
		if a.Stage != stage {
			stage = a.Stage
			lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Title, stageTitles[stage])})
			commands = append(commands, "# "+stageTitles[stage])
		}
		lines = append(lines, p.actionLines(i+1, &a)...)
		commands = append(commands, a.Command)
	}
	lines = append(lines, p.planRest(left)...)
	p.env.Out.Put(pane.Open{Dialog: dialog.NewMessage(dialog.Text{
		ID: "lineage.plan", Title: "plan: end what is left", Lines: lines, Copy: strings.Join(commands, "\n"),
	})})
}

// actionLines are one line to type with what it is for.
func (p *Pane) actionLines(n int, a *survive.Action) []draw.Line {
	dot := p.env.Styles.Glyphs.Dot + " "
	lines := []draw.Line{{draw.T(themes.Accent, fmt.Sprintf("%d $ %s", n, safetext.Clean(a.Command)))}}
	for i, item := range a.For {
		if i == maxFor {
			lines = append(lines, draw.Line{draw.T(themes.Muted, fmt.Sprintf(dot+"and %d more", len(a.For)-i))})
			break
		}
		lines = append(lines, draw.Line{draw.T(themes.Text, dot+safetext.CleanMax(short(item.What), 160)+", "+until(item.Until, p.env.Clock))})
	}
	if a.Note != "" {
		lines = append(lines, draw.Line{draw.T(themes.Warning, dot+safetext.Clean(a.Note))})
	}
	return lines
}

// planRest says what the plan does not do: what a lock holds, and what the log
// cannot tell.
func (p *Pane) planRest(left *survive.Report) []draw.Line {
	var lines []draw.Line
	if doubtful := left.Doubtful(); len(doubtful) > 0 {
		lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Title, "not decided, so not in the plan: a accepts, r refuses")})
		for _, a := range doubtful {
			item := &a.For[0]
			lines = append(
				lines, draw.Line{draw.T(themes.Warning, p.env.Styles.Glyphs.Question+" "+safetext.CleanMax(short(item.What), 160))},
				draw.Line{draw.T(themes.Muted, p.env.Styles.Glyphs.Dot+" "+safetext.CleanMax(short(item.Doubt), 160))},
			)
		}
	}
	if len(left.Held) > 0 {
		lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Title, "held by a lock, usable again when it ends")})
		for _, item := range left.Held {
			lines = append(lines, draw.Line{draw.T(themes.Locked, p.env.Styles.Glyphs.Locked+" "+safetext.CleanMax(short(item.What), 200))})
		}
	}
	if len(left.Unknown) > 0 {
		lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Title, "the log cannot tell")})
		for _, u := range left.Unknown {
			lines = append(lines, draw.Line{draw.T(themes.Warning, p.env.Styles.Glyphs.Question+" "+safetext.Clean(u.Note))})
			if u.Command != "" {
				lines = append(lines, draw.Line{draw.T(themes.Accent, "$ "+safetext.Clean(u.Command))})
			}
		}
	}
	return lines
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
