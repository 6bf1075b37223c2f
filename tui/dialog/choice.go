package dialog

import (
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/draw"
)

// Picked says which of several things the responder chose, counted from 0.
type Picked struct {
	ID    string
	Index int
}

// Done is true.
func (Picked) Done() bool { return true }

var _ Outcome = Picked{}

// Choice asks which of a few things is meant. It takes nothing but the answer:
// what is done with it the responder said before.
type Choice struct {
	id, title, verb string
	options         []draw.Line
	at              int
}

// NewChoice makes a choice. The options must have passed safetext; verb is what
// Enter does.
func NewChoice(id, title, verb string, options []draw.Line) *Choice {
	return &Choice{id: id, title: title, verb: verb, options: options}
}

var _ Dialog = (*Choice)(nil)

// ID returns the id of the choice.
func (d *Choice) ID() string { return d.id }

// Handle moves among the options and takes one, by Enter or by its digit.
func (d *Choice) Handle(msg tea.Msg) Outcome {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	switch key := vi(press.String()); {
	case isEscape(key) || key == "q":
		return Closed{ID: d.id}
	case key == "up":
		d.at--
	case key == "down":
		d.at++
	case key == "home":
		d.at = 0
	case key == "end":
		d.at = len(d.options) - 1
	case key == "enter" && len(d.options) > 0:
		return Picked{ID: d.id, Index: d.at}
	case len(key) == 1 && key[0] >= '1' && int(key[0]-'0') <= len(d.options):
		return Picked{ID: d.id, Index: int(key[0] - '1')}
	}
	d.at = max(0, min(d.at, len(d.options)-1))
	return nil
}

// Draw draws the options with the marked one in sight.
func (d *Choice) Draw(c draw.Canvas, area uv.Rectangle) {
	rows := max(0, min(len(d.options), area.Dy()-4))
	inner := frame(c, area, wide(area), rows+1, draw.Box{Title: draw.Plain(d.title), Focused: true})
	foot, inner := draw.CutBottom(inner, 1)
	c.Right(foot, keys("enter", d.verb, "up down", "choose", "esc", "leave")...)
	top := max(0, d.at-inner.Dy()+1)
	for i := top; i < len(d.options) && i-top < inner.Dy(); i++ {
		row, on := draw.Row(inner, i-top), c
		if i == d.at {
			on = c.Ground(themes.Selection)
			on.Clear(row)
			on.Text(row, themes.Text, c.Glyphs().Cursor)
		}
		_, text := draw.CutLeft(row, 2)
		on.Line(text, d.options[i]...)
	}
}
