package store

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// smallDisk mounts a disk in memory with room for so many bytes.
func smallDisk(place string, bytes int64) (unmount func(), err error) {
	if err := unix.Mount("none", place, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		return nil, err
	}
	return func() { _ = unix.Unmount(place, unix.MNT_DETACH) }, nil
}

func resizeDisk(place string, bytes int64) error {
	return unix.Mount("none", place, "tmpfs", unix.MS_REMOUNT, fmt.Sprintf("size=%d", bytes))
}
