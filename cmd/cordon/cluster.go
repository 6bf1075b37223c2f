package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/store"
	"cordon/store/teleport"
)

// clusterAsk says which cluster, and as whom.
type clusterAsk struct {
	proxy    string
	identity string
	profile  string
	insecure bool
}

// withCluster adds the flags of a connection, by the names that tsh and tctl
// have for them.
func withCluster(cmd *cobra.Command, ask *clusterAsk) { withClusterAs(cmd, ask, "identity") }

// withClusterAs is withCluster for a verb of which --identity means something else.
func withClusterAs(cmd *cobra.Command, ask *clusterAsk, identity string) {
	flags := cmd.Flags()
	flags.StringVar(&ask.proxy, "proxy", "", "HOST:PORT of the proxy, or of the auth server (default: that of the tsh profile)")
	flags.StringVarP(&ask.identity, identity, "i", "", "identity file of tctl auth sign or tbot (default: the tsh profile)")
	flags.StringVar(&ask.profile, "profile", "", "name of the tsh profile (default: the current one)")
	flags.BoolVar(&ask.insecure, "insecure", false, "accept a proxy whose certificate nobody knows")
}

// needsLive refuses flags of a connection where there is none.
func (a clusterAsk) needsLive(live bool, hint string) error {
	if live || a == (clusterAsk{}) {
		return nil
	}
	return misuse(hint, "--identity, --proxy, --profile and --insecure are for a live cluster")
}

// checkProxy refuses an address that nothing can be reached at.
func (a clusterAsk) checkProxy() error {
	host, port, err := net.SplitHostPort(a.proxy)
	if _, bad := strconv.ParseUint(port, 10, 16); a.proxy == "" || err == nil && bad == nil && host != "" {
		return nil
	}
	return misuse("for example --proxy teleport.example.com:443, or the auth server's HOST:3025", "--proxy %q is not HOST:PORT", a.proxy)
}

// connect reaches the cluster. It is to be closed.
func (p *program) connect(ctx context.Context, ask clusterAsk) (*teleport.Cluster, error) {
	if err := ask.checkProxy(); err != nil {
		return nil, err
	}
	return teleport.Connect(ctx, teleport.Options{
		Addr: ask.proxy, Identity: ask.identity, Profile: ask.profile, ProfileDir: p.env("TELEPORT_HOME"), Insecure: ask.insecure, Now: p.now,
	})
}

// liveDesk places locks on the cluster and records them in the case.
func (p *program) liveDesk(ctx context.Context, c *store.Case, cluster *teleport.Cluster) (*contain.Desk, error) {
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return nil, err
	}
	guard := contain.Guard{Operator: cluster.Who.User, Roles: cluster.Who.Roles, Clusters: append(coverage.Clusters, cluster.Name)}
	guard.Admins, err = cluster.Admins(ctx)
	if err != nil {
		if !teleport.Degraded(err) {
			return nil, err
		}
		p.tell("who could remove a lock is not known: %s", err)
	}
	if guard.ControlHosts, err = cluster.ControlHosts(ctx); err != nil {
		if !teleport.Degraded(err) {
			return nil, err
		}
		p.tell("which servers run Teleport itself is told by the evidence alone: %s", err)
	}
	p.tellOther(coverage, cluster)
	return &contain.Desk{Facts: c, Book: c, Locker: cluster.Locker(), Guard: guard, Mode: journal.ModeLive, Cluster: cluster.Name, Now: p.now}, nil
}

// tellOther warns where the evidence is of another cluster than this.
func (p *program) tellOther(coverage investigations.Coverage, cluster *teleport.Cluster) {
	if len(coverage.Clusters) > 0 && !slices.Contains(coverage.Clusters, cluster.Name) {
		p.tell("! the evidence of this case is of %s, and this is %s: a lock here does nothing there", strings.Join(coverage.Clusters, ", "), cluster.Name)
	}
}

// liveCase opens the case whose journal keeps what is done to the cluster, and
// makes it where there is none yet.
func (p *program) liveCase(ctx context.Context, name string) (*store.Case, error) {
	if name == "" {
		return nil, misuse("for example --case incident; it is made where there is none", "what is done to a cluster stands in the journal of a case: give --case NAME")
	}
	path := caseFile(name)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		c, _, err := store.Build(ctx, path, nil, store.Options{Now: p.now, Operator: p.operator(), Command: "cordon connect"})
		return c, err
	}
	return store.Open(ctx, path)
}

// live opens the case and the cluster, and the desk between them. Both are to be
// closed with done.
func (p *program) live(ctx context.Context, caseName string, ask clusterAsk) (c *store.Case, cluster *teleport.Cluster, desk *contain.Desk, done func() error, err error) {
	if c, err = p.liveCase(ctx, caseName); err != nil {
		return nil, nil, nil, nil, err
	}
	if cluster, err = p.connect(ctx, ask); err != nil {
		return nil, nil, nil, nil, errors.Join(err, c.Close())
	}
	done = func() error { return errors.Join(cluster.Close(), c.Close()) }
	if desk, err = p.liveDesk(ctx, c, cluster); err != nil {
		return nil, nil, nil, nil, errors.Join(err, done())
	}
	return c, cluster, desk, done, nil
}

// deskFor opens a case with the desk of its plans, or with that of the cluster.
// What was opened is to be closed with done.
func (p *program) deskFor(ctx context.Context, caseName string, live bool, ask clusterAsk) (c *store.Case, desk *contain.Desk, done func() error, err error) {
	if live {
		c, _, desk, done, err = p.live(ctx, caseName, ask)
		return c, desk, done, err
	}
	c, desk, _, err = p.openDesk(ctx, caseName, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	return c, desk, c.Close, nil
}

// clusterLine says in one line where this is, and as whom.
func clusterLine(c *teleport.Cluster) string {
	line := fmt.Sprintf("LIVE on %s (version %s) as %s", c.Name, c.Version, c.Who.User)
	if len(c.Who.Roles) > 0 {
		line += " with " + strings.Join(c.Who.Roles, ", ")
	}
	if end := c.Until(); !end.IsZero() {
		line += ", certificate until " + moment(end)
	}
	return line
}
