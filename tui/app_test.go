package tui

import (
	"errors"
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/themes"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

func typeName(v any) string { return fmt.Sprintf("%T", v) }

var (
	small = image.Pt(80, 24)
	wide  = image.Pt(120, 40)
	large = image.Pt(200, 60)
)

func TestPages_golden(t *testing.T) {
	t.Parallel()
	pages := map[string][]string{
		"roster": {}, "overview": {}, "spread": {"G"}, "events": {"2", "j", "j"}, "detail": {"2", "G", "enter"}, "filter": {"2", "/"},
		"pivot": {"2", "G", "k", "k", "p"}, "planned": {"L"}, "locks": {"L", "5"}, "sessions": {"4"}, "case": {"8"}, "gaps": {"8", "tab"}, "journal": {"L", "u", "8", "tab", "tab", "tab"},
		"findings": {"6"}, "finding": {"6", "j", "enter"},
		"help": {"?"}, "palette": {":"}, "t0": {"T", "T"},
	}
	for name, keys := range pages {
		for _, size := range []image.Point{small, large} {
			for _, palette := range []string{"dark", "mono"} {
				t.Run(fmt.Sprintf("%s_%dx%d_%s", name, size.X, size.Y, palette), func(t *testing.T) {
					t.Parallel()
					s := setup{palette: palette, size: size, identity: tuitest.Dana, ascii: palette == "mono" && size == small && name != "sessions"}
					if name == "roster" {
						s.identity = investigations.Entity{}
					}
					d := drive(t, s).press(keys...)
					golden.RequireEqual(t, []byte(d.screen()))
					checkStyles(t, d, palette == "mono")
				})
			}
		}
	}
}

// checkStyles checks that mono has no colour at all, that colour has some, and
// that the mode's word is there in both.
func checkStyles(t *testing.T, d *driver, mono bool) {
	t.Helper()
	scr := d.app.render()
	colours := map[string]bool{}
	for y := range scr.Height() {
		for x := range scr.Width() {
			cell := scr.CellAt(x, y)
			if cell == nil {
				continue
			}
			for _, c := range []any{cell.Style.Fg, cell.Style.Bg} {
				if c != nil {
					colours[fmt.Sprint(c)] = true
				}
			}
			if d.app.styles.Glyphs.ASCII && strings.Trim(cell.Content, asciiCells) != "" {
				t.Fatalf("cell %d,%d holds %q on a terminal without Unicode", x, y, cell.Content)
			}
		}
	}
	if mono && len(colours) > 0 {
		t.Errorf("mono draws in colours: %v", colours)
	}
	if !mono && len(colours) < 6 {
		t.Errorf("only %d colours on the screen", len(colours))
	}
	d.expect("DRY-RUN")
}

var asciiCells = func() string {
	var b strings.Builder
	for r := ' '; r <= '~'; r++ {
		b.WriteRune(r)
	}
	return b.String()
}()

func TestApp_readsFromTheFirstScreenWhoHowFarAndWhatNext(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana})
	d.expect("dana@example.com", "203.0.113.66", "198.51.100.7", "self-approved", "relay@example.com", "1 failed",
		"this server (12) does not", "identities  2 ", "contained   0", "user dana@example.com for 24h",
		"session 4be1c9d2 root@shop-1", "made by it", "--user=dana@example.com", "next: mark whose hands are hostile (m)", "watch the screen (4)", "1 gap")
}

func TestLock_narrowIsPlacedAtOnceAndUndone(t *testing.T) {
	t.Parallel()
	for _, size := range []image.Point{small, large} {
		d := drive(t, setup{palette: "dark", size: size, identity: tuitest.Dana, operator: "ann@example.com"})
		d.expect("user dana@example.com").press("L")
		d.expect("u undoes it (30 s)", "planned: $ tctl lock --user=dana@example.com", "already planned")
		if size == small {
			d.expect("0 contained (1 planned)")
		} else {
			d.expect("contained   0   planned 1")
		}
		d.press("L").expect("already planned")
		d.press("u").expect("undone: the plan to lock user dana@example.com is dropped")
		d.press("u").expect("Nothing to undo")
		entries, err := d.app.env.Evidence.Journal(t.Context())
		if err != nil || len(entries) != 2 || entries[0].Action != journal.ActionLockPlan || entries[1].Action != journal.ActionLockUndo || entries[0].Operator != "ann@example.com" {
			t.Errorf("journal %+v, %v", entries, err)
		}
		if err := journal.Verify(entries); err != nil {
			t.Error(err)
		}
	}
}

