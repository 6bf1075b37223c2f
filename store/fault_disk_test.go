//go:build unix

package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// refused fails the test unless a child said in one sentence that it could not
// write its case.
func refused(t *testing.T, c *child, err error, when string) {
	t.Helper()
	said := strings.TrimSuffix(c.said.String(), "\n")
	if err == nil || c.ProcessState.ExitCode() != 1 || strings.Contains(said, "\n") ||
		!strings.Contains(said, " case ") || !strings.Contains(said, "disk") {
		t.Fatalf("%s: %v: %q, want one sentence about the disk", when, err, said)
	}
}

// A file that may not grow further stops an ingest like a disk that is full. At
// whatever size that happens, no half case is left, a case that was there is
// whole, and with room the ingest comes to what a clean one comes to.
func TestTorture_fullDiskHarmsNoCase(t *testing.T) {
	t.Parallel()
	n, events := 4, 1_000
	if rounds() > 0 {
		n, events = max(60, rounds()/5), 20_000
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	s := makeSteps(t, r, events)
	atOnce := filepath.Join(s.dir, "at-once"+Extension)
	if err := ingestInto(atOnce, s.evidenceFiles.second); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(atOnce)
	if err != nil {
		t.Fatal(err)
	}
	want := map[bool]string{true: s.second}
	c, err := Open(t.Context(), atOnce)
	if err != nil {
		t.Fatal(err)
	}
	want[false] = fingerprint(t, c)
	c.Close()

	path := filepath.Join(s.dir, "full"+Extension)
	stopped := map[bool]int{}
	for i := range n {
		adds := i%2 == 1
		size := r.Int64N(info.Size())
		when := fmt.Sprintf("seed %d, round %d, files up to %d bytes, adds %v", seed, i, size, adds)
		if adds {
			copyCase(t, s.start, path)
		}
		c := startIngest(t, path, s.evidenceFiles.second, fmt.Sprintf("%s=%d", fileSizeVariable, size))
		if err := c.Wait(); err != nil || !adds {
			refused(t, c, err, when)
			stopped[adds]++
		}
		nothingHalf(t, s.dir, path, adds, when)
		if adds {
			readable(t, path, when)
		}
		if err := ingestInto(path, s.evidenceFiles.second); err != nil {
			t.Fatalf("%s: with room again: %v", when, err)
		}
		equalCase(t, path, want[adds], when)
		removeCase(path)
	}
	t.Logf("seed %d: %d of %d ingests were stopped, %d of first ones, %d of later ones; every case equals the clean one", seed, stopped[true]+stopped[false], n, stopped[false], stopped[true])
	if stopped[true] == 0 || stopped[false] == 0 {
		t.Error("one kind of ingest was never stopped")
	}
}

// nothingHalf fails the test when a stopped ingest left a case that is not one.
func nothingHalf(t *testing.T, dir, path string, adds bool, when string) {
	t.Helper()
	name := strings.TrimSuffix(filepath.Base(path), Extension)
	left, err := filepath.Glob(filepath.Join(dir, name+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range left {
		if suffix := strings.TrimPrefix(file, path); !adds || suffix != "" && suffix != "-wal" && suffix != "-shm" {
			t.Fatalf("%s: %s is left", when, file)
		}
	}
}

// The same on a real disk that is full: one of a hundred KB in memory.
func TestTorture_fullDiskOfItsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	place := filepath.Join(dir, "disk")
	if err := os.Mkdir(place, 0o700); err != nil {
		t.Fatal(err)
	}
	switch unmount, err := smallDisk(place, 128<<10); {
	case errors.Is(err, os.ErrPermission) || errors.Is(err, errors.ErrUnsupported):
		t.Skipf("a small disk cannot be mounted here: %v", err)
	case err != nil:
		t.Fatal(err)
	default:
		t.Cleanup(unmount)
	}
	s := makeSteps(t, rand.New(rand.NewPCG(1, 3)), 3_000)
	path := filepath.Join(place, "case"+Extension)
	if err := ingestInto(path, s.evidenceFiles.first); err == nil || !strings.Contains(err.Error(), "disk") || strings.Contains(err.Error(), "\n") {
		t.Fatalf("%v, want a sentence about the disk", err)
	}
	nothingHalf(t, place, path, false, "first ingest")
	for _, room := range []int64{0, 32 << 10, 160 << 10} {
		when := fmt.Sprintf("%d bytes of room", room)
		if err := resizeDisk(place, 8<<20); err != nil {
			t.Fatal(err)
		}
		copyCase(t, s.start, path)
		if err := resizeDisk(place, used(t, path)+room); err != nil {
			t.Fatal(err)
		}
		c := startIngest(t, path, s.evidenceFiles.second)
		refused(t, c, c.Wait(), when)
		readable(t, path, when)
		if err := resizeDisk(place, 32<<20); err != nil {
			t.Fatal(err)
		}
		if err := ingestInto(path, s.evidenceFiles.second); err != nil {
			t.Fatalf("%s: with room again: %v", when, err)
		}
		equalCase(t, path, s.second, when)
		removeCase(path)
	}
}

// used is the size of a case file.
func used(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
