package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const good = `id: own.rule
title: Own
severity: low
attack: [T1078]
log: every version
about: a test
on:
  events: [user.login]
why: '{user} logged in'
next: 'cordon pivot {user}'
`

func TestParse_errorsNameFileLineAndWhatToDo(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ old, new, want string }{
		"unknown key":      {"log:", "lgo:", "f.yaml:5: unknown field \"lgo\""},
		"bad id":           {"own.rule", "Own Rule", `f.yaml:1: the id "Own Rule" must be lower-case`},
		"bad severity":     {"severity: low", "severity: huge", `f.yaml:3: the severity "huge" must be low`},
		"bad technique":    {"T1078", "Valid Accounts", "f.yaml:4: attack must list"},
		"no title":         {"title: Own", "title: ''", "f.yaml:2: the title is missing"},
		"no events":        {"  events: [user.login]", "  where: []", "f.yaml:7: events is missing"},
		"bad role":         {"{user} logged", "{@who.user} logged", `f.yaml:9: "@who.user" is no role and kind`},
		"open brace":       {"{user} logged", "{user logged", "f.yaml:9: \"{user logged in\" has a { without a }"},
		"no such step":     {"{user} logged", "{2:user} logged", "f.yaml:9: {2:user} names no step"},
		"two forms":        {"why:", "threshold: {within: 1m, count: 2}\nfirst_seen: {of: a, by: [b], learn: 1h}\nwhy:", "f.yaml:9: then, threshold and first_seen do not go together"},
		"no within":        {"why:", "then: [{events: [auth], bind: {a: b}}]\nwhy:", "f.yaml:9: a step of then must bind a name"},
		"bad network":      {"  events", "  where: [{field: a, cidr: x}]\n  events", `f.yaml:7: "x" is no network`},
		"operator missing": {"  events", "  where: [{field: a}]\n  events", "f.yaml:7: a condition needs a field and an operator"},
		"bad class":        {"  events", "  where: [{danger: fun}]\n  events", `f.yaml:7: "fun" is no class of danger`},
		"wrong type":       {"attack: [T1078]", "attack: {a: b}", "f.yaml:4: "},
		"alias":            {"title: Own", "title: &a Own", "f.yaml:2: anchors and aliases"},
		"no YAML":          {good, "\t{", "f.yaml:1: "},
		"empty":            {good, "", "f.yaml:1: the file is empty"},
		"nested":           {"title: Own", "title: " + strings.Repeat("[", 100), "f.yaml:2: brackets are nested too deep"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse([]byte(strings.Replace(good, tt.old, tt.new, 1)), "f.yaml")
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestLoad_oneBadRuleDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := map[string]string{
		"a.yaml": good, "b.yaml": strings.Replace(good, "title", "titel", 1), "c.yaml": good,
		"d.yml": strings.Replace(good, "own.rule", "login.no-mfa", 1), "e.txt": "no rule", "big.yaml": strings.Repeat("#", maxRuleBytes+1),
		"allow.yaml": "own.rule:\n  - {field: user, is: alice}\nno.such:\n  - {field: user, is: alice}\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shipped, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	list, problems := Load(dir)
	if len(list) != len(shipped)+1 {
		t.Errorf("%d rules, want %d", len(list), len(shipped)+1)
	}
	if i := slices.IndexFunc(list, func(r *Rule) bool { return r.ID == "login.no-mfa" }); i < 0 || list[i].Title != "Own" {
		t.Error("the rule of the folder does not take the place of the shipped one")
	}
	text := strings.ReplaceAll(fmt.Sprint(problems), dir+"/", "")
	for _, want := range []string{
		`b.yaml:2: unknown field "titel"`, "c.yaml:1: a rule with the id own.rule exists already (a.yaml)",
		"big.yaml: it is larger than", "allow.yaml:3: there is no rule no.such",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("problems %s lack %q", text, want)
		}
	}
	if len(problems) != 4 {
		t.Errorf("%d problems: %v", len(problems), problems)
	}
	for _, r := range list {
		if r.ID == "own.rule" {
			if res := run(t, r, at(0, "user.login", `"user":"alice"`)); len(res.Findings) != 0 {
				t.Errorf("the allow-list does not hold: %v", res.Findings)
			}
		}
	}
}

func TestLoad_saysThatTheFolderIsNotThere(t *testing.T) {
	t.Parallel()
	list, problems := Load(filepath.Join(t.TempDir(), "none"))
	if len(list) == 0 || len(problems) != 1 || !strings.HasSuffix(problems[0].Error(), "/none: no such file or directory") {
		t.Errorf("%d rules, %v", len(list), problems)
	}
}

func TestLoad_theLastFolderHasTheLastWord(t *testing.T) {
	t.Parallel()
	first, second := t.TempDir(), t.TempDir()
	for dir, title := range map[string]string{first: "First", second: "Second"} {
		if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(strings.Replace(good, "Own", title, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, problems := Load(first, second)
	if i := slices.IndexFunc(list, func(r *Rule) bool { return r.ID == "own.rule" }); i < 0 || list[i].Title != "Second" || len(problems) > 0 {
		t.Errorf("%v, %v", list[i], problems)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("id: [\n"))
	f.Add([]byte("on: {events: [a], where: [{field: a, is: !!x}]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse(data, "f.yaml")
		if err == nil {
			Test(r)
		}
	})
}
