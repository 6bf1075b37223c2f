package extract

import (
	"bytes"
	"encoding/binary"

	"cordon/investigations"
)

// address is the name of an address without its port; nil where it names
// nobody, because it is where a service listens.
func (s *Scanner) address(b []byte) []byte {
	b, v6 := withoutPort(b)
	if v6 {
		b = s.canonical(investigations.KindAddress, b)
	}
	if len(b) == 0 || (b[0] == '0' || b[0] == ':') && (string(b) == "0.0.0.0" || string(b) == "::") {
		return nil
	}
	return b
}

// canonical puts the canonical form of a name into the scanner's scratch.
func (s *Scanner) canonical(k investigations.Kind, b []byte) []byte {
	start := len(s.scratch)
	s.scratch = append(s.scratch, investigations.CanonicalName(k, string(b))...)
	return s.scratch[start:len(s.scratch):len(s.scratch)]
}

// hasUpper reports whether a name of the size of a UUID has a byte that no
// UUID in lower case has: one without the bit that tells small letters, digits
// and the hyphen from capitals.
func hasUpper(b []byte) bool {
	const small = 0x2020202020202020
	if len(b) != 36 {
		return false
	}
	w := binary.LittleEndian.Uint64(b) & binary.LittleEndian.Uint64(b[8:]) & binary.LittleEndian.Uint64(b[16:]) &
		binary.LittleEndian.Uint64(b[24:]) & binary.LittleEndian.Uint64(b[28:])
	return w&small != small
}

// withoutPort cuts the port off `ip:port`, `host:port` and `[ip]:port`, and
// says whether the rest may be an IPv6 address. A bare one stays whole: without
// brackets its end cannot be told from a port.
func withoutPort(b []byte) (host []byte, v6 bool) {
	if b[0] == '[' {
		if end := bytes.IndexByte(b, ']'); end > 0 {
			return b[1:end], true
		}
		return b, false
	}
	colon := bytes.IndexByte(b, ':')
	if colon < 0 {
		return b, false
	}
	for _, c := range b[colon+1:] {
		if c < '0' || c > '9' {
			return b, true
		}
	}
	return b[:colon], false
}
