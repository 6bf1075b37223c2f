package query

import (
	"context"
	"fmt"
	"math"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations/filter"
	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// Bounds of how a table looks.
const (
	maxCell    = 400 // bytes of a cell that are drawn
	maxColumn  = 44  // columns of the screen that a column takes at most
	sampleRows = 400 // rows that decide how wide columns are
	columnGap  = 2
	cursorRoom = 2 // columns in front of the first cell
)

// table is an answer as it is shown: a cell is selected, and rows and columns
// scroll.
type table struct {
	queries.Table
	widths   []int
	row, col int
	top      int
	left     int // the first column that is shown
	width    int // of the area, as laid out last
	height   int // rows that are shown
}

// newTable lays a table out. It looks at a sample of the rows only.
func newTable(t queries.Table, form safetext.Form) *table {
	out := &table{Table: t, widths: make([]int, len(t.Columns)), width: 80, height: 10}
	for i, c := range t.Columns {
		out.widths[i] = safetext.Width(form.CleanMax(c.Name, maxCell))
	}
	for _, row := range t.Rows[:min(len(t.Rows), sampleRows)] {
		for i := range row {
			if out.widths[i] < maxColumn {
				out.widths[i] = max(out.widths[i], safetext.Width(form.CleanMax(out.text(row, i), 4*maxColumn)))
			}
		}
	}
	for i := range out.widths {
		out.widths[i] = max(1, min(out.widths[i], maxColumn))
	}
	return out
}

// text is a cell as it is logged.
func (t *table) text(row []any, col int) string {
	if row[col] == nil {
		return queries.Null
	}
	return queries.Text(row[col], t.Columns[col].Type)
}

// current is the selected row and cell; nil while there is none.
func (t *table) current() (row []any, value any) {
	if t.row >= len(t.Rows) || t.col >= len(t.Columns) {
		return nil, nil
	}
	return t.Rows[t.row], t.Rows[t.row][t.col]
}

func (t *table) resize(width, height int) {
	t.width, t.height = width, max(1, height)
	t.follow()
}

func (t *table) move(rows, cols int) {
	t.row += rows
	t.col += cols
	t.follow()
}

// follow keeps the selected cell in the table and in sight.
func (t *table) follow() {
	t.row = max(0, min(t.row, len(t.Rows)-1))
	t.col = max(0, min(t.col, len(t.Columns)-1))
	t.top = max(t.row-t.height+1, min(t.top, t.row))
	t.top = max(0, min(t.top, len(t.Rows)-t.height))
	t.left = min(t.left, t.col)
	for t.left < t.col && !t.whole(t.col) {
		t.left++
	}
}

// whole reports whether a column is shown with all of its width.
func (t *table) whole(col int) bool {
	room := t.width - cursorRoom
	for i := t.left; i <= col; i++ {
		room -= t.widths[i]
		if i > t.left {
			room -= columnGap
		}
	}
	return room >= 0
}

// next is the nearest row after (or before) the selected one that has the same
// value in the selected column, or -1.
func (t *table) next(step int) int {
	_, value := t.current()
	want := queries.Text(value, "")
	for i := t.row + step; i >= 0 && i < len(t.Rows); i += step {
		if v := t.Rows[i][t.col]; (v == nil) == (value == nil) && queries.Text(v, "") == want {
			return i
		}
	}
	return -1
}

// find is the nearest cell after (or before) another that holds a text, capitals
// and small letters being the same; row is -1 where there is none. It reads the
// answer alone, and so can run beside the page.
func (t *table) find(ctx context.Context, text string, row, col, step int) (int, int) {
	n := len(t.Rows) * len(t.Columns)
	for i := row*len(t.Columns) + col + step; i >= 0 && i < n && ctx.Err() == nil; i += step {
		row, col := i/len(t.Columns), i%len(t.Columns)
		if filter.ContainsFold([]byte(t.text(t.Rows[row], col)), []byte(text)) {
			return row, col
		}
	}
	return -1, 0
}

// cells gives the place of every column that is in sight.
func (t *table) cells(row uv.Rectangle, yield func(col int, cell uv.Rectangle)) {
	_, rest := draw.CutLeft(row, cursorRoom)
	for i := t.left; i < len(t.Columns) && rest.Dx() > 0; i++ {
		width := t.widths[i]
		if i == len(t.Columns)-1 {
			width = rest.Dx() // nothing else needs the room
		}
		var cell uv.Rectangle
		cell, rest = draw.CutLeft(rest, width)
		_, rest = draw.CutLeft(rest, columnGap)
		yield(i, cell)
	}
}

// draw draws the header and the rows that are in sight.
func (t *table) draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	head, body := draw.CutTop(area, 1)
	t.cells(head, func(col int, cell uv.Rectangle) {
		role := themes.Muted
		if col == t.col {
			role = themes.Title
		}
		t.place(c, cell, col, draw.T(role, form(c).CleanMax(t.Columns[col].Name, maxCell)))
	})
	if t.left > 0 {
		c.Text(head, themes.Accent, c.Glyphs().Left)
	}
	for i := range body.Dy() {
		n := t.top + i
		if n >= len(t.Rows) {
			return
		}
		t.drawRow(c, draw.Row(body, i), n, focused)
	}
}

func (t *table) drawRow(c draw.Canvas, row uv.Rectangle, n int, focused bool) {
	selected := n == t.row
	if selected {
		mark := c.Glyphs().Dot
		if focused {
			mark = c.Glyphs().Cursor
		}
		c.Text(row, themes.Text, mark)
	}
	t.cells(row, func(col int, cell uv.Rectangle) {
		run := draw.T(themes.Text, form(c).CleanMax(t.text(t.Rows[n], col), maxCell))
		if t.Rows[n][col] == nil {
			run.Role = themes.Muted
		}
		on := c
		if selected && col == t.col {
			ground := themes.Inactive
			if focused {
				ground = themes.Selection
			}
			on = c.Ground(ground)
			on.Clear(cell)
		}
		t.place(on, cell, col, run)
	})
}

// place writes numbers flush right, everything else flush left.
func (t *table) place(c draw.Canvas, cell uv.Rectangle, col int, run draw.Run) {
	switch t.Columns[col].Type {
	case "integer", "bigint", "smallint", "tinyint", "double", "real":
		if col < len(t.Columns)-1 {
			c.Right(cell, run)
			return
		}
	}
	c.Line(cell, run)
}

// at is the cell at a point of an area that was drawn into, or -1, -1.
func (t *table) at(point uv.Position, area uv.Rectangle) (row, col int) {
	row, col = -1, -1
	_, body := draw.CutTop(area, 1)
	if n := t.top + point.Y - body.Min.Y; point.In(body) && n < len(t.Rows) {
		t.cells(draw.Row(body, point.Y-body.Min.Y), func(i int, cell uv.Rectangle) {
			if point.X >= cell.Min.X && point.X < cell.Max.X+columnGap {
				row, col = n, i
			}
		})
	}
	return row, col
}

// position says where the selection is.
func (t *table) position() string {
	if len(t.Rows) == 0 {
		return ""
	}
	more := ""
	if t.Cut {
		more = "+"
	}
	text := fmt.Sprintf("row %s of %s%s", draw.Count(int64(t.row+1)), draw.Count(int64(len(t.Rows))), more)
	if len(t.Columns) > 1 {
		text += fmt.Sprintf(", column %d of %d", t.col+1, len(t.Columns))
	}
	return text
}

// end is a number of rows that is larger than any table.
const end = math.MaxInt32
