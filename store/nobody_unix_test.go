//go:build unix

package store

import (
	"os"
	osexec "os/exec"
	"syscall"
)

// asNobody runs a command without the rights of root, which no protection stops.
func asNobody(cmd *osexec.Cmd) {
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
}
