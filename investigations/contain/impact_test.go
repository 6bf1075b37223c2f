package contain_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
	"cordon/investigations/pivot"
	"cordon/investigations/pivot/pivottest"
)

// incident is a small log: mallory opens sessions, makes a user, a token and a
// bot, signs certificates in the name of carol, and shares roles with others.
const incident = `
{"event":"user.create","uid":"e01","time":"2026-11-18T20:00:00Z","user":"ivy","name":"mallory","roles":["access","dba"]}
{"event":"user.create","uid":"e02","time":"2026-11-18T20:00:01Z","user":"ivy","name":"bob","roles":["access"]}
{"event":"user.login","uid":"e03","time":"2026-11-18T20:30:00Z","user":"mallory","success":true,"addr.remote":"203.0.113.7:5000"}
{"event":"cert.create","uid":"e04","time":"2026-11-18T20:30:01Z","cert_type":"user","identity":{"user":"mallory","roles":["access"]}}
{"event":"cert.create","uid":"e05","time":"2026-11-18T20:31:00Z","cert_type":"user","identity":{"user":"bot-ci","roles":["deploy"]}}
{"event":"session.start","uid":"e06","time":"2026-11-18T20:40:00Z","user":"mallory","login":"root","sid":"s-done","server_id":"h-1","server_hostname":"web-1"}
{"event":"session.end","uid":"e07","time":"2026-11-18T20:41:00Z","user":"mallory","login":"root","sid":"s-done","server_id":"h-1","server_hostname":"web-1"}
{"event":"session.start","uid":"e08","time":"2026-11-18T20:42:00Z","user":"mallory","login":"root","sid":"s-open","server_id":"h-1","server_hostname":"web-1","access_requests":["r-1"],"with_mfa":"m-1"}
{"event":"session.start","uid":"e09","time":"2026-11-18T20:43:00Z","user":"mallory","login":"root","sid":"s-uploaded","server_id":"h-1","server_hostname":"web-1"}
{"event":"session.upload","uid":"e10","time":"2026-11-18T20:44:00Z","sid":"s-uploaded","url":"file:///s-uploaded.tar"}
{"event":"db.session.start","uid":"e11","time":"2026-11-18T20:45:00Z","user":"mallory","success":true,"sid":"s-db","db_service":"orders"}
{"event":"db.session.start","uid":"e12","code":"TDB00W","time":"2026-11-18T20:46:00Z","user":"mallory","success":false,"error":"access to db denied","sid":"s-denied","db_service":"orders"}
{"event":"app.session.start","uid":"e30","time":"2026-11-18T20:46:30Z","user":"mallory","sid":"s-app","app_name":"wiki"}
{"event":"app.session.start","uid":"e31","time":"2026-11-18T20:46:31Z","user":"mallory","sid":"s-tcp","app_name":"redis"}
{"event":"app.session.end","uid":"e32","time":"2026-11-18T20:46:40Z","user":"mallory","sid":"s-tcp","app_name":"redis"}
{"event":"session.start","uid":"e13","time":"2026-11-18T20:47:00Z","user":"bob","login":"root","sid":"s-bob","server_id":"h-2","server_hostname":"web-2"}
{"event":"session.start","uid":"e14","time":"2026-11-18T20:48:00Z","user":"bot-ci","login":"deploy","sid":"s-bot","server_id":"h-2","server_hostname":"web-2"}
{"event":"user.create","uid":"e15","time":"2026-11-18T20:50:00Z","user":"mallory","name":"relay","roles":["access"]}
{"event":"user.update","uid":"e16","time":"2026-11-18T20:51:00Z","user":"mallory","name":"bob","roles":["access","editor"]}
{"event":"user.create","uid":"e17","time":"2026-11-18T20:51:30Z","user":"mallory","name":"mallory","roles":["access"]}
{"event":"join_token.create","uid":"e18","time":"2026-11-18T20:52:00Z","user":"mallory","name":"****************a2418147","roles":["Node"]}
{"event":"bot.create","uid":"e19","time":"2026-11-18T20:53:00Z","user":"mallory","name":"helper"}
{"event":"cert.create","uid":"e20","time":"2026-11-18T20:54:00Z","cert_type":"user","identity":{"user":"carol","impersonator":"mallory","roles":["access"]}}
{"event":"session.start","uid":"e21","time":"2026-11-18T20:55:00Z","user":"carol","impersonator":"mallory","login":"root","sid":"s-carol","server_id":"h-1","server_hostname":"web-1"}
{"event":"access_list.member.create","uid":"e22","time":"2026-11-18T20:56:00Z","updated_by":"mallory","access_list_name":"l-1","members":[{"member_name":"dave"}]}
{"event":"role.created","uid":"e23","time":"2026-11-18T20:57:00Z","user":"7c2c1a52-3a1e-4b7e-9b8f-0b9a2f6d1e11.tele.example.com","name":"other"}
{"event":"access_request.review","uid":"e24","time":"2026-11-18T20:58:00Z","reviewer":"mallory","id":"r-9","state":"APPROVED"}
`

