package terminal

import (
	"image"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"pgregory.net/rapid"

	"cordon/playback/term"
)

func TestEncodeKey_table(t *testing.T) {
	t.Parallel()
	const shift, alt, ctrl = tea.ModShift, tea.ModAlt, tea.ModCtrl
	for _, test := range []struct {
		name  string
		key   tea.Key
		modes term.Mode
		want  string
	}{
		{"letter", tea.Key{Code: 'a', Text: "a"}, 0, "a"},
		{"capital", tea.Key{Code: 'a', ShiftedCode: 'A', Text: "A", Mod: shift}, 0, "A"},
		{"caps lock", tea.Key{Code: 'a', ShiftedCode: 'A', Text: "A", Mod: tea.ModCapsLock}, 0, "A"},
		{"umlaut", tea.Key{Code: 'ä', Text: "ä"}, 0, "ä"},
		{"emoji of several runes", tea.Key{Code: tea.KeyExtended, Text: "👩\u200d💻"}, 0, "👩\u200d💻"},
		{"space", tea.Key{Code: tea.KeySpace, Text: " "}, 0, " "},
		{"alt letter", tea.Key{Code: 'b', Mod: alt}, 0, "\x1bb"},
		{"alt capital", tea.Key{Code: 'b', ShiftedCode: 'B', Mod: alt | shift}, 0, "\x1bB"},
		{"alt capital without its code", tea.Key{Code: 'b', Mod: alt | shift}, 0, "\x1bB"},
		{"alt dot", tea.Key{Code: '.', Mod: alt}, 0, "\x1b."},
		{"ctrl letter", tea.Key{Code: 'c', Mod: ctrl}, 0, "\x03"},
		{"ctrl shift letter", tea.Key{Code: 'c', ShiftedCode: 'C', Mod: ctrl | shift}, 0, "\x03"},
		{"ctrl of another script", tea.Key{Code: 'с', BaseCode: 'c', Mod: ctrl}, 0, "\x03"},
		{"ctrl alt letter", tea.Key{Code: 'h', Mod: ctrl | alt}, 0, "\x1b\b"},
		{"ctrl space", tea.Key{Code: tea.KeySpace, Mod: ctrl}, 0, "\x00"},
		{"ctrl at", tea.Key{Code: '@', Mod: ctrl}, 0, "\x00"},
		{"ctrl bracket", tea.Key{Code: '[', Mod: ctrl}, 0, "\x1b"},
		{"ctrl backslash", tea.Key{Code: '\\', Mod: ctrl}, 0, "\x1c"},
		{"ctrl other bracket", tea.Key{Code: ']', Mod: ctrl}, 0, "\x1d"},
		{"ctrl caret", tea.Key{Code: '^', Mod: ctrl}, 0, "\x1e"},
		{"ctrl underscore", tea.Key{Code: '_', Mod: ctrl}, 0, "\x1f"},
		{"ctrl slash", tea.Key{Code: '/', Mod: ctrl}, 0, "\x1f"},
		{"ctrl 3", tea.Key{Code: '3', Mod: ctrl}, 0, "\x1b"},
		{"ctrl 7", tea.Key{Code: '7', Mod: ctrl}, 0, "\x1f"},
		{"ctrl 8", tea.Key{Code: '8', Mod: ctrl}, 0, "\x7f"},
		{"ctrl question mark", tea.Key{Code: '?', Mod: ctrl}, 0, "\x7f"},
		{"ctrl comma has no control character", tea.Key{Code: ',', Mod: ctrl}, 0, ","},
		{"enter", tea.Key{Code: tea.KeyEnter}, 0, "\r"},
		{"alt enter", tea.Key{Code: tea.KeyEnter, Mod: alt}, 0, "\x1b\r"},
		{"enter of the number block", tea.Key{Code: tea.KeyKpEnter}, 0, "\r"},
		{"tab", tea.Key{Code: tea.KeyTab}, 0, "\t"},
		{"shift tab", tea.Key{Code: tea.KeyTab, Mod: shift}, 0, "\x1b[Z"},
		{"escape", tea.Key{Code: tea.KeyEscape}, 0, "\x1b"},
		{"backspace", tea.Key{Code: tea.KeyBackspace}, 0, "\x7f"},
		{"ctrl backspace", tea.Key{Code: tea.KeyBackspace, Mod: ctrl}, 0, "\b"},
		{"alt backspace", tea.Key{Code: tea.KeyBackspace, Mod: alt}, 0, "\x1b\x7f"},
		{"up", tea.Key{Code: tea.KeyUp}, 0, "\x1b[A"},
		{"up for an application", tea.Key{Code: tea.KeyUp}, term.ModeCursorKeys, "\x1bOA"},
		{"left of the number block", tea.Key{Code: tea.KeyKpLeft}, 0, "\x1b[D"},
		{"ctrl left", tea.Key{Code: tea.KeyLeft, Mod: ctrl}, term.ModeCursorKeys, "\x1b[1;5D"},
		{"shift alt ctrl right", tea.Key{Code: tea.KeyRight, Mod: shift | alt | ctrl}, 0, "\x1b[1;8C"},
		{"home", tea.Key{Code: tea.KeyHome}, 0, "\x1b[H"},
		{"end for an application", tea.Key{Code: tea.KeyEnd}, term.ModeCursorKeys, "\x1bOF"},
		{"insert", tea.Key{Code: tea.KeyInsert}, 0, "\x1b[2~"},
		{"delete", tea.Key{Code: tea.KeyDelete}, 0, "\x1b[3~"},
		{"alt delete", tea.Key{Code: tea.KeyDelete, Mod: alt}, 0, "\x1b[3;3~"},
		{"page up", tea.Key{Code: tea.KeyPgUp}, 0, "\x1b[5~"},
		{"page down", tea.Key{Code: tea.KeyPgDown}, 0, "\x1b[6~"},
		{"f1", tea.Key{Code: tea.KeyF1}, 0, "\x1bOP"},
		{"shift f4", tea.Key{Code: tea.KeyF4, Mod: shift}, 0, "\x1b[1;2S"},
		{"f5", tea.Key{Code: tea.KeyF5}, 0, "\x1b[15~"},
		{"f10", tea.Key{Code: tea.KeyF10}, 0, "\x1b[21~"},
		{"ctrl f12", tea.Key{Code: tea.KeyF12, Mod: ctrl}, 0, "\x1b[24;5~"},
		{"f20", tea.Key{Code: tea.KeyF20}, 0, "\x1b[34~"},
		{"a key without a character", tea.Key{Code: tea.KeyCapsLock}, 0, ""},
		{"alt alone", tea.Key{Code: tea.KeyLeftAlt, Mod: alt}, 0, ""},
		{"ctrl alone", tea.Key{Code: tea.KeyLeftCtrl, Mod: ctrl}, 0, ""},
	} {
		if got := string(encodeKey(test.key, test.modes)); got != test.want {
			t.Errorf("%s sends %q, want %q", test.name, got, test.want)
		}
	}
}

