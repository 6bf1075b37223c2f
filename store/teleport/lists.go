package teleport

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/gravitational/teleport/api/client/proto"
	"github.com/gravitational/teleport/api/trail"
	"github.com/gravitational/teleport/api/types"
	"github.com/gravitational/trace"
	"google.golang.org/protobuf/types/known/emptypb"
)

// allUsers reads the users, by the older call where a server lacks the newer.
func (c *Cluster) allUsers(ctx context.Context) (users []types.User, err error) {
	err = c.call(ctx, "read the users", func(ctx context.Context) (err error) {
		users, err = c.client.GetUsers(ctx, false)
		if trace.IsNotImplemented(err) {
			users, err = c.olderUsers(ctx)
		}
		return err
	})
	return users, err
}

func (c *Cluster) olderUsers(ctx context.Context) (users []types.User, err error) {
	//lint:ignore SA1019 servers before the users service have no other call
	stream, err := proto.NewAuthServiceClient(c.client.GetConnection()).GetUsers(ctx, &proto.GetUsersRequest{})
	for err == nil {
		var u *types.UserV2
		if u, err = stream.Recv(); err == nil {
			users = append(users, u)
		}
	}
	if errors.Is(err, io.EOF) {
		return users, nil
	}
	return nil, trail.FromGRPC(err)
}

// allRoles reads the roles, by the older call where a server lacks the newer.
func (c *Cluster) allRoles(ctx context.Context) (roles []types.Role, err error) {
	err = c.call(ctx, "read the roles", func(ctx context.Context) (err error) {
		roles, err = c.client.GetRoles(ctx)
		if trace.IsNotImplemented(err) {
			roles, err = c.olderRoles(ctx)
		}
		return err
	})
	return roles, err
}

// olderRoles calls a method of which the API module has the answer and no client
// any more.
func (c *Cluster) olderRoles(ctx context.Context) ([]types.Role, error) {
	var answer proto.GetRolesResponse
	if err := c.client.GetConnection().Invoke(ctx, "/proto.AuthService/GetRoles", &emptypb.Empty{}, &answer); err != nil {
		return nil, trail.FromGRPC(err)
	}
	roles := make([]types.Role, len(answer.Roles))
	for i, r := range answer.Roles {
		roles[i] = r
	}
	return roles, nil
}

// allTokens reads the join tokens. The name of one that joins by its name alone
// is a password, and must not leave this package.
func (c *Cluster) allTokens(ctx context.Context) (tokens []types.ProvisionToken, err error) {
	err = c.call(ctx, "read the join tokens", func(ctx context.Context) (err error) {
		tokens, err = c.client.GetTokens(ctx)
		return err
	})
	return tokens, quiet(err)
}

// quiet takes the cluster's own words out of an error: they may name a token.
func quiet(err error) error {
	var known *Error
	if !errors.As(err, &known) || known.cause == nil || !strings.Contains(known.Text, plain(known.cause)) {
		return err
	}
	return &Error{Reason: known.Reason, Text: "read the join tokens: the cluster refused, in words that may name one", Hint: "look on the auth server: tctl tokens ls"}
}

// allConnectors reads the names of the login connectors of every kind. With an
// error come those that were read before it.
func (c *Cluster) allConnectors(ctx context.Context) (names []string, err error) {
	for _, read := range []func(context.Context) ([]string, error){
		func(ctx context.Context) ([]string, error) { return namesOf(c.client.GetGithubConnectors(ctx, false)) },
		func(ctx context.Context) ([]string, error) { return namesOf(c.client.GetOIDCConnectors(ctx, false)) },
		func(ctx context.Context) ([]string, error) { return namesOf(c.client.GetSAMLConnectors(ctx, false)) },
	} {
		err := c.call(ctx, "read the login connectors", func(ctx context.Context) error {
			some, err := read(ctx)
			names = append(names, some...)
			return err
		})
		// What is not offered has no connectors either.
		if err != nil && !errors.Is(err, ErrNotOffered) {
			return names, err
		}
	}
	return names, nil
}

func namesOf[R types.Resource](list []R, err error) ([]string, error) {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.GetName()
	}
	return names, err
}
