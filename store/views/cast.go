package views

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fastjson"
)

// opCast turns a value into another type. The node has the type to come to,
// its argument the one to come from.
var opCast = &builtin{name: "cast", one: func(n *node, a Value) (Value, error) {
	return castValue(a, n.args[0].typ, n.typ)
}}

// castable reports whether there is a CAST between two types at all.
func castable(from, to *Type) bool {
	switch {
	case from.equal(to) || from.Base == Unknown:
		return true
	case to.Base == Varchar:
		return !from.is(Array, Row, function)
	case from.Base == JSONType:
		return !to.is(IntervalDay, IntervalMonth)
	case to.Base == JSONType:
		return !from.is(IntervalDay, IntervalMonth, function)
	case from.Base == Varchar:
		return to.numeric() || to.is(Boolean, DateType) || to.timestamp()
	case to.numeric():
		return from.numeric() || from.Base == Boolean
	case to.Base == Boolean:
		return from.numeric()
	case to.Base == DateType || to.timestamp():
		return from.Base == DateType || from.timestamp()
	case from.Base == Array && to.Base == Array:
		return castable(from.Elem, to.Elem)
	case from.Base == Row && to.Base == Row && len(from.Fields) == len(to.Fields):
		for i := range from.Fields {
			if !castable(from.Fields[i].Type, to.Fields[i].Type) {
				return false
			}
		}
		return true
	}
	return false
}

func castValue(v Value, from, to *Type) (Value, error) {
	switch {
	case v.null() || from.equal(to):
		return v, nil
	case from.Base == JSONType:
		return castJSON(v, to)
	case to.Base == JSONType:
		return Value{Kind: JSON, Text: string(appendJSONOf(nil, v, from))}, nil
	case to.Base == Varchar:
		return textValue(formatValue(v, from)), nil
	case from.Base == Varchar:
		return castText(v.Text, to)
	case to.is(Array, Row):
		return castParts(v, from, to)
	case to.Base == Double:
		return doubleValue(v.float()), nil
	case to.whole():
		return castWhole(v, to)
	case to.Base == Boolean:
		return boolValue(v.float() != 0), nil
	case to.Base == DateType:
		return dateValue(v.asTime()), nil
	}
	return timeValue(v.asTime()), nil
}

func castWhole(v Value, to *Type) (Value, error) {
	n := v.Int
	if v.Kind == Float {
		f := math.Round(v.float())
		if math.IsNaN(f) || math.Abs(f) >= 1<<63 {
			return Value{}, errorf("%v is no whole number of 64 bits", v.float())
		}
		n = int64(f)
	}
	return inRange(n, to)
}

func inRange(n int64, to *Type) (Value, error) {
	if to.Base == Integer && int64(int32(n)) != n {
		return Value{}, errorf("%d does not fit an integer: use bigint", n)
	}
	return intValue(n), nil
}

func castText(s string, to *Type) (Value, error) {
	trimmed := strings.TrimSpace(s)
	bad := errorf("%s cannot be read as %s", shortText(s), to)
	switch {
	case to.whole():
		n, err := strconv.ParseInt(trimmed, 10, 64)
		if err != nil {
			return Value{}, bad
		}
		return inRange(n, to)
	case to.Base == Double:
		f, err := strconv.ParseFloat(trimmed, 64)
		if err != nil {
			return Value{}, bad
		}
		return doubleValue(f), nil
	case to.Base == Boolean:
		switch strings.ToLower(trimmed) {
		case "true", "t", "1":
			return boolValue(true), nil
		case "false", "f", "0":
			return boolValue(false), nil
		}
		return Value{}, bad
	case to.Base == DateType:
		return parseDate(s)
	}
	v, _, err := parseTimestamp(s)
	return v, err
}

