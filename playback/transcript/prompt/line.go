package prompt

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"cordon/playback/term"
)

// line is a line that is typed at a prompt.
type line struct {
	row    int64  // on which it begins, counted from the first line of the session
	end    int64  // and ends
	lead   string // output without a newline, which the prompt stands behind
	prompt string
	above  string // the first line of a prompt of two
	right  string // a prompt at the right margin
	text   string
	shown  time.Duration
	began  time.Duration
	breaks []int64 // rows that end with a newline
	asks   bool    // the shell asked for bracketed paste
	paste  bool
	more   bool // it goes on with the command that was left
	form   bool // the prompt has a well-known form
}

// read is the text of the line with its prompt, as far as it is on the screen.
func (l *line) read(dst []byte, s *term.Screen) []byte {
	base := int64(s.ScrolledTotal())
	for row := l.row; row <= l.end; row++ {
		y, broken := int(row-base), slices.Contains(l.breaks, row)
		if broken || row == l.end {
			dst = AppendRow(dst, s, y)
		} else {
			dst = AppendWrapped(dst, s, y, s.Cell(0, y+1).Width == 2)
		}
		if l.right != "" && row == l.row {
			dst = bytes.TrimRight(bytes.TrimSuffix(dst, []byte(l.right)), " ")
		}
		if broken {
			dst = append(dst, '\n')
		}
	}
	return dst
}

// behind is what stands behind the prompt in a line, if the line has it.
func (l *line) behind(text []byte) (rest string, ok bool) {
	if s, ok := strings.CutPrefix(string(text), l.lead+l.prompt); ok {
		return strings.TrimRight(s, " \n"), true
	}
	return "", strings.TrimRight(string(text), " \n") == strings.TrimRight(l.lead+l.prompt, " ")
}

// marked reports whether at least n cells of a line are shown reversed, which is
// how shells show what was just pasted.
func marked(s *term.Screen, y, more, n int) bool {
	cols, _ := s.Size()
	for ; more >= 0; y, more = y+1, more-1 {
		for x := range cols {
			if c := s.Cell(x, y); c.Style.Attrs.Has(term.Reverse) && c.Rune != ' ' {
				n--
			}
		}
	}
	return n <= 0
}

// above is the first line of a prompt of two, which a frame ties together.
func above(s *term.Screen, y int, prompt string) string {
	if y == 0 || !strings.HasPrefix(prompt, "└") && !strings.HasPrefix(prompt, "╰") && !strings.HasPrefix(prompt, "┗") {
		return ""
	}
	text := s.Line(y - 1)
	if strings.HasPrefix(text, "┌") || strings.HasPrefix(text, "╭") || strings.HasPrefix(text, "┏") {
		return text
	}
	return ""
}
