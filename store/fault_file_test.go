package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// changing builds a case of one file and runs change when so much of the file
// was read.
func changing(t *testing.T, path string, at int64, change func() error) (*Case, Report) {
	t.Helper()
	var once sync.Once
	opts := Options{reading: func(of string, read int64) {
		if of == path && read >= at {
			once.Do(func() {
				if err := change(); err != nil {
					t.Error(err)
				}
			})
		}
	}}
	c, report, err := Build(t.Context(), filepath.Join(t.TempDir(), "case"+Extension), []string{path}, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, report
}

// A file that changes while it is read never makes a wrong case: what was read
// is kept, and told as incomplete where the file got shorter. Reading the whole
// file later completes it.
func TestBuild_fileThatChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be changed so there")
	}
	all := []byte(longLines(900)) // 1.7 MB
	more := []byte(line("exec", 9_001, "") + "\n" + line("exec", 9_002, "") + "\n")
	other := []byte(strings.ReplaceAll(string(all), "user.login", "user.other"))
	early, late := int64(len(all))/10, int64(len(all))*55/100 // one read takes up to 640 KiB
	replace := func(path string, with []byte) error {
		return errors.Join(os.WriteFile(path+".new", with, 0o600), os.Rename(path+".new", path))
	}
	appendTo := func(path string) error {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(more)
		return errors.Join(err, f.Close())
	}
	for _, tt := range []struct {
		name     string
		at       int64
		change   func(path string) error
		complete bool
		content  []byte // the first source's, or of what it is the start
	}{
		{"vanishes", early, os.Remove, true, all},
		{"is cut to nothing", early, func(p string) error { return os.Truncate(p, 0) }, false, all},
		{"is cut to nothing at its end", late, func(p string) error { return os.Truncate(p, 0) }, false, all},
		{"is cut before the place", late, func(p string) error { return os.Truncate(p, early) }, false, all},
		{"is cut behind the place", early, func(p string) error { return os.Truncate(p, late) }, false, all},
		{"grows", early, appendTo, true, append(all[:len(all):len(all)], more...)},
		{"is replaced", early, func(p string) error { return replace(p, other) }, true, all},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := write(t, t.TempDir(), "day.log", all)
			c, report := changing(t, path, tt.at, func() error { return tt.change(path) })
			sources, err := c.Sources(t.Context())
			if err != nil || len(sources) != 1 {
				t.Fatalf("%v, %v", sources, err)
			}
			if s := sources[0]; s.Complete != tt.complete || (s.Problem == "") != tt.complete || (s.SHA256 == "") == tt.complete {
				t.Errorf("complete %v, problem %q, sha256 %q", s.Complete, s.Problem, s.SHA256)
			}
			got := replayed(t, c, 1)
			if !bytes.HasPrefix(tt.content, got) || tt.complete && len(got) != len(tt.content) {
				t.Fatalf("%d bytes are kept, and not those of the file", len(got))
			}
			if n := int64(bytes.Count(got, []byte{'\n'})); report.Events != n {
				t.Errorf("%d events of %d whole lines", report.Events, n)
			}
			sound(t, c)
			wholeLater(t, c, write(t, filepath.Dir(path), "day.log", tt.content), tt.content)
		})
	}
}

// wholeLater ingests the whole file and looks that the case has all of it.
func wholeLater(t *testing.T, c *Case, path string, content []byte) {
	t.Helper()
	if _, err := c.Ingest(t.Context(), []string{path}, Options{}); err != nil {
		t.Fatal(err)
	}
	sources, err := c.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last := sources[len(sources)-1]
	if !last.Complete || last.Problem != "" || !bytes.Equal(replayed(t, c, last.ID), content) {
		t.Errorf("complete %v, problem %q", last.Complete, last.Problem)
	}
	if n := len(events(t, c)); n != bytes.Count(content, []byte{'\n'}) {
		t.Errorf("%d events of %d lines", n, bytes.Count(content, []byte{'\n'}))
	}
	sound(t, c)
}

// A packed file that is cut short while it is read keeps what came out of it.
func TestBuild_packedFileThatIsCutWhileItIsRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be changed so there")
	}
	all := []byte(longLines(1_000))
	packed := gz(t, all)
	path := write(t, t.TempDir(), "day.log.gz", packed)
	c, report := changing(t, path, int64(len(packed))/3, func() error { return os.Truncate(path, int64(len(packed))/2) })
	sources, err := c.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s := sources[0]; s.Complete || s.Problem == "" || report.Events == 0 || !bytes.HasPrefix(all, replayed(t, c, 1)) {
		t.Errorf("%d events, complete %v, problem %q", report.Events, s.Complete, s.Problem)
	}
	sound(t, c)
	wholeLater(t, c, write(t, filepath.Dir(path), "day.log.gz", packed), all)
}

// A file that is gone before its turn is told, and the others are taken.
func TestBuild_fileThatIsGoneBeforeItsTurn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, gone, last := write(t, dir, "1.log", []byte(lines(5_000))), write(t, dir, "2.log", []byte(lines(6_000))), write(t, dir, "3.log", []byte(lines(5_010)))
	var once sync.Once
	opts := Options{reading: func(string, int64) { once.Do(func() { os.Remove(gone) }) }}
	c, report, err := Build(t.Context(), filepath.Join(dir, "case"+Extension), []string{first, gone, last}, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if len(report.Skipped) != 1 || report.Skipped[0].Name != "2.log" || report.Events != 5_010 {
		t.Errorf("%d events, skipped %+v", report.Events, report.Skipped)
	}
	sound(t, c)
	wholeLater(t, c, write(t, dir, "2.log", []byte(lines(6_000))), []byte(lines(6_000)))
}
