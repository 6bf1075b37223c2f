package child

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"cordon/playback/term"
)

const (
	// Grace is how long a child may take to end itself after a hang-up.
	Grace = 2 * time.Second
	// drain is how long the last output of a child is read when something that
	// it left running keeps the terminal open.
	drain = 250 * time.Millisecond
	// readSize is how much is fed to the screen at a time.
	readSize = 32 << 10
)

// Child is a process in a terminal. Its methods may be called from any
// goroutine, and none of them waits for the process.
type Child struct {
	cmd     *exec.Cmd
	tty     *os.File
	in      *input
	changed chan struct{}
	read    chan struct{} // closed when nothing more is read
	done    chan struct{}

	mu      sync.Mutex // guards what follows
	screen  *term.Screen
	queries queries
	reaped  bool
	status  Status
	ended   bool
}

// Start starts a process in a terminal of a size, clamped to what a screen can
// be. The process is ended with Kill, or when ctx ends.
func Start(ctx context.Context, command Command, cols, rows int) (*Child, error) {
	if len(command.Argv) == 0 {
		return nil, errors.New("start a program: no program was named")
	}
	c := &Child{
		cmd: exec.Command(command.Argv[0], command.Argv[1:]...), in: newInput(), screen: term.New(cols, rows),
		changed: make(chan struct{}, 1), read: make(chan struct{}), done: make(chan struct{}),
	}
	c.cmd.Env, c.cmd.Dir = environment(command.Env, command.Add), command.Dir
	cols, rows = c.screen.Size()
	var err error
	switch c.tty, err = start(c.cmd, cols, rows); {
	case errors.Is(err, exec.ErrNotFound) && !strings.ContainsRune(command.Argv[0], os.PathSeparator):
		return nil, fmt.Errorf("start %s: it is not installed, or its folder is not in the PATH", command.Argv[0])
	case err != nil:
		return nil, fmt.Errorf("start %s: %w", command.Argv[0], err)
	}
	go c.listen()
	go c.in.send(c.tty, c.done)
	go c.wait(context.AfterFunc(ctx, c.Kill))
	return c, nil
}

// listen feeds the screen until the terminal is closed on either side.
func (c *Child) listen() {
	defer close(c.read)
	buf := make([]byte, readSize)
	for {
		n, err := c.tty.Read(buf)
		if n > 0 {
			c.feed(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

// feed puts bytes on the screen and answers what they ask, each question at its
// moment. Answers that find no room are lost, like the typing of a person.
func (c *Child) feed(p []byte) {
	c.mu.Lock()
	var answers []byte
	for len(p) > 0 {
		n, question := c.queries.next(p)
		_, _ = c.screen.Write(p[:n])
		if question != "" {
			answers = append(answers, answer(question, c.screen)...)
		}
		p = p[n:]
	}
	c.mu.Unlock()
	if len(answers) > 0 {
		_ = c.in.put(answers)
	}
	signal(c.changed)
}

// wait collects the process and what it wrote last. stop takes the watch over
// the context away.
func (c *Child) wait(stop func() bool) {
	_ = c.cmd.Wait() // how it ended is in its state
	stop()
	c.mu.Lock()
	c.reaped = true
	c.mu.Unlock()
	_ = c.tty.SetReadDeadline(time.Now().Add(drain))
	<-c.read
	_ = c.tty.Close()
	c.mu.Lock()
	c.status, c.ended = statusOf(c.cmd.ProcessState), true
	c.mu.Unlock()
	close(c.done)
	signal(c.changed)
}

// Changed holds a note when the screen or the status may have changed since the
// last note was taken. One listener can take it.
func (c *Child) Changed() <-chan struct{} { return c.changed }

// Done is closed when the process has ended and all that it wrote is on the
// screen.
func (c *Child) Done() <-chan struct{} { return c.done }

// Snapshot returns a copy of the screen with its scrollback.
func (c *Child) Snapshot() *term.Screen {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.screen.Clone()
}

// Exited returns how the process ended, if it has.
func (c *Child) Exited() (Status, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status, c.ended
}

// Write sends bytes to the process as if they were typed: all of them, or none
// with ErrFull. What is sent to a process that has ended is dropped.
func (c *Child) Write(p []byte) error { return c.in.put(p) }

// Resize changes the size of the terminal, clamped to what a screen can be. The
// process is told, and long lines of the main screen are wrapped anew.
func (c *Child) Resize(cols, rows int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.screen.Reflow(cols, rows)
	cols, rows = c.screen.Size()
	setSize(c.tty, cols, rows)
	signal(c.changed)
}

// Kill hangs up on the process and, if it still runs after Grace, kills it.
func (c *Child) Kill() { c.killAfter(Grace) }

func (c *Child) killAfter(grace time.Duration) {
	c.unlessReaped(hangUp)
	time.AfterFunc(grace, func() { c.unlessReaped(kill) })
}

// unlessReaped signals the process while its number is still its own.
func (c *Child) unlessReaped(send func(pid int, tty *os.File)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.reaped {
		send(c.cmd.Process.Pid, c.tty)
	}
}
