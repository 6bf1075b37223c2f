package locks

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"
	"go.uber.org/goleak"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/investigations/pivot"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var t0 = time.Date(2026, 10, 6, 22, 3, 0, 0, time.UTC)

// evidence is a small case in memory: lock events, one open session of dana, and
// the user that dana made.
type evidence struct {
	pane.Evidence // what is not here is not asked for
	locks         []contain.Record
	events        []investigations.Event
	journal       []journal.Entry
}

func (e *evidence) LockEvents(context.Context) ([]contain.Record, error) { return e.locks, nil }
func (e *evidence) Journal(context.Context) ([]journal.Entry, error)     { return e.journal, nil }

func (e *evidence) Record(_ context.Context, entry journal.Entry) (journal.Entry, error) {
	var head journal.Head
	if n := len(e.journal); n > 0 {
		head = e.journal[n-1].Head()
	}
	e.journal = append(e.journal, journal.Append(head, entry))
	return e.journal[len(e.journal)-1], nil
}

func (e *evidence) Groups(_ context.Context, of investigations.Entity) (out []pivot.Group, err error) {
	for i := range e.events {
		ev := &e.events[i]
		for _, v := range ev.Involved {
			if v.Entity == of {
				out = append(out, pivot.Group{Role: v.Role, Type: ev.Type, Code: ev.Code, N: 1, First: ev.Time, Last: ev.Time, IDs: []int64{ev.ID}})
			}
		}
	}
	return out, nil
}

func (e *evidence) Each(_ context.Context, ids []int64, yield func(*investigations.Event) error) error {
	for _, id := range ids {
		i := slices.IndexFunc(e.events, func(ev investigations.Event) bool { return ev.ID == id })
		if err := yield(&e.events[i]); err != nil {
			return err
		}
	}
	return nil
}

type utc struct{}

func (utc) Time(t time.Time) string  { return t.UTC().Format("15:04:05") }
func (utc) Short(t time.Time) string { return t.UTC().Format("15:04:05") }
func (utc) Zone() string             { return "UTC" }
func (utc) T0() time.Time            { return time.Time{} }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lockEvent is a lock event as a server of today writes it.
func lockEvent(t testing.TB, id int64, kind, name string, after time.Duration, target map[string]string, expires time.Time) contain.Record {
	t.Helper()
	at := t0.Add(after)
	raw, err := json.Marshal(map[string]any{
		"event": kind, "name": name, "time": at, "user": "victor@example.com", "expires": expires,
		"target": map[string]string{}, "lock": map[string]any{"target": target},
	})
	check(t, err)
	return contain.Record{Raw: raw, Event: &investigations.Event{
		ID: id, UID: name + kind, Type: kind, Time: at,
		Involved: []investigations.Involvement{
			{Role: investigations.RoleActor, Entity: investigations.Entity{Kind: investigations.KindUser, Name: "victor@example.com"}},
			{Role: investigations.RoleSubject, Entity: investigations.Entity{Kind: investigations.KindLock, Name: name}},
		},
	}}
}

func small(t testing.TB) *evidence {
	user := func(name string, role investigations.Role) investigations.Involvement {
		return investigations.Involvement{Role: role, Entity: investigations.Entity{Kind: investigations.KindUser, Name: name}}
	}
	return &evidence{
		locks: []contain.Record{
			lockEvent(t, 11, "lock.created", "11111111-0000-4000-8000-000000000001", 0, map[string]string{"user": "relay@example.com"}, t0.Add(3*time.Hour)),
			lockEvent(t, 12, "lock.created", "11111111-0000-4000-8000-000000000002", time.Minute, map[string]string{"login": "root"}, time.Time{}),
			lockEvent(t, 13, "lock.deleted", "11111111-0000-4000-8000-000000000002", 5*time.Minute, map[string]string{"login": "root"}, time.Time{}),
			lockEvent(t, 14, "lock.created", "11111111-0000-4000-8000-000000000003", 2*time.Minute, map[string]string{"role": "relay-read"}, t0.Add(10*time.Minute)),
		},
		events: []investigations.Event{
			{ID: 1, UID: "s", Type: "session.start", Time: t0, Involved: []investigations.Involvement{
				user("dana@example.com", investigations.RoleActor),
				{Role: investigations.RoleTarget, Entity: investigations.Entity{Kind: investigations.KindSession, Name: "4be1c9d2-0000-4000-8000-000000000001"}},
				{Role: investigations.RoleTarget, Entity: investigations.Entity{Kind: investigations.KindHost, Name: "h"}, Label: "shop-1"},
				{Role: investigations.RoleTarget, Entity: investigations.Entity{Kind: investigations.KindOSLogin, Name: "root"}},
			}},
			{ID: 2, UID: "u", Type: "user.create", Time: t0.Add(time.Second), Involved: []investigations.Involvement{
				user("dana@example.com", investigations.RoleActor), user("relay@example.com", investigations.RoleSubject),
			}},
		},
	}
}

