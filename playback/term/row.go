package term

// row is one line of cells. Only the first used ones are stored; all others are
// rest, and what lies in their memory means nothing. So clearing a row, in any
// colour and of any width, is one assignment, and a stream that does nothing
// but clear a large screen costs little.
//
// A row that another screen owns, or nobody, is copied before it is written to.
// It may have another width than the screen: what a narrower screen does not
// show is there again on a wider one, until something is written to the row.
type row struct {
	owner uint64 // epoch of the screen that may write here, 0 for nobody
	cells []cell // width of them; none in a blank row of nobody's
	width int
	used  int
	rest  cell // neither wide nor a cluster
	wraps bool // the line goes on in the next row
	told  bool // OnLeave saw it scroll away, and it has not changed since
}

// at returns what a screen of cols columns shows in column x.
func (r *row) at(x, cols int) cell {
	switch {
	case x < r.used:
		c := r.cells[x]
		if x == cols-1 && c.text&textWide != 0 {
			c.text = 0 // the other half is not shown
		}
		return c
	case x < r.width:
		return r.rest
	}
	return cell{}
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

// startsWide reports whether the first character is a wide one.
func (r *row) startsWide() bool { return r.used > 0 && r.cells[0].text&textWide != 0 }

// holdsText reports whether anything was printed in the row.
func (r *row) holdsText() bool { return r.used > 0 || r.rest.text != 0 }

// emptyRow returns a row that is blank all over. It uses old's memory where it
// may; otherwise it is a row that all blank rows of that colour share, and gets
// cells of its own when it is written to.
func (s *Screen) emptyRow(old *row, blank cell) *row {
	if old != nil && old.owner == s.epoch.Load() {
		old.used, old.rest, old.wraps, old.told = 0, blank, false, false
		return old
	}
	if e := s.empty; e == nil || e.width != s.cols || e.rest != blank {
		s.empty = &row{width: s.cols, rest: blank}
	}
	return s.empty
}

func (s *Screen) emptyRows() []*row {
	rows := make([]*row, s.rows)
	for i := range rows {
		rows[i] = s.emptyRow(nil, cell{})
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

// own returns a copy of a row that may be written to, as wide as the screen.
func (s *Screen) own(r *row) *row {
	c := &row{
		owner: s.epoch.Load(), cells: make([]cell, s.cols), width: s.cols,
		used: min(r.used, s.cols), rest: r.rest, wraps: r.wraps, told: r.told,
	}
	copy(c.cells, r.cells[:c.used])
	if r.used > s.cols && r.isTail(s.cols) {
		c.cells[s.cols-1].text = 0
	}
	if r.width < s.cols && r.rest != (cell{}) {
		c.reach(r.width)
		c.rest = cell{}
	}
	return c
}

// tell marks row y as told to OnLeave. The mark is no change of the text, so a
// row of another owner keeps its width.
func (s *Screen) tell(y int) {
	g := s.grid()
	r := g.rows[y]
	if r.owner != s.epoch.Load() {
		c := *r
		c.owner = 0
		r, g.rows[y] = &c, &c
	}
	r.told = true
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

// RowWidth returns how many columns the screen had when row y was last written
// to, at most those it has now: where a line wrapped on a narrower screen.
func (s *Screen) RowWidth(y int) int {
	if y < 0 || y >= s.rows {
		return s.cols
	}
	return min(s.grid().rows[y].width, s.cols)
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
	return s.rowText(s.grid().rows[y], s.cols)
}

// AppendLine appends the text of row y without trailing blanks to dst.
func (s *Screen) AppendLine(dst []byte, y int) []byte {
	if y < 0 || y >= s.rows {
		return dst
	}
	return s.appendRow(dst, s.grid().rows[y], s.cols)
}

func (s *Screen) rowText(r *row, cols int) string {
	var buf [256]byte
	return string(s.appendRow(buf[:0], r, cols))
}
