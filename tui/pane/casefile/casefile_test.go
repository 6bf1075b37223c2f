package casefile

import (
	"image"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
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
func (plainClock) T0() time.Time            { return time.Time{} }

// page makes the page and reads the case.
func page(t *testing.T) (*Pane, *tuitest.Case, pane.Env) {
	t.Helper()
	c, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	styles, err := themes.New(themes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env := pane.Env{
		Evidence: c, Clock: plainClock{}, Styles: styles, Now: func() time.Time { return tuitest.Now },
		Work: pane.NewWork(), Out: &pane.Outbox{}, Drafts: dialog.Drafts{},
	}
	p := New(env)
	p.Resize(image.Pt(100, 20))
	answer(t, p, env, p.Show(pane.Subject{}))
	return p, c, env
}

// answer runs a command and gives the pane what it came back with.
func answer(t *testing.T, p *Pane, env pane.Env, cmd tea.Cmd) {
	t.Helper()
	msg, ok := cmd().(pane.LoadedMsg)
	if !ok || !env.Work.Finish(msg) {
		t.Fatal("no answer")
	}
	if _, mine := p.Receive(msg); !mine {
		t.Fatal("the answer is not the pane's")
	}
}

func TestPane_goesBackToItsPlace(t *testing.T) {
	t.Parallel()
	p, _, env := page(t)
	p.Handle(action.NextPane)
	p.Handle(action.NextPane)
	place := p.Keep()
	if e := p.current(); e == nil || e.title != "rejected" {
		t.Fatalf("at %q", place)
	}
	other := New(env)
	other.Restore(place)
	if other.Keep() != place {
		t.Error("forgets the place before the case is read")
	}
	answer(t, other, env, other.Show(pane.Subject{}))
	if other.Keep() != place {
		t.Errorf("at %q, not %q", other.Keep(), place)
	}
	for _, bad := range []string{"", "x", "99 1", "-1 0", "1 99"} {
		other.Restore(bad)
	}
}

func TestPane_noteStandsInTheJournal(t *testing.T) {
	t.Parallel()
	p, c, env := page(t)
	p.Handle(action.Note)
	wishes := env.Out.Take()
	open, ok := wishes[0].(pane.Open)
	if !ok {
		t.Fatalf("wished for %T", wishes[0])
	}
	if open.Then(dialog.Closed{}) != nil {
		t.Error("a note that was left is written")
	}
	answer(t, p, env, open.Then(dialog.Submitted{Text: "called the owner"}))
	answer(t, p, env, p.Refresh())
	entries, err := c.Journal(t.Context())
	if err != nil || len(entries) != 1 || entries[0].Action != journal.ActionNote || entries[0].Note != "called the owner" {
		t.Fatalf("%+v, %v", entries, err)
	}
	if e := p.current(); e == nil || e.text != "called the owner" {
		t.Error("the new entry is not selected")
	}
}

func TestPane_gapNamesItsSession(t *testing.T) {
	t.Parallel()
	p, _, _ := page(t)
	p.Handle(action.NextPane)
	if s := p.Selected(); s.Entity != (investigations.Entity{Kind: investigations.KindSession, Name: tuitest.Session}) || s.Session != tuitest.Session {
		t.Errorf("%+v", s)
	}
}

// Who adds evidence just now is told when the page is read, in safe text.
func TestPane_tellsWhoAddsEvidence(t *testing.T) {
	t.Parallel()
	p, c, env := page(t)
	if wishes := env.Out.Take(); len(wishes) > 0 {
		t.Errorf("says %v when nobody adds evidence", wishes)
	}
	c.Writer = "PID 4711 on web-1, cordon ingest by dana\x1b[2J"
	answer(t, p, env, p.Refresh())
	wishes := env.Out.Take()
	if len(wishes) != 1 {
		t.Fatalf("says %v", wishes)
	}
	if said, ok := wishes[0].(pane.Say); !ok || said.Text != "Evidence is being added just now by PID 4711 on web-1, cordon ingest by dana␛[2J" {
		t.Errorf("says %v", wishes)
	}
}
