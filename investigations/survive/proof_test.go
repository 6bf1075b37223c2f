package survive_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/survive"
)

func TestProofOf(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"tctl users rm relay@example.com":                              "[user.delete] [relay@example.com]; relay@example.com is gone",
		"tctl users rm 'o'\\''neill'":                                  "[user.delete] [o'neill]; o'neill is gone",
		"tctl users update --set-roles=access,dev dana":                "[user.update user.create] [dana]; dana is still there with access dev",
		"tctl users reset dana":                                        "[reset_password_token.create] [dana]",
		"tctl rm user/relay@example.com":                               "[user.delete] [relay@example.com]; relay@example.com is gone",
		"tctl rm lock/dc7cee9d-fe5e-4534-a90d-db770f0234a1":            "[lock.deleted] [lock:dc7cee9d-fe5e-4534-a90d-db770f0234a1]; lock:dc7cee9d-fe5e-4534-a90d-db770f0234a1 is gone",
		"tctl rm role/relay-read":                                      "[role.deleted] [role:relay-read]; role:relay-read is gone",
		"tctl acl users rm 5f2a dana@example.com":                      "[access_list.member.delete] [access_list:5f2a dana@example.com]; dana@example.com on access_list:5f2a is gone",
		"tctl acl users add 5f2a dana@example.com":                     "[access_list.member.create access_list.member.update] [access_list:5f2a dana@example.com]; dana@example.com on access_list:5f2a is still there",
		"tctl requests deny 7f1c":                                      "[access_request.update access_request.review] [request:7f1c]; request:7f1c is gone",
		"tctl requests rm --force 7f1c":                                "[access_request.delete] [request:7f1c]; request:7f1c is gone",
		"tctl bots rm deploy":                                          "[bot.delete] [bot:deploy]; bot:deploy is gone",
		"tctl tokens rm '****ab'":                                      "[] [token:****ab]; token:****ab is gone",
		"tctl devices rm --device-id=d-1":                              "[device.delete] [device:d-1]; device:d-1 is gone",
		"tctl lock --user=dana@example.com --message='a b' --ttl=24h":  "[lock.created] [dana@example.com]",
		"tctl lock --role=ops --login='root' --expires=2026-01-01T00Z": "[lock.created] [role:ops login:root]",
	} {
		p, ok := survive.ProofOf(command)
		got := fmt.Sprint(p.Types, " ", p.Of)
		if p.Want != survive.Unasked {
			got += "; " + p.Thing.Entity.String()
			if !p.Thing.List.IsZero() {
				got += " on " + p.Thing.List.String()
			}
			got += " is " + p.Want.String()
		}
		if p.Roles != nil {
			got += " with " + strings.Join(p.Roles, " ")
		}
		if !ok || got != want {
			t.Errorf("%s is proved by %s, %v; want %s", command, got, ok, want)
		}
	}
	for _, command := range []string{
		"", "tctl", "tctl users rm", "tctl users rm ''", "tctl users ls", "tctl rm node/x", "tctl rm user/", "tctl lock --ttl=4h", "tctl acl users add --kind=list 5f2a 6f2a", "tsh users rm x",
		"tctl users rm x; rm -rf /", "tctl users rm $(x)", "tctl users rm x\n", "tctl users rm 'x", "tctl devices rm", "tctl requests rm --force",
	} {
		if p, ok := survive.ProofOf(command); ok {
			t.Errorf("%q is proved by %v", command, p)
		}
	}
}

func TestProof_isMetByWhatTheClusterSays(t *testing.T) {
	t.Parallel()
	dana := survive.Thing{Entity: investigations.Entity{Kind: investigations.KindUser, Name: "dana"}}
	for _, c := range []struct {
		command string
		said    survive.Standing
		want    bool
	}{
		{"tctl users rm dana", survive.Standing{Thing: dana, State: survive.Gone}, true},
		{"tctl users rm dana", survive.Standing{Thing: dana, State: survive.There}, false},
		{"tctl users rm dana", survive.Standing{Thing: dana, State: survive.Unasked}, false},
		{"tctl users rm elena", survive.Standing{Thing: dana, State: survive.Gone}, false},
		{"tctl users update --set-roles=dev,access dana", survive.Standing{Thing: dana, State: survive.There, Roles: []string{"access", "dev"}}, true},
		{"tctl users update --set-roles=dev,access dana", survive.Standing{Thing: dana, State: survive.There, Roles: []string{"access", "dev", "ops"}}, false},
		{"tctl users update --set-roles=dev,access dana", survive.Standing{Thing: dana, State: survive.Gone}, false},
		{"tctl users reset dana", survive.Standing{Thing: dana, State: survive.There}, false},
	} {
		p, _ := survive.ProofOf(c.command)
		if got := p.Met(c.said); got != c.want {
			t.Errorf("%s is met by %v: %v", c.command, c.said, got)
		}
	}
}

func TestWords_readsWhatQuoteWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringOf(rapid.RuneFrom([]rune("ab'\"$`;&|<> \\é東#~=*?()"))).Draw(t, "value")
		words, ok := survive.Words("tctl users rm " + contain.Quote(value))
		if want := []string{"tctl", "users", "rm", value}; !ok || !slices.Equal(words, want) {
			t.Fatalf("read %q, %v; want %q", words, ok, want)
		}
	})
}

func TestWords_refusesWhatAShellWouldRun(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"a;b", "a|b", "a&b", "a$b", "a`b`", "a>b", "a\tb", "a\rb", "a\x1b[31m", "a\x7f", "a\u202eb", "'a\nb'", "a\\b", "a\"b\"", "~a", "a*", "'a", "", "  ", "a\xff",
		`tctl users rm "$(printf 'a\033b')"`,
	} {
		if words, ok := survive.Words(line); ok {
			t.Errorf("%q is read as %q", line, words)
		}
	}
}

func TestProof_isShownByAnEventThatSucceededAndNamesAll(t *testing.T) {
	t.Parallel()
	p, _ := survive.ProofOf("tctl acl users rm 5f2a dana")
	list := investigations.Involvement{Role: investigations.RoleTarget, Entity: investigations.Entity{Kind: investigations.KindAccessList, Name: "5f2a"}}
	dana := investigations.Involvement{Role: investigations.RoleMember, Entity: investigations.Entity{Kind: investigations.KindUser, Name: "dana"}}
	for _, c := range []struct {
		ev   investigations.Event
		want bool
	}{
		{investigations.Event{Type: "access_list.member.delete", Involved: []investigations.Involvement{list, dana}}, true},
		{investigations.Event{Type: "access_list.member.delete", Involved: []investigations.Involvement{list}}, false},
		{investigations.Event{Type: "access_list.member.create", Involved: []investigations.Involvement{list, dana}}, false},
		{investigations.Event{Type: "access_list.member.delete", Outcome: investigations.OutcomeFailure, Involved: []investigations.Involvement{list, dana}}, false},
	} {
		if got := p.Shown(&c.ev); got != c.want {
			t.Errorf("%v of %v shows it: %v", c.ev.Type, c.ev.Involved, got)
		}
	}
}