// TestEncodeKey_isWhatWasReceived holds for every byte and sequence of a
// terminal without newer protocols: what was read as a key is sent on as it came.
func TestEncodeKey_isWhatWasReceived(t *testing.T) {
	t.Parallel()
	var sequences []string
	for b := range 0x80 {
		sequences = append(sequences, string(rune(b)))
		if !strings.ContainsRune("[]OPX^_\x1b", rune(b)) { // these begin longer sequences
			sequences = append(sequences, "\x1b"+string(rune(b)))
		}
	}
	for mods := 2; mods <= 8; mods++ {
		for _, final := range "ABCDFHPQRS" {
			sequences = append(sequences, "\x1b[1;"+string(rune('0'+mods))+string(final))
		}
		for _, number := range []string{"2", "3", "5", "6", "15", "17", "18", "19", "20", "21", "23", "24"} {
			sequences = append(sequences, "\x1b["+number+";"+string(rune('0'+mods))+"~")
		}
	}
	sequences = append(sequences, "\x1b[A", "\x1b[Z", "\x1bOP", "\x1b[5~", "\x1b[24~", "é", "漢")
	var decoder uv.EventDecoder
	for _, sent := range sequences {
		n, event := decoder.Decode([]byte(sent))
		press, ok := event.(uv.KeyPressEvent)
		if !ok || n != len(sent) {
			continue // no key, such as an answer that looks like F3 with modifiers
		}
		if got := string(encodeKey(tea.Key(press), 0)); got != sent {
			t.Errorf("%q came as %s and is sent as %q", sent, press, got)
		}
	}
}

