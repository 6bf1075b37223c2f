package store

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// columnSegment is what the case keeps of the events of one type in one segment.
type columnSegment struct {
	n       int // events
	days    []byte
	columns []storedColumn
}

// storedColumn is one column of a segment, still packed.
type storedColumn struct {
	path                 string
	values               int
	list, codes          []byte
	listBytes, codeBytes int // unpacked
}

// readColumns reads the columns of an event type in a segment; nil where there
// are none.
func readColumns(conn *sqlite.Conn, event string, segment int64) (*columnSegment, error) {
	stmt, err := conn.Prepare(`SELECT cells FROM columns WHERE event = ? AND segment = ?`)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	stmt.BindText(1, event)
	stmt.BindInt64(2, segment)
	row, err := stmt.Step()
	if err != nil || !row {
		return nil, err
	}
	s, err := unpackColumns(columnBlob(stmt, 0))
	if err != nil {
		return nil, fmt.Errorf("read the columns of %s from %d on: %w", event, segment, err)
	}
	return s, nil
}

func unpackColumns(b []byte) (*columnSegment, error) {
	var head [3]int
	var err error
	if b, err = takeInts(b, head[:]); err != nil || head[2] > len(b) || head[1] > len(b) {
		return nil, errVarint
	}
	s := &columnSegment{n: head[0], days: b[:head[2]], columns: make([]storedColumn, head[1])}
	b = b[head[2]:]
	packed := make([][2]int, head[1])
	for i := range s.columns {
		c := &s.columns[i]
		var path [1]int
		if b, err = takeInts(b, path[:]); err != nil || path[0] > len(b) {
			return nil, errVarint
		}
		c.path, b = string(b[:path[0]]), b[path[0]:]
		var sizes [5]int
		if b, err = takeInts(b, sizes[:]); err != nil {
			return nil, err
		}
		c.values, c.listBytes, packed[i][0], c.codeBytes, packed[i][1] = sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]
	}
	for i := range s.columns {
		c, list, codes := &s.columns[i], packed[i][0], packed[i][1]
		if list > len(b) || codes > len(b)-list {
			return nil, errVarint
		}
		c.list, c.codes, b = b[:list], b[list:list+codes], b[list+codes:]
	}
	return s, nil
}

// takeInts reads varints that must be sizes.
func takeInts(b []byte, into []int) ([]byte, error) {
	for i := range into {
		v, rest, err := takeVarint(b)
		if err != nil || v > 1<<31 {
			return nil, errVarint
		}
		into[i], b = int(v), rest
	}
	return b, nil
}

// column finds a column by its path.
func (s *columnSegment) column(path string) *storedColumn {
	i := slices.IndexFunc(s.columns, func(c storedColumn) bool { return c.path == path })
	if i < 0 {
		return nil
	}
	return &s.columns[i]
}

// eachDay calls yield with the UTC day of each event, in order.
func (s *columnSegment) eachDay(yield func(day int64)) error {
	day, total := int64(0), uint64(0)
	for b := s.days; len(b) > 0; {
		step, size := binary.Varint(b)
		if size <= 0 {
			return errVarint
		}
		n, rest, err := takeVarint(b[size:])
		if total += n; err != nil || n > uint64(s.n) || total > uint64(s.n) {
			return errVarint
		}
		day, b = day+step, rest
		for range n {
			yield(day)
		}
	}
	if total != uint64(s.n) {
		return errVarint
	}
	return nil
}

// unpacker opens stored columns. It is for one goroutine.
type unpacker struct{ room []byte }

// columnDecoder is for all goroutines.
var columnDecoder = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderMaxMemory(256<<20))
})

