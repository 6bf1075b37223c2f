package term

import (
	"slices"
	"testing"
)

// FuzzWrite feeds any bytes to a small screen, in one piece, split, with a
// resize between and to a clone, and checks that the screen stays whole.
func FuzzWrite(f *testing.F) {
	for _, c := range slices.Concat(screenCases, marginCases) {
		cols, rows := c.size()
		f.Add([]byte(c.in), byte(cols), byte(rows), byte(len(c.in)/2))
	}
	for i, p := range pieces {
		f.Add([]byte(p+"text"+pieces[len(pieces)-1-i]), byte(9), byte(3), byte(i))
	}
	f.Fuzz(func(t *testing.T, in []byte, cols, rows, at byte) {
		whole := New(int(cols%40), int(rows%12))
		whole.SetScrollback(3)
		split := whole.Clone()
		whole.Write(in)
		n := min(int(at), len(in))
		split.Write(in[:n])
		clone := split.Clone()
		split.Write(in[n:])
		clone.Write(in[n:])
		if !whole.Equal(split) {
			t.Fatalf("split at %d:\n%q\n%q", n, whole.Text(), split.Text())
		}
		if !whole.Equal(clone) {
			t.Fatalf("cloned at %d:\n%q\n%q", n, whole.Text(), clone.Text())
		}
		whole.Resize(int(rows), int(cols%20))
		checkScreen(t, whole)
		whole.Write(in)
		checkScreen(t, whole)
		checkScreen(t, split)
		split.Reflow(int(rows%30), int(cols%12))
		checkScreen(t, split)
		split.Write(in)
		checkScreen(t, split)
		for y, line := range whole.Text() {
			if line != whole.Line(y) {
				t.Fatalf("row %d is two texts", y)
			}
		}
	})
}
