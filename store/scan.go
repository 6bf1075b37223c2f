package store

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"zombiezen.com/go/sqlite"

	"cordon/investigations/extract"
	"cordon/store/views"
)

var _ views.Scanner = (*Case)(nil)

// Scan implements [views.Scanner]. It goes through the segments of the events of
// the view on all processors; what the case does not keep by column is read from
// the lines of those events that the other conditions leave.
func (c *Case) Scan(ctx context.Context, s *views.Scan, yield func(row []views.Value, n int64) error) (views.Read, error) {
	sc := &scan{c: c, ask: s, wants: func(event string) bool { return event == s.View.Event }}
	if s.View.Event == "" {
		sc.wants = func(string) bool { return true }
	}
	if err := sc.prepare(ctx); err != nil {
		return views.Read{}, fmt.Errorf("read view %s: %w", s.View.Name, err)
	}
	// A scan that yield ends is cancelled from here; the cause tells them apart.
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	workers, running := errgroup.WithContext(running)
	out := make(chan *rowBatch, 4)
	for range min(runtime.GOMAXPROCS(0), readers-1, len(sc.jobs)) {
		workers.Go(func() error { return sc.work(running, out) })
	}
	var ended error
	go func() {
		ended = workers.Wait()
		close(out)
	}()
	var stopped error
	for b := range out {
		if stopped == nil {
			if stopped = b.each(yield); stopped != nil {
				stop(stopped)
			}
		}
		sc.batches.put(b)
	}
	read := views.Read{Events: sc.events.Load(), WrongType: sc.wrong.Load()}
	switch {
	case stopped != nil:
		return read, stopped
	case ctx.Err() != nil:
		return read, ctx.Err()
	case ended != nil:
		return read, fmt.Errorf("read view %s: %w", s.View.Name, ended)
	}
	return read, nil
}

// scan is one Scan under way.
type scan struct {
	c       *Case
	ask     *views.Scan
	wants   func(event string) bool
	types   map[int64]bool
	posted  map[int][]int64
	jobs    []scanJob
	next    atomic.Int64 // the next job
	events  atomic.Int64
	wrong   atomic.Int64
	batches batchPool
}

// scanJob is a part of the events of one segment.
type scanJob struct {
	segment     int64
	part, parts int
}

// lineParts is into how many jobs a segment is cut, where lines must be read and
// segments are few.
const lineParts = 4

// prepare finds the types of the view and the segments of the case.
func (sc *scan) prepare(ctx context.Context) error {
	return sc.c.read(ctx, func(conn *sqlite.Conn) (err error) {
		var events []string
		sc.types, err = typesOf(conn, func(event string) bool {
			if !sc.wants(event) {
				return false
			}
			events = append(events, event)
			return true
		})
		if err != nil || len(events) == 0 {
			return err
		}
		slices.Sort(events)
		if sc.posted, err = posted(conn, slices.Compact(events), sc.ask); err != nil {
			return err
		}
		segments, err := postingSegments(conn)
		if err != nil {
			return err
		}
		parts := 1
		if len(segments) < lineParts && !kept(sc.ask.View.Event, sc.ask.Columns) {
			parts = lineParts
		}
		for _, s := range segments {
			for part := range parts {
				sc.jobs = append(sc.jobs, scanJob{s, part, parts})
			}
		}
		return nil
	})
}

// kept reports whether the case keeps the columns of an event type by column.
func kept(event string, columns []*views.Column) bool {
	row := slices.IndexFunc(extract.ColumnTable, func(r extract.ColumnSet) bool { return r.Event == event })
	return row >= 0 && !slices.ContainsFunc(columns, func(c *views.Column) bool {
		return c.Source == views.FromLine || c.Source == views.FromPath && !slices.Contains(extract.ColumnTable[row].Paths, pathOf(c))
	})
}

// pathOf is the path of a column as the ColumnTable writes it.
func pathOf(c *views.Column) string { return strings.Join(c.Path, "/") }

// work does jobs until none is left, on a connection of its own.
func (sc *scan) work(ctx context.Context, out chan<- *rowBatch) error {
	return sc.c.read(ctx, func(conn *sqlite.Conn) error {
		w := newColumnScan(conn, sc.ask, sc.types, func() *rowBatch { return sc.batches.get(sc.ask.Shown) }, func(b *rowBatch) error {
			select {
			case out <- b:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		w.posted = sc.posted
		defer w.close()
		for {
			i := int(sc.next.Add(1)) - 1
			if i >= len(sc.jobs) {
				return nil
			}
			if err := sc.job(ctx, w, sc.jobs[i]); err != nil {
				return err
			}
		}
	})
}

func (sc *scan) job(ctx context.Context, w *columnScan, j scanJob) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := w.begin(j.segment); err != nil {
		return err
	}
	from, to := w.n*j.part/j.parts, w.n*(j.part+1)/j.parts
	if from == to {
		return nil
	}
	sc.events.Add(int64(to - from))
	w.alive = w.alive[:0]
	for i := from; i < to; i++ {
		w.alive = append(w.alive, uint32(i))
	}
	w.wrong = 0
	defer func() { sc.wrong.Add(w.wrong) }()
	return w.run(ctx)
}

// Engine answers audit SQL from the case. now is the clock of current_date and
// the like.
func (c *Case) Engine(now func() time.Time) *views.Engine {
	return views.New(c, now, "this case")
}
