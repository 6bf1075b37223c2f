package rules

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestShipped_everyFixtureTellsTheTruth(t *testing.T) {
	t.Parallel()
	list, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 60 {
		t.Errorf("%d rules", len(list))
	}
	for _, r := range list {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			for _, problem := range Test(r) {
				t.Error(problem)
			}
		})
	}
}

// TestShipped_areDocumented compares the table in docs/rules.md with the rules.
func TestShipped_areDocumented(t *testing.T) {
	t.Parallel()
	list, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	doc := readDoc(t)
	want := "| rule | severity | ATT&CK | finds | needs |\n|---|---|---|---|---|\n"
	for _, r := range list {
		want += fmt.Sprintf("| `%s` | %s | %s | %s | %s |\n", r.ID, r.Severity, strings.Join(r.Attack, " "), r.Title, r.Log)
	}
	if _, table, _ := strings.Cut(doc, "## Shipped rules\n\n"); table != want {
		t.Errorf("the table of shipped rules in docs/rules.md must be:\n%s", want)
	}
}

func TestDocs_exampleIsARuleThatWorks(t *testing.T) {
	t.Parallel()
	_, rest, _ := strings.Cut(readDoc(t), "```yaml\n")
	example, _, _ := strings.Cut(rest, "```")
	r, err := Parse([]byte(example), "docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range Test(r) {
		t.Error(problem)
	}
}

func readDoc(t *testing.T) string {
	t.Helper()
	doc, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

// The table of published detections has each of them once, and names rules that
// there are.
func TestDocs_publishedDetectionsNameRulesThatThereAre(t *testing.T) {
	t.Parallel()
	list, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(readDoc(t), "## Published detections")
	table, _, _ := strings.Cut(rest, "## Shipped rules")
	n := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		if number, err := strconv.Atoi(strings.TrimPrefix(cells[0], "| ")); err != nil || number != n+1 {
			continue
		}
		n++
		ids := strings.Fields(strings.ReplaceAll(cells[2], "`", ""))
		for _, id := range ids {
			if id != "–" && !slices.ContainsFunc(list, func(r *Rule) bool { return r.ID == id }) {
				t.Errorf("detection %d names the rule %s, which there is not", n, id)
			}
		}
		if len(cells) != 4 || len(ids) == 0 || ids[0] == "–" && strings.TrimSpace(strings.Trim(cells[3], "|\n")) == "" {
			t.Errorf("detection %d has neither a rule nor a reason: %s", n, line)
		}
	}
	if n != 66 {
		t.Errorf("%d detections, want 66", n)
	}
}
