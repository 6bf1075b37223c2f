package command

import (
	"regexp"
	"strings"
)

func kubeSecrets(k *call) bool {
	for i, a := range k.args {
		if a.text != "get" && a.text != "describe" || i+1 == len(k.args) {
			continue
		}
		for kind := range strings.SplitSeq(k.args[i+1].text, ",") {
			kind, _, _ = strings.Cut(kind, "/")
			if kind == "secret" || kind == "secrets" {
				return true
			}
		}
	}
	return false
}

func sudoShell(k *call) bool {
	if k.has("-l", "-v", "-k") && !k.has("-i", "-s") {
		return false
	}
	return k.has("-i", "-s", "--login", "--shell")
}

var setuidMode = regexp.MustCompile(`^(0?[2467][0-7]{3}|[ugoa]*\+[rwx]*s[rwx]*)$`)

func setuid(k *call) bool {
	rest := k.args
	for len(rest) > 0 && strings.HasPrefix(rest[0].text, "-") {
		rest = rest[1:]
	}
	return len(rest) > 0 && setuidMode.MatchString(rest[0].text)
}

func hostContainer(k *call) bool {
	if !given("run create exec")(k) {
		return false
	}
	return k.has("--privileged") || containsFold(" "+k.join(), " /:/", "=/:/", "--pid=host", "--pid host", "docker.sock:", " -v/:/")
}

// escapes are the ways by which programs that are allowed with sudo open a
// shell.
func escapes(k *call) bool {
	text := k.join()
	switch k.name {
	case "find":
		for i, a := range k.args {
			if a.text == "-exec" && i+1 < len(k.args) && shells[base(k.args[i+1].text)] && !strings.Contains(text, "-c") {
				return true
			}
		}
		return false
	case "awk":
		return strings.Contains(text, "system(\"/bin/") || strings.Contains(text, "system(\"sh")
	case "nmap":
		return k.has("--interactive")
	case "tar":
		return strings.Contains(text, "--checkpoint-action=exec")
	case "less":
		return false
	}
	return strings.Contains(text, ":!/bin/") || strings.Contains(text, ":!sh") || strings.Contains(text, ":!bash") || strings.Contains(text, ":shell")
}

// assigned holds when the command sets one of the variables, or exports it.
func assigned(variables ...string) func(*call) bool {
	return func(k *call) bool {
		for _, v := range variables {
			for _, a := range k.cmd.assigns {
				if strings.HasPrefix(a, v+"=") {
					return true
				}
			}
			for _, w := range k.cmd.words {
				if strings.HasPrefix(w.text, v+"=") && k.name != "echo" {
					return true
				}
			}
		}
		return false
	}
}

func stopsHistory(k *call) bool {
	set := k.cmd.assigns
	if k.name == "export" || k.name == "declare" {
		for _, a := range k.args {
			set = append(set[:len(set):len(set)], a.text)
		}
	}
	for _, a := range set {
		name, value, _ := strings.Cut(a, "=")
		switch name {
		case "HISTFILE":
			if value == "" || value == "/dev/null" {
				return true
			}
		case "HISTSIZE", "HISTFILESIZE":
			if value == "0" || value == "" {
				return true
			}
		}
	}
	return false
}

func devTCP(k *call) bool {
	for _, w := range k.cmd.allWords() {
		if strings.HasPrefix(w.text, "/dev/tcp/") || strings.HasPrefix(w.text, "/dev/udp/") {
			return true
		}
	}
	return false
}

// program is the text of an interpreter's -c, -e or -r.
func (k *call) program() string {
	text, _ := k.after("-c", "-e", "-r")
	return text + k.cmd.here
}

func scriptShell(k *call) bool {
	text := k.program()
	return containsFold(text, "socket", "fsockopen") && containsFold(text, "subprocess", "/bin/sh", "/bin/bash", "pty.spawn", "exec", "dup2")
}

func scriptFetch(k *call) bool {
	text := k.program()
	return containsFold(text, "urllib", "requests.get", "http.client", "lwp::", "open-uri", "net/http") && containsFold(text, "exec(", "eval", "os.system", "subprocess")
}

func netcat(name string) bool {
	switch name {
	case "nc", "ncat", "netcat", "nc.openbsd", "nc.traditional", "socat", "telnet":
		return true
	}
	return false
}

// remoteLogin holds when ssh and its kin are given a machine.
func remoteLogin(k *call) bool {
	switch k.name {
	case "tsh":
		return either(begins("ssh"), begins("scp"), begins("kube", "exec"))(k)
	case "ssh":
		return len(k.operands(sshValues)) > 0 && !k.has("-G", "-Q")
	}
	return len(k.plain()) > 0
}

// copiesOut holds when the destination of a copy is another machine.
func copiesOut(k *call) bool {
	rest := k.plain()
	if k.name == "sftp" {
		return len(rest) > 0
	}
	return len(rest) > 1 && isRemote(rest[len(rest)-1].text)
}

func isRemote(s string) bool {
	if strings.HasPrefix(s, "rsync://") || strings.HasPrefix(s, "scp://") {
		return true
	}
	host, _, ok := strings.Cut(s, ":")
	return ok && host != "" && !strings.Contains(host, "/")
}

// uploads holds when curl or wget sends a file, or its standard input.
func (k *call) uploads() bool {
	switch k.name {
	case "curl":
		if k.has("-T", "--upload-file") {
			return true
		}
		for i, a := range k.args {
			file, ok := strings.CutPrefix(a.text, "@")
			if ok && i > 0 && strings.HasPrefix(k.args[i-1].text, "-") && file != "" {
				return true
			}
			if strings.HasPrefix(a.text, "-d@") || strings.HasPrefix(a.text, "--data-binary=@") || strings.HasPrefix(a.text, "--data=@") ||
				i > 0 && (k.args[i-1].text == "-F" || k.args[i-1].text == "--form") && strings.Contains(a.text, "=@") {
				return true
			}
		}
	case "wget":
		return containsFold(k.join(), "--post-file", "--body-file")
	case "http":
		return k.reads() || strings.Contains(k.join(), "@/")
	}
	return false
}

func cloudCopy(k *call) bool {
	rest := k.plain()
	switch k.name {
	case "rclone", "s3cmd", "mc", "azcopy", "b2":
		return either(begins("copy"), begins("sync"), begins("move"), begins("put"), begins("cp"), begins("upload-file"), begins("mirror"))(k)
	case "az":
		return begins("storage", "blob", "upload")(k)
	}
	if len(rest) < 2 {
		return false
	}
	last := rest[len(rest)-1].text
	return given("cp mv sync rsync")(k) && (strings.HasPrefix(last, "s3://") || strings.HasPrefix(last, "gs://"))
}

func dumps(k *call) bool {
	switch k.name {
	case "redis-cli":
		return k.has("--rdb")
	case "sqlite3":
		return strings.Contains(k.join(), ".dump")
	}
	return !k.has("--version", "--help") && !k.has("-s", "--schema-only")
}

func stopsWatch(k *call) bool {
	act := false
	for _, a := range k.args {
		switch a.text {
		case "stop", "disable", "mask", "kill":
			act = true
		}
	}
	return act && containsFold(k.join(), watchers...)
}
