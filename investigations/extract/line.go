package extract

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cordon/investigations"
)

// Involved is one entity of a scanned line. Name and Label live as long as the
// Line's own slices.
type Involved struct {
	Kind  investigations.Kind
	Role  investigations.Role
	Name  []byte
	Label []byte
}

// Line is the typed part of one scanned line. Its slices point into the line
// and into the scanner's memory, and are valid until the scanner's next Reset.
type Line struct {
	Type    []byte
	Code    []byte
	UID     []byte
	Cluster []byte
	Version []byte // server_version
	Text    []byte // at most investigations.MaxText bytes
	Time    int64  // milliseconds since the epoch, UTC; 0 when the line has none
	Index   int64
	Outcome investigations.Outcome
	Entity  []Involved
	// Columns is the type's row of ColumnTable, plus one, and Cells where the
	// values of its paths stand in the line; 0 and nil for a type without one.
	Columns int
	Cells   []Cell
}

// Scanner reads lines one after the other. What it returns stays valid until
// Reset, so a caller can scan a whole block of lines before using any. The zero
// value is ready; a Scanner is for one goroutine.
type Scanner struct {
	line    []byte
	vals    []value
	groups  uint32 // array elements told apart on the line so far
	scratch []byte // unescaped strings and joined texts since the last Reset
	ents    []Involved
	cells   []Cell // of the columned lines since the last Reset
	found   []Cell // where each column of the tree stands in the line
	arrays  int    // that the walk is in
	out     Line
	types   map[string]*plan
}

// Memory is what a Scanner fills between two Resets.
type Memory struct {
	scratch []byte
	ents    []Involved
	cells   []Cell
}

// Reset gives the scanner memory to fill, which may be that of an earlier use
// whose lines are done with, and returns what it filled until now.
func (s *Scanner) Reset(m Memory) Memory {
	old := Memory{s.scratch, s.ents, s.cells}
	s.scratch, s.ents, s.cells = m.scratch[:0], m.ents[:0], m.cells[:0]
	return old
}

// ErrNoType is given for a JSON object that has no `event` field.
var ErrNoType = errors.New("a JSON object without an `event` field is no audit event")

// Scan reads one line. The error says why the line is no audit event; nothing
// else about a line is an error.
func (s *Scanner) Scan(line []byte) (*Line, error) {
	if s.found == nil {
		s.found = make([]Cell, keptColumns.n)
	}
	if err := s.walk(line, &kept.root); err != nil {
		return nil, err
	}
	s.out = Line{}
	var how said
	s.header(&how)
	if len(s.out.Type) == 0 {
		return nil, ErrNoType
	}
	p := s.plan(s.out.Type)
	s.out.Outcome = how.outcome(p.verdict, s.out.Code)
	s.entities(p)
	if len(p.text) > 0 {
		s.textOf(p)
	}
	if p.columns > 0 {
		s.cellsOf(p.columns)
	}
	return &s.out, nil
}

func (s *Scanner) plan(t []byte) *plan {
	if p, ok := s.types[string(t)]; ok {
		return p
	}
	p := planFor(string(t))
	if s.types == nil {
		s.types = make(map[string]*plan)
	}
	if len(s.types) < maxPlans {
		s.types[string(t)] = p
	}
	return p
}

// said is what a line says about its outcome.
type said struct {
	success  string // "true", "false" or empty
	err      bool   // an error is given
	state    []byte // of an access request
	proposed []byte // a reviewer's vote
	reply    int64  // the status of an HTTP answer
}

// header fills the header fields and what decides the outcome.
func (s *Scanner) header(how *said) {
	o := &s.out
	for i := range s.vals {
		v := &s.vals[i]
		if v.field >= fieldFirstOwn {
			continue
		}
		switch v.field {
		case fieldEvent:
			o.Type = v.str()
		case fieldCode:
			o.Code = v.str()
		case fieldTime:
			o.Time = Milliseconds(v.str())
		case fieldUID:
			o.UID = v.str()
		case fieldIndex:
			o.Index = integer(v)
		case fieldCluster:
			o.Cluster = v.str()
		case fieldVersion:
			o.Version = v.str()
		case fieldSuccess, fieldStatusSuccess:
			how.success = boolean(v)
		case fieldError, fieldStatusError:
			how.err = how.err || len(v.str()) > 0
		case fieldReply:
			how.reply = integer(v)
		case fieldState:
			how.state = v.str()
		case fieldProposedState:
			how.proposed = v.str()
		}
	}
}

// str is the value if it is a string, else nil.
func (v *value) str() []byte {
	if v.kind == '"' {
		return v.data
	}
	return nil
}

func boolean(v *value) string {
	switch s := string(v.data); {
	case strings.EqualFold(s, "true"):
		return "true"
	case strings.EqualFold(s, "false"):
		return "false"
	}
	return ""
}

func integer(v *value) int64 {
	if n, err := strconv.ParseInt(string(v.data), 10, 64); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(string(v.data), 64); err == nil && f > -1<<53 && f < 1<<53 {
		return int64(f)
	}
	return 0
}

