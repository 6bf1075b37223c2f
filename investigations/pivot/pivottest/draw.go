package pivottest

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// shapes are events as servers write them; A to C stand for users, R for a
// request, T for a token, H for a host, L for a role, B for a bot, and S for a
// session or another UUID, each chosen from a few so that lines meet.
var shapes = []string{
	`"event":"user.login","code":"T1000I","user":"A","success":true,"addr.remote":"192.0.2.1:1"`,
	`"event":"user.login","code":"T1000W","user":"A","success":false,"addr.remote":"192.0.2.2:1"`,
	`"event":"user.create","code":"T1002I","user":"A","updated_by":"B","name":"C","roles":["L"]`,
	`"event":"user.create","code":"T1002I","user":"A","name":"A","roles":["L"]`,
	`"event":"user.update","code":"T1003I","user":"A","name":"C"`,
	`"event":"reset_password_token.create","code":"T6000I","user":"A","name":"C"`,
	`"event":"role.created","code":"T9000I","user":"A","name":"L"`,
	`"event":"role.updated","code":"T9002I","updated_by":"A","name":"L"`,
	`"event":"cert.create","code":"TC000I","identity":{"user":"A","roles":["L"],"access_requests":["R"]}`,
	`"event":"cert.create","code":"TC000I","identity":{"user":"A","impersonator":"B","roles":["L"]}`,
	`"event":"access_request.create","code":"T5000I","user":"A","id":"R","roles":["L"],"state":"PENDING"`,
	`"event":"access_request.review","code":"T5002I","reviewer":"A","id":"R","state":"APPROVED"`,
	`"event":"access_request.review","code":"T5002I","user":"B","reviewer":"A","id":"R","state":"APPROVED"`,
	`"event":"access_request.update","code":"T5001I","updated_by":"A","id":"R","state":"APPROVED"`,
	`"event":"join_token.create","code":"TJT00I","user":"A","updated_by":"A","name":"T"`,
	`"event":"instance.join","code":"TJ002I","host_id":"H","node_name":"node-H","token_name":"T","success":true`,
	`"event":"bot.join","code":"TJ001I","bot_name":"B","user_name":"bot-B","token_name":"T","success":true`,
	`"event":"bot.create","code":"TB001I","user":"A","name":"B"`,
	`"event":"access_list.member.create","code":"TAL005I","updated_by":"A","access_list_name":"ops","members":[{"member_name":"B"},{"member_name":"C"}],"success":true`,
	`"event":"access_list.member.delete_all_members","code":"TAL008I","updated_by":"A","access_list_name":"ops"`,
	`"event":"session.start","code":"T2000I","user":"A","login":"root","sid":"S","server_id":"H","server_hostname":"node-H","access_requests":["R"]`,
	`"event":"session.start","code":"T2000I","user":"A","impersonator":"B","login":"root","sid":"S","kubernetes_cluster":"k1"`,
	`"event":"exec","code":"T3002I","user":"A","sid":"S","command":"id"`,
	`"event":"exec","code":"T3002I","user":"A","sid":"S","command":"id","kubernetes_cluster":"k1"`,
	`"event":"kube.request","code":"T3009I","user":"A","kubernetes_cluster":"k1"`,
	`"event":"db.session.start","code":"TDB00W","user":"A","sid":"S","db_service":"pg","success":false`,
	`"event":"app.session.chunk","code":"T2008I","user":"A","sid":"S","session_chunk_id":"S","app_name":"wiki"`,
	`"event":"sftp","code":"TS001I","user":"A","path":"/tmp/x"`,
	`"event":"mfa.add","code":"T1006I","user":"A","mfa_device_uuid":"S","mfa_device_name":"key"`,
	`"event":"lock.created","code":"TLK00I","user":"A","updated_by":"A","name":"S","target":{"user":"B"}`,
	`"event":"session.recording.access","code":"T2012I","user":"A","sid":"S"`,
	`"event":"saml.updated","code":"T8202I","user":"A","name":"idp"`,
	`"event":"not.known.yet","user":"A","name":"B"`,
}

// Users are the names that Draw gives to people.
var Users = []string{"ann", "ben", "cy", "dee", "bot-ci"}

// Draw makes up a log of at most n lines. Times repeat, run backwards, and are
// missing on some lines.
func Draw(t *rapid.T, n int) []string {
	user := rapid.SampledFrom(Users)
	few := func(names ...string) *rapid.Generator[string] { return rapid.SampledFrom(names) }
	line := rapid.Custom(func(t *rapid.T) string {
		shape := rapid.SampledFrom(shapes).Draw(t, "shape")
		r := strings.NewReplacer(
			`"A"`, quote(user.Draw(t, "A")), `"B"`, quote(user.Draw(t, "B")), `"C"`, quote(user.Draw(t, "C")),
			`"R"`, quote(few("req-1", "req-2").Draw(t, "R")), `"T"`, quote(few("***1", "***2", "tok").Draw(t, "T")),
			`"H"`, quote(few("h1", "h2").Draw(t, "H")), `"L"`, quote(few("ops", "dba").Draw(t, "L")),
			`"S"`, quote(few("s1", "s2", "s3").Draw(t, "S")), `"bot-B"`, quote("bot-ci"),
		)
		at := ""
		if ms := rapid.IntRange(-1, 40).Draw(t, "ms"); ms >= 0 {
			at = fmt.Sprintf(`,"time":"2026-10-06T22:03:00.%03dZ"`, ms)
		}
		return "{" + r.Replace(shape) + at
	})
	lines := rapid.SliceOfN(line, 0, n).Draw(t, "lines")
	for i := range lines {
		lines[i] += fmt.Sprintf(`,"uid":"uid-%03d"}`, i)
	}
	return lines
}

func quote(s string) string { return `"` + s + `"` }
