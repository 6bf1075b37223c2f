package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cordon/tui/action"
)

var update = flag.Bool("update", false, "write the key table of the README anew")

// Between these lines the README holds the table of keys, made from the
// registry of actions.
const (
	keysBegin = "<!-- keys -->\n"
	keysEnd   = "<!-- /keys -->"
)

func TestReadme_keyTableIsTheRegistry(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "README.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, ok := withKeyTable(string(data), action.Default().Markdown())
	if !ok {
		t.Fatalf("README.md has no place for the keys: one %q and after it one %q", strings.TrimSpace(keysBegin), keysEnd)
	}
	if want == string(data) {
		return
	}
	if !*update {
		t.Fatal("the key table in README.md is not that of the actions: go test ./cmd/cordon -run TestReadme -update")
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// withKeyTable puts the table between the markers, each of which must stand
// there once.
func withKeyTable(readme, table string) (string, bool) {
	if strings.Count(readme, keysBegin) != 1 || strings.Count(readme, keysEnd) != 1 {
		return "", false
	}
	head, rest, _ := strings.Cut(readme, keysBegin)
	_, tail, ok := strings.Cut(rest, keysEnd)
	return head + keysBegin + "\n" + table + "\n" + keysEnd + tail, ok
}

func TestWithKeyTable(t *testing.T) {
	t.Parallel()
	const table = "| key |\n"
	for _, readme := range []string{"", keysEnd + keysBegin, keysBegin, keysBegin + keysEnd + keysBegin + keysEnd} {
		if got, ok := withKeyTable(readme, table); ok {
			t.Errorf("withKeyTable(%q) = %q", readme, got)
		}
	}
	once, ok := withKeyTable("a\n"+keysBegin+"old\n"+keysEnd+"\nb\n", table)
	if want := "a\n" + keysBegin + "\n" + table + "\n" + keysEnd + "\nb\n"; !ok || once != want {
		t.Errorf("withKeyTable = %q, %v", once, ok)
	}
	if twice, ok := withKeyTable(once, table); !ok || twice != once {
		t.Errorf("a second time it is %q, %v", twice, ok)
	}
}
