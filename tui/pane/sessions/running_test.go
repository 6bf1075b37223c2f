package sessions

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

// liveBench is a bench on a cluster where some sessions run.
func liveBench(t *testing.T, ev *evidence, runs ...pane.Running) (*bench, *tuitest.Cluster) {
	t.Helper()
	cluster := &tuitest.Cluster{}
	cluster.Runs(runs...)
	b := newBench(t, ev, "mono", 120, 24)
	b.env.Live = cluster
	b.pane = New(b.env)
	b.pane.Resize(b.size)
	return b, cluster
}

func runs(id, kind, user string) pane.Running {
	return pane.Running{ID: id, Kind: kind, Start: now.Add(-time.Minute), Where: "shop-1", Login: "root", Participants: []pane.Participant{{User: user, Mode: "peer"}}}
}

const sidRuns = "4be1c9d2-0000-4000-8000-0000000000aa"

func TestRunning_standsOnTopOnceAndOfWhomTheListIsAbout(t *testing.T) {
	t.Parallel()
	b, _ := liveBench(t, small(t), runs(sidNone, "ssh", "dana@example.com"), runs(sidRuns, "kube", "dana@example.com"), runs("x", "ssh", "omar@example.com"))
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	b.wants("2 running now and 1 of others", "row 1 of 6")
	if n := strings.Count(b.text(), " running "); n != 3 { // two rows and the line above them
		t.Errorf("%d rows run:\n%s", n, b.text())
	}
	role := investigations.Entity{Kind: investigations.KindRole, Name: "ops"}
	b.run(b.pane.Show(pane.Subject{Entity: role}))
	b.wants("1 running now and 2 of others") // the one that the log says is the role's
	b.run(b.pane.Show(pane.Subject{}))
	b.wants("3 running now  as of")
}

// asking shows the list, and has the log and the cluster answer in an order.
func (b *bench) asking(of pane.Subject, first string) {
	b.t.Helper()
	cmd := b.pane.Show(of)
	if !b.pane.loader.Loading(loadSessions) || !b.pane.loader.Loading(loadRunning) {
		b.t.Fatal("not both are asked")
	}
	batch, _ := cmd().(tea.BatchMsg)
	if first == loadRunning {
		slices.Reverse(batch)
	}
	for _, c := range batch {
		b.run(c)
	}
}

func TestRunning_theListBeginsOnTheNewestThatRunsWhicheverAnswersFirst(t *testing.T) {
	t.Parallel()
	old, young := runs("old", "ssh", "dana@example.com"), runs(sidRuns, "ssh", "dana@example.com")
	young.Start = old.Start.Add(time.Second)
	for _, first := range []string{loadSessions, loadRunning} {
		b, cluster := liveBench(t, small(t), old, young)
		b.asking(pane.Subject{Entity: dana}, first)
		if got := b.pane.Keep(); got != sidRuns {
			t.Errorf("%s first: the list begins on %s", first, got)
		}
		b.wants("row 1 of")
		// Afterwards it stays where it is, whatever begins to run.
		newest := runs("newest", "ssh", "dana@example.com")
		newest.Start = young.Start.Add(time.Second)
		cluster.Runs(old, young, newest)
		b.now = b.now.Add(runningEvery)
		b.run(b.pane.Tick())
		if got := b.pane.Keep(); got != sidRuns {
			t.Errorf("%s first: the cursor went to %s", first, got)
		}
	}
}

func TestRunning_takesNoCursorThatSomebodyMoved(t *testing.T) {
	t.Parallel()
	for name, chosen := range map[string]func(b *bench){
		"a key":   func(b *bench) { b.do(action.MoveBottom) },
		"a wheel": func(b *bench) { b.run(b.pane.Wheel(9)) },
		"a place": func(b *bench) { b.run(b.pane.Restore(sidBroken)) },
	} {
		b, _ := liveBench(t, small(t), runs(sidRuns, "ssh", "dana@example.com"))
		cmd := b.pane.Show(pane.Subject{Entity: dana})
		batch, _ := cmd().(tea.BatchMsg)
		b.run(batch[0])
		chosen(b)
		b.run(batch[1])
		b.wants("1 running now")
		if got := b.pane.Keep(); got != sidBroken {
			t.Errorf("after %s the cursor went to %s", name, got)
		}
	}
}

