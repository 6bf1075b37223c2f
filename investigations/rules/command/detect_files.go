package command

import "strings"

// mentions are programs for which a path is a word, or which tell no content.
var mentions = set(`echo printf man info whatis apropos ls ll dir stat file type which whereis test [ [[ cd pushd mkdir
	rmdir git export alias touch find locate exit return for case local declare readonly du df readlink realpath basename
	dirname tree history apt apt-get yum dnf dpkg rpm pacman brew pip help groupadd namei getfacl lsattr`)

// unread are programs that take files without telling what is in them, or
// whose arguments are commands that are judged by themselves.
var unread = set("rm unlink shred srm wipe ln chmod chown chgrp ssh-keygen ssh eval watch trap parallel source .")

// patterned are programs whose first argument is a pattern or script, no file.
var patterned = set("grep egrep fgrep rg ag ack zgrep sed awk gawk mawk perl jq yq")

// readsSecret is the match of files that hold credentials.
func readsSecret(k *call) string {
	for _, r := range k.cmd.redirects {
		if what, ok := find(r.to, secrets); ok && r.op == "<" {
			return "reads " + what
		}
	}
	if k.name == "" || mentions[k.name] || unread[k.name] {
		return ""
	}
	args := k.args
	if patterned[k.name] && !k.has("-f", "-e") {
		for i, a := range args {
			if !strings.HasPrefix(a.text, "-") {
				args = args[i+1:]
				break
			}
		}
	}
	for i, a := range args {
		// The option that names the key to log in with uses it as it is meant to
		// be used.
		if i > 0 && args[i-1].text == "-i" && (k.name == "scp" || k.name == "sftp") {
			continue
		}
		text := a
		if _, value, ok := strings.Cut(a.text, "="); ok && (strings.HasPrefix(a.text, "-") || k.name == "dd") {
			text.text = value
		}
		if name, value, ok := strings.Cut(text.text, ":"); ok && !strings.Contains(name, "/") {
			text.text = value // host:path
		}
		if what, ok := find(text, secrets); ok {
			return "reads " + what
		}
	}
	return ""
}

// written lists the files that the command writes to.
func (k *call) written() []word {
	var out []word
	for _, r := range k.cmd.redirects {
		if r.op == ">" || r.op == ">>" {
			out = append(out, r.to)
		}
	}
	rest := k.plain()
	switch k.name {
	case "tee", "vim", "vi", "nano", "emacs", "truncate", "ed", "chattr":
		out = append(out, rest...)
	case "cp", "mv", "install", "ln", "rsync":
		if len(rest) > 1 {
			out = append(out, rest[len(rest)-1])
		}
	case "sed", "perl":
		if k.has("-i") && len(rest) > 0 {
			out = append(out, rest[len(rest)-1])
		}
	case "dd":
		for _, a := range k.args {
			if value, ok := strings.CutPrefix(a.text, "of="); ok {
				out = append(out, word{text: value})
			}
		}
	case "curl", "wget":
		if file, ok := k.after("-o", "-O", "--output", "--output-document"); ok {
			out = append(out, word{text: file})
		}
	}
	return out
}

func writesAnchor(k *call) string {
	for _, w := range k.written() {
		if what, ok := find(w, anchors); ok {
			return "writes " + what
		}
	}
	return ""
}

// writes makes a match of commands that write one of the files, or one below
// the folder.
func writes(files []string, below, why string) func(*call) string {
	return func(k *call) string {
		for _, w := range k.written() {
			for _, f := range files {
				if w.text == f {
					return why
				}
			}
			if strings.HasPrefix(w.text, below) {
				return why
			}
		}
		return ""
	}
}

func touchesLogs(k *call) bool {
	if k.name == "sed" && !k.has("-i") {
		return false
	}
	if k.name == "cp" || k.name == "tee" || k.name == "ln" || k.name == "dd" {
		if k.name == "tee" && k.has("-a") {
			return false
		}
		return overwrites(k)
	}
	for _, w := range k.plain() {
		if _, ok := find(w, logs); ok {
			return true
		}
	}
	return false
}

func overwrites(k *call) bool {
	for _, w := range k.written() {
		if _, ok := find(w, logs); ok {
			return true
		}
	}
	return false
}

// overwritesLogs looks at `> file` alone: `>>` is how logs are written.
func overwritesLogs(k *call) bool {
	for _, r := range k.cmd.redirects {
		if r.op != ">" {
			continue
		}
		// A program that logs to a file of its own empties nothing.
		if _, ok := find(r.to, logs); ok && (k.name == "" || k.name == "cat" || k.name == ":" || k.name == "echo" || k.name == "true" || k.name == "printf") {
			return true
		}
	}
	return false
}

// reads reports whether standard input is a file or another command.
func (k *call) reads() bool {
	if k.stdin {
		return false // judged as a flow
	}
	for _, r := range k.cmd.redirects {
		if r.op == "<" {
			return true
		}
	}
	return false
}
