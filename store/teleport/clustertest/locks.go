package clustertest

import (
	"context"
	"slices"
	"strings"

	"github.com/gravitational/teleport/api/client/proto"
	"github.com/gravitational/teleport/api/types"
	"github.com/gravitational/trace"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Locks are the locks that the cluster holds, by name.
func (c *Cluster) Locks() []*types.LockV2 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return byName(c.held.locks)
}

func byName(locks map[string]*types.LockV2) []*types.LockV2 {
	out := make([]*types.LockV2, 0, len(locks))
	for _, l := range locks {
		out = append(out, cloneLock(l))
	}
	slices.SortFunc(out, func(a, b *types.LockV2) int { return strings.Compare(a.GetName(), b.GetName()) })
	return out
}

// Created is how often locks of a name came into being: a name that was
// overwritten counts once.
func (c *Cluster) Created(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held.everLocked[name]
}

// PutLock places a lock as another client would.
func (c *Cluster) PutLock(l types.Lock) {
	_, err := (&auth{cluster: c}).put(l.(*types.LockV2), "somebody else")
	must(c.Authority.t, err)
}

func cloneLock(l *types.LockV2) *types.LockV2 {
	out := *l
	return &out
}

func (a *auth) UpsertLock(ctx context.Context, l *types.LockV2) (*emptypb.Empty, error) {
	if err := a.cluster.allow(ctx, types.KindLock, "create", "update"); err != nil {
		return nil, err
	}
	return a.put(l, userOf(ctx))
}

func (a *auth) put(l *types.LockV2, by string) (*emptypb.Empty, error) {
	// A field of the target that this module does not have is one that a newer
	// server has.
	if err := l.CheckAndSetDefaults(); err != nil && len(l.Spec.Target.XXX_unrecognized) == 0 {
		return nil, trace.Wrap(err)
	}
	c := a.cluster
	kept := cloneLock(l)
	if c.major < 13 {
		kept.Spec.Target.ServerID, kept.Spec.Target.Device = "", ""
	}
	if c.major >= 13 {
		if kept.Spec.CreatedAt.IsZero() {
			kept.Spec.CreatedAt = c.options.Now().UTC()
		}
		if kept.Spec.CreatedBy == "" {
			kept.Spec.CreatedBy = by
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.held.locks[l.GetName()]; !there {
		c.held.everLocked[l.GetName()]++
	}
	c.held.locks[l.GetName()] = kept
	c.later(func() {
		c.held.cached[l.GetName()] = kept
		c.tell(&proto.Event{Type: proto.Operation_PUT, Resource: &proto.Event_Lock{Lock: cloneLock(kept)}})
	})
	return &emptypb.Empty{}, nil
}

func (a *auth) GetLock(ctx context.Context, r *proto.GetLockRequest) (*types.LockV2, error) {
	if err := a.cluster.allow(ctx, types.KindLock, "read"); err != nil {
		return nil, err
	}
	c := a.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catchUp()
	l, ok := c.held.cached[r.Name]
	if !ok { // what the cache lacks is looked up where it was written
		l, ok = c.held.locks[r.Name]
	}
	if !ok {
		return nil, trace.NotFound("lock %q doesn't exist", r.Name)
	}
	return cloneLock(l), nil
}

func (a *auth) GetLocks(ctx context.Context, r *proto.GetLocksRequest) (*proto.GetLocksResponse, error) {
	if err := a.cluster.allow(ctx, types.KindLock, "list", "read"); err != nil {
		return nil, err
	}
	out := &proto.GetLocksResponse{}
	a.cluster.mu.Lock()
	a.cluster.catchUp()
	cached := byName(a.cluster.held.cached)
	a.cluster.mu.Unlock()
	for _, l := range cached {
		if (!r.InForceOnly || l.IsInForce(a.cluster.options.Now())) && matches(l, r.Targets) {
			out.Locks = append(out.Locks, l)
		}
	}
	return out, nil
}

func matches(l *types.LockV2, targets []*types.LockTarget) bool {
	return len(targets) == 0 || slices.ContainsFunc(targets, func(t *types.LockTarget) bool { return t.Match(l) })
}

func (a *auth) DeleteLock(ctx context.Context, r *proto.DeleteLockRequest) (*emptypb.Empty, error) {
	if err := a.cluster.allow(ctx, types.KindLock, "delete"); err != nil {
		return nil, err
	}
	c := a.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.held.locks[r.Name]; !ok {
		return nil, trace.NotFound("lock %q doesn't exist", r.Name)
	}
	delete(c.held.locks, r.Name)
	c.later(func() {
		delete(c.held.cached, r.Name)
		header := &types.ResourceHeader{Kind: types.KindLock, Version: types.V2, Metadata: types.Metadata{Name: r.Name}}
		c.tell(&proto.Event{Type: proto.Operation_DELETE, Resource: &proto.Event_ResourceHeader{ResourceHeader: header}})
	})
	return &emptypb.Empty{}, nil
}

// tell hands an event to every watcher; the cluster's mutex is held.
func (c *Cluster) tell(e *proto.Event) {
	for w := range c.held.watchers {
		select {
		case w <- e:
		default: // a watcher that does not keep up misses it, as with Teleport's buffer
		}
	}
}

// WatchEvents tells of locks. Who may not read them gets an end of the stream
// instead of a refusal, as Teleport does it.
func (a *auth) WatchEvents(_ *proto.Watch, stream proto.AuthService_WatchEventsServer) error {
	c := a.cluster
	if err := c.allow(stream.Context(), types.KindLock, "read"); err != nil {
		return err
	}
	told := make(chan *proto.Event, 1024)
	c.mu.Lock()
	c.held.watchers[told] = struct{}{}
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.held.watchers, told)
	}()
	if err := stream.Send(&proto.Event{Type: proto.Operation_INIT}); err != nil {
		return err
	}
	for {
		select {
		case e := <-told:
			if err := stream.Send(e); err != nil {
				return err
			}
		case <-stream.Context().Done():
			return stream.Context().Err()
		}
	}
}
