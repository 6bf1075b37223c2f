package main

import (
	"bytes"
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
	"cordon/testdata/demo"
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
		{store.ErrHeld, exitUnreadable, "wait until"},
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

func TestStateDir(t *testing.T) {
	t.Parallel()
	p := &program{env: func(key string) string { return map[string]string{"XDG_STATE_HOME": "/state"}[key] }}
	if dir, err := p.stateDir(); err != nil || dir != filepath.Join("/state", "cordon") {
		t.Errorf("stateDir() = %q, %v", dir, err)
	}
	// A folder that is not absolute would be another one in each working folder.
	p.env = func(string) string { return "state" }
	if dir, err := p.stateDir(); err == nil && !filepath.IsAbs(dir) {
		t.Errorf("stateDir() = %q", dir)
	}
}

// A case that cannot be written still answers, and says what it could not note.
func TestRun_caseThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "ev"), demo.FS); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "inc.cordon")
	if code, errs := runHere(t, io.Discard, "ingest", "--case", file, filepath.Join(dir, "ev")); code != exitDone {
		t.Fatal(errs)
	}
	// A folder where SQLite wants a file is in the way of every user, root too.
	if err := os.Mkdir(file+"-shm", 0o700); err != nil {
		t.Fatal(err)
	}
	const sid = "8b27e4c9-16fd-4a35-b0e2-c94d83a7615e"
	for _, c := range []struct {
		code  int
		shows string
		says  string
		args  []string
	}{
		{exitDone, "logins", "", []string{"pivot", "--case", file, demo.Compromised}},
		{exitDone, "intact", "", []string{"verify", file}},
		{exitDone, "$", "not in the journal: ", []string{"transcript", "--case", file, sid}},
		{exitUnreadable, "tctl lock --user=" + demo.CreatedUser, "may not be written", []string{"lock", "--case", file, "--user", demo.CreatedUser}},
	} {
		var out bytes.Buffer
		code, errs := runHere(t, &out, c.args...)
		if code != c.code || !strings.Contains(out.String(), c.shows) || !strings.Contains(errs, c.says) {
			t.Errorf("%q: exit code %d, said %q, showed %q", c.args, code, errs, out.String()[:min(out.Len(), 200)])
		}
	}
}
