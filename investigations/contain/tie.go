package contain

import (
	"slices"

	"cordon/investigations"
)

// Tie is one row of the table of what an act leaves behind: something that
// outlives the lock of the user who did it, or that must be put back.
type Tie struct {
	// Key names what is left: "user", "token", "member".
	Key string
	// Types are the events that leave it, exact names.
	Types []string
	// Roles are the user's part in them.
	Roles []investigations.Role
	// Kind and Role are those of what is left, in the event.
	Kind investigations.Kind
	Role investigations.Role
	// Name stands for what has no name of its own in the event: a setting of the
	// whole cluster. Its kind is KindResource.
	Name string
	// Why says in a few words how the user is tied to it.
	Why string
	// Ends are the events after which it is no longer there, where it stands in
	// the same role.
	Ends []string
	// Own says that it is of use to the user alone, so that a lock of the user
	// stops it.
	Own bool
	// Edit says that it is no way in, but a change to put back.
	Edit bool
}

var (
	authors  = []investigations.Role{investigations.RoleActor, investigations.RoleUpdater}
	behind   = []investigations.Role{investigations.RoleImpersonator}
	actor    = []investigations.Role{investigations.RoleActor}
	reviewer = []investigations.Role{investigations.RoleReviewer}
)

// SessionTypes are the events that begin a session.
var SessionTypes = []string{
	"session.start", "db.session.start", "app.session.start", "mcp.session.start",
	"windows.desktop.session.start", "linux.desktop.session.start",
}

// Events that take members off an access list.
var memberEnds = []string{
	"access_list.member.delete", "access_list.member.delete_all_for_access_list", "access_list.delete", "access_list.review",
}

var memberTypes = []string{"access_list.member.create", "access_list.member.add", "access_list.member.update"}

const (
	subject = investigations.RoleSubject
	madeBy  = "made by it"
	wrote   = "written by it"
	changed = "changed by it"
)

