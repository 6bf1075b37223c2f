package term

import "slices"

// Reflow changes the size like Resize, but wraps the lines of the main screen
// and its scrollback anew, as most terminals of today do when their window
// changes. It is for showing a screen at another width than the recorded one;
// a player that is told a recorded size calls Resize. The cursor stays on its
// character. What the new wrapping moves to the scrollback or back is not told
// to OnLeave: it is the same text.
func (s *Screen) Reflow(cols, rows int) {
	cols, rows = clampSize(cols, rows)
	s.Resize(s.cols, rows)
	if cols != s.cols {
		s.wrapAnew(cols)
		s.Resize(cols, rows)
	}
}

// wrapAnew gives the main screen and the scrollback rows of another width.
func (s *Screen) wrapAnew(cols int) {
	s.back.straighten()
	above := len(s.back.lines)
	spots := []*spot{newSpot(&s.main.saved, above)}
	if !s.altShown {
		spots = append(spots, newSpot(&s.cursor, above))
	}
	now := spots[len(spots)-1]
	lines := slices.Concat(s.back.lines, s.main.rows)
	slack := 0
	for y := len(lines) - 1; y > now.y && lines[y].used == 0 && lines[y].rest == (cell{}); y-- {
		slack++
	}
	f := folder{s: s, cols: cols}
	for first := 0; first < len(lines); {
		first += f.fold(lines, first, spots)
	}

	// Blank lines below the cursor give way as long as nothing was scrolled
	// away; otherwise the last row stays the last row.
	grown := len(f.out) - len(lines)
	if above == 0 {
		grown -= min(slack, max(grown, 0))
	}
	top := max(min(above+grown, now.newY), now.newY-s.rows+1, 0)
	s.main.rows = append(make([]*row, 0, s.rows), f.out[top:min(top+s.rows, len(f.out))]...)
	for len(s.main.rows) < s.rows {
		s.main.rows = append(s.main.rows, &row{width: cols})
	}
	s.back.total += uint64(top) - uint64(above)
	s.back.lines = slices.Clone(f.out[max(top-s.back.limit, 0):top])
	for _, p := range spots {
		p.settle(top, cols, s.rows)
	}
}

// spot is a place in the text that a cursor stands at. Rows are counted from
// the first line of the scrollback; a pending wrap is the column after the last.
type spot struct {
	c          *cursor
	x, y       int
	newX, newY int
}

func newSpot(c *cursor, above int) *spot {
	p := &spot{c: c, x: c.x, y: above + c.y}
	if c.wrap {
		p.x++
	}
	return p
}

// settle puts the cursor where its place came to.
func (p *spot) settle(top, cols, rows int) {
	p.c.y = min(max(p.newY-top, 0), rows-1)
	p.c.wrap = p.newX == cols
	p.c.x = min(p.newX, cols-1)
}

// folder wraps lines to a width.
type folder struct {
	s      *Screen
	cols   int
	out    []*row
	cells  []cell // the line at hand, all its rows
	starts []int  // where the rows that it was cut into begin
}

// fold takes the line that begins at row first and returns its number of rows.
func (f *folder) fold(lines []*row, first int, spots []*spot) int {
	f.cells = f.cells[:0]
	var here []*spot
	n := 0
	for more := true; more; n++ {
		r := lines[first+n]
		more = r.wraps && first+n+1 < len(lines)
		for _, p := range spots {
			if p.y == first+n {
				p.newX = p.x + len(f.cells)
				here = append(here, p)
			}
		}
		f.join(r, more)
		if more && lines[first+n+1].startsWide() && f.cells[len(f.cells)-1].text == 0 {
			f.cells = f.cells[:len(f.cells)-1] // blank because a wide character did not fit
		}
	}
	rest := lines[first+n-1].rest
	if rest.text != 0 {
		rest = cell{}
	}
	for len(f.cells) > 0 && f.cells[len(f.cells)-1] == rest {
		f.cells = f.cells[:len(f.cells)-1]
	}
	at := len(f.out)
	f.cut(rest)
	for _, p := range here {
		k := len(f.starts) - 1
		for f.starts[k] > p.newX {
			k--
		}
		p.newX, p.newY = p.newX-f.starts[k], at+k
	}
	return n
}

// join adds a row to the line at hand, to its end if the line goes on.
func (f *folder) join(r *row, whole bool) {
	f.cells = append(f.cells, r.cells[:r.used]...)
	if whole || r.rest.text != 0 {
		for range r.width - r.used {
			f.cells = append(f.cells, r.rest)
		}
	}
}

// cut makes rows of the line at hand; what follows it is blank like rest.
func (f *folder) cut(rest cell) {
	f.starts = f.starts[:0]
	for at := 0; at < len(f.cells) || at == 0; {
		r := &row{cells: make([]cell, f.cols), width: f.cols}
		f.starts, f.out = append(f.starts, at), append(f.out, r)
		r.used = copy(r.cells, f.cells[at:])
		at += r.used
		if at < len(f.cells) && f.cells[at].text&textTail != 0 {
			if f.cols == 1 {
				r.cells[0].text &^= textWide
				at++
			} else {
				r.used--
				at--
			}
		}
		if r.wraps = at < len(f.cells); !r.wraps {
			r.rest = rest
			return
		}
	}
}
