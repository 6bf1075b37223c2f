package locks

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

// did adds an event of a user, so long after the lock on relay.
func (e *evidence) did(user, kind string, after time.Duration, more ...investigations.Involvement) *investigations.Event {
	e.events = append(e.events, investigations.Event{
		ID: int64(100 + len(e.events)), UID: fmt.Sprintf("99999999-0000-4000-8000-%012d", len(e.events)), Type: kind, Time: t0.Add(after),
		Involved: append([]investigations.Involvement{{Role: investigations.RoleActor, Entity: investigations.Entity{Kind: investigations.KindUser, Name: user}}}, more...),
	})
	return &e.events[len(e.events)-1]
}

func session(id string) investigations.Involvement {
	return investigations.Involvement{Role: investigations.RoleTarget, Entity: investigations.Entity{Kind: investigations.KindSession, Name: id}}
}

const relay = "relay@example.com"

func TestVerdict_golden(t *testing.T) {
	t.Parallel()
	by := investigations.Involvement{Role: investigations.RoleImpersonator, Entity: investigations.Entity{Kind: investigations.KindUser, Name: relay}}
	for name, happened := range map[string]func(e *evidence){
		"holds": func(e *evidence) {
			e.did(relay, "session.end", 4*time.Second, session("4be1c9d2-0000-4000-8000-00000000000a"))
			e.did(relay, "client.disconnect", 5*time.Second)
			e.did(relay, "user.login", time.Minute).Outcome = investigations.OutcomeFailure
		},
		"broken": func(e *evidence) {
			e.did(relay, "cert.create", 2*time.Second)
			e.did(relay, "session.start", 2*time.Minute, session("4be1c9d2-0000-4000-8000-00000000000b"))
			e.did("eve\x1b[2J@example.com", "cert.create", 3*time.Minute, by)
			e.did(relay, "exec", 4*time.Minute)
		},
	} {
		for _, size := range [][2]int{{80, 18}, {81, 34}} {
			t.Run(fmt.Sprintf("%s_%dx%d", name, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				ev := small(t)
				happened(ev)
				b := newBench(t, ev, "mono", size[0], size[1])
				b.show()
				golden.RequireEqual(t, b.text())
			})
		}
	}
}

func TestProof_goesToTheEventThatSaysMost(t *testing.T) {
	t.Parallel()
	ev := small(t)
	b := newBench(t, ev, "mono", 120, 30)
	b.show()
	if b.pane.Disabled(action.LockProof) == "" {
		t.Error("there is a proof of nothing")
	}
	ev.did(relay, "session.end", 4*time.Second, session("4be1c9d2-0000-4000-8000-00000000000a"))
	broke := *ev.did(relay, "cert.create", time.Minute)
	b.show()
	b.do(action.LockProof)
	for _, w := range b.env.Out.Take() {
		if g, ok := w.(pane.Go); ok && g.Page == pane.PageEvents && g.Subject.Event.ID == broke.ID && g.Subject.Entity.Name == relay {
			return
		}
	}
	t.Error("it does not go to the certificate")
}

func TestLengthOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"4h": 4 * time.Hour, " 90m ": 90 * time.Minute, "NEVER": 0, "never": 0, "1h30m": 90 * time.Minute} {
		if got, err := lengthOf(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "0h", "-4h", "59s", "4", "2d", "4 h", "tomorrow", "4h\x00"} {
		if got, err := lengthOf(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

// submit answers the dialog that asks for a length.
func (b *bench) submit(text string) {
	b.t.Helper()
	asked := b.opened()
	b.run(asked.Then(dialog.Submitted{ID: asked.Dialog.ID(), Text: text}))
}

func TestExtend_changesAPlan(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 30)
	b.planned()
	b.show()
	b.do(action.MoveDown)
	b.wants("24h if run")
	b.do(action.Extend)
	b.submit("48h")
	b.wants("48h if run")
	if e := b.ev.journal[len(b.ev.journal)-1]; e.Action != journal.ActionLockExtend || !strings.Contains(e.Result, "nothing was sent") {
		t.Errorf("the journal ends with %+v", e)
	}
}

func TestExtend_inADryRunShowsTheResourceOfALockThatStands(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 30)
	b.show()
	b.do(action.Extend)
	b.submit("4h")
	d := b.opened()
	copied, ok := d.Dialog.Handle(tea.KeyPressMsg{Code: 'y', Text: "y"}).(dialog.Copied)
	for _, want := range []string{"kind: lock", "name: 11111111-0000-4000-8000-000000000001", "user: relay@example.com", "2026-10-07T03:03:00Z"} {
		if !ok || !strings.Contains(strings.ReplaceAll(copied.Text, `"`, ""), want) {
			t.Errorf("the resource has no %q:\n%s", want, copied.Text)
		}
	}
	scr := uv.NewScreenBuffer(120, 40)
	d.Dialog.Draw(draw.On(scr, b.env.Styles), scr.Bounds())
	if !strings.Contains(scr.String(), "$ tctl create -f FILE") {
		t.Errorf("no command:\n%s", scr.String())
	}
	b.wants("in 2h") // it stands as it was
	if e := b.ev.journal[len(b.ev.journal)-1]; !strings.Contains(e.Result, "the lock stands as it was") {
		t.Errorf("the journal ends with %+v", e)
	}
}

func TestExtend_isRefusedForWhatIsOver(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 30)
	b.show()
	b.do(action.MoveBottom)
	if got := b.pane.Disabled(action.Extend); !strings.Contains(got, "already: lock again with L") {
		t.Errorf("the reason is %q", got)
	}
	if empty := newBench(t, &evidence{}, "mono", 120, 30); empty.pane.Disabled(action.Extend) == "" {
		t.Error("nothing can be extended")
	}
}

