package teleport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gravitational/teleport/api/breaker"
	"github.com/gravitational/teleport/api/client"
	"github.com/gravitational/teleport/api/client/proto"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
)

// Patience is how long a connection may take to come about, and one call to be
// answered, unless Options say otherwise.
const Patience = 10 * time.Second

// reconnect is how soon a lost connection is tried again: at once, as a lock may
// wait for it, then less and less often.
var reconnect = grpc.ConnectParams{
	Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 10 * time.Second},
	MinConnectTimeout: 5 * time.Second,
}

// Options say how to reach a cluster.
type Options struct {
	// Addr is host:port of a proxy or an auth server. A tsh profile knows its
	// own.
	Addr string
	// Identity is an identity file; empty: the tsh profile.
	Identity string
	// Profile is the profile's name, empty for the current one, and ProfileDir
	// where profiles are, empty for ~/.tsh.
	Profile, ProfileDir string
	// Insecure accepts a proxy whose certificate nobody knows.
	Insecure bool
	Patience time.Duration // of one connection and one call; 0: Patience
	Now      func() time.Time
	// Pause waits, for no longer than its context; nil: by the clock.
	Pause func(ctx context.Context, d time.Duration) error
}

// Cluster is a connection to a cluster. Its methods may be used by several
// goroutines; the connection comes back by itself after it was lost.
type Cluster struct {
	Name     string // as the cluster calls itself
	Version  string // of the auth server
	Major    int
	Proxy    string // host:port at which its proxy is known; empty where it does not say
	Who      Who
	Features Features

	options Options
	client  *client.Client
	creds   *credentials
}

// Features are what the edition offers.
type Features struct {
	AccessMonitoring bool // audit SQL on the cluster
	AccessLists      bool
	DeviceTrust      bool
}

// Connect reaches a cluster. The error is an *Error.
func Connect(ctx context.Context, o Options) (*Cluster, error) {
	o.Patience = cmp.Or(o.Patience, Patience)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause == nil {
		o.Pause = pause
	}
	creds, err := loadCredentials(o)
	if err != nil {
		return nil, err
	}
	if o.Addr == "" && o.Identity != "" {
		return nil, &Error{Text: "an identity file does not say where its cluster is", Hint: "add --proxy HOST:443, or the auth server's HOST:3025"}
	}
	where := cmp.Or(o.Addr, "the cluster of the tsh profile")
	within, cancel := context.WithTimeout(ctx, o.Patience)
	defer cancel()
	if err := reach(within, o.Addr); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, explainConnect(where, o.Insecure, err)
	}
	config := client.Config{
		Credentials: []client.Credentials{creds}, InsecureAddressDiscovery: o.Insecure,
		DialTimeout: o.Patience / 2, CircuitBreakerConfig: breaker.NoopBreakerConfig(),
		DialOpts: []grpc.DialOption{
			grpc.WithConnectParams(reconnect),
			// A call waits for a connection that comes back, within its time.
			grpc.WithDefaultCallOptions(grpc.WaitForReady(true)),
		},
	}
	if o.Addr != "" {
		config.Addrs = []string{o.Addr}
	}
	clt, err := dial(within, o.Patience/2, config)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, explainConnect(where, o.Insecure, err)
	}
	c := &Cluster{options: o, client: clt, creds: creds, Who: creds.who}
	ping, err := clt.Ping(within)
	if err != nil {
		_ = clt.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, explain("ask "+where+" who it is", err)
	}
	c.took(ping)
	return c, nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reach looks whether anything listens, which the client finds out only at the
// end of its time. Where connections go through a web proxy it cannot tell.
func reach(ctx context.Context, addr string) error {
	if addr == "" {
		return nil
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: addr}})
	if err != nil || proxy != nil {
		return nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return conn.Close()
}

// dial tries every way to the cluster for as long as patience, so that there is
// time left to hear why each of them failed.
func dial(ctx context.Context, patience time.Duration, config client.Config) (*client.Client, error) {
	type result struct {
		clt *client.Client
		err error
	}
	within, cancel := context.WithTimeout(ctx, patience)
	done := make(chan result, 1)
	go func() {
		defer cancel()
		clt, err := client.New(within, config)
		done <- result{clt, err}
	}()
	select {
	case r := <-done:
		return r.clt, r.err
	case <-ctx.Done():
		go func() {
			if r := <-done; r.clt != nil {
				_ = r.clt.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

func (c *Cluster) took(p proto.PingResponse) {
	c.Name, c.Version, c.Proxy = p.ClusterName, p.ServerVersion, p.ProxyPublicAddr
	c.Major, _ = strconv.Atoi(strings.SplitN(p.ServerVersion, ".", 2)[0])
	if f := p.ServerFeatures; f != nil {
		c.Features = Features{
			AccessMonitoring: f.AccessMonitoring != nil && f.AccessMonitoring.Enabled,
			AccessLists:      f.AccessList != nil || f.IdentityGovernance,
			DeviceTrust:      f.DeviceTrust != nil && f.DeviceTrust.Enabled,
		}
	}
}

// Close ends the connection.
func (c *Cluster) Close() error {
	if err := c.client.Close(); err != nil {
		return fmt.Errorf("close the connection to %s: %w", c.Name, err)
	}
	return nil
}

// Until is when the identity's certificate ends; zero where it is not known.
func (c *Cluster) Until() time.Time {
	end, _ := c.creds.Expiry()
	return end.UTC()
}

// call runs one call within its time. doing says what it is for.
func (c *Cluster) call(ctx context.Context, doing string, f func(ctx context.Context) error) error {
	err := c.callWithin(ctx, c.options.Patience, doing, f)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (c *Cluster) callWithin(ctx context.Context, patience time.Duration, doing string, f func(ctx context.Context) error) error {
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return c.ended(explain(doing, f(within)))
}

// ended says of a lost connection that it cannot come back: the certificate has
// ended meanwhile, and the other side takes no other, or the file is of somebody
// else.
func (c *Cluster) ended(err error) error {
	if other := c.creds.other.Load(); other != nil && errors.Is(err, ErrLost) {
		return &Error{
			Reason: ErrLost, cause: err, Text: fmt.Sprintf("%s; the identity file is of %s now, not of %s", err, *other, c.Who.User),
			Hint: "put the file of " + c.Who.User + " back, or start cordon again",
		}
	}
	end := c.Until()
	if !errors.Is(err, ErrLost) || end.IsZero() || c.options.Now().Before(end) {
		return err
	}
	return &Error{
		Reason: ErrLost, cause: err, Text: fmt.Sprintf("%s; the certificate of %s ended %s", err, c.Who.User, end.Format(time.RFC3339)),
		Hint: c.creds.again,
	}
}
