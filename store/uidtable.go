package store

import (
	"hash/maphash"

	"zombiezen.com/go/sqlite"
)

// uidTable finds the events that may be equal to a new one, by a keyed hash of
// the uid. It only nominates; the bytes decide.
type uidTable struct {
	seed  maphash.Seed
	table hashTable
}

func newUIDTable() *uidTable { return &uidTable{seed: maphash.MakeSeed()} }

func (t *uidTable) hash(uid []byte) uint64 {
	if u, ok := uuidBytes(uid); ok {
		return maphash.Bytes(t.seed, u[:])
	}
	return maphash.Bytes(t.seed, uid)
}

func (t *uidTable) add(h uint64, id uint32) { t.table.add(h, id) }

// load fills the table with the events that the case holds already.
func (t *uidTable) load(conn *sqlite.Conn, raw func(id int64) ([]byte, error)) error {
	stmt, err := conn.Prepare(`SELECT id, uid FROM event`)
	if err != nil {
		return err
	}
	var without []int64
	buf := make([]byte, 256)
	for {
		row, err := stmt.Step()
		if err != nil {
			return err
		}
		if !row {
			break
		}
		id := stmt.ColumnInt64(0)
		switch stmt.ColumnType(1) {
		case sqlite.TypeNull:
			without = append(without, id)
		case sqlite.TypeBlob:
			n := stmt.ColumnBytes(1, buf)
			t.add(maphash.Bytes(t.seed, buf[:n]), uint32(id))
		default:
			t.add(t.hash([]byte(stmt.ColumnText(1))), uint32(id))
		}
	}
	for _, id := range without {
		line, err := raw(id)
		if err != nil {
			return err
		}
		t.add(t.hashWhole(line), uint32(id))
	}
	return nil
}

// hashWhole is the hash of an event without a uid: of its value.
func (t *uidTable) hashWhole(line []byte) uint64 {
	c, err := canonical(line)
	if err != nil {
		c = line
	}
	return maphash.Bytes(t.seed, c)
}
