package child

import (
	"bytes"
	"fmt"
	"strconv"

	"cordon/playback/term"
)

// maxQuery bounds the parameters of a sequence that is looked at.
const maxQuery = 16

// queries finds the questions in what a child writes. The screen model takes
// ESC [ for the beginning of a control sequence wherever it stands, so strings
// need not be followed.
type queries struct {
	state queryState
	// params are the bytes between ESC [ and the final one.
	params []byte
}

type queryState uint8

const (
	inText queryState = iota
	afterEscape
	inSequence
)

// next returns how many bytes of p the screen may be fed before a question is
// answered, and the question: its parameters and its final byte. Without a
// question it returns all of p and nothing.
func (q *queries) next(p []byte) (n int, question string) {
	for n < len(p) {
		if q.state == inText {
			at := bytes.IndexByte(p[n:], 0x1b)
			if at < 0 {
				return len(p), ""
			}
			n += at
		}
		b := p[n]
		n++
		if q.step(b) {
			return n, string(q.params) + string(b)
		}
	}
	return n, ""
}

// step takes a byte and reports whether it ended a control sequence that may be
// a question.
func (q *queries) step(b byte) bool {
	switch {
	case b == 0x1b:
		q.state = afterEscape
	case b == 0x18 || b == 0x1a:
		q.state = inText
	case q.state == afterEscape && b == '[':
		q.state, q.params = inSequence, q.params[:0]
	case q.state == afterEscape && b >= 0x20:
		q.state = inText
	case q.state == inSequence && b >= 0x20 && b < 0x40:
		if len(q.params) <= maxQuery {
			q.params = append(q.params, b)
		}
	case q.state == inSequence && b >= 0x40:
		q.state = inText
		return len(q.params) <= maxQuery && (b == 'c' || b == 'n' || b == 'p')
	}
	return false
}

// answer is what a terminal answers to a question about itself, or nothing. It
// holds numbers only, none of which the child chose but that of a mode.
func answer(question string, s *term.Screen) []byte {
	switch question {
	case "c", "0c": // primary device attributes: a VT220 with colours
		return []byte("\x1b[?62;22c")
	case "5n": // are you well
		return []byte("\x1b[0n")
	case "6n":
		c := s.Cursor()
		return fmt.Appendf(nil, "\x1b[%d;%dR", c.Y+1, c.X+1)
	case "?6n":
		c := s.Cursor()
		return fmt.Appendf(nil, "\x1b[?%d;%dR", c.Y+1, c.X+1)
	}
	if len(question) > 3 && question[0] == '?' && question[len(question)-2:] == "$p" { // is this mode set
		if mode, err := strconv.ParseUint(question[1:len(question)-2], 10, 16); err == nil {
			return fmt.Appendf(nil, "\x1b[?%d;%d$y", mode, modeState(mode, s))
		}
	}
	return nil
}

// toldModes are the modes that a child may ask for. Of any other it is told that
// the terminal does not know it, so that the child does without.
var toldModes = map[uint64]term.Mode{
	1: term.ModeCursorKeys, 7: term.ModeAutoWrap, 25: term.ModeCursorVisible,
	1000: term.ModeMouseNormal, 1002: term.ModeMouseButton, 1006: term.ModeMouseSGR,
	2004: term.ModeBracketedPaste,
}

// modeState is 1 for set, 2 for reset, 0 for unknown.
func modeState(mode uint64, s *term.Screen) int {
	m, known := toldModes[mode]
	switch {
	case !known:
		return 0
	case s.Modes().Has(m):
		return 1
	}
	return 2
}
