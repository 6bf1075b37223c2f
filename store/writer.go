package store

import (
	"encoding/binary"
	"fmt"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
	"cordon/investigations/extract"
)

// Columns of an event row, in the order of the insert.
const (
	eventColumns = 13
	rowsAtOnce   = 8
)

// row is one event on its way into the table.
type row struct {
	id, time, index                                 int64
	typ, user, login, host, address, session, textn uint32
	outcome                                         investigations.Outcome
	uid                                             []byte
	more                                            []byte
}

// writer stores blocks: it decides which events are new, numbers them and what
// they name, and fills rows and postings. It is for one goroutine.
type writer struct {
	conn   *sqlite.Conn
	dict   *dictionary
	post   *postings
	cols   *columnWriter
	uids   *uidTable
	raws   *rawReader
	next   int64 // id of the next event
	days   map[int64]int64
	server int // newest major server version seen

	words     []byte // of the wording table, events since the last flush
	wordFirst int64  // where they begin
	wordEvent int64  // the last event among them, and its text
	wordText  uint32

	rows      []row
	moreBuf   []byte
	insert    [2]*sqlite.Stmt // one row, rowsAtOnce rows
	addChunk  *sqlite.Stmt
	addReject *sqlite.Stmt
	addReuse  *sqlite.Stmt

	block *block // being stored, for events not yet in a chunk row
	kept  []scanned
	first int64
}

func newWriter(conn *sqlite.Conn) (*writer, error) {
	w := &writer{conn: conn, uids: newUIDTable(), raws: newRawReader(conn), days: make(map[int64]int64)}
	var err error
	if w.dict, err = newDictionary(conn); err != nil {
		return nil, err
	}
	if w.post, err = newPostings(conn); err != nil {
		return nil, err
	}
	if w.cols, err = newColumnWriter(conn); err != nil {
		return nil, err
	}
	head := `INSERT INTO event(id, time, type, ei, uid, user, login, host, address, session, text, outcome, more) VALUES `
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", eventColumns), ",") + ")"
	for _, p := range []struct {
		stmt **sqlite.Stmt
		sql  string
	}{
		{&w.insert[0], head + one},
		{&w.insert[1], head + strings.TrimSuffix(strings.Repeat(one+",", rowsAtOnce), ",")},
		{&w.addChunk, `INSERT INTO chunk(source, offset, size, line, first_event, events, spans, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`},
		{&w.addReject, `INSERT INTO reject(source, offset, size, line, reason) VALUES (?, ?, ?, ?, ?)`},
		{&w.addReuse, `INSERT INTO uid_reused(event, other) VALUES (?, ?)`},
	} {
		if *p.stmt, err = conn.Prepare(p.sql); err != nil {
			return nil, fmt.Errorf("prepare the ingest: %w", err)
		}
	}
	last, err := selectInt(conn, `SELECT coalesce(max(id), 0) FROM event`)
	if err != nil {
		return nil, err
	}
	w.next = last + 1
	if last > 0 {
		err = w.uids.load(conn, w.raws.event)
	}
	return w, err
}

// store puts one block of a source into the case and counts it on s.
func (w *writer) store(b *block, s *sourceRow) error {
	w.block, w.kept, w.first = b, w.kept[:0], w.next
	for i := range b.events {
		if err := w.event(b, &b.events[i], s); err != nil {
			return err
		}
	}
	for i, r := range b.rejects {
		if i == 0 && b.goesOn {
			if err := w.rejectMore(r, s); err != nil {
				return err
			}
			continue
		}
		if err := w.reject(b, r, s); err != nil {
			return err
		}
	}
	if err := w.chunk(b, s); err != nil {
		return err
	}
	s.lines += b.lines
	w.block = nil
	if w.post.full() {
		return w.flush()
	}
	return w.flushRows() // they point into the block
}

// flush writes out what is collected in memory.
func (w *writer) flush() error {
	if err := w.flushRows(); err != nil {
		return err
	}
	if err := w.flushWords(); err != nil {
		return err
	}
	first, times := w.post.fresh()
	if err := addSegment(w.conn, first, times); err != nil {
		return err
	}
	if err := w.cols.flush(w.post.base, w.post.grows()); err != nil {
		return err
	}
	if err := w.post.flush(); err != nil {
		return err
	}
	return w.flushDays()
}

