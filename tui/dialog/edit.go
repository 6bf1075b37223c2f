package dialog

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// maxTyped bounds a typed or pasted text, in runes.
const maxTyped = 4096

// lineEdit is a line of text that is being typed.
type lineEdit struct {
	runes []rune
	at    int // position of the cursor in runes
	// fresh text was there before the responder typed; the first character
	// replaces it, and moving the cursor into it keeps it.
	fresh bool
}

func newLineEdit(text string) lineEdit {
	var e lineEdit
	e.insert(text)
	return e
}

func (e *lineEdit) text() string { return string(e.runes) }

func (e *lineEdit) clear() { e.runes, e.at = nil, 0 }

// insert puts text at the cursor. Line ends and tabs become blanks, other
// control characters are left out: they cannot be typed with intent.
func (e *lineEdit) insert(text string) {
	var clean []rune
	for _, r := range strings.ToValidUTF8(text, "") {
		switch {
		case r == '\n' || r == '\t':
			clean = append(clean, ' ')
		case !unicode.IsControl(r):
			clean = append(clean, r)
		}
	}
	clean = clean[:max(0, min(len(clean), maxTyped-len(e.runes)))]
	e.runes = slices.Insert(e.runes, e.at, clean...)
	e.at += len(clean)
}

// handle edits the text and reports whether the key was for it.
func (e *lineEdit) handle(msg tea.KeyPressMsg) bool {
	fresh := e.fresh
	e.fresh = false
	switch key := msg.String(); key {
	case "left", "ctrl+b":
		e.at = max(0, e.at-1)
	case "right", "ctrl+f":
		e.at = min(len(e.runes), e.at+1)
	case "home", "ctrl+a":
		e.at = 0
	case "end", "ctrl+e":
		e.at = len(e.runes)
	case "backspace", "ctrl+h":
		e.cut(e.at-1, e.at)
	case "delete", "ctrl+d":
		e.cut(e.at, e.at+1)
	case "ctrl+u":
		e.cut(0, e.at)
	case "ctrl+k":
		e.cut(e.at, len(e.runes))
	case "ctrl+w", "alt+backspace":
		e.cut(e.wordStart(), e.at)
	default:
		if msg.Text == "" || msg.Mod&(tea.ModCtrl|tea.ModAlt) != 0 {
			e.fresh = fresh
			return false
		}
		if fresh {
			e.clear()
		}
		e.insert(msg.Text)
	}
	return true
}

func (e *lineEdit) cut(from, to int) {
	from, to = max(0, from), min(len(e.runes), to)
	if from < to {
		e.runes = slices.Delete(e.runes, from, to)
		e.at = from
	}
}

func (e *lineEdit) wordStart() int {
	i := e.at
	for i > 0 && e.runes[i-1] == ' ' {
		i--
	}
	for i > 0 && e.runes[i-1] != ' ' {
		i--
	}
	return i
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
	before := safetext.TruncateLeft(form.Clean(string(e.runes[:e.at])), area.Dx()-1, c.Glyphs().Ellipsis)
	took := c.Line(area, draw.T(themes.Input, before))
	_, rest := draw.CutLeft(draw.Row(area, 0), took)
	after := form.Clean(string(e.runes[e.at:]))
	c.Line(rest, draw.T(themes.Input, after))
	if cell := c.Screen().CellAt(rest.Min.X, rest.Min.Y); rest.Dx() > 0 && cell != nil {
		cursor := *cell
		cursor.Style.Attrs ^= uv.AttrReverse
		c.Screen().SetCell(rest.Min.X, rest.Min.Y, &cursor)
	}
}
