package term

import "math/bits"

// home puts the cursor at the first place it may have.
func (s *Screen) home() { s.moveTo(0, 0) }

// moveTo is CUP: column and row from 0, the row counted from the scroll region
// in origin mode.
func (s *Screen) moveTo(x, y int) {
	s.setRow(y)
	s.setColumn(x)
}

// setColumn counts from the left margin in origin mode.
func (s *Screen) setColumn(x int) {
	low, high := 0, s.cols-1
	if s.origin {
		low, high = s.left, s.right
	}
	s.x = min(max(low+x, low), high)
	s.wrap = false
}

// forward and backward stop at a margin if they start between them.
func (s *Screen) forward(n int) {
	s.x = min(s.x+n, s.limit()-1)
	s.wrap = false
}

func (s *Screen) backward(n int) {
	s.x = max(s.x-n, s.lineStart())
	s.wrap = false
}

func (s *Screen) setRow(y int) {
	low, high := 0, s.rows-1
	if s.origin {
		low, high = s.top, s.bottom
	}
	s.y = min(max(low+y, low), high)
	s.wrap = false
}

// up and down stop at the margin of the scroll region if they start inside it.
func (s *Screen) up(n int) {
	limit := 0
	if s.y >= s.top {
		limit = s.top
	}
	s.y = max(s.y-n, limit)
	s.wrap = false
}

func (s *Screen) down(n int) {
	limit := s.rows - 1
	if s.y <= s.bottom {
		limit = s.bottom
	}
	s.y = min(s.y+n, limit)
	s.wrap = false
}

// setRegion is DECSTBM with rows from 1; 0 is the last row.
func (s *Screen) setRegion(top, bottom int) {
	if bottom == 0 || bottom > s.rows {
		bottom = s.rows
	}
	if top >= bottom {
		return
	}
	s.top, s.bottom = top-1, bottom-1
	s.home()
}

// tabStops is a set of columns.
type tabStops [(MaxCols + 63) / 64]uint64

func (t *tabStops) reset() {
	for i := range t {
		t[i] = 0x0101010101010101
	}
}

func (t *tabStops) set(x int)   { t[x/64] |= 1 << (x % 64) }
func (t *tabStops) clear(x int) { t[x/64] &^= 1 << (x % 64) }

// after returns the first stop behind column x, or a column behind them all.
func (t *tabStops) after(x int) int {
	x++
	word, skip := x/64, x%64
	for ; word < len(t); word, skip = word+1, 0 {
		if stops := t[word] >> skip << skip; stops != 0 {
			return word*64 + bits.TrailingZeros64(stops)
		}
	}
	return MaxCols
}

// before returns the last stop in front of column x, or 0.
func (t *tabStops) before(x int) int {
	word, stops := x/64, t[x/64]&(1<<(x%64)-1)
	for stops == 0 && word > 0 {
		word--
		stops = t[word]
	}
	return max(word*64+bits.Len64(stops)-1, 0)
}

// tab moves n stops to the right, to the last column at most. A wrap that is
// pending there stays pending.
func (s *Screen) tab(n int) {
	last := s.limit() - 1
	for ; s.x < last && n > 0; n-- {
		s.wrap = false
		s.x = min(s.tabs.after(s.x), last)
	}
}

func (s *Screen) tabBack(n int) {
	s.wrap = false
	for ; s.x > 0 && n > 0; n-- {
		s.x = s.tabs.before(s.x)
	}
}

// clearTabs is TBC.
func (s *Screen) clearTabs(what int) {
	switch what {
	case 0:
		s.tabs.clear(s.x)
	case 3:
		s.tabs = tabStops{}
	}
}
