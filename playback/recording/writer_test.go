package recording

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWriter_padsAllPartsButTheLast(t *testing.T) {
	t.Parallel()
	const size = 4096
	data := session(t, WriterOptions{PartSize: size})
	for i := range 3 {
		if v := binary.BigEndian.Uint64(data); v != 1 {
			t.Fatalf("part %d has version %d", i, v)
		}
		n := headerV1 + int(binary.BigEndian.Uint64(data[8:])+binary.BigEndian.Uint64(data[16:]))
		if i < 2 && n != size || i == 2 && n >= size {
			t.Errorf("part %d takes %d bytes", i, n)
		}
		data = data[n:]
	}
	if len(data) != 0 {
		t.Errorf("%d bytes follow", len(data))
	}
	if n := len(session(t, WriterOptions{PartSize: size, PadLast: true})); n != 3*size {
		t.Errorf("%d bytes with the last part padded", n)
	}
}

func TestWriter_flushesBySize(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, WriterOptions{PartSize: 20_000})
	check(t, err)
	noise := make([]byte, 300_000)
	for i, v := 0, uint32(1); i < len(noise); i++ {
		v = v*1664525 + 1013904223
		noise[i] = byte(v >> 24)
	}
	check(t, w.Print(t0, noise))
	check(t, w.Close())
	check(t, w.Close())
	rec := load(t, buf.Bytes())
	if rec.Meta.Parts < 2 || !bytes.Equal(bytes.Join(data(rec), nil), noise) {
		t.Errorf("%d parts", rec.Meta.Parts)
	}
}

func data(rec *Recording) [][]byte {
	var out [][]byte
	for _, f := range rec.Frames {
		out = append(out, f.Data)
	}
	return out
}

func TestWriter_failure(t *testing.T) {
	t.Parallel()
	w, err := NewWriter(fullDisk{}, WriterOptions{})
	check(t, err)
	check(t, w.Event(startEvent()))
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
	if err := w.Print(t0, nil); !errors.Is(err, errFull) {
		t.Errorf("second error %v", err)
	}
}

var errFull = errors.New("no space left on device")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// Whatever is written is read again, with the times and the bytes.
func TestWriter_roundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var buf bytes.Buffer
		w, err := NewWriter(&buf, WriterOptions{PartSize: rapid.IntRange(1, 3000).Draw(rt, "part")})
		check(t, err)
		check(t, w.Event(startEvent()))
		var want [][]byte
		var times []time.Duration
		now := time.Duration(0)
		for range rapid.IntRange(0, 30).Draw(rt, "prints") {
			now += time.Duration(rapid.IntRange(0, 5000).Draw(rt, "ms")) * time.Millisecond
			d := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(rt, "data")
			want, times = append(want, d), append(times, now)
			check(t, w.Print(at(now), d))
			if rapid.Bool().Draw(rt, "flush") {
				check(t, w.Flush())
			}
		}
		check(t, w.Event(endEvent(now)))
		check(t, w.Close())
		rec := load(t, buf.Bytes())
		if !rec.Complete || len(rec.Frames) != len(want)+2 {
			rt.Fatalf("%d frames of %d, %+v", len(rec.Frames), len(want)+2, rec.Problems)
		}
		for i := range want {
			f := rec.Frames[i+1]
			if !bytes.Equal(f.Data, want[i]) || f.At != times[i] {
				rt.Fatalf("frame %d: %v %q, want %v %q", i, f.At, f.Data, times[i], want[i])
			}
		}
	})
}
