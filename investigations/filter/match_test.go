package filter_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/filter"
)

// start is a session start as ingest shows it, with its line.
func start() (*investigations.Event, []byte) {
	in := func(role investigations.Role, kind investigations.Kind, name, label string) investigations.Involvement {
		return investigations.Involvement{Role: role, Entity: investigations.Entity{Kind: kind, Name: name}, Label: label}
	}
	raw := `{"event":"session.start","uid":"u-1","code":"T2000I","time":"2026-11-18T21:00:00.5Z","user":"Alice@example.com","login":"root","server_id":"363256df","server_hostname":"web-1","addr.remote":"203.0.113.7:50339","note":"a \u003cb\u003e \/etc\/passwd caf\u00e9 \"q\""}`
	return &investigations.Event{
		UID: "u-1", Type: "session.start", Code: "T2000I", Time: time.Date(2026, 11, 18, 21, 0, 0, 500e6, time.UTC),
		Involved: []investigations.Involvement{
			in(investigations.RoleActor, investigations.KindUser, "Alice@example.com", ""),
			in(investigations.RoleTarget, investigations.KindOSLogin, "root", ""),
			in(investigations.RoleTarget, investigations.KindHost, "363256df", "web-1"),
			in(investigations.RoleSource, investigations.KindAddress, "203.0.113.7", ""),
			in(investigations.RoleVia, investigations.KindRequest, "261e80c5", ""),
		},
	}, []byte(raw)
}

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"":                                true,
		"user:alice@example.com":          true, // case of letters aside
		"user:alice":                      false,
		"user:alice*":                     true,
		`user:"alice*"`:                   false,
		"user:?lice@*.com":                true,
		"-user:bob":                       true,
		"-user:alice*":                    false,
		"user:bob,alice*":                 true,
		"-user:bob,alice*":                false,
		"role:root":                       false, // the login is no role
		"any:root":                        true,
		"host:web-1":                      true,
		"host:363256df":                   true,
		"host:web-2":                      false,
		"addr:203.0.113.*":                true,
		"addr:203.0.113.7:50339":          false,
		"request:261e80c5":                true,
		"event:session.*":                 true,
		"event:SESSION.START":             true,
		"event:session":                   false,
		"-event:session.*":                false,
		"code:T2000I uid:u-1":             true,
		"after:2026-11-18T21:00:00.5Z":    true,
		"before:2026-11-18T21:00:00.5Z":   false,
		"after:2026-11-18T21:00:00.501Z":  false,
		"before:2026-11-18T21:00:00.501Z": true,
		"outcome:unsaid":                  true,
		"outcome:failed":                  false,
		"-outcome:failed":                 true,
		"WEB-1":                           true,
		"50339":                           true,
		"web-1 root":                      true,
		"web-1 nowhere":                   false,
		"-nowhere":                        true,
		"text:nowhere,web-1":              true,
		"etc/passwd":                      true, // logged as \/etc\/passwd
		"<b>":                             true, // logged as \u003cb\u003e
		"café":                            true, // logged as caf\u00e9
		`"\"q\""`:                         true,
		"web?1":                           false, // no wildcards in text
	}
	for in, want := range tests {
		ev, raw := start()
		if got := mustParse(t, in).Match(ev, raw); got != want {
			t.Errorf("%s: %v, want %v", in, got, want)
		}
	}
}

func TestMatch_withoutLineLooksAtTheEvent(t *testing.T) {
	t.Parallel()
	ev, _ := start()
	ev.Text = "cat /etc/shadow"
	for in, want := range map[string]bool{"SHADOW": true, "web-1": true, "t2000i": true, "50339": false} {
		if got := mustParse(t, in).Match(ev, nil); got != want {
			t.Errorf("%s: %v, want %v", in, got, want)
		}
	}
}

// caller knows that bot-ci is a robot.
type caller struct{}

func (caller) Did(ev *investigations.Event, word string) bool {
	who, _ := ev.Actor()
	return who.Entity.Name == "bot-ci" && (word == "robot" || word == "machine")
}