// castParts casts the elements of an array or the fields of a row.
func castParts(v Value, from, to *Type) (Value, error) {
	out := []byte{'['}
	for i, raw := range elements(v.Text) {
		f, t := from.Elem, to.Elem
		if from.Base == Row {
			f, t = from.Fields[i].Type, to.Fields[i].Type
		}
		part, err := castValue(decodePart(raw, f), f, t)
		if err != nil {
			return Value{}, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = appendValue(out, part)
	}
	return Value{Kind: JSON, Text: string(append(out, ']'))}, nil
}

// castJSON reads JSON as a type; single values are taken as each other.
func castJSON(v Value, to *Type) (Value, error) {
	var p fastjson.Parser
	j, err := p.Parse(v.Text)
	if err != nil {
		return Value{}, errorf("%s is no JSON", shortText(v.Text))
	}
	return valueOfJSON(j, to)
}

func valueOfJSON(j *fastjson.Value, to *Type) (Value, error) {
	if v, wrong := read(to, j); !wrong {
		return v, nil
	}
	bad := errorf("the JSON %s cannot be read as %s", shortText(string(appendJSON(nil, j))), to)
	if to.is(Array, Row, JSONType) || j.Type() == fastjson.TypeArray || j.Type() == fastjson.TypeObject {
		return Value{}, bad
	}
	text := string(appendJSON(nil, j))
	if j.Type() == fastjson.TypeString {
		text = string(j.GetStringBytes())
	}
	if to.Base == Varchar {
		return textValue(text), nil
	}
	v, err := castText(text, to)
	if err != nil {
		return Value{}, bad
	}
	return v, nil
}

// appendJSONOf writes a value as JSON, rows as objects.
func appendJSONOf(dst []byte, v Value, t *Type) []byte {
	switch {
	case v.null():
		return append(dst, "null"...)
	case t.Base == Array || t.Base == Row:
		open, shut := byte('['), byte(']')
		if t.Base == Row {
			open, shut = '{', '}'
		}
		dst = append(dst, open)
		for i, raw := range elements(v.Text) {
			if i > 0 {
				dst = append(dst, ',')
			}
			part := t.Elem
			if t.Base == Row {
				part = t.Fields[i].Type
				dst = append(appendQuoted(dst, t.Fields[i].Name), ':')
			}
			dst = appendJSONOf(dst, decodePart(raw, part), part)
		}
		return append(dst, shut)
	case t.Base == DateType || t.timestamp():
		return appendQuoted(dst, formatValue(v, t))
	}
	return appendValue(dst, v)
}

// formatValue is a single value as text, in the form that CAST gives it.
func formatValue(v Value, t *Type) string {
	switch t.Base {
	case Boolean:
		return strconv.FormatBool(v.Int != 0)
	case Double:
		return formatDouble(v.float())
	case DateType:
		return v.asTime().Format(time.DateOnly)
	case Timestamp:
		return v.asTime().Format("2006-01-02 15:04:05.000")
	case TimestampTZ:
		return v.asTime().Format("2006-01-02 15:04:05.000 UTC")
	case IntervalDay:
		return formatInterval(v.Int)
	case IntervalMonth:
		return strconv.FormatInt(v.Int/12, 10) + "-" + strconv.FormatInt(abs(v.Int%12), 10)
	case Integer, Bigint:
		return strconv.FormatInt(v.Int, 10)
	}
	return v.Text
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// formatDouble writes a double as Trino does: 1.0, 1.5E10, NaN, Infinity.
func formatDouble(f float64) string {
	switch {
	case math.IsInf(f, 0):
		return strings.Replace(strconv.FormatFloat(f, 'g', -1, 64), "Inf", "Infinity", 1)
	case f != 0 && (math.Abs(f) >= 1e7 || math.Abs(f) < 1e-3):
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		n, _ := strconv.Atoi(exponent)
		return mantissa + "E" + strconv.Itoa(n)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.ContainsAny(s, ".Nn") {
		s += ".0"
	}
	return s
}

// formatInterval writes milliseconds as days and the time of day.
func formatInterval(ms int64) string {
	sign := ""
	if ms < 0 {
		sign, ms = "-", -ms
	}
	rest := time.UnixMilli(ms % dayMilliseconds).UTC().Format("15:04:05.000")
	return sign + strconv.FormatInt(ms/dayMilliseconds, 10) + " " + rest
}
