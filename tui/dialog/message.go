package dialog

import (
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/draw"
)

// Text is what a [Message] shows.
type Text struct {
	ID    string
	Title string
	// Lines must have passed safetext. A line of one role is wrapped.
	Lines []draw.Line
	// Copy is what the y key copies, with its own bytes; empty for nothing.
	Copy string
	Role themes.Role
}

// Message shows lines that can be scrolled: the detail of an event, a failure
// with its next step, a command.
type Message struct {
	t      Text
	scroll scroll
	width  int
	rows   int
	folded []draw.Line // Lines wrapped to width
}

// NewMessage makes a viewer.
func NewMessage(t Text) *Message { return &Message{t: t, rows: 10, folded: t.Lines} }

var _ Dialog = (*Message)(nil)

// ID returns the id of the text.
func (d *Message) ID() string { return d.t.ID }

// Resize tells the size of the area the text will be drawn into.
func (d *Message) Resize(area uv.Rectangle) {
	width := wide(area) - 5
	if width != d.width {
		d.width, d.folded = width, wrap(d.t.Lines, width)
	}
	d.rows = max(1, area.Dy()-4)
	d.scroll.clamp(len(d.folded), d.rows)
}

// Handle scrolls, copies and closes.
func (d *Message) Handle(msg tea.Msg) Outcome {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			d.scroll.top -= 3
		} else {
			d.scroll.top += 3
		}
	case tea.KeyPressMsg:
		switch key := vi(msg.String()); {
		case isEscape(key) || key == "enter" || key == "q":
			return Closed{ID: d.t.ID}
		case key == "y" && d.t.Copy != "":
			return Copied{ID: d.t.ID, Text: d.t.Copy}
		default:
			d.scroll.key(key, d.rows)
		}
	}
	d.scroll.clamp(len(d.folded), d.rows)
	return nil
}

// vi turns the letters that move into the keys they stand for, in dialogs in
// which nothing is typed.
func vi(key string) string {
	switch key {
	case "k":
		return "up"
	case "j":
		return "down"
	case "g":
		return "home"
	case "G":
		return "end"
	case "space", "ctrl+f":
		return "pgdown"
	case "ctrl+b":
		return "pgup"
	default:
		return key
	}
}

// Draw draws the lines that are in sight.
func (d *Message) Draw(c draw.Canvas, area uv.Rectangle) {
	lines := d.folded
	if width := wide(area) - 5; width != d.width {
		lines = wrap(d.t.Lines, width)
	}
	rows := max(0, min(len(lines), area.Dy()-4))
	b := draw.Box{Title: draw.Plain(d.t.Title), Role: d.t.Role, Focused: d.t.Role == themes.Text}
	inner := frame(c, area, wide(area), rows+2, b)
	foot, inner := draw.CutBottom(inner, 1)
	hint := keys("esc", "close")
	if d.t.Copy != "" {
		hint = append(keys("y", "copy"), append(draw.Line{draw.T(themes.Text, "   ")}, hint...)...)
	}
	c.Right(foot, hint...)
	if _, above := draw.CutBottom(inner, 1); inner.Dy() > rows {
		inner = above
	}
	top := max(0, min(d.scroll.top, len(lines)-inner.Dy()))
	text := inner
	if len(lines) > inner.Dy() {
		bar, rest := draw.CutRight(inner, 1)
		c.Scroll(bar, top, inner.Dy(), len(lines))
		_, text = draw.CutRight(rest, 0)
	}
	c.Lines(text, lines[top:min(len(lines), top+max(0, inner.Dy()))])
}
