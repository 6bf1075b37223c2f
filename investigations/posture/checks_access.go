package posture

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// accessChecks are about how one gets more rights.
var accessChecks = []check{
	{
		id: "dual_authorization", title: "two approvals",
		question: "Can one person, or the one who asks, grant a role?",
		reads: []reads{
			{[]string{"access_request.create"}, []string{"id", "name", "user", "roles"}},
			{[]string{"access_request.review"}, []string{"id", "name", "reviewer", "proposed_state", "state"}},
			{[]string{"access_request.update"}, []string{"id", "name", "updated_by", "delegator", "state"}},
		},
		take: takeRequest, close: closeRequests,
		weak:   "%s of %s approved access requests had fewer than two approvals of others",
		good:   "%[1]s of %[1]s approved access requests had two approvals of others",
		silent: "no access request was approved in this evidence",
		cannot: "How many approvals the roles demand: a threshold of two shows only in the requests that were decided. Votes before the " +
			"evidence begins are not counted.",
		warning:    "Requests need two people who may review and are there: name enough of them, and keep one way in for an emergency.",
		configured: configuredApprovals,
	},
	{
		id: "denied_requests", title: "roles that may not be asked for",
		question:   "Is somebody stopped from asking for a role that they must never have?",
		reads:      []reads{{[]string{"access_request.create"}, []string{"user", "roles"}}},
		take:       takeAsked,
		silent:     "the log does not tell: a request that the server refuses leaves no event",
		cannot:     "Which roles deny the request of others, and the requests that were refused. Shown is who asked for what and was let.",
		configured: configuredDenials,
		warning:    "deny goes before allow: whoever holds the role with the deny rule loses the request, whatever else they hold.",
	},
	{
		id: "trait_limits", title: "requests limited by trait",
		question: "Does a role that somebody came to hold by mistake let them ask for more?",
		reads:    []reads{{[]string{"access_request.create"}, []string{"user", "roles", "user_traits"}}},
		take:     takeTraits,
		silent:   "the log does not tell: the rules stand in the roles",
		cannot:   "Which roles limit requests by trait. Versions from 18 on log the traits of who asked, older ones do not.",
		warning: "A mistake in the expression denies everybody. Try it with one user first: tsh request create --roles=ROLE as a member of " +
			"the group and as somebody else.",
		configured: configuredTraits,
	},
	{
		id: "admin_roles", title: "no standing admin",
		question: "Is there an identity whose theft is the theft of the cluster?",
		reads: []reads{
			{adminActs, []string{"user", "name", "updated_by", "access_requests"}},
			{[]string{"cert.create"}, []string{"identity/user", "identity/impersonator", "identity/roles", "identity/access_requests"}},
		},
		take:   takeAdmin,
		weak:   "%s of %s acts of administration, and certificates with the role editor or admin, name no access request",
		good:   "%[1]s of %[1]s acts of administration name an access request",
		silent: "nobody administered the cluster in this evidence",
		cannot: "What roles of other names than editor and admin may do: that stands in the roles. An act that names no request rested on a " +
			"role held all the time, or on a request that this version does not log with it. How widely each role is held is told by role " +
			"under the life of certificates.",
		warning: "Keep a way in before you take editor from anybody: tctl on the auth host works without any role. See first that two " +
			"people may approve each other's requests.",
		configured: configuredAdmins,
	},
	{
		id: "impersonation", title: "certificates for others",
		question: "Can an identity make itself certificates in another one's name?",
		reads: []reads{
			{[]string{"cert.create"}, []string{"cert_type", "identity/user", "identity/impersonator"}},
			{sessionStarts, []string{"user", "impersonator"}},
		},
		take:       takeImpersonation,
		weak:       "%s of %s certificates and sessions were made in another one's name",
		good:       "0 of %s certificates and sessions were made in another one's name",
		silent:     "no certificate in this evidence",
		cannot:     "Who would be allowed to. A lock on the one who signed does not stop a certificate that was signed.",
		configured: configuredImpersonation,
		warning:    "Robots of old versions and access plugins work by impersonation: see who is named here before you deny it.",
	},
}

