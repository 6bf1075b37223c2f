package filter

import (
	"bytes"
	"unicode/utf8"
)

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// equalFold compares without the case of A to Z; other bytes must be equal.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

// characterLen is the length of the first character of s, which is not empty.
func characterLen(s string) int {
	_, size := utf8.DecodeRuneInString(s)
	return size
}

// globFold matches the whole of s: `*` is any run of characters, `?` one
// character (in UTF-8, or a single stray byte). It takes time in proportion to
// len(pattern)*len(s) at worst, whatever the pattern.
func globFold(pattern, s string) bool {
	p, i := 0, 0
	star, mark := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == '?':
			p++
			i += characterLen(s[i:])
		case p < len(pattern) && lower(pattern[p]) == lower(s[i]):
			p++
			i++
		case star >= 0:
			mark += characterLen(s[mark:])
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// ContainsFold reports whether line holds needle without regard to the case of
// A to Z. It looks for the needle's rarest byte, so that long lines cost
// little.
func ContainsFold(line, needle []byte) bool {
	if len(needle) == 0 {
		return true
	}
	at := anchor(needle)
	low := lower(needle[at])
	if low < 'a' || low > 'z' {
		return search(line, needle, at, low)
	}
	return search(line, needle, at, low) || search(line, needle, at, low&^0x20)
}

// search finds the needle where its byte at the anchor is exactly c.
func search(line, needle []byte, at int, c byte) bool {
	for from := at; from+len(needle)-at <= len(line); {
		i := bytes.IndexByte(line[from:len(line)-(len(needle)-at-1)], c)
		if i < 0 {
			return false
		}
		from += i
		if foldAt(line[from-at:], needle) {
			return true
		}
		from++
	}
	return false
}

// foldAt reports whether line begins with needle. line is long enough.
func foldAt(line, needle []byte) bool {
	for i, c := range needle {
		if lower(line[i]) != lower(c) {
			return false
		}
	}
	return true
}

// common are the bytes that JSON log lines are full of, commonest first.
const common = `"etaiosrn,:.0123456789dclumhpgfvb-_{}ywkxzjq/ `

// anchor is the place of the needle's rarest byte.
func anchor(needle []byte) int {
	best, at := -1, 0
	for i, c := range needle {
		rank := bytes.IndexByte([]byte(common), lower(c))
		if rank < 0 {
			return i
		}
		if rank > best {
			best, at = rank, i
		}
	}
	return at
}
