package queries

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// TokenKind says what a piece of SQL is.
type TokenKind uint8

// The kinds of tokens.
const (
	TokenSpace   TokenKind = iota
	TokenWord              // a keyword, a function or a name
	TokenQuoted            // a name in double quotes
	TokenString            // a text in single quotes
	TokenNumber            // digits
	TokenComment           // from -- to the end of the line, or between /* and */
	TokenSymbol            // one character of anything else
)

// Token is a piece of SQL: the bytes from Start to End. Open says that its
// closing quote, or the end of its comment, is missing.
type Token struct {
	Kind       TokenKind
	Start, End int
	Open       bool
}

// Tokens cuts SQL into pieces that together are the whole text. It takes
// anything: what is no SQL becomes symbols. It serves colours, completion and
// the filling in of an identity; an engine reads SQL for itself.
func Tokens(sql string) []Token {
	var out []Token
	for at := 0; at < len(sql); {
		t := tokenAt(sql, at)
		out = append(out, t)
		at = t.End
	}
	return out
}

func tokenAt(sql string, at int) Token {
	rest := sql[at:]
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case strings.HasPrefix(rest, "--"):
		return Token{Kind: TokenComment, Start: at, End: at + until(rest, func(r rune) bool { return r == '\n' })}
	case strings.HasPrefix(rest, "/*"):
		if i := strings.Index(rest[2:], "*/"); i >= 0 {
			return Token{Kind: TokenComment, Start: at, End: at + i + 4}
		}
		return Token{Kind: TokenComment, Start: at, End: len(sql), Open: true}
	case r == '\'':
		return quoted(sql, at, '\'', TokenString)
	case r == '"':
		return quoted(sql, at, '"', TokenQuoted)
	case unicode.IsSpace(r):
		return Token{Kind: TokenSpace, Start: at, End: at + until(rest, func(r rune) bool { return !unicode.IsSpace(r) })}
	case unicode.IsDigit(r):
		return Token{Kind: TokenNumber, Start: at, End: at + until(rest, func(r rune) bool { return !inWord(r) && r != '.' })}
	case inWord(r):
		return Token{Kind: TokenWord, Start: at, End: at + until(rest, func(r rune) bool { return !inWord(r) })}
	}
	return Token{Kind: TokenSymbol, Start: at, End: at + size}
}

// until is where in a text the first rune stands for which stop holds.
func until(text string, stop func(rune) bool) int {
	if i := strings.IndexFunc(text, stop); i >= 0 {
		return i
	}
	return len(text)
}

func inWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// quoted reads to the closing quote; a doubled one stands for itself.
func quoted(sql string, at int, quote byte, kind TokenKind) Token {
	for i := at + 1; i < len(sql); i++ {
		if sql[i] != quote {
			continue
		}
		if i+1 < len(sql) && sql[i+1] == quote {
			i++
			continue
		}
		return Token{Kind: kind, Start: at, End: i + 1}
	}
	return Token{Kind: kind, Start: at, End: len(sql), Open: true}
}

// Quote writes a text as an SQL string: whatever it holds stays data.
func Quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