func index(t testing.TB, log string) *pivottest.Index {
	t.Helper()
	x, err := pivottest.New(log)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// brief is an impact in a few words, so that a table can hold it.
func brief(im contain.Impact) string {
	var b strings.Builder
	for _, s := range im.Sessions {
		fmt.Fprintf(&b, "cuts %s %s@%s of %s\n", s.ID, s.Login, s.Where, s.User)
	}
	for _, s := range im.Apps {
		fmt.Fprintf(&b, "perhaps %s %s of %s\n", s.ID, s.Where, s.User)
	}
	for _, u := range im.Users {
		fmt.Fprintf(&b, "hits %s\n", u.Name)
	}
	for _, bot := range im.Bots {
		fmt.Fprintf(&b, "stops %s\n", bot)
	}
	for _, x := range im.Beyond {
		fmt.Fprintf(&b, "not %s: %s (%s)\n", x.Entity, x.Why, x.Event)
	}
	for _, u := range im.Unseen {
		fmt.Fprintf(&b, "unseen %s\n", u)
	}
	if im.You {
		b.WriteString("you\n")
	}
	if im.Control {
		b.WriteString("control\n")
	}
	return b.String()
}

func TestAssess(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		targets []contain.Target
		guard   contain.Guard
		want    string
	}{
		"a user, and what the lock leaves alone": {
			targets: one(contain.FieldUser, "mallory"),
			want: `cuts s-open root@web-1 of mallory
cuts s-db @orders of mallory
perhaps s-app wiki of mallory
hits mallory
not relay: made by it (e15)
not bob: changed by it (e16)
not token:****************a2418147: made by it; lets others join (e18)
not bot:helper: made by it (e19)
not carol: it holds certificates in this name (e20)
not dave: put on an access list by it (e22)
not request:r-9: reviewed by it (e24)
`,
		},
		"a user without sessions": {targets: one(contain.FieldUser, "ivy"), guard: contain.Guard{Operator: "ivy"}, want: `hits ivy
not mallory: made by it (e01)
not bob: made by it (e02)
you
`},
		"a bot's user": {targets: one(contain.FieldUser, "bot-ci"), want: `cuts s-bot deploy@web-2 of bot-ci
hits bot-ci
stops ci
`},
		"a role": {targets: one(contain.FieldRole, "access"), guard: contain.Guard{Operator: "bob"}, want: `cuts s-open root@web-1 of mallory
cuts s-db @orders of mallory
cuts s-bob root@web-2 of bob
cuts s-carol root@web-1 of carol
perhaps s-app wiki of mallory
hits bob
hits carol
hits mallory
hits relay
you
`},
		"a login": {targets: one(contain.FieldLogin, "root"), want: `cuts s-open root@web-1 of mallory
cuts s-bob root@web-2 of bob
cuts s-carol root@web-1 of carol
hits bob
hits carol
hits mallory
`},
		"a host": {targets: one(contain.FieldServerID, "h-2"), want: `cuts s-bob root@web-2 of bob
cuts s-bot deploy@web-2 of bot-ci
hits bob
hits bot-ci
stops ci
`},
		"a host that runs Teleport": {
			targets: one(contain.FieldServerID, "7c2c1a52-3a1e-4b7e-9b8f-0b9a2f6d1e11"),
			guard:   contain.Guard{Clusters: []string{"tele.example.com"}},
			want:    "unseen server 7c2c1a52-3a1e-4b7e-9b8f-0b9a2f6d1e11\ncontrol\n",
		},
		"an access request": {targets: one(contain.FieldAccessRequest, "r-1"), want: "cuts s-open root@web-1 of mallory\nhits mallory\n"},
		"an MFA device":     {targets: one(contain.FieldMFADevice, "m-1"), want: "cuts s-open root@web-1 of mallory\nhits mallory\n"},
		"a stranger":        {targets: one(contain.FieldUser, "malory"), want: "hits malory\nunseen user malory\n"},
		"two users of which one was made by the other": {
			targets: []contain.Target{{Field: contain.FieldUser, Value: "ivy"}, {Field: contain.FieldRole, Value: "dba"}},
			want: `cuts s-open root@web-1 of mallory
cuts s-db @orders of mallory
perhaps s-app wiki of mallory
hits ivy
hits mallory
not bob: made by it (e02)
`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			im, err := contain.Assess(t.Context(), index(t, incident), tt.targets, tt.guard)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, brief(im)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAssess_beyondIsWhatIsStillThere: each line is gone in the twin by the one
// that follows it there.
func TestAssess_beyondIsWhatIsStillThere(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ left, gone, want string }{
		"a user": {
			`{"event":"user.create","uid":"a","time":"2026-11-18T20:00:00Z","user":"mallory","name":"relay"}`,
			`{"event":"user.delete","uid":"b","time":"2026-11-18T20:01:00Z","user":"ivy","name":"relay"}`,
			"not relay: made by it (a)\n",
		},
		"a member": {
			`{"event":"access_list.member.create","uid":"a","time":"2026-11-18T20:00:00Z","updated_by":"mallory","access_list_name":"l-1","members":[{"member_name":"dave"}]}`,
			`{"event":"access_list.member.delete","uid":"b","time":"2026-11-18T20:01:00Z","updated_by":"ivy","access_list_name":"l-1","members":[{"member_name":"dave"}]}`,
			"not dave: put on an access list by it (a)\n",
		},
		"a list on another list": {
			`{"event":"access_list.member.create","uid":"a","time":"2026-11-18T20:00:00Z","updated_by":"mallory","access_list_name":"l-1","members":[{"member_name":"crew","membership_kind":2}]}`,
			`{"event":"access_list.member.delete_all_members","uid":"b","time":"2026-11-18T20:01:00Z","updated_by":"ivy","access_list_name":"l-1"}`,
			"not access_list:crew: put on another access list by it, with all its members (a)\n",
		},
		"a role": {
			`{"event":"role.created","uid":"a","time":"2026-11-18T20:00:00Z","user":"mallory","name":"shadow"}`,
			`{"event":"role.deleted","uid":"b","time":"2026-11-18T20:01:00Z","user":"ivy","name":"shadow"}`,
			"not role:shadow: written by it (a)\n",
		},
		"a request approved for somebody": {
			`{"event":"access_request.review","uid":"a","time":"2026-11-18T20:00:00Z","reviewer":"mallory","id":"r-1","state":"APPROVED"}`,
			`{"event":"access_request.create","uid":"b","time":"2026-11-18T19:59:00Z","user":"mallory","id":"r-1","state":"PENDING"}`,
			"not request:r-1: reviewed by it (a)\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for log, want := range map[string]string{tt.left: tt.want, tt.left + "\n" + tt.gone: ""} {
				im, err := contain.Assess(t.Context(), index(t, log), one(contain.FieldUser, "mallory"), contain.Guard{})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff("hits mallory\n"+want, brief(im)); diff != "" {
					t.Errorf("%s\n(-want +got):\n%s", log, diff)
				}
			}
		})
	}
}

