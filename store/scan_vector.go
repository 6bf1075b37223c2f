package store

import (
	"encoding/binary"
	"strings"

	"github.com/valyala/fastjson"

	"cordon/investigations/extract"
	"cordon/store/views"
)

// vector is one column of a scan for the events of a segment.
type vector struct {
	column *views.Column
	from   origin
	values []views.Value // of fromCodes: the distinct ones by code
	wrong  []bool        // of fromCodes: which of them are of another type than the column; nil for none
	stored *storedColumn // of fromCodes: where the codes are still to be read from
	codes  []uint32      // by event, where they are read; empty where all events have the same
	all    uint32        // the code of all
	room   *[]uint32     // for the codes
	// relative are the values of fromCodes that hang on the time of the event,
	// by code; nil when there is none.
	relative []relative
}

// origin says where a vector's values come from.
type origin uint8

const (
	fromCodes origin = iota // the columns of the case: a code for each event
	fromClock               // when the event happened
	fromLines               // the line of each event
)

// relative is a time after that of its event; unit is 0 for a value that is none.
type relative struct {
	unit     byte
	distance int64
}

// millisecond is the time itself.
func (r relative) millisecond(eventTime int64) int64 {
	if r.unit == valueSeconds {
		return (secondOf(eventTime) + r.distance) * 1000
	}
	return floorDiv(eventTime*1e6+r.distance, 1e6)
}

// coded reports whether equal codes of the vector are equal values.
func (v *vector) coded() bool { return v.from == fromCodes && v.relative == nil }

// dated reports whether the vector needs the times of the events.
func (v *vector) dated() bool { return v.from == fromClock || v.relative != nil }

// code is the code of an event.
func (v *vector) code(i uint32) uint32 {
	if len(v.codes) == 0 {
		return v.all
	}
	return v.codes[i]
}

// converter turns JSON texts into values of columns. It is for one goroutine.
type converter struct {
	parser fastjson.Parser
	room   []byte
	texts  strings.Builder
}

// textsAtOnce is the room for short texts that is asked for at once.
const textsAtOnce = 4 << 10

// text makes a string of a short text.
func (c *converter) text(b []byte) string {
	if c.texts.Cap()-c.texts.Len() < len(b) {
		c.texts = strings.Builder{}
		c.texts.Grow(textsAtOnce)
	}
	at := c.texts.Len()
	c.texts.Write(b)
	return c.texts.String()[at:]
}

// value is what a column makes of a JSON text, nil for none.
func (c *converter) value(col *views.Column, text []byte) (v views.Value, wrong bool) {
	if text == nil {
		return views.Value{}, false
	}
	if text[0] == '"' && col.Type.Base == views.Varchar {
		c.room = extract.Unescape(c.room[:0], text[1:len(text)-1])
		return views.Value{Kind: views.Text, Text: string(c.room)}, false
	}
	if text[0] == '[' || text[0] == '{' {
		switch col.Type.Base {
		case views.Varchar, views.Integer, views.Bigint, views.Boolean:
			return views.Value{}, true
		}
	}
	j, err := c.parser.ParseBytes(text)
	if err != nil { // nested too deeply for it
		return views.Value{}, true
	}
	return col.Of(j)
}

// relativeValue is a value that hangs on the time of its event.
func (c *converter) relativeValue(col *views.Column, r relative, eventTime int64) (views.Value, bool) {
	if col.Type.Base != views.Varchar {
		return views.Value{}, true
	}
	c.room = appendColumnTime(c.room[:0], r.unit, r.distance, eventTime)
	return views.Value{Kind: views.Text, Text: c.text(c.room)}, false
}

// storedVector opens a column of the case. ok is false where some of its values
// are left to their lines.
func (c *converter) storedVector(u *unpacker, col *views.Column, stored *storedColumn) (v vector, ok bool, err error) {
	v = vector{column: col, from: fromCodes, values: make([]views.Value, 1, stored.values+1), stored: stored}
	list, err := u.list(stored)
	if err != nil {
		return v, false, err
	}
	for code, text := range list[1:] {
		if len(text) == 0 {
			return v, false, nil
		}
		var value views.Value
		var wrong bool
		if text[0] == valueSeconds || text[0] == valueNanos {
			distance, n := binary.Varint(text[1:])
			if n <= 0 {
				return v, false, errVarint
			}
			if v.relative == nil {
				v.relative = make([]relative, len(list))
			}
			v.relative[code+1] = relative{text[0], distance}
			value, wrong = c.relativeValue(col, v.relative[code+1], 0) // stands for all that are not NULL
		} else {
			value, wrong = c.value(col, text)
		}
		v.values = append(v.values, value)
		if wrong {
			if v.wrong == nil {
				v.wrong = make([]bool, len(list))
			}
			v.wrong[code+1] = true
		}
	}
	return v, true, nil
}

// dayVector is the event_date of the events of a segment, with its codes in room.
func dayVector(col *views.Column, s *columnSegment, room []uint32) (vector, error) {
	v := vector{column: col, from: fromCodes, codes: room[:0]}
	seen := make(map[int64]uint32)
	last, code := int64(noDay-1), uint32(0)
	err := s.eachDay(func(day int64) {
		if day != last {
			var ok bool
			if code, ok = seen[day]; !ok {
				code = uint32(len(v.values))
				seen[day] = code
				value := views.Value{Kind: views.Date, Int: day}
				if day == noDay {
					value = views.Value{}
				}
				v.values = append(v.values, value)
			}
			last = day
		}
		v.codes = append(v.codes, code)
	})
	return v, err
}
