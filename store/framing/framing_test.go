package framing

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	login = `{"ei":0,"event":"user.login","uid":"8f0e0b9c-6f0e-4c57-9a40-0b6f7b1c0001","code":"T1000I","time":"2026-11-18T21:00:00Z","user":"alice","addr.remote":"192.0.2.10:51000","success":true}`
	exec  = `{"code":"T3002I","command":"cat \"/etc/passwd\" \\ <é>","ei":3,"event":"exec","time":"2026-11-18T21:00:01.5Z","uid":"8f0e0b9c-6f0e-4c57-9a40-0b6f7b1c0002"}`
	mcp   = `{"event":"mcp.session.request","code":"TMCP003I","time":"2026-11-18T21:00:02Z","message":{"method":"tools/call","event":{"event":"user.login","time":"x"}}}`
)

// quote writes a text as JSON.
func quote(s string) string { return string(appendText(nil, []byte(s))) }

// cell writes a text as a quoted CSV cell.
func cell(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// pretty indents an object the way consoles print it.
func pretty(s string) string {
	s = strings.ReplaceAll(s, `,"`, ",\n  \"")
	return "{\n  " + s[1:len(s)-1] + "\n}"
}

// result is an item with places in the whole content.
type result struct {
	Off, Len, Line int
	Event          string
	InPlace        bool
	Reason         string
}

// cutter says how many bytes the next call gets.
type cutter func() int

func whole() int { return 1 << 30 }

// frame runs a framer over a content as the store does and checks what must
// hold for every content.
func frame(t reporter, f Framer, content []byte, next cutter) []result {
	t.Helper()
	var out []result
	var items []Item
	base, line, end := 0, 0, 0
	for end < len(content) || base < len(content) || end == 0 {
		end = min(len(content), end+max(1, next()))
		eof := end == len(content)
		data := content[base:end:end]
		var n int
		items, n = f.Frame(items[:0], data, eof)
		if n < 0 || n > len(data) || eof && n != len(data) {
			t.Fatalf("done with %d of %d bytes, last call: %v", n, len(data), eof)
		}
		if len(data)-n > MaxRecord+lookAhead {
			t.Fatalf("holds back %d bytes", len(data)-n)
		}
		for i := range items {
			it := &items[i]
			check(t, it, data, n)
			out = append(out, result{base + it.Off, it.Len, line + it.Line, string(it.Event), it.InPlace(), it.Reason})
		}
		line += bytes.Count(data[:n], []byte{'\n'})
		base += n
		if eof {
			break
		}
	}
	last, lines := 0, 0
	for _, r := range out {
		if r.Off < last {
			t.Fatalf("record at %d begins before the one before ends at %d", r.Off, last)
		}
		if lines += bytes.Count(content[last:r.Off], []byte{'\n'}); r.Line != lines {
			t.Fatalf("record at %d: line %d, want %d", r.Off, r.Line, lines)
		}
		lines += bytes.Count(content[r.Off:r.Off+r.Len], []byte{'\n'})
		last = r.Off + r.Len
	}
	return out
}

func check(t reporter, it *Item, data []byte, n int) {
	t.Helper()
	switch {
	case it.Off < 0 || it.Len <= 0 || it.Off+it.Len > n || it.Len > MaxRecord:
		t.Fatalf("record %d+%d of %d bytes", it.Off, it.Len, n)
	case (it.Event == nil) == (it.Reason == ""):
		t.Fatalf("event %q and reason %q", it.Event, it.Reason)
	case it.Event == nil:
		return
	case it.At < it.Off || it.At+it.Size > it.Off+it.Len:
		t.Fatalf("event at %d+%d outside its record %d+%d", it.At, it.Size, it.Off, it.Len)
	}
	stretch := data[it.At : it.At+it.Size]
	again, err := it.Form.Event(stretch)
	if err != nil || !bytes.Equal(again, it.Event) {
		t.Fatalf("form %d of %.200q gives %.200q, %v; want %.200q", it.Form, stretch, again, err, it.Event)
	}
	if it.InPlace() && !bytes.Equal(stretch, it.Event) {
		t.Fatalf("not in place: %.200q", stretch)
	}
}

// sniffed frames a content with the framer that Sniff gives for it.
func sniffed(t reporter, content string, next cutter) (string, []result) {
	t.Helper()
	head := content[:min(len(content), sniffBytes)]
	f, ok := Sniff([]byte(head), len(head) == len(content))
	if !ok {
		return "", nil
	}
	return f.Name(), frame(t, f, []byte(content), next)
}

func events(rs []result) (out []string) {
	for _, r := range rs {
		if r.Event != "" {
			out = append(out, r.Event)
		}
	}
	return out
}

func reasons(rs []result) (out []string) {
	for _, r := range rs {
		if r.Reason != "" {
			out = append(out, r.Reason)
		}
	}
	return out
}

func TestSniff_framesEveryWrapping(t *testing.T) {
	t.Parallel()
	typed := `{"event":{"S":"exec"},"uid":{"S":"u-1"},"time":{"S":"2026-11-18T21:00:01Z"},"ei":{"N":"1.5E+2"},"ok":{"BOOL":true},"none":{"NULL":true},"list":{"L":[{"S":"a\u0041"},{"N":"2"}]},"set":{"SS":["x","y"]},"nums":{"NS":["1","2"]},"deep":{"M":{"b":{"S":"2"},"a":{"S":"1"}}}}`
	untyped := `{"deep":{"a":"1","b":"2"},"ei":1.5E+2,"event":"exec","list":["aA",2],"none":null,"nums":[1,2],"ok":true,"set":["x","y"],"time":"2026-11-18T21:00:01Z","uid":"u-1"}`
	spaced := strings.ReplaceAll(pretty(login), "\n", "\r\n")
	for _, tt := range []struct {
		title, content, name string
		want                 []string
		rejects              int
	}{
		{"bare lines", login + "\n" + exec + "\n" + mcp + "\n", "ndjson", []string{login, exec, mcp}, 0},
		{"CRLF, BOM, blanks, half a last line", "\ufeff" + login + "\r\n\r\n" + exec + "\r\n" + login[:40], "ndjson", []string{login, exec}, 1},
		{"lines of an array's inside", login + ",\n" + exec + ",\n", "ndjson", []string{login, exec}, 0},
		{"Splunk HEC", `{"time":1763500000,"host":"a","event":` + login + `}` + "\n", "ndjson, splunk", []string{login}, 0},
		{"Splunk HEC text", `{"event":` + quote(exec) + `,"source":"x"}`, "ndjson, splunk", []string{exec}, 0},
		{"Splunk JSON export", `{"preview":false,"result":{"_raw":` + quote(exec) + `,"_time":"x"}}` + "\n" + `{"preview":false,"lastrow":true,"result":{"_raw":` + quote(login) + `}}`, "ndjson, splunk", []string{exec, login}, 0},
		{"Splunk results", `{"preview":false,"results":[{"_raw":` + quote(exec) + `},{"_raw":` + quote(login) + `}]}`, "json list, splunk", []string{exec, login}, 0},
		{"event_data text", `{"event_time":"x","event_data":` + quote(exec) + `}`, "ndjson, event_data", []string{exec}, 0},
		{"event_data object", `{"event_type":"exec","event_data":` + exec + `}`, "ndjson, event_data", []string{exec}, 0},
		{"Elastic hit", `{"_index":"t","_source":{"@timestamp":"x","event":{"original":` + quote(exec) + `}}}`, "ndjson, elastic", []string{exec}, 0},
		{"Elastic literal key", `{"event.original":` + quote(exec) + `,"message":"exec"}`, "ndjson, elastic", []string{exec}, 0},
		{"Elastic search", `{"took":3,"hits":{"total":{"value":2},"hits":[{"_source":` + exec + `},{"_source":` + login + `}]}}`, "json list, elastic", []string{exec, login}, 0},
		{"Elastic around fluentd", `{"_source":{"log":` + quote(`{"event":`+exec+`}`) + `}}`, "ndjson, elastic", []string{exec}, 0},
		{"Logstash message", `{"@timestamp":"x","@version":"1","message":` + quote(exec) + `}`, "ndjson, message", []string{exec}, 0},
		{"Logstash on the event", `{"@timestamp":"x","event":"exec","command":"a","@version":"1"}`, "ndjson, logstash", []string{`{"event":"exec","command":"a"}`}, 0},
		{"docker json-file", `{"log":` + quote(exec+"\n") + `,"stream":"stdout","time":"2026-11-18T21:00:02Z"}`, "ndjson, container log", []string{exec}, 0},
		{"unstructured", `{"type":"exec","id":"x","unstructured":` + exec + `}`, "ndjson, unstructured", []string{exec}, 0},
		{"Datadog", `{"ddsource":"t","teleport":` + exec + `}`, "ndjson, datadog", []string{exec}, 0},
		{"Datadog nested", `{"id":"A","content":{"attributes":{"teleport":` + exec + `}}}`, "ndjson, datadog", []string{exec}, 0},
		{"Panther", `{"event":"user.login","addr_remote":"192.0.2.1:1","p_log_type":"Gravitational.TeleportAudit","p_any_ip_addresses":["192.0.2.1"],"time":"x"}`, "ndjson, panther", []string{`{"event":"user.login","addr.remote":"192.0.2.1:1","time":"x"}`}, 0},
		{"dots taken for nesting", `{"_source":{"@timestamp":"x","addr":{"remote":"192.0.2.1:1","local":"[::1]:3"},"event":"exec","uid":"u"}}`, "ndjson, elastic", []string{`{"addr.remote":"192.0.2.1:1","addr.local":"[::1]:3","event":"exec","uid":"u"}`}, 0},
		{"an addr of another kind", `{"addr":{"remote":1},"event":"exec","addr_remote":"a","addr.remote":"b"}`, "ndjson", []string{`{"addr":{"remote":1},"event":"exec","addr_remote":"a","addr.remote":"b"}`}, 0},
		{"renamed keys", `{"event":"exec","addr_local":"a","addr_remote":"b"}`, "ndjson, renamed keys", []string{`{"event":"exec","addr.local":"a","addr.remote":"b"}`}, 0},
		{"DynamoDB native", `{"SessionID":"s","EventType":"exec","FieldsMap":` + exec + `}`, "ndjson, dynamodb", []string{exec}, 0},
		{"DynamoDB old item", `{"SessionID":"s","Fields":` + quote(exec) + `}`, "ndjson, dynamodb", []string{exec}, 0},
		{"DynamoDB typed", `{"SessionID":{"S":"s"},"FieldsMap":{"M":` + typed + `}}`, "ndjson, dynamodb", []string{untyped}, 0},
		{"DynamoDB export", `{"Item":{"SessionID":{"S":"s"},"FieldsMap":{"M":` + typed + `}}}`, "ndjson, dynamodb", []string{untyped}, 0},
		{"DynamoDB export, old item", `{"Item":{"Fields":{"S":` + quote(exec) + `}}}`, "ndjson, dynamodb", []string{exec}, 0},
		{"DynamoDB stream", `{"dynamodb":{"NewImage":{"FieldsMap":{"M":` + typed + `}}}}`, "ndjson, dynamodb", []string{untyped}, 0},
		{"DynamoDB scan", "{\n \"Items\": [\n  {\"FieldsMap\":{\"M\":" + typed + "}},\n  {\"Fields\":{\"S\":" + quote(exec) + "}}\n ],\n \"Count\": 2,\n \"LastEvaluatedKey\": {\"a\":[1]}\n}\n", "json list, dynamodb", []string{untyped, exec}, 0},
		{"Firestore", `{"sessionID":"s","eventType":"exec","fields":` + quote(exec) + `}`, "ndjson, firestore", []string{exec}, 0},
		{"Firestore REST", `{"document":{"name":"n","fields":{"createdAt":{"integerValue":"1"},"fields":{"stringValue":` + quote(exec) + `}}}}`, "ndjson, firestore", []string{exec}, 0},
		{"container prefix", "2026-11-18T21:00:00.000000000Z stdout F " + exec + "\n2026-11-18T21:00:01Z stderr F INFO ready {not json}\n", "ndjson, container log", []string{exec}, 1},
		{"container pieces", "t stdout P " + exec[:50] + "\nt stdout P " + exec[50:80] + "\r\nt stdout F " + exec[80:] + "\nt stdout F " + login + "\n", "ndjson, container log", []string{exec, login}, 0},
		{"container pieces mixed up", "t stdout P " + exec[:50] + "\nt stderr F note\nt stdout F " + exec[50:] + "\nt stdout F " + login + "\nt stdout P " + exec[:50], "ndjson, container log", []string{login}, 4},
		{"syslog prefix", "<134>1 2026-11-18T21:00:00Z h teleport 12 - - " + exec + "\n", "ndjson, syslog", []string{exec}, 0},
		{"grep prefix", "2026-11-18.log:12:" + exec + "\n", "ndjson, prefixed lines", []string{exec}, 0},
		{"syslog inside Logstash", `{"message":` + quote("<134>Nov 18 21:00:00 h teleport: "+exec) + `}`, "ndjson, message", []string{exec}, 0},
		{"mixed lines", login + "\n" + `{"event":` + exec + "}\n" + mcp + "\nnoise\n", "ndjson, splunk", []string{login, exec, mcp}, 1},
		{"pretty stream", pretty(login) + "\n" + pretty(exec) + "\n", "pretty json", []string{pretty(login), pretty(exec)}, 0},
		{"pretty, a text on a line of its own that is an event", "{\n\"event\":\"x\",\n\"message\":[\n" + quote(login) + "\n]}\n", "pretty json", []string{"{\n\"event\":\"x\",\n\"message\":[\n" + quote(login) + "\n]}"}, 0},
		{"pretty, CRLF and BOM", "\ufeff" + spaced + "\r\n" + spaced, "pretty json", []string{spaced, spaced}, 0},
		{"objects without line ends", login + exec + " " + mcp, "pretty json", []string{login, exec, mcp}, 0},
		{"pretty, wrapped", "{\n\"event\":\n" + pretty(exec) + "\n}\n", "pretty json, splunk", []string{pretty(exec)}, 0},
		{"pretty, half a last record", pretty(login) + "\n" + pretty(exec)[:60], "pretty json", []string{pretty(login)}, 1},
		{"pretty, a half record between", pretty(login)[:90] + "\n" + pretty(exec) + "\n" + pretty(login), "pretty json", []string{pretty(exec), pretty(login)}, 1},
		{"array", "[" + login + "," + exec + "]", "json array", []string{login, exec}, 0},
		{"array over lines", "[\n" + login + ",\n" + exec + "\n]\n", "json array", []string{login, exec}, 0},
		{"array of texts", "[" + quote(login) + ",\n" + quote(exec) + ", 12, null, [{}]]", "json array", []string{login, exec}, 3},
		{"array, pretty, half", "[\n" + pretty(login) + ",\n" + pretty(exec)[:70], "json array", []string{pretty(login)}, 1},
		{"tctl investigate", `{"data":[{"event_type":"exec","event_data":` + quote(exec) + `},{"event_type":"user.login","event_data":` + login + `}]}`, "json list, event_data", []string{exec, login}, 0},
		{"tctl audit query", "[\n {\"data\": [\"uid\", \"event_data\"]},\n {\"data\": [\"u\", " + quote(exec) + "]},\n {\"data\": [\"u\", \"\"]}\n]\n", "query result", []string{exec}, 1},
		{"tctl audit query without events", `[{"data":["user","count"]},{"data":["alice","3"]}]`, "query result", nil, 1},
		{"Athena API", `{"ResultSet":{"Rows":[{"Data":[{"VarCharValue":"uid"},{"VarCharValue":"event_data"}]},{"Data":[{},{"VarCharValue":` + quote(exec) + `}]}]}}`, "query result", []string{exec}, 0},
		{"CloudWatch", `{"events":[{"message":` + quote(exec) + `,"timestamp":1},{"message":"START"}],"searchedLogStreams":[]}`, "json list, message", []string{exec}, 1},
		{"CloudWatch by line", `{"logEvents":[{"message":` + quote(exec) + "}]}\n" + `{"logEvents":[{"message":` + quote(login) + "}]}\n", "json list, message", []string{exec, login}, 0},
		{"Athena CSV", "\"uid\",\"event_time\",\"event_data\"\n\"u\",\"2026\"," + cell(exec) + "\n", "csv, athena", []string{exec}, 0},
		{"Athena CSV, CRLF, line ends in cells", "uid,event_data,note\r\nu," + cell(exec) + ",\"a\r\nb\"\r\nv," + cell(login) + ",\r\n", "csv, athena", []string{exec, login}, 0},
		{"CSV without events", "user,event_type,event_time\nalice,exec,2026\n", "csv, athena", nil, 1},
		{"CSV without a header", "\"u\"," + cell(exec) + "\n\"v\"," + cell(login) + "\n", "csv", []string{exec, login}, 0},
		{"Splunk CSV", "\"_time\",\"_raw\"\n\"x\"," + cell(exec) + "\n", "csv, _raw", []string{exec}, 0},
		{"DynamoDB console CSV", "\"SessionID\",\"FieldsMap\"\n\"s\"," + cell(typed) + "\n", "csv, dynamodb", []string{untyped}, 0},
		{"CSV, damaged row", "uid,event_data\nu,\"{\"\"a\nv," + cell(exec) + "\nw," + cell(login) + "\n", "csv, athena", []string{login}, 1},
	} {
		t.Run(tt.title, func(t *testing.T) {
			t.Parallel()
			name, got := sniffed(t, tt.content, whole)
			if name != tt.name {
				t.Errorf("name %q, want %q", name, tt.name)
			}
			if diff := cmp.Diff(tt.want, events(got)); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if r := reasons(got); len(r) != tt.rejects {
				t.Errorf("%d rejects, want %d: %q", len(r), tt.rejects, r)
			}
			for size := 1; size <= 64; size *= 4 {
				_, again := sniffed(t, tt.content, func() int { return size })
				if diff := cmp.Diff(got, again); diff != "" {
					t.Errorf("cut every %d bytes (-whole +cut):\n%s", size, diff)
				}
			}
		})
	}
}

func TestSniff_knowsPlainLines(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]bool{
		login + "\n" + exec + "\n":                  true,
		"\ufeff" + login + "\n" + exec[:20]:         true,
		login + "\n" + `{"event":` + exec + "}\n":   false,
		`{"event":"a","@timestamp":"x"}` + "\n":     false,
		login + "\r\n\r\n" + exec + "\r\n":          true,
		strings.Repeat(" ", 10) + login + "\nnoise": true,
	} {
		f, ok := Sniff([]byte(content), true)
		if !ok || IsPlain(f) != want {
			t.Errorf("%.60q: plain %v, %v", content, IsPlain(f), ok)
		}
	}
}

