package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The shape of the repository, as CONTRIBUTING describes it.
const (
	moduleRoot = "../.."
	maxLines   = 600
)

// topFolders are all that may stand at the top, beside hidden ones.
var topFolders = []string{"cmd", "docs", "investigations", "playback", "store", "testdata", "themes", "tui"}

// mayImport says for each top folder which of the others its packages import.
// cmd is left out: it wires everything.
var mayImport = map[string][]string{
	"investigations": nil,
	"playback":       nil,
	"themes":         nil,
	"testdata":       nil,
	"store":          {"investigations", "playback"},
	"tui":            {"investigations", "playback", "themes"},
}

// tables are files of data that may be as long as their data.
var tables = []string{}

// goFile is one Go file of the module, its path from the root with slashes.
type goFile struct {
	path    string
	content []byte
}

func goFiles(t *testing.T) []goFile {
	t.Helper()
	var out []goFile
	err := filepath.WalkDir(moduleRoot, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(moduleRoot, p)
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && rel != "." {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(p) != ".go" {
			return nil
		}
		content, err := os.ReadFile(p)
		out = append(out, goFile{filepath.ToSlash(rel), content})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d Go files were found", len(out))
	}
	return out
}

func isTest(file string) bool { return strings.HasSuffix(file, "_test.go") }

func TestArchitecture_importsGoOneWay(t *testing.T) {
	t.Parallel()
	for _, f := range goFiles(t) {
		parsed, err := parser.ParseFile(token.NewFileSet(), f.path, f.content, parser.ImportsOnly)
		if err != nil {
			t.Errorf("%s: %v", f.path, err)
			continue
		}
		from, _, _ := strings.Cut(f.path, "/")
		allowed, ruled := mayImport[from]
		if !ruled || isTest(f.path) && from == "testdata" {
			continue
		}
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			to, ours := strings.CutPrefix(name, "cordon/")
			if !ours {
				continue
			}
			to, _, _ = strings.Cut(to, "/")
			// Tests may read the shared fixtures.
			if to != from && !slices.Contains(allowed, to) && (to != "testdata" || !isTest(f.path)) {
				t.Errorf("%s imports %s: %s may import %v", f.path, name, from, allowed)
			}
		}
	}
}

func TestArchitecture_filesStaySmall(t *testing.T) {
	t.Parallel()
	for _, f := range goFiles(t) {
		if isTest(f.path) || slices.Contains(tables, f.path) {
			continue
		}
		if n := bytes.Count(f.content, []byte("\n")); n > maxLines {
			t.Errorf("%s has %d lines, more than %d: split it", f.path, n, maxLines)
		}
	}
}

func TestArchitecture_topFoldersAreTheKnownOnes(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(moduleRoot)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !slices.Contains(topFolders, e.Name()) {
			t.Errorf("%s/ is no folder of the house: %v", e.Name(), topFolders)
		}
	}
}

func TestArchitecture_packagesSayWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	lines := make(map[string]int)
	for _, f := range goFiles(t) {
		if isTest(f.path) {
			continue
		}
		dir := path.Dir(f.path)
		lines[dir] += 0
		parsed, err := parser.ParseFile(token.NewFileSet(), f.path, f.content, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Errorf("%s: %v", f.path, err)
			continue
		}
		if parsed.Doc != nil {
			lines[dir] += strings.Count(parsed.Doc.Text(), "\n")
		}
	}
	for dir, n := range lines {
		if n < 4 || n > 40 {
			t.Errorf("%s: the package's doc comment has %d lines; 5 to 20 are wanted", dir, n)
		}
	}
}
