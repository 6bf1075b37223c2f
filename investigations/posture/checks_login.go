package posture

import "fmt"

// loginChecks are about how one gets in.
var loginChecks = []check{
	{
		id: "mfa_at_login", title: "second factor at log-in",
		question: "Does a stolen password alone let one in?",
		reads:    []reads{{[]string{"user.login"}, []string{"user", "method", "mfa_device/mfa_device_uuid"}}},
		take:     takeLogin,
		weak:     "%s of %s log-ins with a password of the cluster's own named no second factor",
		good:     "%[1]s of %[1]s log-ins with a password of the cluster's own named a second factor",
		silent:   "no user of the cluster's own logged in in this evidence",
		cannot: "Whether a second factor is demanded of those who did not log in here, and what the identity provider asks of those " +
			"who come through a connector.",
		warning: "Whoever has no second factor is locked out by this. First set second_factor to optional, have everybody enrol " +
			"one, then set it to on; for an account that has none by then: tctl users reset NAME.",
		configured: configuredLogin,
		sql: `SELECT user, COUNT(*) AS logins FROM user_login
WHERE success = true AND method = 'local' AND mfa_device_mfa_device_uuid IS NULL
GROUP BY user ORDER BY logins DESC`,
	},
	{
		id: "session_mfa", title: "second factor at each session",
		question: "Does a stolen certificate alone open a session?",
		reads: []reads{
			{sessionStarts, []string{"user", "bot_name", "with_mfa", "private_key_policy", "login", "db_service", "app_name", "desktop_name"}},
			{[]string{"kube.request"}, []string{"user", "bot_name", "with_mfa", "private_key_policy", "kubernetes_cluster"}},
		},
		take:       takeSessionMFA,
		weak:       "%s of %s sessions and requests of people named no second factor of their own",
		good:       "%[1]s of %[1]s sessions and requests of people named a second factor of their own",
		silent:     "no session of a person in this evidence",
		cannot:     "Whether one role or the whole cluster demands it: the log says what was given, not what was asked.",
		configured: configuredSessionMFA,
		warning: "Users who come through a connector need a second factor of Teleport's own first (tsh mfa add). Robots have none: " +
			"what they reach must not demand it, so set it per role where robots work.",
	},
	{
		id: "device_trust", title: "trusted devices",
		question:   "Does a stolen certificate work from any machine?",
		reads:      []reads{{sessionStarts, []string{"user", "bot_name", "trusted_device/device_id"}}},
		take:       takeDevice,
		weak:       "%s of %s sessions of people came from no trusted device",
		good:       "%[1]s of %[1]s sessions of people came from a trusted device",
		silent:     "no session of a person in this evidence",
		cannot:     "Whether device trust is there at all: it needs Teleport Enterprise.",
		configured: configuredDevice,
		warning: "Whoever has no enrolled device is locked out by this. First set the mode to optional, enrol the devices " +
			"(tctl devices add, tsh device enroll), see them in trusted_device of new sessions, then set it to required.",
	},
	{
		id: "max_session_ttl", title: "life of certificates",
		question: "For how long is a stolen certificate of use?",
		reads: []reads{{[]string{"cert.create"}, []string{
			"cert_type", "identity/user", "identity/impersonator", "identity/bot_name", "identity/expires", "identity/roles",
		}}},
		take:       takeLife,
		weak:       "%s of %s certificates of people live longer than 12 hours",
		good:       "%[1]s of %[1]s certificates of people live 12 hours or less",
		silent:     "no certificate of a person in this evidence says when it ends",
		cannot:     "The limits of roles that nobody used here. Of several roles the shortest limit counts, so a long certificate speaks of all of its roles.",
		configured: configuredLife,
		warning:    "Certificates that exist keep their end: lock those that must not live on (tctl lock --user=NAME).",
	},
}

// sessionStarts are the events with which people reach something.
var sessionStarts = []string{"session.start", "db.session.start", "app.session.start", "windows.desktop.session.start", "linux.desktop.session.start"}

func takeLogin(t *tally, r *record) {
	if r.refused() || r.text("success") != "true" {
		return
	}
	user, method := r.text("user"), r.text("method")
	switch {
	case method != "local":
		t.see(asideShade, "through a connector or otherwise, where others ask for the second factor", r, user, method)
	case r.some("mfa_device/mfa_device_uuid"):
		t.see(goodShade, "with a second factor", r, user)
	default:
		t.see(weakShade, "with a password alone", r, user)
	}
}

