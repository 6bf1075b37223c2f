package posture_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"cordon/investigations/actors"
	"cordon/investigations/pivot/pivottest"
	"cordon/investigations/posture"
)

// log writes lines as a server does: each with an uid of its place, from 1, and
// a time.
func log(lines ...string) string {
	var b strings.Builder
	for i, l := range lines {
		fmt.Fprintf(&b, `{"uid":"u%d","time":"2026-11-01T10:00:%02dZ","cluster_name":"tele.example.com",%s}`+"\n", i+1, i, l)
	}
	return b.String()
}

func reportOf(t *testing.T, config *posture.Config, lines ...string) *posture.Report {
	t.Helper()
	x, err := pivottest.New(log(lines...))
	if err != nil {
		t.Fatal(err)
	}
	book, err := actors.Of(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	r, err := posture.Of(t.Context(), x, book, config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func check(t *testing.T, r *posture.Report, id string) posture.Result {
	t.Helper()
	for _, c := range r.Checks {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no check %s", id)
	return posture.Result{}
}

// weakOf writes the weak facts of a check: number, first and last proof, who.
func weakOf(c posture.Result) string {
	var out []string
	for _, f := range c.Shows {
		if !f.Weak {
			continue
		}
		var who []string
		for _, w := range f.Who {
			who = append(who, w.Name)
		}
		out = append(out, fmt.Sprintf("%d %s-%s %s", f.N, f.First.Event, f.Last.Event, strings.Join(who, ",")))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

const robot = `"event":"bot.join","code":"TJ001I","bot_name":"ci","user_name":"bot-ci","success":true,"method":"github"`

// Each check with evidence that it is weak, and what that evidence is; then the
// same evidence with the condition alone turned round.
func TestOf_judgesByProof(t *testing.T) {
	t.Parallel()
	tests := []struct {
		id    string
		lines []string
		want  posture.Verdict
		weak  string
	}{
		{"mfa_at_login", []string{
			`"event":"user.login","code":"T1000I","user":"ann","success":true,"method":"local"`,
			`"event":"user.login","code":"T1000I","user":"bea","success":true,"method":"local","mfa_device":{"mfa_device_uuid":"d"}`,
			`"event":"user.login","code":"T1000I","user":"ann","success":true,"method":"local"`,
		}, posture.Weak, "2 u1-u3 ann"},
		{"mfa_at_login", []string{`"event":"user.login","code":"T1000I","user":"ann","success":true,"method":"local","mfa_device":{"mfa_device_uuid":"d"}`}, posture.Good, ""},
		{"mfa_at_login", []string{`"event":"user.login","code":"T1000W","user":"ann","success":false,"method":"local"`}, posture.Unknown, ""},
		{"mfa_at_login", []string{`"event":"user.login","code":"T1001I","user":"ann","success":true,"method":"saml"`}, posture.Unknown, ""},

		{"session_mfa", []string{
			`"event":"session.start","code":"T2000I","user":"ann","login":"ubuntu","with_mfa":""`,
			`"event":"db.session.start","code":"TDB00I","user":"bea","success":true,"db_service":"pg"`,
			`"event":"session.start","code":"T2000I","user":"cat","login":"ubuntu","with_mfa":"d"`,
		}, posture.Weak, "1 u1-u1 ann; 1 u2-u2 bea"},
		{"session_mfa", []string{`"event":"session.start","code":"T2000I","user":"ann","with_mfa":"d"`}, posture.Good, ""},
		{"session_mfa", []string{`"event":"session.start","code":"T2000I","user":"ann","private_key_policy":"hardware_key_touch"`}, posture.Good, ""},
		{"session_mfa", []string{`"event":"session.start","code":"T2000I","user":"ann","private_key_policy":"none"`}, posture.Weak, "1 u1-u1 ann"},
		{"session_mfa", []string{`"event":"db.session.start","code":"TDB00W","user":"bea","success":false,"db_service":"pg"`}, posture.Unknown, ""},
		{"session_mfa", []string{robot, `"event":"session.start","code":"T2000I","user":"bot-ci"`}, posture.Unknown, ""},
		{"session_mfa", []string{`"event":"session.start","code":"T2000I","user":"bot-ci"`}, posture.Weak, "1 u1-u1 bot-ci"},

		{"device_trust", []string{`"event":"session.start","code":"T2000I","user":"ann"`}, posture.Weak, "1 u1-u1 ann"},
		{"device_trust", []string{`"event":"session.start","code":"T2000I","user":"ann","trusted_device":{"device_id":"d"}`}, posture.Good, ""},
		{"device_trust", []string{`"event":"user.login","code":"T1000I","user":"ann","success":true,"method":"local"`}, posture.Unknown, ""},

		{"max_session_ttl", []string{
			`"event":"cert.create","cert_type":"user","identity":{"user":"ann","roles":["ops"],"expires":"2026-11-02T10:00:00Z"}`,
			`"event":"cert.create","cert_type":"user","identity":{"user":"bea","roles":["ops"],"expires":"2026-11-01T22:00:01.5Z"}`,
			`"event":"cert.create","cert_type":"user","identity":{"user":"cat","expires":"2026-12-24T10:00:00Z","impersonator":"ann"}`,
		}, posture.Weak, "1 u1-u1 ann; 1 u3-u3 cat"},
		{"max_session_ttl", []string{`"event":"cert.create","cert_type":"user","identity":{"user":"ann","expires":"2026-11-01T22:00:00Z"}`}, posture.Good, ""},
		{"max_session_ttl", []string{`"event":"cert.create","cert_type":"user","identity":{"user":"ann","expires":"0001-01-01T00:00:00Z"}`}, posture.Unknown, ""},
		{"max_session_ttl", []string{`"event":"cert.create","cert_type":"host","identity":{"user":"h.tele.example.com","expires":"2036-11-01T22:00:00Z"}`}, posture.Unknown, ""},
		{"max_session_ttl", []string{robot, `"event":"cert.create","cert_type":"user","identity":{"user":"bot-ci","expires":"2026-11-09T22:00:00Z"}`}, posture.Unknown, ""},

		{"dual_authorization", []string{ // by one other
			`"event":"access_request.create","id":"r1","user":"ann","roles":["dba"],"state":"PENDING"`,
			`"event":"access_request.review","id":"r1","reviewer":"bea","proposed_state":"APPROVED","state":"APPROVED"`,
		}, posture.Weak, "1 u2-u2 ann"},
		{"dual_authorization", []string{ // by oneself, beside others
			`"event":"access_request.create","id":"r1","user":"ann","roles":["dba"],"state":"PENDING"`,
			`"event":"access_request.review","id":"r1","reviewer":"ann","proposed_state":"APPROVED","state":"PENDING"`,
			`"event":"access_request.review","id":"r1","reviewer":"bea","proposed_state":"APPROVED","state":"APPROVED"`,
		}, posture.Weak, "1 u3-u3 ann"},
		{"dual_authorization", []string{ // by an update alone, as the open-source edition logs it
			`"event":"access_request.create","id":"r1","user":"ann","roles":["dba"],"state":"PENDING"`,
			`"event":"access_request.update","id":"r1","updated_by":"ann","state":"APPROVED"`,
		}, posture.Weak, "1 u2-u2 ann"},
		{"dual_authorization", []string{
			`"event":"access_request.create","id":"r1","user":"ann","roles":["dba"],"state":"PENDING"`,
			`"event":"access_request.review","id":"r1","reviewer":"bea","proposed_state":"APPROVED","state":"PENDING"`,
			`"event":"access_request.review","id":"r1","reviewer":"cat","proposed_state":"APPROVED","state":"APPROVED"`,
		}, posture.Good, ""},
		{"dual_authorization", []string{ // the same reviewer twice is one
			`"event":"access_request.create","id":"r1","user":"ann","roles":["dba"],"state":"PENDING"`,
			`"event":"access_request.review","id":"r1","reviewer":"bea","proposed_state":"APPROVED","state":"PENDING"`,
			`"event":"access_request.review","id":"r1","reviewer":"bea","proposed_state":"APPROVED","state":"APPROVED"`,
		}, posture.Weak, "1 u3-u3 ann"},
		{"dual_authorization", []string{ // denied
			`"event":"access_request.create","id":"r1","user":"ann","roles":["dba"],"state":"PENDING"`,
			`"event":"access_request.review","id":"r1","reviewer":"bea","proposed_state":"DENIED","state":"DENIED"`,
		}, posture.Unknown, ""},
		{"dual_authorization", []string{ // approved, nobody named
			`"event":"access_request.create","id":"r1","user":"ann","roles":["dba"],"state":"PENDING"`,
			`"event":"access_request.update","id":"r1","state":"APPROVED"`,
		}, posture.Unknown, ""},

		{"denied_requests", []string{`"event":"access_request.create","id":"r1","user":"ann","roles":["dba"],"state":"PENDING"`}, posture.Unknown, ""},
		{"trait_limits", []string{`"event":"access_request.create","id":"r1","user":"ann","roles":["dba"],"state":"PENDING"`}, posture.Unknown, ""},

		{"admin_roles", []string{`"event":"role.updated","code":"T9002I","user":"ann","name":"ops"`}, posture.Weak, "1 u1-u1 ann"},
		{"admin_roles", []string{`"event":"role.updated","code":"T9002I","user":"ann","name":"ops","access_requests":["r1"]`}, posture.Good, ""},
		{"admin_roles", []string{`"event":"role.created","code":"T9000I","user":"system","name":"access"`}, posture.Unknown, ""},
		{"admin_roles", []string{`"event":"user.create","code":"T1002I","user":"ann","name":"ann"`}, posture.Unknown, ""},
		{"admin_roles", []string{`"event":"cert.create","cert_type":"user","identity":{"user":"ann","roles":["access","editor"]}`}, posture.Weak, "1 u1-u1 ann"},
		{"admin_roles", []string{`"event":"cert.create","cert_type":"user","identity":{"user":"ann","roles":["access","editor"],"access_requests":["r1"]}`}, posture.Unknown, ""},
		{"admin_roles", []string{`"event":"cert.create","cert_type":"user","identity":{"user":"ann","roles":["access","editorial"]}`}, posture.Unknown, ""},

		{"impersonation", []string{`"event":"cert.create","cert_type":"user","identity":{"user":"ci","impersonator":"ann"}`}, posture.Weak, "1 u1-u1 ci"},
		{"impersonation", []string{`"event":"session.start","user":"ci","impersonator":"ann"`}, posture.Weak, "1 u1-u1 ci"},
		{"impersonation", []string{`"event":"cert.create","cert_type":"user","identity":{"user":"ci","impersonator":""}`}, posture.Good, ""},

		{"session_recording", []string{`"event":"session.start","user":"ann","session_recording":"off"`}, posture.Weak, "1 u1-u1 ann"},
		{"session_recording", []string{`"event":"session.start","user":"ann","session_recording":"node"`}, posture.Good, ""},
		{"session_recording", []string{`"event":"session.start","user":"ann"`}, posture.Unknown, ""},
		{"session_recording", []string{`"event":"session_recording_config.update","code":"TCREC003I","user":"ann","success":true`}, posture.Unknown, ""},
		{"session_recording", []string{`"event":"windows.desktop.session.end","user":"ann","desktop_name":"w","recorded":false`}, posture.Weak, "1 u1-u1 ann"},

		{"root_logins", []string{`"event":"session.start","user":"ann","login":"root"`, `"event":"exec","user":"bea","login":"root"`}, posture.Weak, "1 u1-u1 ann; 1 u2-u2 bea"},
		{"root_logins", []string{`"event":"session.start","user":"ann","login":"rooter"`}, posture.Good, ""},
		{"root_logins", []string{`"event":"session.start","user":"ann","login":"-teleport-internal-join"`}, posture.Unknown, ""},

		{"system_masters", []string{`"event":"kube.request","user":"ann","kubernetes_groups":["dev","system:masters"]`}, posture.Weak, "1 u1-u1 ann"},
		{"system_masters", []string{`"event":"kube.request","user":"ann","kubernetes_groups":["dev"]`}, posture.Good, ""},
		{"system_masters", []string{`"event":"kube.request","user":"ann"`}, posture.Unknown, ""},

		{"locking_mode", []string{`"event":"auth_preference.update","code":"TCAUTH001I","user":"ann","success":true`}, posture.Unknown, ""},

		{"join_tokens", []string{`"event":"instance.join","code":"TJ002I","method":"token","token_name":"***1","node_name":"n","success":true,"token_expires":"2026-11-08T10:00:00Z"`}, posture.Weak, "1 u1-u1 ***1"},
		{"join_tokens", []string{`"event":"instance.join","code":"TJ002I","method":"token","token_name":"***1","node_name":"n","success":true,"token_expires":"2026-11-02T10:00:00Z"`}, posture.Good, ""},
		{"join_tokens", []string{`"event":"instance.join","code":"TJ002I","method":"token","token_name":"***1","node_name":"n","success":true`}, posture.Unknown, ""},
		{"join_tokens", []string{`"event":"instance.join","code":"TJ002E","method":"token","token_name":"***1","success":false,"token_expires":"2026-11-08T10:00:00Z"`}, posture.Unknown, ""},
		{"join_tokens", []string{`"event":"instance.join","code":"TJ002I","method":"iam","token_name":"hosts","success":true`}, posture.Unknown, ""},
		{"join_tokens", []string{`"event":"join_token.create","code":"TJT00I","user":"ann","name":"***2","join_method":"token","expires":"0001-01-01T00:00:00Z"`}, posture.Weak, "1 u1-u1 ann"},
		{"join_tokens", []string{`"event":"join_token.create","code":"TJT00I","user":"ann","name":"***2","join_method":"token","expires":"2026-11-01T11:00:00Z"`}, posture.Good, ""},

		{"static_tokens", []string{`"event":"instance.join","code":"TJ002I","method":"token","token_name":"***1","success":true`}, posture.Unknown, ""},
		{"static_tokens", []string{`"event":"instance.join","code":"TJ002I","method":"token","token_name":"***1","success":true,"token_expires":"2026-11-02T10:00:00Z"`}, posture.Good, ""},
		{"static_tokens", []string{
			`"event":"instance.join","code":"TJ002I","method":"token","token_name":"***1","success":true,"token_expires":"2026-11-02T10:00:00Z"`,
			`"event":"instance.join","code":"TJ002I","method":"token","token_name":"***2","success":true`,
		}, posture.Unknown, ""},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		seen[tt.id] = true
		got := check(t, reportOf(t, nil, tt.lines...), tt.id)
		if got.Verdict != tt.want || weakOf(got) != tt.weak {
			t.Errorf("%s of %s:\n%s, weak %q; want %s, %q\n%+v", tt.id, strings.Join(tt.lines, "\n"), got.Verdict, weakOf(got), tt.want, tt.weak, got.Shows)
		}
	}
	for _, id := range posture.IDs() {
		if !seen[id] {
			t.Errorf("no evidence for check %s", id)
		}
	}
}

func TestOf_withoutEvidenceNothingIsGood(t *testing.T) {
	t.Parallel()
	for _, c := range reportOf(t, nil, `"event":"teapot.brewed","user":"ann"`).Checks {
		if c.Verdict != posture.Unknown || c.Says == "" || c.Cannot == "" || c.Question == "" || len(c.Shows) != 0 {
			t.Errorf("%s: %+v", c.ID, c)
		}
	}
}

// What the live configuration says goes before what the log shows; a part of it
// that was not read decides nothing.
func TestOf_configurationDecides(t *testing.T) {
	t.Parallel()
	good := posture.Config{
		AuthPreference: &posture.AuthPreference{SecondFactor: "on", RequireSessionMFA: true, LockingMode: "strict", DeviceTrust: "required"},
		RecordingMode:  "node-sync",
		Roles:          []posture.Role{{Name: "user", MaxSessionTTL: 4 * time.Hour, Request: []string{"dba"}, Approvals: 2, DenyRequest: []string{"admin"}, DenyByTrait: true, Logins: []string{"ubuntu"}}},
		Users:          []posture.User{{Name: "ann", Roles: []string{"user"}}},
		Tokens:         []posture.Token{},
	}
	bad := posture.Config{
		AuthPreference: &posture.AuthPreference{SecondFactor: "optional", LockingMode: "best_effort", DeviceTrust: "off"},
		RecordingMode:  "off",
		Roles: []posture.Role{{
			Name: "user", Request: []string{"dba"}, Approvals: 1, Logins: []string{"root"}, KubeGroups: []string{"system:masters"}, Writes: true, Impersonates: true,
		}},
		Users:  []posture.User{{Name: "ann", Roles: []string{"user"}}},
		Tokens: []posture.Token{{Name: "***1", Method: "token", Static: true}, {Name: "***2", Method: "token"}},
	}
	weakLogin := `"event":"user.login","code":"T1000I","user":"ann","success":true,"method":"local"`
	for name, tt := range map[string]struct {
		config posture.Config
		want   posture.Verdict
	}{"good": {good, posture.Good}, "weak": {bad, posture.Weak}} {
		for _, c := range reportOf(t, &tt.config, weakLogin).Checks {
			want := tt.want
			if c.ID == "join_tokens" && name == "good" {
				want = posture.Unknown // no token now says nothing of those made tomorrow
			}
			if c.Verdict != want {
				t.Errorf("%s: %s is %s: %s", name, c.ID, c.Verdict, c.Says)
			}
		}
	}
	login := check(t, reportOf(t, &good, weakLogin), "mfa_at_login")
	if !strings.Contains(login.Says, "second_factor is on") || !strings.Contains(login.Says, "before, in this evidence: 1 of 1") || len(login.Shows) != 1 {
		t.Errorf("%+v", login)
	}
	for _, c := range reportOf(t, &posture.Config{}, `"event":"teapot.brewed"`).Checks {
		if c.Verdict != posture.Unknown {
			t.Errorf("an empty configuration makes %s %s", c.ID, c.Verdict)
		}
	}
}

// fields are the paths that each kind of resource may have, as Teleport defines
// them; the ones that these resources need.
var fields = map[string][]string{
	"cluster_auth_preference v2": {"spec.second_factor", "spec.require_session_mfa", "spec.device_trust.mode", "spec.locking_mode"},
	"role v7": {
		"spec.options.max_session_ttl", "spec.allow.request.roles", "spec.allow.request.thresholds.approve", "spec.allow.request.thresholds.deny",
		"spec.allow.review_requests.roles", "spec.allow.rules.resources", "spec.allow.rules.verbs", "spec.deny.request.roles",
		"spec.deny.request.claims_to_roles.claim", "spec.deny.request.claims_to_roles.value", "spec.deny.request.claims_to_roles.roles",
		"spec.deny.impersonate.users", "spec.deny.impersonate.roles", "spec.deny.logins", "spec.deny.kubernetes_groups",
	},
	"session_recording_config v2": {"spec.mode", "spec.proxy_checks_host_keys"},
	"token v2":                    {"spec.roles", "spec.join_method", "spec.allow.aws_account"},
	" ":                           {"auth_service.tokens"}, // the file of the auth service
}

func leaves(at string, v any) []string {
	switch v := v.(type) {
	case map[string]any:
		var out []string
		for k, below := range v {
			out = append(out, leaves(strings.TrimPrefix(at+"."+k, "."), below)...)
		}
		return out
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, leaves(at, item)...)
		}
		if len(out) > 0 {
			return out
		}
	}
	return []string{at}
}

func TestYAML_isAResourceThatTeleportKnows(t *testing.T) {
	t.Parallel()
	for _, id := range posture.IDs() {
		text, ok := posture.YAML(id, 17)
		if !ok || !strings.HasPrefix(text, "# ") {
			t.Fatalf("%s: %q", id, text)
		}
		for doc := range strings.SplitSeq(text, "---\n") {
			var v map[string]any
			if err := yaml.Unmarshal([]byte(doc), &v); err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			kind := fmt.Sprintf("%v %v", or(v["kind"]), or(v["version"]))
			meta, _ := v["metadata"].(map[string]any)
			if kind != " " && (meta == nil || meta["name"] == nil || len(meta) != 1) {
				t.Errorf("%s: %s has no name", id, kind)
			}
			delete(v, "kind")
			delete(v, "version")
			delete(v, "metadata")
			for _, leaf := range leaves("", v) {
				if !slices.Contains(fields[kind], leaf) {
					t.Errorf("%s: %s has no field %s", id, kind, leaf)
				}
			}
		}
	}
	if _, ok := posture.YAML("nothing", 0); ok {
		t.Error("a check that does not exist has a resource")
	}
}

func or(v any) any {
	if v == nil {
		return ""
	}
	return v
}

func TestYAML_rolesAreOfAVersionThatTheServerTakes(t *testing.T) {
	t.Parallel()
	for major, want := range map[int]string{0: "version: v7", 12: "version: v5", 13: "version: v7", 18: "version: v7"} {
		text, _ := posture.YAML("root_logins", major)
		if !strings.Contains(text, want) {
			t.Errorf("server %d: %s", major, text)
		}
	}
}

// Counted in parts or at once, the report is the same.
func TestOf_isTheSameInParts(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 3000 {
		lines = append(lines, fmt.Sprintf(`"event":"session.start","code":"T2000I","user":"u%d","login":"root","with_mfa":%q`, i%40, strings.Repeat("d", i%2)))
		lines = append(lines, fmt.Sprintf(`"event":"access_request.review","id":"r%d","reviewer":"u%d","proposed_state":"APPROVED","state":"APPROVED"`, i%1000, i%7))
	}
	r := reportOf(t, nil, lines...)
	mfa := check(t, r, "session_mfa")
	if mfa.Shows[0].N != 1500 || !mfa.Shows[0].Weak || mfa.Shows[1].N != 1500 || len(mfa.Shows[0].Who) != 20 {
		t.Errorf("%+v", mfa.Shows)
	}
	root := check(t, r, "root_logins")
	if root.Shows[0].N != 3000 || len(root.Shows[0].Who) != posture.Listed || root.Shows[0].MoreWho != 40-posture.Listed {
		t.Errorf("%+v", root.Shows)
	}
	requests := check(t, r, "dual_authorization")
	if got := requests.Shows[0].N; got != 1000 { // each has three votes of different people
		t.Errorf("%d requests: %+v", got, requests.Shows)
	}
	again := reportOf(t, nil, lines...)
	if diff := cmp.Diff(r, again); diff != "" {
		t.Error(diff)
	}
}

type broken struct{ *pivottest.Index }

var errBroken = errors.New("the disk is gone")

func (broken) RawEach(context.Context, []int64, func(int64, []byte) error) error { return errBroken }

func TestOf_tellsWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	x, err := pivottest.New(log(`"event":"session.start","user":"ann"`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := posture.Of(t.Context(), broken{x}, nil, nil); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := posture.Of(ctx, x, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
