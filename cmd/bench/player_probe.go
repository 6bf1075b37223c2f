package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"time"

	"cordon/playback/player"
	"cordon/playback/recording"
	"cordon/playback/term"
	"cordon/playback/transcript"
)

// playVerb starts the program again to play a recording in a process of its own:
// FILE.
const playVerb = "play-recording"

// The work of the player. Counts are frames, calls, keyframes or lines.
const (
	workFirstFrame = "open, read a MiB, first frame"
	workLoad       = "read the whole recording"
	workIndex      = "index it, with progress told"
	workSeekHalf   = "seek, median of 500"
	workSeekLate   = "seek, 99th of 100"
	workSeekMost   = "seek, slowest of 500"
	workBack       = "step back over a keyframe, slowest"
	workHeap       = "memory: the recording"
	workHeapIndex  = "memory: its index"
	workLines      = "transcript, a line at a time; its text"
)

// firstPiece is how much of a recording the console reads before its first picture.
const firstPiece = 1 << 20

func runPlay(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("%s takes a file, not %d arguments", playVerb, len(args))
	}
	p := &playProbe{path: args[0]}
	for _, step := range []func(context.Context) error{p.first, p.index, p.seeks, p.back, p.lines} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	both := bothScreens(emulatorCols, emulatorRows)
	p.list = append(p.list, sample{Work: workClone, CPUMS: repeated(feeds, func() float64 { return cloneMS(both, func(*term.Screen) {}) })})
	return json.NewEncoder(out).Encode(p.list)
}

// playProbe is one run over a recording.
type playProbe struct {
	path   string
	list   []sample
	rec    *recording.Recording
	player *player.Player
}

// timed adds what a piece of work took.
func (p *playProbe) timed(work string, do func() (int, error)) error {
	begin, cpu := time.Now(), ownCPU()
	n, err := do()
	p.list = append(p.list, sample{Work: work, WallMS: millis(time.Since(begin)), CPUMS: millis(ownCPU() - cpu), Rows: int64(n)})
	return err
}

func (p *playProbe) first(context.Context) error {
	return p.timed(workFirstFrame, func() (int, error) {
		in, err := os.Open(p.path)
		if err != nil {
			return 0, err
		}
		defer in.Close() //nolint:errcheck // it was only read
		rd, err := recording.NewReader(in)
		if err != nil {
			return 0, err
		}
		rec := &recording.Recording{}
		if _, err := rec.Grow(rd, firstPiece, recording.DefaultLimit); err != nil {
			return 0, err
		}
		pl := player.New(rec)
		pl.Handle(player.Input{Kind: player.StepForward})
		return pl.Frame(), nil
	})
}

func (p *playProbe) index(ctx context.Context) error {
	before := heap()
	err := p.timed(workLoad, func() (int, error) {
		in, err := os.Open(p.path)
		if err != nil {
			return 0, err
		}
		defer in.Close() //nolint:errcheck // it was only read
		p.rec, err = recording.Load(ctx, in)
		if err != nil {
			return 0, err
		}
		return len(p.rec.Frames), nil
	})
	if err != nil {
		return err
	}
	loaded := heap()
	var ix *player.Index
	err = p.timed(workIndex, func() (told int, err error) {
		ix, err = player.BuildIndexWith(ctx, p.rec, player.Options{Progress: func(int, int) { told++ }})
		return told, err
	})
	if err != nil {
		return err
	}
	p.player = player.New(p.rec)
	p.player.Adopt(ix)
	p.list = append(p.list, sample{Work: workHeap, Peak: max(loaded-before, 0)}, sample{Work: workHeapIndex, Peak: max(heap()-loaded, 0)})
	return nil
}

// heap is what is in use after a collection.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// seeks goes to random moments; the same in each run.
func (p *playProbe) seeks(context.Context) error {
	const times = 500
	r := rand.New(rand.NewPCG(3, 3))
	var took, cpu []float64
	for range times {
		begin, used := time.Now(), ownCPU()
		p.player.SeekTo(begin, time.Duration(r.Int64N(int64(p.player.Duration()))))
		took = append(took, millis(time.Since(begin)))
		cpu = append(cpu, millis(ownCPU()-used))
	}
	slices.Sort(took)
	slices.Sort(cpu)
	for work, at := range map[string]int{workSeekHalf: times / 2, workSeekLate: times * 99 / 100, workSeekMost: times - 1} {
		p.list = append(p.list, sample{Work: work, WallMS: took[at], CPUMS: cpu[at]})
	}
	slices.SortFunc(p.list[len(p.list)-3:], func(a, b sample) int { return int(1e3 * (a.WallMS - b.WallMS)) })
	return nil
}

// back steps back frame by frame over more than the distance of two keyframes.
func (p *playProbe) back(context.Context) error {
	const steps = 300
	p.player.SeekPercent(time.Time{}, 50)
	var most, cpu float64
	for range steps {
		begin, used := time.Now(), ownCPU()
		p.player.Handle(player.Input{Kind: player.StepBack})
		most = max(most, millis(time.Since(begin)))
		cpu = max(cpu, millis(ownCPU()-used))
	}
	p.list = append(p.list, sample{Work: workBack, WallMS: most, CPUMS: cpu, Rows: steps})
	return nil
}

// lines makes the transcript as the case's index does, without the recording in
// memory.
func (p *playProbe) lines(context.Context) error {
	text := 0
	err := p.timed(workLines, func() (n int, err error) {
		in, err := os.Open(p.path)
		if err != nil {
			return 0, err
		}
		defer in.Close() //nolint:errcheck // it was only read
		rd, err := recording.NewReader(in)
		if err != nil {
			return 0, err
		}
		maker := transcript.NewMaker(rd.Meta())
		count := func(lines []transcript.Line) {
			for _, l := range lines {
				n++
				text += len(l.Text)
			}
		}
		for {
			f, err := rd.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return n, err
			}
			maker.Feed(f)
			count(maker.Take())
		}
		count(maker.Finish())
		return n, nil
	})
	p.list[len(p.list)-1].Peak = int64(text)
	return err
}
