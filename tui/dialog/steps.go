package dialog

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
	"cordon/tui/draw"
)

// Step is one entry of [Steps].
type Step struct {
	// Head stands above the step and is not marked with it: the title of what
	// begins here.
	Head []draw.Line
	// Lines must have passed safetext, the first one names the step. A line of one
	// role is wrapped.
	Lines []draw.Line
	// Copy is what the y key copies, with its own bytes; empty for nothing.
	Copy string
	// Verb is what Enter does; empty where it does nothing, and Why says why.
	Verb, Why string
}

// Steps shows things to do one after the other. One of them is marked and always
// in sight; Enter takes it up. It takes no keys in its first moment, and no Enter
// that comes as fast as that of a paste.
type Steps struct {
	id, title, all string
	clock          func() time.Time
	lastKey        time.Time
	note           string

	steps       []Step
	at, top     int
	width, rows int
	each        []laidStep // the steps as lines of the width
	laid        laidSteps  // all of them, one below the other
}

// laidStep is a step as lines of a width. What is below its name is drawn indented.
type laidStep struct{ head, named, rest []draw.Line }

// laidSteps are steps one below the other. A step stands in the lines from[i] up to
// to[i], its head in those before it from head[i] on, and its name ends at named[i].
type laidSteps struct {
	lines                 []draw.Line
	head, from, named, to []int
}

// NewSteps makes the dialog. all is what the Y key copies, with its own bytes.
func NewSteps(id, title, all string, clock func() time.Time) *Steps {
	return &Steps{id: id, title: title, all: all, clock: clock, rows: 10}
}

var (
	_ Dialog  = (*Steps)(nil)
	_ guarded = (*Steps)(nil)
	_ resizer = (*Steps)(nil)
)

// ID returns the id of the dialog.
func (d *Steps) ID() string { return d.id }

func (d *Steps) guarded() {}

// Show shows other steps in the place of those that were there. The mark stays at
// its place.
func (d *Steps) Show(steps []Step) {
	each := make([]laidStep, len(steps))
	for i, s := range steps {
		if i < len(d.steps) && sameLines(d.steps[i].Head, s.Head) && sameLines(d.steps[i].Lines, s.Lines) {
			each[i] = d.each[i]
		} else {
			each[i] = layStep(s, d.width)
		}
	}
	d.steps, d.each, d.laid = steps, each, stack(each)
	d.mark(d.at)
}

func sameLines(a, b []draw.Line) bool {
	return slices.EqualFunc(a, b, func(a, b draw.Line) bool { return slices.Equal(a, b) })
}

// Marked is the number of the marked step, counted from 0.
func (d *Steps) Marked() int { return d.at }

// Mark marks a step.
func (d *Steps) Mark(at int) { d.mark(at) }

// Resize tells the size of the area the steps will be drawn into.
func (d *Steps) Resize(area uv.Rectangle) {
	if width := stepsWidth(area); width != d.width {
		d.width, d.top = width, 0 // the lines were others
	}
	d.rows = max(1, area.Dy()-4)
	d.each = laySteps(d.steps, d.width)
	d.laid = stack(d.each)
	d.mark(d.at)
}

// indent is that of what stands below the first line of a step.
const indent = 2

// stepsWidth leaves room for the box, the mark and the scroll bar.
func stepsWidth(area uv.Rectangle) int { return wide(area) - 7 }

func layStep(s Step, width int) laidStep {
	named := min(1, len(s.Lines))
	return laidStep{wrap(s.Head, width), wrap(s.Lines[:named], width), wrap(s.Lines[named:], width-indent)}
}

func laySteps(steps []Step, width int) []laidStep {
	each := make([]laidStep, len(steps))
	for i, s := range steps {
		each[i] = layStep(s, width)
	}
	return each
}

func stack(each []laidStep) laidSteps {
	var l laidSteps
	for _, s := range each {
		l.head = append(l.head, len(l.lines))
		l.lines = append(l.lines, s.head...)
		l.from = append(l.from, len(l.lines))
		l.lines = append(l.lines, s.named...)
		l.named = append(l.named, len(l.lines))
		l.lines = append(l.lines, s.rest...)
		l.to = append(l.to, len(l.lines))
	}
	return l
}

// Handle walks, copies, takes up a step and closes. A paste does nothing.
func (d *Steps) Handle(msg tea.Msg) Outcome {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			d.walk(-1)
		} else {
			d.walk(1)
		}
	case tea.KeyPressMsg:
		now := d.clock()
		gap := now.Sub(d.lastKey)
		d.lastKey, d.note = now, ""
		return d.press(msg.String(), gap)
	}
	return nil
}

