package filter_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/filter"
)

var now = time.Date(2026, 11, 18, 22, 30, 0, 0, time.UTC)

func mustParse(t testing.TB, in string) filter.Expr {
	t.Helper()
	e, err := filter.Parse(in, now)
	if err != nil {
		t.Fatalf("Parse(%q): %v", in, err)
	}
	return e
}

func texts(key filter.Key, values ...string) filter.Term {
	t := filter.Term{Key: key}
	for _, v := range values {
		t.Values = append(t.Values, filter.Value{Text: v})
	}
	return t
}

func not(t filter.Term) filter.Term {
	t.Negate = true
	return t
}

func glob(key filter.Key, v string) filter.Term {
	return filter.Term{Key: key, Values: []filter.Value{{Text: v, Glob: true}}}
}

func at(key filter.Key, s string) filter.Term {
	when, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return filter.Term{Key: key, Values: []filter.Value{{Time: when.UTC()}}}
}

func outcome(o investigations.Outcome) filter.Term {
	return filter.Term{Key: filter.KeyOutcome, Values: []filter.Value{{Outcome: o}}}
}

func TestParse_tree(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in    string
		want  []filter.Term
		print string // when not the same as in
	}{
		{"", nil, ""},
		{"  \t ", nil, ""},
		{"user:alice", []filter.Term{texts("user", "alice")}, ""},
		{"event:session.*", []filter.Term{glob("event", "session.*")}, ""},
		{"user:alice,bob", []filter.Term{texts("user", "alice", "bob")}, ""},
		{"user:alice host:web-1 user:bob", []filter.Term{texts("user", "alice", "bob"), texts("host", "web-1")}, "user:alice,bob host:web-1"},
		{"user:alice user:alice", []filter.Term{texts("user", "alice")}, "user:alice"},
		{"-event:cert.create", []filter.Term{not(texts("event", "cert.create"))}, ""},
		{"user:a -user:b user:c", []filter.Term{texts("user", "a", "c"), not(texts("user", "b"))}, "user:a,c -user:b"},
		{`"etc/passwd" shadow`, []filter.Term{texts("text", "etc/passwd"), texts("text", "shadow")}, "etc/passwd shadow"},
		{`-"rm -rf"`, []filter.Term{not(texts("text", "rm -rf"))}, ""},
		{`text:a,b`, []filter.Term{texts("text", "a", "b")}, ""},
		{`a,b`, []filter.Term{texts("text", "a,b")}, `"a,b"`},
		{`user:"a*"`, []filter.Term{texts("user", "a*")}, ""},
		{`user:"a b",c`, []filter.Term{texts("user", "a b", "c")}, ""},
		{`user:"say \"hi\" \\"`, []filter.Term{texts("user", `say "hi" \`)}, ""},
		{`user:"\x1b]52"`, []filter.Term{texts("user", "\x1b]52")}, ""},
		{"203.0.113.7:22", []filter.Term{texts("text", "203.0.113.7:22")}, `"203.0.113.7:22"`},
		{"addr:203.0.113.*", []filter.Term{glob("addr", "203.0.113.*")}, ""},
		{"addr:2001:db8:*", []filter.Term{glob("addr", "2001:db8:*")}, ""},
		{"addr:2001:db8::7", []filter.Term{texts("addr", "2001:db8::7")}, ""},
		{"session:abc ip:192.0.2.1 type:exec", []filter.Term{texts("sid", "abc"), texts("addr", "192.0.2.1"), texts("event", "exec")}, "sid:abc addr:192.0.2.1 event:exec"},
		{"USER:Alice", []filter.Term{texts("user", "Alice")}, "user:Alice"},
		{"user:-dash", []filter.Term{texts("user", "-dash")}, ""},
		{"--force", []filter.Term{not(texts("text", "-force"))}, `-"-force"`},
		{"after:2026-11-18T21:00", []filter.Term{at("after", "2026-11-18T21:00:00Z")}, "after:2026-11-18T21:00:00Z"},
		{"after:2026-11-18T21:00:01.5+02:00", []filter.Term{at("after", "2026-11-18T19:00:01.5Z")}, "after:2026-11-18T19:00:01.5Z"},
		{"before:2026-11-18", []filter.Term{at("before", "2026-11-18T00:00:00Z")}, "before:2026-11-18T00:00:00Z"},
		{`before:"2026-11-18 21:00"`, []filter.Term{at("before", "2026-11-18T21:00:00Z")}, "before:2026-11-18T21:00:00Z"},
		{"after:-2h", []filter.Term{at("after", "2026-11-18T20:30:00Z")}, "after:2026-11-18T20:30:00Z"},
		{"since:-7d until:now", []filter.Term{at("after", "2026-11-11T22:30:00Z"), at("before", "2026-11-18T22:30:00Z")}, "after:2026-11-11T22:30:00Z before:2026-11-18T22:30:00Z"},
		{"after:21:05", []filter.Term{at("after", "2026-11-18T21:05:00Z")}, "after:2026-11-18T21:05:00Z"},
		{"outcome:FAILED,ok", []filter.Term{{Key: "outcome", Values: []filter.Value{{Outcome: investigations.OutcomeFailure}, {Outcome: investigations.OutcomeSuccess}}}}, "outcome:failed,success"},
		{"outcome:denied", []filter.Term{outcome(investigations.OutcomeFailure)}, "outcome:failed"},
		{"привет", []filter.Term{texts("text", "привет")}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			got := mustParse(t, tt.in)
			if diff := cmp.Diff(tt.want, got.Terms); diff != "" {
				t.Errorf("tree (-want +got):\n%s", diff)
			}
			want := tt.print
			if want == "" {
				want = strings.TrimSpace(tt.in)
			}
			if p := got.String(); p != want {
				t.Errorf("Print = %q, want %q", p, want)
			}
		})
	}
}

func TestParse_errorsSayWhereAndWhatToWrite(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, msg, hint, at string }{
		{"usr:alice", "there is no key usr:", "did you mean user:?", "usr:"},
		{"user:a adr:x", "there is no key adr:", "did you mean addr:?", "adr:"},
		{"https://example.com", "there is no key https:", `"https:…"`, "https:"},
		{"user:", "a value is missing here", "", ""},
		{"user: alice", "a value is missing here", "", ""},
		{"user:a,", "a value is missing here", "", ""},
		{"user:,a", "a value is missing here", "", ""},
		{`"open`, "the quotation has no end", "close it", `"open`},
		{`""`, "the quotation is empty", "", `""`},
		{`user:"a"b`, "text follows a quotation", "blank", ""},
		{`us"er`, "a quote stands inside a value", `\"`, ""},
		{`"a\qb"`, "a backslash stands before something", `\\`, ""},
		{"-", "nothing follows the dash", "-event:cert.create", "-"},
		{"- x", "nothing follows the dash", "", "-"},
		{"after:yesterday", `"yesterday" is no time`, "-2h", "yesterday"},
		{"after:-99999d", "is no time", "", "-99999d"},
		{"after:2026-13-01", "is no time", "", "2026-13-01"},
		{"-after:-2h", "a time cannot be negated", "write before:", "-after:-2h"},
		{"after:-2h after:-1h", "takes one time", "", "after:-1h"},
		{"after:-2h,-1h", "takes one time", "", "after:-2h,-1h"},
		{"actor:martian", `"martian" is no kind of actor`, "machine, unknown, person", "martian"},
		{"outcome:maybe", `"maybe" is no outcome`, "success, failed or unsaid", "maybe"},
		{strings.Repeat("a ", 40_000), "too long", "", strings.Repeat("a ", 40_000)},
	}
	for _, tt := range tests {
		_, err := filter.Parse(tt.in, now)
		var got *filter.Error
		if !errors.As(err, &got) {
			t.Errorf("Parse(%.40q) = %v, want an Error", tt.in, err)
			continue
		}
		if !strings.Contains(got.Msg, tt.msg) || !strings.Contains(got.Hint, tt.hint) {
			t.Errorf("Parse(%.40q) = %q hint %q, want %q hint %q", tt.in, got.Msg, got.Hint, tt.msg, tt.hint)
		}
		if got.Pos < 0 || got.End < got.Pos || got.End > len(tt.in) {
			t.Errorf("Parse(%.40q) points at %d…%d", tt.in, got.Pos, got.End)
		} else if at := tt.in[got.Pos:got.End]; tt.at != "" && at != tt.at {
			t.Errorf("Parse(%.40q) points at %q, want %q", tt.in, at, tt.at)
		}
	}
}

// exprGen draws filters that typing can make.
func exprGen() *rapid.Generator[filter.Expr] {
	anyText := rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9_./@*?:,"\\ -]{1,12}`),
		rapid.StringN(1, 8, -1),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, 8), func(b []byte) string { return string(b) }),
	)
	return rapid.Custom(func(t *rapid.T) filter.Expr {
		var e filter.Expr
		infos := filter.Keys()
		for range rapid.IntRange(0, 6).Draw(t, "terms") {
			info := rapid.SampledFrom(infos).Draw(t, "key")
			term := filter.Term{Key: info.Key, Negate: rapid.Bool().Draw(t, "negate") && info.Class != filter.ClassTime}
			n := rapid.IntRange(1, 3).Draw(t, "values")
			if info.Class == filter.ClassTime {
				n = 1
			}
			for range n {
				var v filter.Value
				switch info.Class {
				case filter.ClassTime:
					v.Time = time.Unix(0, rapid.Int64Range(0, 1<<62).Draw(t, "time")).UTC()
				case filter.ClassOutcome:
					v.Outcome = investigations.Outcome(rapid.IntRange(0, 2).Draw(t, "outcome"))
				case filter.ClassActor:
					v.Text = rapid.SampledFrom(investigations.ActorWords()).Draw(t, "class")
				default:
					v.Text = anyText.Draw(t, "text")
					if info.Class != filter.ClassText && rapid.Bool().Draw(t, "glob") {
						v = filter.Value{Text: rapid.StringMatching(`[a-z:.-]{0,4}[*?][a-zé*\\-]{0,4}`).Draw(t, "pattern"), Glob: true}
					}
				}
				term.Values = append(term.Values, v)
			}
			e = e.With(term)
		}
		return e
	})
}

