package store

import (
	"bytes"
	"slices"

	"github.com/valyala/fastjson"
)

// sameEvent reports whether two lines are equal as JSON values: key order,
// blanks, escapes and the spelling of numbers aside.
func sameEvent(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	ca, errA := canonical(a)
	cb, errB := canonical(b)
	return errA == nil && errB == nil && bytes.Equal(ca, cb)
}

// canonical writes a JSON value in one form: members sorted by key, no blanks,
// strings as length and bytes, numbers normalised. It is for comparing, not
// for reading back.
func canonical(line []byte) ([]byte, error) {
	var p fastjson.Parser
	v, err := p.ParseBytes(line)
	if err != nil {
		return nil, err
	}
	return appendCanonical(nil, v), nil
}

func appendCanonical(dst []byte, v *fastjson.Value) []byte {
	switch v.Type() {
	case fastjson.TypeObject:
		type member struct {
			key string
			val *fastjson.Value
		}
		var members []member
		v.GetObject().Visit(func(k []byte, v *fastjson.Value) {
			members = append(members, member{string(k), v})
		})
		slices.SortStableFunc(members, func(a, b member) int { return bytes.Compare([]byte(a.key), []byte(b.key)) })
		dst = append(dst, '{')
		for _, m := range members {
			dst = appendSized(dst, []byte(m.key))
			dst = appendCanonical(dst, m.val)
		}
		return append(dst, '}')
	case fastjson.TypeArray:
		dst = append(dst, '[')
		for _, e := range v.GetArray() {
			dst = appendCanonical(dst, e)
		}
		return append(dst, ']')
	case fastjson.TypeString:
		return appendSized(append(dst, 's'), v.GetStringBytes())
	case fastjson.TypeNumber:
		return appendSized(append(dst, '#'), normalNumber(v.MarshalTo(nil)))
	case fastjson.TypeTrue:
		return append(dst, 't')
	case fastjson.TypeFalse:
		return append(dst, 'f')
	default:
		return append(dst, 'n')
	}
}

func appendSized(dst, b []byte) []byte {
	dst = appendVarint(dst, uint64(len(b)))
	return append(dst, b...)
}

// normalNumber writes a JSON number as sign, significant digits and decimal
// exponent, so that 100, 1e2 and 100.00 are the same bytes. It works on the
// digits alone: an exponent of any size costs nothing.
func normalNumber(b []byte) []byte {
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	mantissa, exponent := b, []byte(nil)
	if i := bytes.IndexAny(b, "eE"); i >= 0 {
		mantissa, exponent = b[:i], b[i+1:]
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte{'.'})
	digits := slices.Concat(whole, fraction)
	exp, ok := smallInt(exponent)
	if !ok {
		return append([]byte(nil), b...) // beyond any real exponent: compared as spelt
	}
	exp -= len(fraction)
	digits = bytes.TrimLeft(digits, "0")
	if len(digits) == 0 {
		return []byte{'0'}
	}
	trimmed := bytes.TrimRight(digits, "0")
	exp += len(digits) - len(trimmed)
	out := make([]byte, 0, len(trimmed)+12)
	if neg {
		out = append(out, '-')
	}
	out = append(append(out, trimmed...), 'e')
	return appendInt(out, exp)
}

func smallInt(b []byte) (int, bool) {
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		b = b[1:]
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<40 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	if neg {
		n = -n
	}
	return n, true
}