func (d *Steps) press(key string, gap time.Duration) Outcome {
	switch key = vi(key); {
	case isEscape(key) || key == "q":
		return Closed{ID: d.id}
	case key == "up":
		d.walk(-1)
	case key == "down":
		d.walk(1)
	case key == "pgup":
		d.page(-1)
	case key == "pgdown":
		d.page(1)
	case key == "home":
		d.mark(0)
	case key == "end":
		d.mark(len(d.steps) - 1)
	case key == "Y" && d.all != "":
		d.note = "all copied"
		return Copied{ID: d.id, Text: d.all}
	case d.at >= len(d.steps):
	case key == "y" && d.steps[d.at].Copy != "":
		d.note = "copied"
		return Copied{ID: d.id, Text: d.steps[d.at].Copy}
	case key == "enter" && d.steps[d.at].Verb == "":
		d.note = d.steps[d.at].Why
	case key == "enter" && gap < enterGap:
		d.note = "Press Enter again."
	case key == "enter":
		return Picked{ID: d.id, Index: d.at}
	}
	return nil
}

// walk goes one step on or back. A step that is longer than the dialog is scrolled
// to its end first.
func (d *Steps) walk(by int) {
	if d.at >= len(d.steps) {
		return
	}
	if top := d.top + by; by > 0 && top+d.rows <= d.laid.to[d.at] || by < 0 && top >= d.first(d.at) && d.laid.to[d.at]-d.first(d.at) > d.rows {
		d.top = top
		return
	}
	d.mark(d.at + by)
}

// page goes as many steps on or back as the dialog shows, at least one.
func (d *Steps) page(by int) {
	if d.at >= len(d.steps) {
		return
	}
	at, here := d.at, d.laid.from[d.at]
	for at+by >= 0 && at+by < len(d.steps) && (at == d.at || by*(d.laid.from[at+by]-here) < d.rows) {
		at += by
	}
	d.mark(at)
}

// first is the line from which a step is shown: that of its head, unless the step
// is whole in sight only without it, or the head takes more than half of the room.
// The head of the first step says what all of them are for, and comes before its end.
func (d *Steps) first(at int) int {
	head, from, to := d.laid.head[at], d.laid.from[at], d.laid.to[at]
	if to-head > d.rows && (at > 0 && to-from <= d.rows || from-head > d.rows/2) {
		return from
	}
	return head
}

// mark marks a step and scrolls no further than it needs to be in sight, or from
// its beginning where it is longer than the dialog.
func (d *Steps) mark(at int) {
	was := d.at
	d.at = max(0, min(at, len(d.steps)-1))
	if len(d.steps) == 0 {
		d.top = 0
		return
	}
	first, last := d.first(d.at), d.laid.to[d.at]-d.rows
	switch {
	case last <= first:
		d.top = max(last, min(d.top, first))
	case was == d.at && d.top >= d.laid.from[d.at]:
		d.top = max(first, min(d.top, last))
	default:
		d.top = first
	}
	d.top = max(0, min(d.top, len(d.laid.lines)-d.rows))
}

// Draw draws what is in sight, and the keys.
func (d *Steps) Draw(c draw.Canvas, area uv.Rectangle) {
	laid := d.laid
	if width := stepsWidth(area); width != d.width {
		laid = stack(laySteps(d.steps, width))
	}
	rows := max(0, min(len(laid.lines), area.Dy()-4))
	inner := frame(c, area, wide(area), rows+2, draw.Box{Title: draw.Plain(d.title), Focused: true})
	foot, inner := draw.CutBottom(inner, 1)
	if keys := d.keys(); d.note == "" || c.Width(d.note)+c.LineWidth(keys) < foot.Dx() {
		c.Ends(foot, draw.Line{draw.T(themes.Warning, d.note)}, keys)
	} else {
		c.Text(foot, themes.Warning, d.note)
	}
	if _, above := draw.CutBottom(inner, 1); inner.Dy() > rows {
		inner = above
	}
	top := max(0, min(d.top, len(laid.lines)-inner.Dy()))
	if len(laid.lines) > inner.Dy() {
		bar, rest := draw.CutRight(inner, 1)
		c.Scroll(bar, top, inner.Dy(), len(laid.lines))
		_, inner = draw.CutRight(rest, 0)
	}
	at, _ := slices.BinarySearch(laid.to, top+1)
	for i := top; i < len(laid.lines) && i-top < inner.Dy(); i++ {
		for at < len(laid.to)-1 && i >= laid.to[at] {
			at++
		}
		row, on, left := draw.Row(inner, i-top), c, 2
		switch named := i >= laid.from[at] && i < laid.named[at]; {
		case i >= laid.named[at]:
			left += indent
			if at == d.at {
				c.Text(row, themes.Focus, c.Glyphs().TreeLine)
			}
		case named && at == d.at:
			on = c.Ground(themes.Selection)
			on.Clear(row)
			on.Text(row, themes.Text, c.Glyphs().Cursor)
		}
		_, text := draw.CutLeft(row, left)
		on.Line(text, laid.lines[i]...)
	}
}

// keys are the keys of the marked step.
func (d *Steps) keys() draw.Line {
	var pairs []string
	if d.at < len(d.steps) {
		s := d.steps[d.at]
		if s.Verb != "" {
			pairs = append(pairs, "enter", s.Verb)
		}
		if s.Copy != "" {
			pairs = append(pairs, "y", "copy")
		}
	}
	if d.all != "" {
		pairs = append(pairs, "Y", "copy all")
	}
	return keys(append(pairs, "esc", "close")...)
}
