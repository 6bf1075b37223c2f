package teleport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gravitational/teleport/api/mfa"
	"github.com/gravitational/teleport/api/types"
	apievents "github.com/gravitational/teleport/api/types/events"
	"github.com/gravitational/trace"

	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

var errTooMany = trace.LimitExceeded("too many requests")

// offer is one thing that the package does with a cluster.
type offer struct {
	call func(ctx context.Context, c *teleport.Cluster) error
	// needs are the rights without each of which it is refused.
	needs []string
	// since is the first version that has it, for the versions that are tried.
	since int
}

func none(context.Context, []teleport.Event) error { return errors.New("enough") }

// offers are all calls of the package. The cluster holds a lock "there" on mallory
// and a recording "sid".
func offers(t *testing.T) map[string]offer {
	t.Helper()
	plan := func(seed byte) contain.Plan {
		return containtest.Plan(t, seed, request(contain.FieldUser, fmt.Sprintf("user-%d@example.com", seed)))
	}
	there := containtest.Plan(t, 1, request(contain.FieldUser, "mallory@example.com")).Name
	return map[string]offer{
		"Search": {func(ctx context.Context, c *teleport.Cluster) error { _, err := searched(ctx, c); return err }, []string{"event list"}, 0},
		"Follow": {func(ctx context.Context, c *teleport.Cluster) error {
			if err := c.Follow(ctx, teleport.FollowOptions{Since: at(0)}, none); !strings.Contains(err.Error(), "enough") {
				return err
			}
			return nil
		}, []string{"event list"}, 0},
		"Recording": {func(ctx context.Context, c *teleport.Cluster) error {
			if _, err := c.Recording(ctx, "sid", &bytes.Buffer{}); !errors.Is(err, teleport.ErrEmptyRecording) {
				return err
			}
			return nil
		}, []string{"session read"}, 0},
		"Sessions": {func(ctx context.Context, c *teleport.Cluster) error { _, err := c.Sessions(ctx); return err }, []string{"session_tracker list"}, 0},
		"Lock": {func(ctx context.Context, c *teleport.Cluster) error {
			_, err := c.Locker().Lock(ctx, plan(2))
			return err
		}, []string{"lock create", "lock update", "lock read"}, 0},
		"Unlock": {func(ctx context.Context, c *teleport.Cluster) error {
			_, err := c.Locker().Unlock(ctx, there)
			return err
		}, []string{"lock delete"}, 0},
		"Extend": {func(ctx context.Context, c *teleport.Cluster) error {
			_, err := c.Locker().Extend(ctx, there, time.Now().Add(time.Hour))
			return err
		}, []string{"lock read", "lock update"}, 0},
		"Locks": {func(ctx context.Context, c *teleport.Cluster) error { _, err := c.Locker().Locks(ctx); return err }, []string{"lock list", "lock read"}, 0},
		"WatchLocks": {func(ctx context.Context, c *teleport.Cluster) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			err := c.Locker().WatchLocks(ctx, func(error) {}, func([]contain.Lock) { cancel() })
			if errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		}, []string{"lock read", "lock list"}, 0},
		"Admins":      {func(ctx context.Context, c *teleport.Cluster) error { _, err := c.Admins(ctx); return err }, []string{"user list", "user read", "role list", "role read"}, 0},
		"StrictRoles": {func(ctx context.Context, c *teleport.Cluster) error { _, err := c.StrictRoles(ctx); return err }, []string{"role list", "role read"}, 0},
		"Abilities":   {func(ctx context.Context, c *teleport.Cluster) error { _, err := c.Abilities(ctx); return err }, nil, 0},
		"Settings":    {func(ctx context.Context, c *teleport.Cluster) error { _, err := c.Settings(ctx); return err }, []string{"cluster_auth_preference read"}, 0},
		"Servers":     {func(ctx context.Context, c *teleport.Cluster) error { _, err := c.ControlHosts(ctx); return err }, []string{"instance list", "instance read"}, 13},
		"AccessMonitoring.Run": {func(ctx context.Context, c *teleport.Cluster) error {
			_, err := c.AccessMonitoring(7).Run(ctx, "SELECT 1", 0, &table{})
			return err
		}, []string{"audit_query use", "audit_query read"}, 15},
		"AccessMonitoring.Views": {func(ctx context.Context, c *teleport.Cluster) error {
			_, err := c.AccessMonitoring(7).Views(ctx)
			return err
		}, []string{"audit_query read"}, 15},
	}
}

