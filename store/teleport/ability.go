package teleport

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gravitational/teleport/api/types"
)

// Need is what one part of cordon asks of an identity.
type Need struct {
	For      string // what it is good for
	Resource string
	Verbs    []string
}

// Needs lists everything that cordon can make use of. Applications, databases and
// Kubernetes clusters are not in it: Teleport lets everybody read those.
var Needs = []Need{
	{"audit events", types.KindEvent, []string{"list", "read"}},
	{"recordings", types.KindSession, []string{"list", "read"}},
	{"live sessions", types.KindSessionTracker, []string{"list", "read"}},
	{"locks", types.KindLock, []string{"list", "create", "read", "update", "delete"}},
	{"join tokens", types.KindToken, []string{"list", "read", "delete"}},
	{"users", types.KindUser, []string{"list", "read"}},
	{"roles", types.KindRole, []string{"list", "read"}},
	{"access requests", types.KindAccessRequest, []string{"list", "read"}},
	{"access lists", types.KindAccessList, []string{"list", "read"}},
	{"login connectors", types.KindAuthConnector, []string{"list", "read"}},
	{"trusted clusters", types.KindTrustedCluster, []string{"read"}},
	{"trusted devices", types.KindDevice, []string{"read"}},
	{"auth and proxy servers", types.KindInstance, []string{"list", "read"}},
	{"cluster settings", types.KindClusterAuthPreference, []string{"read"}},
	{"recording settings", types.KindSessionRecordingConfig, []string{"read"}},
	{"audit SQL on the cluster", types.KindAuditQuery, []string{"list", "read", "use"}},
	{"reports of the cluster", types.KindSecurityReport, []string{"list", "read", "use"}},
}

// Ability is how far an identity meets a need.
type Ability struct {
	Need
	Missing []string // verbs that no role of the identity gives
	// Conditional are verbs that a role gives under a condition of its own, which
	// only the cluster can judge.
	Conditional []string
	// NotOffered says why nobody has it on this cluster, or is empty.
	NotOffered string
}

// Met reports whether nothing is missing.
func (a Ability) Met() bool { return len(a.Missing) == 0 && a.NotOffered == "" }

// Abilities says what this identity may and may not do, by the rules of the
// roles in its certificate.
func (c *Cluster) Abilities(ctx context.Context) ([]Ability, error) {
	roles, err := c.ownRoles(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Ability, len(Needs))
	for i, n := range Needs {
		out[i] = Ability{Need: n, NotOffered: c.notOffered(n.Resource)}
		for _, verb := range n.Verbs {
			switch judge(roles, n.Resource, verb) {
			case no:
				out[i].Missing = append(out[i].Missing, verb)
			case perhaps:
				out[i].Conditional = append(out[i].Conditional, verb)
			}
		}
	}
	return out, nil
}

// ownRoles reads the roles in the certificate of this identity.
func (c *Cluster) ownRoles(ctx context.Context) (roles []types.Role, err error) {
	err = c.call(ctx, "read the roles of this identity", func(ctx context.Context) (err error) {
		roles, err = c.client.GetCurrentUserRoles(ctx)
		return err
	})
	return roles, err
}

func (c *Cluster) notOffered(resource string) string {
	switch {
	case (resource == types.KindAuditQuery || resource == types.KindSecurityReport) && !c.Features.AccessMonitoring:
		return "Access Monitoring is off here: it takes Teleport Enterprise, and does not work with external audit storage. `cordon query` answers the same SQL from the case"
	case resource == types.KindAccessList && !c.Features.AccessLists:
		return "this edition has no access lists"
	case resource == types.KindDevice && !c.Features.DeviceTrust:
		return "this edition has no trusted devices"
	}
	return ""
}

// may is the answer to whether a verb is given.
type may uint8

const (
	no may = iota
	perhaps
	yes
)

// judge says whether the roles together give a verb. A denial wins.
func judge(roles []types.Role, resource, verb string) may {
	given := no
	for _, r := range roles {
		given = max(given, gives(r.GetRules(types.Allow), resource, verb))
	}
	for _, r := range roles {
		switch gives(r.GetRules(types.Deny), resource, verb) {
		case yes:
			return no
		case perhaps:
			given = min(given, perhaps)
		}
	}
	return given
}

func gives(rules []types.Rule, resource, verb string) may {
	out := no
	for _, rule := range rules {
		if !names(rule.Resources, resource) || !names(rule.Verbs, verb) {
			continue
		}
		if rule.Where == "" {
			return yes
		}
		out = perhaps
	}
	return out
}

func names(list []string, name string) bool {
	return slices.Contains(list, name) || slices.Contains(list, types.Wildcard)
}

// RoleName is what the role is called that grants what is missing: `locksmith`
// where it is about locks alone.
func RoleName(missing []Ability) string {
	for _, a := range missing {
		if a.Resource != types.KindLock {
			return "cordon-responder"
		}
	}
	return "locksmith"
}

// RoleYAML is the role that grants exactly what is missing and can be had; empty
// when that is nothing.
func RoleYAML(abilities []Ability) string {
	var missing []Ability
	for _, a := range abilities {
		if len(a.Missing) > 0 && a.NotOffered == "" {
			missing = append(missing, a)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "kind: role\nversion: v5\nmetadata:\n  name: %s\nspec:\n  allow:\n    rules:\n", RoleName(missing))
	for _, a := range missing {
		fmt.Fprintf(&b, "      - resources: [%s] # %s\n        verbs: [%s]\n", a.Resource, a.For, strings.Join(a.Missing, ", "))
	}
	return b.String()
}

// Admins are the users whose roles let them remove a lock, by name.
func (c *Cluster) Admins(ctx context.Context) ([]string, error) {
	users, err := c.allUsers(ctx)
	if err != nil {
		return nil, err
	}
	roles, err := c.allRoles(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, u := range users {
		var own []types.Role
		for _, r := range roles {
			if slices.Contains(u.GetRoles(), r.GetName()) {
				own = append(own, r)
			}
		}
		if judge(own, types.KindLock, "delete") != no {
			out = append(out, u.GetName())
		}
	}
	slices.Sort(out)
	return out, nil
}

// Degraded reports whether an error only means that something cannot be had
// from this cluster with this identity: the rest can go on.
func Degraded(err error) bool { return errors.Is(err, ErrDenied) || errors.Is(err, ErrNotOffered) }
