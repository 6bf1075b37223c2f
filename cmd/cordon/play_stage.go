package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	xterm "github.com/charmbracelet/x/term"

	"cordon/playback/recording"
	"cordon/playback/term"
	"cordon/tui/safetext"
)

// stage is the terminal that `cordon play` shows its picture on. Every byte it
// writes is made here: text goes through safetext, colours are written anew
// from the cells, and the terminal's own size decides where a row ends.
type stage struct {
	file *os.File
	out  io.Writer // lowers colours to what the terminal has, none with NO_COLOR
	form safetext.Form
	cols int
	rows int
	last []string // the rows as they were written
}

func newStage(file *os.File, env func(string) string, form safetext.Form) *stage {
	out := colorprofile.NewWriter(file, os.Environ())
	// Below Ascii the writer would take away what places the rows as well.
	if env("NO_COLOR") != "" || out.Profile < colorprofile.Ascii {
		out.Profile = colorprofile.Ascii
	}
	return &stage{file: file, out: out, form: form}
}

// open switches to the alternate screen without a cursor and without wrapping.
func (s *stage) open() error { return s.write("\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J") }

// close gives the terminal back as it was.
func (s *stage) close() error { return s.write("\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l") }

func (s *stage) write(text string) error {
	if _, err := io.WriteString(s.out, text); err != nil {
		return fmt.Errorf("write to the terminal: %w", err)
	}
	return nil
}

// show writes the rows that changed.
func (s *stage) show(t *theatre) error {
	cols, rows, err := xterm.GetSize(s.file.Fd())
	if err != nil || cols < 1 || rows < 1 {
		cols, rows = 80, 24
	}
	var b strings.Builder
	if cols != s.cols || rows != s.rows {
		s.cols, s.rows, s.last = cols, rows, make([]string, rows)
		b.WriteString("\x1b[0m\x1b[2J")
	}
	picture := s.picture(t.player.Screen())
	picture = append(picture, s.status(t))
	for y, row := range picture {
		if row != s.last[y] {
			fmt.Fprintf(&b, "\x1b[%d;1H\x1b[0m%s\x1b[0m\x1b[K", y+1, row)
			s.last[y] = row
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return s.write(b.String())
}

// picture is the part of the recorded screen that fits above the status line:
// the part around its cursor.
func (s *stage) picture(screen *term.Screen) []string {
	cols, rows := screen.Size()
	cursor := screen.Cursor()
	left := min(max(0, cursor.X-s.cols+1), max(0, cols-s.cols))
	top := min(max(0, cursor.Y-(s.rows-1)+1), max(0, rows-(s.rows-1)))
	out := make([]string, s.rows-1)
	var cells []term.Cell
	for y := range out {
		if top+y >= rows {
			continue
		}
		cells = screen.Row(top+y, cells)
		at := -1
		if cursor.Visible && cursor.Y == top+y {
			at = cursor.X
		}
		out[y] = s.row(cells, left, at)
	}
	return out
}

// row writes cells from column left on. After text that terminals disagree
// about the width of, the next cell's column is named.
func (s *stage) row(cells []term.Cell, left, cursor int) string {
	var b bytes.Buffer
	var style term.Style
	end := min(len(cells), left+s.cols)
	for end > left && blank(cells[end-1]) && end-1 != cursor {
		end--
	}
	for x := left; x < end; x++ {
		c := cells[x]
		if c.Width == 0 && x > left {
			continue
		}
		if x == cursor {
			c.Style.Attrs ^= term.Reverse
		}
		if c.Style != style {
			writeStyle(&b, c.Style)
			style = c.Style
		}
		text, plain := s.cell(c, end-x)
		b.WriteString(text)
		if !plain {
			fmt.Fprintf(&b, "\x1b[%dG", x-left+1+max(1, int(c.Width)))
		}
	}
	return b.String()
}

// blank reports whether nothing is drawn in a cell. The second half of a wide
// character is not blank: without it the character would not fit.
func blank(c term.Cell) bool {
	return c.Width != 0 && c.Cluster == "" && (c.Rune == ' ' || c.Rune == 0) && c.Style == (term.Style{})
}

// cell is a cell's text as it may be written, and whether it is ASCII. What is
// not safe, or not as wide as its cell, becomes a question mark.
func (s *stage) cell(c term.Cell, room int) (text string, plain bool) {
	width := max(1, int(c.Width))
	if c.Style.Attrs.Has(term.Conceal) {
		return strings.Repeat(" ", width), true
	}
	if c.Cluster == "" && c.Rune >= ' ' && c.Rune < 0x7f {
		return string(c.Rune), true
	}
	text = c.Text()
	if width > room || text == "" || s.form.Clean(text) != text || safetext.Width(text) != width {
		text = strings.Repeat("?", min(width, room))
		return text, true
	}
	return text, false
}

// writeStyle writes a style from nothing.
func writeStyle(b *bytes.Buffer, s term.Style) {
	b.WriteString("\x1b[0")
	for _, a := range []struct {
		attr term.Attr
		code string
	}{
		{term.Bold, ";1"}, {term.Faint, ";2"}, {term.Italic, ";3"}, {term.Reverse, ";7"}, {term.Strike, ";9"},
	} {
		if s.Attrs.Has(a.attr) {
			b.WriteString(a.code)
		}
	}
	if s.Attrs.Underline() != term.NoUnderline {
		b.WriteString(";4")
	}
	writeColor(b, 38, s.FG)
	writeColor(b, 48, s.BG)
	b.WriteByte('m')
}

func writeColor(b *bytes.Buffer, code int, c term.Color) {
	if i, ok := c.Index(); ok {
		fmt.Fprintf(b, ";%d;5;%d", code, i)
	} else if red, green, blue, ok := c.RGB(); ok {
		fmt.Fprintf(b, ";%d;2;%d;%d;%d", code, red, green, blue)
	}
}

// status is the line below the picture.
func (s *stage) status(t *theatre) string {
	word := t.player.State().Mode.String()
	length := clock(t.player.Duration())
	if !t.loaded {
		length += "+"
	}
	line := fmt.Sprintf(" %s  %s / %s  %gx", word, clock(t.player.Position()), length, t.player.Speed())
	if !t.rec.Complete && t.loaded {
		line += "  incomplete"
	}
	return "\x1b[7m" + safetext.Fit(s.form.Clean(s.fitting(line, whose(t.rec.Meta))), s.cols, "")
}

// fitting adds to the status line what the terminal has room for. The way out
// is named first, then the other keys, then whose session it is.
func (s *stage) fitting(line, who string) string {
	const quit, keys = "  q quit", "  space pause  <- -> 5 s  q quit"
	for _, rest := range []string{who + keys, keys} {
		if safetext.Width(s.form.Clean(line+rest)) <= s.cols {
			return line + rest
		}
	}
	return line + quit
}

func whose(m recording.Meta) string {
	var who string
	if m.Login != "" || m.Host != "" {
		who = "  " + m.Login + "@" + m.Host
	}
	if m.User != "" {
		who += "  " + m.User
	}
	return who
}
