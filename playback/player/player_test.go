package player

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/playback/recording"
	"cordon/playback/transcript/prompt"
)

var t0 = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

const sec = time.Second

func out(at time.Duration, s string) recording.Frame {
	return recording.Frame{At: at, Type: recording.Output, Data: []byte(s)}
}

func resize(at time.Duration, cols, rows int) recording.Frame {
	return recording.Frame{At: at, Type: recording.Resize, Cols: cols, Rows: rows}
}

func note(at time.Duration, kind, text string) recording.Frame {
	return recording.Frame{At: at, Type: recording.Note, Event: &recording.Event{Type: kind, Summary: text}}
}

func rec(frames ...recording.Frame) *recording.Recording {
	return &recording.Recording{Meta: recording.Meta{Start: t0, Cols: 20, Rows: 4, Terminal: true}, Frames: frames, Complete: true}
}

// sample is: start, two outputs, a gap of eight seconds, a resize, an output, a
// leave.
func sample() []recording.Frame {
	return []recording.Frame{
		note(0, "session.start", "session starts"), out(1*sec, "a"), out(2*sec, "b"),
		resize(10*sec, 30, 5), out(11*sec, "c"), note(12*sec, "session.leave", "bob leaves"),
	}
}

// Every input in every mode. The clock has moved on by half a second since the
// state was right.
func TestNext_everyPair(t *testing.T) {
	t.Parallel()
	frames := sample()
	paused := State{Mode: Paused, At: 1 * sec, Frame: 2, Speed: 1, IdleCut: sec, Now: t0}
	playing := paused
	playing.Mode = Playing
	ended := State{Mode: Ended, At: 12 * sec, Frame: 6, Speed: 1, IdleCut: sec, Now: t0}
	waiting := ended
	waiting.Mode, waiting.Growing = Waiting, true
	now := t0.Add(sec / 2)

	type want struct {
		mode  Mode
		at    time.Duration
		frame int
		speed float64
		cut   time.Duration
		eff   Effects
	}
	half := 3 * sec / 2 // where a playing state has come to by now
	shown, none, over := Effects{Show: true}, Effects{}, Effects{Show: true, Ended: true}
	tests := []struct {
		in                              Input
		paused, playing, ended, waiting want
	}{
		{Input{Kind: Play}, want{Playing, 1 * sec, 2, 1, sec, none}, want{Playing, half, 2, 1, sec, none}, want{Playing, 0, 1, 1, sec, shown}, want{Waiting, 12 * sec, 6, 1, sec, none}},
		{Input{Kind: Pause}, want{Paused, 1 * sec, 2, 1, sec, none}, want{Paused, half, 2, 1, sec, none}, want{Ended, 12 * sec, 6, 1, sec, none}, want{Paused, 12 * sec, 6, 1, sec, none}},
		{Input{Kind: Toggle}, want{Playing, 1 * sec, 2, 1, sec, none}, want{Paused, half, 2, 1, sec, none}, want{Playing, 0, 1, 1, sec, shown}, want{Paused, 12 * sec, 6, 1, sec, none}},
		{Input{Kind: Tick}, want{Paused, 1 * sec, 2, 1, sec, none}, want{Playing, half, 2, 1, sec, none}, want{Ended, 12 * sec, 6, 1, sec, none}, want{Waiting, 12 * sec, 6, 1, sec, none}},
		{Input{Kind: Seek, To: 10 * sec}, want{Paused, 10 * sec, 4, 1, sec, shown}, want{Playing, 10 * sec, 4, 1, sec, shown}, want{Paused, 10 * sec, 4, 1, sec, shown}, want{Playing, 10 * sec, 4, 1, sec, shown}},
		{Input{Kind: SeekFrame, Frame: 3}, want{Paused, 2 * sec, 3, 1, sec, shown}, want{Playing, 2 * sec, 3, 1, sec, shown}, want{Paused, 2 * sec, 3, 1, sec, shown}, want{Playing, 2 * sec, 3, 1, sec, shown}},
		{Input{Kind: StepForward}, want{Paused, 2 * sec, 3, 1, sec, shown}, want{Paused, 2 * sec, 3, 1, sec, shown}, want{Ended, 12 * sec, 6, 1, sec, none}, want{Paused, 12 * sec, 6, 1, sec, none}},
		{Input{Kind: StepBack}, want{Paused, 0, 1, 1, sec, shown}, want{Paused, 0, 1, 1, sec, shown}, want{Paused, 10 * sec, 4, 1, sec, shown}, want{Paused, 10 * sec, 4, 1, sec, shown}},
		{Input{Kind: SetSpeed, Speed: 3}, want{Paused, 1 * sec, 2, 3, sec, none}, want{Playing, half, 2, 3, sec, none}, want{Ended, 12 * sec, 6, 3, sec, none}, want{Waiting, 12 * sec, 6, 3, sec, none}},
		{Input{Kind: Faster}, want{Paused, 1 * sec, 2, 2, sec, none}, want{Playing, half, 2, 2, sec, none}, want{Ended, 12 * sec, 6, 2, sec, none}, want{Waiting, 12 * sec, 6, 2, sec, none}},
		{Input{Kind: Slower}, want{Paused, 1 * sec, 2, .5, sec, none}, want{Playing, half, 2, .5, sec, none}, want{Ended, 12 * sec, 6, .5, sec, none}, want{Waiting, 12 * sec, 6, .5, sec, none}},
		{Input{Kind: SetIdleCut, To: 5 * sec}, want{Paused, 1 * sec, 2, 1, 5 * sec, none}, want{Playing, half, 2, 1, 5 * sec, none}, want{Ended, 12 * sec, 6, 1, 5 * sec, none}, want{Waiting, 12 * sec, 6, 1, 5 * sec, none}},
		{Input{Kind: NextIdleCut}, want{Paused, 1 * sec, 2, 1, 2 * sec, none}, want{Playing, half, 2, 1, 2 * sec, none}, want{Ended, 12 * sec, 6, 1, 2 * sec, none}, want{Waiting, 12 * sec, 6, 1, 2 * sec, none}},
		{Input{Kind: Restart}, want{Paused, 0, 1, 1, sec, shown}, want{Playing, 0, 1, 1, sec, shown}, want{Paused, 0, 1, 1, sec, shown}, want{Playing, 0, 1, 1, sec, shown}},
		{Input{Kind: ToEnd}, want{Ended, 12 * sec, 6, 1, sec, over}, want{Ended, 12 * sec, 6, 1, sec, over}, want{Ended, 12 * sec, 6, 1, sec, none}, want{Waiting, 12 * sec, 6, 1, sec, none}},
		{Input{Kind: Follow}, want{Paused, 1 * sec, 2, 1, sec, none}, want{Playing, half, 2, 1, sec, none}, want{Waiting, 12 * sec, 6, 1, sec, none}, want{Waiting, 12 * sec, 6, 1, sec, none}},
		{Input{Kind: Finish}, want{Paused, 1 * sec, 2, 1, sec, none}, want{Playing, half, 2, 1, sec, none}, want{Ended, 12 * sec, 6, 1, sec, none}, want{Ended, 12 * sec, 6, 1, sec, Effects{Ended: true}}},
	}
	if len(tests) != int(Finish) {
		t.Fatalf("%d of %d inputs are covered", len(tests), Finish)
	}
	for i, tt := range tests {
		if tt.in.Kind != InputKind(i+1) {
			t.Fatalf("row %d is for input %d", i, tt.in.Kind)
		}
		for from, w := range map[State]want{paused: tt.paused, playing: tt.playing, ended: tt.ended, waiting: tt.waiting} {
			t.Run(fmt.Sprintf("%d in %s", tt.in.Kind, from.Mode), func(t *testing.T) {
				t.Parallel()
				in := tt.in
				in.Now = now
				s, eff := Next(frames, from, in)
				got := want{s.Mode, s.At, s.Frame, s.Speed, s.IdleCut, eff}
				if got != w {
					t.Errorf("got %+v\nwant %+v", got, w)
				}
			})
		}
	}
}

