package terminal

import (
	"fmt"
	"image"

	tea "charm.land/bubbletea/v2"

	"cordon/playback/term"
)

// The modes in which a program asks for the mouse.
const anyMouse = term.ModeMouseX10 | term.ModeMouseNormal | dragMouse

// dragMouse are those in which it also asks how it moves.
const dragMouse = term.ModeMouseButton | term.ModeMouseAny

func wantsMouse(modes term.Mode) bool { return modes&anyMouse != 0 }

// buttons are xterm's numbers.
var buttons = map[tea.MouseButton]int{
	tea.MouseLeft: 0, tea.MouseMiddle: 1, tea.MouseRight: 2,
	tea.MouseWheelUp: 64, tea.MouseWheelDown: 65, tea.MouseWheelLeft: 66, tea.MouseWheelRight: 67,
}

// What is added to a button's number.
const (
	mouseShift  = 4
	mouseAlt    = 8
	mouseCtrl   = 16
	mouseMotion = 32
	// noButton stands for a release in the older encoding.
	noButton = 3
	// maxOldPlace is the last column or row, from 0, that encoding can say.
	maxOldPlace = 222
)

// encodeMouse is what xterm sends for the mouse at a column and row of the
// screen, both from 0, or nothing for what the program did not ask for.
func encodeMouse(msg tea.MouseMsg, at image.Point, modes term.Mode) []byte {
	m := msg.Mouse()
	button, known := buttons[m.Button]
	_, release := msg.(tea.MouseReleaseMsg)
	_, motion := msg.(tea.MouseMotionMsg)
	switch {
	case !known && !release:
		return nil
	case release && modes&anyMouse == term.ModeMouseX10:
		return nil
	case motion && modes&dragMouse == 0:
		return nil
	}
	extra := 0
	for mod, n := range map[tea.KeyMod]int{tea.ModShift: mouseShift, tea.ModAlt: mouseAlt, tea.ModCtrl: mouseCtrl} {
		if m.Mod.Contains(mod) {
			extra += n
		}
	}
	if motion {
		extra += mouseMotion
	}
	if modes.Has(term.ModeMouseSGR) {
		final := 'M'
		if release {
			final = 'm'
		}
		return fmt.Appendf(nil, "\x1b[<%d;%d;%d%c", button+extra, at.X+1, at.Y+1, final)
	}
	if at.X > maxOldPlace || at.Y > maxOldPlace {
		return nil
	}
	if release {
		button = noButton
	}
	return []byte{0x1b, '[', 'M', byte(button + extra + ' '), byte(at.X + 1 + ' '), byte(at.Y + 1 + ' ')}
}
