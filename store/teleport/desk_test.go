package teleport_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/store"
	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

// responder acts on one cluster and one case, from one process after the other.
type responder struct {
	t      *testing.T
	seed   uint64
	r      *rand.Rand
	server *clustertest.Cluster
	file   string       // the identity
	path   string       // the case
	ticks  atomic.Int64 // nanoseconds since begin; a handshake may still ask for the time
	desks  []*contain.Desk
	end    []func() error

	locked map[string]time.Time // user → end, of what stands when all is told
	open   map[string]bool      // users of whom the last act was given up
	names  map[string]string    // user → name of the lock that was placed
	given  int                  // acts given up
	starts int
}

func (x *responder) clock() time.Time { return begin.Add(time.Duration(x.ticks.Load())) }

func (x *responder) tick(d time.Duration) { x.ticks.Add(int64(d)) }

// start adds a process: a case that is opened, a connection, a desk.
func (x *responder) start() {
	c, err := store.Open(x.t.Context(), x.path)
	if err != nil {
		x.t.Fatal(err)
	}
	cluster, err := x.connect()
	if err != nil {
		x.t.Fatalf("seed %d: %v", x.seed, err)
	}
	x.desks = append(x.desks, &contain.Desk{
		Facts: c, Book: c, Locker: cluster.Locker(), Guard: contain.Guard{Operator: long.User}, Mode: journal.ModeLive, Now: x.clock,
	})
	x.end = append(x.end, func() error { return errors.Join(cluster.Close(), c.Close()) })
	x.starts++
}

func (x *responder) connect() (*teleport.Cluster, error) {
	for {
		c, err := teleport.Connect(x.t.Context(), teleport.Options{
			Addr: x.server.Addr, Identity: x.file, Pause: x.pause, Now: x.clock, Patience: 5 * time.Second,
		})
		if !errors.Is(err, teleport.ErrLost) {
			return c, err
		}
	}
}

