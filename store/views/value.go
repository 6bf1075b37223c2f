package views

import (
	"math"
	"strconv"

	"github.com/valyala/fastjson"
)

// Value is one value of a view's column, as the event's JSON gives it.
type Value struct {
	Kind ValueKind
	Int  int64  // of Int and Bool; of Time and Date milliseconds and days since 1970, UTC
	Text string // of Text; of JSON the array or row as compact JSON
}

// ValueKind says what a Value holds.
type ValueKind uint8

// The kinds of values. A JSON value is written without spaces, its texts byte
// for byte save for quotes, backslashes and control characters, and a row as
// the array of its fields in the order of the type: equal values are equal text.
const (
	Null  ValueKind = iota
	Text            // varchar
	Int             // integer; of an expression also an interval
	Bool            // boolean
	JSON            // array, row or json
	Time            // timestamp: of the columns event_time alone
	Date            // date: of the columns event_date alone
	Float           // double: of an expression alone, its bits in Int
)

func textValue(s string) Value { return Value{Kind: Text, Text: s} }

func intValue(n int64) Value { return Value{Kind: Int, Int: n} }

func doubleValue(f float64) Value { return Value{Kind: Float, Int: int64(math.Float64bits(f))} }

func boolValue(b bool) Value {
	if b {
		return Value{Kind: Bool, Int: 1}
	}
	return Value{Kind: Bool}
}

// null reports whether the value is NULL.
func (v Value) null() bool { return v.Kind == Null }

// holds reports whether the value is true: neither false nor NULL.
func (v Value) holds() bool { return v.Kind == Bool && v.Int != 0 }

// float is the number that the value holds.
func (v Value) float() float64 {
	if v.Kind == Float {
		return math.Float64frombits(uint64(v.Int))
	}
	return float64(v.Int)
}

// appendValue writes a value as a part of an array or a row.
func appendValue(dst []byte, v Value) []byte {
	switch v.Kind {
	case Text:
		return appendQuoted(dst, v.Text)
	case Bool:
		return strconv.AppendBool(dst, v.Int != 0)
	case JSON:
		return append(dst, v.Text...)
	case Int, Time, Date:
		return strconv.AppendInt(dst, v.Int, 10)
	case Float:
		return appendDouble(dst, v.float())
	}
	return append(dst, "null"...)
}

// appendDouble writes what JSON has no number for as text.
func appendDouble(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return appendQuoted(dst, strconv.FormatFloat(f, 'g', -1, 64))
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}

const hexDigits = "0123456789abcdef"

// appendQuoted writes a JSON string that keeps every byte, also those that are
// no UTF-8.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// appendJSON writes JSON compactly, keys in the order they have.
func appendJSON(dst []byte, j *fastjson.Value) []byte {
	switch j.Type() {
	case fastjson.TypeString:
		return appendQuoted(dst, string(j.GetStringBytes()))
	case fastjson.TypeArray:
		dst = append(dst, '[')
		for i, e := range j.GetArray() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, e)
		}
		return append(dst, ']')
	case fastjson.TypeObject:
		dst = append(dst, '{')
		first := true
		j.GetObject().Visit(func(key []byte, e *fastjson.Value) {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(appendQuoted(dst, string(key)), ':')
			dst = appendJSON(dst, e)
		})
		return append(dst, '}')
	}
	return j.MarshalTo(dst)
}
