package store

import (
	"os"

	"golang.org/x/sys/windows"
)

// tryLock takes a lock on an open file without waiting. It goes with the
// process, so a kill leaves nothing behind. The lock is on bytes far behind the
// end, which nobody reads or writes.
func tryLock(f *os.File) error {
	return lockFile(f, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY)
}

// tryShare takes a lock that only another's tryLock keeps from it.
func tryShare(f *os.File) error { return lockFile(f, windows.LOCKFILE_FAIL_IMMEDIATELY) }

func lockFile(f *os.File, how uint32) error {
	at := &windows.Overlapped{OffsetHigh: 1 << 30}
	return windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, at)
}
