package grid

// Move moves the selection by rows. Moves beyond the rows that are there wait
// for the next delivery, at most one screen of them, so that a held key glides
// on instead of running away.
func (g *Grid[K]) Move(rows int) {
	if len(g.rows) == 0 {
		return
	}
	g.displaced = false
	to := g.cursor + rows
	switch {
	case to >= len(g.rows) && !g.atEnd && g.err == nil:
		g.carry = min(g.height, g.carry+to-(len(g.rows)-1))
	case to < 0 && !g.atStart && g.err == nil:
		g.carry = max(-g.height, g.carry+to)
	default:
		g.carry = 0
	}
	g.cursor = max(0, min(to, len(g.rows)-1))
	g.follow()
}

// Page moves the selection by screens and keeps one line in common.
func (g *Grid[K]) Page(screens int) {
	step := max(1, g.height-1)
	g.top += screens * step
	g.Move(screens * step)
}

// Home selects the first row of the source.
func (g *Grid[K]) Home() {
	g.displaced = false
	if g.atStart {
		g.carry, g.cursor = 0, 0
		g.follow()
		return
	}
	g.wish(First, *new(K))
}

// End selects the last row of the source.
func (g *Grid[K]) End() {
	g.displaced = false
	if g.atEnd {
		g.carry, g.cursor = 0, len(g.rows)-1
		g.follow()
		return
	}
	g.wish(Last, *new(K))
}

// Select moves the selection to a key, wherever in the source it is.
func (g *Grid[K]) Select(key K) {
	g.carry, g.displaced = 0, false
	if i := g.index(key); i >= 0 {
		g.cursor = i
		g.follow()
		return
	}
	g.jump = true
	g.wish(Around, key)
}

// SelectLine selects the row on a line of the screen, counted from the first
// row, for the mouse. It reports whether there is a row.
func (g *Grid[K]) SelectLine(line int) bool {
	i := g.top + line
	if line < 0 || line >= g.height || i >= len(g.rows) {
		return false
	}
	g.cursor, g.displaced = i, false
	g.follow()
	return true
}

// Retry asks again after an error.
func (g *Grid[K]) Retry() {
	if g.err == nil {
		return
	}
	key := g.sent.Key
	if g.sent.Kind == Around && !g.jump {
		if selected, ok := g.Selected(); ok {
			key = selected
		}
	}
	g.wish(g.sent.Kind, key)
}
