package hands_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/hands"
	"cordon/investigations/judgement"
	"cordon/investigations/pivot/pivottest"
)

// log is a few lines, readable as evidence and as lines. The events have the
// uids u01, u02, … and, unless a line says otherwise, happen a second apart.
type log struct {
	*pivottest.Index
	lines []string
}

func newLog(t interface{ Fatal(...any) }, lines ...string) log {
	stamped := make([]string, len(lines))
	for i, l := range lines {
		stamp := fmt.Sprintf(`{"uid":"u%02d",`, i+1)
		if !strings.Contains(l, `"time"`) {
			stamp += fmt.Sprintf(`"time":"2026-10-06T22:%02d:%02dZ",`, i/60, i%60)
		}
		stamped[i] = stamp + strings.TrimPrefix(l, "{")
	}
	idx, err := pivottest.New(strings.Join(stamped, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return log{idx, stamped}
}

func (l log) RawEach(_ context.Context, ids []int64, yield func(int64, []byte) error) error {
	for _, id := range ids {
		if err := yield(id, []byte(l.lines[id-1])); err != nil {
			return err
		}
	}
	return nil
}

var dana = investigations.Entity{Kind: investigations.KindUser, Name: "dana"}

func key(t *testing.T, s string) judgement.Key {
	t.Helper()
	k, err := judgement.ParseKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func marks(t *testing.T, hostile, owner string) (j judgement.Judgement) {
	t.Helper()
	for _, s := range strings.Fields(hostile) {
		j = j.With(judgement.Mark{Identity: dana, Key: key(t, s), Side: judgement.Hostile})
	}
	for _, s := range strings.Fields(owner) {
		j = j.With(judgement.Mark{Identity: dana, Key: key(t, s), Side: judgement.Owner})
	}
	return j
}

func TestRead_groupsByWhatTellsHandsApart(t *testing.T) {
	t.Parallel()
	l := newLog(t,
		`{"event":"user.login","user":"dana","success":true,"addr.remote":"198.51.100.7:1","user_agent":"tsh/17","mfa_device":{"mfa_device_uuid":"d-1","mfa_device_name":"key"},"time":"2026-10-05T09:00:00Z"}`,
		`{"event":"cert.create","identity":{"user":"dana","client_ip":"198.51.100.7","mfa_device_uuid":"d-1","expires":"2026-10-05T21:00:00.7Z"},"user_agent":"tsh/17","time":"2026-10-05T09:00:01Z"}`,
		`{"event":"session.start","user":"dana","sid":"s-1","with_mfa":"d-1","addr.remote":"198.51.100.7:2","time":"2026-10-05T09:10:00Z"}`,
		`{"event":"session.command","user":"dana","sid":"s-1","path":"/bin/ls","time":"2026-10-05T09:11:00Z"}`,
		`{"event":"session.end","user":"dana","sid":"s-1","addr.remote":"198.51.100.7:2","time":"2026-10-05T09:12:00Z"}`,
		`{"event":"user.login","user":"dana","success":false,"addr.remote":"203.0.113.66:1","user_agent":"curl/8"}`,
		`{"event":"user.login","user":"dana","success":true,"addr.remote":"203.0.113.66:2","user_agent":"curl/8"}`,
		`{"event":"access_request.create","user":"dana","id":"r-1"}`,
		`{"event":"access_request.update","updated_by":"dana","id":"r-1"}`,
		`{"event":"user.create","user":"ines","name":"dana","addr.remote":"192.0.2.9:1"}`,
	)
	h, err := hands.Read(context.Background(), l, l, dana, hands.Options{
		Judgement: marks(t, "address:203.0.113.66", ""), Incident: time.Date(2026, 10, 6, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range h.Groups {
		got = append(got, fmt.Sprintf("%s %s %d/%d/%d/%d/%d new=%t side=%s %s", g.Key, g.Label, g.Logins, g.Failed, g.Certificates, g.Sessions, g.Other, g.New, g.Side, g.Event))
	}
	want := []string{
		"address:198.51.100.7  1/0/1/1/1 new=false side= u01",
		"address:203.0.113.66  1/1/0/0/0 new=true side=hostile u06",
		"mfa_device:d-1 key 1/0/1/1/1 new=false side= u01",
		"agent:tsh/17  1/0/1/0/0 new=false side= u01",
		"agent:curl/8  1/1/0/0/0 new=true side= u06",
		"certificate:u02  0/0/1/0/0 new=false side= u02",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	got = nil
	for _, link := range h.Links {
		if link.A.Facet != judgement.FacetCertificate && link.B.Facet != judgement.FacetCertificate {
			got = append(got, fmt.Sprintf("%s %s %d %s", link.A, link.B, link.Events, link.Event))
		}
	}
	want = []string{
		"address:198.51.100.7 mfa_device:d-1 3 u01", "address:198.51.100.7 agent:tsh/17 2 u01", "address:203.0.113.66 agent:curl/8 2 u06",
		"mfa_device:d-1 agent:tsh/17 2 u01",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if h.Acts != 8 || h.Bare != 2 || h.Sides[hands.Hostile] != 2 || h.Sides[hands.Ambiguous] != 6 {
		t.Errorf("%d acts, %d bare, sides %v; want 8, 2, and 2 hostile of them", h.Acts, h.Bare, h.Sides)
	}
}

func TestRead_isForUsersAndBots(t *testing.T) {
	t.Parallel()
	l := newLog(t, `{"event":"user.login","user":"dana"}`)
	_, err := hands.Read(context.Background(), l, l, investigations.Entity{Kind: investigations.KindRole, Name: "ops"}, hands.Options{})
	if !errors.Is(err, hands.ErrNoHands) {
		t.Errorf("error %v, want that roles have no hands", err)
	}
}

func TestRead_tiesACertificateToTheOneItWasIssuedFrom(t *testing.T) {
	t.Parallel()
	cert := func(at, expires, from string) string {
		return fmt.Sprintf(`{"event":"cert.create","time":"2026-10-06T%sZ","identity":{"user":"dana","expires":"%s","prev_identity_expires":"%s"}}`, at, expires, from)
	}
	const none = "0001-01-01T00:00:00Z"
	assumed := func(at, expires string) string {
		return fmt.Sprintf(`{"event":"cert.create","time":"2026-10-06T%sZ","identity":{"user":"dana","expires":"%s","access_requests":["r-1"]}}`, at, expires)
	}
	for _, tt := range []struct {
		name  string
		lines []string
		want  map[string]int // certificates by the first of their chain
	}{
		{"issued again, to the second", []string{cert("10:00:00", "2026-10-06T22:00:00.7Z", none), cert("11:00:00", "2026-10-06T22:00:00.001Z", none)}, map[string]int{"u01": 2}},
		{"another login", []string{cert("10:00:00", "2026-10-06T22:00:00.7Z", none), cert("10:00:05", "2026-10-06T22:00:05.7Z", none)}, map[string]int{"u01": 1, "u02": 1}},
		{"the log says what it was issued from", []string{cert("10:00:00", "2026-10-06T22:00:00.7Z", none), cert("11:00:00", "2026-10-06T11:01:00Z", "2026-10-06T22:00:00Z")}, map[string]int{"u01": 2}},
		{"two logins in one second tie nothing", []string{
			cert("10:00:00.1", "2026-10-06T22:00:00.1Z", none), cert("10:00:00.8", "2026-10-06T22:00:00.8Z", none), cert("11:00:00", "2026-10-06T22:00:00.001Z", none),
		}, map[string]int{"u01": 1, "u02": 1, "u03": 1}},
		{"an access request ends for both who assumed it", []string{
			cert("10:00:00", "2026-10-06T22:00:00.7Z", none), assumed("10:30:00", "2026-10-06T18:00:00Z"),
			cert("11:00:00", "2026-10-06T23:00:00.7Z", none), assumed("11:30:00", "2026-10-06T18:00:00Z"),
		}, map[string]int{"u01": 1, "u02": 1, "u03": 1, "u04": 1}},
		{"an access request that outlives the login", []string{cert("10:00:00", "2026-10-06T22:00:00.7Z", none), assumed("10:30:00", "2026-10-06T22:00:00Z")}, map[string]int{"u01": 2}},
		{"no end", []string{cert("10:00:00", none, none), cert("11:00:00", none, none)}, map[string]int{"u01": 1, "u02": 1}},
		{"an end that is no time", []string{`{"event":"cert.create","identity":{"user":"dana","expires":7}}`}, map[string]int{"u01": 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLog(t, tt.lines...)
			h, err := hands.Read(context.Background(), l, l, dana, hands.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int{}
			for _, g := range h.Groups {
				got[g.Key.Value] = g.Certificates
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("chains (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAttribute(t *testing.T) {
	t.Parallel()
	lines := []string{
		`{"event":"session.start","user":"dana","sid":"s-1","addr.remote":"203.0.113.66:1"}`,
		`{"event":"session.start","user":"dana","sid":"s-2","addr.remote":"198.51.100.7:1","with_mfa":"d-1"}`,
	}
	for _, tt := range []struct {
		name           string
		event          string
		hostile, owner string
		want           hands.Side
		reason         string
	}{
		{"from a hostile address", `{"event":"mfa.add","user":"dana","addr.remote":"203.0.113.66:9"}`, "address:203.0.113.66", "", hands.Hostile, "from the hostile address 203.0.113.66"},
		{"from the owner's", `{"event":"mfa.add","user":"dana","addr.remote":"198.51.100.7:9"}`, "address:203.0.113.66", "address:198.51.100.7", hands.Owner, "from the owner's address 198.51.100.7"},
		{"from one that is not marked", `{"event":"mfa.add","user":"dana","addr.remote":"192.0.2.10:9"}`, "address:203.0.113.66", "address:198.51.100.7", hands.Ambiguous, "the address 192.0.2.10 is marked neither hostile nor the owner's"},
		{"from nowhere", `{"event":"access_request.create","user":"dana","id":"r"}`, "address:203.0.113.66", "", hands.Ambiguous, "the event carries no address and no device"},
		{"with a hostile device from an office", `{"event":"session.start","user":"dana","sid":"s-9","with_mfa":"d-2","addr.remote":"192.0.2.10:9"}`, "mfa_device:d-2", "", hands.Hostile, "with the hostile MFA device d-2"},
		{"both", `{"event":"session.start","user":"dana","sid":"s-9","with_mfa":"d-1","addr.remote":"203.0.113.66:9"}`, "address:203.0.113.66", "mfa_device:d-1", hands.Ambiguous, "it carries both the hostile address 203.0.113.66 and the owner's MFA device d-1"},
		{"a command in a session", `{"event":"session.command","user":"dana","sid":"s-1"}`, "address:203.0.113.66", "", hands.Hostile, "in the session s-1, started from the hostile address 203.0.113.66"},
		{"a command in the owner's session", `{"event":"session.command","user":"dana","sid":"s-2"}`, "address:203.0.113.66", "mfa_device:d-1", hands.Owner, "in the session s-2, started with the owner's MFA device d-1"},
		{"a command in a session that is not there", `{"event":"session.command","user":"dana","sid":"s-8"}`, "address:203.0.113.66", "", hands.Ambiguous, "the event carries no address and no device"},
		{"a session that is marked itself", `{"event":"session.command","user":"dana","sid":"s-2"}`, "session:s-2", "", hands.Hostile, "in the hostile session s-2"},
		{"an agent", `{"event":"user.login","user":"dana","addr.remote":"192.0.2.10:9","user_agent":"curl/8"}`, "agent:curl/8", "", hands.Hostile, "with the hostile user agent curl/8"},
		{"a certificate", `{"event":"cert.create","identity":{"user":"dana","expires":"2026-10-07T10:00:00Z"}}`, "certificate:u03", "", hands.Hostile, "with the hostile certificate u03"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLog(t, append(lines, tt.event)...)
			j, err := hands.ReadJudge(context.Background(), l, l, dana, marks(t, tt.hostile, tt.owner))
			if err != nil {
				t.Fatal(err)
			}
			got := j.Attribute(&l.Events()[2])
			if got.Side != tt.want || got.Reason != tt.reason {
				t.Errorf("%s because %q, want %s because %q", got.Side, got.Reason, tt.want, tt.reason)
			}
		})
	}
}

func TestAttribute_takesAThiefsAddressForAnyIdentity(t *testing.T) {
	t.Parallel()
	l := newLog(t,
		`{"event":"user.login","user":"omar","addr.remote":"203.0.113.66:1","user_agent":"curl/8"}`,
		`{"event":"user.login","user":"omar","addr.remote":"192.0.2.10:1","user_agent":"curl/8"}`,
	)
	omar := investigations.Entity{Kind: investigations.KindUser, Name: "omar"}
	all := marks(t, "address:203.0.113.66 agent:curl/8", "")
	j, err := hands.ReadJudge(context.Background(), l, l, omar, all)
	if err != nil {
		t.Fatal(err)
	}
	if got := j.Attribute(&l.Events()[0]); got.Side != hands.Hostile {
		t.Errorf("from dana's thief's address it is %s, want hostile", got.Side)
	}
	if got := j.Attribute(&l.Events()[1]); got.Side != hands.Ambiguous {
		t.Errorf("with the agent of dana's thief it is %s, want ambiguous: anybody has that", got.Side)
	}
	owned := all.With(judgement.Mark{Identity: omar, Key: key(t, "address:203.0.113.66"), Side: judgement.Owner})
	if got := hands.NewJudge(omar, owned).Attribute(&l.Events()[0]); got.Side != hands.Owner {
		t.Errorf("an address marked as omar's own is %s, want the owner's", got.Side)
	}
}

// TestRead_countsEveryActOnce checks made-up logs: what a group counts is what
// the lines say, whatever their order.
func TestRead_countsEveryActOnce(t *testing.T) {
	t.Parallel()
	ann := investigations.Entity{Kind: investigations.KindUser, Name: "ann"}
	rapid.Check(t, func(rt *rapid.T) {
		lines := pivottest.Draw(rt, 40)
		read := func(lines []string) *hands.Hands {
			idx, err := pivottest.New(strings.Join(lines, "\n"))
			if err != nil {
				rt.Fatal(err)
			}
			h, err := hands.Read(context.Background(), idx, nil, ann, hands.Options{})
			if err != nil {
				rt.Fatal(err)
			}
			for i := range h.Groups {
				h.Groups[i].ID = 0
			}
			for i := range h.Links {
				h.Links[i].ID = 0
			}
			return h
		}
		h := read(lines)
		first := read(rapid.Permutation(lines).Draw(rt, "shuffled"))
		if diff := cmp.Diff(plain(h), plain(first)); diff != "" {
			rt.Fatalf("it depends on the order of lines:\n%s", diff)
		}
		logins := 0
		for _, line := range lines {
			if strings.Contains(line, `"event":"user.login","code":"T1000I","user":"ann"`) {
				logins++
			}
		}
		got := 0
		for _, g := range h.Groups {
			if g.Key.Facet == judgement.FacetAddress {
				got += g.Logins
			}
		}
		if got != logins {
			rt.Fatalf("%d logins by address, the lines have %d", got, logins)
		}
	})
}

func plain(h *hands.Hands) []string {
	var out []string
	for _, g := range h.Groups {
		out = append(out, fmt.Sprint(g.Key, g.First, g.Last, g.Event, g.Logins, g.Failed, g.Certificates, g.Sessions, g.Other))
	}
	for _, l := range h.Links {
		out = append(out, fmt.Sprint(l.A, l.B, l.Event, l.Events))
	}
	return append(out, fmt.Sprint(h.Acts, h.Bare))
}
