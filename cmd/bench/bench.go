package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// bench is one run: its folder, its log, and the tools that it found.
type bench struct {
	options
	w         io.Writer // messages
	dir       string
	log       string
	temporary bool
	env       []string
	commands  []string // as they ran, for the table
}

// results are everything that a run found out, as -json prints it.
type results struct {
	Machine  machine   `json:"machine"`
	Log      logFile   `json:"log"`
	Rounds   int       `json:"rounds"`
	Versions []version `json:"versions"`
	Contests []contest `json:"contests"`
	Commands []string  `json:"commands"`
}

// logFile says what was read.
type logFile struct {
	Lines    int64  `json:"lines"`
	Bytes    int64  `json:"bytes"`
	Made     bool   `json:"made"` // by the project's generator
	Identity string `json:"identity"`
	Command  string `json:"command"`
	Text     string `json:"text"`
}

// version is a tool and what it calls itself.
type version struct {
	Tool string `json:"tool"`
	Text string `json:"version"`
}

func newBench(o options, w io.Writer) (*bench, error) {
	b := &bench{options: o, w: w, dir: o.dir}
	var err error
	if o.dir == "" {
		b.temporary = true
		b.dir, err = os.MkdirTemp("", "cordon-bench-")
	} else if err = os.MkdirAll(o.dir, 0o755); err == nil {
		b.dir, err = filepath.Abs(o.dir)
	}
	if err == nil && o.file != "" {
		b.log, err = filepath.Abs(o.file)
	}
	if err != nil {
		return nil, fmt.Errorf("prepare the folder: %w", err)
	}
	home := filepath.Join(b.dir, "home")
	b.env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home, "XDG_CACHE_HOME="+home,
		"TMPDIR="+b.dir, "LC_ALL=C", "NO_COLOR=1")
	return b, os.MkdirAll(home, 0o755)
}

// leave removes a temporary folder.
func (b *bench) leave() error {
	if b.temporary {
		return os.RemoveAll(b.dir)
	}
	return nil
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.w, format+"\n", args...) }

// at is a path in the folder of the run.
func (b *bench) at(name string) string { return filepath.Join(b.dir, name) }

// measure makes what is needed and runs all contests.
func (b *bench) measure(ctx context.Context) (*results, error) {
	res := &results{Rounds: b.rounds}
	if err := b.build(ctx, "cordon"); err != nil {
		return nil, err
	}
	if b.file == "" {
		if err := b.makeLog(ctx); err != nil {
			return nil, err
		}
	}
	var err error
	res.Log, err = readLog(b.log)
	if err != nil {
		return nil, err
	}
	res.Log.Made, res.Log.Identity, res.Log.Command, res.Log.Text = b.file == "", b.identity, b.command, b.text
	res.Machine = thisMachine()
	res.Machine.observe()
	own, err := b.answer(ctx, []string{b.at("cordon"), "version"})
	if err != nil {
		return nil, fmt.Errorf("ask cordon's version: %w", err)
	}
	res.Versions = append(res.Versions, version{"cordon", strings.TrimPrefix(own, "cordon ") + ", CGO_ENABLED=0"})
	for _, g := range b.groups(ctx, res) {
		if err := b.play(ctx, g, res); err != nil {
			return nil, err
		}
	}
	res.Commands = b.commands
	return res, nil
}

// build builds a command of this module into the folder, without cgo.
func (b *bench) build(ctx context.Context, name string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", b.at(name), "cordon/cmd/"+name)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	b.commands = append(b.commands, "CGO_ENABLED=0 go build -o DIR/"+name+" ./cmd/"+name)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w: %s", name, err, lastLine(out))
	}
	return nil
}

// makeLog runs the project's generator.
func (b *bench) makeLog(ctx context.Context) error {
	if err := b.build(ctx, "gen"); err != nil {
		return err
	}
	b.log = b.at("log.jsonl")
	b.say("making a log of %d events", b.n)
	_, _, err := b.spend(ctx, process{quiet: true, argv: []string{
		b.at("gen"), "log", "-n", fmt.Sprint(b.n), "-identity", b.identity, "-out", b.log,
	}})
	return err
}

// readLog counts the lines of the log; that also brings it into the page cache.
func readLog(path string) (logFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return logFile{}, err
	}
	defer f.Close()
	var l logFile
	buf := make([]byte, 1<<20)
	last := byte('\n')
	for {
		n, err := f.Read(buf)
		l.Bytes += int64(n)
		l.Lines += int64(strings.Count(string(buf[:n]), "\n"))
		if n > 0 {
			last = buf[n-1]
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return l, err
		}
	}
	if last != '\n' {
		l.Lines++
	}
	return l, nil
}

// experiment does one side's work once and says what it took.
type experiment func(context.Context) ([]sample, error)

// group is a kind of work: cordon's side, and all who are measured against it.
type group struct {
	name string
	ours experiment
	// against are the peers; one that is missing has no experiment.
	against []opponent
}

type opponent struct {
	peer    string
	run     experiment
	missing string
}

const notInstalled = "not installed"

// play runs the pairs of a group in turn, round by round. Alone, cordon runs
// without a peer. A peer that fails is told and left out of the further rounds.
func (b *bench) play(ctx context.Context, g group, res *results) error {
	contests := make([]contest, len(g.against))
	for i, o := range g.against {
		contests[i] = contest{Group: g.name, Peer: o.peer, Missing: o.missing}
	}
	alone := contest{Group: g.name}
	for round := range b.rounds {
		met := false
		for i, o := range g.against {
			if contests[i].Missing != "" {
				continue
			}
			met = true
			b.say("%s, round %d of %d: cordon, %s", g.name, round+1, b.rounds, o.peer)
			ours, err := g.ours(ctx)
			if err != nil {
				return err
			}
			contests[i].Ours = append(contests[i].Ours, ours)
			theirs, err := o.run(ctx)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				contests[i].Missing = "failed: " + b.plain(err.Error())
				b.say("%s failed: %v", o.peer, err)
				continue
			}
			contests[i].Theirs = append(contests[i].Theirs, theirs)
			res.Machine.observe()
		}
		if !met {
			ours, err := g.ours(ctx)
			if err != nil {
				return err
			}
			alone.Ours = append(alone.Ours, ours)
			res.Machine.observe()
		}
	}
	if len(alone.Ours) > 0 {
		contests = append(contests, alone)
	}
	res.Contests = append(res.Contests, contests...)
	return nil
}

// parseSamples reads what a probe or a peer's script printed.
func parseSamples(text []byte) ([]sample, error) {
	var out []sample
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("read figures: %w: %s", err, lastLine(text))
	}
	for _, s := range out {
		if s.Work == "" || s.WallMS < 0 || s.CPUMS < 0 || s.Rows < 0 {
			return nil, fmt.Errorf("read figures: %+v makes no sense", s)
		}
	}
	return out, nil
}
