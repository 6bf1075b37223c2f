package player

import (
	"context"
	"fmt"
	"sort"
	"time"

	"cordon/playback/recording"
	"cordon/playback/term"
	"cordon/playback/transcript/prompt"
)

const (
	// firstSpacing is how many bytes lie between keyframes. The spacing doubles
	// whenever the keyframes would hold more than keyframeMemory.
	firstSpacing   = 512 << 10
	keyframeMemory = 160 << 20

	// frameWork is what a frame costs beside its bytes, in bytes: many small
	// frames are work too. unitWork units of the screen's own work take as long
	// as a byte: a few bytes can clear and move many cells.
	frameWork = 64
	unitWork  = 4

	// scrollback is how many lines above the screen a player keeps. They are
	// not shown; they come back when the terminal grows taller.
	scrollback = 256

	cellSize = 16

	defaultCols, defaultRows = 80, 24
)

// Index is what one pass over a recording finds: keyframes to seek from and
// the markers of the time bar. It grows step by step.
type Index struct {
	rec     *recording.Recording
	screen  *term.Screen
	tracker prompt.Tracker
	next    int // frames fed
	since   int // work since the last keyframe
	worked  uint64
	spacing int
	memory  int
	keys    []keyframe
	marks   marker
}

type keyframe struct {
	frame  int // frames fed
	screen *term.Screen
	cost   int
}

// NewScreen is the screen a recording starts on.
func NewScreen(meta recording.Meta) *term.Screen {
	cols, rows := meta.Cols, meta.Rows
	if cols <= 0 || rows <= 0 {
		cols, rows = defaultCols, defaultRows
	}
	s := term.New(cols, rows)
	s.SetScrollback(scrollback)
	return s
}

// Feed brings a screen one frame further.
func Feed(s *term.Screen, f recording.Frame) {
	if f.Type == recording.Resize {
		s.Resize(f.Cols, f.Rows)
		return
	}
	// A screen takes everything and has no error to give.
	_, _ = s.Write(f.Data)
}

// Options shape a player and its index. The zero value is fine.
type Options struct {
	// Classify is asked about each command that was entered and each program
	// that the host logged.
	Classify Classifier
	// Progress is told now and then how many of the frames are indexed. It is
	// called by the goroutine that indexes and must be quick.
	Progress func(done, of int)
}

func newIndex(rec *recording.Recording, opts Options) *Index {
	return &Index{rec: rec, screen: NewScreen(rec.Meta), spacing: firstSpacing, marks: marker{classify: opts.Classify}}
}

// BuildIndex makes the whole index, for a caller that has a goroutine to spare
// and a recording that no longer grows. Player.Adopt takes the result.
func BuildIndex(ctx context.Context, rec *recording.Recording) (*Index, error) {
	return BuildIndexWith(ctx, rec, Options{})
}

// BuildIndexWith is BuildIndex with options.
func BuildIndexWith(ctx context.Context, rec *recording.Recording, opts Options) (*Index, error) {
	ix := newIndex(rec, opts)
	for !ix.step(firstSpacing) {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("index recording: %w", err)
		}
		if opts.Progress != nil {
			opts.Progress(ix.next, len(rec.Frames))
		}
	}
	return ix, nil
}

// step does about budget bytes of work; done is true when nothing is left.
func (ix *Index) step(budget int) (done bool) {
	for budget > 0 && ix.next < len(ix.rec.Frames) {
		budget -= ix.feed()
	}
	return ix.next >= len(ix.rec.Frames)
}

// to makes sure that the index reaches n frames.
func (ix *Index) to(n int) {
	for ix.next < n {
		ix.feed()
	}
}

func (ix *Index) feed() (work int) {
	f := ix.rec.Frames[ix.next]
	if f.Type == recording.Output {
		// A screen takes everything and has no error to give.
		ix.tracker.Write(ix.screen, f.At, f.Data, func(p []byte) { _, _ = ix.screen.Write(p) })
	} else {
		Feed(ix.screen, f)
		ix.tracker.Resized(ix.screen, f.At)
	}
	ix.next++
	ix.marks.see(f, ix.screen, &ix.tracker)
	done := ix.screen.Work()
	work = frameWork + len(f.Data) + int((done-ix.worked)/unitWork)
	ix.worked = done
	ix.since += work
	if ix.since >= ix.spacing {
		ix.keep()
	}
	return work
}

// keep makes a keyframe here.
func (ix *Index) keep() {
	ix.since = 0
	cols, rows := ix.screen.Size()
	cost := (rows + ix.screen.ScrolledLines()) * cols * cellSize
	ix.keys = append(ix.keys, keyframe{frame: ix.next, screen: ix.screen.Clone(), cost: cost})
	ix.memory += cost
	for ix.memory > keyframeMemory && len(ix.keys) > 1 {
		ix.thin()
	}
}

// thin drops every other keyframe and doubles the spacing.
func (ix *Index) thin() {
	kept := ix.keys[:0]
	ix.memory = 0
	for i, k := range ix.keys {
		if i%2 == 1 {
			kept = append(kept, k)
			ix.memory += k.cost
		}
	}
	clear(ix.keys[len(kept):])
	ix.keys = kept
	ix.spacing *= 2
}

// before returns a screen to feed from that is at most n frames in, or nil
// when the start is nearest.
func (ix *Index) before(n int) (screen *term.Screen, frame int) {
	if n == ix.next {
		return ix.screen, n
	}
	i := sort.Search(len(ix.keys), func(i int) bool { return ix.keys[i].frame > n })
	if i == 0 {
		return nil, 0
	}
	return ix.keys[i-1].screen, ix.keys[i-1].frame
}

// activity is the output per bucket of the axis.
func activity(frames []recording.Frame, buckets int) []int {
	out := make([]int, buckets)
	total := duration(frames)
	for _, f := range frames {
		n := len(f.Data)
		if f.Type == recording.Graphics {
			n = 1
		}
		out[bucket(f.At, total, buckets)] += n
	}
	return out
}

func bucket(at, total time.Duration, buckets int) int {
	if total <= 0 {
		return 0
	}
	return min(int(float64(at)/float64(total)*float64(buckets)), buckets-1)
}