// adminActs are changes that decide who may do what.
var adminActs = []string{
	"role.created", "role.updated", "role.deleted", "user.create", "user.update", "user.delete", "reset_password_token.create",
	"join_token.create", "bot.create", "auth_preference.update", "session_recording_config.update", "cluster_networking_config.update",
	"github.created", "github.updated", "github.deleted", "oidc.created", "oidc.updated", "oidc.deleted", "saml.created", "saml.updated",
	"saml.deleted", "trusted_cluster.create", "trusted_cluster.delete", "login_rule.create", "login_rule.delete",
}

// adminRoles are the roles of Teleport's own that may change everything.
var adminRoles = []string{"editor", "admin"}

// request is an access request as its events tell it.
type request struct {
	by        string
	roles     []string
	approvals map[string]Proof
	approved  Proof // the event after which it was; no Type when it never was
}

func (t *tally) request(id string) *request {
	q := t.requests[id]
	if q == nil {
		q = &request{approvals: map[string]Proof{}}
		t.requests[id] = q
	}
	return q
}

func (q *request) join(o *request) {
	if q.by == "" {
		q.by, q.roles = o.by, o.roles
	}
	for who, p := range o.approvals {
		q.approvals[who] = p
	}
	if o.approved.Type != "" && (q.approved.Type == "" || o.approved.before(q.approved)) {
		q.approved = o.approved
	}
}

func takeRequest(t *tally, r *record) {
	id := r.text("id")
	if id == "" {
		id = r.text("name")
	}
	if id == "" {
		return
	}
	q := t.request(id)
	said := &request{approvals: map[string]Proof{}}
	who, vote := "", ""
	switch r.typ {
	case "access_request.create":
		said.by, said.roles = r.text("user"), r.list("roles")
	case "access_request.review":
		if who, vote = r.text("reviewer"), r.text("proposed_state"); vote == "" {
			vote = r.text("state")
		}
	case "access_request.update":
		if who, vote = r.text("delegator"), r.text("state"); who == "" {
			who = r.text("updated_by")
		}
	}
	if vote == "APPROVED" && who != "" {
		said.approvals[who] = r.proof()
	}
	if r.typ != "access_request.create" && r.text("state") == "APPROVED" {
		said.approved = r.proof()
	}
	q.join(said)
}

func closeRequests(t *tally) {
	for _, q := range t.requests {
		if q.approved.Type == "" {
			continue
		}
		roles := q.roles
		if q.by == "" {
			roles = []string{"(asked before this evidence)"}
		}
		_, self := q.approvals[q.by]
		switch n := len(q.approvals); {
		case self && q.by != "":
			t.add(weakShade, "approved by the one who asked", q.approved, q.by, roles...)
		case n == 0:
			t.add(asideShade, "approved, by whom is not logged", q.approved, q.by, roles...)
		case n == 1:
			t.add(weakShade, "approved by one other alone", q.approved, q.by, roles...)
		default:
			t.add(goodShade, "approved by two others or more", q.approved, q.by, roles...)
		}
	}
}

func takeAsked(t *tally, r *record) {
	if roles := r.list("roles"); len(roles) > 0 {
		t.see(asideShade, "requests for roles that were let", r, r.text("user"), roles...)
	}
}

func takeTraits(t *tally, r *record) {
	what := "requests that do not log the traits of who asked"
	if len(r.raw("user_traits")) > len("{}") {
		what = "requests that log the traits of who asked"
	}
	t.see(asideShade, what, r, r.text("user"), r.list("roles")...)
}

