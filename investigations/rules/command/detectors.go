package command

import (
	"regexp"
	"strings"
)

// detector is one thing that is known to be dangerous. Without programs it
// looks at every command. match says why, or nothing.
type detector struct {
	class     Class
	technique string // empty for that of the class
	programs  []string
	match     func(*call) string
}

func names(s string) []string { return strings.Fields(s) }

// says makes a match of a fixed sentence and a condition.
func says(why string, when func(*call) bool) func(*call) string {
	return func(k *call) string {
		if when(k) {
			return why
		}
		return ""
	}
}

func always(*call) bool { return true }

// given holds when one of the words stands among the arguments.
func given(words string) func(*call) bool {
	list := names(words)
	return func(k *call) bool {
		for _, w := range list {
			for _, a := range k.args {
				if a.text == w {
					return true
				}
			}
		}
		return false
	}
}

// begins holds when the first plain arguments are those.
func begins(words ...string) func(*call) bool {
	return func(k *call) bool {
		rest := k.plain()
		if len(rest) < len(words) {
			return false
		}
		for i, w := range words {
			if rest[i].text != w {
				return false
			}
		}
		return true
	}
}

func not(f func(*call) bool) func(*call) bool { return func(k *call) bool { return !f(k) } }

func either(fs ...func(*call) bool) func(*call) bool {
	return func(k *call) bool {
		for _, f := range fs {
			if f(k) {
				return true
			}
		}
		return false
	}
}

