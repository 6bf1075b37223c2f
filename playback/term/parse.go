package term

import "unicode/utf8"

// parserState is where in a sequence the next byte falls. The states are those
// of ECMA-48's grammar, with what a VT500 does about broken sequences: CAN and
// SUB end any sequence, ESC starts a new one, controls inside are carried out.
type parserState uint8

const (
	inGround parserState = iota
	inEscape
	inCSI
	inOSC
	inString // DCS, SOS, PM and APC: swallowed
)

const (
	maxParams = 32
	maxParam  = 65535
	maxOSC    = 4096
)

// parser is what is known of a sequence that is not complete.
type parser struct {
	state  parserState
	prefix byte // '<', '=', '>' or '?' after CSI
	inter  byte // the intermediate byte, if there is exactly one
	broken bool // not a sequence that means anything: it is skipped
	n      int  // parameters begun
	sub    uint32
	params [maxParams + 1]uint16 // the last one takes what is too many
	text   []byte                // of an OSC
	utf8   decoder
	string decoder // position in a character inside a string
}

// decoder is a UTF-8 character of which not all bytes came yet. The next byte
// has to be in low..high, as in table 3-7 of the Unicode standard.
type decoder struct {
	need      int
	low, high byte
	r         rune
}

// begin starts a character with a lead byte, or reports that b is none.
func (d *decoder) begin(b byte) bool {
	d.low, d.high = 0x80, 0xbf
	switch {
	case b >= 0xc2 && b <= 0xdf:
		d.need, d.r = 1, rune(b&0x1f)
	case b >= 0xe0 && b <= 0xef:
		d.need, d.r = 2, rune(b&0x0f)
		if b == 0xe0 {
			d.low = 0xa0
		} else if b == 0xed {
			d.high = 0x9f
		}
	case b >= 0xf0 && b <= 0xf4:
		d.need, d.r = 3, rune(b&0x07)
		if b == 0xf0 {
			d.low = 0x90
		} else if b == 0xf4 {
			d.high = 0x8f
		}
	default:
		return false
	}
	return true
}

// take adds a byte, or reports that it does not belong to the character.
func (d *decoder) take(b byte) bool {
	if b < d.low || b > d.high {
		*d = decoder{}
		return false
	}
	d.low, d.high = 0x80, 0xbf
	d.r = d.r<<6 | rune(b&0x3f)
	d.need--
	return true
}

// Write feeds bytes. It takes all of them and never fails; a sequence or a
// character may be split over any number of calls.
func (s *Screen) Write(p []byte) (int, error) {
	for i := 0; i < len(p); {
		switch s.parser.state {
		case inGround:
			i += s.ground(p[i:])
		case inEscape:
			s.escape(p[i])
			i++
		case inCSI:
			i += s.control(p[i:])
		default:
			i += s.swallow(p[i:])
		}
	}
	return len(p), nil
}

// ground takes text and single controls until a sequence starts, and returns
// how many bytes it took.
func (s *Screen) ground(p []byte) int {
	for i := 0; i < len(p); {
		b := p[i]
		if s.parser.utf8.need > 0 || b >= utf8.RuneSelf {
			i += s.text(p[i:])
			if s.parser.state != inGround {
				return i
			}
			continue
		}
		switch {
		case b >= 0x20 && b != 0x7f:
			if s.plain() {
				i += s.printASCII(p[i:])
			} else {
				s.printTranslated(b)
				i++
			}
		case b == 0x1b:
			s.prev = 0
			i++
			if i == len(p) || p[i] != '[' {
				s.startEscape()
				return i
			}
			s.startCSI()
			i += 1 + s.control(p[i+1:])
			if s.parser.state != inGround {
				return i
			}
		default:
			s.c0(b)
			i++
		}
	}
	return len(p)
}

// text takes at least one byte that is not ASCII, or the byte after an
// incomplete character, and returns how many it took.
func (s *Screen) text(p []byte) int {
	if s.parser.utf8.need == 0 && s.plain() {
		if n := s.printRunes(p); n > 0 {
			return n
		}
	}
	return s.textByte(p[0])
}

// decodeRune returns the character at the start of p and its length, or 0 if
// there is no whole one or it is a control.
func decodeRune(p []byte) (r rune, n int) {
	switch b := p[0]; {
	case b < 0xc2:
	case b < 0xe0:
		if len(p) > 1 && p[1]&0xc0 == 0x80 {
			r, n = rune(b&0x1f)<<6|rune(p[1]&0x3f), 2
		}
	case b < 0xf0:
		if len(p) > 2 && p[1]&0xc0 == 0x80 && p[2]&0xc0 == 0x80 {
			r, n = rune(b&0x0f)<<12|rune(p[1]&0x3f)<<6|rune(p[2]&0x3f), 3
			if r < 0x800 || r >= 0xd800 && r < 0xe000 {
				return 0, 0
			}
		}
	default:
		if r, n = utf8.DecodeRune(p); n < 4 {
			return 0, 0
		}
	}
	if r < 0xa0 {
		return 0, 0
	}
	return r, n
}

