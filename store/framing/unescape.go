package framing

import (
	"encoding/binary"
	"strings"

	"cordon/investigations/extract"
)

// unescape gives the meaning of the inside of a JSON text, as
// extract.Unescape does, in the unwrapper's memory. It copies eight bytes a
// time where no backslash is among them: whole events stand in such texts.
func (u *unwrapper) unescape(src []byte) []byte {
	out := u.room(len(src))[:len(src)] // no escape is shorter than its meaning
	n := 0
	for i := 0; i < len(src); {
		for i+8 <= len(src) {
			w := binary.LittleEndian.Uint64(src[i:])
			if e := w ^ (ones * '\\'); (e-ones)&^e&highs != 0 {
				break
			}
			binary.LittleEndian.PutUint64(out[n:], w)
			i, n = i+8, n+8
		}
		for i < len(src) && src[i] != '\\' {
			out[n] = src[i]
			i, n = i+1, n+1
		}
		if i == len(src) {
			break
		}
		if i+1 < len(src) && (src[i+1] == '"' || src[i+1] == '\\') {
			out[n] = src[i+1]
			i, n = i+2, n+1
			continue
		}
		size := escapeSize(src[i:])
		n += len(extract.Unescape(out[n:n], src[i:i+size]))
		i += size
	}
	return u.keep(out[:n])
}

// escapeSize is how many bytes the escape at the start of b takes: both halves
// of a surrogate pair, only the first two bytes where digits are missing.
func escapeSize(b []byte) int {
	switch {
	case !isUnicodeEscape(b):
		return min(2, len(b))
	case isHalf(b, "89aAbB") && isUnicodeEscape(b[6:]) && isHalf(b[6:], "cCdDeEfF"):
		return 12
	}
	return 6
}

// isHalf tells whether an escape is half of a surrogate pair whose second digit
// is one of digits.
func isHalf(b []byte, digits string) bool {
	return b[2]|0x20 == 'd' && strings.IndexByte(digits, b[3]) >= 0
}

func isUnicodeEscape(b []byte) bool {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return false
	}
	for _, c := range b[2:6] {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}
