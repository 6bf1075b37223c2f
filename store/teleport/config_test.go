package teleport_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gravitational/teleport/api/constants"
	"github.com/gravitational/teleport/api/types"

	"cordon/investigations/posture"
	"cordon/store/teleport/clustertest"
)

// configured starts a cluster with a role, a user and tokens of each kind.
func configured(t *testing.T) *clustertest.Cluster {
	t.Helper()
	server := clustertest.Start(t, clustertest.Options{})
	user, err := types.NewUser("mallory@example.com")
	if err != nil {
		t.Fatal(err)
	}
	user.SetRoles([]string{"ops"})
	ops, err := types.NewRole("ops", types.RoleSpecV6{
		Options: types.RoleOptions{MaxSessionTTL: types.NewDuration(8 * time.Hour), Lock: constants.LockingModeStrict},
		Allow: types.RoleConditions{
			Logins: []string{"root"}, KubeGroups: []string{"system:masters"}, Rules: []types.Rule{{Resources: []string{"role"}, Verbs: []string{"*"}}},
			Request:     &types.AccessRequestConditions{Roles: []string{"admin"}, Thresholds: []types.AccessReviewThreshold{{Approve: 3}, {Approve: 2}}},
			Impersonate: &types.ImpersonateConditions{Users: []string{"bot"}, Roles: []string{"bot"}},
		},
		Deny: types.RoleConditions{Request: &types.AccessRequestConditions{Roles: []string{"owner"}, ClaimsToRoles: []types.ClaimMapping{{Claim: "a", Value: "b", Roles: []string{"c"}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Hold(user.(*types.UserV2), ops.(*types.RoleV6))
	for name, spec := range map[string]types.ProvisionTokenSpecV2{
		"swordfish-0123456789": {Roles: types.SystemRoles{types.RoleNode}},
		"short":                {Roles: types.SystemRoles{types.RoleNode}},
		"cloud":                {Roles: types.SystemRoles{types.RoleNode}, JoinMethod: types.JoinMethodIAM, Allow: []*types.TokenRule{{AWSAccount: "111111111111"}}},
	} {
		end := begin
		if name == "short" {
			end = time.Time{}
		}
		token, err := types.NewProvisionTokenFromSpec(name, end, spec)
		if err != nil {
			t.Fatal(err)
		}
		if name == "short" {
			token.SetOrigin(types.OriginConfigFile)
		}
		server.Hold(token.(*types.ProvisionTokenV2))
	}
	pref := types.DefaultAuthPreference()
	pref.SetSecondFactors(types.SecondFactorType_SECOND_FACTOR_TYPE_WEBAUTHN)
	server.Hold(pref.(*types.AuthPreferenceV2))
	return server
}

func TestConfig_readsHowTheClusterIsSet(t *testing.T) {
	t.Parallel()
	got, missing, err := connectTo(t, configured(t), nil).Config(t.Context())
	if err != nil || len(missing) != 0 {
		t.Fatalf("%v, missing %q", err, missing)
	}
	if got.AuthPreference.SecondFactor != "webauthn" || got.AuthPreference.LockingMode != "best_effort" || got.RecordingMode != "node" {
		t.Errorf("preferences %+v, recording %q", got.AuthPreference, got.RecordingMode)
	}
	want := posture.Role{
		Name: "ops", MaxSessionTTL: 8 * time.Hour, Lock: "strict", Logins: []string{"root"}, KubeGroups: []string{"system:masters"},
		Request: []string{"admin"}, Approvals: 2, DenyRequest: []string{"owner"}, DenyByTrait: true, Writes: true, Impersonates: true,
	}
	if fmt.Sprint(got.Roles) != fmt.Sprint([]posture.Role{want}) {
		t.Errorf("roles %+v, want %+v", got.Roles, want)
	}
	if fmt.Sprint(got.Users) != "[{mallory@example.com [ops]}]" {
		t.Errorf("users %+v", got.Users)
	}
	tokens := map[string]posture.Token{}
	for _, token := range got.Tokens {
		tokens[token.Name] = token
	}
	for _, want := range []posture.Token{
		{Name: "***************56789", Method: "token", Expires: begin}, {Name: "*****", Method: "token", Static: true}, {Name: "cloud", Method: "iam", Expires: begin},
	} {
		if tokens[want.Name] != want {
			t.Errorf("token %+v, want %+v", tokens[want.Name], want)
		}
	}
}

func TestConfig_leavesOutWhatMayNotBeRead(t *testing.T) {
	t.Parallel()
	server := configured(t)
	c := connectTo(t, server, nil)
	server.Grant(long.User, map[string][]string{"role": {"list", "read"}})
	got, missing, err := c.Config(t.Context())
	if err != nil || got.AuthPreference != nil || got.Users != nil || got.Tokens != nil || len(got.Roles) != 1 || len(missing) != 3 {
		t.Errorf("%+v, missing %q, %v", got, missing, err)
	}
	if text := strings.Join(missing, "\n"); !strings.Contains(text, "needs token: list") || !strings.Contains(text, "needs user: list") || got.RecordingMode != "" {
		t.Errorf("missing %q, recording %q", missing, got.RecordingMode)
	}
	server.Grant(long.User, map[string][]string{"session_recording_config": {"read"}})
	got, missing, err = c.Config(t.Context())
	if err != nil || got.AuthPreference != nil || got.RecordingMode != "node" || len(missing) != 4 {
		t.Errorf("recording alone: %+v, missing %q, %v", got, missing, err)
	}
}

func TestControlHosts_areTheAuthAndProxyServers(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	for name, role := range map[string]types.SystemRole{"a": types.RoleAuth, "b": types.RoleNode, "c": types.RoleProxy} {
		i, err := types.NewInstance(name, types.InstanceSpecV1{Version: "v17.4.8", Services: []types.SystemRole{role}})
		if err != nil {
			t.Fatal(err)
		}
		server.Hold(i.(*types.InstanceV1))
	}
	if got, err := c.ControlHosts(t.Context()); err != nil || fmt.Sprint(got) != "[a c]" {
		t.Errorf("%v, %v", got, err)
	}
}