// textByte takes one byte of a character and returns how many it took: none if
// the byte only showed that the character before it is cut short.
func (s *Screen) textByte(b byte) int {
	d := &s.parser.utf8
	if d.need > 0 {
		if !d.take(b) {
			s.printRune(utf8.RuneError)
			return 0
		}
		if d.need == 0 {
			s.wholeRune(d.r)
		}
		return 1
	}
	switch {
	case d.begin(b):
	case b < 0xa0 && !opensString(b):
		s.c1(b)
	default:
		s.printRune(utf8.RuneError)
	}
	return 1
}

// wholeRune prints a decoded rune. C1 controls that came as UTF-8 are controls,
// as in xterm.
func (s *Screen) wholeRune(r rune) {
	s.single = 0
	if r < 0xa0 {
		s.c1(byte(r))
		return
	}
	s.printRune(r)
}

// opensString reports whether an eight-bit control starts a DCS, SOS, OSC, PM
// or APC.
func opensString(b byte) bool {
	return b == 0x90 || b == 0x98 || b >= 0x9d && b <= 0x9f
}

func (s *Screen) startEscape() {
	p := &s.parser
	p.state = inEscape
	p.inter, p.broken = 0, false
	s.prev = 0
}

// c1 is an eight-bit control, short for ESC and a byte of 0x40..0x5f.
func (s *Screen) c1(b byte) {
	s.startEscape()
	s.escape(b - 0x40)
}

// escape takes the bytes after ESC.
func (s *Screen) escape(b byte) {
	p := &s.parser
	switch {
	case b < 0x20:
		s.c0InSequence(b)
	case b < 0x30:
		p.broken = p.broken || p.inter != 0
		p.inter = b
	case b < 0x7f:
		p.state = inGround
		if !p.broken {
			s.dispatchEscape(b)
		}
	case b > 0x7f:
		p.state = inGround
		s.text([]byte{b})
	}
}

// c0InSequence carries out a control in the middle of a sequence.
func (s *Screen) c0InSequence(b byte) {
	switch b {
	case 0x18, 0x1a:
		s.parser.state = inGround
	case 0x1b:
		s.startEscape()
	default:
		s.c0(b)
	}
}

func (s *Screen) startCSI() {
	p := &s.parser
	p.state = inCSI
	p.prefix, p.inter, p.broken = 0, 0, false
	p.n, p.sub = 0, 0
}

// control takes the bytes of a control sequence after CSI and returns how many
// it took.
func (s *Screen) control(p []byte) int {
	ps := &s.parser
	for i := 0; i < len(p); {
		b := p[i]
		switch {
		case b >= 0x40 && b < 0x7f:
			ps.state = inGround
			if !ps.broken {
				s.dispatchCSI(b)
			}
			return i + 1
		case b >= 0x30 && b <= 0x3b && ps.inter == 0:
			i += ps.numbers(p[i:])
			continue
		case b >= 0x80:
			ps.state = inGround
			return i
		case b >= 0x30 && b < 0x40:
			ps.broken = ps.broken || ps.inter != 0 || ps.n > 0 || ps.prefix != 0
			ps.prefix = b
		case b >= 0x20 && b < 0x30:
			ps.broken = ps.broken || ps.inter != 0
			ps.inter = b
		case b < 0x20:
			s.c0InSequence(b)
			if ps.state != inCSI {
				return i + 1
			}
		}
		i++
	}
	return len(p)
}

// numbers takes digits, semicolons and colons and returns how many there were.
func (p *parser) numbers(b []byte) int {
	n := p.n
	if n == 0 {
		n, p.params[0] = 1, 0
	}
	v := uint32(p.params[n-1])
	i := 0
	for ; i < len(b); i++ {
		c := b[i]
		if d := c - '0'; d < 10 {
			v = min(v*10+uint32(d), maxParam)
			continue
		}
		if c != ';' && c != ':' {
			break
		}
		p.params[n-1] = uint16(v)
		v = 0
		if n <= maxParams {
			n++
			if c == ':' && n <= maxParams {
				p.sub |= 1 << (n - 1)
			}
		}
	}
	p.params[n-1], p.n = uint16(v), n
	return i
}

// list returns the parameters; there is none if the sequence had none.
func (p *parser) list() []uint16 { return p.params[:min(p.n, maxParams)] }

// param returns parameter i, or def if it is missing or 0.
func (p *parser) param(i, def int) int {
	if i >= p.n || i >= maxParams || p.params[i] == 0 {
		return def
	}
	return int(p.params[i])
}
