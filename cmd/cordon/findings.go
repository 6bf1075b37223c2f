package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/filter"
	"cordon/investigations/pivot"
	"cordon/investigations/rules"
	"cordon/store"
)

const findingsExamples = `cordon findings ./evidence
cordon findings --case incident --severity high --identity mallory@example.com
cordon findings --case incident --rule login.guessed --json | jq '.findings[].why'
cordon findings --list
cordon findings --test --rules ./my-rules`

// findingsAsk is what a person asks of `cordon findings`.
type findingsAsk struct {
	caseName     string
	rules        []string
	severity     string
	identity     string
	since, until string
	folders      []string
	all          bool
	json         bool
	test, list   bool
}

func (p *program) findingsVerb() *cobra.Command {
	var ask findingsAsk
	cmd := &cobra.Command{
		Use:   "findings [PATH…]",
		Short: "Show what detection rules find, and what they cannot see",
		Long: "Show what detection rules find in the evidence, the gravest first: why, who, when, the events that prove it, and the command to type next. Then what the rules could not see here.\n\n" +
			"Rules of yours in " + rulesFolderHelp + " are used too, and those of --rules; one with the id of a shipped rule takes its place. allow.yaml in such a folder says what is normal for you. docs/rules.md describes both.\n\n" +
			"The exit code is 1 when nothing is found, and with --test when a rule fails.",
		Example: findingsExamples,
	}
	withCase(cmd, &ask.caseName)
	flags := cmd.Flags()
	flags.StringSliceVar(&ask.rules, "rule", nil, "only these rules, by id")
	flags.StringVar(&ask.severity, "severity", "", "only findings as grave as this, or graver: low, medium, high, critical")
	flags.StringVar(&ask.identity, "identity", "", "only findings that involve a user, or kind:name")
	flags.StringVar(&ask.since, "since", "", "only findings that go on after this moment: 2026-11-18T21:00, -2h")
	flags.StringVar(&ask.until, "until", "", "only findings that began before this moment")
	flags.StringArrayVar(&ask.folders, "rules", nil, "a folder with rules of yours")
	flags.BoolVar(&ask.all, "all", false, "show dismissed findings too")
	flags.BoolVar(&ask.json, "json", false, "print JSON")
	flags.BoolVar(&ask.test, "test", false, "run the fixtures of the rules instead; no evidence is needed")
	flags.BoolVar(&ask.list, "list", false, "list the rules instead; no evidence is needed")
	cmd.MarkFlagsMutuallyExclusive("test", "list")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		paths, err := evidenceOnly(args)
		if err != nil {
			return err
		}
		list, problems := p.rulesOf(ask.folders)
		if list, err = chosenRules(list, ask.rules); err != nil {
			return err
		}
		switch {
		case ask.test:
			return p.testRules(list, problems, ask.json)
		case ask.list:
			p.tellRuleProblems(problems)
			return p.listRules(list, ask.json)
		}
		return p.findings(ctx, ask, list, problems, paths)
	})
	return cmd
}

// pick says which findings are asked for.
type pick struct {
	least        rules.Severity
	of           investigations.Entity
	since, until time.Time
}

func (a *findingsAsk) pick(now time.Time) (k pick, err error) {
	k.least = rules.Low
	if a.severity != "" {
		k.least = rules.Severity(a.severity)
		if !slices.Contains(rules.Severities(), k.least) {
			return k, misuse("the severities are low, medium, high, critical", "%q is no severity", a.severity)
		}
	}
	if a.identity != "" {
		if k.of, err = identity(a.identity); err != nil {
			return k, err
		}
	}
	for _, m := range []struct {
		flag, text string
		into       *time.Time
	}{{"--since", a.since, &k.since}, {"--until", a.until, &k.until}} {
		if m.text == "" {
			continue
		}
		if *m.into, err = filter.Moment(m.text, now); err != nil {
			return k, misuse("such as "+m.flag+" 2026-11-18T21:00", "%s %w", m.flag, err)
		}
	}
	return k, nil
}

