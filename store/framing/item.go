package framing

import (
	"bytes"
	"errors"
)

// MaxRecord is the longest record. A longer one is given as rejected pieces of
// at most this size.
const MaxRecord = 16 << 20

// Item is one record found in a content: an event, or a stretch that is none.
type Item struct {
	Off, Len int // the record's bytes in the data given, without its line end
	Line     int // line ends in the data before the record

	// Event is the event's JSON, nil when the record is none. It is a stretch of
	// the data or memory that is never written again.
	Event []byte
	// At and Size are the stretch of the data that holds the event, written as
	// Form says: Form.Event(data[At:At+Size]) is Event.
	At, Size int
	Form     Form

	Reason string // why the record is no event; empty for an event
}

// InPlace tells whether the event is data[At:At+Size] as it stands.
func (it *Item) InPlace() bool { return it.Event != nil && it.Form == FormPlain }

// Form says how an event is written in its stretch of the data. The values are
// written into case files.
type Form uint8

const (
	FormPlain   Form = iota // the stretch is the event
	FormWrapped             // a value or line that holds the event, or a text that is one
	FormCell                // a cell of a CSV row
)

var errNoEvent = errors.New("the stretch holds no audit event")

// Event gives the event written in a stretch: the stretch itself for FormPlain,
// new memory otherwise.
func (f Form) Event(stretch []byte) ([]byte, error) {
	var u unwrapper
	var got found
	switch f {
	case FormPlain:
		return stretch, nil
	case FormWrapped:
		got = u.text(stretch, 0)
	case FormCell:
		got = u.text(u.cell(stretch), 0)
	}
	if got.event == nil {
		return nil, errNoEvent
	}
	return got.event, nil
}

// Framer cuts a content into records. It is for one content and one goroutine.
type Framer interface {
	// Frame looks at data, which is what it left of the last call's data
	// followed by new bytes, and appends the complete records in it; n says how
	// many bytes it is done with. atEOF says that nothing follows; n is then
	// all of them. It holds back at most MaxRecord bytes and a little more.
	Frame(dst []Item, data []byte, atEOF bool) (items []Item, n int)
	// Name says what the content is, as the source table shows it.
	Name() string
}

var (
	_ Framer = (*Lines)(nil)
	_ Framer = (*stream)(nil)
	_ Framer = (*sheet)(nil)
)

// IsPlain tells whether Sniff found lines that are events as they stand. A
// caller may then scan each line itself and ask Lines.Line only about those
// that are no event.
func IsPlain(f Framer) bool {
	l, ok := f.(*Lines)
	return ok && l.plain
}

var bom = []byte{0xef, 0xbb, 0xbf}

// mark skips a byte order mark at the start of a content.
type mark struct{ done bool }

// skip returns how many bytes the mark takes; ok is false when more bytes are
// needed to tell.
func (m *mark) skip(data []byte, atEOF bool) (n int, ok bool) {
	switch {
	case m.done:
		return 0, true
	case bytes.HasPrefix(data, bom):
		m.done = true
		return len(bom), true
	case len(data) < len(bom) && bytes.HasPrefix(bom, data) && !atEOF:
		return 0, false
	}
	m.done = true
	return 0, true
}

// sink appends items and counts the line ends before them, each byte once.
type sink struct {
	items   []Item
	data    []byte
	counted int
	lines   int
}

func (s *sink) line(off int) int {
	if off > s.counted {
		s.lines += bytes.Count(s.data[s.counted:off], []byte{'\n'})
		s.counted = off
	}
	return s.lines
}

// reject adds the stretch without the line end and blanks after it.
func (s *sink) reject(off, end int, reason string) {
	for end > off && isSpace(s.data[end-1]) {
		end--
	}
	if end > off {
		s.items = append(s.items, Item{Off: off, Len: end - off, Line: s.line(off), Reason: reason})
	}
}

// add adds what was found in the record data[off:end]; base is where the
// stretch that was searched starts, size its length and form what it is when
// the event does not stand in it.
func (s *sink) add(off, end int, got found, base, size int, form Form) {
	if got.event == nil {
		s.reject(off, end, got.why)
		return
	}
	it := Item{Off: off, Len: end - off, Line: s.line(off), Event: got.event, At: base, Size: size, Form: form}
	if got.at >= 0 {
		it.At, it.Size, it.Form = base+got.at, len(got.event), FormPlain
	}
	s.items = append(s.items, it)
}

const (
	reasonLong = "a record longer than 16 MiB"
	reasonHalf = "the content ends inside this record"
	reasonJunk = "this is no JSON"
)
