package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/playback/recording"
)

// groupPlayer needs neither a log nor a store: it is measured alone.
const groupPlayer = "player"

// recordingSize is how much terminal output the recording holds, in prints of
// printSize, a print every printEvery.
const (
	recordingSize = 100_000_000
	printSize     = 4096
	printEvery    = 20 * time.Millisecond
)

// playerTargets are the promises about the player.
var playerTargets = []target{
	{"first frame after opening", 50, 0, "ms", ours(groupPlayer, workFirstFrame, wallOf, 1)},
	{"seek, slowest of 500", 16, 0, "ms", ours(groupPlayer, workSeekMost, wallOf, 1)},
	{"the same in processor time", 16, 0, "ms", ours(groupPlayer, workSeekMost, cpuOf, 1)},
	{"clone of a screen", 50, 0, "µs", ours(groupPlayer, workClone, cpuOf, 1e-3)},
}

// measurePlayer plays a recording made of the emulator's streams.
func (b *bench) measurePlayer(ctx context.Context) (*results, error) {
	res := &results{Rounds: b.rounds, Machine: thisMachine()}
	res.Machine.observe()
	files, err := b.makeStreams()
	if err != nil {
		return nil, err
	}
	path := b.at("player.tar")
	if _, err := os.Stat(path); err != nil {
		if err := makeRecording(path, files); err != nil {
			return nil, fmt.Errorf("make the recording: %w", err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	play := func(ctx context.Context) ([]sample, error) {
		_, out, err := b.spend(ctx, process{argv: []string{self, playVerb, path}})
		if err != nil {
			return nil, err
		}
		return parseSamples(out)
	}
	if err := b.play(ctx, group{name: groupPlayer, ours: play}, res); err != nil {
		return nil, err
	}
	res.Commands = b.commands
	return res, nil
}

// makeRecording writes a session whose output is the streams in turn, a MiB of
// each at a time.
func makeRecording(path string, streams []string) (err error) {
	var parts [][]byte
	for _, s := range streams {
		data, err := os.ReadFile(s)
		if err != nil {
			return err
		}
		parts = append(parts, data)
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closed := out.Close(); err == nil {
			err = closed
		}
	}()
	w, err := recording.NewWriter(out, recording.WriterOptions{})
	if err != nil {
		return err
	}
	at := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	err = w.Event(&apievents.SessionStart{
		Metadata:     apievents.Metadata{Type: "session.start", Time: at},
		TerminalSize: fmt.Sprintf("%d:%d", emulatorCols, emulatorRows),
	})
	for piece := range interleave(parts, recordingSize) {
		if err != nil {
			return err
		}
		at = at.Add(printEvery)
		err = w.Print(at, piece)
	}
	if err != nil {
		return err
	}
	if err := w.Event(&apievents.SessionEnd{Metadata: apievents.Metadata{Type: "session.end", Time: at}}); err != nil {
		return err
	}
	return w.Close()
}

// reset comes before each turn, as a stream is cut anywhere and may leave the
// alternate screen on.
const reset = "\x1bc"

// interleave yields n bytes of the streams in pieces, and reset before each turn. A
// stream that is too short begins again.
func interleave(streams [][]byte, n int) func(yield func([]byte) bool) {
	const turn = 1 << 20 / printSize
	return func(yield func([]byte) bool) {
		at := make([]int, len(streams))
		for i := 0; n > 0; i++ {
			k := i / turn % len(streams)
			if i%turn == 0 && !yield([]byte(reset)) {
				return
			}
			if at[k] >= len(streams[k]) {
				at[k] = 0
			}
			piece := streams[k][at[k]:min(at[k]+printSize, len(streams[k]))]
			piece = piece[:min(len(piece), n)]
			if len(piece) == 0 || !yield(piece) {
				return
			}
			at[k] += len(piece)
			n -= len(piece)
		}
	}
}

// playerMarkdown writes the tables of a run.
func playerMarkdown(res *results) string {
	d := &document{}
	d.line("- machine: %s", res.Machine)
	d.line("- a recording of %d MB of output in prints of %d bytes, %dx%d: the emulator's streams, a MiB of each in turn; medians of %d rounds",
		recordingSize/1_000_000, printSize, emulatorCols, emulatorRows, res.Rounds)
	d.table("Targets", "work", "target", "measured", "")
	for _, t := range playerTargets {
		v, ok := t.measure(res)
		if !ok {
			d.row([]string{t.work, "≤ " + number(t.reach, t.unit), "not measured", ""})
			continue
		}
		d.row([]string{t.work, "≤ " + number(t.reach, t.unit), number(v, t.unit), t.verdict(v)})
	}
	d.table("Player and transcript", "work", "wall ms", "CPU ms", "count", "MB")
	runs := res.ours(groupPlayer)
	for _, w := range contestWorks(res) {
		if w == workClone {
			continue // it is among the targets, in µs
		}
		d.row([]string{
			w, show(runs, w, wallOf, 1, "%.2f"), show(runs, w, cpuOf, 1, "%.3f"),
			show(runs, w, rowsOf, 1, "%.0f"), show(runs, w, peakMem, 1e6, "%.1f"),
		})
	}
	d.line("\n### Commands\n\n```sh\n%s\n```", strings.Join(res.Commands, "\n"))
	return d.String()
}

// contestWorks lists the work of the player in the order in which it was done.
func contestWorks(res *results) []string {
	var out []string
	for _, c := range res.of(groupPlayer) {
		for _, w := range c.works() {
			if !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}
