package framing

import (
	"bytes"
)

// maxEnvelopes is how deep an event may stand in envelopes.
const maxEnvelopes = 4

// maxPrefix is how much may stand before the JSON of a line.
const maxPrefix = 1024

// found is what the search in a stretch gave.
type found struct {
	event []byte // nil when there is none
	at    int    // of the event in the stretch; -1 when it was made
	wrap  string // the outermost envelope; empty for a bare event
	why   string
}

func none(why string) found { return found{at: -1, why: why} }

// unwrapper takes events out of their envelopes. What it makes it puts into
// memory that is handed on and never written again.
type unwrapper struct {
	made    []byte
	cells   []span  // of the row in hand
	entries []entry // of the DynamoDB maps in hand
	spare   []byte
	columns []string // of a query result's rows, once the first was seen
	nest    int      // lists that the record in hand stands in
	seen    tally
}

// tally counts what was found, for Sniff.
type tally struct {
	events, rows, rejects int
	wrap                  string
	odd                   bool // an event that is not its line as it stands
}

// room returns empty memory for at least n bytes more; what is appended to it
// is kept by keep.
func (u *unwrapper) room(n int) []byte {
	if cap(u.made)-len(u.made) < n {
		u.made = make([]byte, 0, max(64<<10, n))
	}
	return u.made[len(u.made):len(u.made):cap(u.made)]
}

// keep makes b, which began as room, the unwrapper's to hand on.
func (u *unwrapper) keep(b []byte) []byte {
	if used := len(u.made) + len(b); used <= cap(u.made) && len(b) > 0 && &u.made[:used][used-1] == &b[len(b)-1] {
		u.made = u.made[:used]
	}
	return b[:len(b):len(b)]
}

// text searches a line or the inside of a text: a JSON value, or one behind a
// prefix such as a container runtime or syslog writes.
func (u *unwrapper) text(b []byte, depth int) found {
	from := skipSpace(b, 0)
	if from == len(b) {
		return none(reasonJunk)
	}
	if joined := u.join(b[from:]); len(joined) > 0 {
		got := none(reasonJunk)
		if start := skipSpace(joined, 0); start < len(joined) && joined[start] == '{' {
			got = u.value(bytes.TrimSpace(joined), depth)
		}
		got.at, got.wrap = -1, "container log"
		return got
	}
	if c := b[from]; c == '{' || c == '"' {
		return u.value(b[from:], depth).shifted(from)
	}
	if c := b[from]; c == '[' && len(b) > from+1 && (b[from+1] == '{' || b[from+1] == ']') {
		return none("an array, not an event")
	}
	if got, ok := u.copied(b[from:], depth); ok {
		return got.shifted(from)
	}
	i := bytes.Index(b[:min(len(b), from+maxPrefix)], []byte(`{"`))
	if i < 0 {
		return none(reasonJunk)
	}
	got := u.value(b[i:], depth).shifted(i)
	if got.wrap == "" && depth == 0 {
		got.wrap = prefixName(b[from:i])
	}
	return got
}

// shifted moves the place of the event.
func (f found) shifted(by int) found {
	if f.at >= 0 {
		f.at += by
	}
	return f
}

// prefixName says what put a prefix before a line.
func prefixName(prefix []byte) string {
	if bytes.Contains(prefix, []byte(" stdout ")) || bytes.Contains(prefix, []byte(" stderr ")) {
		return "container log"
	}
	if prefix[0] == '<' {
		return "syslog"
	}
	return "prefixed lines"
}

// value searches a JSON object or text that starts at b[0].
func (u *unwrapper) value(b []byte, depth int) found {
	if b[0] == '{' {
		return u.object(b, depth)
	}
	end, _ := textEnd(b, 1)
	if end < 0 {
		return none("a text that does not end")
	}
	if skipSpace(b, end+1) != len(b) {
		return none(reasonJunk)
	}
	if bytes.IndexByte(b[1:end], '{') < 0 {
		return none("a text, not an event")
	}
	inside := u.unescape(b[1:end])
	got := u.text(bytes.TrimSpace(inside), depth)
	got.at = -1
	return got
}

// object searches a JSON object that starts at b[0].
func (u *unwrapper) object(b []byte, depth int) found {
	var p parts
	look(b, &p)
	return u.search(b, &p, depth)
}

