package store

import (
	"encoding/binary"
	"time"

	"cordon/investigations/extract"
)

// The values of the fields in extract.ColumnTable are kept by column, beside the
// lines, so that a report over all events of a type reads none of them. As with
// postings, the events of one flush make a segment, and a segment is written
// once. What a segment lacks is read from the lines.

// How a value is written in the list of a column: a JSON text, or one of these
// with a number behind it, or nothing at all.
const (
	valueSeconds = '@' // seconds after the second of the event
	valueNanos   = '+' // nanoseconds after the millisecond of the event
)

// longestValue is up to how many bytes a column keeps a value; a longer one is
// read from its line.
const longestValue = 4 << 10

// appendColumnValue appends how a column writes the JSON text of a value of an
// event of the given time.
func appendColumnValue(dst, text []byte, eventTime int64) []byte {
	if len(text) > longestValue {
		return dst
	}
	ms, nanos, ok := instantIn(text)
	switch {
	case !ok:
		return append(dst, text...)
	case nanos == 0 && ms%1000 == 0:
		return binary.AppendVarint(append(dst, valueSeconds), ms/1000-secondOf(eventTime))
	}
	return binary.AppendVarint(append(dst, valueNanos), (ms-eventTime)*1e6+nanos)
}

// appendColumnTime appends the time that a column has written relative to that
// of its event, as Go writes it in RFC 3339, in UTC.
func appendColumnTime(dst []byte, unit byte, distance, eventTime int64) []byte {
	second, nanos := secondOf(eventTime)+distance, int64(0)
	if unit == valueNanos {
		at := eventTime*1e6 + distance
		second, nanos = floorDiv(at, 1e9), ((at%1e9)+1e9)%1e9
	}
	if second < 0 || second >= endOfClock {
		return time.Unix(second, nanos).UTC().AppendFormat(dst, time.RFC3339Nano) // only in a damaged case
	}
	day, rest := second/daySeconds, second%daySeconds
	// The date of a day since 1970, counted in years that begin in March.
	day += 719_468
	era := day / 146_097
	ofEra := day % 146_097
	year := (ofEra - ofEra/1460 + ofEra/36_524 - ofEra/146_096) / 365
	ofYear := ofEra - (365*year + year/4 - year/100)
	month := (5*ofYear + 2) / 153
	date := ofYear - (153*month+2)/5 + 1
	if year, month = year+400*era, month+3; month > 12 {
		year, month = year+1, month-12
	}
	dst = append(appendDigits(appendDigits(dst, year/100), year%100), '-')
	dst = append(appendDigits(dst, month), '-')
	dst = append(appendDigits(dst, date), 'T')
	dst = append(appendDigits(dst, rest/3600), ':')
	dst = append(appendDigits(dst, rest/60%60), ':')
	dst = appendDigits(dst, rest%60)
	if nanos > 0 {
		dst = append(dst, '.')
		for scale := int64(1e8); nanos > 0; scale /= 10 {
			dst = append(dst, byte('0'+nanos/scale))
			nanos %= scale
		}
	}
	return append(dst, 'Z')
}

const (
	daySeconds = 24 * 60 * 60
	endOfClock = 9_223_372_036 // where nanoseconds of 64 bits end, in 2262
)

// appendDigits appends a number below 100 as two digits.
func appendDigits(dst []byte, n int64) []byte {
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}

// secondOf is the second of a time in milliseconds, both since 1970.
func secondOf(ms int64) int64 { return floorDiv(ms, 1000) }

// floorDiv is a/b, rounded down.
func floorDiv(a, b int64) int64 {
	if a%b < 0 {
		return a/b - 1
	}
	return a / b
}

// instantIn reads a JSON text that is a time as Go writes it in RFC 3339, in UTC,
// of the years whose nanoseconds can be counted.
func instantIn(text []byte) (ms, nanos int64, ok bool) {
	n := len(text)
	if n < len(`"2006-01-02T15:04:05Z"`) || n > len(`"2006-01-02T15:04:05.999999999Z"`) || text[5] != '-' || text[11] != 'T' || text[n-2] != 'Z' ||
		text[0] != '"' || string(text[1:5]) <= "1970" || string(text[1:5]) > "2261" {
		return 0, 0, false
	}
	if n > 22 {
		if text[20] != '.' || text[n-3] == '0' || n == 23 {
			return 0, 0, false
		}
		scale := int64(100_000)
		for _, c := range text[min(24, n-2) : n-2] {
			nanos += int64(c-'0') * scale
			scale /= 10
		}
	}
	ms = extract.Milliseconds(text[1 : n-1])
	return ms, nanos, ms != 0
}
