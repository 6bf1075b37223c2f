package contain_test

import (
	"strings"
	"testing"
	"time"

	"cordon/investigations/contain"
)

// before is what mallory and carol did until a lock at 21:00.
const before = `
{"event":"session.start","uid":"b1","time":"2026-11-18T20:40:00Z","user":"mallory","login":"root","sid":"s-1","server_id":"h-1"}
{"event":"cert.create","uid":"b2","time":"2026-11-18T20:54:00Z","cert_type":"user","identity":{"user":"carol","impersonator":"mallory","roles":["access"]}}
`

func held(t *testing.T, log string, change func(*contain.Lock)) contain.Holding {
	t.Helper()
	l := contain.Lock{
		Name: "one", Targets: []contain.Target{{Field: contain.FieldUser, Value: "mallory"}},
		Created: time.Date(2026, 11, 18, 21, 0, 0, 0, time.UTC),
	}
	if change != nil {
		change(&l)
	}
	h, err := contain.Held(t.Context(), index(t, before+log), l)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHeld_judgesByCertificatesAndSessions(t *testing.T) {
	t.Parallel()
	const (
		cut     = `{"event":"session.end","uid":"e","time":"2026-11-18T21:00:03Z","user":"mallory","sid":"s-1","server_id":"h-1"}` + "\n"
		refused = `{"event":"auth","uid":"r","code":"T3007W","time":"2026-11-18T21:01:00Z","user":"mallory","success":false,"error":"lock targeting User:\"mallory\" is in force"}` + "\n"
		login   = `{"event":"user.login","uid":"l","code":"T1000I","time":"2026-11-18T21:02:00Z","user":"mallory","success":true}` + "\n"
		cert    = `{"event":"cert.create","uid":"c","code":"TC000I","time":"2026-11-18T21:03:00Z","cert_type":"user","identity":{"user":"mallory"}}` + "\n"
		carried = `{"event":"session.start","uid":"s","time":"2026-11-18T21:04:00Z","user":"carol","impersonator":"mallory","sid":"s-2","server_id":"h-1"}` + "\n"
		soon    = `{"event":"cert.create","uid":"c","code":"TC000I","time":"2026-11-18T21:00:02Z","cert_type":"user","identity":{"user":"mallory"}}` + "\n"
		linger  = `{"event":"exec","uid":"x","time":"2026-11-18T21:00:15Z","user":"mallory","sid":"s-1","server_id":"h-1","command":"id"}` + "\n"
		goesOn  = `{"event":"exec","uid":"y","time":"2026-11-18T21:00:41Z","user":"mallory","sid":"s-1","server_id":"h-1","command":"id"}` + "\n"
		writes  = `{"event":"user.create","uid":"w","time":"2026-11-18T21:02:00Z","user":"mallory","name":"relay"}` + "\n"
		upload  = `{"event":"session.upload","uid":"u","time":"2026-11-18T22:00:00Z","user":"mallory","sid":"s-1"}` + "\n"
		other   = `{"event":"cert.create","uid":"o","code":"TC000I","time":"2026-11-18T21:03:00Z","cert_type":"user","identity":{"user":"carol"}}` + "\n"
	)
	for name, test := range map[string]struct {
		log    string
		change func(*contain.Lock)
		want   contain.HoldVerdict
		says   string
	}{
		"nothing since":           {"", nil, contain.HoldUnknown, "not known"},
		"a session was cut":       {cut, nil, contain.Holds, "1 session ended"},
		"refused":                 {refused, nil, contain.Holds, "1 refusal"},
		"a login is no breach":    {refused + login, nil, contain.Holds, "1 refusal"},
		"a login alone":           {login, nil, contain.HoldUnknown, "not known"},
		"a certificate":           {cut + cert, nil, contain.Broken, "mallory got a certificate"},
		"carried by another":      {cut + carried, nil, contain.Broken, "carol got a session with a certificate that the locked one signed; lock carol too"},
		"while the lock settled":  {cut + soon, nil, contain.Holds, "1 session ended"},
		"only on its way":         {soon, nil, contain.HoldUnknown, "mallory got a certificate while the lock was on its way"},
		"a session that lingers":  {linger, nil, contain.HoldUnknown, "only what a session writes that is being cut"},
		"a session that goes on":  {cut + linger + goesOn, nil, contain.Broken, "mallory went on (exec) since"},
		"an act without one":      {cut + writes, nil, contain.Broken, "mallory went on (user.create) since"},
		"an upload is no act":     {cut + upload, nil, contain.Holds, "1 session ended"},
		"an upload alone":         {upload, nil, contain.HoldUnknown, "but 1 other event"},
		"of somebody else":        {cut + other, nil, contain.Holds, "1 session ended"},
		"after the lock was gone": {cut + cert, func(l *contain.Lock) { l.Released = l.Created.Add(time.Minute) }, contain.Holds, "1 session ended"},
		"after the lock expired":  {cut + cert, func(l *contain.Lock) { l.Expires = l.Created.Add(time.Minute) }, contain.Holds, "1 session ended"},
		"a plan holds nothing":    {cut + cert, func(l *contain.Lock) { l.Dry = true }, contain.HoldUnknown, "not known"},
		"a lock of the session's request": {cut + cert, func(l *contain.Lock) {
			l.Targets = []contain.Target{{Field: contain.FieldAccessRequest, Value: "r-1"}}
		}, contain.HoldUnknown, "not known"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := held(t, test.log, test.change)
			if h.Verdict != test.want || !strings.Contains(h.Words(), test.says) {
				t.Errorf("verdict %q, %q, want %q and %q", h.Verdict, h.Words(), test.want, test.says)
			}
		})
	}
}

