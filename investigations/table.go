package investigations

import "strings"

// Row says that one JSON field of some event types names an entity.
type Row struct {
	// Types are the event types the row speaks of: exact names, or a prefix
	// followed by `*`. "*" alone is every event, known to cordon or not.
	Types []string
	// Field is the path of the JSON field: keys joined by `/`, `[]` for each
	// element of an array. A dot belongs to its key: `addr.remote` is one key.
	Field string
	Kind  Kind
	Role  Role
	// Label is the path of the field that says what people call the entity.
	// It stands beside Field, so labels never cross array elements.
	Label string
	// Port says that the value may carry a port, which is no part of the name.
	Port bool
	// When narrows the row to lines that say so. Where it holds, the row stands
	// in for those of the same types and field that have no When.
	When Condition
}

// Condition is what a line must say for a row to count. The zero value always
// holds.
type Condition struct {
	// Field is the path of the field that decides. Inside an array it is that
	// of the same element as the row's own field.
	Field string
	// Is lists the values that hold, as they are written, quotes aside.
	Is []string
	// Same is the path of another field: the condition holds where both have
	// the same value.
	Same string
}

// Table is the centre of cordon: which field of which event names which kind
// of entity in which role. A field takes the most specific rows that speak of
// the event's type: an exact type before a prefix before "*". Two rows for the
// same type and field both count, unless one of them has a When that holds.
//
// Sources: Teleport's event definitions (api/proto/teleport/legacy/types/events)
// and what real servers write. docs/events.md is this table for people.
var Table = []Row{
	// Every event, whatever its type: the well-known keys.
	{Types: all, Field: "user", Kind: KindUser, Role: RoleActor},
	{Types: all, Field: "user/user", Kind: KindUser, Role: RoleActor}, // the envelope of `device` before 14
	{Types: all, Field: "impersonator", Kind: KindUser, Role: RoleImpersonator},
	{Types: all, Field: "updated_by", Kind: KindUser, Role: RoleUpdater},
	{Types: all, Field: "reviewer", Kind: KindUser, Role: RoleReviewer},
	{Types: all, Field: "delegator", Kind: KindUser, Role: RoleVia},
	{Types: all, Field: "bot_name", Kind: KindBot, Role: RoleActor},
	{Types: all, Field: "bot_instance_id", Kind: KindResource, Role: RoleVia},
	{Types: all, Field: "login", Kind: KindOSLogin, Role: RoleTarget},
	{Types: all, Field: "sid", Kind: KindSession, Role: RoleTarget},
	{Types: all, Field: "server_id", Kind: KindHost, Role: RoleTarget, Label: "server_hostname"},
	{Types: all, Field: "addr.remote", Kind: KindAddress, Role: RoleSource, Port: true},
	{Types: all, Field: "access_requests[]", Kind: KindRequest, Role: RoleVia},
	{Types: all, Field: "trusted_device/device_id", Kind: KindDevice, Role: RoleVia, Label: "trusted_device/asset_tag"},
	{Types: all, Field: "with_mfa", Kind: KindMFADevice, Role: RoleVia},
	{Types: all, Field: "mfa_device/mfa_device_uuid", Kind: KindMFADevice, Role: RoleVia, Label: "mfa_device/mfa_device_name"},
	{Types: all, Field: "kubernetes_cluster", Kind: KindKubeCluster, Role: RoleTarget},
	{Types: all, Field: "db_service", Kind: KindDatabase, Role: RoleTarget},
	{Types: all, Field: "app_name", Kind: KindApp, Role: RoleTarget},
	{Types: all, Field: "desktop_name", Kind: KindDesktop, Role: RoleTarget},
	{Types: all, Field: "windows_user", Kind: KindOSLogin, Role: RoleTarget},
	{Types: all, Field: "linux_user", Kind: KindOSLogin, Role: RoleTarget},
	{Types: all, Field: "participants[]", Kind: KindUser, Role: RoleMember},
	{Types: all, Field: "invited[]", Kind: KindUser, Role: RoleMember},
	{Types: all, Field: "name", Kind: KindResource, Role: RoleSubject},
	{Types: all, Field: "id", Kind: KindResource, Role: RoleSubject},
	{Types: all, Field: "access_list_name", Kind: KindAccessList, Role: RoleTarget, Label: "access_list_title"},
	{Types: all, Field: "host_id", Kind: KindHost, Role: RoleSubject, Label: "node_name"},
	{Types: all, Field: "token_name", Kind: KindToken, Role: RoleVia},
	{Types: all, Field: "session_chunk_id", Kind: KindSession, Role: RoleSubject},

	// Users and what lets one in.
	{Types: []string{"user.create", "user.update", "user.delete", "reset_password_token.create", "recovery_token.create", "privilege_token.create"}, Field: "name", Kind: KindUser, Role: RoleSubject},
	{Types: []string{"user.create", "user.update"}, Field: "roles[]", Kind: KindRole, Role: RoleTarget},
	{Types: []string{"user.create", "user.update"}, Field: "connector", Kind: KindConnector, Role: RoleVia},
	{Types: []string{"user.create", "user.update"}, Field: "connector", Kind: KindUnknown, When: Condition{Field: "connector", Is: []string{"local"}}}, // none
	{Types: []string{"user.login"}, Field: "applied_login_rules[]", Kind: KindResource, Role: RoleVia},
	{Types: []string{"mfa.add", "mfa.delete"}, Field: "mfa_device_uuid", Kind: KindMFADevice, Role: RoleSubject, Label: "mfa_device_name"},
	{Types: []string{"user_login.invalid_access_list", "okta.assignment.process", "okta.assignment.cleanup"}, Field: "user", Kind: KindUser, Role: RoleSubject},
	{Types: []string{"scim.*"}, Field: "teleport_id", Kind: KindResource, Role: RoleSubject},
	{Types: []string{"scim.*"}, Field: "teleport_id", Kind: KindUser, Role: RoleSubject, When: Condition{Field: "resource_type", Is: []string{"user", "User", "users", "Users"}}},
	{Types: []string{"static_host_user.*"}, Field: "name", Kind: KindOSLogin, Role: RoleSubject},
	{Types: []string{"stable_unix_user.create"}, Field: "stable_unix_user/username", Kind: KindOSLogin, Role: RoleSubject},
	{Types: []string{"bot.join"}, Field: "user_name", Kind: KindUser, Role: RoleActor},
	{Types: []string{"bot.*"}, Field: "name", Kind: KindBot, Role: RoleSubject},

	// Certificates. The identity inside is the actor: the event has no user.
	{Types: []string{"cert.create"}, Field: "identity/user", Kind: KindUser, Role: RoleActor},
	{Types: []string{"cert.create"}, Field: "identity/impersonator", Kind: KindUser, Role: RoleImpersonator},
	{Types: []string{"cert.create"}, Field: "identity/client_ip", Kind: KindAddress, Role: RoleSource, Port: true},
	{Types: []string{"cert.create"}, Field: "identity/roles[]", Kind: KindRole, Role: RoleVia},
	{Types: []string{"cert.create"}, Field: "identity/access_requests[]", Kind: KindRequest, Role: RoleVia},
	{Types: []string{"cert.create"}, Field: "identity/mfa_device_uuid", Kind: KindMFADevice, Role: RoleVia},
	{Types: []string{"cert.create"}, Field: "identity/device_extensions/device_id", Kind: KindDevice, Role: RoleVia, Label: "identity/device_extensions/asset_tag"},
	{Types: []string{"cert.create"}, Field: "identity/bot_name", Kind: KindBot, Role: RoleActor},
	{Types: []string{"cert.create"}, Field: "identity/bot_instance_id", Kind: KindResource, Role: RoleVia},
	{Types: []string{"cert.create"}, Field: "identity/kubernetes_cluster", Kind: KindKubeCluster, Role: RoleTarget},
	{Types: []string{"cert.create"}, Field: "identity/route_to_database/service_name", Kind: KindDatabase, Role: RoleTarget},
	{Types: []string{"cert.create"}, Field: "identity/route_to_app/name", Kind: KindApp, Role: RoleTarget},
	{Types: []string{"cert.create"}, Field: "identity/route_to_app/session_id", Kind: KindSession, Role: RoleTarget},

	// Access requests: a review names its actor in `reviewer`; a `user` beside
	// it, where a server writes one, is the one who asked.
	{Types: []string{"access_request.*"}, Field: "id", Kind: KindRequest, Role: RoleSubject},
	{Types: []string{"access_request.*"}, Field: "name", Kind: KindRequest, Role: RoleSubject},
	{Types: []string{"access_request.create", "access_request.update", "access_request.review"}, Field: "roles[]", Kind: KindRole, Role: RoleTarget},
	{Types: []string{"access_request.*"}, Field: "promoted_access_list_name", Kind: KindAccessList, Role: RoleTarget},
	{Types: []string{"access_request.review"}, Field: "user", Kind: KindUser, Role: RoleRequester},
	{Types: []string{"access_request.search"}, Field: "search_as_roles[]", Kind: KindRole, Role: RoleTarget},

	// What a request asks for, and what a certificate is then limited to.
	{Types: []string{"access_request.*"}, Field: "resource_ids[]/name", Kind: KindResource, Role: RoleTarget},
	{Types: []string{"access_request.*"}, Field: "resource_ids[]/name", Kind: KindHost, Role: RoleTarget, When: Condition{Field: "resource_ids[]/kind", Is: hosts}},
	{Types: []string{"access_request.*"}, Field: "resource_ids[]/name", Kind: KindDatabase, Role: RoleTarget, When: Condition{Field: "resource_ids[]/kind", Is: databases}},
	{Types: []string{"access_request.*"}, Field: "resource_ids[]/name", Kind: KindApp, Role: RoleTarget, When: Condition{Field: "resource_ids[]/kind", Is: apps}},
	{Types: []string{"access_request.*"}, Field: "resource_ids[]/name", Kind: KindKubeCluster, Role: RoleTarget, When: Condition{Field: "resource_ids[]/kind", Is: kubeClusters}},
	{Types: []string{"access_request.*"}, Field: "resource_ids[]/name", Kind: KindDesktop, Role: RoleTarget, When: Condition{Field: "resource_ids[]/kind", Is: desktops}},
	{Types: []string{"cert.create"}, Field: "identity/allowed_resource_ids[]/name", Kind: KindResource, Role: RoleTarget},
	{Types: []string{"cert.create"}, Field: "identity/allowed_resource_ids[]/name", Kind: KindHost, Role: RoleTarget, When: Condition{Field: "identity/allowed_resource_ids[]/kind", Is: hosts}},
	{Types: []string{"cert.create"}, Field: "identity/allowed_resource_ids[]/name", Kind: KindDatabase, Role: RoleTarget, When: Condition{Field: "identity/allowed_resource_ids[]/kind", Is: databases}},
	{Types: []string{"cert.create"}, Field: "identity/allowed_resource_ids[]/name", Kind: KindApp, Role: RoleTarget, When: Condition{Field: "identity/allowed_resource_ids[]/kind", Is: apps}},
	{Types: []string{"cert.create"}, Field: "identity/allowed_resource_ids[]/name", Kind: KindKubeCluster, Role: RoleTarget, When: Condition{Field: "identity/allowed_resource_ids[]/kind", Is: kubeClusters}},
	{Types: []string{"cert.create"}, Field: "identity/allowed_resource_ids[]/name", Kind: KindDesktop, Role: RoleTarget, When: Condition{Field: "identity/allowed_resource_ids[]/kind", Is: desktops}},

	// Access lists. Only `updated_by` says who did it. A member is a user, or a
	// list whose own members it brings along.
	{Types: []string{"access_list.create", "access_list.update", "access_list.delete", "access_list.review"}, Field: "name", Kind: KindAccessList, Role: RoleSubject, Label: "access_list_title"},
	{Types: []string{"access_list.member.*"}, Field: "members[]/member_name", Kind: KindUser, Role: RoleMember},
	{Types: []string{"access_list.member.*"}, Field: "members[]/member_name", Kind: KindAccessList, Role: RoleMember, When: Condition{Field: "members[]/membership_kind", Is: []string{"2"}}},
	{Types: []string{"access_list.member.*"}, Field: "name", Kind: KindUnknown},
	{Types: []string{"access_list.review"}, Field: "removed_members[]", Kind: KindUser, Role: RoleMember},

	// Roles, connectors, clusters and the other named resources.
	{Types: []string{"role.*"}, Field: "name", Kind: KindRole, Role: RoleSubject},
	{Types: []string{"github.*", "oidc.*", "saml.created", "saml.updated", "saml.deleted"}, Field: "name", Kind: KindConnector, Role: RoleSubject},
	{Types: []string{"trusted_cluster.*"}, Field: "name", Kind: KindCluster, Role: RoleSubject},
	{Types: []string{"app.create", "app.update", "app.delete"}, Field: "name", Kind: KindApp, Role: RoleSubject},
	{Types: []string{"db.create", "db.update", "db.delete"}, Field: "name", Kind: KindDatabase, Role: RoleSubject},
	{Types: []string{"kube.create", "kube.update", "kube.delete"}, Field: "name", Kind: KindKubeCluster, Role: RoleSubject},
	{Types: []string{"cert_auth_override.*"}, Field: "ca_override/cluster_name", Kind: KindCluster, Role: RoleSubject},
	{Types: []string{"access_graph.access_path_changed"}, Field: "affected_resource_name", Kind: KindResource, Role: RoleSubject},
	{Types: []string{"ssm.run"}, Field: "instance_id", Kind: KindResource, Role: RoleTarget},
	{Types: []string{"subsystem"}, Field: "name", Kind: KindUnknown}, // "sftp" names a protocol

	// Service providers that trust the cluster, and identities of workloads.
	{Types: []string{"saml.idp.auth"}, Field: "service_provider_entity_id", Kind: KindResource, Role: RoleTarget},
	{Types: []string{"saml.idp.service.provider.*"}, Field: "service_provider_entity_id", Kind: KindResource, Role: RoleSubject},
	{Types: []string{"spiffe.svid.issued"}, Field: "spiffe_id", Kind: KindResource, Role: RoleSubject},
	{Types: []string{"spiffe.svid.issued"}, Field: "workload_identity", Kind: KindResource, Role: RoleVia},

	// Addresses that were reached from inside: forwarded ports, connections
	// that enhanced recording saw, dials that an application service refused.
	{Types: []string{"port", "port.*"}, Field: "addr", Kind: KindAddress, Role: RoleTarget, Port: true},
	{Types: []string{"session.network"}, Field: "dst_addr", Kind: KindAddress, Role: RoleTarget, Port: true},
	{Types: []string{"app.session.target_dial.denied"}, Field: "blocked_ip", Kind: KindAddress, Role: RoleTarget, Port: true},

	// Desktops. Their service logs the desktop as `addr.remote` and the client
	// as `addr.local`; where it does not, the usual reading holds.
	{Types: desktopEvents, Field: "desktop_addr", Kind: KindAddress, Role: RoleTarget, Port: true},
	{Types: desktopEvents, Field: "addr.remote", Kind: KindAddress, Role: RoleSource, Port: true},
	{Types: desktopEvents, Field: "addr.remote", Kind: KindUnknown, When: Condition{Field: "addr.remote", Same: "desktop_addr"}},
	{Types: desktopEvents, Field: "addr.local", Kind: KindAddress, Role: RoleSource, Port: true, When: Condition{Field: "addr.remote", Same: "desktop_addr"}},
	{Types: desktopEvents, Field: "windows_desktop_service", Kind: KindHost, Role: RoleTarget},

	// Join tokens, and what joins with them.
	{Types: []string{"join_token.*", "scoped_token.*", "trusted_cluster_token.create"}, Field: "name", Kind: KindToken, Role: RoleSubject},

	// Locks: the target stands in `target` up to 16 and in `lock.target` since.
	{Types: []string{"lock.*"}, Field: "name", Kind: KindLock, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "target/user", Kind: KindUser, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "target/role", Kind: KindRole, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "target/login", Kind: KindOSLogin, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "target/node", Kind: KindHost, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "target/server_id", Kind: KindHost, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "target/mfa_device", Kind: KindMFADevice, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "target/windows_desktop", Kind: KindDesktop, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "target/access_request", Kind: KindRequest, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "target/device", Kind: KindDevice, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "target/join_token", Kind: KindToken, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "target/bot_instance_id", Kind: KindResource, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "lock/target/user", Kind: KindUser, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "lock/target/role", Kind: KindRole, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "lock/target/login", Kind: KindOSLogin, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "lock/target/node", Kind: KindHost, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "lock/target/server_id", Kind: KindHost, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "lock/target/mfa_device", Kind: KindMFADevice, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "lock/target/windows_desktop", Kind: KindDesktop, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "lock/target/access_request", Kind: KindRequest, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "lock/target/device", Kind: KindDevice, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "lock/target/join_token", Kind: KindToken, Role: RoleSubject},
	{Types: []string{"lock.*"}, Field: "lock/target/bot_instance_id", Kind: KindResource, Role: RoleSubject},

	// Device trust, and evidence that was looked at.
	{Types: []string{"device*"}, Field: "device/device_id", Kind: KindDevice, Role: RoleSubject, Label: "device/asset_tag"},
	{Types: []string{"session.recording.access"}, Field: "sid", Kind: KindSession, Role: RoleSubject},
	{Types: []string{"saml.idp.auth"}, Field: "session_id", Kind: KindSession, Role: RoleTarget},
}

