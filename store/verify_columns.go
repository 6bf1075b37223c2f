package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations/extract"
)

// cellSum adds up the values that columns keep of events, and their days.
type cellSum struct {
	setSum
	seed    maphash.Seed
	scanner extract.Scanner
}

func newCellSum() *cellSum { return &cellSum{seed: maphash.MakeSeed()} }

// line adds what the line of an event holds.
func (s *cellSum) line(raws *rawReader, id int64) error {
	line, err := raws.event(id)
	if err != nil {
		return err
	}
	s.scanner.Reset(s.scanner.Reset(extract.Memory{}))
	l, err := s.scanner.Scan(line)
	if err != nil {
		return err
	}
	if l.Columns == 0 {
		return nil
	}
	s.day(id, dayOf(l.Time))
	for i, cell := range l.Cells {
		s.cell(id, l.Columns-1, i, cell.Of(line))
	}
	return nil
}

func (s *cellSum) day(id, day int64) { s.add(id, -1, day) }

// cell adds the JSON text of a value, nil for none.
func (s *cellSum) cell(id int64, set, column int, text []byte) {
	if text != nil {
		s.add(id, int64(set), int64(column), int64(maphash.Bytes(s.seed, text)))
	}
}

// verifyColumns compares the values kept by column with those of the lines.
func (c *Case) verifyColumns(ctx context.Context, lines *cellSum) (Check, error) {
	listed := &cellSum{seed: lines.seed}
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		raws := newRawReader(conn)
		defer raws.close()
		var u unpacker
		return sqlitex.Execute(conn, `SELECT event, segment FROM columns ORDER BY segment`, &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error {
				return listed.segment(conn, raws, &u, stmt.ColumnText(0), stmt.ColumnInt64(1))
			},
		})
	})
	return agreement("columns", err, listed.setSum, lines.setSum, "they keep %d values, the lines hold %d others", "%d values agree with the lines"), nil
}

// segment adds what the columns of an event type in a segment hold.
func (s *cellSum) segment(conn *sqlite.Conn, raws *rawReader, u *unpacker, event string, segment int64) error {
	set := slices.IndexFunc(extract.ColumnTable, func(r extract.ColumnSet) bool { return r.Event == event })
	stored, err := readColumns(conn, event, segment)
	if err != nil {
		return err
	}
	types, err := typesOf(conn, func(e string) bool { return e == event })
	if err != nil {
		return err
	}
	ids, err := eventsOfTypes(conn, segment, types)
	if err != nil {
		return err
	}
	if set < 0 || stored.n != len(ids) {
		return fmt.Errorf("the columns of %s from %d on are of %d events, not %d", event, segment, stored.n, len(ids))
	}
	at := make([]uint32, len(ids))
	for i := range at {
		at[i] = uint32(i)
	}
	times, err := eventTimes(conn, ids, at)
	if err != nil {
		return err
	}
	n := 0
	err = stored.eachDay(func(day int64) { s.day(ids[n], day); n++ })
	for i := 0; i < len(stored.columns) && err == nil; i++ {
		err = s.column(raws, u, &stored.columns[i], set, ids, times)
	}
	return err
}

func (s *cellSum) column(raws *rawReader, u *unpacker, c *storedColumn, set int, ids, times []int64) error {
	column := slices.Index(extract.ColumnTable[set].Paths, c.path)
	if column < 0 {
		return fmt.Errorf("column %s is none of %s", c.path, extract.ColumnTable[set].Event)
	}
	list, err := u.list(c)
	if err != nil {
		return err
	}
	codes, code, err := u.codesOf(c, len(ids), nil)
	if err != nil {
		return err
	}
	for i := range ids {
		if len(codes) > 0 {
			code = codes[i]
		}
		text := list[code]
		switch {
		case code == 0:
			continue
		case len(text) == 0:
			text, err = s.left(raws, ids[i], column)
		case text[0] == valueSeconds || text[0] == valueNanos:
			distance, _ := binary.Varint(text[1:])
			text = append(appendColumnTime([]byte{'"'}, text[0], distance, times[i]), '"')
		}
		if err != nil {
			return err
		}
		s.cell(ids[i], set, column, text)
	}
	return nil
}

// left is a value that the columns leave to its line.
func (s *cellSum) left(raws *rawReader, id int64, column int) ([]byte, error) {
	line, err := raws.event(id)
	if err != nil {
		return nil, err
	}
	l, err := s.scanner.Scan(line)
	if err != nil || column >= len(l.Cells) {
		return nil, orDamaged(err)
	}
	return l.Cells[column].Of(line), nil
}
