package framing

import "bytes"

// Lines frames a content in which each line is a record, or several lines are
// where a container runtime cut a long one. The zero value is ready.
type Lines struct {
	u      unwrapper
	mark   mark
	wrap   string
	plain  bool
	pos    int    // bytes of the record in hand that hold no further line end
	huge   bool   // pieces of the line in hand were given
	held   int    // bytes of the record in hand that are lines with a piece each
	source string // that the runtime names in those lines
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
		switch {
		case end >= 0:
			end += at + l.pos
			at = l.ended(&s, at, end, end+1)
		case len(window) > MaxRecord && l.held > 0:
			at = l.dropPieces(&s, at)
		case len(window) > MaxRecord:
			l.reject(&s, at, at+MaxRecord)
			l.huge = true
			at += MaxRecord
		case atEOF:
			at = l.ended(&s, at, len(data), len(data))
		default:
			l.pos = len(window)
			return s.items, at
		}
		l.pos = l.held
		if at+l.held == len(data) {
			break
		}
	}
	if l.held > 0 && atEOF {
		at = l.dropPieces(&s, at)
	}
	return s.items, at
}

// ended takes the line that ends at end, whose record starts at data[at], and
// returns where the record in hand then starts.
func (l *Lines) ended(s *sink, at, end, next int) int {
	if l.huge {
		l.reject(s, at, end)
		l.huge = false
		return next
	}
	f := fragmentOf(s.data[at+l.held : end])
	switch {
	case l.held > 0 && (f.source != l.source || l.standsAlone(&f, s.data[at+l.held:end])):
		return l.dropPieces(s, at)
	case l.held > 0 && f.partial, l.held == 0 && f.begins():
		l.held, l.source = next-at, f.source
		return at
	case l.held > 0:
		l.held = 0
		l.u.add(s, at, end, l.u.text(s.data[at:end], 0), at, FormWrapped)
		return next
	}
	l.line(s, at, end)
	return next
}

// standsAlone tells whether a line that follows pieces is none of theirs.
func (l *Lines) standsAlone(f *fragment, line []byte) bool {
	if f.partial {
		return false
	}
	return !f.ends() || f.docker && l.u.text(line, 0).event != nil
}

func (l *Lines) reject(s *sink, from, end int) {
	l.u.seen.rejects++
	s.reject(from, end, reasonLong)
}

// dropPieces rejects the pieces in hand and returns where they end.
func (l *Lines) dropPieces(s *sink, at int) int {
	l.u.seen.rejects++
	s.reject(at, at+l.held, "pieces of a long line whose last piece is missing")
	at += l.held
	l.held = 0
	return at
}

// Line appends what the one line data[off:end] holds, for a caller that cuts
// lines itself: nothing for a blank line. before is how many line ends stand
// before it, for Item.Line. It does not join pieces.
func (l *Lines) Line(dst []Item, data []byte, off, end, before int) []Item {
	s := sink{items: dst, data: data, counted: off, lines: before}
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
	switch s.data[off] {
	case '{':
		l.u.record(s, off, end)
		return
	case '[':
		if i := skipSpace(s.data[:end], off+1); i < end && (s.data[i] == '{' || s.data[i] == '"') {
			l.u.record(s, off, end)
			return
		}
	}
	l.u.add(s, off, end, l.u.text(s.data[off:end], 0), off, FormWrapped)
}
