package pivot_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/pivot"
	"cordon/investigations/pivot/pivottest"
)

// incident is a small take-over of ann's account, with two decoys: ben's own
// work, and an admin who made ann.
const incident = `
{"event":"user.create","code":"T1002I","uid":"u01","time":"2026-10-05T10:00:00Z","user":"admin","name":"ann","roles":["ops"]}
{"event":"user.login","code":"T1000I","uid":"u02","time":"2026-10-05T10:01:00Z","user":"ann","success":true,"addr.remote":"198.51.100.7:5001"}
{"event":"user.login","code":"T1000W","uid":"u03","time":"2026-10-06T22:03:01Z","user":"ann","success":false,"addr.remote":"203.0.113.66:5001"}
{"event":"user.login","code":"T1000I","uid":"u04","time":"2026-10-06T22:03:02Z","user":"ann","success":true,"addr.remote":"203.0.113.66:5002"}
{"event":"mfa.add","code":"T1006I","uid":"u06","time":"2026-10-06T22:03:03Z","user":"ann","mfa_device_uuid":"d-1","mfa_device_name":"burner"}
{"event":"mfa.add","code":"T1006I","uid":"u05","time":"2026-10-06T22:03:03Z","user":"ann","mfa_device_uuid":"d-1","mfa_device_name":"burner"}
{"event":"access_request.create","code":"T5000I","uid":"u07","time":"2026-10-06T22:03:04Z","user":"ann","id":"r-1","roles":["prod-root"],"state":"PENDING"}
{"event":"access_request.review","code":"T5002I","uid":"u08","time":"2026-10-06T22:03:05Z","reviewer":"ann","id":"r-1","state":"APPROVED","proposed_state":"APPROVED"}
{"event":"access_request.update","code":"T5001I","uid":"u09","time":"2026-10-06T22:03:05Z","updated_by":"ann","id":"r-1","state":"APPROVED"}
{"event":"cert.create","code":"TC000I","uid":"u10","time":"2026-10-06T22:03:06Z","identity":{"user":"ann","roles":["ops","prod-root"],"access_requests":["r-1"]}}
{"event":"user.create","code":"T1002I","uid":"u11","time":"2026-10-06T22:03:07Z","user":"ann","updated_by":"ann","name":"helper","roles":["ops"]}
{"event":"user.update","code":"T1003I","uid":"u12","time":"2026-10-06T22:03:08Z","updated_by":"ann","name":"helper","roles":["ops","prod-root"]}
{"event":"access_list.member.create","code":"TAL005I","uid":"u13","time":"2026-10-06T22:03:09Z","updated_by":"ann","name":"x","access_list_name":"l-1","access_list_title":"admins","members":[{"member_name":"helper"}],"success":true}
{"event":"access_list.member.delete_all_members","code":"TAL008I","uid":"u14","time":"2026-10-06T22:03:10Z","updated_by":"ann","access_list_name":"l-1","success":true}
{"event":"session.start","code":"T2000I","uid":"u15","time":"2026-10-06T22:03:11Z","user":"ann","login":"root","sid":"s-1","server_id":"h-1","server_hostname":"web-1","addr.remote":"203.0.113.66:5003","access_requests":["r-1"]}
{"event":"exec","code":"T3002I","uid":"u16","time":"2026-10-06T22:03:12Z","user":"ann","login":"root","server_id":"h-1","server_hostname":"web-1","command":"id"}
{"event":"exec","code":"T3002I","uid":"u17","time":"2026-10-06T22:03:13Z","user":"ann","proto":"kube","kubernetes_cluster":"k-1","command":"sh"}
{"event":"kube.request","code":"T3009I","uid":"u18","time":"2026-10-06T22:03:14Z","user":"ann","kubernetes_cluster":"k-1","server_id":"h-2"}
{"event":"scp","code":"T3004I","uid":"u19","time":"2026-10-06T22:03:15Z","user":"ann","path":"/etc/shadow","action":"download"}
{"event":"cert.create","code":"TC000I","uid":"u20","time":"2026-10-06T22:03:16Z","identity":{"user":"ben","impersonator":"ann","roles":["ops"]}}
{"event":"session.start","code":"T2000I","uid":"u21","time":"2026-10-06T22:03:17Z","user":"ben","impersonator":"ann","login":"deploy","sid":"s-2"}
{"event":"exec","code":"T3002I","uid":"u22","time":"2026-10-06T22:03:18Z","user":"ben","login":"deploy","command":"uptime"}
{"event":"lock.created","code":"TLK00I","uid":"u23","time":"2026-10-06T22:03:40Z","user":"vic","updated_by":"vic","name":"k-9","target":{"user":"ann"}}
{"event":"user.create","code":"T1002I","uid":"u24","time":"2026-10-06T22:04:00Z","user":"ben","name":"ben","roles":["ops"]}
{"event":"db.session.start","code":"TDB00W","uid":"u25","time":"2026-10-06T22:04:01Z","user":"ann","db_service":"pg","sid":"s-3","success":false}
{"event":"brand.new","uid":"u26","time":"2026-10-06T22:04:02Z","user":"ann"}
`

