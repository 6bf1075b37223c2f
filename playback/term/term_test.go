package term

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (c screenCase) size() (int, int) {
	cols, rows := c.cols, c.lins
	if cols == 0 {
		cols = 10
	}
	if rows == 0 {
		rows = 4
	}
	return cols, rows
}

func newScreen(t testing.TB, cols, rows int, in string) *Screen {
	t.Helper()
	s := New(cols, rows)
	feed(t, s, in)
	return s
}

func feed(t testing.TB, s *Screen, in string) {
	t.Helper()
	if n, err := s.Write([]byte(in)); n != len(in) || err != nil {
		t.Fatalf("Write = %d, %v; want %d, nil", n, err, len(in))
	}
	checkScreen(t, s)
}

// visible returns the text without blank rows at the end.
func visible(s *Screen) []string {
	text := s.Text()
	for len(text) > 0 && text[len(text)-1] == "" {
		text = text[:len(text)-1]
	}
	return text
}

// checkScreen checks what has to hold for a screen after any input.
func checkScreen(t testing.TB, s *Screen) {
	t.Helper()
	if msg := s.broken(); msg != "" {
		t.Fatal(msg)
	}
}

func TestScreen_showsCases(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, c := range slices.Concat(screenCases, marginCases) {
		if seen[c.name] {
			t.Errorf("two cases are named %q", c.name)
		}
		seen[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cols, lines := c.size()
			s := newScreen(t, cols, lines, c.in)
			if diff := cmp.Diff(c.rows, visible(s), cmp.Transformer("join", func(r []string) string { return strings.Join(r, "\n") })); diff != "" {
				t.Errorf("screen (-want +got):\n%s", diff)
			}
			if got := s.Cursor(); got.X != c.x || got.Y != c.y {
				t.Errorf("cursor at %d,%d; want %d,%d", got.X, got.Y, c.x, c.y)
			}
			bytewise := New(cols, lines)
			for i := range len(c.in) {
				feed(t, bytewise, c.in[i:i+1])
			}
			if !bytewise.Equal(s) {
				t.Error("fed byte by byte, the screen is another one")
			}
		})
	}
	if len(screenCases) < 120 {
		t.Errorf("%d cases; there were 120 once", len(screenCases))
	}
}