func TestMatch_asksTheCallerWhoDidIt(t *testing.T) {
	t.Parallel()
	of := func(name string) *investigations.Event {
		return &investigations.Event{Type: "exec", Involved: []investigations.Involvement{
			{Role: investigations.RoleActor, Entity: investigations.Entity{Kind: investigations.KindUser, Name: name}},
		}}
	}
	tests := map[string]string{ // the filter, and whose events it lets through
		"actor:robot": "bot-ci", "actor:Machine": "bot-ci", "-actor:machine": "ann", "actor:person": "", "actor:person,robot": "bot-ci",
		"who:robot event:exec": "bot-ci", "-actor:person": "bot-ci ann",
	}
	for in, want := range tests {
		m := mustParse(t, in).CompileWith(caller{})
		var got []string
		for _, name := range []string{"bot-ci", "ann"} {
			if m.Match(of(name), nil) {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s lets the events of %q through, want %q", in, got, want)
		}
	}
	if e := mustParse(t, "actor:unknown"); !e.Match(of("bot-ci"), nil) {
		t.Error("without a caller nobody is known")
	}
}

func TestMatch_eventWithoutTimeIsOutsideEveryRange(t *testing.T) {
	t.Parallel()
	ev := &investigations.Event{Type: "print"}
	for _, in := range []string{"after:1990-01-01", "before:now"} {
		if mustParse(t, in).Match(ev, nil) {
			t.Errorf("%s lets an event without a time through", in)
		}
	}
}

func TestMatchType_knowsAliases(t *testing.T) {
	t.Parallel()
	for alias, server := range investigations.Aliases {
		for _, asked := range []string{alias, server} {
			for _, logged := range []string{alias, server} {
				if !mustParse(t, "event:"+asked).Match(&investigations.Event{Type: logged}, nil) {
					t.Errorf("event:%s does not find %s", asked, logged)
				}
			}
		}
	}
}

func TestGlob(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true},
		{"?", "", false},
		{"?", "é", true},
		{"??", "é", false},
		{"*??", "é", false},
		{"a*b*c", "aXbYc", true},
		{"a*b*c", "aXbY", false},
		{"*.example.com", "WEB.Example.COM", true},
		{"a**b", "ab", true},
		{"*a*a*a*a*a*a*a*b", strings.Repeat("a", 20_000), false},
	}
	for _, tt := range tests {
		if got := (filter.Value{Text: tt.pattern, Glob: true}).Match(tt.s); got != tt.want {
			t.Errorf("%.20q against %.20q: %v, want %v", tt.pattern, tt.s, got, tt.want)
		}
	}
}

func TestLike_escapesWhatSQLWouldRead(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"user:a_b%c":    `a\_b\%c`,
		"user:a*_?":     `a%\__`,
		`user:"a*\\"`:   `a*\\`,
		"user:plain":    "plain",
		"event:*.s?art": "%.s_art",
	} {
		if got := mustParse(t, in).Terms[0].Values[0].Like(); got != want {
			t.Errorf("%s: LIKE %q, want %q", in, got, want)
		}
	}
}

func TestContainsFold_agreesWithLowering(t *testing.T) {
	t.Parallel()
	lowerASCII := func(b []byte) []byte {
		return bytes.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 'a' - 'A'
			}
			return r
		}, b)
	}
	rapid.Check(t, func(t *rapid.T) {
		line := []byte(rapid.StringMatching(`[abAB"é_]{0,40}`).Draw(t, "line"))
		needle := []byte(rapid.StringMatching(`[abAB"é_]{0,4}`).Draw(t, "needle"))
		want := bytes.Contains(lowerASCII(line), lowerASCII(needle))
		if got := filter.ContainsFold(line, needle); got != want {
			t.Fatalf("ContainsFold(%q, %q) = %v, want %v", line, needle, got, want)
		}
	})
}