func TestLines_readsALineAlone(t *testing.T) {
	t.Parallel()
	data := []byte("noise\n\ufeff" + login + ",\r\n \n")
	var l Lines
	items := l.Line(nil, data, 6, len(data)-2, 1)
	items = l.Line(items, data, len(data)-2, len(data)-1, 2)
	at := 6 + len("\ufeff")
	want := []Item{{Off: 6, Len: len("\ufeff") + len(login), Line: 1, Event: []byte(login), At: at, Size: len(login)}}
	if diff := cmp.Diff(want, items); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !items[0].InPlace() {
		t.Error("not in place")
	}
}

func TestSniff_refusesWhatHoldsNoEvents(t *testing.T) {
	t.Parallel()
	for _, content := range []string{
		"", "\ufeff", " \n ", "hello, world\n", "a,b,c\n1,2,3\n", `{"name":"package","version":"1"}`, `[1,2,3]`, `[]`, `{}`, "[{}]",
		`{"message":"not json"}`, `{"message":"{\"a\":1}"}`, `{"event":{"kind":"alert"}}`, `{"event":""}`, `{"event":{"event":"click"}}`,
		`{"data":[{"id":1}]}`, `{"items":[]}`, "message\nhello\n", "-----BEGIN CERTIFICATE-----\n", "{", "[", `"`, "\x00\x01",
		strings.Repeat("prose without end ", 5000), strings.Repeat("{", 100_000), strings.Repeat("[", 100_000),
		`{"Item":{"event":{"S":1}}}`, `{"_source":{"_source":{"_source":{"_source":{"_source":` + exec + `}}}}}`,
	} {
		if f, ok := Sniff([]byte(content), true); ok {
			t.Errorf("%.60q is %q", content, f.Name())
		}
	}
}

