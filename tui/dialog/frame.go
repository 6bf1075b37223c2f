package dialog

import (
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// frame draws the box of a dialog in the middle of an area, tall enough for
// some rows of content, and returns its inside.
func frame(c draw.Canvas, area uv.Rectangle, width, rows int, b draw.Box) uv.Rectangle {
	inner := c.Box(draw.Center(area, width, rows+2), b)
	if inner.Dx() >= 20 {
		inner = draw.Pad(inner, 1)
	}
	return inner
}

// wide is the width of a dialog for an area: comfortable to read, with the page
// still in sight on both sides.
func wide(area uv.Rectangle) int { return min(area.Dx(), max(76, min(96, area.Dx()*3/4))) }

// keys makes the line of keys at the foot of a dialog from pairs of key and word.
func keys(pairs ...string) draw.Line {
	var l draw.Line
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			l = append(l, draw.T(themes.Text, "   "))
		}
		l = append(l, draw.T(themes.Key, pairs[i]), draw.T(themes.Muted, " "+pairs[i+1]))
	}
	return l
}

// wrap breaks lines that are too wide: those of one role at blanks, those of several
// behind their labels.
func wrap(lines []draw.Line, width int) []draw.Line {
	var out []draw.Line
	for _, l := range lines {
		if len(l) == 1 && safetext.Width(l[0].Text) > width {
			out = append(out, draw.Wrap(l[0].Role, l[0].Text, width)...)
		} else {
			out = append(out, draw.Fold(l, width)...)
		}
	}
	return out
}

// scroll is the position in a list that is longer than its area.
type scroll struct{ top int }

// key moves by a key and reports whether it was one.
func (s *scroll) key(key string, rows int) bool {
	switch key {
	case "up":
		s.top--
	case "down":
		s.top++
	case "pgup":
		s.top -= max(1, rows-1)
	case "pgdown":
		s.top += max(1, rows-1)
	case "home":
		s.top = 0
	case "end":
		s.top = 1 << 30
	default:
		return false
	}
	return true
}

// clamp keeps the position inside a list.
func (s *scroll) clamp(n, rows int) { s.top = max(0, min(s.top, n-rows)) }
