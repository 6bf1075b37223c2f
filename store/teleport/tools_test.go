package teleport_test

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gravitational/teleport/api/identityfile"
	"github.com/gravitational/teleport/api/profile"
	"github.com/gravitational/teleport/api/utils/keypaths"

	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

func TestToolEnv_isOfTheIdentityFile(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{})
	path := identity(t, server.Authority, long)
	c := connectWith(t, teleport.Options{Addr: server.Addr, Identity: path, Insecure: true})
	c.Proxy = "proxy.example.com:443"
	wantEnv(t, c, "TELEPORT_IDENTITY_FILE="+path, "TELEPORT_AUTH_SERVER="+server.Addr, "TELEPORT_PROXY=proxy.example.com:443")
	c.Proxy = "" // the cluster does not say: it may be the proxy's address
	wantEnv(t, c, "TELEPORT_IDENTITY_FILE="+path, "TELEPORT_AUTH_SERVER="+server.Addr, "TELEPORT_PROXY="+server.Addr)
	if !c.Insecure() {
		t.Error("it does not say that the certificate is taken unseen")
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(wd, path)
	if err != nil {
		t.Fatal(err)
	}
	c = connectWith(t, teleport.Options{Addr: server.Addr, Identity: relative})
	if env, err := c.ToolEnv(); err != nil || env[0] != "TELEPORT_IDENTITY_FILE="+path {
		t.Errorf("of %s it is %q, %v", relative, env, err)
	}
}

func TestToolEnv_isThatOfTheProfileAndOfNoOther(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{})
	dir := writeProfile(t, server)
	want := []string{"TELEPORT_IDENTITY_FILE=", "TELEPORT_AUTH_SERVER=" + server.Addr, "TELEPORT_PROXY=" + server.Addr}
	// Also the current profile: another one may be that tomorrow, and the
	// environment may name another proxy.
	wantEnv(t, connectWith(t, teleport.Options{ProfileDir: dir}), want...)
	wantEnv(t, connectWith(t, teleport.Options{ProfileDir: dir, Profile: "127.0.0.1"}), want...)
	wantEnv(t, connectWith(t, teleport.Options{ProfileDir: dir, Addr: server.Addr}), want...)
}

func wantEnv(t *testing.T, c *teleport.Cluster, want ...string) {
	t.Helper()
	want = append(want, "TELEPORT_CLUSTER="+clustertest.ClusterName, "TELEPORT_CONFIG_FILE=")
	if env, err := c.ToolEnv(); err != nil || !slices.Equal(env, want) {
		t.Errorf("the environment is %q, %v; want %q", env, err, want)
	}
}

// writeProfile writes what tsh login leaves behind, and makes it the current
// profile.
func writeProfile(t *testing.T, server *clustertest.Cluster) (dir string) {
	t.Helper()
	dir = t.TempDir()
	logIn(t, server, dir, long)
	return dir
}

// logIn writes into a folder of profiles what tsh login leaves behind.
func logIn(t *testing.T, server *clustertest.Cluster, dir string, who clustertest.Identity) {
	t.Helper()
	id, err := identityfile.ReadFile(identity(t, server.Authority, who))
	if err != nil {
		t.Fatal(err)
	}
	host, _, err := net.SplitHostPort(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	p := profile.Profile{WebProxyAddr: server.Addr, Username: who.User, SiteName: clustertest.ClusterName}
	if err := p.SaveToDir(dir, true); err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{
		keypaths.UserTLSKeyPath(dir, host, who.User):                       id.PrivateKey,
		keypaths.UserSSHKeyPath(dir, host, who.User):                       id.PrivateKey,
		keypaths.TLSCertPath(dir, host, who.User):                          id.Certs.TLS,
		keypaths.SSHCertPath(dir, host, who.User, clustertest.ClusterName): id.Certs.SSH,
		keypaths.TLSCAsPathCluster(dir, host, clustertest.ClusterName):     id.CACerts.TLS[0],
		keypaths.KnownHostsPath(dir):                                       bytes.Join(id.CACerts.SSH, []byte("\n")),
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
