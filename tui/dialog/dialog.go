package dialog

import (
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/tui/action"
	"cordon/tui/draw"
)

// Dialog is one thing on top of the page.
type Dialog interface {
	// ID names the dialog; two with the same id are never open at once.
	ID() string
	// Handle takes a key press, a paste or a mouse message and returns what came
	// of it, or nil while the dialog goes on.
	Handle(msg tea.Msg) Outcome
	// Draw draws the dialog somewhere inside area.
	Draw(c draw.Canvas, area uv.Rectangle)
}

// Outcome is what a dialog tells the app.
type Outcome interface {
	// Done reports whether the dialog is closed by the outcome.
	Done() bool
}

// Closed says that the responder left the dialog and nothing is to be done.
type Closed struct{ ID string }

// Confirmed says that the responder confirmed the dialog.
type Confirmed struct{ ID string }

// Submitted says that the responder submitted a text, as typed.
type Submitted struct{ ID, Text string }

// Chosen says that the responder chose an action.
type Chosen struct {
	ID     string
	Action action.ID
}

// Copied says that the responder wants a text on the clipboard. The dialog
// stays open.
type Copied struct{ ID, Text string }

// Done is true.
func (Closed) Done() bool { return true }

// Done is true.
func (Confirmed) Done() bool { return true }

// Done is true.
func (Submitted) Done() bool { return true }

// Done is true.
func (Chosen) Done() bool { return true }

// Done is false.
func (Copied) Done() bool { return false }

var (
	_ Outcome = Closed{}
	_ Outcome = Confirmed{}
	_ Outcome = Submitted{}
	_ Outcome = Chosen{}
	_ Outcome = Copied{}
)

// isEscape reports whether a key leaves a dialog.
func isEscape(key string) bool { return key == "esc" || key == "ctrl+c" }
