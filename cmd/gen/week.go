package main

import (
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

// The scripted part of the ordinary week: what the people of the story did by
// themselves, so that it can be counted by hand.

// week tells the owners' own acts.
func week(l *ledger) {
	danaWeek(l, own(dana))
	omarWeek(l, own(omar))
	carolWeek(l, own(carol))
	requests(l)
}

// danaWeek is the owner's honest work, from her own address to the last hours
// before the incident.
func danaWeek(l *ledger, h hands) {
	l.tshLogin(at(16, "08:02:14.380"), h)
	l.interactive(at(16, "08:20:33.902"), h, shell{login: "ubuntu", to: app1, size: "140:45", lasts: 21 * time.Minute, frames: 412, bytes: 38_201})
	l.exec(at(16, "09:15:02.118"), h, "deploy", app1, "systemctl status shop", 0)
	l.exec(at(16, "11:42:50.774"), h, "deploy", app1, "journalctl -u shop -n 50 --no-pager", 0)

	l.tshLogin(at(17, "07:58:41.027"), h)
	l.exec(at(17, "14:30:12.645"), h, "deploy", app2, "df -h", 0)
	l.query(at(17, "15:10:27.239"), h, "readonly",
		"SELECT count(*) FROM orders WHERE state = 'stuck'",
		"SELECT id, state, updated_at FROM orders WHERE state = 'stuck' ORDER BY updated_at LIMIT 20")

	l.tshLogin(at(18, "08:11:09.513"), h)
	const maint = "d2b7f094-61ce-4a58-8f3d-95e0a7c1b246"
	l.request(at(18, "09:30:08.447"), h, maint, "db-maint", "CHG-881 reindex orders")
	l.review(at(18, "09:34:55.120"), own(carol), maint, "APPROVED", "CHG-881 is in the calendar", at(18, "21:30:08.447"))
	granted := h.with(maint, []string{"db-maint"}, nil)
	l.reissue(at(18, "09:35:20.806"), granted)
	l.query(at(18, "09:40:31.365"), granted, "maint", "REINDEX INDEX CONCURRENTLY orders_state_idx", "ANALYZE orders")
	l.listAdd(at(18, "16:02:19.655"), h, "oncall-platform", "bob@example.com", "covers week 48")

	l.tshLogin(at(19, "08:05:37.294"), h)
	l.interactive(at(19, "10:20:48.560"), h, shell{login: "ubuntu", to: web1, size: "140:45", lasts: 9 * time.Minute, frames: 188, bytes: 15_077})
	l.kubeCert(at(19, "10:59:58.713"), h)
	l.kubeRequest(at(19, "11:00:00.108"), h, "GET", "prod", "pods", "", 200)
	l.kubeRequest(at(19, "11:01:15.442"), h, "GET", "prod", "pods", "shop-6d9f7c4b58-x2x7k", 200)
	l.exec(at(19, "15:26:03.881"), h, "deploy", web1, "nginx -t", 0)

	l.tshLogin(at(20, "08:07:22.656"), h)
	l.exec(at(20, "09:48:17.230"), h, "deploy", app1, "sudo systemctl restart shop", 0)
	l.interactive(at(20, "13:15:40.019"), h, shell{login: "ubuntu", to: app1, size: "140:45", lasts: 22 * time.Minute, frames: 507, bytes: 44_830})
	l.sftp(at(20, "13:45:09.774"), h, "deploy", app1, apievents.SFTPAction_OPEN, "TS001I", "/srv/shop/config.yaml", sftpWrite)
	l.moved(at(20, "13:45:10.152"), h, "deploy", app1, "/srv/shop/config.yaml", 0, 2_118)
	l.openApp(at(20, "14:30:25.907"), h)
	l.exec(at(20, "16:52:44.336"), h, "deploy", app1, "uptime", 0)
}

// omarWeek is the approver's own week.
func omarWeek(l *ledger, h hands) {
	for i, clock := range []string{"08:31:05.114", "08:28:40.702", "08:33:51.960", "08:30:18.385", "08:36:27.541"} {
		l.tshLogin(at(16+i, clock), h)
	}
	l.exec(at(17, "10:48:30.226"), h, "deploy", web1, "tail -n 100 /var/log/nginx/error.log", 0)
	l.exec(at(19, "13:04:12.870"), h, "deploy", app2, "systemctl is-active shop", 3)
}

// carolWeek is the administrator's: a node, a service account, a new colleague.
func carolWeek(l *ledger, h hands) {
	l.webLogin(at(16, "07:35:20.441"), h)
	const token = "************************b93fe0a5"
	l.joinToken(at(16, "07:41:12.530"), h, token, time.Hour)
	l.joined(at(16, "07:44:02.917"), cache1, token, at(16, "08:41:12.530"))
	l.createUser(at(16, "07:50:36.108"), h, svcBackup.name, svcBackup.roles...)

	l.webLogin(at(17, "09:05:11.283"), h)
	l.createUser(at(17, "09:12:40.210"), h, nina.name, nina.roles...)
	l.addMFA(at(17, "09:31:17.664"), own(nina), nina.mfa)
	l.webLogin(at(17, "09:33:02.350"), own(nina))
	l.exec(at(17, "11:15:44.003"), own(nina), "deploy", app1, "ls -la /srv/shop", 0)

	l.webLogin(at(18, "09:20:49.977"), h)
	l.roleChange(at(18, "14:10:33.702"), h, "role.updated", "T9002I", "db-maint")
	l.webLogin(at(19, "08:40:56.219"), h)
	l.webLogin(at(20, "08:55:30.834"), h)
	l.watched(at(20, "10:20:14.590"), own(others[0]), "7c10de45-93ab-4f27-8e6d-b52f04c9a183")
}

// requests are honest access requests of others.
func requests(l *ledger) {
	bob, erin, grace := own(others[1]), own(others[2]), own(others[4])
	const (
		bobs   = "61c8e5d3-0b94-4f7a-92e6-d3a7f0c5b819"
		erins  = "b74a20f9-e58d-4c13-a6b0-8f9d1c7e3a52"
		graces = "0d95f3b6-7a2e-4681-bc4f-e16a8d5c0937"
	)
	l.request(at(17, "10:05:50.316"), bob, bobs, "db-readonly", "ticket 4471, order export")
	l.review(at(17, "10:12:31.874"), own(dana), bobs, "APPROVED", "fine, 4471", at(17, "22:05:50.316"))
	l.reissue(at(17, "10:13:05.090"), bob.with(bobs, []string{"db-readonly"}, nil))
	l.request(at(18, "11:20:27.758"), erin, erins, "prod-root", "CHG-884 kernel update on app-2")
	l.review(at(18, "11:26:14.402"), own(omar), erins, "APPROVED", "CHG-884", at(18, "23:20:27.758"))
	granted := erin.with(erins, prodRoot, asRoot)
	l.reissue(at(18, "11:27:01.633"), granted)
	l.exec(at(18, "11:30:40.285"), granted, "root", app2, "apt-get -y upgrade linux-image-generic", 0)
	l.request(at(19, "17:42:09.570"), grace, graces, "prod-root", "want to look at a disk")
	l.review(at(19, "18:01:33.148"), own(carol), graces, "DENIED", "use the runbook", at(20, "05:42:09.570"))
}
