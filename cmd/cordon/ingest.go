package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/store"
)

const ingestExamples = `cordon ingest --case incident ./audit ./recordings
zcat audit.log.gz | cordon ingest --case incident -`

// rejectsShown is how many rejected lines the answer lists; all are kept.
const rejectsShown = 1000

func (p *program) ingestVerb() *cobra.Command {
	var caseName string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "ingest --case NAME PATH…",
		Short: "Add logs and recordings to a case file",
		Long: "Add logs and recordings to a case file, which is made when it is not there.\n\n" +
			"PATH is a file or a folder; - is standard input. What is no event is kept and reported. Adding the same file again changes nothing.",
		Example: ingestExamples,
	}
	cmd.Flags().StringVar(&caseName, "case", "", "the case file to add to")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if caseName == "" {
			return misuse("for a look without keeping anything: cordon pivot IDENTITY PATH…", "name the case file with --case NAME")
		}
		paths, err := evidenceOnly(args)
		if err != nil {
			return err
		}
		if len(paths) == 0 {
			return misuse("a path is a log, a recording, or a folder of them; - is standard input", "there is nothing to add")
		}
		return p.ingest(ctx, caseFile(caseName), paths, asJSON)
	})
	return cmd
}

// ingested is the answer of `cordon ingest --json`.
type ingested struct {
	Case     string                  `json:"case"`
	Created  bool                    `json:"created"`
	Added    store.Report            `json:"added"`
	Coverage fullCoverage            `json:"coverage"`
	Rejected []investigations.Reject `json:"rejected"`
}

func (p *program) ingest(ctx context.Context, path string, paths []string, asJSON bool) (err error) {
	c, answer, err := p.addEvidence(ctx, "cordon ingest", path, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return err
	}
	answer.Coverage = fullCoverage{coverage}
	if answer.Rejected, err = c.Rejects(ctx, rejectsShown); err != nil {
		return err
	}
	if answer.Rejected == nil {
		answer.Rejected = []investigations.Reject{}
	}
	if asJSON {
		return p.writeJSON(answer)
	}
	return p.print(func(t *plain) { t.ingested(answer) })
}

// addEvidence makes the case or adds to it, and writes that in its journal.
// Another process that wants to add meanwhile is told the command.
func (p *program) addEvidence(ctx context.Context, command, path string, paths []string) (c *store.Case, answer ingested, err error) {
	answer = ingested{Case: path}
	show := p.progress()
	opts := store.Options{Progress: show.update, Now: p.now, Operator: p.operator(), Command: command}
	if _, statErr := os.Stat(path); errors.Is(statErr, fs.ErrNotExist) {
		answer.Created = true
		c, answer.Added, err = store.Build(ctx, path, paths, opts)
	} else if c, err = store.Open(ctx, path); err == nil {
		answer.Added, err = c.Ingest(ctx, paths, opts)
	}
	show.end()
	if err == nil {
		err = p.checkReport(answer.Added)
	}
	if err == nil && len(answer.Added.Sources) > 0 {
		_, err = c.Record(ctx, evidenceEntry(p, answer.Added))
	}
	if err == nil {
		return c, answer, nil
	}
	if c != nil {
		err = errors.Join(err, c.Close())
		if answer.Created {
			err = errors.Join(err, os.Remove(path))
		}
	}
	return nil, answer, err
}

func evidenceEntry(p *program, r store.Report) journal.Entry {
	names := make([]string, 0, leadsShown+1)
	for i, s := range r.Sources {
		if i == leadsShown {
			names = append(names, fmt.Sprintf("and %d more", len(r.Sources)-i))
			break
		}
		names = append(names, s.Name)
	}
	return journal.Entry{
		Time: p.now(), Operator: p.operator(), Mode: journal.ModeDryRun, Action: journal.ActionEvidenceAdd,
		Target: strings.Join(names, ", "),
		Result: fmt.Sprintf("%s and %s added", counted(r.Events, "event"), counted(r.Recordings, "recording")),
	}
}

// ingested writes the coverage report for a person.
func (t *plain) ingested(a ingested) {
	verb := "added to"
	if a.Created {
		verb = "made"
	}
	t.line("%s %s: %s, %s, %s, %s", verb, a.Case, counted(a.Added.Events, "new event"), counted(a.Added.Duplicates, "duplicate"),
		counted(a.Added.Rejects, "rejected line"), counted(a.Added.Recordings, "recording"))
	if len(a.Added.Known) > 0 {
		t.line("%s in the case already", counted(len(a.Added.Known), "file"))
	}
	if len(a.Added.Sources) > 0 {
		rows := [][]string{{"source", "format", "events", "duplicates", "rejected", "bytes", ""}}
		for _, s := range a.Added.Sources {
			rows = append(rows, []string{s.Name, s.Format, number(s.Events), number(s.Duplicates), number(s.Rejects), number(s.Size), s.Problem})
		}
		t.line("")
		t.table(rows, 2, 3, 4, 5)
	}
	t.line("")
	c := a.Coverage.Coverage
	t.line("the case %s", coverageLine(c))
	if c.UIDReused > 0 {
		t.line("%s with another content were kept twice", counted(c.UIDReused, "reused uid"))
	}
	t.rejects(a.Rejected, c.Rejects)
	t.gaps(c)
}

func (t *plain) rejects(list []investigations.Reject, all int64) {
	if len(list) == 0 {
		return
	}
	t.line("")
	t.line("rejected, the bytes are kept")
	for _, r := range list {
		t.line("  %s:%d: %s", r.Source, r.Line, r.Reason)
	}
	if more := all - int64(len(list)); more > 0 {
		t.line("  and %s more", number(more))
	}
}
