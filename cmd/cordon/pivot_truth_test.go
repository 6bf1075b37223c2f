package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"cordon/testdata/demo"
)

// line is one line of a log, as JSON gives it.
type line map[string]any

func (l line) text(key string) string { s, _ := l[key].(string); return s }

func (l line) inside(key, inner string) string {
	m, _ := l[key].(map[string]any)
	s, _ := m[inner].(string)
	return s
}

// byHand is what each pivot key counts, as the command line documents
// it, written over the lines alone.
var byHand = map[string]func(l line, x string) bool{
	"logins": func(l line, x string) bool { return l.text("event") == "user.login" && l.text("user") == x },
	"access_requests": func(l line, x string) bool {
		switch l.text("event") {
		case "access_request.create":
			return l.text("user") == x
		case "access_request.review":
			return l.text("reviewer") == x || l.text("user") == x
		}
		return false
	},
	"join_tokens": func(l line, x string) bool { return l.text("event") == "join_token.create" && l.text("user") == x },
	"users": func(l line, x string) bool {
		e := l.text("event")
		return (e == "user.create" || e == "user.update") && (l.text("user") == x || l.text("updated_by") == x)
	},
	"certificates": func(l line, x string) bool {
		return l.text("event") == "cert.create" && l.inside("identity", "user") == x
	},
	"access_lists": func(l line, x string) bool {
		return strings.HasPrefix(l.text("event"), "access_list.member.") && l.text("updated_by") == x
	},
	"sessions": func(l line, x string) bool { return l.text("event") == "session.start" && l.text("user") == x },
	"commands": func(l line, x string) bool { return l.text("event") == "exec" && l.text("user") == x },
}

func TestPivot_countsAgreeWithTheLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, demo.FS); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "incident.cordon")
	if code, errs := runHere(t, io.Discard, "ingest", "--case", file, filepath.Join(dir, "audit")); code != exitDone {
		t.Fatal(errs)
	}
	lines := demoLines(t)
	some := make(map[string]int)
	for _, who := range []string{demo.Compromised, demo.CreatedUser, demo.Accomplice} {
		var out bytes.Buffer
		if code, errs := runHere(t, &out, "pivot", "--json", "--case", file, who); code != exitDone {
			t.Fatal(errs)
		}
		var answer struct {
			Coverage struct{ Events int }
			Pivots   map[string]struct{ Events int }
		}
		if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		for key, counts := range byHand {
			want := 0
			for _, l := range lines {
				if counts(l, who) {
					want++
				}
			}
			some[key] += want
			if got := answer.Pivots[key].Events; got != want {
				t.Errorf("%s of %s: %d, the lines have %d", key, who, got, want)
			}
		}
		for _, key := range []string{
			"bots", "roles", "locks", "mfa_devices", "devices", "databases", "kubernetes", "apps", "desktops", "files", "connectors",
			"recordings_viewed", "impersonations",
		} {
			if _, ok := answer.Pivots[key]; !ok {
				t.Errorf("%s has no %s", who, key)
			}
		}
	}
	for key, n := range some {
		if n == 0 {
			t.Errorf("the fixture has nothing to count for %s", key)
		}
	}
}

// demoLines are all lines of the bundled logs that are JSON objects, each
// distinct line once: an event that two files hold is one event.
func demoLines(t *testing.T) []line {
	t.Helper()
	var out []line
	seen := make(map[string]bool)
	err := fs.WalkDir(demo.FS, "audit", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		packed, err := fs.ReadFile(demo.FS, name)
		if err != nil {
			return err
		}
		lines := bufio.NewScanner(bytes.NewReader(unpack(t, name, packed)))
		lines.Buffer(nil, 8<<20)
		for lines.Scan() {
			var l line
			if json.Unmarshal(lines.Bytes(), &l) == nil && !seen[lines.Text()] {
				seen[lines.Text()] = true
				out = append(out, l)
			}
		}
		return lines.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func unpack(t *testing.T, name string, packed []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	switch filepath.Ext(name) {
	case ".gz":
		r, err := gzip.NewReader(bytes.NewReader(packed))
		if err == nil {
			_, err = b.ReadFrom(r)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	case ".zst":
		r, err := zstd.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		defer r.Close()
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	default:
		b.Write(packed)
	}
	return b.Bytes()
}
