package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/exp/golden"
)

// inventedEmulators have a stream that is too slow, one that does not beat a
// peer, and a peer that is missing.
func inventedEmulators() *results {
	feed := func(mbs ...float64) []sample {
		var run []sample
		for i, t := range emulatorTargets {
			run = append(run, sample{Work: t.stream, Rows: 20_000_000, CPUMS: 20_000 / mbs[i]})
		}
		return run
	}
	ours := append(feed(900, 300, 250, 800, 140),
		sample{Work: workGarbage + "plain"}, sample{Work: workGarbage + "vim", Rows: 12},
		sample{Work: workClone, CPUMS: 0.0021}, sample{Work: workRewrite, CPUMS: 0.06})
	return &results{
		Machine:  machine{Date: "2026-11-21", System: "linux/amd64", CPU: "Invented CPU", Cores: 2},
		Rounds:   1,
		Versions: []version{{emulatorLibvterm, "0.1"}},
		Contests: []contest{
			{Group: groupEmulator, Peer: emulatorLibvterm, Ours: [][]sample{ours}, Theirs: [][]sample{feed(25, 100, 45, 50, 20)}},
			{Group: groupEmulator, Peer: emulatorXterm, Missing: notInstalled},
		},
		Commands: []string{"DIR/libvterm 120 40 3 DIR/plain.bin"},
	}
}

func TestEmulatorMarkdown_golden(t *testing.T) {
	t.Parallel()
	golden.RequireEqual(t, []byte(emulatorMarkdown(inventedEmulators())))
}

func TestStreams_areTheSameEachTime(t *testing.T) {
	t.Parallel()
	for _, s := range streams {
		a, b := s.bytes(64<<10), s.bytes(64<<10)
		if !bytes.Equal(a, b) {
			t.Errorf("%s is another stream the second time", s.name)
		}
		if len(a) < 64<<10 || !utf8.Valid(a) {
			t.Errorf("%s has %d bytes, UTF-8 %v", s.name, len(a), utf8.Valid(a))
		}
	}
	for i, target := range emulatorTargets {
		if target.stream != streams[i].name {
			t.Errorf("stream %s has no target", streams[i].name)
		}
	}
}

func TestRunEmulate_measuresEachFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "plain.bin")
	if err := os.WriteFile(path, streams[0].bytes(1<<10), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := runEmulate([]string{"80", "24", "1", path}, &out); err != nil {
		t.Fatal(err)
	}
	var got []sample
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, work := range []string{"plain", workGarbage + "plain", workClone, workRewrite} {
		if _, ok := find(got, work); !ok {
			t.Errorf("no figure for %s", work)
		}
	}
	if s, _ := find(got, "plain"); s.Rows < 1<<10 {
		t.Errorf("%d bytes were fed", s.Rows)
	}
	for _, args := range [][]string{{"80", "24", "1"}, {"80", "x", "1", path}, {"80", "24", "1", path + ".none"}} {
		if err := runEmulate(args, &out); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}

func TestBench_namesFilesWithoutALog(t *testing.T) {
	t.Parallel()
	b := &bench{dir: "/a/folder"}
	if got := b.plain("/a/folder/libvterm 120"); got != "DIR/libvterm 120" {
		t.Errorf("the command is told as %q", got)
	}
}
