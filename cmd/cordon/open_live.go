package main

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/store"
	"cordon/store/teleport"
	"cordon/tui"
)

// liveConsole follows a cluster into the case that the console shows.
type liveConsole struct {
	of      *program
	held    *store.Case
	cluster *teleport.Cluster
	desk    *contain.Desk
	since   time.Time

	feeding sync.Mutex // over feed, which is for one goroutine
	feed    *store.Feed

	opened chan struct{} // closed when the console has read the case

	mu      sync.Mutex
	last    tui.LiveMsg
	news    chan struct{} // something changed in last
	arrived chan struct{} // something that may say that a lock does not stand or hold
}

// openLive opens the console on a cluster.
func (p *program) openLive(ctx context.Context, args []string, ask openAsk) (err error) {
	var who investigations.Entity
	if ask.who != "" {
		if who, err = identity(ask.who); err != nil {
			return err
		}
	}
	asked, err := p.sinceWhen(ask.since)
	if err != nil {
		return err
	}
	if len(args) > 1 {
		return misuse("for example: cordon open --live incident.cordon", "a live console has one case")
	}
	if err := p.needsTerminal(); err != nil {
		return err
	}
	cluster, err := p.connect(ctx, ask.cluster)
	if err != nil {
		return err
	}
	defer joined(&err, cluster)
	name := cluster.Name
	if len(args) == 1 {
		name = args[0]
	}
	c, err := p.liveCase(ctx, name)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	p.rememberCase(c.Path())
	desk, err := p.liveDesk(ctx, c, cluster)
	if err != nil {
		return err
	}
	_, err = c.Record(ctx, journal.Entry{
		Time: p.now(), Operator: desk.Guard.Operator, Mode: journal.ModeLive, Action: journal.ActionCaseOpen, Target: c.Name(),
		Result: clusterLine(cluster),
	})
	if err != nil {
		return err
	}
	since, err := p.begins(ctx, asked, c, cluster)
	if err != nil {
		return err
	}
	live := &liveConsole{of: p, held: c, cluster: cluster, desk: desk, since: since, opened: make(chan struct{}), news: make(chan struct{}, 1), arrived: make(chan struct{}, 1)}
	return p.console(ctx, c, consoleOptions{identity: who, now: p.now, tick: time.Second, live: live})
}

// tellEvery is how often the console hears of news at most.
const tellEvery = 200 * time.Millisecond

// A burst of events must not make a key wait. threads are how many run at once at
// least: on a machine of two cores, two would both be busy with the burst; one that
// waits for keys the system wakes at once. garbage is how far memory grows between
// two collections, in percent: fewer of them fall into a burst.
const (
	threads = 4
	garbage = 400
)

