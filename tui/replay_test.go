package tui

import (
	"strings"
	"testing"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

// withRecording is the incident with a recording of its second session.
func withRecording(t *testing.T) *tuitest.Case {
	t.Helper()
	c, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	c.Recordings = map[string][]byte{tuitest.Session: []byte(
		"{\"version\":2,\"width\":80,\"height\":24,\"timestamp\":1791324213}\n[0.0,\"o\",\"root@shop-1:~# \"]\n[30.0,\"o\",\"exit\\r\\n\"]\n",
	)}
	return c
}

func TestReplay_hasTheWidthAtOnceAndGivesItBack(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "dark", size: wide, identity: tuitest.Dana, evidence: withRecording(t)})
	d.press("4").expect("  locks ──").press("enter")
	d.expect("root@shop-1:~#", "┐┌ beside", "L locks user dana@example.com 24h").refuse("  locks ──")
	d.press("esc").expect("  locks ──").refuse("beside")
}

func TestReplay_restsUnderAnotherPage(t *testing.T) {
	t.Parallel()
	for _, away := range []string{"2", "1", "p", "enter", "backspace"} {
		d := drive(t, setup{palette: "dark", size: wide, evidence: withRecording(t)})
		d.press("enter", "4", "enter")
		// The command that waits for the next frame is not run: time stands still.
		d.app.Update(keyOf("space"))
		if d.app.Idle() {
			t.Fatal("it does not play")
		}
		d.press(away)
		if away == "p" {
			d.press("enter") // the session leads to several
		}
		for _, p := range d.app.pages {
			if b, ok := p.pane.(pane.Busier); ok && b.Busy() {
				t.Errorf("after %s it plays on", away)
			}
		}
	}
}

func TestT0_isSetOnARowKeptAndTakenBack(t *testing.T) {
	t.Parallel()
	evidence := withRecording(t)
	d := drive(t, setup{palette: "dark", size: wide, identity: tuitest.Dana, evidence: evidence})
	d.press("2", "G", "ctrl+t").expect("T0 is now 2026-10-06 22:03:36 UTC", "T0 10-06 22:03:36")
	d.press("1").expect("dwell")
	entries, err := evidence.Journal(t.Context())
	if err != nil || len(entries) != 1 || entries[0].Action != journal.ActionNote || entries[0].Target != "T0" || !strings.Contains(entries[0].Note, "22:03:36") {
		t.Errorf("journal %+v, %v", entries, err)
	}
	again := drive(t, setup{palette: "dark", size: wide, identity: tuitest.Dana, evidence: evidence})
	again.expect("T0 10-06 22:03:36")
	again.press("2", "G", "T", "T").expect("since T0")
	again.press("ctrl+t").expect("T0 is no longer set", "T0 not set (ctrl+t)").refuse("since T0")
	third := drive(t, setup{palette: "dark", size: wide, identity: tuitest.Dana, evidence: evidence})
	third.expect("T0 not set (ctrl+t)")
	third.press("8", "ctrl+t").expect("This row has no time")
}

func TestKeptT0_fallsBackOnWhatItWasOpenedWith(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{"": true, "garbage": true, noT0: false} {
		if got := KeptT0(value, tuitest.T0); got.IsZero() == want {
			t.Errorf("%q: %v", value, got)
		}
	}
}

func TestPreviewLine_keepsTheEndOfALongName(t *testing.T) {
	t.Parallel()
	name := "contractor-" + strings.Repeat("very-", 20) + "long-7@example.com"
	evidence, err := tuitest.New(`{"event":"user.login","code":"T1000I","time":"2026-10-05T08:00:01Z","uid":"u1","user":"` + name + `","success":true}`)
	if err != nil {
		t.Fatal(err)
	}
	d := drive(t, setup{palette: "mono", size: small, ascii: true, evidence: evidence, identity: investigations.Entity{Kind: investigations.KindUser, Name: name}})
	d.expect("L locks user contractor-very-", "-long-7@example.com 24h")
}

func TestPreview_ofALockWhoseEndIsNotLoggedSaysSo(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.New(`{"event":"user.login","code":"T1000I","time":"2026-10-05T08:00:01Z","uid":"u1","user":"dana@example.com","success":true}
{"event":"lock.created","time":"2026-10-05T08:00:02Z","uid":"u2","user":"ann@example.com","name":"l-1","target":{"user":"dana@example.com"}}`)
	if err != nil {
		t.Fatal(err)
	}
	d := drive(t, setup{palette: "mono", size: wide, evidence: evidence, identity: tuitest.Dana})
	d.expect("already", "until when is not logged")
	small := drive(t, setup{palette: "mono", size: small, evidence: evidence, identity: tuitest.Dana})
	small.expect("already locked, end not logged", "1 contained (until when not logged)")
	// It may be over, so the key plans a new one; a second time there is one.
	d.press("L").expect("planned: $ tctl lock --user=dana@example.com")
	d.press("L").expect("Nothing to do", "already planned")
	if entries, err := evidence.Journal(t.Context()); err != nil || len(entries) != 1 || entries[0].Action != journal.ActionLockPlan {
		t.Errorf("journal %v, %v", entries, err)
	}
}

func TestPreview_listsAppSessionsApart(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.New(`{"event":"app.session.start","code":"T2007I","time":"2026-10-05T08:00:01Z","uid":"u1","user":"dana@example.com","sid":"4be1c9d2-0000-4000-8000-000000000009","app_name":"wiki"}`)
	if err != nil {
		t.Fatal(err)
	}
	d := drive(t, setup{palette: "mono", size: wide, evidence: evidence, identity: tuitest.Dana})
	d.expect("no session open in this evidence", "app sessions (ends are not logged)", "session 4be1c9d2 wiki", "still open  0 sessions")
}

func TestTrail_namesWhomAnotherPageIsAbout(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana})
	d.press("4", "enter").expect("dana@example.com > session 4be1c9d2")
	d.press("1").expect("dana@example.com > dana@example.com")
	d.press("2").expect("dana@example.com > session 4be1c9d2")
}