func TestSniff_trustsALongFirstRecord(t *testing.T) {
	t.Parallel()
	long := `{"a":"` + strings.Repeat("x", 80_000) + `",` + exec[1:]
	for content, name := range map[string]string{
		long + "\n": "ndjson",
		"{\n\"a\":\n" + long + ",\n" + "\"event\":\"x\"}": "pretty json",
		"[" + long + "]":                  "json array",
		`{"Items":[` + long + "]}":        "json list",
		"uid,event_data\nu," + cell(long): "csv, athena",
	} {
		got, items := sniffed(t, content, func() int { return 10_000 })
		if got != name || len(events(items)) != 1 {
			t.Errorf("%.30q: %q with %d events, want %q", content, got, len(events(items)), name)
		}
	}
}

// The near-miss twin of each wrapping: an event that has the envelope's key as
// a field of its own.
func TestUnwrap_keepsAnEventsOwnFields(t *testing.T) {
	t.Parallel()
	for _, key := range []string{
		"message", "log", "result", "data", "_source", "event.original", "event_data", "FieldsMap", "Fields", "fields", "Item",
		"unstructured", "teleport", "payload", "attributes", "content", "M", "S", "hits", "items", "detail",
	} {
		for _, value := range []string{quote(login), login, "[" + login + "]", "null"} {
			event := fmt.Sprintf(`{%s:%s,"event":"exec"}`, quote(key), value)
			_, got := sniffed(t, event+"\n", whole)
			if diff := cmp.Diff([]result{{0, len(event), 0, event, true, ""}}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", key, diff)
			}
			_, got = sniffed(t, pretty(event)+"\n"+pretty(event), whole)
			if diff := cmp.Diff([]string{pretty(event), pretty(event)}, events(got)); diff != "" {
				t.Errorf("pretty, %s (-want +got):\n%s", key, diff)
			}
		}
	}
}

