package command

import (
	"path"
	"slices"
	"strings"
)

// maxFindings bounds what one line can report, maxText the text of each.
const (
	maxFindings = 50
	maxText     = 200
)

// Classify says what is dangerous about a command line, each danger once, in
// the order of the line. Several lines are read as a script.
func Classify(line string) []Finding {
	c := fresh()
	c.script(line, 0)
	return c.found
}

// ClassifyArgs judges a command whose words are known: a program and its
// arguments, as the kernel saw them.
func ClassifyArgs(words []string) []Finding {
	c := fresh()
	s := &simple{}
	for _, w := range words[:min(len(words), maxCommands)] {
		s.words = append(s.words, word{text: w})
	}
	c.pipeline(pipeline{s}, 0)
	return c.found
}

// classifier judges the commands of one line.
type classifier struct {
	*state
	found   []Finding
	fetched map[string]bool // base names of the files that the line downloaded
	aliases map[string]string
	wrote   map[string]string // text that the line put into files, by base name
	judged  int               // commands judged, those in commands included
}

// call is one command without its wrappers, as the detectors see it.
type call struct {
	name  string // the program's base name
	args  []word
	cmd   *simple
	stdin bool // reads what another command of the pipeline wrote
}

func (c *classifier) script(text string, depth int) {
	for _, p := range c.parse(text, depth) {
		c.pipeline(p, depth)
	}
}

// pipeline judges each command, and then what flows between them.
func (c *classifier) pipeline(p pipeline, depth int) {
	if c.judged += len(p); depth > maxDepth || c.judged > maxJudged {
		return
	}
	calls := make([]*call, len(p))
	for i := range p {
		for _, body := range p[i].body {
			c.pipeline(body, depth+1)
		}
		for _, w := range p[i].allWords() {
			for _, run := range w.runs {
				c.pipeline(run, depth+1)
			}
		}
		calls[i] = c.unwrap(p[i], depth)
		calls[i].stdin = i > 0
		if c.aliases[calls[i].name] == "" {
			c.judge(calls[i])
			c.nested(calls[i], depth)
		}
		c.hidden(p, i, calls[i], depth)
	}
	for i := 1; i < min(len(p), maxPipeline); i++ {
		c.flow(p[:i], calls[:i], calls[i], depth)
	}
}

// judge asks every detector of the program and those of all programs.
func (c *classifier) judge(k *call) {
	for _, d := range detectors {
		if len(d.programs) > 0 && !slices.Contains(d.programs, k.name) {
			continue
		}
		if why := d.match(k); why != "" {
			c.add(d.class, d.technique, why, k.text())
		}
	}
	c.downloads(k)
}

// nested judges the commands that this one is asked to run.
func (c *classifier) nested(k *call, depth int) {
	switch {
	case shells[k.name]:
		if text, ok := k.after("-c"); ok {
			c.script(text, depth+1)
		} else if k.cmd.here != "" {
			c.script(k.cmd.here, depth+1)
		}
		c.runsFetched(k)
	case k.name == "eval":
		c.script(k.join(), depth+1)
		c.runsFetched(k)
	case k.name == "source" || k.name == "." || interpreters[k.name]:
		c.runsFetched(k)
	case k.name == "su" || k.name == "script" || k.name == "runuser":
		if text, ok := k.after("-c", "--command"); ok {
			c.script(text, depth+1)
		}
	case k.name == "watch" || k.name == "ssh" || k.name == "parallel" || k.name == "trap":
		if rest := k.operands(sshValues); len(rest) > 0 {
			if k.name == "ssh" {
				rest = rest[1:]
			}
			c.script(strings.Join(rest, " "), depth+1)
		}
	case k.name == "find" || k.name == "fd":
		c.finds(k, depth)
	}
}

func untilSemicolon(words []word) []word {
	for i, w := range words {
		if w.text == ";" || w.text == "+" {
			return words[:i]
		}
	}
	return words
}

// add keeps a finding that the line has not given yet.
func (c *classifier) add(class Class, technique, why, text string) {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	if technique == "" {
		technique = class.Technique()
	}
	f := Finding{Class: class, Technique: technique, Why: why, Text: text}
	if len(c.found) < maxFindings && !slices.Contains(c.found, f) {
		c.found = append(c.found, f)
	}
}

// allWords lists the command's words and those of its redirections.
func (s *simple) allWords() []word {
	out := slices.Clone(s.words)
	for _, r := range s.redirects {
		out = append(out, r.to)
	}
	return out
}

// text is the command as a person reads it.
func (k *call) text() string {
	parts := []string{}
	if len(k.cmd.words) == 0 {
		parts = append(parts, k.cmd.assigns...)
	}
	if k.name != "" {
		parts = append(parts, k.name)
	}
	for _, a := range k.args {
		parts = append(parts, a.text)
	}
	for _, r := range k.cmd.redirects {
		parts = append(parts, r.op, r.to.text)
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// join is the arguments as one text.
func (k *call) join() string {
	parts := make([]string, len(k.args))
	for i, a := range k.args {
		parts[i] = a.text
	}
	return strings.Join(parts, " ")
}

// has reports whether one of the arguments is given, alone or, for a single
// letter, among others behind one dash.
func (k *call) has(options ...string) bool {
	for _, a := range k.args {
		for _, o := range options {
			if a.text == o || strings.HasPrefix(o, "--") && strings.HasPrefix(a.text, o+"=") {
				return true
			}
			if len(o) == 2 && len(a.text) > 2 && a.text[0] == '-' && a.text[1] != '-' && strings.Contains(a.text, o[1:]) {
				return true
			}
		}
	}
	return false
}

// after is the argument that follows one of the options, which may stand among
// other letters behind one dash.
func (k *call) after(options ...string) (string, bool) {
	for i, a := range k.args {
		for _, o := range options {
			if value, ok := strings.CutPrefix(a.text, o+"="); ok && strings.HasPrefix(o, "--") {
				return value, true
			}
			short := len(o) == 2 && len(a.text) > 2 && a.text[0] == '-' && a.text[1] != '-' && strings.HasSuffix(a.text, o[1:])
			if (a.text == o || short) && i+1 < len(k.args) {
				return k.args[i+1].text, true
			}
		}
	}
	return "", false
}

// operands are the arguments that are no options; the options in values take
// the argument behind them. Behind the first one of ssh and the like all belong
// to the command, so options are only looked for before it.
func (k *call) operands(values string) []string {
	for i := 0; i < len(k.args); i++ {
		a := k.args[i].text
		if !strings.HasPrefix(a, "-") {
			out := make([]string, 0, len(k.args)-i)
			for _, w := range k.args[i:] {
				out = append(out, w.text)
			}
			return out
		}
		if len(a) == 2 && strings.Contains(values, a[1:]) {
			i++
		}
	}
	return nil
}

// plain are all arguments that are no options.
func (k *call) plain() []word {
	var out []word
	for _, a := range k.args {
		if !strings.HasPrefix(a.text, "-") {
			out = append(out, a)
		}
	}
	return out
}

func base(s string) string {
	if s == "" {
		return ""
	}
	return path.Base(s)
}
