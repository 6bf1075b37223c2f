package teleport_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gravitational/trace"

	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

// A locked identity, or one whose user is gone, is refused at every call, in
// words that name neither what was asked for nor why.
func TestConnect_saysThatTheClusterTurnsThisIdentityAway(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]error{
		"locked":           trace.AccessDenied("[10] access denied"),
		"locked, no mark":  trace.AccessDenied("access denied"),
		"the user is gone": trace.Wrap(trace.NotFound("user %q is not found", long.User), "[10] access denied"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := clustertest.Start(t, clustertest.Options{})
			c := connectTo(t, server, nil)
			server.Faults(func(clustertest.Call) clustertest.Fault { return clustertest.Fault{Err: refusal} })
			_, connecting := teleport.Connect(t.Context(), teleport.Options{Addr: server.Addr, Identity: identity(t, server.Authority, long)})
			following := c.Follow(t.Context(), teleport.FollowOptions{}, func(context.Context, []teleport.Event) error { return nil })
			for _, err := range []error{connecting, following} {
				var told *teleport.Error
				if !errors.As(err, &told) || !errors.Is(err, teleport.ErrDenied) ||
					!strings.Contains(told.Text, "turned this identity away: it is locked out, or its user") || !strings.Contains(told.Hint, "tctl get locks") {
					t.Errorf("error %v (%+v)", err, told)
				}
			}
		})
	}
}

// greets is a port that says something else than TLS first, as SSH does.
func greets(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("SSH-2.0-Teleport\r\n"))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}

func TestConnect_saysThatThePortIsAnother(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	file := identity(t, clustertest.NewAuthority(t), long)
	for name, addr := range map[string]string{"SSH": greets(t), "HTTP": web.Listener.Addr().String()} {
		for _, insecure := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				_, err := teleport.Connect(t.Context(), teleport.Options{Addr: addr, Identity: file, Insecure: insecure, Patience: 2 * time.Second})
				var told *teleport.Error
				if !errors.As(err, &told) || !strings.Contains(told.Text, "neither the web port of a proxy nor an auth server") || !strings.Contains(told.Hint, "3025") {
					t.Errorf("insecure %v: error %v (%+v)", insecure, err, told)
				}
			})
		}
	}
}
