package term

// index moves the cursor down one line and scrolls at the end of the region.
func (s *Screen) index() {
	s.wrap = false
	switch {
	case s.y == s.bottom:
		if s.between() {
			s.scrollUp(1)
		}
	case s.y < s.rows-1:
		s.y++
	}
}

// reverseIndex moves up one line and scrolls down at the start of the region.
func (s *Screen) reverseIndex() {
	s.wrap = false
	switch {
	case s.y == s.top:
		if s.between() {
			s.scrollDown(1)
		}
	case s.y > 0:
		s.y--
	}
}

// lineFeed is LF, VT and FF. A line that ends in one does not go on.
func (s *Screen) lineFeed() {
	s.cutAfter(s.y)
	s.index()
	if s.modes&ModeNewline != 0 {
		s.x = s.lineStart()
	}
}

// scrollUp moves the scroll region up; what leaves the main screen at its top
// goes to the scrollback.
func (s *Screen) scrollUp(n int) {
	n = min(n, s.bottom-s.top+1)
	if s.narrow() {
		s.shiftUp(s.top, s.bottom, n)
		return
	}
	s.leaving(s.top, s.top+n, Scrolled)
	if s.top == 0 && !s.altShown {
		s.saveLines(n)
	}
	s.rotateUp(s.top, s.bottom, n)
}

// saveLines gives the first n rows of the main screen to the scrollback and
// leaves rows to be used again, or nil, in their place.
func (s *Screen) saveLines(n int) {
	for y := range n {
		if s.onLeave != nil {
			s.tell(y)
		}
		s.main.rows[y] = s.back.push(s.main.rows[y])
	}
}

func (s *Screen) scrollDown(n int) { s.insertLines(s.top, n) }

// insertLines makes n blank lines at row y; lines fall off the region's end.
func (s *Screen) insertLines(y, n int) {
	n = min(n, s.bottom-y+1)
	if s.narrow() {
		s.shiftDown(y, s.bottom, n)
		return
	}
	s.leaving(s.bottom-n+1, s.bottom+1, Erased)
	s.cutAfter(y - 1)
	s.cutAfter(s.bottom - n)
	rows := s.grid().rows[y : s.bottom+1]
	s.charge(len(rows)/rowWork + n*clearWork)
	for i := len(rows) - n; i < len(rows); i++ {
		rows[i] = s.blankRow(rows[i])
	}
	rotate(rows, len(rows)-n)
}

// deleteLines takes n lines out at row y and adds blank ones at the end.
func (s *Screen) deleteLines(y, n int) {
	n = min(n, s.bottom-y+1)
	if s.narrow() {
		s.shiftUp(y, s.bottom, n)
		return
	}
	s.leaving(y, y+n, Erased)
	s.cutAfter(y - 1)
	s.cutAfter(s.bottom)
	s.rotateUp(y, s.bottom, n)
}

// rotateUp blanks the first n rows of top..bottom and moves them to the end.
func (s *Screen) rotateUp(top, bottom, n int) {
	rows := s.grid().rows[top : bottom+1]
	s.charge(len(rows)/rowWork + n*clearWork)
	if n == 1 {
		r := s.blankRow(rows[0])
		copy(rows, rows[1:])
		rows[len(rows)-1] = r
		return
	}
	for i := range rows[:n] {
		rows[i] = s.blankRow(rows[i])
	}
	rotate(rows, n)
}

// rotate moves the first n rows behind the others.
func rotate(rows []*row, n int) {
	reverse(rows[:n])
	reverse(rows[n:])
	reverse(rows)
}

func reverse(rows []*row) {
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
}

// blankRow returns a row in the colour of blank, using r's memory if it may.
func (s *Screen) blankRow(r *row) *row { return s.emptyRow(r, s.blank()) }

func (s *Screen) clearRows(from, to int) {
	s.charge((to - from) * clearWork)
	rows := s.grid().rows
	for y := from; y < to; y++ {
		rows[y] = s.blankRow(rows[y])
	}
}

func (s *Screen) clearScreen() {
	s.leaving(0, s.rows, Erased)
	s.clearRows(0, s.rows)
}

// eraseDisplay is ED. With a wrap pending the cursor stands behind the last
// column, and erasing from there leaves that column alone.
func (s *Screen) eraseDisplay(what int) {
	switch what {
	case 0:
		if s.x == 0 && s.y == 0 {
			s.clearScreen()
			return
		}
		s.eraseLine(0)
		s.leaving(s.y+1, s.rows, Erased)
		s.clearRows(s.y+1, s.rows)
	case 1:
		s.leaving(0, s.y, Erased)
		s.clearRows(0, s.y)
		s.eraseLine(1)
	case 2:
		s.clearScreen()
	case 3:
		if !s.altShown {
			s.back.forget()
		}
	}
}

// eraseLine is EL.
func (s *Screen) eraseLine(what int) {
	switch what {
	case 0:
		from := s.x
		if s.wrap {
			from++ // that is where the cursor really is
		}
		if from == s.cols {
			return
		}
		s.line(s.y).erase(from, s.cols, s.blank())
		if from == 0 {
			s.cutAfter(s.y - 1)
		}
	case 1:
		s.line(s.y).erase(0, s.x+1, s.blank())
		s.cutAfter(s.y - 1)
	case 2:
		s.line(s.y).erase(0, s.cols, s.blank())
		s.cutAfter(s.y - 1)
	}
}

// cutAfter notes that the line in row y does not go on in the next row.
func (s *Screen) cutAfter(y int) {
	if y >= 0 && s.grid().rows[y].wraps {
		s.line(y).wraps = false
	}
}

// alignment is DECALN: a screen full of E, for adjusting the picture.
func (s *Screen) alignment() {
	s.leaving(0, s.rows, Erased)
	s.top, s.bottom = 0, s.rows-1
	s.openMargins()
	s.pen = cell{}
	s.origin = false
	rows := s.grid().rows
	s.charge(len(rows) * clearWork)
	for y := range rows {
		rows[y] = s.emptyRow(rows[y], cell{text: 'E'})
	}
	s.home()
}
