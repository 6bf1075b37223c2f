package pivot_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/pivot"
	"cordon/investigations/pivot/pivottest"
)

// town is one event or two of everything that an identity of any kind can be
// part of.
const town = `
{"event":"join_token.create","code":"TJT00I","uid":"t01","time":"2026-10-06T20:00:00Z","user":"ann","updated_by":"ann","name":"tok-1","roles":["Node"]}
{"event":"instance.join","code":"TJ002I","uid":"t02","time":"2026-10-06T20:00:10Z","host_id":"h-1","node_name":"web-1","token_name":"tok-1","role":"Node","addr.remote":"203.0.113.80:9","success":true}
{"event":"bot.create","code":"TB001I","uid":"t03","time":"2026-10-06T20:00:20Z","user":"ann","updated_by":"ann","name":"ci"}
{"event":"bot.join","code":"TJ001I","uid":"t04","time":"2026-10-06T20:00:30Z","bot_name":"ci","user_name":"bot-ci","token_name":"tok-1","addr.remote":"192.0.2.40:9","success":true}
{"event":"cert.create","code":"TC000I","uid":"t05","time":"2026-10-06T20:00:31Z","identity":{"user":"bot-ci","bot_name":"ci","roles":["deploy"],"client_ip":"192.0.2.40"}}
{"event":"mfa.add","code":"T1006I","uid":"t06","time":"2026-10-06T20:01:00Z","user":"ann","mfa_device_uuid":"m-1","mfa_device_name":"phone","addr.remote":"198.51.100.7:9"}
{"event":"user.login","code":"T1000I","uid":"t07","time":"2026-10-06T20:01:10Z","user":"ann","success":true,"mfa_device":{"mfa_device_uuid":"m-1","mfa_device_name":"phone"},"trusted_device":{"device_id":"d-1","asset_tag":"LAPTOP-9"},"addr.remote":"198.51.100.7:9"}
{"event":"mfa.delete","code":"T1007I","uid":"t08","time":"2026-10-06T23:01:00Z","user":"ann","mfa_device_uuid":"m-1","mfa_device_name":"phone"}
{"event":"device.enroll","code":"TV004I","uid":"t09","time":"2026-10-06T20:01:05Z","user":"ann","device":{"device_id":"d-1","asset_tag":"LAPTOP-9"},"success":true}
{"event":"auth","code":"T3007W","uid":"t10","time":"2026-10-06T20:02:00Z","user":"eve","login":"root","success":false,"addr.remote":"203.0.113.66:9"}
{"event":"access_request.create","code":"T5000I","uid":"t11","time":"2026-10-06T20:03:00Z","user":"ann","id":"r-1","roles":["dba"],"resource_ids":[{"kind":"node","name":"h-1"}],"state":"PENDING"}
{"event":"access_request.review","code":"T5002I","uid":"t12","time":"2026-10-06T20:03:10Z","reviewer":"ben","id":"r-1","state":"APPROVED","proposed_state":"APPROVED"}
{"event":"cert.create","code":"TC000I","uid":"t13","time":"2026-10-06T20:03:20Z","identity":{"user":"ann","roles":["dba"],"access_requests":["r-1"],"client_ip":"198.51.100.7","route_to_database":{"service_name":"pg"}}}
{"event":"db.session.start","code":"TDB00I","uid":"t14","time":"2026-10-06T20:03:30Z","user":"ann","sid":"s-db","db_service":"pg","access_requests":["r-1"],"success":true,"addr.remote":"198.51.100.7:9"}
{"event":"db.session.query","code":"TDB02I","uid":"t15","time":"2026-10-06T20:03:31Z","user":"ann","sid":"s-db","db_service":"pg","db_query":"select 1","success":true}
{"event":"db.session.query.failed","code":"TDB02W","uid":"t16","time":"2026-10-06T20:03:32Z","user":"ann","sid":"s-db","db_service":"pg","db_query":"drop x","success":false}
{"event":"db.session.user.create","code":"TDB08I","uid":"t17","time":"2026-10-06T20:03:33Z","user":"ann","sid":"s-db","db_service":"pg","username":"tmp","success":true}
{"event":"db.session.end","code":"TDB01I","uid":"t18","time":"2026-10-06T20:03:40Z","user":"ann","sid":"s-db","db_service":"pg"}
{"event":"session.start","code":"T2000I","uid":"t19","time":"2026-10-06T20:04:00Z","user":"ann","login":"root","sid":"s-1","server_id":"h-1","server_hostname":"web-1","addr.remote":"198.51.100.7:9"}
{"event":"session.join","code":"T2001I","uid":"t20","time":"2026-10-06T20:04:10Z","user":"ben","login":"root","sid":"s-1","server_id":"h-1","addr.remote":"198.51.100.9:9"}
{"event":"session.leave","code":"T2003I","uid":"t21","time":"2026-10-06T20:04:20Z","user":"ben","sid":"s-1","server_id":"h-1"}
{"event":"session.command","code":"T4000I","uid":"t22","time":"2026-10-06T20:04:21Z","user":"ann","login":"root","sid":"s-1","server_id":"h-1","path":"/bin/cat","argv":["/etc/shadow"]}
{"event":"session.network","code":"T4002I","uid":"t23","time":"2026-10-06T20:04:22Z","user":"ann","login":"root","sid":"s-1","server_id":"h-1","dst_addr":"203.0.113.99","src_addr":"10.0.0.1"}
{"event":"scp","code":"T3004I","uid":"t24","time":"2026-10-06T20:04:23Z","user":"ann","login":"root","sid":"s-1","server_id":"h-1","path":"/x","action":"download"}
{"event":"exec","code":"T3002I","uid":"t25","time":"2026-10-06T20:04:24Z","user":"ann","login":"root","sid":"s-1","server_id":"h-1","command":"id"}
{"event":"session.recording.access","code":"T2012I","uid":"t26","time":"2026-10-06T21:00:00Z","user":"vic","sid":"s-1"}
{"event":"client.disconnect","code":"T3006I","uid":"t27","time":"2026-10-06T20:05:00Z","user":"ann","login":"root","sid":"s-1","server_id":"h-1","reason":"lock","addr.remote":"198.51.100.7:9"}
{"event":"session.end","code":"T2004I","uid":"t28","time":"2026-10-06T20:05:01Z","user":"ann","login":"root","sid":"s-1","server_id":"h-1","participants":["ann","ben"]}
{"event":"session.upload","code":"T2005I","uid":"t29","time":"2026-10-06T20:05:02Z","sid":"s-1"}
{"event":"session.rejected","code":"T1006W","uid":"t30","time":"2026-10-06T20:06:00Z","user":"ann","login":"root","server_id":"h-1","reason":"max_sessions","addr.remote":"198.51.100.7:9"}
{"event":"kube.request","code":"T3009I","uid":"t31","time":"2026-10-06T20:07:00Z","user":"ann","kubernetes_cluster":"k-1","response_code":200,"addr.remote":"198.51.100.7:9"}
{"event":"app.session.start","code":"T2007I","uid":"t32","time":"2026-10-06T20:08:00Z","user":"ann","sid":"s-app","app_name":"wiki","addr.remote":"198.51.100.7:9"}
{"event":"app.create","code":"TAP03I","uid":"t33","time":"2026-10-06T19:00:00Z","user":"ben","name":"wiki"}
{"event":"windows.desktop.session.start","code":"TDP00I","uid":"t34","time":"2026-10-06T20:09:00Z","user":"ann","sid":"s-win","desktop_name":"win-1","windows_user":"Administrator","desktop_addr":"192.0.2.200:3389","addr.remote":"198.51.100.7:9","success":true}
{"event":"desktop.directory.read","code":"TDP06I","uid":"t35","time":"2026-10-06T20:09:10Z","user":"ann","sid":"s-win","desktop_name":"win-1","desktop_addr":"192.0.2.200:3389","file_path":"a"}
{"event":"role.created","code":"T9000I","uid":"t36","time":"2026-10-06T19:10:00Z","user":"ben","name":"dba"}
{"event":"user.create","code":"T1002I","uid":"t37","time":"2026-10-06T19:11:00Z","user":"ben","name":"ann","roles":["dba"],"connector":"okta"}
{"event":"lock.created","code":"TLK00I","uid":"t38","time":"2026-10-06T22:00:00Z","user":"vic","updated_by":"vic","name":"l-1","target":{"role":"dba"}}
{"event":"lock.deleted","code":"TLK01I","uid":"t39","time":"2026-10-06T22:10:00Z","user":"vic","updated_by":"vic","name":"l-1"}
{"event":"access_list.create","code":"TAL001I","uid":"t40","time":"2026-10-06T19:20:00Z","updated_by":"ben","name":"list-1","access_list_title":"admins"}
{"event":"access_list.member.create","code":"TAL005I","uid":"t41","time":"2026-10-06T20:10:00Z","updated_by":"ann","access_list_name":"list-1","access_list_title":"admins","members":[{"member_name":"eve"}]}
{"event":"oidc.created","code":"T8100I","uid":"t42","time":"2026-10-06T19:30:00Z","user":"ben","name":"okta"}
{"event":"trusted_cluster.create","code":"T7000I","uid":"t43","time":"2026-10-06T20:11:00Z","user":"ann","name":"leaf.example.com"}
{"event":"static_host_user.create","code":"SHU001I","uid":"t44","time":"2026-10-06T20:12:00Z","user":"ann","name":"root"}
{"event":"user.password_change","code":"T1005I","uid":"t45","time":"2026-10-06T20:13:00Z","user":"ann"}
{"event":"session.data","code":"T2006I","uid":"t46","time":"2026-10-06T20:05:03Z","user":"ann","sid":"s-1","server_id":"h-1"}
`

