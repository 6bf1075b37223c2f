package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apievents "github.com/gravitational/teleport/api/types/events"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/playback/recording"
)

// Sessions of the gap tests.
const (
	sidA = "0f6c7d52-0000-4000-8000-00000000000a"
	sidB = "0f6c7d52-0000-4000-8000-00000000000b"
	sidC = "0f6c7d52-0000-4000-8000-00000000000c"
)

// gapLog writes a log of the given events: each is type, code, ei, second of
// the minute, session, and more fields.
func gapLog(events ...string) string {
	var b strings.Builder
	for _, e := range events {
		f := strings.SplitN(e, " ", 6)
		more := ""
		if f[4] != "-" {
			more += fmt.Sprintf(`,"sid":%q`, f[4])
		}
		if len(f) == 6 {
			more += "," + f[5]
		}
		// The uid follows from the event, so that twins share all they can.
		fmt.Fprintf(&b, `{"event":%q,"code":%q,"ei":%s,"time":"2026-03-01T09:00:%sZ","uid":"%x"%s}`+"\n", f[0], f[1], f[2], f[3], e, more)
	}
	return b.String()
}

// gapsOf builds a case of the files and says what it misses.
func gapsOf(t testing.TB, files map[string]string) []investigations.Gap {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		write(t, dir, name, []byte(content))
	}
	c, _ := build(t, dir)
	return coverageGaps(t, c)
}

func coverageGaps(t testing.TB, c *Case) []investigations.Gap {
	t.Helper()
	cover, err := c.Coverage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return cover.Gaps
}

// told spells gaps as "kind count sentence".
func told(gaps []investigations.Gap) []string {
	var out []string
	for _, g := range gaps {
		out = append(out, fmt.Sprintf("%s %d %s", g.Kind, g.Count, g.Detail))
	}
	return out
}

