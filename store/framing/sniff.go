package framing

import (
	"bytes"
	"slices"
	"strings"
)

// sniffBytes is how much of a head is looked at.
const sniffBytes = 64 << 10

// Sniff finds out by the head of a content how it holds audit events; false
// when nothing in it shows that it does. eof says that the head is all of it.
func Sniff(head []byte, eof bool) (Framer, bool) {
	if len(head) > sniffBytes {
		head, eof = head[:sniffBytes], false
	}
	body := bytes.TrimSpace(bytes.TrimPrefix(head, bom))
	if len(body) == 0 {
		return nil, false
	}
	lines := &Lines{}
	lines.Frame(nil, head, eof)
	values := newStream(body)
	values.Frame(nil, head, eof)
	inLines, inValues := lines.u.seen, values.u.seen
	switch {
	case inValues.worth() && (!inLines.worth() || values.better(inLines, body)):
		return values.restarted(), true
	case inLines.worth():
		return &Lines{wrap: inLines.wrap, plain: !inLines.odd}, true
	}
	if lines.held > 0 && inLines.rejects == 0 {
		return &Lines{wrap: "container log"}, true // the head is pieces of one long event
	}
	if f, ok := sniffSheet(head, eof); ok {
		return f, true
	}
	if eof || inValues.rejects > 0 {
		return nil, false
	}
	return sniffLong(head, body, values)
}

// worth tells whether something of Teleport's was found.
func (t tally) worth() bool { return t.events+t.rows > 0 }

// better tells whether the values fit the content better than its lines do.
func (f *stream) better(lines tally, body []byte) bool {
	if body[0] == '[' || f.answer {
		return f.u.seen.events >= lines.events
	}
	// Equal: a log of lines, however many of them are broken, unless the values
	// explain all of it.
	return f.u.seen.events > lines.events || f.u.seen.events == lines.events && f.u.seen.rejects == 0 && lines.rejects > 0
}

// newStream makes a stream for a content that starts so.
func newStream(body []byte) *stream {
	f := &stream{name: "pretty json"}
	switch body[0] {
	case '[':
		f.name = "json array"
	case '{':
		if yes, _ := isAnswer(body, true, 0); yes {
			f.name, f.answer = "json list", true
		}
	}
	return f
}

// restarted is the same stream at the start of the content.
func (f *stream) restarted() *stream {
	name := f.name
	if f.u.seen.rows > 0 {
		name = "query result"
	}
	return &stream{name: name, wrap: f.u.seen.wrap, answer: f.answer}
}

// sniffLong decides on a head that ends inside the first record.
func sniffLong(head, body []byte, values *stream) (Framer, bool) {
	rest := bytes.TrimLeft(body[1:], " \t\r\n")
	switch {
	case values.answer, body[0] == '[' && len(rest) > 0 && rest[0] == '{':
		return values.restarted(), true
	case body[0] != '{' || len(rest) == 0 || rest[0] != '"':
		return nil, false
	case bytes.IndexByte(bytes.TrimLeft(head, "\r\n"), '\n') < 0:
		return &Lines{}, true
	}
	return values.restarted(), values.state == inValue
}

// sniffSheet tells whether the head is CSV with a column of events or of
// Teleport's tables.
func sniffSheet(head []byte, eof bool) (Framer, bool) {
	for _, delim := range []byte{',', '\t', ';'} {
		f := &sheet{delim: delim, column: -1}
		f.Frame(nil, head, eof)
		if !f.header {
			continue
		}
		switch known := f.known(); {
		case f.u.seen.events > 0, known >= 2, f.column >= 0 && strings.EqualFold(f.columnName(), dataColumn):
			return &sheet{delim: delim, column: -1, wrap: f.kind()}, true
		}
		if f, ok := sniffBare(head, delim); ok {
			return f, true
		}
	}
	return nil, false
}

// known counts the columns that Teleport's tables have too.
func (f *sheet) known() int {
	n := 0
	for _, name := range f.names {
		if name = strings.ToLower(name); name == dataColumn || slices.Contains(resultColumns, name) {
			n++
		}
	}
	return n
}

// kind names what a sheet was exported from.
func (f *sheet) kind() string {
	switch {
	case f.column < 0 || strings.EqualFold(f.columnName(), dataColumn):
		return "athena"
	case f.u.seen.wrap != "":
		return f.u.seen.wrap
	}
	return f.columnName()
}

// sniffBare finds the column of a sheet without a header by the events it holds.
func sniffBare(head []byte, delim byte) (Framer, bool) {
	first := &sheet{delim: delim}
	head = bytes.TrimPrefix(head, bom)
	if !first.read(head) {
		return nil, false
	}
	for i, c := range first.cells {
		var u unwrapper
		cell := trimCell(head, c)
		if len(cell) > 1 && cell[0] == '"' && u.text(u.cell(cell), 0).event != nil {
			return &sheet{delim: delim, column: i, header: true}, true
		}
	}
	return nil, false
}
