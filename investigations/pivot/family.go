package pivot

import (
	"slices"

	"cordon/investigations"
)

// family is what is asked of an identity that is no user.
type family struct {
	// own come first: categories that only this kind has, and some of the table
	// that mean something of their own here, under the table's key.
	own []category
	// also are the keys of the table that are asked of the kind too.
	also []string
}

// roles in which things stand in events.
var (
	subjectRole = []investigations.Role{investigations.RoleSubject}
	targetRole  = []investigations.Role{investigations.RoleTarget}
	sourceRole  = []investigations.Role{investigations.RoleSource}
	viaRole     = []investigations.Role{investigations.RoleVia}
)

// leads and types that several families share.
var (
	joinedHost = lead{investigations.KindHost, subjectRole}
	anyBot     = lead{kind: investigations.KindBot}
	anyToken   = lead{kind: investigations.KindToken}
	reached    = lead{investigations.KindAddress, targetRole}
	joins      = []string{"instance.join", "bot.join"}
	statements = []string{"db.session.query", "db.session.query.failed", "db.session.postgres.*", "db.session.mysql.*", "db.session.sqlserver.*", "db.session.spanner.*", "db.session.cassandra.*", "db.session.elasticsearch.*", "db.session.opensearch.*", "db.session.dynamodb.*"}
	forwarding = []string{"port", "port.*", "session.network", "x11-forward", "agent-forward", "app.session.target_dial.denied"}
)

// who is the first question about anything: whoever stands in an event that
// names it. It counts every event, so it is also how often it was seen.
var who = category{
	key: "people", title: "who", asked: true, plain: true,
	counts: []match{{types: []string{"*"}}}, leads: []lead{anyBot},
}