func TestParse_ofPrintIsIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := exprGen().Draw(t, "filter")
		printed := want.String()
		got, err := filter.Parse(printed, now)
		if err != nil {
			t.Fatalf("Parse(%q): %v", printed, err)
		}
		if diff := cmp.Diff(want.Terms, got.Terms); diff != "" {
			t.Fatalf("%q (-want +got):\n%s", printed, diff)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`user:alice event:session.* after:2026-11-18T21:00 before:now addr:203.0.113.* -event:cert.create`,
		`"etc/passwd" text:a,"b c" outcome:failed`, "-actor:machine who:Robot,person", `user:"\xff\u2028"`, `-"-`, "a\u0085b", "user:a*,\"b,c\"", "\\", "*", "user:\xff*",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		e, err := filter.Parse(in, now)
		if err != nil {
			var bad *filter.Error
			if !errors.As(err, &bad) || bad.Pos < 0 || bad.End > len(in) || bad.Pos > bad.End {
				t.Fatalf("Parse(%q) = %#v", in, err)
			}
			return
		}
		printed := e.String()
		again, err := filter.Parse(printed, now)
		if err != nil {
			t.Fatalf("Parse(%q) of Print of %q: %v", printed, in, err)
		}
		if diff := cmp.Diff(e.Terms, again.Terms); diff != "" {
			t.Fatalf("%q printed as %q:\n%s", in, printed, diff)
		}
		if twice := again.String(); twice != printed {
			t.Fatalf("Print is not canonical: %q, then %q", printed, twice)
		}
	})
}

