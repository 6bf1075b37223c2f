package term

// Resize changes the size, clamped to 1..MaxCols and 1..MaxRows. Lines are not
// wrapped anew: the recorded program was told the size and draws for it. On
// fewer columns lines are cut; what is cut off is there again on more columns if
// nothing was written to the line. On fewer rows the lines below the cursor go
// first and then lines at the top, which on the main screen go to the
// scrollback; on more rows the main screen takes lines back from there while
// its cursor stands on the last row, as xterm.js does. The scroll region and
// the margins are reset and the cursor stays on its line.
func (s *Screen) Resize(cols, rows int) {
	cols, rows = clampSize(cols, rows)
	if cols == s.cols && rows == s.rows {
		return
	}
	if s.altShown {
		// The main screen keeps the line that its cursor will come back to.
		saved := &s.main.saved
		s.altShown = false
		saved.y = s.resizeRows(rows, min(saved.y, s.rows-1))
		s.altShown = true
		s.y = s.resizeRows(rows, s.y)
	} else {
		y := s.resizeRows(rows, s.y)
		s.main.saved.y = max(s.main.saved.y+y-s.y, 0)
		s.y = y
		if s.alt.rows != nil {
			s.altShown = true
			s.resizeRows(rows, 0)
			s.altShown = false
		}
	}
	if cols != s.cols {
		// No row may be written to as it is: each gets its new width then.
		s.disown()
	}
	s.cols, s.rows = cols, rows
	s.prev = 0
	s.top, s.bottom = 0, rows-1
	s.left, s.right = 0, cols-1
	for _, c := range []*cursor{&s.cursor, &s.main.saved, &s.alt.saved} {
		c.clamp(cols, rows)
	}
}

// disown gives up the rows, which stay to be read, and keeps the side tables.
func (s *Screen) disown() {
	old, now := s.epoch.Load(), epochs.Add(1)
	s.epoch.Store(now)
	if s.clusters.owner == old {
		s.clusters.owner = now
	}
	if s.extras.owner == old {
		s.extras.owner = now
	}
}

// resizeRows gives the shown screen another number of rows, where y is the
// line to keep, and returns the new place of that line.
func (s *Screen) resizeRows(rows, y int) int {
	g := s.grid()
	if n := len(g.rows) - rows; n > 0 {
		below := min(n, len(g.rows)-1-y)
		above := n - below
		// Both are told while every row of the screen can still be read.
		s.leaving(len(g.rows)-below, len(g.rows), Erased)
		s.leaving(0, above, Scrolled)
		g.rows = g.rows[:len(g.rows)-below]
		if !s.altShown {
			s.saveLines(above)
		}
		g.rows = append([]*row(nil), g.rows[above:]...)
		return y - above
	}
	n := rows - len(g.rows)
	grown := make([]*row, rows)
	back := 0
	if !s.altShown && y == len(g.rows)-1 {
		back = min(n, len(s.back.lines))
	}
	for i := back - 1; i >= 0; i-- {
		grown[i] = s.back.pop()
	}
	copy(grown[back:], g.rows)
	for i := back + len(g.rows); i < rows; i++ {
		grown[i] = s.emptyRow(nil, cell{})
	}
	g.rows = grown
	return y + back
}

// clamp brings a cursor inside a screen. A cursor that waits behind the last
// column goes there if the screen became wider.
func (c *cursor) clamp(cols, rows int) {
	if c.wrap && c.x != cols-1 {
		c.wrap = false
		c.x++
	}
	c.x = min(c.x, cols-1)
	c.y = min(c.y, rows-1)
}
