package teleport

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/gravitational/teleport/api/client/proto"
	"github.com/gravitational/teleport/api/trail"
	"github.com/gravitational/teleport/api/types"

	"cordon/investigations/posture"
)

// Config reads how the cluster is set, as far as it can be read: missing are the
// sentences about what cannot.
func (c *Cluster) Config(ctx context.Context) (config *posture.Config, missing []string, err error) {
	config = &posture.Config{}
	for _, read := range []func(context.Context, *posture.Config) error{c.preferences, c.roles, c.users, c.tokens} {
		err := read(ctx, config)
		switch {
		case err == nil:
		case Degraded(err) || errors.Is(err, ErrNeedsMFA):
			missing = append(missing, err.Error())
		default:
			return nil, nil, err
		}
	}
	return config, missing, nil
}

func (c *Cluster) preferences(ctx context.Context, config *posture.Config) error {
	s, err := c.Settings(ctx)
	if err != nil {
		if Degraded(err) {
			config.RecordingMode, _ = c.recordingMode(ctx) // err says what is missing
		}
		return err
	}
	config.RecordingMode = s.Recording
	config.AuthPreference = &posture.AuthPreference{
		SecondFactor: secondFactor(s.SecondFactors, s.FactorOptional), RequireSessionMFA: s.SessionMFA,
		LockingMode: s.LockingMode, DeviceTrust: s.DeviceTrust,
	}
	return nil
}

// secondFactor is a list of second factors in one word of older versions.
func secondFactor(factors []string, optional bool) string {
	otp := slices.Contains(factors, "otp")
	switch {
	case len(factors) == 0:
		return "off"
	case optional:
		return "optional"
	case !otp:
		return "webauthn"
	case len(factors) == 1:
		return "otp"
	default:
		return "on"
	}
}

func (c *Cluster) roles(ctx context.Context, config *posture.Config) error {
	roles, err := c.allRoles(ctx)
	if err != nil {
		return err
	}
	config.Roles = make([]posture.Role, len(roles))
	for i, r := range roles {
		config.Roles[i] = roleOf(r)
	}
	return nil
}

func roleOf(r types.Role) posture.Role {
	options := r.GetOptions()
	asks, denies := r.GetAccessRequestConditions(types.Allow), r.GetAccessRequestConditions(types.Deny)
	signs := r.GetImpersonateConditions(types.Allow)
	out := posture.Role{
		Name: r.GetName(), MaxSessionTTL: options.MaxSessionTTL.Duration(), Lock: string(options.Lock),
		Logins: r.GetLogins(types.Allow), KubeGroups: r.GetKubeGroups(types.Allow),
		Request: asks.Roles, Approvals: approvals(asks.Thresholds), DenyRequest: denies.Roles, DenyByTrait: len(denies.ClaimsToRoles) > 0,
		Impersonates: len(signs.Users)+len(signs.Roles) > 0,
	}
	for _, resource := range []string{types.KindRole, types.KindUser} {
		for _, verb := range []string{types.VerbCreate, types.VerbUpdate} {
			out.Writes = out.Writes || judge([]types.Role{r}, resource, verb) != no
		}
	}
	return out
}

// approvals is the least number that a request needs; it is one where the role
// does not say.
func approvals(thresholds []types.AccessReviewThreshold) int {
	least := 0
	for _, t := range thresholds {
		if n := max(1, int(t.Approve)); least == 0 || n < least {
			least = n
		}
	}
	return max(1, least)
}

func (c *Cluster) users(ctx context.Context, config *posture.Config) error {
	users, err := c.allUsers(ctx)
	if err != nil {
		return err
	}
	config.Users = make([]posture.User, len(users))
	for i, u := range users {
		config.Users[i] = posture.User{Name: u.GetName(), Roles: u.GetRoles()}
	}
	return nil
}

// tokens reads the join tokens. The name of one that joins by its name alone is a
// password: only its last quarter leaves this package.
func (c *Cluster) tokens(ctx context.Context, config *posture.Config) error {
	tokens, err := c.allTokens(ctx)
	if err != nil {
		return err
	}
	config.Tokens = make([]posture.Token, len(tokens))
	for i, t := range tokens {
		config.Tokens[i] = posture.Token{Name: t.GetSafeName(), Method: string(t.GetJoinMethod()), Static: t.Origin() == types.OriginConfigFile}
		if end := t.Expiry(); end.After(time.Unix(0, 0)) {
			config.Tokens[i].Expires = end.UTC()
		}
	}
	return nil
}

// ControlHosts are the host ids of the auth and proxy servers that run, in order:
// a lock on one of them would cut off the cluster.
func (c *Cluster) ControlHosts(ctx context.Context) ([]string, error) {
	var out []string
	err := c.call(ctx, "read which servers are auth and proxy", func(ctx context.Context) error {
		stream, err := proto.NewAuthServiceClient(c.client.GetConnection()).GetInstances(ctx, &types.InstanceFilter{
			Services: []types.SystemRole{types.RoleAuth, types.RoleProxy},
		})
		if err != nil {
			return trail.FromGRPC(err)
		}
		for {
			instance, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return trail.FromGRPC(err)
			}
			out = append(out, instance.GetName())
		}
	})
	slices.Sort(out)
	return slices.Compact(out), err
}
