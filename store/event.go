package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"

	"cordon/investigations"
)

const eventRow = `id, time, type, ei, uid, user, login, host, address, session, text, outcome, more`

// names resolves dictionary numbers. Types and entities never change their
// meaning, so what was looked up once is kept; an ingest can change labels, so
// the memory starts afresh after it.
type names struct {
	mu       sync.RWMutex
	types    map[int64]typeName
	entities map[int64]entityName
}

type typeName struct{ event, code, cluster string }

type entityName struct {
	investigations.Entity
	label string
}

// namesKept bounds the entities remembered; past it the memory starts afresh.
const namesKept = 1 << 15

func newNames() *names {
	return &names{types: make(map[int64]typeName), entities: make(map[int64]entityName)}
}

func (n *names) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.entities)
}

// reader decodes event rows on one connection.
type reader struct {
	conn     *sqlite.Conn
	names    *names
	byID     *sqlite.Stmt
	entities *sqlite.Stmt
	texts    *sqlite.Stmt
	types    *sqlite.Stmt
	place    *sqlite.Stmt
	blob     []byte
}

func newReader(conn *sqlite.Conn, n *names) (*reader, error) {
	r := &reader{conn: conn, names: n}
	for _, p := range []struct {
		stmt **sqlite.Stmt
		sql  string
	}{
		{&r.byID, `SELECT ` + eventRow + ` FROM event WHERE id = ?`},
		{&r.entities, `SELECT kind, name, label FROM entity WHERE id = ?`},
		{&r.texts, `SELECT value FROM text WHERE id = ?`},
		{&r.types, `SELECT event, code, cluster FROM type WHERE id = ?`},
		{&r.place, `SELECT time, ei, uid FROM event WHERE id = ?`},
	} {
		var err error
		if *p.stmt, err = conn.Prepare(p.sql); err != nil {
			return nil, fmt.Errorf("prepare to read events: %w", err)
		}
	}
	return r, nil
}

// event reads the event with an id into e.
func (r *reader) event(id int64, e *investigations.Event) error {
	r.byID.BindInt64(1, id)
	defer r.byID.Reset()
	row, err := r.byID.Step()
	if err != nil {
		return fmt.Errorf("read event %d: %w", id, err)
	}
	if !row {
		return fmt.Errorf("the case holds no event %d", id)
	}
	return r.decode(r.byID, e)
}

// position reads where an event stands in the case's order.
func (r *reader) position(id int64) (investigations.Position, error) {
	r.place.BindInt64(1, id)
	defer r.place.Reset()
	row, err := r.place.Step()
	if err != nil {
		return investigations.Position{}, fmt.Errorf("read event %d: %w", id, err)
	}
	if !row {
		return investigations.Position{}, fmt.Errorf("the case holds no event %d", id)
	}
	return investigations.Position{Time: r.place.ColumnInt64(0), Index: r.place.ColumnInt64(1), UID: r.nameColumn(r.place, 2), ID: id}, nil
}

// eventOf reads a row into a value of its own.
func (r *reader) eventOf(stmt *sqlite.Stmt) (investigations.Event, error) {
	var e investigations.Event
	err := r.decode(stmt, &e)
	return e, err
}

// slots are the involvement columns of a row, from the sixth on.
var slots = [...]investigations.Role{
	investigations.RoleActor, investigations.RoleTarget, investigations.RoleTarget, investigations.RoleSource, investigations.RoleTarget,
}

// decode reads a row of the columns eventRow into e, reusing its memory.
func (r *reader) decode(stmt *sqlite.Stmt, e *investigations.Event) error {
	typ, err := r.typeName(stmt.ColumnInt64(2))
	if err != nil {
		return err
	}
	*e = investigations.Event{
		ID: stmt.ColumnInt64(0), Time: fromMilliseconds(stmt.ColumnInt64(1)), Type: typ.event, Code: typ.code, Cluster: typ.cluster,
		Index: stmt.ColumnInt64(3), UID: r.nameColumn(stmt, 4),
		Outcome: investigations.Outcome(stmt.ColumnInt64(11)), Involved: e.Involved[:0],
	}
	for i, role := range slots {
		if id := stmt.ColumnInt64(5 + i); id != 0 {
			if err := r.involve(e, id, role); err != nil {
				return err
			}
		}
	}
	if id := stmt.ColumnInt64(10); id != 0 {
		if e.Text, err = r.text(id); err != nil {
			return err
		}
	}
	if stmt.ColumnIsNull(12) {
		return nil
	}
	n := stmt.ColumnLen(12)
	if cap(r.blob) < n {
		r.blob = make([]byte, 2*n)
	}
	more := r.blob[:n]
	stmt.ColumnBytes(12, more)
	for len(more) > 0 {
		v, rest, err := takeVarint(more)
		if err != nil {
			return err
		}
		if err := r.involve(e, int64(v>>roleBits), investigations.Role(v&(1<<roleBits-1))); err != nil {
			return err
		}
		more = rest
	}
	return nil
}

func (r *reader) involve(e *investigations.Event, id int64, role investigations.Role) error {
	n, err := r.entity(id)
	if err != nil {
		return err
	}
	e.Involved = append(e.Involved, investigations.Involvement{Role: role, Entity: n.Entity, Label: n.label})
	return nil
}

