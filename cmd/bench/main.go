// Command bench measures cordon and the tools that a responder would otherwise
// use, on the same log, in the same run:
//
//	go run ./cmd/bench                      # a log of its own, a million events
//	go run ./cmd/bench -file F -identity U  # another log and a user in it
//	go run ./cmd/bench -n 10000000 -peers none -rounds 1 -dir D
//	go run ./cmd/bench -only emulator       # the screen model, on streams of its own
//	go run ./cmd/bench -only player         # seeking and transcript, on a recording of them
//
// It builds the binary as it ships (CGO_ENABLED=0) and takes turns: cordon, one
// peer, cordon, the next one, for so many rounds. What counts is the ratio inside
// each pair, because two runs that follow each other share the machine's mood; the
// table shows medians of these ratios beside medians of the figures.
//
// CPU is user and system time of the whole process tree, memory the peak of its
// largest process. Engines answer the same questions, and the rows of their
// answers are counted: a table says so where two of them disagree. A peer that is
// missing is a line "not installed"; nothing is measured in its place.
//
// What must not happen here: a file outside the folder given, or a figure in
// a test. The tests cover the arithmetic and the tables only.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			os.Exit(2)
		}
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	n        int
	dir      string
	rounds   int
	file     string
	identity string
	command  string
	text     string
	peers    string
	only     string
	asJSON   bool
	verbose  bool
}

// plantedIdentity is the one that the generator's log tells the truth about.
const plantedIdentity = "mallory@example.com"

// run is the whole program: the tables go to out, messages to w.
func run(ctx context.Context, args []string, out, w io.Writer) error {
	switch {
	case len(args) > 0 && args[0] == probeVerb:
		return runProbe(ctx, args[1:], out)
	case len(args) > 0 && args[0] == emulateVerb:
		return runEmulate(args[1:], out)
	case len(args) > 0 && args[0] == playVerb:
		return runPlay(ctx, args[1:], out)
	}
	o, err := parseFlags(args, w)
	if err != nil {
		return err
	}
	b, err := newBench(o, w)
	if err != nil {
		return err
	}
	measure, table := b.measure, markdown
	switch o.only {
	case groupEmulator:
		measure, table = b.measureEmulator, emulatorMarkdown
	case groupPlayer:
		measure, table = b.measurePlayer, playerMarkdown
	}
	res, err := measure(ctx)
	if err = errors.Join(err, b.leave()); err != nil {
		return err
	}
	if o.asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(res)
	}
	_, err = io.WriteString(out, table(res))
	return err
}

func parseFlags(args []string, w io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(w)
	flags.IntVar(&o.n, "n", 1_000_000, "events of the log that is made")
	flags.StringVar(&o.dir, "dir", "", "folder for the log and all stores, left as it is afterwards (empty: a temporary one)")
	flags.IntVar(&o.rounds, "rounds", 3, "how often each pair runs")
	flags.StringVar(&o.file, "file", "", "log to take instead of making one")
	flags.StringVar(&o.identity, "identity", "", "the user whose pivots are asked for (empty: the one planted in the log that is made)")
	flags.StringVar(&o.command, "command", "etc/shadow", "what is searched for in commands")
	flags.StringVar(&o.text, "text", "203.0.113.66", "what is searched for in any field")
	flags.StringVar(&o.peers, "peers", "all", "peers to run: all, none, or some of "+strings.Join(peerKeys(), ","))
	flags.StringVar(&o.only, "only", "", "one kind of work: ingest, ask, process, emulator or player; ask and process take the stores that are in -dir, emulator and player the streams")
	flags.BoolVar(&o.asJSON, "json", false, "print every figure as JSON instead of tables")
	flags.BoolVar(&o.verbose, "v", false, "print the commands as they run")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.n < 1 || o.rounds < 1:
		return o, errors.New("-n and -rounds need at least 1")
	case o.file != "" && o.identity == "":
		return o, errors.New("-file needs -identity, a user of that log")
	case !slices.Contains([]string{"", groupIngest, groupAsk, groupProcess, groupEmulator, groupPlayer}, o.only):
		return o, fmt.Errorf("-only: %q is none of %s, %s, %s, %s, %s", o.only, groupIngest, groupAsk, groupProcess, groupEmulator, groupPlayer)
	case (o.only == groupAsk || o.only == groupProcess) && o.dir == "":
		return o, fmt.Errorf("-only %s needs -dir, where the stores are", o.only)
	case o.identity == "":
		o.identity = plantedIdentity
	}
	for _, text := range []string{o.command, o.text, o.identity} {
		if text == "" || strings.ContainsAny(text, "\"'\\%_*?\n") {
			return o, fmt.Errorf("%q: the texts asked for must be plain, without quotes and wildcards", text)
		}
	}
	return o, checkPeers(o.peers)
}
