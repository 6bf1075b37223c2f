package framing

import "cordon/investigations/extract"

// unescape gives the meaning of the inside of a JSON text in the unwrapper's
// memory. No escape is shorter than its meaning.
func (u *unwrapper) unescape(src []byte) []byte {
	return u.keep(extract.Unescape(u.room(len(src))[:0], src))
}
