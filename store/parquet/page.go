package parquet

import (
	"encoding/binary"
	"fmt"

	"github.com/parquet-go/parquet-go/format"
)

// page yields the rows of one page.
type page struct {
	left   int
	levels *hybrid // which rows have a value; nil when all have
	values values
}

func (p *page) value() ([]byte, error) {
	if p.levels != nil {
		if level, err := p.levels.next(); err != nil || level == 0 {
			return nil, err
		}
	}
	return p.values.next()
}

// values yields the texts of a page.
type values interface{ next() ([]byte, error) }

// oldDictionary is what writers once called format.RLEDictionary.
const oldDictionary format.Encoding = 2

func newValues(encoding format.Encoding, data []byte, words [][]byte) (values, error) {
	switch encoding {
	case format.Plain:
		return &plain{data}, nil
	case oldDictionary, format.RLEDictionary:
		if len(data) == 0 { // a page whose rows have no value
			return &plain{}, nil
		}
		return &indexed{hybrid{b: data[1:], width: uint(data[0])}, words}, nil
	case format.DeltaLengthByteArray:
		return newLengths(data)
	case format.DeltaByteArray:
		return newPrefixes(data)
	}
	return nil, fmt.Errorf("values written as %s, which is not read", encoding)
}

// plain holds each text behind its length.
type plain struct{ b []byte }

func (p *plain) next() (text []byte, err error) {
	text, p.b, err = prefixed(p.b)
	return text, err
}

// prefixed takes a stretch behind its length off b.
func prefixed(b []byte) (stretch, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errPage
	}
	n := binary.LittleEndian.Uint32(b)
	if b = b[4:]; uint64(n) > uint64(len(b)) {
		return nil, nil, errPage
	}
	return b[:n], b[n:], nil
}

// indexed holds the numbers of words of the dictionary.
type indexed struct {
	numbers hybrid
	words   [][]byte
}

func (x *indexed) next() ([]byte, error) {
	i, err := x.numbers.next()
	if err != nil || uint64(i) >= uint64(len(x.words)) {
		return nil, errPage
	}
	return x.words[i], nil
}

// hybrid reads the numbers of levels and dictionary indexes: runs of one
// number, and packed groups of eight.
type hybrid struct {
	b     []byte
	width uint // bits a number, 0 to 32

	left   int // of the run in hand
	packed []byte
	bit    int    // in packed
	number uint32 // of a run of one number
}

func (h *hybrid) next() (uint32, error) {
	for h.left == 0 {
		if err := h.run(); err != nil {
			return 0, err
		}
	}
	h.left--
	if h.packed == nil {
		return h.number, nil
	}
	n := bits(h.packed, h.bit, h.width)
	h.bit += int(h.width)
	return uint32(n), nil
}

// run starts the next run.
func (h *hybrid) run() error {
	head, n := binary.Uvarint(h.b)
	if n <= 0 || h.width > 32 || head>>1 > maxPageValues {
		return errPage
	}
	h.b, h.packed, h.bit = h.b[n:], nil, 0
	if head&1 == 0 {
		size := int(h.width+7) / 8
		if len(h.b) < size {
			return errPage
		}
		h.left, h.number = int(head>>1), uint32(bits(h.b[:size], 0, uint(size*8)))
		h.b = h.b[size:]
		return nil
	}
	size := int(head>>1) * int(h.width)
	if size > len(h.b) {
		return errPage
	}
	h.left, h.packed, h.b = int(head>>1)*8, h.b[:size:size], h.b[size:]
	return nil
}

// bits takes width bits, 64 at most, from bit position at on, the lowest first.
func bits(b []byte, at int, width uint) uint64 {
	var v uint64
	for got := uint(0); got < width; {
		in := uint(at & 7)
		take := min(8-in, width-got)
		v |= uint64(b[at>>3]>>in&(1<<take-1)) << got
		got, at = got+take, at+int(take)
	}
	return v
}
