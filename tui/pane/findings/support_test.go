package findings

import (
	"image"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/rules"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

type plainClock struct{}

func (plainClock) Time(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("01-02 15:04:05")
}
func (plainClock) Short(t time.Time) string { return t.UTC().Format("15:04:05") }
func (plainClock) Zone() string             { return "UTC" }
func (plainClock) T0() time.Time            { return tuitest.T0 }

// desk is a page over a case, without the rest of the console.
type desk struct {
	*Pane
	t        *testing.T
	evidence *tuitest.Case
	wishes   []pane.Wish
}

type setup struct {
	theme string
	ascii bool
	size  image.Point
	of    investigations.Entity
	log   string // instead of the incident
	rules func() ([]*rules.Rule, []error)
	live  *tuitest.Cluster // that is followed; nil on files
}

// shipped are the rules, read once: to read them takes longer than to run them.
var shipped = sync.OnceValues(func() ([]*rules.Rule, []error) { return rules.Load() })

// open makes the page and shows it; unless waiting, until nothing is running.
func open(t *testing.T, s setup) *desk {
	t.Helper()
	c, err := tuitest.NewIncident()
	if s.log != "" {
		c, err = tuitest.New(s.log)
	}
	if err != nil {
		t.Fatal(err)
	}
	palette, err := themes.Load(s.theme)
	if err != nil {
		t.Fatal(err)
	}
	styles, err := themes.New(themes.Options{Palette: palette, ASCII: s.ascii})
	if err != nil {
		t.Fatal(err)
	}
	if s.rules == nil {
		s.rules = shipped
	}
	env := pane.Env{
		Evidence: c, Clock: plainClock{}, Styles: styles, Now: func() time.Time { return tuitest.Now },
		Work: pane.NewWork(), Out: &pane.Outbox{}, Drafts: dialog.Drafts{}, Rules: s.rules, Detections: &pane.Detections{}, Machines: &pane.Machines{},
	}
	if s.live != nil {
		env.Live = s.live
	}
	d := &desk{Pane: New(env), t: t, evidence: c}
	d.Resize(s.size)
	d.run(d.Show(pane.Subject{Entity: s.of}))
	return d
}

// run runs a command and everything that follows from it.
func (d *desk) run(cmd tea.Cmd) {
	d.t.Helper()
	if cmd != nil {
		switch msg := cmd().(type) {
		case tea.BatchMsg:
			for _, c := range msg {
				d.run(c)
			}
		case pane.LoadedMsg:
			if d.env.Work.Finish(msg) {
				next, _ := d.Receive(msg)
				d.run(next)
			}
		}
	}
	for _, w := range d.env.Out.Take() {
		d.wishes = append(d.wishes, w)
		if _, ok := w.(pane.Changed); ok {
			d.run(d.Refresh())
		}
	}
}

func (d *desk) do(ids ...action.ID) *desk {
	d.t.Helper()
	for _, id := range ids {
		if why := d.Disabled(id); why != "" {
			d.t.Fatalf("%s cannot run: %s", id, why)
		}
		d.run(d.Handle(id))
	}
	return d
}

// answer gives the dialog that was opened last an answer.
func (d *desk) answer(o dialog.Outcome) {
	d.t.Helper()
	for _, w := range slices.Backward(d.wishes) {
		if open, ok := w.(pane.Open); ok {
			d.run(open.Then(o))
			return
		}
	}
	d.t.Fatal("no dialog was opened")
}

// said is what the page told the responder last.
func (d *desk) said() string {
	for _, w := range slices.Backward(d.wishes) {
		if say, ok := w.(pane.Say); ok {
			return say.Text
		}
	}
	return ""
}

// toRule selects the first row of a rule.
func (d *desk) toRule(id string) *rules.Finding {
	d.t.Helper()
	d.do(action.MoveTop)
	for range d.parts[partDetections].rows {
		if f := d.finding(); f != nil && f.Rule == id {
			return f
		}
		d.do(action.MoveDown)
	}
	d.t.Fatalf("no row of %s:\n%s", id, d.screen(false))
	return nil
}

// screen draws the page and, where asked for, what stands beside it.
func (d *desk) screen(side bool) string {
	width := d.size.X
	if side {
		width += 40
	}
	scr := uv.NewScreenBuffer(width, d.size.Y)
	c := draw.On(scr, d.env.Styles)
	d.Draw(c, uv.Rect(0, 0, d.size.X, d.size.Y), true)
	if side {
		d.DrawSide(c, uv.Rect(d.size.X, 0, 40, d.size.Y))
	}
	var b strings.Builder
	for _, line := range scr.Lines {
		text := ""
		for _, cell := range line {
			text += cell.Content
		}
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	return b.String()
}
