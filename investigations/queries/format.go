package queries

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Writer writes an answer while it is made. Close ends it; without rows, and
// even without columns, what was written is a whole answer.
type Writer interface {
	Sink
	Close() error
}

// NewJSON writes one JSON array with an object for each row: [{"column": value}].
// Columns keep their order, and two of one name both stand in the object (most
// readers take the last). NULL is null; arrays, rows and values of the type json
// are JSON; an interval is a text, a moment is RFC 3339 in UTC.
func NewJSON(out io.Writer) Writer { return &jsonWriter{out: bufio.NewWriterSize(out, 64<<10)} }

type jsonWriter struct {
	out   *bufio.Writer
	names []string // as JSON
	types []string
	buf   []byte
	some  bool
}

func (w *jsonWriter) Columns(columns []Column) error {
	for _, c := range columns {
		w.names = append(w.names, string(appendString(nil, c.Name)))
		w.types = append(w.types, c.Type)
	}
	return nil
}

func (w *jsonWriter) Row(values []any) error {
	b := w.buf[:0]
	if w.some {
		b = append(b, ',')
	} else {
		b = append(b, '[')
	}
	w.some = true
	b = append(b, "\n{"...)
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, w.names[i]...), ':')
		b = appendJSON(b, v, w.types[i])
	}
	w.buf = append(b, '}')
	_, err := w.out.Write(w.buf)
	return err
}

func (w *jsonWriter) Close() error {
	end := "\n]\n"
	if !w.some {
		end = "[]\n"
	}
	if _, err := w.out.WriteString(end); err != nil {
		return err
	}
	return w.out.Flush()
}

func appendJSON(b []byte, value any, typ string) []byte {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		if typ == "json" && json.Valid([]byte(v)) {
			return appendRaw(b, v)
		}
		return appendString(b, v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return appendString(b, double(v))
		}
	case time.Time:
		if typ == "date" {
			return appendString(b, moment(v, typ))
		}
		return appendString(b, v.UTC().Format("2006-01-02T15:04:05.000Z"))
	case time.Duration:
		return appendString(b, interval(v))
	case []any:
		element := strings.TrimSuffix(strings.TrimPrefix(typ, "array("), ")")
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, e, element)
		}
		return append(b, ']')
	case Record:
		b = append(b, '{')
		for i, f := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, f.Name), ':')
			b = appendJSON(b, f.Value, "")
		}
		return append(b, '}')
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return append(b, "null"...) // no other kind of value than those above and numbers exists
	}
	return append(b, encoded...)
}

// appendString writes a JSON string in which every character that has no ink is
// an escape, so that a terminal to which it is printed has nothing to act on.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s { // a byte that is not UTF-8 becomes U+FFFD
		switch r {
		case '"', '\\':
			b = append(b, '\\', byte(r))
		case '\n':
			b = append(b, `\n`...)
		case '\t':
			b = append(b, `\t`...)
		case '\r':
			b = append(b, `\r`...)
		default:
			b = appendInk(b, r)
		}
	}
	return append(b, '"')
}

// appendRaw writes what is JSON already. Outside its strings nothing but blanks
// and line ends has no ink, and these go.
func appendRaw(b []byte, s string) []byte {
	for _, r := range s {
		if r >= ' ' {
			b = appendInk(b, r)
		}
	}
	return b
}

// appendInk writes a character of a JSON string, as an escape where it cannot be
// seen.
func appendInk(b []byte, r rune) []byte {
	switch {
	case r == ' ' || unicode.IsPrint(r):
		return utf8.AppendRune(b, r)
	case r > 0xffff:
		high, low := utf16.EncodeRune(r)
		return fmt.Appendf(b, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}

// NewTctl writes what `tctl audit query exec` writes: a JSON array of
// {"data": […]}, the first with the names of the columns, every value a string.
func NewTctl(out io.Writer) Writer { return &tctlWriter{out: bufio.NewWriterSize(out, 64<<10)} }

type tctlWriter struct {
	out   *bufio.Writer
	types []string
	cells []string
	some  bool
}

func (w *tctlWriter) Columns(columns []Column) error {
	for _, c := range columns {
		w.types = append(w.types, c.Type)
		w.cells = append(w.cells, c.Name)
	}
	return w.data()
}

func (w *tctlWriter) Row(values []any) error {
	for i, v := range values {
		w.cells[i] = Text(v, w.types[i])
	}
	return w.data()
}

func (w *tctlWriter) data() error {
	b := []byte(",\n")
	if !w.some {
		b, w.some = []byte("[\n"), true
	}
	b = append(b, "    {\n        \"data\": ["...)
	for i, cell := range w.cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(b, "\n            "...), cell)
	}
	if len(w.cells) > 0 {
		b = append(b, "\n        "...)
	}
	_, err := w.out.Write(append(b, "]\n    }"...))
	return err
}

func (w *tctlWriter) Close() error {
	end := "\n]\n"
	if !w.some {
		end = "[]\n"
	}
	if _, err := w.out.WriteString(end); err != nil {
		return err
	}
	return w.out.Flush()
}

// NewCSV writes comma-separated values with a header, as [Text] spells them. It
// is safe to open in a spreadsheet: a text that a spreadsheet would compute gets
// an apostrophe in front, and a control character is written as \u001b.
func NewCSV(out io.Writer) Writer { return &csvWriter{out: csv.NewWriter(out)} }

type csvWriter struct {
	out   *csv.Writer
	types []string
	cells []string
}

func (w *csvWriter) Columns(columns []Column) error {
	for _, c := range columns {
		w.types = append(w.types, c.Type)
		w.cells = append(w.cells, inert(c.Name))
	}
	return w.out.Write(w.cells)
}

func (w *csvWriter) Row(values []any) error {
	for i, v := range values {
		w.cells[i] = Text(v, w.types[i])
		switch v.(type) {
		case int64, float64, time.Time, time.Duration:
		default:
			w.cells[i] = inert(w.cells[i])
		}
	}
	return w.out.Write(w.cells)
}

func (w *csvWriter) Close() error {
	w.out.Flush()
	return w.out.Error()
}

// formulaStart are the characters with which a spreadsheet begins to compute,
// their full-width forms included.
var formulaStart = []rune("=+-@\t\r\n|%＝＋－＠")

func inert(s string) string {
	if first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " ")); slices.Contains(formulaStart, first) {
		s = "'" + s
	}
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hidden is for what has no ink and is no line end or tab.
func hidden(r rune) bool {
	return r != '\n' && r != '\t' && r != ' ' && !unicode.IsPrint(r)
}
