package recording

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const legacySID = "22222222-3333-4444-5555-666666666666"

// archive is a tar of names and contents, in turn.
func archive(t testing.TB, files ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for i := 0; i < len(files); i += 2 {
		check(t, w.WriteHeader(&tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o600, Format: tar.FormatUSTAR}))
		_, err := w.Write([]byte(files[i+1]))
		check(t, err)
	}
	check(t, w.Close())
	return buf.Bytes()
}

func packed(t testing.TB, lines ...string) string {
	t.Helper()
	return string(zipped(t, []byte(strings.Join(lines, ""))))
}

// oldEvent is an event as Teleport wrote it before 4.4.
func oldEvent(d time.Duration, kind, rest string) string {
	return fmt.Sprintf(`{"event":%q,"time":%q,"sid":%q,%s}`+"\n", kind, at(d).Format(time.RFC3339Nano), legacySID, rest)
}

func oldPrint(d time.Duration, offset, n int) string {
	return oldEvent(d, "print", fmt.Sprintf(`"bytes":%d,"ci":0,"ei":1,"ms":%d,"offset":%d`, n, d.Milliseconds()-1000, offset))
}

// oldSession is a session in two series of files, with enhanced events.
func oldSession(t testing.TB) []byte {
	t.Helper()
	start := oldEvent(0, "session.start", `"ei":0,"login":"root","user":"alice@example.com","size":"80:25","server_hostname":"web-1","server_id":"host-id","addr.remote":"203.0.113.9:5000","proto":"ssh","code":"T2000I"`)
	index := fmt.Sprintf(`{"file_name":"%[1]s-0.events.gz","type":"events","index":0}
{"file_name":"%[1]s-0.chunks.gz","type":"chunks","offset":0}
{"file_name":"/var/lib/%[1]s-9.events.gz","type":"events","index":3}
{"file_name":"%[1]s-5.chunks.gz","type":"chunks","offset":7}
`, legacySID)
	return archive(t,
		legacySID+"-5.chunks.gz", packed(t, "second"),
		legacySID+".index", index,
		legacySID+"-9.events.gz", packed(t, oldPrint(3*time.Second, 7, 6), oldEvent(4*time.Second, "session.leave", `"user":"alice@example.com"`), oldEvent(5*time.Second, "session.end", `"code":"T2004I"`)),
		legacySID+"-0.chunks.gz", packed(t, "first\r\n"),
		legacySID+"-0.events.gz", packed(t, start, oldPrint(time.Second, 0, 5), oldPrint(1500*time.Millisecond, 5, 2), oldEvent(2*time.Second, "resize", `"size":"100:30"`)),
		legacySID+"-0.session.command-events.gz", packed(t, oldEvent(1200*time.Millisecond, "session.command", `"path":"/bin/id","argv":["-u"],"program":"id"`)),
		"README", "of no use",
	)
}

func TestLegacy(t *testing.T) {
	t.Parallel()
	rec := load(t, oldSession(t))
	want := Meta{
		Format: FormatLegacyTar, Kind: KindSSH, SessionID: legacySID, User: "alice@example.com", Login: "root", Host: "web-1", HostID: "host-id",
		Address: "203.0.113.9:5000", Protocol: "ssh", Start: t0, End: at(5 * time.Second), Cols: 80, Rows: 25, Terminal: true, Ended: true,
		Participants: []string{"alice@example.com"},
	}
	if diff := cmp.Diff(want, rec.Meta); diff != "" || !rec.Complete || len(rec.Problems) > 0 {
		t.Errorf("problems %+v, meta (-want +got):\n%s", rec.Problems, diff)
	}
	var got []string
	for _, f := range rec.Frames {
		line := fmt.Sprintf("%v %s %q %d", f.At, f.Type, f.Data, f.Cols)
		if f.Event != nil {
			line += " " + f.Event.Summary
		}
		got = append(got, line)
	}
	steps := []string{
		`0s event "" 0 session starts: root@web-1`, `1s output "first" 0`, `1.2s event "" 0 runs /bin/id -u`, `1.5s output "\r\n" 0`,
		`2s resize "" 100 terminal is now 100x30`, `3s output "second" 0`, `4s event "" 0 alice@example.com leaves`, `5s event "" 0 session ends`,
	}
	if diff := cmp.Diff(steps, got); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
	if again := load(t, zipped(t, oldSession(t))); len(again.Frames) != len(rec.Frames) {
		t.Errorf("packed: %d frames", len(again.Frames))
	}
}

