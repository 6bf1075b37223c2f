//go:build unix

package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cordon/investigations/journal"
)

// pipe makes a named pipe in dir.
func pipe(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// feed opens a pipe for writing, which waits until the other process reads it:
// by then it holds its case.
func feed(t *testing.T, pipe string) *os.File {
	t.Helper()
	f, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// saysWho reports whether a text says which process writes.
func saysWho(text string, c *child) bool {
	return strings.Contains(text, fmt.Sprintf("PID %d on ", c.Process.Pid)) && strings.Contains(text, operator) &&
		strings.Contains(text, "cordon ingest") && strings.Contains(text, "UTC") && !strings.Contains(text, "\n")
}

// While another process adds evidence, this one reads what is committed, writes
// its own small things, is told who writes, and adds no evidence itself.
func TestHold_readsWhileAnotherProcessWrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, _ := build(t, write(t, dir, "a.log", []byte(lines(100))))
	other := write(t, dir, "b.log", []byte(lines(120)))
	fifo := pipe(t, dir)
	writer := startIngest(t, c.Path(), []string{fifo})
	in := feed(t, fifo)
	if _, err := in.WriteString(lines(150)); err != nil {
		t.Fatal(err)
	}

	if by := c.WrittenBy(); !saysWho(by, writer) {
		t.Errorf("written by %q", by)
	}
	if n := len(events(t, c)); n != 100 {
		t.Errorf("%d events while the other writes, want the 100 of before", n)
	}
	sound(t, c)
	_, err := c.Ingest(t.Context(), []string{other}, Options{})
	if !errors.Is(err, ErrHeld) || !saysWho(err.Error(), writer) {
		t.Errorf("a second ingest: %v", err)
	}
	_, noted := c.Record(t.Context(), journal.Entry{Action: journal.ActionNote, Operator: operator})
	if err := errors.Join(c.Star(t.Context(), 7, true), c.SetState(t.Context(), "place", "here"), noted); err != nil {
		t.Errorf("a small write: %v", err)
	}

	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := writer.Wait(); err != nil {
		t.Fatalf("%v: %s", err, writer.said.String())
	}
	if by := c.WrittenBy(); by != "" {
		t.Errorf("written by %q when nobody writes", by)
	}
	if n := len(events(t, c)); n != 150 {
		t.Errorf("%d events when the other is done, want 150", n)
	}
	stars, err := c.Stars(t.Context())
	if err != nil || len(stars) != 1 {
		t.Errorf("stars %v, %v", stars, err)
	}
	if _, err := c.Ingest(t.Context(), []string{other}, Options{}); err != nil {
		t.Errorf("an ingest after the other's: %v", err)
	}
	sound(t, c)
}

// Small writes find their turn between the commits of a long ingest.
func TestHold_smallWritesFindTheirTurn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, _ := build(t, write(t, dir, "a.log", []byte(lines(10))))
	writer := startIngest(t, c.Path(), []string{write(t, dir, "b.log", []byte(lines(15_000)))})
	for i := range 20 {
		if err := c.Star(t.Context(), int64(i%10+1), i < 10); err != nil {
			t.Fatalf("star %d: %v", i, err)
		}
	}
	if err := writer.Wait(); err != nil {
		t.Fatalf("%v: %s", err, writer.said.String())
	}
	if n := len(events(t, c)); n != 15_000 {
		t.Errorf("%d events", n)
	}
}

// An ingest that waits for a slow pipe makes durable what it has and leaves the
// case to others.
func TestHold_slowPipeLeavesTheCaseToOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, _ := build(t, write(t, dir, "a.log", []byte(lines(100))))
	fifo := pipe(t, dir)
	writer := startIngest(t, c.Path(), []string{fifo}, commitVariable+"=1000000")
	in := feed(t, fifo)
	if _, err := in.WriteString(lines(6_000)); err != nil { // more than a block
		t.Fatal(err)
	}
	for n := int64(100); n == 100; {
		if err := c.Star(t.Context(), 7, true); err != nil {
			t.Fatal(err)
		}
		cover, err := c.Coverage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		n = cover.Events
	}
	if c.WrittenBy() == "" {
		t.Error("nobody is named while another writes")
	}
	if err := errors.Join(in.Close(), writer.Wait()); err != nil {
		t.Fatalf("%v: %s", err, writer.said.String())
	}
	holdsEvents(t, c.Path(), 6_000)
}

// A case that is being made is no case yet: who opens or makes it is told.
func TestHold_tellsWhoMakesTheCase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, fifo := filepath.Join(dir, "case"+Extension), pipe(t, dir)
	maker := startIngest(t, path, []string{fifo})
	in := feed(t, fifo)
	if _, err := Open(t.Context(), path); !errors.Is(err, ErrHeld) || !saysWho(err.Error(), maker) {
		t.Errorf("open: %v", err)
	}
	_, _, err := Build(t.Context(), path, []string{write(t, dir, "a.log", []byte(lines(5)))}, Options{})
	if !errors.Is(err, ErrHeld) || !saysWho(err.Error(), maker) {
		t.Errorf("make: %v", err)
	}
	if _, err := in.WriteString(lines(30)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(in.Close(), maker.Wait()); err != nil {
		t.Fatalf("%v: %s", err, maker.said.String())
	}
	holdsEvents(t, path, 30)
}

// What a killed process leaves is only a label: nobody is named for it, and the
// next one adds.
func TestHold_goesWithTheProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, _ := build(t, write(t, dir, "a.log", []byte(lines(10))))
	fifo := pipe(t, dir)
	writer := startIngest(t, c.Path(), []string{fifo})
	feed(t, fifo)
	if c.WrittenBy() == "" {
		t.Error("nobody is named while another writes")
	}
	writer.Process.Kill()
	if err := writer.Wait(); err == nil {
		t.Fatal("the writer was not killed")
	}
	if _, err := os.Stat(holdFile(c.Path())); err != nil {
		t.Errorf("the kill left no label, so that the test shows nothing: %v", err)
	}
	if by := c.WrittenBy(); by != "" {
		t.Errorf("written by %q, who was killed", by)
	}
	if _, err := c.Ingest(t.Context(), []string{write(t, dir, "b.log", []byte(lines(20)))}, Options{}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(holdFile(c.Path())); err == nil {
		t.Error("the label stays behind")
	}
}

func holdsEvents(t *testing.T, path string, want int) {
	t.Helper()
	c, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n := len(events(t, c)); n != want {
		t.Errorf("%d events, want %d", n, want)
	}
	sound(t, c)
}

// What is read from a pipe cannot be read again: nothing of it may go into a
// comparison with what stood under the same path before.
func TestIngest_takesAllOfAPipeThatWasReadBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fifo := pipe(t, dir)
	path := filepath.Join(dir, "case"+Extension)
	for i, content := range []string{lines(10), strings.ReplaceAll(lines(3_000), "user.login", "exec")} {
		writer := startIngest(t, path, []string{fifo})
		in := feed(t, fifo)
		if _, err := in.WriteString(content); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(in.Close(), writer.Wait()); err != nil {
			t.Fatalf("%v: %s", err, writer.said.String())
		}
		c, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if got := replayed(t, c, int64(i+1)); string(got) != content {
			t.Errorf("%d bytes of %d are kept", len(got), len(content))
		}
		c.Close()
	}
}
