package overview

import (
	"fmt"
	"strconv"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// boxWidth is from which width on the page has a frame.
const boxWidth = 100

// parts are the areas of the page.
type parts struct {
	box, hands, scope, list, spark uv.Rectangle
}

// parts computes the areas. On a small screen the hands and the scope are a line
// each, on a large one the hands are rows and the scope stands beside the page.
func (p *Pane) parts(area uv.Rectangle) parts {
	var a parts
	rest := area
	if p.subject.Entity.IsZero() {
		a.list = rest
		return a
	}
	if p.compact() {
		a.hands, rest = draw.CutTop(rest, 1)
		if !p.sided {
			a.scope, rest = draw.CutTop(rest, 1)
		}
		a.hands, a.scope = draw.Pad(a.hands, 1), draw.Pad(a.scope, 1)
		_, a.list = draw.CutTop(rest, 1)
		return a
	}
	a.box = rest
	inner := uv.Rect(rest.Min.X+1, rest.Min.Y+1, rest.Dx()-2, rest.Dy()-2)
	if !p.sided {
		a.scope, inner = draw.CutTop(inner, 1)
		a.scope = draw.Pad(a.scope, 1)
	}
	a.spark, inner = draw.CutBottom(inner, 1)
	a.spark = draw.Pad(a.spark, 1)
	_, inner = draw.CutBottom(inner, 1)
	a.list = inner
	return a
}

// room is how many rows the list shows.
func (p *Pane) room() int {
	return max(1, p.parts(uv.Rect(0, 0, p.size.X, p.size.Y)).list.Dy())
}

// Draw draws the page.
func (p *Pane) Draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	a := p.parts(area)
	if !a.box.Empty() {
		c.Box(a.box, draw.Box{Title: p.title(), Focused: focused})
	}
	c.Line(a.hands, p.handsLine(c)...)
	c.Line(a.scope, p.scopeLine(c)...)
	p.drawActivity(c, a.spark)
	if message, role := p.message(); message != "" {
		c.Lines(draw.Pad(a.list, 1), draw.Wrap(role, message, a.list.Dx()-2))
		return
	}
	if len(p.rows) > a.list.Dy() {
		bar, _ := draw.CutRight(a.list, 1)
		c.Scroll(bar, p.top, a.list.Dy(), len(p.rows))
		a.list.Max.X -= 2
	}
	cols := p.columns(a.list.Dx())
	for i := p.top; i < len(p.rows) && i-p.top < a.list.Dy(); i++ {
		p.drawRow(c, draw.Row(a.list, i-p.top), &p.rows[i], cols, i == p.at, focused)
	}
}

// message is what stands in place of the rows.
func (p *Pane) message() (string, themes.Role) {
	switch {
	case p.err != nil:
		return "Not loaded: " + safetext.Clean(p.err.Error()), themes.Danger
	case p.roster != nil && len(p.roster.identities) == 0 && p.env.Following.Reading() != "":
		return p.env.Following.Reading(), themes.Muted
	case p.roster != nil && len(p.roster.identities) == 0:
		return fmt.Sprintf("This evidence names nobody who did anything (%s events). See page 8 for what was read and what is missing.", draw.Count(p.roster.events)), themes.Muted
	case p.report != nil && !p.report.Seen:
		return p.env.Following.Unseen(clean(p.subject.Entity.String())), themes.Warning
	case len(p.rows) == 0:
		return "Reading.", themes.Muted
	}
	return "", themes.Text
}

func (p *Pane) title() draw.Line {
	name := clean(p.subject.Label)
	if name == "" {
		name = clean(p.subject.Entity.Name)
	}
	line := draw.Line{draw.T(themes.Accent, name), draw.T(themes.Muted, "  "+p.subject.Entity.Kind.Title())}
	line = append(line, p.classLine()...)
	if p.report != nil {
		if mark, role, words := p.locked(p.subject.Entity, nil); mark != "" {
			line = append(line, draw.T(role, "  "+mark+" "+strings.TrimSpace(words.String())))
		}
	}
	return line
}

// columns are the widths of mark, name, number, first, last; the rest is open.
type columns struct{ name, n, since, last int }

