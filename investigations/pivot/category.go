package pivot

import (
	"strings"

	"cordon/investigations"
)

// match says which events count: their types (exact, or a prefix and `*`) and
// the roles in which the identity must stand. No role means any.
type match struct {
	types []string
	roles []investigations.Role
	// with and as narrow further: the event must name an entity of this kind,
	// or a user in this role. Only the event itself can tell.
	with investigations.Kind
	as   investigations.Role
}

// lead says which entities of a category's events are shown: one kind, in any
// of the roles, in none given in all.
type lead struct {
	kind  investigations.Kind
	roles []investigations.Role
}

// category is one row of the table.
type category struct {
	key, title string
	counts     []match  // what a user did
	others     []match  // what counts for other identities; nil: counts, in any role
	beside     []string // types that are not counted, yet belong to the story
	leads      []lead
	failures   bool // a failure is worth a flag
	plain      bool // its events stand in others too, which have the flags
	asked      bool // that there is none is worth saying of this kind of identity
}

var (
	did   = []investigations.Role{investigations.RoleActor}
	wrote = []investigations.Role{investigations.RoleActor, investigations.RoleUpdater}
)

// what the rows lead to, by name; sets of leads that several rows share.
var (
	address     = lead{investigations.KindAddress, []investigations.Role{investigations.RoleSource}}
	heldRole    = lead{investigations.KindRole, []investigations.Role{investigations.RoleVia}}
	askedRole   = lead{investigations.KindRole, []investigations.Role{investigations.RoleTarget}}
	heldRequest = lead{investigations.KindRequest, []investigations.Role{investigations.RoleVia}}
	behind      = lead{investigations.KindUser, []investigations.Role{investigations.RoleImpersonator}}
	session     = lead{kind: investigations.KindSession}
	host        = lead{investigations.KindHost, []investigations.Role{investigations.RoleTarget}}
	login       = lead{investigations.KindOSLogin, []investigations.Role{investigations.RoleTarget}}
	mfaUsed     = lead{investigations.KindMFADevice, []investigations.Role{investigations.RoleVia}}
	deviceUsed  = lead{investigations.KindDevice, []investigations.Role{investigations.RoleVia}}
	subjectUser = lead{investigations.KindUser, []investigations.Role{investigations.RoleSubject}}
	memberUser  = lead{investigations.KindUser, []investigations.Role{investigations.RoleMember}}
	kube        = lead{kind: investigations.KindKubeCluster}
	database    = lead{kind: investigations.KindDatabase}
	app         = lead{kind: investigations.KindApp}
	desktop     = lead{kind: investigations.KindDesktop}
)