func TestRunning_theLogSaysWhoseItIsWhereTheClusterNamesNobody(t *testing.T) {
	t.Parallel()
	ev := small(t)
	b, cluster := liveBench(t, ev)
	b.run(b.pane.Show(pane.Subject{}))
	unnamed := pane.Running{ID: sidRuns, Kind: "ssh", Start: now.Add(-time.Second), Where: "shop-1", Login: "root"}
	cluster.Runs(unnamed)
	b.now = b.now.Add(runningEvery)
	b.run(b.pane.Tick())
	b.do(action.MoveTop)
	b.wants("The cluster does not say who is in it.")
	started := ev.sessions[0] // its start arrives, and the list is not read again
	started.ID, started.User = sidRuns, "omar\x1b[2J@example.com"
	ev.sessions = append(ev.sessions, started)
	b.now = b.now.Add(runningEvery)
	b.run(b.pane.Tick())
	b.wants("The log says that omar", "opened it.")
	onlyOurBytes(t, b.draw().Render())
	if targets, err := b.pane.LockTargets(); err != nil || targets != nil {
		t.Errorf("the app is not left to look up whom L locks: %v, %v", targets, err)
	}
	b.pane.list.of = investigations.Entity{Kind: investigations.KindUser, Name: started.User}
	b.pane.list.fill(b.env)
	b.wants("1 running now  as of")
}

func TestOpenersIn_asksForAFewAndForEachOnce(t *testing.T) {
	t.Parallel()
	ev := &asked{evidence: *small(t)}
	all := make([]pane.Running, 3*maxOpeners)
	for i := range all {
		all[i].ID = fmt.Sprint(i)
	}
	all[0].ID, all[len(all)-1].ID = "known", sidShell
	all[len(all)-2].Participants = []pane.Participant{{User: "omar@example.com"}}
	got := openersIn(t.Context(), ev, all, map[string]string{"known": "eve@example.com", "ended": "dana@example.com"})
	if want := map[string]string{"known": "eve@example.com", sidShell: "dana@example.com"}; !maps.Equal(got, want) {
		t.Errorf("openers are %v, want %v", got, want)
	}
	if ev.sessionsAsked != maxOpeners {
		t.Errorf("the log is asked for %d sessions", ev.sessionsAsked)
	}
}

// asked counts how many single sessions are asked for.
type asked struct {
	evidence
	sessionsAsked int
}

func (c *asked) Session(ctx context.Context, id string) (investigations.Session, bool, error) {
	c.sessionsAsked++
	if id == "140" {
		return investigations.Session{}, false, errors.New("the case cannot be read")
	}
	return c.evidence.Session(ctx, id)
}

func TestRunning_endedSessionsGoBackToTheirPlace(t *testing.T) {
	t.Parallel()
	b, cluster := liveBench(t, small(t), runs(sidNone, "ssh", "dana@example.com"))
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	b.do(action.MoveTop)
	if got := b.pane.Keep(); got != sidNone {
		t.Fatalf("on top is %s", got)
	}
	cluster.Runs()
	b.now = b.now.Add(runningEvery)
	b.run(b.pane.Tick())
	b.wants("0 running now", "row 3 of 5")
	if got := b.pane.Keep(); got != sidNone {
		t.Errorf("the cursor went to %s", got)
	}
}

func TestRunning_saysWhyItIsNotKnown(t *testing.T) {
	t.Parallel()
	b, cluster := liveBench(t, small(t))
	cluster.Fails(errors.New("this identity may not see it (needs session_tracker: list)\x1b[2J"))
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	b.wants("! what runs now is not known: this identity may not see it (needs session_tracker: list)")
	onlyOurBytes(t, b.draw().Render())
}

func TestTick_restsWhileARecordingIsWatched(t *testing.T) {
	t.Parallel()
	b, _ := liveBench(t, small(t), runs(sidRuns, "ssh", "dana@example.com"))
	b.open(sidShell)
	b.now = b.now.Add(time.Hour)
	if b.pane.Tick() != nil {
		t.Error("the cluster is asked for a list that is not in sight")
	}
}

func TestLockTargets_areWhoOpenedItUnlessTheLogKnowsMore(t *testing.T) {
	t.Parallel()
	b, _ := liveBench(t, small(t), runs(sidNone, "ssh", "dana@example.com"), runs(sidRuns, "db", "omar@example.com"), pane.Running{ID: "nobody"})
	b.run(b.pane.Show(pane.Subject{}))
	b.do(action.MoveTop)
	if targets, err := b.pane.LockTargets(); err != nil || targets != nil {
		t.Errorf("of a session in the log: %v, %v", targets, err)
	}
	b.do(action.MoveDown)
	if targets, err := b.pane.LockTargets(); err != nil || fmt.Sprint(targets) != "[user omar@example.com]" {
		t.Errorf("of one that only runs: %v, %v", targets, err)
	}
	b.do(action.MoveDown)
	if _, err := b.pane.LockTargets(); err == nil {
		t.Error("nobody's session has somebody to lock")
	}
}

