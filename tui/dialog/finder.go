package dialog

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/sahilm/fuzzy"

	"cordon/themes"
	"cordon/tui/draw"
)

// Finder asks which of many things is meant: a few letters of it find it. Its
// outcome is [Picked] with the place of the option among all of them.
type Finder struct {
	id, title, verb string
	options         []draw.Line
	texts           []string
	edit            lineEdit
	at              int
}

// NewFinder makes a finder. The options must have passed safetext; verb is what
// Enter does.
func NewFinder(id, title, verb string, options []draw.Line) *Finder {
	d := &Finder{id: id, title: title, verb: verb, options: options, edit: newLineEdit("")}
	for _, o := range options {
		d.texts = append(d.texts, o.String())
	}
	return d
}

var _ Dialog = (*Finder)(nil)

// ID returns the id of the finder.
func (d *Finder) ID() string { return d.id }

// Handle searches for what is typed; Enter picks the marked option.
func (d *Finder) Handle(msg tea.Msg) Outcome {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		d.edit.insert(msg.Content)
		d.at = 0
	case tea.KeyPressMsg:
		return d.press(msg)
	}
	return nil
}

func (d *Finder) press(msg tea.KeyPressMsg) Outcome {
	found := d.found()
	switch key := msg.String(); {
	case isEscape(key):
		return Closed{ID: d.id}
	case key == "enter" && d.at < len(found):
		return Picked{ID: d.id, Index: found[d.at]}
	case key == "up" || key == "ctrl+p":
		d.at--
	case key == "down" || key == "ctrl+n":
		d.at++
	case key == "pgup":
		d.at -= 10
	case key == "pgdown":
		d.at += 10
	case d.edit.handle(msg):
		d.at = 0
	}
	d.at = max(0, min(d.at, len(found)-1))
	return nil
}

// found are the options that match what is typed, the best first; all of them
// in their order while nothing is.
func (d *Finder) found() []int {
	var out []int
	query := strings.TrimSpace(d.edit.text())
	if query == "" {
		for i := range d.options {
			out = append(out, i)
		}
		return out
	}
	for _, m := range fuzzy.Find(query, d.texts) {
		out = append(out, m.Index)
	}
	return out
}

// Draw draws the field and the options that match.
func (d *Finder) Draw(c draw.Canvas, area uv.Rectangle) {
	found := d.found()
	rows := max(0, min(len(d.options), area.Dy()-5, 24))
	inner := frame(c, area, wide(area), rows+3, draw.Box{Title: draw.Plain(d.title), Focused: true})
	search, inner := draw.CutTop(inner, 1)
	took := c.Text(search, themes.Muted, "find ")
	_, field := draw.CutLeft(search, took)
	d.edit.draw(c, field)
	foot, inner := draw.CutBottom(inner, 1)
	c.Right(foot, keys("enter", d.verb, "up down", "choose", "esc", "close")...)
	_, inner = draw.CutTop(inner, 1)
	if len(found) == 0 {
		c.Text(inner, themes.Muted, "Nothing has these letters in this order.")
		return
	}
	top := max(0, d.at-inner.Dy()+1)
	for i := top; i < len(found) && i-top < inner.Dy(); i++ {
		row, on := draw.Row(inner, i-top), c
		if i == d.at {
			on = c.Ground(themes.Selection)
			on.Clear(row)
			on.Text(row, themes.Text, c.Glyphs().Cursor)
		}
		_, text := draw.CutLeft(row, 2)
		on.Line(text, d.options[found[i]]...)
	}
}
