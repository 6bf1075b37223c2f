package teleport_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

// Who may not list locks sends a plan under the name that it had before, also days
// after: what is over by then does not lock anybody.
func TestLocker_givesALockThatIsOverANewEnd(t *testing.T) {
	t.Parallel()
	now := begin
	clock := func() time.Time { return now }
	c, server := connect(t, clustertest.Options{Now: clock})
	plan := containtest.Plan(t, 1, request(contain.FieldUser, "mallory"))
	for range 2 { // sent again while it holds, it keeps its end
		l, err := c.Locker().Lock(t.Context(), plan)
		if err != nil || !l.Expires.Equal(begin.Add(time.Hour)) {
			t.Errorf("it ends %v, %v", l.Expires, err)
		}
		now = now.Add(time.Minute)
	}
	now = begin.Add(26 * time.Hour)
	l, err := c.Locker().Lock(t.Context(), plan)
	if err != nil || !l.Expires.Equal(now.Add(time.Hour)) || l.State(now) != contain.StateInForce {
		t.Errorf("it is %s, ends %v, %v", l.State(now), l.Expires, err)
	}
	if held := server.Locks(); len(held) != 1 || !held[0].IsInForce(now) {
		t.Errorf("the cluster holds %v", held)
	}
}

func TestLocker_saysThatALockIsOverByTheClustersClock(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{Now: func() time.Time { return begin.Add(2 * time.Hour) }})
	c := connectTo(t, server, func() time.Time { return begin })
	_, err := c.Locker().Lock(t.Context(), containtest.Plan(t, 1, request(contain.FieldUser, "mallory")))
	var told *teleport.Error
	if !errors.As(err, &told) || !strings.Contains(told.Text, "was over at 2026-11-18T22:00:00Z, and there it is 2026-11-18T23:00:00Z: nobody is locked") || !strings.Contains(told.Hint, "clock") {
		t.Errorf("error %v", err)
	}
}

// Under its old name it would count as in force for the time between, too: what
// somebody did then would be a lock that does not hold.
func TestLocker_doesNotExtendALockThatIsOver(t *testing.T) {
	t.Parallel()
	now := begin
	c, server := connect(t, clustertest.Options{Now: func() time.Time { return now }})
	plan := containtest.Plan(t, 1, request(contain.FieldUser, "mallory"))
	if _, err := c.Locker().Lock(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	now = begin.Add(2 * time.Hour)
	_, err := c.Locker().Extend(t.Context(), plan.Name, now.Add(time.Hour))
	if err == nil || !strings.Contains(err.Error(), "it was over at 2026-11-18T22:00:00Z: lock again") || server.Locks()[0].IsInForce(now) {
		t.Errorf("error %v", err)
	}
}
