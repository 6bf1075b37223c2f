package lineage_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot/pivottest"
)

// at stamps short lines with a uid and a time: the second is the line's number,
// unless the line has a time of its own.
func at(lines ...string) string {
	var b strings.Builder
	for i, l := range lines {
		stamp := fmt.Sprintf(`{"uid":"u%02d",`, i+1)
		if !strings.Contains(l, `"time"`) {
			stamp += fmt.Sprintf(`"time":"2026-10-06T22:%02d:%02dZ",`, i/60, i%60)
		}
		b.WriteString(stamp + strings.TrimPrefix(l, "{") + "\n")
	}
	return b.String()
}

func trace(t *testing.T, log, who string, depth int) []lineage.Edge {
	t.Helper()
	idx, err := pivottest.New(log)
	if err != nil {
		t.Fatal(err)
	}
	e, err := investigations.ParseEntity(who)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lineage.Follow(context.Background(), idx, lineage.Question{Identity: e, Depth: depth})
	if err != nil {
		t.Fatal(err)
	}
	return l.Edges
}

// short writes an edge as `depth parent > child via event`, with a question
// mark when it is ambiguous.
func short(e lineage.Edge) string {
	sure := ""
	if e.Status == lineage.Ambiguous {
		sure = " ?"
	}
	return fmt.Sprintf("%d %s > %s %s %s%s", e.Depth, e.Parent, e.Entity, e.Via, e.Event, sure)
}

func shorts(edges []lineage.Edge) []string {
	out := []string{}
	for _, e := range edges {
		out = append(out, short(e))
	}
	return out
}