func TestAssess_linesInAnyOrder(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(incident), "\n")
	backwards := make([]string, len(lines))
	for i, l := range lines {
		backwards[len(lines)-1-i] = l
	}
	for _, target := range []contain.Target{{Field: contain.FieldUser, Value: "mallory"}, {Field: contain.FieldRole, Value: "access"}, {Field: contain.FieldLogin, Value: "root"}} {
		forth, err := contain.Assess(t.Context(), index(t, incident), []contain.Target{target}, contain.Guard{})
		if err != nil {
			t.Fatal(err)
		}
		back, err := contain.Assess(t.Context(), index(t, strings.Join(backwards, "\n")), []contain.Target{target}, contain.Guard{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(forth, back); diff != "" {
			t.Errorf("%s (-in order +backwards):\n%s", target, diff)
		}
	}
}

// crowd is an index with more events than an assessment reads.
type crowd struct {
	n     int
	types []string
}

func (c crowd) Groups(_ context.Context, e investigations.Entity) ([]pivot.Group, error) {
	if e.Kind != investigations.KindUser {
		return nil, nil
	}
	ids := make([]int64, c.n)
	for i := range ids {
		ids[i] = int64(i + 1)
	}
	var out []pivot.Group
	for _, eventType := range c.types {
		out = append(out, pivot.Group{Role: investigations.RoleActor, Type: eventType, N: c.n, IDs: ids})
	}
	return out, nil
}

func (c crowd) Each(ctx context.Context, ids []int64, yield func(*investigations.Event) error) error {
	if len(ids) > 20_000 {
		return errors.New("read too much")
	}
	ev := &investigations.Event{Involved: []investigations.Involvement{{Role: investigations.RoleTarget}}}
	for _, id := range ids {
		ev.ID, ev.UID = id, fmt.Sprint(id)
		ev.Involved[0].Entity = investigations.Entity{Kind: investigations.KindSession, Name: ev.UID}
		if err := yield(ev); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func TestAssess_isBoundedAndSaysSo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		facts    crowd
		sessions int
		atLeast  bool
	}{
		"as much as it reads":   {crowd{20_000, []string{"session.start", "session.end"}}, 0, false},
		"more than it reads":    {crowd{60_000, []string{"session.start", "session.end"}}, 0, true},
		"few without an end":    {crowd{500, []string{"session.start"}}, 500, false},
		"many without an end":   {crowd{501, []string{"session.start"}}, 500, true},
		"events of other types": {crowd{60_000, []string{"exec"}}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := contain.Prepare(t.Context(), tt.facts, contain.Request{Targets: one(contain.FieldUser, "mallory")}, contain.Guard{}, strings.NewReader(strings.Repeat("x", 16)))
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Impact.Sessions) != tt.sessions || p.Impact.AtLeast != tt.atLeast {
				t.Errorf("%d sessions, at least %v", len(p.Impact.Sessions), p.Impact.AtLeast)
			}
			if said := strings.Contains(strings.Join(p.Verdict.Warnings, ""), "at least these"); said != tt.atLeast {
				t.Errorf("warnings %q", p.Verdict.Warnings)
			}
		})
	}
}