func TestExpr_range(t *testing.T) {
	t.Parallel()
	from, to := mustParse(t, "after:-2h user:alice").Range()
	if !from.Equal(now.Add(-2*time.Hour)) || !to.IsZero() {
		t.Errorf("Range = %v, %v", from, to)
	}
	e := mustParse(t, "after:-2h").With(at(filter.KeyAfter, "2026-11-18T22:00:00Z"))
	if got := e.String(); got != "after:2026-11-18T22:00:00Z" {
		t.Errorf("a new moment beside the old: %q", got)
	}
}

func TestEntity_findsItsOwnEvents(t *testing.T) {
	t.Parallel()
	for _, kind := range investigations.Kinds() {
		e := investigations.Entity{Kind: kind, Name: `we"ird*, na:me`}
		term, ok := filter.Entity(e)
		if !ok {
			t.Errorf("no key finds a %s", kind)
			continue
		}
		expr := mustParse(t, filter.Expr{}.With(term).String())
		ev := &investigations.Event{Involved: []investigations.Involvement{{Role: investigations.RoleTarget, Entity: e}}}
		other := &investigations.Event{Involved: []investigations.Involvement{{Role: investigations.RoleTarget, Entity: investigations.Entity{Kind: kind, Name: `we"irdX, na:me`}}}}
		if !expr.Match(ev, nil) || expr.Match(other, nil) {
			t.Errorf("%s matches its event %v, another %v", expr, expr.Match(ev, nil), expr.Match(other, nil))
		}
	}
}
