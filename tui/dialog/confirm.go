package dialog

import (
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/draw"
)

// Question is what a [Confirm] asks.
type Question struct {
	ID    string
	Title string
	Body  []draw.Line
	// Yes is the word for going ahead, such as "Quit".
	Yes string
	// Danger takes the y key away: going ahead then needs two different keys.
	Danger bool
	// OpenedBy is the key that opened the dialog. It never confirms.
	OpenedBy string
}

// Confirm asks a question with two answers. Cancel has the focus.
type Confirm struct {
	q     Question
	onYes bool
}

// NewConfirm makes a confirmation.
func NewConfirm(q Question) *Confirm { return &Confirm{q: q} }

var _ Dialog = (*Confirm)(nil)

// ID returns the id of the question.
func (d *Confirm) ID() string { return d.q.ID }

// Handle moves between the answers and takes one. A paste answers nothing.
func (d *Confirm) Handle(msg tea.Msg) Outcome {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	switch key := press.String(); {
	case isEscape(key) || key == "n":
		return Closed{ID: d.q.ID}
	case key == "left" || key == "right" || key == "tab" || key == "shift+tab":
		d.onYes = !d.onYes
	case key == d.q.OpenedBy:
		// Held or pressed twice: no answer.
	case key == "y" && !d.q.Danger:
		return Confirmed{ID: d.q.ID}
	case key == "enter" && d.onYes:
		return Confirmed{ID: d.q.ID}
	case key == "enter":
		return Closed{ID: d.q.ID}
	}
	return nil
}

// Draw draws the question with its answers in the last row.
func (d *Confirm) Draw(c draw.Canvas, area uv.Rectangle) {
	width := wide(area)
	body := wrap(d.q.Body, width-4)
	role := themes.Focus
	if d.q.Danger {
		role = themes.Danger
	}
	inner := frame(c, area, width, len(body)+2, draw.Box{Title: draw.Plain(d.q.Title), Role: role})
	answers, inner := draw.CutBottom(inner, 1)
	c.Lines(inner, body)
	c.Right(answers, d.answer("Cancel", !d.onYes, c), draw.T(themes.Text, "  "), d.answer(d.q.Yes, d.onYes, c))
}

func (d *Confirm) answer(word string, focused bool, c draw.Canvas) draw.Run {
	if focused {
		return draw.T(themes.Selection, " "+c.Glyphs().Cursor+" "+word+" ")
	}
	return draw.T(themes.Muted, "   "+word+" ")
}
