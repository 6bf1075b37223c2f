package extract

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"cordon/investigations"
)


// Flags are facts about an event that reports filter by, one bit each.
type Flags uint16

// The flags, as written into case files.
const (
	FlagMFA          Flags = 1 << iota // a per-session MFA device is named
	FlagRequest                        // an access request was in use
	FlagDevice                         // a trusted device is named
	FlagImpersonated                   // an impersonator is named
	FlagMasters                        // kubernetes_groups holds system:masters
	FlagSSH                            // proto is ssh
	FlagKube                           // proto is kube
	FlagOtherProto                     // proto is something else
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
	Expires int64 // end of a certificate in milliseconds, 0 when unsaid
	Outcome investigations.Outcome
	Flags   Flags
	Entity  []Involved
}

// Scanner reads lines one after the other. What it returns stays valid until
// Reset, so a caller can scan a whole block of lines before using any. The zero
// value is ready; a Scanner is for one goroutine.
type Scanner struct {
	line    []byte
	vals    []value
	scratch []byte // unescaped strings and joined texts since the last Reset
	ents    []Involved
	out     Line
	types   map[string]*plan
}

// Memory is what a Scanner fills between two Resets.
type Memory struct {
	scratch []byte
	ents    []Involved
}

// Reset gives the scanner memory to fill, which may be that of an earlier use
// whose lines are done with, and returns what it filled until now.
func (s *Scanner) Reset(m Memory) Memory {
	old := Memory{s.scratch, s.ents}
	s.scratch, s.ents = m.scratch[:0], m.ents[:0]
	return old
}

// ErrNoType is given for a JSON object that has no `event` field.
var ErrNoType = errors.New("a JSON object without an `event` field is no audit event")

// Scan reads one line. The error says why the line is no audit event; nothing
// else about a line is an error.
func (s *Scanner) Scan(line []byte) (*Line, error) {
	if err := s.walk(line); err != nil {
		return nil, err
	}
	s.out = Line{}
	said := s.header()
	if len(s.out.Type) == 0 {
		return nil, ErrNoType
	}
	p := s.plan(s.out.Type)
	s.out.Outcome = said.outcome(p, s.out.Code)
	s.entities(p)
	if len(p.text) > 0 {
		s.textOf(p)
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
	state    []byte // of an access request
	proposed []byte // a reviewer's vote
}

// header fills the header fields and returns what decides the outcome.
func (s *Scanner) header() (how said) {
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
		case fieldState:
			how.state = v.str()
		case fieldProposedState:
			how.proposed = v.str()
		case fieldProto:
			switch string(v.str()) {
			case "":
			case "ssh":
				o.Flags |= FlagSSH
			case "kube":
				o.Flags |= FlagKube
			default:
				o.Flags |= FlagOtherProto
			}
		case fieldCertExpires:
			o.Expires = Milliseconds(v.str())
		case fieldKubeGroups:
			if string(v.data) == "system:masters" {
				o.Flags |= FlagMasters
			}
		}
	}
	return how
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
// the code. A `success` of false under an informational code is no failure:
// headless requests and every database statement are written that way. A
// decision on an access request succeeds by approving.
func (d said) outcome(p *plan, code []byte) investigations.Outcome {
	if p.decision {
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
	var letter byte
	if len(code) > 0 {
		letter = code[len(code)-1]
	}
	switch {
	case d.success == "true":
		return investigations.OutcomeSuccess
	case letter == 'E' || letter == 'W' || d.success == "false" && letter != 'I':
		return investigations.OutcomeFailure
	}
	return investigations.OutcomeUnsaid
}

// entities lists what the line involves, in the order of its fields.
func (s *Scanner) entities(p *plan) {
	o, start := &s.out, len(s.ents)
	for i := range s.vals {
		v := &s.vals[i]
		if len(v.data) == 0 || v.kind != '"' {
			continue
		}
		for _, u := range p.uses[v.field] {
			name := v.data
			if u.port {
				name = withoutPort(name)
			}
			s.ents = append(s.ents, Involved{u.kind, u.role, name, s.label(u.label)})
			switch {
			case u.role == investigations.RoleImpersonator:
				o.Flags |= FlagImpersonated
			case u.role == investigations.RoleVia && u.kind == investigations.KindMFADevice:
				o.Flags |= FlagMFA
			case u.role == investigations.RoleVia && u.kind == investigations.KindRequest:
				o.Flags |= FlagRequest
			case u.role == investigations.RoleVia && u.kind == investigations.KindDevice:
				o.Flags |= FlagDevice
			}
		}
	}
	o.Entity = s.ents[start:len(s.ents):len(s.ents)]
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
	s.out.Text = first[:min(len(first), investigations.MaxText)]
}

// withoutPort cuts the port off `ip:port` and `[ip]:port`; a bare or
// unbracketed IPv6 address stays whole.
func withoutPort(b []byte) []byte {
	if b[0] == '[' {
		for i, c := range b {
			if c == ']' && i > 1 {
				return b[1:i]
			}
		}
		return b
	}
	colon := -1
	for i, c := range b {
		if c == ':' {
			if colon >= 0 {
				return b
			}
			colon = i
		}
	}
	if colon > 0 {
		return b[:colon]
	}
	return b
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
