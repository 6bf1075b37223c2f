package tui

import (
	"testing"

	"cordon/investigations"
	"cordon/tui/tuitest"
)

// mixed is a log of a person, a robot, and one of whom nothing is known.
const mixed = `
{"event":"user.login","code":"T1000I","time":"2026-10-05T08:00:00Z","uid":"m01","user":"ann@example.com","success":true,"method":"local","cluster_name":"teleport.example.com"}
{"event":"bot.join","code":"TJ001I","time":"2026-10-05T08:01:00Z","uid":"m02","bot_name":"ci","user_name":"bot-ci","success":true,"cluster_name":"teleport.example.com"}
{"event":"exec","code":"T3002I","time":"2026-10-05T08:02:00Z","uid":"m03","user":"bot-ci","bot_name":"ci","command":"make deploy","cluster_name":"teleport.example.com"}
{"event":"exec","code":"T3002I","time":"2026-10-05T08:03:00Z","uid":"m04","user":"bot-ci","impersonator":"ann@example.com","command":"id","cluster_name":"teleport.example.com"}
{"event":"exec","code":"T3002I","time":"2026-10-05T08:04:00Z","uid":"m05","user":"shade","command":"uptime","cluster_name":"teleport.example.com"}
{"event":"user.login","code":"T1000W","time":"2026-10-05T08:05:00Z","uid":"m06","user":"bot-ci","success":false,"method":"local","cluster_name":"teleport.example.com"}
`

func driveMixed(t *testing.T, of string) *driver {
	t.Helper()
	c, err := tuitest.New(mixed)
	if err != nil {
		t.Fatal(err)
	}
	s := setup{palette: "mono", size: wide, evidence: c}
	if of != "" {
		s.identity = investigations.Entity{Kind: investigations.KindUser, Name: of}
	}
	return drive(t, s)
}

func TestMachines_areLeftOutEverywhereAndNeverInSilence(t *testing.T) {
	t.Parallel()
	d := driveMixed(t, "")
	d.press("2").expect("6 events", "make deploy", "uptime")
	d.refuse("left out")
	d.press("M")
	// What a robot did alone is gone; with a person's hand in it, refused under its
	// name, or of one nobody knows, it stays.
	d.expect("4 events", "2 of machines left out", "machines left out", "M brings it back", "id", "uptime", "failed")
	d.refuse("make deploy", "bot.join")
	d.press("1").expect("machines left out", "ann@example.com", "1 machine left out")
	d.press("5").expect("machines left out, not here")
	d.press("2", "M").expect("6 events", "make deploy", "Machines are shown again.")
	d.refuse("left out")
}

func TestMachines_staysAtTheSameRow(t *testing.T) {
	t.Parallel()
	d := driveMixed(t, "")
	d.press("2", "G", "k") // shade's
	before := d.app.selected().Event
	d.press("M")
	if after := d.app.selected().Event; before == nil || after == nil || before.UID != "m05" || after.UID != "m05" {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

func TestMachines_ofAMachineNothingIsLeftOut(t *testing.T) {
	t.Parallel()
	d := driveMixed(t, "bot-ci")
	d.press("2", "M").expect("a machine: nothing left out", "make deploy")
}

func TestMachines_aFilterThatAsksWhoGoesFirst(t *testing.T) {
	t.Parallel()
	d := driveMixed(t, "")
	d.press("M", "2", "/").typed("actor:robot").press("enter")
	d.expect("actor: decides, nothing left out", "make deploy")
	d.refuse("uptime")
}

func TestMachines_choiceIsKeptInTheCase(t *testing.T) {
	t.Parallel()
	c, err := tuitest.New(mixed)
	if err != nil {
		t.Fatal(err)
	}
	drive(t, setup{palette: "mono", size: wide, evidence: c}).press("M")
	drive(t, setup{palette: "mono", size: wide, evidence: c}).expect("machines left out")
}

func TestMachines_filterBoxCompletesClasses(t *testing.T) {
	t.Parallel()
	d := driveMixed(t, "")
	d.press("2", "/").typed("-actor:ma").expect("machine")
}
