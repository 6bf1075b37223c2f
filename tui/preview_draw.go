package tui

import (
	"fmt"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// previewItems is how many things of one sort the preview names.
const previewItems = 4

// drawPreviewBox draws the preview as a box at the top of an area and returns
// what is left of the area.
func (a *App) drawPreviewBox(c draw.Canvas, area uv.Rectangle, most int) uv.Rectangle {
	width := area.Dx() - 4
	body, command := a.previewLines(&a.preview, width)
	rows := min(len(body)+len(command)+2, most)
	box, rest := draw.CutTop(area, rows)
	role := themes.Text
	if a.preview.ready && a.preview.reason == "" && a.preview.plan.Verdict.Level != contain.Narrow {
		role = themes.Danger
	}
	inner := draw.Pad(c.Box(box, draw.Box{Title: draw.Line{draw.T(themes.Key, "L"), draw.T(themes.Title, "  locks")}, Role: role}), 1)
	foot, inner := draw.CutBottom(inner, len(command))
	if len(body) > inner.Dy() && inner.Dy() > 0 {
		hidden := len(body) - inner.Dy() + 1
		body = append(body[:inner.Dy()-1:inner.Dy()-1], draw.Line{draw.T(themes.Muted, fmt.Sprintf("%s %d lines more", c.Glyphs().Ellipsis, hidden))})
	}
	c.Lines(inner, body)
	c.Lines(foot, command)
	return rest
}

// previewLines are a preview as lines of a width, the command apart.
func (a *App) previewLines(p *preview, width int) (body, command []draw.Line) {
	switch {
	case a.env.Desk == nil:
		return draw.Wrap(themes.Muted, "Locks are not available here.", width), nil
	case !p.ready:
		return []draw.Line{{draw.T(themes.Muted, "Preparing the plan.")}}, nil
	case p.reason != "":
		return append([]draw.Line{{draw.T(themes.Warning, "nothing: no lock for this row")}}, draw.Wrap(themes.Text, p.reason, width)...), nil
	}
	body = append(body, draw.Wrap(themes.Accent, safetext.Clean(p.plan.Title())+"  for "+p.plan.Length(), width)...)
	body = append(body, draw.Line{draw.T(themes.Muted, `"`+safetext.Clean(p.plan.Message)+`"`)})
	body = append(body, a.verdictLines(p, width)...)
	body = append(body, draw.Line{})
	body = append(body, a.cutLines(p.plan.Impact)...)
	body = append(body, a.beyondLines(p.plan, width)...)
	command = draw.Wrap(themes.Text, "$ "+safetext.Clean(p.plan.Command()), width)
	return body, command
}

// verdictLines say what stands against a lock: that it is there already, and what
// the guards think of it.
func (a *App) verdictLines(p *preview, width int) (lines []draw.Line) {
	if p.already != "" {
		mark, role := p.mark(&a.styles.Glyphs)
		lines = append(lines, draw.Wrap(role, mark+" "+p.already, width)...)
		if p.unsure {
			lines = append(lines, draw.Wrap(themes.Warning, unsureLock, width)...)
		}
	}
	for _, reason := range p.plan.Verdict.Reasons {
		lines = append(lines, draw.Wrap(themes.Danger, a.styles.Glyphs.Warn+" "+safetext.Clean(reason), width)...)
	}
	if p.plan.Verdict.Level == contain.Wide {
		lines = append(lines, draw.Wrap(themes.Warning, "asks for its name first", width)...)
	}
	for _, warning := range p.plan.Verdict.Warnings {
		lines = append(lines, draw.Wrap(themes.Warning, safetext.Clean(warning), width)...)
	}
	return lines
}

// unsureLock is said of a lock that the log names without an end.
const unsureLock = "until when is not logged: it may be over"

// mark is the glyph and the role of a lock that is there already.
func (p *preview) mark(g *themes.Glyphs) (string, themes.Role) {
	if p.planned {
		return g.Planned, themes.Planned
	}
	return g.Locked, themes.Locked
}

func (a *App) cutLines(im contain.Impact) []draw.Line {
	lines := []draw.Line{{draw.T(themes.Title, "cuts now")}}
	if len(im.Sessions) == 0 {
		lines = append(lines, draw.Line{draw.T(themes.Muted, "  no session open in this evidence")})
	}
	for i, s := range im.Sessions {
		if i == previewItems {
			lines = append(lines, more(len(im.Sessions)-i, "sessions"))
			break
		}
		where := safetext.CleanMax(s.Where, 80)
		if s.Login != "" {
			where = safetext.CleanMax(s.Login, 40) + "@" + where
		}
		lines = append(lines, draw.Line{draw.T(themes.Text, "  session "+shortID(s.ID)+" "+where)})
	}
	if len(im.Apps) > 0 {
		lines = append(lines, draw.Line{draw.T(themes.Muted, "app sessions (ends are not logged)")})
		for i, s := range im.Apps {
			if i == previewItems {
				lines = append(lines, more(len(im.Apps)-i, "app sessions"))
				break
			}
			lines = append(lines, draw.Line{draw.T(themes.Muted, "  session "+shortID(s.ID)+" "+safetext.CleanMax(s.Where, 80))})
		}
	}
	if n := len(im.Users); n > 1 {
		lines = append(lines, draw.Line{draw.T(themes.Warning, fmt.Sprintf("  %d users", n))})
	}
	return lines
}

func (a *App) beyondLines(plan contain.Plan, width int) []draw.Line {
	var lines []draw.Line
	if beyond := plan.Impact.Beyond; len(beyond) > 0 {
		lines = append(lines, draw.Line{draw.T(themes.Title, "does not reach")})
		for i, b := range beyond {
			if i == previewItems {
				lines = append(lines, more(len(beyond)-i, "things it made or changed"))
				break
			}
			lines = append(lines, draw.Line{draw.T(themes.Text, "  "+nameOf(b.Entity, b.Label)), draw.T(themes.Muted, "  "+safetext.Clean(b.Why))})
		}
	} else {
		for _, limit := range plan.Limits() {
			lines = append(lines, draw.Wrap(themes.Muted, safetext.Clean(limit), width)...)
		}
	}
	if len(plan.Others) > 0 {
		lines = append(lines, draw.Line{draw.T(themes.Title, "or instead")})
		for _, t := range plan.Others[:min(len(plan.Others), previewItems)] {
			lines = append(lines, draw.Line{draw.T(themes.Text, "  "+safetext.CleanMax(t.String(), 120))})
		}
	}
	return lines
}

func more(n int, what string) draw.Line {
	return draw.Line{draw.T(themes.Muted, fmt.Sprintf("  and %d more %s", n, what))}
}

// drawPreviewLine draws the preview in one row.
func (a *App) drawPreviewLine(c draw.Canvas, area uv.Rectangle) {
	p := &a.preview
	line := draw.Line{draw.T(themes.Key, "L"), draw.T(themes.Title, " locks ")}
	switch {
	case a.env.Desk == nil:
		line = append(line, draw.T(themes.Muted, "nothing: locks are not available here"))
	case !p.ready:
		line = append(line, draw.T(themes.Muted, "preparing the plan"))
	case p.reason != "":
		line = append(line, draw.T(themes.Warning, "nothing: "), draw.T(themes.Text, p.reason))
	default:
		line = append(line, a.previewSummary(c, area.Dx()-c.LineWidth(line))...)
	}
	c.Line(area, line...)
}

// previewSummary is the plan in one row. The name of what is locked keeps its
// beginning and its end however little room there is: names that begin alike
// differ at the end.
func (a *App) previewSummary(c draw.Canvas, width int) draw.Line {
	p, dot := &a.preview, " "+c.Glyphs().Dot+" "
	plan := p.plan
	length := " " + plan.Length()
	title := c.Inner(safetext.Clean(plan.Title()), width-c.Width(length)-1)
	line := draw.Line{draw.T(themes.Accent, title+length)}
	if p.already != "" {
		_, role := p.mark(c.Glyphs())
		word := "already locked"
		if p.unsure {
			word = "already locked, end not logged"
		}
		if p.planned {
			word = "already planned"
		}
		line = append(line, draw.T(role, dot+word))
	}
	if plan.Verdict.Level != contain.Narrow {
		line = append(line, draw.T(themes.Danger, dot+"asks for its name"))
	}
	if len(plan.Verdict.Reasons) > 0 {
		line = append(line, draw.T(themes.Danger, dot+safetext.Clean(plan.Verdict.Reasons[0])))
	}
	switch n := len(plan.Impact.Sessions); n {
	case 0:
		line = append(line, draw.T(themes.Muted, dot+"no open session"))
	case 1:
		line = append(line, draw.T(themes.Text, dot+"cuts 1 session"))
	default:
		line = append(line, draw.T(themes.Text, fmt.Sprintf("%scuts %d sessions", dot, n)))
	}
	if beyond := plan.Impact.Beyond; len(beyond) > 0 {
		names := make([]string, 0, 2)
		for _, b := range beyond[:min(len(beyond), 2)] {
			names = append(names, nameOf(b.Entity, b.Label))
		}
		text := dot + "not: " + strings.Join(names, ", ")
		if n := len(beyond) - len(names); n > 0 {
			text += fmt.Sprintf(" +%d", n)
		}
		line = append(line, draw.T(themes.Warning, text))
	}
	return line
}

// nameOf is an entity as people call it, safe to draw.
func nameOf(e investigations.Entity, label string) string {
	if label == "" {
		label = e.Name
		switch e.Kind {
		case investigations.KindSession, investigations.KindRequest, investigations.KindLock, investigations.KindMFADevice, investigations.KindHost:
			label = shortID(e.Name)
		}
	}
	if e.Kind == investigations.KindUser {
		return safetext.CleanMax(label, 120)
	}
	return e.Kind.Title() + " " + safetext.CleanMax(label, 120)
}

// shortID cuts a UUID to what people compare by eye.
func shortID(id string) string {
	if len(id) == 36 && id[8] == '-' {
		id = id[:8]
	}
	return safetext.CleanMax(id, 80)
}
