package recording

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	apievents "github.com/gravitational/teleport/api/types/events"
	"pgregory.net/rapid"
)

// composed is what a recording puts on its screen.
func composed(rec *Recording) string {
	var out strings.Builder
	for _, f := range rec.Frames {
		if f.Type != Output {
			out.Write(f.Data)
		}
	}
	return strings.ReplaceAll(out.String(), "\r\n", "\n")
}

func databaseStart(protocol string) *apievents.DatabaseSessionStart {
	return &apievents.DatabaseSessionStart{
		Metadata: meta("db.session.start", 0), UserMetadata: apievents.UserMetadata{User: "bob@example.com"}, Status: apievents.Status{Success: true},
		ConnectionMetadata: apievents.ConnectionMetadata{RemoteAddr: "203.0.113.7:99"},
		DatabaseMetadata:   apievents.DatabaseMetadata{DatabaseService: "ledger", DatabaseName: "books", DatabaseUser: "reader", DatabaseProtocol: protocol},
	}
}

func TestCompose_database(t *testing.T) {
	t.Parallel()
	query := func(text string) apievents.AuditEvent {
		return &apievents.DatabaseSessionQuery{Metadata: meta("db.session.query", time.Second), DatabaseQuery: text}
	}
	rec := recordingOf(
		t, databaseStart("postgres"),
		query("SELECT *\n  FROM cards\r\n"),
		query("SELECT '\x1b[2J\xff\u202e\U000e0001\t'"),
		&apievents.PostgresParse{Metadata: meta("parse", 2*time.Second), StatementName: "s", Query: "SELECT $1,\n$2,$3"},
		&apievents.PostgresBind{Metadata: meta("bind", 2*time.Second), StatementName: "s", Parameters: []string{"it's", "", "<binary>"}},
		&apievents.PostgresExecute{Metadata: meta("execute", 2*time.Second)},
		&apievents.PostgresBind{Metadata: meta("bind", 2*time.Second), StatementName: "s", PortalName: "p"},
		&apievents.PostgresExecute{Metadata: meta("execute", 2*time.Second), PortalName: "p"},
		&apievents.PostgresExecute{Metadata: meta("execute", 2*time.Second), PortalName: "lost"},
		&apievents.DatabaseSessionCommandResult{Metadata: meta("db.session.result", 2*time.Second), AffectedRecords: 3},
		&apievents.DatabaseSessionEnd{Metadata: meta("db.session.end", 3*time.Second)},
	)
	want := `-- 2026-03-04 09:00:00 UTC, database session starts: reader@ledger, database books, user bob@example.com from 203.0.113.7:99
09:00:01 reader@books=> SELECT *
         reader@books->   FROM cards␍
         reader@books-> 
09:00:01 reader@books=> SELECT '␛[2J‹xFF›‹U+202E›‹U+E0001›␉'
09:00:02 -- prepare statement s: SELECT $1,␊$2,$3
09:00:02 -- bind statement s to the unnamed portal: ('it''s', NULL or '', a binary value, not logged)
09:00:02 reader@books=> SELECT $1,
         reader@books-> $2,$3
         -- $1 = 'it''s'
         -- $2 = NULL or ''
         -- $3 = a binary value, not logged
09:00:02 -- bind statement s to portal p: no parameters logged
09:00:02 reader@books=> SELECT $1,
         reader@books-> $2,$3
         -- its parameters are not logged
09:00:02 -- execute portal lost: its statement is not in the recording
09:00:02 -- 3 rows affected
09:00:03 -- database session ends
`
	if diff := cmp.Diff(want, composed(rec)); diff != "" {
		t.Errorf("screen (-want +got):\n%s", diff)
	}
	if m := rec.Meta; !m.Composed || m.Terminal || !m.Screen() {
		t.Errorf("meta %+v", m)
	}
	if diff := cmp.Diff([]string{"09:00:01 reader@books=> SELECT *", "         reader@books->   FROM cards␍", "         reader@books-> "}, rec.Frames[1].Words()); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
	other := recordingOf(t, databaseStart("mysql"), query("SELECT 1"), &apievents.MySQLInitDB{Metadata: meta("mysql.init_db", time.Second), SchemaName: "shop"})
	if got := composed(other); !strings.Contains(got, "09:00:01 reader@books> SELECT 1\n09:00:01 -- USE shop\n") {
		t.Errorf("mysql: %s", got)
	}
}

