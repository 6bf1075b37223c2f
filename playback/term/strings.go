package term

import (
	"bytes"
	"strings"
)

const (
	maxTitles = 16
	maxTitle  = 1024
)

func (s *Screen) startString(kind parserState) {
	p := &s.parser
	p.state = kind
	p.text, p.broken = p.text[:0], false
	p.string = decoder{}
}

// swallow takes the bytes of a string up to its end and returns how many it
// took. An OSC's text is kept up to a bound and one that is longer means
// nothing; other strings are not kept. The string ends with ST, with CAN or
// SUB (and then means nothing), at any other escape sequence as in xterm, and
// an OSC also with BEL. The eight-bit ST may be half of a character, so the
// characters are followed.
func (s *Screen) swallow(p []byte) int {
	ps := &s.parser
	for i, b := range p {
		switch {
		case b == 0x1b:
			s.endString()
			s.startEscape()
			return i + 1
		case b == 0x18 || b == 0x1a:
			ps.state = inGround
			return i + 1
		case b == 0x07 && ps.state == inOSC:
			s.endString()
			return i + 1
		case b >= 0x80 && s.endsString(b):
			s.endString()
			return i + 1
		case b < 0x80:
			ps.string = decoder{}
		}
		if ps.state == inOSC && b >= 0x20 {
			ps.keep(b)
		}
	}
	return len(p)
}

func (p *parser) keep(b byte) {
	if len(p.text) >= maxOSC {
		p.broken = true
		return
	}
	p.text = append(p.text, b)
}

// endsString reports whether b is the eight-bit ST, alone or as UTF-8.
func (s *Screen) endsString(b byte) bool {
	d := &s.parser.string
	if d.need > 0 && d.take(b) {
		if d.need == 0 && d.r == 0x9c {
			text := s.parser.text
			s.parser.text = text[:max(len(text)-1, 0)]
			return true
		}
		return false
	}
	return !d.begin(b) && b == 0x9c
}

func (s *Screen) endString() {
	p := &s.parser
	if p.state == inOSC && !p.broken {
		s.dispatchOSC(p.text)
	}
	p.state = inGround
	p.text = p.text[:0]
}

// dispatchOSC carries out an operating system command. Only the ones that are
// data are known; a clipboard, a colour query or a notification does nothing.
func (s *Screen) dispatchOSC(text []byte) {
	command, rest, _ := bytes.Cut(text, []byte(";"))
	switch string(command) {
	case "0":
		setText(&s.title, rest)
		setText(&s.icon, rest)
	case "1":
		setText(&s.icon, rest)
	case "2":
		setText(&s.title, rest)
	case "7":
		setText(&s.dir, rest)
	case "8":
		params, url, ok := bytes.Cut(rest, []byte(";"))
		if ok {
			s.setLink(link{id: linkID(params), url: validText(url)})
		}
	}
}

// setText keeps text, cut to a bound. Shells send the same title with each
// prompt, so an equal one is not copied again.
func setText(to *string, text []byte) {
	if len(text) > maxTitle {
		text = text[:maxTitle]
	}
	if string(text) != *to {
		*to = validText(text)
	}
}

func validText(text []byte) string { return strings.ToValidUTF8(string(text), "\ufffd") }

// linkID returns the id among the key=value pairs of OSC 8.
func linkID(params []byte) string {
	for pair := range bytes.SplitSeq(params, []byte(":")) {
		if id, ok := bytes.CutPrefix(pair, []byte("id=")); ok {
			return validText(id)
		}
	}
	return ""
}

// windowOperation is the title stack among xterm's window operations. The
// others move or resize a window or ask about it and do nothing.
func (s *Screen) windowOperation(what, which int) {
	if which > 2 {
		return
	}
	switch what {
	case 22:
		if len(s.titles) < maxTitles {
			s.titles = append(s.titles, s.title)
		}
	case 23:
		if n := len(s.titles); n > 0 {
			s.title, s.titles = s.titles[n-1], s.titles[:n-1]
		}
	}
}
