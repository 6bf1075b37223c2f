package transcript

import (
	"path"
	"strings"

	"cordon/playback/term"
)

// programName guesses what was started from the line the cursor is on or just
// below: the first word after the prompt.
func programName(s *term.Screen) string {
	for y := s.Cursor().Y; y >= max(s.Cursor().Y-2, 0); y-- {
		line := s.Line(y)
		if line == "" {
			continue
		}
		for _, prompt := range []string{"$ ", "# ", "% ", "> ", "❯ "} {
			if _, command, ok := strings.Cut(line, prompt); ok {
				return firstProgram(command)
			}
		}
		return ""
	}
	return ""
}

// firstProgram is the name of the program in a command line, without what only
// runs it for somebody else.
func firstProgram(command string) string {
	for _, word := range strings.Fields(command) {
		switch {
		case strings.Contains(word, "=") || strings.HasPrefix(word, "-"):
		case word == "sudo" || word == "doas" || word == "exec" || word == "env":
		default:
			return path.Base(word)
		}
	}
	return ""
}
