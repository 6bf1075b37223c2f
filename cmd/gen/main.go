// Command gen makes cordon's fixtures and its large test logs.
//
//	go run ./cmd/gen                     # the bundled incident in testdata/demo
//	go run ./cmd/gen demo --capture      # the same, after running the programs of its recordings anew
//	go run ./cmd/gen log -n 1000000 -seed 7 -out F
//
// The bundled incident is a story (attack.go) told over an ordinary week
// (week.go, noise.go) of a small invented company (people.go). Events are
// marshalled from Teleport's own structs, so their keys, their order and the
// zero values that Teleport writes out are right by construction. Recordings
// are what real programs really wrote to a real pseudo-terminal (capture.go),
// put on a scripted clock.
//
// The main rule: the same flags give the same bytes. All chance comes from a
// seeded source, all times from the script, and nothing is read from this
// machine except by --capture, whose result is committed.
//
// What must not happen here: a name, path or address of a real machine in the
// output. Names end in example.com, addresses are those of RFC 5737 and
// RFC 3849, and the captured programs run in a staged tree of their own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			os.Exit(2)
		}
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run is the whole program, with its messages going to w.
func run(ctx context.Context, args []string, w io.Writer) error {
	verb := "demo"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		verb, args = args[0], args[1:]
	}
	switch verb {
	case "demo":
		return runDemo(ctx, args, w)
	case "log":
		return runLog(args, w)
	}
	return fmt.Errorf("unknown verb %q: use demo or log", verb)
}

// runDemo writes the bundled incident.
func runDemo(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("gen demo", flag.ContinueOnError)
	flags.SetOutput(w)
	out := flags.String("out", filepath.Join("testdata", "demo"), "folder to write to")
	again := flags.Bool("capture", false, "run the recorded programs anew (Linux, root or user namespaces)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *again {
		if err := captureAll(ctx, filepath.Join(*out, "capture"), w); err != nil {
			return err
		}
	}
	casts, err := readCasts(filepath.Join(*out, "capture"))
	if err != nil {
		return err
	}
	files, err := buildDemo(casts)
	if err != nil {
		return err
	}
	return writeFiles(*out, files, w)
}