// Ties is the table, strongest first: the first tie found for an entity is the
// one that the preview of a lock shows.
var Ties = []Tie{
	{Key: "certificate", Types: []string{"cert.create"}, Roles: behind, Kind: investigations.KindUser, Role: investigations.RoleActor, Why: "it holds certificates in this name"},
	{Key: "session", Types: append([]string{"exec"}, SessionTypes...), Roles: behind, Kind: investigations.KindUser, Role: investigations.RoleActor, Why: "it holds certificates in this name"},
	{Key: "certificate", Types: []string{"cert.create"}, Roles: actor, Kind: investigations.KindUser, Role: investigations.RoleActor, Own: true, Why: "issued to it"},
	{Key: "session", Types: SessionTypes, Roles: actor, Kind: investigations.KindUser, Role: investigations.RoleActor, Own: true, Why: "started by it"},

	{Key: "user", Types: []string{"user.create"}, Roles: authors, Kind: investigations.KindUser, Role: subject, Ends: []string{"user.delete"}, Why: madeBy},
	{Key: "user_change", Types: []string{"user.update"}, Roles: authors, Kind: investigations.KindUser, Role: subject, Ends: []string{"user.delete"}, Why: changed},
	{Key: "link", Types: []string{"reset_password_token.create", "recovery_token.create"}, Roles: authors, Kind: investigations.KindUser, Role: subject, Ends: []string{"user.delete"}, Why: changed},
	{Key: "bot", Types: []string{"bot.create"}, Roles: authors, Kind: investigations.KindBot, Role: subject, Ends: []string{"bot.delete"}, Why: madeBy},
	{Key: "bot_change", Types: []string{"bot.update"}, Roles: authors, Kind: investigations.KindBot, Role: subject, Ends: []string{"bot.delete"}, Why: changed},
	{Key: "token", Types: []string{"join_token.create", "scoped_token.create", "scoped_token.upsert", "scoped_token.update", "trusted_cluster_token.create"}, Roles: authors, Kind: investigations.KindToken, Role: subject, Ends: []string{"scoped_token.delete"}, Why: "made by it; lets others join"},
	{Key: "member", Types: memberTypes, Roles: authors, Kind: investigations.KindUser, Role: investigations.RoleMember, Ends: memberEnds, Why: "put on an access list by it"},
	{Key: "nested_list", Types: memberTypes, Roles: authors, Kind: investigations.KindAccessList, Role: investigations.RoleMember, Ends: memberEnds, Why: "put on another access list by it, with all its members"},
	{Key: "role", Types: []string{"role.created", "role.updated"}, Roles: authors, Kind: investigations.KindRole, Role: subject, Ends: []string{"role.deleted"}, Why: wrote},
	{Key: "connector", Types: []string{"github.created", "oidc.created", "saml.created", "github.updated", "oidc.updated", "saml.updated"}, Roles: authors, Kind: investigations.KindConnector, Role: subject, Ends: []string{"github.deleted", "oidc.deleted", "saml.deleted"}, Why: wrote},
	{Key: "trusted_cluster", Types: []string{"trusted_cluster.create"}, Roles: authors, Kind: investigations.KindCluster, Role: subject, Ends: []string{"trusted_cluster.delete"}, Why: "trusted by it"},
	{Key: "request", Types: []string{"access_request.review"}, Roles: reviewer, Kind: investigations.KindRequest, Role: subject, Ends: []string{"access_request.expire"}, Why: "reviewed by it"},
	{Key: "request", Types: []string{"access_request.update"}, Roles: authors, Kind: investigations.KindRequest, Role: subject, Ends: []string{"access_request.expire"}, Why: "decided by it"},
	{Key: "request", Types: []string{"access_request.create"}, Roles: authors, Kind: investigations.KindRequest, Role: subject, Ends: []string{"access_request.expire"}, Own: true, Why: "asked for by it"},
	{Key: "access_list", Types: []string{"access_list.create", "access_list.update"}, Roles: authors, Kind: investigations.KindAccessList, Role: subject, Ends: []string{"access_list.delete"}, Why: wrote},

	{Key: "login_rule", Types: []string{"login_rule.create"}, Roles: authors, Kind: investigations.KindResource, Role: subject, Ends: []string{"login_rule.delete"}, Why: wrote},
	{Key: "saml_idp_service_provider", Types: []string{"saml.idp.service.provider.create", "saml.idp.service.provider.update"}, Roles: authors, Kind: investigations.KindResource, Role: subject, Ends: []string{"saml.idp.service.provider.delete", "saml.idp.service.provider.delete_all"}, Why: "service provider written by it"},
	{Key: "integration", Types: []string{"integration.create", "integration.update"}, Roles: authors, Kind: investigations.KindResource, Role: subject, Ends: []string{"integration.delete"}, Why: "integration written by it"},
	{Key: "plugin", Types: []string{"plugin.create", "plugin.update"}, Roles: authors, Kind: investigations.KindResource, Role: subject, Ends: []string{"plugin.delete"}, Why: "plugin written by it"},
	{Key: "discovery_config", Types: []string{"discovery_config.create", "discovery_config.update"}, Roles: authors, Kind: investigations.KindResource, Role: subject, Ends: []string{"discovery_config.delete", "discovery_config.delete_all"}, Why: "discovery written by it"},
	{Key: "workload_identity", Types: []string{"workload_identity.create", "workload_identity.update"}, Roles: authors, Kind: investigations.KindResource, Role: subject, Ends: []string{"workload_identity.delete"}, Why: "workload identity written by it"},
	{Key: "spiffe_federation", Types: []string{"spiffe.federation.create"}, Roles: authors, Kind: investigations.KindResource, Role: subject, Ends: []string{"spiffe.federation.delete"}, Why: "trust domain federated by it"},
	{Key: "static_host_user", Types: []string{"static_host_user.create", "static_host_user.update"}, Roles: authors, Kind: investigations.KindOSLogin, Role: subject, Ends: []string{"static_host_user.delete"}, Why: "put on hosts by it"},
	{Key: "app", Types: []string{"app.create", "app.update"}, Roles: authors, Kind: investigations.KindApp, Role: subject, Ends: []string{"app.delete"}, Why: "registered or changed by it"},
	{Key: "db", Types: []string{"db.create", "db.update"}, Roles: authors, Kind: investigations.KindDatabase, Role: subject, Ends: []string{"db.delete"}, Why: "registered or changed by it"},
	{Key: "kube_cluster", Types: []string{"kube.create", "kube.update"}, Roles: authors, Kind: investigations.KindKubeCluster, Role: subject, Ends: []string{"kube.delete"}, Why: "registered or changed by it"},

	{Key: "mfa_device", Types: []string{"mfa.add"}, Roles: authors, Kind: investigations.KindMFADevice, Role: subject, Ends: []string{"mfa.delete"}, Own: true, Why: "enrolled by it"},
	{Key: "device", Types: []string{"device.create", "device.enroll", "device.token.create"}, Roles: authors, Kind: investigations.KindDevice, Role: subject, Ends: []string{"device.delete"}, Own: true, Why: "enrolled by it"},
	{Key: "recovery_codes", Types: []string{"recovery_code.generated"}, Roles: actor, Kind: investigations.KindUser, Role: investigations.RoleActor, Ends: []string{"user.delete"}, Own: true, Why: "made recovery codes"},
	{Key: "password", Types: []string{"user.password_change"}, Roles: actor, Kind: investigations.KindUser, Role: investigations.RoleActor, Ends: []string{"user.delete"}, Own: true, Why: "changed its password"},

	{Key: "lock_removed", Types: []string{"lock.deleted"}, Roles: authors, Kind: investigations.KindLock, Role: subject, Edit: true, Why: "removed by it"},
	{Key: "lock_placed", Types: []string{"lock.created"}, Roles: authors, Kind: investigations.KindLock, Role: subject, Ends: []string{"lock.deleted"}, Edit: true, Why: "placed by it"},
	{Key: "member_removed", Types: []string{"access_list.member.delete", "access_list.review"}, Roles: authors, Kind: investigations.KindUser, Role: investigations.RoleMember, Ends: memberTypes, Edit: true, Why: "taken off an access list by it"},
	{Key: "nested_list_removed", Types: []string{"access_list.member.delete"}, Roles: authors, Kind: investigations.KindAccessList, Role: investigations.RoleMember, Ends: memberTypes, Edit: true, Why: "taken off another access list by it"},
	{Key: "list_emptied", Types: []string{"access_list.member.delete_all_for_access_list", "access_list.member.delete_all_members"}, Roles: authors, Kind: investigations.KindAccessList, Role: investigations.RoleTarget, Edit: true, Why: "emptied by it"},
	deleted("user_deleted", investigations.KindUser, []string{"user.create"}, "user.delete"),
	deleted("role_deleted", investigations.KindRole, []string{"role.created"}, "role.deleted"),
	deleted("bot_deleted", investigations.KindBot, []string{"bot.create"}, "bot.delete"),
	deleted("mfa_device_deleted", investigations.KindMFADevice, []string{"mfa.add"}, "mfa.delete"),
	deleted("device_deleted", investigations.KindDevice, []string{"device.create", "device.enroll"}, "device.delete"),
	deleted("access_list_deleted", investigations.KindAccessList, []string{"access_list.create"}, "access_list.delete"),
	deleted("connector_deleted", investigations.KindConnector, []string{"github.created", "oidc.created", "saml.created"}, "github.deleted", "oidc.deleted", "saml.deleted"),
	deleted("trusted_cluster_deleted", investigations.KindCluster, []string{"trusted_cluster.create"}, "trusted_cluster.delete"),
	deleted("login_rule_deleted", investigations.KindResource, []string{"login_rule.create"}, "login_rule.delete"),
	deleted("token_deleted", investigations.KindToken, []string{"scoped_token.create", "scoped_token.upsert"}, "scoped_token.delete"),
	setting("cluster_auth_preference", "auth_preference.update"),
	setting("session_recording_config", "session_recording_config.update"),
	setting("cluster_networking_config", "cluster_networking_config.update"),
	setting("access_graph_settings", "access_graph_settings.update"),
	setting("external_audit_storage", "external_audit_storage.enable", "external_audit_storage.disable"),
	setting("client_ip_restriction", "cir.update"),
}

