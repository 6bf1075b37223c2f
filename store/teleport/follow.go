package teleport

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// FollowOptions say how to follow the log.
type FollowOptions struct {
	// Since is where to begin; zero: now.
	Since time.Time
	// Every is how often the cluster is asked at most; 0: two seconds. A cluster
	// that takes long to answer is asked less often.
	Every time.Duration
	// Overlap is how late an event may arrive behind newer ones; 0: five minutes.
	// A question that reaches back so far is asked every Sweep (0: half a minute)
	// and after a lost connection. The others reach back for Near (0: fifteen
	// seconds): asking a busy cluster for all of the overlap each time would be a
	// load of its own.
	Overlap, Sweep, Near time.Duration
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
	followSweep   = 30 * time.Second
	followNear    = 15 * time.Second
	restShare     = 3 // the rest after a question, times as long as it took
	longestPause  = 30 * time.Second
	batchEvents   = 500
	largestKnown  = 10_000 // known events from which it is worth dropping some
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
		began := c.options.Now()
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
		if err := c.options.Pause(ctx, max(f.Every, restShare*c.options.Now().Sub(began))); err != nil {
			return err
		}
	}
}

type follower struct {
	FollowOptions
	cluster *Cluster
	take    func(context.Context, []Event) error

	state FollowState
	from  time.Time            // no question begins before it
	swept time.Time            // when the last sweep began; zero: one is due
	stood time.Time            // the newest event when it began
	known map[string]time.Time // handed over, since from
	kept  int                  // how many of them were left when some were dropped last
	batch []Event
	wait  time.Duration
}

func newFollower(c *Cluster, o FollowOptions, take func(context.Context, []Event) error) *follower {
	o.Every = cmp.Or(o.Every, followEvery)
	o.Overlap = cmp.Or(o.Overlap, followOverlap)
	o.Sweep, o.Near = cmp.Or(o.Sweep, followSweep), cmp.Or(o.Near, followNear)
	if o.Since.IsZero() {
		o.Since = c.options.Now()
	}
	return &follower{FollowOptions: o, cluster: c, take: take, from: o.Since, known: make(map[string]time.Time)}
}

// round asks once for what is new: for everything since the overlap where a sweep
// is due.
func (f *follower) round(ctx context.Context) error {
	now, stood := f.cluster.options.Now(), f.state.Newest
	from := f.upTo(stood).Add(-f.Near)
	past := now.Sub(f.swept)
	sweep := f.swept.IsZero() || past < 0 || past >= f.Sweep
	if sweep {
		// What came since the last one began is late by the overlap at most.
		f.goOn(f.stood)
	}
	if sweep || from.Before(f.from) {
		from = f.from
	}
	f.batch = f.batch[:0]
	err := f.cluster.Search(ctx, from, time.Time{}, func(e Event) error {
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
	if err == nil && sweep {
		f.stood, f.swept = stood, now
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
		f.goOn(f.state.Newest)
	}
	f.tell()
	return nil
}

// goOn moves the beginning of the questions up to the overlap before a moment, and
// drops what they cannot bring again. Some backends answer by whole seconds.
func (f *follower) goOn(moment time.Time) {
	if bound := f.upTo(moment).Add(-f.Overlap); bound.After(f.from) {
		f.from = bound
	}
	from := f.from.Truncate(time.Second)
	for id, at := range f.known {
		if at.Before(from) {
			delete(f.known, id)
		}
	}
	f.kept = len(f.known)
}

// upTo is the moment, or the present where an event of the future says more: what
// happens until then is asked for too.
func (f *follower) upTo(moment time.Time) time.Time {
	if now := f.cluster.options.Now(); moment.After(now) {
		return now
	}
	return moment
}

func (f *follower) answered() {
	f.wait = 0
	f.state.Asked, f.state.Err, f.state.Next = f.cluster.options.Now(), nil, time.Time{}
	f.tell()
}

// lost waits before the next try, twice as long each time.
func (f *follower) lost(ctx context.Context, err error) error {
	f.wait = min(max(2*f.wait, firstPause), longestPause)
	f.swept = time.Time{}
	f.state.Err, f.state.Next = err, f.cluster.options.Now().Add(f.wait)
	f.tell()
	return f.cluster.options.Pause(ctx, f.wait)
}

func (f *follower) tell() {
	if f.State != nil {
		f.State(f.state)
	}
}
