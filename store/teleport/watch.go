package teleport

import (
	"context"
	"time"

	"github.com/gravitational/teleport/api/types"

	"cordon/investigations/contain"
)

// WatchLocks hands over all locks of the cluster now and whenever one changes,
// until the context ends. A lost connection is waited for, and state hears of
// it; nil afterwards. A refusal ends it.
func (l *Locker) WatchLocks(ctx context.Context, state func(error), take func([]contain.Lock)) error {
	wait := firstPause
	for {
		err := l.watch(ctx, func(locks []contain.Lock) {
			wait = firstPause
			state(nil)
			take(locks)
		})
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case !passing(err):
			return err
		}
		state(err)
		if err := l.cluster.options.Pause(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, longestPause)
	}
}

// watch runs until the watch breaks. It begins to watch before it reads, so that
// no change falls between the two.
func (l *Locker) watch(ctx context.Context, take func([]contain.Lock)) error {
	const doing = "watch the locks"
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := l.cluster.client.NewWatcher(ctx, types.Watch{Name: "cordon", Kinds: []types.WatchKind{{Kind: types.KindLock}}})
	if err != nil {
		return explain(doing, err)
	}
	defer w.Close()
	first := time.NewTimer(l.cluster.options.Patience)
	defer first.Stop()
	for {
		select {
		case <-first.C:
			return &Error{Reason: ErrLost, Text: doing + ": the cluster did not answer in time"}
		case <-w.Done():
			// A refusal shows here and nowhere else.
			if err := w.Error(); err != nil {
				return explain(doing, err)
			}
			return &Error{Reason: ErrLost, Text: doing + ": the connection was lost"}
		case <-w.Events():
			// Whatever it says, the list is the truth: what was missed in between is
			// in it too.
			first.Stop()
			locks, err := l.Locks(ctx)
			if err != nil {
				return err
			}
			take(locks)
		}
	}
}