func TestFrame_saysWhyARecordIsNone(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`{"a":1}`:                      "a JSON object without an `event` field is no audit event",
		`{"message":"hello {}"}`:       "a JSON object that wraps no audit event",
		`{"FieldsMapGzip":{"B":"H4"}}`: "a DynamoDB item whose FieldsMapGzip is no base64",
		`{"FieldsMapGzip":"aGVsbG8="}`: "a DynamoDB item whose FieldsMapGzip is no gzip",
		`{"FieldsMapGzip":{"N":12}}`:   "a DynamoDB item whose FieldsMapGzip is no binary value",
		`{"event":{"S":"x"},"a":1}`:    "a DynamoDB item whose types are damaged",
		`{"event":"x"`:                 "a JSON object that is damaged or not complete",
		`{"event":"x"} {"a":1}`:        "something follows the JSON object",
		`hello`:                        "this is no JSON",
		`"hello"`:                      "a text, not an event",
	} {
		got := frame(t, &Lines{}, []byte(content), whole)
		if diff := cmp.Diff([]result{{0, len(content), 0, "", false, want}}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", content, diff)
		}
	}
}

func TestFrame_keepsBytesThatAreNoUTF8(t *testing.T) {
	t.Parallel()
	event := "{\"event\":\"db.session.query\",\"db_query\":\"\xff\xfe\x00\xc3\",\"time\":\"x\"}"
	for _, content := range []string{event, `{"event":` + event + `}`, `{"log":` + quote(event) + `}`, "[" + event + "]", "uid,event_data\nu," + cell(event) + "\n"} {
		_, got := sniffed(t, content, whole)
		if diff := cmp.Diff([]string{event}, events(got)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", content, diff)
		}
	}
}

