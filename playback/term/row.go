package term

// row is one line of cells. Only the first used ones are stored; all others are
// rest, and what lies in their memory means nothing. So clearing a row, in any
// colour and of any width, is one assignment, and a stream that does nothing
// but clear a large screen costs little.
type row struct {
	owner uint64 // epoch of the screen that may write here
	cells []cell
	used  int
	rest  cell // neither wide nor a cluster
	wraps bool // the line goes on in the next row
	told  bool // OnLeave saw it scroll away, and it has not changed since
}

// at returns the cell in column x.
func (r *row) at(x int) cell {
	if x < r.used {
		return r.cells[x]
	}
	return r.rest
}

// reach stores the cells before column x.
func (r *row) reach(x int) {
	if x > r.used {
		fill(r.cells[r.used:x], r.rest)
		r.used = x
	}
}

// isTail reports whether column x is the second half of a wide character.
func (r *row) isTail(x int) bool {
	return x < r.used && r.cells[x].text&textTail != 0
}

// holdsText reports whether anything was printed in the row.
func (r *row) holdsText() bool { return r.used > 0 || r.rest.text != 0 }

// fresh returns a blank row, using old's memory where it may.
func (s *Screen) fresh(old *row) *row {
	epoch := s.epoch.Load()
	if old == nil || old.owner != epoch || len(old.cells) != s.cols {
		return &row{owner: epoch, cells: make([]cell, s.cols)}
	}
	old.used, old.rest, old.wraps, old.told = 0, cell{}, false, false
	return old
}

func (s *Screen) blankRows() []*row {
	rows := make([]*row, s.rows)
	for i := range rows {
		rows[i] = s.fresh(nil)
	}
	return rows
}

// line returns row y of the shown screen for writing.
func (s *Screen) line(y int) *row {
	g := s.grid()
	r := g.rows[y]
	if r.owner != s.epoch.Load() {
		r = s.own(r)
		g.rows[y] = r
	}
	r.told = false
	return r
}

// own returns a copy of a row that is shared with a clone.
func (s *Screen) own(r *row) *row {
	c := *r
	c.owner = s.epoch.Load()
	c.cells = make([]cell, len(r.cells))
	copy(c.cells, r.cells[:r.used])
	return &c
}

// splitAt makes sure that no wide character lies across the border before
// column x: if one does, both halves become blanks.
func (r *row) splitAt(x int) {
	if r.isTail(x) {
		r.cells[x].text = 0
		r.cells[x-1].text = 0
	}
}

// erase makes the columns [from, to) blank.
func (r *row) erase(from, to int, blank cell) {
	r.splitAt(from)
	r.splitAt(to)
	end := to == len(r.cells)
	if end {
		r.wraps = false
	}
	switch {
	case r.rest == blank && to >= r.used:
		r.used = min(r.used, from)
	case end:
		r.reach(from)
		r.used, r.rest = from, blank
	default:
		r.reach(to)
		fill(r.cells[from:to], blank)
	}
}

func fill(cells []cell, c cell) {
	for i := range cells {
		cells[i] = c
	}
}

// insert makes room for n blanks at column x; what passes the margin is lost.
func (r *row) insert(x, n int, blank cell) {
	n = min(n, len(r.cells)-x)
	r.splitAt(x)
	r.splitAt(len(r.cells) - n)
	r.reach(x)
	r.used = min(r.used+n, len(r.cells))
	copy(r.cells[x+n:r.used], r.cells[x:])
	fill(r.cells[x:x+n], blank)
	r.wraps = false
}

// remove takes n cells out at column x and fills with blanks from the right.
func (r *row) remove(x, n int, blank cell) {
	n = min(n, len(r.cells)-x)
	r.splitAt(x)
	r.splitAt(x + n)
	r.wraps = false
	if r.rest != blank {
		r.reach(len(r.cells))
	}
	if x < r.used {
		r.used = x + copy(r.cells[x:], r.cells[min(x+n, r.used):r.used])
	}
	r.rest = blank
}

// blank is what erasing leaves: no text and only the pen's background, as in
// terminals with "background colour erase".
func (s *Screen) blank() cell { return cell{bg: s.pen.bg} }

// Wrapped reports whether the line in row y goes on in the next row.
func (s *Screen) Wrapped(y int) bool {
	return y >= 0 && y < s.rows && s.grid().rows[y].wraps
}

// Text returns each row's text without trailing blanks.
func (s *Screen) Text() []string {
	out := make([]string, s.rows)
	for y := range out {
		out[y] = s.Line(y)
	}
	return out
}

// Line returns the text of row y without trailing blanks.
func (s *Screen) Line(y int) string {
	if y < 0 || y >= s.rows {
		return ""
	}
	return s.rowText(s.grid().rows[y])
}

// AppendLine appends the text of row y without trailing blanks to dst.
func (s *Screen) AppendLine(dst []byte, y int) []byte {
	if y < 0 || y >= s.rows {
		return dst
	}
	return s.appendRow(dst, s.grid().rows[y])
}

func (s *Screen) rowText(r *row) string {
	var buf [256]byte
	return string(s.appendRow(buf[:0], r))
}