func TestOf_answersForEveryKind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		who  string
		want map[string]int
	}{
		{"ann", map[string]int{
			"join_tokens": 1, "bots": 1, "mfa_devices": 2, "logins": 1, "devices": 1, "access_requests": 1, "certificates": 1, "databases": 1,
			"sessions": 1, "files": 2, "commands": 1, "kubernetes": 1, "apps": 1, "desktops": 1, "access_lists": 1, "clusters": 1, "passwords": 1,
			// 15 to 18, 22, 23, 27, 28, 30, 44 and 46.
			"other": 11,
		}},
		{"request:r-1", map[string]int{"people": 4, "access_requests": 2, "decisions": 1, "certificates": 1, "databases": 1}},
		{"token:tok-1", map[string]int{"people": 3, "joins": 2, "join_tokens": 1, "bots": 1}},
		{"bot:ci", map[string]int{"people": 3, "joins": 1, "bots": 1, "certificates": 1}},
		{"role:dba", map[string]int{"people": 5, "users": 1, "certificates": 1, "access_requests": 1, "roles": 1, "locks": 1}},
		{"role:deploy", map[string]int{"people": 1, "certificates": 1}},
		{"access_list:list-1", map[string]int{"people": 2, "access_lists": 1, "written": 1}},
		{"session:s-1", map[string]int{
			"people": 12, "joined": 2, "programs": 1, "network": 1, "ends": 4, "sessions": 1, "commands": 1, "files": 1, "recordings_viewed": 1,
		}},
		{"session:s-db", map[string]int{"people": 5, "sessions": 1, "statements": 2, "ends": 1, "databases": 1}},
		{"host:h-1", map[string]int{
			"people": 13, "joins": 1, "network": 1, "refused": 2, "sessions": 1, "commands": 1, "files": 1, "access_requests": 1,
		}},
		{"address:203.0.113.66", map[string]int{"people": 1, "refused": 1}},
		{"address:203.0.113.80", map[string]int{"people": 1, "joins": 1}},
		{"address:203.0.113.99", map[string]int{"people": 1, "reached": 1}},
		{"address:198.51.100.7", map[string]int{
			"people": 10, "refused": 1, "logins": 1, "certificates": 1, "sessions": 1, "databases": 1, "kubernetes": 1, "apps": 1, "desktops": 1,
			"mfa_devices": 1,
		}},
		{"mfa_device:m-1", map[string]int{"people": 3, "mfa_devices": 2, "logins": 1}},
		{"device:d-1", map[string]int{"people": 2, "devices": 1, "logins": 1}},
		{"database:pg", map[string]int{"people": 6, "databases": 1, "statements": 2, "accounts": 1, "certificates": 1}},
		{"kube_cluster:k-1", map[string]int{"people": 1, "kubernetes": 1}},
		{"app:wiki", map[string]int{"people": 2, "apps": 2}},
		{"desktop:win-1", map[string]int{"people": 2, "desktops": 1, "files": 1}},
		{"login:root", map[string]int{
			"people": 11, "refused": 2, "accounts": 1, "sessions": 1, "commands": 1, "files": 1,
		}},
		{"login:Administrator", map[string]int{"people": 1, "desktops": 1}},
		{"lock:l-1", map[string]int{"people": 2, "locks": 2}},
		{"connector:okta", map[string]int{"people": 2, "connectors": 1, "users": 1}},
		{"cluster:leaf.example.com", map[string]int{"people": 1, "clusters": 1}},
		{"certificate:t13", map[string]int{"people": 1, "certificates": 1}},
		{"certificate:t14", map[string]int{}},
		{"certificate:none", map[string]int{}},
	}
	kinds := map[investigations.Kind]bool{investigations.KindResource: true}
	for _, tt := range tests {
		t.Run(tt.who, func(t *testing.T) {
			t.Parallel()
			got := make(map[string]int)
			for _, c := range of(t, town, tt.who).Pivots {
				if c.Events > 0 {
					got[c.Key] = c.Events
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
		})
		if e, err := investigations.ParseEntity(tt.who); err == nil {
			kinds[e.Kind] = true
		}
	}
	for _, kind := range investigations.Kinds() {
		if !kinds[kind] {
			t.Errorf("no %s among the identities", kind)
		}
	}
}

func TestOf_answersWithWhomAndWhere(t *testing.T) {
	t.Parallel()
	tests := []struct{ who, key, want string }{
		{"token:tok-1", "joins", "host:h-1(web-1) subject t02 1, address:203.0.113.80 source t02 1, bot:ci actor t04 1, address:192.0.2.40 source t04 1, bot-ci actor t04 1"},
		{"bot:ci", "joins", "token:tok-1 via t04 1, address:192.0.2.40 source t04 1, bot-ci actor t04 1"},
		{"request:r-1", "decisions", "ben reviewer t12 1"},
		{"session:s-1", "joined", "address:198.51.100.9 source t20 1, ben actor t20 2"},
		{"session:s-1", "network", "address:203.0.113.99 target t23 1, ann actor t23 1"},
		{"session:s-1", "people", "ann actor t19 8, ben actor t20 3, vic actor t26 1"},
		{"host:h-1", "joins", "token:tok-1 via t02 1, address:203.0.113.80 source t02 1"},
		{"address:203.0.113.99", "reached", "host:h-1 target t23 1, session:s-1 target t23 1, ann actor t23 1"},
		{"access_list:list-1", "access_lists", "eve member t41 1, ann updater t41 1"},
		{"certificate:t13", "certificates", "role:dba via t13 1, request:r-1 via t13 1, address:198.51.100.7 source t13 1, database:pg target t13 1, ann actor t13 1"},
	}
	for _, tt := range tests {
		t.Run(tt.who+" "+tt.key, func(t *testing.T) {
			t.Parallel()
			c, _ := of(t, town, tt.who).Pivots.Get(tt.key)
			if got := leads(c.Entities); got != tt.want {
				t.Errorf("leads to\n%s, want\n%s", got, tt.want)
			}
		})
	}
}

func TestOf_everyKindHasTheKeysOfTheContract(t *testing.T) {
	t.Parallel()
	for _, kind := range investigations.Kinds() {
		r := of(t, town, "user:x")
		if kind != investigations.KindUser {
			r = of(t, town, kind.String()+":x")
		}
		seen := make(map[string]bool)
		for _, c := range r.Pivots {
			if seen[c.Key] {
				t.Errorf("%s: %s twice", kind, c.Key)
			}
			seen[c.Key] = true
		}
		for _, key := range pivot.Keys() {
			if !seen[key] {
				t.Errorf("%s lacks %s", kind, key)
			}
		}
	}
}

// TestOf_leavesNoEventOut counts, straight from the lines, how many events name
// an identity: of a user every one is in some category, of anything else all are
// under "who".
func TestOf_leavesNoEventOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		idx, err := pivottest.New(strings.Join(pivottest.Draw(rt, 60), "\n"))
		if err != nil {
			rt.Fatal(err)
		}
		naming := make(map[investigations.Entity]map[string]int)
		for _, ev := range idx.Events() {
			seen := make(map[investigations.Entity]bool)
			for _, v := range ev.Involved {
				if !seen[v.Entity] {
					seen[v.Entity] = true
					if naming[v.Entity] == nil {
						naming[v.Entity] = make(map[string]int)
					}
					naming[v.Entity][ev.Type]++
				}
			}
		}
		for e, types := range naming {
			r, err := pivot.Of(context.Background(), idx, e)
			if err != nil {
				rt.Fatal(err)
			}
			total := 0
			for _, n := range types {
				total += n
			}
			if e.Kind != investigations.KindUser {
				if c, _ := r.Pivots.Get("people"); c.Events != total {
					rt.Fatalf("%s: %d events, %d of them under who", e, total, c.Events)
				}
				continue
			}
			rest, _ := r.Pivots.Get("other")
			sum := 0
			for kind, n := range rest.Types {
				sum += n
				if n > types[kind] {
					rt.Fatalf("%s: %d other %s of %d", e, n, kind, types[kind])
				}
			}
			if sum != rest.Events {
				rt.Fatalf("%s: %d other events, %d by type", e, rest.Events, sum)
			}
			counted := 0
			for _, c := range r.Pivots {
				counted += c.Events
				if c.NamedIn != nil {
					counted += c.NamedIn.Events
				}
			}
			if counted < total {
				rt.Fatalf("%s: %d events, %d accounted for", e, total, counted)
			}
		}
	})
}

