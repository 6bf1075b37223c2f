package recording

import (
	"fmt"
	"strings"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

const (
	// maxComposed bounds what one event puts on a composed screen: many short
	// lines, each behind a prompt, take more room than the event itself.
	maxComposed = 128 << 10
	maxPrompt   = 128
)

// compose is what an event puts on the screen of a session that had no
// terminal: the statements of a database session as its shell would show them,
// the requests of an application, the timeline of a desktop.
func (t *teleport) compose(ev *Event) []byte {
	if t.meta.Terminal {
		return nil
	}
	var out []byte
	switch t.meta.Kind {
	case KindDatabase:
		out = t.composeStatement(ev)
	case KindApp:
		out = t.composeRequest(ev)
	case KindDesktop:
		if t.desk.period != (activity{}) {
			out = t.desk.line(out)
		}
		out = fmt.Appendf(out, "%s  %s\r\n", day(ev.Time), spelled(ev.Summary))
	default:
		return nil
	}
	t.meta.Composed = true
	if len(out) > maxComposed {
		cut := len(out) - maxComposed
		out = append(out[:runeStart(out, maxComposed)], fmt.Sprintf("\r\n-- %d bytes more are not shown here: the event holds them\r\n", cut)...)
	}
	return out
}

// composeStatement shows a statement behind a prompt that names the user and
// the database, and everything else as a comment.
func (t *teleport) composeStatement(ev *Event) []byte {
	switch e := ev.audit.(type) {
	case *apievents.DatabaseSessionStart:
		return t.opening(ev, e.User, e.RemoteAddr)
	case *apievents.DatabaseSessionQuery:
		return t.statement(ev, e.DatabaseQuery, e.DatabaseQueryParameters, "")
	case *apievents.PostgresExecute:
		if p, ok := t.sql.portals[e.PortalName]; ok && p.known {
			return t.statement(ev, p.query, p.params, unlogged(p.query, p.params))
		}
	}
	return fmt.Appendf(nil, "%s -- %s\r\n", day(ev.Time), spelled(ev.Summary))
}

// statement is a prompt, a statement of one or more lines, and its parameters.
func (t *teleport) statement(ev *Event, query string, params []string, note string) []byte {
	who := cutTo(loginAt(t.meta.Login, t.meta.Database), maxPrompt)
	prompt, more := who+"> ", who+"-> "
	if t.meta.Protocol == "postgres" {
		prompt = who + "=> "
	}
	at := day(ev.Time)
	var out []byte
	for i, line := range strings.Split(query, "\n") {
		if i > 0 {
			at, prompt = strings.Repeat(" ", len(at)), more
		}
		out = append(out, at+" "+spelled(prompt)...)
		out = append(appendSpelled(out, line), "\r\n"...)
		if len(out) > maxComposed {
			return out
		}
	}
	for i, value := range params {
		out = fmt.Appendf(out, "%s -- $%d = %s\r\n", strings.Repeat(" ", len(at)), i+1, spelled(parameter(value)))
		if len(out) > maxComposed {
			return out
		}
	}
	if note != "" {
		out = fmt.Appendf(out, "%s -- %s\r\n", strings.Repeat(" ", len(at)), note)
	}
	return out
}

// composeRequest shows one request a line: when, status, method, path.
func (t *teleport) composeRequest(ev *Event) []byte {
	switch e := ev.audit.(type) {
	case *apievents.AppSessionChunk:
		return t.opening(ev, e.User, e.RemoteAddr)
	case *apievents.AppSessionStart:
		return t.opening(ev, e.User, e.RemoteAddr)
	case *apievents.AppSessionRequest:
		return fmt.Appendf(nil, "%s %3d %-7s %s\r\n", day(ev.Time), e.StatusCode, spelled(e.Method), spelled(requestPath(e.Path, e.RawQuery)+aws(e.AWSRequestMetadata)))
	case *apievents.AppSessionDynamoDBRequest:
		return fmt.Appendf(nil, "%s %3d %-7s %s\r\n", day(ev.Time), e.StatusCode, spelled(e.Method), spelled(requestPath(e.Path, e.RawQuery)+" "+e.Target+aws(e.AWSRequestMetadata)))
	}
	return fmt.Appendf(nil, "%s -- %s\r\n", day(ev.Time), spelled(ev.Summary))
}

// opening is the first line: the date, what begins, whose it is and from where.
func (t *teleport) opening(ev *Event, user, address string) []byte {
	out := "-- "
	if !ev.Time.IsZero() {
		out += ev.Time.Format("2006-01-02 15:04:05 UTC") + ", "
	}
	out += ev.Summary
	if user != "" && !strings.HasPrefix(ev.Summary, user) {
		out += ", user " + user
	}
	if address != "" {
		out += " from " + address
	}
	return append(appendSpelled(nil, out), "\r\n"...)
}

// day is the time of day of an event, in UTC.
func day(at time.Time) string {
	if at.IsZero() {
		return "--:--:--"
	}
	return at.Format("15:04:05")
}

// requestPath is path and query as a client writes them. Teleport logs the path
// decoded: what would be taken for the beginning of the query, or for an
// encoded byte, is encoded again.
func requestPath(path, query string) string {
	path = strings.NewReplacer("%", "%25", "?", "%3F").Replace(path)
	if query != "" {
		path += "?" + query
	}
	return path
}

// aws is what a request says when it went to Amazon's console or API.
func aws(m apievents.AWSRequestMetadata) string {
	if m.AWSService == "" && m.AWSHost == "" {
		return ""
	}
	out := " (AWS " + first(m.AWSService, m.AWSHost)
	if m.AWSRegion != "" {
		out += " in " + m.AWSRegion
	}
	if m.AWSAssumedRole != "" {
		out += " as " + m.AWSAssumedRole
	}
	return out + ")"
}

// cutTo is the first n bytes of a text, or fewer so that no character is cut.
func cutTo(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:runeStart([]byte(s), n)]
}

// runeStart is the last beginning of a character in b at or before n.
func runeStart(b []byte, n int) int {
	for i := n; i > max(n-4, 0); i-- {
		if b[i]&0xc0 != 0x80 {
			return i
		}
	}
	return n
}
