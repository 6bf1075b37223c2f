package store

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"zombiezen.com/go/sqlite"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/playback/recording"
	"cordon/testdata/demo"
)

// demoCase is a case of the bundled incident.
func demoCase(t *testing.T) *Case {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, demo.FS); err != nil {
		t.Fatal(err)
	}
	c, report := build(t, dir)
	if report.Rejects != 0 || report.Duplicates != 0 || report.Recordings != 3 {
		t.Fatalf("the bundled incident gives %+v", report)
	}
	return c
}

func TestSessions_tieTheLogToTheRecordings(t *testing.T) {
	t.Parallel()
	c := demoCase(t)
	of := func(name string) map[string]investigations.Session {
		list, err := c.Sessions(t.Context(), investigations.Entity{Kind: investigations.KindUser, Name: name}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		out := make(map[string]investigations.Session)
		for _, s := range list {
			out[s.ID] = s
		}
		return out
	}
	dana, made := of(demo.Compromised), of(demo.CreatedUser)
	tests := []struct {
		name      string
		s         investigations.Session
		recording string
		ended     bool
	}{
		{"watched to its end", dana[demo.SessionRecon], "recorded", true},
		{"as root", dana[demo.SessionRoot], "recorded", true},
		{"its node was lost", made[demo.SessionLost], "incomplete", false},
		{"still running", dana[demo.SessionRunning], "none", false},
	}
	for _, tt := range tests {
		if tt.s.Recording != tt.recording || tt.s.End.IsZero() == tt.ended || tt.s.Host == "" || tt.s.HostLabel == "" || tt.s.Login == "" {
			t.Errorf("%s: %+v, want recording %s, ended %v", tt.name, tt.s, tt.recording, tt.ended)
		}
	}
	one, ok, err := c.Session(t.Context(), demo.SessionRoot)
	if d := cmp.Diff(dana[demo.SessionRoot], one); !ok || err != nil || d != "" {
		t.Errorf("the same session asked for alone: %v %v -list +alone:\n%s", ok, err, d)
	}
	if _, ok, err := c.Session(t.Context(), "no-such-session"); ok || err != nil {
		t.Errorf("a session that is not there: %v, %v", ok, err)
	}
}

func TestOpenRecording_givesThePlayableBytes(t *testing.T) {
	t.Parallel()
	c := demoCase(t)
	rec, ok, err := c.RecordingOf(t.Context(), demo.SessionRoot)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	r, err := c.OpenRecording(t.Context(), rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	loaded, err := recording.Load(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if !loaded.Complete || loaded.Meta.SessionID != demo.SessionRoot || loaded.Duration() != rec.Duration || rec.User != demo.Compromised {
		t.Errorf("loaded %+v, the case says %+v", loaded.Meta, rec)
	}
}

func TestCoverage_tellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := `{"event":"session.start","uid":"1","code":"T2000I","time":"2026-03-01T09:00:00Z","sid":"open"}
{"event":"session.start","uid":"2","code":"T2000I","time":"2026-03-01T10:00:00Z","sid":"ended"}
{"event":"session.end","uid":"3","code":"T2004I","time":"2026-03-01T11:00:00Z","sid":"ended"}
{"event":"session.upload","uid":"4","code":"T2005I","time":"2026-03-01T11:01:00Z","sid":"ended"}
{"event":"db.session.start","uid":"5","code":"TDB00W","time":"2026-03-01T11:02:00Z","sid":"refused"}
{"event":"user.login","uid":"6","code":"T1000I","time":"2026-03-05T09:00:00Z","server_version":"17.2.1"}
`
	c, _ := build(t, write(t, dir, "a.log", []byte(log)))
	cover, err := c.Coverage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range cover.Gaps {
		s := string(g.Kind)
		if g.Entity != nil {
			s += " " + g.Entity.Name
		}
		got = append(got, s)
		if g.Detail == "" || g.Count == 0 {
			t.Errorf("%s: %+v says nothing", s, g)
		}
	}
	if d := cmp.Diff([]string{"day_missing", "session_without_end open", "recording_missing"}, got); d != "" {
		t.Errorf("gaps -want +got:\n%s", d)
	}
	if cover.Events != 6 || cover.ServerMajor != 17 || !cover.From.Equal(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)) || !cover.To.Equal(time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("coverage %+v", cover)
	}
}

// threeNotes is a small case whose journal holds three notes.
func threeNotes(t *testing.T) *Case {
	t.Helper()
	c, _ := build(t, write(t, t.TempDir(), "a.log", []byte(lines(3))))
	for _, note := range []string{"first", "second", "third"} {
		if _, err := c.Record(t.Context(), journal.Entry{Time: time.Unix(1e9, 0), Operator: "r@example.com", Mode: journal.ModeDryRun, Action: journal.ActionNote, Note: note}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestCase_keepsJournalMarksAndPlace(t *testing.T) {
	t.Parallel()
	c := threeNotes(t)
	if err := c.SetState(t.Context(), "trail", "here"); err != nil {
		t.Fatal(err)
	}
	if err := c.Star(t.Context(), 2, true); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), c.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	entries, err := again.Journal(t.Context())
	if err != nil || len(entries) != 3 || entries[2].Note != "third" {
		t.Errorf("journal %v, %v", entries, err)
	}
	if state, err := again.State(t.Context(), "trail"); err != nil || state != "here" {
		t.Errorf("state %q, %v", state, err)
	}
	if stars, err := again.Stars(t.Context()); err != nil || len(stars) != 1 || stars[0] != 2 {
		t.Errorf("stars %v, %v", stars, err)
	}
	sound(t, again)
}

func TestVerify_noticesAChangedJournal(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{
		`UPDATE journal SET entry = replace(entry, 'second', 'secomd')`,
		`DELETE FROM journal WHERE seq = 3`,
		`DELETE FROM journal WHERE seq = 1`,
		`DELETE FROM meta WHERE key = 'journal_head'`,
	} {
		c := threeNotes(t)
		if err := c.update(t.Context(), func(conn *sqlite.Conn) error { return exec(conn, sql) }); err != nil {
			t.Fatal(err)
		}
		checks, err := c.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		broken := false
		for _, check := range checks {
			broken = broken || check.Name == "journal" && !check.OK
		}
		if !broken {
			t.Errorf("after %s the journal still holds", sql)
		}
	}
}
