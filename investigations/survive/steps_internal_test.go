package survive

import (
	"strings"
	"testing"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
)

// TestTies_eachIsToldAndHasSomethingToDo holds the table of what acts leave
// against what this package says of each row.
func TestTies_eachIsToldAndHasSomethingToDo(t *testing.T) {
	t.Parallel()
	if n := len(contain.Ties); n > 64 {
		t.Fatalf("%d ties: the gatherer keeps 64 as bits", n)
	}
	mallory := investigations.Entity{Kind: investigations.KindUser, Name: "mallory"}
	for i := range contain.Ties {
		tie := &contain.Ties[i]
		name := tie.Name
		if name == "" {
			name = "thing"
		}
		for _, typ := range tie.Types {
			f := &find{
				key: tie.Key, tie: tie, by: mallory, until: never(), words: " of mallory",
				left:  investigations.Involvement{Role: tie.Role, Entity: investigations.Entity{Kind: tie.Kind, Name: name}},
				list:  investigations.Entity{Kind: investigations.KindAccessList, Name: "list-1"},
				marks: []mark{{typ: typ, at: time.Unix(1, 0)}},
			}
			g := &gatherer{q: &Question{Root: mallory, At: time.Unix(2, 0), Server: contain.Server{Major: 17}}, finds: map[findKey]*find{}}
			what, steps := g.what(f), g.steps(f)
			if strings.Contains(what, "%!") || !strings.Contains(what, name) && tie.Key != "session" && tie.Key != "request" {
				t.Errorf("%s by %s is told as %q", tie.Key, typ, what)
			}
			if len(steps) == 0 {
				t.Errorf("%s by %s has no command", tie.Key, typ)
			}
			for _, s := range steps {
				if !strings.HasPrefix(s.Command, "tctl ") || s.Stage != Look && strings.HasPrefix(s.Command, "tctl get ") {
					t.Errorf("%s by %s: %v %q", tie.Key, typ, s.Stage, s.Command)
				}
			}
		}
	}
}

func TestTctl_namesAreNoFlagsAndNoOtherNames(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		remove("user", "a", "users rm").Command:        "tctl users rm a",
		remove("user", "-a", "users rm").Command:       "tctl users rm -- -a",
		remove("user", "a,b", "users rm").Command:      "tctl rm user/a,b",
		remove("user", "a, b/c", "users rm").Command:   "tctl get user",
		remove("user", "a b", "users rm").Command:      "tctl users rm 'a b'",
		rm("role", "a").Command:                        "tctl rm role/a",
		rm("role", "a/b").Command:                      "tctl get role",
		rm("role", "a b").Command:                      "tctl get role",
		rm("role", "$(id)").Command:                    "tctl rm 'role/$(id)'",
		tctl("acl users rm", "-l", "-m"):               "tctl acl users rm -- -l -m",
		tctl("acl users rm", "l", "-m"):                "tctl acl users rm l -- -m",
		tctl("acl users add", "l", "o'brien\x1b[2J\n"): `tctl acl users add l "$(printf 'o\047brien\033\1332J')"'` + "\n'",
		get("user", "a,b"):                             "tctl get user",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// FuzzReadLine: whatever a line holds, what is read of it is sound.
func FuzzReadLine(f *testing.F) {
	for _, seed := range []string{
		`{"expires":"2026-11-19T08:00:00Z","ttl":"8h0m0s","max_duration":"0001-01-01T00:00:00Z","cert_type":"user","identity":{"expires":"2026-11-19T08:00:00Z"}}`,
		`{"expires":17,"ttl":8,"identity":[],"cert_type":{}}`, `{"identity":{"expires":"soon"}}`, `{"ttl":"-8h"}`, `[]`, `{`, "\x00", `{"expires":null}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		l := readLine(raw)
		if !l.said && !l.expires.IsZero() {
			t.Errorf("an end that nobody said: %+v", l)
		}
	})
}