// full starts a cluster that has what the offers ask for.
func full(t *testing.T, o clustertest.Options) *clustertest.Cluster {
	t.Helper()
	server := clustertest.Start(t, o)
	server.PutLock(mustLock(t, containtest.Plan(t, 1, request(contain.FieldUser, "mallory@example.com")).Name, types.LockTarget{User: "mallory@example.com"}))
	server.Record("sid")
	server.Add(&apievents.UserLogin{Metadata: apievents.Metadata{ID: "one", Type: "user.login", Code: "T1000I", Time: at(1)}})
	server.Answer("SELECT 1", []string{"one"}, []string{"1"})
	user, err := types.NewUser(long.User)
	if err != nil {
		t.Fatal(err)
	}
	server.Hold(user.(*types.UserV2))
	return server
}

// everything is every right that some offer needs.
func everything(t *testing.T) map[string][]string {
	all := map[string][]string{}
	for _, o := range offers(t) {
		for _, need := range o.needs {
			resource, verb, _ := strings.Cut(need, " ")
			if !slices.Contains(all[resource], verb) {
				all[resource] = append(all[resource], verb)
			}
		}
	}
	return all
}

func TestCluster_saysWhichRightIsMissingOfEachCall(t *testing.T) {
	t.Parallel()
	for name, o := range offers(t) {
		for _, need := range append([]string{""}, o.needs...) {
			t.Run(name+" without "+need, func(t *testing.T) {
				t.Parallel()
				server := full(t, clustertest.Options{Enterprise: true})
				c := connectTo(t, server, nil)
				resource, verb, _ := strings.Cut(need, " ")
				rights := everything(t)
				if need != "" {
					rights = maps.Clone(rights)
					rights[resource] = slices.DeleteFunc(slices.Clone(rights[resource]), func(v string) bool { return v == verb })
				}
				server.Grant(long.User, rights)
				err := o.call(t.Context(), c)
				if need == "" {
					if err != nil {
						t.Errorf("with every right: %v", err)
					}
					return
				}
				var told *teleport.Error
				if !errors.As(err, &told) || !errors.Is(err, teleport.ErrDenied) || told.Verb != verb || told.Resource != resource ||
					!strings.Contains(err.Error(), "needs "+resource+": "+verb) {
					t.Errorf("error %v (%+v)", err, told)
				}
			})
		}
	}
}

