package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"zombiezen.com/go/sqlite"
)

// Of several that make the same case at once, one makes it and the others are
// told; what is there then is what the one was told.
func TestBuild_twoAtOnceMakeOneCase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target := filepath.Join(dir, "case"+Extension)
	var wg sync.WaitGroup
	results := make([]error, 4)
	counts := make([]int64, len(results))
	for i := range results {
		path := write(t, dir, fmt.Sprintf("%d.log", i), []byte(lines(500*(i+1))))
		wg.Go(func() {
			c, report, err := Build(t.Context(), target, []string{path}, Options{})
			results[i], counts[i] = err, report.Events
			if err == nil {
				c.Close()
			}
		})
	}
	wg.Wait()
	made := -1
	for i, err := range results {
		switch {
		case err == nil && made < 0:
			made = i
		case err == nil:
			t.Errorf("builds %d and %d both made the case", made, i)
		case !errors.Is(err, ErrHeld) && !errors.Is(err, os.ErrExist):
			t.Errorf("build %d: %v", i, err)
		}
	}
	if made < 0 {
		t.Fatal("no build made the case")
	}
	c, err := Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n := int64(len(events(t, c))); n != counts[made] {
		t.Errorf("the case holds %d events, its maker was told %d", n, counts[made])
	}
	for _, suffix := range []string{partialSuffix, holdSuffix} {
		if _, err := os.Stat(filepath.Join(dir, "case"+suffix)); err == nil {
			t.Errorf("left behind: case%s", suffix)
		}
	}
}

func TestBuild_takesOverWhatAKillLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "case"+partialSuffix, []byte("SQLite format 3\x00 and then nothing good"))
	c, report, err := Build(t.Context(), filepath.Join(dir, "case"+Extension), []string{write(t, dir, "a.log", []byte(lines(10)))}, Options{})
	if err != nil || report.Events != 10 {
		t.Fatalf("%+v, %v", report, err)
	}
	defer c.Close()
	sound(t, c)
}

// A case on a protected medium can be read; what would write says why not.
func TestOpen_readsAProtectedCase(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("folders are protected in another way there")
	}
	dir := t.TempDir()
	for up := dir; up != filepath.Dir(os.TempDir()) && up != "/"; up = filepath.Dir(up) {
		os.Chmod(up, 0o755) // so that another user gets here
	}
	c, _ := build(t, write(t, dir, "a.log", []byte(lines(30))))
	c.Close()
	data, err := os.ReadFile(c.Path())
	if err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(dir, "stick")
	path := write(t, place, "protected"+Extension, data)
	program := filepath.Join(dir, "program")
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(program, self, 0o755), os.Chmod(path, 0o444), os.Chmod(place, 0o555)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(place, 0o755) })
	cmd := osexec.Command(program)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), readVariable+"="+path)
	asNobody(cmd)
	out, err := cmd.CombinedOutput()
	if errors.Is(err, os.ErrPermission) {
		t.Skip("another user does not get into the folder for temporary files")
	}
	if err != nil || !strings.HasPrefix(string(out), "30 events; ") || !strings.Contains(string(out), "it can only be read here") {
		t.Errorf("%v: %s", err, out)
	}
}

// readProtected counts the events of a case and tries to write to it.
func readProtected(path string) string {
	ctx := context.Background()
	c, err := Open(ctx, path)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	n := int64(0)
	err = c.read(ctx, func(conn *sqlite.Conn) (err error) {
		n, err = selectInt(conn, `SELECT count(*) FROM event`)
		return err
	})
	return fmt.Sprintf("%d events; %v; %v", n, err, c.Star(ctx, 1, true))
}

func TestBuild_tellsOneLineTooLongOnce(t *testing.T) {
	t.Parallel()
	content := line("exec", 1, "") + "\n" + strings.Repeat("x", 2*maxLine+12345) + "\n" + line("exec", 2, "") + "\n"
	c, report := build(t, write(t, t.TempDir(), "a.log", []byte(content)))
	rejects, err := c.Rejects(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	if report.Events != 2 || len(rejects) != 1 || rejects[0].Line != 2 || rejects[0].Length != 2*maxLine+12345 {
		t.Errorf("%d events, rejects %+v", report.Events, rejects)
	}
	if string(replayed(t, c, 1)) != content {
		t.Error("the source does not come back byte for byte")
	}
}

// A case file that is cut short while it is open is an error, not a crash.
func TestCase_cutShortWhileOpen(t *testing.T) {
	t.Parallel()
	c, _ := build(t, write(t, t.TempDir(), "a.log", []byte(lines(3_000))))
	if n := len(events(t, c)); n != 3_000 {
		t.Fatalf("%d events", n)
	}
	if err := os.Truncate(c.Path(), 64<<10); err != nil {
		t.Fatal(err)
	}
	_, err := c.Window(t.Context(), Window{Limit: 3_000})
	if err == nil {
		t.Error("events were read out of a file that is cut short")
	}
	if err := c.Close(); err != nil {
		t.Logf("closing said %v", err)
	}
}