func (r *reader) entity(id int64) (entityName, error) {
	r.names.mu.RLock()
	n, ok := r.names.entities[id]
	r.names.mu.RUnlock()
	if ok {
		return n, nil
	}
	r.entities.BindInt64(1, id)
	defer r.entities.Reset()
	row, err := r.entities.Step()
	if err != nil {
		return n, fmt.Errorf("read entity %d: %w", id, err)
	}
	if !row {
		return n, fmt.Errorf("the case file is damaged: it holds no entity %d", id)
	}
	n = entityName{investigations.Entity{Kind: investigations.Kind(r.entities.ColumnInt64(0)), Name: r.nameColumn(r.entities, 1)}, r.entities.ColumnText(2)}
	r.names.mu.Lock()
	if len(r.names.entities) >= namesKept {
		clear(r.names.entities)
	}
	r.names.entities[id] = n
	r.names.mu.Unlock()
	return n, nil
}

func (r *reader) typeName(id int64) (typeName, error) {
	r.names.mu.RLock()
	t, ok := r.names.types[id]
	r.names.mu.RUnlock()
	if ok {
		return t, nil
	}
	r.types.BindInt64(1, id)
	defer r.types.Reset()
	row, err := r.types.Step()
	if err != nil || !row {
		return t, fmt.Errorf("the case file is damaged: it holds no type %d: %w", id, err)
	}
	t = typeName{r.types.ColumnText(0), r.types.ColumnText(1), r.types.ColumnText(2)}
	r.names.mu.Lock()
	r.names.types[id] = t
	r.names.mu.Unlock()
	return t, nil
}

func (r *reader) text(id int64) (string, error) {
	r.texts.BindInt64(1, id)
	defer r.texts.Reset()
	if _, err := r.texts.Step(); err != nil {
		return "", fmt.Errorf("read text %d: %w", id, err)
	}
	return r.texts.ColumnText(0), nil
}

// time reads when an event happened, in milliseconds.
func (r *reader) time(id int64) (int64, error) {
	return selectInt(r.conn, `SELECT time FROM event WHERE id = ?`, id)
}

// nameColumn reads a name or uid: a 16-byte blob is a UUID.
func (r *reader) nameColumn(stmt *sqlite.Stmt, col int) string {
	if stmt.ColumnType(col) == sqlite.TypeBlob && stmt.ColumnLen(col) == 16 {
		var u [16]byte
		stmt.ColumnBytes(col, u[:])
		return uuidText(u[:])
	}
	return stmt.ColumnText(col)
}

func fromMilliseconds(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Each calls yield with the events of the ids, in the order given. The event is
// reused between calls.
func (c *Case) Each(ctx context.Context, ids []int64, yield func(*investigations.Event) error) error {
	return c.read(ctx, func(conn *sqlite.Conn) error {
		r, err := newReader(conn, c.names)
		if err != nil {
			return err
		}
		var e investigations.Event
		for part := range slices.Chunk(ids, rowsRead) {
			if len(part) == rowsRead && ascend(part) {
				err = r.events(part, &e, yield)
			} else {
				err = r.eachEvent(part, &e, yield)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *reader) eachEvent(ids []int64, e *investigations.Event, yield func(*investigations.Event) error) error {
	for _, id := range ids {
		if err := r.event(id, e); err != nil {
			return err
		}
		if err := yield(e); err != nil {
			return err
		}
	}
	return nil
}

// rowsRead is how many rows one statement reads: stepping through a list costs
// half of asking for each.
const rowsRead = 64

// inList is the end of a statement that reads rowsRead rows by id.
var inList = ` FROM event WHERE id IN (` + strings.TrimSuffix(strings.Repeat("?,", rowsRead), ",") + `)`

// events reads rowsRead events, whose ids ascend, with one statement.
func (r *reader) events(ids []int64, e *investigations.Event, yield func(*investigations.Event) error) error {
	stmt, err := r.conn.Prepare(`SELECT ` + eventRow + inList)
	if err != nil {
		return err
	}
	defer stmt.Reset()
	for i, id := range ids {
		stmt.BindInt64(i+1, id)
	}
	for _, id := range ids {
		row, err := stmt.Step()
		if err != nil {
			return fmt.Errorf("read event %d: %w", id, err)
		}
		if !row || stmt.ColumnInt64(0) != id {
			return fmt.Errorf("the case holds no event %d", id)
		}
		if err := r.decode(stmt, e); err != nil {
			return err
		}
		if err := yield(e); err != nil {
			return err
		}
	}
	return nil
}

// ascend reports whether each number is above the one before it.
func ascend(ids []int64) bool {
	for i := 1; i < len(ids); i++ {
		if ids[i] <= ids[i-1] {
			return false
		}
	}
	return true
}

// EventByUID finds an event by its uid; ok is false when the case has none. Of
// several with the same uid it gives the first.
func (c *Case) EventByUID(ctx context.Context, uid string) (e investigations.Event, ok bool, err error) {
	err = c.read(ctx, func(conn *sqlite.Conn) error {
		stmt, err := conn.Prepare(`SELECT ` + eventRow + ` FROM event WHERE uid = ? LIMIT 1`)
		if err != nil {
			return err
		}
		defer stmt.Reset()
		u, isUUID := uuidBytes([]byte(uid))
		bindName(stmt, 1, []byte(uid), u, isUUID)
		if ok, err = stmt.Step(); err != nil || !ok {
			return err
		}
		r, err := newReader(conn, c.names)
		if err != nil {
			return err
		}
		return r.decode(stmt, &e)
	})
	return e, ok, err
}