// deleted is the tie of something that the user removed, until it is made again.
func deleted(key string, kind investigations.Kind, again []string, types ...string) Tie {
	return Tie{Key: key, Types: types, Roles: authors, Kind: kind, Role: subject, Ends: again, Edit: true, Why: "deleted by it"}
}

// setting is the tie of a change of a setting of the whole cluster.
func setting(name string, types ...string) Tie {
	return Tie{Key: "setting", Types: types, Roles: authors, Kind: investigations.KindResource, Name: name, Edit: true, Why: changed}
}

// Speaks reports whether events of a type leave the tie, under their own name
// or the one that Teleport's server uses for it.
func (t *Tie) Speaks(eventType string) bool { return speaks(t.Types, eventType) }

// EndedBy reports whether events of a type end the tie.
func (t *Tie) EndedBy(eventType string) bool { return speaks(t.Ends, eventType) }

func speaks(types []string, eventType string) bool {
	if slices.Contains(types, eventType) {
		return true
	}
	real, ok := investigations.Aliases[eventType]
	return ok && slices.Contains(types, real)
}

// Left lists what one event leaves by the tie. The event itself says it: a
// member by name, a setting by what the tie calls it.
func (t *Tie) Left(ev *investigations.Event) []investigations.Involvement {
	if t.Name != "" {
		return []investigations.Involvement{{Role: subject, Entity: investigations.Entity{Kind: t.Kind, Name: t.Name}}}
	}
	var out []investigations.Involvement
	for _, v := range ev.Involved {
		if v.Entity.Kind != t.Kind || v.Role != t.Role {
			continue
		}
		out = append(out, v)
		if t.Role != investigations.RoleMember {
			break // One thing, whatever other names the event has for it.
		}
	}
	return out
}