// bench is a pane with everything around it that the app would be.
type bench struct {
	t    testing.TB
	env  pane.Env
	ev   *evidence
	pane *Pane
	now  time.Time
	size image.Point
}

func newBench(t testing.TB, ev *evidence, theme string, width, height int) *bench {
	t.Helper()
	p, err := themes.Load(theme)
	check(t, err)
	styles, err := themes.New(themes.Options{Palette: p})
	check(t, err)
	b := &bench{t: t, ev: ev, now: t0.Add(time.Hour), size: image.Pt(width, height)}
	clock := func() time.Time { return b.now }
	desk, err := contain.NewDryRunDesk(t.Context(), ev, ev, contain.Guard{Operator: "vera"}, clock)
	check(t, err)
	desk.Random = strings.NewReader(strings.Repeat("0123456789abcdef", 8))
	b.env = pane.Env{
		Evidence: ev, Clock: utc{}, Styles: styles, Now: clock, Desk: desk,
		Work: pane.NewWork(), Out: &pane.Outbox{}, Drafts: dialog.Drafts{},
	}
	b.pane = New(b.env)
	b.pane.Resize(b.size)
	return b
}

// planned places a dry lock on dana, as L would.
func (b *bench) planned() {
	b.t.Helper()
	plan, err := b.env.Desk.Prepare(b.t.Context(), contain.Request{Targets: []contain.Target{{Field: contain.FieldUser, Value: "dana@example.com"}}})
	check(b.t, err)
	_, err = b.env.Desk.Place(b.t.Context(), plan, plan.Verdict.Confirm)
	check(b.t, err)
}

func (b *bench) show() { b.run(b.pane.Show(pane.Subject{})) }

func (b *bench) run(cmd tea.Cmd) {
	b.t.Helper()
	if cmd == nil {
		return
	}
	msg, ok := cmd().(pane.LoadedMsg)
	if !ok {
		b.t.Fatal("a command that loads nothing")
	}
	if b.env.Work.Finish(msg) {
		next, _ := b.pane.Receive(msg)
		b.run(next)
	}
}

func (b *bench) do(ids ...action.ID) {
	b.t.Helper()
	for _, id := range ids {
		if why := b.pane.Disabled(id); why != "" {
			b.t.Fatalf("%s is disabled: %s", id, why)
		}
		b.run(b.pane.Handle(id))
	}
}

// opened takes the dialog that the pane opened.
func (b *bench) opened() pane.Open {
	b.t.Helper()
	for _, w := range b.env.Out.Take() {
		if o, ok := w.(pane.Open); ok {
			return o
		}
	}
	b.t.Fatal("no dialog was opened")
	return pane.Open{}
}

func (b *bench) text() string {
	scr := uv.NewScreenBuffer(b.size.X, b.size.Y)
	b.pane.Draw(draw.On(scr, b.env.Styles), scr.Bounds(), true)
	var out strings.Builder
	for _, line := range scr.Lines {
		row := ""
		for _, cell := range line {
			row += cell.Content
		}
		out.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	return out.String()
}

func (b *bench) wants(parts ...string) {
	b.t.Helper()
	screen := b.text()
	for _, p := range parts {
		if !strings.Contains(screen, p) {
			b.t.Errorf("the screen does not show %q:\n%s", p, screen)
		}
	}
}

func TestBoard_golden(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 18}, {200, 54}} {
		for _, theme := range []string{"dark", "mono"} {
			t.Run(fmt.Sprintf("%dx%d_%s", size[0], size[1], theme), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, small(t), theme, size[0], size[1])
				b.planned()
				b.now = b.now.Add(4 * time.Second)
				b.show()
				b.do(action.MoveDown)
				golden.RequireEqual(t, b.text())
			})
		}
	}
}

func TestBoard_everyStateHasItsWord(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 160, 30)
	b.planned()
	b.show()
	b.wants("● in force", "○ planned", "– expired", "✗ released", "1 in force", "1 planned")
}

