package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"cordon/playback/recording"
	"cordon/testdata/demo"
)

const demoDir = "../../testdata/demo"

// truth is the part of truth.yaml that these tests compare.
type truth struct {
	Cluster     string   `yaml:"cluster"`
	Days        []string `yaml:"days"`
	T0          string   `yaml:"t0"`
	Compromised string   `yaml:"compromised"`
	Hostile     struct {
		Address   string `yaml:"address"`
		FirstSeen string `yaml:"first_seen"`
		LootHost  string `yaml:"loot_host"`
	} `yaml:"hostile"`
	Owners  map[string]string `yaml:"owner_addresses"`
	Tainted []struct {
		Kind, Name, Since string
	} `yaml:"tainted"`
	Created   []happened `yaml:"created"`
	ListEdits []happened `yaml:"list_edits"`
	Decoys    []happened `yaml:"decoys"`
	Sessions  []struct {
		Sid, User, Login, Host, Start string
		End, Recording                bool
	} `yaml:"sessions"`
	FilesOut []struct {
		Path, Host, By, Event string
		Bytes                 float64
	} `yaml:"files_out"`
	Pivots         map[string]map[string]int `yaml:"pivots"`
	MorePivots     map[string]map[string]typedCount
	Impersonations map[string]int `yaml:"impersonations"`
	Locks          int            `yaml:"locks"`
	LastEvent      happened       `yaml:"last_event"`
	Events         struct {
		AtLeast int `yaml:"at_least"`
		AtMost  int `yaml:"at_most"`
	} `yaml:"events"`
}

type typedCount struct {
	Types  []string
	Events int
}

// happened is one act, as far as an entry of the truth names it.
type happened struct {
	Name, List, Member, By, User, Host, Event, At string
}

// object is one line of the log, undecoded by anything of cordon's.
type object map[string]any

func (o object) text(key string) string { s, _ := o[key].(string); return s }

func (o object) inner(key, field string) string {
	m, _ := o[key].(map[string]any)
	s, _ := m[field].(string)
	return s
}

