package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
)

// Progress says how far an ingest has come.
type Progress struct {
	Source     string
	File       int   // number of the file being read, from 1
	Files      int   // of so many
	Bytes      int64 // of all files, as they are on disk
	TotalBytes int64 // 0 when unknown
	Events     int64 // new ones
}

// Options are what a caller may set for an ingest.
type Options struct {
	Progress func(Progress)   // called a few times a second; may be nil
	Now      func() time.Time // may be nil
	Operator string           // who adds, and with which command: another
	Command  string           // process that meets this one is told

	commitEvery int64                         // commitEvents unless a test says otherwise
	reading     func(path string, read int64) // told what is read of each file; for tests
}

// Skipped is a file below the paths given that is no evidence or could not be
// read.
type Skipped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Report says what one ingest did.
type Report struct {
	Sources    []investigations.Source `json:"sources"`
	Known      []string                `json:"known"` // files the case had already
	Skipped    []Skipped               `json:"skipped"`
	Events     int64                   `json:"events"`
	Duplicates int64                   `json:"duplicates"`
	Rejects    int64                   `json:"rejects"`
	Recordings int                     `json:"recordings"`
}

// commitEvents is after how many events an append is committed.
const commitEvents = 50_000

// Ingest adds the paths to the case. It commits every 50,000 events; killed at
// any moment, the next Ingest of the same paths goes on after the last commit.
func (c *Case) Ingest(ctx context.Context, paths []string, opts Options) (Report, error) {
	if c.readOnly != nil {
		return Report{}, fmt.Errorf("write case %s: it can only be read here: %w", c.path, writeHint(c.readOnly))
	}
	c.write.Lock()
	defer c.write.Unlock()
	right, err := takeHold(c.path, opts)
	if err != nil {
		return Report{}, fmt.Errorf("write case %s: %w", c.path, err)
	}
	c.holding.Store(true)
	report, err := c.append(ctx, paths, opts)
	c.holding.Store(false)
	c.names.forget()
	if err != nil {
		err = fmt.Errorf("write case %s: %w", c.path, writeHint(err))
	}
	return report, errors.Join(err, right.release())
}

func (c *Case) append(ctx context.Context, paths []string, opts Options) (Report, error) {
	conn, err := appending(c.path)
	if err != nil {
		return Report{}, err
	}
	report, err := ingest(ctx, conn, paths, opts, false)
	return report, errors.Join(err, conn.Close())
}

// appending opens a case for what adds to it.
func appending(path string) (*sqlite.Conn, error) {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return nil, err
	}
	if err := pragmas(conn, "journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 2000", "cache_size = -32000"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// ingester is one run over a list of files.
type ingester struct {
	conn    *sqlite.Conn
	w       *writer
	jobs    chan *block
	build   bool // a new case: one transaction, the order index at the end
	opts    Options
	now     func() time.Time
	report  Report
	prog    Progress
	before  int64 // bytes of the files done
	shown   time.Time
	pending int64 // events since the last commit
	rested  time.Time
}

// ingest reads the paths into the database behind conn.
func ingest(ctx context.Context, conn *sqlite.Conn, paths []string, opts Options, build bool) (Report, error) {
	// The tables of an ingest hold no pointers: collecting more often costs
	// nothing that can be measured and keeps the peak down.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	files, err := locate(paths)
	if err != nil {
		return Report{}, err
	}
	in, err := newIngester(conn, opts, build)
	if err != nil {
		return Report{}, err
	}
	in.prog.Files = len(files)
	for _, f := range files {
		if info, err := os.Stat(f.path); err == nil {
			in.prog.TotalBytes += info.Size()
		}
	}
	conn.SetInterrupt(ctx.Done())
	if err = in.run(ctx, files); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return in.report, errors.Join(err, rollback(conn))
	}
	return in.report, exec(conn, `COMMIT`)
}

func newIngester(conn *sqlite.Conn, opts Options, build bool) (in *ingester, err error) {
	in = &ingester{conn: conn, build: build, opts: opts, now: opts.Now, rested: time.Now(), jobs: make(chan *block, 2*runtime.GOMAXPROCS(0))}
	if in.now == nil {
		in.now = time.Now
	}
	if in.opts.commitEvery == 0 {
		in.opts.commitEvery = commitEvents
	}
	in.w, err = newWriter(conn)
	return in, err
}

