package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/store"
)

// Every verb that reads a case takes --case NAME, or evidence paths after its
// own argument, which make a temporary case. A positional that names an
// existing path is evidence.

// withCase adds the flag --case to a verb.
func withCase(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "case", "", "the case file to read (or give evidence paths instead)")
}

// exists reports whether an argument names evidence: a path, or standard input.
func exists(arg string) bool {
	if arg == store.Stdin {
		return true
	}
	_, err := os.Stat(arg)
	return err == nil
}

// evidenceOnly checks the arguments of a verb without an argument of its own.
func evidenceOnly(args []string) ([]string, error) {
	for _, a := range args {
		if !exists(a) {
			return nil, missingPath(a)
		}
	}
	return args, nil
}

// ownArgument splits the arguments of a verb that has one of its own: the first
// that is no path, or the first of all where every one is.
func ownArgument(args []string, what string) (own string, paths []string, err error) {
	at := 0
	for i, a := range args {
		if !exists(a) {
			at = i
			break
		}
	}
	for i, a := range args {
		if i != at && !exists(a) {
			return "", nil, missingPath(a)
		}
		if i != at {
			paths = append(paths, a)
		}
	}
	if len(args) == 0 || args[at] == "" {
		return "", nil, misuse("see --help for examples", "%s is missing", what)
	}
	return args[at], paths, nil
}

func missingPath(arg string) error {
	return unreadable("evidence is a file or a folder: logs, recordings, or a case file", "%q is no path that exists", arg)
}

// openCase opens the case asked for, or makes a temporary one of the evidence
// paths.
func (p *program) openCase(ctx context.Context, name string, paths []string) (*store.Case, error) {
	switch {
	case name != "" && len(paths) > 0:
		return nil, misuse("to add evidence to a case: cordon ingest --case NAME PATH…", "give either --case or evidence paths, not both")
	case name != "":
		return store.Open(ctx, caseFile(name))
	case len(paths) == 0:
		return nil, misuse("give --case NAME, or paths of logs and recordings", "there is no evidence to read")
	case len(paths) == 1 && isCase(paths[0]):
		return store.Open(ctx, paths[0])
	}
	for _, path := range paths {
		if isCase(path) {
			return nil, misuse("open it alone, or add the other paths to it with cordon ingest", "%s is a case file and stands beside other evidence", path)
		}
	}
	c, report, err := p.build(ctx, paths)
	if err != nil {
		return nil, err
	}
	if err := p.checkReport(report); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// build makes a temporary case of evidence paths.
func (p *program) build(ctx context.Context, paths []string) (*store.Case, store.Report, error) {
	show := p.progress()
	c, report, err := store.BuildTemporary(ctx, paths, store.Options{Progress: show.update, Now: p.now})
	show.end()
	return c, report, err
}

// checkReport tells what was passed over, and fails when nothing could be read.
func (p *program) checkReport(r store.Report) error {
	for _, s := range r.Skipped {
		p.tell("skipped %s: %s", s.Name, s.Reason)
	}
	if len(r.Sources) == 0 && len(r.Known) == 0 {
		return unreadable("cordon reads audit logs, one JSON event a line, and session recordings, also compressed", "no evidence was found in the paths given")
	}
	return nil
}

// caseFile is the path that a case's name means. A path that can only be a
// folder stays as it is, so that the answer is that it is one.
func caseFile(name string) string {
	if base := filepath.Base(name); base == "." || base == ".." || os.IsPathSeparator(name[len(name)-1]) {
		return name
	}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		return name
	}
	return store.NameOf(name)
}

// isCase reports whether a path is a case file rather than evidence.
func isCase(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && strings.EqualFold(filepath.Ext(path), store.Extension)
}

// identity reads an identity as a person writes it.
func identity(arg string) (investigations.Entity, error) {
	e, err := investigations.ParseEntity(arg)
	if err != nil {
		return e, misuse("an identity is a user, or kind:name such as role:editor or address:203.0.113.9", "%w", err)
	}
	return e, nil
}
