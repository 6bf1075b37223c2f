package extract

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape resolves the escapes of a JSON string into the scanner's scratch.
// Bytes that are no UTF-8 pass through; an escape JSON does not know keeps its
// backslash; half a surrogate pair becomes U+FFFD.
func (s *Scanner) unescape(src []byte) []byte {
	start := len(s.scratch)
	s.scratch = Unescape(s.scratch, src)
	return s.scratch[start:len(s.scratch):len(s.scratch)]
}

// Unescape appends the meaning of the inside of a JSON string to dst.
func Unescape(dst, src []byte) []byte {
	for {
		i := bytes.IndexByte(src, '\\')
		if i < 0 || i+1 == len(src) {
			return append(dst, src...)
		}
		dst, src = append(dst, src[:i]...), src[i:]
		size := 2
		switch e := src[1]; e {
		case '"', '\\', '/':
			dst = append(dst, e)
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			if r, n := unicodeEscape(src); n > 0 {
				dst, size = utf8.AppendRune(dst, r), n
			} else {
				dst = append(dst, src[:2]...)
			}
		default:
			dst = append(dst, src[:2]...)
		}
		src = src[size:]
	}
}

// unicodeEscape reads \uXXXX, or a surrogate pair of two, at the start of b;
// n is 0 when the digits are missing.
func unicodeEscape(b []byte) (r rune, n int) {
	hi, ok := hex4(b)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(hi) {
		return hi, 6
	}
	if lo, ok := hex4(b[6:]); ok {
		if r := utf16.DecodeRune(hi, lo); r != utf8.RuneError {
			return r, 12
		}
	}
	return utf8.RuneError, 6
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
