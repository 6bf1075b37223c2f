package command

import (
	"strconv"
	"strings"
)

// builder collects one word.
type builder struct {
	strings.Builder
	word
}

// word reads one word and takes its quotes off. It stops at a byte that ends
// words, and always reads at least one byte.
func (p *parser) word() word {
	var w builder
	start := p.pos
	for p.pos < len(p.src) {
		switch b := p.peek(); b {
		case ' ', '\t', '\r', '\n', ';', '|', '&', ')', '(':
			if p.pos == start && b == '(' {
				p.pos++
			}
			return w.done()
		case '<', '>':
			if p.at(1) != '(' {
				return w.done()
			}
			p.pos += 2
			w.runs = append(w.runs, p.inner()...)
		case '\\':
			p.escape(&w)
		case '\'':
			p.pos++
			w.quoted = true
			w.WriteString(p.until('\''))
		case '"':
			p.pos++
			w.quoted = true
			p.quoted(&w)
		case '`':
			p.backtick(&w, false)
		case '$':
			if p.dollar(&w, false) {
				return w.done()
			}
		default:
			if b == '*' || b == '?' || b == '[' {
				w.glob = true
			}
			w.WriteByte(b)
			p.pos++
		}
	}
	return w.done()
}

func (w *builder) done() word {
	w.text = w.String()
	return w.word
}

// until reads up to the closing byte and past it.
func (p *parser) until(closing byte) string {
	rest := p.src[p.pos:]
	n := strings.IndexByte(rest, closing)
	if n < 0 {
		p.pos = len(p.src)
		return rest
	}
	p.pos += n + 1
	return rest[:n]
}

func (p *parser) escape(w *builder) {
	p.pos++
	if p.pos < len(p.src) {
		if b := p.peek(); b != '\n' {
			w.WriteByte(b)
		}
		p.pos++
	}
}

// quoted reads the inside of double quotes and past the closing one.
func (p *parser) quoted(w *builder) {
	for p.pos < len(p.src) {
		switch b := p.peek(); b {
		case '"':
			p.pos++
			return
		case '\\':
			if strings.IndexByte("$`\"\\\n", p.at(1)) >= 0 {
				p.escape(w)
				continue
			}
			w.WriteByte(b)
			p.pos++
		case '`':
			p.backtick(w, true)
		case '$':
			p.dollar(w, true)
		default:
			w.WriteByte(b)
			p.pos++
		}
	}
}

// inner reads the commands of a substitution, up to its closing parenthesis.
func (p *parser) inner() []pipeline {
	if p.depth >= maxDepth {
		p.pos = len(p.src)
		return nil
	}
	p.depth++
	held := p.pending
	p.pending = nil
	out := p.list()
	p.pending = held
	p.depth--
	return out
}

// substitute adds what the commands print where that is plain, and keeps them.
func (p *parser) substitute(w *builder, runs []pipeline, inQuotes bool) {
	w.runs = append(w.runs, runs...)
	if len(runs) == 1 {
		if text, ok := output(runs[0]); ok {
			p.write(w, strings.TrimRight(text, "\n"), inQuotes)
		}
	}
}

// write adds expanded text, as long as the line's allowance lasts.
func (p *parser) write(w *builder, text string, inQuotes bool) {
	if p.output += len(text); p.output <= maxOutput {
		w.WriteString(text)
		w.split = w.split || !inQuotes && strings.ContainsAny(text, " \t\n")
	}
}

func (p *parser) backtick(w *builder, inQuotes bool) {
	p.pos++
	var b strings.Builder
	for p.pos < len(p.src) && p.peek() != '`' {
		if p.peek() == '\\' && strings.IndexByte("`\\$", p.at(1)) >= 0 && p.pos+1 < len(p.src) {
			p.pos++
		}
		b.WriteByte(p.peek())
		p.pos++
	}
	p.pos++
	p.substitute(w, p.state.parse(b.String(), p.depth+1), inQuotes)
}

// dollar reads an expansion. It reports whether the word ends here, because
// the expansion is white space outside quotes.
func (p *parser) dollar(w *builder, inQuotes bool) (ends bool) {
	p.pos++
	switch b := p.peek(); {
	case b == '\'' && !inQuotes:
		p.pos++
		p.ansi(w)
	case b == '"' && !inQuotes: // a translated string; its quotes come next
	case b == '(':
		p.pos++
		p.substitute(w, p.inner(), inQuotes)
	case b == '{':
		p.pos++
		raw := p.until('}')
		n := name(raw)
		if value, ok := strings.CutPrefix(strings.TrimPrefix(raw[len(n):], ":"), "-"); ok {
			return p.variable(w, n, value, inQuotes)
		}
		if value, ok := strings.CutPrefix(strings.TrimPrefix(raw[len(n):], ":"), "="); ok {
			return p.variable(w, n, value, inQuotes)
		}
		return p.variable(w, n, "${"+raw+"}", inQuotes)
	case b == '@' || b == '*' || isDigits(string(b)):
		p.pos++ // parameters of the shell: none at a prompt
	default:
		n := name(p.src[p.pos:])
		p.pos += len(n)
		return p.variable(w, n, "$"+n, inQuotes)
	}
	return false
}

// name is the variable's name at the beginning of s.
func name(s string) string {
	n := 0
	for n < min(len(s), maxName) && isName(s[:n+1]) {
		n++
	}
	return s[:n]
}

// variable adds the value the line gave it; one that it did not set stays as
// it is written.
func (p *parser) variable(w *builder, name, raw string, inQuotes bool) (ends bool) {
	value, known := p.vars[name]
	switch {
	case name == "IFS" && !known:
		if !inQuotes {
			return true
		}
		w.WriteByte(' ')
	case known:
		if separators := p.vars["IFS"]; separators != "" && !inQuotes {
			value = strings.Map(func(r rune) rune {
				if strings.ContainsRune(separators, r) {
					return ' '
				}
				return r
			}, value)
		}
		p.write(w, value, inQuotes)
	default:
		p.write(w, raw, true)
	}
	return false
}

// ansi reads the inside of $'…' and past the closing quote.
func (p *parser) ansi(w *builder) {
	for p.pos < len(p.src) && p.peek() != '\'' {
		if p.peek() != '\\' || p.pos+1 >= len(p.src) {
			w.WriteByte(p.peek())
			p.pos++
			continue
		}
		p.pos++
		b := p.peek()
		p.pos++
		switch b {
		case 'n':
			w.WriteByte('\n')
		case 't':
			w.WriteByte('\t')
		case 'r':
			w.WriteByte('\r')
		case 'x':
			p.number(w, 2, 16)
		case 'u':
			p.number(w, 4, 16)
		case 'U':
			p.number(w, 8, 16)
		case '0', '1', '2', '3', '4', '5', '6', '7':
			p.pos--
			p.number(w, 3, 8)
		default:
			w.WriteByte(b)
		}
	}
	p.pos++
}

// number reads the digits of a character's code.
func (p *parser) number(w *builder, digits, base int) {
	end := p.pos
	for end < len(p.src) && end-p.pos < digits {
		if _, err := strconv.ParseUint(p.src[end:end+1], base, 8); err != nil {
			break
		}
		end++
	}
	n, err := strconv.ParseUint(p.src[p.pos:end], base, 32)
	p.pos = end
	switch {
	case err != nil:
	case digits <= 3:
		w.WriteByte(byte(n))
	default:
		w.WriteRune(rune(n))
	}
}
