package dialog

import (
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// Drafts keeps texts that were typed and not submitted, by the id of the dialog.
type Drafts map[string]string

// Prompt describes an [Input].
type Prompt struct {
	ID    string
	Title string
	// Hint explains what can be typed, in one line.
	Hint string
	// Text is what stands in the field when there is no draft.
	Text string
	// Check returns what is wrong with a text. It is asked after each key, and
	// a text with an error cannot be submitted. Nil accepts all.
	Check func(text string) error
	// KeepEmpty allows an empty text to be submitted, for example no filter.
	KeepEmpty bool
}

// Input asks for one line of text.
type Input struct {
	p      Prompt
	edit   lineEdit
	drafts Drafts
	err    error
}

// NewInput makes an input. The draft of an earlier one with the same id is
// taken up again.
func NewInput(p Prompt, drafts Drafts) *Input {
	text := p.Text
	if draft, ok := drafts[p.ID]; ok {
		text = draft
	}
	d := &Input{p: p, edit: newLineEdit(text), drafts: drafts}
	d.check()
	return d
}

var _ Dialog = (*Input)(nil)

// ID returns the id of the prompt.
func (d *Input) ID() string { return d.p.ID }

// Text returns what is typed so far.
func (d *Input) Text() string { return d.edit.text() }

// Handle edits the text. Enter submits it, Esc keeps it as a draft.
func (d *Input) Handle(msg tea.Msg) Outcome {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		d.edit.insert(msg.Content)
		d.check()
	case tea.KeyPressMsg:
		switch key := msg.String(); {
		case isEscape(key):
			d.keep()
			return Closed{ID: d.p.ID}
		case key == "enter":
			return d.submit()
		default:
			d.edit.handle(msg)
			d.check()
		}
	}
	return nil
}

func (d *Input) submit() Outcome {
	text := d.edit.text()
	if d.err != nil || text == "" && !d.p.KeepEmpty {
		return nil
	}
	delete(d.drafts, d.p.ID)
	return Submitted{ID: d.p.ID, Text: text}
}

func (d *Input) keep() {
	if text := d.edit.text(); text != d.p.Text {
		d.drafts[d.p.ID] = text
	} else {
		delete(d.drafts, d.p.ID)
	}
}

func (d *Input) check() {
	d.err = nil
	if d.p.Check != nil && d.edit.text() != "" {
		d.err = d.p.Check(d.edit.text())
	}
}

// Draw draws the field, what is wrong with it or the hint, and the keys.
func (d *Input) Draw(c draw.Canvas, area uv.Rectangle) {
	inner := frame(c, area, wide(area), 3, draw.Box{Title: draw.Plain(d.p.Title), Focused: true})
	d.edit.draw(c, inner)
	switch {
	case d.err != nil:
		c.Line(draw.Row(inner, 1), draw.T(themes.Danger, c.Glyphs().Warn+" "), draw.T(themes.Warning, safetext.Clean(d.err.Error())))
	default:
		c.Text(draw.Row(inner, 1), themes.Muted, d.p.Hint)
	}
	c.Right(draw.Row(inner, 2), keys("enter", "apply", "esc", "leave, text is kept")...)
}
