package term

import "unicode/utf8"

// printASCII writes the printable ASCII at the start of p, at most to the end
// of the line, and returns how many bytes it took, at least one.
func (s *Screen) printASCII(p []byte) int {
	if s.wrap {
		s.wrapLine()
	}
	r := s.line(s.y)
	x := s.x
	r.splitAt(x)
	r.reach(x)
	dst := r.cells[x:]
	if len(dst) > len(p) {
		dst = dst[:len(p)]
	}
	p = p[:len(dst)]
	pen := s.pen
	n := 0
	for n < len(dst) {
		b := p[n]
		if b-0x20 >= 0x5f {
			break
		}
		// The pen is copied whole and then given its text: changing the pen
		// first would make the processor wait for the change to copy it.
		dst[n] = pen
		dst[n].text = uint32(b)
		n++
	}
	end := x + n
	if end < len(r.cells) {
		if r.isTail(end) {
			r.cells[end].text = 0
		}
		s.x = end
	} else {
		s.x = end - 1
		s.wrap = true
	}
	if end > r.used {
		r.used = end
	}
	s.earn(n)
	s.last = rune(p[n-1])
	s.prev = s.last
	return n
}

// printRunes writes the characters at the start of p that have columns of their
// own, ASCII among them, at most to the end of the line. It returns how many
// bytes it took: none if the first one takes the long way, because it is not
// whole, has no width, or may be part of the emoji before it.
func (s *Screen) printRunes(p []byte) int {
	r, n := decodeRune(p)
	c := classOf(r)
	if n == 0 || c&classWidth == 0 || c&classJoin != 0 || s.prev == zeroWidthJoiner {
		return 0
	}
	if s.wrap {
		s.wrapLine()
	}
	line := s.line(s.y)
	first := s.x
	x, i := first, 0
	line.splitAt(x)
	line.reach(x)
	cells := line.cells
	pen := s.pen
	var last rune
	for {
		end := x + c.width()
		if end > len(cells) {
			break
		}
		text := uint32(r)
		if end-x == 2 {
			text |= textWide
			cells[x+1] = pen
			cells[x+1].text = textTail
		}
		cells[x] = pen
		cells[x].text = text
		last = r
		x = end
		i += n
		if i == len(p) || x == len(cells) {
			break
		}
		if b := p[i]; b-0x20 < 0x5f {
			r, n, c = rune(b), 1, 1
			continue
		}
		if p[i] < utf8.RuneSelf {
			break
		}
		r, n = decodeRune(p[i:])
		c = classOf(r)
		if n == 0 || c&classWidth == 0 || c&classJoin != 0 {
			break
		}
	}
	if i == 0 {
		return 0
	}
	if line.isTail(x) {
		cells[x].text = 0
	}
	line.used = max(line.used, x)
	s.advance(x, s.cols)
	s.earn(x - first)
	s.last, s.prev = last, last
	return i
}

// wrapLine goes to the next line because the last column is full; without
// autowrap the last column is written again.
func (s *Screen) wrapLine() {
	s.wrap = false
	if s.modes&ModeAutoWrap == 0 {
		return
	}
	if !s.narrow() {
		s.line(s.y).wraps = true
	}
	s.index()
	s.x = s.left
}

// printRune writes one character.
func (s *Screen) printRune(r rune) {
	c := classOf(r)
	w := c.width()
	if w == 0 {
		s.joinLeft(r)
		return
	}
	if w == 2 && s.joinsEmoji(r, c) {
		s.joinLeft(r)
		return
	}
	s.put(r, w)
	s.earn(w)
	s.last, s.prev = r, r
}

