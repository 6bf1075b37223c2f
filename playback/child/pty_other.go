//go:build !unix

package child

import (
	"errors"
	"os"
	"os/exec"
)

// start never succeeds, so nothing below is ever called with a child.
func start(*exec.Cmd, int, int) (*os.File, error) {
	return nil, errors.New("cordon has no terminal for other programs on this system: run it in a second window")
}

func setSize(*os.File, int, int) {}

func hangUp(int, *os.File) {}

func kill(int, *os.File) {}

func signalOf(*os.ProcessState) string { return "" }
