package player

import (
	"slices"
	"time"

	"cordon/playback/recording"
)

// DefaultIdleCut is how much of an idle gap is played before it is skipped.
const DefaultIdleCut = time.Second

// IdleCuts are the lengths that NextIdleCut steps through; 0 plays gaps in full.
var IdleCuts = []time.Duration{0, time.Second / 2, time.Second, 2 * time.Second, 5 * time.Second}

// nextIdleCut is the next longer cut, and off behind the longest.
func nextIdleCut(cut time.Duration) time.Duration {
	i := slices.IndexFunc(IdleCuts, func(d time.Duration) bool { return d > cut })
	return IdleCuts[max(i, 0)]
}

// Gap is a stretch of the recording in which nothing happens and that is not
// played in full. The zero Gap is none.
type Gap struct {
	From, To time.Duration // on the recording's own axis
	Left     time.Duration // how much of it is left out
}

// gapBefore is the gap that frame n ends; Left is 0 when it is played in full.
func gapBefore(frames []recording.Frame, n int, cut time.Duration) Gap {
	g := Gap{To: frames[n].At}
	if n > 0 {
		g.From = frames[n-1].At
	}
	if cut > 0 {
		g.Left = max(g.To-g.From-cut, 0)
	}
	return g
}

// due is how much of the axis is played before the next frame, and how much of
// an idle gap is then left out.
func due(frames []recording.Frame, s State) (wait, skip time.Duration) {
	g := gapBefore(frames, s.Frame, s.IdleCut)
	wait = max(g.To-s.At, 0)
	if g.Left == 0 {
		return wait, 0
	}
	played := max(g.From+s.IdleCut-s.At, 0)
	return played, wait - played
}

// playtime is how long the frames take at speed 1 with a cut.
func playtime(frames []recording.Frame, cut time.Duration) time.Duration {
	total := duration(frames)
	for n := range frames {
		total -= gapBefore(frames, n, cut).Left
	}
	return total
}
