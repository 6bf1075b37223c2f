package extract

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
)

func inv(role investigations.Role, kind investigations.Kind, name, label string) investigations.Involvement {
	return investigations.Involvement{Role: role, Entity: investigations.Entity{Kind: kind, Name: name}, Label: label}
}

func TestEvent_readsWhatTheTableNames(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 0, 0, 101e6, time.UTC)
	const head = `{"ei":3,"uid":"u1","code":"T0I","time":"2026-03-01T09:00:00.101Z","cluster_name":"c",`
	tests := []struct {
		name, line string
		want       investigations.Event
	}{
		{
			"session with everything", head + `"event":"session.start","user":"al","login":"root","access_requests":["r1","r2"],"sid":"s1","with_mfa":"m1","server_id":"h1","server_hostname":"web","addr.remote":"203.0.113.7:5000","trusted_device":{"device_id":"d1","asset_tag":"tag"}}`,
			investigations.Event{Type: "session.start", Involved: []investigations.Involvement{
				inv(investigations.RoleActor, investigations.KindUser, "al", ""),
				inv(investigations.RoleTarget, investigations.KindOSLogin, "root", ""),
				inv(investigations.RoleVia, investigations.KindRequest, "r1", ""),
				inv(investigations.RoleVia, investigations.KindRequest, "r2", ""),
				inv(investigations.RoleTarget, investigations.KindSession, "s1", ""),
				inv(investigations.RoleVia, investigations.KindMFADevice, "m1", ""),
				inv(investigations.RoleTarget, investigations.KindHost, "h1", "web"),
				inv(investigations.RoleSource, investigations.KindAddress, "203.0.113.7", ""),
				inv(investigations.RoleVia, investigations.KindDevice, "d1", "tag"),
			}},
		},
		{
			"members of a list, whose own name is silent", head + `"event":"access_list.member.create","name":"x","updated_by":"al","access_list_name":"l1","access_list_title":"Admins","members":[{"member_name":"b"},{"member_name":"c"}]}`,
			investigations.Event{Type: "access_list.member.create", Involved: []investigations.Involvement{
				inv(investigations.RoleUpdater, investigations.KindUser, "al", ""),
				inv(investigations.RoleTarget, investigations.KindAccessList, "l1", "Admins"),
				inv(investigations.RoleMember, investigations.KindUser, "b", ""),
				inv(investigations.RoleMember, investigations.KindUser, "c", ""),
			}},
		},
		{
			"lock of version 17", head + `"event":"lock.created","name":"k","target":{},"lock":{"target":{"user":"al"}}}`,
			investigations.Event{Type: "lock.created", Involved: []investigations.Involvement{
				inv(investigations.RoleSubject, investigations.KindLock, "k", ""),
				inv(investigations.RoleSubject, investigations.KindUser, "al", ""),
			}},
		},
		{
			"unknown type keeps its well-known keys", head + `"event":"brand.new","user":"al","name":"thing","strange":{"user":"no"}}`,
			investigations.Event{Type: "brand.new", Involved: []investigations.Involvement{
				inv(investigations.RoleActor, investigations.KindUser, "al", ""),
				inv(investigations.RoleSubject, investigations.KindResource, "thing", ""),
			}},
		},
		{
			"user as an object", head + `"event":"device","user":{"user":"al"},"status":{"success":true}}`,
			investigations.Event{Type: "device", Outcome: investigations.OutcomeSuccess, Involved: []investigations.Involvement{
				inv(investigations.RoleActor, investigations.KindUser, "al", ""),
			}},
		},
		{
			"review names its requester apart", head + `"event":"access_request.review","user":"al","reviewer":"bo","id":"r1"}`,
			investigations.Event{Type: "access_request.review", Involved: []investigations.Involvement{
				inv(investigations.RoleRequester, investigations.KindUser, "al", ""),
				inv(investigations.RoleReviewer, investigations.KindUser, "bo", ""),
				inv(investigations.RoleSubject, investigations.KindRequest, "r1", ""),
			}},
		},
		{
			"escapes and odd bytes in a command", head + `"event":"exec","command":"a\u001b[\"\ud83d\ude00` + "\xff" + `"}`,
			investigations.Event{Type: "exec", Text: "a\x1b[\"😀\xff"},
		},
		{
			"a database statement is never a failure", head + `"event":"db.session.query","success":false,"db_query":"SELECT 1"}`,
			investigations.Event{Type: "db.session.query", Text: "SELECT 1"},
		},
		{
			"IPv6 keeps no port", head + `"event":"x","addr.remote":"[2001:db8::1]:3022"}`,
			investigations.Event{Type: "x", Involved: []investigations.Involvement{inv(investigations.RoleSource, investigations.KindAddress, "2001:db8::1", "")}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Event([]byte(tt.line))
			if err != nil {
				t.Fatal(err)
			}
			tt.want.UID, tt.want.Code, tt.want.Index, tt.want.Cluster, tt.want.Time = "u1", "T0I", 3, "c", at
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestEvent_outcome(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line string
		want investigations.Outcome
	}{
		{`{"event":"user.login","code":"T1000I","success":true}`, investigations.OutcomeSuccess},
		{`{"event":"user.login","code":"T1000W","success":false}`, investigations.OutcomeFailure},
		{`{"event":"user.login","code":"T1000W","success":"false"}`, investigations.OutcomeFailure},
		{`{"event":"user.login","code":"T1012I","success":false}`, investigations.OutcomeUnsaid},
		{`{"event":"exec","code":"T3002E"}`, investigations.OutcomeFailure},
		{`{"event":"exec","code":"T3002I"}`, investigations.OutcomeUnsaid},
		{`{"event":"access_request.review","code":"T5002I","state":"PENDING","proposed_state":"APPROVED"}`, investigations.OutcomeSuccess},
		{`{"event":"access_request.review","code":"T5002I","state":"APPROVED","proposed_state":"DENIED"}`, investigations.OutcomeFailure},
		{`{"event":"access_request.update","code":"T5001I","state":"APPROVED"}`, investigations.OutcomeSuccess},
		{`{"event":"access_request.create","code":"T5000I","state":"PENDING"}`, investigations.OutcomeUnsaid},
		{`{"event":"db.session.query","code":"TDB02I","success":false}`, investigations.OutcomeUnsaid},
		{`{"event":"user.login","success":"true"}`, investigations.OutcomeSuccess},
	}
	for _, tt := range tests {
		if got, err := Event([]byte(tt.line)); err != nil || got.Outcome != tt.want {
			t.Errorf("%s: outcome %d, err %v, want %d", tt.line, got.Outcome, err, tt.want)
		}
	}
}

func TestScan_refusesWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		``, `   `, `null`, `[]`, `"event"`, `{`, `{"event"`, `{"event":}`, `{"event":"a"`, `{"event":"a",}`, `{"event":"a"}}`,
		`{"event":"a"} {"event":"b"}`, `{event:"a"}`, `{"a":01x,"event":"a"}`, `{"event":"a","b":tru}`, `{"event":"a\`, `{"event":"a","n":-}`,
		`{"event":"a","n":1.}`, `{"event":"a","n":1e}`, `{"user":"x"}`, `{"event":7}`, "\x00\x01\x02",
		`{"event":"a","x":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`,
	} {
		if _, err := Event([]byte(line)); err == nil {
			t.Errorf("%.60q was accepted", line)
		}
	}
}

func TestMilliseconds_agreesWithTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64Range(1, 253370764800000).Draw(t, "ms")).UTC()
		layout := rapid.SampledFrom([]string{time.RFC3339Nano, "2006-01-02T15:04:05.000Z07:00", "2006-01-02T15:04:05.000000000Z07:00"}).Draw(t, "layout")
		s := at.Format(layout)
		if got := Milliseconds([]byte(s)); got != at.UnixMilli() {
			t.Fatalf("%s: %d, want %d", s, got, at.UnixMilli())
		}
		zoned := at.In(time.FixedZone("", rapid.IntRange(-23, 23).Draw(t, "zone")*1800)).Format(layout)
		if got := Milliseconds([]byte(zoned)); got != at.UnixMilli() {
			t.Fatalf("%s: %d, want %d", zoned, got, at.UnixMilli())
		}
	})
	for _, s := range []string{"", "x", "0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00.Z"} {
		if got := Milliseconds([]byte(s)); got != 0 {
			t.Errorf("%q: %d, want 0", s, got)
		}
	}
}

// The scanner accepts every object that encoding/json accepts, and reads the
// same strings from it.
func TestScan_agreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := map[string]any{"event": "x." + rapid.String().Draw(t, "type"), "user": rapid.String().Draw(t, "user")}
		for range rapid.IntRange(0, 6).Draw(t, "more") {
			key := "k" + rapid.String().Draw(t, "key")
			m[key] = rapid.SampledFrom([]any{nil, true, 1.5e300, -7, "s\"\\\n", []any{1, "two", map[string]any{"three": nil}}, map[string]any{"user": "deep"}}).Draw(t, "value")
		}
		line, err := json.Marshal(m)
		if err != nil {
			t.Skip()
		}
		got, err := Event(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		var back map[string]any
		if err := json.Unmarshal(line, &back); err != nil {
			t.Fatal(err)
		}
		if got.Type != back["event"] {
			t.Fatalf("type %q, want %q", got.Type, back["event"])
		}
		user := ""
		if v, ok := got.First(investigations.KindUser, investigations.RoleActor); ok {
			user = v.Entity.Name
		}
		if user != back["user"] {
			t.Fatalf("user %q, want %q", user, back["user"])
		}
	})
}

// Unescape gives what encoding/json gives, wherever that accepts the text.
func TestUnescape_agreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pieces := []string{`\\`, `\"`, `\/`, `\n`, `\t`, `\b`, `\f`, `\r`, `\u00e9`, `\ud83d`, `\uDE00`, `\u0000`, "a", "é", "abcdefgh", "u", "800"}
		src := strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "src"), "")
		var want string
		if err := json.Unmarshal([]byte(`"`+src+`"`), &want); err != nil {
			t.Fatalf("%q: %v", src, err)
		}
		if got := string(Unescape([]byte("kept "), []byte(src))); got != "kept "+want {
			t.Fatalf("%q gives %q, want %q", src, got, want)
		}
	})
	for src, want := range map[string]string{`a\`: `a\`, `\x1`: `\x1`, `\u12`: `\u12`, "\xff\\n": "\xff\n"} {
		if got := string(Unescape(nil, []byte(src))); got != want {
			t.Errorf("%q gives %q, want %q", src, got, want)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	lines := benchLines(b)
	var s Scanner
	n := 0
	for _, l := range lines {
		n += len(l)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		s.Reset(s.Reset(Memory{}))
		for _, l := range lines {
			if _, err := s.Scan(l); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// benchLines reads CORDON_BENCH_LOG where it is set, else makes a few lines.
func benchLines(b *testing.B) [][]byte {
	if name := os.Getenv("CORDON_BENCH_LOG"); name != "" {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		return bytes.Split(bytes.TrimSpace(data[:min(len(data), 64<<20)]), []byte{'\n'})[:10000]
	}
	return [][]byte{
		[]byte(`{"ei":0,"event":"cert.create","uid":"a6e5cf9e-64f3-4c3f-9b7e-000000000001","code":"TC000I","time":"2026-10-01T00:00:01.101Z","cluster_name":"c.example.com","cert_type":"user","identity":{"user":"al@example.com","roles":["access","editor"],"logins":["ubuntu"],"expires":"2026-10-01T12:00:01Z","traits":{"logins":["ubuntu"],"team":["x"]},"client_ip":"203.0.113.9"},"user_agent":"tsh/18"}`),
		[]byte(`{"ei":3,"event":"exec","uid":"a6e5cf9e-64f3-4c3f-9b7e-000000000002","code":"T3002I","time":"2026-10-01T00:00:02.101Z","cluster_name":"c.example.com","user":"al@example.com","login":"root","sid":"5f3c1c7e-7b1d-4a52-9c0e-0b9a2f6d1e11","server_id":"363256df-f78a-4d99-803c-bae19da9ede4","server_hostname":"web-1","addr.remote":"203.0.113.9:50000","command":"grep -R \"x\" /var/log"}`),
	}
}
