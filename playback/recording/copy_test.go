package recording

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	apievents "github.com/gravitational/teleport/api/types/events"
	"pgregory.net/rapid"
)

// copied reads a recording and gives what the writer made of it.
func copied(t testing.TB, data []byte, opts Options) (out []byte, rec *Recording) {
	t.Helper()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, WriterOptions{PartSize: 700})
	check(t, err)
	opts.Copy = w
	rec = loadWith(t, bytes.NewReader(data), opts)
	check(t, w.Close())
	return buf.Bytes(), rec
}

// A copy holds what could be read and nothing else, byte for byte, so a copy of
// the copy is the same file.
func TestCopy_isCleanAndStays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var parts []byte
		index := int64(0)
		for range rapid.IntRange(1, 5).Draw(rt, "parts") {
			var body []byte
			for range rapid.IntRange(0, 6).Draw(rt, "events") {
				index += int64(rapid.IntRange(-1, 3).Draw(rt, "step"))
				switch rapid.IntRange(0, 4).Draw(rt, "kind") {
				case 0:
					body = append(body, message(t, index, startEvent())...)
				case 1:
					body = append(body, record([]byte{0xff, 0xff})...)
				case 2:
					body = append(body, record([]byte{0xfa, 0x7f, 4, 0x0a, 2, 0x08, byte(max(index, 0) & 0x7f)})...)
				default:
					d := time.Duration(index) * time.Second
					body = append(body, message(t, index, printEvent(d, d.Milliseconds(), rapid.String().Draw(rt, "text")))...)
				}
			}
			version := rapid.Uint64Range(1, 2).Draw(rt, "version")
			parts = append(parts, part(version, zipped(t, body), rapid.IntRange(0, 50).Draw(rt, "padding"))...)
		}
		if rapid.Bool().Draw(rt, "damage") {
			parts = append(parts[:rapid.IntRange(headerV2, len(parts)).Draw(rt, "cut")], "junk"...)
		}
		clean, rec := copied(t, parts, Options{})
		if len(clean) == 0 {
			if len(rec.Frames) > 0 {
				rt.Fatalf("%d frames were not copied", len(rec.Frames))
			}
			return
		}
		again, cleaned := copied(t, clean, Options{})
		if diff := same(rec, cleaned); diff != "" {
			rt.Fatalf("frames (-original +copy):\n%s", diff)
		}
		if !bytes.Equal(again, clean) {
			rt.Fatal("the copy of the copy is another file")
		}
		want := kinds(rec)
		for _, gone := range []ProblemKind{ProblemDuplicate, ProblemBadEvent, ProblemCorrupt, ProblemTruncated} {
			delete(want, gone)
		}
		if cleaned.Meta.Format != FormatTeleportV1 || !cmp.Equal(want, kinds(cleaned)) {
			rt.Fatalf("problems %+v, of the original %+v", cleaned.Problems, rec.Problems)
		}
	})
}

// The copy is taken apart with the standard library and Teleport's own decoder,
// as its documentation of the format says, and not with this package.
func TestCopy_isWhatTeleportReads(t *testing.T) {
	t.Parallel()
	damaged := append(session(t, WriterOptions{PartSize: 900}), part(1, []byte("not gzip"), 9)...)
	copy, rec := copied(t, damaged, Options{})
	var types []string
	for last := int64(-1); len(copy) > 0; {
		version, size, padding := binary.BigEndian.Uint64(copy), binary.BigEndian.Uint64(copy[8:]), binary.BigEndian.Uint64(copy[16:])
		if version != 1 || 24+size+padding > uint64(len(copy)) {
			t.Fatalf("version %d, size %d, padding %d of %d bytes", version, size, padding, len(copy))
		}
		zip, err := gzip.NewReader(bytes.NewReader(copy[24 : 24+size]))
		check(t, err)
		body, err := io.ReadAll(zip)
		check(t, err)
		for len(body) > 0 {
			n := binary.BigEndian.Uint32(body)
			var one apievents.OneOf
			check(t, one.Unmarshal(body[4:4+n]))
			ev, err := apievents.FromOneOf(one)
			check(t, err)
			if n > 65536 || ev.GetIndex() <= last {
				t.Fatalf("event %d of %d bytes after event %d", ev.GetIndex(), n, last)
			}
			last, types, body = ev.GetIndex(), append(types, ev.GetType()), body[4+n:]
		}
		copy = copy[24+size+padding:]
	}
	want := []string{"session.start", "print", "print", "resize", "print", "session.end"}
	if diff := cmp.Diff(want, types); diff != "" || problem(rec, ProblemCorrupt) == nil {
		t.Errorf("events (-want +got):\n%s\n%+v", diff, rec.Problems)
	}
}

