package recording

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCast(t *testing.T) {
	t.Parallel()
	type step struct {
		At   time.Duration
		Type FrameType
		Text string
		Cols int
		Rows int
	}
	ms := time.Millisecond
	tests := []struct {
		name     string
		text     string
		format   Format
		steps    []step
		problems map[ProblemKind]int64
	}{
		{
			"v2", `{"version": 2, "width": 90, "height": 20, "timestamp": 1700000000, "title": "x"}
[0.1, "o", "a\u001b[1m\r\n\"\\"]
[0.25, "i", "q"]
[1.5, "r", "100x30"]

[2, "m", "here"]
[2.5,"o","caf\u00e9 \ud83d\ude80 日本"]
`, FormatAsciicastV2,
			[]step{{100 * ms, Output, "a\x1b[1m\r\n\"\\", 0, 0}, {250 * ms, Note, `input "q"`, 0, 0}, {1500 * ms, Resize, "", 100, 30}, {2000 * ms, Note, "marker here", 0, 0}, {2500 * ms, Output, "café 🚀 日本", 0, 0}},
			nil,
		},
		{
			"v3", `{"version":3,"term":{"cols":90,"rows":20,"type":"xterm"},"timestamp":1700000000}
# a comment
[0.1, "o", "a"]
[0.1, "o", "b"]
[1, "x", "0"]`, FormatAsciicastV3,
			[]step{{100 * ms, Output, "a", 0, 0}, {200 * ms, Output, "b", 0, 0}, {1200 * ms, Note, "exits with status 0", 0, 0}},
			nil,
		},
		{
			"time goes back and out of bounds", `{"version":2,"width":90,"height":20}
[2, "o", "a"]
[1, "o", "b"]
[-5, "o", "c"]
[1e300, "o", "d"]
`, FormatAsciicastV2,
			[]step{{2000 * ms, Output, "a", 0, 0}, {2000 * ms, Output, "b", 0, 0}, {2000 * ms, Output, "c", 0, 0}, {maxAt, Output, "d", 0, 0}},
			nil,
		},
		{
			"bad lines and a cut end", `{"version":2,"width":90,"height":20}
[0, "o", "a"]
nonsense
[1, "o"]
[1, "r", "0x0"]
[1, "o", "b"]
[2, "o", "c`, FormatAsciicastV2,
			[]step{{0, Output, "a", 0, 0}, {1000 * ms, Output, "b", 0, 0}},
			map[ProblemKind]int64{ProblemBadLine: 3, ProblemTruncated: 1},
		},
		{
			"v1", `{"version": 1, "width": 90, "height": 20, "duration": 1.5, "command": "/bin/sh", "title": "x", "env": {"TERM": "xterm"}, "stdout": [
[0.1, "a\u001b[1m"], [0.25, "日"], [-3, "b"], [1e300, "c"]], "more": [1, {"a": []}]}`, FormatAsciicastV1,
			[]step{{100 * ms, Output, "a\x1b[1m", 0, 0}, {350 * ms, Output, "日", 0, 0}, {350 * ms, Output, "b", 0, 0}, {maxAt, Output, "c", 0, 0}},
			nil,
		},
		{
			"v1 with bad pairs", "\xef\xbb\xbf" + `{"version":1,"width":90,"height":20,"stdout":[[0,"a"],[1],7,["x","y"],{"a":1},[1,"b"]]}`, FormatAsciicastV1,
			[]step{{0, Output, "a", 0, 0}, {1000 * ms, Output, "b", 0, 0}},
			map[ProblemKind]int64{ProblemBadLine: 4},
		},
		{
			"v1 that is cut", `{"version":1,"width":90,"height":20,"stdout":[[0,"a"],[1,"b`, FormatAsciicastV1,
			[]step{{0, Output, "a", 0, 0}},
			map[ProblemKind]int64{ProblemTruncated: 1},
		},
		{
			"v1 cut behind an output", `{"version":1,"width":90,"height":20,"stdout":[[0,"a"]`, FormatAsciicastV1,
			[]step{{0, Output, "a", 0, 0}},
			map[ProblemKind]int64{ProblemTruncated: 1},
		},
		{
			"v1 that goes wrong", `{"version":1,"width":90,"height":20,"stdout":[[0,"a"],[1,nonsense],[1,"b"]]}`, FormatAsciicastV1,
			[]step{{0, Output, "a", 0, 0}},
			map[ProblemKind]int64{ProblemCorrupt: 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec := load(t, []byte(tt.text))
			var got []step
			for _, f := range rec.Frames {
				s := step{f.At, f.Type, string(f.Data), f.Cols, f.Rows}
				if f.Event != nil {
					s.Text = f.Event.Summary
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(tt.steps, got); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
			problems := map[ProblemKind]int64{}
			for _, p := range rec.Problems {
				problems[p.Kind] = p.Count
			}
			if tt.problems == nil {
				tt.problems = map[ProblemKind]int64{}
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if rec.Meta.Format != tt.format || rec.Meta.Kind != KindAsciicast {
				t.Errorf("meta %+v", rec.Meta)
			}
			if tt.steps != nil && (rec.Meta.Cols != 90 || rec.Meta.Rows != 20) {
				t.Errorf("size %dx%d", rec.Meta.Cols, rec.Meta.Rows)
			}
		})
	}
}

func TestCast_longLineIsSkipped(t *testing.T) {
	t.Parallel()
	text := `{"version":2,"width":9,"height":2}` + "\n[0, \"o\", \"" + strings.Repeat("x", maxLine) + "\"]\n[1, \"o\", \"y\"]\n"
	rec := load(t, []byte(text))
	if diff := cmp.Diff([]string{"y"}, outputs(rec)); diff != "" || problem(rec, ProblemBadLine) == nil {
		t.Errorf("outputs (-want +got):\n%s\n%+v", diff, rec.Problems)
	}
}

func TestCast1_longOutputIsRefused(t *testing.T) {
	t.Parallel()
	head := `{"version":1,"width":9,"height":2,"stdout":[[0,"a"]`
	rec := load(t, []byte(head+`,[0,"`+strings.Repeat("x", 2*maxLine)+`"],[0,"y"]]}`))
	if diff := cmp.Diff([]string{"a"}, outputs(rec)); diff != "" || problem(rec, ProblemCorrupt) == nil {
		t.Errorf("outputs (-want +got):\n%s\n%+v", diff, rec.Problems)
	}
	for name, text := range map[string]string{
		"no list": `{"version":1,"width":9,"height":2,"stdout":{}}`, "no output": `{"version":1,"width":9,"height":2}`, "bad width": `{"version":1,"width":"x","stdout":[]}`,
	} {
		if _, err := Load(t.Context(), strings.NewReader(text)); !errors.Is(err, ErrNotRecording) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestSniff(t *testing.T) {
	t.Parallel()
	sealed := part(2, nil, 0)
	sealed[24] = flagEncrypted
	for want, heads := range map[Format][]string{
		FormatTeleportV1:  {string(part(1, nil, 0)), string(part(1, nil, 0)[:8])},
		FormatTeleportV2:  {string(part(2, nil, 0))},
		FormatEncrypted:   {string(sealed)},
		FormatGzip:        {"\x1f\x8b\x08"},
		FormatZstd:        {"\x28\xb5\x2f\xfd"},
		FormatAsciicastV1: {`{"version": 1, "width": 80, "stdout": [[0, "cut`},
		FormatAsciicastV2: {`{"version":2,"width":80,"height":24}`, "\xef\xbb\xbf{\"version\":2,\"width\":80,\"height\":24}\n[0", `{"width":80,"height":24,"version":2,"env":{"cut`},
		FormatAsciicastV3: {`{"version":3,"term":{"cols":80,"rows":24}}`},
		FormatUnknown:     {"", "{}", "[1]", `{"version":2}`, `{"version":9,"width":3}`, `{"kind":"lock","version":"v2"}`, "\x00\x00\x00\x00\x00\x00\x00\x00", "text"},
	} {
		for _, head := range heads {
			if got := Sniff([]byte(head)); got != want {
				t.Errorf("%q: %q, want %q", head, got, want)
			}
		}
	}
}

// A cast that is written and read again holds the same text at the same time,
// however the bytes were split, in both versions; and what was read from a cast
// is written back as it was.
func TestCastWriter_roundTrip(t *testing.T) {
	t.Parallel()
	writers := map[Format]func(io.Writer, Meta) (*CastWriter, error){FormatAsciicastV2: NewCastWriter, FormatAsciicastV3: NewCastWriterV3}
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String().Draw(rt, "text")
		format := rapid.SampledFrom([]Format{FormatAsciicastV2, FormatAsciicastV3}).Draw(rt, "format")
		head := Meta{Cols: 100, Rows: 30, Start: t0, Title: "a \"title\"", Command: "sh -c 'x'"}
		var buf bytes.Buffer
		w, err := writers[format](&buf, head)
		check(t, err)
		rest, now := []byte(text), time.Duration(0)
		for len(rest) > 0 {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "n")
			now += time.Duration(rapid.IntRange(0, 1e6).Draw(rt, "us")) * time.Microsecond
			check(t, w.Write(Frame{At: now, Type: Output, Data: rest[:n:n]}))
			rest = rest[n:]
		}
		check(t, w.Write(Frame{At: now, Type: Resize, Cols: 5, Rows: 6}))
		check(t, w.Close())
		buf.WriteString("[0, \"i\", \"typed\"]\n[0, \"x\", \"3\"]\n[0, \"?\", \"new\"]\n[0, \"m\", \"\"]\n")
		rec := load(t, buf.Bytes())
		if got := strings.Join(outputs(rec), ""); got != text || !rec.Complete || rec.Duration() != now || rec.Meta.Format != format {
			rt.Fatalf("%q at %v, want %q at %v, %+v", got, rec.Duration(), text, now, rec.Problems)
		}
		if m := rec.Meta; !m.Start.Equal(t0) || m.Cols != 100 || m.Rows != 30 || m.Title != head.Title || m.Command != head.Command {
			rt.Fatalf("meta %+v", m)
		}
		var again bytes.Buffer
		w, err = writers[format](&again, rec.Meta)
		check(t, err)
		for _, f := range rec.Frames {
			check(t, w.Write(f))
		}
		check(t, w.Close())
		if diff := same(rec, load(t, again.Bytes())); diff != "" {
			rt.Fatalf("written back (-want +got):\n%s", diff)
		}
	})
}

func TestCastWriter_bytesThatAreNoText(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	w, err := NewCastWriter(&buf, Meta{})
	check(t, err)
	check(t, w.Write(Frame{Type: Output, Data: []byte("a\xffb\xe2\x82")}))
	check(t, w.Write(Frame{Type: Note, Event: &Event{Summary: "bob joins"}}))
	check(t, w.Close())
	rec := load(t, buf.Bytes())
	if diff := cmp.Diff([]string{"a\ufffdb", "\ufffd\ufffd"}, outputs(rec)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if rec.Meta.Cols != 80 || rec.Meta.Rows != 24 || rec.Frames[1].Event.Summary != "marker bob joins" {
		t.Errorf("%+v", rec)
	}
	if _, err := NewCastWriter(fullDisk{}, Meta{}); err != nil {
		t.Errorf("the header is buffered: %v", err)
	}
	w, err = NewCastWriter(fullDisk{}, Meta{})
	check(t, err)
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}
