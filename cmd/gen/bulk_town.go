package main

import (
	"fmt"
	"strings"
	"time"
)

// town is the large company of the synthetic log.
type town struct {
	people  []hands
	robots  []hands
	hosts   []host
	mallory hands
	acts    int
}

var (
	firstNames = strings.Fields("amir bea chen dora emil fatou goran hana igor jade kofi lena milo nour olga paul quinn rosa sven tara ugo vera wim xenia yara zoe")
	lastNames  = strings.Fields("adler bauer cruz dietz evers faber gallo haas ito jansen keller lund meyer novak ortiz pohl quast rossi sato thiel unger vogel weiss yang zorn")
	teams      = strings.Fields("checkout ledger search mobile data edge identity growth")
	someRoles  = strings.Fields("access ops dba auditor requester approver kube-reader release")
	lists      = strings.Fields("prod-admins oncall-platform db-owners release-managers")
	reasons    = []string{"incident follow-up", "change in the calendar", "customer ticket", "quarterly review", "disk full"}
)

// newTown invents the people and the machines.
func newTown(l *ledger, o bulkOptions) *town {
	tw := &town{}
	for i := range o.users {
		name := fmt.Sprintf("%s.%s", firstNames[i%len(firstNames)], lastNames[i/len(firstNames)%len(lastNames)])
		if round := i / (len(firstNames) * len(lastNames)); round > 0 {
			name += fmt.Sprint(round)
		}
		addr := fmt.Sprintf("198.51.100.%d", 1+i%254)
		if i%5 == 4 {
			addr = fmt.Sprintf("2001:db8:%x::%x", i/7, 1+i)
		}
		p := staff(name, addr, pick(l, []string{agentChromeMac, agentEdgeWin, agentFirefoxLin}), l.uuid(), "access", pick(l, someRoles), pick(l, someRoles))
		tw.people = append(tw.people, own(p))
	}
	for i := range 1 + o.users/80 {
		p := &person{name: fmt.Sprintf("bot-%s-%d", pick(l, teams), i), roles: []string{"ci-deploy"}, logins: []string{"deploy"}}
		tw.robots = append(tw.robots, hands{person: p, addr: fmt.Sprintf("192.0.2.%d", 200+i%50), tsh: agentTbot})
	}
	for i := range o.hosts {
		h := newHost(fmt.Sprintf("%s-%d", pick(l, teams), i), l.uuid(), fmt.Sprintf("192.0.2.%d", 1+i%199), "node")
		h.labels = map[string]string{
			"env": pick(l, []string{"prod", "prod", "staging", "dev"}), "team": pick(l, teams),
			"teleport.internal/resource-id": l.uuid(), "os": "ubuntu-24.04",
		}
		tw.hosts = append(tw.hosts, h)
	}
	p := staff("mallory", hostileAddr, agentHostileWeb, l.uuid(), "access", "ops")
	p.name = o.identity
	tw.mallory = hands{person: p, addr: hostileAddr, web: agentHostileWeb, tsh: agentTshOld}
	return tw
}

// act is the next thing that somebody does. One act in four hundred is the
// planted identity's.
func (tw *town) act(b *bulkWriter, t time.Time) {
	tw.acts++
	h := pick(b.ledger, tw.people)
	if tw.acts%400 == 200 {
		h = tw.mallory
		if tw.acts%1200 == 200 {
			tw.intrude(b, t, h)
			return
		}
	}
	if b.o.exotic > 0 && b.rng.Float64() < b.o.exotic*4 { // an act makes some four lines
		b.putRaw(t, exoticLine(b.ledger, t, h, pick(b.ledger, tw.hosts)))
	}
	switch n := b.rng.IntN(100); {
	case n < 8:
		tw.comeIn(b, t, h)
	case n < 30:
		b.exec(t, h, pick(b.ledger, h.logins), pick(b.ledger, tw.hosts), pick(b.ledger, chores), b.rng.IntN(8)/7)
	case n < 44:
		tw.run(b, t)
	case n < 52:
		b.interactive(t, h, shell{
			login: "ubuntu", to: pick(b.ledger, tw.hosts), size: pick(b.ledger, sizes),
			lasts:  b.between(time.Minute, bulkAhead-10*time.Minute),
			frames: int64(b.rng.IntN(2000)), bytes: b.rng.Uint64N(200_000), lost: b.rng.IntN(200) == 0,
		})
	case n < 62:
		b.query(t, h, "readonly", pick(b.ledger, questions), pick(b.ledger, questions), pick(b.ledger, questions))
	case n < 92:
		for i := range 1 + b.rng.IntN(8) {
			answer := int32(200)
			if b.rng.IntN(30) == 0 {
				answer = 403
			}
			b.kubeRequest(t.Add(time.Duration(i)*700*time.Millisecond), h, "GET", pick(b.ledger, teams), pick(b.ledger, kubeKinds), "", answer)
		}
	case n < 96:
		b.openApp(t, h)
	case n < 98:
		path := "/srv/" + pick(b.ledger, teams) + "/export.csv"
		to := pick(b.ledger, tw.hosts)
		b.sftp(t, h, "deploy", to, 1, "TS001I", path, sftpRead)
		b.moved(t.Add(3*time.Second), h, "deploy", to, path, b.rng.Uint64N(90_000_000), 0)
	default:
		tw.administer(b, t, h)
	}
}