func TestTick(t *testing.T) {
	t.Parallel()
	frames := sample()
	at := func(mode Mode, at time.Duration, frame int, speed float64, cut time.Duration) State {
		return State{Mode: mode, At: at, Frame: frame, Speed: speed, IdleCut: cut, Now: t0}
	}
	tests := []struct {
		name    string
		from    State
		elapsed time.Duration
		mode    Mode
		at      time.Duration
		frame   int
		skipped time.Duration
	}{
		{"reaches a frame", at(Playing, 1*sec, 2, 1, sec), sec, Playing, 2 * sec, 3, 0},
		{"plays the start of a gap", at(Playing, 2*sec, 3, 1, sec), sec / 2, Playing, 5 * sec / 2, 3, 0},
		{"skips the rest of a gap", at(Playing, 2*sec, 3, 1, sec), sec, Playing, 10 * sec, 4, 7 * sec},
		{"goes on behind the gap", at(Playing, 2*sec, 3, 1, sec), 3 * sec / 2, Playing, 21 * sec / 2, 4, 7 * sec},
		{"plays the gap in full", at(Playing, 2*sec, 3, 1, 0), 7 * sec, Playing, 9 * sec, 3, 0},
		{"leaves a gap that was sought into", at(Playing, 7*sec, 3, 1, sec), 1, Playing, 10*sec + 1, 4, 3 * sec},
		{"at a speed", at(Playing, 0, 1, 4, 0), 2500 * time.Millisecond, Playing, 10 * sec, 4, 0},
		{"slowly", at(Playing, 0, 1, .25, 0), 4 * sec, Playing, 1 * sec, 2, 0},
		{"ends", at(Playing, 11*sec, 5, 1, sec), time.Hour, Ended, 12 * sec, 6, 0},
		{"everything at once", at(Playing, 0, 0, 32, sec), math.MaxInt64, Ended, 12 * sec, 6, 7 * sec},
		{"a clock that goes back", at(Playing, 1*sec, 2, 1, sec), -time.Hour, Playing, 1 * sec, 2, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, eff := Next(frames, tt.from, Input{Kind: Tick, Now: t0.Add(tt.elapsed)})
			if s.Mode != tt.mode || s.At != tt.at || s.Frame != tt.frame || eff.Skipped != tt.skipped {
				t.Errorf("got %+v %+v", s, eff)
			}
			if eff.Show != (s.Frame != tt.from.Frame) || eff.Ended != (s.Mode == Ended) {
				t.Errorf("effects %+v", eff)
			}
		})
	}
}