func TestCopy_opensWhatIsSealed(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	data, want := sealedSession(t, key.Recipient())
	clean, _ := copied(t, data, Options{Identities: []age.Identity{key}})
	rec := load(t, clean)
	if diff := cmp.Diff(want, outputs(rec)); diff != "" || !rec.Complete || rec.Meta.Format != FormatTeleportV1 {
		t.Errorf("meta %+v, outputs (-want +got):\n%.300s", rec.Meta, diff)
	}
}

func TestCopy_bringsALegacyRecordingUpToDate(t *testing.T) {
	t.Parallel()
	clean, old := copied(t, oldSession(t), Options{})
	rec := load(t, clean)
	if diff := cmp.Diff(outputs(old), outputs(rec)); diff != "" || !rec.Complete || rec.Meta.User != "alice@example.com" || len(rec.Frames) != len(old.Frames) {
		t.Errorf("%+v, outputs (-want +got):\n%s", rec.Problems, diff)
	}
	data := archive(t, "s-0.events.gz", packed(t, oldPrint(0, 0, 3), oldEvent(0, "custom.thing", `"x":1`), oldEvent(0, "exec", `"command":"`+strings.Repeat("x", 70_000)+`"`)), "s-0.chunks.gz", packed(t, "one"))
	w, err := NewWriter(io.Discard, WriterOptions{})
	check(t, err)
	rec = loadWith(t, bytes.NewReader(data), Options{Copy: w})
	if p := problem(rec, ProblemUnknown); p == nil || !p.Missing || !strings.Contains(p.Sentence, "was not copied") {
		t.Errorf("problems %+v", rec.Problems)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "more than the 65536") {
		t.Errorf("error %v", err)
	}
}

// Nobody waits for the rest of a large recording when the copy has failed.
func TestCopy_stopsWhenTheWriterFails(t *testing.T) {
	t.Parallel()
	w, err := NewWriter(fullDisk{}, WriterOptions{PartSize: 1})
	check(t, err)
	src := &counting{r: bytes.NewReader(big(t, 4<<20, 512))}
	rec := loadWith(t, src, Options{Copy: w})
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
	if len(rec.Frames) > 3000 {
		t.Errorf("%d frames", len(rec.Frames))
	}
}

// What the JSON lines say is what the frames say.
func TestJSONWriter_roundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		events := []apievents.AuditEvent{startEvent()}
		for range rapid.IntRange(0, 9).Draw(rt, "events") {
			d := time.Duration(rapid.IntRange(0, 1e6).Draw(rt, "ms")) * time.Millisecond
			if rapid.Bool().Draw(rt, "resize") {
				events = append(events, resizeEvent(d, "90:30"))
			} else {
				events = append(events, printEvent(d, d.Milliseconds(), string(rapid.SliceOf(rapid.Byte()).Draw(rt, "data"))))
			}
		}
		rec := recordingOf(t, events...)
		var buf bytes.Buffer
		w := NewJSONWriter(&buf)
		for _, f := range rec.Frames {
			check(t, w.Write(f))
		}
		check(t, w.Close())
		got := &Recording{Frames: readJSON(t, buf.Bytes())}
		if diff := same(rec, got); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
	})
	w := NewJSONWriter(fullDisk{})
	check(t, w.Write(Frame{Type: Output}))
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

// readJSON reads the lines that a JSONWriter wrote, by their description.
func readJSON(t testing.TB, data []byte) []Frame {
	t.Helper()
	types := map[string]FrameType{"output": Output, "resize": Resize, "event": Note, "graphics": Graphics}
	var out []Frame
	for line := range bytes.Lines(data) {
		var one struct {
			At         float64
			Type, Text string
			Base64     []byte
			Cols, Rows int
			Event      json.RawMessage
		}
		check(t, json.Unmarshal(line, &one))
		f := Frame{At: time.Duration(math.Round(one.At*1e6)) * time.Microsecond, Type: types[one.Type], Cols: one.Cols, Rows: one.Rows, Data: append([]byte(one.Text), one.Base64...)}
		if one.Event != nil {
			f.Event = &Event{json: one.Event}
		}
		out = append(out, f)
	}
	return out
}
