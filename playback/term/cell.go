package term

// Cell is one position of the screen as it is handed out.
type Cell struct {
	// Cluster is the whole text of the cell when it is more than one rune: a
	// letter with combining marks, an emoji sequence. Otherwise it is empty.
	Cluster string
	// Rune is the first rune of the cell; a blank for a cell that nothing was
	// written to, and 0 for the second half of a wide character.
	Rune rune
	// Width is the number of columns: 1, 2, or 0 for the second half.
	Width uint8
	// Style is how the cell looks.
	Style Style
}

// Text returns what stands in the cell; it is empty for the second half of a
// wide character.
func (c Cell) Text() string {
	switch {
	case c.Cluster != "":
		return c.Cluster
	case c.Rune == 0:
		return ""
	default:
		return string(c.Rune)
	}
}

// Style is how a cell looks. Reverse, conceal and the like are kept as
// attributes and not applied to the colours.
type Style struct {
	FG, BG, UnderlineColor Color
	Attrs                  Attr
	// Link is the number of a hyperlink, for Screen.Link; 0 is no link.
	Link uint16
}

// Color is a colour of a cell: the terminal's default, one of its 256 palette
// entries, or RGB.
type Color uint32

// The kind of a colour sits above its 24 bits of value.
const (
	colorIndexed Color = 1 << 24
	colorRGB     Color = 2 << 24
)

// Indexed returns the palette colour i.
func Indexed(i uint8) Color { return colorIndexed | Color(i) }

// RGB returns a direct colour.
func RGB(r, g, b uint8) Color {
	return colorRGB | Color(r)<<16 | Color(g)<<8 | Color(b)
}

// IsDefault reports whether c is the terminal's own colour.
func (c Color) IsDefault() bool { return c == 0 }

// Index returns the palette entry, if c is one.
func (c Color) Index() (uint8, bool) {
	return uint8(c), c>>24 == colorIndexed>>24
}

// RGB returns the components, if c is a direct colour.
func (c Color) RGB() (r, g, b uint8, ok bool) {
	return uint8(c >> 16), uint8(c >> 8), uint8(c), c>>24 == colorRGB>>24
}

// Attr is a set of character attributes and one underline style.
type Attr uint16

// The attributes of SGR. Three bits in the middle hold the underline style.
const (
	Bold Attr = 1 << iota
	Faint
	Italic
	underlineBit0
	underlineBit1
	underlineBit2
	Blink
	Reverse
	Conceal
	Strike
	Overline

	underlineMask  = underlineBit0 | underlineBit1 | underlineBit2
	underlineShift = 3
)

// Underline is the way a cell is underlined.
type Underline uint8

// The underline styles of SGR 4:0 to 4:5.
const (
	NoUnderline Underline = iota
	SingleUnderline
	DoubleUnderline
	CurlyUnderline
	DottedUnderline
	DashedUnderline
)

// Has reports whether every attribute of b is set in a. It is not meant for
// the underline style.
func (a Attr) Has(b Attr) bool { return a&b == b }

// Underline returns the underline style.
func (a Attr) Underline() Underline {
	return Underline(a & underlineMask >> underlineShift)
}

// WithUnderline returns a with another underline style.
func (a Attr) WithUnderline(u Underline) Attr {
	return a&^underlineMask | Attr(u)<<underlineShift&underlineMask
}

// cell is a position of the screen as it is stored. The zero cell is blank in
// default colours.
type cell struct {
	text  uint32 // a rune or a cluster's number, with the flags below
	fg    Color
	bg    Color
	attrs Attr
	extra uint16 // number of a link and underline colour pair in extras
}

const (
	textMask    = 1<<21 - 1 // a rune, or a cluster's number when textCluster is set
	textCluster = 1 << 21
	textWide    = 1 << 22 // first half of a wide character
	textTail    = 1 << 23 // second half
	// textKey is what names the text itself, whatever its width.
	textKey = textMask | textCluster
)

// Cell returns the cell at column x of row y, both from 0. Outside the screen
// it is blank.
func (s *Screen) Cell(x, y int) Cell {
	if y < 0 || y >= s.rows || x < 0 || x >= s.cols {
		return Cell{Rune: ' ', Width: 1}
	}
	return s.show(s.grid().rows[y].at(x, s.cols))
}

// Row appends the cells of row y to dst[:0] and returns it.
func (s *Screen) Row(y int, dst []Cell) []Cell {
	if y < 0 || y >= s.rows {
		return dst[:0]
	}
	return s.showRow(s.grid().rows[y], s.cols, dst)
}

func (s *Screen) showRow(r *row, cols int, dst []Cell) []Cell {
	dst = dst[:0]
	for x := range min(r.used, cols) {
		dst = append(dst, s.show(r.at(x, cols)))
	}
	rest := s.show(r.rest)
	for len(dst) < min(r.width, cols) {
		dst = append(dst, rest)
	}
	for len(dst) < cols {
		dst = append(dst, Cell{Rune: ' ', Width: 1})
	}
	return dst
}

// show turns a stored cell into one to hand out.
func (s *Screen) show(c cell) Cell {
	out := Cell{Width: 1, Style: Style{FG: c.fg, BG: c.bg, Attrs: c.attrs}}
	if c.extra != 0 {
		e := s.extras.list[c.extra]
		out.Style.UnderlineColor, out.Style.Link = e.color, e.link
	}
	switch {
	case c.text&textTail != 0:
		out.Width = 0
		return out
	case c.text&textWide != 0:
		out.Width = 2
	}
	switch {
	case c.text == 0:
		out.Rune = ' '
	case c.text&textCluster != 0:
		e := &s.clusters.list[c.text&textMask]
		out.Cluster, out.Rune = e.text, e.first
	default:
		out.Rune = rune(c.text & textMask)
	}
	return out
}
