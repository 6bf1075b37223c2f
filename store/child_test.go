package store

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	osexec "os/exec"
	"strconv"
	"strings"
	"testing"
)

// The process that some tests start is this test binary with a job in its
// environment: the case, then the paths to ingest, one a line.
const (
	jobVariable = "CORDON_TEST_INGEST"
	// fileSizeVariable bounds, in bytes, every file that the process writes.
	fileSizeVariable = "CORDON_TEST_FILE_SIZE"
	// commitVariable is after how many events it commits.
	commitVariable = "CORDON_TEST_COMMIT"
	// readVariable names a case that the process is to read and to write.
	readVariable = "CORDON_TEST_READ"
)

// operator is what a started process says of who started it.
const operator = "dana@example.com"

func TestMain(m *testing.M) {
	if job := os.Getenv(jobVariable); job != "" {
		paths := strings.Split(job, "\n")
		err := limitFileSize(os.Getenv(fileSizeVariable))
		if err == nil {
			err = ingestInto(paths[0], paths[1:])
		}
		if err != nil {
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
	if rounds() == 0 { // real SQLite under -race is slow
		if err := flag.Set("rapid.checks", "5"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// rounds is how many kills the long tests make; 0 asks for the short ones.
func rounds() int {
	n, _ := strconv.Atoi(os.Getenv("CORDON_TORTURE"))
	return n
}

// ingestInto does what `cordon ingest` does: a new case is built, one that is
// there is added to.
func ingestInto(path string, paths []string) error {
	ctx := context.Background()
	opts := Options{commitEvery: 500, Operator: operator, Command: "cordon ingest"}
	if rounds() > 0 {
		opts.commitEvery = 5000
	}
	if n, err := strconv.ParseInt(os.Getenv(commitVariable), 10, 64); err == nil {
		opts.commitEvery = n
	}
	c, err := Open(ctx, path)
	if errors.Is(err, os.ErrNotExist) {
		c, _, err = Build(ctx, path, paths, opts)
	} else if err == nil {
		if _, err = c.Ingest(ctx, paths, opts); err != nil {
			err = errors.Join(err, c.Close())
		}
	}
	if err != nil {
		return err
	}
	return c.Close()
}

// child is a process that runs ingestInto.
type child struct {
	*osexec.Cmd
	said bytes.Buffer
}

// startIngest starts an ingest of the paths into a case in a process of its own.
func startIngest(t testing.TB, path string, paths []string, env ...string) *child {
	t.Helper()
	c := &child{Cmd: osexec.Command(os.Args[0])}
	c.Env = append(os.Environ(), jobVariable+"="+strings.Join(append([]string{path}, paths...), "\n"))
	c.Env = append(c.Env, env...)
	c.Stderr = &c.said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	return c
}
