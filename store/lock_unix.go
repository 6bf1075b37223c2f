//go:build unix

package store

import (
	"os"

	"golang.org/x/sys/unix"
)

// tryLock takes an advisory lock on an open file without waiting. It goes with
// the process, so a kill leaves nothing behind.
func tryLock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// tryShare takes a lock that only another's tryLock keeps from it.
func tryShare(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB) }
