package framing

import "bytes"

// lookAhead is how far into an object a list is looked for that makes it the
// answer around the records.
const lookAhead = 64 << 10

// stream frames JSON values one after the other, over any number of lines: at
// the top, in an array, or in lists inside one large answer. Of such an array
// or answer only the record in hand is held.
type stream struct {
	u      unwrapper
	mark   mark
	name   string
	wrap   string
	answer bool // objects at the top may hold the records

	state  streamState
	open   []byte // '[' and '{' that were entered
	want   byte   // in an entered object: 'k'ey, ':' or 'v'alue
	enter  bool   // the value that follows may hold records
	indent int    // blanks before the record on its line
	fresh  bool   // only blanks since a line end

	scan   scanner
	pos    int  // bytes of the value or junk in hand that were looked at
	skip   bool // the value in hand is no record
	huge   bool // pieces of the value in hand were given
	line   bool // the junk in hand was looked at up to a line's start
	reason string
}

type streamState uint8

const (
	between streamState = iota
	inValue
	inJunk
)

const maxIndent = 256

// Name says how the values stand and what they are wrapped in.
func (f *stream) Name() string { return named(f.name, f.wrap) }

// Frame implements Framer.
func (f *stream) Frame(dst []Item, data []byte, atEOF bool) ([]Item, int) {
	s := sink{items: dst, data: data}
	at, ok := f.mark.skip(data, atEOF)
	for ok {
		switch f.state {
		case between:
			at, ok = f.next(data, at, atEOF)
		case inValue:
			at, ok = f.value(&s, at, atEOF)
		case inJunk:
			at, ok = f.junk(&s, at, atEOF)
		}
	}
	return s.items, at
}

func (f *stream) top() byte {
	if len(f.open) == 0 {
		return 0
	}
	return f.open[len(f.open)-1]
}

// next moves to the start of the next value; false when more bytes are needed.
func (f *stream) next(data []byte, at int, atEOF bool) (int, bool) {
	for at < len(data) {
		c := data[at]
		switch {
		case c == '\n':
			f.indent, f.fresh = 0, true
			at++
			continue
		case isSpace(c):
			if f.fresh {
				f.indent = min(f.indent+1, maxIndent)
			}
			at++
			continue
		case c == ',' || c == 0x1e: // 0x1e starts a value in JSON text sequences
			at++
			f.fresh, f.indent = false, 0
			continue
		}
		if f.top() == '{' {
			to, ok := f.member(data, at, atEOF)
			if !ok || f.state != between {
				return to, ok
			}
			at = to
			continue
		}
		to, ok := f.element(data, at, atEOF)
		if !ok || f.state != between {
			return to, ok
		}
		at, f.fresh, f.indent = to, false, 0
	}
	return at, false
}

// element takes what starts at data[at] at the top or in an array.
func (f *stream) element(data []byte, at int, atEOF bool) (int, bool) {
	c := data[at]
	listed := f.top() == '['
	switch {
	case c == ']' && listed:
		f.pop()
		return at + 1, true
	case c == '[' && !listed:
		f.push('[')
		return at + 1, true
	case c == '{' && !listed && f.answer:
		switch around, known := isAnswer(data[at:min(len(data), at+lookAhead)], atEOF || len(data)-at >= lookAhead, 0); {
		case !known:
			return at, false
		case around:
			f.push('{')
			return at + 1, true
		}
	case c == '{', listed && (c == '[' || c == '"' || c == '-' || c >= '0' && c <= '9' || c == 't' || c == 'f' || c == 'n'):
	default:
		f.startJunk(reasonJunk, 0, false)
		return at, true
	}
	f.startValue(false)
	return at, true
}

// member takes what starts at data[at] in an entered object.
func (f *stream) member(data []byte, at int, atEOF bool) (int, bool) {
	c := data[at]
	switch {
	case c == '}' && f.want == 'k':
		f.pop()
		return at + 1, true
	case c == '"' && f.want == 'k':
		window := data[at+1 : min(len(data), at+1+lookAhead)]
		end, _ := textEnd(window, 0)
		if end < 0 && !atEOF && len(window) < lookAhead {
			return at, false
		}
		if end >= 0 {
			f.want, f.enter = ':', isHolder(window[:end])
			return at + 1 + end + 1, true
		}
	case c == ':' && f.want == ':':
		f.want = 'v'
		return at + 1, true
	case f.want == 'v':
		f.want = 'k'
		if f.enter && (c == '[' || c == '{') && len(f.open) <= maxEnvelopes {
			f.push(c)
			return at + 1, true
		}
		if c != ']' && c != '}' && c != ':' {
			f.startValue(true)
			return at, true
		}
	}
	f.open = f.open[:0]
	f.startJunk(reasonJunk, 0, false)
	return at, true
}

func (f *stream) push(c byte) {
	f.open = append(f.open, c)
	f.want = 'k'
	if c == '[' {
		f.u.nest++
		f.u.columns = nil
	}
}

