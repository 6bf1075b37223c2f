package framing

import (
	"bytes"
	"slices"

	"cordon/investigations/extract"
)

// fromDynamo writes the event of a DynamoDB map with its type wrappers, such as
// {"event":{"S":"user.login"},"ei":{"N":"0"}}, as plain JSON: keys sorted,
// numbers as they are written, texts with the least escapes.
func (u *unwrapper) fromDynamo(b []byte) ([]byte, bool) {
	d := dynamo{b: b, out: u.room(len(b)), spare: u.spare, entries: u.entries[:0]}
	ok := d.object(0)
	u.spare, u.entries = d.spare, d.entries[:0]
	if !ok || skipSpace(b, d.i) != len(b) {
		return nil, false
	}
	return u.keep(d.out), true
}

// dynamo converts in one pass over b; a map whose keys are not sorted is
// reordered when it ends.
type dynamo struct {
	b   []byte
	i   int
	out []byte

	entries []entry // of the maps that are open, the outermost first
	spare   []byte
}

// take moves past c, which may have blanks before it.
func (d *dynamo) take(c byte) bool {
	i := skipSpace(d.b, d.i)
	if i >= len(d.b) || d.b[i] != c {
		return false
	}
	d.i = i + 1
	return true
}

// literal moves past a text and returns its inside as written.
func (d *dynamo) literal() (inside []byte, escaped, ok bool) {
	if !d.take('"') {
		return nil, false, false
	}
	end, escaped := textEnd(d.b, d.i)
	if end < 0 {
		return nil, false, false
	}
	inside = d.b[d.i:end]
	d.i = end + 1
	return inside, escaped, true
}

// entry is a member of a map as it stands in out.
type entry struct {
	key      []byte
	from, to int
}

// object converts the map at i, whose values are typed.
func (d *dynamo) object(depth int) bool {
	if depth > maxDepth/2 || !d.take('{') {
		return false
	}
	d.out = append(d.out, '{')
	start := len(d.out)
	if d.take('}') {
		d.out = append(d.out, '}')
		return true
	}
	first, sorted := len(d.entries), true
	for {
		inside, escaped, ok := d.literal()
		if !ok || !d.take(':') {
			return false
		}
		key := inside
		if escaped {
			key = extract.Unescape(nil, inside)
		}
		if n := len(d.entries); n > first {
			d.out = append(d.out, ',')
			sorted = sorted && bytes.Compare(d.entries[n-1].key, key) <= 0
		}
		from := len(d.out)
		d.text(inside, escaped)
		d.out = append(d.out, ':')
		if !d.typed(depth) {
			return false
		}
		d.entries = append(d.entries, entry{key, from, len(d.out)})
		if d.take('}') {
			break
		}
		if !d.take(',') {
			return false
		}
	}
	if !sorted {
		d.reorder(start, d.entries[first:])
	}
	d.entries = d.entries[:first]
	d.out = append(d.out, '}')
	return true
}

// reorder writes the members of a map in the order of their keys.
func (d *dynamo) reorder(start int, entries []entry) {
	slices.SortStableFunc(entries, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	d.spare = append(d.spare[:0], d.out[start:]...)
	d.out = d.out[:start]
	for i, e := range entries {
		if i > 0 {
			d.out = append(d.out, ',')
		}
		d.out = append(d.out, d.spare[e.from-start:e.to-start]...)
	}
}

// typed converts a value in its type wrapper.
func (d *dynamo) typed(depth int) bool {
	if !d.take('{') {
		return false
	}
	name, _, ok := d.literal()
	if !ok || !d.take(':') {
		return false
	}
	switch string(name) {
	case "S", "B":
		ok = d.string()
	case "N":
		ok = d.number()
	case "BOOL", "NULL":
		ok = d.word(name[0] == 'N')
	case "M":
		ok = d.object(depth + 1)
	case "L":
		ok = d.list(func() bool { return depth < maxDepth/2 && d.typed(depth+1) })
	case "SS", "BS":
		ok = d.list(d.string)
	case "NS":
		ok = d.list(d.number)
	default:
		return false
	}
	return ok && d.take('}')
}

func (d *dynamo) list(element func() bool) bool {
	if !d.take('[') {
		return false
	}
	d.out = append(d.out, '[')
	if !d.take(']') {
		for {
			if !element() {
				return false
			}
			if d.take(']') {
				break
			}
			if !d.take(',') {
				return false
			}
			d.out = append(d.out, ',')
		}
	}
	d.out = append(d.out, ']')
	return true
}

func (d *dynamo) string() bool {
	inside, escaped, ok := d.literal()
	if ok {
		d.text(inside, escaped)
	}
	return ok
}

// text writes a text with the least escapes; one that holds half a surrogate
// pair has no other spelling and stays as it is.
func (d *dynamo) text(inside []byte, escaped bool) {
	if !escaped {
		d.out = append(append(append(d.out, '"'), inside...), '"')
		return
	}
	plain := extract.Unescape(nil, inside)
	if bytes.Contains(plain, []byte("\uFFFD")) || bytes.Equal(plain, inside) {
		d.out = append(append(append(d.out, '"'), inside...), '"')
		return
	}
	d.out = appendText(d.out, plain)
}

// number writes a number as it is written, or as a text when it is none.
func (d *dynamo) number() bool {
	inside, escaped, ok := d.literal()
	switch {
	case !ok:
	case !escaped && isNumber(inside):
		d.out = append(d.out, inside...)
	default:
		d.text(inside, escaped)
	}
	return ok
}

// word writes true or false, or null whatever the wrapper of null says.
func (d *dynamo) word(null bool) bool {
	from := skipSpace(d.b, d.i)
	end := scalarEnd(d.b, from)
	w := d.b[from:end]
	if string(w) != "true" && string(w) != "false" {
		return false
	}
	d.i = end
	if null {
		w = []byte("null")
	}
	d.out = append(d.out, w...)
	return true
}

// isNumber tells whether b is a JSON number.
func isNumber(b []byte) bool {
	i := 0
	digits := func() bool {
		start := i
		for i < len(b) && b[i] >= '0' && b[i] <= '9' {
			i++
		}
		return i > start
	}
	if i < len(b) && b[i] == '-' {
		i++
	}
	zero := i < len(b) && b[i] == '0'
	if start := i; !digits() || zero && i > start+1 {
		return false
	}
	if i < len(b) && b[i] == '.' {
		if i++; !digits() {
			return false
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(b)
}
