package contain_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
)

var now = time.Date(2026, 11, 18, 21, 0, 0, 0, time.UTC)

func one(f contain.Field, v string) []contain.Target { return []contain.Target{{Field: f, Value: v}} }

func TestTargetOf(t *testing.T) {
	t.Parallel()
	unknown, v12, v17, v18 := contain.Server{}, contain.Server{Major: 12}, contain.Server{Major: 17}, contain.Server{Major: 18}
	const id = "dc7cee9d-fe5e-4534-a90d-db770f0234a1"
	tests := []struct {
		kind   investigations.Kind
		name   string
		server contain.Server
		want   string // the target, or part of what to lock instead after "!"
	}{
		{investigations.KindUser, "mallory@example.com", unknown, "--user=mallory@example.com"},
		{investigations.KindRole, "editor", unknown, "--role=editor"},
		{investigations.KindOSLogin, "root", v12, "--login=root"},
		{investigations.KindMFADevice, id, v12, "--mfa-device=" + id},
		{investigations.KindDesktop, "WIN-1", v17, "--windows-desktop=WIN-1"},
		{investigations.KindRequest, id, v12, "--access-request=" + id},
		{investigations.KindDevice, id, v17, "--device=" + id},
		{investigations.KindDevice, id, unknown, "--device=" + id},
		{investigations.KindDevice, id, v12, "!lock the user who signs in with it"},
		{investigations.KindHost, id, v17, "--server-id=" + id},
		{investigations.KindHost, id, unknown, "--server-id=" + id},
		{investigations.KindHost, id, v12, "--node=" + id},
		{investigations.KindBot, "ci", v17, "--user=bot-ci"},
		{investigations.KindBot, "night build", v17, "--user=bot-night-build"},
		{investigations.KindToken, "github-bot", v18, "--join-token=github-bot"},
		{investigations.KindToken, "github-bot", v17, "!tctl tokens rm"},
		{investigations.KindToken, "github-bot", unknown, "!version is not known"},
		{investigations.KindToken, "************a2418147", v18, "!the log masks this token's name"},
		{investigations.KindSession, id, v17, "!lock its user or its access request"},
		{investigations.KindAddress, "203.0.113.7", v17, "!the users seen from it"},
		{investigations.KindDatabase, "pg", v17, "!the server id of the agent"},
		{investigations.KindApp, "grafana", v17, "!the server id of the agent"},
		{investigations.KindKubeCluster, "prod", v17, "!the server id of the agent"},
		{investigations.KindAccessList, id, v17, "!tctl acl users rm"},
		{investigations.KindCertificate, id, v17, "!lock its user"},
		{investigations.KindLock, id, v17, "!lock board"},
		{investigations.KindConnector, "okta", v17, "!the roles it grants"},
		{investigations.KindCluster, "leaf", v17, "!trusted_cluster"},
		{investigations.KindResource, "x", v17, "!lock the user"},
		{investigations.KindUser, "", v17, "!names nothing"},
		{investigations.KindUser, "a\x00b", v17, "!NUL"},
		{investigations.KindUser, "a\xffb", v17, "!UTF-8"},
	}
	covered := map[investigations.Kind]bool{}
	for _, tt := range tests {
		covered[tt.kind] = true
		got, err := contain.TargetOf(investigations.Entity{Kind: tt.kind, Name: tt.name}, tt.server)
		if text, refused := strings.CutPrefix(tt.want, "!"); refused {
			if !errors.Is(err, contain.ErrNoLock) || !strings.Contains(err.Error(), text) {
				t.Errorf("%s %q on %d: %v, want …%s…", tt.kind, tt.name, tt.server.Major, err, text)
			}
			continue
		}
		if line := got.Field.Flag() + "=" + got.Value; err != nil || line != tt.want {
			t.Errorf("%s %q on %d: %s, %v, want %s", tt.kind, tt.name, tt.server.Major, line, err, tt.want)
		}
	}
	for _, kind := range investigations.Kinds() {
		if !covered[kind] {
			t.Errorf("no test says what locks a %s", kind)
		}
	}
}

