package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/google/uuid"

	"cordon/investigations/contain"
	"cordon/investigations/posture"
	"cordon/investigations/queries"
	"cordon/investigations/survive"
	"cordon/store"
	"cordon/store/teleport"
	"cordon/tui/pane"
)

// livePages is the cluster as the pages of the console ask it.
type livePages struct{ of *liveConsole }

var _ pane.Live = livePages{}

// pages is what the console's pages ask; nil on files.
func (l *liveConsole) pages() pane.Live {
	if l == nil {
		return nil
	}
	return livePages{l}
}

// whenOpened has the following begin, so that all that it tells of is new to the
// pages; nil on files.
func (l *liveConsole) whenOpened() func() {
	if l == nil {
		return nil
	}
	return func() { close(l.opened) }
}

// tools are the variables of the programs beside the case, and what they do in
// words; none on files.
func (l *liveConsole) tools() (vars []string, note string, err error) {
	if l == nil {
		return nil, "", nil
	}
	if vars, err = l.cluster.ToolEnv(); err != nil {
		return nil, "", err
	}
	note = "tctl and tsh here: "
	if l.cluster.Insecure() {
		note = "tctl and tsh here, with --insecure: "
	}
	return vars, fmt.Sprintf("%s%s as %s", note, l.cluster.Name, l.cluster.Who.User), nil
}

// engine answers audit SQL on the cluster; nil on files.
func (l *liveConsole) engine() queries.Engine {
	if l == nil {
		return nil
	}
	return clusterEngine{l.cluster.AccessMonitoring(queryDays)}
}

// clusterEngine is the cluster's engine with what to do in its errors, where
// pages show it.
type clusterEngine struct{ *teleport.AccessMonitoring }

// Views implements [queries.Engine].
func (e clusterEngine) Views(ctx context.Context) ([]queries.View, error) {
	views, err := e.AccessMonitoring.Views(ctx)
	return views, advised(err)
}

// Run implements [queries.Engine].
func (e clusterEngine) Run(ctx context.Context, sql string, limit int, sink queries.Sink) (queries.Summary, error) {
	sum, err := e.AccessMonitoring.Run(ctx, sql, limit, sink)
	return sum, advised(err)
}

func advised(err error) error {
	var known *teleport.Error
	if errors.As(err, &known) && known.Hint != "" {
		return &queries.Error{Text: known.Text, Hint: known.Hint}
	}
	return err
}

// Posture reads how the cluster is set.
func (l livePages) Posture(ctx context.Context) (config *posture.Config, missing []string, err error) {
	return l.of.cluster.Config(ctx)
}

// Locking reads the cluster's locking mode, and the roles that differ as far as
// they may be read.
func (l livePages) Locking(ctx context.Context) (pane.Locking, error) {
	settings, err := l.of.cluster.Settings(ctx)
	if err != nil {
		return pane.Locking{}, err
	}
	out := pane.Locking{Mode: settings.LockingMode}
	if out.Strict, err = l.of.cluster.StrictRoles(ctx); err != nil {
		if !teleport.Degraded(err) {
			return pane.Locking{}, err
		}
		out.RolesErr = err.Error()
	}
	return out, nil
}

// Running lists what runs on the cluster.
func (l livePages) Running(ctx context.Context) ([]pane.Running, error) {
	all, err := l.of.cluster.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]pane.Running, len(all))
	for i, s := range all {
		out[i] = pane.Running{ID: s.ID, Kind: s.Kind, Start: s.Started, Where: s.Where, Login: s.Login, Reason: s.Reason}
		if s.Kind == "k8s" { // the API's word; the log says kube
			out[i].Kind = "kube"
		}
		for _, p := range s.Participants {
			out[i].Participants = append(out[i].Participants, pane.Participant{User: p.User, Mode: p.Mode})
		}
	}
	return out, nil
}

// Standing says what the cluster has of the plans' things.
func (l livePages) Standing(ctx context.Context, things []survive.Thing) ([]survive.Standing, error) {
	return standsNow(ctx, l.of.held, l.of.cluster, things)
}

// Server is the cluster's version.
func (l livePages) Server() contain.Server { return contain.Server{Major: l.of.cluster.Major} }

// Insecure reports whether the proxy's certificate is taken unseen.
func (l livePages) Insecure() bool { return l.of.cluster.Insecure() }

// Proxy is where tsh reaches the cluster.
func (l livePages) Proxy() string { return l.of.cluster.Proxy }

// Fetch adds the recording of a session to the case, between two batches of what
// is followed.
func (l livePages) Fetch(ctx context.Context, session string, bytes *atomic.Int64) error {
	if _, err := uuid.Parse(session); err != nil {
		return fmt.Errorf("fetch the recording: %q is no id of a session of a cluster", session)
	}
	dir, err := os.MkdirTemp("", "cordon-fetch-")
	if err != nil {
		return fmt.Errorf("make room for the recording: %w", err)
	}
	defer os.RemoveAll(dir)
	f := fetching{of: l.of.of, c: l.of.held, cluster: l.of.cluster, bytes: bytes}
	path, err := f.download(ctx, dir, session)
	if err != nil {
		return err
	}
	return l.of.beside(ctx, func() error { return f.keep(ctx, path, session) })
}

// openFeed begins a source of the case for what is followed.
func (l *liveConsole) openFeed() (err error) {
	opts := store.Options{Now: l.of.now, Operator: l.of.operator(), Command: "cordon open --live"}
	l.feed, err = l.held.OpenFeed(l.cluster.Name, opts)
	return err
}

func (l *liveConsole) closeFeed(ctx context.Context) error {
	if l.feed == nil {
		return nil
	}
	feed := l.feed
	l.feed = nil
	return feed.Close(context.WithoutCancel(ctx))
}

// beside adds other evidence to the case while the cluster is followed. A case
// has one writer: the feed is closed for it, and goes on as another source.
func (l *liveConsole) beside(ctx context.Context, add func() error) error {
	l.feeding.Lock()
	defer l.feeding.Unlock()
	if l.feed == nil {
		return add()
	}
	if err := l.closeFeed(ctx); err != nil {
		return err
	}
	return errors.Join(add(), l.openFeed())
}
