package draw

import (
	"cordon/themes"
	"cordon/tui/safetext"
)

// Fold breaks a line that is too wide into several; what follows the first is
// indented. Only its last run is broken, so that a label stays in front.
func Fold(l Line, width int) []Line {
	if len(l) == 0 || safetext.Width(l.String()) <= width {
		return []Line{l}
	}
	const indent = 4
	last, head := l[len(l)-1], l[:len(l)-1]
	first := safetext.Truncate(last.Text, max(1, width-safetext.Width(head.String())), "")
	out := []Line{append(append(Line{}, head...), T(last.Role, first))}
	for rest := last.Text[len(first):]; rest != ""; {
		piece := safetext.Truncate(rest, max(2, width-indent), "")
		if piece == "" {
			break
		}
		out = append(out, Line{T(themes.Text, "    "), T(last.Role, piece)})
		rest = rest[len(piece):]
	}
	return out
}