func TestMode_isSaidWithWhatItMeans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode pane.Locking
		err  error
		want []string
	}{
		{pane.Locking{Mode: "strict"}, nil, []string{"locking strict", "ends all that it guards"}},
		{pane.Locking{Mode: "best_effort"}, nil, []string{"locking best_effort", "does not know a new lock until it is back", "No role is strict."}},
		{pane.Locking{Mode: "best_effort", Strict: []string{"ops", "x\x1b[2J"}}, nil, []string{"Strict all the same, for who holds them: ops, x"}},
		{pane.Locking{Mode: "best_effort", Strict: strings.Split("a b c d e f g h", " ")}, nil, []string{"a, b, c, d, e, f and 2 more roles"}},
		{pane.Locking{Mode: "best_effort", RolesErr: "needs role: list"}, nil, []string{"are not known: needs role: list"}},
		{pane.Locking{}, errors.New("needs cluster_auth_preference: read"), []string{"locking mode not known", "Locking mode not known: needs"}},
	} {
		b := newBench(t, small(t), "mono", 160, 40)
		cluster := &tuitest.Cluster{Mode: c.mode}
		cluster.Fails(c.err)
		b.env.Live = cluster
		b.pane = New(b.env)
		b.pane.Resize(b.size)
		b.run(b.pane.loadLocking())
		b.run(b.pane.loadBoard())
		b.wants(c.want...)
		if strings.Contains(b.text(), "\x1b") {
			t.Error("a role's name reaches the terminal")
		}
	}
}

func TestTick_looksAgainWhetherTheLockHolds(t *testing.T) {
	t.Parallel()
	ev := small(t)
	b := newBench(t, ev, "mono", 120, 34)
	b.env.Live = &tuitest.Cluster{}
	b.pane = New(b.env)
	b.pane.Resize(b.size)
	b.run(b.pane.loadBoard())
	b.wants("whether it holds is not known")
	ev.did(relay, "cert.create", time.Minute)
	if b.pane.Tick() != nil {
		t.Error("it is read at each tick")
	}
	b.now = b.now.Add(followEvery)
	b.run(b.pane.Tick())
	b.wants("does not hold: relay@example.com got a certificate since")
}

func TestBoard_beginsOnTheFirstRowAndThenKeepsTheCursor(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 34)
	b.run(b.pane.Refresh()) // under another page
	b.planned()
	b.ev.locks = append(b.ev.locks, lockEvent(t, 15, "lock.created", "11111111-0000-4000-8000-000000000004", 50*time.Minute, map[string]string{"user": "eve@example.com"}, t0.Add(9*time.Hour)))
	b.show()
	b.wants("▸● in force  user eve@example.com")
	b.ev.locks = append(b.ev.locks, lockEvent(t, 16, "lock.created", "11111111-0000-4000-8000-000000000005", 55*time.Minute, map[string]string{"user": "omar@example.com"}, t0.Add(9*time.Hour)))
	b.run(b.pane.Refresh())
	b.wants(" ● in force  user omar@example.com", "▸● in force  user eve@example.com")
}
