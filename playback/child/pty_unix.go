//go:build unix

package child

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// start starts a process in a terminal of its own and returns our end of it,
// on which a read or a write can be interrupted by closing it.
func start(cmd *exec.Cmd, cols, rows int) (*os.File, error) {
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)})
	if err != nil {
		return nil, err
	}
	defer tty.Close()
	// The library asks for the descriptor's number, which makes the file a
	// blocking one; a file of our own is given to the runtime's poller.
	fd, err := unix.FcntlInt(tty.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil, fmt.Errorf("set up its terminal: %w", err)
	}
	return os.NewFile(uintptr(fd), tty.Name()), nil
}

// setSize tells the child the size of its terminal.
func setSize(tty *os.File, cols, rows int) {
	control(tty, func(fd int) {
		_ = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(cols), Row: uint16(rows)})
	})
}

// hangUp and kill are sent to the process group of a child that has not been
// waited for, and to the group in the foreground of its terminal.
func hangUp(pid int, tty *os.File) { signalGroups(pid, tty, unix.SIGHUP) }

func kill(pid int, tty *os.File) { signalGroups(pid, tty, unix.SIGKILL) }

func signalGroups(pid int, tty *os.File, sig syscall.Signal) {
	control(tty, func(fd int) {
		if front, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err == nil && front > 1 && front != pid {
			_ = unix.Kill(-front, sig)
		}
	})
	_ = unix.Kill(-pid, sig)
}

// control calls f with the descriptor of a file that is still open.
func control(tty *os.File, f func(fd int)) {
	conn, err := tty.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) { f(int(fd)) })
}

// signalOf is the name of the signal that ended a process, or empty.
func signalOf(state *os.ProcessState) string {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return ""
	}
	if name := unix.SignalName(status.Signal()); name != "" {
		return name
	}
	return fmt.Sprintf("signal %d", int(status.Signal()))
}
