package views

import (
	"math"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"cordon/investigations/extract"
)

// Column is one column of a view.
type Column struct {
	Name string // in lower case, as it is typed
	Type *Type
	// Path says where the value stands in the JSON of the event: one key for
	// each step. Of columns with another Source it only orders them.
	Path   []string
	Source Source
	// Hidden says that SELECT * leaves the column out.
	Hidden bool
}

// Source says where the value of a column comes from.
type Source uint8

// The sources of a column's values.
const (
	FromPath  Source = iota // the JSON at Path
	FromTime                // event_time: when the event happened
	FromDay                 // event_date: the UTC day of that
	FromLine                // event_data: the line of the event as it is kept
	FromBlank               // nothing: always NULL
)

const dayMilliseconds = 24 * 60 * 60 * 1000

// Read takes the column's value from the JSON of an event. wrongType says that
// there is something of another type than the column's, for which the value is
// NULL. The line itself (FromLine) cannot be read from its JSON: it is NULL here.
func (c *Column) Read(event *fastjson.Value) (v Value, wrongType bool) {
	switch c.Source {
	case FromPath:
		return read(c.Type, event.Get(c.Path...))
	case FromTime, FromDay:
		ms := extract.Milliseconds(event.GetStringBytes("time"))
		if ms == 0 {
			return Value{}, false
		}
		return c.At(ms), false
	}
	return Value{}, false
}

// Of takes the column's value from the JSON that stands at its Path, nil for
// none.
func (c *Column) Of(j *fastjson.Value) (v Value, wrongType bool) { return read(c.Type, j) }

// At is the value of an event_time or event_date column for an event of this
// millisecond since 1970, UTC.
func (c *Column) At(ms int64) Value {
	if c.Source == FromDay {
		return Value{Kind: Date, Int: floorDiv(ms, dayMilliseconds)}
	}
	return Value{Kind: Time, Int: ms}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// read makes a value of type t from JSON; nil is an absent key.
func read(t *Type, j *fastjson.Value) (v Value, wrongType bool) {
	if j == nil || j.Type() == fastjson.TypeNull {
		return Value{}, false
	}
	switch t.Base {
	case Varchar:
		if j.Type() != fastjson.TypeString {
			return Value{}, true
		}
		return Value{Kind: Text, Text: string(j.GetStringBytes())}, false
	case Integer, Bigint:
		n, ok := wholeNumber(j)
		return Value{Kind: Int, Int: n}.unless(!ok), !ok
	case Boolean:
		switch j.Type() {
		case fastjson.TypeTrue:
			return Value{Kind: Bool, Int: 1}, false
		case fastjson.TypeFalse:
			return Value{Kind: Bool}, false
		}
		return Value{}, true
	case JSONType, Array, Row:
		text, ok := appendTyped(nil, t, j)
		if !ok {
			return Value{}, true
		}
		return Value{Kind: JSON, Text: string(text)}, false
	}
	return Value{}, true
}

func (v Value) unless(bad bool) Value {
	if bad {
		return Value{}
	}
	return v
}

// wholeNumber reads a JSON number without a fraction that fits 64 bits.
func wholeNumber(j *fastjson.Value) (int64, bool) {
	if j.Type() != fastjson.TypeNumber {
		return 0, false
	}
	text := string(j.MarshalTo(nil))
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<63 || !strings.ContainsAny(text, ".eE") {
		return 0, false
	}
	return int64(f), true
}

// appendTyped writes an array, a row or free JSON the one way it is written
// here: compact, a row as the array of its fields. Where a part has another
// type than declared, nothing of the value can be used.
func appendTyped(dst []byte, t *Type, j *fastjson.Value) ([]byte, bool) {
	switch t.Base {
	case JSONType:
		return appendJSON(dst, j), true
	case Array:
		if j.Type() != fastjson.TypeArray {
			return dst, false
		}
		dst = append(dst, '[')
		for i, e := range j.GetArray() {
			var ok bool
			if dst, ok = appendPart(dst, i, t.Elem, e); !ok {
				return dst, false
			}
		}
		return append(dst, ']'), true
	case Row:
		if j.Type() != fastjson.TypeObject {
			return dst, false
		}
		dst = append(dst, '[')
		for i, f := range t.Fields {
			var ok bool
			if dst, ok = appendPart(dst, i, f.Type, j.Get(f.Name)); !ok {
				return dst, false
			}
		}
		return append(dst, ']'), true
	}
	v, wrong := read(t, j)
	return appendValue(dst, v), !wrong
}

func appendPart(dst []byte, i int, t *Type, j *fastjson.Value) ([]byte, bool) {
	if i > 0 {
		dst = append(dst, ',')
	}
	if j == nil || j.Type() == fastjson.TypeNull {
		return append(dst, "null"...), true
	}
	return appendTyped(dst, t, j)
}
