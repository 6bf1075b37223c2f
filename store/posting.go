package store

import (
	"fmt"
	"slices"

	"zombiezen.com/go/sqlite"

	"cordon/investigations"
)

// segmentEvents is after how many events the postings collected are sorted and
// written. It bounds the memory of an ingest whatever the size of the log.
const segmentEvents = 1 << 17

// everyEvent is the entity number under which each type lists all its events.
const everyEvent = 0

// postings collects (entity, role, type) → event until they are written.
type postings struct {
	base  int64    // event id of position 0
	times []int64  // by position
	keys  []uint64 // entity<<24 | role<<20 | type
	at    []uint32 // position, by key
	add   *sqlite.Stmt

	keys2 []uint64
	at2   []uint32
	ids   []byte
}

const (
	typeBits = 20
	roleBits = 4
)

func newPostings(conn *sqlite.Conn) (*postings, error) {
	add, err := conn.Prepare(`INSERT INTO posting(entity, role, type, first, n, tmin, tmax, ids) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return nil, fmt.Errorf("prepare the postings: %w", err)
	}
	return &postings{add: add}, nil
}

// event begins the next event; its entities follow.
func (p *postings) event(id, time int64) {
	if len(p.times) == 0 {
		p.base = id
	}
	p.times = append(p.times, time)
}

func (p *postings) entity(entity uint32, role investigations.Role, typ uint32) {
	p.keys = append(p.keys, uint64(entity)<<(typeBits+roleBits)|uint64(role)<<typeBits|uint64(typ))
	p.at = append(p.at, uint32(len(p.times)-1))
}

func (p *postings) full() bool { return len(p.times) >= segmentEvents }

// flush sorts what was collected and writes it as runs.
func (p *postings) flush() error {
	p.sort()
	for i := 0; i < len(p.keys); {
		j := i + 1
		for j < len(p.keys) && p.keys[j] == p.keys[i] {
			j++
		}
		if err := p.write(p.keys[i], p.at[i:j]); err != nil {
			return err
		}
		i = j
	}
	p.times, p.keys, p.at = p.times[:0], p.keys[:0], p.at[:0]
	return nil
}

func (p *postings) write(key uint64, at []uint32) error {
	first := p.base + int64(at[0])
	tmin, tmax := p.times[at[0]], p.times[at[0]]
	p.ids = p.ids[:0]
	n, last := 1, at[0]
	for _, a := range at[1:] {
		if a == last { // the same entity twice in one event
			continue
		}
		p.ids = appendVarint(p.ids, uint64(a-last))
		tmin, tmax = min(tmin, p.times[a]), max(tmax, p.times[a])
		n, last = n+1, a
	}
	s := p.add
	s.BindInt64(1, int64(key>>(typeBits+roleBits)))
	s.BindInt64(2, int64(key>>typeBits&(1<<roleBits-1)))
	s.BindInt64(3, int64(key&(1<<typeBits-1)))
	s.BindInt64(4, first)
	s.BindInt64(5, int64(n))
	if n == 1 {
		s.BindNull(6)
		s.BindNull(7)
		s.BindNull(8)
	} else {
		s.BindInt64(6, tmin)
		s.BindInt64(7, tmax)
		s.BindBytes(8, p.ids)
	}
	return run(s)
}

// sort orders keys, and the positions with them, by least significant digit
// first: each pass is stable, so positions stay ascending within a key.
func (p *postings) sort() {
	const digit = 11
	var high uint64
	for _, k := range p.keys {
		high |= k
	}
	if len(p.keys2) < len(p.keys) {
		p.keys2, p.at2 = make([]uint64, cap(p.keys)), make([]uint32, cap(p.keys))
	}
	from, fromAt := p.keys, p.at
	to, toAt := p.keys2[:len(from)], p.at2[:len(from)]
	for shift := 0; high>>shift != 0; shift += digit {
		var count [1 << digit]uint32
		for _, k := range from {
			count[k>>shift&(1<<digit-1)]++
		}
		sum := uint32(0)
		for i, c := range count {
			count[i], sum = sum, sum+c
		}
		for i, k := range from {
			d := k >> shift & (1<<digit - 1)
			to[count[d]], toAt[count[d]] = k, fromAt[i]
			count[d]++
		}
		from, to, fromAt, toAt = to, from, toAt, fromAt
	}
	p.keys, p.at = from, fromAt
	p.keys2, p.at2 = to[:cap(to)], toAt[:cap(toAt)]
}

// decodeIDs appends the event ids of one run to dst.
func decodeIDs(dst []int64, first int64, n int, ids []byte) ([]int64, error) {
	if n-1 > len(ids) { // each delta takes a byte or more
		return dst, errVarint
	}
	dst = append(slices.Grow(dst, n), first)
	for i := 1; i < n; i++ {
		d, rest, err := takeVarint(ids)
		if err != nil {
			return dst, err
		}
		first, ids = first+int64(d), rest
		dst = append(dst, first)
	}
	return dst, nil
}
