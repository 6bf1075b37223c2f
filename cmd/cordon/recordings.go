package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/playback/recording"
	"cordon/store"
)

// source is one recording that was asked for: a file, or a session of a case.
type source struct {
	name     string // as a person knows it: the file or the session id
	reader   *recording.Reader
	coverage *investigations.Coverage // of the case; nil for a file
	closers  []io.Closer              // the last one opened comes last
}

// Close closes the file, or the recording and its case.
func (s *source) Close() error {
	var err error
	for i := len(s.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, s.closers[i].Close())
	}
	return err
}

// withIdentity adds the flag --age-identity to a verb.
func withIdentity(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "age-identity", "", "an age identity file, for a recording that is encrypted for it")
}

// reading makes the options that recordings are read with.
func reading(identity string) (opts recording.Options, err error) {
	if identity == "" {
		return opts, nil
	}
	f, err := os.Open(identity)
	if err != nil {
		return opts, fmt.Errorf("open age identity: %w", err)
	}
	opts.Identities, err = recording.ParseIdentities(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return opts, unreadable("it is what age-keygen writes: a line that begins with AGE-SECRET-KEY-1", "%s: %w", identity, err)
	}
	return opts, nil
}

// openSource opens FILE or SID. The first argument is a recording when it names
// a file, else it is a session of the case or of the evidence paths after it.
func (p *program) openSource(ctx context.Context, args []string, caseName, command string, opts recording.Options) (s *source, err error) {
	if len(args) == 0 || args[0] == "" {
		return nil, misuse("cordon sessions PATH… lists the sessions of evidence", "name a recording: a file, or a session id with evidence")
	}
	paths, err := evidenceOnly(args[1:])
	if err != nil {
		return nil, err
	}
	info, statErr := os.Stat(args[0])
	switch {
	case args[0] == store.Stdin:
		s, err = openStream(p.in, "standard input", opts)
	case statErr == nil && info.IsDir():
		return nil, misuse("cordon sessions "+args[0]+" lists what can be replayed", "%s is a folder: name one recording in it", args[0])
	case statErr == nil:
		s, err = openFile(args[0], opts)
	case caseName == "" && len(paths) == 0:
		return nil, unreadable("for a session give its evidence too: cordon "+command+" SESSION PATH…", "%q is no file", args[0])
	default:
		return p.openSession(ctx, args[0], caseName, paths, command, opts)
	}
	if err == nil && (caseName != "" || len(paths) > 0) {
		err = misuse("leave the evidence out, or name a session id", "%s is a recording by itself", args[0])
		return nil, errors.Join(err, s.Close())
	}
	return s, err
}

func openFile(path string, opts recording.Options) (*source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	s, err := openStream(f, filepath.Base(path), opts)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	s.closers = append(s.closers, f)
	return s, nil
}

func openStream(r io.Reader, name string, opts recording.Options) (*source, error) {
	reader, err := recording.Open(r, opts)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return &source{name: name, reader: reader}, nil
}

// openSession opens the recording of a session. That it was opened stands in
// the journal of a case that is kept.
func (p *program) openSession(ctx context.Context, sid, caseName string, paths []string, command string, opts recording.Options) (s *source, err error) {
	c, err := p.openCase(ctx, caseName, paths)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return nil, err
	}
	rec, ok, err := c.RecordingOf(ctx, sid)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, unrecorded(ctx, c, sid, coverage)
	}
	content, err := c.OpenRecording(ctx, rec.ID)
	if err != nil {
		return nil, err
	}
	s, err = openStream(content, sid, opts)
	if err == nil && !c.Temporary() {
		_, err = c.Record(ctx, journal.Entry{
			Time: p.now(), Operator: p.operator(), Mode: journal.ModeDryRun, Action: journal.ActionRecordingOpen,
			Target: "session " + sid, Command: "cordon " + command + " " + sid, Result: "opened " + rec.Name,
		})
		err = p.unwritten(err)
	}
	if err != nil {
		return nil, errors.Join(err, content.Close())
	}
	s.coverage, s.closers = &coverage, []io.Closer{c, content}
	return s, nil
}

// unrecorded says why a session cannot be replayed.
func unrecorded(ctx context.Context, c *store.Case, sid string, coverage investigations.Coverage) error {
	session, ok, err := c.Session(ctx, sid)
	switch {
	case err != nil:
		return err
	case !ok:
		return found(fmt.Sprintf("session %s is in no event and no recording of this evidence", sid), 0, coverage)
	case session.Recording == "missing":
		return nothing("get it with: tctl recordings download "+sid, "session %s was recorded, but its recording is not in this evidence", sid)
	default:
		return nothing("the evidence "+coverageLine(coverage), "session %s has no recording in this evidence, and the log shows no upload of one", sid)
	}
}

// load reads the whole recording.
func (s *source) load(ctx context.Context) (*recording.Recording, error) {
	rec := &recording.Recording{}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		done, err := rec.Grow(s.reader, loadBatch, recording.DefaultLimit)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", s.name, err)
		}
		if done {
			return rec, nil
		}
	}
}

// loadBatch is how many bytes of a recording are read between two looks at
// whether it is still wanted.
const loadBatch = 1 << 20

// problems tells a person what of a recording is missing or damaged.
func (p *program) problems(rec *recording.Recording) {
	for _, problem := range rec.Problems {
		p.tell("%s", problem.Sentence)
	}
}

// recordingJSON is what the JSON answers of the replay verbs say of a
// recording.
type recordingJSON struct {
	Name     string   `json:"name"`
	Format   string   `json:"format"`
	Kind     string   `json:"kind"`
	Session  string   `json:"sid,omitempty"`
	User     string   `json:"user,omitempty"`
	Login    string   `json:"login,omitempty"`
	Host     string   `json:"host,omitempty"`
	Start    *string  `json:"start"`
	Seconds  float64  `json:"duration"`
	Complete bool     `json:"complete"`
	Terminal bool     `json:"terminal"`
	Problems []string `json:"problems"`
}

func (s *source) describe(rec *recording.Recording) recordingJSON {
	m := rec.Meta
	j := recordingJSON{
		Name: s.name, Format: string(m.Format), Kind: string(m.Kind), Session: m.SessionID, User: m.User, Login: m.Login, Host: m.Host,
		Seconds: rec.Duration().Seconds(), Complete: rec.Complete, Terminal: m.Terminal, Problems: []string{},
	}
	if !m.Start.IsZero() {
		start := moment(m.Start)
		j.Start = &start
	}
	for _, problem := range rec.Problems {
		j.Problems = append(j.Problems, problem.Sentence)
	}
	return j
}
