package main

import "time"

// script is what somebody types into a staged machine. Times are of the story:
// how long the programs really take does not matter.
type script struct {
	host, prompt string
	ubuntu       bool // as ubuntu instead of root
	cols, rows   int
	prelude      string // typed before the recording begins
	steps        []step
	abandoned    bool // the machine goes away in mid-step
}

// step is one thing typed, and the time its output takes.
type step struct {
	think  time.Duration // before the first key
	keys   string
	pace   time.Duration // between keys
	settle time.Duration // over which the output is spread
	listen time.Duration // real silence that ends the step; 0 means the usual
	most   time.Duration // real time after which the step ends anyway
	cols   int           // a resize before the keys, when not zero
	rows   int
}

// Keys that are not letters.
const (
	keyEnter = "\r"
	keyEsc   = "\x1b"
	keyCtrlC = "\x03"
)

const (
	ms  = time.Millisecond
	sec = time.Second
)

// command is a line typed at the prompt by someone in a hurry.
func command(think time.Duration, text string, settle time.Duration) step {
	return step{think: think, keys: text + keyEnter, pace: 90 * ms, settle: settle}
}

// key is a single key or a few, typed into a full-screen program.
func key(think time.Duration, keys string, settle time.Duration) step {
	return step{think: think, keys: keys, pace: 160 * ms, settle: settle}
}

// scripts are the three recorded sessions.
var scripts = map[string]script{
	sidRecon: {
		host: "jump-1", prompt: `\[\e[32m\]ubuntu@jump-1\[\e[0m\]:\[\e[34m\]\w\[\e[0m\]$ `, ubuntu: true, cols: 100, rows: 30,
		prelude: "/opt/bin/shop-worker & disown\rtop\rltttmmmWq",
		steps: []step{
			command(2*sec, "whoami; hostname", 200*ms),
			command(3*sec, "ls -la", 150*ms),
			command(5*sec, "cat notes/hosts.txt", 120*ms),
			command(8*sec, "less runbook.md", 200*ms),
			key(6*sec, " ", 100*ms),
			key(4*sec, "/password"+keyEnter, 150*ms),
			key(5*sec, "n", 100*ms),
			key(5*sec, "q", 100*ms),
			command(4*sec, "grep -rni --color=always password deploy/", 200*ms),
			command(9*sec, "cat deploy/shop.env", 100*ms),
			{think: 7 * sec, keys: "top -d 1" + keyEnter, pace: 90 * ms, settle: 4 * sec, listen: 4 * sec, most: 4 * sec},
			{think: 1 * sec, cols: 120, rows: 36, settle: 3 * sec, listen: 4 * sec, most: 3 * sec},
			key(2*sec, "q", 150*ms),
			command(4*sec, "sudo -l", 300*ms),
			{think: 3 * sec, keys: "Winter2026" + keyEnter, pace: 110 * ms, settle: 700 * ms, listen: 600 * ms},
			{think: 3 * sec, keys: "Autumn2026" + keyEnter, pace: 110 * ms, settle: 700 * ms, listen: 600 * ms},
			key(3*sec, keyCtrlC, 200*ms),
			command(5*sec, "exit", 200*ms),
		},
	},
	sidRoot: {
		host: "db-1", prompt: `root@db-1:\w# `, cols: 120, rows: 40,
		steps: []step{
			command(2*sec, "id; hostname", 200*ms),
			command(4*sec, "cat /etc/shadow", 150*ms),
			command(9*sec, "ls -la --color /srv/backup", 150*ms),
			command(8*sec, "vim /etc/sudoers.d/90-deploy", 400*ms),
			key(4*sec, "G", 100*ms),
			key(2*sec, "odeploy ALL=(ALL) NOPASSWD: ALL", 100*ms),
			key(2*sec, keyEsc, 300*ms),
			{think: 3 * sec, cols: 100, rows: 30, settle: 300 * ms},
			key(3*sec, ":wq!"+keyEnter, 300*ms),
			command(6*sec, "tail -n 2 /etc/sudoers.d/90-deploy", 100*ms),
			{think: 7 * sec, keys: "rsend /srv/backup/ledger-2026-11-20.sql.gz" + keyEnter, pace: 80 * ms, settle: 31 * sec, listen: 500 * ms},
			command(6*sec, "echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAnotherInventedKey ops' >> ~/.ssh/authorized_keys", 100*ms),
			command(5*sec, "cat ~/.bash_history", 100*ms),
			command(6*sec, "history -c; rm -f ~/.bash_history; ln -s /dev/null ~/.bash_history", 150*ms),
			command(5*sec, "exit", 200*ms),
		},
	},
	sidLost: {
		host: "cache-1", prompt: `root@cache-1:\w# `, cols: 80, rows: 24, abandoned: true,
		steps: []step{
			command(2*sec, "cd /srv/cache; ls -la", 200*ms),
			command(5*sec, "cat banner.txt *.conf *.log *.txt", 150*ms),
			{think: 6 * sec, keys: "watch -t -n 1 'date +tick; ls -la /srv/cache | head -4'" + keyEnter, pace: 80 * ms, settle: 4 * sec, listen: 3 * sec, most: 3 * sec},
			key(2*sec, keyCtrlC, 200*ms),
			command(5*sec, `for i in $(seq 1 400); do printf '\e[3%dm%04d\e[0m session:%08x ttl=%d\n' $((i%7+1)) $i $((i*2654435761%4294967296)) $((i*37%900)); done`, 900*ms),
			{think: 6 * sec, keys: "rsend sessions.rdb 44" + keyEnter, pace: 80 * ms, settle: 17 * sec, listen: 500 * ms},
		},
	},
}
