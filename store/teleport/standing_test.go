package teleport_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	accesslistv1 "github.com/gravitational/teleport/api/gen/proto/go/teleport/accesslist/v1"
	devicepb "github.com/gravitational/teleport/api/gen/proto/go/teleport/devicetrust/v1"
	headerv1 "github.com/gravitational/teleport/api/gen/proto/go/teleport/header/v1"
	"github.com/gravitational/teleport/api/types"
	"github.com/gravitational/trace"
	"google.golang.org/protobuf/types/known/timestamppb"

	"cordon/investigations"
	"cordon/investigations/survive"
	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

// Names of join tokens, which are passwords. Two of them have one mask.
const (
	tokenName = "swordfish-0123456789-swordfish"
	tokenTwin = "marlin-98765432101234swordfish"
	tokenMask = "**********************wordfish"
	tokenLone = "barracuda-0123456789-barracuda"
	loneMask  = "**********************arracuda"
)

// stood is the moment at which the clusters of these tests are asked.
var stood = time.Date(2026, 11, 18, 22, 0, 0, 0, time.UTC)

func thing(kind investigations.Kind, name string) survive.Thing {
	return survive.Thing{Entity: investigations.Entity{Kind: kind, Name: name}}
}

func membership(list, user string) survive.Thing {
	t := thing(investigations.KindUser, user)
	t.List = investigations.Entity{Kind: investigations.KindAccessList, Name: list}
	return t
}

func memberOf(list, user string, end time.Time) *accesslistv1.Member {
	m := &accesslistv1.Member{Spec: &accesslistv1.MemberSpec{AccessList: list, Name: user}}
	if !end.IsZero() {
		m.Spec.Expires = timestamppb.New(end)
	}
	return m
}

func requestIn(id string, state types.RequestState) *types.AccessRequestV3 {
	return &types.AccessRequestV3{
		Kind: types.KindAccessRequest, Version: types.V3, Metadata: types.Metadata{Name: id},
		Spec: types.AccessRequestSpecV3{User: "dana@example.com", State: state, Expires: stood.Add(time.Hour)},
	}
}

