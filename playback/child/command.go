package child

import (
	"os"
	"slices"
	"strings"
)

// Command is what to run.
type Command struct {
	// Argv is the program, looked up in the PATH, and its arguments.
	Argv []string
	// Env is the environment that the child's is made from; nil for cordon's
	// own. See environment for what is changed.
	Env []string
	// Add holds variables, NAME=VALUE, that take the place of those of the same
	// name in that environment.
	Add []string
	// Dir is the working directory; empty for cordon's own.
	Dir string
}

// otherTerminal are variables that speak of the terminal or the multiplexer
// cordon itself runs in. The child runs in another one, of another size.
var otherTerminal = []string{
	"TERM", "COLORTERM", "TERMCAP", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "LINES", "COLUMNS", "COLORFGBG",
	"TMUX", "TMUX_PANE", "STY", "WINDOW", "WINDOWID", "VTE_VERSION", "KITTY_WINDOW_ID", "WEZTERM_PANE", "WT_SESSION",
}

// environment is a child's environment: the given one without cordon's own
// variables and without those of the terminal cordon runs in, and with those of
// the screen that the child gets.
func environment(given, add []string) []string {
	if given == nil {
		given = os.Environ()
	}
	env := slices.DeleteFunc(slices.Clone(given), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return strings.HasPrefix(name, "CORDON_") || slices.Contains(otherTerminal, name)
	})
	env = append(env, add...) // of one name the last counts
	return append(env, "TERM=xterm-256color", "COLORTERM=truecolor")
}