func takeAdmin(t *tally, r *record) {
	if r.typ == "cert.create" {
		takeAdminCertificate(t, r)
		return
	}
	user := r.text("updated_by")
	if user == "" {
		user = r.text("user")
	}
	act := r.typ
	switch {
	case r.refused() || user == "":
	case strings.HasPrefix(act, "user.") && user == r.text("name"):
		t.see(asideShade, "changes of a user that name nobody else as who made them", r, user, act)
	case r.machine(user):
		t.see(asideShade, "acts of the built-in admin, the system, robots and syncs", r, user, act)
	case r.some("access_requests"):
		t.see(goodShade, "acts that name an access request", r, user, act)
	default:
		t.see(weakShade, "acts that name no access request", r, user, act)
	}
}

func takeAdminCertificate(t *tally, r *record) {
	if !slices.ContainsFunc(adminRoles, func(role string) bool { return bytes.Contains(r.raw("identity/roles"), []byte(role)) }) {
		return
	}
	user := r.text("identity/user")
	if user == "" || r.machine(user) || r.some("identity/access_requests") {
		return
	}
	var held []string
	for _, role := range r.list("identity/roles") {
		if slices.Contains(adminRoles, role) {
			held = append(held, role)
		}
	}
	if len(held) > 0 {
		t.see(weakShade, "certificates with a role of Teleport's own that may change everything", r, user, held...)
	}
}

func takeImpersonation(t *tally, r *record) {
	if kind := r.text("cert_type"); kind != "" && kind != "user" {
		return
	}
	what, user, by := "sessions with a certificate that another signed", r.text("user"), r.text("impersonator")
	if r.typ == "cert.create" {
		what, user, by = "certificates signed for another user", r.text("identity/user"), r.text("identity/impersonator")
	}
	switch {
	case by != "" && by != user:
		t.see(weakShade, what, r, user, "signed by "+by)
	case user != "":
		t.see(goodShade, "in their own name", r, "")
	}
}

func configuredApprovals(c *Config) (Verdict, string) {
	var asks, few []string
	for _, role := range c.Roles {
		if len(role.Request) == 0 {
			continue
		}
		asks = append(asks, role.Name)
		if role.Approvals < 2 {
			few = append(few, role.Name)
		}
	}
	switch {
	case len(asks) == 0:
		return "", ""
	case len(few) > 0:
		return Weak, fmt.Sprintf("%d of %d roles let others be asked for with fewer than two approvals: %s", len(few), len(asks), listed(few))
	}
	return Good, fmt.Sprintf("all %d roles that let others be asked for demand two approvals", len(asks))
}

func configuredDenials(c *Config) (Verdict, string) {
	if len(c.Roles) == 0 {
		return "", ""
	}
	for _, role := range c.Roles {
		if len(role.DenyRequest) > 0 {
			return Good, fmt.Sprintf("role %s denies requests for %s", role.Name, listed(role.DenyRequest))
		}
	}
	return Weak, "no role denies the request of another"
}

func configuredTraits(c *Config) (Verdict, string) {
	if len(c.Roles) == 0 {
		return "", ""
	}
	for _, role := range c.Roles {
		if role.DenyByTrait {
			return Good, "role " + role.Name + " denies requests by trait"
		}
	}
	return Weak, "no role limits requests by trait"
}

func configuredAdmins(c *Config) (Verdict, string) {
	if len(c.Roles) == 0 || len(c.Users) == 0 {
		return "", ""
	}
	var held []string
	for _, u := range c.Users {
		for _, role := range c.Roles {
			if role.Writes && slices.Contains(u.Roles, role.Name) {
				held = append(held, u.Name+" ("+role.Name+")")
				break
			}
		}
	}
	if len(held) > 0 {
		return Weak, fmt.Sprintf("%d users may change roles or users all the time: %s", len(held), listed(held))
	}
	return Good, "no user may change roles or users without a request"
}

func configuredImpersonation(c *Config) (Verdict, string) {
	if len(c.Roles) == 0 {
		return "", ""
	}
	var may []string
	for _, role := range c.Roles {
		if role.Impersonates {
			may = append(may, role.Name)
		}
	}
	if len(may) > 0 {
		return Weak, "these roles may sign certificates for others: " + listed(may)
	}
	return Good, "no role may sign certificates for others"
}
