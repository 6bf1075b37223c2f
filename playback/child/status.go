package child

import (
	"fmt"
	"os"
)

// Status is how a child ended.
type Status struct {
	// Code is the exit code, -1 when a signal ended it.
	Code int
	// Signal is the name of that signal, such as SIGKILL, or empty.
	Signal string
}

// String says it in words that follow the child's name: "ended with exit code
// 7", "was ended by SIGKILL".
func (s Status) String() string {
	if s.Signal != "" {
		return "was ended by " + s.Signal
	}
	return fmt.Sprintf("ended with exit code %d", s.Code)
}

func statusOf(state *os.ProcessState) Status {
	return Status{Code: state.ExitCode(), Signal: signalOf(state)}
}