func (p *Pane) columns(width int) columns {
	widest := min(40, max(17, (width-40)/2))
	if p.roster != nil {
		widest = max(17, width-56)
	}
	cols := columns{name: 17, n: 5}
	for i := range p.rows {
		r := &p.rows[i]
		cols.name = max(cols.name, min(widest, safetext.Width(r.name)))
		cols.n = max(cols.n, safetext.Width(r.n))
		cols.since = max(cols.since, safetext.Width(r.since))
		cols.last = max(cols.last, safetext.Width(r.last))
	}
	if width < boxWidth && (p.roster == nil || width < 90) {
		cols.since = 0
	}
	return cols
}

func (p *Pane) drawRow(c draw.Canvas, area uv.Rectangle, r *row, cols columns, selected, focused bool) {
	if selected {
		ground, cursor := themes.Inactive, c.Glyphs().Dot
		if focused {
			ground, cursor = themes.Selection, c.Glyphs().Cursor
		}
		c = c.Ground(ground)
		c.Clear(area)
		c.Text(area, themes.Text, cursor)
	}
	_, rest := draw.CutLeft(area, 1)
	var cell uv.Rectangle
	cell, rest = draw.CutLeft(rest, 1)
	c.Text(cell, r.markRole, r.mark)
	_, rest = draw.CutLeft(rest, 1)
	role := func(other themes.Role) themes.Role {
		if r.heading {
			return themes.Muted
		}
		return other
	}
	nameRole := r.nameRole
	if r.heading {
		nameRole = themes.Title
	}
	cell, rest = draw.CutLeft(rest, cols.name)
	c.Text(cell, nameRole, r.name)
	_, rest = draw.CutLeft(rest, 1)
	cell, rest = draw.CutLeft(rest, cols.n)
	c.Right(cell, draw.T(role(themes.Text), r.n))
	for _, t := range []struct {
		width int
		text  string
		// A time that stands alone takes the place of the one left out.
	}{{cols.since, r.since}, {cols.last, r.last}} {
		if t.width == 0 {
			continue
		}
		_, rest = draw.CutLeft(rest, 2)
		cell, rest = draw.CutLeft(rest, t.width)
		text := t.text
		if cols.since == 0 && text == "" {
			text = r.since
		}
		c.Text(cell, role(themes.Muted), text)
	}
	_, rest = draw.CutLeft(rest, 2)
	c.Line(rest, r.rest...)
}

// scopeLine is the scope in one line.
func (p *Pane) scopeLine(c draw.Canvas) draw.Line {
	if p.report == nil || p.report.reach == nil || !p.person() {
		return nil
	}
	return pane.ScopeLine(c, p.report.reach)
}

// drawActivity draws when the identity was at work within the whole case.
func (p *Pane) drawActivity(c draw.Canvas, area uv.Rectangle) {
	if p.activity == nil || area.Empty() {
		return
	}
	label := p.env.Clock.Time(p.activity.from) + " " + c.Glyphs().Ellipsis + " " + p.env.Clock.Time(p.activity.to)
	took := c.Right(area, draw.T(themes.Muted, label))
	area.Max.X -= took + 2
	c.Spark(area, themes.Progress, draw.Bucket(p.activity.buckets, max(1, area.Dx())))
}

// DrawSide draws the scope box.
func (p *Pane) DrawSide(c draw.Canvas, area uv.Rectangle) {
	if p.report == nil || p.report.reach == nil || !p.person() || area.Dy() < 4 {
		return
	}
	lines := p.scopeLines(c)
	box, _ := draw.CutTop(area, len(lines)+2)
	inner := draw.Pad(c.Box(box, draw.Box{Title: draw.Line{draw.T(themes.Title, "scope")}}), 1)
	c.Lines(inner, lines)
}

