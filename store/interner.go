package store

import (
	"encoding/binary"
	"hash/maphash"
)

// interner remembers the numbers given to keys. The keys lie one after the
// other in pages without pointers, each behind a head of its number and its
// length.
type interner struct {
	seed  maphash.Seed
	table hashTable // to the place of a key in the pages, plus one
	pages [][]byte
	n     int
}

const (
	internPage = 1 << 18 // a longer key has a page of its own
	internHead = 4 + 4
)

func newInterner() *interner { return &interner{seed: maphash.MakeSeed()} }

func (in *interner) hash(key []byte) uint64 { return maphash.Bytes(in.seed, key) }

// find looks for a key by its hash and its bytes.
func (in *interner) find(h uint64, key []byte) (id uint32, ok bool) {
	in.table.each(h, func(place uint32) bool {
		at := place - 1
		b := in.pages[at/internPage][at%internPage:]
		if n := binary.LittleEndian.Uint32(b[4:]); int(n) != len(key) || string(b[internHead:internHead+n]) != string(key) {
			return true
		}
		id, ok = binary.LittleEndian.Uint32(b), true
		return false
	})
	return id, ok
}

// add remembers the number of a key that is not there yet.
func (in *interner) add(h uint64, key []byte, id uint32) {
	need := internHead + len(key)
	last := len(in.pages) - 1
	if last < 0 || len(in.pages[last])+need > cap(in.pages[last]) {
		in.pages = append(in.pages, make([]byte, 0, max(internPage, need)))
		last++
	}
	page := in.pages[last]
	in.table.add(h, uint32(last*internPage+len(page))+1)
	page = binary.LittleEndian.AppendUint32(page, id)
	page = binary.LittleEndian.AppendUint32(page, uint32(len(key)))
	in.pages[last] = append(page, key...)
	in.n++
}

// full reports whether there may be no room for one more key.
func (in *interner) full() bool { return len(in.pages) >= 1<<32/internPage }

// forget empties the interner.
func (in *interner) forget() {
	in.table.clear()
	in.pages, in.n = in.pages[:0], 0
}
