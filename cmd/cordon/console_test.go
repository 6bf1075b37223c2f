package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"cordon/playback/term"
)

// patience is how long a screen may take to show what is waited for. It is a
// guard against hanging, not a measure of speed.
const patience = 30 * time.Second

// console is the whole program in a real pty, its output drawn by our own
// screen model.
type console struct {
	t   *testing.T
	cmd *exec.Cmd
	tty *os.File

	mu      sync.Mutex
	changed *sync.Cond
	screen  *term.Screen
	raw     bytes.Buffer // all bytes that the program wrote
	ended   bool
}

// openConsole starts cordon with the arguments in a terminal of the given size.
func openConsole(t *testing.T, cols, rows int, env []string, args ...string) *console {
	t.Helper()
	c := &console{t: t, screen: term.New(cols, rows)}
	c.changed = sync.NewCond(&c.mu)
	c.cmd = exec.Command("cordon", args...)
	c.cmd.Env = append(os.Environ(), append([]string{"TERM=xterm-256color", "COLORTERM=truecolor", "CORDON_OPERATOR=responder@example.com", "NO_COLOR="}, env...)...)
	var err error
	if c.tty, err = pty.StartWithSize(c.cmd, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		t.Fatal(err)
	}
	go c.read()
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		c.cmd.Wait()
		c.tty.Close()
	})
	return c
}

func (c *console) read() {
	buf := make([]byte, 32<<10)
	for {
		n, err := c.tty.Read(buf)
		c.mu.Lock()
		c.raw.Write(buf[:n])
		c.screen.Write(buf[:n])
		c.ended = err != nil
		c.changed.Broadcast()
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// until waits for a condition on the screen.
func (c *console) until(what string, ok func(screen string) bool) string {
	c.t.Helper()
	deadline := time.Now().Add(patience)
	alarm := time.AfterFunc(patience+time.Second, func() { c.changed.Broadcast() })
	defer alarm.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		shown := strings.Join(c.screen.Text(), "\n")
		if ok(shown) {
			return shown
		}
		if c.ended || time.Now().After(deadline) {
			c.t.Fatalf("waited for %s; ended %v; the screen shows:\n%s", what, c.ended, shown)
		}
		c.changed.Wait()
	}
}

// sees waits until all texts are on the screen.
func (c *console) sees(texts ...string) string {
	c.t.Helper()
	return c.until(strings.Join(texts, ", "), func(shown string) bool {
		for _, text := range texts {
			if !strings.Contains(shown, text) {
				return false
			}
		}
		return true
	})
}

// cursor is the line that the cursor glyph marks, empty when none is drawn.
func cursor(shown string) string {
	for l := range strings.Lines(shown) {
		if row, ok := strings.CutPrefix(strings.TrimPrefix(l, "│"), "▸"); ok {
			return strings.TrimSpace(row)
		}
	}
	return ""
}

// rowName is what the line under the cursor is called: the rest of it can change
// while the cursor stays, when what was slow arrives.
func rowName(shown string) string {
	name, _, _ := strings.Cut(cursor(shown), "  ")
	return name
}

// moves presses j until the line under the cursor matches.
func (c *console) moves(to *regexp.Regexp) {
	c.t.Helper()
	shown := c.until("a cursor", func(s string) bool { return cursor(s) != "" })
	row := cursor(shown)
	for range 60 {
		if to.MatchString(row) {
			return
		}
		was := rowName(shown)
		c.press("j")
		shown = c.until("the cursor to move", func(s string) bool { return cursor(s) != "" && rowName(s) != was })
		row = cursor(shown)
	}
	c.t.Fatalf("no line matches %s", to)
}

// press types keys, each as one write, as a person would.
func (c *console) press(keys ...string) {
	c.t.Helper()
	for _, k := range keys {
		if _, err := io.WriteString(c.tty, k); err != nil {
			c.t.Fatal(err)
		}
	}
}

// quits waits for the program to end by itself.
func (c *console) quits() {
	c.t.Helper()
	alarm := time.AfterFunc(patience, func() { c.cmd.Process.Kill() })
	defer alarm.Stop()
	c.mu.Lock()
	for !c.ended {
		c.changed.Wait()
	}
	c.mu.Unlock()
	if err := c.cmd.Wait(); err != nil {
		c.t.Errorf("cordon ended with %v", err)
	}
}

// run runs a verb to its end and returns what it printed and its exit code.
func run(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.Command("cordon", args...)
	cmd.Env = append(os.Environ(), "CORDON_OPERATOR=responder@example.com", "NO_COLOR=1")
	b, err := cmd.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); ok {
		return string(b), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b), 0
}

// flipByte changes one bit of the first place where needle stands in a file.
func flipByte(t *testing.T, path string, needle []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, needle)
	if at < 0 {
		t.Fatalf("%s does not hold %q", filepath.Base(path), needle)
	}
	data[at+len(needle)/2] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
