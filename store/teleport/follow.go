package teleport

import (
	"context"
	"fmt"
	"time"
)

// FollowOptions say how to follow the log.
type FollowOptions struct {
	// Since is where to begin; zero: now.
	Since time.Time
	// Every is how often the cluster is asked; 0: two seconds.
	Every time.Duration
	// Overlap is how far each question reaches back behind the newest event,
	// for events that arrive late; 0: five minutes.
	Overlap time.Duration
	// State hears when something changed; nil for nobody. It must not wait.
	State func(FollowState)
}

// FollowState is how the following stands.
type FollowState struct {
	Events int64     // handed over so far
	Newest time.Time // of the events
	Asked  time.Time // when the cluster last answered
	Err    error     // why it does not answer just now; nil while it does
	Next   time.Time // when it is asked again, while it does not
}

const (
	followEvery   = 2 * time.Second
	followOverlap = 5 * time.Minute
	longestPause  = 30 * time.Second
	batchEvents   = 500
	largestKnown  = 10_000         // known events from which it is worth dropping some
	ahead         = 24 * time.Hour // how far the cluster's clock may be before this one
)

// Follow hands over the events of the cluster as they arrive, in batches, each
// event once, until the context ends. A lost connection is waited for, longer
// each time; a refusal ends it. take must keep a batch before it returns: the
// events of a batch that it refused are handed over again. Events that arrive
// later than the overlap are missed here; a search for their day finds them.
//
// Memory is bounded by the events of the overlap and of one batch.
func (c *Cluster) Follow(ctx context.Context, o FollowOptions, take func(ctx context.Context, batch []Event) error) error {
	f := newFollower(c, o, take)
	for {
		err := f.round(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case passing(err):
			if err := f.lost(ctx, err); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		f.answered()
		if err := c.options.Pause(ctx, f.Every); err != nil {
			return err
		}
	}
}

type follower struct {
	FollowOptions
	cluster *Cluster
	take    func(context.Context, []Event) error

	state FollowState
	from  time.Time            // the next question begins here
	known map[string]time.Time // handed over, within the overlap
	kept  int                  // how many of them were left when some were dropped last
	batch []Event
	wait  time.Duration
}

func newFollower(c *Cluster, o FollowOptions, take func(context.Context, []Event) error) *follower {
	if o.Every == 0 {
		o.Every = followEvery
	}
	if o.Overlap == 0 {
		o.Overlap = followOverlap
	}
	if o.Since.IsZero() {
		o.Since = c.options.Now()
	}
	return &follower{FollowOptions: o, cluster: c, take: take, from: o.Since, known: make(map[string]time.Time)}
}

// round asks once for everything since the overlap before the newest event.
func (f *follower) round(ctx context.Context) error {
	f.goOn()
	// A cluster whose clock is ahead writes events of the future.
	to := f.cluster.options.Now().Add(ahead)
	f.batch = f.batch[:0]
	err := f.cluster.Search(ctx, f.from, to, func(e Event) error {
		if _, had := f.known[e.ID]; had {
			return nil
		}
		f.batch = append(f.batch, e)
		if len(f.batch) < batchEvents {
			return nil
		}
		return f.hand(ctx)
	})
	if err == nil {
		err = f.hand(ctx)
	}
	return err
}

// hand gives the batch over.
func (f *follower) hand(ctx context.Context) error {
	if len(f.batch) == 0 {
		return nil
	}
	if err := f.take(ctx, f.batch); err != nil {
		return fmt.Errorf("keep the events that arrived: %w", err)
	}
	for _, e := range f.batch {
		f.known[e.ID] = e.Time
		if e.Time.After(f.state.Newest) {
			f.state.Newest = e.Time
		}
	}
	f.state.Events += int64(len(f.batch))
	f.batch = f.batch[:0]
	// In a long stretch of the past what lies behind is not kept until its end.
	if len(f.known) > 2*f.kept+largestKnown {
		f.goOn()
	}
	f.tell()
	return nil
}

// goOn moves the beginning of the next question up to the overlap before the
// newest event, and drops what that cannot bring again. An event of the future
// does not move it beyond the present: what happens until then is asked for too.
func (f *follower) goOn() {
	bound := f.state.Newest
	if now := f.cluster.options.Now(); bound.After(now) {
		bound = now
	}
	if bound = bound.Add(-f.Overlap); bound.After(f.from) {
		f.from = bound
	}
	for id, at := range f.known {
		if at.Before(f.from) {
			delete(f.known, id)
		}
	}
	f.kept = len(f.known)
}

func (f *follower) answered() {
	f.wait = 0
	f.state.Asked, f.state.Err, f.state.Next = f.cluster.options.Now(), nil, time.Time{}
	f.tell()
}

// lost waits before the next try, twice as long each time.
func (f *follower) lost(ctx context.Context, err error) error {
	f.wait = min(max(2*f.wait, firstPause), longestPause)
	f.state.Err, f.state.Next = err, f.cluster.options.Now().Add(f.wait)
	f.tell()
	return f.cluster.options.Pause(ctx, f.wait)
}

func (f *follower) tell() {
	if f.State != nil {
		f.State(f.state)
	}
}