func TestCluster_saysWhatAVersionOrAnEditionDoesNotOffer(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"12.0.3", "13.4.1", "15.2.0", "16.4.12", "18.1.0"} {
		for name, o := range offers(t) {
			t.Run(version+" "+name, func(t *testing.T) {
				t.Parallel()
				var major int
				_, _ = fmt.Sscan(strings.Replace(version, ".", " ", 1), &major)
				server := full(t, clustertest.Options{Version: version, Enterprise: major >= 15})
				err := o.call(t.Context(), connectTo(t, server, nil))
				if major >= o.since {
					if err != nil {
						t.Errorf("error %v", err)
					}
					return
				}
				var told *teleport.Error
				if !errors.As(err, &told) || !errors.Is(err, teleport.ErrNotOffered) || !strings.Contains(told.Text, "does not offer it") {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

// A second factor can be asked for by any call of a newer version.
func TestCluster_saysThatASecondFactorIsAskedFor(t *testing.T) {
	t.Parallel()
	for name, o := range offers(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := full(t, clustertest.Options{Enterprise: true})
			c := connectTo(t, server, nil)
			server.Faults(func(call clustertest.Call) clustertest.Fault {
				if call.Method == "CreateAuthenticateChallenge" { // how the client would answer
					return clustertest.Fault{}
				}
				return clustertest.Fault{Err: trace.Wrap(&mfa.ErrAdminActionMFARequired)}
			})
			err := o.call(t.Context(), c)
			var told *teleport.Error
			if !errors.As(err, &told) || !errors.Is(err, teleport.ErrNeedsMFA) || !strings.Contains(told.Text, "second factor") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// The certificate ends while the connection stands: the next connection is not
// taken, and one sentence says why. A new file brings it back.
func TestCluster_takesTheNewCertificateOfARotatedFile(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 2, 3, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	server := clustertest.Start(t, clustertest.Options{Now: clock})
	short := clustertest.Identity{User: "ana@example.com", From: now.Add(-time.Hour), Until: now.Add(time.Hour)}
	file := identity(t, server.Authority, short)
	c := connectWith(t, teleport.Options{Addr: server.Addr, Identity: file, Now: clock, Patience: 500 * time.Millisecond})
	if _, err := c.Locker().Locks(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Hour)
	server.Cut()
	_, err := c.Locker().Locks(t.Context())
	var told *teleport.Error
	if !errors.As(err, &told) || !strings.Contains(told.Text, "the certificate of ana@example.com ended 2030-01-02T04:00:00Z") || !strings.Contains(told.Hint, "tctl auth sign") {
		t.Errorf("error %v (%+v)", err, told)
	}
	short.Until = now.Add(time.Hour)
	server.WriteIdentity(file, short)
	for range 20 { // the connection comes back by itself
		if _, err = c.Locker().Locks(t.Context()); err == nil {
			break
		}
	}
	if err != nil || !c.Until().Equal(short.Until) {
		t.Errorf("after the file was written anew: %v, until %v", err, c.Until())
	}
}

// tsh login in another terminal is enough to go on.
func TestCluster_takesTheNewCertificateOfAProfile(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 2, 3, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	server := clustertest.Start(t, clustertest.Options{Now: clock})
	short := clustertest.Identity{User: "ana@example.com", From: now.Add(-time.Hour), Until: now.Add(time.Hour)}
	dir := t.TempDir()
	logIn(t, server, dir, short)
	c := connectWith(t, teleport.Options{ProfileDir: dir, Addr: server.Addr, Now: clock, Patience: 500 * time.Millisecond})
	now = now.Add(2 * time.Hour)
	server.Cut()
	if _, err := c.Locker().Locks(t.Context()); err == nil || !strings.Contains(err.Error(), "the certificate of ana@example.com ended") {
		t.Errorf("after its end: %v", err)
	}
	short.From, short.Until = now.Add(-time.Minute), now.Add(time.Hour)
	logIn(t, server, dir, short)
	var err error
	for range 20 { // the connection comes back by itself
		if _, err = c.Locker().Locks(t.Context()); err == nil {
			break
		}
	}
	if err != nil || !c.Until().Equal(short.Until) {
		t.Errorf("after another login: %v, until %v", err, c.Until())
	}
}

// The guards and the journal go by who the file spoke for at first.
func TestCluster_doesNotGoOnAsSomebodyElse(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{})
	file := identity(t, server.Authority, long)
	c := connectWith(t, teleport.Options{Addr: server.Addr, Identity: file, Patience: 300 * time.Millisecond})
	other := long
	other.User = "bob@example.com"
	server.WriteIdentity(file, other)
	server.Cut()
	_, err := c.Locker().Locks(t.Context())
	var told *teleport.Error
	if !errors.As(err, &told) || !errors.Is(err, teleport.ErrLost) || !strings.Contains(told.Text, "the identity file is of bob@example.com now, not of ana@example.com") {
		t.Errorf("error %v", err)
	}
	server.WriteIdentity(file, long)
	for range 20 { // the connection comes back by itself
		if _, err = c.Locker().Locks(t.Context()); err == nil {
			break
		}
	}
	if err != nil {
		t.Errorf("after the file is hers again: %v", err)
	}
}
