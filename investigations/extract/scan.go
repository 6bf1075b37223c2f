package extract

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// maxDepth bounds nesting as encoding/json does. Teleport's own fields nest six
// levels, but the arguments of a logged call are what its caller sent.
const maxDepth = 10_000

// value is one kept field: a slice of the line, or of the scanner's scratch
// where the string had escapes.
type value struct {
	field field
	kind  byte   // first byte of the JSON value: '"', 't', 'f', or a digit or '-'
	group uint32 // number of the array element that holds it, 0 outside of those told apart
	data  []byte
}

// names reports whether the value is a string or a number: a pipeline may have
// taken a name of digits for one.
func (v *value) names() bool { return v.kind <= '9' }

// errSyntax is what a line that is no JSON object gives; the reason follows.
var errSyntax = errors.New("not a JSON object")

func (s *Scanner) fail(pos int, what string) error {
	return fmt.Errorf("%w: %s at byte %d", errSyntax, what, pos)
}

// walk scans one JSON object for what a tree keeps and fills s.vals and s.found.
func (s *Scanner) walk(line []byte, root *node) error {
	s.line, s.vals, s.groups, s.arrays = line, s.vals[:0], 0, 0
	clear(s.found)
	i := skipSpace(line, 0)
	if i == len(line) || line[i] != '{' {
		return s.fail(i, "it does not start with {")
	}
	i, err := s.object(i+1, root, 1)
	if err != nil {
		return err
	}
	if i = skipSpace(line, i); i != len(line) {
		return s.fail(i, "something follows the object")
	}
	return nil
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

// object scans the members after '{' and returns the position after '}'.
func (s *Scanner) object(i int, n *node, depth int) (int, error) {
	if depth > maxDepth {
		return i, s.fail(i, "nested too deeply")
	}
	b, first := s.line, len(s.vals)
	if i = skipSpace(b, i); i < len(b) && b[i] == '}' {
		return i + 1, nil
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return i, s.fail(i, "a key is missing")
		}
		end, esc, ok := stringEnd(b, i+1)
		if !ok {
			return i, s.fail(i, "a string does not end")
		}
		key := b[i+1 : end]
		if esc {
			key = s.unescape(key)
		}
		if i = skipSpace(b, end+1); i >= len(b) || b[i] != ':' {
			return i, s.fail(i, "a colon is missing")
		}
		var err error
		if i, err = s.value(skipSpace(b, i+1), n.child(key), depth); err != nil {
			return i, err
		}
		if i = skipSpace(b, i); i >= len(b) {
			return i, s.fail(i, "the object does not end")
		}
		switch b[i] {
		case ',':
			i = skipSpace(b, i+1)
		case '}':
			if n != nil && n.apart {
				s.group(first)
			}
			return i + 1, nil
		default:
			return i, s.fail(i, "a comma is missing")
		}
	}
}

// group numbers the values from first on as those of one array element.
func (s *Scanner) group(first int) {
	s.groups++
	for i := first; i < len(s.vals); i++ {
		s.vals[i].group = s.groups
	}
}

// value scans any value and returns the position after it. Of a key that stands
// twice the last one counts for columns, with all that is in it.
func (s *Scanner) value(i int, n *node, depth int) (int, error) {
	if n == nil || len(n.below) == 0 || s.arrays > 0 {
		return s.plain(i, n, depth)
	}
	for _, c := range n.below {
		s.found[c] = Cell{}
	}
	end, err := s.plain(i, n, depth)
	if n.column > 0 {
		s.found[n.column-1] = Cell{uint32(i), uint32(end)}
	}
	return end, err
}

func (s *Scanner) plain(i int, n *node, depth int) (int, error) {
	b := s.line
	if i >= len(b) {
		return i, s.fail(i, "a value is missing")
	}
	switch c := b[i]; {
	case c == '"':
		end, esc, ok := stringEnd(b, i+1)
		if !ok {
			return i, s.fail(i, "a string does not end")
		}
		if n != nil && n.field != fieldNone {
			data := b[i+1 : end]
			if esc {
				data = s.unescape(data)
			}
			s.vals = append(s.vals, value{n.field, '"', 0, data})
		}
		return end + 1, nil
	case c == '{':
		return s.object(i+1, n, depth+1)
	case c == '[':
		s.arrays++
		end, err := s.array(i+1, n, depth+1)
		s.arrays--
		return end, err
	case c == '-' || c >= '0' && c <= '9':
		end := numberEnd(b, i)
		if end < 0 {
			return i, s.fail(i, "a number is malformed")
		}
		s.keepScalar(n, c, b[i:end])
		return end, nil
	case c == 't' && hasWord(b, i, "true"):
		s.keepScalar(n, c, b[i:i+4])
		return i + 4, nil
	case c == 'f' && hasWord(b, i, "false"):
		s.keepScalar(n, c, b[i:i+5])
		return i + 5, nil
	case c == 'n' && hasWord(b, i, "null"):
		return i + 4, nil
	}
	return i, s.fail(i, "a value is malformed")
}

func (s *Scanner) keepScalar(n *node, kind byte, data []byte) {
	if n != nil && n.field != fieldNone {
		s.vals = append(s.vals, value{n.field, kind, 0, data})
	}
}

func hasWord(b []byte, i int, w string) bool {
	return len(b)-i >= len(w) && string(b[i:i+len(w)]) == w
}

func (s *Scanner) array(i int, n *node, depth int) (int, error) {
	if depth > maxDepth {
		return i, s.fail(i, "nested too deeply")
	}
	b := s.line
	if i = skipSpace(b, i); i < len(b) && b[i] == ']' {
		return i + 1, nil
	}
	for {
		var err error
		if i, err = s.value(i, n, depth); err != nil {
			return i, err
		}
		if i = skipSpace(b, i); i >= len(b) {
			return i, s.fail(i, "an array does not end")
		}
		switch b[i] {
		case ',':
			i = skipSpace(b, i+1)
		case ']':
			return i + 1, nil
		default:
			return i, s.fail(i, "a comma is missing")
		}
	}
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// stringEnd finds the closing quote of a string whose first byte is at i, and
// says whether the string holds a backslash. It looks at eight bytes a time.
func stringEnd(b []byte, i int) (end int, escaped, ok bool) {
	for i+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[i:])
		q, e := w^(ones*'"'), w^(ones*'\\')
		m := ((q-ones)&^q | (e-ones)&^e) & highs
		if m == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(m) >> 3
		if b[i] == '"' {
			return i, escaped, true
		}
		escaped = true
		i += 2
	}
	for i < len(b) {
		switch b[i] {
		case '"':
			return i, escaped, true
		case '\\':
			escaped = true
			i += 2
		default:
			i++
		}
	}
	return i, escaped, false
}

// numberEnd returns the end of the JSON number at i, -1 when it is malformed.
func numberEnd(b []byte, i int) int {
	digits := func() bool {
		start := i
		for i < len(b) && b[i] >= '0' && b[i] <= '9' {
			i++
		}
		return i > start
	}
	if b[i] == '-' {
		i++
	}
	if !digits() {
		return -1
	}
	if i < len(b) && b[i] == '.' {
		i++
		if !digits() {
			return -1
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return -1
		}
	}
	return i
}
