package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/store"
	"cordon/testdata/demo"
)

func (p *program) demoVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "Open the console on a bundled incident",
		Long:    "Open the console on a bundled incident: an invented company, one phished identity, five days of logs and three recordings. Nothing is kept.",
		Example: "cordon demo",
	}
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if len(args) > 0 {
			return misuse("to look at evidence of your own: cordon "+args[0], "demo takes no argument")
		}
		if err := p.needsTerminal(); err != nil {
			return err
		}
		return p.demo(ctx)
	})
	return cmd
}

// demo opens the console on the bundled incident, as if it were the evening on
// which the evidence was taken.
func (p *program) demo(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "cordon-demo-")
	if err != nil {
		return fmt.Errorf("make room for the demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c, err := demoCase(ctx, dir, demo.Now)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	began := p.now()
	now := func() time.Time { return demo.Now().Add(p.now().Sub(began)) }
	return p.console(ctx, c, consoleOptions{
		identity: investigations.Entity{Kind: investigations.KindUser, Name: demo.Compromised},
		t0:       demo.T0(), now: now, tick: time.Second,
	})
}

// demoCase builds the bundled incident's case in a folder.
func demoCase(ctx context.Context, dir string, now func() time.Time) (*store.Case, error) {
	files := filepath.Join(dir, "evidence")
	if err := os.CopyFS(files, demo.FS); err != nil {
		return nil, fmt.Errorf("unpack the demo: %w", err)
	}
	c, _, err := store.Build(ctx, filepath.Join(dir, "demo"+store.Extension), []string{files}, store.Options{Now: now})
	return c, err
}
