package store

import (
	"hash/maphash"

	"zombiezen.com/go/sqlite"
)

// uidTable finds the events that may be equal to a new one: an open-addressing
// table from a keyed hash of the uid to event ids. It only nominates; the bytes
// decide. Twelve bytes an event at three quarters full.
type uidTable struct {
	seed   maphash.Seed
	hashes []uint64
	ids    []uint32 // 0: empty
	used   int
}

func newUIDTable() *uidTable {
	const start = 1 << 12
	return &uidTable{seed: maphash.MakeSeed(), hashes: make([]uint64, start), ids: make([]uint32, start)}
}

func (t *uidTable) hash(uid []byte) uint64 {
	if u, ok := uuidBytes(uid); ok {
		return maphash.Bytes(t.seed, u[:])
	}
	return maphash.Bytes(t.seed, uid)
}

// each calls yield with each candidate of a hash until it returns true.
func (t *uidTable) each(h uint64, yield func(id uint32) (bool, error)) (bool, error) {
	mask := uint64(len(t.ids) - 1)
	for i := h & mask; t.ids[i] != 0; i = (i + 1) & mask {
		if t.hashes[i] == h {
			if stop, err := yield(t.ids[i]); stop || err != nil {
				return stop, err
			}
		}
	}
	return false, nil
}

func (t *uidTable) add(h uint64, id uint32) {
	if t.used >= len(t.ids)/4*3 {
		old := *t
		t.hashes, t.ids = make([]uint64, 2*len(old.ids)), make([]uint32, 2*len(old.ids))
		for i, id := range old.ids {
			if id != 0 {
				t.place(old.hashes[i], id)
			}
		}
	}
	t.used++
	t.place(h, id)
}

func (t *uidTable) place(h uint64, id uint32) {
	mask := uint64(len(t.ids) - 1)
	i := h & mask
	for t.ids[i] != 0 {
		i = (i + 1) & mask
	}
	t.hashes[i], t.ids[i] = h, id
}

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
