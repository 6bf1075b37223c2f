package dialog

import (
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// suggestRows is how many candidates are shown at once.
const suggestRows = 6

// Edited says that the text of a dialog changed. The dialog stays open.
type Edited struct{ ID, Text string }

// Done is false.
func (Edited) Done() bool { return false }

var _ Outcome = Edited{}

// Completion is what can stand at the cursor: candidates for the bytes From to
// To of the text.
type Completion struct {
	From, To   int
	Candidates []string
}

// Suggest is an [Input] that offers completions and says what the text would
// give.
type Suggest struct {
	Input
	complete func(text string, cursor int) Completion
	// result is asked when drawing and says what the text would give.
	result func() draw.Line
	at     int
	got    Completion
}

// NewSuggest makes an input with completions. Result may be nil.
func NewSuggest(p Prompt, drafts Drafts, complete func(text string, cursor int) Completion, result func() draw.Line) *Suggest {
	d := &Suggest{Input: *NewInput(p, drafts), complete: complete, result: result}
	d.look()
	return d
}

var _ Dialog = (*Suggest)(nil)

func (d *Suggest) look() {
	text := d.edit.text()
	d.got = d.complete(text, len(d.edit.beforeCursor()))
	d.at = max(0, min(d.at, len(d.got.Candidates)-1))
}

// Handle edits the text; Tab takes the marked candidate, Enter never does.
func (d *Suggest) Handle(msg tea.Msg) Outcome {
	before := d.edit.text()
	if press, ok := msg.(tea.KeyPressMsg); ok && d.choose(press.String()) {
		d.check()
	} else if outcome := d.Input.Handle(msg); outcome != nil {
		return outcome
	}
	d.look()
	if text := d.edit.text(); text != before {
		return Edited{ID: d.p.ID, Text: text}
	}
	return nil
}

// choose handles the keys of the list and reports whether it was one.
func (d *Suggest) choose(key string) bool {
	switch {
	case key == "down":
		d.at++
	case key == "up":
		d.at--
	case key == "tab" && len(d.got.Candidates) > 0:
		text := d.edit.text()
		d.edit.set(text[:d.got.From]+d.got.Candidates[d.at], text[d.got.To:])
		d.at = 0
	case key == "tab":
	default:
		return false
	}
	return true
}

// Draw draws the field, what is wrong with it or what it gives, and the
// candidates.
func (d *Suggest) Draw(c draw.Canvas, area uv.Rectangle) {
	inner := frame(c, area, wide(area), 4+suggestRows, draw.Box{Title: draw.Plain(d.p.Title), Focused: true})
	foot, inner := draw.CutBottom(inner, 1)
	c.Right(foot, keys("tab", "complete", "enter", "apply", "esc", "leave, text is kept")...)
	d.edit.draw(c, inner)
	switch said := draw.Row(inner, 1); {
	case d.err != nil:
		c.Line(said, draw.T(themes.Danger, c.Glyphs().Warn+" "), draw.T(themes.Warning, safetext.Clean(d.err.Error())))
	case d.result != nil && len(d.result()) > 0:
		c.Line(said, d.result()...)
	default:
		c.Text(said, themes.Muted, d.p.Hint)
	}
	_, list := draw.CutTop(inner, 3)
	top := max(0, d.at-list.Dy()+1)
	for i := top; i < len(d.got.Candidates) && i-top < list.Dy(); i++ {
		row, on := draw.Row(list, i-top), c
		if i == d.at {
			on = c.Ground(themes.Selection)
			on.Clear(row)
			on.Text(row, themes.Text, c.Glyphs().Cursor)
		}
		_, text := draw.CutLeft(row, 2)
		on.Text(text, themes.Text, safetext.Clean(d.got.Candidates[i]))
	}
}