func TestPrepare_cancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := contain.Prepare(ctx, index(t, incident), contain.Request{Targets: one(contain.FieldUser, "mallory")}, contain.Guard{}, strings.NewReader(strings.Repeat("x", 16)))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	people := contain.Impact{Users: []contain.UserHit{{Name: "mallory"}, {Name: "ivy"}, {Name: "bob"}}}
	tests := map[string]struct {
		targets []contain.Target
		impact  contain.Impact
		guard   contain.Guard
		level   contain.Level
		confirm string
		says    string
	}{
		"a user":              {one(contain.FieldUser, "mallory"), contain.Impact{}, contain.Guard{Operator: "ivy"}, contain.Narrow, "", ""},
		"yourself":            {one(contain.FieldUser, "ivy"), contain.Impact{You: true}, contain.Guard{Operator: "ivy"}, contain.Wide, "ivy", "This is YOU"},
		"Teleport itself":     {one(contain.FieldUser, "7c2c1a52-3a1e-4b7e-9b8f-0b9a2f6d1e11.tele.example.com"), contain.Impact{}, contain.Guard{}, contain.Wide, "7c2c1a52-3a1e-4b7e-9b8f-0b9a2f6d1e11.tele.example.com", "Teleport's own identity"},
		"the system user":     {one(contain.FieldUser, "system"), contain.Impact{}, contain.Guard{}, contain.Wide, "system", "Teleport's own identity"},
		"a dotted name":       {one(contain.FieldUser, "jane.doe"), contain.Impact{}, contain.Guard{}, contain.Narrow, "", ""},
		"a role":              {one(contain.FieldRole, "ops"), people, contain.Guard{}, contain.Wide, "ops", "everyone who holds the role: 3 users seen"},
		"a role of yours":     {one(contain.FieldRole, "ops"), contain.Impact{}, contain.Guard{Roles: []string{"ops"}}, contain.Wide, "ops", "you hold this role"},
		"a role of admins":    {one(contain.FieldRole, "ops"), people, contain.Guard{Admins: []string{"bob", "eve"}}, contain.Wide, "ops", "Administrators are among them"},
		"all admins":          {one(contain.FieldUser, "bob"), contain.Impact{Users: []contain.UserHit{{Name: "bob"}}}, contain.Guard{Admins: []string{"bob"}}, contain.Wide, "bob", "every administrator"},
		"a login":             {one(contain.FieldLogin, "root"), people, contain.Guard{}, contain.Wide, "root", "everyone who logs in as root"},
		"a host":              {one(contain.FieldServerID, "h"), people, contain.Guard{}, contain.Narrow, "", ""},
		"a host of yours":     {one(contain.FieldServerID, "h"), contain.Impact{You: true}, contain.Guard{Operator: "ivy"}, contain.Wide, "h", "It hits YOU: ivy"},
		"a proxy":             {one(contain.FieldServerID, "h"), people, contain.Guard{ControlHosts: []string{"h"}}, contain.Wide, "h", "runs Teleport itself"},
		"an auth server seen": {one(contain.FieldNode, "h"), contain.Impact{Control: true}, contain.Guard{}, contain.Wide, "h", "runs Teleport itself"},
		"a bot":               {one(contain.FieldUser, "bot-ci"), contain.Impact{Bots: []string{"ci"}}, contain.Guard{}, contain.Wide, "bot-ci", "Bots stop: ci."},
		"many bots":           {one(contain.FieldServerID, "h"), contain.Impact{Bots: []string{"a", "b", "c", "d", "e", "f", "g"}}, contain.Guard{}, contain.Wide, "h", "Bots stop: a, b, c, d, e and 2 more."},
		"a bot instance":      {one(contain.FieldBotInstanceID, "i"), contain.Impact{}, contain.Guard{}, contain.Wide, "i", "Bots stop"},
		"a user or a role":    {append(one(contain.FieldUser, "mallory"), one(contain.FieldRole, "ops")...), contain.Impact{}, contain.Guard{}, contain.Wide, "ops", "0 users seen"},
		"nothing":             {nil, contain.Impact{}, contain.Guard{}, contain.Refused, "", "locks nothing"},
		"an empty name":       {one(contain.FieldUser, ""), contain.Impact{}, contain.Guard{}, contain.Refused, "", "The user to lock is empty"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := contain.Judge(tt.targets, tt.impact, tt.guard)
			if v.Level != tt.level || v.Confirm != tt.confirm || !strings.Contains(strings.Join(v.Reasons, " "), tt.says) {
				t.Errorf("verdict %+v, want %v, type %q, …%s…", v, tt.level, tt.confirm, tt.says)
			}
			if (len(v.Reasons) == 0) != (tt.level == contain.Narrow) {
				t.Errorf("%v with reasons %q", v.Level, v.Reasons)
			}
			if v.Confirmed("") != (tt.level == contain.Narrow) {
				t.Errorf("nothing typed confirms: %v", v.Confirmed(""))
			}
			if tt.level == contain.Wide && (!v.Confirmed(" "+tt.confirm+"\n") || v.Confirmed(tt.confirm+"x") || v.Confirmed(strings.ToUpper(tt.confirm))) {
				t.Error("only the exact name confirms")
			}
		})
	}
}

func TestJudge_warnsOfAStranger(t *testing.T) {
	t.Parallel()
	target := one(contain.FieldUser, "malory")
	v := contain.Judge(target, contain.Impact{Unseen: target}, contain.Guard{})
	if v.Level != contain.Narrow || len(v.Warnings) != 1 || !strings.Contains(v.Warnings[0], "malory is in no event of this evidence") {
		t.Errorf("verdict %+v", v)
	}
}

func TestDryRun_contract(t *testing.T) {
	t.Parallel()
	containtest.Run(t, func(_ *testing.T, now func() time.Time) contain.Locker { return contain.NewDryRun(now, nil) }, contain.StatePlanned)
}
