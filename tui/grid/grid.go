package grid

import (
	"image"

	"cordon/themes"
)

// Align is where the text of a column stands.
type Align uint8

// The alignments.
const (
	Left Align = iota
	Right
)

// Column describes one column.
type Column struct {
	Title string
	// Min, Max and Weight share out the width, see [draw.Columns].
	Min, Max, Weight int
	Align            Align
	// Inner cuts what is too long in its middle, where names differ at the end.
	Inner bool
	Role  themes.Role
	// Drop is the order in which columns give way on narrow screens, highest
	// first; zero stays.
	Drop int
}

// Cell is the text of a row in one column.
type Cell struct {
	Text string
	// Role overrides the role of the column unless it is [themes.Text].
	Role themes.Role
}

// Row is one row of the source.
type Row[K comparable] struct {
	Key   K
	Cells []Cell
	// Mark is a glyph of one column before the cells, such as taint or a star.
	Mark     string
	MarkRole themes.Role
}

// Grid is a windowed table. Its methods are called from one goroutine.
type Grid[K comparable] struct {
	columns []Column
	// Empty is said when the source has no rows; it should tell what that does
	// and does not mean.
	Empty string

	rows       []Row[K] // a gapless piece of the source
	atStart    bool     // rows[0] is the first row of the source
	atEnd      bool     // the last of rows is the last row of the source
	first      int64    // number of rows before rows[0], or -1
	total      int64    // number of rows of the source, or -1
	totalRough bool

	cursor  int // index of the selected row in rows
	top     int // index of the first row on the screen
	height  int // rows on the screen, as drawn or resized last
	hasRows bool
	err     error
	// displaced says that the selected row went away and another took its place.
	displaced bool

	loader[K]
}

// New makes an empty grid; the first Need asks for the first rows.
func New[K comparable](columns []Column, empty string) *Grid[K] {
	g := &Grid[K]{columns: columns, Empty: empty, first: -1, total: -1, height: 20}
	g.wanted = wanted[K]{kind: First}
	g.wants = true
	return g
}

// Resize tells the size of the area that the grid will be drawn into. Drawing
// itself changes nothing.
func (g *Grid[K]) Resize(size image.Point, v View) {
	_, body, _ := split(image.Rectangle{Max: size}, v.Bare)
	g.height = max(1, body.Dy())
	g.follow()
}

// Selected returns the key of the selected row.
func (g *Grid[K]) Selected() (K, bool) {
	if len(g.rows) == 0 {
		var none K
		return none, false
	}
	return g.rows[g.cursor].Key, true
}

// SelectedRow returns the selected row.
func (g *Grid[K]) SelectedRow() (Row[K], bool) {
	if len(g.rows) == 0 {
		return Row[K]{}, false
	}
	return g.rows[g.cursor], true
}

// Visible returns the rows on the screen.
func (g *Grid[K]) Visible() []Row[K] {
	rows, _ := g.visible(g.height)
	return rows
}

// visible returns the rows that a screen of some height shows, and the index of
// the first of them.
func (g *Grid[K]) visible(height int) ([]Row[K], int) {
	top := screenTop(g.top, g.cursor, height, len(g.rows))
	return g.rows[top:min(len(g.rows), top+max(0, height))], top
}

// Update replaces the cells and the mark of a row that is in the window, for
// example after a star was set. It does nothing for other rows.
func (g *Grid[K]) Update(row Row[K]) {
	if i := g.index(row.Key); i >= 0 {
		g.rows[i] = row
	}
}

// Displaced reports whether the selection is on a row that the responder did not
// choose, because theirs went away or was not found. It stays so until they
// move. An act on the selected row should wait for that.
func (g *Grid[K]) Displaced() bool { return g.displaced }

// Err returns the error of the last answer, or nil.
func (g *Grid[K]) Err() error { return g.err }

func (g *Grid[K]) index(key K) int {
	for i := range g.rows {
		if g.rows[i].Key == key {
			return i
		}
	}
	return -1
}

// follow keeps the cursor in the rows and the screen around the cursor.
func (g *Grid[K]) follow() {
	g.cursor = max(0, min(g.cursor, len(g.rows)-1))
	g.top = screenTop(g.top, g.cursor, g.height, len(g.rows))
}

// screenTop moves the first row of a screen as little as needed to have the
// cursor on it and no blank lines at the end while there are rows above.
func screenTop(top, cursor, height, rows int) int {
	top = max(cursor-height+1, min(top, cursor))
	return max(0, min(top, rows-height))
}
