package draw

import (
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"cordon/themes"
)

// Canvas is a screen together with the styles to draw with. It is a small value
// that is made for each frame.
type Canvas struct {
	Styles *themes.Styles

	scr    uv.Screen
	clip   uv.Rectangle
	method ansi.Method
	ground themes.Role
	cell   *uv.Cell // handed to the screen, which copies it
}

// On returns a canvas for a screen.
func On(scr uv.Screen, styles *themes.Styles) Canvas {
	method, ok := scr.WidthMethod().(ansi.Method)
	if !ok {
		method = ansi.WcWidth
	}
	return Canvas{Styles: styles, scr: scr, clip: scr.Bounds(), method: method, ground: themes.Text, cell: new(uv.Cell)}
}

// Within returns a canvas that draws nothing outside area.
func (c Canvas) Within(area uv.Rectangle) Canvas {
	c.clip = c.clip.Intersect(area)
	return c
}

// Ground returns a canvas whose text stands on the ground of a role, such as
// the selected row.
func (c Canvas) Ground(r themes.Role) Canvas {
	c.ground = r
	return c
}

// Screen returns the screen of the canvas.
func (c Canvas) Screen() uv.Screen { return c.scr }

// Glyphs returns the glyph set of the canvas.
func (c Canvas) Glyphs() *themes.Glyphs { return &c.Styles.Glyphs }

// Width returns how many columns a text takes on this screen.
func (c Canvas) Width(s string) int { return c.method.StringWidth(s) }

// style returns the style of a role on the ground of the canvas.
func (c Canvas) style(r themes.Role) uv.Style {
	if c.ground == themes.Text {
		return c.Styles.Style(r)
	}
	return c.Styles.Over(c.ground, r)
}

// Clear fills an area with blanks on the ground of the canvas.
func (c Canvas) Clear(area uv.Rectangle) {
	c.fill(area, " ", c.style(themes.Text))
}

// Fill fills an area with a glyph of one column.
func (c Canvas) Fill(area uv.Rectangle, glyph string, r themes.Role) {
	c.fill(area, glyph, c.style(r))
}

func (c Canvas) fill(area uv.Rectangle, glyph string, style uv.Style) {
	area = area.Intersect(c.clip)
	*c.cell = uv.Cell{Content: glyph, Width: 1, Style: style}
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			c.scr.SetCell(x, y, c.cell)
		}
	}
}

// put writes text from x on until limit and returns the column after it. A wide
// rune that does not fit whole is not drawn.
func (c Canvas) put(x, y, limit int, s string, style uv.Style) int {
	limit = min(limit, c.clip.Max.X)
	if y < c.clip.Min.Y || y >= c.clip.Max.Y {
		return x
	}
	for len(s) > 0 && x < limit {
		cluster, width := s[:1], 1
		if s[0] >= 0x80 || len(s) > 1 && s[1] >= 0x80 {
			cluster, width = ansi.FirstGraphemeCluster(s, c.method)
		}
		s = s[len(cluster):]
		if unsafe(cluster) {
			cluster, width = "?", 1
		}
		if width == 0 {
			continue
		}
		if x+width > limit {
			break
		}
		if x >= c.clip.Min.X {
			*c.cell = uv.Cell{Content: cluster, Width: width, Style: style}
			c.scr.SetCell(x, y, c.cell)
		}
		x += width
	}
	return x
}

// unsafe reports whether a cluster holds a control character. Text that passed
// safetext never does.
func unsafe(cluster string) bool {
	for i := range len(cluster) {
		b := cluster[i]
		if b < 0x20 || b == 0x7f {
			return true
		}
		// The C1 controls are U+0080 to U+009F, written c2 80 to c2 9f.
		if b == 0xc2 && i+1 < len(cluster) && cluster[i+1] < 0xa0 {
			return true
		}
	}
	return cluster[0] >= 0x80 && cluster[0] < 0xc2 // a byte that starts no rune
}
