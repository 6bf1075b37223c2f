package tuitest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cordon/investigations/contain"
	"cordon/investigations/posture"
	"cordon/investigations/survive"
	"cordon/tui/pane"
)

// Cluster is a live cluster in memory: it holds locks, and says what the pages
// ask. Its methods may be called from several goroutines.
type Cluster struct {
	Now func() time.Time

	mu    sync.Mutex
	held  []contain.Lock
	runs  []pane.Running
	fails error
	says  map[survive.Thing]survive.Standing
	asked [][]survive.Thing
	waits <-chan struct{}

	Mode pane.Locking
	// Major is the version of the cluster, 0 as if nobody knew.
	Major int
	// Config is how the cluster is set, Unread what it does not tell of that.
	Config *posture.Config
	Unread []string
	// TakesAny says that the proxy's certificate is taken unseen.
	TakesAny bool
	// OnFetch gives a recording to the case, or says why not.
	OnFetch func(session string) error
}

var (
	_ pane.Live      = (*Cluster)(nil)
	_ contain.Locker = (*Cluster)(nil)
)

// Holds sets the locks that the cluster holds.
func (c *Cluster) Holds(locks ...contain.Lock) { c.set(func() { c.held = locks }) }

// Runs sets the sessions that run.
func (c *Cluster) Runs(sessions ...pane.Running) { c.set(func() { c.runs = sessions }) }

// Fails sets what every question is answered with; nil ends that.
func (c *Cluster) Fails(err error) { c.set(func() { c.fails = err }) }

// Says sets what the cluster has of things; of all others it has all that is asked
// for.
func (c *Cluster) Says(standings ...survive.Standing) {
	c.set(func() {
		c.says = map[survive.Thing]survive.Standing{}
		for _, s := range standings {
			c.says[s.Thing] = s
		}
	})
}

// Waits has questions about things wait until the channel is closed.
func (c *Cluster) Waits(until <-chan struct{}) { c.set(func() { c.waits = until }) }

// Asked returns what was asked for in each question about things.
func (c *Cluster) Asked() (asked [][]survive.Thing) {
	c.set(func() { asked = slices.Clone(c.asked) })
	return asked
}

func (c *Cluster) set(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// Locking implements [pane.Live].
func (c *Cluster) Locking(context.Context) (pane.Locking, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Mode, c.fails
}

// Posture implements [pane.Live].
func (c *Cluster) Posture(context.Context) (*posture.Config, []string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails != nil {
		return nil, nil, c.fails
	}
	return c.Config, c.Unread, nil
}

// Running implements [pane.Live].
func (c *Cluster) Running(context.Context) ([]pane.Running, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.runs), c.fails
}

// Standing implements [pane.Live].
func (c *Cluster) Standing(ctx context.Context, things []survive.Thing) ([]survive.Standing, error) {
	var waits <-chan struct{}
	c.set(func() { waits = c.waits })
	if waits != nil {
		select {
		case <-waits:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, slices.Clone(things))
	out := make([]survive.Standing, len(things))
	for i, t := range things {
		s, ok := c.says[t]
		if !ok {
			s.State = survive.There
		}
		s.Thing, s.At = t, c.Now()
		out[i] = s
	}
	return out, c.fails
}

// Server implements [pane.Live].
func (c *Cluster) Server() contain.Server { return contain.Server{Major: c.Major} }

// Insecure implements [pane.Live].
func (c *Cluster) Insecure() bool { return c.TakesAny }

// Proxy implements [pane.Live].
func (c *Cluster) Proxy() string { return "proxy.example.com:443" }

// Fetch implements [pane.Live].
func (c *Cluster) Fetch(_ context.Context, session string, bytes *atomic.Int64) error {
	bytes.Add(1234)
	return c.OnFetch(session)
}

// Lock implements [contain.Locker].
func (c *Cluster) Lock(_ context.Context, p contain.Plan) (contain.Lock, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.Now()
	l := contain.Lock{
		Name: p.Name, Targets: p.Targets, Message: p.Message, Created: now, By: "ana@example.com",
		Expires: p.Ends(now), EndSaid: true, Command: p.Command(), Origin: contain.OriginCluster,
	}
	c.held = append(c.held, l)
	return l, c.fails
}

// Unlock implements [contain.Locker].
func (c *Cluster) Unlock(_ context.Context, name string) (contain.Lock, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, err := c.find(name)
	if err != nil {
		return contain.Lock{}, err
	}
	l := c.held[i]
	c.held = slices.Delete(slices.Clone(c.held), i, i+1)
	return l, nil
}

// Extend implements [contain.Locker].
func (c *Cluster) Extend(_ context.Context, name string, end time.Time) (contain.Lock, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, err := c.find(name)
	if err != nil {
		return contain.Lock{}, err
	}
	c.held[i].Expires = end
	return c.held[i], nil
}

func (c *Cluster) find(name string) (int, error) {
	i := slices.IndexFunc(c.held, func(l contain.Lock) bool { return l.Name == name })
	if i < 0 {
		return 0, fmt.Errorf("lock %s: %w", name, contain.ErrNotFound)
	}
	return i, c.fails
}

// Read implements [contain.Locker].
func (c *Cluster) Read(_ context.Context, name string) (contain.Lock, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, err := c.find(name)
	if err != nil {
		return contain.Lock{}, err
	}
	return c.held[i], nil
}

// Locks implements [contain.Locker].
func (c *Cluster) Locks(context.Context) ([]contain.Lock, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.held), c.fails
}
