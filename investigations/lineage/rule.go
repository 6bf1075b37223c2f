package lineage

import (
	"slices"
	"strings"

	"cordon/investigations"
)

// part is who or what stands on one side of an edge: entities of one kind in
// one of the roles.
type part struct {
	kind  investigations.Kind
	roles []investigations.Role
}

// rule is one row of the table: in events of these types, parent leads to
// child.
type rule struct {
	via    []string // exact types
	parent part
	child  part
	// words make the reason: %[1]s is the parent, %[2]s the child.
	words string
	// again are the words where the child was there before an event that reads as
	// if it was made: from then on it is shared.
	again string
	// follow walks on from the child. Without it the child is an end.
	follow bool
	// shared says that the child has an owner of its own: from it on, what it
	// did is ambiguous unless the event names the parent behind it.
	shared bool
	// doubt is why the edge is never more than ambiguous, empty for none.
	doubt string
	// decides marks the answers to an access request, which may be a refusal.
	decides bool
	// wide marks what can hold for a whole cluster: it is not followed when too
	// many events say so.
	wide bool
	// once makes one edge of the rule's event types.
	once bool
}

// roles in which a user stands behind an act.
var acted = []investigations.Role{investigations.RoleActor, investigations.RoleUpdater, investigations.RoleImpersonator}

func by(roles ...investigations.Role) part { return part{investigations.KindUser, roles} }

func subject(kind investigations.Kind) part {
	return part{kind, []investigations.Role{investigations.RoleSubject}}
}

func held(kind investigations.Kind) part {
	return part{kind, []investigations.Role{investigations.RoleVia}}
}

var (
	user     = by(acted...)
	sessions = part{investigations.KindSession, []investigations.Role{investigations.RoleTarget}}
	starts   = []string{
		"session.start", "db.session.start", "app.session.start", "mcp.session.start",
		"windows.desktop.session.start", "linux.desktop.session.start",
	}
	// A certificate is known by the event that logged it, so it stands in no
	// field; see Trace.
	certificate = part{kind: investigations.KindCertificate}
)

