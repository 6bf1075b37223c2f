package recording

import (
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// appendSpelled adds untrusted text in a form that is safe to feed to a screen
// and to read: control characters become their symbols, what is not seen or
// turns the direction of text becomes its number, and so do bytes that are no
// UTF-8.
func appendSpelled(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, "‹x"...)
			dst = append(dst, hex[s[0]>>4], hex[s[0]&15])
			dst = append(dst, "›"...)
		case r == 0x7f:
			dst = append(dst, "␡"...)
		case r < 0x20:
			dst = utf8.AppendRune(dst, 0x2400+r)
		case !unicode.IsPrint(r) || unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
			dst = append(dst, "‹U+"...)
			for shift := max(12, (bits.Len32(uint32(r))-1)/4*4); shift >= 0; shift -= 4 {
				dst = append(dst, hex[r>>shift&15])
			}
			dst = append(dst, "›"...)
		default:
			dst = append(dst, s[:n]...)
		}
		s = s[n:]
	}
	return dst
}

func spelled(s string) string { return string(appendSpelled(nil, s)) }
