package terminal

import (
	"fmt"
	"image"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/playback/child"
	"cordon/playback/term"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane/screen"
	"cordon/tui/safetext"
)

const (
	// frameTime is the least time between two looks at a program that writes
	// without end.
	frameTime = 16 * time.Millisecond
	// wheelRows is how many rows one notch of the wheel moves.
	wheelRows = 3
)

// Pane shows one program.
type Pane struct {
	child   *child.Child
	title   string
	command string

	screen    *term.Screen // as last looked at
	status    child.Status
	ended     bool
	above     int // lines of the scrollback in sight
	listening bool
}

// New makes a pane for a program that was started. Title is what people call it,
// command the command line, both as they are.
func New(title, command string, c *child.Child) *Pane {
	p := &Pane{child: c, title: title, command: command, screen: c.Snapshot()}
	p.Look()
	return p
}

// Title is what people call the program, safe to draw.
func (p *Pane) Title() string { return safetext.CleanMax(p.title, 40) }

// Wait waits for the program's end and returns how it ended. It is for commands.
func (p *Pane) Wait() child.Status {
	<-p.child.Done()
	status, _ := p.child.Exited()
	return status
}

// Ended returns how the program ended, if it had when it was last looked at.
func (p *Pane) Ended() (child.Status, bool) { return p.status, p.ended }

// Kill ends the program.
func (p *Pane) Kill() { p.child.Kill() }

// ChangedMsg says that a program wrote something or ended.
type ChangedMsg struct{ of *Pane }

// Listen returns the command that waits for the program's next change, or nil
// while one waits already or nothing can change any more.
func (p *Pane) Listen() tea.Cmd {
	if p.listening || p.ended {
		return nil
	}
	p.listening = true
	changed := p.child.Changed()
	return func() tea.Msg {
		time.Sleep(frameTime)
		<-changed
		return ChangedMsg{p}
	}
}

// Changed takes a message that a Listen brought, and reports whether it was this
// pane's.
func (p *Pane) Changed(msg ChangedMsg) bool {
	if msg.of != p {
		return false
	}
	p.listening = false
	p.Look()
	return true
}

// Look takes a copy of the screen. What is in sight stays in sight while lines
// are added below it.
func (p *Pane) Look() {
	// The end first: what is on the screen then is all of it.
	p.status, p.ended = p.child.Exited()
	was := p.screen.ScrolledTotal()
	p.screen = p.child.Snapshot()
	if p.above > 0 {
		p.Scroll(min(int(p.screen.ScrolledTotal()-was), term.DefaultScrollback))
	}
}

// Scroll moves by lines: up into the scrollback, or down with a negative number.
// A program that has the alternate screen has no scrollback.
func (p *Pane) Scroll(lines int) {
	p.above = max(0, min(p.above+lines, p.screen.ScrolledLines()))
	if p.screen.Alternate() {
		p.above = 0
	}
}

// Page moves by pages.
func (p *Pane) Page(by int) {
	_, rows := p.screen.Size()
	p.Scroll(by * max(1, rows-1))
}

// Resize takes the size of the area: the line that says what runs, and below it
// the terminal.
func (p *Pane) Resize(size image.Point) {
	picture := PictureSize(size)
	if cols, rows := p.screen.Size(); image.Pt(cols, rows) == picture {
		return
	}
	p.child.Resize(picture.X, picture.Y)
	p.Look()
}

// PictureSize is the size of the terminal in an area.
func PictureSize(area image.Point) image.Point { return image.Pt(max(1, area.X), max(1, area.Y-1)) }

// Type sends the program what came from the responder's hands. It fails when
// the program does not read. When it has ended, the wheel still moves.
func (p *Pane) Type(msg tea.Msg, area uv.Rectangle) error {
	var bytes []byte
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		bytes = encodeKey(tea.Key(msg), p.screen.Modes())
	case tea.PasteMsg:
		bytes = encodePaste(msg.Content, p.screen.Modes())
	case tea.MouseMsg:
		return p.mouse(msg, area)
	}
	if len(bytes) == 0 || p.ended {
		return nil
	}
	p.above = 0
	return p.child.Write(bytes)
}

// mouse sends the program the mouse if it asked for it. Otherwise the wheel
// moves: the scrollback, or on the alternate screen the program's own cursor.
func (p *Pane) mouse(msg tea.MouseMsg, area uv.Rectangle) error {
	modes := p.screen.Modes()
	_, picture := draw.CutTop(area, 1)
	cols, rows := p.screen.Size()
	shown, from := screen.Place(picture, image.Pt(cols, rows), image.Point{})
	m := msg.Mouse()
	if wantsMouse(modes) && p.above == 0 && !p.ended {
		if at := image.Pt(m.X, m.Y); at.In(shown) {
			return p.child.Write(encodeMouse(msg, at.Sub(shown.Min).Add(from), modes))
		}
		return nil
	}
	if _, wheel := msg.(tea.MouseWheelMsg); wheel {
		return p.wheel(m.Button)
	}
	return nil
}

// wheel turns the wheel by one notch.
func (p *Pane) wheel(button tea.MouseButton) error {
	lines, key := wheelRows, rune(tea.KeyUp)
	switch button {
	case tea.MouseWheelUp:
	case tea.MouseWheelDown:
		lines, key = -wheelRows, tea.KeyDown
	default:
		return nil
	}
	if !p.screen.Alternate() || p.ended {
		p.Scroll(lines)
		return nil
	}
	var keys []byte
	for range wheelRows {
		keys = append(keys, encodeKey(tea.Key{Code: key}, p.screen.Modes())...)
	}
	return p.child.Write(keys)
}

// Draw draws the line that says what runs, and the screen.
func (p *Pane) Draw(c draw.Canvas, area uv.Rectangle) {
	head, picture := draw.CutTop(area, 1)
	p.drawHead(c, draw.Pad(head, 1))
	screen.Draw(c.Within(picture), picture, p.screen, screen.View{Above: p.above, Cursor: !p.ended})
}

func (p *Pane) drawHead(c draw.Canvas, area uv.Rectangle) {
	left := draw.Line{draw.T(themes.Accent, p.Title()), draw.T(themes.Text, "  $ "+safetext.CleanMax(p.command, 400))}
	if own := p.screen.Title(); own != "" {
		left = append(left, draw.T(themes.Muted, "  "+safetext.CleanMax(own, 120)))
	}
	var right draw.Line
	if p.above > 0 {
		right = append(right, draw.T(themes.Warning, fmt.Sprintf("%d lines below  ", p.above)))
	}
	c.Ends(area, left, append(right, p.state()))
}

// state says how the program is, in words.
func (p *Pane) state() draw.Run {
	switch {
	case !p.ended:
		return draw.T(themes.OK, "running")
	case p.status.Code == 0:
		return draw.T(themes.Muted, p.status.String())
	default:
		return draw.T(themes.Warning, p.status.String())
	}
}
