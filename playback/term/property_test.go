package term

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// pieces are what hostile streams are made of: whole sequences, broken ones,
// and text of every width.
var pieces = []string{
	"hello", "x", " ", "\r", "\n", "\r\n", "\b", "\t", "\a", "\v", "\x0e", "\x0f", "\x18", "\x1a", "\x1b", "\x7f", "\x00",
	"字", "한국어", "e\u0301", "\u0301", "🚀", "👩\u200d🚀", "🇳🇱", "🇳", "👍🏽", "⚠\ufe0f", "\u200d", "\ufe0f", "\u202e", "\u1161",
	"\xe5\xad", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf0\x9f", "\x9b", "\x90", "\x9d", "\x85", "\x8d", "\u009b", "\u0090",
	"\x1b[", "\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x1b\\", "\x1b(", "\x1b(0", "\x1b(B", "\x1b)0", "\x1bN", "\x1bO", "\x1bn", "\x1bo",
	"\x1b7", "\x1b8", "\x1bD", "\x1bE", "\x1bM", "\x1bH", "\x1bc", "\x1b#8", "\x1b=", "\x1b>",
	"\x1b[?1049h", "\x1b[?1049l", "\x1b[?47h", "\x1b[?47l", "\x1b[?1047h", "\x1b[?1047l", "\x1b[?1048h", "\x1b[?1048l",
	"\x1b[?69h", "\x1b[?69l", "\x1b[?69h\x1b[2;4s", "\x1b[65;2;2;4;9$x", "\x1b[2;3$z",
	"\x1b[?6h", "\x1b[?6l", "\x1b[?7h", "\x1b[?7l", "\x1b[4h", "\x1b[4l", "\x1b[20h", "\x1b[20l", "\x1b[!p", "\x1b[r",
	"\x1b[m", "\x1b[1;31m", "\x1b[38;5;", "\x1b[48:2::1:2:3m", "\x1b[4:3;58:5:9m", "\x1b[7m",
	"\x1b]0;title\a", "\x1b]2;", "\x1b]8;;https://example.com\x1b\\", "\x1b]8;;\x1b\\", "\x1b]52;c;QQ==\a", "\x1b[22t", "\x1b[23t",
	"\x1b[c", "\x1b[6n", "\x1b[?1$p", "\x1bP+q544e\x1b\\",
}

func streams() *rapid.Generator[[]byte] {
	sequence := rapid.Custom(func(t *rapid.T) string {
		n := rapid.OneOf(rapid.IntRange(0, 12), rapid.SampledFrom([]int{999, 65535, 99999999})).Draw(t, "n")
		m := rapid.IntRange(0, 12).Draw(t, "m")
		final := rapid.SampledFrom([]byte("ABCDEFGHIJKLMPSTXZ@`abdefgrhlmsut^jk")).Draw(t, "final")
		if rapid.Bool().Draw(t, "two") {
			return fmt.Sprintf("\x1b[%d;%d%c", n, m, final)
		}
		return fmt.Sprintf("\x1b[%d%c", n, final)
	})
	piece := rapid.OneOf(rapid.SampledFrom(pieces), sequence, rapid.StringMatching(`[ -~]{1,12}`))
	return rapid.Custom(func(t *rapid.T) []byte {
		return []byte(strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pieces"), ""))
	})
}

func drawScreen(t *rapid.T) *Screen {
	s := New(rapid.IntRange(1, 14).Draw(t, "cols"), rapid.IntRange(1, 7).Draw(t, "rows"))
	s.SetScrollback(rapid.IntRange(0, 5).Draw(t, "scrollback"))
	return s
}

func TestProperty_anySplitGivesTheSameScreen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := drawScreen(t)
		parts := whole.Clone()
		in := streams().Draw(t, "stream")
		whole.Write(in)
		for rest := in; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "part")
			parts.Write(rest[:n])
			rest = rest[n:]
		}
		if !whole.Equal(parts) {
			t.Fatalf("another screen:\n%q\n%q", whole.Text(), parts.Text())
		}
		if msg := whole.broken(); msg != "" {
			t.Fatal(msg)
		}
	})
}

