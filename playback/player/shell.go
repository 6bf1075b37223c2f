package player

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/playback/recording"
	"cordon/playback/transcript/prompt"
)

const (
	// pasteTime is how fast a line must come to be none that was typed, and
	// pasteChars how long it must be when it comes alone.
	pasteTime  = 50 * time.Millisecond
	pasteChars = 24

	maxFetched = 32 // files that were downloaded and may be run
)

// shell is what is remembered of the commands that were entered.
type shell struct {
	fetched []string // names of files that were downloaded
	pasted  int      // lines of the paste that goes on
	paste   time.Duration
	chars   int
	text    string
	until   time.Duration // the moment of its last line
	sure    bool          // the shell showed it as a paste
}

func (s shell) clone() shell {
	s.fetched = slices.Clone(s.fetched)
	return s
}

// commands marks what commands say of themselves.
func (m *marker) commands(list []prompt.Command) {
	for _, c := range list {
		m.pasted(c)
		m.command(c.At, c.Text)
		if c.Lines >= longLines {
			m.add(MarkLong, c.At, c.Until, fmt.Sprintf("%d lines: %s", c.Lines, c.Text))
		}
	}
}

// command marks one command line.
func (m *marker) command(at time.Duration, text string) {
	if becomesOther(text) {
		m.add(MarkSudo, at, at, text)
	}
	if m.shell.runsDownload(text) {
		m.add(MarkDownload, at, at, text)
	}
	if m.classify == nil {
		return
	}
	if name, ok := m.classify(text); ok {
		m.add(MarkDanger, at, at, name+": "+text)
	}
}

// program marks a program that the host logged, which needs no prompt.
func (m *marker) program(f recording.Frame) {
	e, ok := f.Event.Audit().(*apievents.SessionCommand)
	if !ok {
		return
	}
	if e.ReturnCode != 0 {
		m.add(MarkError, f.At, f.At, f.Event.Summary)
	}
	if m.classify != nil {
		line := strings.Join(append([]string{e.Path}, e.Argv...), " ")
		if name, ok := m.classify(line); ok {
			m.add(MarkDanger, f.At, f.At, name+": "+line)
		}
	}
}

// pasted marks lines that came faster than anybody types: several that followed
// each other, a long one, or one that the shell showed as a paste.
func (m *marker) pasted(c prompt.Command) {
	s := &m.shell
	fast := c.Paste || c.At-c.Began <= pasteTime
	switch {
	case !fast:
		s.pasted = 0
		return
	case s.pasted > 0 && c.Shown-s.until <= pasteTime && c.Began-c.Shown <= pasteTime:
	default:
		s.pasted, s.chars, s.sure = 0, 0, false
		s.paste, s.text = c.Began, c.Text
	}
	before := s.isPaste()
	s.pasted += 1 + strings.Count(c.Text, "\n")
	s.chars = max(s.chars, utf8.RuneCountInString(c.Text))
	s.until, s.sure = c.At, s.sure || c.Paste
	if !s.isPaste() {
		return
	}
	text := fmt.Sprintf("a line of %d characters at once: %s", s.chars, s.text)
	if s.pasted > 1 {
		text = fmt.Sprintf("%d lines at once: %s", s.pasted, s.text)
	}
	if n := len(m.list) - 1; before && n >= 0 {
		for ; n >= 0; n-- {
			if m.list[n].Kind == MarkPaste {
				m.list[n].Until, m.list[n].Text = s.until, clip(text)
				return
			}
		}
	}
	m.add(MarkPaste, s.paste, s.until, text)
}

func (s *shell) isPaste() bool {
	return s.pasted > 0 && (s.sure || s.pasted > 1 || s.chars >= pasteChars)
}

// simple are the parts of a command line that start programs.
var simple = regexp.MustCompile(`&&|\|\||[;|&\n]|\$\(`)

// words are the words of each program that a line starts, without what is set for
// it.
func words(line string) [][]string {
	var out [][]string
	for _, part := range simple.Split(line, -1) {
		list := strings.Fields(part)
		for len(list) > 0 && (strings.Contains(list[0], "=") || list[0] == "{" || list[0] == "(" || list[0] == "!" || list[0] == "then" || list[0] == "do") {
			list = list[1:]
		}
		if len(list) > 0 {
			out = append(out, list)
		}
	}
	return out
}

// others are the programs by which somebody becomes another user.
var others = []string{"sudo", "su", "doas", "pkexec", "runuser", "sudoedit"}

// becomesOther reports whether a line starts one of them.
func becomesOther(line string) bool {
	return slices.ContainsFunc(words(line), func(w []string) bool { return slices.Contains(others, path.Base(w[0])) })
}

// interpreters run what they are given.
const interpreters = `(?:ba|da|z|k|a)?sh|python[\d.]*|perl|ruby|node|php`

var (
	// piped hands what is downloaded to an interpreter at once.
	piped = regexp.MustCompile(`\b(?:curl|wget|fetch)\b[^;&\n]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:\S*/)?(?:` + interpreters + `)\b`)
	// inner runs what a download in the middle of the line gives.
	inner = regexp.MustCompile(`\b(?:` + interpreters + `|eval|source|\.)\s[^;\n]*(?:<\(|\$\(|` + "`" + `)\s*(?:curl|wget|fetch)\b`)
	run   = regexp.MustCompile(`^(?:` + interpreters + `|source|\.)$`)
)

// runsDownload reports whether a line runs what it downloads, or what an earlier
// line did.
func (s *shell) runsDownload(line string) bool {
	if piped.MatchString(line) || inner.MatchString(line) {
		return true
	}
	for _, w := range words(line) {
		for len(w) > 1 && (w[0] == "sudo" || w[0] == "doas" || w[0] == "nohup") {
			w = w[1:]
		}
		name := path.Base(w[0])
		if name == "curl" || name == "wget" || name == "fetch" || name == "scp" {
			s.fetch(w)
			continue
		}
		if run.MatchString(name) && len(w) > 1 {
			name = path.Base(w[len(w)-1])
			for _, a := range w[1:] {
				if !strings.HasPrefix(a, "-") {
					name = path.Base(a)
					break
				}
			}
		} else if !strings.Contains(w[0], "/") {
			continue
		}
		if slices.Contains(s.fetched, name) {
			return true
		}
	}
	return false
}

// fetch remembers the name of a file that is downloaded.
func (s *shell) fetch(w []string) {
	name := ""
	for i := 1; i < len(w); i++ {
		switch a := w[i]; {
		case (a == "-o" || a == "-O" || a == "--output" || a == "--output-document") && i+1 < len(w) && !strings.Contains(w[i+1], "://"):
			s.keep(path.Base(w[i+1]))
			return
		case !strings.HasPrefix(a, "-"):
			name = path.Base(strings.TrimRight(strings.Trim(a, `"'`), "/"))
		}
	}
	if name != "" {
		s.keep(name)
	}
}

func (s *shell) keep(name string) {
	if len(s.fetched) >= maxFetched {
		s.fetched = s.fetched[1:]
	}
	s.fetched = append(s.fetched, clip(name))
}