// before is what ann did before the incident of 2026-10-06T20:00 and in it.
const before = `
{"event":"user.login","code":"T1000I","uid":"b01","time":"2026-10-05T08:00:00Z","user":"ann","success":true,"addr.remote":"198.51.100.7:9"}
{"event":"user.login","code":"T1000I","uid":"b02","time":"2026-10-05T09:00:00Z","user":"ann","success":true,"addr.remote":"198.51.100.7:9"}
{"event":"user.login","code":"T1000W","uid":"b03","time":"2026-10-06T19:59:00Z","user":"ann","success":false,"addr.remote":"203.0.113.66:9"}
{"event":"user.login","code":"T1000I","uid":"b04","time":"2026-10-06T20:00:00Z","user":"ann","success":true,"addr.remote":"203.0.113.66:9"}
{"event":"user.login","code":"T1000I","uid":"b05","time":"2026-10-06T20:30:00Z","user":"ann","success":true,"addr.remote":"198.51.100.7:9"}
{"event":"user.login","code":"T1000I","uid":"b06","time":"2026-10-04T20:30:00Z","user":"ben","success":true,"addr.remote":"203.0.113.66:9"}
{"event":"access_request.create","code":"T5000I","uid":"b07","time":"2026-10-05T10:00:00Z","user":"ann","id":"r-0","roles":["root"],"state":"PENDING"}
{"event":"user.create","code":"T1002I","uid":"b08","time":"2026-10-05T10:01:00Z","user":"adm","name":"ann","roles":["root"]}
{"event":"cert.create","code":"TC000I","uid":"b09","time":"2026-10-06T20:01:00Z","identity":{"user":"ann","roles":["root","ops"],"client_ip":"203.0.113.66"}}
{"event":"cert.create","code":"TC000I","uid":"b10","time":"2026-10-05T10:02:00Z","identity":{"user":"ann","roles":["ops"],"client_ip":"198.51.100.7"}}
{"event":"session.start","code":"T2000I","uid":"b11","time":"2026-10-06T20:02:00Z","user":"ann","login":"root","sid":"s-1","server_id":"h-1","addr.remote":"203.0.113.66:9"}
{"event":"session.end","code":"T2004I","uid":"b12","time":"2026-10-03T10:00:00Z","user":"ann","login":"dev","sid":"s-0","server_id":"h-1"}
{"event":"exec","code":"T3002E","uid":"b13","time":"2026-10-05T11:00:00Z","user":"ann","login":"dev","server_id":"h-2","command":"grep x"}
{"event":"exec","code":"T3002I","uid":"b14","time":"2026-10-06T20:03:00Z","user":"ann","login":"root","server_id":"h-2","command":"id"}
{"event":"exec","code":"T3002I","uid":"b15","user":"ann","login":"nobody","server_id":"h-3","command":"id"}
{"event":"db.session.start","code":"TDB00W","uid":"b16","time":"2026-10-05T11:10:00Z","user":"ann","db_service":"pg","sid":"s-3","success":false}
{"event":"db.session.start","code":"TDB00I","uid":"b17","time":"2026-10-06T20:04:00Z","user":"ann","db_service":"pg","sid":"s-4","success":true}
`

