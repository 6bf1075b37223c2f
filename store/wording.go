package store

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations/filter"
)

// wordings are the texts of a case in memory, one after the other with the
// letters A to Z in lower case, and which event has which, so that a search runs
// through them at the speed of the memory. They are read when somebody first
// searches; both are only ever added to, so that later searches read what is new.
type wordings struct {
	mu     sync.Mutex
	last   int64   // id of the last text read
	ids    []int64 // of each text, ascending
	starts []int   // where each begins in all
	all    []byte
	bytes  [256]int // how often each byte stands in all
	cut    []int64  // texts of which the row may hold the beginning only

	lastRow int64 // the last wording row read
	events  []worded
}

// worded is an event with its text.
type worded struct{ event, text uint32 }

// eventsSaying finds the events whose text may meet a command term, ascending:
// those that hold one of its values, and those whose text was cut.
func (c *Case) eventsSaying(conn *sqlite.Conn, t *filter.Term) ([]int64, error) {
	w := &c.words
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.load(conn); err != nil {
		return nil, err
	}
	wanted := make([]uint64, w.last/64+1)
	want := func(text int64) { wanted[text/64] |= 1 << (text % 64) }
	for _, text := range w.cut {
		want(text)
	}
	for _, v := range t.Values {
		w.find(lowered(nil, []byte(v.Text)), want)
	}
	var out []int64
	for _, e := range w.events {
		if wanted[e.text/64]>>(e.text%64)&1 == 1 {
			out = append(out, int64(e.event))
		}
	}
	return out, nil
}

// eachWording calls yield with the events of a wording row and their texts.
func eachWording(entries []byte, event int64, yield func(event, text int64) error) error {
	text := int64(0)
	for len(entries) > 0 {
		d, rest, err := takeVarint(entries)
		if err != nil {
			return err
		}
		step, n := binary.Varint(rest)
		if n <= 0 || text+step < 0 {
			return errVarint
		}
		event, text, entries = event+int64(d), text+step, rest[n:]
		if err := yield(event, text); err != nil {
			return err
		}
	}
	return nil
}

// load reads what was added since the last time.
func (w *wordings) load(conn *sqlite.Conn) error {
	err := sqlitex.Execute(conn, `SELECT id, value FROM text WHERE id > ? ORDER BY id`, &sqlitex.ExecOptions{
		Args:       []any{w.last},
		ResultFunc: func(stmt *sqlite.Stmt) error { w.text(stmt.ColumnInt64(0), columnBlob(stmt, 1)); return nil },
	})
	if err != nil {
		return err
	}
	return sqlitex.Execute(conn, `SELECT first, entries FROM wording WHERE first > ? ORDER BY first`, &sqlitex.ExecOptions{
		Args: []any{w.lastRow},
		ResultFunc: func(stmt *sqlite.Stmt) error {
			w.lastRow = stmt.ColumnInt64(0)
			return eachWording(columnBlob(stmt, 1), w.lastRow, func(event, text int64) error {
				if text > w.last {
					return errVarint
				}
				w.events = append(w.events, worded{uint32(event), uint32(text)})
				return nil
			})
		},
	})
}

func (w *wordings) text(id int64, value []byte) {
	w.last = id
	w.ids, w.starts = append(w.ids, id), append(w.starts, len(w.all))
	w.all = lowered(w.all, value)
	for _, c := range w.all[len(w.all)-len(value):] {
		w.bytes[c]++
	}
	if filter.MayBeCut(len(value)) {
		w.cut = append(w.cut, id)
	}
}

// find calls yield with the texts that hold the needle. It looks for the byte
// of it that is rarest in this case.
func (w *wordings) find(needle []byte, yield func(text int64)) {
	if len(needle) == 0 {
		return
	}
	rare := 0
	for i, c := range needle {
		if w.bytes[c] < w.bytes[needle[rare]] {
			rare = i
		}
	}
	for from := rare; from < len(w.all); {
		i := bytes.IndexByte(w.all[from:], needle[rare])
		if i < 0 {
			return
		}
		at := from + i - rare
		from += i + 1
		if !bytes.HasPrefix(w.all[at:], needle) {
			continue
		}
		text, exact := slices.BinarySearch(w.starts, at)
		if !exact {
			text--
		}
		end := len(w.all)
		if text+1 < len(w.starts) {
			end = w.starts[text+1]
		}
		if at+len(needle) <= end { // or it begins in one text and ends in the next
			yield(w.ids[text])
			from = max(from, end)
		}
	}
}

// lowered appends b to dst with A to Z in lower case, as filters compare.
func lowered(dst, b []byte) []byte {
	dst = append(dst, b...)
	for i, c := range dst[len(dst)-len(b):] {
		if 'A' <= c && c <= 'Z' {
			dst[len(dst)-len(b)+i] = c | 0x20
		}
	}
	return dst
}
