package recording

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apievents "github.com/gravitational/teleport/api/types/events"
	"github.com/klauspost/compress/zstd"
)

func TestLoad_session(t *testing.T) {
	t.Parallel()
	rec := load(t, session(t, WriterOptions{PartSize: 4096}))
	want := Meta{
		Format: FormatTeleportV1, Kind: KindSSH, SessionID: "11111111-2222-3333-4444-555555555555",
		User: "alice@example.com", Login: "root", Host: "web-1", HostID: "host-id", Cluster: "example",
		Address: "203.0.113.9:5000", Protocol: "ssh", Version: "17.0.0",
		Start: t0, End: at(3 * time.Second), Cols: 80, Rows: 24, Terminal: true, Ended: true,
		Participants: []string{"alice@example.com", "bob@example.com"}, Parts: 3,
	}
	if diff := cmp.Diff(want, rec.Meta); diff != "" {
		t.Errorf("meta (-want +got):\n%s", diff)
	}
	if len(rec.Problems) > 0 || !rec.Complete {
		t.Errorf("problems %v, complete %v", rec.Problems, rec.Complete)
	}
	type step struct {
		At   time.Duration
		Type FrameType
		Data string
		Cols int
		Rows int
		Ev   string
	}
	var got []step
	for _, f := range rec.Frames {
		s := step{f.At, f.Type, string(f.Data), f.Cols, f.Rows, ""}
		if f.Event != nil {
			s.Ev = f.Event.Type
		}
		got = append(got, s)
	}
	steps := []step{
		{0, Note, "", 0, 0, "session.start"},
		{100 * time.Millisecond, Output, "$ ", 0, 0, ""},
		{900 * time.Millisecond, Output, "id\r\n", 0, 0, ""},
		{1200 * time.Millisecond, Resize, "", 100, 30, "resize"},
		{1500 * time.Millisecond, Output, "uid=0(root)\r\n$ ", 0, 0, ""},
		{3 * time.Second, Note, "", 0, 0, "session.end"},
	}
	if diff := cmp.Diff(steps, got); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
	if rec.Duration() != 3*time.Second {
		t.Errorf("duration %v", rec.Duration())
	}
}

