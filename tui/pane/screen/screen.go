package screen

import (
	"image"
	"image/color"
	"strings"
	"unicode"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"cordon/playback/term"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// View says which part of a picture is drawn, and how.
type View struct {
	// Origin is the picture's column and row at the upper left corner, where the
	// picture is larger than the area.
	Origin image.Point
	// Above is how many lines of the scrollback stand above the picture's first
	// row; as many of its last rows are not shown.
	Above int
	// Cursor draws the cursor where the program shows it.
	Cursor bool
	// Match is a text to mark wherever it stands, whatever the case of its
	// letters; one that wraps at the margin is not marked.
	Match string
	// Marked tells which cells of the picture are marked besides; nil for none.
	Marked func(x, y int) bool
}

// Draw draws a picture into an area and returns where it stands. The area around
// a smaller picture is dotted, so that one sees where the recorded screen ended.
func Draw(c draw.Canvas, area uv.Rectangle, s *term.Screen, v View) uv.Rectangle {
	area = area.Intersect(c.Screen().Bounds())
	if area.Empty() {
		return area
	}
	cols, rows := s.Size()
	shown, from := Place(area, image.Pt(cols, rows), v.Origin)
	c.Fill(area, c.Glyphs().Dot, themes.Border)
	c.Clear(shown)
	p := painter{
		c: c, scr: c.Screen(), paint: newPaint(c.Styles, s.Modes().Has(term.ModeReverse)),
		substitute: "\ufffd",
	}
	if c.Glyphs().ASCII {
		p.substitute, p.form = "?", safetext.ASCII
	}
	p.match, p.mark, p.marked = []rune(strings.ToLower(v.Match)), v.Marked, c.Styles.Style(themes.Match)
	var cells []term.Cell
	for y := range shown.Dy() {
		if row := from.Y + y - v.Above; row < 0 {
			cells = s.ScrolledRow(s.ScrolledLines()+row, cells)
		} else {
			cells = s.Row(row, cells)
		}
		p.row(shown, y, cells, from)
	}
	if cur := s.Cursor(); v.Cursor && cur.Visible {
		p.cursor(shown, image.Pt(cur.X, cur.Y+v.Above).Sub(from).Add(shown.Min))
	}
	return shown
}

// painter puts one picture on a screen.
type painter struct {
	c          draw.Canvas
	scr        uv.Screen
	paint      paint
	form       safetext.Form
	substitute string // for what cannot be shown
	cell       uv.Cell

	match  []rune
	mark   func(x, y int) bool
	marked uv.Style
	hits   []bool // columns of the row at hand
}

// row draws the part of the y-th row shown that begins at column from.X. Half a
// wide character at either edge is a blank.
func (p *painter) row(shown uv.Rectangle, y int, cells []term.Cell, from image.Point) {
	last, style := term.Style{}, p.paint.style(term.Style{})
	p.find(cells)
	for x := range shown.Dx() {
		at := from.X + x
		if at >= len(cells) {
			break
		}
		cell := cells[at]
		if cell.Width == 0 && x > 0 {
			continue // drawn with its first half
		}
		if cell.Style != last {
			last, style = cell.Style, p.paint.style(cell.Style)
		}
		look := style
		if len(p.match) > 0 && p.hits[at] || p.mark != nil && p.mark(at, from.Y+y) {
			look = p.marked
		}
		text, width := p.text(cell)
		room := max(1, int(cell.Width))
		if x+room > shown.Dx() {
			text, width, room = " ", 1, 1
		}
		p.put(shown.Min.X+x, shown.Min.Y+y, text, width, look)
		for i := width; i < room; i++ {
			p.put(shown.Min.X+x+i, shown.Min.Y+y, " ", 1, look)
		}
	}
}

// find notes the columns of a row that hold the text to mark.
func (p *painter) find(cells []term.Cell) {
	if len(p.match) == 0 {
		return
	}
	p.hits = append(p.hits[:0], make([]bool, len(cells))...)
	for x := range cells {
		end := x
		for _, want := range p.match {
			for end < len(cells) && cells[end].Width == 0 {
				end++
			}
			if end >= len(cells) || unicode.ToLower(cells[end].Rune) != want {
				end = -1
				break
			}
			end++
		}
		for i := x; i < end; i++ {
			p.hits[i] = true
		}
	}
}

func (p *painter) put(x, y int, text string, width int, style uv.Style) {
	p.cell = uv.Cell{Content: text, Width: width, Style: style}
	p.scr.SetCell(x, y, &p.cell)
}

// text is what is drawn for a cell and how many columns it takes, never more
// than the cell has.
func (p *painter) text(cell term.Cell) (string, int) {
	if r := cell.Rune; cell.Cluster == "" && r < 0x7f {
		if r < ' ' {
			r = ' '
		}
		return ascii[r-' ' : r-' '+1], 1
	}
	text := p.safe(cell.Text())
	width := p.c.Width(text)
	if width > int(cell.Width) {
		// Several pictures that were joined to one: the first stands for all.
		_, size := utf8.DecodeRuneInString(text)
		text = text[:size]
		width = p.c.Width(text)
	}
	if width < 1 || width > int(cell.Width) {
		return p.substitute, 1
	}
	return text, width
}

const ascii = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// safe keeps the runes of a cell that safetext lets pass. What it would spell
// out has no room in one cell: a joiner or a selector is left out, and a cell
// whose letter itself does not pass comes back empty.
func (p *painter) safe(text string) string {
	if p.form.Clean(text) == text {
		return text
	}
	kept := ""
	for _, r := range text {
		if longer := kept + string(r); p.form.Clean(longer) == longer {
			kept = longer
		} else if kept == "" {
			return ""
		}
	}
	return kept
}

// cursor turns the cell under the cursor around.
func (p *painter) cursor(shown uv.Rectangle, at image.Point) {
	if !at.In(shown) {
		return
	}
	under := p.scr.CellAt(at.X, at.Y)
	if under != nil && under.Width == 0 && at.X > shown.Min.X {
		at.X--
		under = p.scr.CellAt(at.X, at.Y)
	}
	if under == nil {
		return
	}
	cell := *under
	cell.Style.Attrs ^= uv.AttrReverse
	p.scr.SetCell(at.X, at.Y, &cell)
}

// paint turns the styles of a picture into those of the console.
type paint struct {
	ground  uv.Style
	colours bool
	reverse bool // the whole picture
}

// newPaint reads from a theme what default colours are, and whether there are
// any colours at all.
func newPaint(styles *themes.Styles, reverse bool) paint {
	p := paint{ground: styles.Style(themes.Text), reverse: reverse}
	for _, r := range themes.Roles() {
		if look := styles.Style(r); look.Fg != nil || look.Bg != nil {
			p.colours = true
			break
		}
	}
	return p
}

var attributes = []struct {
	of term.Attr
	as uint8
}{
	{term.Bold, uv.AttrBold},
	{term.Faint, uv.AttrFaint},
	{term.Italic, uv.AttrItalic},
	{term.Strike, uv.AttrStrikethrough},
	{term.Reverse, uv.AttrReverse},
}

func (p paint) style(s term.Style) uv.Style {
	out := uv.Style{Fg: p.ground.Fg, Bg: p.ground.Bg}
	for _, a := range attributes {
		if s.Attrs.Has(a.of) {
			out.Attrs |= a.as
		}
	}
	if p.reverse {
		out.Attrs ^= uv.AttrReverse
	}
	out.Underline = underline(s.Attrs.Underline())
	if !p.colours {
		return out
	}
	if c := convert(s.FG); c != nil {
		out.Fg = c
	}
	if c := convert(s.BG); c != nil {
		out.Bg = c
	}
	out.UnderlineColor = convert(s.UnderlineColor)
	return out
}

func underline(u term.Underline) uv.Underline {
	switch u {
	case term.SingleUnderline:
		return ansi.UnderlineSingle
	case term.DoubleUnderline:
		return ansi.UnderlineDouble
	case term.CurlyUnderline:
		return ansi.UnderlineCurly
	case term.DottedUnderline:
		return ansi.UnderlineDotted
	case term.DashedUnderline:
		return ansi.UnderlineDashed
	default:
		return ansi.UnderlineNone
	}
}

// convert names a colour as the terminal is asked for it: the sixteen by name,
// so that they follow the terminal's own palette. The default colour is nil.
func convert(c term.Color) color.Color {
	if i, ok := c.Index(); ok {
		if i < 16 {
			return ansi.BasicColor(i)
		}
		return ansi.IndexedColor(i)
	}
	if r, g, b, ok := c.RGB(); ok {
		return color.RGBA{R: r, G: g, B: b, A: 0xff}
	}
	return nil
}
