//go:build !windows

package main

import (
	"strings"
	"testing"

	"github.com/creack/pty"
)

// A shell beside the case, in the whole program: what is typed reaches it, its
// answers and its size are those of a terminal, and the console comes back.
func TestConsole_shellBesideTheCase(t *testing.T) {
	t.Parallel()
	const leave = "\x1d" // ctrl+]
	c := openConsole(t, 80, 24, []string{"SHELL=/bin/sh", "PS1=> ", "TMPDIR=" + t.TempDir()}, "demo")
	c.sees("[1 Overview]", "DRY-RUN")
	c.press("!")
	c.sees("shell  $ /bin/sh", "running", "ctrl+] back to the console")
	c.press("stty size; echo $TERM$CORDON_OPERATOR.", enter)
	c.sees("20 80", "xterm-256color.")
	// A question is answered by this terminal and not by the one outside.
	c.press(`stty raw -echo; printf '\033[6n\033[c'; head -c 15 | tr '\033' E; stty sane; echo .`, enter)
	c.until("the answers", func(shown string) bool {
		_, rest, ok := strings.Cut(shown, "E[")
		return ok && strings.Contains(rest, "RE[?62;22c")
	})
	if err := pty.Setsize(c.tty, &pty.Winsize{Cols: 80, Rows: 20}); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	c.screen.Resize(80, 20)
	c.mu.Unlock()
	c.press("clear; stty size", enter)
	c.sees("16 80", "running")
	c.press(leave)
	c.sees("! shell runs", "[1 Overview]")
	c.press("!")
	c.sees("16 80", "running")
	c.press("kill -9 $$", enter)
	c.sees("was ended by SIGKILL")
	c.press(leave)
	c.sees("[1 Overview]")
	c.press("q")
	c.quits()
}
