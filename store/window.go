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

// The case's order: the index on time finds the place, the rows of one
// millisecond are sorted. SQLite compares the kinds of uid as Position does.
const (
	forwards  = ` ORDER BY time, ei, ifnull(uid, x''), id`
	backwards = ` ORDER BY time DESC, ei DESC, ifnull(uid, x'') DESC, id DESC`
	after     = ` WHERE time >= ?1 AND (time, ei, ifnull(uid, x''), id) > (?1, ?2, ?3, ?4)`
	before    = ` WHERE time <= ?1 AND (time, ei, ifnull(uid, x''), id) < (?1, ?2, ?3, ?4)`
)

// scanWindow walks the time index and asks the selection about each row.
func (c *Case) scanWindow(ctx context.Context, raws *rawReader, w Window) ([]investigations.Event, error) {
	sql := `SELECT ` + eventRow + ` FROM event`
	switch from := w.From != nil; {
	case from && w.Back:
		sql += before + backwards
	case from:
		sql += after + forwards
	case w.Back:
		sql += backwards
	default:
		sql += forwards
	}
	stmt, err := raws.conn.Prepare(sql)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	if w.From != nil {
		bindPosition(stmt, w.From)
	}
	out, err := c.collect(ctx, raws, stmt, w)
	if w.Back {
		slices.Reverse(out)
	}
	return out, err
}

// collect steps through rows until the window is full.
func (c *Case) collect(ctx context.Context, raws *rawReader, stmt *sqlite.Stmt, w Window) ([]investigations.Event, error) {
	r, err := newReader(raws.conn, c.names)
	if err != nil {
		return nil, err
	}
	var out []investigations.Event
	var e investigations.Event
	for len(out) < w.Limit {
		row, err := stmt.Step()
		if err != nil || !row {
			return out, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if w.Where != nil && !w.Where.candidate(stmt.ColumnInt64(0)) {
			continue
		}
		if err := r.decode(stmt, &e); err != nil {
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

func bindPosition(stmt *sqlite.Stmt, p *investigations.Position) {
	stmt.BindInt64(1, p.Time)
	stmt.BindInt64(2, p.Index)
	u, isUUID := uuidBytes([]byte(p.UID))
	switch {
	case isUUID:
		stmt.BindBytes(3, u[:])
	case p.UID == "":
		stmt.BindZeroBlob(3, 0)
	default:
		stmt.BindText(3, p.UID)
	}
	stmt.BindInt64(4, p.ID)
}
