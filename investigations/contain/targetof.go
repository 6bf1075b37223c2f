package contain

import (
	"errors"
	"fmt"
	"strings"

	"cordon/investigations"
)

// ErrNoLock is in the error of every entity that Teleport cannot lock. The
// error's text says what to do instead.
var ErrNoLock = errors.New("no lock of its own")

// noLockError is a refusal with its next step.
type noLockError struct{ text string }

func (e noLockError) Error() string { return e.text }
func (e noLockError) Unwrap() error { return ErrNoLock }

func noLock(format string, args ...any) error { return noLockError{fmt.Sprintf(format, args...)} }

// BotUser is the Teleport user that a bot acts as. Blanks of its name become
// dashes.
func BotUser(bot string) string { return "bot-" + strings.ReplaceAll(bot, " ", "-") }

// TargetOf is the narrowest lock for an entity. Where Teleport has none the
// error wraps ErrNoLock and says what to lock instead. For a session use
// TargetsOfSession, which knows more.
func TargetOf(e investigations.Entity, s Server) (Target, error) {
	if e.Name == "" {
		return Target{}, noLock("this row names nothing to lock: pick a row that names a user, host or device")
	}
	t := Target{Value: e.Name}
	switch e.Kind {
	case investigations.KindUser:
		t.Field = FieldUser
	case investigations.KindRole:
		t.Field = FieldRole
	case investigations.KindOSLogin:
		t.Field = FieldLogin
	case investigations.KindMFADevice:
		t.Field = FieldMFADevice
	case investigations.KindDesktop:
		t.Field = FieldWindowsDesktop
	case investigations.KindRequest:
		t.Field = FieldAccessRequest
	case investigations.KindDevice:
		t.Field = FieldDevice
	case investigations.KindHost:
		t.Field = FieldServerID
		if !s.Knows(FieldServerID) {
			t.Field = FieldNode
		}
	case investigations.KindBot:
		t.Field, t.Value = FieldUser, BotUser(e.Name)
	case investigations.KindToken:
		return tokenTarget(e.Name, s)
	default:
		return Target{}, whyNoLock(e)
	}
	if err := s.gate(t.Field); err != nil {
		return Target{}, noLockError{err.Error()}
	}
	if err := t.check(); err != nil {
		return Target{}, noLockError{err.Error()}
	}
	return t, nil
}

// tokenTarget locks a join token where the server can. The name of a secret
// token is masked in the log, and a mask names no token.
func tokenTarget(name string, s Server) (Target, error) {
	t := Target{Field: FieldJoinToken, Value: name}
	switch {
	case strings.Contains(name, "**"):
		return Target{}, noLock("the log masks this token's name: find it with tctl tokens ls, remove it with tctl tokens rm, and lock what joined with it")
	case s.Major == 0:
		return Target{}, noLock("locks on join tokens need server version %d or newer, and this server's version is not known: remove it with tctl tokens rm, and lock what joined with it", FieldJoinToken.info().since)
	}
	if err := errors.Join(s.gate(FieldJoinToken), t.check()); err != nil {
		return Target{}, noLockError{err.Error()}
	}
	return t, nil
}

// whyNoLock says what to lock in place of an entity that has no lock.
func whyNoLock(e investigations.Entity) error {
	switch e.Kind {
	case investigations.KindSession:
		return noLock("a session has no lock of its own: lock its user or its access request, or end it with tsh join --mode=moderator")
	case investigations.KindAddress:
		return noLock("Teleport cannot lock an address: lock the users seen from it, or the device")
	case investigations.KindDatabase:
		return noLock("Teleport cannot lock a database: lock the user, a role, or the server id of the agent that serves it")
	case investigations.KindApp:
		return noLock("Teleport cannot lock an application: lock the user, a role, or the server id of the agent that serves it")
	case investigations.KindKubeCluster:
		return noLock("Teleport cannot lock a Kubernetes cluster: lock the user, a role, or the server id of the agent that serves it")
	case investigations.KindAccessList:
		return noLock("Teleport cannot lock an access list: remove the member with tctl acl users rm, or lock the member")
	case investigations.KindCertificate:
		return noLock("Teleport cannot lock one certificate: lock its user, or the MFA device or access request in it")
	case investigations.KindLock:
		return noLock("this is a lock already: see the lock board")
	case investigations.KindConnector:
		return noLock("Teleport cannot lock a connector: lock the roles it grants, or remove it with tctl rm")
	case investigations.KindCluster:
		return noLock("Teleport cannot lock a cluster: lock the users or roles, or end the trust with tctl rm trusted_cluster/NAME")
	default:
		return noLock("Teleport cannot lock this %s: lock the user who used it", e.Kind.Title())
	}
}

// TargetsOfSession lists what ends a session and keeps it ended, the choice of
// a single key first: its user, since the same hands can open another, then
// the access requests it used. requests are those of the session's events.
func TargetsOfSession(session investigations.Session, requests []string) ([]Target, error) {
	var out []Target
	if t := (Target{FieldUser, session.User}); t.check() == nil {
		out = append(out, t)
	}
	for _, id := range requests {
		if t := (Target{FieldAccessRequest, id}); t.check() == nil {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return nil, noLock("this evidence does not say whose session this is: end it with tsh join --mode=moderator %s", Quote(session.ID))
	}
	return out, nil
}
