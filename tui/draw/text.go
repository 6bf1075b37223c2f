package draw

import (
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"cordon/themes"
)

// Run is a piece of text in one role.
type Run struct {
	Role themes.Role
	Text string
}

// Line is one line of text in several roles.
type Line []Run

// T makes a run.
func T(r themes.Role, text string) Run { return Run{Role: r, Text: text} }

// Plain makes a line of ordinary text.
func Plain(text string) Line { return Line{{Role: themes.Text, Text: text}} }

// String returns the text of the line without its roles.
func (l Line) String() string {
	if len(l) == 1 {
		return l[0].Text
	}
	var s string
	for _, r := range l {
		s += r.Text
	}
	return s
}

// Text draws a text on the first row of an area and returns the columns it
// took. Text that does not fit is cut and marked with an ellipsis.
func (c Canvas) Text(area uv.Rectangle, r themes.Role, text string) int {
	return c.Line(area, Run{Role: r, Text: text})
}

// Line draws runs one after the other on the first row of an area and returns
// the columns they took.
func (c Canvas) Line(area uv.Rectangle, runs ...Run) int {
	if area.Dx() <= 0 || area.Dy() <= 0 {
		return 0
	}
	if c.lineWidth(runs) <= area.Dx() {
		return c.runs(area.Min.X, area.Min.Y, area.Max.X, runs)
	}
	last := c.runs(area.Min.X, area.Min.Y, area.Max.X-1, runs)
	role := themes.Muted
	c.put(area.Min.X+last, area.Min.Y, area.Max.X, c.Glyphs().Ellipsis, c.style(role))
	return last + 1
}

// Right draws runs at the right end of the first row of an area and returns the
// columns they took. What does not fit is cut at its end.
func (c Canvas) Right(area uv.Rectangle, runs ...Run) int {
	if gap := area.Dx() - c.lineWidth(runs); gap > 0 {
		area.Min.X += gap
	}
	return c.Line(area, runs...)
}

// Inner cuts a text out of its middle, so that it takes at most so many columns
// and keeps its beginning and, rather more of it, its end.
func (c Canvas) Inner(text string, width int) string {
	over := c.Width(text) - width
	mark := c.Glyphs().Ellipsis
	if over <= 0 || width <= c.Width(mark) {
		return text
	}
	room := width - c.Width(mark)
	head := room * 2 / 5
	tail := c.Width(text) - (room - head)
	return ansi.Truncate(text, head, "") + mark + ansi.TruncateLeft(text, tail, "")
}

// Middle draws runs in the middle of the first row of an area.
func (c Canvas) Middle(area uv.Rectangle, runs ...Run) int {
	if gap := area.Dx() - c.lineWidth(runs); gap > 0 {
		area.Min.X += gap / 2
	}
	return c.Line(area, runs...)
}

// Ends draws left at the left end and right at the right end of the first row.
// When both do not fit the right one is kept whole and the left one is cut.
func (c Canvas) Ends(area uv.Rectangle, left, right Line) {
	took := c.Right(area, right...)
	if took > 0 {
		area.Max.X -= took + 1
	}
	c.Line(area, left...)
}

// Lines draws one line per row, as many as fit, and returns how many it drew.
func (c Canvas) Lines(area uv.Rectangle, lines []Line) int {
	n := min(len(lines), max(0, area.Dy()))
	for i := range n {
		c.Line(Row(area, i), lines[i]...)
	}
	return n
}

func (c Canvas) runs(x, y, limit int, runs []Run) int {
	start := x
	for _, r := range runs {
		x = c.put(x, y, limit, r.Text, c.style(r.Role))
	}
	return x - start
}

// LineWidth returns how many columns a line takes on this screen.
func (c Canvas) LineWidth(l Line) int { return c.lineWidth(l) }

func (c Canvas) lineWidth(runs []Run) int {
	w := 0
	for _, r := range runs {
		w += c.Width(r.Text)
	}
	return w
}
