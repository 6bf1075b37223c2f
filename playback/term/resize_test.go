package term

import (
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// resizeCases are a screen of 10 by 4 that takes in, changes its size and takes
// after.
var resizeCases = []struct {
	name       string
	in         string
	cols, lins int
	after      string
	rows       []string
	scrolled   []string
	x, y       int
}{
	{name: "same", in: "ab", cols: 10, lins: 4, rows: rows{"ab"}, x: 2},
	{name: "narrower cuts", in: "0123456789", cols: 4, lins: 4, rows: rows{"0123"}, x: 3},
	{name: "narrower cuts a wide one", in: "012字", cols: 4, lins: 4, rows: rows{"012"}, x: 3},
	{name: "wider", in: "0123456789", cols: 12, lins: 4, after: "ab", rows: rows{"0123456789ab"}, x: 11},
	{name: "wider has tab stops", in: "", cols: 40, lins: 4, after: "\x1b[25G\ta", rows: rows{"                                a"}, x: 33},
	{name: "lower drops blank lines first", in: "ab\r\ncd", cols: 10, lins: 2, rows: rows{"ab", "cd"}, x: 2, y: 1},
	{name: "lower scrolls the top away", in: fourLines, cols: 10, lins: 2, rows: rows{"cccc", "dddd"}, scrolled: rows{"aaaa", "bbbb"}, x: 4, y: 1},
	{name: "taller takes lines back", in: fourLines + "\r\neeee", cols: 10, lins: 6, rows: rows{"aaaa", "bbbb", "cccc", "dddd", "eeee"}, x: 4, y: 4},
	{name: "taller with the cursor further up", in: fourLines + "\r\neeee\x1b[A", cols: 10, lins: 5, rows: rows{"bbbb", "cccc", "dddd", "eeee"}, scrolled: rows{"aaaa"}, x: 4, y: 2},
	{name: "region is reset", in: fourLines + "\x1b[1;2r\x1b[4;1H", cols: 10, lins: 5, after: "\n\nx", rows: rows{"bbbb", "cccc", "dddd", "", "x"}, scrolled: rows{"aaaa"}, x: 1, y: 4},
	{name: "saved cursor comes inside", in: "\x1b[4;10H\x1b7\x1b[H", cols: 5, lins: 2, after: "\x1b8x", rows: rows{"", "    x"}, x: 4, y: 1},
	{name: "alternate screen has no lines to take", in: fourLines + "\r\neeee\x1b[?1049h\x1b[H1\r\n2\r\n3\r\n4", cols: 10, lins: 5, rows: rows{"1", "2", "3", "4"}, scrolled: nil, x: 1, y: 3},
	{name: "hidden main screen is resized too", in: fourLines + "\x1b[?1049h", cols: 10, lins: 2, after: "\x1b[?1049lx", rows: rows{"cccc", "ddddx"}, scrolled: rows{"aaaa", "bbbb"}, x: 5, y: 1},
	{name: "least", in: fourLines, cols: 0, lins: -5, rows: rows{"d"}, scrolled: rows{"a", "b", "c"}, x: 0, y: 0},
	{name: "one column takes what fits", in: "", cols: 1, lins: 2, after: "ab字", rows: rows{"b", "字"}, scrolled: rows{"a"}, y: 1},
}

func TestScreen_resizes(t *testing.T) {
	t.Parallel()
	for _, c := range resizeCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t, 10, 4, c.in)
			s.Resize(c.cols, c.lins)
			checkScreen(t, s)
			feed(t, s, c.after)
			if diff := cmp.Diff(c.rows, visible(s)); diff != "" {
				t.Errorf("screen (-want +got):\n%s", diff)
			}
			if c.cols > 1 || c.after != "" {
				if diff := cmp.Diff(c.scrolled, scrolled(s)); diff != "" && !s.Alternate() {
					t.Errorf("scrollback (-want +got):\n%s", diff)
				}
			}
			if got := s.Cursor(); got.X != c.x || got.Y != c.y {
				t.Errorf("cursor at %d,%d; want %d,%d", got.X, got.Y, c.x, c.y)
			}
		})
	}
}

func TestScreen_clampsItsSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ cols, rows, wantCols, wantRows int }{
		{0, 0, 1, 1},
		{-1, -1, 1, 1},
		{1 << 30, 1 << 30, MaxCols, MaxRows},
		{80, 24, 80, 24},
	} {
		s := New(c.cols, c.rows)
		if cols, rows := s.Size(); cols != c.wantCols || rows != c.wantRows {
			t.Errorf("New(%d, %d) is %dx%d", c.cols, c.rows, cols, rows)
		}
		s = New(80, 24)
		s.Resize(c.cols, c.rows)
		if cols, rows := s.Size(); cols != c.wantCols || rows != c.wantRows {
			t.Errorf("Resize(%d, %d) is %dx%d", c.cols, c.rows, cols, rows)
		}
		checkScreen(t, s)
	}
}

func TestScreen_showsAgainWhatANarrowerScreenCut(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 10, 3, "\x1b[41m0123456789\r\nab字字cd\r\n\x1b[KA")
	s.Resize(5, 3)
	checkScreen(t, s)
	if diff := cmp.Diff([]string{"01234", "ab字", "A"}, visible(s)); diff != "" {
		t.Errorf("narrower (-want +got):\n%s", diff)
	}
	if got := s.Row(1, nil); len(got) != 5 || got[4].Rune != ' ' || got[4].Width != 1 {
		t.Errorf("a wide character that is cut shows as %+v", got)
	}
	clone := s.Clone()
	feed(t, clone, "\x1b[Hx\x1b[2;5Hx")
	clone.Resize(12, 3)
	checkScreen(t, clone)
	if diff := cmp.Diff([]string{"x1234", "ab字x", "A"}, visible(clone)); diff != "" {
		t.Errorf("written to and wider (-want +got):\n%s", diff)
	}
	s.Resize(12, 3)
	checkScreen(t, s)
	if diff := cmp.Diff([]string{"0123456789", "ab字字cd", "A"}, visible(s)); diff != "" {
		t.Errorf("wider (-want +got):\n%s", diff)
	}
	if got := s.Cell(11, 2).Style; got != (Style{}) {
		t.Errorf("what was added has the style %+v", got)
	}
	if got := s.Cell(9, 2).Style; got.BG != Indexed(1) {
		t.Errorf("what was erased in red has the style %+v", got)
	}
	feed(t, s, "\x1b[3;1H\x1b[m\n\n")
	s.Resize(5, 3)
	if got := scrolled(s); len(got) != 2 || got[0] != "0123456789" {
		t.Errorf("above the screen is %q", got)
	}
}

func TestScreen_resizeOpensTheMargins(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 10, 3, "\x1b[?69h\x1b[2;4sabc")
	s.Resize(8, 3)
	feed(t, s, "\r01234567")
	if got := s.Line(0); got != "01234567" {
		t.Errorf("the line is %q", got)
	}
}

// Changes of size cost no cells: rows get theirs when they are written to.
func TestScreen_resizesWithoutCopyingText(t *testing.T) {
	t.Parallel()
	s := newScreen(t, MaxCols, MaxRows, "\x1b#8")
	grow := func() {
		s.Resize(1, 1)
		s.Resize(MaxCols, MaxRows)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const times = 100
	for range times {
		grow()
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / times; got > 200<<10 {
		t.Errorf("%d bytes for two changes of size", got)
	}
}
