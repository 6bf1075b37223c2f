package framing

import (
	"encoding/binary"
	"math/bits"

	"cordon/investigations/extract"
)

// maxDepth bounds the nesting of a value, as investigations/extract does.
const maxDepth = 128

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// scanner finds the end of one value by its brackets and texts. It can stop at
// any byte and go on with the next. What is between the brackets is not
// checked, except for signs that the value is broken off: a bracket that does
// not match, a line end inside a text, or an object where no value can stand.
type scanner struct {
	kinds  [maxDepth / 64]uint64 // one bit a level, set for an object
	depth  int
	inText bool
	escape bool // the byte before was a backslash in a text
	begun  bool // the first byte was seen
	scalar bool // the value is a number or word
	fresh  bool // only blanks since a line end
	blanks int  // how many
	last   byte // the last byte that was no blank
}

// Outcomes of a scan.
const (
	scanMore = iota
	scanDone
	scanMismatch // a bracket does not match, or too many are open
	scanCut      // the value was broken off; the position is a line's start
)

func (s *scanner) inObject() bool {
	d := s.depth - 1
	return d >= 0 && s.kinds[d>>6]>>(d&63)&1 == 1
}

// run goes on at b[i] and returns where it stopped and why: after the value's
// last byte for scanDone.
func (s *scanner) run(b []byte, i int) (int, int) {
	if !s.begun && i < len(b) {
		c := b[i]
		s.begun, s.scalar = true, c != '{' && c != '[' && c != '"'
	}
	if s.scalar {
		if i = scalarEnd(b, i); i < len(b) {
			return i, scanDone
		}
		return i, scanMore
	}
	for i < len(b) {
		if s.inText {
			var how int
			if i, how = s.text(b, i); how != scanDone {
				return i, how
			}
			if s.depth == 0 {
				return i, scanDone
			}
			s.last = '"'
			continue
		}
		c := b[i]
		if isSpace(c) {
			s.blank(c)
			i++
			continue
		}
		switch c {
		case '"':
			s.inText = true
		case '{', '[':
			switch {
			case c == '{' && !s.valueFits() && s.fresh:
				return max(0, i-s.blanks), scanCut
			case c == '{' && !s.valueFits() || !s.push(c):
				return i, scanMismatch
			}
		case '}', ']':
			if s.depth == 0 || s.inObject() != (c == '}') {
				return i, scanMismatch
			}
			if s.depth--; s.depth == 0 {
				return i + 1, scanDone
			}
		}
		s.last, s.fresh = c, false
		i++
	}
	return i, scanMore
}

func (s *scanner) blank(c byte) {
	if c == '\n' {
		s.fresh, s.blanks = true, 0
	} else {
		s.blanks++
	}
}

func (s *scanner) push(c byte) bool {
	if s.depth == maxDepth {
		return false
	}
	bit := uint64(1) << (s.depth & 63)
	if c == '{' {
		s.kinds[s.depth>>6] |= bit
	} else {
		s.kinds[s.depth>>6] &^= bit
	}
	s.depth++
	return true
}

// valueFits tells whether a value may stand here.
func (s *scanner) valueFits() bool {
	return s.depth == 0 || s.last == ':' || !s.inObject() && (s.last == '[' || s.last == ',')
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// text goes on inside a text and returns the position after its closing quote.
func (s *scanner) text(b []byte, i int) (int, int) {
	if s.escape && i < len(b) && b[i] != '\n' {
		s.escape = false
		i++
	}
	for i < len(b) {
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			q, e, n := w^(ones*'"'), w^(ones*'\\'), w^(ones*'\n')
			m := ((q-ones)&^q | (e-ones)&^e | (n-ones)&^n) & highs
			if m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) {
			break
		}
		switch b[i] {
		case '"':
			s.inText = false
			return i + 1, scanDone
		case '\n':
			return i + 1, scanCut
		case '\\':
			if i+1 >= len(b) {
				s.escape = true
				return i + 1, scanMore
			}
			if b[i+1] == '\n' {
				return i + 2, scanCut
			}
			i++
		}
		i++
	}
	return i, scanMore
}

// textEnd finds the closing quote of the text whose inside starts at i; -1 when
// there is none. escaped says whether it holds a backslash.
func textEnd(b []byte, i int) (end int, escaped bool) {
	for i < len(b) {
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			q, e := w^(ones*'"'), w^(ones*'\\')
			m := ((q-ones)&^q | (e-ones)&^e) & highs
			if m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) {
			break
		}
		switch b[i] {
		case '"':
			return i, escaped
		case '\\':
			escaped = true
			i++
		}
		i++
	}
	return -1, escaped
}

// valueEnd returns the end of the value at i, -1 when it has none.
func valueEnd(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		end, _ := textEnd(b, i+1)
		if end < 0 {
			return -1
		}
		return end + 1
	case '{', '[':
		return nestEnd(b, i)
	}
	end := scalarEnd(b, i)
	if end == i {
		return -1
	}
	return end
}

// nestEnd returns the end of the object or array at i by counting brackets; -1
// when it does not end. Whether they match is for the reader of the value.
func nestEnd(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			end, _ := textEnd(b, i+1)
			if end < 0 {
				return -1
			}
			i = end
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// scalarEnd returns the end of the number or word at i.
func scalarEnd(b []byte, i int) int {
	for i < len(b) && !isSpace(b[i]) {
		switch b[i] {
		case ',', ':', '"', '{', '}', '[', ']':
			return i
		}
		i++
	}
	return i
}

// members walks over the members of an object or the elements of an array. The
// zero position is before the opening bracket.
type members struct {
	b   []byte
	i   int
	bad bool // the walk ended at something that is no member
	end int  // after the closing bracket, when the walk ended well
}

func walk(b []byte) members { return members{b: b} }

// next returns the next member: its key without quotes, escapes resolved, and
// where its value stands.
func (m *members) next() (key []byte, from, to int, ok bool) {
	if !m.step('}') {
		return nil, 0, 0, false
	}
	if m.i >= len(m.b) || m.b[m.i] != '"' {
		return nil, 0, 0, m.fail()
	}
	end, escaped := textEnd(m.b, m.i+1)
	if end < 0 {
		return nil, 0, 0, m.fail()
	}
	key = m.b[m.i+1 : end]
	if escaped {
		key = extract.Unescape(nil, key)
	}
	i := skipSpace(m.b, end+1)
	if i >= len(m.b) || m.b[i] != ':' {
		return nil, 0, 0, m.fail()
	}
	from = skipSpace(m.b, i+1)
	if to = valueEnd(m.b, from); to < 0 {
		return nil, 0, 0, m.fail()
	}
	m.i = to
	return key, from, to, true
}

// element returns where the next element of an array stands.
func (m *members) element() (from, to int, ok bool) {
	if !m.step(']') {
		return 0, 0, false
	}
	from = m.i
	if to = valueEnd(m.b, from); to < 0 {
		return 0, 0, m.fail()
	}
	m.i = to
	return from, to, true
}

// step moves to the start of the next member; false at the closing bracket.
func (m *members) step(closing byte) bool {
	first := m.i == 0
	i := skipSpace(m.b, max(m.i, 1))
	if i >= len(m.b) {
		return m.fail()
	}
	if m.b[i] == closing {
		m.i, m.end = i, i+1
		return false
	}
	if !first {
		if m.b[i] != ',' {
			return m.fail()
		}
		i = skipSpace(m.b, i+1)
	}
	m.i = i
	return true
}

func (m *members) fail() bool {
	m.bad = true
	return false
}
