package sessions

import (
	"strings"
	"testing"
	"time"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/pane"
)

func TestList_doesNotCallAnAppSessionOpen(t *testing.T) {
	t.Parallel()
	ev := &evidence{sessions: []investigations.Session{{
		ID: sidNone, Kind: "app", User: "dana@example.com", Host: "wiki", Start: t0, Recording: stateNone,
	}}}
	b := newBench(t, ev, "mono", 120, 30)
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	b.wants("unknown", "ends are not logged", "never when it ends")
	for _, wrong := range []string{"no end ", "no session.end", "still run"} {
		if strings.Contains(b.text(), wrong) {
			t.Errorf("%q in\n%s", wrong, b.text())
		}
	}
	if ended := (investigations.Session{Kind: "app", Start: t0, End: at(time.Minute)}); endsUnlogged(ended) || length(ended) != "1m 00s" {
		t.Error("an app session whose end is logged is said to have none")
	}
}

func TestWords_areASCIIWhereTheTerminalIs(t *testing.T) {
	t.Parallel()
	styles, err := themes.New(themes.Options{ASCII: true})
	check(t, err)
	env := pane.Env{Clock: utc{}, Styles: styles}
	for _, s := range []investigations.Session{
		{}, {Start: t0}, {Start: t0, End: at(time.Minute)}, {Start: t0, Kind: "app"},
	} {
		if got := span(s, env); strings.Trim(got, " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~") != "" {
			t.Errorf("%q is not ASCII", got)
		}
	}
}

func TestList_beginsWithTheFirstRecordingSinceT0(t *testing.T) {
	t.Parallel()
	session := func(id string, recording int64, start time.Duration) investigations.Session {
		return investigations.Session{ID: id, Kind: "ssh", Start: at(start), End: at(start + time.Second), RecordingID: recording, Recording: stateRecorded}
	}
	all := []investigations.Session{
		session("before", 1, -time.Hour), session("unrecorded", 0, time.Minute), session("first", 2, 2*time.Minute), session("later", 3, time.Hour),
	}
	for _, test := range []struct {
		t0   time.Time
		want string
	}{{t0, "first"}, {time.Time{}, "later"}, {t0.Add(48 * time.Hour), "later"}} {
		b := newBench(t, &evidence{}, "mono", 80, 20)
		b.pane.list.deliver(all, nil, b.env)
		b.pane.list.begin(test.t0)
		if s, _ := b.pane.list.selected(); s.ID != test.want {
			t.Errorf("T0 %v: %s", test.t0, s.ID)
		}
	}
}
