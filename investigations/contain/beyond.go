package contain

import (
	"context"

	"cordon/investigations"
)

// tie is one way in which something outlives the lock of the user behind it.
type tie struct {
	types []string
	// roles are the user's part in the event.
	roles []investigations.Role
	// kind and role are those of what is not reached.
	kind investigations.Kind
	role investigations.Role
	why  string
}

var authors = []investigations.Role{investigations.RoleActor, investigations.RoleUpdater}

// ties lists what the lock of a user leaves alone, strongest first: the first
// tie found for an entity is the one shown.
var ties = []tie{
	{
		types: []string{"cert.create", "session.start", "db.session.start", "app.session.start", "exec"},
		roles: []investigations.Role{investigations.RoleImpersonator},
		kind:  investigations.KindUser, role: investigations.RoleActor, why: "it holds certificates in this name",
	},
	{types: []string{"user.create"}, roles: authors, kind: investigations.KindUser, role: investigations.RoleSubject, why: "made by it"},
	{types: []string{"user.update", "user.password_change", "reset_password_token.create"}, roles: authors, kind: investigations.KindUser, role: investigations.RoleSubject, why: "changed by it"},
	{types: []string{"bot.create"}, roles: authors, kind: investigations.KindBot, role: investigations.RoleSubject, why: "made by it"},
	{types: []string{"join_token.create", "scoped_token.create", "trusted_cluster_token.create"}, roles: authors, kind: investigations.KindToken, role: investigations.RoleSubject, why: "made by it; lets others join"},
	{
		types: []string{"access_list.member.create", "access_list.member.add"},
		roles: authors, kind: investigations.KindUser, role: investigations.RoleMember, why: "put on an access list by it",
	},
	{types: []string{"role.created", "role.updated"}, roles: authors, kind: investigations.KindRole, role: investigations.RoleSubject, why: "written by it"},
	{types: []string{"github.created", "oidc.created", "saml.created", "github.updated", "oidc.updated", "saml.updated"}, roles: authors, kind: investigations.KindConnector, role: investigations.RoleSubject, why: "written by it"},
	{types: []string{"trusted_cluster.create"}, roles: authors, kind: investigations.KindCluster, role: investigations.RoleSubject, why: "trusted by it"},
	{types: []string{"access_request.review"}, roles: []investigations.Role{investigations.RoleReviewer}, kind: investigations.KindRequest, role: investigations.RoleSubject, why: "reviewed by it"},
	{types: []string{"access_request.update"}, roles: authors, kind: investigations.KindRequest, role: investigations.RoleSubject, why: "decided by it"},
}

// unreached adds what a user made or holds that a lock of the user leaves
// alone: the lock names the user and nothing else. The user itself, and others
// that the lock does reach, are left out when the impact is put together.
func (a *assessor) unreached(ctx context.Context, user string) error {
	e := investigations.Entity{Kind: investigations.KindUser, Name: user}
	for _, t := range ties {
		err := a.events(ctx, e, t.roles, t.types, func(ev *investigations.Event) {
			for _, v := range ev.Involved {
				if v.Entity.Kind != t.kind || v.Role != t.role {
					continue
				}
				known, ok := a.beyond[v.Entity]
				if ok && (known.Why != t.why || !ev.Time.Before(known.Time)) {
					continue
				}
				a.beyond[v.Entity] = Beyond{Entity: v.Entity, Label: v.Label, Why: t.why, Event: ev.UID, Time: ev.Time}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