// Each row of the rules for a tolerant reader.
func TestLoad_tolerates(t *testing.T) {
	t.Parallel()
	start := message(t, 0, startEvent())
	one := message(t, 1, printEvent(time.Second, 0, "one"))
	two := message(t, 2, printEvent(2*time.Second, 1000, "two"))
	end := message(t, 3, endEvent(3*time.Second))
	join := func(pieces ...[]byte) []byte { return bytes.Join(pieces, nil) }
	body := func(pieces ...[]byte) []byte { return zipped(t, join(pieces...)) }
	cut := func(b []byte, n int) []byte { return b[:len(b)-n] }
	damaged := func(b []byte) []byte {
		b = bytes.Clone(b)
		for i := len(b) / 2; i < len(b); i++ {
			b[i] ^= 0x5a
		}
		return b
	}
	shorter := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[15] -= 20
		return b
	}
	unknown := record([]byte{0xfa, 0x7f, 2, 0x0a, 0}) // field 2047, empty metadata of index 0
	newer := record([]byte{0xfa, 0x7f, 9, 0x0a, 7, 0x08, 4, 0x12, 3, 'a', '.', 'b'})

	tests := []struct {
		name     string
		data     []byte
		outputs  []string
		problems map[ProblemKind]int64
		complete bool
	}{
		{"end at a part boundary", part(1, body(start, one, two, end), 0), []string{"one", "two"}, nil, true},
		{"several parts with padding", join(part(1, body(start, one), 99), part(1, body(two, end), 7)), []string{"one", "two"}, nil, true},
		{"part of nothing but padding", join(part(1, nil, 50), part(1, body(start, one, two, end), 0)), []string{"one", "two"}, nil, true},
		{"part of nothing at all", join(part(1, nil, 0), part(1, body(start, one, two, end), 0), part(1, nil, 0)), []string{"one", "two"}, nil, true},
		{"garbage after the gzip stream", join(part(1, join(body(start, one), make([]byte, 77)), 3), part(1, join(body(two, end), []byte("junk")), 0)), []string{"one", "two"}, nil, true},
		{"message of no length", join(part(1, body(start, one, record(nil), one), 0), part(1, body(two, end), 0)), []string{"one", "two"}, map[ProblemKind]int64{ProblemCorrupt: 1}, false},
		{"message too long", join(part(1, body(start, one, []byte{0, 1, 0, 1}, make([]byte, 65537)), 0), part(1, body(two, end), 0)), []string{"one", "two"}, map[ProblemKind]int64{ProblemCorrupt: 1}, false},
		{"longest message", part(1, body(start, one, two, message(t, 3, printEvent(2500*time.Millisecond, 1500, strings.Repeat("x", 65000))), message(t, 4, endEvent(3*time.Second))), 0), []string{"one", "two", strings.Repeat("x", 65000)}, nil, true},
		{"events sent again", join(part(1, body(start, one), 0), part(1, body(start, one, two, end), 0)), []string{"one", "two"}, map[ProblemKind]int64{ProblemDuplicate: 2}, true},
		{"hole in the index", part(1, body(start, two, end), 0), []string{"two"}, map[ProblemKind]int64{ProblemHole: 1}, false},
		{"hole at the start", part(1, body(two, end), 0), []string{"two"}, map[ProblemKind]int64{ProblemHole: 2}, false},
		{"unknown event", part(1, body(newer), 0), nil, map[ProblemKind]int64{ProblemUnknown: 1, ProblemHole: 4, ProblemNoScreen: 1}, false},
		{"unknown event without metadata", part(1, body(unknown), 0), nil, map[ProblemKind]int64{ProblemUnknown: 1, ProblemNoScreen: 1}, true},
		{"event that is no protobuf", part(1, body(start, one, record([]byte{0xff, 0xff}), two, end), 0), []string{"one", "two"}, map[ProblemKind]int64{ProblemBadEvent: 1}, false},
		{"cut inside a header", cut(join(part(1, body(start, one, two, end), 0), part(1, body(end), 0)[:24]), 10), []string{"one", "two"}, map[ProblemKind]int64{ProblemTruncated: 1}, false},
		{"cut inside the padding", cut(part(1, body(start, one, two, end), 30), 1), []string{"one", "two"}, map[ProblemKind]int64{ProblemTruncated: 1}, false},
		{"cut after the last event", cut(part(1, body(start, one, two, end), 0), 1), []string{"one", "two"}, map[ProblemKind]int64{ProblemTruncated: 1}, false},
		{"damaged part between good ones", join(part(1, body(start, one), 0), part(1, damaged(body(two)), 0), part(1, body(end), 0)), []string{"one"}, map[ProblemKind]int64{ProblemCorrupt: 1, ProblemHole: 1}, false},
		{"part that is no gzip", join(part(1, []byte("not gzip at all"), 0), part(1, body(start, one, two, end), 0)), []string{"one", "two"}, map[ProblemKind]int64{ProblemCorrupt: 1}, false},
		{"version 0 after a part", join(part(1, body(start, one, two, end), 0), make([]byte, 40)), []string{"one", "two"}, map[ProblemKind]int64{ProblemCorrupt: 1}, false},
		{"huge version after a part", join(part(1, body(start, one, two, end), 0), bytes.Repeat([]byte{0xff}, 24)), []string{"one", "two"}, map[ProblemKind]int64{ProblemCorrupt: 1}, false},
		{"sizes beyond any file", join(part(1, body(start, one, two, end), 0), []byte{0, 0, 0, 0, 0, 0, 0, 1}, bytes.Repeat([]byte{0xff}, 16)), []string{"one", "two"}, map[ProblemKind]int64{ProblemCorrupt: 1}, false},
		{"something between two parts", join(part(1, body(start, one), 0), bytes.Repeat([]byte("junk"), 50), part(1, body(two, end), 0)), []string{"one", "two"}, map[ProblemKind]int64{ProblemCorrupt: 1}, false},
		{"a long stretch of zeros between two parts", join(part(1, body(start, one), 0), make([]byte, 200_001), part(2, body(two, end), 0)), []string{"one", "two"}, map[ProblemKind]int64{ProblemCorrupt: 1}, false},
		{"a header with sizes beyond any file, then a good part", join(part(1, body(start, one), 0), []byte{0, 0, 0, 0, 0, 0, 0, 1}, bytes.Repeat([]byte{0xff}, 16), body(two), part(1, body(two, end), 0)), []string{"one", "two"}, map[ProblemKind]int64{ProblemCorrupt: 1}, false},
		{"a part said to be shorter than it is", join(part(1, body(start, one), 0), shorter(part(1, body(join(two, unknown)), 0)), part(1, body(two, end), 0)), []string{"one", "two"}, map[ProblemKind]int64{ProblemCorrupt: 2, ProblemDuplicate: 1}, false},
		{"garbage after the last part", join(part(1, body(start, one, two, end), 0), []byte(strings.Repeat("garbage", 9))), []string{"one", "two"}, map[ProblemKind]int64{ProblemCorrupt: 1}, false},
		{"no session.end", part(1, body(start, one, two), 0), []string{"one", "two"}, map[ProblemKind]int64{ProblemNoEnd: 1}, false},
		{"V2 that is not encrypted", join(part(2, body(start, one), 9), part(1, body(two, end), 0)), []string{"one", "two"}, nil, true},
		{"no events", part(1, body(), 0), nil, map[ProblemKind]int64{ProblemEmpty: 1}, false},
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
				if p.Sentence == "" || !strings.HasSuffix(p.Sentence, ".") {
					t.Errorf("problem %s has no sentence: %q", p.Kind, p.Sentence)
				}
			}
			if tt.problems == nil {
				tt.problems = map[ProblemKind]int64{}
			}
			if diff := cmp.Diff(tt.problems, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if rec.Complete != tt.complete {
				t.Errorf("complete %v, want %v", rec.Complete, tt.complete)
			}
		})
	}
}

