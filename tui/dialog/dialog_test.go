package dialog

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
)

// clock is a time that only the test moves.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{now: time.Date(2026, 10, 6, 22, 4, 11, 0, time.UTC)} }

func (c *clock) read() time.Time         { return c.now }
func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

var special = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "backspace": tea.KeyBackspace, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "delete": tea.KeyDelete,
}

// press makes the message of a key, named as in the registry.
func press(key string) tea.KeyPressMsg {
	if code, ok := special[key]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if letter, ok := strings.CutPrefix(key, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(letter)[0], Mod: tea.ModCtrl}
	}
	if key == "space" {
		return tea.KeyPressMsg{Code: ' ', Text: " "}
	}
	return tea.KeyPressMsg{Code: []rune(key)[0], Text: key}
}

// typeSlowly types a text like a person.
func typeSlowly(d Dialog, c *clock, text string) {
	for _, r := range text {
		c.advance(120 * time.Millisecond)
		d.Handle(press(string(r)))
	}
	c.advance(120 * time.Millisecond)
}

func danger() Danger {
	return Danger{
		ID: "lock", Title: "lock role sso-admin", Kind: "role", Name: "sso-admin", Verb: "lock",
		Body: []draw.Line{
			{draw.T(themes.Danger, "This hits 14 users, 2 of them administrators, and YOU.")},
			{draw.T(themes.Text, "Sessions cut now: 9. Robots that stop: deploy-bot.")},
			{draw.T(themes.Muted, "$ tctl lock --role=sso-admin --ttl=10h")},
		},
	}
}

func TestOverlay_lastOpenedIsFirstToGetKeys(t *testing.T) {
	t.Parallel()
	c := newClock()
	o := NewOverlay(c.read)
	if _, taken := o.Handle(press("x")); taken {
		t.Error("an empty stack took a key")
	}
	o.Open(NewMessage(Text{ID: "below"}))
	o.Open(NewMessage(Text{ID: "above"}))
	if o.Open(NewMessage(Text{ID: "above"})) {
		t.Error("the same dialog was opened twice")
	}
	if got, taken := o.Handle(press("esc")); got != (Closed{ID: "above"}) || !taken {
		t.Errorf("esc gave %v, %v", got, taken)
	}
	if o.Top().ID() != "below" {
		t.Errorf("top is %s", o.Top().ID())
	}
	o.Handle(press("ctrl+c"))
	if o.Active() || o.Top() != nil {
		t.Error("a dialog is still open")
	}
}

func TestOverlay_swallowsKeysDuringGrace(t *testing.T) {
	t.Parallel()
	c := newClock()
	o := NewOverlay(c.read)
	o.Handle(press("j")) // the page is being used
	c.advance(10 * time.Millisecond)
	o.Raise(NewConfirm(Question{ID: "q", Yes: "Yes"}))
	for range 5 { // a hurried responder keeps the dialog from answering
		c.advance(Quiet - time.Millisecond)
		if got, taken := o.Handle(press("y")); got != nil || !taken {
			t.Fatalf("a key during the grace period gave %v, %v", got, taken)
		}
	}
	c.advance(Quiet)
	if got, _ := o.Handle(press("y")); got != (Confirmed{ID: "q"}) {
		t.Errorf("after quiet y gave %v", got)
	}
}

func TestOverlay_mouseMotionIsNoInput(t *testing.T) {
	t.Parallel()
	o := NewOverlay(newClock().read)
	o.Open(NewMessage(Text{ID: "m"}))
	if _, taken := o.Handle(tea.MouseMotionMsg{}); taken {
		t.Error("motion was taken")
	}
	if _, taken := o.Handle(tea.WindowSizeMsg{}); taken {
		t.Error("a resize was taken")
	}
}

