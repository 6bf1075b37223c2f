package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"zombiezen.com/go/sqlite"

	"cordon/store"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		code int
		hint string
	}{
		{misuse("do this", "wrong %s", "word"), exitUsage, "do this"},
		{nothing("", "none"), exitNothing, ""},
		{context.Canceled, exitInterrupted, ""},
		{store.ErrNotCase, exitUnreadable, "ingest --case"},
		{syscall.ENOSPC, exitUnreadable, "free some space"},
		{sqlite.ResultFull.ToError(), exitUnreadable, "free some space"},
		{sqlite.ResultIOErr.ToError(), exitUnreadable, "free some space"},
		{sqlite.ResultReadOnly.ToError(), exitUnreadable, "may write"},
		{sqlite.ResultBusy.ToError(), exitUnreadable, "wait"},
		{sqlite.ResultCorrupt.ToError(), exitUnreadable, ""},
		{errors.New("anything"), exitUnreadable, ""},
	} {
		f, quiet := explain(fmt.Errorf("read case: %w", c.err))
		if quiet || f.code != c.code || !strings.Contains(f.hint, c.hint) || (c.hint == "") != (f.hint == "") {
			t.Errorf("%v: code %d, hint %q, quiet %v", c.err, f.code, f.hint, quiet)
		}
	}
}

// fullDisk fails as a file on a disk without room does.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

func TestRun_fullDiskIsToldOnce(t *testing.T) {
	t.Parallel()
	log := writeFile(t, "audit.log", strings.Repeat(oneEvent, 300))
	for _, args := range [][]string{
		{"events", log},
		{"events", "--json", log},
		{"events", "--jsonl", log},
		{"events", "--raw", log},
		{"pivot", "alice@example.com", log},
		{"sessions", "--json", log},
	} {
		code, errs := runHere(t, fullDisk{}, args...)
		if code != exitUnreadable || strings.Count(errs, "no space left") != 1 || !strings.Contains(errs, "free some space") {
			t.Errorf("%q: exit code %d, said %q", args, code, errs)
		}
	}
}

// What stands where a case is looked for is named for what it is.
func TestRun_notACase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cut := filepath.Join(dir, "cut.cordon")
	if code, errs := runHere(t, io.Discard, "ingest", "--case", cut, writeFile(t, "audit.log", oneEvent)); code != exitDone {
		t.Fatal(errs)
	}
	if err := os.Truncate(cut, 8192); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{exitUnreadable, "it is a folder", []string{"sessions", "--case", dir + "/"}},
		{exitUnreadable, "it is a folder", []string{"verify", "."}},
		{exitUnreadable, "it is a folder", []string{"ingest", "--case", "..", writeFile(t, "audit.log", oneEvent)}},
		{exitUnreadable, "no such file", []string{"pivot", "--case", filepath.Join(dir, "none"), "alice"}},
		{exitUnreadable, "not a cordon case", []string{"verify", writeFile(t, "x.log", oneEvent)}},
		{exitNothing, "is broken", []string{"verify", cut}},
		{exitNothing, "the evidence holds no event", []string{"events", writeFile(t, "none.log", "")}},
	} {
		if code, errs := runHere(t, io.Discard, c.args...); code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%q: exit code %d, said %q", c.args, code, errs)
		}
	}
}
