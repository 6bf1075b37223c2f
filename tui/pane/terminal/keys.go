package terminal

import (
	"fmt"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"cordon/playback/term"
)

// letterKeys are the keys that send ESC [ or ESC O and a letter. The function
// keys among them always send ESC O without modifiers, the others only where the
// program asked for application cursor keys.
var letterKeys = map[rune]byte{
	tea.KeyUp: 'A', tea.KeyDown: 'B', tea.KeyRight: 'C', tea.KeyLeft: 'D', tea.KeyBegin: 'E', tea.KeyEnd: 'F', tea.KeyHome: 'H',
	tea.KeyF1: 'P', tea.KeyF2: 'Q', tea.KeyF3: 'R', tea.KeyF4: 'S',
}

// numberKeys are the keys that send ESC [, a number and a tilde.
var numberKeys = map[rune]int{
	tea.KeyInsert: 2, tea.KeyDelete: 3, tea.KeyPgUp: 5, tea.KeyPgDown: 6,
	tea.KeyF5: 15, tea.KeyF6: 17, tea.KeyF7: 18, tea.KeyF8: 19, tea.KeyF9: 20, tea.KeyF10: 21, tea.KeyF11: 23, tea.KeyF12: 24,
	tea.KeyF13: 25, tea.KeyF14: 26, tea.KeyF15: 28, tea.KeyF16: 29, tea.KeyF17: 31, tea.KeyF18: 32, tea.KeyF19: 33, tea.KeyF20: 34,
}

// keypad are the keys of the number block that mean the same as another.
var keypad = map[rune]rune{
	tea.KeyKpEnter: tea.KeyEnter, tea.KeyKpUp: tea.KeyUp, tea.KeyKpDown: tea.KeyDown, tea.KeyKpLeft: tea.KeyLeft,
	tea.KeyKpRight: tea.KeyRight, tea.KeyKpPgUp: tea.KeyPgUp, tea.KeyKpPgDown: tea.KeyPgDown, tea.KeyKpHome: tea.KeyHome,
	tea.KeyKpEnd: tea.KeyEnd, tea.KeyKpInsert: tea.KeyInsert, tea.KeyKpDelete: tea.KeyDelete, tea.KeyKpBegin: tea.KeyBegin,
}

// encodeKey is what xterm sends for a key, or nothing for one that has no bytes
// of its own.
func encodeKey(k tea.Key, modes term.Mode) []byte {
	if same, ok := keypad[k.Code]; ok {
		k.Code = same
	}
	mods := modifiers(k.Mod)
	if letter, ok := letterKeys[k.Code]; ok {
		switch {
		case mods > 1:
			return fmt.Appendf(nil, "\x1b[1;%d%c", mods, letter)
		case letter >= 'P' || modes.Has(term.ModeCursorKeys):
			return []byte{0x1b, 'O', letter}
		}
		return []byte{0x1b, '[', letter}
	}
	if number, ok := numberKeys[k.Code]; ok {
		if mods > 1 {
			return fmt.Appendf(nil, "\x1b[%d;%d~", number, mods)
		}
		return fmt.Appendf(nil, "\x1b[%d~", number)
	}
	bytes := encodeText(k)
	if k.Mod.Contains(tea.ModAlt) && len(bytes) > 0 {
		bytes = append([]byte{0x1b}, bytes...)
	}
	return bytes
}

// modifiers is xterm's number for modifier keys; 1 is none.
func modifiers(mod tea.KeyMod) int {
	n := 1
	for i, m := range []tea.KeyMod{tea.ModShift, tea.ModAlt, tea.ModCtrl} {
		if mod.Contains(m) {
			n += 1 << i
		}
	}
	return n
}

// encodeText is what a key sends that stands for a character, without Alt.
func encodeText(k tea.Key) []byte {
	ctrl, shift := k.Mod.Contains(tea.ModCtrl), k.Mod.Contains(tea.ModShift)
	switch k.Code {
	case tea.KeyEnter:
		return []byte("\r")
	case tea.KeyEscape:
		return []byte{0x1b}
	case tea.KeyTab:
		if shift {
			return []byte("\x1b[Z")
		}
		return []byte("\t")
	case tea.KeyBackspace:
		if ctrl {
			return []byte("\b")
		}
		return []byte{0x7f}
	}
	if ctrl {
		return encodeControl(k)
	}
	if k.Text != "" {
		return []byte(k.Text)
	}
	r := k.Code
	if shift {
		if r = k.ShiftedCode; r == 0 {
			r = unicode.ToUpper(k.Code)
		}
	}
	return character(r)
}

// character is a rune as it is typed; keys without a character have codes
// outside of Unicode.
func character(r rune) []byte {
	if r < ' ' || r > unicode.MaxRune {
		return nil
	}
	return []byte(string(r))
}

// encodeControl is what a key sends with Ctrl: a control character where there
// is one, else the key's own. On a keyboard of another script the key is that
// which a Latin one has in its place.
func encodeControl(k tea.Key) []byte {
	r := k.Code
	if r > unicode.MaxASCII && k.BaseCode != 0 {
		r = k.BaseCode
	}
	switch {
	case r >= 'a' && r <= 'z', r >= '@' && r <= '_':
		return []byte{byte(r) & 0x1f}
	case strings.ContainsRune(" 2", r):
		return []byte{0}
	case r >= '3' && r <= '7':
		return []byte{byte(r-'3') + 0x1b}
	case r == '/':
		return []byte{0x1f}
	case r == '8' || r == '?':
		return []byte{0x7f}
	}
	return character(r)
}

// encodePaste is a pasted text as it is typed: with Enter for each line's end
// and without any control character that could end the brackets or act by
// itself. The brackets tell a program that asked for them what was pasted.
func encodePaste(text string, modes term.Mode) []byte {
	text = strings.NewReplacer("\r\n", "\r", "\n", "\r").Replace(text)
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, text)
	if modes.Has(term.ModeBracketedPaste) {
		text = "\x1b[200~" + text + "\x1b[201~"
	}
	return []byte(text)
}
