package dialog

import (
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
)

// PaletteID is the id of the palette.
const PaletteID = "palette"

// Palette finds an action by a few of its letters and chooses it. A disabled
// action can be found, and says why it cannot be chosen.
type Palette struct {
	actions []action.Action
	state   action.State
	edit    lineEdit
	drafts  Drafts
	at      int
}

// NewPalette makes the palette for a list of actions. A text that was left with
// Esc is taken up again; typing replaces it.
func NewPalette(actions []action.Action, state action.State, drafts Drafts) *Palette {
	edit := newLineEdit(drafts[PaletteID])
	edit.fresh = true
	return &Palette{actions: actions, state: state, edit: edit, drafts: drafts}
}

var _ Dialog = (*Palette)(nil)

// ID returns [PaletteID].
func (d *Palette) ID() string { return PaletteID }

// Handle searches for what is typed; Enter chooses the marked action.
func (d *Palette) Handle(msg tea.Msg) Outcome {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		d.edit.insert(msg.Content)
		d.at = 0
	case tea.KeyPressMsg:
		return d.press(msg)
	}
	return nil
}

func (d *Palette) press(msg tea.KeyPressMsg) Outcome {
	found := d.found()
	switch key := msg.String(); {
	case isEscape(key):
		d.drafts[PaletteID] = d.edit.text()
		return Closed{ID: PaletteID}
	case key == "up" || key == "ctrl+p":
		d.at = max(0, d.at-1)
	case key == "down" || key == "ctrl+n":
		d.at = min(max(0, len(found)-1), d.at+1)
	case key == "pgup":
		d.at = max(0, d.at-10)
	case key == "pgdown":
		d.at = min(max(0, len(found)-1), d.at+10)
	case key == "enter":
		if d.at < len(found) && d.state.Disabled(found[d.at].Action.ID) == "" {
			delete(d.drafts, PaletteID)
			return Chosen{ID: PaletteID, Action: found[d.at].Action.ID}
		}
	case d.edit.handle(msg):
		d.at = 0
	}
	return nil
}

func (d *Palette) found() []action.Match { return action.Fuzzy(d.actions, d.edit.text()) }

// Draw draws the field and the matches.
func (d *Palette) Draw(c draw.Canvas, area uv.Rectangle) {
	found := d.found()
	rows := max(0, min(len(d.actions), area.Dy()-5, 18))
	inner := frame(c, area, wide(area), rows+3, draw.Box{Title: draw.Plain("actions"), Focused: true})
	search, inner := draw.CutTop(inner, 1)
	took := c.Text(search, themes.Key, ": ")
	_, field := draw.CutLeft(search, took)
	d.edit.draw(c, field)
	foot, inner := draw.CutBottom(inner, 1)
	c.Right(foot, keys("enter", "do it", "up down", "choose", "esc", "close")...)
	_, inner = draw.CutTop(inner, 1)
	if len(found) == 0 {
		c.Text(inner, themes.Muted, "No action has these letters in this order.")
		return
	}
	at := min(d.at, len(found)-1)
	top := max(0, at-inner.Dy()+1)
	for i := top; i < len(found) && i-top < inner.Dy(); i++ {
		d.drawMatch(c, draw.Row(inner, i-top), found[i], i == at)
	}
}

func (d *Palette) drawMatch(c draw.Canvas, row uv.Rectangle, m action.Match, marked bool) {
	left, right := draw.CutLeft(row, 2)
	if marked {
		c = c.Ground(themes.Selection)
		c.Clear(row)
		c.Text(left, themes.Text, c.Glyphs().Cursor)
	}
	key, text := draw.CutRight(right, min(14, right.Dx()/4))
	if reason := d.state.Disabled(m.Action.ID); reason != "" {
		c.Line(text, draw.T(themes.Disabled, m.Action.Short+", not now: "), draw.T(themes.Muted, reason))
	} else {
		c.Line(text, highlight(m)...)
	}
	c.Right(key, draw.T(themes.Key, action.KeyLabels(m.Action.Keys, c.Glyphs().ASCII)))
}

// highlight splits a label into matched and other pieces.
func highlight(m action.Match) draw.Line {
	var l draw.Line
	hit := make(map[int]bool, len(m.At))
	for _, at := range m.At {
		hit[at] = true
	}
	start, wasHit := 0, false
	for i := range m.Label {
		if i > start && hit[i] != wasHit {
			l = append(l, piece(m.Label[start:i], wasHit))
			start = i
		}
		wasHit = hit[i]
	}
	return append(l, piece(m.Label[start:], wasHit))
}

func piece(text string, hit bool) draw.Run {
	if hit {
		return draw.T(themes.Match, text)
	}
	return draw.T(themes.Text, text)
}
