package transcript

import (
	"cmp"
	"slices"
	"strings"

	"cordon/playback/transcript/prompt"
)

// place finds the lines of the commands and of what they put out.
func (t *Transcript) place(commands []prompt.Command) {
	slices.SortStableFunc(commands, func(a, b prompt.Command) int { return cmp.Compare(a.At, b.At) })
	t.Commands = make([]Command, len(commands))
	own := make([]int, len(commands)) // the line of each command, or past the last one
	from := 0
	for i, c := range commands {
		t.Commands[i].Command, own[i] = c, len(t.Lines)
		if at, n := t.linesOf(c, from); n > 0 {
			own[i], from = at, at+n
			t.Commands[i].From = from
		}
	}
	stop := len(t.Lines)
	for i := len(commands) - 1; i >= 0; i-- {
		t.Commands[i].To = t.end(t.Commands[i], stop)
		if own[i] < len(t.Lines) {
			stop = own[i] - strings.Count(commands[i].Prompt, "\n")
		}
	}
}

// linesOf finds the lines that hold a command: several when it went on at a
// second prompt, or when nothing says that a row goes on in the next one.
func (t *Transcript) linesOf(c prompt.Command, from int) (at, n int) {
	text, _, _ := strings.Cut(c.Text, "\n")
	start := lastLine(c.Prompt)
	text = start + text
	begun, cut := 0, 0 // a line that holds only the beginning
	for i := from; i < len(t.Lines) && t.Lines[i].At <= c.At; i++ {
		l := t.Lines[i]
		if l.At < c.Shown || l.Kind != Text {
			continue
		}
		// It may stand behind output without a newline, or before a prompt at the
		// right margin.
		if strings.HasPrefix(l.Text, text) || strings.HasSuffix(l.Text, text) {
			n = 1 + strings.Count(c.Text, "\n")
			for i+n < len(t.Lines) && prompt.GoesOn(t.Lines[i+n].Text) {
				n++
			}
			return i, n
		}
		if rest, ok := strings.CutPrefix(text, l.Text); ok && cut == 0 && len(l.Text) > len(start) {
			begun, cut = i, 1+t.rest(i+1, rest)
		}
	}
	return begun, cut
}

// rest is how many lines the end of a text takes that began in the line before.
func (t *Transcript) rest(i int, text string) (n int) {
	for ; i < len(t.Lines) && text != ""; i++ {
		after, ok := strings.CutPrefix(strings.TrimLeft(text, " "), t.Lines[i].Text)
		if !ok {
			break
		}
		text = after
		n++
	}
	return n
}

// end is the line at which the output of a command ends: the next command, a
// line that came after the next prompt, or that prompt.
func (t *Transcript) end(c Command, stop int) int {
	to := c.From
	if to == 0 {
		return 0
	}
	for to < stop && t.Lines[to].At <= c.Until {
		to++
	}
	// Prompts at which nothing was entered are no output.
	for to > c.From && isPrompt(t.Lines[to-1], c) {
		to--
	}
	return to
}

func isPrompt(l Line, c Command) bool {
	return l.Kind == Text && strings.TrimRight(l.Text, " ") == strings.TrimRight(lastLine(c.Prompt), " ")
}

func lastLine(s string) string { return s[strings.LastIndexByte(s, '\n')+1:] }
