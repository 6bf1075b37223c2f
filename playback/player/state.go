package player

import (
	"slices"
	"sort"
	"time"

	"cordon/playback/recording"
)

// Mode is what a player is doing.
type Mode uint8

// The modes. A player begins paused.
const (
	Paused Mode = iota
	Playing
	Ended   // at the last frame; playing again begins at the start
	Waiting // at the last frame of a recording that grows; goes on when more comes
)

// String names the mode for people.
func (m Mode) String() string {
	switch m {
	case Playing:
		return "playing"
	case Ended:
		return "ended"
	case Waiting:
		return "waiting for more"
	default:
		return "paused"
	}
}

// Speeds are the speeds that Faster and Slower step through.
var Speeds = []float64{0.25, 0.5, 1, 2, 4, 8, 16, 32}

// State is all that a player remembers beside the screen.
type State struct {
	Mode    Mode
	At      time.Duration // position on the recording's own axis
	Frame   int           // how many frames are shown: the screen is after frame Frame-1
	Speed   float64
	IdleCut time.Duration // 0 plays gaps in full
	Now     time.Time     // when At was right; moves while playing, and stands while waiting
	Growing bool          // frames may still be appended
	Cut     Gap           // the last idle time that was played over; zero after a seek
	CutAt   time.Time     // when it was
}

// InputKind names what can happen to a player.
type InputKind uint8

// The inputs. Those that say so use To, Frame or Speed of Input.
const (
	Play InputKind = iota + 1
	Pause
	Toggle
	Tick        // time has passed
	Seek        // to the moment To
	SeekFrame   // to the state after Frame frames
	StepForward // one frame that changes the screen
	StepBack
	SetSpeed // to Speed, brought into the range of Speeds
	Faster
	Slower
	SetIdleCut // to To
	NextIdleCut
	Restart
	ToEnd
	Follow // frames may be appended from now on
	Finish // no more will come
)

// Input is one thing that happens, at the time Now.
type Input struct {
	Kind  InputKind
	Now   time.Time
	To    time.Duration
	Frame int
	Speed float64
}

// Effects is what the owner of the screen has to do after an input.
type Effects struct {
	Show    bool // the screen must be brought to State.Frame
	Skipped time.Duration
	Ended   bool // the last frame has just been reached
}

// Start is the state of a player that was just opened.
func Start(frames []recording.Frame) State {
	return seek(frames, State{Speed: 1, IdleCut: DefaultIdleCut}, 0)
}

// Next is the transition function. It does not change its arguments.
func Next(frames []recording.Frame, s State, in Input) (State, Effects) {
	if (s.Mode != Playing && s.Mode != Waiting) || in.Kind == Tick {
		return apply(frames, s, in)
	}
	// Bring the clock up to date first, so that a key pressed between two ticks
	// acts on the moment that was meant.
	ticked, eff := tick(frames, s, in.Now)
	after, more := apply(frames, ticked, in)
	return after, Effects{
		Show:    eff.Show || more.Show,
		Skipped: eff.Skipped + more.Skipped,
		Ended:   after.Mode == Ended && s.Mode != Ended,
	}
}

func apply(frames []recording.Frame, s State, in Input) (State, Effects) {
	was := s
	switch in.Kind {
	case Play:
		s = play(frames, s)
	case Pause:
		s = pause(s)
	case Toggle:
		if s.Mode == Playing || s.Mode == Waiting {
			s = pause(s)
		} else {
			s = play(frames, s)
		}
	case Tick:
		return tick(frames, s, in.Now)
	case Seek:
		s = seek(frames, s, in.To)
	case SeekFrame:
		s = show(frames, s, in.Frame)
	case StepForward:
		s = show(frames, pause(s), forward(frames, s.Frame))
	case StepBack:
		s = show(frames, pause(s), back(frames, s.Frame))
	case SetSpeed:
		s.Speed = clampSpeed(in.Speed)
	case Faster:
		s.Speed = step(s.Speed, 1)
	case Slower:
		s.Speed = step(s.Speed, -1)
	case SetIdleCut:
		s.IdleCut = max(in.To, 0)
	case NextIdleCut:
		s.IdleCut = nextIdleCut(s.IdleCut)
	case Restart:
		s = seek(frames, s, 0)
	case ToEnd:
		s = show(frames, s, len(frames))
	case Follow:
		s.Growing = true
		s = settle(frames, s)
	case Finish:
		s.Growing = false
		s = settle(frames, s)
	}
	if was.Mode != s.Mode && (s.Mode == Playing || s.Mode == Waiting) {
		s.Now = in.Now
	}
	return s, Effects{Show: s.Frame != was.Frame, Ended: s.Mode == Ended && was.Mode != Ended}
}

