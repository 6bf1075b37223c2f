package prompt

import (
	"strings"

	"cordon/playback/term"
)

// AppendRow appends the text of a row without trailing blanks, or with them
// when the line goes on in the next row.
func AppendRow(dst []byte, s *term.Screen, y int) []byte {
	if !s.Wrapped(y) {
		return s.AppendLine(dst, y)
	}
	return AppendWrapped(dst, s, y, s.Cell(0, y+1).Width == 2)
}

// AppendWrapped is AppendRow for a row that goes on, told whether a wide
// character comes next: one that did not fit leaves a blank that is none.
// Unlike AppendRow it reads no other row, which a resize may have taken away.
func AppendWrapped(dst []byte, s *term.Screen, y int, wide bool) []byte {
	dst = s.AppendLine(dst, y)
	cols := s.RowWidth(y)
	blanks := 0
	for blanks < cols {
		if c := s.Cell(cols-1-blanks, y); c.Rune != ' ' || c.Cluster != "" {
			break
		}
		blanks++
	}
	if blanks == 1 && wide {
		return dst
	}
	return append(dst, strings.Repeat(" ", blanks)...)
}

// maxRows is how many rows a line that is typed may take.
const maxRows = 64

// first is the row on which the line that row y belongs to begins.
func first(s *term.Screen, y int) int {
	for n := 0; y > 0 && n < maxRows && s.Wrapped(y-1); n++ {
		y--
	}
	return y
}

// whole is the text of the line that begins on row y, and its last row.
func whole(dst []byte, s *term.Screen, y int) (text []byte, last int) {
	_, rows := s.Size()
	for n := 0; n < maxRows && s.Wrapped(y) && y+1 < rows; n++ {
		dst = AppendRow(dst, s, y)
		y++
	}
	return AppendRow(dst, s, y), y
}

// span is the text of a line that was wrapped over the rows from..to.
func span(dst []byte, s *term.Screen, from, to int) []byte {
	for y := from; y < to; y++ {
		dst = AppendWrapped(dst, s, y, s.Cell(0, y+1).Width == 2)
	}
	return AppendRow(dst, s, to)
}

// before is the text of the line from row y to the cursor.
func before(s *term.Screen, y int) string {
	var dst []byte
	c := s.Cursor()
	for ; y < c.Y; y++ {
		dst = AppendRow(dst, s, y)
	}
	for x := range c.X {
		dst = append(dst, s.Cell(x, y).Text()...)
	}
	return string(dst)
}

// starts reports whether a row may begin with a prompt: a quick look.
func starts(s *term.Screen, y int, prompt string) bool {
	x := 0
	for _, r := range prompt {
		if s.Cell(x, y).Rune != r {
			return false
		}
		if x++; x == 3 {
			break
		}
	}
	return true
}

// rightPrompt is the text at the right margin of the cursor's row, with blanks
// between it and the cursor.
func rightPrompt(s *term.Screen) string {
	c := s.Cursor()
	cols, _ := s.Size()
	x := cols - 2 // shells leave the last column free
	if s.Cell(x, c.Y).Rune == ' ' || s.Cell(c.X, c.Y).Rune != ' ' || s.Cell(c.X+1, c.Y).Rune != ' ' {
		return ""
	}
	var text []byte
	for x = c.X + 2; x < cols; x++ {
		text = append(text, s.Cell(x, c.Y).Text()...)
	}
	return strings.Trim(string(text), " ")
}
