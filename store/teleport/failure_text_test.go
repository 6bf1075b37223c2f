package teleport

import (
	"errors"
	"strings"
	"testing"

	"github.com/gravitational/trace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A call waits for a connection that was lost. At the end of its time it knows
// more than that the time is over.
func TestExplain_saysThatNothingListensAnyMore(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`latest balancer error: connection error: desc = "transport: Error while dialing: failed to dial: dial tcp 192.0.2.7:3025: connect: connection refused"`: "read the events: nothing listens there (connection refused)",
		"context deadline exceeded": "read the events: the cluster did not answer in time",
	} {
		err := explain("read the events", trace.Wrap(status.Error(codes.DeadlineExceeded, text)))
		if !errors.Is(err, ErrLost) || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// What the client says of a proxy of another cluster is text alone: of several
// ways that it tried, each for its own reason.
func TestExplainConnect_knowsAProxyOfAnotherCluster(t *testing.T) {
	t.Parallel()
	err := explainConnect("teleport.example.com:443", true, errors.New(`all connection methods failed
	failed to connect to addr teleport.example.com:443 as an auth server
		context deadline exceeded: connection error: desc = "transport: authentication handshake failed: x509: certificate is valid for teleport.example.com, not teleport.cluster.local",
	failed to connect to addr teleport.example.com:443 as a web proxy
		context deadline exceeded: connection error: desc = "transport: Error while dialing: failed to dial: ssh: handshake failed: ssh: no authorities for hostname: teleport.example.com:3024", context deadline exceeded`))
	var told *Error
	if !errors.As(err, &told) || !strings.Contains(told.Text, "of no authority that this identity knows") || told.Hint != "is it the right cluster?" {
		t.Errorf("error %v (%+v)", err, told)
	}
}
