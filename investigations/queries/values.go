package queries

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Null is what stands in a table for a value that is not there.
const Null = "NULL"

// Text writes a value as Athena does, which is what `tctl audit query exec`
// shows: [a, b] for an array, {a=1, b=2} for a row, 2024-03-20 12:12:03.374 for a
// timestamp. Times are UTC. NULL is empty, inside arrays and rows it is null.
func Text(value any, typ string) string {
	if s, ok := value.(string); ok {
		return s
	}
	if value == nil {
		return ""
	}
	return string(appendText(nil, value, typ))
}

func appendText(b []byte, value any, typ string) []byte {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return append(b, v...)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return append(b, double(v)...)
	case time.Time:
		return append(b, moment(v, typ)...)
	case time.Duration:
		return append(b, interval(v)...)
	case []any:
		element := strings.TrimSuffix(strings.TrimPrefix(typ, "array("), ")")
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendText(b, e, element)
		}
		return append(b, ']')
	case Record:
		b = append(b, '{')
		for i, f := range v {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = append(append(b, f.Name...), '=')
			b = appendText(b, f.Value, "")
		}
		return append(b, '}')
	}
	return b
}

// moment writes a date or a timestamp, which are told apart by their type alone.
func moment(t time.Time, typ string) string {
	switch {
	case typ == "date":
		return t.UTC().Format(time.DateOnly)
	case strings.HasSuffix(typ, "with time zone"):
		return t.UTC().Format("2006-01-02 15:04:05.000 UTC")
	}
	return t.UTC().Format("2006-01-02 15:04:05.000")
}

// interval writes days and the time of day, as in 1 02:03:04.005.
func interval(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	days, rest := d/(24*time.Hour), d%(24*time.Hour)
	return sign + strconv.FormatInt(int64(days), 10) + " " + time.UnixMilli(rest.Milliseconds()).UTC().Format("15:04:05.000")
}

// double writes a number as Java does, and so as Athena does: always with a
// point, very large and very small ones with an exponent.
func double(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	if size := math.Abs(f); size != 0 && (size < 1e-3 || size >= 1e7) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', -1, 64), "E")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		n, err := strconv.Atoi(exponent)
		if err != nil {
			return mantissa + "E" + exponent
		}
		return mantissa + "E" + strconv.Itoa(n)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
