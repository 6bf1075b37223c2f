//go:build unix

package store

import (
	"os"
	osexec "os/exec"
	"strconv"
	"syscall"
)

// asNobody runs a command without the rights of root, which no protection stops.
func asNobody(cmd *osexec.Cmd) {
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
}

// limitFileSize bounds the files that this process writes, as a full disk does.
func limitFileSize(bytes string) error {
	if bytes == "" {
		return nil
	}
	n, err := strconv.ParseUint(bytes, 10, 64)
	if err != nil {
		return err
	}
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})
}
