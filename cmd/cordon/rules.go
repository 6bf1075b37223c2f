package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cordon/investigations/rules"
)

// chosenRules keeps the rules with the ids given; without any, all.
func chosenRules(list []*rules.Rule, ids []string) ([]*rules.Rule, error) {
	if len(ids) == 0 {
		return list, nil
	}
	var out []*rules.Rule
	for _, id := range ids {
		i := slices.IndexFunc(list, func(r *rules.Rule) bool { return r.ID == id })
		if i < 0 {
			return nil, misuse("cordon findings --list names them", "there is no rule %q", id)
		}
		out = append(out, list[i])
	}
	return out, nil
}

// testRules runs the fixtures of rules. What is wrong with a rule, its file
// included, fails.
func (p *program) testRules(list []*rules.Rule, problems []error, asJSON bool) error {
	type result struct {
		Rule     string   `json:"rule"`
		File     string   `json:"file"`
		Passed   bool     `json:"passed"`
		Problems []string `json:"problems"`
	}
	answer := struct {
		Rules    []result `json:"rules"`
		Failed   int      `json:"failed"`
		Problems []string `json:"problems"` // files that are no rules
	}{Rules: []result{}, Problems: texts(problems)}
	for _, r := range list {
		wrong := texts(rules.Test(r))
		answer.Rules = append(answer.Rules, result{r.ID, r.File, len(wrong) == 0, wrong})
		if len(wrong) > 0 {
			answer.Failed++
		}
	}
	err := p.print(func(t *plain) {
		if asJSON {
			return
		}
		for _, r := range answer.Rules {
			word := "pass"
			if !r.Passed {
				word = "FAIL"
			}
			t.line("%s  %s", word, r.Rule)
			for _, problem := range r.Problems {
				t.wrapped("      ", strings.TrimPrefix(problem, "rule "+r.Rule+": "))
			}
		}
	})
	if asJSON {
		err = p.writeJSON(answer)
	} else {
		p.tellRuleProblems(problems)
	}
	if bad := answer.Failed + len(problems); err == nil && bad > 0 {
		return nothing("each line above names what to mend", "%s and %s of %d failed", counted(answer.Failed, "rule"), counted(len(problems), "file"), len(list)+len(problems))
	}
	return err
}

// listRules lists rules with what they find and need.
func (p *program) listRules(list []*rules.Rule, asJSON bool) error {
	type row struct {
		ID       string         `json:"id"`
		Severity rules.Severity `json:"severity"`
		Attack   []string       `json:"attack"`
		Title    string         `json:"title"`
		Needs    string         `json:"needs"`
		About    string         `json:"about"`
		File     string         `json:"file"`
	}
	out := []row{}
	for _, r := range list {
		out = append(out, row{r.ID, r.Severity, r.Attack, r.Title, r.Log, r.About, r.File})
	}
	if asJSON {
		return p.writeJSON(map[string][]row{"rules": out})
	}
	return p.print(func(t *plain) {
		var cells [][]string
		for _, r := range out {
			cells = append(cells, []string{string(r.Severity), r.ID, strings.Join(r.Attack, " "), r.Title})
		}
		t.table(cells)
	})
}

// tellRuleProblems says which rules of the user's were left out.
func (p *program) tellRuleProblems(problems []error) {
	for _, err := range problems {
		p.tell("rule left out: %s", err)
	}
}

// rulesOf are the shipped rules with those of the user's folder and the folders
// given.
func (p *program) rulesOf(folders []string) ([]*rules.Rule, []error) {
	own, err := p.rulesFolder()
	if err != nil {
		list, problems := rules.Load(folders...)
		return list, append(problems, fmt.Errorf("find your own rules: %w", err))
	}
	if own != "" {
		folders = append([]string{own}, folders...)
	}
	return rules.Load(folders...)
}

// rulesFolderHelp says where rulesFolder looks.
const rulesFolderHelp = "~/.config/cordon/rules (XDG_CONFIG_HOME is heeded)"

// rulesFolder is the folder for rules of the user's own; empty when there is
// none.
func (p *program) rulesFolder() (string, error) {
	dir, err := p.configDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "rules")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return dir, nil
}