func readTruth(t *testing.T) truth {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(demoDir, "truth.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var out truth
	if err := yaml.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	var more struct {
		More map[string]map[string]typedCount `yaml:"more_pivots"`
	}
	if err := yaml.Unmarshal(b, &more); err != nil {
		t.Fatal(err)
	}
	out.MorePivots = more.More
	return out
}

// unpack undoes a day file's compression with the name as the only hint.
func unpack(t *testing.T, name string, b []byte) []byte {
	t.Helper()
	var r io.Reader
	var err error
	if strings.HasSuffix(name, ".gz") {
		r, err = gzip.NewReader(bytes.NewReader(b))
	} else {
		r, err = zstd.NewReader(bytes.NewReader(b))
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

// demoLog reads the embedded log, oldest first.
func demoLog(t *testing.T) []object {
	t.Helper()
	var out []object
	entries, err := demo.FS.ReadDir("audit")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := demo.FS.ReadFile("audit/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range bytes.Split(bytes.TrimSuffix(unpack(t, e.Name(), b), []byte("\n")), []byte("\n")) {
			var o object
			if err := json.Unmarshal(line, &o); err != nil {
				t.Fatalf("%s: %v in %s", e.Name(), err, line)
			}
			if day := o.text("time")[:10]; !strings.HasPrefix(e.Name(), day) {
				t.Errorf("%s holds an event of %s", e.Name(), day)
			}
			out = append(out, o)
		}
	}
	return out
}

// pivotsOf names the pivots that an event counts for, for the identity x, with
// the words of the design and nothing of cordon's table.
func pivotsOf(o object, x string) []string {
	var out []string
	add := func(key string, yes bool) {
		if yes {
			out = append(out, key)
		}
	}
	user := o.text("user") == x
	switch event := o.text("event"); event {
	case "user.login":
		add("logins", user)
	case "access_request.create":
		add("access_requests", user)
	case "access_request.review":
		add("access_requests", user || o.text("reviewer") == x)
	case "join_token.create":
		add("join_tokens", user)
	case "user.create", "user.update":
		add("users", user || o.text("updated_by") == x)
	case "cert.create":
		add("certificates", o.inner("identity", "user") == x)
	case "session.start":
		add("sessions", user)
	case "exec":
		add("commands", user)
	default:
		add("access_lists", strings.HasPrefix(event, "access_list.member.") && o.text("updated_by") == x)
	}
	return out
}

func TestDemo_pivotsAreTheTruth(t *testing.T) {
	t.Parallel()
	want, log := readTruth(t), demoLog(t)
	for who, pivots := range want.Pivots {
		got := map[string]int{}
		for key := range pivots {
			got[key] = 0
		}
		for _, o := range log {
			for _, key := range pivotsOf(o, who) {
				got[key]++
			}
		}
		if diff := cmp.Diff(pivots, got); diff != "" {
			t.Errorf("%s: truth and log differ (-truth +log):\n%s", who, diff)
		}
	}
	for who, pivots := range want.MorePivots {
		for key, p := range pivots {
			got := 0
			for _, o := range log {
				for _, kind := range p.Types {
					if o.text("event") == kind && o.text("user") == who {
						got++
					}
				}
			}
			if got != p.Events {
				t.Errorf("%s %s: the log has %d, the truth %d", who, key, got, p.Events)
			}
		}
	}
	for who, n := range want.Impersonations {
		got := 0
		for _, o := range log {
			if o.text("impersonator") == who || o.inner("identity", "impersonator") == who {
				got++
			}
		}
		if got != n {
			t.Errorf("%s impersonates in %d events, the truth says %d", who, got, n)
		}
	}
}

// agrees says whether an event is the act that an entry of the truth names.
func (h happened) agrees(o object) bool {
	by := h.By
	if by == "" {
		by = h.User
	}
	actor := o.text("user") == by || o.text("updated_by") == by || o.text("reviewer") == by
	return o.text("event") == h.Event && o.text("time") == trimTime(h.At) && actor
}

// trimTime spells a moment as Go's JSON does, without zeros at the end.
func trimTime(s string) string {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return "not a time: " + s
	}
	return t.Format(time.RFC3339Nano)
}

func TestDemo_actsAreInTheLog(t *testing.T) {
	t.Parallel()
	want, log := readTruth(t), demoLog(t)
	acts := append(append(append([]happened{}, want.Created...), want.ListEdits...), want.Decoys...)
	for _, h := range append(acts, want.LastEvent) {
		if h.Event == "" {
			continue
		}
		found := false
		for _, o := range log {
			if h.agrees(o) {
				found = true
				whole, _ := json.Marshal(o)
				for _, part := range []string{h.Name, h.List, h.Member, h.Host} {
					if !bytes.Contains(whole, []byte(part)) {
						t.Errorf("%s at %s does not name %q", h.Event, h.At, part)
					}
				}
			}
		}
		if !found {
			t.Errorf("no %s by %s at %s in the log", h.Event, h.By, h.At)
		}
	}
	for _, f := range want.FilesOut {
		found := false
		for _, o := range log {
			found = found || o.text("event") == f.Event && o.text("path") == f.Path && o.text("user") == f.By && o.text("server_hostname") == f.Host
		}
		if !found {
			t.Errorf("no %s of %s", f.Event, f.Path)
		}
	}
	last := log[len(log)-1]
	if last.text("event") != "session.start" || last.text("sid") != demo.SessionRunning {
		t.Errorf("the last event is %s of %s, want the running session's start", last.text("event"), last.text("sid"))
	}
	if n := len(log); n < want.Events.AtLeast || n > want.Events.AtMost {
		t.Errorf("%d events, the truth wants %d to %d", n, want.Events.AtLeast, want.Events.AtMost)
	}
}

func TestDemo_hands(t *testing.T) {
	t.Parallel()
	want, log := readTruth(t), demoLog(t)
	staff, docs := netip.MustParsePrefix("198.51.100.0/24"), []netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32"),
	}
	firstHostile, firstIn := "", ""
	previous := ""
	for _, o := range log {
		when := o.text("time")
		at, err := time.Parse(time.RFC3339Nano, when)
		if err != nil {
			t.Fatal(err)
		}
		if stamp := at.Format("2006-01-02T15:04:05.000Z"); stamp < previous {
			t.Errorf("%s comes after %s", stamp, previous)
		} else {
			previous = stamp
		}
		if strings.HasPrefix(o.text("event"), "lock.") {
			t.Errorf("a lock at %s; nobody has acted yet", when)
		}
		if o.text("cluster_name") != want.Cluster {
			t.Errorf("event of cluster %q", o.text("cluster_name"))
		}
		for _, key := range []string{"addr.remote", "addr.local", "server_addr"} {
			addr := address(o.text(key))
			if !addr.IsValid() {
				continue
			}
			documented := false
			for _, p := range docs {
				documented = documented || p.Contains(addr)
			}
			if !documented {
				t.Errorf("%s %s is no documentation address", key, addr)
			}
			if key != "addr.remote" || o.text("user") == "" {
				continue
			}
			hostile := addr.String() == want.Hostile.Address
			if hostile && firstHostile == "" {
				firstHostile = when
			}
			if hostile && firstIn == "" && o["success"] == true {
				firstIn = when
			}
			if own := want.Owners[o.text("user")]; own != "" && !hostile && addr.String() != own {
				t.Errorf("%s acts from %s", o.text("user"), addr)
			}
			if hostile && staff.Contains(addr) {
				t.Errorf("hostile act from a staff address %s", addr)
			}
		}
	}
	if firstHostile != trimTime(want.Hostile.FirstSeen) {
		t.Errorf("hostile address first seen %s, truth %s", firstHostile, want.Hostile.FirstSeen)
	}
	if firstIn != trimTime(want.T0) || !demo.T0().Equal(mustTime(t, want.T0)) {
		t.Errorf("first hostile log-in %s, T0 %s, truth %s", firstIn, demo.T0(), want.T0)
	}
	if want.Compromised != demo.Compromised || want.Hostile.Address != demo.HostileAddress || want.Cluster != demo.Cluster {
		t.Error("the constants of package demo differ from the truth")
	}
}

