package actors_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/actors"
	"cordon/investigations/extract"
	"cordon/investigations/pivot/pivottest"
)

const (
	cluster  = "tele.example.com"
	authHost = "aaaaaaaa-0000-4000-8000-000000000001"
	edgeHost = "bbbbbbbb-0000-4000-8000-000000000002"
)

// clustered is an index that knows its cluster.
type clustered struct{ *pivottest.Index }

func (c clustered) Coverage(ctx context.Context) (investigations.Coverage, error) {
	cov, err := c.Index.Coverage(ctx)
	cov.Clusters = []string{cluster}
	return cov, err
}

// log writes lines as a server does: each with an uid of its place, from 1, and
// a time.
func log(lines ...string) string {
	var b strings.Builder
	for i, l := range lines {
		fmt.Fprintf(&b, `{"uid":"u%d","time":"2026-11-01T10:00:%02dZ","cluster_name":%q,%s}`+"\n", i+1, i, cluster, l)
	}
	return b.String()
}

func bookOf(t *testing.T, lines ...string) *actors.Book {
	t.Helper()
	x, err := pivottest.New(log(lines...))
	if err != nil {
		t.Fatal(err)
	}
	b, err := actors.Of(t.Context(), clustered{x})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func user(name string) investigations.Entity {
	return investigations.Entity{Kind: investigations.KindUser, Name: name}
}

func find(t *testing.T, b *actors.Book, name string) actors.Identity {
	t.Helper()
	for _, i := range b.Identities {
		if i.Entity == user(name) {
			return i
		}
	}
	t.Fatalf("the book has no user %s", name)
	return actors.Identity{}
}

// Each row is a log, whom it is about, the class, and the events that prove it
// and that speak against it. A row that follows another one with "but" differs
// from it in one thing only.
func TestOf_givesEachIdentityTheClassThatIsProved(t *testing.T) {
	t.Parallel()
	admin, agent := authHost+"."+cluster, edgeHost+"."+cluster
	tests := []struct {
		name  string
		who   string
		lines []string
		class investigations.ActorClass
		proof string // uids
		but   string
	}{
		{"local log-in", "ann", []string{`"event":"user.login","code":"T1000I","user":"ann","success":true,"method":"local"`}, investigations.ActorLocal, "u1", ""},
		{
			"but only tried", "ann",
			[]string{
				`"event":"user.login","code":"T1000W","user":"ann","success":false,"method":"local"`,
				`"event":"session.start","code":"T2000I","user":"ann"`,
			},
			investigations.ActorUnknown, "", "",
		},
		{"SSO log-in", "ann", []string{`"event":"user.login","code":"T1001I","user":"ann","success":true,"method":"saml"`}, investigations.ActorSSO, "u1", ""},
		{
			"but only a trial of the connector", "ann",
			[]string{
				`"event":"user.login","code":"T1010I","user":"ann","success":true,"method":"saml"`,
			},
			investigations.ActorUnknown, "", "",
		},
		{
			"both ways", "ann",
			[]string{
				`"event":"user.login","code":"T1001I","user":"ann","success":true`,
				`"event":"user.login","code":"T1000I","user":"ann","success":true`,
			},
			investigations.ActorPerson, "u2 u1", "",
		},
		{"log-in without a code", "ann", []string{`"event":"user.login","user":"ann","success":true,"method":"oidc"`}, investigations.ActorSSO, "u1", ""},
		{"but without success", "ann", []string{`"event":"user.login","user":"ann","success":false,"method":"oidc"`}, investigations.ActorUnknown, "", ""},
		{"made without a connector", "ann", []string{`"event":"user.create","code":"T1002I","user":"bea","name":"ann","connector":"local"`}, investigations.ActorLocal, "u1", ""},
		{"but with one", "ann", []string{`"event":"user.create","code":"T1002I","user":"bea","name":"ann","connector":"okta"`}, investigations.ActorSSO, "u1", ""},
		{"but removed, not made", "ann", []string{`"event":"user.delete","code":"T1004I","user":"bea","name":"ann"`}, investigations.ActorUnknown, "", ""},
		{
			"made here, signed for: still a user of the cluster's own", "ci",
			[]string{
				`"event":"user.create","code":"T1002I","user":"` + admin + `","name":"ci","connector":"local"`,
				`"event":"cert.create","code":"TC000I","identity":{"user":"ci","impersonator":"` + admin + `"}`,
				`"event":"session.start","code":"T2000I","user":"ci","impersonator":"` + admin + `"`,
			},
			investigations.ActorLocal, "u1", "",
		},
		{"bot that joined", "bot-ci", []string{`"event":"bot.join","code":"TJ001I","bot_name":"ci","user_name":"bot-ci","success":true`}, investigations.ActorRobot, "u1", ""},
		{"but was refused", "bot-ci", []string{
			`"event":"bot.join","code":"TJ001E","bot_name":"ci","user_name":"bot-ci","success":false`,
			`"event":"session.start","code":"T2000I","user":"bot-ci"`,
		}, investigations.ActorUnknown, "", ""},
		{"bot that joined before the log named its user", "bot-ci", []string{
			`"event":"bot.join","code":"TJ001I","bot_name":"ci","success":true`,
			`"event":"session.start","code":"T2000I","user":"bot-ci"`,
		}, investigations.ActorRobot, "u1", ""},
		{"bot that was created", "bot-ci", []string{
			`"event":"bot.create","code":"TB001I","user":"bea","name":"ci"`,
			`"event":"session.start","code":"T2000I","user":"bot-ci"`,
		}, investigations.ActorRobot, "u1", ""},
		{"but only its name says so", "bot-ci", []string{`"event":"session.start","code":"T2000I","user":"bot-ci"`}, investigations.ActorUnknown, "", ""},
		{"but the bot has another name", "bot-ci", []string{
			`"event":"bot.create","code":"TB001I","user":"bea","name":"cd"`,
			`"event":"session.start","code":"T2000I","user":"bot-ci"`,
		}, investigations.ActorUnknown, "", ""},
		{"but a human acts", "bot-ci", []string{
			`"event":"bot.create","code":"TB001I","user":"bea","name":"ci"`,
			`"event":"session.start","code":"T2000I","user":"bot-ci","user_kind":1`,
		}, investigations.ActorUnknown, "", "u1 u2"},
		{"event that names a bot", "runner", []string{`"event":"exec","code":"T3002I","user":"runner","bot_name":"ci"`}, investigations.ActorRobot, "u1", ""},
		{"user_kind of a bot", "runner", []string{`"event":"exec","code":"T3002I","user":"runner","user_kind":2`}, investigations.ActorRobot, "u1", ""},
		{"but of a human", "runner", []string{`"event":"exec","code":"T3002I","user":"runner","user_kind":1`}, investigations.ActorPerson, "u1", ""},
		{"but unspecified", "runner", []string{`"event":"exec","code":"T3002I","user":"runner","user_kind":0`}, investigations.ActorUnknown, "", ""},
		{"bot that logged in is a person", "bot-ci", []string{
			`"event":"bot.create","code":"TB001I","user":"bea","name":"ci"`,
			`"event":"user.login","code":"T1000I","user":"bot-ci","success":true`,
		}, investigations.ActorLocal, "u2", "u1"},
		{"origin Okta", "ann", []string{`"event":"session.start","code":"T2000I","user":"ann","user_kind":1,"user_origin":3`}, investigations.ActorSSO, "u1 u1", ""},
		{"but origin local", "ann", []string{`"event":"session.start","code":"T2000I","user":"ann","user_kind":1,"user_origin":1`}, investigations.ActorLocal, "u1 u1", ""},
		{
			"built-in admin, which old servers call a human", admin,
			[]string{`"event":"role.updated","code":"T9002I","user":"` + admin + `","name":"ops","user_kind":1,"addr.remote":"127.0.0.1:4000"`},
			investigations.ActorAdmin, "u1 u1", "",
		},
		{
			"but of a cluster that is not this one", authHost + ".else.example.com",
			[]string{`"event":"role.updated","code":"T9002I","user":"` + authHost + `.else.example.com","name":"ops"`},
			investigations.ActorUnknown, "", "",
		},
		{"but somebody made a user of that name", admin, []string{
			`"event":"user.create","code":"T1002I","user":"bea","name":"` + admin + `","connector":"local"`,
			`"event":"role.updated","code":"T9002I","user":"` + admin + `","name":"ops"`,
		}, investigations.ActorUnknown, "", "u1 u2 u2"},
		{"host under its own name", agent, []string{`"event":"cert.create","code":"TC000I","identity":{"user":"` + agent + `"}`}, investigations.ActorAgent, "u1", ""},
		{"host that joined", agent, []string{
			`"event":"instance.join","code":"TJ002I","host_id":"` + edgeHost + `","role":"Node","success":true`,
			`"event":"cert.create","code":"TC000I","identity":{"user":"` + agent + `"}`,
		}, investigations.ActorAgent, "u1 u2", ""},
		{"host that joined as the sync of Okta", agent, []string{
			`"event":"instance.join","code":"TJ002I","host_id":"` + edgeHost + `","role":"Okta","success":true`,
			`"event":"access_list.member.create","code":"TAL005I","updated_by":"` + agent + `","access_list_name":"l","members":[{"member_name":"ann"}]`,
		}, investigations.ActorSync, "u1 u1 u2 u2", ""},
		{"host that logs the sync's work", agent, []string{
			`"event":"okta.user.sync","code":"TOK007I","server_id":"` + edgeHost + `"`,
			`"event":"user.create","code":"T1002I","user":"` + agent + `","name":"ann","connector":"okta"`,
		}, investigations.ActorSync, "u1 u2 u2", ""},
		{"Teleport itself", "system", []string{`"event":"role.created","code":"T9000I","user":"system","name":"access"`}, investigations.ActorSystem, "u1", ""},
		{"but somebody made a user of that name", "system", []string{
			`"event":"user.create","code":"T1002I","user":"bea","name":"system","connector":"local"`,
			`"event":"role.created","code":"T9000I","user":"system","name":"access"`,
		}, investigations.ActorUnknown, "", "u1 u2"},
		{"access plugin", "slack", []string{`"event":"access_request.update","code":"T5001I","updated_by":"slack","delegator":"ann","id":"r","state":"APPROVED"`}, investigations.ActorPlugin, "u1", ""},
		{"but nobody delegated", "slack", []string{`"event":"access_request.update","code":"T5001I","updated_by":"slack","id":"r","state":"APPROVED"`}, investigations.ActorUnknown, "", ""},
		{"but it does other things too", "slack", []string{
			`"event":"access_request.update","code":"T5001I","updated_by":"slack","delegator":"ann","id":"r","state":"APPROVED"`,
			`"event":"role.updated","code":"T9002I","user":"slack","name":"ops"`,
		}, investigations.ActorUnknown, "", "u1"},
		{"but it logged in: tctl takes a delegator too", "slack", []string{
			`"event":"access_request.update","code":"T5001I","updated_by":"slack","delegator":"ann","id":"r","state":"APPROVED"`,
			`"event":"user.login","code":"T1000I","user":"slack","success":true`,
		}, investigations.ActorLocal, "u2", "u1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := bookOf(t, tt.lines...)
			got := find(t, b, tt.who)
			if got.Class != tt.class || uids(got.Proof) != tt.proof || uids(got.Contrary) != tt.but {
				t.Errorf("%s is %s, proved by %q, against %q; want %s by %q against %q\n%+v",
					tt.who, got.Class, uids(got.Proof), uids(got.Contrary), tt.class, tt.proof, tt.but, got)
			}
			if b.Class(user(tt.who)) != tt.class {
				t.Errorf("the book says %s", b.Class(user(tt.who)))
			}
		})
	}
}

