package store

import (
	"fmt"

	"zombiezen.com/go/sqlite"

	"cordon/investigations"
)

// dictionary hands out the numbers of entities, types and texts. What it has
// seen it remembers; what an older ingest stored it looks up.
type dictionary struct {
	conn     *sqlite.Conn
	old      bool // the case had entries before this ingest
	entities *interner
	types    map[string]uint32
	texts    *interner
	nextEnt  uint32
	nextType uint32
	nextText uint32
	key      []byte

	labels labels

	addEntity, findEntity, addType, addText *sqlite.Stmt
}

// maxEntities is what a posting key has room for.
const maxEntities = 1<<32 - 1

// maxTexts bounds the texts remembered. A text forgotten and met again is
// stored again: the dictionary saves room, it does not say what is equal.
const maxTexts = 1 << 16

func newDictionary(conn *sqlite.Conn) (*dictionary, error) {
	d := &dictionary{conn: conn, entities: newInterner(), types: make(map[string]uint32), texts: newInterner(), labels: make(labels)}
	for _, p := range []struct {
		stmt **sqlite.Stmt
		sql  string
	}{
		{&d.addEntity, `INSERT INTO entity(id, kind, name, label, labelled) VALUES (?, ?, ?, ?, ?)`},
		{&d.findEntity, `SELECT id, label, labelled FROM entity WHERE kind = ? AND name = ?`},
		{&d.addType, `INSERT INTO type(id, event, code, cluster) VALUES (?, ?, ?, ?)`},
		{&d.addText, `INSERT INTO text(id, value) VALUES (?, ?)`},
	} {
		var err error
		if *p.stmt, err = conn.Prepare(p.sql); err != nil {
			return nil, fmt.Errorf("prepare the dictionary: %w", err)
		}
	}
	for _, t := range []struct {
		table string
		next  *uint32
	}{{"entity", &d.nextEnt}, {"type", &d.nextType}, {"text", &d.nextText}} {
		n, err := selectInt(conn, "SELECT coalesce(max(id), 0) FROM "+t.table)
		if err != nil {
			return nil, err
		}
		*t.next = uint32(n) + 1
	}
	d.old = d.nextType > 1
	return d, d.loadTypes()
}

func (d *dictionary) loadTypes() error {
	stmt, err := d.conn.Prepare(`SELECT id, event, code, cluster FROM type`)
	if err != nil {
		return err
	}
	for {
		row, err := stmt.Step()
		if err != nil || !row {
			return err
		}
		d.types[stmt.ColumnText(1)+"\x00"+stmt.ColumnText(2)+"\x00"+stmt.ColumnText(3)] = uint32(stmt.ColumnInt64(0))
	}
}

// typeID numbers the triple (event, code, cluster).
func (d *dictionary) typeID(event, code, cluster []byte) (uint32, error) {
	k := append(append(append(append(append(d.key[:0], event...), 0), code...), 0), cluster...)
	d.key = k
	if id, ok := d.types[string(k)]; ok {
		return id, nil
	}
	id := d.nextType
	d.nextType++
	d.types[string(k)] = id
	d.addType.BindInt64(1, int64(id))
	d.addType.BindText(2, string(event))
	d.addType.BindText(3, string(code))
	d.addType.BindText(4, string(cluster))
	return id, run(d.addType)
}

// entityID numbers an entity that an event of the time at names with a label,
// which may be empty.
func (d *dictionary) entityID(kind investigations.Kind, name, label []byte, at int64) (uint32, error) {
	u, isUUID := uuidBytes(name)
	k := append(d.key[:0], byte(kind))
	if isUUID {
		k[0] |= 0x80
		k = append(k, u[:]...)
	} else {
		k = append(k, name...)
	}
	d.key = k
	h := d.entities.hash(k)
	id, ok := d.entities.find(h, k)
	if !ok {
		var err error
		if id, err = d.storedEntity(kind, name, u, isUUID); err != nil {
			return 0, err
		}
		if id == 0 {
			return d.newEntity(h, kind, name, label, at, u, isUUID)
		}
		d.entities.add(h, k, id)
	}
	if len(label) > 0 {
		d.labels.learn(id, label, at)
	}
	return id, nil
}

// storedEntity looks for an entity of an older ingest; 0 when there is none.
func (d *dictionary) storedEntity(kind investigations.Kind, name []byte, u [16]byte, isUUID bool) (uint32, error) {
	if !d.old {
		return 0, nil
	}
	d.findEntity.BindInt64(1, int64(kind))
	bindName(d.findEntity, 2, name, u, isUUID)
	defer d.findEntity.Reset()
	row, err := d.findEntity.Step()
	if err != nil || !row {
		return 0, err
	}
	id := uint32(d.findEntity.ColumnInt64(0))
	if text := d.findEntity.ColumnText(1); text != "" {
		d.labels[id] = &label{text: text, at: d.findEntity.ColumnInt64(2), saved: true}
	}
	return id, nil
}

func (d *dictionary) newEntity(h uint64, kind investigations.Kind, name, text []byte, at int64, u [16]byte, isUUID bool) (uint32, error) {
	id := d.nextEnt
	if id >= maxEntities || d.entities.full() {
		return 0, fmt.Errorf("the evidence names more than %d entities: this is no audit log", d.entities.n)
	}
	d.nextEnt++
	d.addEntity.BindInt64(1, int64(id))
	d.addEntity.BindInt64(2, int64(kind))
	bindName(d.addEntity, 3, name, u, isUUID)
	d.addEntity.BindNull(4)
	d.addEntity.BindNull(5)
	if len(text) > 0 {
		d.labels[id] = &label{text: string(text), at: at, saved: true}
		d.addEntity.BindText(4, string(text))
		d.addEntity.BindInt64(5, at)
	}
	d.entities.add(h, d.key, id)
	return id, run(d.addEntity)
}

// textID stores a text, once as long as it is remembered.
func (d *dictionary) textID(text []byte) (uint32, error) {
	h := d.texts.hash(text)
	if id, ok := d.texts.find(h, text); ok {
		return id, nil
	}
	if d.texts.n >= maxTexts || d.texts.full() {
		d.texts.forget()
	}
	id := d.nextText
	d.nextText++
	d.texts.add(h, text, id)
	d.addText.BindInt64(1, int64(id))
	d.addText.BindText(2, string(text))
	return id, run(d.addText)
}

func bindName(stmt *sqlite.Stmt, param int, name []byte, u [16]byte, isUUID bool) {
	if isUUID {
		stmt.BindBytes(param, u[:])
		return
	}
	stmt.BindText(param, string(name))
}

// run steps a statement that returns no row and makes it ready again.
func run(stmt *sqlite.Stmt) error {
	_, err := stmt.Step()
	if reset := stmt.Reset(); err == nil {
		err = reset
	}
	return err
}

// selectInt runs a query that gives one integer.
func selectInt(conn *sqlite.Conn, sql string, args ...int64) (int64, error) {
	stmt, err := conn.Prepare(sql)
	if err != nil {
		return 0, err
	}
	defer stmt.Reset()
	for i, a := range args {
		stmt.BindInt64(i+1, a)
	}
	row, err := stmt.Step()
	if err != nil || !row {
		return 0, err
	}
	return stmt.ColumnInt64(0), nil
}
