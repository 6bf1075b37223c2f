package teleport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gravitational/teleport/api/types"

	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

func TestLocker_keepsTheContract(t *testing.T) {
	t.Parallel()
	containtest.Run(t, func(t *testing.T, now func() time.Time) contain.Locker {
		c, _ := connect(t, clustertest.Options{Now: now})
		return c.Locker()
	}, contain.StateInForce)
}

func request(field contain.Field, value string) contain.Request {
	return contain.Request{Targets: []contain.Target{{Field: field, Value: value}}, TTL: time.Hour}
}

func TestLocker_neverSendsATargetThatTheServerDrops(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{Version: "12.0.3"})
	for _, f := range []contain.Field{contain.FieldServerID, contain.FieldDevice} {
		_, err := c.Locker().Lock(t.Context(), containtest.Plan(t, 1, request(f, "x")))
		if err == nil || !strings.Contains(err.Error(), "does not know "+f.Flag()) {
			t.Errorf("%s: error %v", f, err)
		}
	}
	if n := server.Calls("UpsertLock"); n != 0 {
		t.Errorf("%d locks were sent", n)
	}
	node := request(contain.FieldNode, "x")
	node.Server.Major = 12
	if _, err := c.Locker().Lock(t.Context(), containtest.Plan(t, 2, node)); err != nil {
		t.Errorf("a node: %v", err)
	}
}

func TestLocker_removesALockThatCameBackEmpty(t *testing.T) {
	t.Parallel()
	// The server says that it is newer than it is.
	old := clustertest.Start(t, clustertest.Options{Version: "12.0.3"})
	c := connectTo(t, old, nil)
	c.Major = 16
	_, err := c.Locker().Lock(t.Context(), containtest.Plan(t, 1, request(contain.FieldServerID, "x")))
	if err == nil || !strings.Contains(err.Error(), "locks nothing; cordon removed it") {
		t.Errorf("error %v", err)
	}
	if left := old.Locks(); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A server of a later version has targets that this module does not: a lock on one
// is not empty, and keeps it when its end is moved.
func TestLocker_doesNotTakeALockOnSomethingNewForEmpty(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{Version: "18.2.0"})
	token := []byte("\x5a\x06deploy") // field 11, "deploy"
	lock := &types.LockV2{Metadata: types.Metadata{Name: "n-1"}, Spec: types.LockSpecV2{Target: types.LockTarget{XXX_unrecognized: token}}}
	server.PutLock(lock)
	end := begin.Add(100 * 365 * 24 * time.Hour)
	moved, err := c.Locker().Extend(t.Context(), "n-1", end)
	if err != nil {
		t.Fatal(err)
	}
	if moved.State(begin) != contain.StateInForce || moved.Title() != "a target not known here: tctl get locks shows it" {
		t.Errorf("state %v, %q", moved.State(begin), moved.Title())
	}
	if held := server.Locks(); len(held) != 1 || !bytes.Equal(held[0].Spec.Target.XXX_unrecognized, token) || !held[0].LockExpiry().Equal(end) {
		t.Errorf("the cluster holds %+v", held)
	}
}

func TestLocker_saysThatALockIsOnSomethingNewToo(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{Version: "18.2.0"})
	both := types.LockTarget{User: "mallory", XXX_unrecognized: []byte("\x5a\x06deploy")}
	server.PutLock(&types.LockV2{Metadata: types.Metadata{Name: "n-1"}, Spec: types.LockSpecV2{Target: both}})
	l, err := c.Locker().Read(t.Context(), "n-1")
	if err != nil || !l.Unread || l.Title() != "user mallory or a target not known here" || l.State(begin) != contain.StateInForce {
		t.Errorf("%q, unread %v, %v", l.Title(), l.Unread, err)
	}
}

func TestLocker_saysWhichVerbIsMissing(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	ctx := t.Context()
	plan := containtest.Plan(t, 1, request(contain.FieldUser, "mallory@example.com"))
	calls := map[string]func() error{
		"create": func() error { _, err := c.Locker().Lock(ctx, plan); return err },
		"delete": func() error { _, err := c.Locker().Unlock(ctx, plan.Name); return err },
		"list":   func() error { _, err := c.Locker().Locks(ctx); return err },
	}
	all := []string{"create", "read", "update", "delete", "list"}
	server.PutLock(mustLock(t, plan.Name, types.LockTarget{User: "mallory@example.com"}))
	for verb, call := range calls {
		var have []string
		for _, v := range all {
			if v != verb {
				have = append(have, v)
			}
		}
		server.Grant(long.User, map[string][]string{"lock": have})
		err := call()
		var told *teleport.Error
		if !errors.As(err, &told) || !errors.Is(err, teleport.ErrDenied) || told.Verb != verb || told.Resource != "lock" ||
			!strings.Contains(told.Text, "needs lock: "+verb) {
			t.Errorf("%s: error %v (%+v)", verb, err, told)
		}
	}
}

