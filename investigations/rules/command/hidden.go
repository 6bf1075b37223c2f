package command

import (
	"regexp"
	"slices"
	"strings"
)

// systemCall finds command lines in the text of a program: in what is given to
// system, exec, popen, run and the like.
var systemCall = regexp.MustCompile(`\b(?:system|popen|shell_exec|passthru|getoutput|check_output|check_call|spawn|exec|execSync|run|call|Popen)\s*[(\[]*\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')((?:\s*,\s*(?:"[^"\\]*"|'[^'\\]*'))*)`)

// editors run a command behind `:!`.
var editors = set("vim vi view nvim ex rvim less more man gdb")

// hidden judges commands that stand where no shell looks for them: behind an
// alias, in a program's text, in a file that the line wrote, in the arguments
// that xargs reads.
func (c *classifier) hidden(p pipeline, i int, k *call, depth int) {
	switch {
	case k.name == "alias":
		for _, a := range k.args {
			if name, value, ok := strings.Cut(a.text, "="); ok && len(value) <= maxVariable {
				c.aliases[name] = value
			}
		}
	case c.aliases[k.name] != "":
		value := c.aliases[k.name]
		delete(c.aliases, k.name) // it may name itself
		c.script(value+" "+k.join(), depth+1)
		c.aliases[k.name] = value
	case interpreters[k.name]:
		c.systemCalls(k.program(), depth)
	case k.name == "awk" || k.name == "gawk" || k.name == "mawk":
		c.systemCalls(k.join(), depth)
	case editors[k.name]:
		for _, a := range k.args {
			if _, run, ok := strings.Cut(a.text, "!"); ok && strings.HasPrefix(strings.TrimLeft(a.text, ":+"), "!") {
				c.script(run, depth+1)
			}
		}
	}
	c.readsWritten(k, depth)
	c.writes(p[:i+1], k)
	if slices.ContainsFunc(p[i].words, func(w word) bool { return base(w.text) == "xargs" }) {
		c.xargs(p, i, k, depth)
	}
}

func (c *classifier) systemCalls(program string, depth int) {
	for _, m := range systemCall.FindAllStringSubmatch(program, maxPipeline) {
		rest := strings.NewReplacer(`"`, " ", `'`, " ", ",", " ").Replace(m[3])
		c.script(m[1]+m[2]+rest, depth+1)
	}
}

// writes keeps the text that the line puts into a file.
func (c *classifier) writes(p pipeline, k *call) {
	for _, r := range k.cmd.redirects {
		if r.op != ">" && r.op != ">>" || r.to.text == "" {
			continue
		}
		if text, ok := output(p); ok && len(text) <= maxVariable {
			c.wrote[base(r.to.text)] = text
		}
	}
}

// readsWritten judges the text of a file that the line wrote and then runs.
func (c *classifier) readsWritten(k *call, depth int) {
	for _, name := range k.runsFiles() {
		if text, ok := c.wrote[name]; ok {
			delete(c.wrote, name) // it may run itself
			c.script(text, depth+1)
		}
	}
}

// runsFiles are the base names of the files that a command runs, itself among
// them.
func (k *call) runsFiles() []string {
	ran := []string{k.name}
	if rest := k.plain(); (shells[k.name] || interpreters[k.name] || k.name == "source" || k.name == ".") && len(rest) > 0 {
		ran = append(ran, base(rest[0].text))
	}
	return ran
}

// xargs judges the command with the arguments that xargs reads, where they stand
// in the line.
func (c *classifier) xargs(p pipeline, i int, k *call, depth int) {
	text := k.cmd.here
	if text == "" {
		var ok bool
		if text, ok = output(p[:i]); !ok || i == 0 {
			return
		}
	}
	named := slices.ContainsFunc(p[i].words, func(w word) bool { return strings.HasPrefix(w.text, "-I") })
	words := []word{{text: k.name}}
	for _, a := range k.args {
		if named {
			a.text = strings.ReplaceAll(a.text, "{}", strings.TrimSpace(text))
		}
		words = append(words, a)
	}
	if !named {
		for _, f := range strings.Fields(text) {
			words = append(words, word{text: f})
		}
	}
	c.pipeline(pipeline{{words: words}}, depth+1)
}