func TestTargetsOfSession(t *testing.T) {
	t.Parallel()
	got, err := contain.TargetsOfSession(investigations.Session{ID: "s", User: "mallory@example.com"}, []string{"261e80c5", ""})
	want := []contain.Target{{Field: contain.FieldUser, Value: "mallory@example.com"}, {Field: contain.FieldAccessRequest, Value: "261e80c5"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := contain.TargetsOfSession(investigations.Session{ID: "4be1c9d2"}, nil); !errors.Is(err, contain.ErrNoLock) || !strings.Contains(err.Error(), "tsh join --mode=moderator 4be1c9d2") {
		t.Errorf("a session of nobody: %v", err)
	}
}

func TestFields_namesReadBack(t *testing.T) {
	t.Parallel()
	for _, f := range contain.Fields() {
		for _, name := range []string{f.String(), strings.TrimPrefix(f.Flag(), "--")} {
			if got, ok := contain.ParseField(name); !ok || got != f {
				t.Errorf("ParseField(%q) = %v, %v", name, got, ok)
			}
		}
	}
	if _, err := json.Marshal(contain.Target{Value: "x"}); err == nil {
		t.Error("a target without a field was written")
	}
}

func TestPlan_command(t *testing.T) {
	t.Parallel()
	tests := []struct {
		request contain.Request
		want    string
	}{
		{contain.Request{Targets: one(contain.FieldUser, "mallory@example.com")}, "tctl lock --user=mallory@example.com --message='compromised, see case' --ttl=24h"},
		{contain.Request{Targets: one(contain.FieldUser, "-eve; reboot"), Message: "it's over", TTL: 90 * time.Minute}, `tctl lock --user='-eve; reboot' --message='it'\''s over' --ttl=1h30m`},
		{contain.Request{Targets: one(contain.FieldRole, "editor"), TTL: contain.Forever}, "tctl lock --role=editor --message='compromised, see case'"},
		{contain.Request{Targets: one(contain.FieldLogin, "root"), Expires: now.Add(time.Hour).In(time.FixedZone("", 7200))}, "tctl lock --login=root --message='compromised, see case' --expires=2026-11-18T22:00:00Z"},
		{contain.Request{Targets: append(one(contain.FieldUser, "a"), one(contain.FieldLogin, "root")...), Message: "m", TTL: 45 * time.Second}, "tctl lock --user=a --login=root --message=m --ttl=45s"},
		{contain.Request{Targets: one(contain.FieldNode, "n"), Message: "m", TTL: 10 * time.Minute, Server: contain.Server{Major: 12}}, "tctl lock --node=n --message=m --ttl=10m"},
		{contain.Request{Targets: one(contain.FieldBotInstanceID, "n"), Message: "m", TTL: 10 * time.Hour, Server: contain.Server{Major: 18}}, "tctl lock --bot-instance-id=n --message=m --ttl=10h"},
	}
	for i, tt := range tests {
		if got := containtest.Plan(t, byte(i), tt.request).Command(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestNewPlan_refuses(t *testing.T) {
	t.Parallel()
	mallory := one(contain.FieldUser, "mallory@example.com")
	tests := map[string]struct {
		request contain.Request
		why     string
	}{
		"nothing":         {contain.Request{}, "nothing to lock"},
		"empty value":     {contain.Request{Targets: one(contain.FieldUser, "  ")}, "would lock nothing"},
		"no field":        {contain.Request{Targets: one(contain.FieldNone, "x")}, "no field"},
		"twice":           {contain.Request{Targets: append(mallory, one(contain.FieldUser, "eve")...)}, "place two locks"},
		"both times":      {contain.Request{Targets: mallory, TTL: time.Hour, Expires: now}, "use only one of --expires and --ttl"},
		"no time":         {contain.Request{Targets: mallory, TTL: time.Millisecond}, "would end before it starts"},
		"negative":        {contain.Request{Targets: mallory, TTL: -time.Hour}, "would end before it starts"},
		"part of seconds": {contain.Request{Targets: mallory, Expires: now.Add(time.Millisecond)}, "whole seconds"},
		"message":         {contain.Request{Targets: mallory, Message: "\xff"}, "must be text"},
		"old server":      {contain.Request{Targets: one(contain.FieldServerID, "x"), Server: contain.Server{Major: 12}}, "would keep a lock that locks nothing: use --node"},
		"old server, bot": {contain.Request{Targets: one(contain.FieldBotInstanceID, "x"), Server: contain.Server{Major: 17}}, "it needs 18"},
		"new server":      {contain.Request{Targets: one(contain.FieldNode, "x"), Server: contain.Server{Major: 17}}, "use --server-id"},
		"unknown server":  {contain.Request{Targets: one(contain.FieldNode, "x")}, "the server's version is not known: use --server-id"},
	}
	for name, tt := range tests {
		if _, err := contain.NewPlan(tt.request, bytes.NewReader(make([]byte, 16))); err == nil || !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: %v, want …%s…", name, err, tt.why)
		}
	}
	if _, err := contain.NewPlan(contain.Request{Targets: mallory}, strings.NewReader("short")); err == nil {
		t.Error("a plan without a name was made")
	}
}

// resource is the lock as `tctl create` reads it.
type resource struct {
	Kind     string
	Version  string
	Metadata struct{ Name string }
	Spec     struct {
		Target  map[string]string
		Message string
		Expires string
	}
}

func TestPlan_yamlReadsBack(t *testing.T) {
	t.Parallel()
	check := func(t interface{ Fatalf(string, ...any) }, user, message string) {
		p, err := contain.NewPlan(contain.Request{
			Targets: append(one(contain.FieldUser, user), one(contain.FieldMFADevice, "no")...), Message: message,
		}, bytes.NewReader(make([]byte, 16)))
		if err != nil {
			t.Fatalf("plan for %q: %v", user, err)
		}
		var got resource
		if err := yaml.Unmarshal([]byte(p.YAML(now)), &got); err != nil {
			t.Fatalf("%v in\n%s", err, p.YAML(now))
		}
		if got.Spec.Target["user"] != user || got.Spec.Target["mfa_device"] != "no" || got.Spec.Message != message {
			t.Fatalf("%q and %q read back as %+v from\n%s", user, message, got.Spec, p.YAML(now))
		}
		if got.Metadata.Name != p.Name || got.Kind != "lock" || got.Version != "v2" || got.Spec.Expires != "2026-11-19T21:00:00Z" {
			t.Fatalf("got %+v", got)
		}
	}
	for _, s := range hostile {
		if s = strings.ToValidUTF8(s, "?"); strings.TrimSpace(s) != "" {
			check(t, s, s)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[^\x00]{0,20}x`)
		check(t, text.Draw(t, "user"), text.Draw(t, "message"))
	})
}

func TestPlan_wordsForAPerson(t *testing.T) {
	t.Parallel()
	p := containtest.Plan(t, 1, contain.Request{Targets: append(one(contain.FieldRole, "ops"), one(contain.FieldLogin, "root")...)})
	if p.Title() != "role ops or OS login root" || p.OrNote() == "" || p.Length() != "24h" {
		t.Errorf("%q, %q, %q", p.Title(), p.OrNote(), p.Length())
	}
	if p.Undo() != "tctl rm lock/"+p.Name {
		t.Errorf("undo = %s", p.Undo())
	}
	forever := containtest.Plan(t, 1, contain.Request{Targets: one(contain.FieldUser, "a"), TTL: contain.Forever})
	if forever.Length() != "no end" || !forever.Ends(now).IsZero() || forever.OrNote() != "" {
		t.Errorf("%q, %v", forever.Length(), forever.Ends(now))
	}
	var out struct {
		TTL, Command, Name string
		Targets            []contain.Target
		Verdict            struct{ Level string }
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if out.TTL != "24h" || out.Command != p.Command() || out.Name != p.Name || len(out.Targets) != 2 || out.Verdict.Level != "narrow" {
		t.Errorf("JSON %s", b)
	}
}

func TestUndoCommand_namesThisLockAndNoOther(t *testing.T) {
	t.Parallel()
	const other = "dc7cee9d-fe5e-4534-a90d-db770f0234a1"
	for name, want := range map[string]string{
		other:          "tctl rm lock/" + other,
		"okta;id":      "tctl rm 'lock/okta;id'",
		"-x":           "tctl rm lock/-x",
		"a/" + other:   "tctl rm lock/a/" + other,
		"a//" + other:  "cordon unlock --live --case NAME a//" + other,
		"a/b/" + other: "cordon unlock --live --case NAME a/b/" + other,
		"/a":           "cordon unlock --live --case NAME /a",
		"a/":           "cordon unlock --live --case NAME a/",
		"a " + other:   "cordon unlock --live --case NAME 'a " + other + "'",
		"-a\t" + other: `cordon unlock --live --case NAME -- "$(printf '\055a\011` + strings.ReplaceAll(other, "-", `\055`) + `')"`,
	} {
		if got := contain.UndoCommand(name); got != want {
			t.Errorf("%q is removed by %s, want %s", name, got, want)
		}
	}
}
