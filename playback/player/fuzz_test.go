package player

import (
	"testing"
	"time"

	"cordon/playback/recording"
)

// fuzzed makes a recording and a list of inputs out of bytes.
func fuzzed(data, keys []byte) (list []recording.Frame, inputs []Input) {
	at := time.Duration(0)
	for len(data) > 0 {
		n := min(int(data[0]%23)+1, len(data))
		piece := data[:n]
		data = data[n:]
		at += time.Duration(piece[0]/16) * 700 * time.Millisecond
		switch piece[0] % 9 {
		case 0:
			list = append(list, resize(at, int(piece[0])%50+1, n))
		case 1:
			list = append(list, note(at, "session.join", string(piece)))
		default:
			list = append(list, recording.Frame{At: at, Type: recording.Output, Data: piece[1:]})
		}
	}
	now := t0
	for i, k := range keys {
		now = now.Add(time.Duration(k%32) * 90 * time.Millisecond)
		inputs = append(inputs, Input{
			Kind: InputKind(k%byte(Finish)) + 1, Now: now, To: time.Duration(int(k)-20) * sec / 4, Frame: i*int(k)%40 - 3, Speed: float64(k) / 7,
		})
	}
	return list, inputs
}

// Whatever is played and pressed: the screen is what all frames up to the
// position show, and the state keeps its promises.
func FuzzPlayer(f *testing.F) {
	f.Add([]byte("\x05$ ls\r\n\x40\x1b[?1049hvim\x90\x1b[?1049l$ \x22resize\x31join"), []byte("\x00\x03\x04\x07\x08\x0f\x10"), uint8(9))
	f.Add([]byte("\x1b[2J\x1b[5S\xff日本\x1b[3;1H"), []byte{7, 7, 7, 6, 5, 200, 40, 16, 15}, uint8(1))
	f.Fuzz(func(t *testing.T, data, keys []byte, spacing uint8) {
		list, inputs := fuzzed(data[:min(len(data), 2000)], keys[:min(len(keys), 60)])
		r := rec(list[:len(list)/2]...)
		p := New(r)
		p.ix = newIndex(r, Options{})
		p.ix.spacing = int(spacing)*8 + 1
		for i, in := range inputs {
			if i == len(inputs)/2 {
				r.Frames = list
			}
			was := p.State()
			p.Handle(in)
			s := p.State()
			if s.Frame < 0 || s.Frame > len(r.Frames) || s.At < 0 || s.At > r.Duration() || !(s.Speed >= 0.25 && s.Speed <= 32) || s.IdleCut < 0 {
				t.Fatalf("input %+v on %+v gives %+v", in, was, s)
			}
			if s.Mode == Waiting && (!s.Growing || s.Frame < len(r.Frames)) && in.Kind != Tick || s.Mode == Playing && s.Frame >= len(r.Frames) {
				t.Fatalf("input %+v on %+v gives %+v", in, was, s)
			}
			straight := NewScreen(r.Meta)
			for _, frame := range r.Frames[:s.Frame] {
				Feed(straight, frame)
			}
			if !p.Screen().Equal(straight) {
				t.Fatalf("input %+v on %+v: another screen than frame %d's", in, was, s.Frame)
			}
		}
		p.Prepare(1 << 30)
		last := time.Duration(0)
		for _, m := range p.Markers() {
			if m.At < last || m.Until < m.At || len(m.Text) > maxMarkerText+len("…") {
				t.Fatalf("marker %+v after %v", m, last)
			}
			last = m.At
		}
	})
}
