package extract

import (
	"strings"
	"testing"
	"unicode/utf8"

	"cordon/investigations"
)

// Odd values that servers, their versions and the pipelines behind them write.
// The truth is what a responder expects: nobody who is named gets lost, and
// what names nobody makes no entity.
func TestEvent_oddValues(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, line, want string }{
		// What is missing or empty.
		{"nothing but a type", `{"event":"x"}`, "unsaid"},
		{"null and empty values", `{"event":"session.data","user":null,"sid":"","addr.remote":"","login":null,"roles":null}`, "unsaid"},

		// Another JSON type than Teleport's.
		{"objects in the place of names", `{"event":"x","user":{"name":"al"},"sid":{},"login":[{"a":"b"}],"addr.remote":{"ip":"192.0.2.1"}}`, "unsaid"},
		{"user as an object", `{"event":"exec","user":{"user":"al","login":"no"}}`, "unsaid | actor user:al"},
		{"names in the place of objects", `{"event":"lock.created","target":"al","lock":"al","name":"k"}`, "unsaid | subject lock:k"},
		{"arrays of one", `{"event":["exec"],"code":["T3002E"],"user":["al"],"addr.remote":["192.0.2.1:5"],"trusted_device":[{"device_id":["d"],"asset_tag":["tag"]}]}`, "failure | actor user:al | source address:192.0.2.1 | via device:d (tag)"},
		{"one value in the place of an array", `{"event":"access_request.create","roles":"dba","access_requests":"r","resource_ids":{"kind":"node","name":"h"}}`, "unsaid | target host:h | target role:dba | via request:r"},
		{"arrays of arrays", `{"event":"user.create","roles":[["a"],["b","c"]]}`, "unsaid | target role:a | target role:b | target role:c"},
		{"names of digits taken for numbers", `{"event":"exec","user":1001,"login":0}`, "unsaid | actor user:1001 | target login:0"},
		{"numbers as texts", `{"event":"kube.request","ei":"7","response_code":"403"}`, "failure"},
		{"truth values are no names", `{"event":"exec","user":true,"login":false}`, "unsaid"},
		{"success as a text", `{"event":"user.login","success":"True"}`, "success"},
		{"status as an object", `{"event":"device","status":{"success":"false"}}`, "failure"},

		// Where dots went, and how keys are written.
		{"dots taken for nesting", `{"event":"x","addr":{"remote":"192.0.2.1:5"}}`, "unsaid | source address:192.0.2.1"},
		{"dots written as underscores", `{"event":"x","addr_remote":"192.0.2.1:5"}`, "unsaid | source address:192.0.2.1"},
		{"an addr of its own", `{"event":"port","addr":"192.0.2.9:22","addr.remote":"192.0.2.1:5"}`, `unsaid | text "192.0.2.9:22" | source address:192.0.2.1 | target address:192.0.2.9`},
		{"escaped keys and values", `{"\u0065vent":"ex\u0065c","us\u0065r":"\u0061l","addr\u002eremote":"192.0.2.1"}`, "unsaid | actor user:al | source address:192.0.2.1"},
		{"keys in capitals are other keys", `{"event":"exec","User":"al","USER":"bo"}`, "unsaid"},
		{"twice the same key: all who are named count", `{"event":"exec","user":"al","user":"bo","user":null}`, "unsaid | actor user:al | actor user:bo"},
		{"twice the same key: the last one heads the event", `{"event":"exec","event":"scp","code":"T3002E","code":"T3004I"}`, "unsaid"},

		// Addresses.
		{"a bare IPv6 address", `{"event":"x","addr.remote":"2001:db8::1"}`, "unsaid | source address:2001:db8::1"},
		{"a bracketed IPv6 address", `{"event":"x","addr.remote":"[2001:DB8:0:0::1]:3022"}`, "unsaid | source address:2001:db8::1"},
		{"a bracketed IPv6 address without a port", `{"event":"x","addr.remote":"[2001:db8::1]"}`, "unsaid | source address:2001:db8::1"},
		{"an IPv6 address with a zone", `{"event":"x","addr.remote":"[fe80::1%eth0]:22"}`, "unsaid | source address:fe80::1%eth0"},
		{"an IPv4 address as IPv6", `{"event":"x","addr.remote":"[::ffff:192.0.2.1]:22"}`, "unsaid | source address:192.0.2.1"},
		{"a host name", `{"event":"x","addr.remote":"gate.example.com:3023"}`, "unsaid | source address:gate.example.com"},
		{"a listening address names nobody", `{"event":"x","addr.remote":"[::]:3022"}`, "unsaid"},
		{"nor does its other form", `{"event":"x","addr.remote":"0.0.0.0:3022"}`, "unsaid"},
		{"nor does a port", `{"event":"x","addr.remote":":3022"}`, "unsaid"},
		{"nor do empty brackets", `{"event":"x","addr.remote":"[]:3022"}`, "unsaid"},
		{"what is no address stays whole", `{"event":"x","addr.remote":"pipe:a"}`, "unsaid | source address:pipe:a"},
		{"an open bracket stays whole", `{"event":"x","addr.remote":"[2001:db8::1"}`, "unsaid | source address:[2001:db8::1"},

		// Names.
		{"UUIDs in capitals are the same UUIDs", `{"event":"x","sid":"5F3C1C7E-7B1D-4A52-9C0E-0B9A2F6D1E11","server_id":"363256DF-f78a-4d99-803c-bae19da9ede4"}`, "unsaid | target host:363256df-f78a-4d99-803c-bae19da9ede4 | target session:5f3c1c7e-7b1d-4a52-9c0e-0b9a2f6d1e11"},
		{"other names keep their capitals", `{"event":"x","user":"5F3C1C7E-7B1D-4A52-9C0E-0B9A2F6D1E11","sid":"NOT-A-UUID-BUT-OF-THE-SAME-LENGTH-AS"}`, "unsaid | actor user:5F3C1C7E-7B1D-4A52-9C0E-0B9A2F6D1E11 | target session:NOT-A-UUID-BUT-OF-THE-SAME-LENGTH-AS"},
		{"bytes that are no UTF-8", "{\"event\":\"x\",\"user\":\"a\xffl\"}", "unsaid | actor user:a\xffl"},
		{"half a surrogate pair", `{"event":"x","user":"a\ud83dl"}`, "unsaid | actor user:a\ufffdl"},
		{"a masked token keeps its mask", `{"event":"bot.join","token_name":"****a241"}`, "unsaid | via token:****a241"},
		{"the user of the auth server itself", `{"event":"x","user":"363256df-f78a-4d99-803c-bae19da9ede4.tele.example.com"}`, "unsaid | actor user:363256df-f78a-4d99-803c-bae19da9ede4.tele.example.com"},

		// Elements of arrays.
		{"a list as a member, as numbers are written as texts", `{"event":"access_list.member.create","members":[{"member_name":"a","membership_kind":"2"},{"member_name":"b","membership_kind":"1"}]}`, "unsaid | member access_list:a | member user:b"},
		{"one element's kind says nothing of another", `{"event":"access_request.create","resource_ids":[{"name":"a"},{"kind":"node"},{"kind":"db","name":"c"},{"name":"d","kind":"no.such"}]}`, "unsaid | target database:c | target resource:a | target resource:d"},
	}
	for _, tt := range tests {
		e, err := Event([]byte(tt.line))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := told(e); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestEvent_headOfOddLines(t *testing.T) {
	t.Parallel()
	e, err := Event([]byte(`{"event":"x","uid":"no UUID","ei":"7","time":"0001-01-01T00:00:00Z","expires":12,"code":7}`))
	if err != nil || e.UID != "no UUID" || e.Index != 7 || !e.Time.IsZero() || e.Code != "" || e.Cluster != "" {
		t.Errorf("%+v, %v", e, err)
	}
	e, err = Event([]byte(`{"event":"exec","event":"scp","uid":"a","uid":"b","time":"2026-01-01T00:00:00Z","time":"2026-01-02T00:00:00Z"}`))
	if err != nil || e.Type != "scp" || e.UID != "b" || e.Time.Day() != 2 {
		t.Errorf("the last of several keys does not count: %+v, %v", e, err)
	}
}

// What a caller sends as arguments is logged as it is: it must not be able to
// keep its event out of the index.
func TestEvent_deepArgumentsHideNothing(t *testing.T) {
	t.Parallel()
	const deep = maxDepth - 2
	e, err := Event([]byte(`{"event":"mcp.session.request","message":{"params":` + strings.Repeat("[", deep) + strings.Repeat("]", deep) + `},"user":"al"}`))
	if err != nil || told(e) != "unsaid | actor user:al" {
		t.Errorf("%s, %v", told(e), err)
	}
}

func TestEvent_longNamesStayWholeAndLongTextsEndWithACharacter(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ł", 1<<19)
	e, err := Event([]byte(`{"event":"exec","user":"` + long + `","command":"x` + long + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	if who, ok := e.Actor(); !ok || who.Entity.Name != long {
		t.Errorf("the name has %d bytes, want %d", len(who.Entity.Name), len(long))
	}
	if len(e.Text) != investigations.MaxText-1 || !utf8.ValidString(e.Text) {
		t.Errorf("the text has %d bytes, ending %q", len(e.Text), e.Text[len(e.Text)-4:])
	}
}
