package store

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"sort"

	"golang.org/x/sync/errgroup"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
	"cordon/investigations/rules"
)

// Bounds of a batch of events. It grows beyond its usual size while each chunk
// that must be unpacked for it would give few events, as in a log that was
// exported in no order.
const (
	batchEvents   = 2048
	batchMost     = 1 << 16
	eventsAChunk  = 64       // few are fewer than this
	batchKept     = 16 << 20 // bytes of lines; those beyond are read again
	batchesAhead  = 2        // beyond those being looked at
	internedNames = 1 << 14
)

// ReadEvents implements [rules.Source]: it reads lines in the order of the case,
// a batch at a time, and has batches looked at on all processors. Events are as
// their lines tell them; labels too, where the index has the newest of a name.
// Of events of one millisecond that fill more than a batch, the order is that in
// which they were read into the case.
func (c *Case) ReadEvents(ctx context.Context, ask rules.Reading) error {
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		r := &reading{of: c, ask: ask, raws: newRawReader(conn)}
		defer r.raws.close()
		if err := r.prepare(conn); err != nil {
			return err
		}
		return r.run(ctx)
	})
	if err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	return nil
}

// reading is one pass over the wanted events of a case.
type reading struct {
	of     *Case
	ask    rules.Reading
	raws   *rawReader // of the goroutine that takes
	names  []string   // the types that are wanted
	typeOf []uint16   // by event id: 1 + its place in names; 0 is not wanted
	total  int64
	line   *timeline
	ahead  instant // read from the timeline, not in a batch yet
	more   bool

	chunks []int64 // first event of each chunk
	stamps []int   // of each chunk, the last batch that needs it
	batch  int
	free   []*batch // taken, to be filled again
}

// prepare finds which events are wanted, and where they are.
func (r *reading) prepare(conn *sqlite.Conn) error {
	wanted, err := r.types(conn)
	if err != nil {
		return err
	}
	last, err := selectInt(conn, `SELECT coalesce(max(id), 0) FROM event`)
	if err != nil {
		return err
	}
	if len(wanted) == 0 {
		return nil
	}
	r.typeOf = make([]uint16, last+1)
	err = eachPosting(conn, everyEvent, func(typ int64) bool { return wanted[typ] != 0 }, func(l list) error {
		for _, id := range l.ids {
			if id < 0 || id > last {
				return errVarint
			}
			r.typeOf[id] = wanted[l.typ]
		}
		r.total += int64(len(l.ids))
		return nil
	})
	if err != nil {
		return err
	}
	err = sqlitex.Execute(conn, `SELECT first_event FROM chunk WHERE first_event IS NOT NULL ORDER BY first_event`, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error { r.chunks = append(r.chunks, stmt.ColumnInt64(0)); return nil },
	})
	if err != nil {
		return err
	}
	r.stamps = make([]int, len(r.chunks)+1)
	if r.line, err = newTimeline(conn, minTime, false); err != nil {
		return err
	}
	return r.advance()
}