func TestSpeeds(t *testing.T) {
	t.Parallel()
	tests := []struct{ from, faster, slower float64 }{
		{0.25, 0.5, 0.25}, {1, 2, 0.5}, {32, 32, 16}, {3, 4, 2}, {100, 32, 32}, {0, 0.25, 0.25},
	}
	for _, tt := range tests {
		if f, s := step(tt.from, 1), step(tt.from, -1); f != tt.faster || s != tt.slower {
			t.Errorf("%v: faster %v, slower %v", tt.from, f, s)
		}
	}
	for in, want := range map[float64]float64{math.Inf(1): 32, -1: 0.25, 0: 0.25, 5: 5} {
		if got := clampSpeed(in); got != want {
			t.Errorf("%v: %v", in, got)
		}
	}
	if clampSpeed(math.NaN()) != 0.25 {
		t.Error("not a number is a speed")
	}
}

func TestPlayer_playsInTime(t *testing.T) {
	t.Parallel()
	p := New(rec(sample()...))
	now := t0
	if _, ok := p.NextWake(now); ok || p.Playing() {
		t.Error("a new player plays")
	}
	p.Play(now)
	var seen []string
	for range 20 {
		wait, ok := p.NextWake(now)
		if !ok {
			break
		}
		now = now.Add(wait)
		eff := p.Tick(now)
		if !eff.Show {
			t.Fatalf("woken at %v for nothing", now.Sub(t0))
		}
		seen = append(seen, fmt.Sprintf("%v %v %q", now.Sub(t0), p.Position(), p.Screen().Line(0)))
	}
	want := []string{`1s 1s "a"`, `2s 2s "ab"`, `3s 10s "ab"`, `4s 11s "abc"`, `5s 12s "abc"`}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !p.Ended() || p.Playing() || !p.Time().Equal(t0.Add(12*sec)) {
		t.Errorf("state %+v", p.State())
	}
}

