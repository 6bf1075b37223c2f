package posture

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/extract"
)

// record is one event while checks look at it. It is used again for the next.
type record struct {
	typ    string
	id     int64
	fields []string
	cells  []extract.Cell
	line   []byte
	of     *reading
	memory *memory
	kept   Proof // once it was asked for
	texts  [maxFields]string
	known  [maxFields]bool // of which fields the text was read
}

// maxFields is up to how many fields of an event type checks read.
const maxFields = 24

// memory keeps the texts and lists that come again and again. It is for one
// goroutine.
type memory struct {
	texts map[string]string
	lists map[string][]string
}

// maxKept bounds the texts and the lists that are kept.
const maxKept = 1 << 14

func newMemory() *memory { return &memory{texts: map[string]string{}, lists: map[string][]string{}} }

// text makes a string of bytes, the same one each time while there is room.
func (m *memory) text(b []byte) string {
	if s, ok := m.texts[string(b)]; ok {
		return s
	}
	if len(m.texts) >= maxKept {
		clear(m.texts)
	}
	s := string(b)
	m.texts[s] = s
	return s
}

// list reads a JSON array of texts; nil where it is none.
func (m *memory) list(raw []byte) []string {
	if out, ok := m.lists[string(raw)]; ok {
		return out
	}
	if len(m.lists) >= maxKept {
		clear(m.lists)
	}
	var out []string
	if json.Unmarshal(raw, &out) != nil {
		out = nil
	}
	m.lists[string(raw)] = out
	return out
}

// raw is the JSON text of a field; nil where the line has none, or null.
func (r *record) raw(field string) []byte {
	i := slices.Index(r.fields, field)
	if i < 0 {
		return nil
	}
	text := r.cells[i].Of(r.line)
	if string(text) == "null" {
		return nil
	}
	return text
}

// text is a field as it is written, quotes aside; empty where it is no scalar.
func (r *record) text(field string) string {
	i := slices.Index(r.fields, field)
	if i < 0 {
		return ""
	}
	if !r.known[i] {
		r.known[i], r.texts[i] = true, r.read(field)
	}
	return r.texts[i]
}

func (r *record) read(field string) string {
	raw := r.raw(field)
	if len(raw) == 0 || raw[0] == '{' || raw[0] == '[' {
		return ""
	}
	if raw[0] != '"' {
		return r.memory.text(raw)
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return r.memory.text(raw[1 : len(raw)-1])
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// list is a field that holds texts. It is not to be written to.
func (r *record) list(field string) []string {
	raw := r.raw(field)
	if len(raw) == 0 || raw[0] != '[' {
		return nil
	}
	return r.memory.list(raw)
}

// some reports whether a field holds anything.
func (r *record) some(field string) bool {
	raw := r.raw(field)
	if len(raw) > 0 && raw[0] == '[' {
		return len(r.list(field)) > 0
	}
	return len(raw) > 2 || len(raw) > 0 && raw[0] != '"'
}

// moment is a field that holds a time; zero where it holds none.
func (r *record) moment(field string) time.Time {
	raw := r.raw(field)
	if len(raw) < 2 || raw[0] != '"' {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, string(raw[1:len(raw)-1]))
	if err != nil || at.Year() <= 1 {
		return time.Time{}
	}
	return at.UTC()
}

// refused reports whether the act of the event did not succeed.
func (r *record) refused() bool {
	code := r.text("code")
	return r.text("success") == "false" || strings.HasSuffix(code, "W") || strings.HasSuffix(code, "E")
}

// machine reports whether an identity is known to be none of a person.
func (r *record) machine(user string) bool {
	return r.of.book.Machine(investigations.Entity{Kind: investigations.KindUser, Name: user})
}

// proof is the event as a proof, save its uid, which is read when it is known
// which events are told.
func (r *record) proof() Proof {
	if r.kept.Type == "" {
		r.kept = Proof{Type: r.typ, Time: r.moment("time"), ID: r.id}
	}
	return r.kept
}