// event stores one scanned event unless the case has its equal.
func (w *writer) event(b *block, e *scanned, s *sourceRow) error {
	line := e.event
	var h uint64
	if len(e.line.UID) > 0 {
		h = w.uids.hash(e.line.UID)
	} else {
		h = w.uids.hashWhole(line)
	}
	same, other, err := w.stored(h, line, e.line.UID)
	if err != nil {
		return err
	}
	if same {
		s.duplicates++
		return nil
	}
	id := w.next
	w.next++
	s.events++
	w.uids.add(h, uint32(id))
	if other != 0 {
		w.addReuse.BindInt64(1, id)
		w.addReuse.BindInt64(2, other)
		if err := run(w.addReuse); err != nil {
			return err
		}
	}
	w.kept = append(w.kept, *e)
	w.cols.event(line, &e.line)
	return w.index(id, &e.line)
}

// stored reports whether the case has the equal of an event, and which event
// has the same uid and another content: 0 for none.
func (w *writer) stored(h uint64, line, uid []byte) (same bool, other int64, err error) {
	w.uids.table.each(h, func(id uint32) bool {
		var stored []byte
		if stored, err = w.raw(int64(id)); err != nil {
			return false
		}
		if same = sameEvent(stored, line); same {
			return false
		}
		if was, err := extract.Event(stored); err == nil && len(uid) > 0 && was.UID == string(uid) {
			other = int64(id)
		}
		return true
	})
	return same, other, err
}

// raw reads a stored event, or one of the block being stored.
func (w *writer) raw(id int64) ([]byte, error) {
	if id >= w.first {
		return w.kept[id-w.first].event, nil
	}
	return w.raws.event(id)
}

// index fills the row and the postings of a new event.
func (w *writer) index(id int64, l *extract.Line) error {
	typ, err := w.dict.typeID(l.Type, l.Code, l.Cluster)
	if err != nil {
		return err
	}
	if typ >= 1<<typeBits {
		return fmt.Errorf("the evidence holds more than %d event types: this is no audit log", 1<<typeBits)
	}
	r := row{id: id, time: l.Time, index: l.Index, typ: typ, outcome: l.Outcome, uid: l.UID}
	w.post.event(id, l.Time)
	w.post.entity(everyEvent, investigations.RoleNone, typ)
	more := len(w.moreBuf)
	for i := range l.Entity {
		v := &l.Entity[i]
		ent, err := w.dict.entityID(v.Kind, v.Name, v.Label, l.Time)
		if err != nil {
			return err
		}
		w.post.entity(ent, v.Role, typ)
		if slot := r.slot(v.Kind, v.Role); slot != nil && *slot == 0 {
			*slot = ent
		} else {
			w.moreBuf = appendVarint(w.moreBuf, uint64(ent)<<roleBits|uint64(v.Role))
		}
	}
	r.more = w.moreBuf[more:len(w.moreBuf):len(w.moreBuf)]
	if len(l.Text) > 0 {
		if r.textn, err = w.dict.textID(l.Text); err != nil {
			return err
		}
		w.word(id, r.textn)
	}
	w.days[dayOf(l.Time)]++
	if v := major(l.Version); v > w.server {
		w.server = v
	}
	if w.rows = append(w.rows, r); len(w.rows) == rowsAtOnce {
		return w.flushRows()
	}
	return nil
}

// word notes that an event has a text.
func (w *writer) word(id int64, text uint32) {
	if len(w.words) == 0 {
		w.wordFirst, w.wordEvent, w.wordText = id, id, 0
	}
	w.words = appendVarint(w.words, uint64(id-w.wordEvent))
	w.words = binary.AppendVarint(w.words, int64(text)-int64(w.wordText))
	w.wordEvent, w.wordText = id, text
}

func (w *writer) flushWords() error {
	if len(w.words) == 0 {
		return nil
	}
	stmt, err := w.conn.Prepare(`INSERT INTO wording(first, entries) VALUES (?, ?)`)
	if err != nil {
		return err
	}
	stmt.BindInt64(1, w.wordFirst)
	stmt.BindBytes(2, w.words)
	w.words = w.words[:0]
	return run(stmt)
}

// slot is the column that an involvement of this kind and role goes to, nil
// when it goes to `more`.
func (r *row) slot(kind investigations.Kind, role investigations.Role) *uint32 {
	switch {
	case kind == investigations.KindUser && role == investigations.RoleActor:
		return &r.user
	case kind == investigations.KindOSLogin && role == investigations.RoleTarget:
		return &r.login
	case kind == investigations.KindHost && role == investigations.RoleTarget:
		return &r.host
	case kind == investigations.KindAddress && role == investigations.RoleSource:
		return &r.address
	case kind == investigations.KindSession && role == investigations.RoleTarget:
		return &r.session
	}
	return nil
}

