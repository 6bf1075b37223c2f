package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/actors"
	"cordon/investigations/pivot"
)

const actorsExamples = `cordon actors ./evidence
cordon actors --case incident --json
cordon events --case incident --filter '-actor:machine'`

func (p *program) actorsVerb() *cobra.Command {
	var caseName string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "actors [PATH…]",
		Short: "Say who is who: people, robots, the system, an identity provider's sync",
		Long: "Say who is who in the evidence, each with the event that proves it, and which edits people and machines made.\n\n" +
			"Whom nothing shows stays unknown; a name alone proves nothing. In filters, actor: asks for a class: " +
			strings.Join(investigations.ActorWords(), ", ") + ".",
		Example: actorsExamples,
	}
	withCase(cmd, &caseName)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		paths, err := evidenceOnly(args)
		if err != nil {
			return err
		}
		return p.actors(ctx, caseName, paths, asJSON)
	})
	return cmd
}

// actorsAnswer is the JSON of `cordon actors`.
type actorsAnswer struct {
	Coverage pivot.Coverage `json:"coverage"`
	*actors.Book
}

func (p *program) actors(ctx context.Context, caseName string, paths []string, asJSON bool) (err error) {
	c, err := p.openCase(ctx, caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	book, err := c.Actors(ctx)
	if err != nil {
		return err
	}
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		err = p.writeJSON(actorsAnswer{covered(coverage), book})
	} else {
		err = p.print(func(t *plain) { t.actors(book, coverage) })
	}
	if err != nil {
		return err
	}
	return found("the evidence names nobody", len(book.Identities), coverage)
}

// actorsShown is up to how many identities of a class of many are listed.
const actorsShown = 40

// actors writes the answer of `cordon actors` for a person.
func (t *plain) actors(b *actors.Book, coverage investigations.Coverage) {
	t.line("%s", coverageLine(coverage))
	t.line("")
	rows := [][]string{{"who", "is", "events", "edits", "first", "last", "because"}}
	listed, left := map[investigations.ActorClass]int{}, map[investigations.ActorClass]int{}
	for i := range b.Identities {
		who := &b.Identities[i]
		if listed[who.Class]++; listed[who.Class] > actorsShown && !who.Class.Person() {
			left[who.Class]++
			continue
		}
		rows = append(rows, []string{
			named(who.Entity, who.Label), who.Class.Title(), number(who.Events), number(who.Edits), moment(who.First), moment(who.Last), because(who),
		})
	}
	if len(rows) > 1 {
		t.table(rows, 2, 3)
	}
	for _, class := range investigations.ActorClasses() {
		if left[class] > 0 {
			t.line("and %s more: %s (--json lists all)", number(left[class]), class.Title())
		}
	}
	if b.Refused > 0 {
		t.line("not listed: %s only in refused log-ins", counted(b.Refused, "name"))
	}
	t.edits(b)
}

// because is the first proof of an identity's class, and what to know about it.
func because(who *actors.Identity) string {
	var parts []string
	if len(who.Proof) > 0 {
		parts = append(parts, shownProof(who.Proof[0]))
	}
	if who.Note != "" {
		parts = append(parts, who.Note)
	}
	if len(who.Contrary) > 0 {
		parts = append(parts, "! but "+shownProof(who.Contrary[0]))
	}
	if len(parts) == 0 {
		return "nothing in this evidence shows it"
	}
	return strings.Join(parts, "; ")
}

func shownProof(p actors.Proof) string { return p.Says + " (" + p.Type + " " + uidOr(p.Event) + ")" }

// edits writes what each class changed.
func (t *plain) edits(b *actors.Book) {
	if len(b.Edits) == 0 && b.Unsaid.N == 0 {
		return
	}
	t.line("")
	rows := [][]string{{"edits by", "n", "first", "last", "what", "the first of them"}}
	for i := range b.Edits {
		rows = append(rows, editRow(b.Edits[i].Class.Title(), &b.Edits[i]))
	}
	if b.Unsaid.N > 0 {
		rows = append(rows, editRow("not logged by whom", &b.Unsaid))
	}
	t.table(rows, 1)
}

func editRow(who string, e *actors.Edits) []string {
	types := slices.SortedFunc(maps.Keys(e.Types), func(x, y string) int {
		if e.Types[x] != e.Types[y] {
			return e.Types[y] - e.Types[x]
		}
		return strings.Compare(x, y)
	})
	var what []string
	for i, name := range types {
		if i == sharesShown {
			what = append(what, fmt.Sprintf("and %d kinds more", len(types)-i))
			break
		}
		what = append(what, fmt.Sprintf("%s (%s)", name, number(e.Types[name])))
	}
	return []string{who, number(e.N), moment(e.First), moment(e.Last), strings.Join(what, ", "), "event " + uidOr(e.Proof.Event)}
}
