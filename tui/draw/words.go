package draw

import (
	"math"
	"strconv"
	"strings"

	"cordon/themes"
	"cordon/tui/safetext"
)

// Count writes a number with groups of three digits.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// Short writes a number in at most four columns: 999, 18k, 1.2M.
func Short(n int64) string {
	if n < 0 {
		return "-" + Short(-max(n, -math.MaxInt64))
	}
	for _, unit := range []struct {
		size int64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if n < unit.size {
			continue
		}
		if whole := n / unit.size; whole >= 10 {
			return strconv.FormatInt(whole, 10) + unit.name
		}
		// The value is cut, not rounded, so that it never claims too much.
		tenths := n / (unit.size / 10)
		return strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10) + unit.name
	}
	return strconv.FormatInt(n, 10)
}

// Wrap breaks a text at spaces into lines of at most width columns, all in one
// role. A word longer than the width is broken.
func Wrap(r themes.Role, text string, width int) []Line {
	if width <= 0 {
		return nil
	}
	var lines []Line
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := ""
		for word := range strings.FieldsSeq(paragraph) {
			if line != "" && safetext.Width(line)+1+safetext.Width(word) > width {
				lines = append(lines, Line{T(r, line)})
				line = ""
			}
			if line != "" {
				line += " "
			}
			line += word
			for safetext.Width(line) > width {
				head := safetext.Truncate(line, width, "")
				if head == "" {
					break
				}
				lines = append(lines, Line{T(r, head)})
				line = line[len(head):]
			}
		}
		lines = append(lines, Line{T(r, line)})
	}
	return lines
}
