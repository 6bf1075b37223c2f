package pivot

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cordon/investigations"
)

var update = flag.Bool("update", false, "write docs/pivots.md anew")

// preface is what a responder should know before they read the tables.
const preface = `# What a pivot asks

${cordon pivot NAME}$ and page 1 of the console ask the questions below of an identity. A user is asked what it did; anything else
(${cordon pivot role:editor}$, ${address:203.0.113.9}$, ${session:UUID}$) who used it, what happened in it, and where it leads on.

Written from ${investigations/pivot/category.go}$ and ${family.go}$ by ${go test ./investigations/pivot -update}$.

- ${events}$ counts events, each once and never capped. A server that logs one act twice gives 2.
- ${entities}$ are what the events lead to, each with the number of events that name it, the first and the last, and the uid of the
  first. ${first}$ and ${last}$ are null where no event has a time.
- What is no user also leads to everybody in its events: the column below has what comes before them.
- ${named_in}$ are events of the same sort that name a user otherwise than as the one who acted.
- ${flags}$ are facts with the event that shows them: failed, self_approved, actor_unrecorded, locked. None of them is a verdict.
- ${other}$ (of a user) is every event that names it and belongs to no category, by type; ${people}$ (of anything else) is every event
  that names it. Nothing that names an identity is left out.
- ${logged}$ is false where this server's version does not log such events. Every key of the first table is there for every kind.

## New since the incident

The incident begins at T0 of the case (${ctrl+t}$ in the console), or where ${--since}$ says; the answer has it as ${since}$. Without
one nothing is said to be new.

- ${"new": true}$: the identity never used it before that moment.
- ${known_since}$ and ${last_before}$: the first and the last use before it.
- ${new_entities}$: how many of a category's entities are new.

A use is an event in which the identity acts and the entity is where from, what with, or what on. A refused attempt (an ${auth}$ event,
or a code that ends in ${W}$) is no use: an address that guessed passwords for an hour before T0 is still new. To ask for a role, or to
be given one, is not to use it. Addresses, hosts, roles, OS logins, databases, applications, Kubernetes clusters, desktops, MFA devices
and trusted devices are judged, and whoever acts where the identity is no user; sessions, requests, certificates and locks are not:
they are used once.

`

// document renders the tables for people.
func document() string {
	var b strings.Builder
	b.WriteString(strings.NewReplacer("${", "`", "}$", "`").Replace(preface))
	b.WriteString("## Of a user\n\n" + head)
	for _, c := range tableOf(investigations.KindUser) {
		b.WriteString(c.document())
	}
	b.WriteString("| `other` | other events | every other event that names it | |\n")
	for _, kind := range investigations.Kinds() {
		f, ok := families[kind]
		if !ok || kind == investigations.KindUser {
			continue
		}
		fmt.Fprintf(&b, "\n## Of %s %s\n\n", article(kind.Title()), kind.Title())
		b.WriteString(head)
		b.WriteString(who.document())
		for _, c := range f.own {
			b.WriteString(c.document())
		}
		if len(f.also) > 0 {
			b.WriteString("\nand as above, whatever part it plays: `" + strings.Join(f.also, "`, `") + "`.\n")
		}
	}
	return b.String()
}

const head = "| key | called | counts | leads to |\n|---|---|---|---|\n"

func article(word string) string {
	if strings.ContainsRune("aeiouAEIOM", rune(word[0])) {
		return "an"
	}
	return "a"
}

func (c *category) document() string {
	var counts, leads []string
	for _, m := range c.counts {
		text := "`" + strings.Join(m.types, "`, `") + "`"
		var roles []string
		for _, r := range m.roles {
			roles = append(roles, r.String())
		}
		if len(roles) > 0 {
			text += " as " + strings.Join(roles, " or ")
		}
		switch {
		case m.with != investigations.KindUnknown:
			text += " with a " + m.with.Title()
		case m.as != investigations.RoleNone:
			text += " with an " + m.as.String()
		}
		counts = append(counts, text)
	}
	for _, l := range c.leads {
		if title := l.kind.Title(); len(leads) == 0 || leads[len(leads)-1] != title {
			leads = append(leads, title)
		}
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", c.key, c.title, strings.Join(counts, "; "), strings.Join(leads, ", "))
}

func TestTables_areWhatTheDocumentSays(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "pivots.md")
	want := document()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("docs/pivots.md is not what the tables say (%v): run go test ./investigations/pivot -update", err)
	}
}

func TestFamilies_nameKeysOfTheTable(t *testing.T) {
	t.Parallel()
	for kind, f := range families {
		table := tableOf(kind)
		if len(table) > 64 {
			t.Errorf("%s has %d categories, more than bits to pick them by", kind, len(table))
		}
		for _, key := range f.also {
			known := false
			for _, c := range categories {
				known = known || c.key == key
			}
			if !known {
				t.Errorf("%s is asked for %q, which is no key of the table", kind, key)
			}
		}
	}
}
