package lineage

import (
	"fmt"

	"cordon/investigations"
	"cordon/investigations/judgement"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// covered is the range of the evidence and its gaps, as an answer of "nothing"
// needs it.
func (p *Pane) covered() string {
	cov := &p.facts.coverage
	text := p.env.Clock.Time(cov.From) + p.env.Styles.Glyphs.Ellipsis + p.env.Clock.Time(cov.To)
	switch n := len(cov.Gaps); n {
	case 0:
		return text
	case 1:
		return text + ", 1 gap"
	default:
		return fmt.Sprintf("%s, %d gaps", text, n)
	}
}

// headLines are who, how far, and whose hands.
func (p *Pane) headLines(c draw.Canvas) []draw.Line {
	if p.facts == nil {
		return nil
	}
	name := safetext.CleanMax(pane.NameOf(investigations.Involvement{Entity: p.subject.Entity, Label: p.subject.Label}), 120)
	first := draw.Line{draw.T(themes.Accent, name), draw.T(themes.Muted, "  "+p.subject.Entity.Kind.Title()+"   ")}
	if !p.facts.Question.Since.IsZero() {
		first = append(first, draw.T(themes.Muted, "since T0   "))
	}
	if k := p.subject.Entity.Kind; k != investigations.KindUser && k != investigations.KindBot {
		return []draw.Line{first} // nobody acts as it: there are no hands, and no scope
	}
	return []draw.Line{append(first, p.handsLine(c)...), p.scopeLine(c)}
}

// handsLine names the hands that are marked hostile.
func (p *Pane) handsLine(c draw.Canvas) draw.Line {
	line := draw.Line{}
	n := 0
	for _, m := range p.facts.Question.Judgement.Marks(p.facts.root) {
		if m.Side != judgement.Hostile {
			continue
		}
		if n++; n == 1 {
			line = append(line, draw.T(themes.Danger, c.Glyphs().Hostile+" hostile hands "))
		} else {
			line = append(line, draw.T(themes.Muted, ", "))
		}
		line = append(line, draw.T(themes.Text, safetext.CleanMax(short(m.Key.Value), 60)))
	}
	if n == 0 {
		return draw.Line{draw.T(themes.Muted, "nobody is marked (page 1, m): some may be the owner's")}
	}
	return line
}

// unknownLines say below the tree what the log cannot show.
func (p *Pane) unknownLines() []line {
	var out []line
	if at := p.facts.Question.Since; !at.IsZero() {
		out = append(out, line{note: "what it did before T0, " + p.env.Clock.Time(at) + ", is left out (ctrl+t takes T0 back)"})
	}
	for _, u := range p.facts.unknown {
		out = append(out, line{note: p.env.Styles.Glyphs.Question + " " + safetext.CleanMax(short(u.Text), 300)})
	}
	return out
}

// scopeLine is how far it reaches.
func (p *Pane) scopeLine(c draw.Canvas) draw.Line {
	r := p.facts.rest
	switch {
	case p.facts.restErr != nil:
		return draw.Line{draw.T(themes.Danger, "What is left was not read: "+safetext.Clean(p.facts.restErr.Error()))}
	case r == nil:
		return draw.Line{draw.T(themes.Muted, "Measuring.")}
	}
	return pane.ScopeLine(c, &r.Reach)
}
