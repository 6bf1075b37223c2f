package contain_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
)

// printed is what `tctl get lock` prints.
const printed = `kind: lock
metadata:
  id: 1731963600000000000
  name: dc7cee9d-fe5e-4534-a90d-db770f0234a1
  revision: 7d1b0f4e
spec:
  created_at: "2026-11-18T20:00:00Z"
  created_by: ana@example.com
  expires: "2026-11-19T08:00:00Z"
  message: IR-2026-031
  target:
    user: mallory@example.com
    login: root
version: v2
`

func TestReadResource_takesWhatTctlPrints(t *testing.T) {
	t.Parallel()
	want := []contain.Target{{Field: contain.FieldUser, Value: "mallory@example.com"}, {Field: contain.FieldLogin, Value: "root"}}
	json := `[{"kind":"lock","version":"v2","metadata":{"name":"a","revision":"7"},"spec":{"target":{"login":"root","user":"mallory@example.com"},"message":"IR-2026-031","expires":"2026-11-19T08:00:00Z","created_at":"2026-11-18T20:00:00Z","created_by":"ana"}}]`
	for name, text := range map[string]string{"YAML": printed, "a document": "---\n" + printed, "JSON": json, "one of JSON": json[1 : len(json)-1]} {
		got, err := contain.ReadResource(strings.NewReader(text), containtest.Start)
		if err != nil || !slices.Equal(got.Targets, want) || got.Message != "IR-2026-031" || got.TTL != 0 || !got.Expires.Equal(time.Date(2026, 11, 19, 8, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// tctl lock --ttl makes ends with parts of a second, which a lock of cordon has not.
func TestReadResource_endsNoEarlier(t *testing.T) {
	t.Parallel()
	for end, want := range map[string]string{"08:00:00.467995702Z": "08:00:01Z", "08:00:00Z": "08:00:00Z"} {
		got, err := contain.ReadResource(strings.NewReader(strings.Replace(printed, "08:00:00Z", end, 1)), containtest.Start)
		if err != nil || got.Expires.Format(time.RFC3339Nano) != "2026-11-19T"+want {
			t.Errorf("%s: it ends %v, %v", end, got.Expires, err)
		}
		if _, err := contain.NewPlan(got, rand.Reader); err != nil {
			t.Errorf("%s: %v", end, err)
		}
	}
}

// What cordon writes it reads, whatever the names are made of.
func TestReadResource_readsWhatYAMLWrites(t *testing.T) {
	t.Parallel()
	for _, l := range []contain.Lock{
		{Name: "a", Targets: []contain.Target{{Field: contain.FieldUser, Value: "it's \"quoted\": $(reboot)\n- role: x"}}, Message: "one\ntwo: {", Expires: containtest.Start.Add(time.Hour)},
		{Name: "b", Targets: []contain.Target{{Field: contain.FieldRole, Value: "null"}, {Field: contain.FieldServerID, Value: "12"}, {Field: contain.FieldJoinToken, Value: "*a"}}, Message: "yes"},
	} {
		got, err := contain.ReadResource(strings.NewReader(l.YAML()), containtest.Start)
		end := got.TTL == contain.Forever && l.Expires.IsZero() || got.Expires.Equal(l.Expires)
		if err != nil || !slices.Equal(got.Targets, l.Targets) || got.Message != l.Message || !end {
			t.Errorf("%+v, %v from\n%s", got, err, l.YAML())
		}
	}
}

func TestReadResource_refusesEverythingElse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"nothing":                {"", "no lock resource"},
		"another kind":           {strings.Replace(printed, "kind: lock", "kind: role", 1), `its kind is "role"`},
		"two locks":              {printed + "---\n" + printed, "more than one"},
		"two in a list":          {`[{"kind":"lock"},{"kind":"lock"}]`, "there are 2"},
		"a target of the future": {strings.Replace(printed, "login: root", "address: 203.0.113.9", 1), "does not know"},
		"a field of the future":  {strings.Replace(printed, "message:", "scope: x\n  message:", 1), "unknown field"},
		"a list as a target":     {strings.Replace(printed, "login: root", "login: [a, b]", 1), "no lock resource"},
		"it is over":             {strings.Replace(printed, "2026-11-19", "2026-11-17", 1), "ended at 2026-11-17T08:00:00Z"},
		"no time":                {strings.Replace(printed, `"2026-11-19T08:00:00Z"`, "tomorrow", 1), "no RFC 3339 time"},
		"too long":               {printed + "#" + strings.Repeat("x", 20<<10), "longer than"},
		"too deep":               {strings.Repeat("[", 9000), "too deep"},
		"aliases in aliases":     {"a: &a [x,x]\nb: &b [*a,*a,*a]\nkind: *b\n", "no lock resource"},
		"a program":              {"\x7fELF\x00\x01", "no lock resource"},
	} {
		_, err := contain.ReadResource(strings.NewReader(test.text), containtest.Start)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func FuzzReadResource(f *testing.F) {
	f.Add([]byte(printed))
	f.Add([]byte(`{"kind":"lock","spec":{"target":{"user":"a"}}}`))
	f.Add([]byte("a: &a [*a]\nkind: lock"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := contain.ReadResource(strings.NewReader(string(text)), containtest.Start)
		if err != nil {
			return
		}
		for _, target := range r.Targets {
			if target.Field == contain.FieldNone {
				t.Errorf("a target without a field: %+v", r)
			}
		}
	})
}
