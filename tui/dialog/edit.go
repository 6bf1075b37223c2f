package dialog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// maxTyped bounds a typed or pasted text, in runes.
const maxTyped = 4096

// lineEdit is a line of text that is being typed: Bubbles' text input, drawn
// with our own canvas. Its key for the system's clipboard is off: a paste comes
// from the terminal alone, where the dialogs can see it.
type lineEdit struct {
	m textinput.Model
	// fresh text was there before the responder typed; the first character
	// replaces it, and moving the cursor into it keeps it.
	fresh bool
}

// editKeys are the keys that edit. Those that complete belong to the dialogs.
var editKeys = func() textinput.KeyMap {
	k := textinput.DefaultKeyMap()
	for _, b := range []*key.Binding{&k.Paste, &k.AcceptSuggestion, &k.NextSuggestion, &k.PrevSuggestion} {
		b.SetEnabled(false)
	}
	return k
}()

func newLineEdit(text string) lineEdit {
	m := textinput.New()
	m.CharLimit, m.KeyMap = maxTyped, editKeys
	m.Focus() // the command that blinks a cursor is not ours: we draw it
	e := lineEdit{m: m}
	e.insert(text)
	return e
}

func (e *lineEdit) text() string { return e.m.Value() }

func (e *lineEdit) clear() { e.m.Reset() }

// beforeCursor is the text to the left of the cursor.
func (e *lineEdit) beforeCursor() string { return string([]rune(e.m.Value())[:e.m.Position()]) }

// set replaces the text and puts the cursor after its first part.
func (e *lineEdit) set(before, after string) {
	e.m.SetValue(before + after)
	e.m.SetCursor(utf8.RuneCountInString(before))
}

// insert puts text at the cursor. Line ends and tabs become blanks, other
// control characters are left out: they cannot be typed with intent.
func (e *lineEdit) insert(text string) {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	room := max(0, maxTyped-utf8.RuneCountInString(e.text()))
	if runes := []rune(clean); len(runes) > room {
		clean = string(runes[:room])
	}
	before := e.beforeCursor()
	e.set(before+clean, e.text()[len(before):])
}

// handle edits the text and reports whether the key was for it.
func (e *lineEdit) handle(msg tea.KeyPressMsg) bool {
	fresh := e.fresh
	e.fresh = false
	k := &editKeys
	switch {
	case key.Matches(msg, k.CharacterForward, k.CharacterBackward, k.WordForward, k.WordBackward, k.LineStart, k.LineEnd,
		k.DeleteWordBackward, k.DeleteWordForward, k.DeleteAfterCursor, k.DeleteBeforeCursor, k.DeleteCharacterBackward, k.DeleteCharacterForward):
		e.m, _ = e.m.Update(msg)
	case msg.Text == "" || msg.Mod&(tea.ModCtrl|tea.ModAlt) != 0:
		e.fresh = fresh
		return false
	default:
		if fresh {
			e.clear()
		}
		e.insert(msg.Text)
	}
	return true
}

// draw shows the text with its cursor; a long text is scrolled so that the
// cursor is in sight. The cursor is a reversed cell, which needs no colour.
func (e *lineEdit) draw(c draw.Canvas, area uv.Rectangle) {
	if area.Dx() <= 0 || area.Dy() <= 0 {
		return
	}
	c = c.Ground(themes.Input)
	c.Clear(draw.Row(area, 0))
	form := safetext.Unicode
	if c.Glyphs().ASCII {
		form = safetext.ASCII
	}
	before := safetext.TruncateLeft(form.Clean(e.beforeCursor()), area.Dx()-1, c.Glyphs().Ellipsis)
	took := c.Line(area, draw.T(themes.Input, before))
	_, rest := draw.CutLeft(draw.Row(area, 0), took)
	after := form.Clean(e.text()[len(e.beforeCursor()):])
	c.Line(rest, draw.T(themes.Input, after))
	if cell := c.Screen().CellAt(rest.Min.X, rest.Min.Y); rest.Dx() > 0 && cell != nil {
		cursor := *cell
		cursor.Style.Attrs ^= uv.AttrReverse
		c.Screen().SetCell(rest.Min.X, rest.Min.Y, &cursor)
	}
}