// detectors is the table. Order is the order of findings for one command.
var detectors = []detector{
	// Credentials.
	{Credentials, "", nil, readsSecret},
	{Credentials, "T1003", names("unshadow john hashcat mimikatz gcore procdump lazagne mimipenguin"), says("takes passwords out of hashes or memory", always)},
	{Credentials, "T1003.008", names("getent"), says("reads the password hashes of the host", begins("shadow"))},
	{Credentials, "T1552.005", names("curl wget fetch http"), says("asks the cloud's metadata service for credentials", contains("169.254.169.254", "metadata.google.internal", "169.254.170.2", "fd00:ec2::254"))},
	{Credentials, "T1552.007", names("kubectl oc k3s"), says("reads Kubernetes secrets", kubeSecrets)},
	{Credentials, "T1555", names("aws gcloud vault az op"), says("reads a secrets manager", either(begins("secretsmanager", "get-secret-value"), begins("ssm", "get-parameter"), begins("ssm", "get-parameters-by-path"), begins("secrets", "versions", "access"), begins("kv", "get"), begins("keyvault", "secret", "show"), begins("sts", "assume-role")))},
	{Credentials, "T1528", names("gcloud aws az vault kubectl oc gh security"), says("prints a token or a secret", printsToken)},
	{Credentials, "T1552.004", names("tctl"), says("writes Teleport keys or certificates to files", either(begins("auth", "sign"), begins("auth", "export")))},
	{Credentials, "T1552.001", names("grep egrep fgrep rg ag ack zgrep"), says("searches files for passwords", hunts)},
	{Credentials, "T1552.001", names("find locate fd mlocate"), says("searches for files that hold credentials", huntsFiles)},
	// Privilege.
	{Privilege, "T1548.003", names("sudo doas"), says("opens a shell as another user", sudoShell)},
	{Privilege, "T1548.003", names("su"), says("becomes another user", always)},
	{Privilege, "T1548.003", names("visudo"), says("edits who may use sudo", always)},
	{Privilege, "T1548.003", nil, writes(names("/etc/sudoers"), "/etc/sudoers.d/", "writes who may use sudo")},
	{Privilege, "T1548.001", names("chmod"), says("lets a program run with its owner's rights (set-uid)", setuid)},
	{Privilege, "T1548.001", names("setcap"), says("gives a program capabilities", always)},
	{Privilege, "T1068", names("pkexec"), says("runs a program as root through polkit", always)},
	{Privilege, "T1098.007", names("usermod gpasswd adduser"), says("adds an account to an administrators' group", given("sudo wheel docker root admin adm lxd"))},
	{Privilege, "T1611", names("docker podman nerdctl"), says("starts a container with the rights of the host", hostContainer)},
	{Privilege, "T1611", names("nsenter"), says("enters the namespaces of another process", always)},
	{Privilege, "T1611", names("chroot"), says("changes into another root directory", given("/host /mnt /hostfs"))},
	{Privilege, "T1548.003", names("find vim vi less awk nmap tar"), says("opens a shell from inside a program", escapes)},
	{Privilege, "T1574.006", nil, says("loads a foreign library into a program", assigned("LD_PRELOAD", "LD_AUDIT"))},
	{Privilege, "T1098", names("kubectl oc"), says("gives rights in Kubernetes", either(begins("create", "clusterrolebinding"), begins("create", "rolebinding")))},
	// Remote shell.
	{RemoteShell, "", nil, says("connects a shell to a network address", devTCP)},
	{RemoteShell, "", names("nc ncat netcat nc.openbsd nc.traditional"), says("hands a shell to the network", func(k *call) bool { return k.has("-e", "-c", "--exec", "--sh-exec") })},
	{RemoteShell, "", names("socat"), says("hands a program to the network", func(k *call) bool {
		return containsFold(k.join(), "exec:", "system:") && containsFold(k.join(), "tcp", "udp", "openssl")
	})},
	{DownloadRun, "T1027", names("python python2 python3 perl ruby php node"), says("decodes text and runs it", scriptDecode)},
	{RemoteShell, "T1059", names("python python2 python3 perl ruby php lua"), says("connects a shell to a network address", scriptShell)},
	{RemoteShell, "T1219", names("tmate teleconsole sshx gsocket gs-netcat ngrok cloudflared"), says("opens the host to the outside through a relay", always)},
	{DownloadRun, "", names("python python2 python3 perl ruby"), says("downloads code and runs it", scriptFetch)},
	// Persistence.
	{Persistence, "T1053.003", names("crontab"), says("changes scheduled jobs", not(func(k *call) bool { return k.has("-l") || len(k.args) == 0 && !k.stdin && len(k.cmd.redirects) == 0 }))},
	{Persistence, "T1053.002", names("at batch"), says("schedules a job", not(func(k *call) bool { return k.has("-l", "-q") }))},
	{Persistence, "T1136.001", names("useradd adduser newusers groupadd addgroup"), says("creates an account on the host", always)},
	{Persistence, "T1098", names("usermod chpasswd passwd chage vipw gpasswd"), says("changes an account of the host", not(func(k *call) bool { return k.has("-S", "-l", "--status") && k.name != "usermod" }))},
	{Persistence, "T1543.002", names("systemctl"), says("makes a service start at boot", either(begins("enable"), begins("link"), begins("edit")))},
	{Persistence, "T1543.002", names("update-rc.d chkconfig"), says("makes a service start at boot", always)},
	{Persistence, "T1547.006", names("insmod modprobe"), says("loads a kernel module", func(k *call) bool { return len(k.plain()) > 0 && !k.has("-n", "-c", "--show-depends") })},
	{Persistence, "", nil, writesAnchor},
	{Persistence, "T1098", names("tctl"), says("changes Teleport's users, roles or tokens", either(begins("users", "add"), begins("users", "reset"), begins("tokens", "add"), begins("create"), begins("nodes", "add"), begins("bots", "add"), begins("users", "update")))},
	{Persistence, "T1205", names("ssh-keygen"), says("makes an SSH key without a passphrase", func(k *call) bool { v, ok := k.after("-N"); return ok && v == "" })},
	// Lateral movement.
	{Lateral, "T1021.004", names("ssh sshpass mosh tsh slogin"), says("logs in to another machine", remoteLogin)},
	{Lateral, "T1572", names("ssh"), says("opens a tunnel", func(k *call) bool { return k.has("-L", "-R", "-D", "-w") })},
	{Lateral, "T1572", names("chisel ligolo ligolo-ng frpc frps iodine dnscat dnscat2 proxychains proxychains4 sshuttle"), says("opens a tunnel", always)},
	{Lateral, "T1098.004", names("ssh-copy-id"), says("puts a key on another machine", always)},
	{Lateral, "T1046", names("nmap masscan zmap rustscan fping arp-scan naabu zgrab nbtscan"), says("scans the network", always)},
	{Lateral, "T1046", names("nc ncat netcat nc.openbsd nc.traditional"), says("tries ports of another machine", func(k *call) bool { return k.has("-z") })},
	{Lateral, "T1021", names("psexec.py psexec wmiexec.py wmiexec smbexec.py crackmapexec nxc netexec evil-winrm impacket-psexec impacket-wmiexec hydra medusa xfreerdp"), says("tries to enter other machines", always)},
	{Lateral, "T1609", names("kubectl oc crictl"), says("runs a command in a container", either(begins("exec"), begins("attach"), begins("debug")))},
	// Exfiltration.
	{Exfil, "T1048", names("scp rsync sftp"), says("copies files to another machine", copiesOut)},
	{Exfil, "T1048", names("curl wget http"), says("uploads a file", (*call).uploads)},
	{Exfil, "T1048", names("nc ncat netcat nc.openbsd nc.traditional"), says("sends a file to another machine", func(k *call) bool { return k.reads() && len(k.plain()) > 0 })},
	{Exfil, "T1567.002", names("aws gsutil gcloud az rclone s3cmd mc azcopy b2"), says("copies files to cloud storage", cloudCopy)},
	{Exfil, "T1005", names("pg_dump pg_dumpall mysqldump mongodump redis-cli sqlite3"), says("writes out a whole database", dumps)},
	{Exfil, "T1567", names("croc magic-wormhole wormhole transfer transfer.sh ffsend onionshare-cli"), says("sends files through a relay", always)},
	// Log tampering.
	{LogTamper, "T1070.003", names("history"), says("wipes the shell's history", func(k *call) bool { return k.has("-c", "-d") })},
	{LogTamper, "T1070.003", names("unset"), says("stops the shell's history", given("HISTFILE HISTFILESIZE HISTSIZE PROMPT_COMMAND"))},
	{LogTamper, "T1070.003", nil, says("stops the shell's history", stopsHistory)},
	{LogTamper, "T1070.003", names("set"), says("stops the shell's history", func(k *call) bool { return strings.Contains(k.join(), "+o history") })},
	{LogTamper, "T1070.002", names("rm shred truncate unlink srm wipe mv dd sed ln cp tee"), says("removes or changes logs", touchesLogs)},
	{LogTamper, "T1070.002", nil, says("empties or overwrites logs", overwritesLogs)},
	{LogTamper, "T1070.002", names("journalctl"), says("throws logs away", func(k *call) bool { return containsFold(k.join(), "--vacuum", "--rotate") })},
	{LogTamper, "T1562.001", names("systemctl service rc-service"), says("stops a service that logs or protects", stopsWatch)},
	{LogTamper, "T1562.001", names("kill"), says("ends a program that logs or protects", endsWatch)},
	{LogTamper, "T1562.001", names("pkill killall"), says("ends a program that logs or protects", func(k *call) bool { return containsFold(k.join(), watchers...) })},
	{LogTamper, "T1562.012", names("auditctl"), says("stops or empties the kernel's audit rules", func(k *call) bool {
		return k.has("-D") || strings.Contains(k.join(), "-e 0") || strings.Contains(k.join(), "-e0")
	})},
	{LogTamper, "T1562.001", names("setenforce"), says("turns SELinux off", given("0 Permissive permissive"))},
	{LogTamper, "T1562.004", names("iptables ip6tables nft ufw"), says("takes the firewall down", either(given("-F --flush disable"), begins("flush", "ruleset")))},
	{LogTamper, "T1070.002", names("dmesg"), says("empties the kernel's log", func(k *call) bool { return k.has("-C", "-c") })},
	{LogTamper, "T1070.006", names("touch"), says("sets a file's time back", func(k *call) bool { return k.has("-r", "-t", "-d") })},
	{LogTamper, "T1070", names("wevtutil utmpdump"), says("clears logs", given("cl clear-log -r"))},
}

