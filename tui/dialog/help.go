package dialog

import (
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
)

// HelpID is the id of the help.
const HelpID = "help"

// Help shows the actions of a place with their keys, and why some do not work
// now. What is typed searches by word and by key.
type Help struct {
	actions []action.Action
	state   action.State
	edit    lineEdit
	scroll  scroll
	rows    int
}

// NewHelp makes the help for a list of actions.
func NewHelp(actions []action.Action, state action.State) *Help {
	return &Help{actions: actions, state: state, edit: newLineEdit(""), rows: 10}
}

var _ Dialog = (*Help)(nil)

// ID returns [HelpID].
func (d *Help) ID() string { return HelpID }

// Handle scrolls, and searches for what is typed.
func (d *Help) Handle(msg tea.Msg) Outcome {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		d.edit.insert(msg.Content)
		d.scroll.top = 0
	case tea.MouseWheelMsg:
		d.wheel(msg)
	case tea.KeyPressMsg:
		switch key := msg.String(); {
		case isEscape(key):
			return Closed{ID: HelpID}
		case key == "?" && d.edit.text() == "":
			return Closed{ID: HelpID}
		case d.scroll.key(key, d.rows):
			d.scroll.clamp(len(d.found()), d.rows)
		case d.edit.handle(msg):
			d.scroll.top = 0
		}
	}
	return nil
}

func (d *Help) wheel(msg tea.MouseWheelMsg) {
	if msg.Button == tea.MouseWheelUp {
		d.scroll.top -= 3
	} else {
		d.scroll.top += 3
	}
	d.scroll.clamp(len(d.found()), d.rows)
}

func (d *Help) found() []action.Action { return action.Search(d.actions, d.edit.text()) }

// Resize tells the size of the area the help will be drawn into.
func (d *Help) Resize(area uv.Rectangle) {
	d.rows = max(1, area.Dy()-5)
	d.scroll.clamp(len(d.found()), d.rows)
}

// Draw draws the search field and the list.
func (d *Help) Draw(c draw.Canvas, area uv.Rectangle) {
	found := d.found()
	rows := max(0, min(len(d.actions), area.Dy()-5))
	inner := frame(c, area, wide(area), rows+3, draw.Box{Title: draw.Plain("keys"), Focused: true})
	search, inner := draw.CutTop(inner, 1)
	took := c.Line(search, draw.T(themes.Muted, "search by word or key: "))
	_, field := draw.CutLeft(search, took)
	d.edit.draw(c, field)
	foot, inner := draw.CutBottom(inner, 1)
	c.Right(foot, keys("up down", "scroll", "esc", "close")...)
	_, inner = draw.CutTop(inner, 1)
	if len(found) == 0 {
		c.Text(inner, themes.Muted, "No action has this word or key.")
		return
	}
	top := max(0, min(d.scroll.top, len(found)-inner.Dy()))
	shown := found[top:min(len(found), top+inner.Dy())]
	for i, a := range shown {
		drawAction(c, draw.Row(inner, i), a, d.state.Disabled(a.ID))
	}
	if bar, _ := draw.CutRight(inner, 1); len(found) > inner.Dy() {
		c.Scroll(bar, top, inner.Dy(), len(found))
	}
}

// drawAction draws the keys and the help of an action, or why it is disabled.
func drawAction(c draw.Canvas, row uv.Rectangle, a action.Action, disabled string) {
	width := 18
	if row.Dx() >= 90 {
		width = 23 // the longest pair of keys
	}
	left, right := draw.CutLeft(row, min(width, row.Dx()/3))
	left.Max.X = max(left.Min.X, left.Max.X-1)
	if right.Dx() > 2 {
		right.Max.X -= 2 // the scroll bar
	}
	labels := action.KeyLabels(a.Keys, c.Glyphs().ASCII)
	if disabled != "" {
		c.Text(left, themes.Disabled, labels)
		c.Line(right, draw.T(themes.Disabled, a.Short+", not now: "), draw.T(themes.Muted, disabled))
		return
	}
	c.Text(left, themes.Key, labels)
	line := draw.Line{}
	if a.Danger {
		line = append(line, draw.T(themes.Danger, c.Glyphs().Warn+" "))
	}
	line = append(line, draw.T(themes.Text, a.Long))
	if a.Scope != action.Global {
		line = append(line, draw.T(themes.Muted, " ("+string(a.Scope)+")"))
	}
	c.Line(right, line...)
}
