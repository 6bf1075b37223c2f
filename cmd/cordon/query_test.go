package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cordon/investigations/queries"
	"cordon/testdata/demo"
	"cordon/tui/safetext"
)

// writes calls a function at the first write.
type writes struct{ first func() }

func (w *writes) Write(b []byte) (int, error) {
	if w.first != nil {
		w.first()
		w.first = nil
	}
	return len(b), nil
}

// A query without end is ended by an interrupt, at whatever it is just doing.
func TestQuery_endsWhenInterrupted(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "audit.log")
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, `{"event":"exec","time":"2026-03-01T10:00:00Z","uid":"u%d","user":"alice","command":"ls"}`+"\n", i)
	}
	if err := os.WriteFile(log, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var said strings.Builder
	p := &program{in: strings.NewReader(""), out: &writes{first: cancel}, errs: &said, now: time.Now, env: func(string) string { return "" }}
	code := p.run(ctx, []string{"query", "--json", "SELECT a.uid, b.uid AS b, c.uid AS c, d.uid AS d FROM exec a, exec b, exec c, exec d", log})
	if code != exitInterrupted || said.String() != "cordon: interrupted\n" {
		t.Errorf("exit code %d, said %q", code, said.String())
	}
}

func TestQueryTable_printsRecordsWhereATableDoesNotFit(t *testing.T) {
	t.Parallel()
	columns := []queries.Column{{Name: "user", Type: "varchar"}, {Name: "n", Type: "bigint"}, {Name: "command", Type: "varchar"}}
	for _, test := range []struct {
		width int
		want  string
	}{
		{0, "user    n  command\nalice   7  cat /etc/passwd; echo done\nbob    12  NULL\n"},
		{60, "user    n  command\nalice   7  cat /etc/passwd; echo done\nbob    12  NULL\n"},
		{30, "row 1\n  user     alice\n  n        7\n  command  cat /etc/passwd;\n  command  echo done\nrow 2\n  user     bob\n  n        12\n"},
	} {
		var out strings.Builder
		buf := bufio.NewWriter(&out)
		to := &plain{buf: buf, safe: safetext.NewWriter(buf, safetext.Unicode), width: test.width}
		table := &queryTable{}
		if err := table.Columns(columns); err != nil {
			t.Fatal(err)
		}
		for _, row := range [][]any{{"alice", int64(7), "cat /etc/passwd; echo done"}, {"bob", int64(12), nil}} {
			if err := table.Row(row); err != nil {
				t.Fatal(err)
			}
		}
		table.layOut(to)
		if err := buf.Flush(); err != nil {
			t.Fatal(err)
		}
		if out.String() != test.want {
			t.Errorf("width %d:\n%s", test.width, out.String())
		}
	}
}

// nowhere is an answer that nobody reads.
type nowhere struct{}

func (nowhere) Columns([]queries.Column) error { return nil }
func (nowhere) Row([]any) error                { return nil }

// What the editor offers to type, the engine knows; and every named query is
// one that it understands.
func TestQuery_whatIsOfferedIsUnderstood(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "audit.log")
	if err := os.WriteFile(log, []byte(`{"event":"exec","time":"2026-03-01T10:00:00Z","uid":"u","user":"alice","command":"ls"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &program{in: strings.NewReader(""), out: &writes{}, errs: &writes{}, now: time.Now, env: func(string) string { return "" }}
	c, err := p.openCase(t.Context(), "", []string{log})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	engine := c.Engine(time.Now)
	for _, name := range queries.Functions {
		call := name + "()"
		if name == "current_date" {
			call = name
		}
		if _, err := engine.Run(t.Context(), "SELECT "+call+" FROM exec", 1, nowhere{}); err != nil && strings.Contains(err.Error(), "There is no function") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, n := range queries.All() {
		sql, err := n.With("o'hara")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := engine.Run(t.Context(), sql, 1, nowhere{}); err != nil {
			t.Errorf("%s: %v", n.Name, err)
		}
	}
	report, err := queries.RunReport(t.Context(), engine, "o'hara")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range report.Parts {
		if part.Err != nil {
			t.Errorf("%s of one user: %v", part.Query.Name, part.Err)
		}
	}
}

// The page in the whole program: SQL that is typed, the report, and back.
func TestConsole_answersSQL(t *testing.T) {
	t.Parallel()
	c := openConsole(t, 100, 30, nil, "demo")
	c.sees("[1 Overview]", "DRY-RUN")
	c.press("7")
	c.sees("[7 Query]", "No query has been run yet")
	c.press("i", "select count(*) as sessions from session_start where user = '"+demo.Compromised+"';", enter)
	c.sees("1 row", "sessions", "▸ 15", "this case", "6 gaps")
	c.press("A")
	c.sees("Privileged Access Report  "+demo.Compromised, "5  Programs run inside pods  1 on 1 day", "Eliminate usage of kube exec")
	c.press(escape)
	c.sees("1 row", "sessions")
	c.press("q")
	c.quits()
}
