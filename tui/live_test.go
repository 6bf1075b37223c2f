package tui

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/investigations/survive"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

// harmful is a text that would do harm if a terminal read it.
const harmful = "fix \x1b[31mit\u202e\x07\r\n"

// cluster is a live cluster in which dana's session runs, and others, and that
// holds a lock of another person's.
func cluster() *tuitest.Cluster {
	c := &tuitest.Cluster{Mode: pane.Locking{Mode: "best_effort", Strict: []string{"prod-root", "ops" + harmful}}}
	c.Runs(
		pane.Running{
			ID: tuitest.Session, Kind: "ssh", Start: tuitest.T0.Add(29 * time.Second), Where: "shop-1", Login: "root", Reason: harmful,
			Participants: []pane.Participant{{User: "dana@example.com", Mode: "peer"}, {User: "ana" + harmful, Mode: "observer"}},
		},
		pane.Running{
			ID: "4be1c9d2-0000-4000-8000-000000000009", Kind: "db", Start: tuitest.T0.Add(40 * time.Second), Where: "orders" + harmful, Login: "app",
			Participants: []pane.Participant{{User: "dana@example.com"}},
		},
		pane.Running{
			ID: "4be1c9d2-0000-4000-8000-00000000000a", Kind: "ssh", Start: tuitest.T0.Add(41 * time.Second), Where: "web-1", Login: "root",
			Participants: []pane.Participant{{User: "omar@example.com"}},
		},
	)
	c.Holds(lockOf("11111111-0000-4000-8000-000000000001", "relay@example.com", 30*time.Second))
	return c
}

func lockOf(name, user string, after time.Duration) contain.Lock {
	return contain.Lock{
		Name: name, Targets: []contain.Target{{Field: contain.FieldUser, Value: user}}, Message: "by hand " + harmful,
		Created: tuitest.T0.Add(after), By: "victor@example.com", Expires: tuitest.T0.Add(4 * time.Hour), EndSaid: true, Origin: contain.OriginCluster,
	}
}

func TestLivePages_golden(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{
		"locks": {"5"}, "locked": {"L", "5", "g"}, "lock": {"5", "enter"}, "extend": {"5", "e"},
		"database": {"4"}, "sessions": {"4", "j"}, "observe": {"4", "j", "o"},
	} {
		for _, size := range []image.Point{small, wide} {
			t.Run(fmt.Sprintf("%s_%dx%d", name, size.X, size.Y), func(t *testing.T) {
				t.Parallel()
				d := drive(t, setup{palette: "mono", size: size, identity: tuitest.Dana, cluster: cluster()}).press(keys...)
				d.expect("LIVE")
				golden.RequireEqual(t, []byte(d.screen()))
			})
		}
	}
}

func liveDriver(t *testing.T, c *tuitest.Cluster) *driver {
	t.Helper()
	return drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana, cluster: c})
}

func TestLive_locksOfOthersArriveUnderTheCursor(t *testing.T) {
	t.Parallel()
	c := cluster()
	d := liveDriver(t, c).press("5").expect("▸● in force  user relay@example.com")
	c.Holds(lockOf("11111111-0000-4000-8000-000000000001", "relay@example.com", 30*time.Second), lockOf("22222222-0000-4000-8000-000000000001", "omar@example.com", 60*time.Second))
	d.expect("1 in force")
	d.send(LiveMsg{Locks: 1})
	d.expect("2 in force", " ● in force  user omar@example.com", "▸● in force  user relay@example.com")
}

func TestLive_extendsALockAndJournalsIt(t *testing.T) {
	t.Parallel()
	c := cluster()
	d := liveDriver(t, c).press("5", "e")
	d.typed("tomorrow").expect("a length from now").press("enter").expect("extend the lock")
	for range len("tomorrow") {
		d.press("backspace")
	}
	d.typed("48h").press("enter").expect("now ends 10-08 22:04:1", "in 47h 59m")
	d.now = d.now.Add(time.Minute)
	d.refuse("now ends")
	d.press("e").typed("never").press("enter").expect("now has no end", "never")
	c.Holds() // somebody removes it
	d.send(LiveMsg{Locks: 1})
	d.expect("0 in force").refuse("now has no end")
	entries, err := d.app.env.Evidence.Journal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var results []string
	for _, e := range entries {
		if e.Action == journal.ActionLockExtend {
			results = append(results, string(e.Mode)+" "+e.Result)
		}
	}
	if want := []string{"live moved: until 2026-10-08T22:04:12Z", "live moved: no end"}; len(results) != 2 || results[1] != want[1] || !strings.HasPrefix(results[0], "live moved: until 2026-10-08T22:04:") {
		t.Errorf("the journal says %q, want %q", results, want)
	}
}

func TestLive_whatRunsIsAskedForAgainAndTheCursorStays(t *testing.T) {
	t.Parallel()
	c := cluster()
	d := liveDriver(t, c).press("4", "j").expect("2 running now and 1 of others", "▸! ")
	c.Runs(pane.Running{ID: "4be1c9d2-0000-4000-8000-000000000001", Kind: "ssh", Start: tuitest.T0, Participants: []pane.Participant{{User: "dana@example.com"}}},
		pane.Running{ID: "4be1c9d2-0000-4000-8000-000000000009", Kind: "db", Start: tuitest.T0, Where: "orders", Login: "app", Participants: []pane.Participant{{User: "dana@example.com"}}})
	before := d.app.selected().Session
	d.send(tickedMsg{})
	d.expect("and 1 of others") // it was asked a moment ago
	d.now = d.now.Add(10 * time.Second)
	d.send(tickedMsg{})
	d.refuse("of others").expect("2 running now")
	if got := d.app.selected().Session; got != before || got == "" {
		t.Errorf("the cursor went from %q to %q", before, got)
	}
	c.Fails(errors.New("the cluster does not answer"))
	d.now = d.now.Add(10 * time.Second)
	d.send(tickedMsg{})
	d.expect("2 running now", "not answered since: the cluster does not answer")
}