// begin follows the cluster until stop is called, which waits for what was begun.
func (l *liveConsole) begin(ctx context.Context, send func(tea.Msg)) (stop func()) {
	runtime.GOMAXPROCS(max(threads, runtime.GOMAXPROCS(0)))
	debug.SetGCPercent(garbage)
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { l.tell(ctx, send) })
	running.Go(func() { l.watchLocks(ctx) })
	running.Go(func() { l.watchHolds(ctx) })
	running.Go(func() {
		select {
		case <-ctx.Done():
			return
		case <-l.opened:
		}
		if err := l.follow(ctx); err != nil {
			l.change(func(m *tui.LiveMsg) { m.Ended = err.Error() })
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

// tell sends the news, many at once as one message.
func (l *liveConsole) tell(ctx context.Context, send func(tea.Msg)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.news:
		}
		l.mu.Lock()
		msg := l.last
		l.mu.Unlock()
		send(msg)
		select {
		case <-ctx.Done():
			return
		case <-time.After(tellEvery):
		}
	}
}

func (l *liveConsole) change(f func(*tui.LiveMsg)) {
	l.mu.Lock()
	f(&l.last)
	l.mu.Unlock()
	tell(l.news)
}

// tell leaves a note for one listener, unless one lies there already.
func tell(note chan<- struct{}) {
	select {
	case note <- struct{}{}:
	default:
	}
}

func (l *liveConsole) follow(ctx context.Context) (err error) {
	l.feeding.Lock()
	err = l.openFeed()
	l.feeding.Unlock()
	if err != nil {
		return err
	}
	defer func() {
		l.feeding.Lock()
		defer l.feeding.Unlock()
		err = errors.Join(err, l.closeFeed(ctx))
	}()
	var added atomic.Int64
	state := func(s teleport.FollowState) {
		until := l.cluster.Until()
		l.change(func(m *tui.LiveMsg) {
			m.Until = until
			m.Added, m.Newest, m.Answered, m.Lost, m.Next = added.Load(), s.Newest, s.Asked, "", s.Next
			if s.Err != nil {
				m.Lost = s.Err.Error()
			}
		})
	}
	take := func(ctx context.Context, batch []teleport.Event) error {
		n, err := l.keep(ctx, teleport.Lines(batch))
		added.Add(n)
		if n > 0 {
			tell(l.arrived)
		}
		return err
	}
	for since := l.since; ; {
		err = l.cluster.Follow(ctx, teleport.FollowOptions{Since: since, State: state}, take)
		if errors.Is(err, context.Canceled) {
			return nil
		}
		// Who is locked out, or lacks a right, may have it back later.
		if !errors.Is(err, teleport.ErrDenied) {
			return err
		}
		l.change(func(m *tui.LiveMsg) {
			m.Lost, m.Next = err.Error(), l.of.now().Add(refusedRest)
			if again := m.Newest.Add(-readAgain); again.After(since) {
				since = again
			}
		})
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(refusedRest):
		}
	}
}

// refusedRest is how long it is waited after a refusal before the log is asked for
// again.
const refusedRest = 30 * time.Second

// keep adds what arrived to the case.
func (l *liveConsole) keep(ctx context.Context, lines [][]byte) (int64, error) {
	l.feeding.Lock()
	defer l.feeding.Unlock()
	if l.feed == nil {
		return 0, errNoFeed
	}
	return l.feed.Add(context.WithoutCancel(ctx), lines)
}

// errNoFeed says that the case could not be written again after a recording was
// added to it.
var errNoFeed = errors.New("the case takes no more events: open it again")

// watchLocks tells whenever the cluster's locks change. That they cannot be
// watched shows where they are read.
func (l *liveConsole) watchLocks(ctx context.Context) {
	changed := func([]contain.Lock) {
		l.change(func(m *tui.LiveMsg) { m.Locks++ })
		tell(l.arrived) // one that was removed may be ours
	}
	_ = l.cluster.Locker().WatchLocks(ctx, func(error) {}, changed)
}

// alarmsShown bounds the locks that are watched, the newest ones. What they did is
// read anew each time: watchRest is the least rest in between, and watchShare how
// many times as long as the reading it is.
const (
	alarmsShown = 50
	watchRest   = 2 * time.Second
	watchShare  = 5
)

// watchHolds looks, whenever events arrived or locks changed, whether the locks
// stand and hold.
func (l *liveConsole) watchHolds(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.arrived:
		}
		began := time.Now()
		alarms, err := l.alarms(ctx)
		if err != nil && ctx.Err() == nil {
			alarms = []string{"whether the locks hold cannot be read: " + err.Error()}
		}
		l.change(func(m *tui.LiveMsg) { m.Alarms = alarms })
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(watchRest, watchShare*time.Since(began))):
		}
	}
}

// alarms are the locks placed here that somebody removed, or that do not hold.
func (l *liveConsole) alarms(ctx context.Context) (words []string, err error) {
	alarms, err := l.desk.Alarms(ctx, alarmsShown)
	for _, a := range alarms {
		words = append(words, "ALARM: "+a.Words())
	}
	return words, err
}
