package teleport

import (
	"context"
	"errors"
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
)

// Follow hands over the events of the cluster as they arrive, in batches, each
// event once, until the context ends. A lost connection is waited for, longer
// each time; a refusal ends it. take must keep a batch before it returns: the
// events of a batch that it refused are handed over again. Events that arrive
// later than the overlap are missed here; a search for their day finds them.
//
// Memory is bounded by the events of the overlap.
func (c *Cluster) Follow(ctx context.Context, o FollowOptions, take func(ctx context.Context, batch []Event) error) error {
	f := newFollower(c, o, take)
	for {
		err := f.round(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrLost):
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
	from  time.Time            // nothing before it is asked for
	known map[string]time.Time // handed over, within the overlap
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
	from := f.from
	if back := f.state.Newest.Add(-f.Overlap); back.After(from) {
		from = back
	}
	// A cluster whose clock is ahead writes events of the future.
	to := f.cluster.options.Now().Add(time.Hour)
	f.batch = f.batch[:0]
	err := f.cluster.Search(ctx, from, to, func(e Event) error {
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
	f.forget()
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
	f.tell()
	return nil
}

// forget drops what no later question can bring again.
func (f *follower) forget() {
	bound := f.state.Newest.Add(-f.Overlap)
	for id, at := range f.known {
		if at.Before(bound) {
			delete(f.known, id)
		}
	}
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
