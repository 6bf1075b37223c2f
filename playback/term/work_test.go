package term

import (
	"fmt"
	"strings"
	"testing"
)

// margined fills a screen and leaves the cursor at the end of narrow margins.
const margined = "\x1b[65;1;2;999;999$x\x1b[?69h\x1b[2;999s\x1b[999B\x1b[2G"

// floods are streams that ask for as much work as they can: what comes first,
// and what is repeated.
var floods = []struct{ name, first, again string }{
	{"hard resets", "", "\x1bc"},
	{"hard resets after scrolling", "", "\x1b[999S\x1bc"},
	{"scrollback erased and filled", "\x1b[999B", "\x1b[3J\nx"},
	{"lines", "\x1b[999B", "x\n"},
	{"repeats", "a", "\x1b[65535b"},
	{"repeats from home", "a", "\x1b[65535b\x1b[H"},
	{"repeats of a wide character", "字", "\x1b[65535b"},
	{"repeats in insert mode", "\x1b[4ha", "\x1b[65535b"},
	{"repeats without autowrap", "\x1b[?7la", "\x1b[65535b"},
	{"scrolls up", "", "\x1b[65535S"},
	{"scrolls up in colours", "", "\x1b[41m\x1b[999S\x1b[42m\x1b[999S"},
	{"scrolls down", "", "\x1b[65535T"},
	{"lines inserted", "", "\x1b[65535L"},
	{"lines deleted", "", "\x1b[65535M"},
	{"reverse indexes", "", "\x1bM"},
	{"screens cleared", "", "\x1b[2J"},
	{"screens cleared from home", "", "\x1b[J"},
	{"screens cleared to the end", "\x1b[999;999H", "\x1b[1J"},
	{"screens cleared after a mark", "", "\x1b[2Ax\x1b[999B\n"},
	{"alignments", "", "\x1b#8"},
	{"alternate screens", "", "\x1b[?1049h\x1b[?1049l"},
	{"alternate screens by mode 1047", "", "\x1b[?1047h\x1b[?1047l"},
	{"tabs without stops", "\x1b[3g", "\r\t"},
	{"forward and backward tabs", "\x1b[3g", "\x1b[999I\x1b[999Z"},
	{"insert mode", "\x1b[4h" + strings.Repeat("x", 1000) + "\r", "xxxxxxxxxx\r"},
	{"characters inserted", strings.Repeat("x", 1000) + "\r", "\x1b[@"},
	{"characters deleted", "\x1b[41m" + strings.Repeat("x", 1000) + "\r", "\x1b[P"},
	{"scrolls between margins", margined, "\n"},
	{"scrolls down between margins", margined + "\x1b[H\x1b[2G", "\x1bM"},
	{"lines inserted between margins", margined + "\x1b[H\x1b[2G", "x\x1b[L"},
	{"characters inserted between margins", "\x1b[?69h\x1b[2;999s\x1b[2G", "\x1b[@"},
	{"text between margins", "\x1b[?69h\x1b[2;3s\x1b[999B\x1b[2G", "xyz"},
	{"rectangles", "", "\x1b[65;1;2;999;999$x"},
	{"rectangles erased", "", "\x1b[;2$z"},
	{"marks", "a", "\u0301\u0302\u0303"},
	{"underline colours", "", "\x1b[58:5:1m\x1b[58:5:2m"},
}

// A byte asks for about a microsecond of work at most, on the largest screen,
// beyond what is paid for in advance. Work is counted where it is done: rows made
// blank or owned, cells moved, characters repeated.
func TestScreen_worksLittleForAByte(t *testing.T) {
	t.Parallel()
	for _, f := range floods {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			s := New(MaxCols, MaxRows)
			feed(t, s, f.first)
			in := strings.Repeat(f.again, 1+32<<10/len(f.again))
			s.saved = 0
			feed(t, s, in)
			if owed := -s.saved; owed > 2*workPerByte*len(in) {
				t.Errorf("%d units of work for %d bytes", owed, len(in))
			}
		})
	}
}

// The counts above are believed because what costs much is counted: a screen
// that is filled or moved as a whole owes more than one that is not.
func TestScreen_countsWork(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, first, in string
		least           int
	}{
		{"clear", "", "\x1b[2J", MaxRows},
		{"repeat", "a", "\x1b[65535b", 65535},
		{"scroll between margins", margined, "\n", MaxCols * MaxRows / 8},
		{"rectangle", "", "\x1b[65;1;2;999;999$x", MaxCols * MaxRows / 8},
	} {
		s := newScreen(t, MaxCols, MaxRows, c.first)
		s.saved = maxSaved
		feed(t, s, c.in)
		if spent := maxSaved - s.saved; spent < c.least-workPerByte*len(c.in) {
			t.Errorf("%s: %d units, want %d", c.name, spent, c.least)
		}
	}
}

// A stream that is beyond what it pays for is cut short in the same places,
// however it is split.
func TestScreen_cutsShortInTheSamePlaces(t *testing.T) {
	t.Parallel()
	in := strings.Repeat("a\x1b[65535b\x1b[?69h\x1b[2;999s\x1b[500;2Hx\n\n\x1b[?69l", 40)
	whole := newScreen(t, MaxCols, MaxRows, in)
	split := New(MaxCols, MaxRows)
	for i := range len(in) {
		split.Write([]byte(in[i : i+1]))
	}
	if !whole.Equal(split) {
		t.Error("another screen byte by byte")
	}
	if whole.saved > maxSaved/2 {
		t.Error("nothing was cut short")
	}
}

// The work that programs ask for is always paid for: a full-screen program in
// a large window that scrolls half of it for each short line.
func TestScreen_paysForWhatProgramsDo(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 300, 100, "\x1b[?69h\x1b[151;300s\x1b[100;151H")
	for i := range 5000 {
		fmt.Fprintf(s, "\r\n%d", i)
	}
	var want, got []string
	for y := range 100 {
		want = append(want, strings.Repeat(" ", 150)+fmt.Sprint(4900+y))
		got = append(got, s.Line(y))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the screen shows %q", got)
	}
}