func TestOfSince_saysWhatIsNew(t *testing.T) {
	t.Parallel()
	idx, err := pivottest.New(before)
	if err != nil {
		t.Fatal(err)
	}
	since := time.Date(2026, 10, 6, 20, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		who, key, want string
		new            int
	}{
		// A refused attempt before the moment is no use, and ben's is not ann's.
		{"ann", "logins", "address:198.51.100.7 known 2026-10-05T08:00:00Z last 2026-10-05T10:02:00Z, address:203.0.113.66 new", 1},
		// Having asked for a role, or having been given it, is not having held it.
		{"ann", "certificates", "address:198.51.100.7 known 2026-10-05T08:00:00Z last 2026-10-05T10:02:00Z, address:203.0.113.66 new, role:ops known 2026-10-05T10:02:00Z last 2026-10-05T10:02:00Z, role:root new", 2},
		// An event that no category counts, the end of a session, is a use too.
		{"ann", "sessions", "address:203.0.113.66 new, host:h-1 known 2026-10-03T10:00:00Z last 2026-10-03T10:00:00Z, login:root new, session:s-1", 2},
		// A command that failed ran. What has no time says nothing.
		{"ann", "commands", "host:h-2 known 2026-10-05T11:00:00Z last 2026-10-05T11:00:00Z, host:h-3, login:dev known 2026-10-03T10:00:00Z last 2026-10-05T11:00:00Z, login:nobody, login:root new", 1},
		{"ann", "databases", "database:pg new, session:s-3, session:s-4", 1},
		{"address:203.0.113.66", "logins", "ann new, ben known 2026-10-04T20:30:00Z last 2026-10-04T20:30:00Z", 1},
		{"role:root", "certificates", "address:203.0.113.66 new, ann new, role:ops new", 3},
		{"host:h-2", "commands", "ann known 2026-10-05T11:00:00Z last 2026-10-05T11:00:00Z, login:dev known 2026-10-05T11:00:00Z last 2026-10-05T11:00:00Z, login:root new", 1},
	} {
		e, err := investigations.ParseEntity(tt.who)
		if err != nil {
			t.Fatal(err)
		}
		r, err := pivot.OfSince(context.Background(), idx, e, since)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := r.Pivots.Get(tt.key)
		var out []string
		for _, l := range c.Entities {
			text := l.Entity.String()
			if !l.KnownSince.IsZero() {
				text += fmt.Sprintf(" known %s last %s", l.KnownSince.Format(time.RFC3339), l.LastBefore.Format(time.RFC3339))
			}
			if l.New {
				text += " new"
			}
			out = append(out, text)
		}
		slices.Sort(out)
		if got := strings.Join(out, ", "); got != tt.want || c.NewEntities != tt.new {
			t.Errorf("%s %s: %d new\n%s, want\n%s", tt.who, tt.key, c.NewEntities, got, tt.want)
		}
	}
}

