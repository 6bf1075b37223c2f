package framing

import "bytes"

// Lines frames a content in which each line is a record. The zero value is
// ready.
type Lines struct {
	u     unwrapper
	mark  mark
	wrap  string
	plain bool
	pos   int  // bytes of the line in hand without a line end
	huge  bool // pieces of the line in hand were given
}

// Name says what the lines hold.
func (l *Lines) Name() string { return named("ndjson", l.wrap) }

// named joins a framing and a wrapping.
func named(framing, wrap string) string {
	if wrap == "" {
		return framing
	}
	return framing + ", " + wrap
}

// Frame implements Framer.
func (l *Lines) Frame(dst []Item, data []byte, atEOF bool) ([]Item, int) {
	s := sink{items: dst, data: data}
	at, ok := l.mark.skip(data, atEOF)
	if !ok {
		return dst, 0
	}
	for at < len(data) {
		window := data[at:min(len(data), at+MaxRecord+1)]
		end := bytes.IndexByte(window[min(l.pos, len(window)):], '\n')
		if end < 0 && len(window) <= MaxRecord && !atEOF {
			l.pos = len(window)
			break
		}
		next, whole := 0, true
		switch {
		case end >= 0:
			end += at + l.pos
			next = end + 1
		case len(window) > MaxRecord:
			end, next, whole = at+MaxRecord, at+MaxRecord, false
		default:
			end, next = len(data), len(data)
		}
		if l.huge || !whole {
			l.u.seen.rejects++
			s.reject(at, end, reasonLong)
		} else {
			l.line(&s, at, end)
		}
		l.huge = !whole
		l.pos, at = 0, next
	}
	return s.items, at
}

// Line appends what the one line data[off:end] holds, for a caller that cuts
// lines itself: nothing for a blank line. Item.Line counts from the start of
// data, as with Frame.
func (l *Lines) Line(dst []Item, data []byte, off, end int) []Item {
	s := sink{items: dst, data: data}
	l.line(&s, off, end)
	return s.items
}

func (l *Lines) line(s *sink, off, end int) {
	for off < end && isSpace(s.data[off]) {
		off++
	}
	for end > off && isSpace(s.data[end-1]) {
		end--
	}
	if end-off > 1 && s.data[end-1] == ',' { // a line taken out of an array
		end--
	}
	if end == off {
		return
	}
	if c := s.data[off]; c == '{' || c == '[' && end-off > 1 && (s.data[off+1] == '{' || s.data[off+1] == '"') {
		l.u.record(s, off, end)
		return
	}
	l.u.add(s, off, end, l.u.text(s.data[off:end], 0), off, FormWrapped)
}
