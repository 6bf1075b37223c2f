package dialog

import (
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/tui/draw"
)

// Quiet is how long input must rest before a dialog that opened by itself takes
// a key, and how long a guarded dialog takes none after it opened.
const Quiet = 350 * time.Millisecond

// guarded is a dialog that takes no keys in the first moment even though the
// responder opened it.
type guarded interface{ guarded() }

// resizer is a dialog whose keys depend on how much it shows.
type resizer interface{ Resize(area uv.Rectangle) }

var (
	_ resizer = (*Help)(nil)
	_ resizer = (*Message)(nil)
)

type entry struct {
	dialog Dialog
	opened time.Time
	// unasked entries wait for quiet, guarded ones for time to pass.
	unasked, guarded bool
}

// Overlay is the stack of open dialogs.
type Overlay struct {
	clock func() time.Time
	stack []entry
	last  time.Time // when the last key or click came, for whomever it was
	area  uv.Rectangle
}

// NewOverlay makes an empty stack. All input must pass its Handle, also while
// no dialog is open: that is how it knows when input became quiet.
func NewOverlay(clock func() time.Time) *Overlay { return &Overlay{clock: clock} }

// Open puts a dialog on top because the responder asked for it. A dialog whose
// id is already open is left as it is, and Open returns false.
func (o *Overlay) Open(d Dialog) bool {
	_, hasGuard := d.(guarded)
	return o.push(entry{dialog: d, guarded: hasGuard})
}

// Raise puts a dialog on top that the responder did not ask for just now, for
// example after slow work. It takes no keys until input has been quiet.
func (o *Overlay) Raise(d Dialog) bool {
	return o.push(entry{dialog: d, unasked: true})
}

func (o *Overlay) push(e entry) bool {
	if o.Has(e.dialog.ID()) {
		return false
	}
	e.opened = o.clock()
	if r, ok := e.dialog.(resizer); ok {
		r.Resize(o.area)
	}
	o.stack = append(o.stack, e)
	return true
}

// Resize tells the size of the area the dialogs will be drawn into.
func (o *Overlay) Resize(area uv.Rectangle) {
	o.area = area
	for _, e := range o.stack {
		if r, ok := e.dialog.(resizer); ok {
			r.Resize(area)
		}
	}
}

// Active reports whether a dialog is open.
func (o *Overlay) Active() bool { return len(o.stack) > 0 }

// Has reports whether a dialog with an id is open.
func (o *Overlay) Has(id string) bool {
	for _, e := range o.stack {
		if e.dialog.ID() == id {
			return true
		}
	}
	return false
}

// Top returns the dialog on top, or nil.
func (o *Overlay) Top() Dialog {
	if len(o.stack) == 0 {
		return nil
	}
	return o.stack[len(o.stack)-1].dialog
}

// Remove closes a dialog by id, wherever it lies.
func (o *Overlay) Remove(id string) {
	for i, e := range o.stack {
		if e.dialog.ID() == id {
			o.stack = append(o.stack[:i], o.stack[i+1:]...)
			return
		}
	}
}

// Handle gives a message to the dialog on top. It reports whether the message
// was taken; input is always taken while a dialog is open.
func (o *Overlay) Handle(msg tea.Msg) (Outcome, bool) {
	if !isInput(msg) {
		return nil, false
	}
	now := o.clock()
	last := o.last
	o.last = now
	if len(o.stack) == 0 {
		return nil, false
	}
	top := &o.stack[len(o.stack)-1]
	if top.swallows(now, last) {
		return nil, true
	}
	outcome := top.dialog.Handle(msg)
	if outcome != nil && outcome.Done() {
		o.Remove(top.dialog.ID())
	}
	return outcome, true
}

// swallows reports whether the dialog is not yet ready for input, and ends the
// grace period when it is over.
func (e *entry) swallows(now, last time.Time) bool {
	since := e.opened
	if e.unasked && last.After(since) {
		since = last
	}
	if (e.unasked || e.guarded) && now.Sub(since) < Quiet {
		return true
	}
	e.unasked, e.guarded = false, false
	return false
}

// Draw draws the dialogs, the lowest first.
func (o *Overlay) Draw(c draw.Canvas, area uv.Rectangle) {
	for _, e := range o.stack {
		e.dialog.Draw(c.Within(area), area)
	}
}

// isInput reports whether a message comes from the responder's hands. Mouse
// motion is none: it would keep the grace period from ending.
func isInput(msg tea.Msg) bool {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseClickMsg, tea.MouseWheelMsg:
		return true
	default:
		return false
	}
}
