package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteNew_neverWritesOverAFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "screen.txt")
	path, err := writeNew(name, []byte("first"))
	if err != nil || path != name {
		t.Fatalf("written to %q, %v", path, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := writeNew(name, []byte("second")); err == nil || !strings.Contains(err.Error(), "exists already: choose another name") {
		t.Errorf("a second time: %v", err)
	}
	if kept, err := os.ReadFile(name); err != nil || string(kept) != "first" {
		t.Errorf("it holds %q, %v", kept, err)
	}
	if _, err := writeNew(filepath.Join(filepath.Dir(name), "missing", "x"), nil); err == nil {
		t.Error("a folder that is not there was written into")
	}
}
