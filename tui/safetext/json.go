package safetext

import (
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON returns a JSON text in which every character that has no
// ink stands as an escape: the value is the same, and a terminal to which it is
// printed has nothing to act on. Encoders escape the control bytes of ASCII
// alone, not the control sequences and direction marks beyond it. Line feeds
// stay, since between values they are layout and in a string they are escaped
// already. A byte that is not UTF-8 becomes U+FFFD.
func JSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			out = append(out, `\ufffd`...)
		case r == '\n' || r == ' ' || unicode.IsPrint(r):
			out = append(out, text[:size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[size:]
	}
	return out
}
