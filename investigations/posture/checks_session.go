package posture

import (
	"fmt"
	"slices"
	"strings"
)

// masters is the Kubernetes group to which nothing is denied.
const masters = "system:masters"

// sessionChecks are about what one can do in a session, and who sees it.
var sessionChecks = []check{
	{
		id: "session_recording", title: "sessions are recorded",
		question: "Will there be a recording of what the next intruder does?",
		reads: []reads{
			{[]string{"session.start"}, []string{"user", "login", "server_hostname", "session_recording"}},
			{[]string{"windows.desktop.session.end"}, []string{"user", "desktop_name", "recorded"}},
			{[]string{"session_recording_config.update"}, []string{"user"}},
		},
		take:       takeRecording,
		weak:       "%s of %s sessions were not recorded",
		good:       "%[1]s of %[1]s sessions that say so were recorded",
		silent:     "no session in this evidence says whether it was recorded",
		cannot:     "Whether recordings arrived: the gaps of the case list those that are missing. Commands without a terminal are in the log, their output is nowhere.",
		configured: configuredRecording,
		warning:    "The modes with sync end a session when its recording cannot be stored: see first that the storage keeps up.",
		sql: `SELECT user, server_hostname AS host, COUNT(*) AS sessions FROM session_start
WHERE session_recording = 'off' GROUP BY user, server_hostname
UNION ALL
SELECT user, desktop_name AS host, COUNT(*) AS sessions FROM windows_desktop_session_end
WHERE recorded = false GROUP BY user, desktop_name`,
	},
	{
		id: "root_logins", title: "no log-ins as root",
		question: "Do people work as root all the time?",
		reads:    []reads{{[]string{"session.start", "exec"}, []string{"user", "login", "server_hostname", "proto"}}},
		take:     takeRoot,
		weak:     "%s of %s sessions and commands ran as root",
		good:     "0 of %s sessions and commands ran as root",
		silent:   "no session on a host in this evidence",
		cannot:   "Whether root would be allowed, and who became root inside a session (sudo): only recordings and enhanced recording show that.",
		warning:  "Keep one role that may be requested for emergencies before root is denied.",
		sql: `SELECT 'session' AS what, user, server_hostname, COUNT(*) AS times FROM session_start WHERE login = 'root' GROUP BY user, server_hostname
UNION ALL
SELECT 'command' AS what, user, server_hostname, COUNT(*) AS times FROM exec WHERE login = 'root' GROUP BY user, server_hostname`,
		configured: configuredRoot,
	},
	{
		id: "system_masters", title: "no " + masters,
		question: "Does a role bypass the access rules of Kubernetes?",
		reads:    []reads{{[]string{"kube.request"}, []string{"user", "kubernetes_cluster", "kubernetes_groups"}}},
		take:     takeMasters,
		weak:     "%s of %s Kubernetes requests were made as " + masters,
		good:     "0 of %s Kubernetes requests were made as " + masters,
		silent:   "no Kubernetes request in this evidence names its groups",
		cannot:   "Whether it would be allowed, and what the groups that were used instead may do: that stands in the Kubernetes cluster.",
		warning:  "See first that the group that takes its place can do the work (kubectl auth can-i --list).",
		sql: `SELECT user, kubernetes_cluster, COUNT(*) AS requests FROM kube_request
WHERE CONTAINS(kubernetes_groups, 'system:masters')
GROUP BY user, kubernetes_cluster ORDER BY requests DESC`,
		configured: configuredMasters,
	},
}

func takeRecording(t *tally, r *record) {
	user, where := r.text("user"), r.text("server_hostname")
	switch r.typ {
	case "session_recording_config.update":
		t.see(asideShade, "changes of the recording mode; to what is not logged", r, user)
		return
	case "windows.desktop.session.end":
		switch r.text("recorded") {
		case "true":
			t.see(goodShade, "desktop sessions that were recorded", r, user, r.text("desktop_name"))
		case "false":
			t.see(weakShade, "desktop sessions that were not recorded", r, user, r.text("desktop_name"))
		}
		return
	}
	switch mode := r.text("session_recording"); mode {
	case "":
		t.see(asideShade, "sessions that do not say whether they were recorded", r, user)
	case "off":
		t.see(weakShade, "sessions that were not recorded", r, user, where)
	default:
		t.see(goodShade, "sessions that were recorded", r, "", "mode "+mode)
	}
}

func takeRoot(t *tally, r *record) {
	login := r.text("login")
	as, other := "sessions as root", "sessions as somebody else"
	if r.typ == "exec" {
		as, other = "commands as root", "commands as somebody else"
	}
	switch {
	case login == "" || strings.HasPrefix(login, "-teleport-"):
	case login == "root":
		t.see(weakShade, as, r, r.text("user"), r.text("server_hostname"))
	default:
		t.see(goodShade, other, r, "")
	}
}

func takeMasters(t *tally, r *record) {
	groups := r.list("kubernetes_groups")
	switch {
	case slices.Contains(groups, masters):
		t.see(weakShade, "requests as "+masters, r, r.text("user"), r.text("kubernetes_cluster"))
	case len(groups) > 0:
		t.see(goodShade, "requests in other groups", r, "", groups...)
	}
}

func configuredRecording(c *Config) (Verdict, string) {
	switch c.RecordingMode {
	case "":
		return "", ""
	case "off":
		return Weak, "the recording mode is off"
	}
	return Good, "the recording mode is " + c.RecordingMode
}

func configuredRoot(c *Config) (Verdict, string) {
	return withoutIn(c, "log-ins as root", func(r Role) bool { return slices.Contains(r.Logins, "root") })
}

func configuredMasters(c *Config) (Verdict, string) {
	return withoutIn(c, masters, func(r Role) bool { return slices.Contains(r.KubeGroups, masters) })
}

// withoutIn asks that no role has something.
func withoutIn(c *Config, what string, has func(Role) bool) (Verdict, string) {
	if len(c.Roles) == 0 {
		return "", ""
	}
	var have []string
	for _, role := range c.Roles {
		if has(role) {
			have = append(have, role.Name)
		}
	}
	if len(have) > 0 {
		return Weak, fmt.Sprintf("these roles allow %s: %s", what, listed(have))
	}
	return Good, "no role allows " + what
}