// A problem says in which part, at which byte and at what time it was met.
func TestLoad_saysWhere(t *testing.T) {
	t.Parallel()
	start, one := message(t, 0, startEvent()), message(t, 1, printEvent(75*time.Second, 0, "one"))
	first := part(1, zipped(t, append(start, one...)), 10)
	holed := part(1, zipped(t, message(t, 5, printEvent(80*time.Second, 5000, "two"))), 0)
	again := part(1, zipped(t, append(one, record(nil)...)), 0)
	data := bytes.Join([][]byte{first, holed, again, holed[:30]}, nil)
	rec := load(t, data)
	n, m := len(first), len(first)+len(holed)
	want := []string{
		fmt.Sprintf("3 events are missing; the first is number 2, counted from 0 (part 2 at byte %d, 00:01:15).", n),
		fmt.Sprintf("1 event with an index already seen was left out, as an interrupted upload sends events again (part 3 at byte %d, 00:01:20).", m),
		fmt.Sprintf("A part holds an event of no length: the rest of the part is not shown (part 3 at byte %d, 00:01:20).", m),
		fmt.Sprintf("The file ends at byte %d, inside part 4 at byte %d, 00:01:20: the rest of the session is missing.", len(data), len(data)-30),
		"The recording has no end of the session: it was cut off, its host stopped, or it still runs.",
	}
	var got []string
	for _, p := range rec.Problems {
		got = append(got, p.Sentence)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sentences (-want +got):\n%s", diff)
	}
	if p := problem(rec, ProblemHole); p.Part != 2 || p.Byte != int64(n) || p.At != 75*time.Second {
		t.Errorf("place %+v", p)
	}
}

