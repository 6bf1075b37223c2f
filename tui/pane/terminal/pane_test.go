//go:build unix

package terminal

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"
	"go.uber.org/goleak"

	"cordon/playback/child"
	"cordon/themes"
	"cordon/tui/draw"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// opened runs a script in a pane of a size and ends it with the test.
func opened(t *testing.T, size image.Point, script string) *Pane {
	t.Helper()
	picture := PictureSize(size)
	env := []string{"PATH=/usr/bin:/bin", "LANG=C.UTF-8"}
	c, err := child.Start(t.Context(), child.Command{Argv: []string{"sh", "-c", script}, Env: env}, picture.X, picture.Y)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Kill()
		<-c.Done()
	})
	return New("helper", "sh -c script", c)
}

func drawn(t *testing.T, p *Pane, size image.Point) uv.ScreenBuffer {
	t.Helper()
	palette, err := themes.Load("mono")
	if err != nil {
		t.Fatal(err)
	}
	styles, err := themes.New(themes.Options{Palette: palette})
	if err != nil {
		t.Fatal(err)
	}
	scr := uv.NewScreenBuffer(size.X, size.Y)
	p.Draw(draw.On(scr, styles), scr.Bounds())
	return scr
}

func textOf(scr uv.ScreenBuffer) string {
	var b strings.Builder
	for _, line := range scr.Lines {
		row := ""
		for _, cell := range line {
			row += cell.Content
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	return b.String()
}

// until looks at a program until it shows a text.
func until(t *testing.T, p *Pane, text string) {
	t.Helper()
	guard := time.After(time.Minute)
	for !strings.Contains(strings.Join(p.screen.Text(), "\n"), text) {
		listen := p.Listen()
		if listen == nil {
			t.Fatalf("it ended without %q: %q", text, p.screen.Text())
		}
		got := make(chan tea.Msg, 1)
		go func() { got <- listen() }()
		select {
		case msg := <-got:
			if !p.Changed(msg.(ChangedMsg)) {
				t.Fatal("the change is not the pane's")
			}
		case <-guard:
			t.Fatalf("waited for %q: %q", text, p.screen.Text())
		}
	}
}

func TestPane_golden(t *testing.T) {
	t.Parallel()
	const hello = `printf '\033]0;at work\007hello\033[1m world\033[0m\r\n$ '; `
	for name, script := range map[string]string{
		"running": hello + "exec sleep 1000",
		"failed":  hello + "exit 7",
		"done":    hello + "exit 0",
		"killed":  hello + "kill -9 $$",
	} {
		for _, size := range []image.Point{{80, 6}, {40, 4}} {
			t.Run(fmt.Sprintf("%s_%dx%d", name, size.X, size.Y), func(t *testing.T) {
				t.Parallel()
				p := opened(t, size, script)
				until(t, p, "$")
				if name != "running" {
					p.Wait()
					p.Look()
				}
				golden.RequireEqual(t, []byte(textOf(drawn(t, p, size))))
			})
		}
	}
}

func TestPane_showsTheCursorWhileItRuns(t *testing.T) {
	t.Parallel()
	size := image.Pt(20, 4)
	p := opened(t, size, "printf abc; read x")
	until(t, p, "abc")
	if drawn(t, p, size).CellAt(3, 1).Style.Attrs&uv.AttrReverse == 0 {
		t.Error("no cursor is shown")
	}
	if err := p.Type(tea.KeyPressMsg{Code: tea.KeyEnter}, uv.Rect(0, 0, 20, 4)); err != nil {
		t.Fatal(err)
	}
	p.Wait()
	p.Look()
	for y := 1; y < 4; y++ {
		for x := range 20 {
			if drawn(t, p, size).CellAt(x, y).Style.Attrs&uv.AttrReverse != 0 {
				t.Fatalf("a cursor at %d,%d after the end", x, y)
			}
		}
	}
}

func TestPane_staysWhereItWasScrolled(t *testing.T) {
	t.Parallel()
	size := image.Pt(60, 5)
	p := opened(t, size, "seq 10; read x; seq 11 14; echo end; read x; printf '\\033[?1049halternate'; read x")
	area := uv.Rect(0, 0, size.X, size.Y)
	shown := func() string { return strings.Join(strings.Fields(textOf(drawn(t, p, size))), " ") }
	enter := tea.KeyPressMsg{Code: tea.KeyEnter}
	wheel := tea.MouseWheelMsg{X: 1, Y: 2, Button: tea.MouseWheelUp}
	until(t, p, "10")
	p.Page(1)
	if got := shown(); !strings.Contains(got, "3 lines below running 5 6 7 8") {
		t.Errorf("a page up shows %q", got)
	}
	if err := p.child.Write([]byte("\r")); err != nil {
		t.Fatal(err)
	}
	until(t, p, "end")
	if got := shown(); !strings.HasSuffix(got, "running 5 6 7 8") {
		t.Errorf("after new lines it shows %q", got)
	}
	p.Page(-100)
	if got := shown(); !strings.HasSuffix(got, "running 13 14 end") {
		t.Errorf("at the end it shows %q", got)
	}
	p.Page(100)
	if got := shown(); !strings.HasSuffix(got, "running 1 2 3 4") {
		t.Errorf("at the top it shows %q", got)
	}
	if err := p.Type(enter, area); err != nil {
		t.Fatal(err)
	}
	until(t, p, "alternate")
	p.Page(1)
	if got := shown(); strings.Contains(got, "below") {
		t.Errorf("the alternate screen was scrolled: %q", got)
	}
	if err := p.Type(wheel, area); err != nil { // sent as cursor keys
		t.Fatal(err)
	}
	until(t, p, "^[[A^[[A^[[A")
}

func TestPane_sendsTheMouseWhereItIsAskedFor(t *testing.T) {
	t.Parallel()
	size := image.Pt(30, 5)
	area := uv.Rect(10, 7, size.X, size.Y)
	p := opened(t, size, "printf '\\033[?1000;1006hready'; read x")
	until(t, p, "ready")
	for _, msg := range []tea.Msg{
		tea.MouseClickMsg{X: 10, Y: 7, Button: tea.MouseLeft}, // the line above
		tea.MouseClickMsg{X: 12, Y: 9, Button: tea.MouseLeft},
		tea.MouseReleaseMsg{X: 12, Y: 9, Button: tea.MouseLeft},
	} {
		if err := p.Type(msg, area); err != nil {
			t.Fatal(err)
		}
	}
	until(t, p, "ready^[[<0;3;2M^[[<0;3;2m")
}

func TestPane_resizesTheProgram(t *testing.T) {
	t.Parallel()
	p := opened(t, image.Pt(80, 24), "trap 'stty size' WINCH; echo on; while :; do read x; done")
	until(t, p, "on")
	p.Resize(image.Pt(60, 20))
	until(t, p, "19 60")
	p.Resize(image.Pt(0, 0))
	if cols, rows := p.screen.Size(); cols != 1 || rows != 1 {
		t.Errorf("the least size is %dx%d", cols, rows)
	}
}

func TestPane_refusesWhatIsNotRead(t *testing.T) {
	t.Parallel()
	p := opened(t, image.Pt(80, 24), "stty raw -echo; echo ready; exec sleep 1000")
	until(t, p, "ready")
	paste := tea.PasteMsg{Content: strings.Repeat("0123456789abcdef", 1<<15)} // half a megabyte
	var err error
	for range 4 {
		err = p.Type(paste, uv.Rect(0, 0, 80, 24))
	}
	if err == nil {
		t.Error("two megabytes were taken")
	}
}

func TestPane_hostileTitleNeverReachesACell(t *testing.T) {
	t.Parallel()
	size := image.Pt(80, 4)
	p := opened(t, size, `printf '\033]2;a\342\200\256b\302\2332J\001c\007shown\033]52;c;eA==\007\342\200\256'`)
	p.Wait()
	p.Look()
	text := textOf(drawn(t, p, size))
	if strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == '\u202e'
	}) || !strings.Contains(text, "shown") {
		t.Errorf("the pane shows %q", text)
	}
}