func TestBoard_countsDown(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 160, 30)
	b.planned()
	b.show()
	b.wants("u drops the plan for user dana@example.com  30 s left", "in 2h")
	b.now = b.now.Add(20 * time.Second)
	b.wants("10 s left", "in 1h 59m")
	b.now = b.now.Add(3 * time.Hour)
	if screen := b.text(); strings.Contains(screen, "s left") || strings.Contains(screen, "● in force") {
		t.Errorf("what is over still counts:\n%s", screen)
	}
}

func TestBoard_saysWhatALockHits(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 160, 40)
	b.planned()
	b.show()
	b.do(action.MoveDown)
	b.wants("hits in this evidence: 1 open session", "root@shop-1", "does not reach: user relay@example.com", "$ tctl lock --user=dana@example.com")
}

func TestBoard_emptySaysWhatItDoesNotMean(t *testing.T) {
	t.Parallel()
	b := newBench(t, &evidence{}, "mono", 80, 18)
	b.show()
	b.wants("No lock in this evidence", "not proof")
	if b.pane.Disabled(action.Release) == "" || b.pane.Disabled(action.Open) == "" {
		t.Error("keys work on nothing")
	}
}

func TestRelease_dropsAPlanOnlyAfterYes(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 30)
	b.planned()
	b.show()
	b.do(action.MoveDown, action.Release)
	asked := b.opened()
	b.run(asked.Then(dialog.Closed{}))
	b.wants("1 planned")
	b.run(asked.Then(dialog.Confirmed{}))
	b.wants("0 planned", "1 dropped")
	if e := b.ev.journal[len(b.ev.journal)-1]; e.Action != journal.ActionLockUndo {
		t.Errorf("the journal ends with %s", e.Action)
	}
	changed := false
	for _, w := range b.env.Out.Take() {
		_, is := w.(pane.Changed)
		changed = changed || is
	}
	if !changed {
		t.Error("nobody is told that the case changed")
	}
}

func TestRelease_inADryRunALockThatExistsStands(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 30)
	b.show()
	b.do(action.Release)
	d := b.opened()
	if d.Then != nil {
		t.Error("the dialog can release")
	}
	copied, ok := d.Dialog.Handle(tea.KeyPressMsg{Code: 'y', Text: "y"}).(dialog.Copied)
	if want := "tctl rm lock/11111111-0000-4000-8000-000000000001"; !ok || copied.Text != want {
		t.Errorf("copies %q, want %q", copied.Text, want)
	}
	if len(b.ev.journal) != 0 {
		t.Error("the journal says that something was done")
	}
}

func TestRelease_isRefusedForWhatIsOver(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 30)
	b.show()
	b.do(action.MoveBottom)
	if got := b.pane.Disabled(action.Release); !strings.Contains(got, "already") {
		t.Errorf("the reason is %q", got)
	}
}

func TestDetail_showsTheResourceAndTheCommands(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 30)
	b.show()
	b.do(action.Open)
	scr := uv.NewScreenBuffer(120, 60)
	b.opened().Dialog.Draw(draw.On(scr, b.env.Styles), scr.Bounds())
	got := scr.String()
	for _, want := range []string{"  kind: lock", "      user: relay@example.com", "tctl rm lock/"} {
		if !strings.Contains(strings.ReplaceAll(got, `"`, ""), want) {
			t.Errorf("the detail does not show %q:\n%s", want, got)
		}
	}
}

func TestDetail_ofAPlanShowsHowToRunIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 30)
	b.planned()
	b.show()
	b.do(action.MoveDown, action.Open)
	scr := uv.NewScreenBuffer(120, 60)
	b.opened().Dialog.Draw(draw.On(scr, b.env.Styles), scr.Bounds())
	for _, want := range []string{"A plan contains nobody", "$ tctl lock --user=dana@example.com"} {
		if !strings.Contains(scr.String(), want) {
			t.Errorf("the detail does not show %q:\n%s", want, scr.String())
		}
	}
	if strings.Contains(scr.String(), "tctl rm") {
		t.Error("a plan that was never sent is removed with a command")
	}
}

func TestBoard_selectionAndSmallSizes(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 18)
	b.show()
	b.do(action.MoveDown)
	place := b.pane.Keep()
	b.do(action.MoveTop)
	b.run(b.pane.Restore(place))
	if b.pane.Keep() != place {
		t.Error("the place was not restored")
	}
	if s := b.pane.Selected(); s.Entity.IsZero() || s.Text == "" {
		t.Errorf("selected is %+v", s)
	}
	for w := 0; w < 100; w += 9 {
		for h := range 16 {
			b.size = image.Pt(w, h)
			b.pane.Resize(b.size)
			_ = b.text()
		}
	}
}
