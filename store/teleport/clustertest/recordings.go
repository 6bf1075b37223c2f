package clustertest

import (
	"slices"

	"github.com/gravitational/teleport/api/client/proto"
	apievents "github.com/gravitational/teleport/api/types/events"
	"github.com/gravitational/trace"
)

type sessionEvent = apievents.OneOf

// Record adds events to the recording of a session; without any it is there and
// empty.
func (c *Cluster) Record(session string, list ...apievents.AuditEvent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held.recordings[session] = slices.Clip(c.held.recordings[session])
	for _, ev := range list {
		typed, err := apievents.ToOneOf(ev)
		must(c.Authority.t, err)
		c.held.recordings[session] = append(c.held.recordings[session], typed)
	}
}

// StreamSessionEvents sends a recording from an index on.
func (a *auth) StreamSessionEvents(r *proto.StreamSessionEventsRequest, stream proto.AuthService_StreamSessionEventsServer) error {
	c := a.cluster
	if err := c.allow(stream.Context(), "session", "read"); err != nil {
		return err
	}
	c.mu.Lock()
	held, ok := c.held.recordings[r.SessionID]
	c.mu.Unlock()
	if !ok {
		return trace.NotFound("a recording for session %q was not found", r.SessionID)
	}
	for _, e := range held[min(int(r.StartIndex), len(held)):] {
		if err := stream.Send(e); err != nil {
			return err
		}
	}
	return nil
}
