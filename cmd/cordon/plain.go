package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"cordon/tui/safetext"
)

// plain is standard output for people: plain text, made safe.
type plain struct {
	buf   *bufio.Writer
	safe  *safetext.Writer
	form  safetext.Form
	width int // columns of the terminal; 0: no terminal, nothing is cut
	err   error
}

// print runs f and flushes what it wrote.
func (p *program) print(f func(t *plain)) error {
	buf := bufio.NewWriter(p.out)
	t := &plain{buf: buf, safe: safetext.NewWriter(buf, p.form()), form: p.form(), width: columns(p.out)}
	f(t)
	// The first error is the one to tell: those after it only repeat it.
	if err := cmp.Or(t.err, t.safe.Flush(), buf.Flush()); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

func columns(out io.Writer) int {
	f, ok := terminal(out)
	if !ok {
		return 0
	}
	w, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return w
}

// line writes one line. Line breaks in the arguments are shown as symbols.
func (t *plain) line(format string, args ...any) {
	t.text(t.form.Clean(fmt.Sprintf(format, args...)) + "\n")
}

// lines writes a text of several lines.
func (t *plain) lines(text string) {
	for line := range strings.Lines(text) {
		t.line("%s", strings.TrimSuffix(line, "\n"))
	}
}

func (t *plain) text(s string) {
	if t.err == nil {
		_, t.err = io.WriteString(t.safe, s)
	}
}

// Bounds of what is shown of a name, and of a sentence that names several, in
// bytes: one of a megabyte would push everything else out of sight. --json has
// all of it.
const (
	shownName   = 256
	shownReason = 1 << 10
)

// bounded is a name as far as a line shows it.
func bounded(s string) string { return safetext.CleanMax(s, shownName) }

// table writes rows in columns as wide as their widest cell. The last column is
// cut at the terminal's edge, the others where a name is. Columns in right are
// set flush right.
func (t *plain) table(rows [][]string, right ...int) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i < len(row)-1 {
				cell = bounded(cell)
			}
			row[i] = t.form.Clean(cell)
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], safetext.Width(row[i]))
		}
	}
	flush := make(map[int]bool, len(right))
	for _, i := range right {
		flush[i] = true
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", max(0, widths[i]-safetext.Width(cell)))
			switch {
			case flush[i]:
				b.WriteString(pad + cell)
			case i < len(row)-1:
				b.WriteString(cell + pad)
			default:
				b.WriteString(cell)
			}
			if i < len(row)-1 {
				b.WriteString("  ")
			}
		}
		t.text(t.fitted(strings.TrimRight(b.String(), " ")) + "\n")
	}
}

// fitted cuts a safe line at the terminal's edge.
func (t *plain) fitted(s string) string {
	if t.width <= 0 || safetext.Width(s) <= t.width {
		return s
	}
	return safetext.Truncate(s, t.width, t.ellipsis())
}

// wrapped writes a text behind an indent, in as many lines as the terminal needs.
func (t *plain) wrapped(indent, text string) {
	text = t.form.Clean(text)
	if room := t.width - safetext.Width(indent); t.width > 0 {
		text = ansi.Wrap(text, max(room, 1), "")
	}
	for line := range strings.SplitSeq(text, "\n") {
		t.text(indent + line + "\n")
	}
}

func (t *plain) ellipsis() string {
	if t.form == safetext.ASCII {
		return "~"
	}
	return "…"
}