func (f *stream) pop() {
	if f.top() == '[' {
		f.u.nest--
	}
	f.open = f.open[:len(f.open)-1]
	f.want = 'k'
}

func (f *stream) startValue(skip bool) {
	f.state, f.scan, f.pos, f.skip, f.huge = inValue, scanner{}, 0, skip, false
}

func (f *stream) startJunk(reason string, pos int, line bool) {
	f.u.nest = bytes.Count(f.open, []byte{'['})
	f.state, f.reason, f.pos, f.line = inJunk, reason, pos, line
}

// value goes on with the value in hand, which starts at data[at].
func (f *stream) value(s *sink, at int, atEOF bool) (int, bool) {
	window := s.data[at:min(len(s.data), at+MaxRecord)]
	end, how := f.scan.run(window, f.pos)
	if how == scanMore {
		switch {
		case f.skip && len(window) > 0:
			f.pos = 0
			return at + end, true
		case len(window) == MaxRecord:
			f.reject(s, at, at+end, reasonLong)
			f.pos, f.huge = 0, true
			return at + end, true
		case !atEOF:
			f.pos = end
			return at, false
		case f.scan.scalar: // a number or word ends with the content
			how = scanDone
		default:
			if !f.skip {
				f.reject(s, at, at+end, reasonHalf)
			}
			f.state = between
			return at + end, true
		}
	}
	if how == scanDone {
		switch {
		case f.huge:
			f.reject(s, at, at+end, reasonLong)
		case !f.skip:
			f.u.record(s, at, at+end)
		}
		f.state, f.fresh, f.indent = between, false, 0
		return at + end, true
	}
	if f.top() == '{' {
		f.open = f.open[:0]
	}
	f.startJunk("a JSON value that is damaged or broken off", end, how == scanCut)
	return at, true
}

func (f *stream) reject(s *sink, from, end int, reason string) {
	f.u.seen.rejects++
	s.reject(from, end, reason)
}

// junk goes on with a stretch that is no value. It ends before a line that may
// start one: indented no deeper than the value that was damaged.
func (f *stream) junk(s *sink, at int, atEOF bool) (int, bool) {
	data := s.data
	for {
		window := data[at:min(len(data), at+MaxRecord)]
		if !f.line {
			i := bytes.IndexByte(window[f.pos:], '\n')
			if i >= 0 {
				f.pos += i + 1
				f.line = true
			} else {
				f.pos = len(window)
			}
		}
		if f.line {
			starts, known := f.startsValue(window[f.pos:], atEOF && at+len(window) == len(data))
			if starts {
				f.reject(s, at, at+f.pos, f.reason)
				f.state, f.fresh, f.indent, f.want = between, true, 0, 'k'
				return at + f.pos, true
			}
			if known {
				f.line = false
				continue
			}
		}
		switch {
		case len(window) == MaxRecord:
			f.reject(s, at, at+f.pos, f.reason)
			at, f.pos = at+f.pos, 0
		case atEOF:
			f.reject(s, at, len(data), f.reason)
			f.state = between
			return len(data), false
		default:
			return at, false
		}
	}
}

// startsValue tells whether a line may start a value; known is false when more
// of it is needed.
func (f *stream) startsValue(line []byte, whole bool) (starts, known bool) {
	for i, c := range line {
		switch {
		case c == '{' || c == '[' && f.top() == 0 || c == ']' && f.top() == '[':
			return true, true
		case (c == ' ' || c == '\t') && i < f.indent:
		default:
			return false, true
		}
	}
	return false, whole
}

// isAnswer tells whether an object holds the records in a list: one of its
// members, or of an object in it, is named so and starts one, and it is no
// event itself as far as the bytes given show. known is false when they end
// before the object and more may come.
func isAnswer(b []byte, all bool, depth int) (yes, known bool) {
	m := walk(b)
	for {
		if !m.step('}') {
			return yes, !m.bad || all
		}
		if m.i == len(b) {
			return yes, all
		}
		if b[m.i] != '"' {
			return yes, true
		}
		end, _ := textEnd(b, m.i+1)
		if end < 0 {
			return yes, all
		}
		key := b[m.i+1 : end]
		colon := skipSpace(b, end+1)
		from := skipSpace(b, min(colon+1, len(b)))
		if from >= len(b) {
			return yes, all
		}
		if b[colon] != ':' {
			return yes, true
		}
		if string(key) == "event" && b[from] == '"' {
			return false, true
		}
		if isHolder(key) && !yes {
			yes = startsList(b, from, all, depth)
		}
		if m.i = valueEnd(b, from); m.i < 0 {
			return yes, all
		}
	}
}

// startsList tells whether the value at b[from] is a list of records, or an
// object around one.
func startsList(b []byte, from int, all bool, depth int) bool {
	if b[from] == '{' && depth < maxEnvelopes-1 {
		yes, _ := isAnswer(b[from:], all, depth+1)
		return yes
	}
	i := skipSpace(b, from+1)
	return b[from] == '[' && i < len(b) && (b[i] == '{' || b[i] == '[')
}
