package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cordon/investigations/rules"
	"cordon/store"
)

// A finding that was dismissed in the console is left out and counted, and shown
// with the reason when asked for.
func TestFindings_leavesOutWhatWasDismissed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() // without rules of anybody's own
	log := writeFile(t, "audit.log", `{"event":"exec","time":"2026-03-01T10:30:00Z","uid":"a","user":"eve@example.com","command":"cat /etc/shadow","server_hostname":"web-1"}`+"\n")
	path := filepath.Join(dir, "c"+store.Extension)
	c, _, err := store.Build(t.Context(), path, []string{log}, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	list, problems := rules.Load()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	res, err := rules.Run(t.Context(), c, list, nil)
	if err != nil || len(res.Findings) != 1 {
		t.Fatalf("%d findings, %v", len(res.Findings), err)
	}
	entry, err := rules.Dismiss(res.Findings[0], "drill")
	if err != nil {
		t.Fatal(err)
	}
	entry.Operator = "ann"
	if _, err := c.Record(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (int, string) {
		var out bytes.Buffer
		p := &program{in: strings.NewReader(""), out: &out, errs: &out, now: time.Now, env: func(string) string { return dir }}
		return p.run(t.Context(), append([]string{"findings", "--case", path}, args...)), out.String()
	}
	if code, out := run(); code != exitNothing || !strings.Contains(out, "1 finding dismissed (--all shows them)") {
		t.Errorf("code %d: %s", code, out)
	}
	if code, out := run("--all"); code != exitDone || !strings.Contains(out, "dismissed by ann: drill") {
		t.Errorf("code %d: %s", code, out)
	}
}