// run starts the workers and reads all files.
func (in *ingester) run(ctx context.Context, files []location) error {
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(in.jobs)
	for range runtime.GOMAXPROCS(0) {
		enc, err := newEncoder()
		if err != nil {
			return err
		}
		workers.Go(func() { worker(in.jobs, enc) })
	}
	if err := in.files(ctx, files); err != nil {
		return err
	}
	return in.finish(ctx)
}

func exec(conn *sqlite.Conn, sql string) error { return sqlitex.ExecuteTransient(conn, sql, nil) }

// rollback ends a transaction that SQLite may have ended by itself.
func rollback(conn *sqlite.Conn) error {
	conn.SetInterrupt(nil)
	if conn.AutocommitEnabled() {
		return nil
	}
	return exec(conn, `ROLLBACK`)
}

func (in *ingester) files(ctx context.Context, files []location) error {
	for i, f := range files {
		in.prog.File, in.prog.Source = i+1, f.name
		o, skip, err := in.open(ctx, f)
		if err == nil && skip == "" {
			err = in.source(ctx, o)
		}
		if err != nil {
			return err
		}
		if skip != "" {
			in.report.Skipped = append(in.report.Skipped, Skipped{f.name, skip})
		}
		if info, err := os.Stat(f.path); err == nil {
			in.before += info.Size()
		}
	}
	return nil
}

// opened is an input with the decision how it enters the case.
type opened struct {
	*input
	*opening
}

// open opens a file and decides how it enters the case. A file that cannot be
// read or is no evidence gives the reason to skip it; the error is the case's.
func (in *ingester) open(ctx context.Context, f location) (o opened, skip string, err error) {
	i, err := openInput(ctx, f)
	if err != nil {
		return opened{}, skipReason(err), ctx.Err()
	}
	if i.archive != nil {
		return opened{input: i}, "", nil
	}
	if in.opts.reading != nil {
		i.read.told = func(n int64) { in.opts.reading(f.path, n) }
	}
	how, err := resume(in.conn, i, in.now())
	if errors.Is(err, errReopen) {
		if err := i.close(); err != nil {
			return opened{}, "", err
		}
		if i, err = openInput(ctx, f); err != nil {
			return opened{}, skipReason(err), nil
		}
		how, err = nil, nil
	}
	if err != nil {
		return opened{}, "", errors.Join(err, i.close())
	}
	if how == nil {
		how = begin(i, in.now())
	}
	i.settled()
	return opened{i, how}, "", nil
}

func skipReason(err error) string {
	if errors.Is(err, errNotEvidence) {
		return errNotEvidence.Error()
	}
	return err.Error()
}

// source stores one opened input.
func (in *ingester) source(ctx context.Context, o opened) (err error) {
	if o.archive != nil {
		return in.archive(ctx, o.input)
	}
	defer func() { err = errors.Join(err, o.close()) }()
	if o.known {
		in.report.Known = append(in.report.Known, o.name)
		return nil
	}
	if o.row.contentSHA256 == nil {
		o.row.contentSHA256 = o.sum.Sum(nil)
	}
	if err := in.begin(); err != nil {
		return err
	}
	if err := o.row.save(in.conn); err != nil {
		return err
	}
	readErr, err := in.blocks(ctx, o)
	if err != nil {
		return err
	}
	if err := in.begin(); err != nil { // the last block may have been committed
		return err
	}
	whole := o.finishFile()
	if readErr == nil {
		readErr = o.shrunk()
	}
	if readErr != nil {
		o.row.problem = fmt.Sprintf("reading stopped after %d bytes: %v", o.row.contentSize, readErr)
	} else {
		o.row.complete = true
		o.row.sha256 = whole
		if o.plain {
			o.row.sha256 = o.row.contentSHA256
		}
		o.row.size = max(o.row.size, o.read.n.Load())
	}
	if isRecording(o.row.format) {
		if err := in.recording(ctx, o.row); err != nil {
			return err
		}
	}
	in.report.Events += o.row.events - o.was.events
	in.report.Duplicates += o.row.duplicates - o.was.duplicates
	in.report.Rejects += o.row.rejects - o.was.rejects
	in.report.Sources = append(in.report.Sources, o.row.public())
	return in.commit(o.row)
}

