package store

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The process that the kill tests start is this test binary with a job in its
// environment: the case, then the paths to ingest, one a line.
const jobVariable = "CORDON_TEST_INGEST"

// readVariable names a case that the process is to read and to write.
const readVariable = "CORDON_TEST_READ"

func TestMain(m *testing.M) {
	if job := os.Getenv(jobVariable); job != "" {
		paths := strings.Split(job, "\n")
		if err := ingestInto(paths[0], paths[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if path := os.Getenv(readVariable); path != "" {
		fmt.Println(readProtected(path))
		os.Exit(0)
	}
	flag.Parse()
	if os.Getenv("CORDON_TORTURE") == "" { // real SQLite under -race is slow
		if err := flag.Set("rapid.checks", "15"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// ingestInto does what `cordon ingest` does: a new case is built, one that is
// there is added to.
func ingestInto(path string, paths []string) error {
	ctx := context.Background()
	c, err := Open(ctx, path)
	if errors.Is(err, os.ErrNotExist) || err != nil && strings.Contains(err.Error(), "no such file") {
		c, _, err = Build(ctx, path, paths, Options{})
	} else if err == nil {
		_, err = c.Ingest(ctx, paths, Options{commitEvery: 500})
	}
	if err != nil {
		return err
	}
	return c.Close()
}

// killedIngest runs ingests of the paths into the case, each killed after a
// random time, and one that is left to finish.
func killedIngest(t *testing.T, r *rand.Rand, kills int, upTo time.Duration, path string, paths []string) {
	t.Helper()
	for i := range kills + 1 {
		cmd := osexec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), jobVariable+"="+strings.Join(append([]string{path}, paths...), "\n"))
		var said bytes.Buffer
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if i < kills {
			time.Sleep(time.Duration(r.Int64N(int64(upTo))))
			cmd.Process.Kill()
		}
		if err := cmd.Wait(); err != nil && i == kills {
			t.Fatalf("the ingest left alone failed: %v: %s", err, said.String())
		}
	}
}

// killLog is a log with repeats and broken lines among its events.
func killLog(r *rand.Rand, n int) []byte {
	var b bytes.Buffer
	for i := range n {
		switch r.IntN(50) {
		case 0:
			b.WriteString(`{"event":"broken` + "\n")
		case 1:
			fmt.Fprintln(&b, line("exec", 1+r.IntN(i+1), `"user":"ann","command":"id"`))
		default:
			fmt.Fprintln(&b, line("exec", i+1, fmt.Sprintf(`"user":"user-%d","command":"cmd %d","sid":"00000000-0000-4000-8000-%012d"`, r.IntN(50), r.IntN(300), i/7)))
		}
	}
	return b.Bytes()
}

// A kill at any moment, of a first ingest or of one that adds, leaves a case
// that goes on to equal one that was never killed.
func TestTorture_killedIngestEqualsACleanOne(t *testing.T) {
	t.Parallel()
	rounds, events := 1, 3_000
	if n, err := strconv.Atoi(os.Getenv("CORDON_TORTURE")); err == nil {
		rounds, events = n, 100_000
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	dir := t.TempDir()
	first, second := killLog(r, events/2), killLog(r, events)
	paths := []string{write(t, dir, "a.log", first), write(t, dir, "b.log", second), write(t, dir, "c.log.gz", gz(t, append(first[:len(first)/2:len(first)/2], second...)))}

	start := time.Now()
	clean := filepath.Join(dir, "clean"+Extension)
	if err := ingestInto(clean, paths); err != nil {
		t.Fatal(err)
	}
	upTo := 2 * time.Since(start)
	c, err := Open(t.Context(), clean)
	if err != nil {
		t.Fatal(err)
	}
	want := digest(t, c)
	c.Close()

	for round := range rounds {
		path := filepath.Join(dir, fmt.Sprintf("killed-%d%s", round, Extension))
		killedIngest(t, r, 1, upTo, path, paths[:1])
		killedIngest(t, r, 2, upTo, path, paths)
		killed, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if d := differing(want, digest(t, killed)); d != "" {
			t.Fatalf("round %d: -clean +killed:\n%.2000s", round, d)
		}
		sound(t, killed)
		killed.Close()
		os.Remove(path)
	}
}
