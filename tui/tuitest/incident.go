package tuitest

import (
	"time"

	"cordon/investigations"
)

// T0 is when the wrong hands came in, and Now when somebody looks.
var (
	T0  = time.Date(2026, 10, 6, 22, 3, 4, 0, time.UTC)
	Now = T0.Add(67 * time.Second)
)

// Dana is the compromised identity of the incident.
var Dana = investigations.Entity{Kind: investigations.KindUser, Name: "dana@example.com"}

// Session is the one that is still open.
const Session = "4be1c9d2-0000-4000-8000-000000000002"

// NewIncident returns the case of a small incident on a server of version 12,
// which logs no join tokens: dana's password is guessed, she gets a role by
// approving her own request, makes a user, and opens a session that never ends.
func NewIncident() (*Case, error) {
	c, err := New(incident)
	if err != nil {
		return nil, err
	}
	c.index.Claim(12)
	c.Gaps = []investigations.Gap{{
		Kind: investigations.GapNoEnd, From: T0.Add(29 * time.Second), Count: 1,
		Detail: "a session began and has no end in this evidence: it runs on, or its end was not logged (session " + Session + ")",
		Entity: &investigations.Entity{Kind: investigations.KindSession, Name: Session},
	}}
	c.Rejected = []investigations.Reject{{Source: "audit/2026-10-06.log", Line: 17, Offset: 9120, Length: 41, Reason: "not a JSON object: unexpected end of the line"}}
	return c, nil
}

const incident = `
{"event":"user.login","code":"T1000I","time":"2026-10-05T08:00:01Z","uid":"00000000-0000-4000-8000-000000000001","user":"dana@example.com","success":true,"method":"local","addr.remote":"198.51.100.7:51000","cluster_name":"teleport.example.com"}
{"event":"cert.create","code":"TC000I","time":"2026-10-05T08:00:02Z","uid":"00000000-0000-4000-8000-000000000002","cert_type":"user","identity":{"user":"dana@example.com","roles":["ops"],"client_ip":"198.51.100.7"},"cluster_name":"teleport.example.com"}
{"event":"session.start","code":"T2000I","time":"2026-10-05T08:10:00Z","uid":"00000000-0000-4000-8000-000000000003","user":"dana@example.com","login":"ubuntu","sid":"4be1c9d2-0000-4000-8000-000000000001","server_id":"2f9c7a10-0000-4000-8000-00000000000a","server_hostname":"jump-1","addr.remote":"198.51.100.7:51002","cluster_name":"teleport.example.com"}
{"event":"session.end","code":"T2004I","time":"2026-10-05T08:20:00Z","uid":"00000000-0000-4000-8000-000000000004","user":"dana@example.com","sid":"4be1c9d2-0000-4000-8000-000000000001","server_id":"2f9c7a10-0000-4000-8000-00000000000a","server_hostname":"jump-1","cluster_name":"teleport.example.com"}
{"event":"user.login","code":"T1000I","time":"2026-10-05T09:00:00Z","uid":"00000000-0000-4000-8000-000000000005","user":"omar@example.com","success":true,"method":"local","addr.remote":"198.51.100.9:40000","cluster_name":"teleport.example.com"}
{"event":"user.login","code":"T1000W","time":"2026-10-06T22:02:50Z","uid":"00000000-0000-4000-8000-000000000006","user":"dana@example.com","success":false,"error":"invalid credentials","method":"local","addr.remote":"203.0.113.66:47001","cluster_name":"teleport.example.com"}
{"event":"user.login","code":"T1000I","time":"2026-10-06T22:03:04Z","uid":"00000000-0000-4000-8000-000000000007","user":"dana@example.com","success":true,"method":"local","addr.remote":"203.0.113.66:47002","cluster_name":"teleport.example.com"}
{"event":"cert.create","code":"TC000I","time":"2026-10-06T22:03:05Z","uid":"00000000-0000-4000-8000-000000000008","cert_type":"user","identity":{"user":"dana@example.com","roles":["ops"],"client_ip":"203.0.113.66"},"cluster_name":"teleport.example.com"}
{"event":"mfa.add","code":"T1006I","time":"2026-10-06T22:03:14Z","uid":"00000000-0000-4000-8000-000000000009","user":"dana@example.com","mfa_device_name":"phone-2","mfa_device_uuid":"77777777-0000-4000-8000-000000000001","mfa_device_type":"TOTP","addr.remote":"203.0.113.66:47003","cluster_name":"teleport.example.com"}
{"event":"access_request.create","code":"T5000I","time":"2026-10-06T22:03:20Z","uid":"00000000-0000-4000-8000-000000000010","id":"7f1c0000-0000-4000-8000-000000000001","user":"dana@example.com","roles":["prod-root"],"state":"PENDING","reason":"on call","cluster_name":"teleport.example.com"}
{"event":"access_request.review","code":"T5002I","time":"2026-10-06T22:03:22Z","uid":"00000000-0000-4000-8000-000000000011","id":"7f1c0000-0000-4000-8000-000000000001","reviewer":"dana@example.com","state":"APPROVED","proposed_state":"APPROVED","cluster_name":"teleport.example.com"}
{"event":"user.create","code":"T1002I","time":"2026-10-06T22:03:28Z","uid":"00000000-0000-4000-8000-000000000012","name":"relay@example.com","user":"dana@example.com","roles":["access"],"connector":"local","cluster_name":"teleport.example.com"}
{"event":"session.start","code":"T2000I","time":"2026-10-06T22:03:33Z","uid":"00000000-0000-4000-8000-000000000013","user":"dana@example.com","login":"root","sid":"4be1c9d2-0000-4000-8000-000000000002","server_id":"2f9c7a10-0000-4000-8000-00000000000b","server_hostname":"shop-1","addr.remote":"203.0.113.66:47004","access_requests":["7f1c0000-0000-4000-8000-000000000001"],"cluster_name":"teleport.example.com"}
{"event":"exec","code":"T3002I","time":"2026-10-06T22:03:36Z","uid":"00000000-0000-4000-8000-000000000014","user":"dana@example.com","login":"root","command":"cat /etc/shadow","exitCode":"0","sid":"4be1c9d2-0000-4000-8000-000000000002","server_id":"2f9c7a10-0000-4000-8000-00000000000b","server_hostname":"shop-1","addr.remote":"203.0.113.66:47004","cluster_name":"teleport.example.com"}
{"event":"user.login","code":"T1000I","time":"2026-10-06T22:03:50Z","uid":"00000000-0000-4000-8000-000000000015","user":"relay@example.com","success":true,"method":"local","addr.remote":"203.0.113.66:47009","cluster_name":"teleport.example.com"}
{"event":"teapot.brewed","code":"TX999I","time":"2026-10-06T22:03:55Z","uid":"00000000-0000-4000-8000-000000000016","user":"omar@example.com","cluster_name":"teleport.example.com"}
`