func of(t *testing.T, log, who string) *pivot.Report {
	t.Helper()
	idx, err := pivottest.New(log)
	if err != nil {
		t.Fatal(err)
	}
	e, err := investigations.ParseEntity(who)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pivot.Of(context.Background(), idx, e)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// counts lists the categories that are not empty, but for the rest.
func counts(r *pivot.Report) map[string]int {
	out := make(map[string]int)
	for _, c := range r.Pivots {
		if c.Events > 0 && c.Key != "other" {
			out[c.Key] = c.Events
		}
	}
	return out
}

func TestOf_countsWhatTheIdentityDid(t *testing.T) {
	t.Parallel()
	tests := []struct {
		who  string
		want map[string]int
	}{
		{"ann", map[string]int{
			"logins": 3, "access_requests": 2, "users": 2, "certificates": 1, "access_lists": 2, "sessions": 1,
			"commands": 2, "mfa_devices": 2, "kubernetes": 2, "files": 1, "impersonations": 2, "databases": 1,
		}},
		{"ben", map[string]int{"certificates": 1, "sessions": 1, "commands": 1, "users": 1}},
		{"vic", map[string]int{"locks": 1}},
		{"admin", map[string]int{"users": 1}},
		{"helper", map[string]int{}},
		{"nobody", map[string]int{}},
		{"address:203.0.113.66", map[string]int{"people": 3, "logins": 2, "sessions": 1}},
		{"role:ops", map[string]int{"people": 6, "users": 4, "certificates": 2, "impersonations": 1}},
		{"role:prod-root", map[string]int{"people": 3, "access_requests": 1, "users": 1, "certificates": 1}},
		{"request:r-1", map[string]int{"people": 5, "access_requests": 2, "decisions": 2, "certificates": 1, "sessions": 1}},
		{"kube_cluster:k-1", map[string]int{"people": 2, "commands": 1, "kubernetes": 2}},
		{"lock:k-9", map[string]int{"people": 1, "locks": 1}},
		{"mfa_device:d-1", map[string]int{"people": 2, "mfa_devices": 2}},
		{"session:s-2", map[string]int{"people": 1, "sessions": 1, "impersonations": 1}},
		{"host:h-1", map[string]int{"people": 2, "sessions": 1, "commands": 1}},
	}
	for _, tt := range tests {
		t.Run(tt.who, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, counts(of(t, incident, tt.who))); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOf_leadsOn(t *testing.T) {
	t.Parallel()
	tests := []struct{ who, key, want string }{
		{"ann", "logins", "address:198.51.100.7 source u02 1, address:203.0.113.66 source u03 2"},
		{"ann", "access_requests", "request:r-1 subject u07 2, role:prod-root target u07 1"},
		{"ann", "users", "helper subject u11 2, role:ops target u11 2, role:prod-root target u12 1"},
		{"ann", "certificates", "role:ops via u10 1, role:prod-root via u10 1, request:r-1 via u10 1"},
		{"ann", "access_lists", "access_list:l-1(admins) target u13 2, helper member u13 1"},
		{"ann", "sessions", "session:s-1 target u15 1, host:h-1(web-1) target u15 1, login:root target u15 1, address:203.0.113.66 source u15 1, request:r-1 via u15 1"},
		{"ann", "impersonations", "ben actor u20 2, role:ops via u20 1, login:deploy target u21 1, session:s-2 target u21 1"},
		// Logged twice in the same millisecond: the first by uid shows it.
		{"ann", "mfa_devices", "mfa_device:d-1(burner) subject u05 2"},
		{"ann", "kubernetes", "kube_cluster:k-1 target u17 2"},
		{"vic", "locks", "lock:k-9 subject u23 1, ann subject u23 1"},
		// Anything but a user leads to the people behind it.
		{"address:203.0.113.66", "logins", "ann actor u03 2"},
		{"request:r-1", "access_requests", "role:prod-root target u07 1, ann actor u07 2"},
	}
	for _, tt := range tests {
		t.Run(tt.who+" "+tt.key, func(t *testing.T) {
			t.Parallel()
			c, ok := of(t, incident, tt.who).Pivots.Get(tt.key)
			if !ok {
				t.Fatalf("no category %s", tt.key)
			}
			if got := leads(c.Entities); got != tt.want {
				t.Errorf("leads to\n%s, want\n%s", got, tt.want)
			}
		})
	}
}

func leads(list []pivot.Lead) string {
	var out []string
	for _, l := range list {
		label := ""
		if l.Label != "" {
			label = "(" + l.Label + ")"
		}
		count, _ := json.Marshal(l.Count)
		out = append(out, l.Entity.String()+label+" "+l.Role.String()+" "+l.Event+" "+string(count))
	}
	return strings.Join(out, ", ")
}

func TestOf_flagsFacts(t *testing.T) {
	t.Parallel()
	type fact struct {
		Kind   pivot.FlagKind
		Entity string
		Count  int
		Event  string
	}
	tests := []struct {
		who, key string
		want     []fact
	}{
		{"ann", "logins", []fact{{pivot.FlagFailed, "", 1, "u03"}}},
		{"ann", "databases", []fact{{pivot.FlagFailed, "", 1, "u25"}}},
		{"ann", "access_requests", []fact{{pivot.FlagSelfApproved, "request:r-1", 2, "u08"}}},
		{"request:r-1", "access_requests", []fact{{pivot.FlagSelfApproved, "request:r-1", 2, "u08"}}},
		{"ann", "locks", []fact{{pivot.FlagLocked, "lock:k-9", 1, "u23"}}},
		{"vic", "locks", nil},
		{"ben", "users", []fact{{pivot.FlagNoActor, "ben", 1, "u24"}}},
		{"ann", "users", nil},
	}
	for _, tt := range tests {
		t.Run(tt.who+" "+tt.key, func(t *testing.T) {
			t.Parallel()
			c, _ := of(t, incident, tt.who).Pivots.Get(tt.key)
			var got []fact
			for _, f := range c.Flags {
				g := fact{f.Kind, "", f.Count, f.Event}
				if f.Entity != nil {
					g.Entity = f.Entity.String()
				}
				got = append(got, g)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("flags (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOf_deniedOwnRequestIsNotSelfApproved(t *testing.T) {
	t.Parallel()
	const log = `{"event":"access_request.create","uid":"a","user":"ann","id":"r"}
{"event":"access_request.review","code":"T5002I","uid":"b","reviewer":"ann","id":"r","state":"DENIED","proposed_state":"DENIED"}`
	c, _ := of(t, log, "ann").Pivots.Get("access_requests")
	if len(c.Flags) != 0 {
		t.Errorf("flags %v, want none", c.Flags)
	}
}

func TestOf_namesWhatWasDoneToTheIdentity(t *testing.T) {
	t.Parallel()
	r := of(t, incident, "ann")
	for _, tt := range []struct{ key, want string }{
		{"users", "admin actor u01 1, role:ops target u01 1"},
		{"locks", "lock:k-9 subject u23 1, vic actor u23 1"},
		{"sessions", "session:s-2 target u21 1, login:deploy target u21 1, ben actor u21 1"},
	} {
		c, _ := r.Pivots.Get(tt.key)
		if c.NamedIn == nil {
			t.Errorf("%s: named in nothing", tt.key)
			continue
		}
		got := strings.Split(leads(c.NamedIn.Entities), ", ")
		want := strings.Split(tt.want, ", ")
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: named in (-want +got):\n%s", tt.key, diff)
		}
	}
}

func TestOf_saysWhatIsNotLogged(t *testing.T) {
	t.Parallel()
	const login = `{"event":"user.login","user":"ann"}`
	const nameless = login + "\n" + `{"event":"join_token.create","user":"ann","roles":["Node"]}`
	const named = login + "\n" + `{"event":"join_token.create","user":"ann","name":"***1"}`
	tests := []struct {
		name, log  string
		major      int
		unlogged   bool
		mustRemark bool
	}{
		{"a version that does not log it", login, 12, true, true},
		{"a version that does", login, 16, false, false},
		{"no version known", login, 0, false, true},
		{"an event says more than the version", named, 12, false, false},
		{"so does another's event", login + "\n" + `{"event":"join_token.create","user":"ben","name":"***1"}`, 12, false, false},
		{"the event has no name", nameless, 14, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			idx, err := pivottest.New(tt.log)
			if err != nil {
				t.Fatal(err)
			}
			idx.Claim(tt.major)
			r, err := pivot.Of(context.Background(), idx, investigations.Entity{Kind: investigations.KindUser, Name: "ann"})
			if err != nil {
				t.Fatal(err)
			}
			c, _ := r.Pivots.Get("join_tokens")
			if got := c.Logged != nil && !*c.Logged; got != tt.unlogged {
				t.Errorf("not logged = %v, want %v", got, tt.unlogged)
			}
			if got := c.Note != ""; got != tt.mustRemark {
				t.Errorf("note %q", c.Note)
			}
		})
	}
}

func TestReport_marshalsAsTheContractSays(t *testing.T) {
	t.Parallel()
	const log = `{"event":"user.login","code":"T1000I","uid":"u1","time":"2026-10-06T22:03:05.1Z","user":"ann","success":true,"addr.remote":"192.0.2.7:1"}`
	b, err := json.Marshal(of(t, log, "ann"))
	if err != nil {
		t.Fatal(err)
	}
	const empty = `{"events":0,"first":null,"last":null,"entities":[]}`
	want := `{"identity":"ann","coverage":{"from":"2026-10-06T22:03:05.1Z","to":"2026-10-06T22:03:05.1Z","events":1,"sources":1,"gaps":[]},"pivots":{` +
		`"logins":{"events":1,"first":"2026-10-06T22:03:05.1Z","last":"2026-10-06T22:03:05.1Z","entities":[{"kind":"address","name":"192.0.2.7","role":"source","event":"u1","count":1,"first":"2026-10-06T22:03:05.1Z","last":"2026-10-06T22:03:05.1Z"}]}`
	for _, key := range pivot.Keys()[1:] {
		value := empty
		if key == "join_tokens" {
			value = strings.TrimSuffix(empty, "}") + `,"note":"versions before 13 do not log them, and this evidence names no version"}`
		}
		want += `,"` + key + `":` + value
	}
	want += `,"other":` + empty + "}}"
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func TestKeys_areThoseOfTheContract(t *testing.T) {
	t.Parallel()
	want := strings.Fields(`access_lists access_requests apps bots certificates clusters commands connectors databases desktops devices
		files impersonations join_tokens kubernetes locks logins mfa_devices passwords recordings_viewed roles sessions users`)
	got := pivot.Keys()
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

// line is an event as the naive count reads it: nothing of the table.
type line struct {
	Event, User, Name, Reviewer, Impersonator string
	UpdatedBy                                 string `json:"updated_by"`
	UserName                                  string `json:"user_name"`
	KubeCluster                               string `json:"kubernetes_cluster"`
	Identity                                  struct{ User, Impersonator string }
}

// naive counts by the words of the contract, apart from the table.
func naive(log, x string) map[string]int {
	out := make(map[string]int)
	for text := range strings.Lines(log) {
		var l line
		if json.Unmarshal([]byte(text), &l) != nil {
			continue
		}
		by := l.User == x
		wrote := by || l.UpdatedBy == x
		for key, yes := range map[string]bool{
			"logins":            l.Event == "user.login" && by,
			"access_requests":   l.Event == "access_request.create" && by || l.Event == "access_request.review" && (by || l.Reviewer == x),
			"join_tokens":       l.Event == "join_token.create" && by,
			"users":             (l.Event == "user.create" || l.Event == "user.update") && wrote,
			"certificates":      l.Event == "cert.create" && l.Identity.User == x,
			"access_lists":      strings.HasPrefix(l.Event, "access_list.member.") && l.UpdatedBy == x,
			"sessions":          l.Event == "session.start" && by,
			"commands":          l.Event == "exec" && by,
			"bots":              strings.HasPrefix(l.Event, "bot.") && (wrote || l.UserName == x),
			"passwords":         l.Event == "reset_password_token.create" && wrote,
			"roles":             strings.HasPrefix(l.Event, "role.") && wrote,
			"locks":             strings.HasPrefix(l.Event, "lock.") && wrote,
			"mfa_devices":       strings.HasPrefix(l.Event, "mfa.") && by,
			"databases":         l.Event == "db.session.start" && by,
			"kubernetes":        l.Event == "kube.request" && by || (l.Event == "exec" || l.Event == "session.start") && by && l.KubeCluster != "",
			"apps":              strings.HasPrefix(l.Event, "app.session.") && by,
			"files":             (l.Event == "scp" || l.Event == "sftp") && by,
			"connectors":        l.Event == "saml.updated" && wrote,
			"recordings_viewed": l.Event == "session.recording.access" && by,
			"impersonations":    l.Impersonator == x || l.Identity.Impersonator == x,
		} {
			if yes {
				out[key]++
			}
		}
	}
	return out
}

func TestOf_agreesWithANaiveCount(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"ann", "ben", "vic", "admin", "helper", "nobody"} {
		if diff := cmp.Diff(naive(incident, who), counts(of(t, incident, who))); diff != "" {
			t.Errorf("%s (-naive +got):\n%s", who, diff)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		log := strings.Join(pivottest.Draw(rt, 60), "\n")
		for _, who := range pivottest.Users {
			if diff := cmp.Diff(naive(log, who), counts(of(t, log, who))); diff != "" {
				rt.Fatalf("%s (-naive +got):\n%s", who, diff)
			}
		}
	})
}

func TestOf_doesNotDependOnTheOrderOfLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		lines := pivottest.Draw(rt, 40)
		shuffled := rapid.Permutation(lines).Draw(rt, "shuffled")
		for _, who := range []string{"ann", "role:ops", "request:req-1", "token:***1"} {
			a, err := json.Marshal(of(t, strings.Join(lines, "\n"), who))
			if err != nil {
				rt.Fatal(err)
			}
			b, err := json.Marshal(of(t, strings.Join(shuffled, "\n"), who))
			if err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(string(a), string(b)); diff != "" {
				rt.Fatalf("%s (-one order +another):\n%s", who, diff)
			}
		}
	})
}

func TestOf_isConsistent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		idx, err := pivottest.New(strings.Join(pivottest.Draw(rt, 60), "\n"))
		if err != nil {
			rt.Fatal(err)
		}
		for _, e := range idx.Entities() {
			r, err := pivot.Of(context.Background(), idx, e)
			if err != nil {
				rt.Fatal(err)
			}
			for _, c := range r.Pivots {
				seen := make(map[investigations.Entity]bool)
				for _, l := range c.Entities {
					if l.Entity == e || seen[l.Entity] || l.Count < 1 || l.Count > c.Events || l.Event == "" ||
						l.First.After(l.Last) || l.Last.After(c.Last) {
						rt.Fatalf("%s: %s leads to %+v of %d events", e, c.Key, l, c.Events)
					}
					seen[l.Entity] = true
				}
			}
		}
	})
}

func TestOf_stopsWhenCancelled(t *testing.T) {
	t.Parallel()
	idx, err := pivottest.New(incident)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := pivot.Of(ctx, idx, investigations.Entity{Kind: investigations.KindUser, Name: "ann"}); err == nil {
		t.Error("no error, want that of the context")
	}
}