func TestPlayer_seeks(t *testing.T) {
	t.Parallel()
	p := New(rec(sample()...))
	p.SeekPercent(t0, 50)
	if p.Position() != 6*sec || p.Screen().Line(0) != "ab" {
		t.Errorf("50%%: %v %q", p.Position(), p.Screen().Line(0))
	}
	if from, to, ok := p.Gap(); !ok || from != 2*sec || to != 10*sec {
		t.Errorf("gap %v %v %v", from, to, ok)
	}
	p.SeekBy(t0, 5*sec)
	if p.Position() != 11*sec || p.Screen().Line(0) != "abc" {
		t.Errorf("+5 s: %v %q", p.Position(), p.Screen().Line(0))
	}
	p.SeekTime(t0, t0.Add(time.Second))
	if p.Position() != sec || p.Screen().Line(0) != "a" {
		t.Errorf("09:00:01: %v %q", p.Position(), p.Screen().Line(0))
	}
	p.SeekBy(t0, -time.Hour)
	if p.Position() != 0 || p.Screen().Line(0) != "" {
		t.Errorf("start: %v %q", p.Position(), p.Screen().Line(0))
	}
	if m, ok := p.NextMarker(t0); !ok || m.Kind != MarkResize || p.Position() != 10*sec {
		t.Errorf("next marker %+v %v", m, ok)
	}
	if m, ok := p.NextMarker(t0); !ok || m.Kind != MarkLeave {
		t.Errorf("next marker %+v %v", m, ok)
	}
	if _, ok := p.NextMarker(t0); ok {
		t.Error("a marker behind the last one")
	}
	if m, ok := p.PrevMarker(t0); !ok || m.Kind != MarkResize {
		t.Errorf("previous marker %+v %v", m, ok)
	}
	cols, rows := p.Screen().Size()
	if cols != 30 || rows != 5 {
		t.Errorf("size %dx%d", cols, rows)
	}
}

func TestPlayer_nothingToPlay(t *testing.T) {
	t.Parallel()
	p := New(&recording.Recording{})
	for kind := Play; kind <= Finish; kind++ {
		p.Handle(Input{Kind: kind, Now: t0, To: sec, Frame: 9, Speed: 2})
		if p.Playing() || p.Position() != 0 || p.Frame() != 0 {
			t.Errorf("input %d: %+v", kind, p.State())
		}
	}
	p.SeekTime(t0, t0)
	if _, _, ok := p.Gap(); ok || !p.Time().IsZero() || p.Duration() != 0 || p.Activity(0) != nil {
		t.Error("an empty recording has a gap, a time or a length")
	}
	if cols, rows := p.Screen().Size(); cols != 80 || rows != 24 {
		t.Errorf("size %dx%d", cols, rows)
	}
}

func TestPlayer_followsARecordingThatGrows(t *testing.T) {
	t.Parallel()
	r := rec(out(sec, "a"))
	p := New(r)
	p.Play(t0)
	p.Tick(t0.Add(time.Minute))
	if !p.Ended() {
		t.Fatal("not at the end")
	}
	r.Frames = append(r.Frames, out(3*sec, "b"))
	if p.Ended() {
		t.Error("ended before the last frame")
	}
	p.Play(t0.Add(time.Minute))
	p.Tick(t0.Add(2 * time.Minute))
	if p.Screen().Line(0) != "ab" || p.Duration() != 3*sec {
		t.Errorf("%q %v", p.Screen().Line(0), p.Duration())
	}
}

