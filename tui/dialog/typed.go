package dialog

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

const (
	// burstGap is the longest pause between two characters of a paste that the
	// terminal did not mark; nobody types that fast.
	burstGap = 2 * time.Millisecond
	// burstRunes is how many such characters in a row are taken for a paste. A
	// slow line may deliver two or three typed characters together.
	burstRunes = 4
	// enterGap is how long after the last character Enter counts, so that the
	// line end of a paste does not confirm.
	enterGap = 50 * time.Millisecond
)

// Danger is what a [Typed] confirmation is about.
type Danger struct {
	ID    string
	Title string
	// Body says what will happen to whom, before anything is typed.
	Body []draw.Line
	// Kind is the word for what is named, such as "role".
	Kind string
	// Name must be typed exactly.
	Name string
	// Verb is what typing it does, such as "lock".
	Verb string
}

// Typed confirms a dangerous act by having its name typed.
type Typed struct {
	d       Danger
	shown   string // the name, safe to draw
	clock   func() time.Time
	edit    lineEdit
	lastKey time.Time
	burst   int
	note    string
}

// NewTyped makes a confirmation by name. An empty name can never be confirmed,
// nor can one with characters that cannot be seen.
func NewTyped(d Danger, clock func() time.Time) *Typed {
	t := &Typed{d: d, clock: clock, edit: newLineEdit("")}
	if safetext.Clean(d.Name) != d.Name {
		t.d.Name = ""
		t.d.Body = append(slices.Clone(d.Body), draw.Line{draw.T(themes.Warning,
			"The name holds characters that cannot be seen or typed. Use the command line.")})
		t.shown = safetext.Clean(d.Name)
		return t
	}
	t.shown = d.Name
	return t
}

var (
	_ Dialog  = (*Typed)(nil)
	_ guarded = (*Typed)(nil)
)

// ID returns the id of the danger.
func (d *Typed) ID() string { return d.d.ID }

func (d *Typed) guarded() {}

// Handle takes typed characters, and Enter only after the exact name.
func (d *Typed) Handle(msg tea.Msg) Outcome {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		d.refusePaste()
	case tea.KeyPressMsg:
		return d.press(msg)
	}
	return nil
}

func (d *Typed) press(msg tea.KeyPressMsg) Outcome {
	key := msg.String()
	if isEscape(key) {
		return Closed{ID: d.d.ID}
	}
	now := d.clock()
	gap := now.Sub(d.lastKey)
	d.lastKey = now
	if key == "enter" {
		return d.enter(gap)
	}
	d.note = ""
	if msg.Text == "" {
		d.edit.handle(msg)
		return nil
	}
	if gap <= burstGap {
		d.burst++
	} else {
		d.burst = 1
	}
	if safetext.Width(msg.Text) > 2 || d.burst >= burstRunes {
		d.refusePaste()
		return nil
	}
	d.edit.handle(msg)
	return nil
}

func (d *Typed) enter(gap time.Duration) Outcome {
	switch {
	case d.d.Name == "" || d.edit.text() != d.d.Name:
		d.note = "Nothing happened: this is not the name of the " + d.d.Kind + "."
	case gap < enterGap:
		d.note = "Press Enter again."
	default:
		return Confirmed{ID: d.d.ID}
	}
	return nil
}

func (d *Typed) refusePaste() {
	d.edit.clear()
	d.note = "Pasting does not count here. Type the name."
}

// Draw draws what will happen, the field, and the way out.
func (d *Typed) Draw(c draw.Canvas, area uv.Rectangle) {
	width := wide(area)
	body := wrap(d.d.Body, width-4)
	inner := frame(c, area, width, len(body)+4, draw.Box{Title: draw.Plain(d.d.Title), Role: themes.Danger})
	foot, inner := draw.CutBottom(inner, 1)
	note, inner := draw.CutBottom(inner, 1)
	field, inner := draw.CutBottom(inner, 1)
	c.Lines(inner, body)
	took := c.Line(field, draw.T(themes.Text, "Type "), draw.T(themes.Danger, d.shown),
		draw.T(themes.Text, " to "+d.d.Verb+" it: "))
	_, field = draw.CutLeft(field, took)
	d.edit.draw(c, field)
	c.Text(note, themes.Warning, d.note)
	c.Right(foot, keys("enter", d.d.Verb+" when the name is right", "esc", "nothing happens")...)
}