func TestOverlay_dangerousDialogIgnoresTheFirstMoment(t *testing.T) {
	t.Parallel()
	c := newClock()
	o := NewOverlay(c.read)
	d := NewTyped(danger(), c.read)
	o.Open(d)
	for range 10 { // the key that opened it is held
		c.advance(30 * time.Millisecond)
		o.Handle(press("L"))
	}
	if d.edit.text() != "" {
		t.Errorf("typed %q", d.edit.text())
	}
	c.advance(Quiet)
	typeSlowly(d, c, "sso-admin")
	if got, _ := o.Handle(press("enter")); got != (Confirmed{ID: "lock"}) {
		t.Errorf("enter gave %v", got)
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		q    Question
		keys string
		want Outcome
	}{
		{"enter alone cancels", Question{ID: "q"}, "enter", Closed{ID: "q"}},
		{"esc cancels", Question{ID: "q"}, "esc", Closed{ID: "q"}},
		{"n cancels", Question{ID: "q"}, "n", Closed{ID: "q"}},
		{"y confirms", Question{ID: "q"}, "y", Confirmed{ID: "q"}},
		{"the opening key does not", Question{ID: "q", OpenedBy: "y"}, "y", nil},
		{"nor does enter when it opened", Question{ID: "q", OpenedBy: "enter"}, "tab enter", nil},
		{"moving and enter confirms", Question{ID: "q"}, "right enter", Confirmed{ID: "q"}},
		{"moving back cancels", Question{ID: "q"}, "right left enter", Closed{ID: "q"}},
		{"danger has no y", Question{ID: "q", Danger: true}, "y", nil},
		{"danger takes two keys", Question{ID: "q", Danger: true}, "tab enter", Confirmed{ID: "q"}},
	} {
		d := NewConfirm(tc.q)
		var got Outcome
		for key := range strings.FieldsSeq(tc.keys) {
			got = d.Handle(press(key))
		}
		if got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
	d := NewConfirm(Question{ID: "q"})
	if got := d.Handle(tea.PasteMsg{Content: "y"}); got != nil {
		t.Errorf("a paste gave %v", got)
	}
}

func TestTyped_onlyTheExactNameConfirms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Outcome{
		"": nil, "sso": nil, "SSO-ADMIN": nil, "sso-admin ": nil, "sso-admin": Confirmed{ID: "lock"},
	} {
		c := newClock()
		d := NewTyped(danger(), c.read)
		typeSlowly(d, c, text)
		if got := d.Handle(press("enter")); got != want {
			t.Errorf("%q gave %v, want %v", text, got, want)
		}
	}
	c := newClock()
	d := NewTyped(Danger{ID: "x"}, c.read)
	if got := d.Handle(press("enter")); got != nil {
		t.Errorf("an empty name was confirmed: %v", got)
	}
	d = NewTyped(Danger{ID: "x", Name: "ad\u200bmin"}, c.read)
	typeSlowly(d, c, "ad\u200bmin")
	if got := d.Handle(press("enter")); got != nil {
		t.Errorf("an invisible name was confirmed: %v", got)
	}
}

func TestTyped_refusesPastes(t *testing.T) {
	t.Parallel()
	c := newClock()
	d := NewTyped(danger(), c.read)
	d.Handle(tea.PasteMsg{Content: "sso-admin"})
	c.advance(time.Second)
	if got := d.Handle(press("enter")); got != nil {
		t.Errorf("a marked paste gave %v", got)
	}
	// A terminal without bracketed paste sends the characters as keys.
	for _, r := range "sso-admin" {
		d.Handle(press(string(r)))
	}
	c.advance(time.Second)
	if got := d.Handle(press("enter")); got != nil {
		t.Errorf("an unmarked paste gave %v", got)
	}
	d.Handle(press("ctrl+u"))
	c.advance(time.Second)
	d.Handle(tea.KeyPressMsg{Code: tea.KeyExtended, Text: "sso-admin"})
	c.advance(time.Second)
	if got := d.Handle(press("enter")); got != nil {
		t.Errorf("one key with the whole name gave %v", got)
	}
}

func TestTyped_enterInTheSameBurstDoesNotCount(t *testing.T) {
	t.Parallel()
	c := newClock()
	q := danger()
	q.Name = "ops"
	d := NewTyped(q, c.read)
	for _, r := range "ops" {
		d.Handle(press(string(r)))
	}
	if got := d.Handle(press("enter")); got != nil {
		t.Fatalf("enter in the burst gave %v", got)
	}
	c.advance(time.Second)
	if got := d.Handle(press("enter")); got != (Confirmed{ID: "lock"}) {
		t.Errorf("enter afterwards gave %v", got)
	}
}

