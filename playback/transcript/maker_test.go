package transcript

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/playback/recording"
)

// A transcript that is taken piece by piece holds the same lines.
func TestMaker_givesTheLinesOfTheWhole(t *testing.T) {
	t.Parallel()
	pieces := []string{"one\r\n", "two", "\r\n", "\x1b[2J\x1b[H", "\x1b[?1049h", "full\r\n", "\x1b[?1049l", "\rover", "a line that wraps at the margin\r\n", "\n\n\n"}
	rapid.Check(t, func(rt *rapid.T) {
		rec := &recording.Recording{Meta: recording.Meta{Terminal: true, Cols: 20, Rows: 4}}
		maker := NewMaker(rec.Meta)
		var got []Line
		for i := range rapid.IntRange(0, 40).Draw(rt, "frames") {
			f := recording.Frame{At: time.Duration(i) * time.Second, Type: recording.Output, Data: []byte(rapid.SampledFrom(pieces).Draw(rt, "piece"))}
			rec.Frames = append(rec.Frames, f)
			maker.Feed(f)
			if rapid.Bool().Draw(rt, "take") {
				if n := maker.Lines(); n != 0 {
					lines := maker.Take()
					if len(lines) != n || maker.Lines() != 0 {
						rt.Fatalf("%d lines of %d, %d left", len(lines), n, maker.Lines())
					}
					got = append(got, lines...)
				}
			}
		}
		got = append(got, maker.Finish()...)
		want, err := Of(rt.Context(), rec)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := gocmp.Diff(said(want), said(got)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// said is lines in an order of their own.
func said(lines []Line) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = fmt.Sprint(l.At, l.Last, l.Kind, l.Text)
	}
	slices.SortFunc(out, cmp.Compare)
	return out
}
