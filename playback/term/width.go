package term

import (
	"sync/atomic"

	"github.com/clipperhouse/displaywidth"
	"github.com/clipperhouse/uax29/v2/graphemes"
)

// class is what printing needs to know of a rune: its columns, and whether it
// is a pictograph that emoji sequences are made of.
type class uint8

const (
	classWidth class = 3
	classPict  class = 4
	// classJoin is for what joins the character before it by its own kind.
	classJoin class = 8
)

const (
	zeroWidthJoiner = '\u200d'
	emojiVariation  = '\ufe0f'
)

// classes are filled page by page from the Unicode tables of the width library
// when a rune of the page is first printed: the library's own look-up works on
// encoded text and is several times slower than a byte in an array.
var classes [0x1100]atomic.Pointer[[256]class]

func classOf(r rune) class {
	if page := classes[uint32(r)>>8%uint32(len(classes))].Load(); page != nil {
		return page[uint8(r)]
	}
	return classPage(r >> 8)[uint8(r)]
}

func (c class) width() int { return int(c & classWidth) }

func classPage(n rune) *[256]class {
	page := new([256]class)
	for i := range page {
		page[i] = classify(n<<8 | rune(i))
	}
	classes[n].Store(page)
	return page
}

func classify(r rune) class {
	switch {
	case r == '\u00ad':
		return 1 // terminals show the soft hyphen
	case r >= 0x1160 && r <= 0x11ff, r >= 0xd7b0 && r <= 0xd7ff:
		return 0 // vowels and finals of Hangul stand in the cell of the initial
	}
	c := class(displaywidth.Rune(r))
	if isRegional(r) || isSkinTone(r) {
		c |= classJoin
	}
	if c != 0 && oneCluster("\u00a9\u200d"+string(r)) && !oneCluster("a"+string(r)) {
		c |= classPict
	}
	return c
}

func oneCluster(text string) bool {
	g := graphemes.FromString(text)
	return g.Next() && len(g.Value()) == len(text)
}

func isRegional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

func isSkinTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// takesVariation reports whether r becomes wide with the emoji variation
// selector: pictographs, and the keys of keycap sequences.
func takesVariation(r rune) bool {
	return classOf(r)&classPict != 0 || r >= '0' && r <= '9' || r == '#' || r == '*'
}

// joins reports whether r, although it has a width of its own, is part of the
// emoji that was printed just before: the second letter of a flag, a skin
// tone, or the next pictograph after a zero-width joiner.
func (s *Screen) joinsEmoji(r rune, c class) bool {
	if s.prev < 0x80 {
		return false
	}
	left := s.leftCell()
	if left == nil {
		return false
	}
	text := left.text
	switch {
	case isRegional(r):
		return text&textCluster == 0 && isRegional(rune(text&textMask))
	case isSkinTone(r):
		return classOf(s.prev)&classPict != 0 || s.prev == emojiVariation
	case c&classPict != 0 && s.prev == zeroWidthJoiner:
		return text&textCluster != 0 && classOf(s.clusters.list[text&textMask].first)&classPict != 0
	}
	return false
}

// leftCell returns the cell that holds the character left of the cursor, or nil.
func (s *Screen) leftCell() *cell {
	x := s.leftColumn()
	r := s.grid().rows[s.y]
	if x < 0 || x >= r.used {
		return nil
	}
	return &r.cells[x]
}

func (s *Screen) leftColumn() int {
	x := s.x
	if !s.wrap {
		x--
	}
	if x > 0 && s.grid().rows[s.y].isTail(x) {
		x--
	}
	return x
}