// finds judges the commands that find runs, with the folder that it looks in in
// the place of each file.
func (c *classifier) finds(k *call, depth int) {
	root := "."
	if rest := k.args; len(rest) > 0 && !strings.HasPrefix(rest[0].text, "-") {
		root = rest[0].text
	}
	for i := 0; i < len(k.args); i++ {
		switch k.args[i].text {
		case "-exec", "-execdir", "-ok", "-x":
			run := slices.Clone(untilSemicolon(k.args[i+1:]))
			for j := range run {
				if run[j].text == "{}" {
					run[j].text = root
				}
			}
			c.pipeline(pipeline{{words: run}}, depth+1)
			i += len(run)
		case "-delete":
			c.pipeline(pipeline{{words: []word{{text: "rm"}, {text: root}}}}, depth+1)
		}
	}
}

// endsWatch holds when kill is given the process of a program that watches.
func endsWatch(k *call) bool {
	for _, a := range k.args {
		for _, run := range a.runs {
			if containsFold(run.text(), watchers...) {
				return true
			}
		}
	}
	return false
}

// printsToken holds for the ways in which programs of clouds and stores print
// what opens something.
func printsToken(k *call) bool {
	switch k.name {
	case "gcloud":
		return either(begins("auth", "print-access-token"), begins("auth", "print-identity-token"), begins("auth", "application-default", "print-access-token"))(k)
	case "aws":
		return given("get-session-token get-password-data get-login-password export-credentials")(k) || begins("configure", "get")(k)
	case "az":
		return begins("account", "get-access-token")(k) || begins("keyvault", "secret", "show")(k)
	case "vault":
		return either(begins("read"), begins("token", "create"), begins("print", "token"))(k)
	case "kubectl", "oc":
		return begins("config", "view")(k) && k.has("--raw") || begins("create", "token")(k) || begins("whoami")(k) && k.has("-t")
	case "gh":
		return begins("auth", "token")(k)
	}
	return begins("find-generic-password")(k) || begins("find-internet-password")(k) || begins("dump-keychain")(k)
}

// scriptDecode holds when a program decodes text and runs it.
func scriptDecode(k *call) bool {
	text := k.program()
	return containsFold(text, "b64decode", "base64_decode", "decode_base64", "unhexlify", "fromhex", "codecs.decode", "strict_decode64") && containsFold(text, "exec", "eval", "system")
}

// rootShell holds when sudo and its kin open a shell that is given no command.
func rootShell(name string, rest []word) bool {
	if name != "sudo" && name != "doas" && name != "pkexec" || !shells[base(rest[0].text)] {
		return false
	}
	return !slices.ContainsFunc(rest[1:], func(w word) bool {
		return !strings.HasPrefix(w.text, "-") || strings.HasSuffix(w.text, "c") && !strings.HasPrefix(w.text, "--")
	})
}

// fresh is what a classifier knows before it read anything.
func fresh() *classifier {
	return &classifier{state: &state{vars: map[string]string{}}, fetched: map[string]bool{}, aliases: map[string]string{}, wrote: map[string]string{}}
}

// alternatives are what the shell makes of a word with {a,b} in it.
func alternatives(text string) []string {
	open := strings.IndexByte(text, '{')
	if open < 0 {
		return nil
	}
	inner, after, ok := strings.Cut(text[open+1:], "}")
	if !ok || !strings.Contains(inner, ",") || strings.HasSuffix(text[:open], "$") {
		return nil
	}
	var out []string
	for part := range strings.SplitSeq(inner, ",") {
		out = append(out, text[:open]+part+after)
	}
	return out
}
