package extract

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestScan_saysWhereTheValuesOfColumnsStand(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, line, path, want string }{
		{"a text", `{"event":"exec","user":"al"}`, "user", `"al"`},
		{"escapes stay", `{"event":"exec","us\u0065r":"\u0061l"}`, "user", `"\u0061l"`},
		{"null is a value", `{"event":"exec","user":null}`, "user", `null`},
		{"an array with its blanks", `{"event":"exec","access_requests": [ "a" ,"b"] }`, "access_requests", `[ "a" ,"b"]`},
		{"an object in the place of a text", `{"event":"exec","user":{"user":"al"}}`, "user", `{"user":"al"}`},
		{"nested", `{"event":"exec","trusted_device":{"x":1,"device_id":"d"}}`, "trusted_device/device_id", `"d"`},
		{"not through an array", `{"event":"exec","trusted_device":[{"device_id":"d"}]}`, "trusted_device/device_id", ``},
		{"the last of two", `{"event":"exec","user":"al","user":"bo"}`, "user", `"bo"`},
		{"the last of two objects, whole", `{"event":"exec","trusted_device":{"device_id":"d"},"trusted_device":{}}`, "trusted_device/device_id", ``},
		{"another value after the object", `{"event":"exec","trusted_device":{"device_id":"d"},"trusted_device":7}`, "trusted_device/device_id", ``},
		{"no other spelling", `{"event":"user.login","addr_remote":"192.0.2.1:5","addr":{"remote":"192.0.2.2:5"}}`, "addr.remote", ``},
		{"the spelling of the path", `{"event":"user.login","addr_remote":"192.0.2.1:5","addr.remote":"192.0.2.3:5"}`, "addr.remote", `"192.0.2.3:5"`},
		{"the type at the end", `{"user":"al","event":"exec"}`, "user", `"al"`},
	}
	for _, tt := range tests {
		var s Scanner
		l, err := s.Scan([]byte(tt.line))
		if err != nil || l.Columns == 0 {
			t.Fatalf("%s: columns %d, %v", tt.name, l.Columns, err)
		}
		for i, path := range ColumnTable[l.Columns-1].Paths {
			if got := string(l.Cells[i].Of([]byte(tt.line))); path == tt.path && got != tt.want {
				t.Errorf("%s: %s is %s, want %s", tt.name, path, got, tt.want)
			}
		}
		cells, err := NewPicker([][]string{{"no", "such"}, strings.Split(tt.path, "/"), {"event"}}).Pick([]byte(tt.line))
		if err != nil || string(cells[1].Of([]byte(tt.line))) != tt.want || cells[0].To != 0 || cells[2].To == 0 {
			t.Errorf("%s: picked %v, %v, want %s", tt.name, cells, err, tt.want)
		}
	}
	var s Scanner
	if l, err := s.Scan([]byte(`{"event":"session.end","user":"al"}`)); err != nil || l.Columns != 0 || l.Cells != nil {
		t.Errorf("a type without columns has %v, %v", l, err)
	}
}

// Whatever an object holds, a picker finds what encoding/json finds.
func TestPick_agreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	keys := []string{"a", "b", "c"}
	var value func(depth int) *rapid.Generator[string]
	value = func(depth int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			switch n := rapid.IntRange(0, 9).Draw(t, "kind"); {
			case depth == 0 || n < 3:
				return rapid.SampledFrom([]string{`1`, `"x\"}"`, `null`, `[1,{"a":2}]`, `[]`, `{}`, `-0.5`, `true`}).Draw(t, "value")
			default:
				var members []string
				for range rapid.IntRange(0, 4).Draw(t, "members") {
					members = append(members, `"`+rapid.SampledFrom(keys).Draw(t, "key")+`" : `+value(depth-1).Draw(t, "member"))
				}
				return "{" + strings.Join(members, ", ") + "}"
			}
		})
	}
	paths := [][]string{{"a"}, {"b", "a"}, {"b", "b", "c"}, {"c", "a"}, {"c"}, {"b"}}
	rapid.Check(t, func(t *rapid.T) {
		line := []byte(`{"b":` + value(3).Draw(t, "b") + `,"c":` + value(2).Draw(t, "c") + `,"b":` + value(3).Draw(t, "again") + `}`)
		cells, err := NewPicker(paths).Pick(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for i, path := range paths {
			at, there := json.RawMessage(line), true
			for _, key := range path {
				var m map[string]json.RawMessage
				if err := json.Unmarshal(at, &m); err != nil {
					there = false
					break
				}
				if at, there = m[key]; !there {
					break
				}
			}
			if got := cells[i].Of(line); there != (got != nil) || there && string(got) != string(at) {
				t.Fatalf("%s: %v is %s, want %s", line, path, got, at)
			}
		}
	})
}
