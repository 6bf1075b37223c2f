package survive

import (
	"context"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
)

// presets are roles that every cluster has, whatever wrote them last.
var presets = []string{
	"access", "editor", "auditor", "requester", "reviewer", "group-access", "device-admin", "device-enroll",
	"require-trusted-device", "terraform-provider", "access-plugin", "list-access-request-resources",
	"wildcard-workload-identity-issuer", "mcp-user",
}

// existed reports whether something was there before the attacker wrote it.
func (g *gatherer) existed(ctx context.Context, e investigations.Entity, before time.Time) (bool, error) {
	if e.Kind == investigations.KindRole && (slices.Contains(presets, e.Name) || strings.HasPrefix(e.Name, "okta-")) {
		return true, nil
	}
	return contain.Existed(ctx, g, e, before)
}
