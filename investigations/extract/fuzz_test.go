package extract

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
)

// scanSeeds are lines that are hard to scan, with a sound one to begin with.
var scanSeeds = []string{
	`{"event":"exec","user":"a","command":"x\u00e9\n","ei":1e3}`,
	`{"event":"a","x":[{},[],-0.5e-3,"\ud800"]}`,
	"{\"event\":\"\xff\"}\r\n",
	`{"ei":0,"event":"cert.create","uid":"a6e5cf9e-64f3-4c3f-9b7e-000000000001","code":"TC000I","time":"2026-10-01T00:00:01.101Z","cluster_name":"c","identity":{"user":"al","roles":["access","editor"],"logins":["ubuntu"],"expires":"2026-10-01T12:00:01Z"},"user_agent":"tsh"}`,
	`{"event":"lock.created","target":{"user":"a","device":"d"},"lock":{"target":{"role":"r"}},"name":"n","expires":"0001-01-01T00:00:00Z"}`,
	`{"event":"access_list.member.create","updated_by":"a","members":[{"member_name":"m"},{"member_name":"m"},{}],"access_list_name":"l"}`,
	`{"\u0065vent":"exec","event":"again","event":null}`, `{"event":{"event":"x"}}`, `{"event":"` + strings.Repeat("\\u0041", 40) + `"}`,
	strings.Repeat(`{"a":[`, 70) + "1", `{"event":"x","ei":99999999999999999999}`, `{"event":"x","time":"2026-02-30T25:61:61.9999999999+99:99"}`,
}

// Whatever the line: it is not written to, what is read from it does not depend
// on what the scanner read before, and encoding/json agrees.
func FuzzScan(f *testing.F) {
	for _, s := range scanSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		kept := bytes.Clone(line)
		e, err := Event(line)
		if !bytes.Equal(kept, line) {
			t.Fatal("the line was written to")
		}
		var used Scanner
		for _, s := range scanSeeds {
			used.Scan([]byte(s))
		}
		l, again := used.Scan(line)
		if (err == nil) != (again == nil) {
			t.Fatalf("a new scanner says %v, a used one %v", err, again)
		}
		var m map[string]json.RawMessage
		decoded := json.Unmarshal(line, &m) // null leaves m as it is
		if err != nil {
			if decoded == nil && m != nil && !strings.Contains(err.Error(), "event") && !strings.Contains(err.Error(), "deeply") {
				t.Fatalf("encoding/json accepts what the scanner refuses: %v", err)
			}
			return
		}
		if e.Type == "" || e.Type != string(l.Type) || len(l.Text) > investigations.MaxText {
			t.Fatalf("type %q, then %q, text of %d bytes", e.Type, l.Type, len(l.Text))
		}
		for _, v := range l.Entity {
			if len(v.Name) == 0 {
				t.Fatalf("a %s without a name", v.Kind)
			}
		}
		if twice, err := Event(line); err != nil || !cmp.Equal(e, twice) {
			t.Fatalf("scanned twice: %v\n%s", err, cmp.Diff(e, twice))
		}
	})
}
