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

// document renders the table for people.
func document() string {
	var b strings.Builder
	b.WriteString("# Which field of which event names whom\n\n")
	b.WriteString("Written from `investigations/table.go` by `go test ./investigations -update`. A field takes the rows that speak\n")
	b.WriteString("most closely of an event's type: the exact name before a prefix before `*`. A field that a closer row does not\n")
	b.WriteString("mention keeps what `*` says, so event types that cordon has never heard of are indexed too.\n\n")
	b.WriteString("| events | field | names a | as | label |\n|---|---|---|---|---|\n")
	for _, r := range Table {
		kind, role := r.Kind.Title(), r.Role.String()
		if r.Kind == KindUnknown {
			kind, role = "nothing", "–"
		}
		label := ""
		if r.Label != "" {
			label = "`" + r.Label + "`"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s |\n", strings.Join(r.Types, "`, `"), r.Field, kind, role, label)
	}
	return b.String()
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
	for _, bad := range []string{"", "role:"} {
		if e, err := ParseEntity(bad); err == nil {
			t.Errorf("%q was read as %v", bad, e)
		}
	}
}
