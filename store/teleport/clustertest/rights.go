package clustertest

import (
	"context"
	"path"
	"time"

	"github.com/gravitational/teleport/api/mfa"
	"github.com/gravitational/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
)

// Call is one call of a method, such as the third of "UpsertLock" by ana.
type Call struct {
	Method string
	Count  int
	User   string
}

// Fault is what goes wrong with a call. The zero value is nothing.
type Fault struct {
	Delay     time.Duration // before it takes effect
	CutBefore bool          // the connection breaks before it takes effect
	CutAfter  bool          // it takes effect and the answer is lost
	Late      time.Duration // between effect and answer
	Twice     bool          // it takes effect twice, as when something between repeats it
	Err       error         // answered instead
}

// Faults sets what goes wrong with each call; nil: nothing.
func (c *Cluster) Faults(f func(Call) Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = f
}

// enter counts a call and says what goes wrong with it.
func (c *Cluster) enter(ctx context.Context, fullMethod string) Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	call := Call{Method: path.Base(fullMethod), User: userOf(ctx)}
	c.calls[call.Method]++
	call.Count = c.calls[call.Method]
	if c.fault == nil {
		return Fault{}
	}
	return c.fault(call)
}

func (c *Cluster) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	f := c.enter(ctx, info.FullMethod)
	if err := c.before(ctx, f); err != nil {
		return nil, err
	}
	answer, err := handle(ctx, req)
	if f.Twice {
		answer, err = handle(ctx, req)
	}
	wait(ctx, f.Late)
	if f.CutAfter {
		c.Cut()
	}
	return answer, err
}

func (c *Cluster) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	f := c.enter(ss.Context(), info.FullMethod)
	if err := c.before(ss.Context(), f); err != nil {
		return err
	}
	err := handle(srv, ss)
	wait(ss.Context(), f.Late)
	if f.CutAfter {
		c.Cut()
	}
	return err
}

func (c *Cluster) before(ctx context.Context, f Fault) error {
	wait(ctx, f.Delay)
	if ctx.Err() != nil {
		return ctx.Err() // nobody waits for it any more
	}
	if f.CutBefore {
		c.Cut()
		return trace.ConnectionProblem(nil, "cut")
	}
	return f.Err
}

func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// userOf is whom the caller's certificate names.
func userOf(ctx context.Context) string {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return ""
	}
	info, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok || len(info.State.PeerCertificates) == 0 {
		return ""
	}
	return info.State.PeerCertificates[0].Subject.CommonName
}

// allow answers as Teleport does to who lacks one of the verbs, and to who is
// locked out.
func (c *Cluster) allow(ctx context.Context, resource string, verbs ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	user := userOf(ctx)
	for _, l := range c.held.locks {
		if l.Spec.Target.User == user && user != "" && l.IsInForce(c.options.Now()) {
			return trace.AccessDenied("lock targeting User:%q is in force: %s", user, l.Message())
		}
	}
	rules, limited := c.rights[user]
	if !limited {
		return nil
	}
	for _, verb := range verbs {
		if !contains(rules, resource, verb) {
			return trace.AccessDenied("access denied to perform action %q on %q", verb, resource)
		}
	}
	return nil
}

// allowAdmin is allow for what asks for a second factor.
func (c *Cluster) allowAdmin(ctx context.Context, resource, verb string) error {
	if err := c.allow(ctx, resource, verb); err != nil {
		return err
	}
	if c.options.MFA {
		return trace.Wrap(&mfa.ErrAdminActionMFARequired)
	}
	return nil
}