func TestLive_sayWhyASessionCannotBeJoinedOrFetched(t *testing.T) {
	t.Parallel()
	d := liveDriver(t, cluster()).press("4", "t").expect("Nobody can join a session of the kind db. L locks its user")
	d.expect("user dana@example.com") // L's plan, of a session that is in no log
	d.press("F").expect("it still runs")
	d.press("G", "o").expect("does not run now")
	files := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana}).press("4", "o").expect("no live cluster")
	files.press("F").expect("cordon fetch --case NAME 4be1c9d2")
}

func TestLive_fetchesARecordingAndShowsIt(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	const ended = "4be1c9d2-0000-4000-8000-000000000001"
	c := cluster()
	c.OnFetch = func(session string) error {
		if session != ended {
			return fmt.Errorf("%s was not found", session)
		}
		evidence.Recordings = map[string][]byte{ended: cast}
		return nil
	}
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana, cluster: c, evidence: evidence})
	d.press("4", "G", "F").expect("replay ubuntu@jump-1", "paused")
	c.Runs()
	d.press("esc", "R", "G", "k").refuse("replay")
	d.now = d.now.Add(10 * time.Second)
	d.send(tickedMsg{})
	d.press("g", "j", "F").expect("Not fetched: " + tuitest.Session + " was not found")
}

// cast is a recording of a few words.
var cast = []byte(`{"version": 2, "width": 80, "height": 24, "timestamp": 1791187800}
[0.5, "o", "cat /etc/shadow\r\n"]
`)

func TestLive_burstsCostNoWork(t *testing.T) {
	t.Parallel()
	d := liveDriver(t, cluster()).press("2")
	row := d.app.selected()
	const burst = 50_000
	for i := range burst {
		if _, cmd := d.app.Update(LiveMsg{Added: int64(i + 1), Newest: tuitest.Now}); cmd != nil {
			t.Fatalf("message %d of a burst starts work", i)
		}
	}
	if busy := d.app.env.Work.Busy(); busy != 0 {
		t.Errorf("%d loads run", busy)
	}
	if !pane.SameRow(row, d.app.selected()) {
		t.Error("the cursor moved")
	}
	d.expect(fmt.Sprintf("+%d new (R)", burst)).press("j")
	if pane.SameRow(row, d.app.selected()) {
		t.Error("a key does nothing")
	}
	d.press("R").refuse("new (R)")
}

func TestSteps_areProvedByTheLogAlone(t *testing.T) {
	t.Parallel()
	d := liveDriver(t, cluster())
	const command = "tctl users rm omar@example.com"
	d.app.steps = []step{{of: survive.Step{Command: command}, since: tuitest.Now}}
	d.app.sayStep()
	d.expect("Asking the cluster, and waiting for user.delete: " + command)
	d.send(LiveMsg{Added: 1})
	d.expect("waiting for user.delete")
	grown, err := tuitest.New(`{"event":"user.delete","code":"T1004I","time":"2026-10-06T22:05:00Z","uid":"00000000-0000-4000-8000-000000000099","user":"ana@example.com","name":"omar@example.com","cluster_name":"teleport.example.com"}`)
	if err != nil {
		t.Fatal(err)
	}
	d.app.env.Evidence = grown
	d.send(LiveMsg{Added: 2})
	d.expect("✓ user.delete at", "proves it: "+command)
	if len(d.app.stepMark(command)) == 0 || !strings.Contains(d.app.stepMark(command)[0].Text, "done") {
		t.Errorf("it is marked %v", d.app.stepMark(command))
	}
}

func TestCopiedCommands_areOnlyWhatCordonWrites(t *testing.T) {
	t.Parallel()
	a := &App{copied: strings.Join([]string{
		"# cut off now", "tctl lock --user=dana@example.com --message='a; b'", "tctl users rm x; reboot", "tctl users rm $(reboot)", "tctl users rm \x1b[31m",
		"rm -rf /", "  tsh join 4be1c9d2  ", "tctl", "tctl lock --user=dana@example.com --message='a; b'", "",
	}, "\n")}
	if got, want := a.copiedCommands(), []string{"tctl lock --user=dana@example.com --message='a; b'", "tsh join 4be1c9d2"}; !slices.Equal(got, want) {
		t.Errorf("commands are %q, want %q", got, want)
	}
}

func TestLive_warnsOfTheEndOfItsCertificate(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana, cluster: cluster()})
	for _, c := range []struct {
		left time.Duration
		says string
	}{
		{9*time.Minute + 30*time.Second, "certificate ends in 9 min"},
		{0, "certificate ended: log in again"},
	} {
		d.send(LiveMsg{Added: 12, Newest: d.now, Until: d.now.Add(c.left)})
		d.expect(c.says, "+12 new (R)")
	}
	d.send(LiveMsg{Newest: d.now, Until: d.now.Add(8 * time.Hour)})
	d.refuse("certificate e")
}

// The cluster says its version, whatever the evidence does: it decides by which
// field a host is locked.
func TestLive_locksAHostAsTheClusterKnowsIt(t *testing.T) {
	t.Parallel()
	host := investigations.Entity{Kind: investigations.KindHost, Name: "33333333-0000-4000-8000-000000000001"}
	for major, want := range map[int]string{12: "--node=", 17: "--server-id="} {
		c := cluster()
		c.Major = major
		drive(t, setup{palette: "mono", size: wide, identity: host, cluster: c}).expect("$ tctl lock", want+"33333333")
	}
}
