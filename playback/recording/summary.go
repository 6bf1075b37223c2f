package recording

import (
	"fmt"
	"strings"

	apievents "github.com/gravitational/teleport/api/types/events"
)

// summary says in words what an event is. The result holds untrusted text.
func summary(ev *Event, sql *statements) string {
	if s := sessionSummary(ev.audit); s != "" {
		return s
	}
	if s := databaseSummary(ev.audit, sql); s != "" {
		return s
	}
	if s := desktopSummary(ev.audit); s != "" {
		return s
	}
	if s := activitySummary(ev.audit); s != "" {
		return s
	}
	return ev.Type
}

func sessionSummary(audit apievents.AuditEvent) string {
	switch e := audit.(type) {
	case *apievents.SessionStart:
		out := "session starts: " + loginAt(e.Login, first(e.ServerHostname, e.KubernetesPodName, e.KubernetesCluster))
		if c := strings.TrimSpace(strings.Join(e.InitialCommand, " ")); c != "" {
			out += ", command " + c
		}
		return out
	case *apievents.SessionEnd:
		return "session ends"
	case *apievents.SessionJoin:
		return e.User + " joins"
	case *apievents.SessionLeave:
		return e.User + " leaves"
	case *apievents.SessionReject:
		return "session refused: " + e.Reason
	case *apievents.Resize:
		return "terminal is now " + strings.Replace(e.TerminalSize, ":", "x", 1)
	case *apievents.ClientDisconnect:
		return "client disconnected: " + e.Reason
	}
	return ""
}

func databaseSummary(audit apievents.AuditEvent, sql *statements) string {
	switch e := audit.(type) {
	case *apievents.DatabaseSessionStart:
		where := loginAt(e.DatabaseUser, first(e.DatabaseService, e.DatabaseURI))
		if !e.Success {
			return strings.TrimSuffix("database session refused: "+where+", "+first(e.UserMessage, e.Error), ", ")
		}
		return strings.TrimSuffix("database session starts: "+where+", database "+e.DatabaseName, ", database ")
	case *apievents.DatabaseSessionEnd:
		return "database session ends"
	case *apievents.DatabaseSessionQuery:
		if e.DatabaseQuery == "" {
			return "an empty query"
		}
		if len(e.DatabaseQueryParameters) > 0 {
			return e.DatabaseQuery + " with " + parameters(e.DatabaseQueryParameters)
		}
		return e.DatabaseQuery
	case *apievents.DatabaseSessionCommandResult:
		return fmt.Sprintf("%d rows affected", e.AffectedRecords)
	case *apievents.PostgresParse:
		return sql.parse(e)
	case *apievents.PostgresBind:
		return sql.bind(e)
	case *apievents.PostgresExecute:
		return sql.execute(e)
	case *apievents.PostgresClose:
		return sql.close(e)
	case *apievents.PostgresFunctionCall:
		return fmt.Sprintf("function %d called with %s", e.FunctionOID, parameters(e.FunctionArgs))
	case *apievents.SQLServerRPCRequest:
		return "procedure " + e.Procname + " with " + parameters(e.Parameters)
	case *apievents.SpannerRPC:
		return "call " + e.Procedure
	case *apievents.DatabaseSessionMalformedPacket:
		return fmt.Sprintf("a packet of %d bytes that is not of the database's protocol", len(e.Payload))
	}
	return first(mysqlSummary(audit), cassandraSummary(audit), searchSummary(audit))
}

// mysqlSummary words the prepared statements of MySQL. The log never says which
// number a statement got, so only the number is known when one is executed.
func mysqlSummary(audit apievents.AuditEvent) string {
	switch e := audit.(type) {
	case *apievents.MySQLStatementPrepare:
		return "prepare: " + e.Query
	case *apievents.MySQLStatementExecute:
		return fmt.Sprintf("execute statement %d with %s", e.StatementID, parameters(e.Parameters))
	case *apievents.MySQLStatementBulkExecute:
		return fmt.Sprintf("execute statement %d many times with %s", e.StatementID, parameters(e.Parameters))
	case *apievents.MySQLStatementSendLongData:
		return fmt.Sprintf("%d bytes for parameter %d of statement %d", e.DataSize, e.ParameterID, e.StatementID)
	case *apievents.MySQLStatementFetch:
		return fmt.Sprintf("fetch %d rows of statement %d", e.RowsCount, e.StatementID)
	case *apievents.MySQLStatementClose:
		return fmt.Sprintf("close statement %d", e.StatementID)
	case *apievents.MySQLStatementReset:
		return fmt.Sprintf("reset statement %d", e.StatementID)
	case *apievents.MySQLInitDB:
		return "USE " + e.SchemaName
	case *apievents.MySQLCreateDB:
		return "CREATE DATABASE " + e.SchemaName
	case *apievents.MySQLDropDB:
		return "DROP DATABASE " + e.SchemaName
	case *apievents.MySQLShutDown:
		return "shut the server down"
	case *apievents.MySQLProcessKill:
		return fmt.Sprintf("KILL %d", e.ProcessID)
	case *apievents.MySQLRefresh:
		return "refresh " + e.Subcommand
	}
	return ""
}