// Whatever a JSON writer does to a text, one of its needles is in the line.
func TestNeedles_findTextInAnyJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(1, 10, -1).Draw(t, "text")
		plain, err := json.Marshal(map[string]string{"k": text})
		if err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(map[string]string{"k": text}); err != nil {
			t.Fatal(err)
		}
		ev := &investigations.Event{}
		e := filter.Expr{}.With(filter.Term{Key: filter.KeyText, Values: []filter.Value{{Text: text}}})
		if !e.Match(ev, plain) || !e.Match(ev, buf.Bytes()) {
			t.Fatalf("%q is not found in %s or %s", text, plain, buf.Bytes())
		}
	})
}

func TestComplete(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in     string // the cursor stands at |
		key    filter.Key
		prefix string
		from   int
		want   []string
	}{
		{"|", "", "", 0, nil}, // every key
		{"us|", "", "us", 0, []string{"user:"}},
		{"user:al|", "user", "al", 5, nil},
		{"host:web-1 -ev|", "", "ev", 12, []string{"event:"}},
		{"user:alice,b|", "user", "b", 11, nil},
		{"outcome:f|", "outcome", "f", 8, []string{"failed"}},
		{"-actor:p|", "actor", "p", 7, []string{"person", "plugin"}},
		{"actor:machine,ro|", "actor", "ro", 14, []string{"robot"}},
		{"since:|", "after", "", 6, []string{"-15m", "-1h", "-24h", "-7d"}},
		{`user:"a b|`, "user", `"a b`, 5, nil},
		{`"user:|`, "", `"user:`, 0, nil},
		{"nokey:x|", "", "nokey:x", 0, nil},
		{"us|er:alice", "", "us", 0, []string{"user:"}},
	}
	for _, tt := range tests {
		cursor := strings.IndexByte(tt.in, '|')
		in := strings.Replace(tt.in, "|", "", 1)
		got := filter.Complete(in, cursor)
		if got.Key != tt.key || got.Prefix != tt.prefix || got.From != tt.from || got.To != cursor {
			t.Errorf("Complete(%q) = %+v, want key %q prefix %q from %d", tt.in, got, tt.key, tt.prefix, tt.from)
		}
		if tt.in == "|" {
			if len(got.Candidates) != len(filter.Keys()) {
				t.Errorf("an empty filter offers %d keys", len(got.Candidates))
			}
			continue
		}
		if strings.Join(got.Candidates, " ") != strings.Join(tt.want, " ") {
			t.Errorf("Complete(%q) offers %q, want %q", tt.in, got.Candidates, tt.want)
		}
	}
}

func TestQuoteValue_readsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringN(1, 12, -1).Draw(t, "name")
		e, err := filter.Parse("user:"+filter.QuoteValue(name), now)
		if err != nil {
			t.Fatal(err)
		}
		if v := e.Terms[0].Values[0]; v.Text != name || v.Glob {
			t.Fatalf("%q came back as %+v", name, v)
		}
	})
}

func FuzzComplete(f *testing.F) {
	f.Add(`user:"a b`, 7)
	f.Add("-ev", 3)
	f.Add("é\\\"", -1)
	f.Fuzz(func(t *testing.T, in string, cursor int) {
		c := filter.Complete(in, cursor)
		if c.From < 0 || c.To < c.From || c.To > len(in) || in[c.From:c.To] != c.Prefix {
			t.Fatalf("Complete(%q, %d) = %+v", in, cursor, c)
		}
	})
}

func BenchmarkContainsFold_line(b *testing.B) {
	_, raw := start()
	line := bytes.Repeat(raw, 3)
	needle := []byte("nowhere/shadow")
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		filter.ContainsFold(line, needle)
	}
}

func BenchmarkMatcher_event(b *testing.B) {
	ev, raw := start()
	m := mustParse(b, `user:bob,alice* -event:cert.* addr:203.0.113.* after:2026-11-18 nowhere`).Compile()
	b.ReportAllocs()
	for b.Loop() {
		m.Match(ev, raw)
	}
}
