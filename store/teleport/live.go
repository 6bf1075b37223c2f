package teleport

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gravitational/teleport/api/types"
)

// Session is a session that runs now.
type Session struct {
	ID           string
	Kind         string // ssh, k8s, db, app, desktop
	Started      time.Time
	Where, Login string
	Reason       string
	Participants []Participant // who opened it first
}

// Participant is somebody in a session.
type Participant struct {
	User, Mode string // observer, peer or moderator
	Active     time.Time
}

// Sessions lists the sessions that run now and that this identity may see, the
// oldest first.
func (c *Cluster) Sessions(ctx context.Context) ([]Session, error) {
	var running []types.SessionTracker
	err := c.call(ctx, "read the live sessions", func(ctx context.Context) (err error) {
		running, err = c.client.GetActiveSessionTrackers(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]Session, 0, len(running))
	for _, r := range running {
		if r.GetState() != types.SessionState_SessionStateTerminated {
			out = append(out, sessionOf(r))
		}
	}
	slices.SortFunc(out, func(a, b Session) int {
		if n := a.Started.Compare(b.Started); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, nil
}

func sessionOf(r types.SessionTracker) Session {
	s := Session{ID: r.GetSessionID(), Kind: string(r.GetSessionKind()), Started: r.GetCreated().UTC(), Login: r.GetLogin(), Reason: r.GetReason()}
	for _, where := range []string{r.GetDatabaseName(), r.GetAppName(), r.GetDesktopName(), r.GetKubeCluster(), r.GetHostname(), r.GetAddress()} {
		if where != "" {
			s.Where = where
			break
		}
	}
	for _, p := range r.GetParticipants() {
		s.Participants = append(s.Participants, Participant{User: p.User, Mode: p.Mode, Active: p.LastActive.UTC()})
	}
	return s
}