// frames draws a recording out of text, control sequences and resizes.
func frames(rt *rapid.T) []recording.Frame {
	pieces := []string{
		"hello ", "\r\n", "\x1b[2J", "\x1b[H", "\x1b[31m", "\x1b[?1049h", "\x1b[?1049l", "\x1b[3;4H", "\x1b[", "日本", "\xe6", "\x9c\xac",
		"\x1b[2;3r", "\n\n\n", "\x1b[5S", "\x1b7", "\x1b8", "\b", "\t", "x\u0301", "\x1b]2;title\a",
	}
	var list []recording.Frame
	at := time.Duration(0)
	for range rapid.IntRange(0, 60).Draw(rt, "frames") {
		at += time.Duration(rapid.SampledFrom([]int{0, 0, 1, 50, 400, 30000}).Draw(rt, "ms")) * time.Millisecond
		switch rapid.IntRange(0, 9).Draw(rt, "type") {
		case 0:
			list = append(list, resize(at, rapid.IntRange(1, 40).Draw(rt, "cols"), rapid.IntRange(1, 12).Draw(rt, "rows")))
		case 1:
			list = append(list, note(at, "session.join", "joins"))
		default:
			var b bytes.Buffer
			for _, s := range rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(rt, "pieces") {
				b.WriteString(s)
			}
			list = append(list, out(at, b.String()))
		}
	}
	return list
}

// Seeking shows what playing shows, wherever the player was before and however
// far apart the keyframes are.
func TestPlayer_seekEqualsPlay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := rec(frames(rt)...)
		p := New(r)
		p.ix = newIndex(r, Options{})
		p.ix.spacing = rapid.IntRange(1, 2000).Draw(rt, "spacing")
		for range rapid.IntRange(1, 8).Draw(rt, "seeks") {
			to := time.Duration(rapid.Int64Range(0, int64(r.Duration())).Draw(rt, "to"))
			p.SeekTo(t0, to)
			played := NewScreen(r.Meta)
			n := 0
			for _, f := range r.Frames {
				if f.At <= to {
					Feed(played, f)
					n++
				}
			}
			if !p.Screen().Equal(played) || p.Position() != to || p.Frame() != n {
				rt.Fatalf("at %v, frame %d of %d: screens differ\n%q\n%q", to, p.Frame(), n, p.Screen().Text(), played.Text())
			}
		}
	})
}

// Stepping is the inverse of stepping back, and playing in any ticks passes
// through the same frames.
func TestPlayer_steps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := rec(frames(rt)...)
		p := New(r)
		for last := -1; !p.Ended(); {
			if p.Frame() <= last {
				rt.Fatalf("step from %d to %d", last, p.Frame())
			}
			last = p.Frame()
			p.Handle(Input{Kind: StepForward, Now: t0})
		}
		screen := NewScreen(r.Meta)
		for _, f := range r.Frames {
			Feed(screen, f)
		}
		if !p.Screen().Equal(screen) {
			rt.Fatal("the last step does not show the end")
		}
		last := p.Frame()
		for p.Frame() > 0 {
			p.Handle(Input{Kind: StepBack, Now: t0})
			if p.Frame() >= last {
				rt.Fatalf("step back from %d to %d", last, p.Frame())
			}
			last = p.Frame()
		}
		now := t0
		p.Play(now)
		for at := p.Position(); p.Playing(); {
			now = now.Add(time.Duration(rapid.IntRange(1, 3e9).Draw(rt, "tick")))
			p.Tick(now)
			if p.Position() < at {
				rt.Fatalf("from %v back to %v", at, p.Position())
			}
			at = p.Position()
		}
		if len(r.Frames) > 0 && !p.Screen().Equal(screen) {
			rt.Fatal("playing does not show the end")
		}
	})
}

func TestIndex_thinsItsKeyframes(t *testing.T) {
	t.Parallel()
	var list []recording.Frame
	for i := range 200 {
		list = append(list, out(time.Duration(i)*sec, fmt.Sprintf("line %d\r\n", i)))
	}
	r := rec(list...)
	r.Meta.Cols, r.Meta.Rows = recording.MaxCols, recording.MaxRows
	ix := newIndex(r, Options{})
	ix.spacing = 1
	ix.to(len(list))
	if ix.memory > keyframeMemory || len(ix.keys) == 0 || ix.spacing == 1 {
		t.Errorf("%d keyframes of %d bytes, %d apart", len(ix.keys), ix.memory, ix.spacing)
	}
	for i := 1; i < len(ix.keys); i++ {
		if ix.keys[i].frame <= ix.keys[i-1].frame {
			t.Errorf("keyframes %d and %d", ix.keys[i-1].frame, ix.keys[i].frame)
		}
	}
}