// unpack gives the size bytes that a part of a column holds, valid until the
// next call.
func (u *unpacker) unpack(packed []byte, size int) ([]byte, error) {
	if len(packed) == size {
		return packed, nil
	}
	dec, err := columnDecoder()
	if err != nil {
		return nil, err
	}
	if u.room, err = dec.DecodeAll(packed, u.room[:0]); err != nil || len(u.room) != size {
		return nil, fmt.Errorf("the case file is damaged: a column does not unpack to %d bytes: %w", size, err)
	}
	return u.room, nil
}

// list reads the distinct values of a column; the first, of code 0, is nil.
func (u *unpacker) list(c *storedColumn) ([][]byte, error) {
	b, err := u.unpack(c.list, c.listBytes)
	if err != nil || c.values > len(b) {
		return nil, orDamaged(err)
	}
	b = slices.Clone(b)
	out := make([][]byte, 1, c.values+1)
	for range c.values {
		n, rest, err := takeVarint(b)
		if err != nil || n > uint64(len(rest)) {
			return nil, errVarint
		}
		out, b = append(out, rest[:n:n]), rest[n:]
	}
	return out, nil
}

// codesOf reads the code of each of n events into dst. Where all have the same,
// that is stored once and dst comes back empty.
func (u *unpacker) codesOf(c *storedColumn, n int, dst []uint32) (codes []uint32, all uint32, err error) {
	b, err := u.unpack(c.codes, c.codeBytes)
	if err != nil || len(b) == 0 {
		return nil, 0, orDamaged(err)
	}
	limit := uint64(c.values)
	if len(b) < n {
		v, _, err := takeVarint(b)
		if err != nil || v > limit {
			return nil, 0, errVarint
		}
		return dst[:0], uint32(v), nil
	}
	dst = slices.Grow(dst[:0], n)
	for range n {
		if len(b) > 0 && b[0] < 0x80 && uint64(b[0]) <= limit {
			dst, b = append(dst, uint32(b[0])), b[1:]
			continue
		}
		v, rest, err := takeVarint(b)
		if err != nil || v > limit {
			return nil, 0, errVarint
		}
		dst, b = append(dst, uint32(v)), rest
	}
	return dst, 0, nil
}

// orDamaged is the error, or that a packed column is damaged.
func orDamaged(err error) error {
	if err != nil {
		return err
	}
	return errVarint
}

// typesOf lists the numbers of the types whose events are wanted.
func typesOf(conn *sqlite.Conn, wants func(event string) bool) (map[int64]bool, error) {
	types := make(map[int64]bool)
	return types, sqlitex.Execute(conn, `SELECT id, event FROM type`, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			if wants(stmt.ColumnText(1)) {
				types[stmt.ColumnInt64(0)] = true
			}
			return nil
		},
	})
}

// postingSegments lists the segments of the postings, ascending.
func postingSegments(conn *sqlite.Conn) (segments []int64, err error) {
	err = sqlitex.Execute(conn, `SELECT segment FROM posting WHERE entity = ? ORDER BY segment`, &sqlitex.ExecOptions{
		Args:       []any{everyEvent},
		ResultFunc: func(stmt *sqlite.Stmt) error { segments = append(segments, stmt.ColumnInt64(0)); return nil },
	})
	return segments, err
}

// eventsOfTypes lists the events of some types in a segment, ascending.
func eventsOfTypes(conn *sqlite.Conn, segment int64, types map[int64]bool) ([]int64, error) {
	stmt, err := conn.Prepare(`SELECT lists FROM posting WHERE entity = ? AND segment = ?`)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	stmt.BindInt64(1, everyEvent)
	stmt.BindInt64(2, segment)
	if row, err := stmt.Step(); err != nil || !row {
		return nil, err
	}
	var ids []int64
	lists := 0
	err = eachList(segment, columnBlob(stmt, 0), func(typ int64) bool { return types[typ] }, func(l list) error {
		if lists++; lists == 1 {
			ids = l.ids
		} else {
			ids = append(ids, l.ids...)
		}
		return nil
	})
	if lists > 1 {
		slices.Sort(ids)
	}
	return ids, err
}
