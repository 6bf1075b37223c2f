package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"

	"cordon/store/views"
)

// Columns calls yield with the values that events have in columns of their
// views, by name: for an event type that has no view, in those of the view of
// all events. A name that a view does not have gives NULL. Each event comes once;
// they come a segment and a type at a time, not in the order given. The values
// are used again for the next event. What the case keeps by column comes from
// there, the rest from the lines.
func (c *Case) Columns(ctx context.Context, ids []int64, names []string, yield func(id int64, values []views.Value) error) error {
	wanted := slices.Compact(slices.Sorted(slices.Values(ids)))
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		segments, err := postingSegments(conn)
		if err != nil {
			return err
		}
		for i, segment := range segments {
			n := len(wanted)
			if i+1 < len(segments) {
				n, _ = slices.BinarySearch(wanted, segments[i+1])
			}
			if err := columnsIn(ctx, conn, segment, wanted[:n], names, yield); err != nil {
				return err
			}
			wanted = wanted[n:]
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("read columns of events: %w", err)
	}
	return err
}

// columnsIn is Columns for events of one segment.
func columnsIn(ctx context.Context, conn *sqlite.Conn, segment int64, wanted []int64, names []string, yield func(id int64, values []views.Value) error) error {
	events, err := eventTypes(conn, wanted)
	if err != nil {
		return err
	}
	for _, event := range events {
		types, err := typesOf(conn, func(e string) bool { return e == event })
		if err != nil {
			return err
		}
		give := func(b *rowBatch) error {
			for i, id := range b.events {
				if err := yield(id, b.values[i*b.width:(i+1)*b.width]); err != nil {
					return err
				}
			}
			return nil
		}
		w := newColumnScan(conn, scanOf(event, names), types, func() *rowBatch { return &rowBatch{width: len(names)} }, give)
		err = w.some(ctx, segment, wanted)
		w.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// some gives the rows of those events of a segment that are wanted.
func (w *columnScan) some(ctx context.Context, segment int64, wanted []int64) error {
	if err := w.begin(segment); err != nil {
		return err
	}
	ids, err := w.events()
	if err != nil {
		return err
	}
	w.alive = places(ids, wanted)
	return w.run(ctx)
}

// eventTypes lists the event types of some events, each once.
func eventTypes(conn *sqlite.Conn, ids []int64) ([]string, error) {
	r, err := newReader(conn, newNames())
	if err != nil {
		return nil, err
	}
	var out []string
	seen := make(map[int64]bool)
	for _, id := range ids {
		typ, err := selectInt(conn, `SELECT type FROM event WHERE id = ?`, id)
		if err != nil {
			return nil, err
		}
		if typ == 0 {
			return nil, fmt.Errorf("the case holds no event %d", id)
		}
		if seen[typ] {
			continue
		}
		seen[typ] = true
		t, err := r.typeName(typ)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, t.event) {
			out = append(out, t.event)
		}
	}
	return out, nil
}

// scanOf asks for columns of an event type by name.
func scanOf(event string, names []string) *views.Scan {
	view := viewOf(event)
	s := &views.Scan{View: view, Shown: len(names)}
	for _, name := range names {
		col := view.Column(name)
		if col == nil {
			col = &views.Column{Name: name, Source: views.FromBlank}
		}
		s.Columns = append(s.Columns, col)
	}
	return s
}

// viewOf is the view of an event type, the one of all events where it has none.
func viewOf(event string) *views.View {
	view := views.Named(strings.ToLower(strings.NewReplacer(".", "_", "-", "_").Replace(event)))
	if view == nil || view.Event != event {
		return views.Named("events")
	}
	return view
}

// places finds those of the ids that are wanted; both ascend.
func places(ids, wanted []int64) []uint32 {
	var out []uint32
	for _, id := range wanted {
		if i, ok := slices.BinarySearch(ids, id); ok {
			out = append(out, uint32(i))
		}
	}
	return out
}