// byMachine counts an event of a machine aside; false for all others.
func byMachine(t *tally, r *record, user string) bool {
	if user != "" && !r.some("bot_name") && !r.machine(user) {
		return false
	}
	if user != "" {
		t.see(asideShade, "of robots and other machines", r, user)
	}
	return true
}

// sessionKind is how sessions of a kind are told.
type sessionKind struct{ with, without, key string }

func kindOf(what string) sessionKind {
	return sessionKind{what + " with a second factor", what + " without a second factor", what + " with a hardware key that was touched"}
}

var sessionKinds = map[string]sessionKind{
	"session.start": kindOf("SSH and Kubernetes sessions"), "db.session.start": kindOf("database sessions"),
	"app.session.start": kindOf("application sessions"), "kube.request": kindOf("Kubernetes requests"),
	"windows.desktop.session.start": kindOf("desktop sessions"), "linux.desktop.session.start": kindOf("desktop sessions"),
}

func takeSessionMFA(t *tally, r *record) {
	user := r.text("user")
	if r.refused() || byMachine(t, r, user) {
		return
	}
	what := sessionKinds[r.typ]
	by := reached(r)
	switch r.text("private_key_policy") {
	case "hardware_key_touch", "hardware_key_pin", "hardware_key_touch_and_pin":
		t.see(goodShade, what.key, r, user, by)
		return
	}
	if r.some("with_mfa") {
		t.see(goodShade, what.with, r, user, by)
		return
	}
	t.see(weakShade, what.without, r, user, by)
}

// reached is what a session or request was opened to: a login, a database, …
func reached(r *record) string {
	for _, field := range []string{"login", "db_service", "app_name", "desktop_name", "kubernetes_cluster"} {
		if name := r.text(field); name != "" {
			return name
		}
	}
	return ""
}

func takeDevice(t *tally, r *record) {
	user := r.text("user")
	switch {
	case r.refused() || byMachine(t, r, user):
	case r.some("trusted_device/device_id"):
		t.see(goodShade, "from a trusted device", r, user)
	default:
		t.see(weakShade, "from no trusted device", r, user)
	}
}

func takeLife(t *tally, r *record) {
	user, end := r.text("identity/user"), r.moment("identity/expires")
	if kind := r.text("cert_type"); kind != "" && kind != "user" || user == "" {
		return
	}
	at := r.moment("time")
	if at.IsZero() || end.IsZero() {
		return
	}
	if r.some("identity/bot_name") || r.machine(user) {
		t.see(asideShade, "of robots and other machines", r, user)
		return
	}
	life := end.Sub(at)
	length, shade := "12 hours or less", goodShade
	for _, l := range lives {
		if life > l.more+leeway {
			length, shade = l.words, weakShade
			break
		}
	}
	if signer := r.text("identity/impersonator"); signer != "" {
		t.see(shade, length+", signed for them by another", r, user, "signed by "+signer)
		return
	}
	t.seeEach(shade, length, r, user, "identity/roles")
}

func configuredLogin(c *Config) (Verdict, string) {
	if c.AuthPreference == nil {
		return "", ""
	}
	switch mode := c.AuthPreference.SecondFactor; mode {
	case "on", "otp", "webauthn":
		return Good, "second_factor is " + mode
	case "":
		return "", ""
	default:
		return Weak, "second_factor is " + mode
	}
}

func configuredSessionMFA(c *Config) (Verdict, string) {
	if c.AuthPreference == nil {
		return "", ""
	}
	if c.AuthPreference.RequireSessionMFA {
		return Good, "the cluster demands a second factor for each session"
	}
	return Weak, "the cluster demands no second factor for each session, save what roles demand"
}

func configuredDevice(c *Config) (Verdict, string) {
	if c.AuthPreference == nil || c.AuthPreference.DeviceTrust == "" {
		return "", ""
	}
	if c.AuthPreference.DeviceTrust == "required" {
		return Good, "device trust is required"
	}
	return Weak, "device trust is " + c.AuthPreference.DeviceTrust
}

func configuredLife(c *Config) (Verdict, string) {
	if len(c.Roles) == 0 {
		return "", ""
	}
	var long []string
	for _, role := range c.Roles {
		if role.MaxSessionTTL == 0 || role.MaxSessionTTL > lives[len(lives)-1].more {
			long = append(long, role.Name)
		}
	}
	if len(long) > 0 {
		return Weak, fmt.Sprintf("%d of %d roles set no max_session_ttl of 12 hours or less: %s", len(long), len(c.Roles), listed(long))
	}
	return Good, fmt.Sprintf("all %d roles set max_session_ttl to 12 hours or less", len(c.Roles))
}
