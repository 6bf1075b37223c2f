package safetext

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width returns how many columns a safe text takes.
func Width(s string) int { return ansi.StringWidth(s) }

// Truncate cuts a safe text to a width; tail marks that it was cut. A tail that
// does not fit itself is left out.
func Truncate(s string, width int, tail string) string {
	if width <= 0 {
		return ""
	}
	if Width(tail) >= width {
		tail = ""
	}
	return ansi.Truncate(s, width, tail)
}

// TruncateLeft cuts a safe text to a width and keeps its end, which is the
// telling part of a path.
func TruncateLeft(s string, width int, head string) string {
	w := Width(s)
	if w <= width {
		return s
	}
	if width <= 0 {
		return ""
	}
	if Width(head) >= width {
		head = ""
	}
	cut := w - width + Width(head)
	out := ansi.TruncateLeft(s, cut, head)
	for Width(out) > width {
		// A wide rune stood across the cut.
		cut++
		out = ansi.TruncateLeft(s, cut, head)
	}
	return out
}

// Fit returns a safe text in exactly the given width: cut, or padded with
// spaces on the right.
func Fit(s string, width int, tail string) string {
	s = Truncate(s, width, tail)
	if pad := width - Width(s); pad > 0 {
		s += strings.Repeat(" ", pad)
	}
	return s
}
