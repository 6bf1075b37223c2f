package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// staged is one invented file of the tree that the captured programs see as
// their whole machine.
type staged struct {
	path string
	mode os.FileMode
	at   string // time of change, on the story's calendar
	size int64  // when larger than the content, the rest is a hole
	uid  int
	text string
}

const (
	ubuntuID = 1000
)

// stageFiles is everything in the staged tree besides the programs. Nothing in
// it comes from a real machine; the password hashes are not hashes of anything.
var stageFiles = []staged{
	{path: "etc/passwd", mode: 0o644, at: "2026-03-02 09:10", text: "root:x:0:0:root:/root:/bin/bash\nubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash\ndeploy:x:1001:1001:Deploy:/srv/shop:/bin/bash\npostgres:x:112:118:PostgreSQL:/var/lib/postgresql:/bin/bash\n"},
	{path: "etc/group", mode: 0o644, at: "2026-03-02 09:10", text: "root:x:0:\nubuntu:x:1000:\ndeploy:x:1001:\npostgres:x:118:\n"},
	{path: "etc/nsswitch.conf", mode: 0o644, at: "2026-03-02 09:10", text: "passwd: files\ngroup: files\nshadow: files\nhosts: files\n"},
	{path: "etc/hosts", mode: 0o644, at: "2026-03-02 09:10", text: "192.0.2.101 jump-1\n192.0.2.105 db-1\n192.0.2.106 cache-1\n"},
	{path: "etc/bashrc", mode: 0o644, at: "2026-03-02 09:10", text: "PS1=$PROMPT\nunset PROMPT\nalias ls='ls --color=auto'\n"},
	{path: "etc/shadow", mode: 0o640, at: "2026-09-14 11:32", text: "root:$y$j9T$AnInventedSalt00$notARealHashJustSomeLettersInARow1:20710:0:99999:7:::\nubuntu:$y$j9T$AnInventedSalt01$notARealHashJustSomeLettersInARow2:20722:0:99999:7:::\ndeploy:!:20722:0:99999:7:::\npostgres:*:20710:0:99999:7:::\n"},
	{path: "etc/sudoers.d/90-deploy", mode: 0o440, at: "2026-05-20 16:04", text: "# Managed by configuration management, do not edit.\nDefaults:deploy !requiretty\ndeploy ALL=(root) NOPASSWD: /usr/bin/systemctl restart shop\n"},

	{path: "home/ubuntu/.profile", mode: 0o644, uid: ubuntuID, at: "2026-03-02 09:12", text: "umask 022\n"},
	{path: "home/ubuntu/runbook.md", mode: 0o644, uid: ubuntuID, at: "2026-10-28 14:51", text: runbook},
	{path: "home/ubuntu/notes/hosts.txt", mode: 0o644, uid: ubuntuID, at: "2026-11-03 10:22", text: "jump-1    192.0.2.101   bastion\napp-1     192.0.2.102   shop\napp-2     192.0.2.103   shop\nweb-1     192.0.2.104   edge\ndb-1      192.0.2.105   ledger, nightly dump in /srv/backup\ncache-1   192.0.2.106   sessions\nvault-1   192.0.2.108   secrets (ask carol)\n"},
	{path: "home/ubuntu/deploy/shop.env", mode: 0o600, uid: ubuntuID, at: "2026-11-12 09:40", text: "SHOP_PORT=8080\nDB_HOST=db-1\nDB_USER=shop\nDB_PASSWORD=correct-horse-battery\nCACHE_HOST=cache-1\n"},
	{path: "home/ubuntu/deploy/rollout.sh", mode: 0o755, uid: ubuntuID, at: "2026-11-12 09:41", text: "#!/bin/bash\n# The password for the registry is in the vault, not here.\nset -e\nrsync -a build/ app-1:/srv/shop/releases/next/\n"},

	{path: "root/.bash_history", mode: 0o600, at: "2026-11-20 03:15", text: "systemctl status postgresql\npg_dump ledger | gzip > /srv/backup/ledger-$(date +%F).sql.gz\ndf -h /srv\n"},
	{path: "root/.ssh/authorized_keys", mode: 0o600, at: "2026-03-02 09:20", text: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAnInventedKeyThatOpensNothing carol@example.com\n"},
	{path: "srv/backup/ledger-2026-11-18.sql.gz", mode: 0o640, at: "2026-11-18 03:02", size: 47_902_118},
	{path: "srv/backup/ledger-2026-11-19.sql.gz", mode: 0o640, at: "2026-11-19 03:02", size: 48_066_731},
	{path: "srv/backup/ledger-2026-11-20.sql.gz", mode: 0o640, at: "2026-11-20 03:02", size: 48_211_044},
	{path: "srv/backup/README", mode: 0o644, at: "2026-04-11 12:00", text: "Nightly dumps of the ledger. Encrypted at rest, kept for 30 days.\n"},

	{path: "srv/cache/sessions.rdb", mode: 0o640, at: "2026-11-20 22:15", size: 9_118_204},
	{path: "srv/cache/日本語の設定.conf", mode: 0o644, at: "2026-08-19 07:30", text: "言語 = 日本語\n通貨 = 円\n"},
	{path: "srv/cache/قائمة.txt", mode: 0o644, at: "2026-08-19 07:31", text: "مرحبا\n"},
	{path: "srv/cache/café-🚀.log", mode: 0o644, at: "2026-08-19 07:32", text: "cafe\u0301 ready 🚀\n"},
	{path: "srv/cache/banner.txt", mode: 0o644, at: "2026-08-19 07:33", text: "\x1b[1;38;5;208m  ___ __ _ ___| |_  ___ \x1b[0m\n\x1b[1;38;5;214m / __/ _` / __| ' \\/ -_)\x1b[0m  \x1b[48;2;20;60;90;38;5;231m cache-1 \x1b[0m\n\x1b[1;38;5;220m \\___\\__,_\\___|_||_\\___|\x1b[0m  \x1b[3;4mdo not store secrets here\x1b[0m\nZ\u0351\u036bo\u0341e\u0308 · 漢字かな · 👩‍💻 · ✔ ok\n"},

	{path: "opt/bin/sudo", mode: 0o755, at: "2026-03-02 09:10", text: "#!/bin/bash\nfor n in 1 2 3; do\n  read -rs -p '[sudo] password for ubuntu: ' _ || exit 1\n  printf '\\n'\n  sleep 0.3\n  [ $n -lt 3 ] && echo 'Sorry, try again.'\ndone\necho 'sudo: 3 incorrect password attempts'\nexit 1\n"},
	{path: "opt/bin/shop-worker", mode: 0o755, at: "2026-03-02 09:10", text: "#!/bin/bash\nend=$((SECONDS+60)); while [ $SECONDS -lt $end ]; do for ((i=0;i<20000;i++)); do :; done; sleep 0.2; done\n"},
	{path: "opt/bin/rsend", mode: 0o755, at: "2026-11-20 22:07", text: "#!/bin/bash\n# rsend FILE [PERCENT]: a progress bar over FILE, up to PERCENT.\nlast=${2:-100}\nfor ((p=0; p<=last; p+=4)); do\n  printf -v full '%*s' $((p*40/100)) ''; printf -v rest '%*s' $((40-p*40/100)) ''\n  printf '\\r\\e[36m%s\\e[0m \\e[32m%s\\e[90m%s\\e[0m %3d%%' \"${1##*/}\" \"${full// /█}\" \"${rest// /░}\" \"$p\"\n  sleep 0.12\ndone\n[ \"$last\" -lt 100 ] && sleep 30\nprintf '\\n\\e[32m✔\\e[0m sent to 203.0.113.80\\n'\n"},
}

const runbook = `# Shop runbook

Keep calm, one change at a time, write down what you did.

## 1. The shop is slow
- look at the queue first: curl -fsS http://127.0.0.1:8080/healthz
- restart one host at a time: systemctl restart shop
- the cache may be cold after a restart, that is normal

## 2. The ledger is slow
- ask who runs a report: SELECT * FROM pg_stat_activity
- a reindex needs a change ticket and the role db-maint
- never restart the database by yourself

## 3. Disk full on db-1
- old dumps are in /srv/backup, keep the last three
- the role prod-root is needed, ask for it, omar or carol approve
- the root password is not written here, it is in the vault

## 4. Certificates
- the edge renews by itself, check with nginx -t
- the wildcard lies in the secret tls-wildcard, namespace prod

## 5. People
- carol: administration, access lists, join tokens
- omar: approves requests during the week
- ivan: nights
- victor: security, call him when something smells

## 6. When a password leaks
- tell victor, at once, whatever the hour
- change the password of the shop in the vault
- roll out: deploy/rollout.sh, host by host
- look at who used it: the audit log has every session

## 7. After the incident
- write what happened, with times in UTC
- no blame, only causes
`

// stageLinks are the symbolic links of the staged tree.
var stageLinks = map[string]string{
	"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64",
	"etc/alternatives/vim": "/usr/bin/vim.basic",
}

// buildStage writes the staged tree under root and sets its directories' times
// to the story's calendar.
func buildStage(root string) error {
	for _, dir := range []string{"usr", "proc", "dev", "tmp", "var/tmp", "etc/alternatives"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o777); err != nil {
			return fmt.Errorf("build stage: %w", err)
		}
	}
	// A temporary folder is closed to others, and umask narrows the rest.
	for dir, mode := range map[string]os.FileMode{".": 0o755, "tmp": 0o777, "var/tmp": 0o777} {
		if err := os.Chmod(filepath.Join(root, dir), mode); err != nil {
			return fmt.Errorf("build stage: %w", err)
		}
	}
	for link, target := range stageLinks {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			return fmt.Errorf("build stage: %w", err)
		}
	}
	for _, f := range stageFiles {
		if err := f.write(root); err != nil {
			return fmt.Errorf("build stage: %w", err)
		}
	}
	for _, f := range stageFiles {
		for dir := filepath.Dir(f.path); dir != "."; dir = filepath.Dir(dir) {
			if err := f.stamp(filepath.Join(root, dir), strings.HasPrefix(dir, "home/ubuntu")); err != nil {
				return fmt.Errorf("build stage: %w", err)
			}
		}
	}
	return nil
}

func (f staged) write(root string) error {
	name := filepath.Join(root, f.path)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(name, []byte(f.text), f.mode); err != nil {
		return err
	}
	if f.size > 0 {
		if err := os.Truncate(name, f.size); err != nil {
			return err
		}
	}
	if err := os.Chmod(name, f.mode); err != nil {
		return err
	}
	return f.stamp(name, f.uid != 0)
}

// stamp sets owner and time of change.
func (f staged) stamp(name string, ubuntu bool) error {
	uid := 0
	if ubuntu {
		uid = ubuntuID
	}
	if err := os.Chown(name, uid, uid); err != nil {
		return err
	}
	t, err := time.Parse("2006-01-02 15:04", f.at)
	if err != nil {
		return err
	}
	return os.Chtimes(name, t, t)
}
