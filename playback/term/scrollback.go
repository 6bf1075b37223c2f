package term

import "unicode/utf8"

// Leave says how a line left the screen.
type Leave uint8

const (
	// Scrolled lines went off the top of the scroll region, one by one.
	Scrolled Leave = iota
	// Erased lines were wiped: a clear, a reset, a deleted line, a screen made
	// smaller, or a switch of screens that clears.
	Erased
)

// OnLeave has fn called just before a row that holds text leaves the screen;
// the row is still there to be read with Line, Row and Wrapped. fn must not
// change the screen. It costs nothing while it is not set, it is not inherited
// by clones, and nil removes it. A line that came back from the scrollback on
// a taller screen and did not change is not told again.
func (s *Screen) OnLeave(fn func(y int, why Leave)) { s.onLeave = fn }

// leaving tells of the rows [from, to) of the shown screen.
func (s *Screen) leaving(from, to int, why Leave) {
	if s.onLeave == nil {
		return
	}
	for y := from; y < to; y++ {
		if r := s.grid().rows[y]; !r.told && (why == Scrolled || r.holdsText()) {
			s.onLeave(y, why)
		}
	}
}

// scrollback is a ring of the lines above the main screen.
type scrollback struct {
	lines []*row
	head  int // the oldest line, once the ring is full
	limit int
	total uint64 // lines that ever left at the top
}

// push adds a line and returns one that is no longer needed, if there is any.
func (b *scrollback) push(r *row) *row {
	b.total++
	if b.limit == 0 {
		return r
	}
	if n := len(b.lines); n < b.limit {
		var old *row
		if n < cap(b.lines) {
			old = b.lines[:n+1][n]
		}
		b.lines = append(b.lines, r)
		return old
	}
	old := b.lines[b.head]
	b.lines[b.head] = r
	if b.head++; b.head == len(b.lines) {
		b.head = 0
	}
	return old
}

// forget drops all lines. Their memory stays for those that come.
func (b *scrollback) forget() { b.lines, b.head = b.lines[:0], 0 }

// pop takes the newest line back, or returns nil.
func (b *scrollback) pop() *row {
	if len(b.lines) == 0 {
		return nil
	}
	b.straighten()
	n := len(b.lines) - 1
	r := b.lines[n]
	b.lines[n] = nil
	b.lines = b.lines[:n]
	b.total--
	return r
}

// at returns line i, the oldest being 0.
func (b *scrollback) at(i int) *row {
	return b.lines[(b.head+i)%len(b.lines)]
}

// straighten puts the oldest line first.
func (b *scrollback) straighten() {
	if b.head == 0 {
		return
	}
	lines := make([]*row, 0, len(b.lines))
	lines = append(lines, b.lines[b.head:]...)
	b.lines = append(lines, b.lines[:b.head]...)
	b.head = 0
}

// SetScrollback changes how many lines above the screen are kept; the oldest
// ones go first. 0 keeps none.
func (s *Screen) SetScrollback(lines int) {
	s.back.straighten()
	s.back.limit = max(lines, 0)
	if n := len(s.back.lines) - s.back.limit; n > 0 {
		s.back.lines = append([]*row(nil), s.back.lines[n:]...)
	}
}

// Scrollback returns how many lines above the screen are kept at most.
func (s *Screen) Scrollback() int { return s.back.limit }

// ScrolledLines returns how many lines above the screen are kept now.
func (s *Screen) ScrolledLines() int { return len(s.back.lines) }

// ScrolledTotal returns how many lines ever left the main screen at its top,
// kept or not; lines that came back on a taller screen are taken off again.
func (s *Screen) ScrolledTotal() uint64 { return s.back.total }

// ScrolledLine returns the text of line i above the screen; 0 is the oldest.
func (s *Screen) ScrolledLine(i int) string {
	if i < 0 || i >= len(s.back.lines) {
		return ""
	}
	r := s.back.at(i)
	return s.rowText(r, r.width)
}

// ScrolledRow appends the cells of line i above the screen to dst[:0]. A line
// keeps the width that it was written in.
func (s *Screen) ScrolledRow(i int, dst []Cell) []Cell {
	if i < 0 || i >= len(s.back.lines) {
		return dst[:0]
	}
	r := s.back.at(i)
	return s.showRow(r, r.width, dst)
}

// ScrolledWrapped reports whether line i above the screen goes on in the next.
func (s *Screen) ScrolledWrapped(i int) bool {
	return i >= 0 && i < len(s.back.lines) && s.back.at(i).wraps
}

// appendRow appends the text of a row's first cols columns without trailing
// blanks.
func (s *Screen) appendRow(dst []byte, r *row, cols int) []byte {
	start := len(dst)
	for i := range r.cells[:min(r.used, cols)] {
		c := &r.cells[i]
		switch {
		case i == cols-1 && c.text&textWide != 0: // the other half is not shown
		case c.text&textTail != 0:
		case c.text&textCluster != 0:
			dst = append(dst, s.clusters.list[c.text&textMask].text...)
		case c.text == 0:
			dst = append(dst, ' ')
		default:
			dst = utf8.AppendRune(dst, rune(c.text&textMask))
		}
	}
	if r.rest.text != 0 {
		for range min(r.width, cols) - r.used {
			dst = utf8.AppendRune(dst, rune(r.rest.text))
		}
	}
	n := len(dst)
	for n > start && dst[n-1] == ' ' {
		n--
	}
	return dst[:n]
}
