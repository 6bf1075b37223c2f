package tui

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/tui/tuitest"
)

func TestInvestigation_golden(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{
		"overview": {}, "hands": {"m"}, "mixed": {"m", "enter", "m", "down", "enter", "m", "down", "enter"}, "cell": {"2", "G", "right", "right", "N"},
		"lineage": {"3"}, "decided": {"3", "a", "j", "r", "enter"}, "plan": {"3", "P"}, "marked": {"m", "enter", "3"},
	} {
		for _, size := range []image.Point{{60, 20}, small, wide, large} {
			for _, palette := range []string{"dark", "mono"} {
				t.Run(fmt.Sprintf("%s_%dx%d_%s", name, size.X, size.Y, palette), func(t *testing.T) {
					t.Parallel()
					d := drive(t, setup{
						palette: palette, size: size, identity: tuitest.Dana, operator: "ann@example.com", ascii: palette == "mono" && size == small,
					}).press(keys...)
					golden.RequireEqual(t, []byte(d.screen()))
					checkStyles(t, d, palette == "mono")
				})
			}
		}
	}
}

func TestLineage_decisionsStandInTheJournalAndAreUndone(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana, operator: "ann@example.com"}).press("3")
	d.expect("enrolled the MFA device", "nobody is marked").press("a").expect("accepted: enrolled the MFA device", "u undoes it")
	d.press("j", "r").typed("a drill").press("enter").expect("refused", `"a drill"`)
	entries := journalOf(t, d)
	if len(entries) != 2 || entries[0].Action != journal.ActionEdgeAccept || entries[1].Action != journal.ActionEdgeRefuse ||
		entries[1].Note != "a drill" || entries[1].Operator != "ann@example.com" {
		t.Errorf("journal %+v", entries)
	}
	d.press("u").expect("undone: refused").refuse("a drill").press("u").expect("undone: accepted").press("u").expect("Nothing to undo")
	if err := journal.Verify(journalOf(t, d)); err != nil {
		t.Error(err)
	}
}

func journalOf(t *testing.T, d *driver) []journal.Entry {
	t.Helper()
	entries, err := d.app.env.Evidence.Journal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestUndo_takesTheLastActFirst(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana, operator: "ann@example.com"})
	d.press("3", "a", "1", "L").expect("planned: $").press("u").expect("undone: the plan to lock")
	d.press("u").expect("undone: accepted").press("L", "3", "a", "u").expect("undone: accepted").press("u").expect("undone: the plan to lock")
}

func TestLineage_foldsPivotsAndOpensTheProof(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana}).press("3", "enter")
	d.expect("mfa.add", "1 events").press("backspace").expect("this step")
	d.press("down", "down", "down", "down").expect("created the user relay").press("p").expect("relay@example.com  user").press("3")
	d.expect("relay@example.com  user")
}

func TestLineage_stepsThroughWhatIsNotDecided(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana}).press("m", "enter", "3")
	// The device and the session are proved by the hostile address, the rest is open.
	d.press("n").expect("▸├─ made the access request").press("a", "n").expect("▸├─ approved the access request")
	d.press("N").expect("▸└─ relay@example.com also came").press("n").expect("▸├─ approved the access request")
}

func TestHands_areMarkedByKeysAlone(t *testing.T) {
	t.Parallel()
	for _, size := range []image.Point{{60, 20}, small, wide} {
		d := drive(t, setup{palette: "mono", size: size, identity: tuitest.Dana, operator: "ann@example.com"})
		d.press("m").expect("whose hands").press("enter").expect("marked hostile: ")
		d.press("m", "enter").expect("marked as the owner's: ").press("u", "m", "enter").expect("marked as the owner's: ")
		d.press("u", "u").expect("undone: marked hostile").press("u").expect("Nothing to undo")
	}
}

func TestLineage_withoutAnIdentitySaysWhatToDo(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: small}).press("3")
	d.expect("Choose an identity first").press("a").expect("There is no step to choose")
	d.press("P").expect("still being read")
	nobody := investigations.Entity{Kind: investigations.KindUser, Name: "nobody@example.com"}
	drive(t, setup{palette: "mono", size: small, identity: nobody}).press("3").expect("has never seen nobody@example.com")
	alone := investigations.Entity{Kind: investigations.KindUser, Name: "omar@example.com"}
	drive(t, setup{palette: "mono", size: small, identity: alone}).press("3").expect("Nothing in this evidence spread from it", "1 gap")
}

func TestLineage_hostileNamesReachNoCell(t *testing.T) {
	t.Parallel()
	lines := []string{
		`{"event":"user.create","time":"2026-10-06T22:03:06Z","uid":"u1` + hostile + `","user":"mal` + hostile + `","name":"x` + hostile + `","roles":["r` + hostile + `"]}`,
		`{"event":"role.created","time":"2026-10-06T22:03:07Z","uid":"u2","user":"mal` + hostile + `","name":"r` + hostile + `"}`,
		`{"event":"join_token.create","time":"2026-10-06T22:03:08Z","uid":"u3","user":"mal` + hostile + `","name":"t` + hostile + `"}`,
		`{"event":"user.login","time":"2026-10-06T22:03:09Z","uid":"u4","user":"mal` + hostile + `","addr.remote":"` + hostile + `","user_agent":"` + hostile + `","success":true}`,
	}
	evidence, err := tuitest.New(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	bad := "mal\x1b]52;c;cm0gLXJm\x07\x1b[2J\u009b31m\u202eevil\u2066\u200b\r\n"
	for _, size := range []image.Point{small, large} {
		d := drive(t, setup{palette: "dark", size: size, evidence: evidence, identity: investigations.Entity{Kind: investigations.KindUser, Name: bad}})
		for _, keys := range [][]string{{"m"}, {"enter"}, {"3"}, {"a"}, {"j"}, {"r"}, {"x"}, {"enter"}, {"P"}, {"esc"}, {"left"}, {"right"}, {"enter"}, {"left"}, {"n"}, {"p"}} {
			d.press(keys...)
			checkCells(t, d)
		}
	}
}
