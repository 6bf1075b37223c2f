package lineage

import (
	"fmt"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations/judgement"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// selectedLines are the selected line in full.
func (p *Pane) selectedLines(width int) []draw.Line {
	if n := p.current(); n != nil {
		return p.detail(n, width)
	}
	if p.at < 0 || p.at >= len(p.lines) {
		return nil
	}
	return draw.Wrap(themes.Text, p.lines[p.at].note, width)
}

// detail is the selected edge in full: what proves it and what is left of it.
func (p *Pane) detail(n *node, width int) []draw.Line {
	if n.bundle {
		return draw.Wrap(themes.Muted, fmt.Sprintf("%s, %s%s%s. enter or right shows them; a and r decide on all.", n.text(),
			p.env.Clock.Time(n.edge.Time), p.env.Styles.Glyphs.Ellipsis, p.env.Clock.Time(n.kids[len(n.kids)-1].edge.Time)), width)
	}
	e := &n.edge
	lines := draw.Wrap(themes.Text, safetext.CleanMax(e.Reason, 400), width)
	lines = append(lines, draw.Line{
		draw.T(themes.Muted, "proof "), draw.T(themes.Text, safetext.CleanMax(e.Via, 60)+"  "+safetext.CleanMax(short(e.Event), 60)), draw.T(themes.Muted, "  "+p.env.Clock.Time(e.Time)+"  enter opens it"),
	})
	if e.Verdict != judgement.Undecided {
		text := string(e.Verdict) + " by " + safetext.CleanMax(e.Said.By, 60) + " " + p.env.Clock.Time(e.Said.Time)
		if e.Said.Reason != "" {
			text += `: "` + safetext.CleanMax(e.Said.Reason, 200) + `"`
		}
		lines = append(lines, draw.Wrap(themes.Note, text, width)...)
	}
	return append(lines, p.leftLines(n, width)...)
}

// leftLines say what survives the lock, and the command that ends it.
func (p *Pane) leftLines(n *node, width int) []draw.Line {
	item, ok := p.left(n)
	if !ok {
		return nil
	}
	head := draw.T(themes.Warning, "survives the lock: ")
	if item.Held != nil {
		head = draw.T(themes.Locked, "held by the lock of "+safetext.CleanMax(item.Held.Title, 80)+": ")
	}
	lines := []draw.Line{{head, draw.T(themes.Text, safetext.CleanMax(short(item.What), 200)+", "+until(item.Until, p.env.Clock))}}
	for _, s := range item.Steps {
		lines = append(lines, draw.Wrap(themes.Accent, "$ "+safetext.Clean(s.Command), width)...)
		if s.Note != "" {
			lines = append(lines, draw.Wrap(themes.Muted, safetext.Clean(s.Note), width)...)
		}
	}
	for _, note := range item.Notes {
		lines = append(lines, draw.Wrap(themes.Muted, safetext.Clean(note), width)...)
	}
	if item.Until.Why != "" {
		lines = append(lines, draw.Wrap(themes.Muted, safetext.Clean(item.Until.Why), width)...)
	}
	return lines
}

// DrawSide draws the selected edge below the lock preview.
func (p *Pane) DrawSide(c draw.Canvas, area uv.Rectangle) {
	if p.at < 0 || area.Dy() < 4 {
		return
	}
	inner := draw.Pad(c.Box(area, draw.Box{Title: draw.Line{draw.T(themes.Title, "this step")}, Foot: draw.Line{draw.T(themes.Key, "P"), draw.T(themes.Muted, " plan for all")}}), 1)
	c.Lines(inner, p.selectedLines(inner.Dx()))
}