// blocks moves the content through the workers into the case, in order. The
// first error is the source's, the second the case's.
func (in *ingester) blocks(ctx context.Context, o opened) (readErr, err error) {
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	order := make(chan *block, 2*runtime.GOMAXPROCS(0))
	var ended error
	go func() {
		defer close(order)
		cut := cutter{r: o.rest, framer: o.framer, shape: o.shape(), offset: o.row.contentSize, sum: o.sum}
		for {
			b, err := cut.next(reading)
			if b == nil {
				ended = err
				return
			}
			in.jobs <- b
			order <- b
		}
	}()
	for err == nil {
		var b *block
		if b, err = in.take(order, o.row); b == nil {
			break
		}
		<-b.done
		err = in.block(b, o)
		b.recycle()
	}
	cancel()
	for b := range order {
		<-b.done
		b.recycle()
	}
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(ended, io.EOF) && !errors.Is(ended, io.ErrUnexpectedEOF) {
		ended = nil
	}
	return ended, nil
}

// take gives the next block, nil after the last. When none comes for a while, as
// from a slow pipe, what is stored is made durable and others may write.
func (in *ingester) take(order <-chan *block, s *sourceRow) (*block, error) {
	select {
	case b := <-order:
		return b, nil
	case <-time.After(restEvery):
	}
	if err := in.commit(s); err != nil {
		return nil, err
	}
	return <-order, nil
}

func (in *ingester) block(b *block, o opened) error {
	if err := in.begin(); err != nil {
		return err
	}
	s, before := o.row, o.row.events
	if err := in.w.store(b, s); err != nil {
		return err
	}
	s.contentSize = b.offset + int64(len(b.data))
	s.contentSHA256 = b.hashSums
	s.tail = s.contentSize
	if n := len(b.rejects); n > 0 && b.shape != shapeOpaque && b.data[len(b.data)-1] != '\n' {
		if last := b.rejects[n-1]; last.off+last.size >= len(b.data)-1 {
			s.tail = b.offset + int64(last.off)
		}
	}
	in.pending += s.events - before
	in.progress(o, s.events-before)
	if in.pending < in.opts.commitEvery {
		return nil
	}
	return in.commit(s)
}

// An append leaves the case to other writers, such as a console that notes a
// star, for restFor between two transactions, once in restEvery.
const (
	restEvery = time.Second
	restFor   = 10 * time.Millisecond
)

// begin opens a transaction unless one is open.
func (in *ingester) begin() error {
	if !in.conn.AutocommitEnabled() {
		return nil
	}
	if !in.build && time.Since(in.rested) > restEvery {
		time.Sleep(restFor)
		in.rested = time.Now()
	}
	return exec(in.conn, `BEGIN IMMEDIATE`)
}

// commit makes what is stored durable. A new case is one transaction.
func (in *ingester) commit(s *sourceRow) error {
	in.pending = 0
	if in.build {
		return s.save(in.conn)
	}
	if in.conn.AutocommitEnabled() {
		return nil
	}
	if err := in.w.flush(); err != nil {
		return err
	}
	if err := in.w.dict.labels.save(in.conn); err != nil {
		return err
	}
	if err := s.save(in.conn); err != nil {
		return err
	}
	return exec(in.conn, `COMMIT`)
}

func (in *ingester) progress(o opened, events int64) {
	in.prog.Events += events
	if in.opts.Progress == nil {
		return
	}
	if t := in.now(); t.Sub(in.shown) > 100*time.Millisecond {
		in.shown = t
		in.prog.Bytes = in.before + o.disk.Load()
		in.opts.Progress(in.prog)
	}
}

// lateIndexes are made when a new case is whole: sorting once costs less than
// keeping them in order row by row.
var lateIndexes = []string{
	`CREATE UNIQUE INDEX entity_name ON entity(kind, name)`,
}

// finish writes what is left in memory and what is derived from all events.
func (in *ingester) finish(ctx context.Context) error {
	if err := in.begin(); err != nil {
		return err
	}
	if err := in.w.flush(); err != nil {
		return err
	}
	if err := in.w.dict.labels.save(in.conn); err != nil {
		return err
	}
	if err := in.w.saveServer(); err != nil {
		return err
	}
	// What makes indexes and looks for gaps takes the room of the tables that
	// nobody needs now: given back to the system, since SQLite has its own.
	in.w = nil
	debug.FreeOSMemory()
	if in.build {
		for _, sql := range lateIndexes {
			if err := exec(in.conn, sql); err != nil {
				return err
			}
		}
	}
	return refreshGaps(ctx, in.conn)
}