func cassandraSummary(audit apievents.AuditEvent) string {
	switch e := audit.(type) {
	case *apievents.CassandraPrepare:
		return "prepare: " + e.Query
	case *apievents.CassandraExecute:
		return "execute prepared query " + e.QueryId
	case *apievents.CassandraBatch:
		var queries []string
		for _, child := range e.Children {
			queries = append(queries, first(child.Query, "prepared query "+child.ID))
		}
		return "batch: " + strings.Join(queries, "; ")
	}
	return ""
}

// searchSummary words the databases that are asked over HTTP.
func searchSummary(audit apievents.AuditEvent) string {
	switch e := audit.(type) {
	case *apievents.ElasticsearchRequest:
		return request(e.Method, requestPath(e.Path, e.RawQuery), e.Query, e.StatusCode)
	case *apievents.OpenSearchRequest:
		return request(e.Method, requestPath(e.Path, e.RawQuery), e.Query, e.StatusCode)
	case *apievents.DynamoDBRequest:
		return request(e.Method, requestPath(e.Path, e.RawQuery), e.Target, e.StatusCode)
	}
	return ""
}

// request words one HTTP request, and what it asks for where that is logged.
func request(method, path, what string, status uint32) string {
	out := fmt.Sprintf("%s %s %d", method, path, status)
	if what != "" {
		out += " " + what
	}
	return out
}

func desktopSummary(audit apievents.AuditEvent) string {
	switch e := audit.(type) {
	case *apievents.WindowsDesktopSessionStart:
		if !e.Success {
			return strings.TrimSuffix("desktop session refused: "+first(e.UserMessage, e.Error), ": ")
		}
		return "desktop session starts: " + loginAt(e.WindowsUser, first(e.DesktopName, e.DesktopAddr))
	case *apievents.WindowsDesktopSessionEnd:
		return "desktop session ends"
	case *apievents.DesktopClipboardSend:
		return fmt.Sprintf("clipboard sent to the desktop, %d bytes", e.Length)
	case *apievents.DesktopClipboardReceive:
		return fmt.Sprintf("clipboard taken from the desktop, %d bytes", e.Length)
	case *apievents.DesktopSharedDirectoryStart:
		return "directory " + e.DirectoryName + " shared with the desktop"
	case *apievents.DesktopSharedDirectoryRead:
		return fmt.Sprintf("%d bytes of %s in directory %s read by the desktop", e.Length, e.Path, e.DirectoryName)
	case *apievents.DesktopSharedDirectoryWrite:
		return fmt.Sprintf("%d bytes of %s in directory %s written by the desktop", e.Length, e.Path, e.DirectoryName)
	}
	return ""
}

func activitySummary(audit apievents.AuditEvent) string {
	switch e := audit.(type) {
	case *apievents.SessionCommand:
		out := "runs " + first(strings.Join(append([]string{e.Path}, e.Argv...), " "), e.Program)
		if e.ReturnCode != 0 {
			out += fmt.Sprintf(" (failed, %d)", e.ReturnCode)
		}
		return out
	case *apievents.SessionDisk:
		return first(e.Program, "a program") + " opens " + e.Path
	case *apievents.SessionNetwork:
		out := fmt.Sprintf("%s connects to %s port %d", first(e.Program, "a program"), e.DstAddr, e.DstPort)
		if e.Action == apievents.EventAction_DENIED {
			out += " (denied)"
		}
		return out
	case *apievents.Exec:
		return "command " + e.Command
	case *apievents.AppSessionStart:
		return "application session starts: " + first(e.AppName, e.AppPublicAddr)
	case *apievents.AppSessionChunk:
		return fmt.Sprintf("%s uses application %s", first(e.User, "somebody"), first(e.AppName, e.AppPublicAddr, e.AppURI))
	case *apievents.AppSessionRequest:
		return request(e.Method, requestPath(e.Path, e.RawQuery), "", e.StatusCode) + aws(e.AWSRequestMetadata)
	case *apievents.AppSessionDynamoDBRequest:
		return request(e.Method, requestPath(e.Path, e.RawQuery), e.Target, e.StatusCode) + aws(e.AWSRequestMetadata)
	case *apievents.AppSessionEnd:
		return "application session ends"
	}
	return ""
}

// first is the first of the words that says something.
func first(words ...string) string {
	for _, w := range words {
		if strings.TrimSpace(w) != "" {
			return w
		}
	}
	return ""
}

// loginAt spells who and where when both or only one is known.
func loginAt(login, host string) string {
	switch {
	case login == "":
		return host
	case host == "":
		return login
	default:
		return login + "@" + host
	}
}