func TestHeld_tellsWhatTheLockedOneDidFromWhatOthersDid(t *testing.T) {
	t.Parallel()
	const at = `"time":"2026-11-18T21:02:00Z"`
	on := func(field contain.Field, value string) func(*contain.Lock) {
		return func(l *contain.Lock) { l.Targets = []contain.Target{{Field: field, Value: value}} }
	}
	for name, test := range map[string]struct {
		log    string
		change func(*contain.Lock)
		want   contain.HoldVerdict
	}{
		"a command that failed was let through": {`{"event":"exec","uid":"1","code":"T3002E",` + at + `,"user":"mallory","sid":"s-1","server_id":"h-1","command":"id","exitCode":"3"}`, nil, contain.Broken},
		"so was a request to a cluster":         {`{"event":"kube.request","uid":"1","code":"T3009I",` + at + `,"user":"mallory","response_code":404}`, nil, contain.Broken},
		"approved":                              {`{"event":"access_request.review","uid":"1",` + at + `,"id":"r-1","reviewer":"mallory","proposed_state":"APPROVED"}`, nil, contain.Broken},
		"denied":                                {`{"event":"access_request.review","uid":"1",` + at + `,"id":"r-1","reviewer":"mallory","proposed_state":"DENIED"}`, nil, contain.Broken},
		"edited an access list":                 {`{"event":"access_list.member.create","uid":"1",` + at + `,"access_list_name":"l-1","updated_by":"mallory","members":[{"member_name":"bob"}]}`, nil, contain.Broken},
		"somebody tried a password":             {`{"event":"user.login","uid":"1","code":"T1000W",` + at + `,"user":"mallory","success":false,"error":"invalid credentials"}`, nil, contain.HoldUnknown},
		"an old server's log of being changed":  {`{"event":"user.create","uid":"1",` + at + `,"user":"mallory","name":"mallory","roles":["auditor"]}`, nil, contain.HoldUnknown},
		"changed by somebody":                   {`{"event":"user.update","uid":"1",` + at + `,"user":"ivy","name":"mallory","roles":["auditor"]}`, nil, contain.HoldUnknown},

		"granted the role":       {`{"event":"user.update","uid":"1",` + at + `,"user":"ivy","name":"bob","roles":["ops"]}`, on(contain.FieldRole, "ops"), contain.HoldUnknown},
		"was asked for the role": {`{"event":"access_request.create","uid":"1",` + at + `,"id":"r-1","user":"bob","roles":["ops"]}`, on(contain.FieldRole, "ops"), contain.HoldUnknown},
		"denied the role":        {`{"event":"access_request.review","uid":"1",` + at + `,"id":"r-1","reviewer":"ivy","proposed_state":"DENIED","roles":["ops"]}`, on(contain.FieldRole, "ops"), contain.HoldUnknown},
		"holds the role":         {`{"event":"cert.create","uid":"1",` + at + `,"identity":{"user":"bob","roles":["ops"]}}`, on(contain.FieldRole, "ops"), contain.Broken},

		"asked for the host":       {`{"event":"access_request.create","uid":"1",` + at + `,"id":"r-1","user":"bob","resource_ids":[{"kind":"node","name":"h-1"}]}`, on(contain.FieldServerID, "h-1"), contain.HoldUnknown},
		"a certificate for a host": {`{"event":"cert.create","uid":"1",` + at + `,"identity":{"user":"bob","allowed_resource_ids":[{"kind":"node","name":"h-1"}]}}`, on(contain.FieldServerID, "h-1"), contain.HoldUnknown},
		"a session on the host":    {`{"event":"session.start","uid":"1",` + at + `,"user":"bob","sid":"s-2","server_id":"h-1"}`, on(contain.FieldServerID, "h-1"), contain.Broken},
		"a session of the login":   {`{"event":"session.start","uid":"1",` + at + `,"user":"bob","sid":"s-2","server_id":"h-1","login":"root"}`, on(contain.FieldLogin, "root"), contain.Broken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if h := held(t, test.log+"\n", test.change); h.Verdict != test.want {
				t.Errorf("verdict %q, %q, want %q", h.Verdict, h.Words(), test.want)
			}
		})
	}
}

// Old servers do not log when a lock ends: what came later may have come after it.
func TestHeld_saysThatALockMayHaveBeenOver(t *testing.T) {
	t.Parallel()
	const cert = `{"event":"cert.create","uid":"c","code":"TC000I","time":"2026-11-20T21:03:00Z","cert_type":"user","identity":{"user":"mallory"}}` + "\n"
	for said, want := range map[bool]string{
		true:  "does not hold: mallory got a certificate since",
		false: "does not hold: mallory got a certificate since, unless it was over by then: the log does not say when it ends",
	} {
		if got := held(t, cert, func(l *contain.Lock) { l.EndSaid = said }).Words(); got != want {
			t.Errorf("end known %v: %q, want %q", said, got, want)
		}
	}
}

func TestHeld_countsASessionOnce(t *testing.T) {
	t.Parallel()
	const twice = `{"event":"session.end","uid":"e","time":"2026-11-18T21:00:03Z","user":"mallory","sid":"s-1","server_id":"h-1"}
{"event":"session.end","uid":"f","time":"2026-11-18T21:00:04Z","user":"mallory","sid":"s-1","server_id":"h-1"}
{"event":"client.disconnect","uid":"g","time":"2026-11-18T21:00:04Z","user":"mallory","server_id":"h-1"}
`
	if h := held(t, twice, nil); len(h.Ended) != 1 || h.Cut != 1 || h.Ended[0].Session != "s-1" {
		t.Errorf("%+v", h)
	}
}
