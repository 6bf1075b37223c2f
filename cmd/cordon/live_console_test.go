package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gravitational/teleport/api/types"
	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/store/teleport/clustertest"
)

// liveLine is an event of mallory's so many seconds ago.
func liveLine(n int, kind, rest string) string {
	return fmt.Sprintf(`{"ei":0,"event":%q,"uid":"11111111-0000-4000-8000-%012d","time":%q,"cluster_name":"teleport.example.com"%s}`,
		kind, n, time.Now().Add(time.Duration(n-60)*time.Second).UTC().Format("2006-01-02T15:04:05.000Z"), rest)
}

// locks presses L until the cluster holds a lock: the key does nothing while the
// plan that it would place is being made, and right after another key.
func (c *console) locks(held func() string) {
	c.t.Helper()
	clock := regexp.MustCompile(`\d\d:\d\d:\d\d UTC`)
	for try := 0; held() == "" && try < 20; try++ {
		c.press("L")
		was := clock.FindString(c.until("an answer", func(shown string) bool {
			return strings.Contains(shown, "being prepared") || strings.Contains(shown, "as fast as a paste") || held() != ""
		}))
		c.until("the next second", func(shown string) bool { return clock.FindString(shown) != was })
	}
}

// runsAndRan gives mallory a session that runs, the one of the second line of the
// log, and one that ended and was recorded.
func runsAndRan(t *testing.T, server *clustertest.Cluster) {
	t.Helper()
	const ran = "22222222-0000-4000-8000-000000000002"
	where := `,"user":"mallory@example.com","login":"root","sid":"` + ran + `","server_id":"33333333-0000-4000-8000-000000000001","server_hostname":"shop-1","proto":"ssh","interactive":true`
	server.AddLines(liveLine(3, "session.start", `,"code":"T2000I"`+where), liveLine(4, "session.end", `,"code":"T2004I"`+where), liveLine(5, "session.upload", `,"code":"T2005I","sid":"`+ran+`"`))
	at := time.Now().Add(-57 * time.Second)
	server.Record(
		ran,
		&apievents.SessionStart{Metadata: apievents.Metadata{Type: "session.start", Time: at}, SessionMetadata: apievents.SessionMetadata{SessionID: ran}, UserMetadata: apievents.UserMetadata{User: "mallory@example.com", Login: "root"}, TerminalSize: "80:24"},
		&apievents.SessionPrint{Metadata: apievents.Metadata{Type: "print", Time: at.Add(time.Second), Index: 1}, Data: []byte("# cat /etc/shadow\r\n"), Bytes: 19, DelayMilliseconds: 1000},
		&apievents.SessionEnd{Metadata: apievents.Metadata{Type: "session.end", Time: at.Add(2 * time.Second), Index: 2}, SessionMetadata: apievents.SessionMetadata{SessionID: ran}},
	)
	runs, err := types.NewSessionTracker(types.SessionTrackerSpecV1{
		SessionID: "22222222-0000-4000-8000-000000000001", Kind: string(types.SSHSessionKind), State: types.SessionState_SessionStateRunning,
		Hostname: "shop-1", Login: "root", Created: at, Participants: []types.Participant{{User: "mallory@example.com", Mode: "peer"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Hold(runs.(*types.SessionTrackerV1))
}

func lockOn(t *testing.T, user string) types.Lock {
	t.Helper()
	l, err := types.NewLock("99999999-0000-4000-8000-000000000001", types.LockSpecV2{Target: types.LockTarget{User: user}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A live incident: the lock is in the cluster by one key, it is known whether it
// held, and another key removes it.
func TestJourney_locksOnALiveCluster(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{Version: "16.4.12", Enterprise: true})
	dir := t.TempDir()
	file := filepath.Join(dir, "identity")
	server.WriteIdentity(file, clustertest.Identity{User: "ana@example.com", Roles: []string{"cordon-responder"}})
	server.AddLines(
		liveLine(1, "user.login", `,"code":"T1000I","user":"mallory@example.com","success":true,"method":"local","addr.remote":"203.0.113.66:4000"`),
		liveLine(2, "session.start", `,"code":"T2000I","user":"mallory@example.com","login":"root","sid":"22222222-0000-4000-8000-000000000001","server_id":"33333333-0000-4000-8000-000000000001","server_hostname":"shop-1","proto":"ssh"`),
	)
	runsAndRan(t, server)
	server.Answer("SELECT user FROM exec", []string{"user"}, []string{"bob@example.com"})
	held := func() string {
		var names []string
		for _, l := range server.Locks() {
			names = append(names, l.Target().User)
		}
		return strings.Join(names, " ")
	}

	c := openConsole(t, 120, 40, []string{"XDG_STATE_HOME=" + filepath.Join(dir, "state")},
		"open", "--live", "--proxy", server.Addr, "--identity", file, "--who", "mallory@example.com", filepath.Join(dir, "inc.cordon"))
	c.sees("LIVE", "last event") // the case was empty: its first events show by themselves
	c.until("her login", regexp.MustCompile(`logins +1 `).MatchString)
	c.sees("$ tctl lock", "--user=mallory@example.com")

	c.locks(held)
	if held() != "mallory@example.com" {
		t.Errorf("the cluster holds locks on %q", held())
	}
	c.press("u")
	c.sees("is no longer locked")
	if held() != "" {
		t.Errorf("after the undo the cluster holds locks on %q", held())
	}

	c.locks(held)
	c.press("5")
	c.sees("1 in force", "mallory@example.com", "in 23h 59m", "Locking mode best_effort")
	c.press("e")
	c.sees("extend the lock on user mallory@example.com")
	c.press("4", "8", "h", "\r")
	c.sees("now ends ", "in 47h 59m")
	// Somebody else locks too: it arrives by itself, below the cursor.
	server.PutLock(lockOn(t, "bob@example.com"))
	c.sees("2 in force", "bob@example.com")
	// She gets a certificate all the same, once the lock has settled.
	server.AddLines(liveLine(90, "cert.create", `,"code":"TC000I","cert_type":"user","identity":{"user":"mallory@example.com"}`))
	c.sees("ALARM: the lock on user mallory@example.com does not hold", "+1 new (R)")

	// Her session runs, and the recording of the one before comes from the cluster
	// while the log is followed on.
	c.press("4")
	c.sees("1 running now", "In it: mallory@example.com (peer)", "o observes")
	c.press("G")
	c.sees("The log says that it was recorded")
	c.press("F")
	c.sees("replay root@shop-1", "paused")
	c.press("\x1b")
	server.AddLines(liveLine(91, "cert.create", `,"code":"TC000I","cert_type":"user","identity":{"user":"mallory@example.com"}`))
	c.sees("+2 new (R)")
	// The cluster answers audit SQL too, and says how it is set.
	c.press("7", "i", "SELECT user FROM exec", "\x07")
	c.sees("asks Access Monitoring of", "last 7 days")
	c.press("\x12")
	c.sees("1 row", "bob@example.com", "the cluster's own log")
	c.press("6", "\t")
	c.sees("how the cluster is set now")
	c.press("q")
	c.quits()

	out, code := run(t, "verify", filepath.Join(dir, "inc.cordon"))
	if code != 0 {
		t.Errorf("verify ended with %d: %s", code, out)
	}
}