// outcome decides by `success` where the line has it, else by the letter of
// the code. A `success` of false under an informational code is a failure only
// with an error: servers also write it for what has no result yet.
func (d *said) outcome(how verdict, code []byte) investigations.Outcome {
	switch {
	case how == byVote:
		return d.decision()
	case how == byReply && d.reply >= 400:
		return investigations.OutcomeFailure
	case how == byReply && d.reply >= 100, d.success == "true":
		return investigations.OutcomeSuccess
	case how == neverBad:
		return investigations.OutcomeUnsaid
	}
	var letter byte
	if len(code) > 0 {
		letter = code[len(code)-1]
	}
	if letter == 'E' || letter == 'W' || d.success == "false" && (letter != 'I' || d.err) {
		return investigations.OutcomeFailure
	}
	return investigations.OutcomeUnsaid
}

// decision is the outcome of a decision on an access request, which succeeds
// by approving. A reviewer's own vote goes before the state that it led to.
func (d *said) decision() investigations.Outcome {
	vote := d.proposed
	if len(vote) == 0 {
		vote = d.state
	}
	switch string(vote) {
	case "APPROVED", "PROMOTED":
		return investigations.OutcomeSuccess
	case "DENIED":
		return investigations.OutcomeFailure
	}
	return investigations.OutcomeUnsaid
}

// entities lists what the line involves, in the order of its fields.
func (s *Scanner) entities(p *plan) {
	o, start := &s.out, len(s.ents)
	for i := range s.vals {
		v := &s.vals[i]
		uses := p.uses[v.field]
		if len(uses) == 0 || len(v.data) == 0 || !v.names() {
			continue
		}
		for j := range uses {
			u := &uses[j]
			if u.when.field != fieldNone && !s.holds(&u.when, v) {
				continue
			}
			name := v.data
			switch {
			case u.form == formAddress:
				name = s.address(name)
			case u.form == formUUID && hasUpper(name):
				name = s.canonical(u.kind, name)
			}
			if len(name) > 0 && !(u.rare && s.skips(u, name, start)) {
				s.ents = append(s.ents, Involved{u.kind, u.role, name, s.label(u.label)})
			}
			if u.when.field != fieldNone {
				break
			}
		}
	}
	o.Entity = s.ents[start:len(s.ents):len(s.ents)]
}

// skips reports whether a use that seldom counts does not: it silences a value,
// or the line, whose entities begin at start, named the same before. Lines name
// one thing in several fields, and a participant once for each time they joined.
func (s *Scanner) skips(u *use, name []byte, start int) bool {
	for i := start; i < len(s.ents); i++ {
		if e := &s.ents[i]; e.Role == u.role && e.Kind == u.kind && bytes.Equal(e.Name, name) {
			return true
		}
	}
	return u.kind == investigations.KindUnknown
}

// holds reports whether the line says what a condition asks for, in the array
// element of the value that is to count.
func (s *Scanner) holds(c *condition, v *value) bool {
	said := s.beside(c.field, v.group)
	if said == nil {
		return false
	}
	if c.same != fieldNone {
		other := s.beside(c.same, v.group)
		return other != nil && bytes.Equal(said.data, other.data)
	}
	return slices.Contains(c.is, string(said.data))
}

// beside finds the value of a field in a group.
func (s *Scanner) beside(f field, group uint32) *value {
	for i := range s.vals {
		if s.vals[i].field == f && s.vals[i].group == group {
			return &s.vals[i]
		}
	}
	return nil
}

func (s *Scanner) label(f field) []byte {
	if f == fieldNone {
		return nil
	}
	for i := range s.vals {
		if s.vals[i].field == f && s.vals[i].kind == '"' {
			return s.vals[i].data
		}
	}
	return nil
}

func (s *Scanner) textOf(p *plan) {
	var first []byte
	start := len(s.scratch)
	for _, f := range p.text {
		for i := range s.vals {
			v := &s.vals[i]
			switch {
			case v.field != f || len(v.data) == 0 || len(s.scratch)-start >= investigations.MaxText:
			case first == nil:
				first = v.data
			default:
				if len(s.scratch) == start {
					s.scratch = append(s.scratch, first...)
				}
				s.scratch = append(append(s.scratch, ' '), v.data...)
			}
		}
	}
	if len(s.scratch) > start {
		first = s.scratch[start:len(s.scratch):len(s.scratch)]
	}
	s.out.Text = cut(first)
}

// cut shortens a text to investigations.MaxText bytes, at the end of a character.
func cut(text []byte) []byte {
	if len(text) <= investigations.MaxText {
		return text
	}
	end := investigations.MaxText
	for end > investigations.MaxText-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// Event reads one line into a value of its own, for callers that read few.
func Event(line []byte) (investigations.Event, error) {
	var s Scanner
	l, err := s.Scan(line)
	if err != nil {
		return investigations.Event{}, err
	}
	e := investigations.Event{
		UID: string(l.UID), Type: string(l.Type), Code: string(l.Code), Index: l.Index,
		Cluster: string(l.Cluster), Outcome: l.Outcome, Text: string(l.Text),
	}
	if l.Time != 0 {
		e.Time = time.UnixMilli(l.Time).UTC()
	}
	for _, v := range l.Entity {
		e.Involved = append(e.Involved, investigations.Involvement{
			Role: v.Role, Entity: investigations.Entity{Kind: v.Kind, Name: string(v.Name)}, Label: string(v.Label),
		})
	}
	return e, nil
}
