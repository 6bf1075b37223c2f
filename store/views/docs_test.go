package views

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// The functions that docs/audit-sql.md names are there.
func TestDocs_nameFunctionsThatExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/audit-sql.md")
	if err != nil {
		t.Fatal(err)
	}
	known := append(functionNames(), "extract", "position") // which are syntax
	rows := 0
	for line := range strings.Lines(string(text)) {
		for _, kind := range []string{"text", "time", "arrays", "JSON", "numbers and others", "aggregates", "windows"} {
			if !strings.HasPrefix(line, "| "+kind+" |") {
				continue
			}
			rows++
			names := strings.Split(line, "`")[1]
			for _, name := range strings.Fields(names) {
				if !slices.Contains(known, name) {
					t.Errorf("%s: there is no function %s", kind, name)
				}
			}
		}
	}
	if rows != 7 {
		t.Errorf("%d rows of functions", rows)
	}
}
