package command

import (
	"strings"
)

// Bounds on the work that one line can cause.
const (
	maxLine     = 64 << 10 // bytes of a line that are read
	maxDepth    = 6        // substitutions and shells inside each other
	maxCommands = 2000     // simple commands judged, over all depths
	maxParsed   = 1 << 20  // bytes read, over all depths
	maxJudged   = 5000     // commands judged; one inside another counts again
	maxPipeline = 64       // commands of a pipeline between which the flow is judged
	maxVariable = 4 << 10  // bytes of a variable's value
	maxName     = 64       // bytes of a variable's name
	maxOutput   = 1 << 20  // bytes that expansions may add up to
)

// word is one word of a command, unquoted.
type word struct {
	text string
	glob bool // holds *, ? or [ outside quotes
	// split says that an expansion outside quotes gave it white space, at which
	// the shell makes several words of it.
	split  bool
	quoted bool // some of it stood in quotes
	// runs holds the commands of the word's substitutions.
	runs []pipeline
}

// redirect is `>file`, `<file` and the like; op has no file number.
type redirect struct {
	op string
	to word
}

// simple is one command of a pipeline.
type simple struct {
	assigns   []string // NAME=value before the first word
	words     []word
	redirects []redirect
	here      string     // text of here-documents and here-strings
	body      []pipeline // of a subshell
}

// pipeline is commands joined by `|`.
type pipeline []*simple

// state is what all parsers of one line share.
type state struct {
	vars     map[string]string
	commands int // simple commands made so far
	output   int // bytes that expansions made so far
	parsed   int // bytes read so far
}

// parser splits one text into commands.
type parser struct {
	*state
	src     string
	pos     int
	depth   int
	pending []*hereDoc
}

// hereDoc is a here-document whose body starts after the next newline.
type hereDoc struct {
	end string
	tab bool
	of  *simple
}

func (st *state) parse(src string, depth int) []pipeline {
	if depth > maxDepth {
		return nil
	}
	if len(src) > maxLine {
		src = src[:maxLine]
	}
	if st.parsed += len(src); st.parsed > maxParsed {
		return nil
	}
	p := &parser{state: st, src: src, depth: depth}
	var out []pipeline
	for p.pos < len(p.src) {
		out = append(out, p.list()...)
	}
	return out
}

func (p *parser) peek() byte { return p.at(0) }

func (p *parser) at(n int) byte {
	if p.pos+n < len(p.src) {
		return p.src[p.pos+n]
	}
	return 0
}

// list reads commands up to a closing parenthesis or the end.
func (p *parser) list() []pipeline {
	var out []pipeline
	var pipe pipeline
	flush := func() {
		if len(pipe) > 0 {
			out = append(out, pipe)
		}
		pipe = nil
	}
	for p.pos < len(p.src) && p.commands < maxCommands {
		c := p.simple()
		if len(c.words)+len(c.assigns)+len(c.redirects)+len(c.body) > 0 {
			p.commands++
			pipe = append(pipe, c)
		}
		switch p.peek() {
		case '|':
			p.pos++
			switch p.peek() {
			case '|':
				p.pos++
				flush()
			case '&':
				p.pos++
			}
			continue
		case '\n':
			p.pos++
			p.readHere()
		case ')':
			p.pos++
			flush()
			return out
		default: // ; & or the end
			p.pos++
		}
		flush()
	}
	flush()
	if p.commands >= maxCommands {
		p.pos = len(p.src)
	}
	return out
}

// reserved words stand before a command and are not part of it.
var reserved = map[string]bool{
	"if": true, "then": true, "else": true, "elif": true, "fi": true, "do": true, "done": true, "while": true,
	"until": true, "!": true, "{": true, "}": true, "time": true,
}

// simple reads one command, up to an operator that ends it.
func (p *parser) simple() *simple {
	c := &simple{}
	for p.pos < len(p.src) {
		switch b := p.peek(); {
		case b == ' ' || b == '\t' || b == '\r':
			p.pos++
		case b == '\\' && p.at(1) == '\n':
			p.pos += 2
		case b == '#':
			for p.pos < len(p.src) && p.peek() != '\n' {
				p.pos++
			}
		case b == '\n' || b == ';' || b == '|' || b == ')':
			return c
		case b == '&' && p.at(1) != '>':
			if p.at(1) == '&' {
				p.pos++
			}
			return c
		case b == '(' && len(c.words) == 0 && p.depth < maxDepth:
			p.pos++
			p.depth++
			c.body = append(c.body, p.list()...)
			p.depth--
		case b == '(':
			p.pos++ // of a function's head, or nested too deep
		case (b == '<' || b == '>') && p.at(1) != '(' || b == '&':
			p.redirect(c)
		default:
			p.add(c, p.word())
		}
	}
	return c
}

// add puts a word where it belongs: dropped, an assignment, or an argument.
func (p *parser) add(c *simple, w word) {
	if len(c.words) == 0 {
		if reserved[w.text] {
			return
		}
		if name, value, ok := strings.Cut(w.text, "="); ok && isName(name) {
			c.assigns = append(c.assigns, w.text)
			if len(value) <= maxVariable {
				p.vars[name] = value
			}
			if len(w.runs) > 0 {
				c.body = append(c.body, w.runs...)
			}
			return
		}
	}
	// A number right before < or > is the number of a file.
	if b := p.peek(); (b == '<' || b == '>') && isDigits(w.text) {
		return
	}
	if parts := alternatives(w.text); parts != nil && !w.quoted {
		for _, part := range parts {
			c.words = append(c.words, word{text: part, glob: w.glob, runs: w.runs})
			w.runs = nil
		}
		return
	}
	if w.split {
		for _, part := range strings.Fields(w.text) {
			c.words = append(c.words, word{text: part, glob: w.glob, runs: w.runs})
			w.runs = nil
		}
		c.body = append(c.body, w.runs...)
		return
	}
	c.words = append(c.words, w)
}

// redirect reads one redirection.
func (p *parser) redirect(c *simple) {
	start := p.pos
	for strings.IndexByte("<>&|-", p.peek()) >= 0 && p.pos < len(p.src) && p.pos-start < 3 {
		p.pos++
	}
	op := p.src[start:p.pos]
	for p.peek() == ' ' || p.peek() == '\t' {
		p.pos++
	}
	w := p.word()
	switch {
	case op == "<<<":
		c.here += w.text + "\n"
		c.redirects = append(c.redirects, redirect{op, word{runs: w.runs}})
	case strings.HasPrefix(op, "<<"):
		p.pending = append(p.pending, &hereDoc{end: w.text, tab: op == "<<-", of: c})
		c.redirects = append(c.redirects, redirect{op, word{}})
	default:
		c.redirects = append(c.redirects, redirect{strings.Trim(op, "&|-"), w})
	}
}

// readHere reads the bodies of the here-documents that the line announced.
func (p *parser) readHere() {
	for _, h := range p.pending {
		for p.pos < len(p.src) {
			line, _, _ := strings.Cut(p.src[p.pos:], "\n")
			p.pos = min(p.pos+len(line)+1, len(p.src))
			if h.tab {
				line = strings.TrimLeft(line, "\t")
			}
			if line == h.end {
				break
			}
			h.of.here += line + "\n"
		}
	}
	p.pending = nil
}

func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