func TestLegacy_tolerates(t *testing.T) {
	t.Parallel()
	events := packed(t, oldEvent(0, "session.start", `"size":"80:25"`), oldPrint(time.Second, 0, 3), oldPrint(2*time.Second, 3, 3), oldEvent(3*time.Second, "session.end", `"x":1`))
	chunks := packed(t, "onetwo")
	tests := []struct {
		name     string
		data     []byte
		outputs  []string
		problems map[ProblemKind]int64
	}{
		{"no chunks", archive(t, "s-0.events.gz", events), []string{"", ""}, map[ProblemKind]int64{ProblemLegacy: 1, ProblemHole: 2}},
		{"no events", archive(t, "s-0.chunks.gz", chunks), nil, map[ProblemKind]int64{ProblemLegacy: 1}},
		{"chunks too short", archive(t, "s-0.events.gz", events, "s-0.chunks.gz", packed(t, "onet")), []string{"one", "t"}, map[ProblemKind]int64{ProblemHole: 1}},
		{"chunks that are no gzip", archive(t, "s-0.events.gz", events, "s-0.chunks.gz", "junk"), []string{"", ""}, map[ProblemKind]int64{ProblemHole: 2, ProblemCorrupt: 1}},
		{"events cut", archive(t, "s-0.events.gz", events[:len(events)-30], "s-0.chunks.gz", chunks), []string{"one"}, map[ProblemKind]int64{ProblemCorrupt: 1, ProblemNoEnd: 1}},
		{"lines that are no events", archive(t, "s-0.events.gz", packed(t, "junk\n{}\n\n", oldPrint(0, 0, 3), `{"event":"custom.thing"}`), "s-0.chunks.gz", chunks), []string{"one"}, map[ProblemKind]int64{ProblemBadEvent: 2}},
		{"offsets beyond and back", archive(t, "s-0.events.gz", packed(t, oldPrint(0, 1<<60, 3), oldPrint(0, -5, 3), oldPrint(0, 3, 3), oldPrint(0, 0, 3), oldPrint(0, 6, 1<<40)), "s-0.chunks.gz", chunks), []string{"", "", "two", "", ""}, map[ProblemKind]int64{ProblemHole: 4}},
		{"archive cut", archive(t, "s-0.events.gz", events, "s-0.chunks.gz", chunks)[:1024+512+len(chunks)-10], []string{"one", "two"}, map[ProblemKind]int64{ProblemTruncated: 1, ProblemCorrupt: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec := load(t, tt.data)
			if diff := cmp.Diff(tt.outputs, outputs(rec)); diff != "" {
				t.Errorf("outputs (-want +got):\n%s", diff)
			}
			got := map[ProblemKind]int64{}
			for _, p := range rec.Problems {
				got[p.Kind] = p.Count
			}
			if diff := cmp.Diff(tt.problems, got); diff != "" || rec.Complete {
				t.Errorf("complete %v, problems (-want +got):\n%s", rec.Complete, diff)
			}
		})
	}
	for _, data := range [][]byte{archive(t, "README.md", "{}"), archive(t, "sid.index", "{}"), archive(t)} {
		if _, err := Load(t.Context(), bytes.NewReader(data)); !errors.Is(err, ErrNotRecording) {
			t.Errorf("error %v", err)
		}
	}
}
