package recording

import (
	"errors"
	"time"
)

// errWire is returned for bytes that are no protobuf message.
var errWire = errors.New("not a protobuf message")

// wire walks the fields of one protobuf message without copying. Only what the
// hot path and unknown events need is here; everything else goes through the
// generated decoder.
type wire struct {
	buf []byte
}

// field is one field of a message. Value holds a varint, Bytes the content of
// a length-delimited field.
type field struct {
	num   int
	typ   int
	value uint64
	bytes []byte
}

const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// next returns the next field; ok is false at the end.
func (w *wire) next() (f field, ok bool, err error) {
	if len(w.buf) == 0 {
		return field{}, false, nil
	}
	tag, err := w.varint()
	if err != nil {
		return field{}, false, err
	}
	f.num, f.typ = int(tag>>3), int(tag&7)
	if f.num <= 0 || tag>>3 > 1<<29-1 {
		return field{}, false, errWire
	}
	switch f.typ {
	case wireVarint:
		f.value, err = w.varint()
	case wireFixed64:
		err = w.skip(8)
	case wireFixed32:
		err = w.skip(4)
	case wireBytes:
		f.bytes, err = w.delimited()
	default:
		err = errWire
	}
	return f, err == nil, err
}

func (w *wire) varint() (uint64, error) {
	var v uint64
	for i := 0; i < len(w.buf) && i < 10; i++ {
		b := w.buf[i]
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			w.buf = w.buf[i+1:]
			return v, nil
		}
	}
	return 0, errWire
}

func (w *wire) delimited() ([]byte, error) {
	n, err := w.varint()
	if err != nil || n > uint64(len(w.buf)) {
		return nil, errWire
	}
	out := w.buf[:n:n]
	w.buf = w.buf[n:]
	return out, nil
}

func (w *wire) skip(n int) error {
	if len(w.buf) < n {
		return errWire
	}
	w.buf = w.buf[n:]
	return nil
}

// printRecord is what cordon needs of a session.print event.
type printRecord struct {
	index int64
	at    time.Time
	delay int64 // milliseconds since the first print
	data  []byte
}

// decodePrint reads a OneOf that holds a session.print and nothing else. It is
// not ok for anything else, odd or broken: the generated decoder judges that.
func decodePrint(msg []byte) (p printRecord, ok bool) {
	outer := wire{msg}
	f, ok, err := outer.next()
	if err != nil || !ok || f.num != fieldSessionPrint || f.typ != wireBytes || len(outer.buf) != 0 {
		return printRecord{}, false
	}
	inner := wire{f.bytes}
	for {
		f, ok, err := inner.next()
		if err != nil {
			return printRecord{}, false
		}
		if !ok {
			return p, true
		}
		switch {
		case f.num == 1 && f.typ == wireBytes:
			if !p.metadata(f.bytes) {
				return printRecord{}, false
			}
		case f.num == 3 && f.typ == wireBytes:
			p.data = f.bytes
		case f.num == 5 && f.typ == wireVarint:
			p.delay = int64(f.value)
		case f.num <= 6 && f.num != 2 && f.num != 4 && f.num != 6:
			return printRecord{}, false // a known field with a foreign type
		}
	}
}

func (p *printRecord) metadata(buf []byte) bool {
	w := wire{buf}
	for {
		f, ok, err := w.next()
		if err != nil {
			return false
		}
		if !ok {
			return true
		}
		switch {
		case f.num == 1 && f.typ == wireVarint:
			p.index = int64(f.value)
		case f.num == 5 && f.typ == wireBytes:
			at, ok := timestamp(f.bytes)
			if !ok {
				return false
			}
			p.at = at
		case f.num == 1 || f.num == 5:
			return false
		}
	}
}

// timestamp reads a google.protobuf.Timestamp.
func timestamp(buf []byte) (time.Time, bool) {
	var seconds, nanos int64
	w := wire{buf}
	for {
		f, ok, err := w.next()
		if err != nil {
			return time.Time{}, false
		}
		if !ok {
			break
		}
		switch {
		case f.num == 1 && f.typ == wireVarint:
			seconds = int64(f.value)
		case f.num == 2 && f.typ == wireVarint:
			nanos = int64(int32(f.value))
		}
	}
	const first, last = -62135596800, 253402300799 // years 1 to 9999
	if seconds < first || seconds > last || nanos < 0 || nanos > 999_999_999 {
		return time.Time{}, false
	}
	return time.Unix(seconds, nanos).UTC(), true
}

// unknownEvent reads the little that every event has, also one whose type this
// program does not know: Teleport keeps the metadata in field 1 of each.
func unknownEvent(msg []byte) (oneOf int, ev Event, err error) {
	outer := wire{msg}
	var body []byte
	for {
		f, ok, err := outer.next()
		if err != nil {
			return 0, Event{}, err
		}
		if !ok {
			break
		}
		if f.typ == wireBytes {
			oneOf, body = f.num, f.bytes
		}
	}
	if oneOf == 0 {
		return 0, Event{}, errWire
	}
	inner := wire{body}
	f, ok, err := inner.next()
	if err == nil && ok && f.num == 1 && f.typ == wireBytes {
		readMetadata(f.bytes, &ev)
	}
	return oneOf, ev, nil
}

func readMetadata(buf []byte, ev *Event) {
	w := wire{buf}
	for {
		f, ok, err := w.next()
		if err != nil || !ok {
			return
		}
		switch {
		case f.num == 1 && f.typ == wireVarint:
			ev.Index = int64(f.value)
		case f.num == 2 && f.typ == wireBytes:
			ev.Type = string(f.bytes)
		case f.num == 3 && f.typ == wireBytes:
			ev.UID = string(f.bytes)
		case f.num == 4 && f.typ == wireBytes:
			ev.Code = string(f.bytes)
		case f.num == 5 && f.typ == wireBytes:
			if at, ok := timestamp(f.bytes); ok {
				ev.Time = at
			}
		}
	}
}
