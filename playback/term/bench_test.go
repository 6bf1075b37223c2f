package term

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// benchStreams are the kinds of output that sessions consist of, for a screen
// of 120 by 40. The same name gives the same bytes.
var benchStreams = []struct {
	name  string
	write func(b *bytes.Buffer, r *rand.Rand)
}{
	{"plain", func(b *bytes.Buffer, r *rand.Rand) {
		fmt.Fprintf(b, "Nov 21 07:%02d:%02d host-%d sshd[%d]:", r.IntN(60), r.IntN(60), r.IntN(99), r.IntN(9999))
		for range 5 + r.IntN(10) {
			b.WriteString(" " + word(r))
		}
		b.WriteString("\r\n")
	}},
	{"colour", func(b *bytes.Buffer, r *rand.Rand) {
		for range 6 {
			fmt.Fprintf(b, "\x1b[0m\x1b[01;%dm%s\x1b[0m  \x1b[38;5;%dm%s\x1b[m ", 30+r.IntN(8), word(r), r.IntN(256), word(r))
		}
		fmt.Fprintf(b, "\x1b[48;2;%d;%d;%dm%s\x1b[m\r\n", r.IntN(256), r.IntN(256), r.IntN(256), word(r))
	}},
	{"editor", func(b *bytes.Buffer, r *rand.Rand) {
		fmt.Fprintf(b, "\x1b[%d;%dH\x1b[K\x1b[1;3%dm%s\x1b[m %s", 1+r.IntN(38), 1+r.IntN(60), r.IntN(8), word(r), word(r))
		switch r.IntN(8) {
		case 0:
			fmt.Fprintf(b, "\x1b[%d;%dr\x1b[%dH\x1bM\x1b[r", 1+r.IntN(5), 30+r.IntN(10), 1+r.IntN(5))
		case 1:
			fmt.Fprintf(b, "\x1b[%dL\x1b[%dM", 1+r.IntN(3), 1+r.IntN(3))
		case 2:
			fmt.Fprintf(b, "\x1b[%dP\x1b[%d@", 1+r.IntN(3), 1+r.IntN(3))
		}
	}},
	{"pages", func(b *bytes.Buffer, r *rand.Rand) {
		b.WriteString("\x1b[?1049h\x1b[2J\x1b[H")
		for y := range 40 {
			fmt.Fprintf(b, "\x1b[%d;1H%-60s\x1b[K", y+1, word(r)+" "+word(r))
		}
		b.WriteString("\x1b[?1049l$ less\r\n")
	}},
	{"unicode", func(b *bytes.Buffer, r *rand.Rand) {
		texts := []string{"端末", "記録", "한국", "🚀", "✅", "é", "e\u0301", "→", "│", "─"}
		for range 20 {
			b.WriteString(texts[r.IntN(len(texts))] + word(r))
		}
		b.WriteString("\r\n")
	}},
}

func word(r *rand.Rand) string {
	words := [...]string{"connection", "refused", "from", "host", "GET", "/api/v1/pods", "ok", "took", "ms", "worker", "kernel", "retry"}
	return words[r.IntN(len(words))]
}

func benchStream(write func(*bytes.Buffer, *rand.Rand)) []byte {
	var b bytes.Buffer
	r := rand.New(rand.NewPCG(1, 2))
	for b.Len() < 1<<20 {
		write(&b, r)
	}
	return b.Bytes()
}

func BenchmarkWrite(b *testing.B) {
	for _, stream := range benchStreams {
		in := benchStream(stream.write)
		b.Run(stream.name, func(b *testing.B) {
			s := New(120, 40)
			s.Write(in)
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				for rest := in; len(rest) > 0; {
					n := min(len(rest), 4096)
					s.Write(rest[:n])
					rest = rest[n:]
				}
			}
		})
	}
}

// bothScreens returns a screen with text on its main and alternate screens.
func bothScreens() *Screen {
	s := New(120, 40)
	s.SetScrollback(0)
	in := benchStream(benchStreams[2].write)
	s.Write(in[:64<<10])
	s.Write([]byte("\x1b[?47h"))
	s.Write(in[:64<<10])
	return s
}

func BenchmarkClone(b *testing.B) {
	s := bothScreens()
	b.ReportAllocs()
	for b.Loop() {
		s.Clone()
	}
}

// BenchmarkCloneAndRewrite is the worst case of a clone: each row of both
// screens is written to afterwards and has to be copied.
func BenchmarkCloneAndRewrite(b *testing.B) {
	s := bothScreens()
	b.ReportAllocs()
	for b.Loop() {
		c := s.Clone()
		for range 2 {
			for y := range c.rows {
				c.line(y)
			}
			c.switchScreen(!c.altShown)
		}
	}
}

func BenchmarkText(b *testing.B) {
	s := bothScreens()
	b.ReportAllocs()
	for b.Loop() {
		s.Text()
	}
}

func BenchmarkRows(b *testing.B) {
	s := bothScreens()
	var cells []Cell
	b.ReportAllocs()
	for b.Loop() {
		for y := range 40 {
			cells = s.Row(y, cells)
		}
	}
}

func TestWrite_doesNotAllocate(t *testing.T) {
	for _, stream := range benchStreams {
		in := benchStream(stream.write)[:256<<10]
		for _, scrollback := range []int{0, 100} {
			s := New(120, 40)
			s.SetScrollback(scrollback)
			// The stream of pages scrolls once a page.
			for range 4 {
				s.Write(in)
			}
			if n := testing.AllocsPerRun(3, func() { s.Write(in) }); n != 0 {
				t.Errorf("%s with %d lines of scrollback: %v allocations for %d bytes", stream.name, scrollback, n, len(in))
			}
		}
	}
}

func TestRow_doesNotAllocate(t *testing.T) {
	s := bothScreens()
	cells := s.Row(0, nil)
	text := s.AppendLine(nil, 0)
	if n := testing.AllocsPerRun(10, func() {
		for y := range 40 {
			cells = s.Row(y, cells)
			text = s.AppendLine(text[:0], y)
		}
	}); n > 0 {
		t.Errorf("%v allocations for reading all rows", n)
	}
}
