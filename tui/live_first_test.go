package tui

import (
	"errors"
	"image"
	"strings"
	"testing"
	"time"

	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

// The log of an incident that is followed from its first event on.
const (
	danaLoggedIn = `{"event":"user.login","code":"T1000I","time":"2026-10-06T22:03:04Z","uid":"00000000-0000-4000-8000-000000000001","user":"dana@example.com","success":true,"cluster_name":"teleport.example.com"}`
	omarLoggedIn = `{"event":"user.login","code":"T1000I","time":"2026-10-06T22:03:05Z","uid":"00000000-0000-4000-8000-000000000002","user":"omar@example.com","success":true,"cluster_name":"teleport.example.com"}`
	danaMadeEve  = `{"event":"user.create","code":"T1002I","time":"2026-10-06T22:03:06Z","uid":"00000000-0000-4000-8000-000000000003","user":"dana@example.com","name":"eve@example.com","cluster_name":"teleport.example.com"}`
)

// become has the followed case hold these events.
func become(t *testing.T, c *tuitest.Case, lines ...string) {
	t.Helper()
	if err := c.Become(strings.Join(lines, "\n")); err != nil {
		t.Fatal(err)
	}
}

func TestLive_theFirstEventsOfAnEmptyCaseShowByThemselves(t *testing.T) {
	t.Parallel()
	for _, size := range []image.Point{{60, 20}, small, wide, large} {
		evidence, err := tuitest.New("")
		if err != nil {
			t.Fatal(err)
		}
		d := drive(t, setup{palette: "mono", size: size, identity: tuitest.Dana, cluster: cluster(), evidence: evidence})
		d.expect("Reading the cluster's log, events so far: 0.", "dana@example.com").refuse("never seen")
		become(t, evidence, omarLoggedIn)
		d.send(LiveMsg{Added: 1, Newest: tuitest.Now})
		d.expect("Reading the cluster's log, events so far: 1.").refuse("new (R)", "never seen")
		become(t, evidence, omarLoggedIn, danaLoggedIn, danaMadeEve)
		d.send(LiveMsg{Added: 3, Newest: tuitest.Now, Answered: tuitest.Now})
		d.expect("+2 new (R)", "No event shown here names dana@example.com", "2 more").refuse("never seen", "Reading the")
		d.press("R").expect("logins").refuse("new (R)")
		d.press("3").expect("eve@example.com")
	}
}

func TestLive_isFollowedOnceTheCaseWasRead(t *testing.T) {
	t.Parallel()
	d := liveDriver(t, cluster())
	opened := 0
	d.app.whenOpened = func() { opened++ }
	answer := d.app.openCase()
	if opened != 0 {
		t.Error("it is followed before the case was read")
	}
	d.run(answer)
	if opened != 1 {
		t.Errorf("it begins %d times", opened)
	}
}

func TestLive_whatTheLogReadInFullDoesNotNameWasNeverSeen(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.New(omarLoggedIn)
	if err != nil {
		t.Fatal(err)
	}
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana, cluster: cluster(), evidence: evidence})
	d.expect("Reading the cluster's log").press("3").expect("Reading the cluster's log")
	d.send(LiveMsg{Ended: "the identity was removed"})
	d.expect("has never seen").refuse("Reading the cluster's log")
	d.send(LiveMsg{Answered: tuitest.Now})
	d.expect("has never seen").press("1").expect("has never seen")
}

func TestLive_saysWhatTheBoardIsWhileTheClusterDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for _, size := range []image.Point{{60, 20}, small, wide} {
		c := cluster()
		d := drive(t, setup{palette: "mono", size: size, identity: tuitest.Dana, cluster: c})
		d.send(LiveMsg{Answered: tuitest.Now.Add(-time.Minute)})
		c.Fails(errors.New("the cluster does not answer"))
		d.press("5").refuse("no answer since").expect("locking mode not known")
		d.send(LiveMsg{Answered: tuitest.Now.Add(-time.Minute), Lost: "the cluster does not answer"})
		d.expect("! no answer since 22:03:11: this is what the case knows")
		c.Fails(nil)
		d.send(LiveMsg{Answered: tuitest.Now})
		d.refuse("no answer since", "mode not known").expect("locking best_effort", "Connected again.", "in force  user relay")
		d.now = d.now.Add(time.Minute)
		d.refuse("Connected again.")
	}
}

// Sessions of whom the cluster names nobody are whose the log says.
func TestLive_whoseASessionIsSaysTheLogWhereTheClusterDoesNot(t *testing.T) {
	t.Parallel()
	c := cluster()
	c.Runs(pane.Running{ID: tuitest.Session, Kind: "ssh", Start: tuitest.T0.Add(29 * time.Second), Where: "shop-1", Login: "root"})
	d := drive(t, setup{palette: "mono", size: large, cluster: c}).press("4")
	d.expect("1 running now", "The cluster does not say who is in it. The log says that dana@example.com opened it.", "user dana@example.com for 24h")
}
