package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/filter"
)

// commandLog is a log of commands, numbered from first on.
func commandLog(t *testing.T, first int, commands ...string) []byte {
	t.Helper()
	var out []byte
	for i, command := range commands {
		line, err := json.Marshal(map[string]any{
			"event": "exec", "code": "T3002I", "uid": fmt.Sprint("u", first+i), "time": time.Date(2026, 3, 1, 9, 0, first+i, 0, time.UTC), "user": "mallory@example.com", "command": command,
		})
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(out, line...), '\n')
	}
	return out
}

// selected are the uids that a filter finds in a case.
func selected(t testing.TB, c *Case, text string) []string {
	t.Helper()
	expr, err := filter.Parse(text, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Select(context.Background(), expr)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	if err := c.EachEvent(context.Background(), s, false, func(e *investigations.Event, _ []byte) error {
		out = append(out, e.UID)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSelect_findsTextInCommands(t *testing.T) {
	t.Parallel()
	padded := strings.Repeat("true;", 1000) + "cat /etc/shadow"
	c, _ := build(t, write(t, t.TempDir(), "a.log", commandLog(t, 0,
		"cat /etc/passwd", "CAT /ETC/PASSWD", "ls -l", "echo \"<é>\"\tx", "cat /etc/passwd", "cat /etc/pass", "wd", padded, strings.Repeat("é", 2500))))
	for _, tt := range []struct {
		filter string
		want   []string
	}{
		{`command:etc/passwd`, []string{"u0", "u1", "u4"}},
		{`command:"cat "`, []string{"u0", "u1", "u4", "u5", "u7"}},
		{`command:passwd,"ls "`, []string{"u0", "u1", "u2", "u4"}},
		{`command:passwd command:cat`, []string{"u0", "u1", "u4"}},
		{`-command:cat -command:true`, []string{"u2", "u3", "u6", "u8"}},
		{`command:"\"<é>\"\tx"`, []string{"u3"}},
		{`command:wd`, []string{"u0", "u1", "u4", "u6"}},
		{`command:etc/shadow`, []string{"u7"}}, // behind what the row keeps
		{`command:nothing`, []string{}},
		{`command:mallory`, []string{"u7", "u8"}}, // of the line, which is searched where a text was cut
		{`command:T3002I -command:true -command:é`, []string{}},
		{`cmd:LS`, []string{"u2"}},
	} {
		if d := cmp.Diff(tt.want, selected(t, c, tt.filter)); d != "" {
			t.Errorf("%s: -want +got:\n%s", tt.filter, d)
		}
	}
}

// What an open case learns later is found, too.
func TestSelect_findsCommandsAddedSince(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, _ := build(t, write(t, dir, "a.log", commandLog(t, 0, "whoami", "id")))
	if got := selected(t, c, "command:whoami"); len(got) != 1 {
		t.Fatalf("%v, want one event", got)
	}
	if _, err := c.Ingest(context.Background(), []string{write(t, dir, "b.log", commandLog(t, 10, "id", "whoami --all", "whoami"))}, Options{}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"u0", "u11", "u12"}, selected(t, c, "command:whoami")); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// Any needle finds, through the index, what the filter finds in each event.
func TestSelect_commandsEqualTheFilterAskedOfEachEvent(t *testing.T) {
	t.Parallel()
	letters := rapid.StringMatching(`[abAB \\"é]{1,3}`)
	rapid.Check(t, func(rt *rapid.T) {
		commands := rapid.SliceOfN(rapid.StringMatching(`[abAB \\"é]{1,6}`), 1, 30).Draw(rt, "commands")
		c, _ := build(t, write(t, t.TempDir(), "a.log", commandLog(t, 0, commands...)))
		expr := filter.Expr{}.With(filter.Term{Key: filter.KeyCommand, Values: []filter.Value{{Text: letters.Draw(rt, "needle")}}})
		want, match := []string{}, expr.Compile()
		for _, e := range inWindows(t, c, nil, false, 1000) {
			if match.Match(&e, nil) {
				want = append(want, e.UID)
			}
		}
		if d := cmp.Diff(want, selected(t, c, filter.Print(expr))); d != "" {
			rt.Fatalf("%s: -each +index:\n%s", filter.Print(expr), d)
		}
	})
}