func TestCoverage_namesEachGapOfTheLog(t *testing.T) {
	t.Parallel()
	const (
		dbStart = "db.session.start TDB00I 0 01 " + sidA
		dbOne   = "db.session.query TDB02I 1 02 " + sidA
		dbTwo   = "db.session.query TDB02I 2 03 " + sidA
		dbEnd   = "db.session.end TDB01I 4 05 " + sidA
		start   = "session.start T2000I 0 10 " + sidA + ` "server_id":"h-1","server_hostname":"web-1"`
		end     = "session.end T2004I 9 30 " + sidA + ` "server_id":"h-1","session_recording":"node"`
		off     = "session.end T2004I 9 30 " + sidA + ` "server_id":"h-1","session_recording":"off"`
		secret  = "instance.join TJ002I 0 10 - " + `"method":"token","token_name":"****cafe"`
		made    = "join_token.create TJT00I 0 01 - " + `"name":"****beef","join_method":"token"`
		without = "a session began and has no end in this evidence: it runs on, or its end was not logged (session " + sidA + ")"
		lost    = "recording_not_uploaded 1 a recorded session ended and its recording was never uploaded: it is lost, or comes later than this evidence (session " + sidA + ")"
		absent  = "recording_missing 1 1 of 1 recordings that the log says were uploaded are not in this case"
	)
	upload := func(sid, second string) string { return "session.upload T2005I 2147483647 " + second + " " + sid }
	command := func(sid string) []string {
		return []string{"session.start T2000I 0 11 " + sid, "session.end T2004I 1 12 " + sid + ` "session_recording":"node"`}
	}
	part := func(sid, chunk string) string {
		return "app.session.chunk T2008I 0 10 " + sid + ` "session_chunk_id":"` + chunk + `"`
	}
	tests := []struct {
		name string
		log  []string
		want []string
	}{
		{
			"a statement is missing",
			[]string{dbStart, dbOne, dbTwo, dbEnd},
			[]string{"index_hole 1 1 event missing from a database session: number 3 (session " + sidA + ")"},
		},
		{"no statement is missing", []string{dbStart, dbOne, dbTwo, "db.session.query TDB02I 3 04 " + sidA, dbEnd}, nil},
		{
			"a statement is missing on a server that numbers results",
			[]string{dbStart + ` "server_version":"17.2.1"`, dbOne, dbTwo, dbEnd},
			[]string{"index_hole 1 1 of 1 database sessions skip numbers: this server (version 17) may number results too, which only recordings hold, so a statement missing there would not show"},
		},
		{
			"several statements are missing, and the upload's number is none",
			[]string{dbStart, "db.session.query TDB02I 3 02 " + sidA, "db.session.end TDB01I 9 05 " + sidA, "db.session.upload T2005I 2147483647 06 " + sidA},
			[]string{"index_hole 7 7 events missing from a database session: numbers 1 to 2, 4 to 8 (session " + sidA + ")"},
		},
		{"a terminal's numbers skip what it showed", []string{start, "session.leave T2003I 8 29 " + sidA, strings.Replace(off, " 9 ", " 99 ", 1)}, nil},

		{"a session without its end", []string{start}, []string{"session_without_end 1 " + without}},
		{"a session with its end", []string{start, off}, nil},
		{
			"ends without their starts",
			[]string{off, "db.session.end TDB01I 4 05 " + sidB, "db.session.end TDB01I 4 06 " + sidC},
			[]string{
				"session_without_start 1 1 SSH or Kubernetes session ended here without a start in this evidence: begun before it, or the start was not logged",
				"session_without_start 2 2 database sessions ended here without a start in this evidence: begun before it, or the start was not logged",
			},
		},

		{"recorded, and never uploaded", []string{start, end}, []string{lost}},
		{"not recorded", []string{start, off}, nil},
		{"recorded and uploaded", []string{start, end, upload(sidA, "31")}, []string{absent}},
		{
			"a command, where commands are uploaded", slices.Concat(command(sidA), command(sidB), command(sidC), []string{upload(sidB, "13"), upload(sidC, "13")}),
			[]string{lost, "recording_missing 2 2 of 2 recordings that the log says were uploaded are not in this case"},
		},
		{"commands, where they are not uploaded", slices.Concat(command(sidA), command(sidB), command(sidC)), nil},
		{
			"a part of an application, where parts are uploaded",
			[]string{part("s", sidA), part("s", sidB), part("s", sidC), upload(sidB, "13"), upload(sidC, "13")},
			[]string{
				"recording_not_uploaded 1 a part of an application session whose recording was never uploaded: its service stopped, or the part still runs (session " + sidA + ")",
				"recording_missing 2 2 of 2 recordings that the log says were uploaded are not in this case",
			},
		},
		{"parts of applications, where they are not uploaded", []string{part("s", sidA), part("s", sidB)}, nil},

		{
			"the upload is earlier than the end",
			[]string{start, end, upload(sidA, "20")},
			[]string{"clock_skew 1 the clock of host web-1 (h-1) is ahead of the auth server's: recordings were uploaded before their sessions ended, by up to 10s (1 session)", absent},
		},
		{"the upload is hardly earlier than the end", []string{start, end, upload(sidA, "25")}, []string{absent}},
		{
			"the end is earlier than the start",
			[]string{strings.Replace(start, " 10 ", " 40 ", 1), off},
			[]string{"clock_skew 1 the clock of host web-1 (h-1) was set back: sessions ended before they began, by up to 10s (1 session)"},
		},

		{
			"a secret token that nobody made",
			[]string{made, secret},
			[]string{"token_unknown 1 who made a join token is not known, used in 1 join: it is older than this evidence, or a static token of the server's configuration (token ****cafe)"},
		},
		{"a secret token that was made", []string{strings.Replace(made, "beef", "cafe", 1), secret}, nil},
		{"a secret token that was refused", []string{made, strings.Replace(secret, "TJ002I", "TJ002E", 1)}, nil},
		{
			"tokens of another method",
			[]string{
				made, "bot.join TJ001I 0 10 - " + `"method":"github","token_name":"ci"`,
				"bot.join TJ001I 0 11 - " + `"method":"github","token_name":"ci"`, "bot.join TJ001I 0 12 - " + `"method":"github","token_name":"release"`,
			},
			[]string{"token_unknown 2 who made 2 tokens of join method github is not known, used in 3 joins: older than this evidence, as such tokens mostly are (ci, release)"},
		},
		{
			"a server that logs no token",
			[]string{secret, strings.Replace(secret, "cafe", "beef", 1), strings.Replace(secret, " 10 ", " 11 ", 1)},
			[]string{"token_unknown 2 who made 2 join tokens is not known, used in 3 joins: no creation of a token is in this evidence: old servers (12 and before) do not log any, else the tokens are older than it"},
		},
		{
			"a server that names no token",
			[]string{"join_token.create TJT00I 0 01 -", secret},
			[]string{"token_unknown 1 who made 1 join token is not known, used in 1 join: the creations of tokens in this evidence do not name the token, as servers before 15 log them"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(tt.want, told(gapsOf(t, map[string]string{"audit.log": gapLog(tt.log...)}))); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// recorded is the recording of a terminal or database session.
func recorded(t testing.TB, sid string, database, ended bool) string {
	t.Helper()
	var b bytes.Buffer
	w, err := recording.NewWriter(&b, recording.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 9, 0, 10, 0, time.UTC)
	session := apievents.SessionMetadata{SessionID: sid}
	begin, end := apievents.AuditEvent(&apievents.SessionStart{Metadata: apievents.Metadata{Type: "session.start", Time: at}, SessionMetadata: session, TerminalSize: "80:24"}),
		apievents.AuditEvent(&apievents.SessionEnd{Metadata: apievents.Metadata{Type: "session.end", Time: at}, SessionMetadata: session})
	if database {
		begin = &apievents.DatabaseSessionStart{Metadata: apievents.Metadata{Type: "db.session.start", Time: at}, SessionMetadata: session, Status: apievents.Status{Success: true}}
		end = &apievents.DatabaseSessionEnd{Metadata: apievents.Metadata{Type: "db.session.end", Time: at}, SessionMetadata: session}
	}
	all := []apievents.AuditEvent{begin}
	if ended {
		all = append(all, end)
	}
	for _, e := range all {
		if err := w.Event(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCoverage_namesEachGapOfTheRecordings(t *testing.T) {
	t.Parallel()
	whole := recorded(t, sidA, false, true)
	encrypted := string(binary.BigEndian.AppendUint64(nil, 2)) + string(binary.BigEndian.AppendUint64(nil, 4)) + strings.Repeat("\x00", 8) + "\x01" + strings.Repeat("\x00", 7) + "seal"
	log := gapLog("session.start T2000I 0 10 "+sidA, "session.end T2004I 9 30 "+sidA+` "session_recording":"node"`, "session.upload T2005I 2147483647 31 "+sidA)
	const name = sidA + ".tar"
	tests := []struct {
		name  string
		files map[string]string
		kind  investigations.GapKind // of the only gap; empty for none
		says  string
	}{
		{"whole", map[string]string{"a.log": log, name: whole}, "", ""},
		{"of no byte", map[string]string{"a.log": log, name: ""}, investigations.GapRecording, "the recording's file is empty, 0 bytes"},
		{"of no byte, named as in a container", map[string]string{"a.log": log, sidA: ""}, investigations.GapRecording, "empty, 0 bytes"},
		{"a log of no byte", map[string]string{"a.log": log, name: whole, "b.log": ""}, "", ""},
		{"of no byte beside a whole one", map[string]string{"a.log": log, name: whole, "copy/" + name: ""}, "", ""},
		{"cut off", map[string]string{"a.log": log, name: whole[:len(whole)/2]}, investigations.GapRecording, "The file ends"},
		{"without its end", map[string]string{"a.log": log, name: recorded(t, sidA, false, false)}, investigations.GapRecording, "no end of the session"},
		{"of statements", map[string]string{"a.log": log, name: recorded(t, sidA, true, true)}, "", ""},
		{"of statements, without its end", map[string]string{"a.log": log, name: recorded(t, sidA, true, false)}, investigations.GapRecording, "no end of the session"},
		{"encrypted", map[string]string{"a.log": log, name: encrypted}, investigations.GapRecording, "encrypted"},
		{"the log knows its session", map[string]string{"a.log": log, name: whole}, "", ""},
		{
			"the log does not know its session",
			map[string]string{"a.log": log, name: whole, sidB + ".tar": recorded(t, sidB, false, true)},
			investigations.GapNotLogged, "nowhere in the log",
		},
		{"there is no log", map[string]string{name: whole}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := gapsOf(t, tt.files)
			if tt.kind == "" {
				if len(got) != 0 {
					t.Errorf("tells %q", told(got))
				}
				return
			}
			if len(got) != 1 || got[0].Kind != tt.kind || got[0].Count != 1 || !strings.Contains(got[0].Detail, tt.says) {
				t.Fatalf("tells %q, want one %s that says %q", told(got), tt.kind, tt.says)
			}
			if e := got[0].Entity; e == nil || e.Kind != investigations.KindSession || !strings.HasSuffix(got[0].Detail, "(session "+e.Name+")") {
				t.Errorf("does not name the session: %+v", got[0])
			}
		})
	}
}

func TestCoverage_listsAFewGapsAndCountsMany(t *testing.T) {
	t.Parallel()
	for _, n := range []int{gapsListed, gapsListed + 1, 15 * gapsListed} {
		var open, holed, clocks, ended, joins []string
		for i := range n {
			sid := fmt.Sprintf("0f6c7d52-0000-4000-8000-%012d", i)
			open = append(open, "session.start T2000I 0 10 "+sid)
			holed = append(holed, "db.session.start TDB00I 0 10 "+sid, "db.session.end TDB01I 3 11 "+sid)
			clocks = append(clocks, "db.session.start TDB00I 0 50 "+sid+fmt.Sprintf(` "server_id":"h-%d"`, i), "db.session.end TDB01I 1 11 "+sid)
			ended = append(ended, "session.start T2000I 0 10 "+sid, "session.end T2004I 9 30 "+sid+` "session_recording":"node"`)
			joins = append(joins, fmt.Sprintf(`instance.join TJ002I 0 10 - "token_name":"****%04d"`, i))
		}
		joins = append(joins, `join_token.create TJT00I 0 01 - "name":"****made"`)
		for kind, log := range map[investigations.GapKind][]string{
			investigations.GapNoEnd: open, investigations.GapIndex: holed, investigations.GapClock: clocks,
			investigations.GapLostRecording: ended, investigations.GapToken: joins,
		} {
			gaps := gapsOf(t, map[string]string{"a.log": gapLog(log...)})
			want, total := n, 0
			if n > gapsListed {
				want = 1
			}
			for _, g := range gaps {
				total += g.Count
				if g.Kind != kind || (g.Entity == nil) != (n > gapsListed) {
					t.Errorf("%s: %+v", kind, g)
				}
			}
			per := map[investigations.GapKind]int{investigations.GapIndex: 2} // numbers missing from each
			if len(gaps) != want || total != n*max(per[kind], 1) {
				t.Errorf("%s: %d gaps that count %d, of %d", kind, len(gaps), total, n)
			}
		}
	}
}

func TestIngest_tellsTheSameGapsInAnyOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := map[string]string{
		"1.log": gapLog("session.start T2000I 0 10 "+sidA, "session.start T2000I 0 10 "+sidB, "db.session.start TDB00I 0 01 "+sidC,
			`bot.join TJ001I 0 12 - "method":"github","token_name":"ci"`, `instance.join TJ002I 0 10 - "method":"token","token_name":"****cafe"`),
		"2.log": gapLog("session.upload T2005I 2147483647 20 "+sidA, "db.session.end TDB01I 7 05 "+sidC,
			`join_token.create TJT00I 0 01 - "name":"****beef"`),
		"3.log":       gapLog("session.end T2004I 9 30 "+sidA+` "session_recording":"node"`, "db.session.query TDB02I 4 03 "+sidC),
		sidB + ".tar": "",
	}
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		paths = append(paths, write(t, dir, name, []byte(files[name])))
	}
	c, _ := build(t, paths...)
	want := coverageGaps(t, c)
	if len(want) < 6 {
		t.Fatalf("only %q", told(want))
	}
	if _, err := c.Ingest(t.Context(), paths, Options{}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, coverageGaps(t, c)); d != "" {
		t.Errorf("added again -want +got:\n%s", d)
	}
	slices.Reverse(paths)
	other, _ := build(t, paths[0])
	for _, p := range paths[1:] {
		if _, err := other.Ingest(t.Context(), []string{p}, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(want, coverageGaps(t, other)); d != "" {
		t.Errorf("added one by one in the other order -want +got:\n%s", d)
	}
}

func TestHolesOf_countsEveryMissingNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.Uint64Range(0, 60), 1, 40).Draw(t, "numbers")
		slices.Sort(numbers)
		missing := 0
		for n := numbers[0]; n < numbers[len(numbers)-1]; n++ {
			if !slices.Contains(numbers, n) {
				missing++
			}
		}
		for i := range numbers {
			numbers[i] |= 7 << 32
		}
		if c := holesOf(numbers); c.count != missing || c.session != 7 {
			t.Errorf("%d missing in %v, counted %+v", missing, numbers, c)
		}
	})
}
