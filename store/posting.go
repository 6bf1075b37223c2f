package store

import (
	"encoding/binary"
	"fmt"
	"math/bits"

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
	// few is up to how many events a segment is written again with what came
	// since, so that many small commits do not leave many segments; 0: never.
	few   int
	done  int      // events of the segment that were written before
	base  int64    // event id of position 0
	times []int64  // by position
	keys  []uint64 // entity<<24 | role<<20 | type
	at    []uint32 // position, by key
	add   *sqlite.Stmt

	keys2 []uint64 // the other half of a sort
	at2   []uint32
	lists []byte
}

const (
	typeBits = 20
	roleBits = 4
)

func newPostings(conn *sqlite.Conn) (*postings, error) {
	add, err := conn.Prepare(`INSERT OR REPLACE INTO posting(entity, segment, lists) VALUES (?, ?, ?)`)
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

// flush sorts what was collected and writes one row an entity.
func (p *postings) flush() error {
	if p.done == len(p.times) {
		return nil
	}
	p.sort()
	for i := 0; i < len(p.keys); {
		entity := p.keys[i] >> (typeBits + roleBits)
		p.lists = p.lists[:0]
		for i < len(p.keys) && p.keys[i]>>(typeBits+roleBits) == entity {
			j := i + 1
			for j < len(p.keys) && p.keys[j] == p.keys[i] {
				j++
			}
			p.list(p.keys[i], p.at[i:j])
			i = j
		}
		p.add.BindInt64(1, int64(entity))
		p.add.BindInt64(2, p.base)
		p.add.BindBytes(3, p.lists)
		if err := run(p.add); err != nil {
			return err
		}
	}
	if p.done = len(p.times); !p.grows() {
		p.done, p.times, p.keys, p.at = 0, p.times[:0], p.keys[:0], p.at[:0]
	}
	return nil
}

// grows reports whether the segment goes on after it is written.
func (p *postings) grows() bool { return len(p.times) < p.few }

// fresh are the times of the events that were not written before, and the id of
// the first of them.
func (p *postings) fresh() (first int64, times []int64) {
	return p.base + int64(p.done), p.times[p.done:]
}

// list appends the events of one role and type, each once.
func (p *postings) list(key uint64, at []uint32) {
	role, typ := key>>typeBits&(1<<roleBits-1), key&(1<<typeBits-1)
	n := 1
	for i := 1; i < len(at); i++ {
		if at[i] != at[i-1] {
			n++
		}
	}
	p.lists = appendVarint(p.lists, typ<<roleBits|role)
	p.lists = appendVarint(p.lists, uint64(n))
	p.lists = appendVarint(p.lists, uint64(at[0]))
	tmin, tmax := p.times[at[0]], p.times[at[0]]
	for i := 1; i < len(at); i++ {
		if at[i] == at[i-1] {
			continue
		}
		p.lists = appendVarint(p.lists, uint64(at[i]-at[i-1]))
		if t := p.times[at[i]]; t != 0 { // an event without a time does not count
			if tmin == 0 {
				tmin, tmax = t, t
			}
			tmin, tmax = min(tmin, t), max(tmax, t)
		}
	}
	if n > 1 {
		p.lists = binary.AppendVarint(p.lists, tmin)
		p.lists = appendVarint(p.lists, uint64(tmax-tmin))
	}
}

// sort orders keys, and the positions with them, by least significant digit
// first: each pass is stable, so positions stay ascending within a key.
func (p *postings) sort() {
	const digit = 11
	var high uint64
	for _, k := range p.keys {
		high |= k
	}
	// Keys and positions grow each in its own steps.
	if len(p.keys2) < len(p.keys) || len(p.at2) < len(p.keys) {
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

// list is one decoded list of a posting row.
type list struct {
	segment    int64
	role       investigations.Role
	typ        int64
	ids        []int64
	tmin, tmax int64 // of two events or more; else not known here
}

// eachList decodes the lists of a posting row, those of some types only unless
// want is nil.
func eachList(segment int64, b []byte, want func(typ int64) bool, yield func(list) error) error {
	for len(b) > 0 {
		l := list{segment: segment}
		key, rest, err := takeVarint(b)
		if err != nil {
			return err
		}
		n, rest, err := takeVarint(rest)
		if err != nil {
			return err
		}
		if n == 0 || n > uint64(len(rest)) { // each id takes a byte or more
			return errVarint
		}
		l.role, l.typ = investigations.Role(key&(1<<roleBits-1)), int64(key>>roleBits)
		wanted := want == nil || want(l.typ)
		if wanted {
			l.ids, rest, err = takeIDs(rest, segment, int(n))
		} else {
			rest, err = skipVarints(rest, n)
		}
		if err != nil {
			return err
		}
		if n > 1 {
			v, size := binary.Varint(rest)
			if size <= 0 {
				return errVarint
			}
			d, after, err := takeVarint(rest[size:])
			if err != nil {
				return err
			}
			l.tmin, l.tmax, rest = v, v+int64(d), after
		}
		if wanted {
			if err := yield(l); err != nil {
				return err
			}
		}
		b = rest
	}
	return nil
}

// takeIDs reads n event ids, each written as its distance from the one before.
func takeIDs(b []byte, id int64, n int) ([]int64, []byte, error) {
	ids := make([]int64, n)
	for i := range ids {
		d, rest, err := takeVarint(b)
		if err != nil {
			return nil, nil, err
		}
		id, b = id+int64(d), rest
		ids[i] = id
	}
	return ids, b, nil
}

// skipVarints leaves out n varints: each ends with a byte below 0x80.
func skipVarints(b []byte, n uint64) ([]byte, error) {
	const ends = 0x8080808080808080
	for ; n >= 8 && len(b) >= 8; b = b[8:] {
		n -= uint64(bits.OnesCount64(^binary.LittleEndian.Uint64(b) & ends))
	}
	for ; n > 0; b = b[1:] {
		if len(b) == 0 {
			return nil, errVarint
		}
		if b[0] < 0x80 {
			n--
		}
	}
	return b, nil
}
