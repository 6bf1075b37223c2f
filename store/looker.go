package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"

	"cordon/investigations"
	"cordon/investigations/extract"
	"cordon/investigations/rules"
)

// looker looks at the events of batches. It is for one goroutine.
type looker struct {
	of    *reading
	raws  *rawReader
	scan  extract.Scanner
	held  extract.Memory
	event investigations.Event // of the line at hand
	made  bool                 // the event was made of the line
	err   error                // or not, for this reason
	names map[string]string
}

// looks works through batches until there are no more.
func (r *reading) looks(ctx context.Context, conn *sqlite.Conn, jobs <-chan *batch) error {
	l := &looker{of: r, raws: newRawReader(conn), names: map[string]string{}}
	defer l.raws.close()
	for {
		select {
		case b, more := <-jobs:
			if !more {
				return nil
			}
			if err := l.batch(ctx, b); err != nil {
				return err
			}
			close(b.done)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// batch looks at a batch, chunk after chunk, and puts what is noted in order.
func (l *looker) batch(ctx context.Context, b *batch) error {
	slices.Sort(b.ids)
	for _, id := range b.ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := l.raws.event(id)
		if err != nil {
			return err
		}
		note, err := l.look(id, line)
		if err != nil {
			return err
		}
		if note == nil {
			continue
		}
		n := notedEvent{event: l.event, note: note}
		first := len(b.involved)
		b.involved = append(b.involved, l.event.Involved...)
		n.event.Involved = b.involved[first:len(b.involved):len(b.involved)]
		if len(b.lines)+len(line) <= batchKept {
			n.from = len(b.lines)
			b.lines = append(b.lines, line...)
			n.to = len(b.lines)
		}
		b.order = append(b.order, int32(len(b.noted)))
		b.noted = append(b.noted, n)
	}
	slices.SortFunc(b.order, func(x, y int32) int { return b.noted[x].event.Position().Compare(b.noted[y].event.Position()) })
	return nil
}

// look hands a line to the one who asks. The event is made when it is asked for,
// and for a noted line in any case.
func (l *looker) look(id int64, line []byte) (note any, err error) {
	l.made, l.err = false, nil
	load := func() *investigations.Event {
		if !l.made {
			l.made, l.err = true, l.read(id, line)
		}
		return &l.event
	}
	name := l.of.names[l.of.typeOf[id]-1]
	if name == "" {
		name = load().Type
	}
	if note = l.of.ask.Look(rules.Glance{Type: name, Line: line, Event: load}); note != nil {
		load()
	}
	return note, l.err
}

// read makes the event of a line, in the memory of the one before.
func (l *looker) read(id int64, line []byte) error {
	l.held = l.scan.Reset(l.held)
	s, err := l.scan.Scan(line)
	if err != nil {
		l.event = investigations.Event{ID: id}
		return fmt.Errorf("read event %d: %w", id, err)
	}
	l.event = investigations.Event{
		ID: id, UID: string(s.UID), Type: l.name(s.Type), Code: l.name(s.Code), Index: s.Index, Cluster: l.name(s.Cluster),
		Outcome: s.Outcome, Text: string(s.Text), Involved: l.event.Involved[:0],
	}
	if s.Time != 0 {
		l.event.Time = time.UnixMilli(s.Time).UTC()
	}
	for _, v := range s.Entity {
		l.event.Involved = append(l.event.Involved, investigations.Involvement{
			Role: v.Role, Entity: investigations.Entity{Kind: v.Kind, Name: l.name(v.Name)}, Label: l.name(v.Label),
		})
	}
	return nil
}

// name makes a string of a name, the same one each time while there is room.
func (l *looker) name(b []byte) string {
	if s, ok := l.names[string(b)]; ok {
		return s
	}
	if len(l.names) >= internedNames {
		clear(l.names)
	}
	s := string(b)
	l.names[s] = s
	return s
}
