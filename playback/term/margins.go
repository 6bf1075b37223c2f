package term

// Left and right margins, and rectangles. tmux uses both to draw panes beside
// each other on terminals that say they can, as xterm does.

// setMargins is DECSLRM with columns from 1; 0 is the last column.
func (s *Screen) setMargins(left, right int) {
	if right == 0 || right > s.cols {
		right = s.cols
	}
	if left >= right {
		return
	}
	s.left, s.right = left-1, right-1
	s.home()
}

// switchMargins is mode 69. While it is off the margins are the screen's edges.
func (s *Screen) switchMargins(on bool) {
	s.setMode(ModeMargins, on)
	s.openMargins()
}

func (s *Screen) openMargins() {
	s.left, s.right = 0, s.cols-1
	s.wrap = s.wrap && s.x == s.right
}

// narrow reports whether the margins leave something out.
func (s *Screen) narrow() bool { return s.left > 0 || s.right < s.cols-1 }

// between reports whether the cursor stands between the margins.
func (s *Screen) between() bool { return s.x >= s.left && s.x <= s.right }

// limit is the column that text in the cursor's place does not reach: behind
// the right margin, or behind the screen for a cursor that is outside.
func (s *Screen) limit() int {
	if s.x <= s.right {
		return s.right + 1
	}
	return s.cols
}

// lineStart is the column that a carriage return goes to.
func (s *Screen) lineStart() int {
	if s.x >= s.left {
		return s.left
	}
	return 0
}

// shiftUp moves the text between the margins in rows top..bottom up by n rows.
// What it overwrites is told as erased, as no whole line leaves the screen.
func (s *Screen) shiftUp(top, bottom, n int) {
	if !s.afford(s.area(top, bottom)) {
		return
	}
	s.leaving(top, top+n, Erased)
	for y := top; y <= bottom; y++ {
		if y+n <= bottom {
			s.line(y).takeFrom(s.line(y+n), s.left, s.right+1)
		} else {
			s.line(y).erase(s.left, s.right+1, s.blank())
		}
	}
}

// shiftDown moves the text between the margins down by n rows.
func (s *Screen) shiftDown(top, bottom, n int) {
	if !s.afford(s.area(top, bottom)) {
		return
	}
	s.leaving(bottom-n+1, bottom+1, Erased)
	for y := bottom; y >= top; y-- {
		if y-n >= top {
			s.line(y).takeFrom(s.line(y-n), s.left, s.right+1)
		} else {
			s.line(y).erase(s.left, s.right+1, s.blank())
		}
	}
}

// area is the work of moving what stands between the margins in some rows.
func (s *Screen) area(top, bottom int) int {
	cells := 0
	for _, r := range s.grid().rows[top : bottom+1] {
		cells += min(max(r.used-s.left, 0), s.right-s.left+1)
	}
	return (bottom-top+1)*rowWork + cells/moveWork
}

// takeFrom copies the columns [from, to) of another row of the same width.
func (r *row) takeFrom(src *row, from, to int) {
	r.wraps = false
	if r.rest == src.rest {
		// Behind what is used in both there is nothing to copy.
		to = min(to, max(r.used, src.used))
	}
	if from >= to {
		return
	}
	r.splitAt(from)
	r.splitAt(to)
	r.reach(to)
	for x := from + copy(r.cells[from:to], src.cells[from:max(src.used, from)]); x < to; x++ {
		r.cells[x] = src.rest
	}
	if c := &r.cells[from]; c.text&textTail != 0 {
		c.text = 0
	}
	if c := &r.cells[to-1]; c.text&textWide != 0 {
		c.text = 0
	}
}

// insertCells is ICH and what insert mode does.
func (s *Screen) insertCells(n int) {
	s.charge(s.cols / moveWork)
	r := s.line(s.y)
	if s.right == s.cols-1 {
		r.insert(s.x, n, s.blank())
		return
	}
	end := s.limit()
	n = min(n, end-s.x)
	r.splitAt(s.x)
	r.splitAt(end - n)
	r.splitAt(end)
	r.reach(end)
	copy(r.cells[s.x+n:end], r.cells[s.x:end-n])
	fill(r.cells[s.x:s.x+n], s.blank())
}

// deleteCells is DCH.
func (s *Screen) deleteCells(n int) {
	s.charge(s.cols / moveWork)
	r := s.line(s.y)
	if s.right == s.cols-1 {
		r.remove(s.x, n, s.blank())
		return
	}
	end := s.limit()
	n = min(n, end-s.x)
	r.splitAt(s.x)
	r.splitAt(s.x + n)
	r.splitAt(end)
	r.reach(end)
	copy(r.cells[s.x:end], r.cells[s.x+n:end])
	fill(r.cells[end-n:end], s.blank())
}

// fillRectangle is DECFRA, and DECERA with a blank: the corners are counted from
// 1, or from the margins in origin mode.
func (s *Screen) fillRectangle(corners []uint16, c cell) {
	corner := func(i, low, high, def int) int {
		if i >= len(corners) || corners[i] == 0 {
			return def
		}
		return min(low+int(corners[i])-1, high)
	}
	left, right, top, bottom := 0, s.cols-1, 0, s.rows-1
	if s.origin {
		left, right, top, bottom = s.left, s.right, s.top, s.bottom
	}
	y, x := corner(0, top, bottom, top), corner(1, left, right, left)
	y2, x2 := corner(2, top, bottom, bottom), corner(3, left, right, right)
	if y > y2 || x > x2 || !s.afford((y2-y+1)*(rowWork+(x2-x+1)/moveWork)) {
		return
	}
	s.leaving(y, y2+1, Erased)
	for ; y <= y2; y++ {
		s.line(y).erase(x, x2+1, c)
	}
}
