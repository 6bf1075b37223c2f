package teleport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"syscall"

	"github.com/gravitational/teleport/api/mfa"
	"github.com/gravitational/trace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// The reasons on which a caller branches.
var (
	ErrDenied     = errors.New("the cluster refused")                  // the identity's roles lack a verb
	ErrNotOffered = errors.New("the cluster does not offer it")        // its version or its edition
	ErrNotFound   = errors.New("the cluster has no such thing")        // by that name
	ErrLost       = errors.New("the connection to the cluster")        // was lost, or never came about
	ErrBusy       = errors.New("the cluster asks for patience")        // too many calls, or too costly ones
	ErrNeedsMFA   = errors.New("the cluster asks for a second factor") // only tctl and tsh can answer
)

// errLarge is an answer that is larger than a client takes.
var errLarge = errors.New("the answer is too large")

// Error is a sentence about what the cluster, or the way to it, did not do.
type Error struct {
	Reason error  // one of the reasons above, or nil
	Text   string // what is wrong
	Hint   string // what to do or to type, or empty
	// Verb and Resource are what the identity lacks, where Reason is ErrDenied
	// and the cluster says so.
	Verb, Resource string
	cause          error
}

// Error is the sentence.
func (e *Error) Error() string { return e.Text }

// Unwrap gives the reason and what lies under it.
func (e *Error) Unwrap() []error { return []error{e.Reason, e.cause} }

// turnedAway is how Teleport refuses an identity before it looks at what is asked
// for. It does not say why.
var turnedAway = regexp.MustCompile(`^(\[10\] )?access denied( user ".*" is not found)?$`)

// lacks is how Teleport says which rule is missing.
var lacks = regexp.MustCompile(`access denied to perform action "([a-z_]+)" on "([a-z_]+)"`)

// explain makes a sentence of an error of the API. doing says what was asked
// for, such as "read the locks".
func explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	out := &Error{cause: err, Text: fmt.Sprintf("%s: %s", doing, plain(err))}
	switch {
	case errors.Is(err, &mfa.ErrAdminActionMFARequired):
		out.Reason = ErrNeedsMFA
		out.Text = doing + ": the cluster asks for a second factor, which cordon cannot give"
	case turnedAway.MatchString(plain(err)):
		out.Reason = ErrDenied
		out.Text = doing + ": the cluster turned this identity away: it is locked out, or its user or a role of it is gone"
		out.Hint = lockedOut
	case trace.IsAccessDenied(err):
		out.denied(doing, err)
	case trace.IsNotImplemented(err):
		out.Reason = ErrNotOffered
		out.Text = doing + ": this cluster's version or edition does not offer it"
	case trace.IsNotFound(err):
		out.Reason = ErrNotFound
	case tooLarge(err):
		out.Reason = errLarge
		out.Text = doing + ": one answer of the cluster is larger than cordon takes"
	case trace.IsLimitExceeded(err):
		out.Reason = ErrBusy
	case lost(err):
		out.Reason = ErrLost
		out.Text = doing + ": " + whyLost(err)
	}
	return out
}

// lockedOut is what one can do whom the cluster does not hear.
const lockedOut = "use another identity, or look on the auth server: tctl get locks"

func (e *Error) denied(doing string, err error) {
	e.Reason = ErrDenied
	text := trace.UserMessage(err)
	if m := lacks.FindStringSubmatch(text); m != nil {
		e.needs(doing, m[1], m[2])
		return
	}
	if strings.Contains(text, "lock targeting") {
		e.Text = doing + ": this identity is locked out: " + plain(err)
		e.Hint = lockedOut
	}
}

// needs names the rule that is missing.
func (e *Error) needs(doing, verb, resource string) *Error {
	e.Verb, e.Resource = verb, resource
	e.Text = fmt.Sprintf("%s: this identity may not (needs %s: %s)", doing, resource, verb)
	e.Hint = "ask an administrator for the role that cordon connect --check prints"
	return e
}

// tooLarge reports what gRPC says of a message above its bound.
func tooLarge(err error) bool {
	return strings.Contains(err.Error(), "received message larger than max")
}

// plain is the last line of an error as people should read it, on one line.
func plain(err error) string {
	return strings.Join(strings.Fields(trace.UserMessage(err)), " ")
}

// lost reports whether the call may never have arrived, or its answer: the
// other side was not there, or did not answer in time.
func lost(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || trace.IsConnectionProblem(err) {
		return true
	}
	switch status.Code(trace.Unwrap(err)) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.Aborted:
		return true
	}
	var network net.Error
	// A server whose own time is over says so in words alone.
	return errors.As(err, &network) || strings.Contains(err.Error(), context.DeadlineExceeded.Error())
}

// passing reports whether the same call may be answered later.
func passing(err error) bool { return errors.Is(err, ErrLost) || errors.Is(err, ErrBusy) }

func whyLost(err error) string {
	text := err.Error()
	code := status.Code(trace.Unwrap(err))
	// A call that waited for the connection says at its end why there was none.
	waited := code == codes.DeadlineExceeded || code == codes.Unavailable
	switch {
	case errors.Is(err, syscall.ECONNREFUSED) || waited && strings.Contains(text, "connection refused"):
		return "nothing listens there (connection refused)"
	case errors.Is(err, context.DeadlineExceeded) || code == codes.DeadlineExceeded || strings.Contains(text, "deadline exceeded"):
		return "the cluster did not answer in time"
	default:
		return "the connection was lost"
	}
}

// explainConnect makes a sentence of why no connection came about.
func explainConnect(addr string, insecure bool, err error) error {
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	out := &Error{Reason: ErrLost, cause: err, Text: fmt.Sprintf("connect to %s: %s", addr, whyLost(err))}
	text := err.Error()
	var unknown x509.UnknownAuthorityError
	var verify *tls.CertificateVerificationError
	var dns *net.DNSError
	switch {
	case errors.As(err, &unknown) || strings.Contains(text, "signed by unknown authority") || strings.Contains(text, "ssh: no authorities for hostname"):
		out.Text = fmt.Sprintf("connect to %s: its certificate is of no authority that this identity knows", addr)
		out.Hint = "is it the right cluster? a proxy with a self-signed certificate needs --insecure"
		if insecure {
			out.Hint = "is it the right cluster?"
		}
	case strings.Contains(text, "remote error: tls"):
		out.Text = fmt.Sprintf("connect to %s: it does not accept this identity's certificate (%s)", addr, tlsAlert(text))
		out.Hint = "the identity is of another cluster, or its certificate has ended: log in again"
	case errors.As(err, &verify) && strings.Contains(text, "expired or is not yet valid"):
		out.Text = fmt.Sprintf("connect to %s: its certificate does not hold at this machine's time", addr)
		out.Hint = "compare the clock here with the cluster's"
	case errors.As(err, &dns) || strings.Contains(text, "no such host"):
		out.Text = fmt.Sprintf("connect to %s: there is no such host", addr)
		out.Hint = "check the name"
	case strings.Contains(text, "first record does not look like a TLS handshake"):
		out.Text = fmt.Sprintf("connect to %s: what listens there is neither the web port of a proxy nor an auth server", addr)
		out.Hint = "check the port: often 443 or 3080 for a proxy, 3025 for an auth server"
	}
	return out
}

// alert finds what the other side said of our certificate.
var alert = regexp.MustCompile(`remote error: tls: ([a-z0-9 ]+)`)

func tlsAlert(text string) string {
	if m := alert.FindStringSubmatch(text); m != nil {
		return strings.TrimSpace(m[1])
	}
	return "refused"
}