// categories is the table of pivots, in the order of display. The first ten
// are counted as the command line's contract says; the reasons for the others
// stand beside them.
var categories = []category{
	{
		key: "logins", title: "logins", failures: true,
		counts: []match{{types: []string{"user.login"}, roles: did}},
		leads:  []lead{address, mfaUsed, deviceUsed},
	},
	{
		key: "access_requests", title: "access requests",
		counts: []match{
			{types: []string{"access_request.create"}, roles: did},
			{types: []string{"access_request.review"}, roles: []investigations.Role{investigations.RoleReviewer, investigations.RoleRequester, investigations.RoleActor}},
		},
		// Versions without reviews decide a request by writing it.
		beside: []string{"access_request.update"},
		leads: []lead{
			{kind: investigations.KindRequest},
			askedRole,
			{investigations.KindUser, []investigations.Role{investigations.RoleReviewer, investigations.RoleRequester, investigations.RoleUpdater}},
		},
	},
	{
		key: "mfa_devices", title: "MFA devices",
		counts: []match{{types: []string{"mfa.add", "mfa.delete"}, roles: did}},
		leads:  []lead{{kind: investigations.KindMFADevice}, address},
	},
	{
		key: "join_tokens", title: "join tokens",
		counts: []match{{types: []string{"join_token.create"}, roles: did}},
		leads:  []lead{{kind: investigations.KindToken}},
	},
	{
		key: "users", title: "users",
		counts: []match{{types: []string{"user.create", "user.update"}, roles: wrote}},
		// Not counted, but how a created or taken-over user is entered.
		beside: []string{"user.delete", "reset_password_token.create"},
		leads:  []lead{subjectUser, askedRole},
	},
	{
		key: "roles", title: "roles",
		counts: []match{{types: []string{"role.*"}, roles: wrote}},
		leads:  []lead{{kind: investigations.KindRole}},
	},
	{
		key: "access_lists", title: "access lists", failures: true,
		counts: []match{{types: []string{"access_list.member.*"}, roles: []investigations.Role{investigations.RoleUpdater}}},
		beside: []string{"access_list.create", "access_list.update", "access_list.delete", "access_list.review"},
		leads:  []lead{{kind: investigations.KindAccessList}, memberUser},
	},
	{
		key: "bots", title: "bots",
		// A bot's own user is the actor of bot.join, which is how it logs in.
		counts: []match{{types: []string{"bot.*"}, roles: wrote}},
		leads:  []lead{{kind: investigations.KindBot}, {kind: investigations.KindToken}, address},
	},
	{
		key: "connectors", title: "connectors",
		counts: []match{{types: []string{
			"github.created", "github.updated", "github.deleted", "oidc.created", "oidc.updated", "oidc.deleted",
			"saml.created", "saml.updated", "saml.deleted",
		}, roles: wrote}},
		leads: []lead{{kind: investigations.KindConnector}},
	},
	{
		key: "clusters", title: "trusted clusters",
		// Who signs for another cluster, or is trusted by it, gets in again.
		counts: []match{{types: []string{"trusted_cluster.*", "trusted_cluster_token.create", "cert_auth_override.*"}, roles: wrote}},
		leads:  []lead{{kind: investigations.KindCluster}},
	},
	{
		key: "passwords", title: "passwords and codes",
		counts: []match{{types: []string{
			"user.password_change", "reset_password_token.create", "recovery_token.create", "privilege_token.create", "recovery_code.*",
		}, roles: wrote}},
		leads: []lead{subjectUser, address},
	},
	{
		key: "certificates", title: "certificates",
		counts: []match{{types: []string{"cert.create"}, roles: did}},
		leads:  []lead{heldRole, heldRequest, address, behind, mfaUsed, deviceUsed, kube, database, app},
	},
	{
		key: "sessions", title: "sessions",
		counts: []match{{types: []string{"session.start"}, roles: did}},
		leads:  []lead{session, host, login, address, heldRequest, kube, behind},
	},
	{
		key: "commands", title: "commands",
		counts: []match{{types: []string{"exec"}, roles: did}},
		leads:  []lead{host, login, address, session, kube, behind},
	},
	{
		key: "files", title: "files",
		// What moved files: copies over SSH, and a desktop reading from or
		// writing to a shared directory of the user's own machine.
		counts: []match{{types: []string{"scp", "sftp", "sftp_summary", "desktop.directory.read", "desktop.directory.write"}, roles: did}},
		leads:  []lead{host, login, address, session, heldRequest},
	},
	{
		key: "databases", title: "databases", failures: true,
		// Sessions, not statements, refused ones included; and the databases
		// registered or changed.
		counts: []match{
			{types: []string{"db.session.start"}, roles: did},
			{types: []string{"db.create", "db.update", "db.delete"}, roles: wrote},
		},
		leads: []lead{database, session, address, heldRequest},
	},
	{
		key: "kubernetes", title: "Kubernetes",
		// Requests to the API, and shells and commands in pods: those are
		// sessions and commands that name a cluster, and count there too.
		counts: []match{
			{types: []string{"kube.request"}, roles: did},
			{types: []string{"kube.create", "kube.update", "kube.delete"}, roles: wrote},
			{types: []string{"exec", "session.start"}, roles: did, with: investigations.KindKubeCluster},
		},
		leads: []lead{kube, session, address, heldRequest},
	},
	{
		key: "apps", title: "applications", failures: true,
		// A client other than a browser leaves no app.session.start, only the
		// chunks of its traffic.
		counts: []match{
			{types: []string{"app.session.start", "app.session.chunk", "mcp.session.start"}, roles: did},
			{types: []string{"app.create", "app.update", "app.delete"}, roles: wrote},
		},
		leads: []lead{app, session, address, heldRequest},
	},
	{
		key: "desktops", title: "desktops", failures: true,
		counts: []match{{types: []string{
			"windows.desktop.session.start", "linux.desktop.session.start",
			"desktop.clipboard.send", "desktop.clipboard.receive", "desktop.directory.share",
		}, roles: did}},
		leads: []lead{desktop, login, session, address, heldRequest},
	},
	{
		key: "impersonations", title: "impersonations",
		// Whatever was done behind another user's name.
		counts: []match{{types: []string{"*"}, roles: []investigations.Role{investigations.RoleImpersonator}}},
		others: []match{{types: []string{
			"cert.create", "session.start", "exec", "scp", "sftp", "kube.request", "db.session.start", "app.session.start",
			"windows.desktop.session.start",
		}, as: investigations.RoleImpersonator}},
		leads: []lead{
			{investigations.KindUser, did}, host, login, session, heldRole,
		},
	},
	{
		key: "devices", title: "trusted devices",
		counts: []match{{types: []string{"device", "device.*"}, roles: did}},
		leads:  []lead{{kind: investigations.KindDevice}},
	},
	{
		key: "recordings_viewed", title: "recordings viewed",
		counts: []match{{types: []string{"session.recording.access"}, roles: did}},
		leads:  []lead{session},
	},
	{
		key: "locks", title: "locks",
		// What the identity locked. Locks on it are in the events that name it.
		counts: []match{{types: []string{"lock.*"}, roles: wrote}},
		leads: []lead{
			{kind: investigations.KindLock},
			subjectUser,
			{investigations.KindRole, []investigations.Role{investigations.RoleSubject}},
			{investigations.KindOSLogin, []investigations.Role{investigations.RoleSubject}},
			{investigations.KindHost, []investigations.Role{investigations.RoleSubject}},
			{investigations.KindMFADevice, []investigations.Role{investigations.RoleSubject}},
			{investigations.KindDevice, []investigations.Role{investigations.RoleSubject}},
			{investigations.KindDesktop, []investigations.Role{investigations.RoleSubject}},
			{investigations.KindRequest, []investigations.Role{investigations.RoleSubject}},
			{investigations.KindToken, []investigations.Role{investigations.RoleSubject}},
		},
	},
}

// people are the leads to whoever stands behind the events of an identity that
// is no user itself.
var people = lead{investigations.KindUser, []investigations.Role{
	investigations.RoleActor, investigations.RoleRequester, investigations.RoleReviewer, investigations.RoleUpdater,
	investigations.RoleImpersonator, investigations.RoleSubject, investigations.RoleMember,
}}

// Keys lists the categories' keys in the order of display.
func Keys() []string {
	out := make([]string, len(categories))
	for i, c := range categories {
		out[i] = c.key
	}
	return out
}

// speaks reports whether one of the patterns names the event type, under its
// own name or the one that Teleport's server uses for it.
func speaks(patterns []string, eventType string) bool {
	if real, ok := investigations.Aliases[eventType]; ok {
		eventType = real
	}
	for _, p := range patterns {
		if prefix, ok := strings.CutSuffix(p, "*"); ok && strings.HasPrefix(eventType, prefix) || p == eventType {
			return true
		}
	}
	return false
}
