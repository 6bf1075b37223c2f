package investigations

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/events.md anew")

// preface is what a responder should know before they read the table.
const preface = `# Which field of which event names whom

cordon finds an identity in an event by these fields, and by no others: what ${cordon pivot alice}$ counts, what the
filter ${user:alice}$ shows, and what the lineage follows. To find a word anywhere else in the evidence, type
${cordon events --case C --jsonl | grep WORD}$.

Written from ${investigations/table.go}$ by ${go test ./investigations -update}$.

## The parts an entity can play

| as | means |
|---|---|
| actor | it is the name under which this was done. A refused login or an ${auth}$ event has the name that was tried, whoever tried it |
| requester | it asked for what the event decides on |
| reviewer | it approved or denied a request |
| updater | it wrote the resource |
| impersonator | it acted behind the actor's name |
| subject | it was created, changed, removed, locked or looked at |
| member | it was put on or taken off a list, or took part in a session |
| target | it was reached, asked for or granted |
| source | the act came from there |
| via | it made the act possible: a request, token, device, or a role that was held |

## Whether it worked

The filter ${outcome:failed}$ shows the failures, ${outcome:success}$ and ${outcome:unsaid}$ the others.

| the event | is |
|---|---|
| has ${success}$ true | a success |
| has a code that ends in ${E}$ or ${W}$ | a failure: failed, refused, denied |
| has ${success}$ false | a failure; under a code that ends in ${I}$ only if there is an ${error}$ too, because servers write false for what has no result yet (a headless login that was asked for) |
| is ${db.session.query}$ | never a failure: statements are logged before they run. ${db.session.query.failed}$ is one |
| is ${access_request.review}$ | by the reviewer's own vote: approved and promoted are a success, denied is a failure |
| is ${access_request.update}$ | by the state it sets, likewise |
| is ${kube.request}$ | by ${response_code}$: from 400 on a failure, below a success |
| is ${unknown}$ | not said: the server could not read the event it wraps |
| is anything else | not said: it is logged because it happened. So are locks, their removal, and expired or deleted requests |

**A failed command ran.** ${exec}$ and ${scp}$ are failures when the server says so by the code (${T3002E}$), which it also
does for a command that ended with another exit code than 0: ${grep}$ that finds nothing is a failure, and so is a script
that did its work and then stopped. ${exitCode}$ itself decides nothing; it stands in the event.

## The fields

A field takes the rows that speak most closely of an event's type: the exact name before a prefix before ${*}$. A field
that a closer row does not mention keeps what ${*}$ says, so event types that cordon has never heard of are indexed too.
A row with "where" counts in place of the one without it. ${a/b}$ is the key ${b}$ inside ${a}$, and ${[]}$ each element of an
array; a dot belongs to its key. Ports are cut off, and an address such as ${[::]:3022}$, where a service listens, names nobody.

Not indexed, though they name something: roles and traits that every event of newer servers repeats (${user_roles}$,
${user_traits}$), logins and groups that a certificate would allow (${identity/logins}$), database users, pods and paths,
${server_addr}$ and ${forwarded_by}$. ${removed_members}$ of an access list's review does not say which of them are lists: all are taken for users.

| events | field | where | names a | as | label |
|---|---|---|---|---|---|
`

// document renders the table for people.
func document() string {
	var b strings.Builder
	b.WriteString(strings.NewReplacer("${", "`", "}$", "`").Replace(preface))
	for _, r := range Table {
		kind, role := r.Kind.Title(), r.Role.String()
		if r.Kind == KindUnknown {
			kind, role = "nothing", "–"
		}
		label := ""
		if r.Label != "" {
			label = "`" + r.Label + "`"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s | %s |\n", strings.Join(r.Types, "`, `"), r.Field, r.When.document(), kind, role, label)
	}
	return b.String()
}

func (c Condition) document() string {
	switch {
	case c.Field == "":
		return ""
	case c.Same != "":
		return fmt.Sprintf("`%s` is the same as `%s`", c.Field, c.Same)
	}
	return fmt.Sprintf("`%s` is `%s`", c.Field, strings.Join(c.Is, "`, `"))
}

func TestTable_isWhatTheDocumentSays(t *testing.T) {
	path := filepath.Join("..", "docs", "events.md")
	want := document()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("docs/events.md is not what the table says (%v): run go test ./investigations -update", err)
	}
}

func TestRowsFor_takesTheClosestRows(t *testing.T) {
	t.Parallel()
	names := func(eventType, field string) string {
		var out []string
		for _, r := range RowsFor(eventType) {
			if r.Field == field {
				out = append(out, r.Kind.String()+" "+r.Role.String())
			}
		}
		return strings.Join(out, ", ")
	}
	tests := []struct{ event, field, want string }{
		{"never.heard.of", "name", "resource subject"},
		{"user.create", "name", "user subject"},
		{"role.updated", "name", "role subject"},
		{"access_list.member.create", "name", ""},
		{"access_list.update", "name", "access_list subject"},
		{"access_request.review", "user", "user requester"},
		{"access_request.create", "user", "user actor"},
		{"bot.join", "bot_name", "bot actor"},
		{"cert.create", "identity/user", "user actor"},
		{"session.start", "identity/user", ""},
		{"access_list.member.delete", "members[]/member_name", "user member, access_list member"},
		{"desktop.clipboard.send", "addr.remote", "address source, unknown none"},
		{"subsystem", "name", ""},
	}
	for _, tt := range tests {
		if got := names(tt.event, tt.field); got != tt.want {
			t.Errorf("%s of %s: %q, want %q", tt.field, tt.event, got, tt.want)
		}
	}
}

func TestParseEntity_readsWhatStringWrites(t *testing.T) {
	t.Parallel()
	for _, e := range []Entity{
		{KindUser, "ann@example.com"},
		{KindUser, "role:editor"},
		{KindRole, "editor"},
		{KindAddress, "2001:db8::1"},
		{KindHost, "web:1"},
	} {
		got, err := ParseEntity(e.String())
		if err != nil || got != e {
			t.Errorf("%v: read back as %v, %v", e, got, err)
		}
	}
	for typed, want := range map[string]Entity{
		"address:2001:DB8:0::1":                        {KindAddress, "2001:db8::1"},
		"address:[2001:DB8::1]:443":                    {KindAddress, "2001:db8::1"},
		"address:203.0.113.9:50404":                    {KindAddress, "203.0.113.9"},
		"request:261E80C5-357B-4C43-9B67-40A6BC4C6E4D": {KindRequest, "261e80c5-357b-4c43-9b67-40a6bc4c6e4d"},
		"261E80C5-357B-4C43-9B67-40A6BC4C6E4D":         {KindUser, "261E80C5-357B-4C43-9B67-40A6BC4C6E4D"},
	} {
		if got, err := ParseEntity(typed); err != nil || got != want {
			t.Errorf("%q was read as %v, %v, want %v", typed, got, err, want)
		}
	}
	for _, bad := range []string{"", "role:"} {
		if e, err := ParseEntity(bad); err == nil {
			t.Errorf("%q was read as %v", bad, e)
		}
	}
}
