package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"cordon/investigations/pivot"
	"cordon/store"
)

func (p *program) verifyVerb() *cobra.Command {
	var caseName string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify CASE",
		Short: "Check that a case file is what was put into it",
		Long: "Check a case file: its structure, every source against the SHA-256 taken when it was read, every event against its line, and the journal's chain.\n\n" +
			"The exit code is 1 when a check fails.",
		Example: "cordon verify incident.cordon",
	}
	cmd.Flags().StringVar(&caseName, "case", "", "the case file to check")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if caseName != "" {
			args = append(args, caseName)
		}
		if len(args) != 1 {
			return misuse("for example: cordon verify incident.cordon", "name one case file")
		}
		return p.verify(ctx, caseFile(args[0]), asJSON)
	})
	return cmd
}

// verified is the answer of `cordon verify --json`.
type verified struct {
	Case     string          `json:"case"`
	OK       bool            `json:"ok"`
	Coverage *pivot.Coverage `json:"coverage"` // null when a broken case cannot say
	Checks   []store.Check   `json:"checks"`
}

func (p *program) verify(ctx context.Context, path string, asJSON bool) error {
	answer, err := checkCase(ctx, path)
	if err != nil {
		return err
	}
	broken := 0
	for _, c := range answer.Checks {
		if !c.OK {
			broken++
		}
	}
	answer.OK = broken == 0
	if asJSON {
		err = p.writeJSON(answer)
	} else {
		err = p.print(func(t *plain) { t.checks(answer) })
	}
	if err != nil || answer.OK {
		return err
	}
	return nothing("the answers of a broken case cannot be trusted: take an intact copy, or ingest the evidence anew",
		"%s is broken: %d of %s failed", path, broken, counted(len(answer.Checks), "check"))
}

// checkCase runs every check. That a case file cannot even be opened is a
// finding, unless it is not there, never was a case, or the trouble is the place
// where it is: a full disk does not make a case a broken one.
func checkCase(ctx context.Context, path string) (answer verified, err error) {
	answer = verified{Case: path}
	c, err := store.Open(ctx, path)
	if err != nil {
		foreign := errors.Is(err, store.ErrNotCase) && filepath.Ext(path) != store.Extension
		if foreign || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || placeHint(err) != "" || ctx.Err() != nil {
			return answer, err
		}
		answer.Checks = []store.Check{{Name: "opening the case", Detail: err.Error()}}
		return answer, nil
	}
	defer joined(&err, c)
	if answer.Checks, err = c.Verify(ctx); err != nil {
		return answer, fmt.Errorf("verify %s: %w", path, err)
	}
	if coverage, err := c.Coverage(ctx); err == nil {
		short := covered(coverage)
		answer.Coverage = &short
	}
	return answer, nil
}

func (t *plain) checks(a verified) {
	rows := make([][]string, len(a.Checks))
	for i, c := range a.Checks {
		word := "ok"
		if !c.OK {
			word = "BROKEN"
		}
		rows[i] = []string{word, c.Name, c.Detail}
	}
	t.table(rows)
	if a.OK && a.Coverage != nil {
		t.line("")
		t.line("the case is intact and %s", coverageLine(a.Coverage.Coverage))
	}
}