// standingCluster is a cluster that holds one of everything.
func standingCluster(t *testing.T, o clustertest.Options) *clustertest.Cluster {
	t.Helper()
	var now atomic.Pointer[time.Time]
	o.Now = func() time.Time { return *now.Load() }
	before := stood.Add(-time.Minute)
	now.Store(&before)
	server := clustertest.Start(t, o)
	for _, name := range []string{"dana@example.com", "bot-deploy", long.User} {
		u, err := types.NewUser(name)
		if err != nil {
			t.Fatal(err)
		}
		u.SetRoles([]string{"relay", "access"})
		server.Hold(u.(*types.UserV2))
	}
	server.Hold(role(t, "relay", []types.Rule{{Resources: []string{types.KindAccessRequest}, Verbs: []string{"list", "read"}}}, nil))
	for _, name := range []string{tokenName, tokenTwin, tokenLone, "short"} {
		token, err := types.NewProvisionToken(name, types.SystemRoles{types.RoleNode}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		server.Hold(token.(*types.ProvisionTokenV2))
	}
	defer now.Store(&stood) // reads show the locks by now
	end, over := stood.Add(time.Hour), stood.Add(-time.Hour)
	for name, until := range map[string]*time.Time{"l-1": &end, "l-2": nil, "l-3": &over} {
		l := mustLock(t, name, types.LockTarget{User: "elena@example.com"})
		l.SetLockExpiry(until)
		server.PutLock(l)
	}
	late := requestIn("r-late", types.RequestState_APPROVED)
	late.Spec.Expires = over
	named := func(name string) types.Metadata { return types.Metadata{Name: name} }
	server.Hold(
		requestIn("r-open", types.RequestState_PENDING), requestIn("r-yes", types.RequestState_APPROVED),
		requestIn("r-no", types.RequestState_DENIED), requestIn("r-list", types.RequestState_PROMOTED), late,
		&accesslistv1.AccessList{Header: &headerv1.ResourceHeader{Metadata: &headerv1.Metadata{Name: "5f2a"}}},
		memberOf("5f2a", "dana@example.com", time.Time{}), memberOf("5f2a", "elena@example.com", end), memberOf("5f2a", "omar@example.com", over),
		&types.GithubConnectorV3{Kind: types.KindGithub, Metadata: named("hub")},
		&types.OIDCConnectorV3{Kind: types.KindOIDC, Metadata: named("okta")},
		&types.SAMLConnectorV2{Kind: types.KindSAML, Metadata: named("adfs")},
		&types.TrustedClusterV2{Kind: types.KindTrustedCluster, Metadata: named("leaf")},
		&devicepb.Device{Id: "d-1"},
		&types.AppV3{Kind: types.KindApp, Metadata: named("shop")},
		&types.DatabaseV3{Kind: types.KindDatabase, Metadata: named("orders")},
		&types.KubernetesClusterV3{Kind: types.KindKubernetesCluster, Metadata: named("prod")},
	)
	return server
}

// standings are things with what is to be said of them.
var standings = []struct {
	thing survive.Thing
	want  string
}{
	{thing(investigations.KindUser, "dana@example.com"), "still there [access relay]"},
	{thing(investigations.KindUser, "relay@example.com"), "gone []"},
	{thing(investigations.KindBot, "deploy"), "still there [access relay]"},
	{thing(investigations.KindBot, "relay"), "gone []"},
	{thing(investigations.KindRole, "relay"), "still there []"},
	{thing(investigations.KindRole, "relay-read"), "gone []"},
	{thing(investigations.KindToken, tokenMask), "still there [] 2 join tokens look like this in the log"},
	{thing(investigations.KindToken, "*"+loneMask), "gone []"},
	{thing(investigations.KindToken, loneMask), "still there []"},
	{thing(investigations.KindToken, "*****"), "still there []"},
	{thing(investigations.KindToken, "short"), "still there []"},
	{thing(investigations.KindToken, "github-bot"), "gone []"},
	{thing(investigations.KindLock, "l-1"), "still there [] until 2026-11-18T23:00:00Z"},
	{thing(investigations.KindLock, "l-2"), "still there []"},
	{thing(investigations.KindLock, "l-3"), "gone [] over since 2026-11-18T21:00:00Z"},
	{thing(investigations.KindLock, "l-4"), "gone []"},
	{thing(investigations.KindRequest, "r-open"), "still there [] pending"},
	{thing(investigations.KindRequest, "r-yes"), "still there [] approved, until 2026-11-18T23:00:00Z"},
	{thing(investigations.KindRequest, "r-no"), "gone [] denied"},
	{thing(investigations.KindRequest, "r-list"), "still there [] promoted to an access list"},
	{thing(investigations.KindRequest, "r-late"), "gone [] approved, over since 2026-11-18T21:00:00Z"},
	{thing(investigations.KindRequest, "r-gone"), "gone []"},
	{thing(investigations.KindAccessList, "5f2a"), "still there []"},
	{thing(investigations.KindAccessList, "6f2a"), "gone []"},
	{membership("5f2a", "dana@example.com"), "still there []"},
	{membership("5f2a", "elena@example.com"), "still there [] until 2026-11-18T23:00:00Z"},
	{membership("5f2a", "omar@example.com"), "gone [] over since 2026-11-18T21:00:00Z"},
	{membership("5f2a", "ana@example.com"), "gone []"},
	{thing(investigations.KindConnector, "hub"), "still there []"},
	{thing(investigations.KindConnector, "okta"), "still there []"},
	{thing(investigations.KindConnector, "adfs"), "still there []"},
	{thing(investigations.KindConnector, "evil"), "gone []"},
	{thing(investigations.KindCluster, "leaf"), "still there []"},
	{thing(investigations.KindCluster, "root"), "gone []"},
	{thing(investigations.KindDevice, "d-1"), "still there []"},
	{thing(investigations.KindDevice, "d-2"), "gone []"},
	{thing(investigations.KindApp, "shop"), "still there []"},
	{thing(investigations.KindApp, "none"), "gone []"},
	{thing(investigations.KindDatabase, "orders"), "still there []"},
	{thing(investigations.KindDatabase, "none"), "gone []"},
	{thing(investigations.KindKubeCluster, "prod"), "still there []"},
	{thing(investigations.KindKubeCluster, "none"), "gone []"},
	{thing(investigations.KindHost, "web-7"), "not known [] cordon does not know how to ask a cluster for it"},
}

func said(s survive.Standing) string {
	return strings.TrimSpace(fmt.Sprint(s.State, " ", s.Roles, " ", s.Note))
}

func askAll() []survive.Thing {
	out := make([]survive.Thing, len(standings))
	for i, s := range standings {
		out[i] = s.thing
	}
	return out
}

func TestStanding_saysWhatIsThereAndWhatIsGone(t *testing.T) {
	t.Parallel()
	server := standingCluster(t, clustertest.Options{Enterprise: true})
	c := connectTo(t, server, func() time.Time { return stood })
	got, err := c.Standing(t.Context(), askAll())
	if err != nil || len(got) != len(standings) {
		t.Fatalf("%d answers, %v", len(got), err)
	}
	for i, s := range standings {
		if got[i].Thing != s.thing || !got[i].At.Equal(stood) || said(got[i]) != s.want {
			t.Errorf("%s %s: %s, want %s", s.thing.Entity, s.thing.List, said(got[i]), s.want)
		}
	}
	for _, once := range []string{"ListUsers", "ListRoles", "GetTokens", "GetLocks", "GetGithubConnectors"} {
		if n := server.Calls(once); n != 1 {
			t.Errorf("%s was called %d times", once, n)
		}
	}
}

func TestStanding_saysWhichRightIsMissing(t *testing.T) {
	t.Parallel()
	server := standingCluster(t, clustertest.Options{Enterprise: true})
	server.Grant(long.User, nil)
	c := connectTo(t, server, func() time.Time { return stood })
	things := map[string]survive.Thing{
		"user: list": thing(investigations.KindUser, "relay"), "role: list": thing(investigations.KindRole, "relay-read"),
		"token: list": thing(investigations.KindToken, tokenMask), "lock: list": thing(investigations.KindLock, "l-1"),
		"access_list: read": thing(investigations.KindAccessList, "6f2a"), "auth_connector: list": thing(investigations.KindConnector, "hub"),
		"trusted_cluster: read": thing(investigations.KindCluster, "leaf"), "device: read": thing(investigations.KindDevice, "d-1"),
		"app: read": thing(investigations.KindApp, "none"), "db: read": thing(investigations.KindDatabase, "none"),
		"kube_cluster: read": thing(investigations.KindKubeCluster, "none"),
	}
	for need, about := range things {
		got, err := c.Standing(t.Context(), []survive.Thing{about, membership("5f2a", "ana@example.com")})
		if err != nil || got[0].State != survive.Unasked || !strings.Contains(got[0].Note, "this identity may not (needs "+need+")") {
			t.Errorf("%s: %+v, %v", need, got, err)
		} else if got[1].State != survive.Unasked || !strings.Contains(got[1].Note, "needs access_list: read") {
			t.Errorf("a membership: %+v", got[1])
		}
	}
}

// Teleport answers who may not read the access requests with an empty list.
func TestStanding_takesNoEmptyListForAnAnswer(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"12.0.3", "17.4.8"} {
		server := standingCluster(t, clustertest.Options{Version: version})
		server.Hold(role(t, "access", nil, []types.Rule{{Resources: []string{types.KindAccessRequest}, Verbs: []string{"read"}}}))
		server.Grant(long.User, nil)
		c := connectTo(t, server, func() time.Time { return stood })
		got, err := c.Standing(t.Context(), []survive.Thing{thing(investigations.KindRequest, "r-yes")})
		if err != nil || said(got[0]) != "not known [] look for the access request: this identity may not (needs access_request: read)" {
			t.Errorf("%s: %+v, %v", version, got, err)
		}
	}
}