func TestJoin_runsTheCommandThatWasShown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind string
		id   action.ID
		any  bool
		want string
	}{
		{"ssh", action.Observe, false, "tsh join --mode=observer --proxy=proxy.example.com:443 " + sidRuns},
		{"ssh", action.JoinPeer, true, "tsh join --mode=peer --proxy=proxy.example.com:443 --insecure " + sidRuns},
		{"kube", action.Terminate, false, "tsh kube join --mode=moderator --proxy=proxy.example.com:443 " + sidRuns},
	} {
		b, cluster := liveBench(t, &evidence{}, runs(sidRuns, c.kind, "dana@example.com"))
		cluster.TakesAny = c.any
		b.run(b.pane.Show(pane.Subject{Entity: dana}))
		b.do(c.id)
		var asked pane.Open
		for _, w := range b.env.Out.Take() {
			asked, _ = w.(pane.Open)
		}
		asked.Then(dialog.Closed{})
		if wishes := b.env.Out.Take(); len(wishes) != 0 {
			t.Errorf("%s: a dialog that was left runs %v", c.id, wishes)
		}
		asked.Then(dialog.Confirmed{})
		wishes := b.env.Out.Take()
		if run, ok := wishes[0].(pane.Run); !ok || run.Command() != c.want {
			t.Errorf("%s runs %v, want %s", c.id, wishes, c.want)
		}
	}
}

func TestJoin_isRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]pane.Running{
		"kind db":       runs(sidRuns, "db", "dana@example.com"),
		"kind app":      runs(sidRuns, "app", "dana@example.com"),
		"kind desktop":  runs(sidRuns, "desktop", "dana@example.com"),
		"none that tsh": runs("--exec", "ssh", "dana@example.com"),
	} {
		b, _ := liveBench(t, &evidence{}, r)
		b.run(b.pane.Show(pane.Subject{Entity: dana}))
		for _, id := range []action.ID{action.Observe, action.JoinPeer, action.Terminate} {
			if got := b.pane.Disabled(id); !strings.Contains(got, want) || !strings.Contains(got, "L locks its user") {
				t.Errorf("%s says %q", id, got)
			}
		}
		b.wants(want)
	}
}

func TestArrived_keepsTheSelection(t *testing.T) {
	t.Parallel()
	ev := small(t)
	b, _ := liveBench(t, ev)
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	b.do(action.MoveBottom)
	was := b.pane.Keep()
	more := ev.sessions[0]
	more.ID = sidRuns
	ev.sessions = append(ev.sessions, more)
	b.run(b.pane.Arrived())
	b.wants("row 5 of 6")
	if got := b.pane.Keep(); got != was {
		t.Errorf("the cursor went from %s to %s", was, got)
	}
}

func TestFetch_playsOnlyWhereItIsWaitedFor(t *testing.T) {
	t.Parallel()
	ev := small(t)
	b, cluster := liveBench(t, ev)
	cluster.OnFetch = func(id string) error {
		if id != sidMissing {
			return fmt.Errorf("%s was not found", id)
		}
		ev.sessions[1].Recording, ev.sessions[1].RecordingID = stateRecorded, 1
		return nil
	}
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	b.run(b.pane.Restore(sidMissing))
	cmd := b.pane.Handle(action.Fetch)
	b.wants("on its way from the cluster")
	if b.pane.Disabled(action.Fetch) == "" {
		t.Error("it is fetched twice")
	}
	b.pane.Hide() // another page lies over it
	b.run(cmd)
	if b.pane.replay != nil || !strings.Contains(b.said(), "The recording of session 4be1c9d2 is in the case") {
		t.Error("it plays under another page")
	}
	b.run(b.pane.Restore(sidNone))
	b.do(action.Fetch)
	if said := b.said(); !strings.Contains(said, "Not fetched: "+sidNone+" was not found") {
		t.Errorf("said %q", said)
	}
	ev.sessions[1].RecordingID = 0
	ev.sessions[1].Recording = stateMissing
	b.run(b.pane.Arrived())
	b.run(b.pane.Restore(sidMissing))
	b.do(action.Fetch)
	if b.pane.replay == nil || b.pane.replay.session.ID != sidMissing {
		t.Error("it does not play where it is waited for")
	}
}
