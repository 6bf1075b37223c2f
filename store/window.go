package store

import (
	"context"
	"fmt"
	"slices"

	"zombiezen.com/go/sqlite"

	"cordon/investigations"
)

// Window reads up to limit of the selected events, oldest first: those after
// from (nil: the first ones), or those before it (nil: the last ones).
func (s *Selection) Window(ctx context.Context, from *investigations.Position, back bool, limit int) ([]investigations.Event, error) {
	return s.of.Window(ctx, Window{From: from, Back: back, Limit: limit, Where: s})
}

// Window asks for a stretch of the case's events in its order, by keyset.
type Window struct {
	// From is the position to read from, itself left out; nil is the start,
	// or the end when reading backwards.
	From  *investigations.Position
	Back  bool // read towards older events; the rows still come oldest first
	Limit int
	// Where narrows the events; nil is all of them.
	Where *Selection
}

// Window reads at most Limit events, oldest first. It fills Limit unless the
// case's end, in the direction of reading, is reached.
func (c *Case) Window(ctx context.Context, w Window) ([]investigations.Event, error) {
	var out []investigations.Event
	err := c.read(ctx, func(conn *sqlite.Conn) (err error) {
		raws := newRawReader(conn)
		defer raws.close()
		out, err = c.window(ctx, raws, w)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return out, nil
}

// window reads a window on the connection of raws, which reads lines where the
// selection needs them.
func (c *Case) window(ctx context.Context, raws *rawReader, w Window) ([]investigations.Event, error) {
	if w.Where != nil && w.Where.eager {
		return c.eagerWindow(raws.conn, w)
	}
	return c.scanWindow(ctx, raws, w)
}

// EachEvent calls yield with each event of a selection (nil: of the case) in
// order, and with its line when raw is asked for. Both are valid during the
// call. It holds one window of events at a time.
func (c *Case) EachEvent(ctx context.Context, where *Selection, raw bool, yield func(e *investigations.Event, line []byte) error) error {
	return c.read(ctx, func(conn *sqlite.Conn) error {
		raws := newRawReader(conn)
		defer raws.close()
		w := Window{Limit: 1000, Where: where}
		for {
			page, err := c.window(ctx, raws, w)
			if err != nil || len(page) == 0 {
				return err
			}
			for i := range page {
				var line []byte
				if raw {
					if line, err = raws.event(page[i].ID); err != nil {
						return err
					}
				}
				if err := yield(&page[i], line); err != nil {
					return err
				}
			}
			last := page[len(page)-1].Position()
			w.From = &last
		}
	})
}

// eagerWindow reads from a selection whose positions are known.
func (c *Case) eagerWindow(conn *sqlite.Conn, w Window) ([]investigations.Event, error) {
	all := w.Where.positions
	from, to := 0, len(all)
	if w.From != nil {
		at, found := slices.BinarySearchFunc(all, *w.From, investigations.Position.Compare)
		if w.Back {
			to = at
		} else if from = at; found {
			from++
		}
	}
	if w.Back {
		from = max(from, to-w.Limit)
	} else {
		to = min(to, from+w.Limit)
	}
	r, err := newReader(conn, c.names)
	if err != nil {
		return nil, err
	}
	out := make([]investigations.Event, to-from)
	for i, p := range all[from:to] {
		if err := r.event(p.ID, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// scanWindow walks the timeline and asks the selection about each event. Those
// of one millisecond are put in the case's order first.
func (c *Case) scanWindow(ctx context.Context, raws *rawReader, w Window) ([]investigations.Event, error) {
	r, err := newReader(raws.conn, c.names)
	if err != nil {
		return nil, err
	}
	line, err := newTimeline(raws.conn, w.start(), w.Back)
	if err != nil {
		return nil, err
	}
	out := []investigations.Event{}
	m, more, err := line.next()
	for more && err == nil && len(out) < w.Limit && !w.past(m.time) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var same []int64
		for at := m.time; more && err == nil && m.time == at; m, more, err = line.next() {
			if w.Where == nil || w.Where.candidate(m.id) {
				same = append(same, m.id)
			}
		}
		if err == nil {
			out, err = w.take(r, raws, same, out)
		}
	}
	if w.Back {
		slices.Reverse(out)
	}
	return out, err
}

// start is the time from which to read: of the position, or of the filter.
func (w *Window) start() int64 {
	t := int64(minTime)
	if w.Back {
		t = maxTime
	}
	if w.From != nil {
		t = w.From.Time
	}
	if w.Where != nil {
		from, to := w.Where.expr.Range()
		if !w.Back && !from.IsZero() {
			t = max(t, from.UnixMilli())
		}
		if w.Back && !to.IsZero() {
			t = min(t, to.UnixMilli())
		}
	}
	return t
}

// past reports whether the filter lets nothing through at t and beyond.
func (w *Window) past(t int64) bool {
	if w.Where == nil {
		return false
	}
	from, to := w.Where.expr.Range()
	if w.Back {
		return !from.IsZero() && t < from.UnixMilli()
	}
	return !to.IsZero() && t > to.UnixMilli()
}

// take appends those of the events of one millisecond that belong to the
// window, until it is full.
func (w *Window) take(r *reader, raws *rawReader, same []int64, out []investigations.Event) ([]investigations.Event, error) {
	positions := make([]investigations.Position, len(same))
	for i, id := range same {
		var err error
		if positions[i], err = r.position(id); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(positions, investigations.Position.Compare)
	if w.Back {
		slices.Reverse(positions)
	}
	var e investigations.Event
	for _, p := range positions {
		if len(out) == w.Limit {
			return out, nil
		}
		if w.From != nil {
			if order := p.Compare(*w.From); order == 0 || (order < 0) != w.Back {
				continue
			}
		}
		if err := r.event(p.ID, &e); err != nil {
			return nil, err
		}
		if w.Where != nil {
			if ok, err := w.Where.passes(&e, raws); err != nil {
				return nil, err
			} else if !ok {
				continue
			}
		}
		kept := e
		kept.Involved = slices.Clone(e.Involved)
		out = append(out, kept)
	}
	return out, nil
}
