package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"cordon/investigations/queries"
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenQuoted // a name in double quotes
	tokenString
	tokenNumber
	tokenSymbol
)

type token struct {
	kind tokenKind
	text string // a word in lower case, a text without its quotes
	pos  Pos
	end  Pos
}

// ErrorAt is an error at a place of the text.
func ErrorAt(text string, pos Pos, hint, format string, args ...any) *queries.Error {
	e := &queries.Error{Text: fmt.Sprintf(format, args...), Hint: hint}
	before := text[:min(int(pos), len(text))]
	e.Line = strings.Count(before, "\n") + 1
	e.Col = utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return e
}

// lex splits the text into tokens; the last is a tokenEnd.
func lex(text string) ([]token, *queries.Error) {
	l := &lexer{text: text}
	for {
		if err := l.skip(); err != nil {
			return nil, err
		}
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		l.tokens = append(l.tokens, t)
		if t.kind == tokenEnd {
			return l.tokens, nil
		}
	}
}

type lexer struct {
	text   string
	at     int
	tokens []token
}

// skip passes spaces and comments.
func (l *lexer) skip() *queries.Error {
	for l.at < len(l.text) {
		rest := l.text[l.at:]
		switch {
		case strings.ContainsRune(" \t\r\n\f\v", rune(rest[0])):
			l.at++
		case strings.HasPrefix(rest, "\u00a0") || strings.HasPrefix(rest, "\ufeff"): // what a paste brings along
			_, n := utf8.DecodeRuneInString(rest)
			l.at += n
		case strings.HasPrefix(rest, "--"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			l.at += n
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest, "*/")
			if n < 0 {
				return ErrorAt(l.text, Pos(l.at), "Close it with */.", "This comment has no end.")
			}
			l.at += n + 2
		default:
			return nil
		}
	}
	return nil
}

func (l *lexer) next() (token, *queries.Error) {
	start := l.at
	if start >= len(l.text) {
		return token{kind: tokenEnd, pos: Pos(start), end: Pos(start)}, nil
	}
	c := l.text[start]
	switch {
	case c == '\'':
		return l.quoted(tokenString, '\'')
	case c == '"':
		t, err := l.quoted(tokenQuoted, '"')
		t.text = strings.ToLower(t.text)
		return t, err
	case letter(c):
		for l.at < len(l.text) && (letter(l.text[l.at]) || digit(l.text[l.at])) {
			l.at++
		}
		return l.token(tokenWord, start), nil
	case digit(c) || c == '.' && start+1 < len(l.text) && digit(l.text[start+1]):
		return l.number(), nil
	}
	for _, s := range []string{"<>", "!=", "<=", ">=", "||", "->"} {
		if strings.HasPrefix(l.text[start:], s) {
			l.at += 2
			return l.token(tokenSymbol, start), nil
		}
	}
	if strings.IndexByte("()[],.;+-*/%=<>?", c) >= 0 {
		l.at++
		return l.token(tokenSymbol, start), nil
	}
	return token{}, l.stranger()
}

// token makes a token of what was read since start.
func (l *lexer) token(kind tokenKind, start int) token {
	return token{kind: kind, text: strings.ToLower(l.text[start:l.at]), pos: Pos(start), end: Pos(l.at)}
}

func (l *lexer) quoted(kind tokenKind, quote byte) (token, *queries.Error) {
	start := l.at
	var b strings.Builder
	for i := start + 1; i < len(l.text); i++ {
		if l.text[i] != quote {
			b.WriteByte(l.text[i])
			continue
		}
		if i+1 < len(l.text) && l.text[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		l.at = i + 1
		return token{kind: kind, text: b.String(), pos: Pos(start), end: Pos(l.at)}, nil
	}
	return token{}, ErrorAt(l.text, Pos(start), fmt.Sprintf("Close it with %c.", quote), "This text has no closing quote.")
}

// number reads digits with a fraction and an exponent.
func (l *lexer) number() token {
	start := l.at
	digits := func() {
		for l.at < len(l.text) && digit(l.text[l.at]) {
			l.at++
		}
	}
	digits()
	if l.at < len(l.text) && l.text[l.at] == '.' {
		l.at++
		digits()
	}
	if l.at < len(l.text) && l.text[l.at]|0x20 == 'e' {
		mark := l.at
		l.at++
		if l.at < len(l.text) && (l.text[l.at] == '+' || l.text[l.at] == '-') {
			l.at++
		}
		if first := l.at; first == len(l.text) || !digit(l.text[first]) {
			l.at = mark
		} else {
			digits()
		}
	}
	return l.token(tokenNumber, start)
}

func letter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

// stranger refuses a character that SQL does not use, and says what to type
// where the character is a common slip.
func (l *lexer) stranger() *queries.Error {
	r, _ := utf8.DecodeRuneInString(l.text[l.at:])
	hint := ""
	switch r {
	case '‘', '’', '“', '”', '´':
		hint = "Type straight quotes: 'text', \"name\"."
	case '`':
		hint = "Names are quoted with double quotes: \"name\"."
	}
	return ErrorAt(l.text, Pos(l.at), hint, "The character %q is no part of SQL.", r)
}