// search finds the event in an object whose members were read.
func (u *unwrapper) search(b []byte, p *parts, depth int) found {
	switch {
	case p.bad:
		return none("a JSON object that is damaged or not complete")
	case skipSpace(b, p.end) != len(b):
		return none("something follows the JSON object")
	case !p.kind.empty() && (depth == 0 || p.known):
		return u.bare(b[:p.end], p)
	case p.typed:
		made, ok := u.fromDynamo(b[:p.end])
		if !ok {
			return none("a DynamoDB item whose types are damaged")
		}
		return found{event: made, at: -1, wrap: "dynamodb"}
	case !p.packed.empty() && depth < maxEnvelopes:
		return u.unpack(b[p.packed.from:p.packed.to], depth)
	}
	if depth == maxEnvelopes || !p.any {
		return none("a JSON object without an `event` field is no audit event")
	}
	for r, s := range p.at {
		if s.empty() {
			continue
		}
		got := u.value(b[s.from:s.to], depth+1)
		if got.event == nil {
			continue
		}
		got.wrap = wraps[r]
		return got.shifted(s.from)
	}
	return none("a JSON object that wraps no audit event")
}

// bare gives an event that stands in b as an object of its own.
func (u *unwrapper) bare(b []byte, p *parts) found {
	renamed := p.renamed && !p.dotted
	if !p.added && !renamed {
		return found{event: b, at: 0}
	}
	wrap := "logstash"
	switch {
	case p.panther:
		wrap = "panther"
	case !p.added:
		wrap = "renamed keys"
	}
	return found{event: u.clean(b, p), at: -1, wrap: wrap}
}

// record searches the record data[from:end] and adds what it holds: an event, a
// row of a query result, or the elements of a list.
func (u *unwrapper) record(s *sink, from, end int) {
	b := s.data[from:end]
	switch b[0] {
	case '{':
	case '[':
		if u.nest == 0 {
			u.list(s, from, end)
			return
		}
		u.add(s, from, end, none("an array, not an event"), from, FormWrapped)
		return
	case '"':
		u.add(s, from, end, u.text(b, 0), from, FormWrapped)
		return
	default:
		u.add(s, from, end, none("a bare value, not an event"), from, FormWrapped)
		return
	}
	var p parts
	look(b, &p)
	if u.nest > 0 && u.row(s, from, end, &p) {
		return
	}
	got := u.search(b, &p, 0)
	if got.event == nil && !p.bad && p.listed > 0 && u.lists(s, from, &p) {
		return
	}
	u.add(s, from, end, got, from, FormWrapped)
}

// add adds what was found in data[base:end] for the record data[from:end].
func (u *unwrapper) add(s *sink, from, end int, got found, base int, form Form) {
	u.addCell(s, from, end, got, base, end-base, form)
}

// addCell adds what was found in size bytes at base for the record
// data[from:end], and counts it.
func (u *unwrapper) addCell(s *sink, from, end int, got found, base, size int, form Form) {
	if got.event == nil {
		u.seen.rejects++
	} else {
		u.seen.events++
		if u.seen.wrap == "" {
			u.seen.wrap = got.wrap
		}
		if got.at != 0 || base != from || len(got.event) != end-from {
			u.seen.odd = true
		}
	}
	s.add(from, end, got, base, size, form)
}

// lists adds the elements of the lists that an object holds; false when it
// holds none.
func (u *unwrapper) lists(s *sink, base int, p *parts) bool {
	if u.nest >= maxEnvelopes {
		return false
	}
	u.nest++
	defer func() { u.nest-- }()
	found := false
	for _, l := range p.lists[:p.listed] {
		from, end := base+l.from, base+l.to
		if s.data[from] == '[' {
			if c := s.data[skipSpace(s.data[:end], from+1)]; c == '{' || c == '[' {
				u.list(s, from, end)
				found = true
			}
			continue
		}
		var inner parts
		look(s.data[from:end], &inner)
		if u.lists(s, from, &inner) {
			found = true
		}
	}
	return found
}

// list adds the elements of the array data[from:end] as records.
func (u *unwrapper) list(s *sink, from, end int) {
	columns := u.columns
	u.nest, u.columns = u.nest+1, nil
	m := walk(s.data[from:end])
	for {
		a, b, ok := m.element()
		if !ok {
			break
		}
		u.record(s, from+a, from+b)
	}
	if m.bad {
		u.add(s, from+m.i, end, none("an array that is damaged or not complete"), from+m.i, FormWrapped)
	}
	u.nest, u.columns = u.nest-1, columns
}
