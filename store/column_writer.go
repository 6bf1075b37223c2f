package store

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/klauspost/compress/zstd"
	"zombiezen.com/go/sqlite"

	"cordon/investigations/extract"
)

// columnWriter collects the values of columns until they are written. Values
// that are new in the segment are remembered up to columnRoom bytes; those after
// that are left to their lines.
type columnWriter struct {
	sets   []columnSet // by row of the ColumnTable
	known  *interner   // set, column and value → code
	key    []byte
	room   int
	insert *sqlite.Stmt
	enc    *zstd.Encoder
	packed []byte
	cells  []byte
}

const columnRoom = 8 << 20

// columnSet is what is collected of one event type.
type columnSet struct {
	events  int
	day     int64 // of the last event, and how many in a row have it
	run     int
	days    []byte
	lastDay int64 // of the run written last
	columns []columnBuffer
}

// columnBuffer is one column of the segment being collected.
type columnBuffer struct {
	values int
	list   []byte
	codes  []byte
	run    int    // events of the last code, which are not among codes yet
	code   uint32 // the last code
	last   []byte // the value met last, as it is written
	known  uint32 // its code
	long   uint32 // the code of values that are left to their lines, 0 until one is met
}

func newColumnWriter(conn *sqlite.Conn) (*columnWriter, error) {
	w := &columnWriter{known: newInterner(), sets: make([]columnSet, len(extract.ColumnTable))}
	for i, row := range extract.ColumnTable {
		w.sets[i].columns = make([]columnBuffer, len(row.Paths))
	}
	var err error
	if w.insert, err = conn.Prepare(`INSERT OR REPLACE INTO columns(event, segment, cells) VALUES (?, ?, ?)`); err != nil {
		return nil, fmt.Errorf("prepare the columns: %w", err)
	}
	w.enc, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<17), zstd.WithEncoderCRC(false))
	return w, err
}

// event takes the values of a new event.
func (w *columnWriter) event(line []byte, l *extract.Line) {
	if l.Columns == 0 {
		return
	}
	s := &w.sets[l.Columns-1]
	s.events++
	if day := dayOf(l.Time); day == s.day {
		s.run++
	} else {
		s.endRun()
		s.day, s.run = day, 1
	}
	for i := range s.columns {
		c := &s.columns[i]
		cell := l.Cells[i]
		code := uint32(0)
		if cell.To > 0 {
			text := line[cell.From:cell.To]
			if !bytes.Equal(text, c.last) {
				w.find(c, byte(l.Columns), byte(i), text, l.Time)
			}
			code = c.known
		}
		if code != c.code {
			c.endRun()
			c.code = code
		}
		c.run++
	}
}

// find learns the code of a value.
func (w *columnWriter) find(c *columnBuffer, set, column byte, text []byte, eventTime int64) {
	w.key = appendColumnValue(append(w.key[:0], set, column), text, eventTime)
	value := w.key[2:]
	switch {
	case len(value) == 0:
		c.last, c.known = c.last[:0], c.left()
		return
	case bytes.Equal(value, c.last):
		return
	}
	c.last = append(c.last[:0], value...)
	h := w.known.hash(w.key)
	code, ok := w.known.find(h, w.key)
	if !ok {
		if w.room += len(w.key); w.room > columnRoom {
			c.last, c.known = c.last[:0], c.left()
			return
		}
		code = c.add(value)
		w.known.add(h, w.key, code)
	}
	c.known = code
}

// endRun puts the code of the last events among the codes.
func (c *columnBuffer) endRun() {
	for ; c.run > 0; c.run-- {
		c.codes = appendVarint(c.codes, uint64(c.code))
	}
}

// add puts a value into the list.
func (c *columnBuffer) add(value []byte) uint32 {
	c.values++
	c.list = append(appendVarint(c.list, uint64(len(value))), value...)
	return uint32(c.values)
}

// left is the code of a value that must be read from its line.
func (c *columnBuffer) left() uint32 {
	if c.long == 0 {
		c.long = c.add(nil)
	}
	return c.long
}

// endRun writes the days counted in a row.
func (s *columnSet) endRun() {
	if s.run > 0 {
		s.days = binary.AppendVarint(s.days, s.day-s.lastDay)
		s.days = appendVarint(s.days, uint64(s.run))
		s.lastDay, s.run = s.day, 0
	}
}

// flush writes what was collected, a row for each event type met. A segment that
// grows is written again with what comes.
func (w *columnWriter) flush(segment int64, grows bool) error {
	for i := range w.sets {
		s := &w.sets[i]
		if s.events == 0 {
			continue
		}
		s.endRun()
		w.pack(s, extract.ColumnTable[i].Paths)
		w.insert.BindText(1, extract.ColumnTable[i].Event)
		w.insert.BindInt64(2, segment)
		w.insert.BindBytes(3, w.cells)
		if err := run(w.insert); err != nil {
			return err
		}
		if !grows {
			s.reset()
		}
	}
	if !grows {
		w.known.forget()
		w.room = 0
	}
	return nil
}

// pack writes the cells of a row.
func (w *columnWriter) pack(s *columnSet, paths []string) {
	b := appendVarint(w.cells[:0], uint64(s.events))
	b = appendVarint(b, uint64(len(s.columns)))
	b = appendVarint(b, uint64(len(s.days)))
	b = append(b, s.days...)
	w.packed = w.packed[:0]
	for i := range s.columns {
		c := &s.columns[i]
		b = append(appendVarint(b, uint64(len(paths[i]))), paths[i]...)
		b = appendVarint(b, uint64(c.values))
		codes := w.codes(c, s.events)
		for _, part := range [][]byte{c.list, codes} {
			b = appendVarint(b, uint64(len(part)))
			b = appendVarint(b, uint64(w.add(part)))
		}
	}
	w.cells = append(b, w.packed...)
}

// codes are those of the events, or the one that all have.
func (w *columnWriter) codes(c *columnBuffer, events int) []byte {
	if c.run == events {
		w.key = appendVarint(w.key[:0], uint64(c.code))
		return w.key
	}
	c.endRun()
	return c.codes
}

// add packs a part and returns its size.
func (w *columnWriter) add(part []byte) int {
	at := len(w.packed)
	w.packed = w.enc.EncodeAll(part, w.packed)
	if len(w.packed)-at >= len(part) {
		w.packed = append(w.packed[:at], part...)
	}
	return len(w.packed) - at
}

func (s *columnSet) reset() {
	s.events, s.day, s.run, s.lastDay, s.days = 0, 0, 0, 0, s.days[:0]
	for i := range s.columns {
		c := &s.columns[i]
		*c = columnBuffer{list: c.list[:0], codes: c.codes[:0], last: c.last[:0]}
	}
}