func TestLock_undoEndsWithItsWindow(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "dark", size: small, identity: tuitest.Dana}).press("L")
	d.now = d.now.Add(31 * time.Second)
	d.press("u").expect("Nothing to undo")
}

func TestLock_wideAsksForItsName(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "dark", size: large, identity: tuitest.Dana, operator: "dana@example.com"})
	d.expect("This is YOU", "asks for its name first").press("L").expect("Type dana@example.com to lock it")
	d.now = d.now.Add(time.Second)
	d.press("enter").expect("Nothing happened")
	d.send(tea.PasteMsg{Content: "dana@example.com"})
	d.press("enter").expect("Type dana@example.com to lock it").refuse("planned: $")
	d.press("esc").expect("Nothing was locked").press("L")
	d.now = d.now.Add(time.Second)
	d.typed("dana@example.com").press("enter").expect("planned: $ tctl lock --user=dana@example.com")
}

func TestLock_refusedSaysWhatToLockInstead(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "dark", size: large, identity: tuitest.Dana}).press("g")
	d.expect("nothing: no lock for this row", "Teleport cannot lock an address").press("L").expect("Nothing was locked: Teleport cannot lock an address")
}

func TestLock_neverByPaste(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "dark", size: small, identity: tuitest.Dana})
	d.send(tea.PasteMsg{Content: "L"})
	d.refuse("planned")
	d.press("j")
	d.send(keyOf("L")) // no time between the keys: a paste without its marks
	d.refuse("planned: $").expect("came as fast as a paste")
	d.press("L").expect("planned: $")
}

func TestLock_waitsForItsPreview(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "dark", size: small, identity: tuitest.Dana})
	d.press("G") // another entity, so another plan
	d.app.preview.ready = false
	d.press("L").expect("still being prepared").refuse("planned: $")
}

func TestLock_failureSaysWhatToDo(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	d := drive(t, setup{palette: "dark", size: large, identity: tuitest.Dana, evidence: evidence})
	evidence.Fail = errors.New("the disk is full")
	d.press("L").expect("The lock was not placed: the disk is full", "run on the auth server", "tctl lock --user=dana@example.com", "copy")
	d.now = d.now.Add(time.Second)
	d.press("y")
	if len(d.copied) != 1 {
		t.Error("y copied nothing")
	}
}

func TestTrail_pivotsAndComesBack(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "dark", size: large, identity: tuitest.Dana})
	d.press("G", "p").expect("relay@example.com  user", "dana@example.com > relay@example.com")
	d.press("backspace").expect("dana@example.com  user").press("shift+backspace").expect("relay@example.com  user")
	d.press("backspace", "2").expect("filter user:dana@example.com").press("1").expect("spread to")
}

func TestTrail_opensAgainAtTheSamePlace(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	s := setup{palette: "mono", size: small, identity: tuitest.Dana, evidence: evidence}
	d := drive(t, s)
	d.press("j", "enter").expect("access_request.create").press("j", "T", "q")
	if !d.quit {
		t.Fatal("q did not leave")
	}
	want := d.app.render()
	s.identity = investigations.Entity{}
	again := drive(t, s)
	// The line above the footer and the time of day are those of another sitting.
	cut := func(text string) string { return strings.Join(strings.Split(text, "\n")[2:22], "\n") }
	if got := again.screen(); cut(got) != cut(textOf(want)) {
		t.Errorf("left at\n%s\nopened at\n%s", textOf(want), got)
	}
	again.press("backspace").expect("hands", "did")
}