func TestInput_keepsDraftsAndChecks(t *testing.T) {
	t.Parallel()
	drafts := Drafts{}
	prompt := Prompt{ID: "filter", Title: "filter", Text: "user:dana", KeepEmpty: true, Check: func(text string) error {
		if strings.Contains(text, "(") {
			return errors.New("a ) is missing")
		}
		return nil
	}}
	c := newClock()
	d := NewInput(prompt, drafts)
	typeSlowly(d, c, " (type:exec")
	if got := d.Handle(press("enter")); got != nil {
		t.Errorf("a wrong text was submitted: %v", got)
	}
	if got := d.Handle(press("esc")); got != (Closed{ID: "filter"}) {
		t.Errorf("esc gave %v", got)
	}
	d = NewInput(prompt, drafts)
	if d.Text() != "user:dana (type:exec" {
		t.Errorf("the draft is %q", d.Text())
	}
	typeSlowly(d, c, ")")
	d.Handle(press("ctrl+w"))
	d.Handle(press("backspace"))
	if got := d.Handle(press("enter")); got != (Submitted{ID: "filter", Text: "user:dana"}) {
		t.Errorf("enter gave %v", got)
	}
	if len(drafts) != 0 {
		t.Errorf("drafts are left: %v", drafts)
	}
	d = NewInput(prompt, drafts)
	d.Handle(press("ctrl+u"))
	if got := d.Handle(press("enter")); got != (Submitted{ID: "filter"}) {
		t.Errorf("an empty filter gave %v", got)
	}
}

func TestInput_whatDoesNotPassIsNotSubmitted(t *testing.T) {
	t.Parallel()
	d := NewInput(Prompt{ID: "percent", Title: "go to", Check: func(text string) error {
		if text != "50" {
			return errors.New("a half is all there is")
		}
		return nil
	}}, Drafts{})
	c := newClock()
	typeSlowly(d, c, "5")
	if got := d.Handle(press("enter")); got != nil {
		t.Errorf("5 gave %v", got)
	}
	typeSlowly(d, c, "0")
	if got := d.Handle(press("enter")); got != (Submitted{ID: "percent", Text: "50"}) {
		t.Errorf("50 gave %v", got)
	}
}

func TestLineEdit_anyKeysKeepTheCursorInside(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := newLineEdit(rapid.String().Draw(t, "text"))
		keys := rapid.SliceOf(rapid.SampledFrom([]string{"left", "right", "home", "end", "backspace", "delete", "ctrl+u", "ctrl+k", "ctrl+w", "a", "東", "space"})).Draw(t, "keys")
		for _, key := range keys {
			e.handle(press(key))
			if at, n := e.m.Position(), utf8.RuneCountInString(e.text()); at < 0 || at > n {
				t.Fatalf("after %s the cursor is at %d of %d", key, at, n)
			}
		}
		for _, r := range e.text() {
			if r < 0x20 || r == 0x7f {
				t.Fatalf("a control %U was typed", r)
			}
		}
		if n := utf8.RuneCountInString(e.text()); n > maxTyped {
			t.Fatalf("%d runes", n)
		}
	})
}

func disabled(id action.ID) string {
	if id == action.Undo {
		return "nothing to take back"
	}
	return ""
}

func TestHelp_searchesByWordAndByKey(t *testing.T) {
	t.Parallel()
	d := NewHelp(action.Default().Within(action.Overview), action.Func(disabled))
	d.Handle(press("L"))
	if found := d.found(); len(found) == 0 || found[0].ID != action.Lock {
		t.Errorf("L finds %v", found)
	}
	d.Handle(press("backspace"))
	for _, r := range "trail" {
		d.Handle(press(string(r)))
	}
	if found := d.found(); len(found) != 2 {
		t.Errorf("trail finds %d actions", len(found))
	}
	if got := d.Handle(press("esc")); got != (Closed{ID: HelpID}) {
		t.Errorf("esc gave %v", got)
	}
	d = NewHelp(nil, action.Ready{})
	if got := d.Handle(press("?")); got != (Closed{ID: HelpID}) {
		t.Errorf("a second ? gave %v", got)
	}
}

func TestPalette_choosesAndRefusesDisabled(t *testing.T) {
	t.Parallel()
	drafts := Drafts{}
	all := action.Default().All()
	d := NewPalette(all, action.Func(disabled), drafts)
	typeSlowly(d, newClock(), "undo")
	if got := d.Handle(press("enter")); got != nil {
		t.Errorf("a disabled action was chosen: %v", got)
	}
	d.Handle(press("esc"))
	d = NewPalette(all, action.Func(disabled), drafts)
	if d.edit.text() != "undo" {
		t.Errorf("the draft is %q", d.edit.text())
	}
	typeSlowly(d, newClock(), "lock")
	if d.edit.text() != "lock" {
		t.Errorf("typing over the draft gave %q", d.edit.text())
	}
	if got := d.Handle(press("enter")); got != (Chosen{ID: PaletteID, Action: action.Lock}) {
		t.Errorf("enter gave %v", got)
	}
	d = NewPalette(nil, action.Ready{}, drafts)
	for _, key := range []string{"down", "up", "pgdown", "enter"} {
		if got := d.Handle(press(key)); got != nil {
			t.Errorf("%s in an empty palette gave %v", key, got)
		}
	}
}