// pause takes no time, and often enough the patience is at its end.
func (x *responder) pause(ctx context.Context, _ time.Duration) error {
	if x.r.IntN(3) > 0 {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// stop ends a process.
func (x *responder) stop(i int) {
	if err := x.end[i](); err != nil {
		x.t.Errorf("seed %d: %v", x.seed, err)
	}
	x.desks = append(x.desks[:i], x.desks[i+1:]...)
	x.end = append(x.end[:i], x.end[i+1:]...)
}

// any is one of the processes that run.
func (x *responder) any() *contain.Desk { return x.desks[x.r.IntN(len(x.desks))] }

// insist does an act until it is answered, each time from any process, or gives
// it up. Some tries are cancelled in the middle.
func (x *responder) insist(user string, act func(context.Context, *contain.Desk) error) (done bool) {
	for {
		ctx, cancel := context.WithCancel(x.t.Context())
		if x.r.IntN(20) == 0 {
			time.AfterFunc(time.Duration(x.r.IntN(2000))*time.Microsecond, cancel)
		}
		err := act(ctx, x.any())
		cancelled := ctx.Err() != nil
		cancel()
		switch {
		case err == nil:
			delete(x.open, user)
			return true
		case !errors.Is(err, teleport.ErrLost) && !cancelled:
			x.t.Fatalf("seed %d, %s: %v", x.seed, user, err)
		case x.r.IntN(4) == 0:
			x.open[user] = true
			x.given++
			return false
		}
	}
}

func (x *responder) place(user string) {
	delete(x.names, user) // a new lock has a name of its own
	ttl := time.Duration(1+x.r.IntN(40)) * time.Hour
	x.insist(user, func(ctx context.Context, d *contain.Desk) error {
		// A new plan each time, as somebody makes who starts from the beginning.
		plan, err := d.Prepare(ctx, contain.Request{Targets: []contain.Target{{Field: contain.FieldUser, Value: user}}, TTL: ttl})
		if err != nil {
			return err
		}
		l, err := d.Place(ctx, plan, plan.Verdict.Confirm)
		var already *contain.AlreadyError
		if errors.As(err, &already) { // an earlier try took effect
			l, err = already.Lock, nil
		}
		if err == nil {
			x.names[user], x.locked[user] = l.Name, l.Expires
		}
		return err
	})
}

func (x *responder) release(user string) {
	if x.insist(user, func(ctx context.Context, d *contain.Desk) error {
		_, err := d.Release(ctx, x.names[user])
		if errors.Is(err, contain.ErrNotFound) { // an earlier try took effect
			return nil
		}
		return err
	}) {
		delete(x.locked, user)
	}
}

func (x *responder) extend(user string) {
	end := x.clock().Add(time.Duration(1+x.r.IntN(90)) * time.Hour).Truncate(time.Second)
	if x.insist(user, func(ctx context.Context, d *contain.Desk) error {
		_, err := d.Extend(ctx, x.names[user], end)
		return err
	}) {
		x.locked[user] = end
	}
}

// act does one act on some user: what can be done with the lock that is there.
func (x *responder) act() {
	user := fmt.Sprintf("user-%d@example.com", x.r.IntN(60))
	_, stands := x.locked[user]
	switch n := x.r.IntN(10); {
	case x.open[user] && n < 5 || !stands && !x.open[user]:
		x.place(user)
	case x.open[user] && x.names[user] == "":
		x.place(user)
	case x.open[user] || n < 4:
		x.release(user)
	default:
		x.extend(user)
	}
}

// worseNetwork breaks about every fourth call, some after it took effect.
func worseNetwork(r *rand.Rand) func(clustertest.Call) clustertest.Fault {
	return func(clustertest.Call) clustertest.Fault {
		switch r.IntN(24) {
		case 0:
			return clustertest.Fault{CutBefore: true}
		case 1, 2, 3:
			return clustertest.Fault{CutAfter: true}
		case 4:
			return clustertest.Fault{Delay: time.Duration(r.IntN(3)) * time.Millisecond, Late: time.Millisecond}
		case 5:
			return clustertest.Fault{Twice: true, CutAfter: true}
		}
		return clustertest.Fault{}
	}
}

// TestTortureDesk_theJournalAgreesWithTheCluster locks, extends and unlocks over
// a network that breaks, from two processes that end and start again, with acts
// that are cancelled and given up. At the end each lock that was asked for exists
// once, each that was undone does not, and the journal says the same.
func TestTortureDesk_theJournalAgreesWithTheCluster(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	x := &responder{
		t: t, seed: seed, r: rand.New(rand.NewPCG(seed, 1)), path: filepath.Join(t.TempDir(), "inc"+store.Extension),
		locked: map[string]time.Time{}, open: map[string]bool{}, names: map[string]string{},
	}
	x.server = clustertest.Start(t, clustertest.Options{Now: x.clock, Lag: 1500 * time.Millisecond})
	x.file = identity(t, x.server.Authority, long)
	c, _, err := store.Build(t.Context(), x.path, nil, store.Options{Now: x.clock})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	x.start()
	x.server.Faults(worseNetwork(rand.New(rand.NewPCG(seed, 2))))
	n := torture(t, 100, 1000)
	for range n {
		x.tick(time.Second)
		if len(x.desks) < 2 {
			x.start()
		}
		x.act()
		if x.r.IntN(25) == 0 {
			x.stop(x.r.IntN(2))
		}
	}
	x.server.Faults(nil)
	// What was given up for good is settled by the next look at the board.
	x.tick(2 * time.Minute)
	if _, err := x.desks[0].Board(t.Context()); err != nil {
		t.Fatal(err)
	}
	x.compare()
	t.Logf("seed %d: %d acts, %d given up, %d processes, %d locks stand", seed, n, x.given, x.starts, len(x.server.Locks()))
	for len(x.desks) > 0 {
		x.stop(0)
	}
}

// compare holds what was asked for, the journal and the cluster against each
// other.
func (x *responder) compare() {
	x.t.Helper()
	ctx := x.t.Context()
	entries, err := x.desks[0].Book.Journal(ctx)
	if err != nil {
		x.t.Fatal(err)
	}
	journal := map[string]time.Time{}
	for _, l := range contain.NewBoard(nil, entries).At(x.clock(), contain.StateInForce) {
		journal[l.Name+" "+l.Targets[0].Value] = l.Expires
	}
	held := map[string]time.Time{}
	locks := map[string]int{}
	for _, l := range x.server.Locks() {
		if l.LockExpiry().After(x.clock()) {
			held[l.GetName()+" "+l.Target().User] = *l.LockExpiry()
			locks[l.Target().User]++
		}
	}
	if !maps.Equal(journal, held) {
		for name := range held {
			if !journal[name].Equal(held[name]) {
				x.t.Errorf("seed %d: %s ends %v, the journal has %v", x.seed, name, held[name], journal[name])
			}
		}
		x.t.Errorf("seed %d: the journal has %d locks, the cluster %d", x.seed, len(journal), len(held))
	}
	for user, n := range locks {
		if _, asked := x.locked[user]; n != 1 || !asked && !x.open[user] {
			x.t.Errorf("seed %d: %d locks on %s, asked for: %v, given up: %v", x.seed, n, user, asked, x.open[user])
		}
	}
	for user, end := range x.locked {
		if !x.open[user] && end.After(x.clock()) && !held[x.names[user]+" "+user].Equal(end) {
			x.t.Errorf("seed %d: the lock on %s ends %v, want %v", x.seed, user, held[x.names[user]+" "+user], end)
		}
	}
}