func TestTrail_badStateIsAsGoodAsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{", `{"stops":[]}`, `{"stops":[{"page":99}],"at":7}`, `{"stops":[{"identity":{"kind":"nonsense","name":"x"}}]}`} {
		evidence, err := tuitest.NewIncident()
		if err != nil {
			t.Fatal(err)
		}
		if err := evidence.SetState(t.Context(), trailKey, text); err != nil {
			t.Fatal(err)
		}
		drive(t, setup{palette: "mono", size: small, evidence: evidence}).expect("who", "dana@example.com")
	}
}

func TestEvents_filterStepStarAndNote(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "dark", size: large, identity: tuitest.Dana}).press("2")
	d.press("/").expect("filter events").typed("outc").press("tab").typed("fa").press("tab").expect("1 events").press("enter")
	d.expect("filter user:dana@example.com outcome:failed", "invalid credentials").press("backspace")
	d.press("/").typed("evnt:x").expect("there is no key").press("esc", "g", "n").expect("following")
	d.press("space").expect("★").press("c").typed("his own").press("enter").expect("The note is in the journal")
	d.press("8", "tab", "tab", "tab").expect("his own")
	d.press("2", "/", "esc")
}

func TestEvents_emptyFilterShowsAll(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "dark", size: small, identity: tuitest.Dana}).press("2", "/")
	d.send(tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl})
	d.press("enter").expect("all events, no filter", "16 events", "omar@example.com")
}

func TestEsc_cancelsWhatIsRunning(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana})
	_, running := d.app.Update(keyOf("2"))
	d.press("esc")
	d.run(running)
	d.expect("Cancelled.", "stopped with esc").press("1", "2").expect("stopped with esc")
	d.press("j").expect("row 1 of 13").press("1")
	d.app.shown = map[pane.Page]shownStop{}
	_, running = d.app.Update(keyOf("2"))
	_, again := d.app.Update(keyOf("1"))
	d.press("esc")
	d.run(running)
	d.run(again)
	d.expect("stopped with esc").press("j").expect("did")
}

func TestQuit_waitsForALock(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana})
	d.now = d.now.Add(time.Second)
	_, running := d.app.Update(keyOf("L"))
	d.press("q").app.Update(keyOf("j"))
	if d.quit {
		t.Fatal("left while a lock was being placed")
	}
	d.run(running)
	d.expect("planned: $").press("q")
	if !d.quit {
		t.Fatal("q did not leave")
	}
}

func TestMouse_selectsRowsAndTabs(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "dark", size: small, identity: tuitest.Dana})
	at := strings.Index(strings.Split(d.screen(), "\n")[2], "2 Event")
	d.send(tea.MouseClickMsg{X: at, Y: 2, Button: tea.MouseLeft})
	d.expect("filter user:dana@example.com")
	d.send(tea.MouseClickMsg{X: 10, Y: 7, Button: tea.MouseLeft})
	d.expect("row 3 of")
	d.send(tea.MouseWheelMsg{X: 10, Y: 7, Button: tea.MouseWheelDown})
	d.expect("row 6 of")
}

func TestApp_tooSmallSaysSo(t *testing.T) {
	t.Parallel()
	for _, size := range []image.Point{{59, 20}, {60, 19}, {20, 5}, {1, 1}, {0, 0}} {
		d := drive(t, setup{palette: "mono", size: size, identity: tuitest.Dana})
		d.press("j", "2", "L", "?", "esc", ":", "esc")
		text := d.screen()
		if size.X >= 40 && !strings.Contains(text, "cordon needs 60x20") {
			t.Errorf("%v: %q", size, text)
		}
	}
}

// hostile is text that would drive a terminal if it reached one.
const hostile = `\u001b]52;c;cm0gLXJm\u0007\u001b[2J\u009b31m\u202eevil\u2066\u200b\r\n`