func TestLoad_unknownEventKeepsItsMetadata(t *testing.T) {
	t.Parallel()
	newer := record([]byte{0xfa, 0x7f, 9, 0x0a, 7, 0x08, 0, 0x12, 3, 'a', '.', 'b'})
	rec := load(t, part(1, zipped(t, newer), 0))
	ev := rec.Frames[0].Event
	if ev.Type != "a.b" || ev.Summary != "unknown event a.b (field 2047)" {
		t.Errorf("event %+v", ev)
	}
	var got map[string]any
	check(t, json.Unmarshal(ev.JSON(), &got))
	if got["event"] != "a.b" || got["oneof_field"] != 2047.0 {
		t.Errorf("json %s", ev.JSON())
	}
}

func TestEvent_jsonIsTeleports(t *testing.T) {
	t.Parallel()
	rec := load(t, session(t, WriterOptions{}))
	var got map[string]any
	check(t, json.Unmarshal(rec.Frames[0].Event.JSON(), &got))
	for key, want := range map[string]any{
		"ei": 0.0, "event": "session.start", "code": "T2000I", "user": "alice@example.com", "login": "root",
		"server_hostname": "web-1", "addr.remote": "203.0.113.9:5000", "size": "80:24", "time": "2026-03-04T09:00:00Z",
	} {
		if got[key] != want {
			t.Errorf("%s = %v, want %v", key, got[key], want)
		}
	}
}

// A recording that ends anywhere gives the frames that were whole before.
func TestLoad_cutAtEveryByte(t *testing.T) {
	t.Parallel()
	data := session(t, WriterOptions{PartSize: 2048})
	whole := load(t, data)
	for n := range data {
		rec, err := Load(t.Context(), bytes.NewReader(data[:n]))
		if err != nil {
			if n >= 8 {
				t.Fatalf("%d bytes: %v", n, err)
			}
			continue
		}
		if rec.Complete || len(rec.Problems) == 0 {
			t.Fatalf("%d of %d bytes pass for complete", n, len(data))
		}
		if len(rec.Frames) > len(whole.Frames) {
			t.Fatalf("%d bytes give %d frames", n, len(rec.Frames))
		}
		for i, f := range rec.Frames {
			w := whole.Frames[i]
			if f.At != w.At || f.Type != w.Type || !bytes.Equal(f.Data, w.Data) {
				t.Fatalf("%d bytes: frame %d is %v, want %v", n, i, f, w)
			}
		}
	}
}

// The reader beneath may give any number of bytes at a time.
func TestLoad_oneByteAtATime(t *testing.T) {
	t.Parallel()
	data := session(t, WriterOptions{PartSize: 2048})
	rec, err := Load(t.Context(), &slow{data})
	check(t, err)
	if diff := cmp.Diff(outputs(load(t, data)), outputs(rec)); diff != "" || !rec.Complete {
		t.Errorf("complete %v, outputs (-want +got):\n%s", rec.Complete, diff)
	}
}

type slow struct{ data []byte }

func (s *slow) Read(p []byte) (int, error) {
	if len(s.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:1], s.data)
	s.data = s.data[n:]
	return n, nil
}