func TestStanding_asksAnOldServerByItsOwnCalls(t *testing.T) {
	t.Parallel()
	server := standingCluster(t, clustertest.Options{Version: "12.0.3"})
	c := connectTo(t, server, func() time.Time { return stood })
	got, err := c.Standing(t.Context(), askAll())
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range standings {
		want := s.want
		if kind := s.thing.Entity.Kind; kind == investigations.KindAccessList || kind == investigations.KindDevice || !s.thing.List.IsZero() {
			want = "does not offer it"
		}
		if !strings.HasSuffix(said(got[i]), want) {
			t.Errorf("%s %s: %s, want %s", s.thing.Entity, s.thing.List, said(got[i]), want)
		}
	}
	if users, roles := server.Calls("GetUsers"), server.Calls("GetRoles"); users != 1 || roles != 1 {
		t.Errorf("the users were read %d times, the roles %d times", users, roles)
	}
}

func TestStanding_saysThatTokensAskForASecondFactor(t *testing.T) {
	t.Parallel()
	server := standingCluster(t, clustertest.Options{MFA: true})
	c := connectTo(t, server, func() time.Time { return stood })
	got, err := c.Standing(t.Context(), []survive.Thing{thing(investigations.KindToken, tokenMask), thing(investigations.KindRole, "relay")})
	if err != nil || !strings.Contains(said(got[0]), "not known [] read the join tokens: the cluster asks for a second factor") || got[1].State != survive.There {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestStanding_isAnErrorWhenTheConnectionIsLost(t *testing.T) {
	t.Parallel()
	server := standingCluster(t, clustertest.Options{Enterprise: true})
	c := connectWith(t, teleport.Options{
		Addr: server.Addr, Identity: identity(t, server.Authority, long),
		Pause: func(context.Context, time.Duration) error { return context.DeadlineExceeded },
	})
	for i, about := range askAll() {
		if about.Entity.Kind == investigations.KindHost {
			continue
		}
		fault := clustertest.Fault{Err: trace.ConnectionProblem(nil, "the backend is gone")}
		if i == 0 {
			fault = clustertest.Fault{CutBefore: true}
		}
		server.Faults(func(clustertest.Call) clustertest.Fault { return fault })
		got, err := c.Standing(t.Context(), []survive.Thing{about})
		if !errors.Is(err, teleport.ErrLost) || got != nil {
			t.Errorf("%s %s: %+v, %v", about.Entity, about.List, got, err)
		}
	}
}

func TestStanding_looksUpNoMoreThanItsBound(t *testing.T) {
	t.Parallel()
	server := standingCluster(t, clustertest.Options{})
	c := connectTo(t, server, func() time.Time { return stood })
	var things []survive.Thing
	for i := range 203 {
		things = append(things, thing(investigations.KindApp, fmt.Sprint("app-", i)))
	}
	got, err := c.Standing(t.Context(), append(things, thing(investigations.KindDatabase, "orders")))
	if err != nil || server.Calls("GetApp") != 200 {
		t.Fatalf("%d look-ups, %v", server.Calls("GetApp"), err)
	}
	if said(got[199]) != "gone []" || said(got[200]) != "not known [] not asked: there are more than 200 of its kind" || got[203].State != survive.There {
		t.Errorf("%v, %v, %v", said(got[199]), said(got[200]), said(got[203]))
	}
}

// Neither an answer nor an error holds the name of a join token, also where the
// cluster itself says it.
func TestStanding_tellsNoTokensName(t *testing.T) {
	t.Parallel()
	secrets := []string{tokenName, tokenTwin, tokenLone, tokenName[:20], tokenTwin[:20], tokenLone[:20]}
	for name, fault := range map[string]clustertest.Fault{
		"answered": {},
		"refused":  {Err: trace.AccessDenied("token %s is not yours", tokenName)},
		"broken":   {Err: trace.BadParameter("token %s: no roles", tokenName)},
		"lost":     {Err: trace.ConnectionProblem(nil, "token %s", tokenName)},
	} {
		server := standingCluster(t, clustertest.Options{})
		c := connectTo(t, server, func() time.Time { return stood })
		server.Faults(func(clustertest.Call) clustertest.Fault { return fault })
		got, err := c.Standing(t.Context(), []survive.Thing{thing(investigations.KindToken, tokenMask), thing(investigations.KindToken, loneMask)})
		text := fmt.Sprintf("%+v %v", got, err)
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q is in %s", name, secret, text)
			}
		}
	}
}
