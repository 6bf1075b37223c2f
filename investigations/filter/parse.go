package filter

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cordon/investigations"
)

// maxInput bounds what Parse reads: a filter is typed, not generated.
const maxInput = 32 << 10

// Error says where a filter cannot be understood, why, and what to write.
type Error struct {
	Pos  int    // byte in the input where the trouble starts
	End  int    // byte after it
	Msg  string // what is wrong
	Hint string // what to write instead; may be empty
}

// Error is the trouble in one line.
func (e *Error) Error() string {
	s := fmt.Sprintf("filter, character %d: %s", e.Pos+1, e.Msg)
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

// Parse reads a filter. Relative times count from now. The error is an *Error.
func Parse(input string, now time.Time) (Expr, error) {
	if len(input) > maxInput {
		return Expr{}, &Error{Pos: 0, End: len(input), Msg: "the filter is too long", Hint: fmt.Sprintf("at most %d bytes", maxInput)}
	}
	p := parser{in: input, now: now.UTC(), times: map[Key]bool{}}
	for p.skipBlanks(); p.pos < len(p.in); p.skipBlanks() {
		t, err := p.term()
		if err != nil {
			return Expr{}, err
		}
		p.out.add(t)
	}
	return p.out, nil
}

type parser struct {
	in    string
	pos   int
	now   time.Time
	times map[Key]bool
	out   Expr
}

func (p *parser) skipBlanks() {
	for p.pos < len(p.in) {
		r, size := utf8.DecodeRuneInString(p.in[p.pos:])
		if !unicode.IsSpace(r) {
			return
		}
		p.pos += size
	}
}

func (p *parser) fail(from int, hint, format string, args ...any) *Error {
	return &Error{Pos: from, End: max(p.pos, from), Msg: fmt.Sprintf(format, args...), Hint: hint}
}

// token is one value as it was typed.
type token struct {
	text     string
	quoted   bool
	from, to int
}

func (p *parser) term() (Term, error) {
	from := p.pos
	var t Term
	if p.in[p.pos] == '-' {
		t.Negate = true
		p.pos++
		if p.atEnd() {
			return t, p.fail(from, `write -event:cert.create to leave events out, or "-" to look for a dash`, "nothing follows the dash")
		}
	}
	info, err := p.key()
	if err != nil {
		return t, err
	}
	if info.Key == "" { // A word or a quotation.
		tok, err := p.value(true)
		if err != nil {
			return t, err
		}
		t.Key, t.Values = KeyText, []Value{{Text: tok.text}}
		return t, nil
	}
	t.Key = info.Key
	for {
		tok, err := p.value(false)
		if err != nil {
			return t, err
		}
		v, err := p.read(info, tok)
		if err != nil {
			return t, err
		}
		t.Values = append(t.Values, v)
		if p.pos >= len(p.in) || p.in[p.pos] != ',' {
			break
		}
		p.pos++
	}
	if info.Class == ClassTime {
		return t, p.checkTime(t, from)
	}
	return t, nil
}

// checkTime refuses what has no single meaning: two moments, or none.
func (p *parser) checkTime(t Term, from int) error {
	switch {
	case t.Negate:
		other := KeyBefore
		if t.Key == KeyBefore {
			other = KeyAfter
		}
		return p.fail(from, fmt.Sprintf("write %s:", other), "a time cannot be negated")
	case len(t.Values) > 1, p.times[t.Key]:
		return p.fail(from, "", "%s: takes one time, and only once", t.Key)
	}
	p.times[t.Key] = true
	return nil
}

// key reads `name:` where one stands here; the zero KeyInfo means there is
// none. Only letters and underscores before a colon are taken for a key, so
// that 203.0.113.7:22 is looked for as it is.
func (p *parser) key() (KeyInfo, error) {
	end := p.pos
	for end < len(p.in) && (p.in[end] == '_' || p.in[end]|0x20 >= 'a' && p.in[end]|0x20 <= 'z') {
		end++
	}
	if end == p.pos || end == len(p.in) || p.in[end] != ':' {
		return KeyInfo{}, nil
	}
	name := p.in[p.pos:end]
	info, ok := lookup(name)
	if !ok {
		from := p.pos
		p.pos = end + 1
		hint := fmt.Sprintf("put it in quotes to look for the text \"%s:…\"", name)
		if near := nearest(name); near != "" {
			hint = fmt.Sprintf("did you mean %s:? Or %s", near, hint)
		}
		return KeyInfo{}, p.fail(from, hint, "there is no key %s:", name)
	}
	p.pos = end + 1
	return info, nil
}

// value reads one value: quoted, or up to the next blank, and up to the next
// comma where the term has a key.
func (p *parser) value(word bool) (token, error) {
	from := p.pos
	if p.pos < len(p.in) && p.in[p.pos] == '"' {
		text, err := p.quoted()
		return token{text, true, from, p.pos}, err
	}
	for p.pos < len(p.in) {
		r, size := utf8.DecodeRuneInString(p.in[p.pos:])
		if unicode.IsSpace(r) || r == ',' && !word {
			break
		}
		if r == '"' {
			return token{}, p.fail(p.pos, `write the whole value in quotes, a quote in it as \"`, "a quote stands inside a value")
		}
		p.pos += size
	}
	if p.pos == from {
		return token{}, p.fail(from, `write "" around a value with blanks or commas`, "a value is missing here")
	}
	return token{p.in[from:p.pos], false, from, p.pos}, nil
}

// quoted reads a quotation with Go's escapes, of which \" and \\ are the ones
// a person needs.
func (p *parser) quoted() (string, error) {
	from := p.pos
	p.pos++
	var b []byte
	for p.pos < len(p.in) {
		if p.in[p.pos] == '"' {
			p.pos++
			if !p.atEnd() && p.in[p.pos] != ',' {
				return "", p.fail(p.pos, "put a blank after the closing quote", "text follows a quotation")
			}
			if len(b) == 0 {
				return "", p.fail(from, "", "the quotation is empty")
			}
			return string(b), nil
		}
		if p.in[p.pos] != '\\' {
			b = append(b, p.in[p.pos])
			p.pos++
			continue
		}
		r, multibyte, rest, err := strconv.UnquoteChar(p.in[p.pos:], '"')
		if err != nil {
			return "", p.fail(p.pos, `write a backslash as \\`, "a backslash stands before something it cannot escape")
		}
		p.pos = len(p.in) - len(rest)
		if multibyte {
			b = utf8.AppendRune(b, r)
		} else {
			b = append(b, byte(r))
		}
	}
	return "", p.fail(from, "close it", "the quotation has no end")
}

// atEnd reports whether a term ends here.
func (p *parser) atEnd() bool {
	if p.pos >= len(p.in) {
		return true
	}
	r, _ := utf8.DecodeRuneInString(p.in[p.pos:])
	return unicode.IsSpace(r)
}

// read turns a typed value into what its key means.
func (p *parser) read(info KeyInfo, tok token) (Value, error) {
	switch info.Class {
	case ClassTime:
		at, ok := parseTime(tok.text, p.now)
		if !ok {
			return Value{}, p.fail(tok.from, "write 2026-11-18T21:00, 2026-11-18, 21:00, -2h or now", "%q is no time", tok.text)
		}
		return Value{Time: at}, nil
	case ClassOutcome:
		for _, w := range outcomes {
			if strings.EqualFold(w.word, tok.text) {
				return Value{Outcome: w.outcome}, nil
			}
		}
		return Value{}, p.fail(tok.from, "write success, failed or unsaid", "%q is no outcome", tok.text)
	case ClassActor:
		for _, w := range investigations.ActorWords() {
			if strings.EqualFold(w, tok.text) {
				return Value{Text: w}, nil
			}
		}
		return Value{}, p.fail(tok.from, "write one of "+strings.Join(investigations.ActorWords(), ", "), "%q is no kind of actor", tok.text)
	case ClassText:
		return Value{Text: tok.text}, nil
	}
	return Value{Text: tok.text, Glob: !tok.quoted && strings.ContainsAny(tok.text, "*?")}, nil
}
