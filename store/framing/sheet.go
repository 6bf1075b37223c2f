package framing

import (
	"bytes"
	"slices"
	"strings"
)

// sheetColumns are the columns that may hold events, the likeliest first.
var sheetColumns = []string{dataColumn, "FieldsMap", "Fields", "event.original", "_source", "_raw", "@message", "message", "log", "fields", "unstructured"}

// resultColumns are columns of Teleport's own tables: a sheet with two of them
// is a query result even without the events themselves.
var resultColumns = []string{"event_time", "event_type", "event_date", "session_id", "event_id", "uid", "cluster_name", "user"}

// sheet frames CSV as RFC 4180 has it. The first row names the columns, unless
// a column was found by what it holds.
type sheet struct {
	u      unwrapper
	mark   mark
	wrap   string
	delim  byte
	column int  // that holds the events; -1 when none does
	header bool // the first row was seen
	names  []string

	pos   int // bytes of the row in hand that were read
	mode  cellMode
	start int // of the cell in hand, in the row
	cells []span
	count int
	huge  bool
}

// cellMode is what the next byte of a row is part of.
type cellMode uint8

const (
	cellStart cellMode = iota
	cellBare
	cellQuoted
	cellQuote // after a quote in a quoted cell: its end, or half of a double one
	cellBad   // a quote where none may stand: the row is lost up to its line end
)

// Name says what the rows hold.
func (f *sheet) Name() string { return named("csv", f.wrap) }

// Frame implements Framer.
func (f *sheet) Frame(dst []Item, data []byte, atEOF bool) ([]Item, int) {
	s := sink{items: dst, data: data}
	at, ok := f.mark.skip(data, atEOF)
	if !ok {
		return dst, 0
	}
	for at < len(data) {
		window := data[at:min(len(data), at+MaxRecord)]
		ended := f.read(window)
		switch {
		case ended:
			f.row(&s, at, at+f.pos, "")
		case len(window) == MaxRecord:
			f.u.seen.rejects++
			s.reject(at, at+f.pos, reasonLong)
			at, f.pos, f.huge = at+f.pos, 0, true
			f.start, f.cells = 0, f.cells[:0]
			continue
		case !atEOF:
			return s.items, at
		default:
			why := ""
			if f.mode == cellQuoted {
				why = reasonHalf
			}
			f.endCell(f.pos)
			f.row(&s, at, at+f.pos, why)
		}
		at += f.pos
		f.pos, f.mode, f.start, f.count, f.cells, f.huge = 0, cellStart, 0, 0, f.cells[:0], false
	}
	return s.items, at
}

// read goes on with the row in hand and tells whether it ended, with its line
// end read.
func (f *sheet) read(b []byte) bool {
	for f.pos < len(b) {
		c := b[f.pos]
		switch f.mode {
		case cellQuoted:
			i := bytes.IndexByte(b[f.pos:], '"')
			if i < 0 {
				f.pos = len(b)
				return false
			}
			f.pos += i + 1
			f.mode = cellQuote
			continue
		case cellStart, cellBare:
			if c == '"' {
				if f.mode == cellStart {
					f.mode = cellQuoted
				} else {
					f.mode = cellBad
				}
				f.pos++
				continue
			}
			f.mode = cellBare
		case cellQuote:
			if c == '"' {
				f.mode = cellQuoted
				f.pos++
				continue
			}
			if c != f.delim && c != '\n' && c != '\r' {
				f.mode = cellBad
			}
		case cellBad:
			i := bytes.IndexByte(b[f.pos:], '\n')
			if i < 0 {
				f.pos = len(b)
				return false
			}
			f.pos += i + 1
			return true
		}
		switch c {
		case '\n':
			f.endCell(f.pos)
			f.pos++
			return true
		case f.delim:
			if f.mode != cellBad {
				f.endCell(f.pos)
				f.mode = cellStart
			}
		}
		f.pos++
	}
	return false
}

// endCell notes the cell that ends before pos.
func (f *sheet) endCell(pos int) {
	if len(f.cells) < maxColumns {
		f.cells = append(f.cells, span{f.start, pos})
	}
	f.count++
	f.start = pos + 1
}

// row adds the row data[from:end], whose cells were read.
func (f *sheet) row(s *sink, from, end int, why string) {
	row := s.data[from:end]
	blank := len(bytes.TrimSpace(row)) == 0
	switch {
	case blank && !f.huge:
		return
	case f.huge:
		why = reasonLong
	case f.mode == cellBad:
		why = "a CSV row whose quotes are damaged"
	case why != "":
	case !f.header:
		f.head(row)
		return
	case f.column < 0:
		why = "a row of a table without an event_data column: " + columnList(f.names)
	case f.column >= len(f.cells) || len(trimCell(row, f.cells[f.column])) == 0:
		why = "a row of a table whose " + f.columnName() + " is missing"
	}
	if why != "" {
		f.u.seen.rejects++
		s.reject(from, end, why)
		return
	}
	c := f.cells[f.column]
	cell := trimCell(row, c)
	got := f.u.text(f.u.cell(cell), 0)
	if cell[0] == '"' {
		got.at = -1
	}
	for end > from && (s.data[end-1] == '\n' || s.data[end-1] == '\r') {
		end--
	}
	f.u.addCell(s, from, end, got, from+c.from, len(cell), FormCell)
}

// trimCell gives a cell without the line end's carriage return.
func trimCell(row []byte, c span) []byte {
	return bytes.TrimSuffix(row[c.from:c.to], []byte{'\r'})
}

// head reads the row that names the columns.
func (f *sheet) head(row []byte) {
	f.header = true
	f.names = f.names[:0]
	for _, c := range f.cells {
		f.names = append(f.names, cut(string(f.u.cell(trimCell(row, c)))))
	}
	f.u.seen.rows++
	f.column = -1
	for _, name := range sheetColumns {
		if i := slices.IndexFunc(f.names, func(n string) bool { return strings.EqualFold(n, name) }); i >= 0 {
			f.column = i
			return
		}
	}
}

func (f *sheet) columnName() string {
	if f.column < len(f.names) {
		return f.names[f.column]
	}
	return "event"
}

// cell gives the content of a cell: without its quotes, double ones made one.
func (u *unwrapper) cell(b []byte) []byte {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return b
	}
	b = b[1 : len(b)-1]
	i := bytes.IndexByte(b, '"')
	if i < 0 {
		return b
	}
	out := u.room(len(b))
	for i >= 0 {
		out = append(out, b[:i+1]...)
		if b = b[i+1:]; len(b) > 0 && b[0] == '"' {
			b = b[1:]
		}
		i = bytes.IndexByte(b, '"')
	}
	return u.keep(append(out, b...))
}
