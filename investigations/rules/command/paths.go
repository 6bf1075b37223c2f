package command

import (
	"path"
	"strings"
)

// place is a file that matters, as a pattern: `**` at the front stands for any
// folder, at the end for anything below.
type place struct {
	pattern string
	example string // a path that the shell's own patterns are tried on
	what    string
}

// secrets are files whose content opens something.
var secrets = []place{
	{"/etc/shadow", "/etc/shadow", "the password hashes of the host"},
	{"/etc/shadow-", "/etc/shadow-", "the password hashes of the host"},
	{"/etc/gshadow", "/etc/gshadow", "the password hashes of the host"},
	{"/etc/master.passwd", "/etc/master.passwd", "the password hashes of the host"},
	{"/etc/security/opasswd", "/etc/security/opasswd", "old password hashes"},
	{"/etc/krb5.keytab", "/etc/krb5.keytab", "Kerberos keys"},
	{"**/.ssh/id_*", "/root/.ssh/id_rsa", "a private SSH key"},
	{"**id_rsa", "/root/.ssh/id_rsa", "a private SSH key"},
	{"**id_ed25519", "/root/.ssh/id_ed25519", "a private SSH key"},
	{"**id_ecdsa", "/root/.ssh/id_ecdsa", "a private SSH key"},
	{"/etc/ssh/ssh_host_*_key", "/etc/ssh/ssh_host_rsa_key", "the host's SSH key"},
	{"**/.aws/credentials", "/root/.aws/credentials", "AWS keys"},
	{"**/.azure/**", "/root/.azure/accessTokens.json", "Azure tokens"},
	{"**/application_default_credentials.json", "/root/.config/gcloud/application_default_credentials.json", "Google Cloud keys"},
	{"**/gcloud/credentials.db", "/root/.config/gcloud/credentials.db", "Google Cloud keys"},
	{"**/.kube/config", "/root/.kube/config", "Kubernetes credentials"},
	{"/etc/kubernetes/admin.conf", "/etc/kubernetes/admin.conf", "Kubernetes credentials"},
	{"/etc/kubernetes/pki/**", "/etc/kubernetes/pki/ca.key", "Kubernetes keys"},
	{"/run/secrets/**", "/run/secrets/token", "a mounted secret"},
	{"/var/run/secrets/**", "/var/run/secrets/token", "a mounted secret"},
	{"**/.docker/config.json", "/root/.docker/config.json", "registry credentials"},
	{"**/.git-credentials", "/root/.git-credentials", "Git credentials"},
	{"**/.netrc", "/root/.netrc", "stored passwords"},
	{"**/.pgpass", "/root/.pgpass", "database passwords"},
	{"**/.my.cnf", "/root/.my.cnf", "database passwords"},
	{"**/.vault-token", "/root/.vault-token", "a Vault token"},
	{"**/.env", "/srv/.env", "the secrets of an application"},
	{"**/.npmrc", "/root/.npmrc", "registry credentials"},
	{"**/.tsh/**", "/root/.tsh/keys", "Teleport certificates of a user"},
	{"/var/lib/teleport/**", "/var/lib/teleport/proc", "Teleport's own keys and data"},
	{"**/tbot/identity", "/opt/tbot/identity", "a bot's Teleport certificate"},
	{"**/.bash_history", "/root/.bash_history", "commands that may hold passwords"},
	{"**/.zsh_history", "/root/.zsh_history", "commands that may hold passwords"},
	{"**/.gnupg/**", "/root/.gnupg/secring.gpg", "private PGP keys"},
	{"/proc/*/environ", "/proc/1/environ", "the environment of a process"},
	{"/proc/*/mem", "/proc/1/mem", "the memory of a process"},
}

// anchors are files that run or open something when they are written.
var anchors = []place{
	{"**/.ssh/authorized_keys", "", "SSH keys that may log in"},
	{"**authorized_keys", "", "SSH keys that may log in"},
	{"/etc/passwd", "", "the accounts of the host"},
	{"/etc/shadow", "", "the password hashes of the host"},
	{"/etc/group", "", "the groups of the host"},
	{"/etc/cron*", "", "scheduled jobs"},
	{"/etc/cron*/**", "", "scheduled jobs"},
	{"/var/spool/cron/**", "", "scheduled jobs"},
	{"/etc/systemd/**", "", "a service"},
	{"/lib/systemd/system/**", "", "a service"},
	{"/usr/lib/systemd/system/**", "", "a service"},
	{"**/.config/systemd/user/**", "", "a service"},
	{"/etc/init.d/**", "", "a service"},
	{"/etc/rc.local", "", "what runs at boot"},
	{"/etc/profile", "", "what runs at log-in"},
	{"/etc/profile.d/**", "", "what runs at log-in"},
	{"**/.bashrc", "", "what runs at log-in"},
	{"**/.bash_profile", "", "what runs at log-in"},
	{"**/.profile", "", "what runs at log-in"},
	{"**/.zshrc", "", "what runs at log-in"},
	{"/etc/ld.so.preload", "", "a library for every program"},
	{"/etc/pam.d/**", "", "how log-ins are checked"},
	{"/etc/ssh/sshd_config", "", "how log-ins are checked"},
	{"/etc/ssh/sshd_config.d/**", "", "how log-ins are checked"},
	{"/etc/teleport.yaml", "", "the Teleport agent"},
}

// logs are files that hold traces.
var logs = []place{
	{"/var/log/**", "", "logs"},
	{"**/.bash_history", "", "the shell's history"},
	{"**/.zsh_history", "", "the shell's history"},
	{"/run/log/journal/**", "", "logs"},
	{"/var/run/utmp", "", "the log of log-ins"},
}

// find returns what the word names among the places.
func find(w word, in []place) (what string, ok bool) {
	text := w.text
	if value, isOption := strings.CutPrefix(text, "@"); isOption {
		text = value // curl's way to name a file
	}
	if rest, ok := strings.CutPrefix(text, "~"); ok {
		text = "/home" + rest
	}
	if len(text) > 4096 {
		return "", false
	}
	if strings.HasPrefix(text, "/") {
		text = path.Clean(text)
	}
	for _, p := range in {
		if p.matches(text) {
			return p.what, true
		}
		if w.glob && p.example != "" && strings.HasPrefix(text, "/") && !strings.HasSuffix(text, "/*") {
			if ok, _ := path.Match(text, p.example); ok {
				return p.what, true
			}
		}
	}
	return "", false
}

func (p place) matches(text string) bool {
	pattern := p.pattern
	if below, ok := strings.CutSuffix(pattern, "/**"); ok {
		if any, ok := strings.CutPrefix(below, "**"); ok {
			return strings.Contains("/"+text+"/", any+"/")
		}
		return text == below || strings.HasPrefix(text, below+"/") || globDir(below, text)
	}
	if tail, ok := strings.CutPrefix(pattern, "**"); ok {
		if !strings.HasPrefix(tail, "/") {
			return path.Base(text) == tail
		}
		if !strings.Contains(tail, "*") {
			return strings.HasSuffix("/"+text, tail)
		}
		dir, file := path.Split(text)
		match, _ := path.Match(path.Base(tail), file)
		return match && strings.HasSuffix("/"+dir, path.Dir(tail)+"/") && !strings.HasSuffix(file, ".pub")
	}
	match, _ := path.Match(pattern, text)
	return match
}

// globDir matches a path below a folder whose name is a pattern.
func globDir(pattern, text string) bool {
	if !strings.Contains(pattern, "*") {
		return false
	}
	match, _ := path.Match(pattern, path.Dir(text))
	return match
}