func TestFrame_boundsLongRecords(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", MaxRecord+1000)
	for name, content := range map[string]string{
		"ndjson":      login + "\n" + `{"a":"` + big + "\"}\n" + exec + "\n",
		"json array":  "[" + login + ",\n{\"a\":\"" + big + "\"}," + exec + "]",
		"json list":   `{"Items":[` + login + ",{\"a\":\"" + big + "\"}," + exec + `],"rest":"` + big + `"}`,
		"csv, athena": "uid,event_data\nu," + cell(login) + "\nv,\"" + big + "\"\nw," + cell(exec) + "\n",
		"pretty json": pretty(login) + "\n" + "{\"a\":\n\"" + big + "\"}\n" + pretty(exec),
	} {
		got, whole := sniffed(t, content, whole)
		if want := []string{login, exec}; name == "pretty json" {
			if diff := cmp.Diff([]string{pretty(login), pretty(exec)}, events(whole)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		} else if diff := cmp.Diff(want, events(whole)); diff != "" || got != name {
			t.Errorf("%s, sniffed %s: %s", name, got, diff)
		}
		if r := reasons(whole); len(r) != 2 || r[0] != reasonLong {
			t.Errorf("%s: %q", name, r)
		}
		for _, size := range []int{256 << 10, MaxRecord, 1<<20 + 17} {
			if _, cut := sniffed(t, content, func() int { return size }); !cmp.Equal(whole, cut) {
				t.Errorf("%s: cut every %d bytes differs", name, size)
			}
		}
	}
}

// reporter is a *testing.T, a *testing.F's or a *rapid.T.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}
