package store

// uuidBytes reads a UUID in its usual lower-case form of 36 characters.
// Anything else, upper case included, is no UUID here: it would not come back
// as it was written.
func uuidBytes(b []byte) (u [16]byte, ok bool) {
	if len(b) != 36 || b[8] != '-' || b[13] != '-' || b[18] != '-' || b[23] != '-' {
		return u, false
	}
	for i, at := range uuidPairs {
		hi, lo := unhex[b[at]], unhex[b[at+1]]
		if hi|lo > 15 {
			return u, false
		}
		u[i] = hi<<4 | lo
	}
	return u, true
}

// uuidText is the inverse of uuidBytes.
func uuidText(u []byte) string {
	const digits = "0123456789abcdef"
	out := []byte("00000000-0000-0000-0000-000000000000")
	for i, at := range uuidPairs {
		out[at], out[at+1] = digits[u[i]>>4], digits[u[i]&15]
	}
	return string(out)
}

// uuidPairs are the places of the sixteen pairs of digits.
var uuidPairs = [16]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// unhex gives the value of a lower-case digit, 255 for any other byte.
var unhex = func() (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	for i := range 10 {
		t['0'+i] = byte(i)
	}
	for i := range 6 {
		t['a'+i] = byte(10 + i)
	}
	return t
}()
