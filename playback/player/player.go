package player

import (
	"time"

	"cordon/playback/recording"
	"cordon/playback/term"
)

// smallWork is how much is indexed at once when a player is opened: a few
// milliseconds, which is all of most recordings.
const smallWork = 1 << 20

// Player shows a recording on a screen.
type Player struct {
	rec    *recording.Recording
	state  State
	ix     *Index
	screen *term.Screen
	fed    int // frames the screen has taken

	skipped time.Duration // by the last input

	played struct { // the last answer of Playtime
		frames int
		cut    time.Duration
		took   time.Duration
	}
	density []int // the last answer of Activity
	counted int   // frames it covers
	marks   []Marker
	marked  int // frames they cover
	reason  string
}

// New returns a paused player at the start of a recording.
func New(rec *recording.Recording) *Player { return NewWith(rec, Options{}) }

// NewWith is New with options.
func NewWith(rec *recording.Recording, opts Options) *Player {
	p := &Player{rec: rec, ix: newIndex(rec, opts), screen: NewScreen(rec.Meta), state: Start(rec.Frames)}
	p.show()
	p.Prepare(smallWork)
	return p
}

// Prepare does about budget bytes of the pass that makes seeks fast and finds
// the markers. It reports whether the pass is done. A console calls it in idle
// moments, or hands in the result of BuildIndex with Adopt.
func (p *Player) Prepare(budget int) (done bool) { return p.ix.step(budget) }

// Adopt takes an index that was built elsewhere for the same recording. One of
// another recording, or that covers less than what is known, is ignored.
func (p *Player) Adopt(ix *Index) {
	if ix != nil && ix.rec == p.rec && ix.next >= p.ix.next {
		p.ix = ix
	}
}

// Indexed reports whether every seek is fast and every marker known.
func (p *Player) Indexed() bool { return p.ix.next >= len(p.rec.Frames) }

// Handle applies one input and brings the screen up to date.
func (p *Player) Handle(in Input) Effects {
	var eff Effects
	p.state, eff = Next(p.rec.Frames, p.state, in)
	p.skipped = eff.Skipped
	if eff.Show {
		p.show()
	}
	return eff
}

// show brings the screen to the state's frame, from whichever is nearest: where
// it is, a keyframe, or the start.
func (p *Player) show() {
	n := p.state.Frame
	if n == p.fed {
		return
	}
	if n < p.fed || p.far(n) {
		p.ix.to(n)
	}
	screen, frame := p.ix.before(n)
	switch {
	case screen != nil && (frame > p.fed || n < p.fed):
		p.screen, p.fed = screen.Clone(), frame
	case n < p.fed:
		p.screen, p.fed = NewScreen(p.rec.Meta), 0
	}
	p.feed(n)
}

// far reports whether there is more work between the screen and frame n than
// between two keyframes.
func (p *Player) far(n int) bool {
	work := 0
	for _, f := range p.rec.Frames[p.fed:n] {
		if work += frameWork + len(f.Data); work > firstSpacing {
			return true
		}
	}
	return false
}

func (p *Player) feed(n int) {
	for ; p.fed < n; p.fed++ {
		Feed(p.screen, p.rec.Frames[p.fed])
	}
}

// Screen is what the session showed at the position. It is the player's own:
// look, do not write, and do not keep it over the next input.
func (p *Player) Screen() *term.Screen { return p.screen }

// State is the whole state.
func (p *Player) State() State { return p.state }

// Recording is what is played.
func (p *Player) Recording() *recording.Recording { return p.rec }

// Position is the moment shown, from the recording's start.
func (p *Player) Position() time.Duration { return p.state.At }

// Time is the moment shown as a time of day, or zero when the recording names
// none.
func (p *Player) Time() time.Time {
	if p.rec.Meta.Start.IsZero() {
		return time.Time{}
	}
	return p.rec.Meta.Start.Add(p.state.At)
}

// Frame is how many of Frames frames are shown.
func (p *Player) Frame() int { return p.state.Frame }

// Frames is how many frames there are.
func (p *Player) Frames() int { return len(p.rec.Frames) }

// Duration is the length of the recording in real time.
func (p *Player) Duration() time.Duration { return p.rec.Duration() }

// Playing reports whether time passes.
func (p *Player) Playing() bool { return p.state.Mode == Playing }