var watchers = names("auditd rsyslog syslog journald teleport falco osquery crowdstrike falcon wazuh fail2ban firewalld apparmor ufw sysmon filebeat")

func contains(parts ...string) func(*call) bool {
	return func(k *call) bool { return containsFold(k.join(), parts...) }
}

func containsFold(s string, parts ...string) bool {
	s = strings.ToLower(s)
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// password finds the words that people hunt for.
var password = regexp.MustCompile(`(?i)passw|secret|api[_-]?key|private key|credential|AKIA`)

func hunts(k *call) bool {
	rest := k.plain()
	if len(rest) == 0 || k.stdin || !password.MatchString(rest[0].text) {
		return false
	}
	return k.has("-r", "-R", "--recursive") || k.name == "rg" || k.name == "ag" || k.name == "ack" || len(rest) > 3
}

var credentialFile = regexp.MustCompile(`(?i)id_rsa|id_ed25519|id_ecdsa|\.pem\b|\.kdbx|\.ppk|\.p12|\.pfx|credentials|passw|\.env\b|htpasswd|shadow|\.tsh|kubeconfig|secret`)

func huntsFiles(k *call) bool {
	if k.name == "find" {
		name, ok := k.after("-name", "-iname", "-path", "-regex", "-wholename")
		return ok && credentialFile.MatchString(name) || k.has("-perm") && containsFold(k.join(), "4000", "u=s", "u+s")
	}
	rest := k.plain()
	return len(rest) > 0 && credentialFile.MatchString(rest[0].text)
}
