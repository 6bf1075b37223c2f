package player

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/playback/recording"
)

// What comes after a wait is shown at once, and what comes behind it in its own
// time: the wait was the gap before it.
func TestPlayer_waitsForMore(t *testing.T) {
	t.Parallel()
	r := rec(out(0, "a"), out(sec, "b"))
	p := New(r)
	p.Follow(t0)
	now := t0
	var seen []string
	step := func(by time.Duration) {
		now = now.Add(by)
		p.Tick(now)
		seen = append(seen, fmt.Sprintf("%v %s %v %q", now.Sub(t0), p.State().Mode, p.Position(), p.Screen().Line(0)))
	}
	p.Play(now)
	step(sec)
	if _, ok := p.NextWake(now); ok || p.Ended() || !p.Waiting() {
		t.Error("a player that waits knows when to wake, or has ended")
	}
	step(10 * sec)
	r.Frames = append(r.Frames, out(9*sec, "c"), out(10*sec, "d"))
	step(sec / 2)
	step(sec)
	p.Finish(now)
	step(sec)
	want := []string{
		`1s waiting for more 1s "ab"`,
		`11s waiting for more 1s "ab"`,
		`11.5s playing 9s "abc"`,
		`12.5s waiting for more 10s "abcd"`,
		`13.5s ended 10s "abcd"`,
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A seek back from the wait plays on from there; paused at the end it stays so.
func TestPlayer_seeksWhileItWaits(t *testing.T) {
	t.Parallel()
	p := New(rec(out(0, "a"), out(sec, "b"), out(2*sec, "c")))
	p.Follow(t0)
	p.Play(t0)
	p.Tick(t0.Add(time.Hour))
	p.SeekTo(t0.Add(time.Hour), 0)
	if !p.Playing() || p.Position() != 0 {
		t.Errorf("after a seek: %+v", p.State())
	}
	p.Tick(t0.Add(time.Hour + sec))
	if p.Position() != sec {
		t.Errorf("a second later: %v", p.Position())
	}
	p.Pause(t0.Add(time.Hour + sec))
	p.SeekPercent(t0.Add(time.Hour+sec), 100)
	if p.Waiting() || p.Ended() || p.Position() != 2*sec {
		t.Errorf("paused at the end: %+v", p.State())
	}
}

// However the frames of a recording come, waiting for them and then looking
// shows what the whole recording shows, and no moment comes twice.
func TestPlayer_followsInAnyPieces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		all := frames(rt)
		n := rapid.IntRange(0, len(all)).Draw(rt, "first")
		r := rec(all[:n:n]...)
		p := New(r)
		now := t0
		p.Follow(now)
		p.Play(now)
		var at time.Duration
		for !p.Ended() {
			now = now.Add(time.Duration(rapid.IntRange(0, 3e9).Draw(rt, "tick")))
			if n < len(all) {
				more := rapid.IntRange(0, len(all)-n).Draw(rt, "more")
				r.Frames = append(r.Frames, all[n:n+more]...)
				n += more
			} else {
				p.Finish(now)
			}
			p.Tick(now)
			if p.Position() < at || p.Frame() < p.Frames() && !p.Playing() {
				rt.Fatalf("from %v to %+v", at, p.State())
			}
			at = p.Position()
		}
		screen := NewScreen(r.Meta)
		for _, f := range all {
			Feed(screen, f)
		}
		if !p.Screen().Equal(screen) {
			rt.Fatalf("the end is another screen:\n%q\n%q", p.Screen().Text(), screen.Text())
		}
	})
}

func TestPlayer_tellsWhatItCut(t *testing.T) {
	t.Parallel()
	p := New(rec(out(0, "a"), out(42*time.Minute, "b"), out(42*time.Minute+5*sec, "c")))
	p.Play(t0)
	p.Tick(t0.Add(sec))
	want := Gap{From: 0, To: 42 * time.Minute, Left: 42*time.Minute - sec}
	if g, ok := p.LastCut(t0.Add(2 * sec)); !ok || g != want {
		t.Errorf("cut %+v %v", g, ok)
	}
	if _, ok := p.LastCut(t0.Add(10 * sec)); ok {
		t.Error("the cut is told for ever")
	}
	p.SeekTo(t0.Add(2*sec), 0)
	if _, ok := p.LastCut(t0.Add(2 * sec)); ok {
		t.Error("a seek cuts")
	}
	if got := p.Playtime(); got != 2*sec {
		t.Errorf("takes %v", got)
	}
	var cuts []time.Duration
	for range len(IdleCuts) {
		p.Handle(Input{Kind: NextIdleCut, Now: t0})
		cuts = append(cuts, p.IdleCut())
	}
	if diff := cmp.Diff([]time.Duration{2 * sec, 5 * sec, 0, sec / 2, sec}, cuts); diff != "" {
		t.Errorf("cuts (-want +got):\n%s", diff)
	}
	p.Handle(Input{Kind: SetIdleCut, Now: t0})
	if got := p.Playtime(); got != p.Duration() {
		t.Errorf("in full takes %v", got)
	}
}

// Ten hours: each begins with six minutes in which something happens every ten
// seconds, and is idle for the rest. At 8 times the speed, by the player's own
// clock, woken when it asks to be.
func TestPlayer_tenHoursNineOfThemIdle(t *testing.T) {
	t.Parallel()
	var list []recording.Frame
	for hour := range 10 {
		for i := range 37 {
			list = append(list, out(time.Duration(hour)*time.Hour+time.Duration(i)*10*sec, "x\r\n"))
		}
	}
	list = append(list, out(10*time.Hour, "end"))
	p := New(rec(list...))
	p.Handle(Input{Kind: SetSpeed, Speed: 8, Now: t0})
	now := t0
	p.Play(now)
	for p.Playing() {
		wait, _ := p.NextWake(now)
		now = now.Add(wait)
		p.Tick(now)
	}
	t.Logf("%v of recording took %v, at speed 1 %v", p.Duration(), now.Sub(t0), p.Playtime())
	if took := now.Sub(t0); took > time.Minute || took < p.Playtime()/8 || p.Duration() != 10*time.Hour {
		t.Errorf("%v of recording, %v of them played, took %v", p.Duration(), p.Playtime(), took)
	}
}
