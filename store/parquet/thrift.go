package parquet

import (
	"encoding/binary"
	"errors"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// Bounds of the structures that describe a file.
const (
	maxNesting  = 16
	maxElements = 1 << 18 // of all lists of one structure
)

var errThrift = errors.New("a structure that is damaged or cut")

// decode reads the structure at the start of b into v and returns its length.
// The decoder of the library allocates what lists and texts claim to hold and
// follows any nesting, so the structure is measured first.
func decode(b []byte, v any) (int, error) {
	m := measure{b: b}
	if !m.structure(0) {
		return 0, errThrift
	}
	var p thrift.CompactProtocol
	return m.at, thrift.Unmarshal(&p, b[:m.at], v)
}

// Types of Thrift's compact protocol.
const (
	typeStop = iota
	typeTrue
	typeFalse
	typeI8
	typeI16
	typeI32
	typeI64
	typeDouble
	typeBinary
	typeList
	typeSet
	typeMap
	typeStruct
)

// measure finds the end of a structure in Thrift's compact protocol.
type measure struct {
	b        []byte
	at       int
	elements int
}

func (m *measure) structure(depth int) bool {
	for depth < maxNesting {
		head, ok := m.byte()
		if !ok {
			return false
		}
		if head == typeStop {
			return true
		}
		if head>>4 == 0 {
			if _, ok := m.varint(); !ok {
				return false
			}
		}
		if kind := head & 15; kind != typeTrue && kind != typeFalse && !m.value(kind, depth+1) {
			return false
		}
	}
	return false
}

func (m *measure) value(kind byte, depth int) bool {
	switch kind {
	case typeTrue, typeFalse, typeI8: // a truth value outside a field takes a byte
		return m.skip(1)
	case typeI16, typeI32, typeI64:
		_, ok := m.varint()
		return ok
	case typeDouble:
		return m.skip(8)
	case typeBinary:
		n, ok := m.varint()
		return ok && m.skip(n)
	case typeList, typeSet:
		head, ok := m.byte()
		n := uint64(head >> 4)
		if n == 15 {
			var long bool
			n, long = m.varint()
			ok = ok && long
		}
		return ok && m.values(n, depth, head&15)
	case typeMap:
		n, ok := m.varint()
		if !ok || n == 0 {
			return ok
		}
		head, ok := m.byte()
		return ok && m.values(n, depth, head>>4, head&15)
	case typeStruct:
		return m.structure(depth)
	}
	return false
}

// values passes n elements, each of the kinds given.
func (m *measure) values(n uint64, depth int, kinds ...byte) bool {
	if depth >= maxNesting || n > maxElements {
		return false
	}
	if m.elements += int(n); m.elements > maxElements {
		return false
	}
	for range n {
		for _, k := range kinds {
			if !m.value(k, depth+1) {
				return false
			}
		}
	}
	return true
}

func (m *measure) byte() (byte, bool) {
	if m.at == len(m.b) {
		return 0, false
	}
	m.at++
	return m.b[m.at-1], true
}

func (m *measure) varint() (uint64, bool) {
	v, n := binary.Uvarint(m.b[m.at:])
	if n <= 0 {
		return 0, false
	}
	m.at += n
	return v, true
}

func (m *measure) skip(n uint64) bool {
	if n > uint64(len(m.b)-m.at) {
		return false
	}
	m.at += int(n)
	return true
}
