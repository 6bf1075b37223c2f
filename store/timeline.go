package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"zombiezen.com/go/sqlite"
)

// The order of the case's events in time is kept a segment of ids at a time:
// each segment sorts its own events, and a reader merges the segments that
// reach into the stretch it reads. In a log written as time went by, these are
// one or two. A small last segment is merged with what comes after it, so that
// many small ingests do not leave many segments.

// instant is an event's place in time, in milliseconds since 1970 UTC; 0 is none.
type instant struct{ time, id int64 }

func (m instant) compare(o instant) int {
	return cmp.Or(cmp.Compare(m.time, o.time), cmp.Compare(m.id, o.id))
}

// pageInstants is how many events one row of the timeline lists.
const pageInstants = 1024

// addSegment adds the events from the id first on, whose times are given, to
// the timeline.
func addSegment(conn *sqlite.Conn, first int64, times []int64) error {
	if len(times) == 0 {
		return nil
	}
	instants := make([]instant, len(times))
	for i, t := range times {
		instants[i] = instant{t, first + int64(i)}
	}
	for len(instants) < segmentEvents {
		last, n, err := lastSegment(conn)
		if err != nil {
			return err
		}
		if n == 0 || n >= segmentEvents || n > 2*int64(len(instants)) {
			break
		}
		if instants, err = takeSegment(conn, last, instants); err != nil {
			return err
		}
		first = last
	}
	if !slices.IsSortedFunc(instants, instant.compare) {
		slices.SortFunc(instants, instant.compare)
	}
	return writeSegment(conn, first, instants)
}

// lastSegment is the newest segment and its number of events; 0 when there is none.
func lastSegment(conn *sqlite.Conn) (first, events int64, err error) {
	stmt, err := conn.Prepare(`SELECT first, events FROM segment ORDER BY first DESC LIMIT 1`)
	if err != nil {
		return 0, 0, err
	}
	defer stmt.Reset()
	row, err := stmt.Step()
	if err != nil || !row {
		return 0, 0, err
	}
	return stmt.ColumnInt64(0), stmt.ColumnInt64(1), nil
}

