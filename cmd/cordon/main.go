// Command cordon is a console for responders when an identity in a Teleport
// cluster is compromised.
//
// This package only wires: one file per verb turns a command line into calls of
// the store, the investigations and the playback packages, and prints their
// answers; the console itself is package tui. Rules that every verb keeps:
//
//   - An answer goes to standard output and carries its coverage; everything
//     else goes to standard error, as one sentence and a hint.
//   - Text for people passes tui/safetext, whether or not a terminal reads it.
//     --json, --jsonl, --raw and asciicast are exact.
//   - The exit code says how it went: see failure.go.
//   - What reads a case also reads evidence paths directly: see reading.go.
//   - Only a lock asked for with --live, and its key in the console, change a
//     cluster. They go through contain.Desk, which guards and records them.
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { os.Exit(start()) }

// start runs the program on the process's own streams.
func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// The first signal asks; a second one ends the process even where a read
	// cannot be interrupted, such as of a pipe that nobody writes.
	context.AfterFunc(ctx, stop)
	// The client of the API logs what it tries. Errors say what is worth knowing, and
	// lines that nobody asked for would stand across the console.
	slog.SetDefault(slog.New(slog.DiscardHandler))
	// A closed pipe must end in an error that is handled, so that temporary
	// cases are removed; unwatched, the signal would end the process.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	p := &program{in: os.Stdin, out: os.Stdout, errs: os.Stderr, now: time.Now, env: os.Getenv}
	return p.run(ctx, os.Args[1:])
}