func mustLock(t *testing.T, name string, target types.LockTarget) types.Lock {
	t.Helper()
	l, err := types.NewLock(name, types.LockSpecV2{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLocker_placedAndNotReadableIsNoSuccess(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	server.Grant(long.User, map[string][]string{"lock": {"create", "update"}})
	_, err := c.Locker().Lock(t.Context(), containtest.Plan(t, 1, request(contain.FieldUser, "mallory@example.com")))
	if !errors.Is(err, teleport.ErrDenied) || !strings.Contains(err.Error(), "was placed") || !strings.Contains(err.Error(), "lock: read") {
		t.Errorf("error %v", err)
	}
}

func TestLocker_extends(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	plan := containtest.Plan(t, 1, request(contain.FieldUser, "mallory@example.com"))
	if _, err := c.Locker().Lock(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	end := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	got, err := c.Locker().Extend(t.Context(), plan.Name, end)
	if err != nil || !got.Expires.Equal(end) || !server.Locks()[0].LockExpiry().Equal(end) {
		t.Errorf("extended: %+v, %v", got, err)
	}
	if _, err := c.Locker().Extend(t.Context(), "none", end); !errors.Is(err, contain.ErrNotFound) {
		t.Errorf("a lock that is not there: %v", err)
	}
}

// badNetwork breaks about every third call in one of the ways a network has.
func badNetwork(r *rand.Rand) func(clustertest.Call) clustertest.Fault {
	return func(clustertest.Call) clustertest.Fault {
		switch r.IntN(12) {
		case 0:
			return clustertest.Fault{CutBefore: true}
		case 1, 2:
			return clustertest.Fault{CutAfter: true}
		case 3:
			return clustertest.Fault{Delay: time.Duration(r.IntN(3)) * time.Millisecond, Late: time.Millisecond}
		}
		return clustertest.Fault{}
	}
}

// lockActions is how many locks are asked for and undone over a bad network.
func lockActions(t *testing.T) int { t.Helper(); return torture(t, 100, 1000) }

func TestTortureLocker_existsExactlyOnceOverABadNetwork(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 1))
	server := clustertest.Start(t, clustertest.Options{})
	c := connectWith(t, teleport.Options{Addr: server.Addr, Identity: identity(t, server.Authority, long), Pause: soon})
	server.Faults(badNetwork(rand.New(rand.NewPCG(seed, 2))))
	locker := c.Locker()
	insist := func(call func() error) {
		for {
			if err := call(); !errors.Is(err, teleport.ErrLost) {
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				return
			}
		}
	}
	wanted := map[string]bool{}
	n := lockActions(t)
	for i := range n {
		plan := containtest.Plan(t, byte(i), request(contain.FieldUser, fmt.Sprintf("user-%d@example.com", i)))
		plan.Name = fmt.Sprintf("%08d-0000-4000-8000-000000000000", i)
		insist(func() error { _, err := locker.Lock(t.Context(), plan); return err })
		if wanted[plan.Name] = true; r.IntN(2) == 0 {
			insist(func() error {
				_, err := locker.Unlock(t.Context(), plan.Name)
				if errors.Is(err, contain.ErrNotFound) { // an earlier try took effect
					return nil
				}
				return err
			})
			delete(wanted, plan.Name)
		}
		if server.Created(plan.Name) != 1 {
			t.Fatalf("seed %d: lock %s came into being %d times", seed, plan.Name, server.Created(plan.Name))
		}
	}
	held := server.Locks()
	if len(held) != len(wanted) {
		t.Errorf("seed %d: the cluster holds %d locks, want %d", seed, len(held), len(wanted))
	}
	for _, l := range held {
		if !wanted[l.GetName()] {
			t.Errorf("seed %d: %s was undone and is there", seed, l.GetName())
		}
	}
	t.Logf("seed %d: %d locks, %d of them undone", seed, n, n-len(wanted))
}

func TestLocker_givesUpOnASilentCluster(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{})
	c, err := teleport.Connect(t.Context(), teleport.Options{
		Addr: server.Addr, Identity: identity(t, server.Authority, long), Patience: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	server.Faults(func(clustertest.Call) clustertest.Fault { return clustertest.Fault{Delay: time.Hour} })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err = c.Locker().Locks(ctx)
	if !errors.Is(err, teleport.ErrLost) || !strings.Contains(err.Error(), "did not answer in time") {
		t.Errorf("error %v", err)
	}
}