func TestBuildIndex(t *testing.T) {
	t.Parallel()
	var list []recording.Frame
	for i := range 300 {
		list = append(list, out(time.Duration(i)*sec, string(bytes.Repeat([]byte("x"), 20_000))+"\r\n"))
	}
	r := rec(list...)
	p := New(r)
	if p.Indexed() {
		t.Fatal("a large recording is indexed at once")
	}
	ix, err := BuildIndex(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	other, err := BuildIndex(t.Context(), rec())
	if err != nil {
		t.Fatal(err)
	}
	p.Adopt(other)
	p.Adopt(nil)
	if p.Indexed() {
		t.Error("the index of another recording was taken")
	}
	p.Adopt(ix)
	p.SeekPercent(t0, 75)
	if !p.Indexed() || len(ix.keys) < 5 || p.Frame() != 225 {
		t.Errorf("%d keyframes, frame %d", len(ix.keys), p.Frame())
	}
	if !p.Prepare(1) {
		t.Error("there is more to do")
	}
}

func TestMarkers(t *testing.T) {
	t.Parallel()
	big := string(bytes.Repeat([]byte("y\r\n"), 10_000))
	r := rec(
		note(0, "session.start", "session starts"), out(sec, "up"), note(2*sec, "session.join", "bob joins"),
		out(3*sec, "\x1b[?1049h"), out(20*sec, "~"), out(21*sec, "\x1b[?1049l"),
		out(22*sec, big), out(22*sec+40*time.Millisecond, big), out(22*sec+80*time.Millisecond, big), out(23*sec, "done"),
		note(24*sec, "session.command", "runs id"), resize(25*sec, 40, 9), note(26*sec, "session.end", "session ends"),
	)
	r.Problems = []recording.Problem{{Kind: recording.ProblemHole, Missing: true, Sentence: "1 event is missing."}}
	p := New(r)
	want := []Marker{
		{MarkJoin, 2 * sec, 2 * sec, "bob joins"},
		{MarkEnter, 3 * sec, 3 * sec, "a full-screen program takes the screen"},
		{MarkIdle, 3 * sec, 20 * sec, "nothing happens for 17s"},
		{MarkExit, 21 * sec, 21 * sec, "the full-screen program ends after 18s"},
		{MarkBurst, 22 * sec, 22*sec + 80*time.Millisecond, "87 KiB in 80ms"},
		{MarkResize, 25 * sec, 25 * sec, "the terminal is now 40x9"},
		{MarkEnd, 26 * sec, 26 * sec, "session ends"},
		{MarkEnd, 26 * sec, 26 * sec, "1 event is missing."},
	}
	if diff := cmp.Diff(want, p.Markers()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m := marker{}
	for i := range maxMarkers * 2 {
		m.see(resize(time.Duration(i), 5, 5), p.Screen(), &prompt.Tracker{})
	}
	if len(m.list) != maxOfKind {
		t.Errorf("%d markers", len(m.list))
	}
}

func TestActivity(t *testing.T) {
	t.Parallel()
	r := rec(out(0, "aaa"), out(4*sec, "bb"), resize(5*sec, 9, 9), recording.Frame{At: 9 * sec, Type: recording.Graphics}, out(10*sec, "c"))
	p := New(r)
	if diff := cmp.Diff([]int{3, 0, 2, 0, 2}, p.Activity(5)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.Frames = append(r.Frames, out(20*sec, "dddd"))
	if diff := cmp.Diff([]int{6, 5}, p.Activity(2)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{2}, activity([]recording.Frame{out(0, "aa")}, 1)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func BenchmarkSeek(b *testing.B) {
	line := "\x1b[32m2026-03-04T09:00:00Z\x1b[0m \x1b[1;33mWARN\x1b[0m svc=cart req=0123456789abcdef took longer than it should\r\n"
	chunk := bytes.Repeat([]byte(line), 40)
	var list []recording.Frame
	for i := 0; i*len(chunk) < 100<<20; i++ {
		list = append(list, recording.Frame{At: time.Duration(i) * 20 * time.Millisecond, Type: recording.Output, Data: chunk})
	}
	r := rec(list...)
	r.Meta.Cols, r.Meta.Rows = 120, 40
	b.Run("index", func(b *testing.B) {
		b.SetBytes(int64(len(list) * len(chunk)))
		for b.Loop() {
			if _, err := BuildIndex(b.Context(), r); err != nil {
				b.Fatal(err)
			}
		}
	})
	ix, err := BuildIndex(b.Context(), r)
	if err != nil {
		b.Fatal(err)
	}
	p := New(r)
	p.Adopt(ix)
	b.Run("anywhere", func(b *testing.B) {
		var worst time.Duration
		v := uint32(1)
		for b.Loop() {
			v = v*1664525 + 1013904223
			start := time.Now()
			p.SeekPercent(t0, float64(v>>8)/float64(1<<24)*100)
			worst = max(worst, time.Since(start))
		}
		b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
	})
}

// A session without a terminal is played on the screen composed for it.
func TestPlayer_showsWhatWasComposed(t *testing.T) {
	t.Parallel()
	said := func(at time.Duration, text string) recording.Frame {
		f := note(at, "db.session.query", text)
		f.Data = []byte("=> " + text + "\r\n")
		return f
	}
	p := New(rec(note(0, "db.session.start", "starts"), said(sec, "SELECT 1"), said(2*sec, "SELECT 2")))
	p.Handle(Input{Kind: StepForward, Now: t0})
	if got := p.Screen().Text()[0]; got != "=> SELECT 1" || p.Frame() != 2 {
		t.Errorf("%q at frame %d", got, p.Frame())
	}
	p.SeekTo(t0, 2*sec)
	if got := p.Screen().Text()[1]; got != "=> SELECT 2" {
		t.Errorf("%q", got)
	}
}

// A recording that grows while it is played goes on where it had ended.
func TestPlayer_goesOnWithARecordingThatGrows(t *testing.T) {
	t.Parallel()
	r := rec(out(0, "one "))
	p := New(r)
	p.Play(t0)
	if !p.Ended() {
		t.Fatal("not at the end")
	}
	r.Frames = append(r.Frames, out(sec, "two"))
	p.Play(t0)
	p.Tick(t0.Add(sec))
	if got := p.Screen().Text()[0]; got != "one two" {
		t.Errorf("%q", got)
	}
}

// A few bytes can be much work: keyframes lie closer where they are.
func TestIndex_placesKeyframesByWork(t *testing.T) {
	t.Parallel()
	count := func(piece string) int {
		var list []recording.Frame
		for i := range 100 {
			list = append(list, out(time.Duration(i)*sec, string(bytes.Repeat([]byte(piece), 1024/len(piece)))))
		}
		r := rec(list...)
		r.Meta.Cols, r.Meta.Rows = 300, recording.MaxRows
		ix, err := BuildIndex(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return len(ix.keys)
	}
	if quiet, busy := count("text"), count("\x1b[2J"); quiet != 0 || busy < 5 {
		t.Errorf("%d keyframes for text, %d for as many bytes that clear", quiet, busy)
	}
}

func TestBuildIndexWith_tellsProgress(t *testing.T) {
	t.Parallel()
	var list []recording.Frame
	for i := range 100 {
		list = append(list, out(time.Duration(i)*sec, string(bytes.Repeat([]byte("x"), 20_000))))
	}
	var told []int
	_, err := BuildIndexWith(t.Context(), rec(list...), Options{Progress: func(done, of int) {
		if of != len(list) || len(told) > 0 && done <= told[len(told)-1] {
			t.Errorf("%d of %d after %v", done, of, told)
		}
		told = append(told, done)
	}})
	if err != nil || len(told) < 3 {
		t.Errorf("told %v, %v", told, err)
	}
}

func TestBuildIndex_cancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	big := string(bytes.Repeat([]byte("x"), firstSpacing))
	if _, err := BuildIndex(ctx, rec(out(0, big), out(sec, big))); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
