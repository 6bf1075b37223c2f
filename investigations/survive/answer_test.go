package survive_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot/pivottest"
	"cordon/investigations/survive"
)

// shared is an identity used by its owner, from 198.51.100.7, and by a thief,
// from 203.0.113.66.
const shared = `
{"event":"user.login","uid":"o1","time":"2026-11-18T08:00:00Z","user":"mallory","success":true,"code":"T1000I","addr.remote":"198.51.100.7:1"}
{"event":"cert.create","uid":"o2","time":"2026-11-18T12:00:00Z","cert_type":"user","identity":{"user":"mallory","roles":["access"],"client_ip":"198.51.100.7","expires":"2026-11-19T08:00:00Z"}}
{"event":"user.create","uid":"o3","time":"2026-11-18T12:01:00Z","user":"mallory","name":"intern","roles":["access"],"expires":"0001-01-01T00:00:00Z","addr.remote":"198.51.100.7:2"}
{"event":"cert.create","uid":"h1","time":"2026-11-18T21:00:00Z","cert_type":"user","identity":{"user":"mallory","roles":["access"],"client_ip":"203.0.113.66","expires":"2026-11-19T09:00:00Z"}}
{"event":"user.create","uid":"h2","time":"2026-11-18T21:01:00Z","user":"mallory","name":"relay","roles":["access"],"expires":"0001-01-01T00:00:00Z","addr.remote":"203.0.113.66:2"}
{"event":"role.created","uid":"u1","time":"2026-11-18T21:02:00Z","user":"mallory","name":"shadow"}
`

