package recording

import (
	"archive/tar"
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
		parse("s", "SELECT $1"), bind("s", "p", "it's"), parse("", "SELECT 2"), execute("p"),
		parse("s", "SELECT 3"), execute("p"), // the portal keeps the statement it was bound to
		&apievents.PostgresClose{Metadata: meta("close", 1), PortalName: "p"}, execute("p"),
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
		"bind statement s to portal p: ('it''s')",
		"prepare the unnamed statement: SELECT 2",
		"execute SELECT $1 with ('it''s')",
		"prepare statement s: SELECT 3",
		"execute SELECT $1 with ('it''s')",
		"close portal p",
		"execute portal p: its statement is not in the recording",
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
		{"desktop", []apievents.AuditEvent{desktop, picture, clip}, KindDesktop, "pc", []ProblemKind{ProblemNoScreen, ProblemNoEnd}, []string{"desktop session starts: adm@pc", "clipboard taken from the desktop, 12 bytes"}},
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

func TestEncrypted_saysWhatItIs(t *testing.T) {
	t.Parallel()
	age := ageMagic + "-> teleport-recording-rsa4096 sha256:abc\nQUJD\n-> X25519 def\nQUJD\n--- mac\n\x00\x01\x02"
	sealed := part(2, []byte(age), 10)
	sealed[24] = flagEncrypted
	rec := load(t, append(bytes.Clone(sealed), sealed...))
	p := problem(rec, ProblemEncrypted)
	if rec.Meta.Format != FormatEncrypted || p == nil || p.Count != 2 || rec.Complete || len(rec.Problems) != 1 {
		t.Fatalf("meta %+v, problems %+v", rec.Meta, rec.Problems)
	}
	for _, want := range []string{"2 parts", "sha256:abc def", "tctl recordings download"} {
		if !strings.Contains(p.Sentence, want) {
			t.Errorf("sentence lacks %q: %s", want, p.Sentence)
		}
	}
	if diff := cmp.Diff([]string{"sha256:abc", "def"}, rec.Meta.KeyIDs); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	rec = load(t, sealed[:60])
	if problem(rec, ProblemTruncated) == nil || problem(rec, ProblemEncrypted) == nil {
		t.Errorf("cut: %+v", rec.Problems)
	}
}

func TestLegacyTar(t *testing.T) {
	t.Parallel()
	archive := func(names ...string) []byte {
		var buf bytes.Buffer
		w := tar.NewWriter(&buf)
		for _, n := range names {
			check(t, w.WriteHeader(&tar.Header{Name: n, Size: 2, Mode: 0o600, Format: tar.FormatUSTAR}))
			_, err := w.Write([]byte("{}"))
			check(t, err)
		}
		check(t, w.Close())
		return buf.Bytes()
	}
	rec := load(t, archive("sid.index", "sid-0.events.gz", "sid-0.chunks.gz"))
	if rec.Meta.Format != FormatLegacyTar || problem(rec, ProblemLegacy) == nil || rec.Complete {
		t.Errorf("meta %+v, problems %+v", rec.Meta, rec.Problems)
	}
	if _, err := Load(t.Context(), bytes.NewReader(archive("README.md"))); err == nil {
		t.Error("a tar of something else passed for a recording")
	}
}
