package clustertest

import (
	"context"

	"github.com/gravitational/teleport/api/client/proto"
	clusterconfigpb "github.com/gravitational/teleport/api/gen/proto/go/teleport/clusterconfig/v1"
	userspb "github.com/gravitational/teleport/api/gen/proto/go/teleport/users/v1"
	"github.com/gravitational/teleport/api/types"
	"github.com/gravitational/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Hold adds resources: tokens, roles, users, access requests, live sessions,
// servers, the auth preference or the recording config, and what a cluster gives
// by its name (standing.go).
func (c *Cluster) Hold(resources ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := &c.held
	for _, r := range resources {
		switch r := r.(type) {
		case *types.ProvisionTokenV2:
			h.tokens = append(h.tokens, r)
		case *types.RoleV6:
			h.roles = append(h.roles, r)
		case *types.UserV2:
			h.users = append(h.users, r)
		case *types.AccessRequestV3:
			h.requests = append(h.requests, r)
		case *types.SessionTrackerV1:
			h.trackers = append(h.trackers, r)
		case *types.InstanceV1:
			h.instances = append(h.instances, r)
		case *types.AuthPreferenceV2:
			h.preference = r
		case *types.SessionRecordingConfigV2:
			h.recording = r
		default:
			if !h.holdNamed(r) {
				c.Authority.t.Fatalf("a test cluster holds no %T", r)
			}
		}
	}
}

// locked runs f with the cluster's state, for callers who may.
func (c *Cluster) locked(ctx context.Context, resource string, f func(*state) error, verbs ...string) error {
	if err := c.allow(ctx, resource, verbs...); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return f(&c.held)
}

// GetTokens asks for a second factor on newer servers.
func (a *auth) GetTokens(ctx context.Context, _ *emptypb.Empty) (out *types.ProvisionTokenV2List, err error) {
	if a.cluster.major >= 16 {
		if err := a.cluster.allowAdmin(ctx, types.KindToken, "list"); err != nil {
			return nil, err
		}
	}
	out = &types.ProvisionTokenV2List{}
	err = a.cluster.locked(ctx, types.KindToken, func(h *state) error {
		out.ProvisionTokens = append(out.ProvisionTokens, h.tokens...)
		return nil
	}, "list", "read")
	return out, err
}

func (a *auth) DeleteToken(ctx context.Context, r *types.ResourceRequest) (*emptypb.Empty, error) {
	c := a.cluster
	if err := c.allowAdmin(ctx, types.KindToken, "delete"); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, t := range c.held.tokens {
		if t.GetName() == r.Name {
			c.held.tokens = append(c.held.tokens[:i:i], c.held.tokens[i+1:]...)
			return &emptypb.Empty{}, nil
		}
	}
	return nil, trace.NotFound("provision token(%s) not found", r.Name)
}

func (a *auth) ListRoles(ctx context.Context, _ *proto.ListRolesRequest) (out *proto.ListRolesResponse, err error) {
	if a.cluster.major < 13 {
		return a.UnimplementedAuthServiceServer.ListRoles(ctx, nil)
	}
	out = &proto.ListRolesResponse{}
	err = a.cluster.locked(ctx, types.KindRole, func(h *state) error {
		out.Roles = append(out.Roles, h.roles...)
		return nil
	}, "list", "read")
	return out, err
}

// GetCurrentUserRoles gives the roles of the caller's user.
func (a *auth) GetCurrentUserRoles(_ *emptypb.Empty, stream proto.AuthService_GetCurrentUserRolesServer) error {
	c := a.cluster
	c.mu.Lock()
	var mine []*types.RoleV6
	for _, u := range c.held.users {
		if u.GetName() != userOf(stream.Context()) {
			continue
		}
		for _, name := range u.GetRoles() {
			for _, r := range c.held.roles {
				if r.GetName() == name {
					mine = append(mine, r)
				}
			}
		}
	}
	c.mu.Unlock()
	for _, r := range mine {
		if err := stream.Send(r); err != nil {
			return err
		}
	}
	return nil
}

func (a *auth) ListAccessRequests(ctx context.Context, r *proto.ListAccessRequestsRequest) (*proto.ListAccessRequestsResponse, error) {
	if a.cluster.major < 15 {
		return a.UnimplementedAuthServiceServer.ListAccessRequests(ctx, nil)
	}
	return &proto.ListAccessRequestsResponse{AccessRequests: a.cluster.requests(ctx, r.Filter)}, nil
}

func (a *auth) GetAccessRequestsV2(filter *types.AccessRequestFilter, stream proto.AuthService_GetAccessRequestsV2Server) error {
	for _, r := range a.cluster.requests(stream.Context(), filter) {
		if err := stream.Send(r); err != nil {
			return err
		}
	}
	return nil
}

// requests are those that the caller may see: without the right to read them all
// only the own ones, and no refusal, as Teleport does it.
func (c *Cluster) requests(ctx context.Context, filter *types.AccessRequestFilter) (out []*types.AccessRequestV3) {
	all := c.allow(ctx, types.KindAccessRequest, "list", "read") == nil
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.held.requests {
		if (all || r.GetUser() == userOf(ctx)) && (filter == nil || filter.Match(r)) {
			out = append(out, r)
		}
	}
	return out
}

func (a *auth) GetAuthPreference(ctx context.Context, _ *emptypb.Empty) (out *types.AuthPreferenceV2, err error) {
	err = a.cluster.locked(ctx, types.KindClusterAuthPreference, func(h *state) error {
		out = h.preference
		return nil
	}, "read")
	return out, err
}

func (a *auth) GetSessionRecordingConfig(ctx context.Context, _ *emptypb.Empty) (out *types.SessionRecordingConfigV2, err error) {
	err = a.cluster.locked(ctx, types.KindSessionRecordingConfig, func(h *state) error {
		out = h.recording
		return nil
	}, "read")
	return out, err
}

func (a *auth) GetActiveSessionTrackers(_ *emptypb.Empty, stream proto.AuthService_GetActiveSessionTrackersServer) error {
	var out []*types.SessionTrackerV1
	err := a.cluster.locked(stream.Context(), types.KindSessionTracker, func(h *state) error {
		out = append(out, h.trackers...)
		return nil
	}, "list")
	for _, s := range out {
		if err == nil {
			err = stream.Send(s)
		}
	}
	return err
}

// GetInstances sends the servers that run one of the services asked for.
func (a *auth) GetInstances(r *types.InstanceFilter, stream proto.AuthService_GetInstancesServer) error {
	if a.cluster.major < 13 {
		return a.UnimplementedAuthServiceServer.GetInstances(r, stream)
	}
	var out []*types.InstanceV1
	err := a.cluster.locked(stream.Context(), types.KindInstance, func(h *state) error {
		for _, i := range h.instances {
			if r.Match(i) {
				out = append(out, i)
			}
		}
		return nil
	}, "list", "read")
	for _, i := range out {
		if err == nil {
			err = stream.Send(i)
		}
	}
	return err
}

// GetUsers is the call for users of older versions.
func (a *auth) GetUsers(_ *proto.GetUsersRequest, stream proto.AuthService_GetUsersServer) error {
	var out []*types.UserV2
	err := a.cluster.locked(stream.Context(), types.KindUser, func(h *state) error {
		out = append(out, h.users...)
		return nil
	}, "list", "read")
	for _, u := range out {
		if err == nil {
			err = stream.Send(u)
		}
	}
	return err
}

// older answers the calls of old versions that the services have no method for
// any more: GetRoles.
func (c *Cluster) older(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	if method != "/proto.AuthService/GetRoles" || c.major >= 13 {
		return status.Errorf(codes.Unimplemented, "unknown method %s", method)
	}
	if err := stream.RecvMsg(&emptypb.Empty{}); err != nil {
		return err
	}
	var out proto.GetRolesResponse
	err := c.locked(stream.Context(), types.KindRole, func(h *state) error {
		out.Roles = append(out.Roles, h.roles...)
		return nil
	}, "list", "read")
	if err != nil {
		return err
	}
	return stream.SendMsg(&out)
}

// users is the users service of newer versions.
type users struct {
	userspb.UnimplementedUsersServiceServer
	cluster *Cluster
}

func (u *users) ListUsers(ctx context.Context, _ *userspb.ListUsersRequest) (out *userspb.ListUsersResponse, err error) {
	out = &userspb.ListUsersResponse{}
	err = u.cluster.locked(ctx, types.KindUser, func(h *state) error {
		out.Users = append(out.Users, h.users...)
		return nil
	}, "list", "read")
	return out, err
}

func (u *users) GetUser(ctx context.Context, r *userspb.GetUserRequest) (*userspb.GetUserResponse, error) {
	name := r.Name
	if r.CurrentUser {
		name = userOf(ctx)
	} else if err := u.cluster.allow(ctx, types.KindUser, "read"); err != nil {
		return nil, err
	}
	u.cluster.mu.Lock()
	defer u.cluster.mu.Unlock()
	for _, held := range u.cluster.held.users {
		if held.GetName() == name {
			return &userspb.GetUserResponse{User: held}, nil
		}
	}
	return nil, trace.NotFound("user %q not found", name)
}

// clusterConfig is the service of newer versions.
type clusterConfig struct {
	clusterconfigpb.UnimplementedClusterConfigServiceServer
	cluster *Cluster
}

func (s *clusterConfig) GetAuthPreference(ctx context.Context, _ *clusterconfigpb.GetAuthPreferenceRequest) (*types.AuthPreferenceV2, error) {
	return (&auth{cluster: s.cluster}).GetAuthPreference(ctx, nil)
}

func (s *clusterConfig) GetSessionRecordingConfig(ctx context.Context, _ *clusterconfigpb.GetSessionRecordingConfigRequest) (*types.SessionRecordingConfigV2, error) {
	return (&auth{cluster: s.cluster}).GetSessionRecordingConfig(ctx, nil)
}
