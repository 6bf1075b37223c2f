package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"cordon/playback/term"
)

// emulateVerb starts the program again to feed the streams to cordon's screen, as
// the peers do in processes of their own: COLS ROWS TIMES FILE...
const emulateVerb = "emulate"

// The names of work besides the streams.
const (
	workClone   = "clone both screens"
	workRewrite = "clone and write to each row"
	workGarbage = "garbage "
)

func runEmulate(args []string, out io.Writer) error {
	if len(args) < 4 {
		return fmt.Errorf("emulate takes at least 4 arguments, not %d", len(args))
	}
	var cols, rows, times int
	if _, err := fmt.Sscan(strings.Join(args[:3], " "), &cols, &rows, &times); err != nil {
		return fmt.Errorf("read the size of the screen: %w", err)
	}
	var list []sample
	for _, path := range args[3:] {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(filepath.Base(path), ".bin")
		took := repeated(times, func() float64 { return feedMS(term.New(cols, rows), data) })
		list = append(list, sample{Work: name, CPUMS: took, Rows: int64(len(data))},
			sample{Work: workGarbage + name, Rows: garbage(cols, rows, data)})
	}
	both := bothScreens(cols, rows)
	list = append(list,
		sample{Work: workClone, CPUMS: repeated(times, func() float64 { return cloneMS(both, func(*term.Screen) {}) })},
		sample{Work: workRewrite, CPUMS: repeated(times, func() float64 { return cloneMS(both, rewrite) })})
	return json.NewEncoder(out).Encode(list)
}

// repeated is the median of some runs.
func repeated(times int, run func() float64) float64 {
	took := make([]float64, times)
	for i := range took {
		took[i] = run()
	}
	return median(took)
}

// feedMS feeds the data in writes of 4 KiB and returns the processor time.
func feedMS(s *term.Screen, data []byte) float64 {
	begin := ownCPU()
	for part := range slices.Chunk(data, 4096) {
		// A screen takes everything and has no error to give.
		_, _ = s.Write(part)
	}
	return millis(ownCPU() - begin)
}

// garbage is how many bytes a warm screen allocates for each million it is fed.
func garbage(cols, rows int, data []byte) int64 {
	s := term.New(cols, rows)
	feedMS(s, data)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	feedMS(s, data)
	runtime.ReadMemStats(&after)
	return int64(float64(after.TotalAlloc-before.TotalAlloc) * 1e6 / float64(len(data)))
}

// bothScreens is a screen with text on the main and the alternate screen.
func bothScreens(cols, rows int) *term.Screen {
	s := term.New(cols, rows)
	s.SetScrollback(0)
	for _, name := range []string{"color", "vim"} {
		i := slices.IndexFunc(streams, func(st stream) bool { return st.name == name })
		feedMS(s, streams[i].bytes(64<<10))
		feedMS(s, []byte("\x1b[?47h"))
	}
	return s
}

// rewrite writes to each row of both screens, which is when a clone gets rows of
// its own.
func rewrite(s *term.Screen) {
	_, rows := s.Size()
	for range 2 {
		feedMS(s, []byte("\x1b[H"+strings.Repeat("x\r\x1b[B", rows)+"\x1b[?47l"))
	}
}

// cloneMS is the processor time of one clone and what is done with it, of many
// in a row, the collector's work included.
func cloneMS(s *term.Screen, then func(*term.Screen)) float64 {
	const clones = 2000
	begin := ownCPU()
	for range clones {
		then(s.Clone())
	}
	return millis(ownCPU()-begin) / clones
}