func (k *pick) takes(f *rules.Finding) bool {
	return f.Severity.AtLeast(k.least) && (k.of.IsZero() || f.Involves(k.of)) &&
		(k.since.IsZero() || !f.Last.Before(k.since)) && (k.until.IsZero() || f.First.Before(k.until))
}

// foundJSON is one finding, with the decision about it.
type foundJSON struct {
	*rules.Finding
	Filter    string           `json:"filter"` // finds its events with `cordon events`
	Dismissed *rules.Dismissal `json:"dismissed,omitempty"`
}

// findingsAnswer is the answer of `cordon findings --json`.
type findingsAnswer struct {
	Coverage  pivot.Coverage `json:"coverage"`
	Findings  []foundJSON    `json:"findings"`
	Dismissed int            `json:"dismissed"` // findings left out because of that
	Rules     int            `json:"rules"`
	Looked    int64          `json:"looked_at"` // events of the types that rules look at
	Unread    int64          `json:"unread"`
	// Blind are the rules that had nothing to look at, with what they need.
	Blind      []blindRule    `json:"blind"`
	Incomplete map[string]int `json:"incomplete"`
	Problems   []string       `json:"problems"` // rules of the user's that were left out
}

type blindRule struct {
	Rule  string `json:"rule"`
	Needs string `json:"needs"`
}

func (p *program) findings(ctx context.Context, ask findingsAsk, list []*rules.Rule, problems []error, paths []string) (err error) {
	k, err := ask.pick(p.now())
	if err != nil {
		return err
	}
	c, err := p.openCase(ctx, ask.caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return err
	}
	show := p.progress()
	res, err := rules.Run(ctx, c, list, show.counted)
	show.end()
	if err != nil {
		return err
	}
	answer, err := p.answerOf(ctx, c, res, list, k, ask.all)
	if err != nil {
		return err
	}
	answer.Coverage, answer.Problems = covered(coverage), texts(problems)
	p.tellRuleProblems(problems)
	where := evidenceWords(ask.caseName, paths)
	if ask.json {
		err = p.writeJSON(answer)
	} else {
		err = p.print(func(t *plain) { t.findings(answer, where) })
		p.tell("%s", coverageLine(coverage))
	}
	if err != nil || len(answer.Findings) > 0 {
		return err
	}
	what := fmt.Sprintf("no finding fits: %s looked at %s", counted(len(list), "rule"), counted(res.Events, "event"))
	if answer.Dismissed > 0 {
		what += fmt.Sprintf("; %s dismissed (--all shows them)", counted(answer.Dismissed, "finding"))
	}
	return found(what, 0, coverage)
}

// answerOf keeps of a result what is asked for.
func (p *program) answerOf(ctx context.Context, c *store.Case, res *rules.Result, list []*rules.Rule, k pick, all bool) (*findingsAnswer, error) {
	entries, err := c.Journal(ctx)
	if err != nil {
		return nil, err
	}
	dismissals := rules.ReadDismissals(entries)
	a := &findingsAnswer{
		Findings: []foundJSON{}, Rules: len(list), Looked: res.Events, Unread: res.Unread,
		Blind: []blindRule{}, Incomplete: map[string]int{},
	}
	for _, f := range res.Findings {
		if !k.takes(f) {
			continue
		}
		j := foundJSON{Finding: f, Filter: f.Proof().String()}
		if d, ok := dismissals.Of(f); ok {
			if j.Dismissed = &d; !all {
				a.Dismissed++
				continue
			}
		}
		a.Findings = append(a.Findings, j)
	}
	for id, n := range res.Incomplete {
		a.Incomplete[id] = n
	}
	for _, r := range list {
		if slices.Contains(res.Blind, r.ID) {
			a.Blind = append(a.Blind, blindRule{r.ID, r.Log})
		}
	}
	return a, nil
}

// evidenceWords are the words that name the same evidence in another command.
func evidenceWords(caseName string, paths []string) string {
	if caseName != "" {
		return " --case " + contain.Quote(caseName)
	}
	words := ""
	for _, path := range paths {
		words += " " + contain.Quote(path)
	}
	return words
}

func texts(errs []error) []string {
	out := make([]string, len(errs))
	for i, err := range errs {
		out[i] = err.Error()
	}
	return out
}