// families is the table of what is asked of each kind of identity but a user.
// Kinds that are not in it are asked who, and the whole table of a user.
var families = map[investigations.Kind]family{
	investigations.KindRole: {
		own: []category{
			titled("users", "given to users"), titled("certificates", "held in certificates"),
			titled("access_requests", "asked for in requests"), titled("roles", "written"),
		},
		also: []string{"locks"},
	},
	investigations.KindToken: {
		own: []category{
			{
				key: "joins", title: "joined with it",
				counts: []match{{types: joins, roles: viaRole}},
				leads:  []lead{joinedHost, anyBot, address},
			},
			titled("join_tokens", "made, changed"),
		},
		also: []string{"bots", "locks"},
	},
	investigations.KindBot: {
		own: []category{
			{
				key: "joins", title: "joined",
				counts: []match{{types: joins, roles: did}},
				leads:  []lead{anyToken, address},
			},
			{
				key: "bots", title: "made, changed",
				counts: []match{{types: []string{"bot.create", "bot.update", "bot.delete"}}},
				leads:  []lead{anyToken},
			},
		},
		also: []string{"certificates", "sessions", "commands", "kubernetes", "databases", "apps", "locks"},
	},
	investigations.KindRequest: {
		own: []category{
			titled("access_requests", "asked for and reviewed"),
			{
				key: "decisions", title: "decided by",
				// Versions without reviews decide a request by writing it.
				counts: []match{{types: []string{"access_request.review", "access_request.update"}, roles: subjectRole}},
				leads:  []lead{{investigations.KindUser, []investigations.Role{investigations.RoleReviewer, investigations.RoleUpdater}}},
			},
			titled("certificates", "carried by certificates"), titled("sessions", "sessions with it"),
		},
		also: []string{"commands", "files", "databases", "kubernetes", "apps", "desktops", "locks"},
	},
	investigations.KindAccessList: {
		own: []category{
			{
				key: "access_lists", title: "members changed", failures: true,
				counts: []match{{types: []string{"access_list.member.*"}}},
				leads:  []lead{memberUser, {kind: investigations.KindAccessList}},
			},
			{
				key: "written", title: "written, reviewed", failures: true,
				counts: []match{{types: []string{"access_list.create", "access_list.update", "access_list.delete", "access_list.review"}, roles: subjectRole}},
				leads:  []lead{memberUser},
			},
		},
		also: []string{"access_requests"},
	},
	investigations.KindSession: {
		own: []category{
			{
				// Of whatever sort: the table counts those of a shell alone.
				key: "sessions", title: "started", failures: true,
				counts: []match{{types: []string{
					"session.start", "db.session.start", "app.session.start", "mcp.session.start",
					"windows.desktop.session.start", "linux.desktop.session.start",
				}}},
				leads: []lead{host, login, database, app, desktop, kube, address, heldRequest, behind},
			},
			{
				key: "joined", title: "took part",
				counts: []match{{types: []string{"session.join", "session.leave"}, roles: targetRole}},
				leads:  []lead{address},
			},
			{
				key: "programs", title: "programs, files opened",
				// What enhanced recording saw the kernel do.
				counts: []match{{types: []string{"session.command", "session.disk", "session.process_exit"}, roles: targetRole}},
				leads:  []lead{host},
			},
			{
				key: "statements", title: "statements", failures: true,
				counts: []match{{types: statements, roles: targetRole}},
				leads:  []lead{database},
			},
			{
				key: "network", title: "connections out",
				counts: []match{{types: forwarding, roles: targetRole}},
				leads:  []lead{reached},
			},
			{
				key: "ends", title: "ended, cut, uploaded",
				counts: []match{{types: []string{
					"session.end", "session.upload", "client.disconnect", "session.rejected", "db.session.end", "app.session.end", "mcp.session.end",
					"windows.desktop.session.end", "linux.desktop.session.end", "session.recording.access",
				}}},
				leads: []lead{memberUser},
			},
		},
		also: []string{"commands", "files", "databases", "kubernetes", "apps", "desktops", "recordings_viewed"},
	},
	investigations.KindHost: {
		own: []category{
			{
				key: "joins", title: "joined the cluster",
				counts: []match{{types: []string{"instance.join"}, roles: subjectRole}},
				leads:  []lead{anyToken, address},
			},
			{
				key: "network", title: "connections out",
				counts: []match{{types: forwarding, roles: targetRole}},
				leads:  []lead{reached, login},
			},
			{
				key: "refused", title: "refused or cut",
				counts: []match{{types: []string{"session.rejected", "auth", "client.disconnect"}, roles: targetRole}},
				leads:  []lead{login, address},
			},
		},
		also: []string{"sessions", "commands", "files", "databases", "kubernetes", "apps", "desktops", "access_requests", "locks"},
	},
	investigations.KindAddress: {
		own: []category{
			{
				key: "refused", title: "refused from it",
				counts: []match{{types: []string{"auth", "session.rejected"}, roles: sourceRole}},
				leads:  []lead{host, login},
			},
			{
				key: "joins", title: "joined from it",
				counts: []match{{types: joins, roles: sourceRole}},
				leads:  []lead{joinedHost, anyBot, anyToken},
			},
			{
				key: "reached", title: "reached from inside",
				counts: []match{{types: []string{"*"}, roles: targetRole}},
				leads:  []lead{host, session},
			},
		},
		also: []string{"logins", "certificates", "sessions", "commands", "files", "databases", "kubernetes", "apps", "desktops", "mfa_devices", "users"},
	},
	investigations.KindMFADevice: {
		own: []category{
			titled("mfa_devices", "enrolled, removed"), titled("logins", "logins with it"), titled("certificates", "certificates it vouched for"),
		},
		also: []string{"sessions", "commands", "databases", "kubernetes", "apps", "desktops", "locks"},
	},
	investigations.KindDevice: {
		own: []category{
			titled("devices", "enrolled, changed"), titled("logins", "logins from it"), titled("certificates", "certificates issued to it"),
		},
		also: []string{"sessions", "commands", "databases", "kubernetes", "apps", "desktops", "locks"},
	},
	investigations.KindDatabase: {
		own: []category{
			titled("databases", "sessions, registered"),
			{
				key: "statements", title: "statements", failures: true,
				counts: []match{{types: statements, roles: targetRole}},
				leads:  []lead{session},
			},
			{
				key: "accounts", title: "accounts inside it",
				counts: []match{{types: []string{"db.session.user.*", "db.session.permissions.update"}, roles: targetRole}},
				leads:  []lead{session},
			},
			titled("certificates", "certificates for it"),
		},
		also: []string{"access_requests"},
	},
	investigations.KindKubeCluster: {
		own:  []category{titled("kubernetes", "requests, shells, registered"), titled("certificates", "certificates for it")},
		also: []string{"sessions", "commands", "access_requests"},
	},
	investigations.KindApp: {
		own:  []category{titled("apps", "sessions, registered"), titled("certificates", "certificates for it")},
		also: []string{"access_requests"},
	},
	investigations.KindDesktop: {
		own:  []category{titled("desktops", "sessions, clipboard, shares"), titled("files", "files read, written")},
		also: []string{"access_requests", "locks"},
	},
	investigations.KindOSLogin: {
		own: []category{
			{
				key: "refused", title: "refused",
				counts: []match{{types: []string{"auth", "session.rejected"}, roles: targetRole}},
				leads:  []lead{host, address},
			},
			{
				key: "accounts", title: "host account written",
				counts: []match{{types: []string{"static_host_user.*", "stable_unix_user.create"}, roles: subjectRole}},
			},
		},
		also: []string{"sessions", "commands", "files", "desktops", "locks"},
	},
	investigations.KindLock:        {own: []category{titled("locks", "placed, lifted")}},
	investigations.KindConnector:   {own: []category{titled("connectors", "written"), titled("users", "users it brought")}},
	investigations.KindCluster:     {own: []category{titled("clusters", "made, removed")}},
	investigations.KindCertificate: {own: []category{titled("certificates", "issued")}},
	investigations.KindResource:    {},
}

// titled is a category of the table under another title.
func titled(key, title string) category {
	c := ofAnything(categories[slices.IndexFunc(categories, func(c category) bool { return c.key == key })])
	c.title = title
	return c
}

// ofAnything makes a category that speaks of a user count for identities of
// another kind: whatever part they play.
func ofAnything(c category) category {
	if c.others != nil {
		c.counts, c.others = c.others, nil
		return c
	}
	counts := slices.Clone(c.counts)
	for i := range counts {
		counts[i].roles = nil
	}
	c.counts = counts
	return c
}

// tableOf lists the categories that are asked of a kind of identity, in the
// order of display. All keys of the table are among them, for every kind: what
// was not asked is found only where there is something to find.
func tableOf(kind investigations.Kind) []category {
	if kind == investigations.KindUser {
		all := slices.Clone(categories)
		for i := range all {
			all[i].asked = true
		}
		return all
	}
	f, known := families[kind]
	all := []category{who}
	own := map[string]bool{}
	for _, c := range f.own {
		c.asked, own[c.key] = true, true
		all = append(all, c)
	}
	for _, c := range categories {
		if own[c.key] {
			continue
		}
		c = ofAnything(c)
		c.asked = !known || slices.Contains(f.also, c.key)
		all = append(all, c)
	}
	return all
}
