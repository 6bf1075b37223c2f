package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cordon/store/teleport"
)

const connectExamples = `cordon connect --proxy teleport.example.com:443 --identity ./identity
cordon connect --check
cordon connect --check > cordon-responder.yaml; tctl create -f cordon-responder.yaml`

func (p *program) connectVerb() *cobra.Command {
	var ask clusterAsk
	var check, asJSON bool
	cmd := &cobra.Command{
		Use:   "connect",
		Short: "Say which cluster this is, and what this identity may and may not do",
		Long: "Connect to a cluster and say what it is, until when the certificate holds, and what cordon can do there with this identity.\n\n" +
			"With --check, standard output is the role that grants exactly what is missing, ready for tctl create -f; the exit code is 1 when something is.",
		Example: connectExamples,
	}
	withCluster(cmd, &ask)
	cmd.Flags().BoolVar(&check, "check", false, "print the role that grants what is missing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if len(args) > 0 {
			return misuse("name the cluster with --proxy HOST:PORT", "%q is one word too many", args[0])
		}
		return p.connected(ctx, ask, check, asJSON)
	})
	return cmd
}

// connectAnswer is the answer of `cordon connect --json`.
type connectAnswer struct {
	Cluster   string        `json:"cluster"`
	Version   string        `json:"version"`
	User      string        `json:"user"`
	Roles     []string      `json:"roles"`
	Until     *string       `json:"certificate_until"` // null where it is not known
	Abilities []abilityJSON `json:"abilities"`
	Unknown   string        `json:"unknown,omitempty"` // why the abilities are not known
	Role      string        `json:"role,omitempty"`    // grants what is missing

	until time.Time
}

type abilityJSON struct {
	For         string   `json:"for"`
	Resource    string   `json:"resource"`
	Verbs       []string `json:"verbs"`
	Missing     []string `json:"missing"`
	Conditional []string `json:"conditional,omitempty"`
	NotOffered  string   `json:"not_offered,omitempty"`
}

func (p *program) connected(ctx context.Context, ask clusterAsk, check, asJSON bool) (err error) {
	cluster, err := p.connect(ctx, ask)
	if err != nil {
		return err
	}
	defer joined(&err, cluster)
	answer := connectAnswer{Cluster: cluster.Name, Version: cluster.Version, User: cluster.Who.User, Roles: cluster.Who.Roles, Abilities: []abilityJSON{}}
	if answer.until = cluster.Until(); !answer.until.IsZero() {
		at := moment(answer.until)
		answer.Until = &at
	}
	abilities, err := cluster.Abilities(ctx)
	if err != nil && !teleport.Degraded(err) && !errors.Is(err, teleport.ErrNotFound) {
		return err
	}
	if err != nil {
		answer.Unknown = err.Error()
	}
	missing := 0
	for _, a := range abilities {
		row := abilityJSON{a.For, a.Resource, a.Verbs, a.Missing, a.Conditional, a.NotOffered}
		if row.Missing == nil {
			row.Missing = []string{}
		}
		if len(a.Missing) > 0 && a.NotOffered == "" {
			missing++
		}
		answer.Abilities = append(answer.Abilities, row)
	}
	answer.Role = teleport.RoleYAML(abilities)
	switch {
	case asJSON:
		err = p.writeJSON(answer)
	case check:
		p.tell("%s", clusterLine(cluster))
		for _, line := range answer.notes() {
			p.tell("%s", line)
		}
		err = p.print(func(t *plain) { t.lines(answer.Role) })
	default:
		err = p.print(func(t *plain) {
			t.line("%s", clusterLine(cluster))
			t.abilities(answer)
		})
	}
	switch {
	case err != nil || !check:
		return err
	case answer.Unknown != "":
		return nothing("try what you need: what is refused says which verb is missing", "%s", answer.Unknown)
	case missing > 0:
		return nothing("the role above grants it: tctl create -f FILE, then tctl users update", "%s of this identity are incomplete", counted(missing, "right"))
	}
	p.tell("nothing is missing")
	return nil
}

// notes are what a role cannot grant.
func (a *connectAnswer) notes() []string {
	var out []string
	for _, row := range a.Abilities {
		if row.NotOffered != "" {
			out = append(out, row.For+": "+row.NotOffered)
		}
		if len(row.Conditional) > 0 {
			out = append(out, row.For+": "+strings.Join(row.Conditional, ", ")+" only under a condition of a role")
		}
	}
	return out
}

func (t *plain) abilities(a connectAnswer) {
	if a.Unknown != "" {
		t.line("What this identity may do is not known: %s", a.Unknown)
		return
	}
	rows := [][]string{{"for", "resource", "verbs", "missing"}}
	for _, row := range a.Abilities {
		missing := strings.Join(row.Missing, ", ")
		switch {
		case row.NotOffered != "":
			missing = "not offered here"
		case missing == "":
			missing = "nothing"
		}
		rows = append(rows, []string{row.For, row.Resource, strings.Join(row.Verbs, ", "), missing})
	}
	t.line("")
	t.table(rows)
	t.line("")
	for _, line := range a.notes() {
		t.line("%s", line)
	}
	if a.Role != "" {
		t.line("The role that grants what is missing: cordon connect --check")
	}
}
