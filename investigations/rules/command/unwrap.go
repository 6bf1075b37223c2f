package command

import "strings"

// wrapper says how a command that runs another one is taken off.
type wrapper struct {
	values   string // options of one letter that take the next argument
	operands int    // arguments of its own before the command
	assigns  bool   // NAME=value may stand before the command
}

var wrappers = map[string]wrapper{
	"sudo": {values: "ughpCTRDUrtc", assigns: true}, "doas": {values: "uC"}, "env": {values: "uC", assigns: true},
	"nohup": {}, "setsid": {}, "nice": {values: "n"}, "ionice": {values: "cnpP"}, "timeout": {values: "sk", operands: 1},
	"stdbuf": {values: "ioe"}, "builtin": {}, "exec": {values: "a"}, "busybox": {}, "toybox": {}, "unbuffer": {},
	"xargs": {values: "InPLdEsa"}, "time": {values: "fo"}, "strace": {values: "oeps"}, "flock": {operands: 1},
	"chroot": {operands: 1}, "command": {}, "proxychains": {values: "f"}, "proxychains4": {values: "f"}, "caffeinate": {},
	"systemd-run": {values: "puGMH"}, "ltrace": {values: "oeps"}, "firejail": {}, "torsocks": {}, "coproc": {},
}

const sshValues = "bcDEeFIiJLlmOopQRSWwn"

// unwrap takes wrappers off a command. Those that are dangerous themselves are
// judged on the way.
func (c *classifier) unwrap(s *simple, depth int) *call {
	words := s.words
	for range maxDepth {
		if len(words) == 0 {
			return &call{cmd: s}
		}
		k := &call{name: base(words[0].text), args: words[1:], cmd: s}
		w, ok := wrappers[k.name]
		if !ok {
			return k
		}
		rest, script := w.command(k.args, k.name)
		if script != "" {
			c.script(script, depth+1)
		}
		if k.name == "command" && k.has("-v", "-V") || k.name == "exec" && len(rest) == 0 {
			return k
		}
		if len(rest) == 0 || k.name == "sudo" && k.has("-l", "-e", "-i", "-s") && startsWithDash(k.args) || k.name == "chroot" {
			c.judge(k)
		}
		if len(rest) == 0 {
			return &call{cmd: &simple{}}
		}
		if rootShell(k.name, rest) {
			c.add(Privilege, "T1548.003", "opens a shell as root", k.text())
		}
		words = rest
	}
	return &call{name: base(words[0].text), args: words[1:], cmd: s}
}

func startsWithDash(args []word) bool { return len(args) > 0 && strings.HasPrefix(args[0].text, "-") }

// command finds the command among the wrapper's arguments; script is one that
// stands in a single argument.
func (w wrapper) command(args []word, name string) (rest []word, script string) {
	own := w.operands
	for i := 0; i < len(args); i++ {
		a := args[i].text
		switch {
		case a == "--":
			continue
		case name == "env" && (a == "-S" || a == "--split-string"):
			if i+1 < len(args) {
				return nil, args[i+1].text
			}
			return nil, ""
		case len(a) > 1 && a[0] == '-':
			if len(a) == 2 && strings.Contains(w.values, a[1:]) {
				i++
			}
		case w.assigns && isAssign(a):
		case own > 0:
			own--
		default:
			return args[i:], ""
		}
	}
	return nil, ""
}

func isAssign(s string) bool {
	name, _, ok := strings.Cut(s, "=")
	return ok && isName(name)
}
