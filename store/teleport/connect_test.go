package teleport_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

func TestConnect_saysWhoAndWhere(t *testing.T) {
	t.Parallel()
	c, _ := connect(t, clustertest.Options{Version: "16.4.12"})
	if c.Name != clustertest.ClusterName || c.Version != "16.4.12" || c.Major != 16 {
		t.Errorf("cluster %q version %q major %d", c.Name, c.Version, c.Major)
	}
	if c.Who.User != long.User || len(c.Who.Roles) != 1 || c.Who.Roles[0] != "cordon-responder" {
		t.Errorf("who = %+v", c.Who)
	}
	if !c.Until().Equal(long.Until) {
		t.Errorf("the certificate ends %v, want %v", c.Until(), long.Until)
	}
}

// silent accepts connections and says nothing.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var held []net.Conn
		for {
			conn, err := l.Accept()
			if err != nil {
				for _, c := range held {
					_ = c.Close()
				}
				return
			}
			held = append(held, conn)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}

func TestConnect_saysInOneSentenceWhyNot(t *testing.T) {
	t.Parallel()
	authority := clustertest.NewAuthority(t)
	server := clustertest.Start(t, clustertest.Options{Authority: authority})
	good := identity(t, authority, long)
	now := time.Now()
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := nobody.Addr().String()
	_ = nobody.Close()
	write := func(content string, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), "identity")
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		o          teleport.Options
		want, hint string
	}{
		"the certificate ended": {
			teleport.Options{Addr: server.Addr, Identity: identity(t, authority, clustertest.Identity{User: "ana", From: now.Add(-2 * time.Hour), Until: now.Add(-time.Hour)})},
			"the certificate of ana ended", "tctl auth sign",
		},
		"the clock is an hour behind": {
			teleport.Options{Addr: server.Addr, Identity: identity(t, authority, clustertest.Identity{User: "ana", From: now, Until: now.Add(time.Hour)}), Now: func() time.Time { return now.Add(-time.Hour) }},
			"holds only from", "clock",
		},
		"the clock is an hour ahead": {
			teleport.Options{Addr: server.Addr, Identity: identity(t, authority, clustertest.Identity{User: "ana", From: now, Until: now.Add(30 * time.Minute)}), Now: func() time.Time { return now.Add(time.Hour) }},
			"the certificate of ana ended", "compare the clock",
		},
		"the server knows another authority": {
			teleport.Options{Addr: server.Addr, Identity: identity(t, clustertest.NewAuthority(t), long), Patience: 3 * time.Second}, "no authority that this identity knows", "right cluster",
		},
		"nothing listens":       {teleport.Options{Addr: closed, Identity: good}, "connection refused", ""},
		"it says nothing":       {teleport.Options{Addr: silent(t), Identity: good, Patience: 300 * time.Millisecond}, "did not answer in time", ""},
		"no such host":          {teleport.Options{Addr: "cluster.invalid:443", Identity: good, Patience: 3 * time.Second}, "cluster.invalid:443", ""},
		"no address":            {teleport.Options{Identity: good}, "does not say where", "--proxy"},
		"no such file":          {teleport.Options{Addr: server.Addr, Identity: filepath.Join(t.TempDir(), "none")}, "there is no identity file", ""},
		"a folder":              {teleport.Options{Addr: server.Addr, Identity: t.TempDir()}, "is a folder", ""},
		"others can read it":    {teleport.Options{Addr: server.Addr, Identity: write(string(secret), 0o644)}, "can be read by others", "chmod 600"},
		"no identity file":      {teleport.Options{Addr: server.Addr, Identity: write("{}", 0o600)}, "no whole identity file", "tctl auth sign"},
		"half an identity file": {teleport.Options{Addr: server.Addr, Identity: write(string(secret[:len(secret)/3]), 0o600)}, "no whole identity file", "tctl auth sign"},
		"no tsh profile":        {teleport.Options{ProfileDir: t.TempDir()}, "no tsh profile", "tsh login"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := teleport.Connect(t.Context(), test.o)
			var told *teleport.Error
			if !errors.As(err, &told) {
				t.Fatalf("error %v, want a *teleport.Error", err)
			}
			if !strings.Contains(told.Text, test.want) || !strings.Contains(told.Hint, test.hint) || strings.ContainsAny(told.Text, "\n\t") {
				t.Errorf("text %q, hint %q, want %q and %q on one line", told.Text, told.Hint, test.want, test.hint)
			}
			if strings.Contains(told.Text+told.Hint, "PRIVATE KEY") {
				t.Error("the error quotes the identity file")
			}
		})
	}
}

func TestConnect_endsWithItsContext(t *testing.T) {
	t.Parallel()
	authority := clustertest.NewAuthority(t)
	path := identity(t, authority, long)
	addr := silent(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := teleport.Connect(ctx, teleport.Options{Addr: addr, Identity: path}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that it was cancelled", err)
	}
}