func TestCompose_application(t *testing.T) {
	t.Parallel()
	rec := recordingOf(
		t,
		&apievents.AppSessionChunk{Metadata: meta("app.session.chunk", 0), UserMetadata: apievents.UserMetadata{User: "bob@example.com"}, SessionChunkID: "c", AppMetadata: apievents.AppMetadata{AppName: "wiki"}},
		&apievents.AppSessionRequest{Metadata: meta("app.session.request", time.Second), Method: "GET", Path: "/a?b%c", RawQuery: "d=%20e", StatusCode: 404},
		&apievents.AppSessionRequest{Metadata: meta("app.session.request", time.Second), Method: "POST", Path: "/日\x1b\n", StatusCode: 200, AWSRequestMetadata: apievents.AWSRequestMetadata{AWSService: "s3", AWSRegion: "eu-west-1", AWSAssumedRole: "admin"}},
		&apievents.AppSessionDynamoDBRequest{Metadata: meta("app.session.dynamodb.request", time.Second), Method: "POST", Path: "/", StatusCode: 400, Target: "DynamoDB.Scan"},
	)
	want := `-- 2026-03-04 09:00:00 UTC, bob@example.com uses application wiki
09:00:01 404 GET     /a%3Fb%25c?d=%20e
09:00:01 200 POST    /日␛␊ (AWS s3 in eu-west-1 as admin)
09:00:01 400 POST    / DynamoDB.Scan
`
	if diff := cmp.Diff(want, composed(rec)); diff != "" {
		t.Errorf("screen (-want +got):\n%s", diff)
	}
}

func TestCompose_desktop(t *testing.T) {
	t.Parallel()
	message := func(ms int64, data ...byte) apievents.AuditEvent {
		return &apievents.DesktopRecording{Metadata: meta("desktop.recording", time.Duration(ms)*time.Millisecond), Message: data, DelayMilliseconds: ms}
	}
	rec := recordingOf(
		t,
		&apievents.WindowsDesktopSessionStart{Metadata: meta("windows.desktop.session.start", 0), Status: apievents.Status{Success: true}, DesktopName: "pc", WindowsUser: "adm"},
		message(100, 31, 0, 1, 0, 2, 7, 128, 4, 56), message(200, 29, 1), message(300, 2, 0), message(400, 3, 1), message(500, 5, 1), message(600, 6, 0, 0, 0, 2, 'h', 'i'),
		message(25_000, 27, 1), message(25_100, 1, 0, 0, 3, 32, 0, 0, 2, 88),
		&apievents.DesktopClipboardReceive{Metadata: meta("desktop.clipboard.receive", 26*time.Second), Length: 12},
		message(27_000, 29, 1),
	)
	want := `09:00:00  desktop session starts: adm@pc
09:00:00  the desktop is 1920x1080
09:00:00  2 pictures, 1 mouse message, 1 key, 1 other message, clipboard 2 bytes
09:00:25  the desktop is 800x600
09:00:25  1 picture, 1 other message
09:00:26  clipboard taken from the desktop, 12 bytes
09:00:27  1 picture
`
	if diff := cmp.Diff(want, composed(rec)); diff != "" {
		t.Errorf("screen (-want +got):\n%s", diff)
	}
	p := problem(rec, ProblemNoScreen)
	if p == nil || !strings.Contains(p.Sentence, "of 800x600: 4 pictures") || !strings.Contains(p.Sentence, "not shown here") {
		t.Errorf("problems %+v", rec.Problems)
	}
	if n := len(rec.Lines()); n != 7 || rec.Lines()[6].Text != "09:00:27  1 picture" {
		t.Errorf("%d lines: %+v", n, rec.Lines())
	}
}

// Whatever a client sends, the composed screen takes no orders from it and is
// not flooded by one event.
func TestCompose_isSafe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.StringOf(rapid.Rune()), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		rec := recordingOf(t, databaseStart(text.Draw(rt, "protocol")), &apievents.DatabaseSessionQuery{
			Metadata: meta("db.session.query", 0), DatabaseQuery: text.Draw(rt, "query"), DatabaseQueryParameters: []string{text.Draw(rt, "parameter")},
			DatabaseMetadata: apievents.DatabaseMetadata{DatabaseName: text.Draw(rt, "name")},
		}, &apievents.AppSessionRequest{Metadata: meta("app.session.request", 0), Method: text.Draw(rt, "method"), Path: text.Draw(rt, "path")})
		for _, f := range rec.Frames {
			if !utf8.Valid(f.Data) {
				rt.Fatalf("not UTF-8: %q", f.Data)
			}
			if i := strings.IndexFunc(strings.ReplaceAll(string(f.Data), "\r\n", ""), func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }); i >= 0 {
				rt.Fatalf("a control character: %q", f.Data)
			}
		}
	})
	flood := recordingOf(t, databaseStart("postgres"), &apievents.DatabaseSessionQuery{Metadata: meta("db.session.query", 0), DatabaseQuery: strings.Repeat("\n", 60_000)})
	if n := len(flood.Frames[1].Data); n > maxComposed+200 || !strings.Contains(string(flood.Frames[1].Data), "are not shown here: the event holds them") {
		t.Errorf("%d bytes of one event", n)
	}
	long := databaseStart("postgres")
	long.DatabaseName = strings.Repeat("é", 5000)
	rec := recordingOf(t, long, &apievents.DatabaseSessionQuery{Metadata: meta("db.session.query", 0), DatabaseQuery: "x"})
	if data := rec.Frames[1].Data; len(data) > 2*maxPrompt || !utf8.Valid(data) {
		t.Errorf("prompt %q", data)
	}
}
