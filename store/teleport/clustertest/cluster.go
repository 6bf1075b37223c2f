package clustertest

import (
	"context"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gravitational/teleport/api/client/proto"
	accesslistv1 "github.com/gravitational/teleport/api/gen/proto/go/teleport/accesslist/v1"
	auditlogpb "github.com/gravitational/teleport/api/gen/proto/go/teleport/auditlog/v1"
	clusterconfigpb "github.com/gravitational/teleport/api/gen/proto/go/teleport/clusterconfig/v1"
	devicepb "github.com/gravitational/teleport/api/gen/proto/go/teleport/devicetrust/v1"
	secreportsv1 "github.com/gravitational/teleport/api/gen/proto/go/teleport/secreports/v1"
	userspb "github.com/gravitational/teleport/api/gen/proto/go/teleport/users/v1"
	"github.com/gravitational/teleport/api/types"
	"github.com/gravitational/teleport/api/utils/grpc/interceptors"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// ClusterName is the name of every test cluster.
const ClusterName = "teleport.example.com"

// Options say what kind of cluster it is.
type Options struct {
	// Version of the server; empty: 17.4.8. Below 13 there is no audit log
	// service and no users service, roles are read by an older call, and locks
	// lose the fields server_id and device; below 18 the fields are unknown that
	// came with it.
	Version string
	// Now is the cluster's clock; nil: the real one.
	Now func() time.Time
	// Authority that signs; nil: one of its own.
	Authority *Authority
	// Enterprise says whether Access Monitoring, access lists and trusted devices
	// are offered.
	Enterprise bool
	// Lag is how long after a change of a lock reads show it, by the cluster's
	// clock; 0: 40 ms. As in Teleport reads come from a cache, which is up to a
	// second behind: a list lacks the lock that was just placed, and has the one
	// that was just removed.
	Lag time.Duration
	// MFA makes admin actions ask for a second factor, which no client of these
	// tests can answer.
	MFA bool
}

// Cluster is a running Auth service.
type Cluster struct {
	Authority *Authority
	Addr      string // 127.0.0.1 and the port

	options  Options
	major    int
	server   *grpc.Server
	listener *listener

	mu     sync.Mutex
	rights map[string]map[string][]string // user → resource → verbs; a user without an entry may do everything
	fault  func(Call) Fault
	calls  map[string]int
	events []event
	told   func(Asked) ([]*auditlogpb.EventUnstructured, string)
	held   state
}

// state is what the cluster holds beside events.
type state struct {
	locks      map[string]*types.LockV2
	cached     map[string]*types.LockV2 // locks as reads show them
	writes     []write                  // what reads do not show yet
	written    int                      // how many changes there were
	watchers   map[chan *proto.Event]struct{}
	trackers   []*types.SessionTrackerV1
	recordings map[string][]*sessionEvent
	tokens     []*types.ProvisionTokenV2
	roles      []*types.RoleV6
	users      []*types.UserV2
	requests   []*types.AccessRequestV3
	instances  []*types.InstanceV1
	preference *types.AuthPreferenceV2
	recording  *types.SessionRecordingConfigV2
	answers    map[string]*answer
	everLocked map[string]int // how often each lock was created
	named      map[thing]any  // what is looked up by its name
}

// Start runs a cluster until the test ends.
func Start(t testing.TB, o Options) *Cluster {
	t.Helper()
	if o.Version == "" {
		o.Version = "17.4.8"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Authority == nil {
		o.Authority = NewAuthority(t)
	}
	if o.Lag == 0 {
		o.Lag = realLag
	}
	major, err := strconv.Atoi(strings.SplitN(o.Version, ".", 2)[0])
	must(t, err)
	c := &Cluster{
		Authority: o.Authority, options: o, major: major,
		rights: map[string]map[string][]string{}, calls: map[string]int{},
		held: state{
			locks: map[string]*types.LockV2{}, cached: map[string]*types.LockV2{}, watchers: map[chan *proto.Event]struct{}{},
			recordings: map[string][]*sessionEvent{}, answers: map[string]*answer{}, everLocked: map[string]int{}, named: map[thing]any{},
			preference: types.DefaultAuthPreference().(*types.AuthPreferenceV2),
			recording:  types.DefaultSessionRecordingConfig().(*types.SessionRecordingConfigV2),
		},
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c.Addr = plain.Addr().String()
	c.listener = &listener{Listener: plain, open: map[net.Conn]struct{}{}}
	c.server = grpc.NewServer(
		grpc.Creds(credentials.NewTLS(o.Authority.serverTLS(o.Now))),
		grpc.UnknownServiceHandler(c.older),
		grpc.ChainUnaryInterceptor(interceptors.GRPCServerUnaryErrorInterceptor, c.unary),
		grpc.ChainStreamInterceptor(interceptors.GRPCServerStreamErrorInterceptor, c.stream),
	)
	c.register()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.server.Serve(c.listener) // ends with the listener
	}()
	t.Cleanup(func() {
		c.server.Stop()
		<-done
	})
	return c
}

// register offers the services that the version has.
func (c *Cluster) register() {
	proto.RegisterAuthServiceServer(c.server, &auth{cluster: c})
	if c.major >= 13 {
		auditlogpb.RegisterAuditLogServiceServer(c.server, &auditLog{cluster: c})
		userspb.RegisterUsersServiceServer(c.server, &users{cluster: c})
		clusterconfigpb.RegisterClusterConfigServiceServer(c.server, &clusterConfig{cluster: c})
	}
	if c.options.Enterprise {
		secreportsv1.RegisterSecReportsServiceServer(c.server, &secReports{cluster: c})
		accesslistv1.RegisterAccessListServiceServer(c.server, &accessLists{cluster: c})
		devicepb.RegisterDeviceTrustServiceServer(c.server, &devices{cluster: c})
	}
}

// WriteIdentity writes an identity file of the cluster's authority.
func (c *Cluster) WriteIdentity(path string, id Identity) { c.Authority.WriteIdentity(path, id) }

// Grant limits a user to verbs of resources, as rules of roles do:
// Grant("ana", map[string][]string{"lock": {"read", "list"}}).
func (c *Cluster) Grant(user string, rules map[string][]string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rights[user] = rules
}

// Calls is how often a method such as "UpsertLock" was called.
func (c *Cluster) Calls(method string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[method]
}

// Cut closes every connection.
func (c *Cluster) Cut() { c.listener.cut() }

// auth is the large service of Teleport; what cordon does not use answers that
// it is not implemented.
type auth struct {
	proto.UnimplementedAuthServiceServer
	cluster *Cluster
}

func (a *auth) Ping(context.Context, *proto.PingRequest) (*proto.PingResponse, error) {
	c := a.cluster
	return &proto.PingResponse{
		ClusterName: ClusterName, ServerVersion: c.options.Version, ProxyPublicAddr: "proxy." + ClusterName + ":443",
		ServerFeatures: features(c.options.Enterprise),
	}, nil
}

func features(enterprise bool) *proto.Features {
	if !enterprise {
		return &proto.Features{}
	}
	return &proto.Features{
		AccessMonitoring: &proto.AccessMonitoringFeature{Enabled: true}, DeviceTrust: &proto.DeviceTrustFeature{Enabled: true},
		IdentityGovernance: true,
	}
}

// listener knows its connections, so that they can be cut.
type listener struct {
	net.Listener
	mu   sync.Mutex
	open map[net.Conn]struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	tracked := &tracked{Conn: conn, of: l}
	l.open[tracked] = struct{}{}
	return tracked, nil
}

func (l *listener) cut() {
	l.mu.Lock()
	open := make([]net.Conn, 0, len(l.open))
	for conn := range l.open {
		open = append(open, conn)
	}
	l.mu.Unlock()
	for _, conn := range open {
		_ = conn.Close()
	}
}

type tracked struct {
	net.Conn
	of *listener
}

func (t *tracked) Close() error {
	t.of.mu.Lock()
	delete(t.of.open, t)
	t.of.mu.Unlock()
	return t.Conn.Close()
}

// contains reports whether the rules of a user allow a verb. Who may read may
// also read without secrets.
func contains(rules map[string][]string, resource, verb string) bool {
	if verb == types.VerbReadNoSecrets && contains(rules, resource, types.VerbRead) {
		return true
	}
	return slices.Contains(rules[resource], verb) || slices.Contains(rules["*"], verb)
}
