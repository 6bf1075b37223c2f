package actors

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cordon/investigations"
)

var update = flag.Bool("update", false, "write docs/actors.md anew")

const preface = `# Who is who

` + "`cordon actors`" + ` and the filter ` + "`actor:`" + ` say what kind of party an identity is, by what the evidence shows and by nothing else.
A name proves nothing, save the two that Teleport reserves; whom nothing shows is unknown, which is neither a person nor
a machine.

Written from ` + "`investigations/actors`" + ` by ` + "`go test ./investigations/actors -update`" + `.

## The classes

| ` + "`actor:`" + ` | is | counts as |
|---|---|---|
`

const weighing = `
## What shows it

| an event in which it | shows |
|---|---|
`

const rest = `
Weighed in this order: whoever logged in is a person, whatever else speaks for a machine. Then the reserved names, unless
the log shows that a user of that name was made. Then the signs of a robot. A plugin is only what never did anything
else than file and decide access requests. Last, where the user was made or comes from. What speaks against a class is
told with it.

A refused log-in says nothing about the name that was tried.

## Who did an event

| filter | lets through |
|---|---|
| ` + "`actor:robot`" + `, or another class | events in which one of that class had a hand: as actor, updater, reviewer, impersonator, or as the delegator of a decision |
| ` + "`actor:person`" + ` | the same of anybody of the people: local, SSO, or from where is not shown |
| ` + "`actor:machine`" + ` | events that machines alone did. One with a person's hand in it, such as a session with a certificate that a person signed for a robot, is none |
| ` + "`actor:unknown`" + ` | events that name nobody, or somebody of whom nothing shows a class; refused log-ins; changes of a user that name the changed user alone as who made them, as some versions log them |
| ` + "`-actor:machine`" + ` | everything else: what ` + "`M`" + ` in the console leaves |

` + "`okta.*`, `scim.*` and `aws_identity_center.*`" + ` are the sync's own events, whomever they name. The built-in admin is whoever runs
tctl on an auth host, mostly scripts; a person may sit there: ` + "`actor:admin`" + ` shows those acts alone.

## Edits

These events count as edits: `

func TestDocs_areWhatTheTableSays(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(preface)
	for _, c := range investigations.ActorClasses() {
		counts := "neither"
		switch {
		case c.Person():
			counts = "a person"
		case c.Machine():
			counts = "a machine"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c, c.Title(), counts)
	}
	b.WriteString(weighing)
	for _, s := range signs {
		fmt.Fprintf(&b, "| %s | %s |\n", s.says, s.class.Title())
	}
	b.WriteString(rest)
	for i, e := range editTypes {
		if i > 0 {
			b.WriteString(", ")
		}
		if strings.HasSuffix(e, ".") {
			e += "*"
		}
		b.WriteString("`" + e + "`")
	}
	b.WriteString("; of a sync: ")
	for i, e := range slices.Sorted(maps.Keys(syncEdits)) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("`" + e + "`")
	}
	b.WriteString(".\n")
	path := filepath.Join("..", "..", "docs", "actors.md")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil || string(have) != b.String() {
		t.Errorf("docs/actors.md is not what the table says (%v): run go test ./investigations/actors -update", err)
	}
}
