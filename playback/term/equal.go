package term

import "slices"

// Equal reports whether two screens are in the same state: everything that can
// be seen or asked, and everything that later bytes depend on. It is meant for
// tests and takes its time.
func (s *Screen) Equal(o *Screen) bool {
	return s.cols == o.cols && s.rows == o.rows && s.altShown == o.altShown &&
		s.equalCursor(&s.cursor, o, &o.cursor) &&
		s.top == o.top && s.bottom == o.bottom && s.left == o.left && s.right == o.right &&
		min(s.saved, maxSaved) == min(o.saved, maxSaved) &&
		s.modes == o.modes && s.shape == o.shape && s.tabs == o.tabs &&
		s.last == o.last && s.prev == o.prev &&
		s.title == o.title && s.icon == o.icon && s.dir == o.dir &&
		slices.Equal(s.titles, o.titles) &&
		s.parser.equal(&o.parser) &&
		s.equalGrid(&s.main, o, &o.main) && s.equalGrid(&s.alt, o, &o.alt) &&
		s.equalScrollback(o)
}

func (s *Screen) equalScrollback(o *Screen) bool {
	if s.back.limit != o.back.limit || s.back.total != o.back.total || len(s.back.lines) != len(o.back.lines) {
		return false
	}
	for i := range s.back.lines {
		if !s.equalRow(s.back.at(i), o, o.back.at(i)) {
			return false
		}
	}
	return true
}

func (s *Screen) equalGrid(a *grid, o *Screen, b *grid) bool {
	if len(a.rows) != len(b.rows) || !s.equalCursor(&a.saved, o, &b.saved) {
		return false
	}
	for y := range a.rows {
		if !s.equalRow(a.rows[y], o, b.rows[y]) {
			return false
		}
	}
	return true
}

func (s *Screen) equalRow(a *row, o *Screen, b *row) bool {
	if a == b && s.clusters == o.clusters && s.extras == o.extras {
		return true
	}
	if a.wraps != b.wraps {
		return false
	}
	cols := max(a.width, b.width)
	for x := range cols {
		if !s.equalCell(a.at(x, cols), o, b.at(x, cols)) {
			return false
		}
	}
	return true
}

func (s *Screen) equalCursor(a *cursor, o *Screen, b *cursor) bool {
	if !s.equalCell(a.pen, o, b.pen) {
		return false
	}
	c, d := *a, *b
	c.pen, d.pen = cell{}, cell{}
	return c == d
}

// equalCell compares what two cells show; the numbers in the side tables may
// differ between screens that came to the same state by different ways.
func (s *Screen) equalCell(a cell, o *Screen, b cell) bool {
	return a.text&^textKey == b.text&^textKey && (a.text == 0) == (b.text == 0) &&
		s.show(a).Text() == o.show(b).Text() &&
		a.fg == b.fg && a.bg == b.bg && a.attrs == b.attrs && s.equalExtra(a.extra, o, b.extra)
}

func (s *Screen) equalExtra(a uint16, o *Screen, b uint16) bool {
	x, y := s.extras.list[a], o.extras.list[b]
	return x.color == y.color && s.extras.links[x.link] == o.extras.links[y.link]
}

// equal compares what is pending. What an earlier sequence left behind does not
// count.
func (p *parser) equal(o *parser) bool {
	if p.state != o.state || p.utf8.pending() != o.utf8.pending() {
		return false
	}
	switch p.state {
	case inEscape:
		return p.inter == o.inter && p.broken == o.broken
	case inCSI:
		return p.inter == o.inter && p.broken == o.broken && p.prefix == o.prefix &&
			p.sub == o.sub && slices.Equal(p.params[:p.n], o.params[:o.n])
	case inOSC, inString:
		return p.broken == o.broken && p.string.pending() == o.string.pending() && slices.Equal(p.text, o.text)
	}
	return true
}

// pending returns what the next byte depends on.
func (d decoder) pending() decoder {
	if d.need == 0 {
		return decoder{}
	}
	return d
}