// types asks which event types are wanted and gives each its place in names, one
// added, by the numbers of the types. Of more types than there are places the
// last ones share one, and their lines say which they are.
func (r *reading) types(conn *sqlite.Conn) (map[int64]uint16, error) {
	var ids []int64
	var types []rules.EventType
	err := sqlitex.Execute(conn, `SELECT id, event FROM type ORDER BY event`, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			ids, types = append(ids, stmt.ColumnInt64(0)), append(types, rules.EventType{Name: stmt.ColumnText(1)})
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	counts := make(map[int64]int64, len(ids))
	err = eachPosting(conn, everyEvent, nil, func(l list) error { counts[l.typ] += int64(len(l.ids)); return nil })
	if err != nil {
		return nil, err
	}
	for i := range types {
		types[i].Events = counts[ids[i]]
	}
	wanted := make(map[int64]uint16, len(ids))
	for i, chosen := range r.ask.Choose(types) {
		if !chosen {
			continue
		}
		switch n := len(r.names); {
		case n > 0 && r.names[n-1] == types[i].Name:
		case n < math.MaxUint16-1:
			r.names = append(r.names, types[i].Name)
		case n == math.MaxUint16-1:
			r.names = append(r.names, "")
		}
		wanted[ids[i]] = uint16(len(r.names))
	}
	return wanted, nil
}

// advance goes to the next wanted event of the timeline.
func (r *reading) advance() (err error) {
	for {
		if r.ahead, r.more, err = r.line.next(); err != nil || !r.more {
			return err
		}
		if id := r.ahead.id; id < int64(len(r.typeOf)) && r.typeOf[id] != 0 {
			return nil
		}
	}
}

// batch is a stretch of the wanted events, in order of time.
type batch struct {
	ids      []int64
	noted    []notedEvent
	order    []int32 // of noted, the case's
	lines    []byte
	involved []investigations.Involvement
	done     chan struct{}
}

// notedEvent is an event to be taken. Its line stands in the batch's lines; with
// to 0 it was too long to be kept.
type notedEvent struct {
	event    investigations.Event
	note     any
	from, to int
}

// next cuts the next batch, which ends where a millisecond does.
func (r *reading) next() (*batch, error) {
	r.batch++
	b := &batch{}
	if n := len(r.free); n > 0 {
		b, r.free = r.free[n-1], r.free[:n-1]
		clear(b.noted)
		b.ids, b.noted, b.order, b.lines, b.involved = b.ids[:0], b.noted[:0], b.order[:0], b.lines[:0], b.involved[:0]
	}
	b.done = make(chan struct{})
	chunks, at := 0, r.ahead.time // of the event taken last
	for r.more {
		enough := len(b.ids) >= batchEvents && len(b.ids) >= eventsAChunk*chunks
		if len(b.ids) >= batchMost || enough && r.ahead.time != at {
			break
		}
		chunk := sort.Search(len(r.chunks), func(i int) bool { return r.chunks[i] > r.ahead.id })
		if r.stamps[chunk] != r.batch {
			r.stamps[chunk] = r.batch
			chunks++
		}
		b.ids = append(b.ids, r.ahead.id)
		at = r.ahead.time
		if err := r.advance(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// run hands out batches and takes them in order, a few at a time.
func (r *reading) run(ctx context.Context) error {
	looks := min(runtime.GOMAXPROCS(0), readers-2)
	workers, ctx := errgroup.WithContext(ctx)
	jobs := make(chan *batch, looks+batchesAhead)
	for range looks {
		workers.Go(func() error {
			return r.of.read(ctx, func(conn *sqlite.Conn) error { return r.looks(ctx, conn, jobs) })
		})
	}
	err := r.takes(ctx, jobs)
	close(jobs)
	if err != nil {
		for range jobs { // those that nobody began
		}
		return cmp.Or(workers.Wait(), err)
	}
	return workers.Wait()
}

func (r *reading) takes(ctx context.Context, jobs chan<- *batch) error {
	var open []*batch
	done := int64(0)
	for r.more || len(open) > 0 {
		for r.more && len(open) < cap(jobs) {
			b, err := r.next()
			if err != nil {
				return err
			}
			open = append(open, b)
			jobs <- b
		}
		b := open[0]
		open = open[1:]
		select {
		case <-b.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := r.take(ctx, b); err != nil {
			return err
		}
		done += int64(len(b.ids))
		r.free = append(r.free, b)
		if r.ask.Progress != nil {
			r.ask.Progress(done, r.total)
		}
	}
	return nil
}

// take takes the noted events of a batch.
func (r *reading) take(ctx context.Context, b *batch) error {
	for _, i := range b.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := &b.noted[i]
		line := b.lines[n.from:max(n.from, n.to)]
		if n.to == 0 {
			var err error
			if line, err = r.raws.event(n.event.ID); err != nil {
				return err
			}
		}
		if err := r.ask.Take(&n.event, line, n.note); err != nil {
			return err
		}
	}
	return nil
}
