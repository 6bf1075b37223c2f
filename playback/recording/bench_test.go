package recording

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

// big is a recording of about n bytes of coloured log lines in prints of size
// bytes.
func big(tb testing.TB, n, size int) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, WriterOptions{})
	check(tb, err)
	check(tb, w.Event(startEvent()))
	var text []byte
	v := uint32(7)
	for now, done := time.Duration(0), 0; done < n; now += 20 * time.Millisecond {
		for len(text) < size {
			v = v*1664525 + 1013904223
			text = append(text, "\x1b[32m2026-03-04T09:00:00Z\x1b[0m \x1b[1;33mWARN\x1b[0m svc=cart req="...)
			for shift := 28; shift >= 0; shift -= 4 {
				text = append(text, "0123456789abcdef"[v>>shift&15])
			}
			text = append(text, " took longer than it should\r\n"...)
		}
		check(tb, w.Print(at(now), text[:size]))
		text = append(text[:0], text[size:]...)
		done += size
	}
	check(tb, w.Event(endEvent(time.Hour)))
	check(tb, w.Close())
	return buf.Bytes()
}

func BenchmarkRead(b *testing.B) {
	for name, size := range map[string]int{"prints of 4 KiB": 4096, "prints of 64 B": 64} {
		data := big(b, 8<<20, size)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(8 << 20)
			for b.Loop() {
				r, err := NewReader(bytes.NewReader(data))
				check(b, err)
				for {
					if _, err := r.Next(); errors.Is(err, io.EOF) {
						break
					}
				}
			}
		})
	}
}

// BenchmarkLoad also says how many bytes a byte of output takes in memory.
func BenchmarkLoad(b *testing.B) {
	for name, size := range map[string]int{"prints of 4 KiB": 4096, "prints of 512 B": 512, "prints of 64 B": 64} {
		data := big(b, 64<<20, size)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(64 << 20)
			var rec *Recording
			held := heap()
			for b.Loop() {
				rec = load(b, data)
			}
			b.ReportMetric(float64(heap()-held)/(64<<20), "heap-B/output-B")
			runtime.KeepAlive(rec)
		})
	}
}

// heap is how many bytes are in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func BenchmarkFirstFrame(b *testing.B) {
	data := big(b, 64<<20, 4096)
	for b.Loop() {
		_, err := NewReader(bytes.NewReader(data))
		check(b, err)
	}
}

// BenchmarkPrint compares the two ways to decode terminal output.
func BenchmarkPrint(b *testing.B) {
	p := printEvent(time.Second, 5, string(make([]byte, 64)))
	p.ClusterName = "example"
	msg, err := apievents.MustToOneOf(p).Marshal()
	check(b, err)
	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := decodePrint(msg); !ok {
				b.Fatal("not a print")
			}
		}
	})
	b.Run("generated", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := decodeEvent(msg)
			check(b, err)
		}
	})
}

func BenchmarkCast(b *testing.B) {
	rec := load(b, big(b, 8<<20, 1024))
	var buf bytes.Buffer
	w, err := NewCastWriter(&buf, rec.Meta)
	check(b, err)
	for _, f := range rec.Frames {
		check(b, w.Write(f))
	}
	check(b, w.Close())
	b.SetBytes(int64(buf.Len()))
	for b.Loop() {
		load(b, buf.Bytes())
	}
}