func TestProperty_cloneIsIndependent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScreen(t)
		cols, rows := s.Size()
		limit := s.Scrollback()
		first := streams().Draw(t, "first")
		second := streams().Draw(t, "second")
		other := streams().Draw(t, "other")

		fresh := func(parts ...[]byte) *Screen {
			f := New(cols, rows)
			f.SetScrollback(limit)
			f.Write(bytes.Join(parts, nil))
			return f
		}
		s.Write(first)
		clone := s.Clone()
		again := clone.Clone()
		clone.Write(second)
		if !s.Equal(fresh(first)) {
			t.Fatal("writing to the clone changed its origin")
		}
		if !clone.Equal(fresh(first, second)) {
			t.Fatal("clone and feed is not feed")
		}
		s.Write(other)
		if !clone.Equal(fresh(first, second)) {
			t.Fatal("writing to the origin changed the clone")
		}
		if !s.Equal(fresh(first, other)) {
			t.Fatal("the origin is not what it was fed")
		}
		if !again.Equal(fresh(first)) {
			t.Fatal("a clone of the clone changed")
		}
		for _, x := range []*Screen{s, clone, again} {
			if msg := x.broken(); msg != "" {
				t.Fatal(msg)
			}
		}
	})
}

func TestProperty_resizeKeepsTheScreenWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScreen(t)
		s.OnLeave(func(y int, _ Leave) { _ = s.Line(y) })
		var origin, copied *Screen
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			s.Write(streams().Draw(t, "stream"))
			line := s.Line(s.Cursor().Y)
			cols, rows := s.Size()
			cols2, rows2 := rapid.IntRange(-1, 16).Draw(t, "cols"), rapid.IntRange(-1, 9).Draw(t, "rows")
			origin, copied = s, s.Clone()
			want := origin.Text()
			copied.Resize(cols2, rows2)
			if got := origin.Text(); strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Fatal("resizing the clone changed its origin")
			}
			s.Resize(cols2, rows2)
			if msg := s.broken(); msg != "" {
				t.Fatalf("%dx%d to %dx%d: %s", cols, rows, cols2, rows2, msg)
			}
			// What a narrower screen cut off may be there again.
			if now := s.Line(s.Cursor().Y); cols2 >= cols && !strings.HasPrefix(now, line) {
				t.Fatalf("%dx%d to %dx%d: the cursor was on %q and is on %q", cols, rows, cols2, rows2, line, now)
			}
			if !s.Equal(copied) {
				t.Fatal("origin and clone resize to different screens")
			}
		}
	})
}

func TestProperty_repeatIsPrinting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScreen(t)
		s.Write(streams().Draw(t, "stream"))
		char := rapid.SampledFrom([]string{"x", "é", "字"}).Draw(t, "char")
		// Whatever was unfinished ends, and the character is printed once.
		s.Write([]byte("\x18\x0f\x1b(B" + char))
		printed := s.Clone()
		n := rapid.IntRange(1, s.cols*s.rows).Draw(t, "n")
		fmt.Fprintf(s, "\x1b[%db", n)
		printed.Write([]byte(strings.Repeat(char, n)))
		// Only printing leaves something that an emoji may join.
		s.prev, printed.prev = 0, 0
		// And the two did not ask for the same work.
		s.saved = printed.saved
		if !s.Equal(printed) {
			t.Fatalf("repeated %d times:\n%q\n%q", n, s.Text(), printed.Text())
		}
	})
}

func TestProperty_anyBytesLeaveAWholeScreen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScreen(t)
		for range rapid.IntRange(1, 4).Draw(t, "steps") {
			s.Write(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
			s.Write(streams().Draw(t, "stream"))
		}
		if msg := s.broken(); msg != "" {
			t.Fatal(msg)
		}
		if !s.Equal(s.Clone()) {
			t.Fatal("a clone is not equal")
		}
	})
}

