package recording

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apievents "github.com/gravitational/teleport/api/types/events"
)

func recordingOf(t *testing.T, events ...apievents.AuditEvent) *Recording {
	t.Helper()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, WriterOptions{})
	check(t, err)
	for _, ev := range events {
		check(t, w.Event(ev))
	}
	check(t, w.Close())
	return load(t, buf.Bytes())
}

func meta(kind string, d time.Duration) apievents.Metadata {
	return apievents.Metadata{Type: kind, Time: at(d)}
}

func texts(rec *Recording) []string {
	var out []string
	for _, l := range rec.Lines() {
		out = append(out, l.Text)
	}
	return out
}

func TestDatabase_followsThePortal(t *testing.T) {
	t.Parallel()
	user := apievents.UserMetadata{User: "bob@example.com"}
	db := apievents.DatabaseMetadata{DatabaseService: "ledger", DatabaseName: "books", DatabaseUser: "reader", DatabaseProtocol: "postgres"}
	parse := func(name, query string) apievents.AuditEvent {
		return &apievents.PostgresParse{Metadata: meta("parse", 1), StatementName: name, Query: query}
	}
	bind := func(statement, portal string, params ...string) apievents.AuditEvent {
		return &apievents.PostgresBind{Metadata: meta("bind", 1), StatementName: statement, PortalName: portal, Parameters: params}
	}
	execute := func(portal string) apievents.AuditEvent {
		return &apievents.PostgresExecute{Metadata: meta("execute", 1), PortalName: portal}
	}
	rec := recordingOf(
		t,
		&apievents.DatabaseSessionStart{Metadata: meta("db.session.start", 0), UserMetadata: user, DatabaseMetadata: db, Status: apievents.Status{Success: true}},
		&apievents.DatabaseSessionQuery{Metadata: meta("db.session.query", 1), DatabaseQuery: "SELECT '\xff'"},
		&apievents.DatabaseSessionQuery{Metadata: meta("db.session.query", 1)},
		execute(""),
		parse("", "SELECT 1"), bind("", ""), execute(""),
		parse("s", "SELECT $1"), bind("s", "p", "it's", "", "<binary>"), parse("", "SELECT 2"), execute("p"),
		parse("s", "SELECT 3"), execute("p"), // the portal keeps the statement it was bound to
		&apievents.PostgresClose{Metadata: meta("close", 1), PortalName: "p"}, execute("p"),
		bind("s", ""), execute(""),
		&apievents.PostgresClose{Metadata: meta("close", 1), StatementName: "s"}, bind("s", ""), execute(""),
		&apievents.DatabaseSessionEnd{Metadata: meta("db.session.end", time.Second), DatabaseMetadata: db},
	)
	want := []string{
		"database session starts: reader@ledger, database books",
		"SELECT '\xff'",
		"an empty query",
		"execute the unnamed portal: its statement is not in the recording",
		"prepare the unnamed statement: SELECT 1",
		"bind the unnamed statement to the unnamed portal: no parameters logged",
		"execute SELECT 1",
		"prepare statement s: SELECT $1",
		"bind statement s to portal p: ('it''s', NULL or '', a binary value, not logged)",
		"prepare the unnamed statement: SELECT 2",
		"execute SELECT $1 with ('it''s', NULL or '', a binary value, not logged)",
		"prepare statement s: SELECT 3",
		"execute SELECT $1 with ('it''s', NULL or '', a binary value, not logged)",
		"close portal p",
		"execute portal p: its statement is not in the recording",
		"bind statement s to the unnamed portal: no parameters logged",
		"execute SELECT 3",
		"close statement s",
		"bind statement s to the unnamed portal: no parameters logged",
		"execute the unnamed portal: its statement is not in the recording",
		"database session ends",
	}
	if diff := cmp.Diff(want, texts(rec)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	m := rec.Meta
	if m.Kind != KindDatabase || m.Host != "ledger" || m.Database != "books" || m.Login != "reader" || m.Terminal || !rec.Complete {
		t.Errorf("meta %+v, complete %v", m, rec.Complete)
	}
}

func TestDatabase_forgetsBeyondTheBound(t *testing.T) {
	t.Parallel()
	var s statements
	for i := range maxStatements * 2 {
		s.parse(&apievents.PostgresParse{StatementName: strings.Repeat("n", 10) + string(rune(i)), Query: strings.Repeat("q", 60000)})
	}
	if s.bytes > maxStatementBytes || len(s.parsed) > maxStatements {
		t.Errorf("%d bytes in %d statements are kept", s.bytes, len(s.parsed))
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	exec := startEvent()
	exec.TerminalSize, exec.InitialCommand = "", []string{"grep", "-c", "x"}
	kube := startEvent()
	kube.ServerHostname = ""
	kube.KubernetesCluster, kube.KubernetesPodName, kube.KubernetesPodNamespace = "prod", "web-0", "shop"
	denied := &apievents.DatabaseSessionStart{Metadata: meta("db.session.start", 0), Status: apievents.Status{Error: "access to db denied"}}
	chunk := &apievents.AppSessionChunk{Metadata: meta("app.session.chunk", 0), SessionMetadata: apievents.SessionMetadata{SessionID: "s"}, UserMetadata: apievents.UserMetadata{User: "bob"}, SessionChunkID: "c", AppMetadata: apievents.AppMetadata{AppName: "wiki"}}
	request := &apievents.AppSessionRequest{Metadata: meta("app.session.request", 1), Method: "GET", Path: "/a", RawQuery: "b=c", StatusCode: 404}
	desktop := &apievents.WindowsDesktopSessionStart{Metadata: meta("windows.desktop.session.start", 0), Status: apievents.Status{Success: true}, DesktopName: "pc", WindowsUser: "adm"}
	picture := &apievents.DesktopRecording{Metadata: meta("desktop.recording", time.Second), Message: []byte{29, 1}, DelayMilliseconds: 1500}
	clip := &apievents.DesktopClipboardReceive{Metadata: meta("desktop.clipboard.receive", 2*time.Second), Length: 12}
	join := &apievents.SessionJoin{Metadata: meta("session.join", 1), UserMetadata: apievents.UserMetadata{User: "carol"}}
	command := &apievents.SessionCommand{Metadata: meta("session.command", 1), Path: "/bin/cat", Argv: []string{"x"}, ReturnCode: 1}
	network := &apievents.SessionNetwork{Metadata: meta("session.network", 1), DstAddr: "198.51.100.1", DstPort: 443, BPFMetadata: apievents.BPFMetadata{Program: "curl"}}
	disk := &apievents.SessionDisk{Metadata: meta("session.disk", 1), Path: "/etc/shadow", BPFMetadata: apievents.BPFMetadata{Program: "cat"}}
	tests := []struct {
		name     string
		events   []apievents.AuditEvent
		kind     Kind
		host     string
		problems []ProblemKind
		lines    []string
	}{
		{"command without a terminal", []apievents.AuditEvent{exec, endEvent(1)}, KindSSH, "web-1", []ProblemKind{ProblemNoScreen}, []string{"session starts: root@web-1, command grep -c x", "session ends"}},
		{"kube", []apievents.AuditEvent{kube, printEvent(1, 0, "x"), endEvent(1)}, KindKube, "shop/web-0", nil, []string{"session starts: root@web-0", "session ends"}},
		{"refused database", []apievents.AuditEvent{denied}, KindDatabase, "", []ProblemKind{ProblemNoScreen}, []string{"database session refused: , access to db denied"}},
		{"application", []apievents.AuditEvent{chunk, request}, KindApp, "wiki", []ProblemKind{ProblemNoScreen}, []string{"bob uses application wiki", "GET /a?b=c 404"}},
		{"desktop", []apievents.AuditEvent{desktop, picture, clip}, KindDesktop, "pc", []ProblemKind{ProblemNoScreen, ProblemNoEnd}, []string{"09:00:00  desktop session starts: adm@pc", "09:00:01  1 picture", "09:00:02  clipboard taken from the desktop, 12 bytes"}},
		{"enhanced", []apievents.AuditEvent{startEvent(), join, command, network, disk, endEvent(2)}, KindSSH, "web-1", nil, []string{
			"session starts: root@web-1", "carol joins", "runs /bin/cat x (failed, 1)", "curl connects to 198.51.100.1 port 443", "cat opens /etc/shadow", "session ends",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec := recordingOf(t, tt.events...)
			if rec.Meta.Kind != tt.kind || rec.Meta.Host != tt.host {
				t.Errorf("kind %s, host %q", rec.Meta.Kind, rec.Meta.Host)
			}
			var kinds []ProblemKind
			for _, p := range rec.Problems {
				kinds = append(kinds, p.Kind)
			}
			if diff := cmp.Diff(tt.problems, kinds); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.lines, texts(rec)); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
	rec := recordingOf(t, chunk, request)
	if rec.Meta.ID() != "c" || rec.Meta.SessionID != "s" {
		t.Errorf("ids %q %q", rec.Meta.ID(), rec.Meta.SessionID)
	}
	rec = recordingOf(t, desktop, picture, clip)
	if f := rec.Frames[1]; f.Type != Graphics || f.At != 1500*time.Millisecond {
		t.Errorf("picture %+v", f)
	}
}