func TestOf_withoutAMomentNothingIsNew(t *testing.T) {
	t.Parallel()
	for _, c := range of(t, before, "ann").Pivots {
		for _, l := range c.Entities {
			if l.New || !l.KnownSince.IsZero() || c.NewEntities != 0 {
				t.Errorf("%s leads to %+v", c.Key, l)
			}
		}
	}
}

func TestOf_saysWhatANameCannot(t *testing.T) {
	t.Parallel()
	const tokens = `
{"event":"join_token.create","uid":"a","time":"2026-10-06T20:00:00Z","user":"ann","name":"***9","cluster_name":"main.example.com"}
{"event":"join_token.create","uid":"b","time":"2026-10-06T20:01:00Z","user":"ann","name":"***9"}
{"event":"join_token.create","uid":"c","time":"2026-10-06T20:02:00Z","user":"ann","name":"***8"}
{"event":"trusted_cluster.create","uid":"d","time":"2026-10-06T20:03:00Z","user":"ann","name":"main.example.com"}`
	for _, tt := range []struct{ who, key, want string }{
		{"token:***9", "join_tokens", "2 tokens look like this one, because the server hides most of their names"},
		{"token:***8", "join_tokens", ""},
		{"ann", "join_tokens", ""},
		{"cluster:main.example.com", "clusters", "what happened inside this cluster is not listed under its name: the filter text:main.example.com shows it"},
		{"cluster:leaf.example.com", "clusters", ""},
	} {
		c, _ := of(t, tokens, tt.who).Pivots.Get(tt.key)
		if c.Note != tt.want {
			t.Errorf("%s %s: %q", tt.who, tt.key, c.Note)
		}
	}
	for _, c := range of(t, incident, "request:r-1").Pivots {
		if c.Key == "people" && len(c.Flags) > 0 {
			t.Errorf("who has the flags of others: %v", c.Flags)
		}
	}
}
