package recording

import (
	"fmt"
	"regexp"
	"strings"

	apievents "github.com/gravitational/teleport/api/types/events"
)

// A client may prepare as many statements as it likes: beyond these bounds all
// are forgotten, and what used them is shown as not known.
const (
	maxStatements     = 4096
	maxStatementBytes = 16 << 20
)

// statements follows the extended protocol of PostgreSQL: an execute names a
// portal, a bind ties the portal to a statement, a parse gives the statement's
// text. Unnamed ones are overwritten by the next. The order of the recording
// counts, not the time: milliseconds tie.
type statements struct {
	parsed  map[string]string
	portals map[string]portal
	bytes   int
}

// room makes sure that one more statement or portal of n bytes can be kept.
func (s *statements) room(n int) {
	s.bytes += n
	if s.parsed == nil || len(s.parsed) >= maxStatements || len(s.portals) >= maxStatements || s.bytes > maxStatementBytes {
		s.parsed, s.portals, s.bytes = make(map[string]string), make(map[string]portal), n
	}
}

type portal struct {
	query  string
	known  bool
	params []string
}

func (s *statements) parse(e *apievents.PostgresParse) string {
	s.room(len(e.StatementName) + len(e.Query))
	s.parsed[e.StatementName] = e.Query
	return fmt.Sprintf("prepare %s: %s", named(e.StatementName), e.Query)
}

func (s *statements) bind(e *apievents.PostgresBind) string {
	n := len(e.PortalName)
	for _, p := range e.Parameters {
		n += len(p)
	}
	s.room(n)
	query, known := s.parsed[e.StatementName]
	s.portals[e.PortalName] = portal{query: query, known: known, params: e.Parameters}
	return fmt.Sprintf("bind %s to %s: %s", named(e.StatementName), portalName(e.PortalName), parameters(e.Parameters))
}

func (s *statements) execute(e *apievents.PostgresExecute) string {
	p, ok := s.portals[e.PortalName]
	if !ok || !p.known {
		return fmt.Sprintf("execute %s: its statement is not in the recording", portalName(e.PortalName))
	}
	if len(p.params) > 0 {
		return fmt.Sprintf("execute %s with %s", p.query, parameters(p.params))
	}
	if note := unlogged(p.query, p.params); note != "" {
		return "execute " + p.query + " (" + note + ")"
	}
	return "execute " + p.query
}

// unlogged says that a statement has parameters which Teleport did not log: it
// leaves them out when the client names one format for several of them.
func unlogged(query string, params []string) string {
	if len(params) == 0 && placeholder.MatchString(query) {
		return "its parameters are not logged"
	}
	return ""
}

var placeholder = regexp.MustCompile(`\$[0-9]`)

func (s *statements) close(e *apievents.PostgresClose) string {
	if e.PortalName != "" {
		delete(s.portals, e.PortalName)
		return "close " + portalName(e.PortalName)
	}
	// A portal outlives its statement, so what was bound stays as it is.
	delete(s.parsed, e.StatementName)
	return "close " + named(e.StatementName)
}

func named(statement string) string {
	if statement == "" {
		return "the unnamed statement"
	}
	return "statement " + statement
}

func portalName(name string) string {
	if name == "" {
		return "the unnamed portal"
	}
	return "portal " + name
}

// parameters spells bound values. None means that Teleport logged none, which
// happens to statements that have some.
func parameters(values []string) string {
	if len(values) == 0 {
		return "no parameters logged"
	}
	spelled := make([]string, len(values))
	for i, v := range values {
		spelled[i] = parameter(v)
	}
	return "(" + strings.Join(spelled, ", ") + ")"
}

// parameter spells one bound value. Teleport writes NULL and an empty text the
// same, and no binary value.
func parameter(value string) string {
	switch value {
	case "":
		return "NULL or ''"
	case "<binary>":
		return "a binary value, not logged"
	default:
		return "'" + strings.ReplaceAll(value, "'", "''") + "'"
	}
}