// rules is the table of edges.
var rules = []rule{
	{via: []string{"user.create"}, parent: user, child: subject(investigations.KindUser), words: "%[1]s created the user %[2]s", again: "%[1]s wrote the user %[2]s, who was there before", follow: true},
	{via: []string{"user.update"}, parent: user, child: subject(investigations.KindUser), words: "%[1]s changed the user %[2]s", follow: true, shared: true},
	{via: []string{"reset_password_token.create", "recovery_token.create"}, parent: user, child: subject(investigations.KindUser), words: "%[1]s made a link that sets the password of %[2]s", follow: true, shared: true},
	{via: []string{"access_list.member.create", "access_list.member.update"}, parent: user, child: part{investigations.KindUser, []investigations.Role{investigations.RoleMember}}, words: "%[1]s put %[2]s on an access list", follow: true, shared: true},
	{via: []string{"access_list.member.create", "access_list.member.update"}, parent: user, child: part{investigations.KindAccessList, []investigations.Role{investigations.RoleMember}}, words: "%[1]s put the access list %[2]s, and so its members, on another one"},
	{via: []string{"cert.create"}, parent: by(investigations.RoleImpersonator), child: by(investigations.RoleActor), words: "%[1]s signed a certificate for %[2]s", follow: true, shared: true},

	{via: []string{"role.created", "role.updated"}, parent: user, child: subject(investigations.KindRole), words: "%[1]s wrote the role %[2]s", follow: true},
	{via: []string{"user.create", "user.update"}, parent: part{investigations.KindRole, []investigations.Role{investigations.RoleTarget}}, child: subject(investigations.KindUser), words: "%[2]s was given the role %[1]s", doubt: "holding it proves no part in the attack", wide: true},
	{via: []string{"cert.create"}, parent: held(investigations.KindRole), child: by(investigations.RoleActor), words: "a certificate of %[2]s holds the role %[1]s", doubt: "holding it proves no part in the attack", wide: true},

	{via: []string{"access_request.create"}, parent: user, child: subject(investigations.KindRequest), words: "%[1]s made the access request %[2]s", follow: true},
	{via: []string{"access_request.review"}, parent: by(investigations.RoleReviewer), child: subject(investigations.KindRequest), words: "%[1]s approved the access request %[2]s", follow: true, decides: true},
	{via: []string{"access_request.update"}, parent: by(investigations.RoleUpdater), child: subject(investigations.KindRequest), words: "%[1]s approved the access request %[2]s", follow: true, decides: true},
	{via: []string{"cert.create"}, parent: held(investigations.KindRequest), child: certificate, words: "the certificate of event %[2]s carries the access request %[1]s"},
	{via: starts, parent: held(investigations.KindRequest), child: sessions, words: "the session %[2]s was started with the access request %[1]s"},

	{via: []string{"join_token.create"}, parent: user, child: subject(investigations.KindToken), words: "%[1]s made the join token %[2]s", follow: true},
	{via: []string{"instance.join"}, parent: held(investigations.KindToken), child: subject(investigations.KindHost), words: "the host %[2]s joined with the token %[1]s"},
	{via: []string{"bot.join"}, parent: held(investigations.KindToken), child: part{investigations.KindBot, []investigations.Role{investigations.RoleActor}}, words: "the bot %[2]s joined with the token %[1]s", follow: true, shared: true},
	{via: []string{"bot.create"}, parent: user, child: subject(investigations.KindBot), words: "%[1]s created the bot %[2]s", again: "%[1]s wrote the bot %[2]s, which was there before", follow: true},
	{via: []string{"bot.update"}, parent: user, child: subject(investigations.KindBot), words: "%[1]s changed the bot %[2]s", follow: true, shared: true},
	{via: []string{"bot.join"}, parent: part{investigations.KindBot, []investigations.Role{investigations.RoleActor}}, child: by(investigations.RoleActor), words: "the bot %[1]s joined as the user %[2]s", follow: true},

	{via: []string{"mfa.add"}, parent: user, child: subject(investigations.KindMFADevice), words: "%[1]s enrolled the MFA device %[2]s", follow: true},
	{via: []string{"user.login", "cert.create"}, parent: held(investigations.KindMFADevice), child: part{investigations.KindAddress, []investigations.Role{investigations.RoleSource}}, words: "the MFA device %[1]s was used from %[2]s", wide: true, once: true},
	{via: []string{"device.create", "device.enroll", "device.token.create"}, parent: user, child: subject(investigations.KindDevice), words: "%[1]s enrolled the device %[2]s"},
	{via: []string{"access_list.create", "access_list.update", "access_list.delete", "access_list.review"}, parent: user, child: subject(investigations.KindAccessList), words: "%[1]s wrote the access list %[2]s"},
	{via: []string{
		"github.created", "github.updated", "oidc.created", "oidc.updated", "saml.created", "saml.updated",
	}, parent: user, child: subject(investigations.KindConnector), words: "%[1]s wrote the connector %[2]s"},
	{via: []string{"trusted_cluster.create"}, parent: user, child: subject(investigations.KindCluster), words: "%[1]s made the trusted cluster %[2]s"},
	{via: []string{"lock.created"}, parent: user, child: subject(investigations.KindLock), words: "%[1]s placed the lock %[2]s"},
	{via: []string{"lock.deleted"}, parent: user, child: subject(investigations.KindLock), words: "%[1]s removed the lock %[2]s"},
	{via: starts, parent: by(investigations.RoleActor, investigations.RoleImpersonator), child: sessions, words: "%[1]s started the session %[2]s"},
	{via: []string{"session.join"}, parent: by(investigations.RoleActor, investigations.RoleImpersonator), child: sessions, words: "%[1]s joined the session %[2]s"},

	// These two stand in no single field: see address.go and settle.go.
	{parent: user, child: by(investigations.RoleActor), words: "%[2]s also came from an address of the hostile hands of %[1]s", follow: true, shared: true, once: true},
	{parent: part{kind: investigations.KindBot}, child: by(investigations.RoleActor), words: "%[2]s is the user of the bot %[1]s", follow: true},
}

// The places of the two in the table.
var (
	addressRule = len(rules) - 2
	botUserRule = len(rules) - 1
)

// inherits says that a child of an owned parent is owned too: only a bot's
// user is the same thing as the bot.
func (r *rule) inherits() bool { return r.parent.kind == investigations.KindBot }

func (r *rule) speaks(eventType string) bool {
	if real, ok := investigations.Aliases[eventType]; ok {
		eventType = real
	}
	return slices.Contains(r.via, eventType)
}

func (p part) takes(v investigations.Involvement) bool {
	return v.Entity.Kind == p.kind && slices.Contains(p.roles, v.Role)
}

// masked reports whether the server hid most of a token's name: several secret
// tokens can then look alike.
func masked(token string) bool { return strings.HasPrefix(token, "*") }
