package casefile

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

// holed is the incident with one gap of each kind.
func holed(t *testing.T) *tuitest.Case {
	t.Helper()
	c, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	session := &investigations.Entity{Kind: investigations.KindSession, Name: tuitest.Session}
	at := tuitest.T0
	c.Gaps = []investigations.Gap{
		{Kind: investigations.GapDay, From: at.Add(-48 * time.Hour), To: at.Add(-24 * time.Hour), Count: 1, Detail: "no event on 2026-10-04, between days with events"},
		{Kind: investigations.GapNotLogged, From: at, Count: 1, Entity: session, Detail: "a recorded session is nowhere in the log: the log does not reach there, or its events were lost or removed (session " + tuitest.Session + ")"},
		{Kind: investigations.GapIndex, From: at, To: at.Add(time.Minute), Count: 7, Entity: session, Detail: "7 events missing from a database session: numbers 1 to 2, 4 to 8 (session " + tuitest.Session + ")"},
		{Kind: investigations.GapClock, From: at, To: at, Count: 1, Detail: "the clock of host shop-1 is ahead of the auth server's: recordings were uploaded before their sessions ended, by up to 14s (1 session)"},
		{Kind: investigations.GapNoEnd, From: at, Count: 1, Entity: session, Detail: "a session began and has no end in this evidence: it runs on, or its end was not logged (session " + tuitest.Session + ")"},
		{Kind: investigations.GapNoStart, From: at, To: at, Count: 2, Detail: "2 database sessions ended here without a start in this evidence: begun before it, or the start was not logged"},
		{Kind: investigations.GapRecording, From: at, Count: 1, Entity: session, Detail: "the recording's file is empty, 0 bytes (session " + tuitest.Session + ")"},
		{Kind: investigations.GapLostRecording, From: at, To: at, Count: 1, Entity: session, Detail: "a recorded session ended and its recording was never uploaded: it is lost, or comes later than this evidence (session " + tuitest.Session + ")"},
		{Kind: investigations.GapNoRecording, From: at, To: at, Count: 18, Detail: "18 of 39 recordings that the log says were uploaded are not in this case"},
		{Kind: investigations.GapToken, Count: 1, Entity: &investigations.Entity{Kind: investigations.KindToken, Name: "****cafe"}, Detail: "who made a join token is not known, used in 1 join: it is older than this evidence, or a static token of the server's configuration (token ****cafe)"},
	}
	return c
}

// gapsPage is the part with the gaps.
func gapsPage(t *testing.T, theme string, size image.Point) (*Pane, pane.Env) {
	t.Helper()
	palette, err := themes.Load(theme)
	if err != nil {
		t.Fatal(err)
	}
	styles, err := themes.New(themes.Options{Palette: palette})
	if err != nil {
		t.Fatal(err)
	}
	env := pane.Env{
		Evidence: holed(t), Clock: plainClock{}, Styles: styles, Now: func() time.Time { return tuitest.Now },
		Work: pane.NewWork(), Out: &pane.Outbox{}, Drafts: dialog.Drafts{},
	}
	p := New(env)
	p.Resize(size)
	answer(t, p, env, p.Show(pane.Subject{}))
	p.Handle(action.NextPane)
	return p, env
}

func TestGaps_golden(t *testing.T) {
	t.Parallel()
	for _, size := range []image.Point{{X: 80, Y: 18}, {X: 200, Y: 54}} { // what a terminal of 80x24 and of 200x60 leaves
		for _, theme := range []string{"dark", "mono"} {
			t.Run(fmt.Sprintf("%dx%d_%s", size.X, size.Y, theme), func(t *testing.T) {
				t.Parallel()
				p, env := gapsPage(t, theme, size)
				scr := uv.NewScreenBuffer(size.X, size.Y)
				p.Draw(draw.On(scr, env.Styles), scr.Bounds(), true)
				var b strings.Builder
				for _, line := range scr.Lines {
					row := ""
					for _, cell := range line {
						row += cell.Content
					}
					b.WriteString(strings.TrimRight(row, " ") + "\n")
				}
				golden.RequireEqual(t, b.String())
			})
		}
	}
}

func TestGaps_eachSaysWhatItConcerns(t *testing.T) {
	t.Parallel()
	p, _ := gapsPage(t, "mono", image.Pt(80, 18))
	for i, g := range holed(t).Gaps {
		want := investigations.Entity{}
		if g.Entity != nil {
			want = *g.Entity
		}
		if s := p.Selected(); s.Entity != want || s.Text != g.Detail {
			t.Errorf("row %d, %s: %+v", i, g.Kind, s)
		}
		p.Handle(action.MoveDown)
	}
}
