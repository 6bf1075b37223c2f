package tui

import (
	"context"
	"image"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"go.uber.org/goleak"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/tuitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// driver runs a console without a program: it presses keys, runs commands one
// after the other, and looks at the screen when nothing is running.
type driver struct {
	t      *testing.T
	app    *App
	now    time.Time
	copied []string
	quit   bool
}

type setup struct {
	palette  string
	ascii    bool
	size     image.Point
	identity investigations.Entity
	evidence *tuitest.Case
	operator string
	export   func(name string, content []byte) (string, error)
	// clock is for tests in which commands run side by side; nil for the
	// driver's own.
	clock func() time.Time
	shell string
	// beside are variables of programs beside the case.
	beside []string
	// engine answers audit SQL; nil for one of the incident.
	engine queries.Engine
	// clusterEngine answers audit SQL on the cluster; nil for none.
	clusterEngine queries.Engine
	// cluster is followed; nil for files alone.
	cluster *tuitest.Cluster
}

func drive(t *testing.T, s setup) *driver {
	t.Helper()
	if s.evidence == nil {
		var err error
		if s.evidence, err = tuitest.NewIncident(); err != nil {
			t.Fatal(err)
		}
	}
	if s.engine == nil {
		s.engine = tuitest.NewEngine()
	}
	d := &driver{t: t, now: tuitest.Now}
	clock := func() time.Time { return d.now }
	if s.clock != nil {
		clock = s.clock
	}
	palette, err := themes.Load(s.palette)
	if err != nil {
		t.Fatal(err)
	}
	look := themes.Options{Palette: palette, ASCII: s.ascii}
	if s.cluster != nil {
		look.Mode = themes.ModeLive
	}
	styles, err := themes.New(look)
	if err != nil {
		t.Fatal(err)
	}
	guard := contain.Guard{Operator: s.operator, Clusters: []string{"teleport.example.com"}}
	desk, err := contain.NewDryRunDesk(context.Background(), s.evidence, s.evidence, guard, clock)
	if err != nil {
		t.Fatal(err)
	}
	note := ""
	if s.beside != nil {
		note = "tctl and tsh here: teleport.example.com as ana"
	}
	options := Options{
		Evidence: s.evidence, Desk: desk, Engine: s.engine, ClusterEngine: s.clusterEngine, Export: s.export, Identity: s.identity, T0: tuitest.T0, Styles: styles, Now: clock, Shell: s.shell, Beside: s.beside, BesideNote: note,
		Location: time.FixedZone("CEST", 2*3600), Timer: func(_ time.Duration, msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } },
	}
	if s.cluster != nil {
		s.cluster.Now = clock
		desk.Locker, desk.Mode = s.cluster, journal.ModeLive
		if s.clock == nil { // one command after the other
			desk.Random = strings.NewReader(strings.Repeat("0123456789abcdef", 64))
		}
		options.Live = s.cluster
	}
	d.app = New(options)
	d.run(d.app.Init())
	d.send(tea.WindowSizeMsg{Width: s.size.X, Height: s.size.Y})
	return d
}

func (d *driver) send(msg tea.Msg) {
	_, cmd := d.app.Update(msg)
	d.run(cmd)
}

// run runs a command and everything that follows from it.
func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	case tea.QuitMsg:
		d.quit = true
	default:
		if strings.HasSuffix(typeName(msg), "setClipboardMsg") {
			d.copied = append(d.copied, "copied")
			return
		}
		d.send(msg)
	}
}

// press presses keys as a person does: with time between them.
func (d *driver) press(keys ...string) *driver {
	for _, k := range keys {
		d.now = d.now.Add(100 * time.Millisecond)
		d.send(keyOf(k))
	}
	return d
}

// typed types a text, a key at a time.
func (d *driver) typed(text string) *driver {
	for _, r := range text {
		d.now = d.now.Add(100 * time.Millisecond)
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return d
}

func keyOf(k string) tea.KeyPressMsg {
	named := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "backspace": tea.KeyBackspace, "down": tea.KeyDown,
		"up": tea.KeyUp, "space": tea.KeySpace, "end": tea.KeyEnd, "f5": tea.KeyF5, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp,
	}
	if rest, ok := strings.CutPrefix(k, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest)[0], Mod: tea.ModCtrl}
	}
	if rest, ok := strings.CutPrefix(k, "shift+"); ok {
		m := keyOf(rest)
		m.Mod |= tea.ModShift
		return m
	}
	if code, ok := named[k]; ok {
		m := tea.KeyPressMsg{Code: code}
		if k == "space" {
			m.Text = " "
		}
		return m
	}
	r := []rune(k)[0]
	return tea.KeyPressMsg{Code: r, Text: k}
}

// screen is the text on the screen.
func (d *driver) screen() string {
	if !d.app.Idle() {
		d.t.Error("the console is not idle")
	}
	return textOf(d.app.render())
}

func textOf(scr uv.ScreenBuffer) string {
	var b strings.Builder
	for y := range scr.Height() {
		var line strings.Builder
		for x := 0; x < scr.Width(); x++ {
			cell := scr.CellAt(x, y)
			if cell == nil || cell.Width == 0 {
				continue
			}
			line.WriteString(cell.Content)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// expect fails unless the screen holds all the texts.
func (d *driver) expect(texts ...string) *driver {
	d.t.Helper()
	screen := d.screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			d.t.Fatalf("the screen lacks %q:\n%s", text, screen)
		}
	}
	return d
}

// refuse fails if the screen holds one of the texts.
func (d *driver) refuse(texts ...string) *driver {
	d.t.Helper()
	screen := d.screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			d.t.Fatalf("the screen holds %q:\n%s", text, screen)
		}
	}
	return d
}