func TestMessage_scrollsAndCopies(t *testing.T) {
	t.Parallel()
	var lines []draw.Line
	for i := range 100 {
		lines = append(lines, draw.Plain(fmt.Sprintf("line %d", i)))
	}
	d := NewMessage(Text{ID: "m", Lines: lines, Copy: "raw"})
	d.Resize(uv.Rect(0, 0, 80, 24))
	for _, tc := range []struct {
		key string
		top int
	}{{"up", 0}, {"down", 1}, {"j", 2}, {"pgdown", 21}, {"G", 80}, {"down", 80}, {"k", 79}, {"g", 0}} {
		d.Handle(press(tc.key))
		if d.scroll.top != tc.top {
			t.Errorf("after %s the top is %d, want %d", tc.key, d.scroll.top, tc.top)
		}
	}
	if got := d.Handle(press("y")); got != (Copied{ID: "m", Text: "raw"}) || got.Done() {
		t.Errorf("y gave %v", got)
	}
	d.Handle(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if d.scroll.top != 3 {
		t.Errorf("the wheel moved to %d", d.scroll.top)
	}
}

// all makes one dialog of each kind.
func all() map[string]Dialog {
	c := newClock()
	typed := NewTyped(danger(), c.read)
	typeSlowly(typed, c, "sso")
	typed.Handle(press("enter"))
	input := NewInput(Prompt{ID: "note", Title: "note on session.start", Hint: "for the report", Text: "seen 東京 first"}, Drafts{})
	palette := NewPalette(action.Default().All(), action.Func(disabled), Drafts{})
	typeSlowly(palette, c, "do")
	var long []draw.Line
	for i := range 80 {
		long = append(long, draw.Line{draw.T(themes.Muted, fmt.Sprintf("%3d ", i)), draw.T(themes.Text, "a field of the event")})
	}
	return map[string]Dialog{
		"confirm": NewConfirm(Question{ID: "q", Title: "quit", Yes: "Quit", Body: []draw.Line{draw.Plain("An import is running. It goes on from where it stopped when the case is opened again.")}}),
		"typed":   typed, "input": input, "palette": palette,
		"help": NewHelp(action.Default().Within(action.Replay, action.Sessions), action.Func(disabled)),
		"message": NewMessage(Text{ID: "m", Title: "The lock was not placed", Role: themes.Danger, Copy: "tctl lock", Lines: []draw.Line{
			draw.Plain("This identity may not create locks (needs lock: create)."), draw.Plain("Ask an administrator for role cordon-responder, or run on the auth server:"),
			{draw.T(themes.Accent, "tctl lock --user=dana@example.com --ttl=24h")},
		}}),
		"steps": newSteps(c, 80, 24),
		"long":  NewMessage(Text{ID: "l", Title: "event", Lines: long}),
	}
}

func TestDraw_golden(t *testing.T) {
	t.Parallel()
	p, err := themes.Load("mono")
	if err != nil {
		t.Fatal(err)
	}
	for name := range all() {
		for _, size := range [][2]int{{200, 60}, {80, 24}, {60, 20}, {12, 4}, {1, 1}, {0, 0}} {
			for _, ascii := range []bool{false, true} {
				if ascii && size[0] != 80 {
					continue
				}
				t.Run(fmt.Sprintf("%s_%dx%d_%v", name, size[0], size[1], ascii), func(t *testing.T) {
					t.Parallel()
					st, err := themes.New(themes.Options{Palette: p, ASCII: ascii})
					if err != nil {
						t.Fatal(err)
					}
					scr := uv.NewScreenBuffer(size[0], size[1])
					o := NewOverlay(newClock().read)
					o.Resize(scr.Bounds())
					o.Open(all()[name])
					o.Draw(draw.On(scr, st), scr.Bounds())
					var b strings.Builder
					for _, line := range scr.Lines {
						for _, cell := range line {
							b.WriteString(cell.Content)
						}
						b.WriteByte('\n')
					}
					golden.RequireEqual(t, b.String())
				})
			}
		}
	}
}