func uids(proofs []actors.Proof) string {
	var out []string
	for _, p := range proofs {
		out = append(out, p.Event)
	}
	return strings.Join(out, " ")
}

func TestOf_namesInRefusedLogInsAloneAreCountedAndNobody(t *testing.T) {
	t.Parallel()
	b := bookOf(
		t,
		`"event":"user.login","code":"T1000W","user":"guess","success":false`,
		`"event":"auth","code":"T3007W","user":"probe","success":false`,
		`"event":"user.login","code":"T1000I","user":"ann","success":true`,
	)
	if b.Refused != 2 || len(b.Identities) != 1 {
		t.Errorf("%d refused, identities %+v", b.Refused, b.Identities)
	}
}

func TestOf_countsEditsByClassEachOnce(t *testing.T) {
	t.Parallel()
	admin := authHost + "." + cluster
	b := bookOf(
		t,
		`"event":"user.login","code":"T1000I","user":"ann","success":true`,
		`"event":"role.updated","code":"T9002I","user":"ann","updated_by":"ann","name":"ops"`, // one edit
		`"event":"access_list.member.create","code":"TAL005I","updated_by":"ann","access_list_name":"l","members":[{"member_name":"eve"}]`,
		`"event":"bot.join","code":"TJ001I","bot_name":"ci","user_name":"bot-ci","success":true`,
		`"event":"join_token.create","code":"TJT00I","user":"bot-ci","name":"***1"`,
		`"event":"lock.created","code":"TLK00I","user":"`+admin+`","updated_by":"`+admin+`","name":"k","target":{"user":"eve"}`,
		`"event":"session.start","code":"T2000I","user":"ann"`,                                               // no edit
		`"event":"user.create","code":"T1002I","user":"eve","name":"eve","connector":"local"`,                // by whom is not logged
		`"event":"user.update","code":"T1003I","user":"eve","updated_by":"ann","name":"eve"`,                 // by ann
		`"event":"user.create","code":"T1002I","user":"cid","updated_by":"cid","name":"cid","roles":["ops"]`, // nor this one
		`"event":"okta.user.sync","code":"TOK007I","num_users_modified":3`,
		`"event":"okta.user.sync","code":"TOK007E"`, // changed nothing
		`"event":"scim.list","code":"TSCIM005I"`,    // nor did this
	)
	want := map[investigations.ActorClass]string{
		// Three of ann's; the update of eve by ann names eve as its actor too.
		investigations.ActorLocal: "4 u2",
		investigations.ActorRobot: "1 u5", investigations.ActorAdmin: "1 u6", investigations.ActorSync: "1 u11",
	}
	got := map[investigations.ActorClass]string{}
	for _, e := range b.Edits {
		got[e.Class] = fmt.Sprintf("%d %s", e.N, e.Proof.Event)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if b.Unsaid.N != 2 || b.Unsaid.Proof.Event != "u8" {
		t.Errorf("changes that name nobody: %+v", b.Unsaid)
	}
}

// Who had a hand in an event, by the words a filter may use.
func TestBook_saysWhoHadAHandInAnEvent(t *testing.T) {
	t.Parallel()
	admin := authHost + "." + cluster
	b := bookOf(
		t,
		`"event":"user.login","code":"T1000I","user":"ann","success":true`,
		`"event":"user.login","code":"T1001I","user":"sam","success":true`,
		`"event":"bot.join","code":"TJ001I","bot_name":"ci","user_name":"bot-ci","success":true`,
		`"event":"role.updated","code":"T9002I","user":"`+admin+`","name":"ops"`,
		`"event":"role.created","code":"T9000I","user":"system","name":"access"`,
		`"event":"session.start","code":"T2000I","user":"shade"`,
	)
	tests := []struct{ line, words string }{
		{`"event":"exec","user":"ann"`, "person local"},
		{`"event":"exec","user":"sam"`, "person sso"},
		{`"event":"exec","user":"bot-ci","bot_name":"ci"`, "machine robot"},
		{`"event":"exec","user":"bot-ci","impersonator":"ann"`, "person local robot"},
		{`"event":"exec","user":"ann","impersonator":"` + admin + `"`, "person local admin"},
		{`"event":"lock.created","user":"` + admin + `","updated_by":"` + admin + `","name":"k"`, "machine admin"},
		{`"event":"role.created","user":"system","name":"access"`, "machine system"},
		{`"event":"exec","user":"shade"`, "unknown"},
		{`"event":"exec","user":"stranger"`, "unknown"},
		{`"event":"exec","user":"bot-ci","updated_by":"shade"`, "unknown robot"},
		{`"event":"session.upload","sid":"s"`, "unknown"},
		{`"event":"access_request.update","updated_by":"bot-ci","delegator":"someone","id":"r"`, "unknown robot"},
		{`"event":"access_request.review","reviewer":"ann","id":"r"`, "person local"},
		{`"event":"okta.assignment.process","user":"ann"`, "machine sync"},
		{`"event":"user.login","code":"T1000W","user":"bot-ci","success":false`, "unknown"},
		{`"event":"auth","code":"T3007W","user":"bot-ci","success":false`, "unknown"},
		{`"event":"bot.join","code":"TJ001E","bot_name":"ci","user_name":"bot-ci","success":false`, "unknown"},
		{`"event":"bot.join","code":"TJ001I","bot_name":"ci","user_name":"bot-ci","success":true`, "machine robot"},
		{`"event":"instance.join","code":"TJ002I","host_id":"` + edgeHost + `","success":true`, "unknown"},
		{`"event":"user.create","user":"bot-ci","name":"bot-ci","roles":["editor"]`, "unknown"},
		{`"event":"user.create","user":"` + admin + `","name":"bot-ci"`, "machine admin"},
	}
	for _, tt := range tests {
		ev, err := extract.Event([]byte("{" + tt.line + "}"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, word := range investigations.ActorWords() {
			if b.Did(&ev, word) {
				got = append(got, word)
			}
		}
		if strings.Join(got, " ") != tt.words {
			t.Errorf("%s: %q, want %q", tt.line, strings.Join(got, " "), tt.words)
		}
	}
}

func TestBook_withoutOneNobodyIsKnown(t *testing.T) {
	t.Parallel()
	var b *actors.Book
	ev, err := extract.Event([]byte(`{"event":"exec","user":"bot-ci","bot_name":"ci"}`))
	if err != nil {
		t.Fatal(err)
	}
	if b.MachineAlone(&ev) || !b.Did(&ev, "unknown") {
		t.Error("a book that is not there knows somebody")
	}
}

// The set of the index and the judgement of each event agree, whatever the log.
func TestBook_machinesAloneAreThoseOfWhichEachEventSaysSo(t *testing.T) {
	t.Parallel()
	admin := authHost + "." + cluster
	shapes := []string{
		`"event":"exec","user":"A"`, `"event":"exec","user":"A","bot_name":"ci"`, `"event":"exec","user":"A","impersonator":"B"`,
		`"event":"user.login","code":"T1000I","user":"A","success":true`, `"event":"user.login","code":"T1000W","user":"A","success":false`,
		`"event":"auth","code":"T3007W","user":"A","success":false`, `"event":"bot.join","code":"TJ001I","bot_name":"ci","user_name":"bot-ci","success":true`,
		`"event":"bot.join","code":"TJ001E","bot_name":"ci","user_name":"bot-ci","success":false`, `"event":"session.upload","sid":"s"`,
		`"event":"user.create","code":"T1002I","user":"A","name":"B"`, `"event":"user.update","code":"T1003I","user":"A","updated_by":"B","name":"A"`,
		`"event":"role.updated","code":"T9002I","user":"A","name":"ops"`, `"event":"okta.assignment.process","code":"TOK004I","user":"A"`,
		`"event":"access_request.update","code":"T5001I","updated_by":"A","delegator":"B","id":"r"`, `"event":"access_request.review","code":"T5002I","reviewer":"A","id":"r"`,
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"ann", "bot-ci", "system", admin, "slack"})
		var lines []string
		for range rapid.IntRange(1, 12).Draw(t, "n") {
			r := strings.NewReplacer(`"A"`, `"`+name.Draw(t, "A")+`"`, `"B"`, `"`+name.Draw(t, "B")+`"`)
			lines = append(lines, r.Replace(rapid.SampledFrom(shapes).Draw(t, "shape")))
		}
		x, err := pivottest.New(log(lines...))
		if err != nil {
			t.Fatal(err)
		}
		b, err := actors.Of(t.Context(), clustered{x})
		if err != nil {
			t.Fatal(err)
		}
		set, err := b.MachinesAlone(t.Context(), clustered{x})
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		for _, ev := range x.Events() {
			if b.MachineAlone(&ev) {
				n++
			}
			if set.Has(ev.ID) != b.MachineAlone(&ev) {
				t.Fatalf("%s: in the set %v\n%s", ev.Type, set.Has(ev.ID), log(lines...))
			}
		}
		if set.Len() != n {
			t.Fatalf("the set has %d, want %d", set.Len(), n)
		}
	})
}

func TestOf_listsABotOnceUnderItsUser(t *testing.T) {
	t.Parallel()
	b := bookOf(
		t,
		`"event":"bot.join","code":"TJ001I","bot_name":"ci","user_name":"bot-ci","success":true`,
		`"event":"bot.create","code":"TB001I","user":"bea","name":"new"`,
	)
	var got []string
	for _, i := range b.Identities {
		got = append(got, i.String()+" "+i.Class.String())
	}
	if diff := cmp.Diff([]string{"bot-ci robot", "bot:new robot", "bea unknown"}, got); diff != "" {
		t.Error(diff)
	}
}
