package safetext

import (
	"strings"
	"unicode/utf8"
)

// Form is the character set that the cleaned text may use.
type Form uint8

// The two forms.
const (
	Unicode Form = iota // symbols such as ␛ and letters of all scripts
	ASCII               // only 0x20 to 0x7e, for terminals without Unicode
)

// maxGrowth is the most bytes that one byte of input can become: a byte that is
// not UTF-8 is shown as ‹x9B›, whose quotes take three bytes each.
const maxGrowth = 9

// Clean returns s as one safe line, in the Unicode form.
func Clean(s string) string { return Unicode.Clean(s) }

// CleanMax is like [Clean] and returns at most maxBytes bytes. A text that had
// to be cut ends with an ellipsis when there is room for one.
func CleanMax(s string, maxBytes int) string { return Unicode.CleanMax(s, maxBytes) }

// Lines returns s as safe lines, in the Unicode form.
func Lines(s string) []string { return Unicode.Lines(s) }

// Clean returns s as one safe line.
func (f Form) Clean(s string) string {
	if isPlain(s) {
		return s
	}
	c := cleaner{form: f}
	out := make([]byte, 0, len(s)+len(s)/4+16)
	for len(s) > 0 {
		var n int
		out, n = c.next(out, s)
		s = s[n:]
	}
	return string(out)
}

// CleanMax is like Clean and returns at most maxBytes bytes. It stops reading
// where the bound is met, so a huge field costs no more than its shown part.
func (f Form) CleanMax(s string, maxBytes int) string {
	if len(s) <= maxBytes && isPlain(s) {
		return s
	}
	ellipsis := "…"
	if f == ASCII {
		ellipsis = "~"
	}
	c := cleaner{form: f}
	out := make([]byte, 0, max(0, min(maxBytes, maxGrowth*len(s))))
	fits := 0 // the length of out that leaves room for the ellipsis
	for len(s) > 0 {
		if len(out)+len(ellipsis) <= maxBytes {
			fits = len(out)
		}
		var n int
		out, n = c.next(out, s)
		if len(out) > maxBytes {
			out = out[:fits]
			if fits+len(ellipsis) <= maxBytes {
				out = append(out, ellipsis...)
			}
			break
		}
		s = s[n:]
	}
	return string(out)
}

// Lines returns s as safe lines: it is split at line feeds and at carriage
// return plus line feed, and tabs are expanded to the next multiple of eight
// columns. A line feed at the very end does not add an empty line.
func (f Form) Lines(s string) []string {
	if s == "" {
		return nil
	}
	s = strings.TrimSuffix(s, "\n")
	lines := make([]string, 0, 1+strings.Count(s, "\n"))
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, f.line(strings.TrimSuffix(line, "\r")))
	}
	return lines
}

func (f Form) line(s string) string {
	if !strings.Contains(s, "\t") {
		return f.Clean(s)
	}
	var b strings.Builder
	width := 0
	for i, part := range strings.Split(s, "\t") {
		if i > 0 {
			pad := 8 - width%8
			b.WriteString(strings.Repeat(" ", pad))
			width += pad
		}
		part = f.Clean(part)
		b.WriteString(part)
		width += Width(part)
	}
	return b.String()
}

// isPlain reports whether s is printable ASCII throughout.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// cleaner carries what the next rune depends on: whether there is a letter that
// a combining mark may sit on, and how many marks it has already.
type cleaner struct {
	form     Form
	keepLF   bool // line feeds and tabs pass unchanged
	hasBase  bool
	marksSet int
}

// next appends the safe form of the first rune of s and returns how many bytes
// of s it took. s must not be empty.
func (c *cleaner) next(out []byte, s string) ([]byte, int) {
	b := s[0]
	if b >= 0x20 && b < 0x7f {
		c.hasBase, c.marksSet = true, 0
		return append(out, b), 1
	}
	if b < utf8.RuneSelf {
		c.hasBase, c.marksSet = false, 0
		if b == '\r' && len(s) > 1 && s[1] == '\n' {
			return c.control(out, '\n'), 2
		}
		return c.control(out, b), 1
	}
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1:
		c.hasBase, c.marksSet = false, 0
		return c.quote(out, "x", uint32(b), 2), 1
	case c.form == ASCII || isHidden(r):
		c.hasBase, c.marksSet = false, 0
		return c.quote(out, "U+", uint32(r), 4), n
	case isMark(r):
		if !c.hasBase || c.marksSet == maxMarks {
			c.hasBase = false
			return c.quote(out, "U+", uint32(r), 4), n
		}
		c.marksSet++
	default:
		c.hasBase, c.marksSet = true, 0
	}
	return append(out, s[:n]...), n
}

// control appends the symbol of a control byte.
func (c *cleaner) control(out []byte, b byte) []byte {
	if c.keepLF && (b == '\n' || b == '\t') {
		return append(out, b)
	}
	if c.form == ASCII {
		return append(out, '^', b^0x40)
	}
	switch b {
	case '\n':
		return append(out, "⏎"...)
	case 0x7f:
		return append(out, "␡"...)
	default:
		return utf8.AppendRune(out, 0x2400+rune(b))
	}
}

// quote appends a value in hexadecimal, between marks that say it is not the
// text's own wording.
func (c *cleaner) quote(out []byte, prefix string, v uint32, digits int) []byte {
	const hex = "0123456789ABCDEF"
	opening, closing := "‹", "›"
	if c.form == ASCII {
		opening, closing = "<", ">"
	}
	for v>>(4*digits) != 0 {
		digits++
	}
	out = append(out, opening...)
	out = append(out, prefix...)
	for i := digits - 1; i >= 0; i-- {
		out = append(out, hex[v>>(4*i)&0xf])
	}
	return append(out, closing...)
}