func decided(t *testing.T, log string, j judgement.Judgement) *survive.Report {
	t.Helper()
	x, err := pivottest.New(log)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lineage.Follow(t.Context(), x, lineage.Question{Identity: mallory, Depth: lineage.DefaultDepth, Judgement: j, Lines: x})
	if err != nil {
		t.Fatal(err)
	}
	q, err := survive.Ask(t.Context(), x, l, board(t.Context(), x), contain.Server{Major: 17}, moment)
	if err != nil {
		t.Fatal(err)
	}
	r, err := survive.Of(t.Context(), x, q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func kinds(r *survive.Report) string {
	var lines []string
	for line := range strings.Lines(brief(r, "")) {
		title, _, _ := strings.Cut(line, " | ")
		lines = append(lines, title)
	}
	return strings.Join(lines, "\n")
}

func marks(sides map[string]judgement.Side) judgement.Judgement {
	var j judgement.Judgement
	for address, side := range sides {
		j = j.With(judgement.Mark{Identity: mallory, Key: judgement.NewKey(judgement.FacetAddress, address), Side: side})
	}
	return j
}

func TestAsk_countsWhatHostileHandsDid(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		sides map[string]judgement.Side
		want  string
	}{
		"nothing marked: all of it": {nil, "certificate mallory\nrole shadow\nuser intern\nuser relay"},
		"the thief marked: the rest is open": {
			map[string]judgement.Side{"203.0.113.66": judgement.Hostile},
			"certificate mallory\nperhaps certificate mallory\nperhaps role shadow\nperhaps user intern\nuser relay",
		},
		"both marked: the owner's is left out": {
			map[string]judgement.Side{"203.0.113.66": judgement.Hostile, "198.51.100.7": judgement.Owner},
			"certificate mallory\nperhaps role shadow\nuser relay",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, kinds(decided(t, shared, marks(tt.sides)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAsk_goesByTheStepsDecided(t *testing.T) {
	t.Parallel()
	step := func(name, via, event string) judgement.Edge {
		kind := investigations.KindUser
		if strings.HasPrefix(via, "role.") {
			kind = investigations.KindRole
		}
		return judgement.Edge{Parent: mallory, Child: investigations.Entity{Kind: kind, Name: name}, Via: via, Event: event}
	}
	author := judgement.Author{Operator: "ivy", Mode: journal.ModeDryRun, Now: moment}
	entries := []journal.Entry{
		judgement.MarkEntry(author, mallory, judgement.Hostile, "", judgement.NewKey(judgement.FacetAddress, "203.0.113.66")),
		judgement.EdgeEntry(author, mallory, judgement.Refused, "made for the new intern", step("intern", "user.create", "o3")),
		judgement.EdgeEntry(author, mallory, judgement.Accepted, "", step("shadow", "role.created", "u1")),
	}
	want := "certificate mallory\nperhaps certificate mallory\nrole shadow\nuser relay"
	if diff := cmp.Diff(want, kinds(decided(t, shared, judgement.Read(entries)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const chain = `
{"event":"user.create","uid":"a1","time":"2026-11-18T21:00:00Z","user":"mallory","name":"relay","roles":["shadow"],"expires":"0001-01-01T00:00:00Z"}
{"event":"role.created","uid":"a2","time":"2026-11-18T20:59:00Z","user":"mallory","name":"shadow"}
{"event":"cert.create","uid":"a3","time":"2026-11-18T21:02:00Z","cert_type":"user","identity":{"user":"relay","roles":["shadow"],"expires":"2026-12-18T21:02:00Z"}}
{"event":"access_list.member.delete","uid":"a4","time":"2026-11-18T21:03:00Z","updated_by":"mallory","access_list_name":"list-1","members":[{"member_name":"bob"}],"success":true}
{"event":"join_token.create","uid":"a5","time":"2026-11-18T21:04:00Z","user":"mallory","name":"tok","expires":"2026-11-19T21:00:00Z"}
`

func TestActions_locksFirstThenLooksThenRevocationsThenEdits(t *testing.T) {
	t.Parallel()
	r := ask(t, chain, nil)
	asked := 0
	var got []string
	for _, a := range r.Actions() {
		got = append(got, fmt.Sprintf("%s %s (%d)", a.Stage, a.Command, len(a.For)))
		if (a.Lock != nil) != (a.Stage == survive.Cut) {
			t.Errorf("%s has the lock %v", a.Command, a.Lock)
		}
		if a.Lock == nil {
			continue
		}
		asked++
		plan, err := contain.NewPlan(*a.Lock, strings.NewReader(strings.Repeat("x", 16)))
		if err != nil || plan.Command() != a.Command {
			t.Errorf("%s has the plan %v, %v", a.Command, plan, err)
		}
	}
	want := []string{
		"cut tctl lock --user=mallory --message='compromised, see case' --ttl=24h (1)",
		// One lock for the user and for its certificate, as long as the latter lasts.
		"cut tctl lock --user=relay --message='compromised, see case' --expires=2026-12-18T21:02:00Z (2)",
		"look tctl get role/shadow (1)",
		"revoke tctl users rm relay (1)",
		"revoke tctl tokens rm tok (1)",
		"revoke tctl rm role/shadow (1)",
		"restore tctl acl users add list-1 bob (1)",
	}
	if diff := cmp.Diff(want, got); diff != "" || asked != 2 {
		t.Errorf("%d locks prepared (-want +got):\n%s", asked, diff)
	}
}

func TestActions_oneCommandForTwoStepsKeepsBothNotes(t *testing.T) {
	t.Parallel()
	r := ask(t, `{"event":"role.created","uid":"a1","time":"2026-11-18T21:00:00Z","user":"mallory","name":"a/b"}`, nil)
	for _, a := range r.Actions() {
		if a.Command != "tctl get role" {
			continue
		}
		if len(a.For) != 1 || !strings.Contains(a.Note, "it was made") || !strings.Contains(a.Note, "in the web console") {
			t.Errorf("for %d things: %s", len(a.For), a.Note)
		}
		return
	}
	t.Errorf("no look at the roles in %+v", r.Actions())
}

func TestReport_JSONHasListsAndOneCommand(t *testing.T) {
	t.Parallel()
	for _, log := range []string{chain, `{"event":"user.login","uid":"x","time":"2026-11-18T20:00:00Z","user":"bob","success":true}`} {
		b, err := json.Marshal(ask(t, log, nil))
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Identity string
			Survives []struct {
				Kind, Command, Event string
				Until                struct{ Ends string }
			}
			Held, Unknown []any
		}
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if got.Identity != "mallory" || got.Survives == nil || got.Held == nil || got.Unknown == nil {
			t.Errorf("%s", b)
		}
		for _, i := range got.Survives {
			if i.Command == "" || i.Until.Ends == "" || i.Event == "" && i.Kind != "identity" {
				t.Errorf("%+v", i)
			}
		}
	}
}

func TestOf_isBoundedAndSaysSo(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	for i := range 700 {
		fmt.Fprintf(&log, `{"event":"role.created","uid":"r%d","time":"2026-11-18T21:00:00Z","user":"mallory","name":"role-%d"}`+"\n", i, i)
	}
	r := ask(t, log.String(), nil)
	if n := strings.Count(brief(r, ""), "\n") + 1; n != 500 || r.More["role"] != 200 {
		t.Errorf("%d listed, %v more", n, r.More)
	}
}

func TestOf_cancelled(t *testing.T) {
	t.Parallel()
	x, err := pivottest.New(chain)
	if err != nil {
		t.Fatal(err)
	}
	q := question(t, x, mallory)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := survive.Of(ctx, x, q); err == nil {
		t.Error("a cancelled question was answered")
	}
}
