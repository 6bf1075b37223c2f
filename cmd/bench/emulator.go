package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// The emulators' own programs, fed the same streams on a screen of the same size.
var (
	//go:embed peers/libvterm.c
	libvtermSource string
	//go:embed peers/xterm.mjs
	xtermScript string
)

// groupEmulator needs neither a log nor a store: it is measured alone.
const groupEmulator = "emulator"

const (
	emulatorLibvterm = "libvterm"
	emulatorXterm    = "xterm.js"
	// feeds is how often one process feeds a stream; the median counts.
	feeds = 3
)

// emulatorTarget is what a stream is promised: how many times a peer's speed.
type emulatorTarget struct {
	stream          string
	libvterm, xterm float64
}

const leastSpeed, mostClone = 150, 0.050 // MB/s, ms

var emulatorTargets = []emulatorTarget{
	{"plain", 5, 2},
	{"color", 5, 2},
	{"vim", 4, 4},
	{"alt", 4, 4},
	{"unicode", 5, 4},
}

// measureEmulator feeds the streams to cordon's screen and to the peers in turn.
func (b *bench) measureEmulator(ctx context.Context) (*results, error) {
	res := &results{Rounds: b.rounds, Machine: thisMachine()}
	res.Machine.observe()
	files, err := b.makeStreams()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	feed := func(argv ...string) experiment {
		argv = append(argv, strconv.Itoa(emulatorCols), strconv.Itoa(emulatorRows), strconv.Itoa(feeds))
		argv = append(argv, files...)
		return func(ctx context.Context) ([]sample, error) {
			_, out, err := b.spend(ctx, process{argv: argv})
			if err != nil {
				return nil, err
			}
			return parseSamples(out)
		}
	}
	libvterm, xterm := b.at("libvterm"), b.at("xterm.mjs")
	g := group{name: groupEmulator, ours: feed(self, emulateVerb), against: []opponent{
		{emulatorLibvterm, feed(libvterm), b.prepareLibvterm(ctx, libvterm, res)},
		{emulatorXterm, feed("node", xterm), b.prepareXterm(ctx, xterm, res)},
	}}
	if b.peers == "none" {
		g.against = nil
	}
	if err := b.play(ctx, g, res); err != nil {
		return nil, err
	}
	res.Commands = b.commands
	return res, nil
}

// prepareLibvterm builds the peer and says why it cannot run; empty when it can.
func (b *bench) prepareLibvterm(ctx context.Context, program string, res *results) string {
	source := program + ".c"
	if err := os.WriteFile(source, []byte(libvtermSource), 0o644); err != nil {
		return "failed: " + err.Error()
	}
	cmd := exec.CommandContext(ctx, "cc", "-O2", "-o", program, source, "-lvterm")
	if err := cmd.Run(); err != nil {
		return notInstalled
	}
	b.note(process{argv: cmd.Args})
	return b.emulatorVersion(ctx, emulatorLibvterm, res, program)
}

// prepareXterm is prepareLibvterm for the other peer.
func (b *bench) prepareXterm(ctx context.Context, script string, res *results) string {
	if err := os.WriteFile(script, []byte(xtermScript), 0o644); err != nil {
		return "failed: " + err.Error()
	}
	return b.emulatorVersion(ctx, emulatorXterm, res, "node", script, "version")
}

func (b *bench) emulatorVersion(ctx context.Context, name string, res *results, argv ...string) string {
	text, err := b.answer(ctx, argv)
	if err != nil {
		return notInstalled
	}
	res.Versions = append(res.Versions, version{name, text})
	return ""
}

// emulatorMarkdown writes the table of a run.
func emulatorMarkdown(res *results) string {
	d := &document{}
	d.line("- machine: %s", res.Machine)
	d.line("- screen of %dx%d; MB/s of processor time, writes of 4 KiB (xterm.js 64 KiB), the median of %d feeds in each of %d rounds",
		emulatorCols, emulatorRows, feeds, res.Rounds)
	for _, v := range res.Versions {
		d.line("- %s: %s", v.Tool, v.Text)
	}
	d.line("- × is cordon's speed over the peer's, the median of the rounds")
	d.table("Streams", "stream", "**cordon**", "garbage, B/MB", "libvterm", "×", "target", "xterm.js", "×", "target", "")
	ours := res.ours(groupEmulator)
	for _, t := range emulatorTargets {
		cells := []string{t.stream, speed(ours, t.stream), garbageOf(ours, t.stream)}
		v, ok := middle(ours, t.stream, speedOf)
		reached := ok && v >= leastSpeed
		for _, p := range []struct {
			peer  string
			least float64
		}{{emulatorLibvterm, t.libvterm}, {emulatorXterm, t.xterm}} {
			c := res.emulator(p.peer)
			times, ok := c.ratio(t.stream, speedOf)
			cells = append(cells, speedOrWhy(c, t.stream), showTimes(times, ok), "≥ "+number(p.least, "×"))
			reached = reached && (!ok || times >= p.least)
		}
		d.row(append(cells, map[bool]string{true: "reached", false: "**missed**"}[reached]))
	}
	d.line("\nEach stream is promised at least %d MB/s.", leastSpeed)
	d.table("Keyframes", "work", "µs", "target")
	d.row([]string{workClone, show(ours, workClone, cpuOf, 1e-3, "%.1f"), "≤ " + number(mostClone*1e3, "µs")})
	d.row([]string{workRewrite, show(ours, workRewrite, cpuOf, 1e-3, "%.0f"), noFigure})
	d.line("\n### Commands\n\n```sh\n%s\n```", strings.Join(res.Commands, "\n"))
	return d.String()
}

// emulator is the contest against a peer.
func (r *results) emulator(peer string) contest {
	for _, c := range r.of(groupEmulator) {
		if c.Peer == peer {
			return c
		}
	}
	return contest{Missing: "not run"}
}

// speedOf is how many million bytes a stream's sample took in a second.
func speedOf(s sample) float64 {
	if s.CPUMS == 0 {
		return 0
	}
	return float64(s.Rows) / 1e3 / s.CPUMS
}

func speed(runs [][]sample, stream string) string { return show(runs, stream, speedOf, 1, "%.0f") }

func speedOrWhy(c contest, stream string) string {
	if c.Missing != "" {
		return c.Missing
	}
	return speed(c.Theirs, stream)
}

func showTimes(v float64, ok bool) string {
	if !ok {
		return noFigure
	}
	return fmt.Sprintf("%.1f", v)
}

// garbageOf is the least that a stream left for the collector in one round: what
// else the runtime allocates comes and goes.
func garbageOf(runs [][]sample, stream string) string {
	out := noFigure
	least := int64(-1)
	for _, run := range runs {
		if s, ok := find(run, workGarbage+stream); ok && (least < 0 || s.Rows < least) {
			least = s.Rows
			out = fmt.Sprint(least)
		}
	}
	return out
}