// put writes a character of one or two columns at the cursor.
func (s *Screen) put(r rune, w int) {
	if s.wrap {
		s.wrapLine()
	}
	limit := s.limit()
	if w > 1 && s.x+w > limit {
		w = s.placeWide(limit)
		limit = s.limit()
	}
	if s.modes&ModeInsert != 0 && s.between() {
		s.insertCells(w)
	}
	line := s.line(s.y)
	x := s.x
	line.splitAt(x)
	line.splitAt(x + w)
	line.reach(x)
	cells := line.cells[x:]
	cells[0] = s.pen
	cells[0].text = uint32(r)
	if w == 2 {
		cells[0].text |= textWide
		cells[1] = s.pen
		cells[1].text = textTail
	}
	line.used = max(line.used, x+w)
	s.advance(x+w, limit)
}

// advance puts the cursor at column x, or lets it wait at the margin before
// column limit.
func (s *Screen) advance(x, limit int) {
	if x < limit {
		s.x = x
		return
	}
	s.x, s.wrap = limit-1, true
}

// placeWide finds room for a wide character that the margin would cut: on the
// next line, or without autowrap in the last two columns. It returns the width
// the character gets, which is 1 on a screen of one column.
func (s *Screen) placeWide(limit int) int {
	switch {
	case s.cols < 2:
		return 1
	case s.modes&ModeAutoWrap == 0:
		s.x = limit - 2
	default:
		s.line(s.y).erase(s.x, limit, s.blank())
		s.wrapLine()
	}
	return 2
}

// joinLeft adds a rune to the character left of the cursor. At the start of a
// line there is nothing to add it to and it is dropped.
func (s *Screen) joinLeft(r rune) {
	x := s.leftColumn()
	if x < 0 {
		return
	}
	line := s.line(s.y)
	line.reach(x + 1)
	c := &line.cells[x]
	single := c.text&textCluster == 0
	c.text = s.combine(c.text, r)
	if r == emojiVariation && single && s.prev != 0 && takesVariation(s.prev) {
		s.widen(line, x)
	}
	s.prev = r
}

// widen makes the character in column x, just printed, two columns wide if
// there is room.
func (s *Screen) widen(line *row, x int) {
	c := &line.cells[x]
	limit := s.limit()
	if c.text&textWide != 0 || s.wrap || s.x != x+1 || x+2 > limit {
		return
	}
	line.splitAt(x + 2)
	tail := *c
	tail.text = textTail
	line.cells[x+1] = tail
	c.text |= textWide
	line.used = max(line.used, x+2)
	s.advance(x+2, limit)
}

// printTranslated prints bytes one at a time: with another character set than
// ASCII, or in insert mode.
func (s *Screen) printTranslated(b byte) {
	set := s.sets[s.gl]
	if s.single != 0 {
		set, s.single = s.sets[s.single], 0
	}
	r := set.rune(b)
	if r < utf8.RuneSelf {
		s.put(r, 1)
		s.earn(1)
		s.last, s.prev = r, r
		return
	}
	s.printRune(r)
}

// repeat is REP: it prints the last character again, at most a screenful. Whole
// lines are filled at once, or a few bytes would cost a screen of cells.
func (s *Screen) repeat(n int) {
	if s.last == 0 {
		return
	}
	w := classOf(s.last).width()
	each := printWork
	if s.modes&ModeInsert != 0 {
		each += s.cols / moveWork
	}
	for n = min(n, s.cols*s.rows); n > 0; n-- {
		if w == 1 && n >= s.cols && s.fillLine() {
			n -= s.cols - 1
			continue
		}
		if !s.afford(each) {
			return
		}
		s.put(s.last, w)
	}
}

// fillLine prints a whole line of the last character, if the next one starts a
// line that it will leave full.
func (s *Screen) fillLine() bool {
	if s.modes&(ModeAutoWrap|ModeInsert) != ModeAutoWrap || s.narrow() {
		return false
	}
	if s.wrap {
		s.wrapLine()
	}
	if s.x != 0 || !s.afford(s.cols) {
		return false
	}
	r := s.line(s.y)
	r.used, r.rest = 0, s.pen
	r.rest.text = uint32(s.last)
	s.x, s.wrap = s.cols-1, true
	return true
}