func (w *writer) flushRows() error {
	defer func() { w.rows, w.moreBuf = w.rows[:0], w.moreBuf[:0] }()
	if len(w.rows) == rowsAtOnce {
		for i := range w.rows {
			bindRow(w.insert[1], i*eventColumns, &w.rows[i])
		}
		return run(w.insert[1])
	}
	for i := range w.rows {
		bindRow(w.insert[0], 0, &w.rows[i])
		if err := run(w.insert[0]); err != nil {
			return err
		}
	}
	return nil
}

func bindRow(s *sqlite.Stmt, at int, r *row) {
	s.BindInt64(at+1, r.id)
	s.BindInt64(at+2, r.time)
	s.BindInt64(at+3, int64(r.typ))
	s.BindInt64(at+4, r.index)
	if u, ok := uuidBytes(r.uid); ok {
		s.BindBytes(at+5, u[:])
	} else if len(r.uid) > 0 {
		s.BindText(at+5, string(r.uid))
	} else {
		s.BindNull(at + 5)
	}
	for i, ent := range [...]uint32{r.user, r.login, r.host, r.address, r.session, r.textn} {
		if ent != 0 {
			s.BindInt64(at+6+i, int64(ent))
		} else {
			s.BindNull(at + 6 + i)
		}
	}
	s.BindInt64(at+12, int64(r.outcome))
	if len(r.more) > 0 {
		s.BindBytes(at+13, r.more)
	} else {
		s.BindNull(at + 13)
	}
}

func (w *writer) reject(b *block, r rejected, s *sourceRow) error {
	s.rejects++
	w.addReject.BindInt64(1, s.id)
	w.addReject.BindInt64(2, b.offset+int64(r.off))
	w.addReject.BindInt64(3, int64(r.size))
	w.addReject.BindInt64(4, s.lines+r.line+1)
	w.addReject.BindText(5, r.reason)
	return run(w.addReject)
}

// rejectMore adds a piece to the last reject: of a line too long for one block.
func (w *writer) rejectMore(r rejected, s *sourceRow) error {
	return sqlitex.Execute(w.conn, `UPDATE reject SET size = size + ?1 WHERE source = ?2 AND offset = (SELECT max(offset) FROM reject WHERE source = ?2)`,
		&sqlitex.ExecOptions{Args: []any{r.size, s.id}})
}

// chunk stores the bytes of a block.
func (w *writer) chunk(b *block, s *sourceRow) error {
	c := w.addChunk
	c.BindInt64(1, s.id)
	c.BindInt64(2, b.offset)
	c.BindInt64(3, int64(len(b.data)))
	c.BindInt64(4, s.lines)
	c.BindNull(5)
	c.BindInt64(6, int64(len(w.kept)))
	c.BindNull(7)
	if len(w.kept) > 0 {
		c.BindInt64(5, w.first)
		if !b.regular || len(w.kept) != len(b.events) {
			c.BindBytes(7, packSpans(w.kept))
		}
	}
	c.BindBytes(8, b.packed)
	return run(c)
}

// formBits is how many bits of a span say in what form the event is written.
const formBits = 2

// packSpans writes where the kept events of a block stand, as varint pairs:
// bytes since the end of the one before, with the form, and length.
func packSpans(kept []scanned) []byte {
	var out []byte
	end := 0
	for _, e := range kept {
		out = appendVarint(out, uint64(e.off-end)<<formBits|uint64(e.form))
		out = appendVarint(out, uint64(e.size))
		end = e.off + e.size
	}
	return out
}

// dayOf numbers the UTC day of a time; events without a time count on noDay.
func dayOf(ms int64) int64 {
	if ms == 0 {
		return noDay
	}
	return floorDiv(ms, daySeconds*1000)
}

const noDay = -1 << 40

func (w *writer) flushDays() error {
	stmt, err := w.conn.Prepare(`INSERT INTO day(day, events) VALUES (?, ?) ON CONFLICT(day) DO UPDATE SET events = events + excluded.events`)
	if err != nil {
		return err
	}
	for day, n := range w.days {
		stmt.BindInt64(1, day)
		stmt.BindInt64(2, n)
		if err := run(stmt); err != nil {
			return err
		}
	}
	clear(w.days)
	return nil
}

// major reads the first number of a version such as "17.2.1"; 0 when it has none.
func major(version []byte) int {
	n := 0
	for _, c := range version {
		if c < '0' || c > '9' || n > 1000 {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}
