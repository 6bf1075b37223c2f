package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"cordon/investigations/journal"
	"cordon/store"
	"cordon/store/teleport"
)

const fetchExamples = `cordon fetch --case incident 4be1c9d2-0000-4000-8000-000000000001
cordon fetch --case incident --of mallory@example.com`

// fetchAsk is what a person asks of `cordon fetch`.
type fetchAsk struct {
	caseName string
	of       string
	cluster  clusterAsk
}

func (p *program) fetchVerb() *cobra.Command {
	var ask fetchAsk
	cmd := &cobra.Command{
		Use:   "fetch --case NAME [SESSION…]",
		Short: "Add recordings of a live cluster to a case, by session",
		Long: "Add the recordings of sessions to a case, from the cluster that has them: those named, or with --of all sessions of an identity in the case that have no recording there yet.\n\n" +
			"The cluster notes in its own log that this identity looked at them.",
		Example: fetchExamples,
	}
	cmd.Flags().StringVar(&ask.caseName, "case", "", "the case to add to; it is made where there is none")
	cmd.Flags().StringVar(&ask.of, "of", "", "the sessions of a user, or kind:name")
	withCluster(cmd, &ask.cluster)
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if len(args) == 0 && ask.of == "" {
			return misuse("name sessions, or whose with --of", "there is nothing to fetch")
		}
		for _, id := range args {
			if _, err := uuid.Parse(id); err != nil {
				return misuse("cordon sessions --case NAME lists them", "%q is no id of a session", id)
			}
		}
		return p.fetch(ctx, ask, args)
	})
	return cmd
}

func (p *program) fetch(ctx context.Context, ask fetchAsk, sessions []string) (err error) {
	c, err := p.liveCase(ctx, ask.caseName)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	if ask.of != "" {
		missing, err := p.unrecorded(ctx, c, ask.of)
		if err != nil {
			return err
		}
		sessions = append(sessions, missing...)
	}
	if len(sessions) == 0 {
		return nothing("cordon sessions --case NAME lists them", "every session of %s in this case has its recording, or there is none", ask.of)
	}
	cluster, err := p.connect(ctx, ask.cluster)
	if err != nil {
		return err
	}
	defer joined(&err, cluster)
	f := fetching{of: p, c: c, cluster: cluster}
	return f.all(ctx, sessions)
}

// unrecorded lists the sessions of an identity without a recording in the case.
func (p *program) unrecorded(ctx context.Context, c *store.Case, of string) ([]string, error) {
	who, err := identity(of)
	if err != nil {
		return nil, err
	}
	all, err := c.Sessions(ctx, who, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, s := range all {
		if _, err := uuid.Parse(s.ID); err == nil && s.RecordingID == 0 {
			out = append(out, s.ID)
		}
	}
	return out, nil
}

// fetching is one run of `cordon fetch`.
type fetching struct {
	of      *program
	c       *store.Case
	cluster *teleport.Cluster
	bytes   *atomic.Int64 // counts what came; nil for nobody
}

// all fetches one recording after the other. What one cannot give does not stop
// the others, and is told at once; the first such error decides how it ends.
func (f fetching) all(ctx context.Context, sessions []string) error {
	dir, err := os.MkdirTemp("", "cordon-fetch-")
	if err != nil {
		return fmt.Errorf("make room for recordings: %w", err)
	}
	defer os.RemoveAll(dir)
	var failed []error
	for _, id := range sessions {
		err := f.one(ctx, dir, id)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			failed = append(failed, err)
			if len(sessions) > 1 {
				f.of.tell("%s", err)
			}
		}
	}
	f.of.tell("%s of %s in %s", counted(len(sessions)-len(failed), "recording"), counted(len(sessions), "session"), f.c.Path())
	if len(failed) == 0 || len(sessions) == 1 {
		return errors.Join(failed...)
	}
	first, _ := explain(failed[0])
	return &failure{first.code, fmt.Errorf("%s did not come", counted(len(failed), "recording")), first.hint}
}

// one fetches a recording into a file and adds that to the case.
func (f fetching) one(ctx context.Context, dir, id string) error {
	path, err := f.download(ctx, dir, id)
	if err != nil {
		return err
	}
	return f.keep(ctx, path, id)
}

// download writes a recording into a file of its own, which keep removes. The id
// becomes a part of its name.
func (f fetching) download(ctx context.Context, dir, id string) (path string, err error) {
	path = filepath.Join(dir, id+".tar")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("keep the recording of session %s: %w", id, err)
	}
	var into io.Writer = file
	if f.bytes != nil {
		into = &countingWriter{file, f.bytes}
	}
	_, err = f.cluster.Recording(ctx, id, into)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	return path, nil
}

// keep adds a recording that was downloaded to the case.
func (f fetching) keep(ctx context.Context, path, id string) error {
	defer os.Remove(path)
	opts := store.Options{Now: f.of.now, Operator: f.of.operator(), Command: "cordon fetch"}
	if _, err := f.c.Ingest(ctx, []string{path}, opts); err != nil {
		return err
	}
	_, err := f.c.Record(ctx, journal.Entry{
		Time: f.of.now(), Operator: f.of.operator(), Mode: journal.ModeLive, Action: journal.ActionEvidenceAdd,
		Target: "recording of session " + id, Result: "from " + f.cluster.Name,
	})
	return err
}

// countingWriter counts what is written through it.
type countingWriter struct {
	io.Writer
	n *atomic.Int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n.Add(int64(n))
	return n, err
}
