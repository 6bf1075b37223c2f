package pane

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/contain"
	"cordon/investigations/posture"
	"cordon/investigations/survive"
)

// Live is the cluster that the console follows, as far as pages ask it
// themselves. What it returns comes from others and must pass safetext.
type Live interface {
	// Locking is how the cluster takes its locks.
	Locking(ctx context.Context) (Locking, error)
	// Running lists the sessions that run now and that this identity may see, the
	// oldest first.
	Running(ctx context.Context) ([]Running, error)
	// Posture reads how the cluster is set, as far as this identity may: missing
	// are the sentences about what it may not.
	Posture(ctx context.Context) (config *posture.Config, missing []string, err error)
	// Fetch adds the recording of a session to the case. Bytes counts, while it
	// works, what came.
	Fetch(ctx context.Context, session string, bytes *atomic.Int64) error
	// Standing says what stands on the cluster of the plans' things; see
	// [survive.Cluster].
	survive.Cluster
	// Proxy is HOST:PORT for the command lines of tsh; empty where it is not known
	// and tsh's own profile decides.
	Proxy() string
	// Server is the cluster's version.
	Server() contain.Server
	// Insecure reports whether the proxy's certificate is taken unseen, for which
	// tctl and tsh have a flag and no variable.
	Insecure() bool
}

// Locking is how a cluster takes its locks.
type Locking struct {
	Mode string // strict or best_effort
	// Strict are the roles that are strict all the same. RolesErr says why they
	// could not be read; empty where they were.
	Strict   []string
	RolesErr string
}

// Running is a session that runs on the cluster.
type Running struct {
	ID, Kind     string // kind as in the log: ssh, kube, db, app, desktop
	Start        time.Time
	Where, Login string
	Reason       string
	Participants []Participant // who opened it first
}

// Participant is somebody in a running session.
type Participant struct{ User, Mode string }

// Run opens a program in a terminal over the page. Title is what people call it.
type Run struct {
	Argv  []string
	Title string
}

func (Run) wish() {}

// Command is the command line as a person would type it.
func (r Run) Command() string {
	words := make([]string, len(r.Argv))
	for i, arg := range r.Argv {
		flag, value, ok := strings.Cut(arg, "=")
		if ok && flag == contain.Quote(flag) {
			words[i] = flag + "=" + contain.Quote(value)
			continue
		}
		words[i] = contain.Quote(arg)
	}
	return strings.Join(words, " ")
}

type (
	// Ticker is told about once a second while it is the open page, so that what
	// comes from the cluster can be asked for again. It must not move the selection.
	Ticker interface{ Tick() tea.Cmd }

	// Arriver reads again what may have grown: the responder asked for what arrived.
	Arriver interface{ Arrived() tea.Cmd }
)