func TestApp_hostileTextNeverReachesACell(t *testing.T) {
	t.Parallel()
	lines := []string{
		`{"event":"user.login` + hostile + `","time":"2026-10-06T22:03:05Z","uid":"` + hostile + `","user":"mal` + hostile + `","addr.remote":"` + hostile + `","code":"` + hostile + `"}`,
		`{"event":"user.create","time":"2026-10-06T22:03:06Z","uid":"u2","user":"mal` + hostile + `","name":"x` + hostile + `","roles":["r` + hostile + `"]}`,
		`{"event":"session.start","time":"2026-10-06T22:03:07Z","uid":"u3","user":"mal` + hostile + `","sid":"s` + hostile + `","login":"` + hostile + `","server_id":"h","server_hostname":"` + hostile + `"}`,
		`{"event":"exec","time":"2026-10-06T22:03:08Z","uid":"u4","user":"mal` + hostile + `","command":"c` + hostile + `","k` + hostile + `":{"a":["` + hostile + `"]}}`,
		`{"event":"user.login","time":"2026-10-06T22:03:05Z","uid":"u5","success":false,"error":"e` + hostile + `","user":"mal` + hostile + `","addr.remote":"203.0.113.9:1"}`,
	}
	evidence, err := tuitest.New(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	bad := "mal\x1b]52;c;cm0gLXJm\x07\x1b[2J\u009b31m\u202eevil\u2066\u200b\r\n"
	evidence.Gaps = []investigations.Gap{{Kind: investigations.GapKind(bad), Detail: bad, Entity: &investigations.Entity{Kind: investigations.KindSession, Name: bad}}}
	evidence.Rejected = []investigations.Reject{{Source: bad, Line: 1, Reason: bad}}
	if _, err := evidence.Record(t.Context(), journal.Entry{Operator: bad, Action: journal.Action(bad), Target: bad, Note: bad, Command: bad, Result: bad, Detail: bad}); err != nil {
		t.Fatal(err)
	}
	for _, size := range []image.Point{small, large} {
		d := drive(t, setup{palette: "dark", size: size, evidence: evidence, identity: investigations.Entity{Kind: investigations.KindUser, Name: bad}})
		checkCells(t, d)
		for _, keys := range [][]string{
			{"j"},
			{"j"},
			{"G"},
			{"L"},
			{"u"},
			{"p"},
			{"esc"},
			{"2"},
			{"j"},
			{"enter"},
			{"esc"},
			{"n"},
			{"p"},
			{"esc"},
			{"/"},
			{"esc"},
			{"c"},
			{"esc"},
			{"y"},
			{"4"},
			{"enter"},
			{"esc"},
			{"5"},
			{"enter"},
			{"esc"},
			{"8"},
			{"enter"},
			{"esc"},
			{"tab"},
			{"enter"},
			{"esc"},
			{"tab"},
			{"enter"},
			{"esc"},
			{"tab"},
			{"enter"},
			{"esc"},
			{"?"},
			{"esc"},
			{":"},
			{"esc"},
		} {
			d.press(keys...)
			checkCells(t, d)
		}
	}
}

func checkCells(t *testing.T, d *driver) {
	t.Helper()
	scr := d.app.render()
	for y := range scr.Height() {
		for x := range scr.Width() {
			cell := scr.CellAt(x, y)
			if cell == nil {
				continue
			}
			for _, r := range cell.Content {
				if r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x2066 || r == 0x200b {
					t.Fatalf("cell %d,%d holds %q", x, y, cell.Content)
				}
			}
			if cell.Link.URL != "" {
				t.Fatalf("cell %d,%d is a link", x, y)
			}
		}
	}
	if title := d.app.View().WindowTitle; strings.ContainsAny(title, "\x1b\x07\u009b") {
		t.Fatalf("window title %q", title)
	}
}

func TestApp_everyModeSaysItsWord(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana})
	for _, mode := range []themes.Mode{themes.ModeDryRun, themes.ModeLive, themes.ModeExercise} {
		styles, err := themes.New(themes.Options{Mode: mode})
		if err != nil {
			t.Fatal(err)
		}
		d.app.styles = styles
		d.expect(mode.Word())
	}
}