func TestLoad_readFailure(t *testing.T) {
	t.Parallel()
	data := session(t, WriterOptions{PartSize: 2048})
	broken := errors.New("input/output error")
	rec, err := Load(t.Context(), &failing{bytes.NewReader(data[:len(data)-30]), broken})
	check(t, err)
	p := problem(rec, ProblemRead)
	if p == nil || !strings.Contains(p.Sentence, "input/output error") || problem(rec, ProblemTruncated) != nil || rec.Complete {
		t.Errorf("problems %+v", rec.Problems)
	}
	if _, err := Load(t.Context(), &failing{bytes.NewReader(nil), broken}); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func TestLoad_wrapped(t *testing.T) {
	t.Parallel()
	data := session(t, WriterOptions{PartSize: 4096})
	enc, err := zstd.NewWriter(nil)
	check(t, err)
	zst := enc.EncodeAll(data, nil)
	for name, packed := range map[string][]byte{
		"gzip": zipped(t, data), "gzip twice": zipped(t, zipped(t, data)), "zstd": zst, "zstd in gzip": zipped(t, zst),
	} {
		rec := load(t, packed)
		if !rec.Complete || rec.Meta.Format != FormatTeleportV1 || len(rec.Frames) != 6 {
			t.Errorf("%s: %+v", name, rec)
		}
	}
	packed := zipped(t, data)
	rec := load(t, packed[:len(packed)-20])
	if p := problem(rec, ProblemTruncated); p == nil || rec.Complete {
		t.Errorf("cut gzip: %+v", rec.Problems)
	}
}

func TestLoad_isNoRecording(t *testing.T) {
	t.Parallel()
	deep := []byte("x")
	for range 8 {
		deep = zipped(t, deep)
	}
	for name, data := range map[string][]byte{
		"empty": {}, "text": []byte("hello\n"), "json": []byte(`{"event":"user.login"}`), "zeros": make([]byte, 600),
		"short": {0, 0, 0}, "gzip of text": zipped(t, []byte("hello")), "wrapped too often": deep, "broken gzip": {0x1f, 0x8b, 9},
		"version 3": {0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	} {
		if _, err := Load(t.Context(), bytes.NewReader(data)); !errors.Is(err, ErrNotRecording) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestLoad_cancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Load(ctx, bytes.NewReader(session(t, WriterOptions{}))); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	// In the middle of padding that has no end, nobody may have to wait for it.
	ctx, cancel = context.WithCancel(t.Context())
	start := part(1, nil, 0)
	start[16] = 0x70
	endless := io.MultiReader(bytes.NewReader(start), readerFunc(func(p []byte) (int, error) {
		cancel()
		return len(p), nil
	}))
	if _, err := Load(ctx, endless); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestLoadLimit_stops(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, WriterOptions{})
	check(t, err)
	check(t, w.Event(startEvent()))
	for i := range 100 {
		check(t, w.Print(at(time.Duration(i)*time.Second), make([]byte, 10_000)))
	}
	check(t, w.Close())
	rec, err := LoadLimit(t.Context(), &buf, 100_000)
	check(t, err)
	if problem(rec, ProblemLimit) == nil || rec.Complete || len(rec.Frames) > 12 {
		t.Errorf("%d frames, %+v", len(rec.Frames), rec.Problems)
	}
}

func TestAxis(t *testing.T) {
	t.Parallel()
	far := &apievents.SessionLeave{Metadata: apievents.Metadata{Type: "session.leave", Time: at(900 * time.Hour)}}
	early := &apievents.SessionLeave{Metadata: apievents.Metadata{Type: "session.leave", Time: at(-time.Hour)}}
	none := &apievents.SessionLeave{Metadata: apievents.Metadata{Type: "session.leave"}}
	sec := func(n ...float64) []time.Duration {
		var out []time.Duration
		for _, v := range n {
			out = append(out, time.Duration(v*float64(time.Second)))
		}
		return out
	}
	tests := []struct {
		name   string
		events []apievents.AuditEvent
		want   []time.Duration
	}{
		{"delay counts from the first output", []apievents.AuditEvent{startEvent(), printEvent(2*time.Second, 0, "a"), printEvent(3*time.Second, 1000, "b")}, sec(0, 2, 3)},
		{"delay beats a clock that was set back", []apievents.AuditEvent{startEvent(), printEvent(2*time.Second, 0, "a"), printEvent(-time.Hour, 500, "b")}, sec(0, 2, 2.5)},
		{"no delay written", []apievents.AuditEvent{startEvent(), printEvent(2*time.Second, 0, "a"), printEvent(4*time.Second, 0, "b")}, sec(0, 2, 4)},
		{"event from the far future", []apievents.AuditEvent{startEvent(), printEvent(time.Second, 0, "a"), far, printEvent(2*time.Second, 1000, "b")}, sec(0, 1, 2, 2)},
		{"event from the past", []apievents.AuditEvent{startEvent(), printEvent(time.Second, 0, "a"), early, printEvent(2*time.Second, 1000, "b")}, sec(0, 1, 1, 2)},
		{"event without time", []apievents.AuditEvent{startEvent(), printEvent(time.Second, 0, "a"), none, printEvent(2*time.Second, 1000, "b")}, sec(0, 1, 1, 2)},
		{"delay beyond all bounds", []apievents.AuditEvent{startEvent(), printEvent(time.Second, 0, "a"), printEvent(2*time.Second, math.MaxInt64, "b"), printEvent(2*time.Second, -5, "c")}, []time.Duration{0, time.Second, maxAt, maxAt}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var data []byte
			for i, ev := range tt.events {
				data = append(data, message(t, int64(i), ev)...)
			}
			rec := load(t, part(1, zipped(t, data), 0))
			var got []time.Duration
			for _, f := range rec.Frames {
				got = append(got, f.At)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		size       string
		cols, rows int
		clamped    bool
		ok         bool
	}{
		{"80:24", 80, 24, false, true},
		{"1000:500", 1000, 500, false, true},
		{"65535:65535", MaxCols, MaxRows, true, true},
		{"0:0", 0, 0, false, false},
		{"-1:24", 0, 0, false, false},
		{"", 0, 0, false, false},
		{"80x24", 0, 0, false, false},
		{"99999999999999999999:1", 0, 0, false, false},
	}
	for _, tt := range tests {
		cols, rows, clamped, ok := parseSize(tt.size)
		if ok != tt.ok || ok && (cols != tt.cols || rows != tt.rows || clamped != tt.clamped) {
			t.Errorf("%q: %d %d %v %v", tt.size, cols, rows, clamped, ok)
		}
	}
	rec := load(t, part(1, zipped(t, append(message(t, 0, startEvent()), message(t, 1, resizeEvent(1, "9999:9999"))...)), 0))
	if f := rec.Frames[1]; f.Type != Resize || f.Cols != MaxCols || f.Rows != MaxRows || problem(rec, ProblemSize) == nil {
		t.Errorf("frame %+v, problems %+v", f, rec.Problems)
	}
}

// The fast path and the generated decoder must agree on every print.
func TestDecodePrint_agreesWithTheGeneratedDecoder(t *testing.T) {
	t.Parallel()
	for _, p := range []*apievents.SessionPrint{
		{},
		printEvent(time.Second, 5, "x"),
		printEvent(time.Second, -5, "\xff\x00\x1b["),
		{Metadata: apievents.Metadata{Index: -7, Type: "print", ID: "u", Code: "c", ClusterName: "n", Time: t0}, ChunkIndex: 3, Offset: 9, Data: bytes.Repeat([]byte("z"), 60000)},
		{Metadata: apievents.Metadata{Index: math.MaxInt64}, DelayMilliseconds: math.MaxInt64},
	} {
		msg, err := apievents.MustToOneOf(p).Marshal()
		check(t, err)
		got, ok := decodePrint(msg)
		if !ok || got.index != p.Index || got.delay != p.DelayMilliseconds || !bytes.Equal(got.data, p.Data) || !got.at.Equal(p.Time) {
			t.Errorf("%v: got %+v, %v", p, got, ok)
		}
	}
	msg, err := apievents.MustToOneOf(startEvent()).Marshal()
	check(t, err)
	if _, ok := decodePrint(msg); ok {
		t.Error("a session.start passed for a print")
	}
}
