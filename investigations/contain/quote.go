package contain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote writes a value as one word of a POSIX shell command. Plain values stay
// as they are; printable ones stand in single quotes, where the shell reads
// nothing. Control characters, invisible ones and bytes that are no UTF-8 are
// written through printf, so that the line can be shown, read and pasted
// without ever holding them. A NUL byte cannot be an argument and is dropped;
// plans refuse values that hold one.
func Quote(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	switch {
	case s == "":
		return "''"
	case isPlain(s):
		return s
	case isPrintable(s):
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	// The shell drops newlines at the end of $(...): those go in quotes.
	body := strings.TrimRight(s, "\n")
	tail := s[len(body):]
	var out string
	if body != "" {
		out = `"$(printf '` + octal(body) + `')"`
	}
	if tail != "" {
		out += "'" + tail + "'"
	}
	return out
}

// isPlain reports whether the shell reads the value as it stands. A tilde and
// an equals sign are left out: both mean something at the start of a word.
func isPlain(s string) bool {
	for i := range len(s) {
		if !plainByte(s[i]) {
			return false
		}
	}
	return true
}

func plainByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("@%+:,./_-", c) >= 0
}

// isPrintable reports whether every character shows as itself: no control, no
// format or direction mark, no blank other than a space.
func isPrintable(s string) bool {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || !unicode.IsPrint(r) {
			return false
		}
		i += size
	}
	return true
}

// octal writes a value as a format for printf in three-digit octal escapes,
// save what printf and every shell read as itself.
func octal(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c == ' ' || plainByte(c) && c != '%' && c != '-' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, `\%03o`, c)
	}
	return b.String()
}
