// Package picture draws one screen of a session as an SVG: a file that can be
// opened by anybody, put into a report, and searched for its text.
//
// The picture has no script, no link and no reference, and every string in it
// is escaped: what the session wrote stays text.
package picture

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"cordon/playback/term"
)

// The picture's grid, in pixels.
const (
	cellWidth  = 8
	cellHeight = 17
	baseline   = 13
	textColor  = "#d0d0d0"
	ground     = "#101010"
)

// SVG draws a screen with its cursor.
func SVG(s *term.Screen) string {
	cols, rows := s.Size()
	w, h := cols*cellWidth, rows*cellHeight
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">`+"\n", w, h, w, h)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="%s"/>`+"\n", w, h, ground)
	b.WriteString(`<g font-family="monospace" font-size="13" xml:space="preserve">` + "\n")
	var cells []term.Cell
	for y := range rows {
		cells = s.Row(y, cells)
		svgRow(&b, cells, y)
	}
	b.WriteString("</g>\n")
	if c := s.Cursor(); c.Visible {
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="%s"/>`+"\n",
			c.X*cellWidth, c.Y*cellHeight, cellWidth, cellHeight, textColor)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// svgRow writes runs of cells that look alike: their ground, then their text.
func svgRow(b *strings.Builder, cells []term.Cell, y int) {
	for x := 0; x < len(cells); {
		style, end := cells[x].Style, x+1
		for end < len(cells) && (cells[end].Style == style || cells[end].Width == 0) {
			end++
		}
		svgRun(b, cells[x:end], x, y, style)
		x = end
	}
}

func svgRun(b *strings.Builder, cells []term.Cell, x, y int, style term.Style) {
	fg, bg := svgColor(style.FG, textColor), svgColor(style.BG, ground)
	if style.Attrs.Has(term.Reverse) {
		fg, bg = bg, fg
	}
	if bg != ground {
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`+"\n", x*cellWidth, y*cellHeight, len(cells)*cellWidth, cellHeight, bg)
	}
	var text strings.Builder
	for _, c := range cells {
		text.WriteString(xmlText(c.Text()))
	}
	if strings.TrimSpace(text.String()) == "" || style.Attrs.Has(term.Conceal) {
		return
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" textLength="%d" fill="%s"%s>%s</text>`+"\n",
		x*cellWidth, y*cellHeight+baseline, len(cells)*cellWidth, fg, svgAttributes(style.Attrs), text.String())
}

func svgAttributes(a term.Attr) string {
	s := ""
	if a.Has(term.Bold) {
		s += ` font-weight="bold"`
	}
	if a.Has(term.Italic) {
		s += ` font-style="italic"`
	}
	if a.Has(term.Faint) {
		s += ` opacity="0.6"`
	}
	switch under, strike := a.Underline() != term.NoUnderline, a.Has(term.Strike); {
	case under && strike:
		s += ` text-decoration="underline line-through"`
	case under:
		s += ` text-decoration="underline"`
	case strike:
		s += ` text-decoration="line-through"`
	}
	return s
}

// xmlText escapes text for XML and replaces what XML cannot hold.
func xmlText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '"':
			b.WriteString("&quot;")
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0xfffe || r == 0xffff || !utf8.ValidRune(r):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// basicColors are xterm's first sixteen.
var basicColors = [16]string{
	"#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
	"#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff",
}

func svgColor(c term.Color, otherwise string) string {
	if r, g, b, ok := c.RGB(); ok {
		return fmt.Sprintf("#%02x%02x%02x", r, g, b)
	}
	i, ok := c.Index()
	if !ok {
		return otherwise
	}
	switch {
	case i < 16:
		return basicColors[i]
	case i < 232:
		n := int(i) - 16
		return fmt.Sprintf("#%02x%02x%02x", cube(n/36), cube(n/6%6), cube(n%6))
	default:
		grey := 8 + 10*(int(i)-232)
		return fmt.Sprintf("#%02x%02x%02x", grey, grey, grey)
	}
}

// cube is a step of the palette's colour cube.
func cube(n int) int {
	if n == 0 {
		return 0
	}
	return 55 + 40*n
}