func (tw *town) comeIn(b *bulkWriter, t time.Time, h hands) {
	if b.rng.IntN(9) == 0 {
		b.refused(t.Add(-20*time.Second), h, h.tsh)
	}
	if b.rng.IntN(2) == 0 {
		b.webLogin(t, h)
	} else {
		b.tshLogin(t, h)
	}
}

// run is a robot's job.
func (tw *town) run(b *bulkWriter, t time.Time) {
	bot := pick(b.ledger, tw.robots)
	b.robotCert(t, bot)
	b.exec(t.Add(2*time.Second), bot, "deploy", pick(b.ledger, tw.hosts), pick(b.ledger, steps), 0)
}

// administer is a rarer act: a request with its review, a list, a user, a role.
func (tw *town) administer(b *bulkWriter, t time.Time, h hands) {
	other := pick(b.ledger, tw.people)
	switch b.rng.IntN(6) {
	case 0, 1, 2:
		id, state := b.uuid(), "APPROVED"
		if b.rng.IntN(6) == 0 {
			state = "DENIED"
		}
		b.request(t, h, id, pick(b.ledger, []string{"prod-root", "db-admin", "db-maint"}), pick(b.ledger, reasons))
		b.review(t.Add(b.between(time.Minute, 20*time.Minute)), other, id, state, pick(b.ledger, reasons), t.Add(12*time.Hour))
	case 3:
		b.listAdd(t, h, pick(b.ledger, lists), other.name, pick(b.ledger, reasons))
	case 4:
		b.createUser(t, h, fmt.Sprintf("new.%x@example.com", b.rng.IntN(1<<30)), pick(b.ledger, someRoles))
	case 5:
		b.roleChange(t, h, "role.updated", "T9002I", pick(b.ledger, someRoles))
	}
}

// intrude is one of everything by the planted identity.
func (tw *town) intrude(b *bulkWriter, t time.Time, h hands) {
	s := func(n int) time.Time { return t.Add(time.Duration(n) * 7 * time.Second) }
	b.webLogin(s(1), h)
	id := b.uuid()
	b.request(s(2), h, id, "prod-root", "disk full")
	b.review(s(3), pick(b.ledger, tw.people), id, "APPROVED", "ok", t.Add(12*time.Hour))
	other := b.uuid()
	b.request(s(4), pick(b.ledger, tw.people), other, "db-admin", "locks")
	b.review(s(5), h, other, "APPROVED", "go", t.Add(12*time.Hour))
	token := fmt.Sprintf("%024d%08x", 0, b.rng.Uint32())
	token = strings.Repeat("*", 24) + token[24:]
	b.joinToken(s(6), h, token, time.Hour)
	b.joined(s(7), host{id: b.uuid(), name: "web-x", addr: lootAddr}, token, t.Add(time.Hour))
	name := fmt.Sprintf("svc-%06x", b.rng.IntN(1<<24))
	b.createUser(s(8), h, name, "access")
	b.userChange(s(9), h, "user.update", "T1003I", name, "access", "prod-admin")
	b.listAdd(s(10), h, lists[0], name, "rollout")
	b.exec(s(11), h, "root", pick(b.ledger, tw.hosts), "cat /etc/shadow", 0)
	b.interactive(s(12), h, shell{login: "root", to: pick(b.ledger, tw.hosts), size: "120:40", lasts: 5 * time.Minute, frames: 300, bytes: 20_000})
	b.listRemove(s(90), h, lists[0], name, s(10))
}
