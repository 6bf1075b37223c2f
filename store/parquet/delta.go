package parquet

import "encoding/binary"

// deltas reads whole numbers that are written as differences, packed in blocks.
// All are looked over before the first is given, so that what stands behind
// them is known.
type deltas struct {
	b       []byte
	left    int // numbers still to come
	last    int64
	first   bool // the first number, which stands in the head, was not given
	minis   int  // packs in a block
	perPack int  // numbers in a pack

	least  int64  // of the block in hand
	widths []byte // of the packs of the block still to come
	pack   []byte // nil where all its differences are equal
	width  uint
	bit    int
	inPack int // numbers of the pack still to come
}

// newDeltas reads the head at the start of b and returns what stands behind the
// numbers.
func newDeltas(b []byte) (d *deltas, rest []byte, err error) {
	block, b, ok1 := uvarint(b)
	minis, b, ok2 := uvarint(b)
	total, b, ok3 := uvarint(b)
	first, n := binary.Varint(b)
	if !ok1 || !ok2 || !ok3 || n <= 0 || block == 0 || block > 1<<20 || minis == 0 || block%minis != 0 || block/minis%8 != 0 || total > maxPageValues {
		return nil, nil, errPage
	}
	d = &deltas{b: b[n:], left: int(total), last: first, first: true, minis: int(minis), perPack: int(block / minis)}
	over := *d
	for over.left -= 1; over.left > 0; over.left -= over.perPack {
		if err := over.nextPack(); err != nil {
			return nil, nil, err
		}
	}
	return d, over.b, nil
}

func uvarint(b []byte) (v uint64, rest []byte, ok bool) {
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, false
	}
	return v, b[n:], true
}

// nextPack starts the next pack, at the end of a block that of the next one.
func (d *deltas) nextPack() error {
	if len(d.widths) == 0 {
		least, n := binary.Varint(d.b)
		if n <= 0 || len(d.b)-n < d.minis {
			return errPage
		}
		d.least, d.b = least, d.b[n:]
		d.widths, d.b = d.b[:d.minis], d.b[d.minis:]
	}
	d.width, d.widths = uint(d.widths[0]), d.widths[1:]
	size := d.perPack / 8 * int(d.width)
	if d.width > 64 || size > len(d.b) {
		return errPage
	}
	d.pack, d.b = d.b[:size], d.b[size:]
	d.bit, d.inPack = 0, d.perPack
	return nil
}

// next returns the next number. Writers count in 32 bits: what is above is cut.
func (d *deltas) next() (int32, error) {
	if d.left == 0 {
		return 0, errPage
	}
	d.left--
	if d.first {
		d.first = false
		return int32(d.last), nil
	}
	if d.inPack == 0 {
		if err := d.nextPack(); err != nil {
			return 0, err
		}
	}
	d.inPack--
	d.last += d.least + int64(bits(d.pack, d.bit, d.width))
	d.bit += int(d.width)
	return int32(d.last), nil
}

// lengths holds the lengths of all texts, then the texts.
type lengths struct {
	numbers *deltas
	b       []byte
}

func newLengths(data []byte) (*lengths, error) {
	if len(data) == 0 { // a page whose rows have no value
		return &lengths{numbers: &deltas{}}, nil
	}
	numbers, rest, err := newDeltas(data)
	return &lengths{numbers, rest}, err
}

func (l *lengths) next() ([]byte, error) {
	n, err := l.numbers.next()
	if err != nil || n < 0 || int(n) > len(l.b) {
		return nil, errPage
	}
	text := l.b[:n:n]
	l.b = l.b[n:]
	return text, nil
}

// prefixes holds texts that begin as the one before: how much of it, then what
// follows.
type prefixes struct {
	shared *deltas
	rests  *lengths
	last   []byte
}

func newPrefixes(data []byte) (*prefixes, error) {
	if len(data) == 0 { // a page whose rows have no value
		return &prefixes{shared: &deltas{}}, nil
	}
	shared, rest, err := newDeltas(data)
	if err != nil {
		return nil, err
	}
	rests, err := newLengths(rest)
	return &prefixes{shared: shared, rests: rests}, err
}

func (p *prefixes) next() ([]byte, error) {
	n, err := p.shared.next()
	if err != nil || n < 0 || int(n) > len(p.last) {
		return nil, errPage
	}
	rest, err := p.rests.next()
	if err != nil {
		return nil, err
	}
	if p.last = append(p.last[:n], rest...); len(p.last) > maxPage {
		return nil, errPage
	}
	return p.last, nil
}
