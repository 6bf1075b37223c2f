package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// process is one command to run.
type process struct {
	argv  []string
	stdin string
	quiet bool // what it prints is not wanted
	empty bool // exit 1 means that nothing was found
}

// spent is what a process and everything it waited for cost. The peak is that of
// its largest process; Linux counts the memory of the parent at the fork among it,
// so this program must stay small while it measures.
type spent struct {
	wall, cpu time.Duration
	peak      int64 // bytes, 0 where the system does not tell
}

// spend runs a process to its end, in the folder of the run.
func (b *bench) spend(ctx context.Context, p process) (spent, []byte, error) {
	b.note(p)
	cmd := exec.CommandContext(ctx, p.argv[0], p.argv[1:]...)
	cmd.Dir, cmd.Env = b.dir, b.env
	cmd.Stdin = strings.NewReader(p.stdin)
	var out, complaint bytes.Buffer
	if !p.quiet {
		cmd.Stdout = &out
	}
	cmd.Stderr = &complaint
	begin := time.Now()
	err := cmd.Run()
	s := spent{wall: time.Since(begin)}
	if cmd.ProcessState != nil {
		s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		s.peak = peakOf(cmd.ProcessState)
	}
	var exit *exec.ExitError
	if p.empty && errors.As(err, &exit) && exit.ExitCode() == 1 {
		return s, nil, nil
	}
	if err != nil {
		return s, nil, fmt.Errorf("run %s: %w: %s", p.argv[0], err, lastLine(complaint.Bytes()))
	}
	return s, out.Bytes(), nil
}

// note keeps the command for the table, without the names of this machine's
// folders.
func (b *bench) note(p process) {
	words := make([]string, len(p.argv))
	for i, a := range p.argv {
		words[i] = shellWord(a)
	}
	line := strings.Join(words, " ")
	if b.verbose {
		fmt.Fprintln(b.w, "+", line)
	}
	line = b.plain(line)
	if p.stdin != "" {
		line += " <<'END'\n" + strings.TrimRight(b.plain(p.stdin), "\n") + "\nEND"
	}
	if !slices.Contains(b.commands, line) {
		b.commands = append(b.commands, line)
	}
}

// plain names the log and the folder by what they are instead of where.
func (b *bench) plain(s string) string {
	self, _ := os.Executable()
	names := []string{self, "bench"}
	if b.log != "" {
		names = append(names, b.log, "LOG")
	}
	return strings.NewReplacer(append(names, b.dir, "DIR")...).Replace(s)
}

// shellWord quotes an argument as a shell would need it.
func shellWord(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n'\"\\$`*?;&|<>()[]{}~#") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// lastLine is what a program said last, cut to a readable length.
func lastLine(text []byte) string {
	text = bytes.TrimSpace(text)
	if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
		text = text[i+1:]
	}
	return string(text[:min(len(text), 300)])
}

// sample is one figure of one run: a piece of work by its name. Zero means that it
// was not measured.
type sample struct {
	Work   string  `json:"work"`
	Rows   int64   `json:"rows,omitempty"`
	WallMS float64 `json:"wall_ms,omitempty"`
	CPUMS  float64 `json:"cpu_ms,omitempty"`
	Peak   int64   `json:"peak_bytes,omitempty"`
	Store  int64   `json:"store_bytes,omitempty"`
	// Answer is a hash of the rows, whatever their order, where they are compared.
	Answer string `json:"answer,omitempty"`
}

// sampleOf is the sample of a whole process.
func sampleOf(work string, s spent, rows, store int64) sample {
	return sample{Work: work, Rows: rows, WallMS: millis(s.wall), CPUMS: millis(s.cpu), Peak: s.peak, Store: store}
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// sizeOf adds up the files, not folders, that exist of those named.
func sizeOf(paths ...string) (n int64) {
	for _, p := range paths {
		if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
	}
	return n
}