func (p *Pane) scopeLines(c draw.Canvas) []draw.Line {
	s, left := p.report.reach.Scope, p.report.reach.Left
	t := pane.ContainmentOf(s)
	name := func(text string) draw.Run { return draw.T(themes.Muted, fmt.Sprintf("%-12s", text)) }
	hosts, maybeHosts := s.Count(investigations.KindHost)
	open, maybeOpen := s.OpenSessions()
	who := draw.Line{name("identities"), draw.T(themes.Text, strconv.Itoa(t.Identities)), pane.Maybe(len(s.Undecided))}
	held := draw.Line{name("contained"), draw.T(t.Role(), strconv.Itoa(t.Contained))}
	if t.Planned > 0 {
		held = append(held, draw.T(themes.Planned, fmt.Sprintf("   planned %d", t.Planned)))
	}
	lines := []draw.Line{
		who,
		held,
		{name("hosts"), draw.T(themes.Text, pane.Least(s)+strconv.Itoa(hosts)), pane.Maybe(maybeHosts)},
		{name("still open"), draw.T(themes.Text, pane.Least(s)+pane.Plural(open, "session", "sessions")+" in this log"), pane.Maybe(maybeOpen)},
	}
	if n := s.Files.Out + s.Files.Either; n > 0 || s.Files.Maybe > 0 {
		lines = append(lines, draw.Line{name("files moved"), draw.T(themes.Text, strconv.Itoa(n)), pane.Maybe(s.Files.Maybe)})
	}
	if t.Unsure > 0 {
		lines = append(lines, draw.Line{draw.T(themes.Warning, fmt.Sprintf("%s until when %d hold is not logged", p.env.Styles.Glyphs.Warn, t.Unsure))})
	}
	if n := len(left.Items); n > 0 {
		lines = append(lines, draw.Line{name("survive"), draw.T(themes.Warning, pane.Plural(n, "thing", "things")), draw.T(themes.Muted, "  page 3, P")})
	}
	lines = append(lines, append(draw.Line{name("findings")}, p.findings()...))
	lines = append(lines, draw.Line{name("dwell"), draw.T(themes.Text, pane.Dwell(c, s))})
	if !s.Dwell.Last.IsZero() {
		lines = append(lines, draw.Line{name("last act"), draw.T(themes.Text, p.env.Clock.Time(s.Dwell.Last)+" "+p.env.Clock.Zone())})
	}
	if !p.report.Whole.ByHands {
		lines = append(lines, draw.Line{draw.T(themes.Muted, "the owner's acts count too (m)")})
	}
	if n := len(p.report.Coverage.Gaps); n > 0 {
		lines = append(lines, draw.Line{draw.T(themes.Warning, fmt.Sprintf("%s %s in the evidence (page 8)", p.env.Styles.Glyphs.Warn, pane.Plural(n, "gap", "gaps")))})
	}
	return lines
}

// findings says how many findings of the rules the identity has to do with.
func (p *Pane) findings() draw.Line {
	found, known := p.env.Detections.Of(p.subject.Entity)
	switch text := found.String(); {
	case !known:
		return draw.Line{draw.T(themes.Muted, "open page 6 to look")}
	case text == "":
		return draw.Line{draw.T(themes.Muted, "none, see page 6")}
	default:
		return draw.Line{draw.T(themes.Warning, text), draw.T(themes.Muted, "  page 6")}
	}
}

// Hint says what to do next.
func (p *Pane) Hint() string {
	if r := p.current(); r != nil && r.hint != "" {
		return r.hint
	}
	switch {
	case p.roster != nil:
		return "choose whom to investigate (enter)"
	case p.report == nil:
		return ""
	}
	var steps []string
	if len(p.report.groups()) > 1 && len(p.report.marks.Marks(p.report.Entity)) == 0 {
		steps = append(steps, "mark whose hands are hostile (m)")
	}
	dot := " " + p.env.Styles.Glyphs.Dot + " "
	if found, known := p.env.Detections.Of(p.subject.Entity); known && found.String() != "" {
		steps = append(steps, "read "+found.String()+" (6)")
	}
	if c, ok := p.report.Pivots.Get("sessions"); ok && c.Events > 0 {
		steps = append(steps, "watch the screen (4)")
	}
	if r := p.current(); r != nil && len(r.leads) > 0 {
		if who := r.leads[0]; len(r.leads) == 1 {
			steps = append(steps, "follow "+leadName(who.Entity, who.Label)+" (p)")
		} else {
			steps = append(steps, "follow where it leads (p)")
		}
	}
	return strings.Join(steps, dot)
}
