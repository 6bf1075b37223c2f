package teleport_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// long is a certificate that holds whatever clock a test has.
var long = clustertest.Identity{
	User: "ana@example.com", Roles: []string{"cordon-responder"},
	From: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
}

// identity writes an identity file of the cluster.
func identity(t *testing.T, a *clustertest.Authority, id clustertest.Identity) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "identity")
	a.WriteIdentity(path, id)
	return path
}

// connect starts a cluster and connects to it.
func connect(t *testing.T, o clustertest.Options) (*teleport.Cluster, *clustertest.Cluster) {
	t.Helper()
	server := clustertest.Start(t, o)
	return connectTo(t, server, o.Now), server
}

func connectTo(t *testing.T, server *clustertest.Cluster, now func() time.Time) *teleport.Cluster {
	t.Helper()
	return connectWith(t, teleport.Options{Addr: server.Addr, Identity: identity(t, server.Authority, long), Now: now})
}

// soon is a pause that takes no time.
func soon(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func connectWith(t *testing.T, o teleport.Options) *teleport.Cluster {
	t.Helper()
	c, err := teleport.Connect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}
