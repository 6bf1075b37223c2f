package findings

import (
	"cmp"
	"fmt"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/rules"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// shownNames is how many of the entities of a finding its detail lists.
const shownNames = 12

// field is a line of a detail.
func field(name, value string) draw.Line {
	return draw.Line{draw.T(themes.Muted, fmt.Sprintf("%-8s", name)), draw.T(themes.Text, value)}
}

// detail writes everything about a finding: why, when, what to do, whom it names
// and what proves it.
func (p *Pane) detail(f *rules.Finding) []draw.Line {
	glyph, role := severityMark(f.Severity, &p.env.Styles.Glyphs)
	lines := []draw.Line{
		{draw.T(role, glyph+" "+string(f.Severity)+"  "), draw.T(themes.Text, safetext.CleanMax(f.Rule, 60)), draw.T(themes.Muted, "  "+safetext.CleanMax(strings.Join(f.Attack, " "), 80))},
		{draw.T(themes.Text, safetext.CleanMax(f.Why, 1200))},
	}
	if d, ok := p.got.dismissals.Of(f); ok {
		lines = append(lines, draw.Line{draw.T(themes.Note, "dismissed by "+safetext.CleanMax(cmp.Or(d.By, "nobody named"), 80)+": "+safetext.CleanMax(d.Reason, 400))})
	}
	when := p.env.Clock.Time(f.First)
	if f.Last.After(f.First) {
		when += " to " + p.env.Clock.Time(f.Last)
	}
	lines = append(lines, draw.Line{}, field("when", when+"  "+count(f.Count, "event")),
		draw.Line{draw.T(themes.Key, "y       "), draw.T(themes.Accent, "$ "+safetext.CleanMax(p.nextCommand(f), 400))}, draw.Line{})
	lines = append(lines, p.names(f)...)
	if r := p.got.rules[f.Rule]; r != nil {
		lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Muted, safetext.CleanMax(r.About, 600))})
	}
	lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Title, "proof"), draw.T(themes.Muted, p.proofHint())})
	return append(lines, p.proofLines(f)...)
}

// proofHint says how to open the events from where the detail stands.
func (p *Pane) proofHint() string {
	if p.beside {
		return "  e: these events"
	}
	return "  esc, then e: these events"
}

// names lists whom a finding names, those who had a hand in it first.
func (p *Pane) names(f *rules.Finding) []draw.Line {
	var lines []draw.Line
	all := f.Names()
	for i, e := range all {
		if i == shownNames {
			return append(lines, draw.Line{draw.T(themes.Muted, fmt.Sprintf("and %d more", len(all)-i))})
		}
		name := safetext.CleanMax(e.Name, 200)
		if label := p.labelOf(e); label != "" {
			name = safetext.CleanMax(label, 120) + "  " + name
		}
		lines = append(lines, draw.Line{draw.T(themes.Muted, e.Kind.Title()+" "), draw.T(themes.Text, name)})
	}
	return lines
}

// labelOf is what the proving events call an entity.
func (p *Pane) labelOf(e investigations.Entity) string {
	for i := range p.proof.events {
		for _, v := range p.proof.events[i].Involved {
			if v.Entity == e && v.Label != "" {
				return v.Label
			}
		}
	}
	return ""
}

// proofLines lists the first events of a finding.
func (p *Pane) proofLines(f *rules.Finding) []draw.Line {
	switch {
	case p.proof.of != f.ID || !p.proof.read:
		return []draw.Line{{draw.T(themes.Muted, "Reading.")}}
	case p.proof.err != nil:
		return []draw.Line{{draw.T(themes.Danger, "The events were not read: "+safetext.CleanMax(p.proof.err.Error(), 300))}}
	}
	var lines []draw.Line
	for i := range p.proof.events {
		e := &p.proof.events[i]
		text := safetext.CleanMax(e.Type, 80)
		if e.Text != "" {
			text += "  " + safetext.CleanMax(e.Text, 200)
		} else if who, ok := e.Actor(); ok {
			text += "  " + safetext.CleanMax(cmp.Or(who.Label, who.Entity.Name), 120)
		}
		lines = append(lines, draw.Line{draw.T(themes.Muted, p.env.Clock.Time(e.Time)+" "), draw.T(themes.Text, text)})
	}
	if more := f.Count - len(p.proof.events); more > 0 {
		lines = append(lines, draw.Line{draw.T(themes.Muted, "and "+count(more, "more event"))})
	}
	return lines
}

// DrawSide draws the selected row in full beside the rows.
func (p *Pane) DrawSide(c draw.Canvas, area uv.Rectangle) {
	r := p.current()
	if r == nil || p.got == nil || area.Dy() < 4 {
		return
	}
	title, lines, foot := r.title, r.lines, " all of it"
	if r.finding != nil {
		title, lines, foot = safetext.CleanMax(r.finding.Title, 80), p.detail(r.finding), " its events"
	}
	inner := draw.Pad(c.Box(area, draw.Box{
		Title: draw.Line{draw.T(themes.Title, title)},
		Foot:  draw.Line{draw.T(themes.Key, "enter"), draw.T(themes.Muted, foot)},
	}), 1)
	var folded []draw.Line
	for _, l := range lines {
		if len(l) == 1 {
			folded = append(folded, draw.Wrap(l[0].Role, l[0].Text, inner.Dx())...)
		} else {
			folded = append(folded, draw.Fold(l, inner.Dx())...)
		}
	}
	c.Lines(inner, folded)
}

// scopeLine says whose findings are shown, and what is not shown.
func (p *Pane) scopeLine(c draw.Canvas) draw.Line {
	switch p.at {
	case partPosture:
		return p.postureLine()
	case partGaps:
		return draw.Line{draw.T(themes.Muted, "what cannot be seen in this evidence: that nothing was found there says nothing")}
	}
	line := draw.Line{draw.T(themes.Text, "whole case")}
	if !p.subject.Entity.IsZero() {
		name := safetext.CleanMax(cmp.Or(p.subject.Label, p.subject.Entity.Name), 60)
		line = draw.Line{draw.T(themes.Accent, name), draw.T(themes.Muted, fmt.Sprintf(" only, %d of others (i)", p.hidden.others))}
		if p.whole {
			line = draw.Line{draw.T(themes.Text, "whole case"), draw.T(themes.Muted, " (i: "+name+" only)")}
		}
	}
	add := func(n int, text string) {
		if n > 0 {
			line = append(line, draw.T(themes.Muted, fmt.Sprintf("  %s %d %s", c.Glyphs().Dot, n, text)))
		}
	}
	if p.words != "" {
		line = append(line, draw.T(themes.Muted, "  "+c.Glyphs().Dot+" with "), draw.T(themes.Accent, safetext.CleanMax(p.words, 60)), draw.T(themes.Muted, fmt.Sprintf(" (/, %d without)", p.hidden.words)))
	}
	add(p.hidden.dismissed, "dismissed (X)")
	add(p.hidden.machines, "by machines alone (M)")
	add(p.hidden.beyond, "more, lighter ones (cordon findings)")
	return line
}
