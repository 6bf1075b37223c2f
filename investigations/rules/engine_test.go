package rules

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordon/investigations"
)

// parse reads a rule whose parts that are the same everywhere are filled in.
func parse(t testing.TB, text string) *Rule {
	t.Helper()
	const rest = "\nid: test\ntitle: Test\nseverity: low\nattack: [T1078]\nlog: all\nabout: a test\nwhy: '{user} {count} {values}'\nnext: 'cordon pivot {user}'\n"
	r, err := Parse([]byte(strings.TrimSpace(text)+rest), "test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func run(t testing.TB, r *Rule, lines ...string) *Result {
	t.Helper()
	res, err := runLines(r, lines)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// at is an event of a type some seconds into a day.
func at(seconds int, eventType, rest string) string {
	when := time.Date(2025, 3, 1, 0, 0, seconds, 0, time.UTC).Format(time.RFC3339)
	return fmt.Sprintf(`{"event":%q,"time":%q,"uid":"u%d",%s}`, eventType, when, seconds, rest)
}

func TestCondition(t *testing.T) {
	t.Parallel()
	const line = `"user":"mallory@example.com","cluster_name":"tele.example.com","success":true,"n":12.5,"empty":"","none":null,` +
		`"roles":["access","Editor"],"members":[{"member_name":"bob"},{"member_name":"mallory@example.com"}],"obj":{},"full":{"a":1},` +
		`"addr.remote":"[2001:db8::1]:3022","ip":"198.51.100.9","expires":"2025-03-01T12:00:00Z","never":"0001-01-01T00:00:00Z","command":"cat /etc/shadow"`
	tests := []struct {
		node string
		want bool
	}{
		{"{field: user, is: mallory@example.com}", true},
		{"{field: user, is: [alice, bob]}", false},
		{"{field: success, is: true}", true},
		{"{field: n, is: 12.5}", true},
		{"{field: roles, is: access}", true},
		{"{field: 'roles[]', is: access}", true},
		{"{field: roles, is: editor}", false},
		{"{field: roles, glob: editor}", true},
		{"{field: 'members[]/member_name', is: bob}", true},
		{"{field: user, glob: 'mal*@*.com'}", true},
		{"{field: user, glob: 'mal?@*'}", false},
		{"{field: user, exists: true}", true},
		{"{field: nothing, exists: true}", false},
		{"{field: empty, exists: false}", true},
		{"{field: none, exists: false}", true},
		{"{field: obj, exists: false}", true},
		{"{field: full, exists: true}", true},
		{"{field: never, exists: false}", true},
		{"{field: n, above: 12}", true},
		{"{field: n, above: 12.5}", false},
		{"{field: n, below: 13}", true},
		{"{field: user, below: 13}", false},
		{"{field: ip, cidr: [198.51.100.0/24]}", true},
		{"{field: addr.remote, cidr: ['2001:db8::/32']}", true},
		{"{field: ip, cidr: [192.0.2.0/24]}", false},
		{"{field: user, same: members/member_name}", true},
		{"{field: ip, same: user}", false},
		{"{field: user, domain_in: cluster_name}", true},
		{"{field: ip, domain_in: cluster_name}", false},
		{"{field: expires, later: {than: time, by: 11h}}", true},
		{"{field: expires, later: {than: time, by: 12h}}", false},
		{"{field: never, later: {than: time, by: 1h}}", false},
		{"{field: '@actor.user', is: mallory@example.com}", true},
		{"{field: '@source.address', is: '2001:db8::1'}", true},
		{"{field: nothing|ip, is: 198.51.100.9}", true},
		{"{danger: credentials}", true},
		{"{danger: [exfiltration]}", false},
		{"{not: {field: user, exists: true}}", false},
		{"{any: [{field: user, is: x}, {field: n, above: 1}]}", true},
		{"{all: [{field: user, is: x}, {field: n, above: 1}]}", false},
		{"{field: n, above: 1, below: 2}", false},
	}
	for _, tt := range tests {
		t.Run(tt.node, func(t *testing.T) {
			t.Parallel()
			r := parse(t, "on:\n  events: [exec]\n  where: ["+tt.node+"]")
			if got := len(run(t, r, at(0, "exec", line)).Findings) == 1; got != tt.want {
				t.Errorf("holds = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestRun_groupsWhatIsCloseAndSplitsAfterQuiet(t *testing.T) {
	t.Parallel()
	r := parse(t, "on: {events: ['user.*']}\ngroup: [user]")
	res := run(t, r, at(0, "user.login", `"user":"a"`), at(60, "user.create", `"user":"b"`), at(3600, "user.login", `"user":"a"`),
		at(3600+25*3600, "user.login", `"user":"a"`), at(200000, "auth", `"user":"a"`))
	var got []string
	for _, f := range res.Findings {
		got = append(got, fmt.Sprint(f.Why, f.Events, f.Entities))
	}
	want := []string{"a 1 [{1 u0} {3 u3600}] [a]", "b 1 [{2 u60}] [b]", "a 1 [{4 u93600}] [a]"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRun_countsEventsOfAWindow(t *testing.T) {
	t.Parallel()
	r := parse(t, "on: {events: [auth]}\nthreshold: {within: 10s, by: [user], count: 3}\ngroup: [user]")
	var lines []string
	for _, s := range []int{0, 8, 16, 20, 22, 24} { // 16, 20, 22 are the first three in ten seconds
		lines = append(lines, at(s, "auth", `"user":"a"`))
	}
	res := run(t, r, lines...)
	if len(res.Findings) != 1 || res.Findings[0].Count != 4 || res.Findings[0].Events[0].UID != "u16" || res.Findings[0].Why[:3] != "a 4" {
		t.Errorf("got %+v", res.Findings)
	}
}

func TestRun_allowedEventsDoNotCount(t *testing.T) {
	t.Parallel()
	r := parse(t, "on: {events: [auth]}\nallow: [{field: user, is: a}]")
	if res := run(t, r, at(0, "auth", `"user":"a"`), at(1, "auth", `"user":"b"`)); len(res.Findings) != 1 || res.Findings[0].Events[0].UID != "u1" {
		t.Errorf("got %+v", res.Findings)
	}
}

func TestRun_nextCommandIsSafeToPaste(t *testing.T) {
	t.Parallel()
	r := parse(t, "on: {events: [auth]}")
	if next := run(t, r, at(0, "auth", `"user":"a; rm -rf /"`)).Findings[0].Next; next != "cordon pivot 'a; rm -rf /'" {
		t.Errorf("next = %q", next)
	}
}

func TestRun_nextCommandNeverLacksAValue(t *testing.T) {
	t.Parallel()
	r := parse(t, "on: {events: [exec]}")
	r.Next = "cordon transcript {sid}"
	if _, err := r.check(); err != nil {
		t.Fatal(err)
	}
	if next := run(t, r, at(0, "exec", `"user":"alice","sid":""`)).Findings[0].Next; next != "cordon pivot alice" {
		t.Errorf("next = %q", next)
	}
	if next := run(t, r, at(0, "exec", `"sid":""`)).Findings[0].Next; next != "cordon events" {
		t.Errorf("next = %q", next)
	}
}

func TestRun_saysWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	src := sourceFunc(func(yield func(*investigations.Event, []byte) error) error {
		return yield(&investigations.Event{Type: "auth"}, []byte("{"))
	})
	res, err := Run(context.Background(), src, []*Rule{parse(t, "on: {events: [auth]}")}, nil)
	if err != nil || res.Unread != 1 || res.Events != 1 {
		t.Errorf("got %+v, %v", res, err)
	}
	broken := errors.New("disk gone")
	_, err = Run(context.Background(), sourceFunc(func(func(*investigations.Event, []byte) error) error { return broken }), []*Rule{parse(t, "on: {events: [auth]}")}, nil)
	if !errors.Is(err, broken) {
		t.Errorf("err = %v", err)
	}
}

// sourceFunc yields events of the type auth, one after the other.
type sourceFunc func(func(*investigations.Event, []byte) error) error

func (f sourceFunc) ReadEvents(_ context.Context, ask Reading) error {
	if !ask.Choose([]EventType{{"auth", 1}})[0] {
		return nil
	}
	return f(func(ev *investigations.Event, line []byte) error {
		if note := ask.Look(Glance{ev.Type, line, func() *investigations.Event { return ev }}); note != nil {
			return ask.Take(ev, line, note)
		}
		return nil
	})
}

func TestRun_memoryIsBoundedAndSaysSo(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"threshold":  "on: {events: [auth]}\nthreshold: {within: 1000h, by: [user], count: 2}",
		"first seen": "on: {events: [auth]}\nfirst_seen: {of: ip, by: [user], learn: 1h}",
		"sequence":   "on: {events: [auth], bind: {u: user}}\nthen: [{events: [auth], bind: {u: user}, where: [{field: never, exists: true}]}]\nwithin: 1000h",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := sourceFunc(func(yield func(*investigations.Event, []byte) error) error {
				for i := range maxKeys + 10 {
					ev := investigations.Event{Type: "auth", Time: time.Unix(int64(i), 0)}
					if err := yield(&ev, fmt.Appendf(nil, `{"user":"u%d","ip":"x"}`, i)); err != nil {
						return err
					}
				}
				return nil
			})
			res, err := Run(context.Background(), src, []*Rule{parse(t, text)}, nil)
			if err != nil || res.Incomplete["test"] != 10 {
				t.Errorf("incomplete = %v, %v", res.Incomplete, err)
			}
		})
	}
}

func TestRun_sameEventsGiveSameFindings(t *testing.T) {
	t.Parallel()
	list, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range list {
		for _, f := range r.Fixtures {
			all = append(all, strings.Split(strings.TrimSpace(f.Events), "\n")...)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom(all), 1, 100).Draw(t, "lines")
		var got [2]string
		for i := range got {
			res, err := Run(context.Background(), fixtureLines(lines), list, nil)
			if err != nil {
				t.Fatal(err)
			}
			text, _ := json.Marshal(res)
			got[i] = string(text)
		}
		if got[0] != got[1] {
			t.Errorf("two runs differ:\n%s\n%s", got[0], got[1])
		}
	})
}

// A hostile log must not make a rule look through everything it keeps for each
// event.
func TestRun_workIsBounded(t *testing.T) {
	t.Parallel()
	const n = 200_000
	r := parse(t, "on: {events: [auth]}\nthreshold: {within: 1000h, by: [user], sum: n, at_least: 10}\ngroup: [user]")
	src := sourceFunc(func(yield func(*investigations.Event, []byte) error) error {
		for i := range n {
			ev := investigations.Event{ID: int64(i), Type: "auth", Time: time.Unix(int64(i), 0)}
			if err := yield(&ev, []byte(`{"user":"a","n":1}`)); err != nil {
				return err
			}
		}
		return nil
	})
	res, err := Run(context.Background(), src, []*Rule{r}, nil)
	if err != nil || len(res.Findings) != 1 || res.Findings[0].Count != n || len(res.Findings[0].Events) != maxRefs {
		t.Errorf("got %+v, %v", res, err)
	}
}

// Where the ends of sequences are few among many beginnings, only beginnings
// that have an end take room; what is found is the same.
func TestRun_manyBeginningsOfFewSequencesTakeNoRoom(t *testing.T) {
	t.Parallel()
	r := parse(t, "on: {events: [auth], bind: {s: sid}}\nthen: [{events: [user.*], bind: {s: '@actor.user|sid'}}]\nwithin: 1000h\ngroup: [sid]")
	var lines []string
	for i := range 100 {
		lines = append(lines, at(i, "auth", fmt.Sprintf(`"user":"u","sid":"s%d"`, i)))
	}
	lines = append(lines, at(200, "user.login", `"user":"","sid":"s7"`), at(201, "user.login", `"user":"s90"`), at(202, "user.login", `"user":"nobody"`))
	e := newEngine([]*Rule{r})
	if err := e.lookAhead(context.Background(), fixtureLines(lines)); err != nil || e.runners[0].awaited == nil || len(e.runners[0].awaited.values) != 3 {
		t.Fatalf("awaits %+v, %v", e.runners[0].awaited, err)
	}
	res := run(t, r, lines...)
	var got []string
	for _, f := range res.Findings {
		got = append(got, f.Events[0].UID+" "+f.Events[1].UID)
	}
	if want := []string{"u7 u200", "u90 u201"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
