package command

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

var (
	shells       = set("sh bash dash zsh ksh ash fish csh tcsh rbash")
	interpreters = set("python python2 python3 perl ruby node php lua pwsh osascript tclsh")
	fetchers     = set("curl wget fetch aria2c axel lwp-request GET http https tftp")
	decoders     = set("base64 base32 xxd openssl uudecode gunzip zcat gzip xz unxz rev tr")
)

func set(names string) map[string]bool {
	out := map[string]bool{}
	for _, n := range strings.Fields(names) {
		out[n] = true
	}
	return out
}

// output is what a pipeline prints, where it only prints and decodes text that
// stands in the line.
func output(p pipeline) (text string, plain bool) {
	for i := range p {
		s := p[i]
		if len(s.words) == 0 || len(s.body) > 0 {
			return "", false
		}
		k := &call{name: base(s.words[0].text), args: s.words[1:], cmd: s}
		if s.here != "" {
			text = s.here
		} else if i == 0 && k.name != "echo" && k.name != "printf" {
			return "", false
		}
		if text, plain = step(k, text); !plain {
			return "", false
		}
	}
	return text, plain
}

// step is what one command makes of its input.
func step(k *call, input string) (string, bool) {
	switch {
	case k.name == "echo":
		args := k.args
		for len(args) > 0 && (args[0].text == "-n" || args[0].text == "-e" || args[0].text == "-ne") {
			args = args[1:]
		}
		return (&call{args: args}).join() + "\n", true
	case k.name == "printf" && len(k.args) > 0:
		if f := k.args[0].text; len(k.args) > 1 && (f == "%s" || f == "%s\\n" || f == "%b") {
			return (&call{args: k.args[1:]}).join(), true
		}
		return k.args[0].text, true
	case k.name == "cat" && len(k.args) == 0, k.name == "tee":
		return input, true
	case k.name == "base64" && k.has("-d", "-D", "--decode"):
		out, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(input), ""))
		if err != nil {
			out, err = base64.RawStdEncoding.DecodeString(strings.Join(strings.Fields(input), ""))
		}
		return string(out), err == nil
	case k.name == "xxd" && k.has("-r") && k.has("-p"):
		out, err := hex.DecodeString(strings.Join(strings.Fields(input), ""))
		return string(out), err == nil
	case k.name == "rev":
		b := []rune(strings.TrimRight(input, "\n"))
		slices.Reverse(b)
		return string(b), true
	}
	return "", false
}

// flow judges what earlier commands of a pipeline hand to one of the later.
func (c *classifier) flow(before pipeline, calls []*call, k *call, depth int) {
	switch {
	case k.runsStdin():
		if text, ok := output(before); ok && shells[k.name] {
			if slices.ContainsFunc(calls, func(e *call) bool { return decoders[e.name] }) {
				c.add(DownloadRun, "T1027", "text is decoded and run by "+k.name, k.text())
			}
			c.script(text, depth+1)
			return
		}
		for i, e := range calls {
			switch {
			case fetcher(e) || slices.ContainsFunc(before[i].body, fetches):
				c.add(DownloadRun, "", "what "+e.label()+" downloads is run by "+k.name, e.text()+" | "+k.text())
			case decoders[e.name] && e.name != "tr":
				c.add(DownloadRun, "T1027", "what "+e.name+" decodes is run by "+k.name, e.text()+" | "+k.text())
			}
		}
	case netcat(k.name) || fetches(pipeline{k.cmd}) && k.uploads():
		c.add(Exfil, "", "the output of "+calls[len(calls)-1].label()+" is sent to another machine", calls[len(calls)-1].text()+" | "+k.text())
	case k.name == "ssh" && collects(calls):
		c.add(Exfil, "", "files are packed and sent through ssh", calls[0].text()+" | "+k.text())
	case k.name == "tee" && k.cmd.here == "":
		// Its files are judged with those of redirections.
	}
}

func (k *call) label() string {
	if k.name == "" {
		return "a group of commands"
	}
	return k.name
}

// runsStdin reports whether a shell or interpreter reads its program from the
// pipe: it names no script.
func (k *call) runsStdin() bool {
	if !shells[k.name] && !interpreters[k.name] {
		return false
	}
	if k.has("-s") {
		return true
	}
	for _, a := range k.args {
		if a.text == "-c" || a.text == "-e" || a.text == "-m" || a.text == "-r" {
			return false
		}
		if !strings.HasPrefix(a.text, "-") && a.text != "/dev/stdin" {
			return false
		}
	}
	return true
}

// fetcher reports whether the call downloads something.
func fetcher(k *call) bool {
	if !fetchers[k.name] {
		return false
	}
	return k.name != "curl" && k.name != "wget" || !k.uploads() && len(k.plain()) > 0
}

// fetches reports whether a pipeline downloads something anywhere.
func fetches(p pipeline) bool {
	for i := range p {
		if fetchers[fresh().unwrap(p[i], maxDepth).name] {
			return true
		}
	}
	return false
}

// collects reports whether a pipeline begins with something that packs files.
func collects(calls []*call) bool {
	switch calls[0].name {
	case "tar", "zip", "dd", "cpio", "gzip", "pg_dump", "mysqldump", "mongodump", "cat":
		return true
	}
	return false
}

// runsFetched judges a shell, eval or source that is given a download.
func (c *classifier) runsFetched(k *call) {
	for _, w := range append(slices.Clone(k.args), k.cmd.allWords()[len(k.cmd.words):]...) {
		for _, run := range w.runs {
			switch {
			case fetches(run):
				c.add(DownloadRun, "", "what is downloaded is run by "+k.name, k.name+" "+run.text())
			case len(run) > 0 && decodes(run):
				c.add(DownloadRun, "T1027", "text is decoded and run by "+k.name, k.name+" "+run.text())
			}
		}
	}
}

func decodes(p pipeline) bool {
	for i := range p {
		if len(p[i].words) > 0 && decoders[base(p[i].words[0].text)] && base(p[i].words[0].text) != "tr" {
			return true
		}
	}
	return false
}

func (p pipeline) text() string {
	parts := make([]string, 0, len(p))
	for i := range p {
		k := call{cmd: p[i]}
		if len(p[i].words) > 0 {
			k.name, k.args = base(p[i].words[0].text), p[i].words[1:]
		}
		parts = append(parts, k.text())
	}
	return strings.Join(parts, " | ")
}

// downloads remembers the files that the line fetches and notices when it runs
// one of them.
func (c *classifier) downloads(k *call) {
	for _, name := range k.runsFiles() {
		if name != "" && c.fetched[name] {
			c.add(DownloadRun, "", "runs the file that the same line downloaded", k.text())
		}
	}
	if !fetcher(k) {
		return
	}
	if file, ok := k.after("-o", "--output", "-O", "--output-document"); ok {
		c.fetched[base(file)] = true
	}
	for _, r := range k.cmd.redirects {
		if r.op == ">" || r.op == ">>" {
			c.fetched[base(r.to.text)] = true
		}
	}
	if k.name == "wget" || k.has("-O", "--remote-name") {
		for _, a := range k.plain() {
			url, _, _ := strings.Cut(a.text, "?")
			c.fetched[base(url)] = true
		}
	}
}