// Ended reports whether the last frame is shown and no more are expected.
func (p *Player) Ended() bool {
	return p.state.Mode == Ended && p.state.Frame >= len(p.rec.Frames)
}

// Waiting reports whether the last frame is shown of a recording that grows.
// Tick goes on when frames were appended.
func (p *Player) Waiting() bool { return p.state.Mode == Waiting }

// Speed is how fast time passes while playing.
func (p *Player) Speed() float64 { return p.state.Speed }

// IdleCut is how much of an idle gap is played; 0 means all of it.
func (p *Player) IdleCut() time.Duration { return p.state.IdleCut }

// Skipped is how much idle time the last input jumped over.
func (p *Player) Skipped() time.Duration { return p.skipped }

// Gap is the idle gap around the position, if there is one that is cut.
func (p *Player) Gap() (from, to time.Duration, ok bool) {
	n := p.state.Frame
	if n >= len(p.rec.Frames) {
		return 0, 0, false
	}
	g := gapBefore(p.rec.Frames, n, p.state.IdleCut)
	return g.From, g.To, g.Left > 0
}

// cutTold is how long the view may tell of a gap that was played over.
const cutTold = 3 * time.Second

// LastCut is the idle time that was played over within the last seconds, so that
// a view can tell of what is left out.
func (p *Player) LastCut(now time.Time) (Gap, bool) {
	s := &p.state
	return s.Cut, s.Cut.Left > 0 && now.Sub(s.CutAt) < cutTold
}

// Playtime is how long the recording takes at speed 1 with the idle cut in use.
func (p *Player) Playtime() time.Duration {
	if p.played.frames != len(p.rec.Frames) || p.played.cut != p.state.IdleCut {
		p.played.frames, p.played.cut = len(p.rec.Frames), p.state.IdleCut
		p.played.took = playtime(p.rec.Frames, p.state.IdleCut)
	}
	return p.played.took
}

// Follow tells that frames may be appended to the recording: at its end the
// player waits for more. Finish tells that no more will come.
func (p *Player) Follow(now time.Time) Effects { return p.Handle(Input{Kind: Follow, Now: now}) }

// Finish is the opposite of Follow.
func (p *Player) Finish(now time.Time) Effects { return p.Handle(Input{Kind: Finish, Now: now}) }

// Play, Pause and Toggle take the time, as the clock starts or stops there.
func (p *Player) Play(now time.Time) Effects { return p.Handle(Input{Kind: Play, Now: now}) }

// Pause stops the clock.
func (p *Player) Pause(now time.Time) Effects { return p.Handle(Input{Kind: Pause, Now: now}) }

// Toggle plays or pauses.
func (p *Player) Toggle(now time.Time) Effects { return p.Handle(Input{Kind: Toggle, Now: now}) }

// Tick lets time pass up to now.
func (p *Player) Tick(now time.Time) Effects { return p.Handle(Input{Kind: Tick, Now: now}) }

// NextWake is how long nothing changes, from now on; it is false when the
// player does not play.
func (p *Player) NextWake(now time.Time) (time.Duration, bool) {
	if p.state.Mode != Playing || p.state.Frame >= len(p.rec.Frames) {
		return 0, false // also while waiting: nobody knows for how long
	}
	wait, _ := due(p.rec.Frames, p.state)
	wake := time.Duration(float64(wait) / p.state.Speed)
	return max(wake-now.Sub(p.state.Now), 0), true
}

// Activity is how many bytes came in each of so many equal spans of the
// duration. The slice belongs to the player.
func (p *Player) Activity(buckets int) []int {
	if buckets <= 0 {
		return nil
	}
	if len(p.density) != buckets || p.counted != len(p.rec.Frames) {
		p.density, p.counted = activity(p.rec.Frames, buckets), len(p.rec.Frames)
	}
	return p.density
}

// Markers is the moments worth a jump, in time, as far as Prepare has come.
// The slice belongs to the player.
func (p *Player) Markers() []Marker {
	if reason := p.rec.Reason(); p.marked != p.ix.next || p.reason != reason || p.marks == nil {
		p.marks, p.marked, p.reason = p.ix.marks.sorted(p.rec, &p.ix.tracker), p.ix.next, reason
	}
	return p.marks
}