func TestTrace_edges(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		log  []string
		want []string
	}{
		{"nothing", []string{`{"event":"user.login","user":"eve"}`}, []string{}},
		{
			"a created user and what it did",
			[]string{
				`{"event":"user.create","user":"eve","name":"puppet"}`,
				`{"event":"reset_password_token.create","user":"eve","name":"puppet"}`,
				`{"event":"session.start","user":"puppet","sid":"s-1"}`,
			},
			[]string{"1 eve > puppet user.create u01", "1 eve > puppet reset_password_token.create u02", "2 puppet > session:s-1 session.start u03"},
		},
		{
			"what was there before is not followed",
			[]string{
				`{"event":"session.start","user":"puppet","sid":"s-0"}`,
				`{"event":"user.create","user":"eve","name":"puppet"}`,
			},
			[]string{"1 eve > puppet user.create u02"},
		},
		{
			"the order of lines is not that of time",
			[]string{
				`{"event":"session.start","user":"puppet","sid":"s-1","time":"2026-10-06T23:00:00Z"}`,
				`{"event":"user.create","user":"eve","name":"puppet"}`,
			},
			[]string{"1 eve > puppet user.create u02", "2 puppet > session:s-1 session.start u01"},
		},
		{
			"updated_by is an actor too",
			[]string{`{"event":"user.update","updated_by":"eve","name":"bob"}`},
			[]string{"1 eve > bob user.update u01"},
		},
		{
			"a changed user has an owner, so its acts are a question",
			[]string{
				`{"event":"user.update","user":"eve","name":"bob"}`,
				`{"event":"session.start","user":"bob","sid":"s-1"}`,
			},
			[]string{"1 eve > bob user.update u01", "2 bob > session:s-1 session.start u02 ?"},
		},
		{
			"an approval by update, beside the review of somebody else",
			[]string{
				`{"event":"access_request.create","user":"amy","id":"r1"}`,
				`{"event":"access_request.review","reviewer":"bob","id":"r1","state":"PENDING","proposed_state":"APPROVED"}`,
				`{"event":"access_request.update","updated_by":"eve","id":"r1","state":"APPROVED"}`,
				`{"event":"session.start","user":"amy","sid":"s-1","access_requests":["r1"]}`,
			},
			[]string{"1 eve > request:r1 access_request.update u03", "2 request:r1 > session:s-1 session.start u04"},
		},
		{
			"a review and an update of one hand are one approval",
			[]string{
				`{"event":"access_request.review","reviewer":"eve","id":"r1","state":"APPROVED","proposed_state":"APPROVED"}`,
				`{"event":"access_request.update","updated_by":"eve","id":"r1","state":"APPROVED"}`,
				`{"event":"access_request.review","reviewer":"eve","id":"r2","state":"PENDING","proposed_state":"DENIED"}`,
				`{"event":"access_request.update","updated_by":"eve","id":"r2","state":"APPROVED"}`,
			},
			[]string{"1 eve > request:r1 access_request.review u01", "1 eve > request:r2 access_request.update u04"},
		},
		{
			"a token that was there before lets others join too",
			[]string{
				`{"event":"instance.join","host_id":"h-1","token_name":"ci"}`,
				`{"event":"join_token.create","user":"eve","name":"ci"}`,
				`{"event":"instance.join","host_id":"h-1","token_name":"ci"}`,
			},
			[]string{"1 eve > token:ci join_token.create u02", "2 token:ci > host:h-1 instance.join u03 ?"},
		},
		{
			"a user that is written anew has an owner",
			[]string{
				`{"event":"session.start","user":"bob","sid":"s-0"}`,
				`{"event":"user.create","user":"eve","name":"bob"}`,
				`{"event":"session.start","user":"bob","sid":"s-1"}`,
			},
			[]string{"1 eve > bob user.create u02", "2 bob > session:s-1 session.start u03 ?"},
		},
		{
			"a name that was deleted and is made again has none",
			[]string{
				`{"event":"user.create","user":"admin","name":"bob"}`,
				`{"event":"session.start","user":"bob","sid":"s-0"}`,
				`{"event":"user.delete","user":"admin","name":"bob"}`,
				`{"event":"user.create","user":"eve","name":"bob"}`,
				`{"event":"session.start","user":"bob","sid":"s-1"}`,
			},
			[]string{"1 eve > bob user.create u04", "2 bob > session:s-1 session.start u05"},
		},
		{
			"a change that does not record its actor is no edge",
			[]string{
				`{"event":"user.create","user":"eve","name":"puppet"}`,
				`{"event":"user.create","user":"puppet","name":"puppet"}`,
				`{"event":"user.create","user":"stranger","name":"stranger"}`,
			},
			[]string{"1 eve > puppet user.create u01"},
		},
		{
			"a role, and who holds it afterwards",
			[]string{
				`{"event":"cert.create","identity":{"user":"amy","roles":["ops"]}}`,
				`{"event":"role.updated","user":"eve","name":"ops"}`,
				`{"event":"cert.create","identity":{"user":"bob","roles":["ops"]}}`,
				`{"event":"cert.create","identity":{"user":"bob","roles":["ops"]}}`,
				`{"event":"user.create","user":"admin","name":"cy","roles":["ops"]}`,
				`{"event":"session.start","user":"bob","sid":"s-1"}`,
			},
			[]string{"1 eve > role:ops role.updated u02", "2 role:ops > bob cert.create u03 ?", "2 role:ops > cy user.create u05 ?"},
		},
		{
			"a request that its requester approved, and its use",
			[]string{
				`{"event":"access_request.create","user":"eve","id":"r-1","roles":["root"]}`,
				`{"event":"access_request.update","code":"T5001I","updated_by":"eve","id":"r-1"}`,
				`{"event":"cert.create","identity":{"user":"eve","access_requests":["r-1"]}}`,
				`{"event":"session.start","user":"eve","sid":"s-1","access_requests":["r-1"]}`,
			},
			[]string{
				"1 eve > request:r-1 access_request.create u01", "1 eve > request:r-1 access_request.update u02", "1 eve > session:s-1 session.start u04",
				"2 request:r-1 > certificate:u03 cert.create u03", "2 request:r-1 > session:s-1 session.start u04",
			},
		},
		{
			"an answer of which nothing shows that it was yes",
			[]string{`{"event":"access_request.update","code":"T5001I","updated_by":"eve","id":"r-1"}`},
			[]string{"1 eve > request:r-1 access_request.update u01 ?"},
		},
		{
			"a review makes the update that follows it no act of its own",
			[]string{
				`{"event":"access_request.review","reviewer":"eve","id":"r-1"}`,
				`{"event":"access_request.update","updated_by":"eve","id":"r-1"}`,
				`{"event":"cert.create","identity":{"user":"bob","access_requests":["r-1"]}}`,
			},
			[]string{"1 eve > request:r-1 access_request.review u01", "2 request:r-1 > certificate:u03 cert.create u03"},
		},
		{
			"a token, and what joined with it after it was made",
			[]string{
				`{"event":"instance.join","code":"TJ002E","host_id":"h-0","token_name":"***7","success":false}`,
				`{"event":"join_token.create","user":"eve","name":"***7"}`,
				`{"event":"instance.join","code":"TJ002I","host_id":"h-1","node_name":"evil-1","token_name":"***7","success":true}`,
				`{"event":"instance.join","code":"TJ002E","host_id":"h-2","token_name":"***7","success":false}`,
				`{"event":"instance.join","code":"TJ002I","host_id":"h-3","token_name":"***8","success":true}`,
				`{"event":"bot.join","code":"TJ001I","bot_name":"ci","user_name":"bot-ci","token_name":"***7","success":true}`,
				`{"event":"exec","user":"bot-ci","command":"id"}`,
				`{"event":"session.start","user":"bot-ci","sid":"s-1"}`,
			},
			[]string{
				"1 eve > token:***7 join_token.create u02", "2 token:***7 > host:h-1 instance.join u03", "2 token:***7 > bot:ci bot.join u06",
				"3 bot:ci > bot-ci bot.join u06", "4 bot-ci > session:s-1 session.start u08 ?",
			},
		},
		{
			"a masked name that several tokens have",
			[]string{
				`{"event":"join_token.create","user":"bob","name":"***7"}`,
				`{"event":"join_token.create","user":"eve","name":"***7"}`,
				`{"event":"instance.join","host_id":"h-1","token_name":"***7","success":true}`,
			},
			[]string{"1 eve > token:***7 join_token.create u02", "2 token:***7 > host:h-1 instance.join u03 ?"},
		},
		{
			"a token that the event does not name",
			[]string{
				`{"event":"join_token.create","user":"eve","roles":["Node"]}`,
				`{"event":"instance.join","host_id":"h-1","token_name":"***7","success":true}`,
			},
			[]string{},
		},
		{
			"a bot and its user by name",
			[]string{
				`{"event":"bot.create","user":"eve","name":"ci"}`,
				`{"event":"session.start","user":"bot-ci","sid":"s-1"}`,
			},
			[]string{"1 eve > bot:ci bot.create u01", "2 bot:ci > bot-ci bot.create u01", "3 bot-ci > session:s-1 session.start u02"},
		},
		{
			"a bot that nothing more is seen of",
			[]string{`{"event":"bot.create","user":"eve","name":"ci"}`},
			[]string{"1 eve > bot:ci bot.create u01"},
		},
		{
			"a certificate signed for another, and what is the signer's and what the owner's",
			[]string{
				`{"event":"cert.create","identity":{"user":"bob","impersonator":"eve"}}`,
				`{"event":"session.start","user":"bob","impersonator":"eve","sid":"s-1"}`,
				`{"event":"session.start","user":"bob","sid":"s-2"}`,
				`{"event":"session.start","user":"bob","impersonator":"admin","sid":"s-3"}`,
			},
			[]string{
				"1 eve > bob cert.create u01", "1 eve > session:s-1 session.start u02",
				"2 bob > session:s-2 session.start u03 ?", "2 bob > session:s-3 session.start u04 ?",
			},
		},
		{
			"somebody else behind the identity's own name",
			[]string{`{"event":"session.start","user":"eve","impersonator":"admin","sid":"s-1"}`},
			[]string{"1 eve > session:s-1 session.start u01 ?"},
		},
		{
			"somebody behind a name who was reached only later",
			[]string{
				`{"event":"user.update","user":"eve","name":"bob"}`,
				`{"event":"session.start","user":"bob","impersonator":"cy","sid":"s-1"}`,
				`{"event":"user.update","user":"eve","name":"cy"}`,
			},
			[]string{"1 eve > bob user.update u01", "1 eve > cy user.update u03", "2 bob > session:s-1 session.start u02 ?"},
		},
		{
			"members of an access list",
			[]string{
				`{"event":"access_list.member.create","code":"TAL005I","updated_by":"eve","access_list_name":"l","members":[{"member_name":"bob"},{"member_name":"eve"}],"success":true}`,
				`{"event":"access_list.member.create","code":"TAL005E","updated_by":"eve","access_list_name":"l","members":[{"member_name":"cy"}],"success":false}`,
				`{"event":"access_list.member.delete","code":"TAL007I","updated_by":"eve","access_list_name":"l","members":[{"member_name":"dee"}],"success":true}`,
			},
			[]string{"1 eve > bob access_list.member.create u01"},
		},
		{
			"a list put on another list brings its members, who did not act",
			[]string{
				`{"event":"access_list.member.create","updated_by":"eve","access_list_name":"l","members":[{"member_name":"l2","membership_kind":2}],"success":true}`,
				`{"event":"session.start","user":"l2","sid":"s-1"}`,
			},
			[]string{"1 eve > access_list:l2 access_list.member.create u01"},
		},
		{
			"ends",
			[]string{
				`{"event":"mfa.add","user":"eve","mfa_device_uuid":"d-1","mfa_device_name":"burner"}`,
				`{"event":"mfa.add","user":"eve","mfa_device_uuid":"d-1","mfa_device_name":"burner"}`,
				`{"event":"lock.created","user":"eve","updated_by":"eve","name":"k-1","target":{"user":"bob"}}`,
				`{"event":"lock.deleted","user":"eve","name":"k-0"}`,
				`{"event":"saml.updated","user":"eve","name":"idp"}`,
				`{"event":"trusted_cluster.create","user":"eve","name":"leaf"}`,
				`{"event":"db.session.start","code":"TDB00I","user":"eve","sid":"s-1","db_service":"pg","success":true}`,
				`{"event":"db.session.start","code":"TDB00W","user":"eve","sid":"s-2","db_service":"pg","success":false}`,
				`{"event":"session.join","user":"eve","sid":"s-3"}`,
			},
			[]string{
				"1 eve > mfa_device:d-1 mfa.add u01", "1 eve > lock:k-1 lock.created u03", "1 eve > lock:k-0 lock.deleted u04",
				"1 eve > connector:idp saml.updated u05", "1 eve > cluster:leaf trusted_cluster.create u06",
				"1 eve > session:s-1 db.session.start u07", "1 eve > session:s-3 session.join u09",
			},
		},
		{
			"a cycle",
			[]string{
				`{"event":"user.create","user":"eve","name":"p1"}`,
				`{"event":"user.create","user":"p1","name":"p2"}`,
				`{"event":"user.update","user":"p2","name":"p1"}`,
				`{"event":"user.update","user":"p2","name":"eve"}`,
			},
			[]string{"1 eve > p1 user.create u01", "2 p1 > p2 user.create u02", "3 p2 > p1 user.update u03"},
		},
		{
			"reached earlier by a longer way",
			[]string{
				`{"event":"user.create","user":"eve","name":"p1"}`,
				`{"event":"reset_password_token.create","user":"p1","name":"bob"}`,
				`{"event":"session.start","user":"bob","sid":"s-1"}`,
				`{"event":"reset_password_token.create","user":"eve","name":"bob"}`,
				`{"event":"session.start","user":"bob","sid":"s-2"}`,
			},
			[]string{
				"1 eve > p1 user.create u01", "1 eve > bob reset_password_token.create u04",
				"2 p1 > bob reset_password_token.create u02", "2 bob > session:s-2 session.start u05 ?", "3 bob > session:s-1 session.start u03 ?",
			},
		},
		{
			"an event without a time bounds nothing",
			[]string{
				`{"event":"user.create","user":"eve","name":"p1","time":""}`,
				`{"event":"session.start","user":"p1","sid":"s-1"}`,
			},
			[]string{"1 eve > p1 user.create u01"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, shorts(trace(t, at(tt.log...), "eve", 4))); diff != "" {
				t.Errorf("edges (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTrace_startsFromOtherThanUsers(t *testing.T) {
	t.Parallel()
	log := at(
		`{"event":"join_token.create","user":"eve","name":"tok"}`,
		`{"event":"bot.join","bot_name":"ci","user_name":"bot-ci","token_name":"tok","success":true}`,
		`{"event":"access_request.create","user":"eve","id":"r-1"}`,
		`{"event":"session.start","user":"eve","sid":"s-1","access_requests":["r-1"]}`,
	)
	for who, want := range map[string][]string{
		"token:tok":   {"1 token:tok > bot:ci bot.join u02", "2 bot:ci > bot-ci bot.join u02"},
		"request:r-1": {"1 request:r-1 > session:s-1 session.start u04"},
		"host:h-1":    {},
	} {
		if diff := cmp.Diff(want, shorts(trace(t, log, who, 4))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", who, diff)
		}
	}
}

func TestTrace_tellsNumbersWhereFollowingWouldBury(t *testing.T) {
	t.Parallel()
	lines := []string{
		`{"event":"role.updated","user":"eve","name":"access"}`,
		`{"event":"user.update","user":"eve","name":"bob"}`,
	}
	for i := range 2001 {
		lines = append(lines, fmt.Sprintf(`{"event":"cert.create","identity":{"user":"user-%d","roles":["access"]}}`, i))
	}
	for i := range 101 {
		lines = append(lines, fmt.Sprintf(`{"event":"session.start","user":"bob","sid":"s-%d"}`, i))
	}
	got := trace(t, at(lines...), "eve", 4)
	want := []string{"1 eve > role:access role.updated u01", "1 eve > bob user.update u02"}
	if diff := cmp.Diff(want, shorts(got)); diff != "" {
		t.Fatalf("edges (-want +got):\n%s", diff)
	}
	for i, number := range []string{"2001 events", "101 acts"} {
		if !strings.Contains(got[i].Reason, number) {
			t.Errorf("reason %q does not say %q", got[i].Reason, number)
		}
	}
}

func TestFollow_saysWhereTheDepthEnds(t *testing.T) {
	t.Parallel()
	idx, err := pivottest.New(at(
		`{"event":"user.create","user":"eve","name":"bob"}`,
		`{"event":"user.create","user":"bob","name":"cy"}`,
	))
	if err != nil {
		t.Fatal(err)
	}
	for depth, want := range map[int][]string{1: {"the depth of 1 ends at bob, who may lead on: ask for a greater depth"}, 2: nil} {
		l, err := lineage.Follow(context.Background(), idx, lineage.Question{Identity: investigations.Entity{Kind: investigations.KindUser, Name: "eve"}, Depth: depth})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, l.Notes); diff != "" {
			t.Errorf("depth %d: notes (-want +got):\n%s", depth, diff)
		}
	}
}

func TestTrace_labels(t *testing.T) {
	t.Parallel()
	log := at(
		`{"event":"access_request.create","user":"eve","id":"r-1","roles":["root","dba"]}`,
		`{"event":"session.start","user":"eve","sid":"s-1","login":"root","server_id":"h","server_hostname":"web-1"}`,
		`{"event":"db.session.start","user":"eve","sid":"s-2","db_service":"pg","server_id":"h","server_hostname":"web-1"}`,
		`{"event":"mfa.add","user":"eve","mfa_device_uuid":"d-1","mfa_device_name":"burner"}`,
		`{"event":"cert.create","identity":{"user":"bob","access_requests":["r-1"]}}`,
		`{"event":"access_request.update","updated_by":"eve","id":"r-1"}`,
	)
	want := map[string]string{
		"request:r-1": "root, dba", "session:s-1": "root@web-1", "session:s-2": "pg", "mfa_device:d-1": "burner", "certificate:u05": "bob",
	}
	for _, e := range trace(t, log, "eve", 4) {
		if e.Label != want[e.Entity.String()] {
			t.Errorf("%s is called %q, want %q", e.Entity, e.Label, want[e.Entity.String()])
		}
	}
}

func TestOf_marshalsAsTheContractSays(t *testing.T) {
	t.Parallel()
	idx, err := pivottest.New(at(`{"event":"user.create","user":"eve","name":"p1"}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := lineage.Of(context.Background(), idx, investigations.Entity{Kind: investigations.KindUser, Name: "eve"}, time.Time{}, lineage.DefaultDepth)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	const tail = `,"lineage":[{"kind":"user","name":"p1","depth":1,"via":"user.create","event":"u01","time":"2026-10-06T22:00:00Z",` +
		`"parent":{"kind":"user","name":"eve"},"status":"proved","reason":"eve created the user p1"}]}`
	if s := string(b); !strings.HasPrefix(s, `{"identity":"eve","coverage":{"from":`) || !strings.HasSuffix(s, tail) {
		t.Errorf("JSON is\n%s, want it to end in\n%s", s, tail)
	}
	none, err := lineage.Of(context.Background(), idx, investigations.Entity{Kind: investigations.KindUser, Name: "p2"}, time.Time{}, 4)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := json.Marshal(none); !strings.HasSuffix(string(b), `,"lineage":[]}`) {
		t.Errorf("JSON of an unknown identity is %s, want an empty lineage", b)
	}
}

func TestTrace_stopsWhenCancelled(t *testing.T) {
	t.Parallel()
	idx, err := pivottest.New(at(`{"event":"user.create","user":"eve","name":"p1"}`))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := lineage.Follow(ctx, idx, lineage.Question{Identity: investigations.Entity{Kind: investigations.KindUser, Name: "eve"}, Depth: 4}); err == nil {
		t.Error("no error, want that of the context")
	}
}