// Types that several rows speak of, and the kinds of a `resource_ids` element.
var (
	all           = []string{"*"}
	desktopEvents = []string{"windows.desktop.session.*", "linux.desktop.session.*", "desktop.*"}
	hosts         = []string{"node"}
	databases     = []string{"db", "db_server"}
	apps          = []string{"app", "app_server"}
	kubeClusters  = []string{"kube_cluster", "kube_server", "pod", "namespace"}
	desktops      = []string{"windows_desktop"}
)

// specificity ranks how closely a type pattern speaks of an event type: 0 not
// at all, then "*", longer prefixes, and the exact name highest.
func specificity(pattern, eventType string) int {
	if pattern == eventType {
		return 1 << 16
	}
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok && strings.HasPrefix(eventType, prefix) {
		return 1 + len(prefix)
	}
	return 0
}

// RowsFor returns the rows of Table that count for an event type, in table
// order: for each field only those of the closest pattern. Rows that always say
// KindUnknown silence a field and are left out.
func RowsFor(eventType string) []Row {
	best := make(map[string]int)
	rank := make([]int, len(Table))
	for i, row := range Table {
		for _, p := range row.Types {
			rank[i] = max(rank[i], specificity(p, eventType))
		}
		best[row.Field] = max(best[row.Field], rank[i])
	}
	var out []Row
	for i, row := range Table {
		if rank[i] > 0 && rank[i] == best[row.Field] && (row.Kind != KindUnknown || row.When.Field != "") {
			out = append(out, row)
		}
	}
	return out
}

// Aliases maps names that some tools and versions give an event type to the
// name Teleport's server uses. Events keep the name of their line; only
// questions about types look here.
var Aliases = map[string]string{
	"access_list.member.add":                "access_list.member.create",
	"access_list.member.delete_all_members": "access_list.member.delete_all_for_access_list",
	"access_graph.path.changed":             "access_graph.access_path_changed",
}
