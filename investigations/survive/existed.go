package survive

import (
	"context"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// presets are roles that every cluster has, whatever wrote them last.
var presets = []string{
	"access", "editor", "auditor", "requester", "reviewer", "group-access", "device-admin", "device-enroll",
	"require-trusted-device", "terraform-provider", "access-plugin", "list-access-request-resources",
	"wildcard-workload-identity-issuer", "mcp-user",
}

// existed reports whether a user, bot, role, list or the like was there before
// the attacker wrote it: it acted, was held, or was written earlier. That
// nothing earlier names it proves nothing, since the evidence begins somewhere.
func (g *gatherer) existed(ctx context.Context, e investigations.Entity, before time.Time) (bool, error) {
	if e.Kind == investigations.KindRole && (slices.Contains(presets, e.Name) || strings.HasPrefix(e.Name, "okta-")) {
		return true, nil
	}
	groups, err := g.groupsOf(ctx, e)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(groups, func(p pivot.Group) bool {
		return lives(e.Kind, p) && !p.First.IsZero() && p.First.Before(before)
	}), nil
}

// lives reports whether events of a group show that an entity was there. A name
// that somebody failed to sign in with, or asked for, need not be anybody's.
func lives(kind investigations.Kind, p pivot.Group) bool {
	switch kind {
	case investigations.KindUser:
		switch p.Type {
		case "user.login":
			return strings.HasSuffix(p.Code, "I")
		case "user.create", "user.update":
			return p.Role == investigations.RoleSubject
		case "cert.create", "session.start":
			return p.Role == investigations.RoleActor
		}
		return false
	case investigations.KindRole:
		return p.Role == investigations.RoleSubject || p.Role == investigations.RoleVia || strings.HasPrefix(p.Type, "user.")
	}
	return true
}
