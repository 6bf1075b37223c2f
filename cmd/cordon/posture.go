package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cordon/investigations/posture"
)

const postureExamples = `cordon posture ./evidence
cordon posture --case incident --json
cordon posture --live --case incident --proxy teleport.example.com:443 --identity ./identity
cordon posture --yaml max_session_ttl > role.yaml`

// postureAsk is what a person asks of `cordon posture`.
type postureAsk struct {
	caseName string
	yaml     string
	json     bool
	live     bool
	cluster  clusterAsk
}

func (p *program) postureVerb() *cobra.Command {
	var ask postureAsk
	cmd := &cobra.Command{
		Use:   "posture [PATH…]",
		Short: "Check how well the cluster resists the next stolen identity",
		Long: "Check how well the cluster resists the next stolen identity: second factors, approvals, standing admins, the life of certificates and tokens, recording.\n\n" +
			"A check is good or weak only by proof in the evidence; where the log is silent it is unknown, and says what to look at. Who is not proved to be a machine counts as a person. " +
			"The exit code is 1 when something is weak, and when no check could be judged.\n\n" +
			"With --live the checks also go by how the cluster is set now, as far as this identity may read it; nothing is changed.\n\n" +
			"Checks: " + strings.Join(posture.IDs(), ", ") + ".",
		Example: postureExamples,
	}
	withCase(cmd, &ask.caseName)
	cmd.Flags().StringVar(&ask.yaml, "yaml", "", "print only the resource that mends this check")
	cmd.Flags().BoolVar(&ask.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&ask.live, "live", false, "ask the cluster how it is set now")
	withCluster(cmd, &ask.cluster)
	cmd.MarkFlagsMutuallyExclusive("yaml", "json")
	cmd.MarkFlagsMutuallyExclusive("yaml", "live")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		paths, err := evidenceOnly(args)
		if err != nil {
			return err
		}
		if err := ask.cluster.needsLive(ask.live, "to ask the cluster how it is set: --live"); err != nil {
			return err
		}
		return p.posture(ctx, ask, paths)
	})
	return cmd
}

func (p *program) posture(ctx context.Context, ask postureAsk, paths []string) (err error) {
	if ask.yaml != "" {
		return p.mend(ctx, ask, paths)
	}
	c, err := p.openCase(ctx, ask.caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	book, err := c.Actors(ctx)
	if err != nil {
		return err
	}
	config, err := p.configured(ctx, ask)
	if err != nil {
		return err
	}
	report, err := posture.Of(ctx, c, book, config)
	if err != nil {
		return err
	}
	if ask.json {
		err = p.writeJSON(report)
	} else {
		err = p.print(func(t *plain) { t.posture(report) })
	}
	if err != nil {
		return err
	}
	return judged(report)
}

// judged is the error where something is weak, or where nothing could be told:
// to a script neither is fine.
func judged(report *posture.Report) error {
	weak, all := report.Count(posture.Weak), len(report.Checks)
	switch {
	case weak > 0:
		return nothing("cordon posture --yaml ID prints what mends a check", "%d of %s weak", weak, checksAre(all))
	case report.Count(posture.Unknown) == all:
		return nothing("give it logs of more days, or --live with an identity that may read how the cluster is set", "none of the %d checks could be judged: this evidence does not tell", all)
	}
	return nil
}

// configured is how the cluster is set, or nil where it was not asked for.
func (p *program) configured(ctx context.Context, ask postureAsk) (config *posture.Config, err error) {
	if !ask.live {
		return nil, nil
	}
	cluster, err := p.connect(ctx, ask.cluster)
	if err != nil {
		return nil, err
	}
	defer joined(&err, cluster)
	p.tell("%s", clusterLine(cluster))
	config, missing, err := cluster.Config(ctx)
	for _, why := range missing {
		p.tell("left to the evidence: %s", why)
	}
	return config, err
}

func checksAre(n int) string {
	if n == 1 {
		return "1 check is"
	}
	return fmt.Sprintf("%d checks are", n)
}

// mend prints the resource that mends a check. Evidence is not needed; where it
// is given, the resource is one that the server's version takes.
func (p *program) mend(ctx context.Context, ask postureAsk, paths []string) (err error) {
	major := 0
	if ask.caseName != "" || len(paths) > 0 {
		c, err := p.openCase(ctx, ask.caseName, paths)
		if err != nil {
			return err
		}
		defer joined(&err, c)
		coverage, err := c.Coverage(ctx)
		if err != nil {
			return err
		}
		major = coverage.ServerMajor
	}
	text, ok := posture.YAML(ask.yaml, major)
	if !ok {
		return misuse("checks: "+strings.Join(posture.IDs(), ", "), "there is no check %q", ask.yaml)
	}
	if _, err := fmt.Fprint(p.out, text); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}
