//go:build unix

package child

import (
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cordon/playback/term"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a child may take to do what is waited for. It is a guard
// against hanging, not a measure of speed.
const patience = time.Minute

// run starts a child and ends it with the test.
func run(t *testing.T, cols, rows int, argv ...string) *Child {
	t.Helper()
	c, err := Start(t.Context(), Command{Argv: argv, Env: []string{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "PS1=> "}, Dir: t.TempDir()}, cols, rows)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.killAfter(0)
		ends(t, c)
	})
	return c
}

func sh(t *testing.T, script string) *Child { return run(t, 80, 24, "sh", "-c", script) }

// until waits for a condition on the screen and returns the screen.
func until(t *testing.T, c *Child, what string, ok func(s *term.Screen) bool) *term.Screen {
	t.Helper()
	guard := time.After(patience)
	for {
		s := c.Snapshot()
		if ok(s) {
			return s
		}
		select {
		case <-c.Changed():
		case <-guard:
			t.Fatalf("waited for %s; the screen shows:\n%s", what, strings.Join(s.Text(), "\n"))
		}
	}
}

// sees waits for a text on the screen.
func sees(t *testing.T, c *Child, text string) *term.Screen {
	t.Helper()
	return until(t, c, text, func(s *term.Screen) bool { return strings.Contains(strings.Join(s.Text(), "\n"), text) })
}

// ends waits for the end.
func ends(t *testing.T, c *Child) Status {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(patience):
		t.Fatal("the child does not end")
	}
	status, ended := c.Exited()
	if !ended {
		t.Fatal("done without a status")
	}
	return status
}

func types(t *testing.T, c *Child, text string) {
	t.Helper()
	if err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}