// takeSegment puts the instants of a stored segment before others and deletes it.
func takeSegment(conn *sqlite.Conn, segment int64, rest []instant) ([]instant, error) {
	c, err := openCursor(conn, segment)
	if err != nil {
		return nil, err
	}
	var out []instant
	for m, ok, err := c.next(); ok || err != nil; m, ok, err = c.next() {
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	for _, sql := range []string{`DELETE FROM timeline WHERE segment = ?`, `DELETE FROM segment WHERE first = ?`} {
		stmt, err := conn.Prepare(sql)
		if err != nil {
			return nil, err
		}
		stmt.BindInt64(1, segment)
		if err := run(stmt); err != nil {
			return nil, err
		}
	}
	return append(out, rest...), nil
}

func writeSegment(conn *sqlite.Conn, first int64, instants []instant) error {
	stmt, err := conn.Prepare(`INSERT INTO segment(first, events, since, until, earliest) VALUES (?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	earliest := int64(0)
	if i := slices.IndexFunc(instants, func(m instant) bool { return m.time != 0 }); i >= 0 {
		earliest = instants[i].time
	}
	for i, v := range []int64{first, int64(len(instants)), instants[0].time, instants[len(instants)-1].time, earliest} {
		stmt.BindInt64(i+1, v)
	}
	if err := run(stmt); err != nil {
		return err
	}
	if stmt, err = conn.Prepare(`INSERT INTO timeline(segment, since, page, entries) VALUES (?, ?, ?, ?)`); err != nil {
		return err
	}
	var entries []byte
	page := int64(0)
	for part := range slices.Chunk(instants, pageInstants) {
		before := instant{part[0].time, first}
		entries = entries[:0]
		for _, m := range part {
			entries = appendVarint(entries, uint64(m.time-before.time))
			entries = binary.AppendVarint(entries, m.id-before.id)
			before = m
		}
		stmt.BindInt64(1, first)
		stmt.BindInt64(2, part[0].time)
		stmt.BindInt64(3, page)
		stmt.BindBytes(4, entries)
		if err := run(stmt); err != nil {
			return err
		}
		page++
	}
	return nil
}

// cursor reads the instants of one segment in order, or backwards.
type cursor struct {
	pages    *sqlite.Stmt
	segment  int64
	since    int64
	page     int64
	back     bool
	instants []instant // what is left of the page
	blob     []byte
}

const (
	pageRow     = `SELECT since, page, entries FROM timeline WHERE segment = ?1 `
	pagesAfter  = pageRow + `AND (since, page) > (?2, ?3) ORDER BY since, page LIMIT 1`
	pagesBefore = pageRow + `AND (since, page) < (?2, ?3) ORDER BY since DESC, page DESC LIMIT 1`
)

// openCursor reads a segment from its start.
func openCursor(conn *sqlite.Conn, segment int64) (*cursor, error) {
	stmt, err := conn.Prepare(pagesAfter)
	return &cursor{pages: stmt, segment: segment, since: minTime, page: -1}, err
}

const (
	minTime = -1 << 62
	maxTime = 1 << 62
)

// openCursorAt reads a segment from the first instant not before t on, or
// backwards from the last one not after t.
func openCursorAt(conn *sqlite.Conn, segment, t int64, back bool) (*cursor, error) {
	if back {
		stmt, err := conn.Prepare(pagesBefore)
		c := &cursor{pages: stmt, segment: segment, since: t, page: maxTime, back: true}
		return c, cmp.Or(err, c.skip(func(m instant) bool { return m.time > t }))
	}
	c, err := openCursor(conn, segment)
	if err != nil {
		return nil, err
	}
	before, err := conn.Prepare(`SELECT since, page FROM timeline WHERE segment = ?1 AND since < ?2 ORDER BY since DESC, page DESC LIMIT 1`)
	if err != nil {
		return nil, err
	}
	defer before.Reset()
	before.BindInt64(1, segment)
	before.BindInt64(2, t)
	if row, err := before.Step(); err != nil {
		return nil, err
	} else if row {
		c.since, c.page = before.ColumnInt64(0), before.ColumnInt64(1)-1
	}
	return c, c.skip(func(m instant) bool { return m.time < t })
}

// skip drops the instants at the front for which drop holds.
func (c *cursor) skip(drop func(instant) bool) error {
	for {
		if len(c.instants) == 0 {
			if more, err := c.load(); err != nil || !more {
				return err
			}
		}
		i := slices.IndexFunc(c.instants, func(m instant) bool { return !drop(m) })
		if i >= 0 {
			c.instants = c.instants[i:]
			return nil
		}
		c.instants = nil
	}
}

// next takes the next instant; ok is false at the end of the segment.
func (c *cursor) next() (m instant, ok bool, err error) {
	if len(c.instants) == 0 {
		if more, err := c.load(); err != nil || !more {
			return instant{}, false, err
		}
	}
	m, c.instants = c.instants[0], c.instants[1:]
	return m, true, nil
}

// load reads the next page; false when there is none.
func (c *cursor) load() (bool, error) {
	defer c.pages.Reset()
	c.pages.BindInt64(1, c.segment)
	c.pages.BindInt64(2, c.since)
	c.pages.BindInt64(3, c.page)
	row, err := c.pages.Step()
	if err != nil || !row {
		return false, err
	}
	c.since, c.page = c.pages.ColumnInt64(0), c.pages.ColumnInt64(1)
	c.blob = slices.Grow(c.blob[:0], c.pages.ColumnLen(2))[:c.pages.ColumnLen(2)]
	c.pages.ColumnBytes(2, c.blob)
	if c.instants, err = unpackInstants(c.instants[:0], c.blob, instant{c.since, c.segment}); err != nil {
		return false, fmt.Errorf("read page %d of the timeline of %d: %w", c.page, c.segment, err)
	}
	if c.back {
		slices.Reverse(c.instants)
	}
	return len(c.instants) > 0, nil
}

func unpackInstants(dst []instant, b []byte, at instant) ([]instant, error) {
	for len(b) > 0 {
		d, rest, err := takeVarint(b)
		if err != nil {
			return nil, err
		}
		step, n := binary.Varint(rest)
		if n <= 0 {
			return nil, errVarint
		}
		at.time, at.id, b = at.time+int64(d), at.id+step, rest[n:]
		dst = append(dst, at)
	}
	return dst, nil
}

// timeline merges the segments of a case.
type timeline struct {
	conn    *sqlite.Conn
	back    bool
	from    int64
	waiting []segmentRange // not opened yet, the next one first
	open    []*cursor
	heads   []instant // of each open cursor
}

type segmentRange struct{ first, since, until int64 }

// newTimeline reads the events from the time t on, or backwards from it.
func newTimeline(conn *sqlite.Conn, t int64, back bool) (*timeline, error) {
	tl := &timeline{conn: conn, back: back, from: t}
	sql := `SELECT first, since, until FROM segment WHERE until >= ? ORDER BY since, first`
	if back {
		sql = `SELECT first, since, until FROM segment WHERE since <= ? ORDER BY until DESC, first DESC`
	}
	stmt, err := conn.Prepare(sql)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	stmt.BindInt64(1, t)
	for {
		row, err := stmt.Step()
		if err != nil {
			return nil, err
		}
		if !row {
			return tl, nil
		}
		tl.waiting = append(tl.waiting, segmentRange{stmt.ColumnInt64(0), stmt.ColumnInt64(1), stmt.ColumnInt64(2)})
	}
}

// next takes the next instant in the direction of reading.
func (tl *timeline) next() (m instant, ok bool, err error) {
	best := tl.first()
	for len(tl.waiting) > 0 && (best < 0 || tl.reaches(tl.waiting[0], tl.heads[best])) {
		if err := tl.admit(tl.waiting[0]); err != nil {
			return instant{}, false, err
		}
		tl.waiting = tl.waiting[1:]
		best = tl.first()
	}
	if best < 0 {
		return instant{}, false, nil
	}
	m = tl.heads[best]
	head, ok, err := tl.open[best].next()
	if err != nil {
		return instant{}, false, err
	}
	if tl.heads[best] = head; !ok {
		tl.open, tl.heads = slices.Delete(tl.open, best, best+1), slices.Delete(tl.heads, best, best+1)
	}
	return m, true, nil
}

// reaches reports whether a segment may hold a instant that comes before head.
func (tl *timeline) reaches(s segmentRange, head instant) bool {
	if tl.back {
		return s.until >= head.time
	}
	return s.since <= head.time
}

func (tl *timeline) admit(s segmentRange) error {
	c, err := openCursorAt(tl.conn, s.first, tl.from, tl.back)
	if err != nil {
		return err
	}
	head, ok, err := c.next()
	if ok {
		tl.open, tl.heads = append(tl.open, c), append(tl.heads, head)
	}
	return err
}

// first is the open cursor whose head comes next, -1 when none is open.
func (tl *timeline) first() int {
	best := -1
	for i, h := range tl.heads {
		if best < 0 || (h.compare(tl.heads[best]) < 0) != tl.back {
			best = i
		}
	}
	return best
}

// fewTimes is up to how many times are read from their rows; reading many goes
// through the timeline.
const fewTimes = 512

// eventTimes reads when the events at some places of a list happened, in
// milliseconds, 0 where that is not known. The answer is by place.
func eventTimes(conn *sqlite.Conn, ids []int64, at []uint32) ([]int64, error) {
	out := make([]int64, len(ids))
	if len(at) <= fewTimes || uint64(ids[at[len(at)-1]]-ids[at[0]]) > uint64(64*len(ids)+4*segmentEvents) { // too far apart for one segment
		for _, i := range at {
			var err error
			if out[i], err = selectInt(conn, `SELECT time FROM event WHERE id = ?`, ids[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	first, last := ids[at[0]], ids[at[len(at)-1]]
	times := make([]int64, last-first+1)
	stmt, err := conn.Prepare(`SELECT segment, since, entries FROM timeline WHERE segment IN (SELECT first FROM segment WHERE first <= ? AND first + events > ?)`)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	stmt.BindInt64(1, last)
	stmt.BindInt64(2, first)
	var blob []byte
	var instants []instant
	for {
		row, err := stmt.Step()
		if err != nil {
			return nil, err
		}
		if !row {
			break
		}
		blob = slices.Grow(blob[:0], stmt.ColumnLen(2))[:stmt.ColumnLen(2)]
		stmt.ColumnBytes(2, blob)
		if instants, err = unpackInstants(instants[:0], blob, instant{stmt.ColumnInt64(1), stmt.ColumnInt64(0)}); err != nil {
			return nil, fmt.Errorf("read the timeline: %w", err)
		}
		for _, m := range instants {
			if m.id >= first && m.id <= last {
				times[m.id-first] = m.time
			}
		}
	}
	for _, i := range at {
		out[i] = times[ids[i]-first]
	}
	return out, nil
}