func TestEncodePaste_table(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		modes      term.Mode
		want       string
	}{
		{"lines", "a\nb\r\nc\rd\te", 0, "a\rb\rc\rd\te"},
		{"in brackets", "a\nb", term.ModeBracketedPaste, "\x1b[200~a\rb\x1b[201~"},
		{"that ends its brackets", "a\x1b[201~rm", term.ModeBracketedPaste, "\x1b[200~a[201~rm\x1b[201~"},
		{"with eight-bit controls", "a\u009b201~\x03\x04\x7fb", term.ModeBracketedPaste, "\x1b[200~a201~b\x1b[201~"},
		{"of any script", "漢字 é", 0, "漢字 é"},
	} {
		if got := string(encodePaste(test.text, test.modes)); got != test.want {
			t.Errorf("%s sends %q, want %q", test.name, got, test.want)
		}
	}
}

func TestEncodePaste_neverHoldsAControl(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		inner := string(encodePaste(text, 0))
		if strings.ContainsFunc(inner, func(r rune) bool { return r < ' ' && r != '\r' && r != '\t' || r >= 0x7f && r < 0xa0 }) {
			t.Fatalf("%q is sent as %q", text, inner)
		}
	})
}

func TestEncodeMouse_table(t *testing.T) {
	t.Parallel()
	const normal, drag, sgr = term.ModeMouseNormal, term.ModeMouseButton, term.ModeMouseSGR
	left := tea.Mouse{Button: tea.MouseLeft}
	for _, test := range []struct {
		name  string
		msg   tea.MouseMsg
		at    image.Point
		modes term.Mode
		want  string
	}{
		{"click", tea.MouseClickMsg(left), image.Pt(4, 2), normal | sgr, "\x1b[<0;5;3M"},
		{"release", tea.MouseReleaseMsg(left), image.Pt(4, 2), normal | sgr, "\x1b[<0;5;3m"},
		{"right with ctrl and alt", tea.MouseClickMsg{Button: tea.MouseRight, Mod: tea.ModCtrl | tea.ModAlt}, image.Pt(0, 0), normal | sgr, "\x1b[<26;1;1M"},
		{"wheel", tea.MouseWheelMsg{Button: tea.MouseWheelDown}, image.Pt(299, 0), normal | sgr, "\x1b[<65;300;1M"},
		{"drag", tea.MouseMotionMsg(left), image.Pt(1, 1), drag | sgr, "\x1b[<32;2;2M"},
		{"drag that was not asked for", tea.MouseMotionMsg(left), image.Pt(1, 1), normal | sgr, ""},
		{"older click", tea.MouseClickMsg(left), image.Pt(4, 2), normal, "\x1b[M %#"},
		{"older release", tea.MouseReleaseMsg(left), image.Pt(4, 2), normal, "\x1b[M#%#"},
		{"older click too far away", tea.MouseClickMsg(left), image.Pt(223, 2), normal, ""},
		{"release for the oldest", tea.MouseReleaseMsg(left), image.Pt(4, 2), term.ModeMouseX10, ""},
		{"another button", tea.MouseClickMsg{Button: tea.MouseBackward}, image.Pt(4, 2), normal | sgr, ""},
	} {
		if got := string(encodeMouse(test.msg, test.at, test.modes)); got != test.want {
			t.Errorf("%s sends %q, want %q", test.name, got, test.want)
		}
	}
	if !wantsMouse(normal) || !wantsMouse(term.ModeMouseAny|sgr) || wantsMouse(sgr) {
		t.Error("who wants the mouse is mistaken")
	}
}
