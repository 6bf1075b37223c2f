package main

import (
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

// clusterName is the invented cluster; serverVersion what its agents run.
const (
	clusterName   = "teleport.example.com"
	serverVersion = "17.2.1"
)

// Addresses of the hostile hands. Staff are in 198.51.100.0/24 and
// 2001:db8::/32, the company's machines in 192.0.2.0/24, and nothing but the
// intruder is in 203.0.113.0/24, so that a reader tells them apart at sight.
const (
	hostileAddr = "203.0.113.66"
	lootAddr    = "203.0.113.80"
)

// Identifiers of the incident that the truth file names.
const (
	sidRecon   = "3d1f6a52-90b7-4e0c-a8d4-52c1e7f09b13"
	sidRoot    = "8b27e4c9-16fd-4a35-b0e2-c94d83a7615e"
	sidLost    = "c4605d1b-7e98-42fa-9f13-0ab8d26e5c77"
	sidRunning = "e9a8370f-5b2c-4d61-86ce-f41d79b3028a"
	reqDana    = "5f0c2b1e-8d47-4c3a-9b66-1e2d7a90c4f1"
	reqOmar    = "a3e96d08-2f51-4b7c-8c19-70d4b5e2f6a8"
	rogueToken = "************************7c1d09ef"
	rogueHost  = "6a91d3f7-04ce-4b28-b75d-e2038c64fa19"
)

// User agents. The owner's differ from the intruder's, as they do in life.
const (
	agentChromeMac  = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
	agentFirefoxLin = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
	agentEdgeWin    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"
	agentHostileWeb = "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0"
	agentTsh        = "tsh/17.2.1 grpc-go/1.69.2"
	agentTshOld     = "tsh/17.0.5 grpc-go/1.68.0"
	agentTctl       = "tctl/17.0.5 grpc-go/1.68.0"
	agentTbot       = "tbot/17.2.1 grpc-go/1.69.2"
	agentGuess      = "python-requests/2.32.3"
)

// person is a member of staff, or an account that is used like one.
type person struct {
	name   string
	addr   string
	web    string // browser
	roles  []string
	logins []string
	mfa    apievents.MFADeviceMetadata
	groups []string // Kubernetes groups
}

// host is a machine with a Teleport agent.
type host struct {
	id, name, addr string
	labels         map[string]string
}

// hands are a person's account at one keyboard: the same account in the
// intruder's hands has another address and other programs.
type hands struct {
	*person
	addr         string
	web, tsh     string
	extraRoles   []string // from granted requests and lists
	requests     []string // granted request ids in force
	extraLogins  []string
	impersonator string
}

func mfa(name, id, kind string) apievents.MFADeviceMetadata {
	return apievents.MFADeviceMetadata{DeviceName: name, DeviceID: id, DeviceType: kind}
}

func staff(name, addr, web, mfaID string, roles ...string) *person {
	return &person{
		name: name + "@example.com", addr: addr, web: web, roles: roles,
		logins: []string{"ubuntu", "deploy"}, groups: []string{"viewers"},
		mfa: mfa("yubikey", mfaID, "WebAuthn"),
	}
}

// withCodes gives the person one-time codes instead of a hardware key.
func (p *person) withCodes() *person {
	p.mfa = mfa("authenticator", p.mfa.DeviceID, "TOTP")
	return p
}

// The people. dana and omar still use one-time codes, which can be phished.
var (
	dana  = staff("dana", "198.51.100.21", agentChromeMac, "1b5c0e7d-3f42-4a86-9d07-c2a8b1e4f630", "access", "ops", "requester").withCodes()
	omar  = staff("omar", "198.51.100.22", agentFirefoxLin, "7e2d94a1-c630-4b5f-8e19-04f7d3a2b85c", "access", "ops", "approver").withCodes()
	carol = staff("carol", "198.51.100.10", agentChromeMac, "d08f3b62-75ea-4c91-a3d4-9b16e7c05f28", "access", "editor", "auditor")
	nina  = staff("nina", "198.51.100.33", agentEdgeWin, "29c7f5d0-8a1b-4e63-b9f2-5d40c3e8a716", "access")

	// others is the rest of the staff, whose week is left to chance.
	others = []*person{
		staff("victor", "198.51.100.11", agentFirefoxLin, "8f61a4c3-2d7e-4b09-95c8-e3b0f7d1a246", "auditor", "security"),
		staff("bob", "198.51.100.23", agentEdgeWin, "c5d3e812-60fb-4a7c-8b24-19f6a0d7e3b5", "access", "requester"),
		staff("erin", "198.51.100.24", agentChromeMac, "03b9f7e6-41ca-4d58-a27e-6c8f5d0b19a4", "access", "dba", "requester"),
		staff("frank", "198.51.100.25", agentFirefoxLin, "e7a20c95-b83d-4f16-9c4b-d251f0e86a37", "access"),
		staff("grace", "198.51.100.26", agentChromeMac, "5a48d1f0-9e6c-4b73-8d05-f7c3e2a9b610", "access", "dba", "requester"),
		staff("heidi", "2001:db8:40::28", agentFirefoxLin, "b1e6c7d4-07f5-4a9e-93c8-2d5a0f8b4e71", "access", "ops"),
		staff("ivan", "198.51.100.29", agentFirefoxLin, "4c9f02b8-d3a7-4e51-86fb-a0e9c5d71f32", "access", "ops"),
		staff("judy", "198.51.100.30", agentEdgeWin, "9d7b3e15-4f80-4c26-ba9d-71e2f6c08d53", "access"),
		staff("kim", "192.0.2.77", agentChromeMac, "f2a5d8c7-1b64-4093-8e7a-c0d9b3f4e561", "access"),
	}

	// svcMetrics is the account that the intruder makes; svcBackup an honest
	// service account that the intruder borrows.
	svcMetrics = &person{
		name: "svc-metrics", roles: []string{"access", "diag-read"}, logins: []string{"root", "deploy"},
		mfa: mfa("otp", "64e0b9d2-a7c5-4f38-91be-3d8f7c20a5e6", "TOTP"),
	}
	svcBackup = &person{name: "svc-backup", roles: []string{"backup"}, logins: []string{"root"}}
)

// phoneTwo is the second factor that the intruder adds to dana's account.
var phoneTwo = mfa("phone-2", "0ce4a6b8-5d19-4f72-b3e0-98c7d1f2a403", "TOTP")

// newHost makes a machine with one label: a recording is protobuf, which writes
// the entries of a map in any order, and the same flags must give the same bytes.
func newHost(name, id, addr, role string) host {
	return host{id: id, name: name, addr: addr, labels: map[string]string{"role": role}}
}

// The machines.
var (
	jump1  = newHost("jump-1", "0f3a7c51-e8d2-4b96-8a4f-c7d05e1b9236", "192.0.2.101", "bastion")
	app1   = newHost("app-1", "2c84e6d9-b01f-4a75-93ce-f5a7380d6b12", "192.0.2.102", "web")
	app2   = newHost("app-2", "58d0b3f7-6c9a-4e12-a5d8-0e9b7c4f3a61", "192.0.2.103", "web")
	web1   = newHost("web-1", "71e9f2a4-3d5b-4c80-b6f7-8a1c0d4e9572", "192.0.2.104", "edge")
	db1    = newHost("db-1", "93b5c8e0-f746-4d1a-82e3-d6f9a0b7c514", "192.0.2.105", "db")
	cache1 = newHost("cache-1", "a6d7e1f3-50c8-4b29-9f6d-4c2e8b0a7d35", "192.0.2.106", "cache")
	build1 = newHost("build-1", "c0f8a2d5-9b64-4e37-a18c-7d5f3e6b0c46", "192.0.2.107", "ci")
	vault1 = newHost("vault-1", "e4b1d9c6-27f0-4a83-bd5e-1f8a6c0e7b97", "192.0.2.108", "secrets")
	hosts  = []host{jump1, app1, app2, web1, db1, cache1, build1, vault1}
)

// agentHost serves Kubernetes, databases and applications.
var agentHost = newHost("agent-1", "d59e0c7b-8f31-4a64-9c2d-b6e3f7a1d058", "192.0.2.109", "agent")

// own are a person's own hands.
func own(p *person) hands {
	return hands{person: p, addr: p.addr, web: p.web, tsh: agentTsh}
}

// stolen are a person's account in the intruder's hands.
func stolen(p *person) hands {
	return hands{person: p, addr: hostileAddr, web: agentHostileWeb, tsh: agentTshOld}
}

// with adds what a granted request gives.
func (h hands) with(request string, roles, logins []string) hands {
	h.requests = append([]string(nil), request)
	h.extraRoles, h.extraLogins = roles, logins
	return h
}

// day is the first of the five days, a Monday.
var day = time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)

// at is a moment of the story: day of the month and time of day.
func at(dayOfMonth int, clock string) time.Time {
	t, err := time.Parse("15:04:05", clock)
	if err != nil {
		panic("bad time in the script: " + clock)
	}
	return time.Date(2026, 11, dayOfMonth, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}
