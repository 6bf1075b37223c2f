package grid

import (
	"strings"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// columnGap is the number of blanks between columns, and gutter the columns
// before the first: the cursor, the mark and a blank.
const (
	columnGap = 2
	gutter    = 3
)

// View says how a grid is drawn.
type View struct {
	// Focused is whether the grid has the keys.
	Focused bool
	// Bare leaves out the header and the line with the position.
	Bare bool
	// Hot is a text that stands out where the selected row has it first, in a
	// column that is not set to the right; empty for none.
	Hot string
}

// Draw draws the grid into an area: a header, the rows, and the position.
func (g *Grid[K]) Draw(c draw.Canvas, area uv.Rectangle, v View) {
	if area.Dx() <= 0 || area.Dy() <= 0 {
		return
	}
	c = c.Within(area)
	c.Clear(area)
	header, body, foot := split(area, v.Bare)
	widths := g.widths(area.Dx())
	g.drawHeader(c, header, widths)
	c.Right(foot, draw.T(themes.Muted, g.Position()))
	rows, top := g.visible(body.Dy())
	for i, row := range rows {
		g.drawRow(c, draw.Row(body, i), row, widths, top+i == g.cursor, v)
	}
	g.drawMessage(c, body, len(rows), g.cursor-top)
}

// drawMessage draws what is to be said below the rows. When they fill the
// screen it lies over the last of them, but never over the selected one.
func (g *Grid[K]) drawMessage(c draw.Canvas, body uv.Rectangle, rows, cursorLine int) {
	message, role := g.message()
	if message == "" {
		return
	}
	indent := min(gutter, body.Dx()/4)
	lines := draw.Wrap(role, message, body.Dx()-indent)
	free := body.Dy() - rows
	room := free
	if rows > 0 {
		room = max(free, min(body.Dy()-1-cursorLine, body.Dy()/2))
	}
	if len(lines) > room {
		lines = []draw.Line{{draw.T(role, message)}}
	}
	below, _ := draw.CutBottom(body, max(free, len(lines)))
	c.Clear(below)
	_, below = draw.CutLeft(below, indent)
	c.Lines(below, lines)
}

// BodyLine returns the line of the rows that a point of the screen is on, for
// the mouse, or -1. The area is the one that was drawn into.
func (g *Grid[K]) BodyLine(area uv.Rectangle, at uv.Position, v View) int {
	_, body, _ := split(area, v.Bare)
	if !at.In(body) {
		return -1
	}
	return at.Y - body.Min.Y
}

// split gives the rows their place first; the header and the position come
// only when there is room.
func split(area uv.Rectangle, bare bool) (header, body, foot uv.Rectangle) {
	body = area
	if bare {
		return uv.Rectangle{}, body, uv.Rectangle{}
	}
	if body.Dy() >= 3 {
		header, body = draw.CutTop(body, 1)
	}
	if body.Dy() >= 4 {
		foot, body = draw.CutBottom(body, 1)
	}
	return header, body, foot
}

func (g *Grid[K]) widths(width int) []int {
	cols := make([]draw.Column, len(g.columns))
	for i, col := range g.columns {
		cols[i] = draw.Column{Min: col.Min, Max: col.Max, Weight: col.Weight, Drop: col.Drop}
	}
	return draw.Columns(width-gutter, columnGap, cols)
}

func (g *Grid[K]) drawHeader(c draw.Canvas, area uv.Rectangle, widths []int) {
	g.eachColumn(area, widths, func(i int, cell uv.Rectangle) {
		place(c, cell, g.columns[i].Align, draw.T(themes.Muted, g.columns[i].Title))
	})
}

func (g *Grid[K]) drawRow(c draw.Canvas, area uv.Rectangle, row Row[K], widths []int, selected bool, v View) {
	if selected {
		ground := themes.Inactive
		if v.Focused {
			ground = themes.Selection
		}
		c = c.Ground(ground)
		c.Clear(area)
		cursor := c.Glyphs().Dot
		if v.Focused {
			cursor = c.Glyphs().Cursor
		}
		c.Text(area, themes.Text, cursor)
	}
	if row.Mark != "" {
		_, mark := draw.CutLeft(area, 1)
		mark, _ = draw.CutLeft(mark, 1)
		c.Text(mark, row.MarkRole, row.Mark)
	}
	hot := ""
	if selected {
		hot = v.Hot
	}
	g.eachColumn(area, widths, func(i int, cell uv.Rectangle) {
		if i >= len(row.Cells) {
			return
		}
		role := row.Cells[i].Role
		if role == themes.Text {
			role = g.columns[i].Role
		}
		text := row.Cells[i].Text
		if g.columns[i].Inner {
			text = c.Inner(text, cell.Dx())
		}
		place(c, cell, g.columns[i].Align, draw.T(role, text))
		if before, _, found := strings.Cut(text, hot); found && hot != "" && g.columns[i].Align == Left {
			standOut(c, cell, c.Width(before), hot)
			hot = ""
		}
	})
}

// standOut draws a part of a cell anew on the ground of the screen, so that it
// shows in the selected row also where there is no colour. The cut end of a cell
// stays.
func standOut(c draw.Canvas, cell uv.Rectangle, from int, text string) {
	_, rest := draw.CutLeft(cell, from)
	if c.Width(text) <= rest.Dx() {
		c.Ground(themes.Text).Text(rest, themes.Accent, text)
	}
}

func (g *Grid[K]) eachColumn(area uv.Rectangle, widths []int, f func(i int, cell uv.Rectangle)) {
	_, rest := draw.CutLeft(area, gutter)
	for i, w := range widths {
		if w == 0 {
			continue
		}
		var cell uv.Rectangle
		cell, rest = draw.CutLeft(rest, w)
		_, rest = draw.CutLeft(rest, columnGap)
		f(i, cell)
	}
}

func place(c draw.Canvas, cell uv.Rectangle, align Align, run draw.Run) {
	if align == Right {
		c.Right(cell, run)
		return
	}
	c.Line(cell, run)
}

// message is what stands below the rows: an error, or why there are none.
func (g *Grid[K]) message() (string, themes.Role) {
	switch {
	case g.err != nil:
		return "Not loaded: " + safetext.Clean(g.err.Error()), themes.Danger
	case len(g.rows) > 0:
		return "", themes.Text
	case g.Loading() || !g.hasRows:
		return "Loading", themes.Muted
	default:
		return g.Empty, themes.Muted
	}
}

// Position says where the selection is, such as "row 1,204 of ~18,206".
func (g *Grid[K]) Position() string {
	if len(g.rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("row ")
	if g.first >= 0 {
		b.WriteString(draw.Count(g.first + int64(g.cursor) + 1))
	} else {
		b.WriteString("?")
	}
	switch {
	case g.total >= 0 && g.totalRough:
		b.WriteString(" of ~" + draw.Count(g.total))
	case g.total >= 0:
		b.WriteString(" of " + draw.Count(g.total))
	case g.atEnd && g.first >= 0:
		b.WriteString(" of " + draw.Count(g.first+int64(len(g.rows))))
	}
	if g.Loading() {
		b.WriteString(", loading")
	}
	return b.String()
}
