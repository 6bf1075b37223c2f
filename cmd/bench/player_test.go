package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"cordon/playback/recording"
)

func TestPlayerMarkdown_golden(t *testing.T) {
	t.Parallel()
	run := []sample{
		{Work: workFirstFrame, WallMS: 21.5, CPUMS: 14, Rows: 2},
		{Work: workIndex, WallMS: 400, CPUMS: 390, Rows: 180},
		{Work: workSeekHalf, WallMS: 1.2, CPUMS: 1.1},
		{Work: workSeekMost, WallMS: 17, CPUMS: 3},
		{Work: workHeapIndex, Peak: 98_000_000},
		{Work: workClone, CPUMS: 0.0007},
	}
	golden.RequireEqual(t, []byte(playerMarkdown(&results{
		Machine:  machine{Date: "2026-11-21", System: "linux/amd64", CPU: "Invented CPU", Cores: 2},
		Rounds:   1,
		Contests: []contest{{Group: groupPlayer, Ours: [][]sample{run}}},
		Commands: []string{"DIR/bench play-recording DIR/player.tar"},
	})))
}

// Streams are taken in turn, each from its beginning again when it is over.
func TestInterleave(t *testing.T) {
	t.Parallel()
	a, b := bytes.Repeat([]byte("a"), 3<<20), bytes.Repeat([]byte("b"), 1<<20)
	var got []byte
	for piece := range interleave([][]byte{a, b}, 5<<20) {
		got = append(got, piece...)
	}
	var want []byte
	for _, c := range []string{"a", "b", "a", "b", "a"} {
		want = append(append(want, reset...), bytes.Repeat([]byte(c), 1<<20)...)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes, %d wanted, or in another order", len(got), len(want))
	}
}

func TestMakeRecording(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stream := filepath.Join(dir, "plain.bin")
	if err := os.WriteFile(stream, bytes.Repeat([]byte("line\r\n"), 100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "player.tar")
	if err := makeRecording(path, []string{stream}); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // it was only read
	rec, err := recording.Load(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, f := range rec.Frames {
		size += len(f.Data)
	}
	if turns := recordingSize>>20 + 1; size != recordingSize+turns*len(reset) && size != recordingSize+(turns+1)*len(reset) || !rec.Complete || rec.Meta.Cols != emulatorCols {
		t.Errorf("%d bytes, complete %v, %+v", size, rec.Complete, rec.Meta)
	}
}
