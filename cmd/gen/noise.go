package main

import (
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

// The part of the week that is left to chance: the rest of the staff in office
// hours, one engineer on call at night, and the robots at all hours.

var (
	chores = []string{
		"uptime", "df -h", "free -m", "systemctl status nginx", "journalctl -u shop -n 100 --no-pager",
		"tail -n 50 /var/log/syslog", "ss -ltnp", "docker ps", "git -C /srv/shop log -1 --oneline", "ls -la /srv/shop",
	}
	steps = []string{
		"sudo systemctl reload nginx", "rsync -a build/ /srv/shop/releases/next/", "ln -sfn /srv/shop/releases/next /srv/shop/current",
		"/srv/shop/bin/migrate --check", "curl -fsS http://127.0.0.1:8080/healthz",
	}
	questions = []string{
		"SELECT count(*) FROM orders WHERE created_at > now() - interval '1 day'",
		"SELECT state, count(*) FROM orders GROUP BY state",
		"SELECT id, total_cents FROM invoices WHERE customer_id = $1 ORDER BY id DESC LIMIT 50",
		"EXPLAIN ANALYZE SELECT * FROM orders WHERE state = 'stuck'",
	}
	kubeKinds = []string{"pods", "services", "deployments", "configmaps", "events"}
	sizes     = []string{"80:24", "120:40", "140:45", "190:50", "211:54"}
)

// noise fills five days.
func noise(l *ledger) {
	for d := range 5 {
		for i, p := range others {
			if l.rng.IntN(12) == 0 {
				continue // a day off
			}
			workday(l, own(p), day.AddDate(0, 0, d), i)
		}
		night(l, own(others[6]), day.AddDate(0, 0, d))
		robots(l, day.AddDate(0, 0, d), d)
	}
}

// lastMoment is when the evidence was taken; nothing ordinary comes after it.
var lastMoment = at(attackDay, "23:05:00")

// workday is one person's day, from a log-in in the morning on.
func workday(l *ledger, h hands, midnight time.Time, nth int) {
	t := midnight.Add(7*time.Hour + 30*time.Minute + l.between(0, 2*time.Hour))
	if l.rng.IntN(9) == 0 {
		l.refused(t.Add(-l.between(8*time.Second, 40*time.Second)), h, h.tsh)
	}
	if nth%3 == 0 {
		l.webLogin(t, h)
	} else {
		l.tshLogin(t, h)
	}
	for range 3 + l.rng.IntN(5) {
		t = t.Add(l.between(9*time.Minute, 95*time.Minute))
		task(l, h, t)
	}
}

// task is one thing that a person does.
func task(l *ledger, h hands, t time.Time) {
	to := pick(l, hosts[1:6])
	switch n := l.rng.IntN(10); {
	case n < 3:
		l.interactive(t, h, shell{
			login: "ubuntu", to: to, size: pick(l, sizes), lasts: l.between(2*time.Minute, 40*time.Minute),
			frames: int64(40 + l.rng.IntN(900)), bytes: uint64(3000 + l.rng.IntN(90_000)),
		})
	case n < 6:
		exit := 0
		if l.rng.IntN(10) == 0 {
			exit = 1
		}
		l.exec(t, h, pick(l, h.logins), to, pick(l, chores), exit)
	case n < 7:
		l.query(t, h, "readonly", pick(l, questions), pick(l, questions))
	case n < 9:
		l.kubeCert(t.Add(-1300*time.Millisecond), h)
		for i := range 2 + l.rng.IntN(6) {
			l.kubeRequest(t.Add(time.Duration(i)*l.between(time.Second, 20*time.Second)), h, "GET", "prod", pick(l, kubeKinds), "", 200)
		}
	default:
		l.openApp(t, h)
	}
}

// night is the engineer on call, who looks at something now and then.
func night(l *ledger, h hands, midnight time.Time) {
	t := midnight.Add(19*time.Hour + l.between(0, time.Hour))
	l.tshLogin(t, h)
	for {
		t = t.Add(l.between(20*time.Minute, 80*time.Minute))
		if t.After(midnight.Add(23*time.Hour+50*time.Minute)) || t.After(lastMoment) {
			return
		}
		l.exec(t, h, "deploy", pick(l, hosts[1:6]), pick(l, chores), 0)
	}
}

// robots are the CI robot's jobs and the monitoring robot's certificates.
func robots(l *ledger, midnight time.Time, d int) {
	ci := hands{person: &person{name: "bot-ci", roles: []string{"ci-deploy"}, logins: []string{"deploy"}}, addr: "192.0.2.40", tsh: agentTbot}
	mon := hands{person: &person{name: "bot-monitor", roles: []string{"monitor"}, logins: []string{"monitor"}}, addr: "192.0.2.41", tsh: agentTbot}
	for t := midnight.Add(l.between(time.Minute, 20*time.Minute)); t.Before(midnight.AddDate(0, 0, 1)) && t.Before(lastMoment); {
		l.robotCert(t, mon)
		t = t.Add(l.between(38*time.Minute, 42*time.Minute))
	}
	for t := midnight.Add(6*time.Hour + l.between(0, time.Hour)); t.Before(midnight.Add(21 * time.Hour)); {
		l.job(t, ci)
		t = t.Add(l.between(45*time.Minute, 130*time.Minute))
	}
	if d == attackDay-16 {
		l.job(at(attackDay, "22:11:03.470"), ci)
	}
}

// job is one run of the CI robot: it joins, takes a certificate, runs steps.
func (l *ledger) job(t time.Time, ci hands) {
	l.put(t, "bot.join", "TJ001I", &apievents.BotJoin{
		Status: apievents.Status{Success: true}, BotName: "ci", Method: "github", TokenName: "github-ci",
		UserName: ci.name, ConnectionMetadata: apievents.ConnectionMetadata{RemoteAddr: ci.addr},
		BotInstanceID: l.uuid(),
	})
	l.robotCert(t.Add(90*time.Millisecond), ci)
	l.robotCert(t.Add(700*time.Millisecond), ci)
	for range 2 + l.rng.IntN(3) {
		t = t.Add(l.between(4*time.Second, 50*time.Second))
		l.exec(t, ci, "deploy", pick(l, []host{app1, app2, web1}), pick(l, steps), 0)
	}
}

// robotCert is a robot's certificate of one hour.
func (l *ledger) robotCert(t time.Time, h hands) {
	id := l.identity(t, h)
	id.Expires = t.Add(time.Hour)
	id.BotName = h.name[len("bot-"):]
	l.cert(t, id, h.tsh)
}