func play(frames []recording.Frame, s State) State {
	if s.Mode == Playing || s.Mode == Waiting {
		return s
	}
	if s.Frame >= len(frames) && !s.Growing {
		s = seek(frames, s, 0)
	}
	s.Mode = Playing
	return settle(frames, s)
}

func pause(s State) State {
	if s.Mode == Playing || s.Mode == Waiting {
		s.Mode = Paused
	}
	return s
}

// settle gives a state the mode that its place asks for.
func settle(frames []recording.Frame, s State) State {
	end := s.Frame >= len(frames)
	switch {
	case end && !s.Growing:
		s.Mode = Ended
	case end && (s.Mode == Playing || s.Mode == Ended):
		s.Mode = Waiting
	case !end && s.Mode == Waiting:
		s.Mode = Playing
	case !end && s.Mode == Ended:
		s.Mode = Paused
	}
	return s
}

// tick moves a playing state to now.
func tick(frames []recording.Frame, s State, now time.Time) (State, Effects) {
	elapsed := now.Sub(s.Now)
	waited := s.Mode == Waiting
	if waited {
		s = settle(frames, s)
	}
	if s.Mode != Playing || elapsed <= 0 && !waited {
		return s, Effects{} // a clock that went back moves nothing
	}
	was := s
	budget := scale(max(elapsed, 0), s.Speed)
	s.Now = now
	if waited {
		// The wait was a part of the gap before what has come; what comes behind
		// that is played in its own time.
		wait, _ := due(frames, s)
		budget = min(budget, wait)
	}
	var eff Effects
	for s.Frame < len(frames) {
		wait, skip := due(frames, s)
		if budget < wait {
			s.At += budget
			break
		}
		budget -= wait
		if skip > 0 {
			s.Cut, s.CutAt = gapBefore(frames, s.Frame, s.IdleCut), now
		}
		eff.Skipped += skip
		s.At = max(frames[s.Frame].At, s.At)
		s.Frame++
	}
	s = settle(frames, s)
	eff.Ended = s.Mode == Ended
	eff.Show = s.Frame != was.Frame
	return s, eff
}

// seek shows everything up to and including a moment.
func seek(frames []recording.Frame, s State, to time.Duration) State {
	end := duration(frames)
	to = min(max(to, 0), end)
	n := sort.Search(len(frames), func(i int) bool { return frames[i].At > to })
	s = show(frames, s, n)
	s.At = to
	return s
}

// show moves to the state after n frames.
func show(frames []recording.Frame, s State, n int) State {
	s.Frame = min(max(n, 0), len(frames))
	s.At = 0
	if s.Frame > 0 {
		s.At = frames[s.Frame-1].At
	}
	s.Cut = Gap{}
	return settle(frames, s)
}

// forward and back find the neighbouring states that differ on the screen.
func forward(frames []recording.Frame, n int) int {
	for i := n; i < len(frames); i++ {
		if visible(frames[i]) {
			return i + 1
		}
	}
	return len(frames)
}

func back(frames []recording.Frame, n int) int {
	for i := min(n, len(frames)) - 1; i >= 0; i-- {
		if visible(frames[i]) {
			return i
		}
	}
	return 0
}

func visible(f recording.Frame) bool {
	return f.Type == recording.Resize || len(f.Data) > 0
}

func duration(frames []recording.Frame) time.Duration {
	if len(frames) == 0 {
		return 0
	}
	return frames[len(frames)-1].At
}

// scale is d at a speed, without overflow.
func scale(d time.Duration, speed float64) time.Duration {
	const far = float64(1 << 62)
	return time.Duration(min(float64(d)*speed, far))
}

func clampSpeed(v float64) float64 {
	if !(v >= Speeds[0]) {
		return Speeds[0]
	}
	return min(v, Speeds[len(Speeds)-1])
}

// step is the next of Speeds in a direction, also from a speed between two.
func step(v float64, direction int) float64 {
	i, found := slices.BinarySearch(Speeds, v)
	switch {
	case direction > 0 && found:
		i++
	case direction < 0:
		i--
	}
	return Speeds[min(max(i, 0), len(Speeds)-1)]
}