func TestScreen_clonesFromSeveralGoroutines(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 20, 5, "one\r\ntwo e\u0301\x1b]8;;https://example.com\a three")
	want := s.Text()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			c := s.Clone()
			fmt.Fprintf(c, "\x1b[H%d o\u0302 \x1b]8;;https://example.com/%d\a\x1b[2Jx", i, i)
			if got := c.Line(0); got != "    x" {
				t.Errorf("clone %d shows %q", i, got)
			}
		})
	}
	wg.Wait()
	if got := s.Text(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the origin shows %q", got)
	}
}

// TestScreen_isBounded feeds streams that each try to fill one store, and
// looks at the memory a screen holds after them.
func TestScreen_isBounded(t *testing.T) {
	const bound = 24 << 20
	const many, some = 40000, 3000 // the first is over the bound of any table
	for _, c := range []struct {
		name  string
		times int
		next  func(i int) string
	}{
		{"combinations", many, func(i int) string { return fmt.Sprintf("a%c%c", 0x300+i%100, 0x300+i/100%1000) }},
		{"marks on one cell", some, func(int) string { return "\u0301" }},
		{"joined emoji", many, func(i int) string { return fmt.Sprintf("\u200d%c", 0x1f600+i%60) }},
		{"links", some, func(i int) string { return fmt.Sprintf("\x1b]8;;https://example.com/%01000d\aL", i) }},
		{"link ids", many, func(i int) string { return fmt.Sprintf("\x1b]8;id=%d;x\aL", i) }},
		{"underline colours", many, func(i int) string { return fmt.Sprintf("\x1b[58:2:%d:%d:%dmU", i&255, i>>8&255, i>>16&255) }},
		{"titles", some, func(i int) string { return fmt.Sprintf("\x1b]2;%0500d\a\x1b[22t", i) }},
		{"unfinished string", some, func(int) string { return "\x1bP" + strings.Repeat("x", 200) }},
		{"unfinished command", some, func(int) string { return "\x1b]0;" + strings.Repeat("x", 200) }},
		{"parameters", some, func(int) string { return "\x1b[" + strings.Repeat("1;", 100) }},
		{"lines", some, func(i int) string { return fmt.Sprintf("%d\n", i) }},
		{"repeats", some, func(int) string { return "a\x1b[65535b" }},
		{"scrolls", some, func(int) string { return "\x1b[65535S\x1b[65535T\x1b[65535L\x1b[65535M" }},
		{"inserts", some, func(int) string { return "\x1b[65535@\x1b[65535P\x1b[65535X\x1b[65535Z\x1b[65535I" }},
		{"resets", some, func(int) string { return "e\u0301\x1bc" }},
		{"screens", some, func(int) string { return "\x1b[?1049hx\x1b[?1049l" }},
	} {
		s := New(80, 24)
		heap := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before := heap()
		for i := range c.times {
			s.Write([]byte(c.next(i)))
		}
		if after := heap(); after > before+bound {
			t.Errorf("%s: the screen holds %d KiB", c.name, (after-before)>>10)
		}
		checkScreen(t, s)
	}
}

func TestScreen_forgetsClustersNobodySees(t *testing.T) {
	t.Parallel()
	s := New(10, 2)
	s.SetScrollback(1)
	feed(t, s, "k\u0301eep\r\n")
	clone := s.Clone()
	for i := range 2 * maxClusters {
		s.Write([]byte(fmt.Sprintf("\x1b[2;1Ha%c%c", 0x300+i%100, 0x1ab0+i/100)))
	}
	feed(t, s, "\x1b[2;1H\x1b[Ko\u0308")
	if got := s.Text(); got[0] != "k\u0301eep" || got[1] != "o\u0308" {
		t.Errorf("screen shows %q", got)
	}
	if n := len(s.clusters.list); n > maxClusters {
		t.Errorf("%d clusters", n)
	}
	if got := clone.Line(0); got != "k\u0301eep" {
		t.Errorf("clone shows %q", got)
	}
	checkScreen(t, clone)
}
