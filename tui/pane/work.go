package pane

import (
	"context"
	"errors"
	"sort"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Work counts everything that runs in commands, for the spinner, for Esc and for
// tests that wait until the console is idle. Its methods are called from the
// console's one goroutine only.
type Work struct {
	// Now tells how long a job has been running; without it every job counts as
	// one that the responder is waiting for.
	Now     func() time.Time
	running map[*job]struct{}
}

// patience is how long a job runs before it is shown: what is answered at once
// must not flicker.
const patience = 150 * time.Millisecond

// NewWork makes an empty count.
func NewWork() *Work { return &Work{running: make(map[*job]struct{})} }

type job struct {
	name   string
	cancel context.CancelFunc
	owner  *Loader
	quiet  bool
	began  time.Time
}

// Busy is how many commands are running, cancelled ones included until they
// came back.
func (w *Work) Busy() int { return len(w.running) }

// Loud returns the names of the jobs that the responder is waiting for, sorted,
// and for how long the oldest has been running.
func (w *Work) Loud() (names []string, since time.Duration) {
	for j := range w.running {
		if j.quiet || !j.owner.current(j) {
			continue
		}
		var runs time.Duration
		if w.Now != nil {
			if runs = w.Now().Sub(j.began); runs < patience {
				continue
			}
		}
		since = max(since, runs)
		names = append(names, j.name)
	}
	sort.Strings(names)
	return names, since
}

// CancelLoud cancels the jobs that the responder is waiting for and returns how
// many there were.
func (w *Work) CancelLoud() int {
	n := 0
	for j := range w.running {
		if !j.quiet && j.owner.current(j) {
			j.cancel()
			n++
		}
	}
	return n
}

// CancelAll cancels everything, when the console is left.
func (w *Work) CancelAll() {
	for j := range w.running {
		j.cancel()
	}
}

// Finish takes the answer of a job. It reports whether anybody still wants it:
// a newer load of the same name makes it stale.
func (w *Work) Finish(msg LoadedMsg) bool {
	if _, ok := w.running[msg.job]; !ok {
		return false
	}
	delete(w.running, msg.job)
	msg.job.cancel()
	if !msg.job.owner.current(msg.job) {
		return false
	}
	delete(msg.job.owner.jobs, msg.job.name)
	return true
}

// Loader runs the slow work of one pane. Work has a name such as "events": a new
// load of a name cancels the one before, and a late answer to it is dropped.
type Loader struct {
	work *Work
	jobs map[string]*job
}

// NewLoader makes a loader whose work is counted in w.
func NewLoader(w *Work) *Loader { return &Loader{work: w, jobs: make(map[string]*job)} }

// LoadedMsg is the answer of a [Loader]. The app drops stale ones, so a pane
// that recognises its own with [Loader.Take] has the newest.
type LoadedMsg struct {
	Value any
	Err   error
	job   *job
}

// Load returns the command that runs f. The name is shown while it runs.
func (l *Loader) Load(name string, f func(ctx context.Context) (any, error)) tea.Cmd {
	return l.start(name, false, f)
}

// LoadQuietly is Load for what nobody waits for: it shows no spinner and Esc
// leaves it alone.
func (l *Loader) LoadQuietly(name string, f func(ctx context.Context) (any, error)) tea.Cmd {
	return l.start(name, true, f)
}

func (l *Loader) start(name string, quiet bool, f func(ctx context.Context) (any, error)) tea.Cmd {
	l.Cancel(name)
	ctx, cancel := context.WithCancel(context.Background())
	j := &job{name: name, cancel: cancel, owner: l, quiet: quiet}
	if l.work.Now != nil {
		j.began = l.work.Now()
	}
	l.jobs[name] = j
	l.work.running[j] = struct{}{}
	return func() tea.Msg {
		value, err := f(ctx)
		return LoadedMsg{Value: value, Err: err, job: j}
	}
}

// Cancel cancels the load of a name, if there is one. Its answer is dropped.
func (l *Loader) Cancel(name string) {
	if j := l.jobs[name]; j != nil {
		j.cancel()
		delete(l.jobs, name)
	}
}

// Loading reports whether a load of the name is under way.
func (l *Loader) Loading(name string) bool { return l.jobs[name] != nil }

// Take returns the name of the load that a message answers, if it is one of this
// loader's.
func (l *Loader) Take(msg tea.Msg) (name string, answer LoadedMsg, ok bool) {
	answer, ok = msg.(LoadedMsg)
	if !ok || answer.job == nil || answer.job.owner != l {
		return "", LoadedMsg{}, false
	}
	return answer.job.name, answer, true
}

func (l *Loader) current(j *job) bool { return l.jobs[j.name] == j }

// Cancelled reports whether an answer came back empty because it was cancelled.
func (m LoadedMsg) Cancelled() bool { return errors.Is(m.Err, context.Canceled) }
