package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"cordon/store/framing"
)

// fewEvents is up to how many events of a feed share a segment of the index:
// each batch writes the segment again, so it must be small; and there must not
// be too many of them.
const fewEvents = 4096

// Feed adds events one batch after the other, such as those of a live cluster.
// What it was given is one source of the case, NDJSON. While it is open nobody
// else adds evidence; the case is read, and notes are written, beside it. It is
// for one goroutine.
type Feed struct {
	of    *Case
	in    *ingester
	o     opened
	right *hold
	jobs  chan *block
	err   error // of an Add: the feed takes no more
}

// OpenFeed begins a source with a name, such as that of a cluster. The feed is to
// be closed.
func (c *Case) OpenFeed(name string, opts Options) (f *Feed, err error) {
	if c.readOnly != nil {
		return nil, fmt.Errorf("write case %s: it can only be read here: %w", c.path, writeHint(c.readOnly))
	}
	right, err := takeHold(c.path, opts)
	if err != nil {
		return nil, fmt.Errorf("write case %s: %w", c.path, err)
	}
	f = &Feed{of: c, right: right, jobs: make(chan *block)}
	if err := f.open(name, opts); err != nil {
		return nil, errors.Join(fmt.Errorf("write case %s: %w", c.path, writeHint(err)), right.release())
	}
	c.holding.Store(true)
	return f, nil
}

func (f *Feed) open(name string, opts Options) error {
	enc, err := newEncoder()
	if err != nil {
		return err
	}
	conn, err := appending(f.of.path)
	if err != nil {
		return err
	}
	if f.in, err = newIngester(conn, opts, false); err != nil {
		return errors.Join(err, conn.Close())
	}
	f.in.w.post.few = fewEvents
	lines := &framing.Lines{}
	source := &input{location: location{name: name}, format: lines.Name(), framer: lines, plain: true, disk: new(atomic.Int64)}
	f.o = opened{source, begin(source, f.in.now())}
	go worker(f.jobs, enc)
	return nil
}

// Add stores events, one JSON object each, and returns how many of them the case
// did not have. When it returns they are durable and can be found. A line that
// is no event is kept as a reject.
func (f *Feed) Add(ctx context.Context, lines [][]byte) (added int64, err error) {
	if f.err != nil {
		return 0, f.err
	}
	f.of.write.Lock()
	defer f.of.write.Unlock()
	before := f.o.row.events
	if err = f.add(ctx, lines); err != nil {
		f.err = fmt.Errorf("write case %s: %w", f.of.path, writeHint(errors.Join(err, rollback(f.in.conn))))
		return 0, f.err
	}
	f.of.names.forget()
	return f.o.row.events - before, nil
}

func (f *Feed) add(ctx context.Context, lines [][]byte) error {
	if err := f.in.begin(); err != nil {
		return err
	}
	if f.o.row.id == 0 {
		if err := f.o.row.save(f.in.conn); err != nil { // chunks refer to it
			return err
		}
	}
	cut := cutter{r: joinLines(lines), framer: f.o.framer, shape: f.o.shape(), offset: f.o.row.contentSize, sum: f.o.sum}
	for {
		b, end := cut.next(ctx)
		if b == nil {
			if !errors.Is(end, io.EOF) {
				return end
			}
			break
		}
		f.jobs <- b
		<-b.done
		err := f.in.block(b, f.o)
		b.recycle()
		if err != nil {
			return err
		}
	}
	f.o.row.size = f.o.row.contentSize
	if err := f.in.begin(); err != nil { // the last block may have been committed
		return err
	}
	if err := f.in.w.saveServer(); err != nil {
		return err
	}
	return f.in.commit(f.o.row)
}

// joinLines reads lines one after the other, each with its end. A line end
// inside one would make two of it.
func joinLines(lines [][]byte) io.Reader {
	var b bytes.Buffer
	for _, l := range lines {
		b.Write(bytes.ReplaceAll(l, []byte("\n"), []byte(" ")))
		b.WriteByte('\n')
	}
	return &b
}

// Close ends the source and works out what is missing in the case now.
func (f *Feed) Close(ctx context.Context) error {
	close(f.jobs)
	f.of.write.Lock()
	defer f.of.write.Unlock()
	err := f.err
	if err == nil && f.o.row.id != 0 {
		err = f.finish(ctx)
	}
	if err != nil {
		err = errors.Join(err, rollback(f.in.conn))
	}
	f.of.holding.Store(false)
	f.of.names.forget()
	return errors.Join(err, f.in.conn.Close(), f.right.release())
}

func (f *Feed) finish(ctx context.Context) error {
	row := f.o.row
	row.complete, row.sha256 = true, row.contentSHA256
	if err := f.in.begin(); err != nil {
		return err
	}
	if err := row.save(f.in.conn); err != nil {
		return err
	}
	if err := f.in.finish(ctx); err != nil {
		return err
	}
	return exec(f.in.conn, `COMMIT`)
}
