package term

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// reflowCases are a screen of 10 by 4 that takes in, is wrapped anew and takes
// after.
var reflowCases = []struct {
	name       string
	in         string
	cols, lins int
	after      string
	rows       []string
	scrolled   []string
	x, y       int
}{
	{name: "narrower", in: "01234567", cols: 5, lins: 4, after: "x", rows: rows{"01234", "567x"}, x: 4, y: 1},
	{name: "wider", in: "0123456789abc", cols: 20, lins: 4, after: "x", rows: rows{"0123456789abcx"}, x: 14},
	{name: "narrower than the second row", in: "0123456789abc", cols: 6, lins: 4, rows: rows{"012345", "6789ab", "c"}, x: 1, y: 2},
	{name: "lines that end stay apart", in: "ab\r\ncd", cols: 20, lins: 4, rows: rows{"ab", "cd"}, x: 2, y: 1},
	{name: "blank lines stay", in: "ab\r\n\r\ncd", cols: 5, lins: 4, rows: rows{"ab", "", "cd"}, x: 2, y: 2},
	{name: "printed blanks are text", in: "ab    \r\nc", cols: 3, lins: 4, rows: rows{"ab", "", "c"}, x: 1, y: 2},
	{name: "the top goes to the scrollback", in: "0123456789\r\nabcdefghij\r\nABCDEFGHIJ\r\n$ ", cols: 5, lins: 4, rows: rows{"fghij", "ABCDE", "FGHIJ", "$"}, scrolled: rows{"01234", "56789", "abcde"}, x: 2, y: 3},
	{name: "the scrollback comes back", in: "0123456789abcde\r\nfghij\r\nklm\r\nnop", cols: 20, lins: 4, rows: rows{"0123456789abcde", "fghij", "klm", "nop"}, x: 3, y: 3},
	{name: "a wide character is not cut", in: "字字字", cols: 5, lins: 4, after: "x", rows: rows{"字字", "字x"}, x: 3, y: 1},
	{name: "the column before a wide character is no text", in: "012345678字", cols: 20, lins: 4, rows: rows{"012345678字"}, x: 11},
	{name: "a pending wrap goes into the line", in: "0123456789", cols: 20, lins: 4, after: "x", rows: rows{"0123456789x"}, x: 11},
	{name: "lower as well", in: "0123456789\r\nab\r\ncd\r\nef", cols: 5, lins: 2, rows: rows{"cd", "ef"}, scrolled: rows{"01234", "56789", "ab"}, x: 2, y: 1},
	{name: "taller as well", in: fourLines + "\r\neeee", cols: 3, lins: 6, rows: rows{"b", "ccc", "c", "ddd", "d", "eee", "e"}[1:], scrolled: rows{"aaa", "a", "bbb", "b"}, x: 1, y: 5},
	{name: "colours go with their text", in: "\x1b[41m01234567\x1b[m", cols: 4, lins: 4, rows: rows{"0123", "4567"}, x: 3, y: 1},
	{name: "the alternate screen is cut", in: "\x1b[?1049h\x1b[H01234567", cols: 4, lins: 4, rows: rows{"0123"}, x: 3},
	{name: "the main screen behind it is wrapped", in: "01234567\x1b[?1049h", cols: 4, lins: 4, after: "\x1b[?1049lx", rows: rows{"0123", "4567", "x"}, x: 1, y: 2},
	{name: "a line of a repeated character", in: "a\x1b[24b", cols: 5, lins: 4, rows: rows{"aaaaa", "aaaaa", "aaaaa", "aaaaa"}, scrolled: rows{"aaaaa"}, x: 4, y: 3},
}

func TestScreen_wrapsAnew(t *testing.T) {
	t.Parallel()
	for _, c := range reflowCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t, 10, 4, c.in)
			s.Reflow(c.cols, c.lins)
			checkScreen(t, s)
			feed(t, s, c.after)
			if diff := cmp.Diff(c.rows, visible(s)); diff != "" {
				t.Errorf("screen (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.scrolled, scrolled(s)); diff != "" && !s.Alternate() {
				t.Errorf("scrollback (-want +got):\n%s", diff)
			}
			if got := s.Cursor(); got.X != c.x || got.Y != c.y {
				t.Errorf("cursor at %d,%d; want %d,%d", got.X, got.Y, c.x, c.y)
			}
		})
	}
}

// joined is all text of the main screen and above it, wrapped lines in one.
func joined(s *Screen) string {
	var b strings.Builder
	add := func(line string, wraps bool) {
		b.WriteString(line)
		if !wraps {
			b.WriteString("\n")
		}
	}
	for i := range s.ScrolledLines() {
		add(s.ScrolledLine(i), s.ScrolledWrapped(i))
	}
	for y, line := range s.Text() {
		add(line, s.Wrapped(y))
	}
	return strings.TrimRight(b.String(), "\n")
}

// There and back again the text is the same, whatever the widths were, and the
// cursor is on the character it was on.
func TestProperty_wrappingAnewLosesNoText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := New(rapid.IntRange(2, 14).Draw(t, "cols"), rapid.IntRange(1, 7).Draw(t, "rows"))
		for range rapid.IntRange(0, 8).Draw(t, "lines") {
			s.Write([]byte(rapid.StringMatching(`[a-z字語é]{0,40}`).Draw(t, "line") + "\r\n"))
		}
		s.Write([]byte("$" + rapid.StringMatching(`[a-z字]{0,20}`).Draw(t, "prompt") + "|"))
		want := joined(s)
		_, rows := s.Size()
		for range rapid.IntRange(1, 4).Draw(t, "steps") {
			s.Reflow(rapid.IntRange(2, 20).Draw(t, "width"), rows)
			if msg := s.broken(); msg != "" {
				t.Fatal(msg)
			}
			if got := joined(s); got != want {
				t.Fatalf("the text was\n%s\nand is\n%s", want, got)
			}
		}
		s.Write([]byte("!"))
		if got := joined(s); got != want+"!" {
			t.Fatalf("after the cursor\n%s\nwant\n%s!", got, want)
		}
	})
}

func TestProperty_wrappingAnewKeepsTheScreenWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScreen(t)
		for range rapid.IntRange(1, 5).Draw(t, "steps") {
			s.Write(streams().Draw(t, "stream"))
			before := s.Clone()
			want := before.Text()
			s.Reflow(rapid.IntRange(-1, 16).Draw(t, "cols"), rapid.IntRange(-1, 9).Draw(t, "rows"))
			if msg := s.broken(); msg != "" {
				t.Fatal(msg)
			}
			if diff := cmp.Diff(want, before.Text()); diff != "" {
				t.Fatalf("a clone changed (-want +got):\n%s", diff)
			}
		}
	})
}