// address parses ip:port or a bare IP.
func address(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr()
	}
	a, _ := netip.ParseAddr(s)
	return a
}

func mustTime(t *testing.T, s string) time.Time {
	t.Helper()
	out, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDemo_sessions(t *testing.T) {
	t.Parallel()
	want, log := readTruth(t), demoLog(t)
	recordings := 0
	for _, s := range want.Sessions {
		seen := map[string]object{}
		for _, o := range log {
			if o.text("sid") == s.Sid && o.text("user") == s.User {
				seen[o.text("event")] = o
			}
		}
		start, end := seen["session.start"], seen["session.end"]
		got := []string{start.text("user"), start.text("login"), start.text("server_hostname"), start.text("time")}
		if diff := cmp.Diff([]string{s.User, s.Login, s.Host, trimTime(s.Start)}, got); diff != "" {
			t.Errorf("session %s (-truth +log):\n%s", s.Sid, diff)
		}
		if (end != nil) != s.End {
			t.Errorf("session %s: end in the log %t, truth %t", s.Sid, end != nil, s.End)
		}
		b, err := demo.FS.ReadFile("recordings/" + s.Sid + ".tar")
		if (err == nil) != s.Recording {
			t.Errorf("session %s: recording %t, truth %t", s.Sid, err == nil, s.Recording)
		}
		if err != nil {
			continue
		}
		recordings++
		checkRecording(t, b, start, end)
	}
	entries, err := demo.FS.ReadDir("recordings")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != recordings {
		t.Errorf("%d recordings, the truth has %d", len(entries), recordings)
	}
}

// checkRecording compares a recording with the log's start and end.
func checkRecording(t *testing.T, b []byte, start, end object) {
	t.Helper()
	if len(b) > 60<<10 {
		t.Errorf("recording of %s is %d bytes", start.text("sid"), len(b))
	}
	rec, err := recording.Load(context.Background(), bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if rec.Meta.SessionID != start.text("sid") || rec.Meta.Host != start.text("server_hostname") || rec.Meta.User != start.text("user") {
		t.Errorf("recording says %s of %s on %s", rec.Meta.SessionID, rec.Meta.User, rec.Meta.Host)
	}
	if !rec.Meta.Start.Equal(mustTime(t, start.text("time"))) {
		t.Errorf("recording starts at %s, the log says %s", rec.Meta.Start, start.text("time"))
	}
	if rec.Meta.Ended != (end != nil) {
		t.Errorf("recording %s ended: %t, log: %t", rec.Meta.SessionID, rec.Meta.Ended, end != nil)
	}
	for _, p := range rec.Problems {
		if p.Kind != recording.ProblemNoEnd || end != nil {
			t.Errorf("recording %s: %v", rec.Meta.SessionID, p)
		}
	}
	if end != nil && !rec.Meta.End.Equal(mustTime(t, end.text("time"))) {
		t.Errorf("recording ends at %s, the log says %s", rec.Meta.End, end.text("time"))
	}
	var out []byte
	for _, f := range rec.Frames {
		out = append(out, f.Data...)
	}
	for _, machine := range []string{"/tmp/", os.TempDir(), "2026-11-21"} {
		if bytes.Contains(out, []byte(machine)) {
			t.Errorf("recording %s shows %q of the machine it was made on", rec.Meta.SessionID, machine)
		}
	}
}

// TestDemo_regenerates compares the committed files with a fresh run. Where
// another version of the compressor spells the same content differently, the
// content decides.
func TestDemo_regenerates(t *testing.T) {
	t.Parallel()
	casts, err := readCasts(filepath.Join(demoDir, "capture"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := buildDemo(casts)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for name, fresh := range files {
		got = append(got, name)
		b, err := os.ReadFile(filepath.Join(demoDir, filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
			continue
		}
		if bytes.Equal(b, fresh) {
			continue
		}
		if strings.HasPrefix(name, "recordings/") || !bytes.Equal(unpack(t, name, b), unpack(t, name, fresh)) {
			t.Errorf("%s differs from what the generator makes now: run go run ./cmd/gen", name)
		}
	}
	for _, dir := range []string{"audit", "recordings"} {
		entries, err := demo.FS.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			want = append(want, dir+"/"+e.Name())
		}
	}
	sort.Strings(got)
	sort.Strings(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-committed +generated):\n%s", diff)
	}
	again, err := buildDemo(casts)
	if err != nil {
		t.Fatal(err)
	}
	for name := range files {
		if !bytes.Equal(files[name], again[name]) {
			t.Errorf("%s differs between two runs", name)
		}
	}
}
