package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"time"

	"charm.land/fang/v2"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"cordon/tui/safetext"
)

// program is one run of cordon: its streams, its clock and its global flags.
type program struct {
	in   io.Reader
	out  io.Writer
	errs io.Writer
	now  func() time.Time
	env  func(string) string

	theme  string
	ascii  bool
	failed error // what the verb returned
}

// run executes a command line and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.errs)
	err := fang.Execute(ctx, root,
		fang.WithVersion(versionLine()),
		fang.WithoutManpage(),
		fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {}))
	if err != nil {
		err = misuse("cordon --help lists the commands and their flags", "%w", err)
	}
	if err == nil {
		err = p.failed
	}
	if err == nil {
		return exitDone
	}
	f, quiet := explain(err)
	if !quiet {
		p.complain(f)
	}
	return f.code
}

// act makes the RunE of a verb. The verb's error is kept for run: given to
// cobra, it would pass through fang, which asks the terminal for its colours
// before it prints.
func (p *program) act(f func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		p.failed = f(cmd.Context(), args)
		return nil
	}
}

// complain writes a failure for a person.
func (p *program) complain(f *failure) {
	p.tell("cordon: %s", f.err)
	var placed *placedError
	if errors.As(f.err, &placed) {
		for _, line := range placed.excerpt {
			p.tell("  %s", line)
		}
	}
	if f.hint != "" {
		p.tell("  %s", f.hint)
	}
}

// tell writes a line to standard error. That it cannot be written is no reason
// to stop.
func (p *program) tell(format string, args ...any) {
	fmt.Fprintln(p.errs, p.form().Clean(fmt.Sprintf(format, args...)))
}

func (p *program) form() safetext.Form {
	if p.ascii {
		return safetext.ASCII
	}
	return safetext.Unicode
}

// writeJSON writes one answer as JSON.
func (p *program) writeJSON(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	if _, err := p.out.Write(safetext.JSON(b.Bytes())); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// unwritten lets a case that cannot be written be read all the same, and says
// that the journal does not tell of it.
func (p *program) unwritten(err error) error {
	if err == nil || placeHint(err) == "" {
		return err
	}
	p.tell("not in the journal: %s", err)
	return nil
}

// operator is who the journal says did it.
func (p *program) operator() string {
	if name := p.env("CORDON_OPERATOR"); name != "" {
		return name
	}
	name := "unknown"
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username
	}
	if host, err := os.Hostname(); err == nil && host != "" {
		name += "@" + host
	}
	return name
}

// terminal gives the file behind a stream when that is a terminal.
func terminal(stream any) (*os.File, bool) {
	f, ok := stream.(*os.File)
	return f, ok && term.IsTerminal(f.Fd())
}

// joined closes something and keeps both errors.
func joined(err *error, closing io.Closer) { *err = errors.Join(*err, closing.Close()) }
