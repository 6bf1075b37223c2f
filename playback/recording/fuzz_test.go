package recording

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"filippo.io/age"
	apievents "github.com/gravitational/teleport/api/types/events"
)

// fuzzLimit is how much memory the recordings of the fuzz targets may take.
const fuzzLimit = 16 << 20

// FuzzLoad: no bytes make a reader panic, hang, or go back in time.
func FuzzLoad(f *testing.F) {
	f.Add(session(f, WriterOptions{PartSize: 512}))
	f.Add(part(1, []byte("not gzip"), 3))
	f.Add(part(2, []byte(ageMagic+"-> a b\n--- c\n"), 0))
	f.Add(append(part(1, zipped(f, message(f, 0, startEvent())), 0), append([]byte("junk"), part(1, zipped(f, message(f, 1, printEvent(0, 0, "x"))), 0)...)...))
	f.Add(zipped(f, session(f, WriterOptions{PartSize: 512})))
	f.Add(oldSession(f))
	f.Fuzz(func(t *testing.T, data []byte) { examine(t, data, Options{}) })
}

// FuzzMessages: the same for what lies inside the gzip, which a mutation of the
// file hardly ever reaches.
func FuzzMessages(f *testing.F) {
	f.Add(bytes.Join([][]byte{
		message(f, 0, startEvent()), message(f, 1, printEvent(time.Second, 0, "x")),
		message(f, 2, resizeEvent(2*time.Second, "90:30")), message(f, 3, endEvent(3*time.Second)),
	}, nil))
	f.Add(record([]byte{0xfa, 0x7f, 2, 0x0a, 0}))
	f.Add(bytes.Join([][]byte{
		message(f, 0, databaseStart("postgres")), message(f, 1, &apievents.PostgresParse{Metadata: meta("parse", 0), StatementName: "s", Query: "SELECT $1\n"}),
		message(f, 2, &apievents.PostgresBind{Metadata: meta("bind", 0), StatementName: "s", Parameters: []string{"x", ""}}), message(f, 3, &apievents.PostgresExecute{Metadata: meta("execute", 0)}),
	}, nil))
	f.Add(bytes.Join([][]byte{
		message(f, 0, &apievents.WindowsDesktopSessionStart{Metadata: meta("windows.desktop.session.start", 0)}),
		message(f, 1, &apievents.DesktopRecording{Metadata: meta("desktop.recording", 0), Message: []byte{1, 0, 0, 3, 32, 0, 0, 2, 88}}),
		message(f, 2, &apievents.AppSessionRequest{Metadata: meta("app.session.request", 0), Method: "GET", Path: "/a?%", StatusCode: 200}),
	}, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		examine(t, part(1, zipped(t, data), 0), Options{})
		// And once as a single message, so that the decoder is reached.
		if len(data) > 0 && len(data) <= maxMessage {
			examine(t, part(1, zipped(t, record(data)), 0), Options{})
		}
	})
}

// FuzzCast: asciicasts of all versions, whose frames hold no more than the file
// does.
func FuzzCast(f *testing.F) {
	f.Add("{\"version\":2,\"width\":80,\"height\":24}\n[0.1, \"o\", \"a\\u001b\"]\n")
	f.Add("{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n[1, \"r\", \"9x9\"]\n#\n[1,\"x\",3]")
	f.Add("{\"version\":1,\"width\":80,\"height\":24,\"stdout\":[[0.1,\"a\"],[1e9,\"\\ud83d\\ude80\"]]}")
	f.Fuzz(func(t *testing.T, text string) {
		rec := examine(t, []byte(text), Options{})
		if rec == nil || rec.Meta.Kind != KindAsciicast {
			return
		}
		if n := len(strings.Join(outputs(rec), "")); n > 3*len(text) { // a bad byte becomes a character of three
			t.Fatalf("%d bytes of output in a file of %d", n, len(text))
		}
		for _, open := range []func(io.Writer, Meta) (*CastWriter, error){NewCastWriter, NewCastWriterV3} {
			var buf bytes.Buffer
			w, err := open(&buf, rec.Meta)
			check(t, err)
			for _, frame := range rec.Frames {
				check(t, w.Write(frame))
			}
			check(t, w.Close())
			if again := load(t, buf.Bytes()); len(again.Problems) > 0 {
				t.Fatalf("what is written has problems: %+v", again.Problems)
			}
		}
	})
}

// FuzzLegacy: the files of a recording before 4.4.
func FuzzLegacy(f *testing.F) {
	f.Add(oldEvent(0, "session.start", `"size":"80:25"`)+oldPrint(0, 0, 3)+oldEvent(0, "session.end", `"x":1`), []byte("one"), `{"file_name":"s-1.chunks.gz","type":"chunks","offset":2}`)
	f.Add(oldPrint(0, 1<<60, 1<<40), []byte{}, "")
	f.Fuzz(func(t *testing.T, events string, chunks []byte, index string) {
		rec := examine(t, archive(t, "s.index", index, "s-0.events.gz", packed(t, events), "s-0.chunks.gz", string(zipped(t, chunks)), "s-1.chunks.gz", packed(t, "second")), Options{})
		// Every event may name the same bytes, once.
		if n := len(strings.Join(outputs(rec), "")); n > len(chunks)+len("second") {
			t.Fatalf("%d bytes of output of %d", n, len(chunks))
		}
	})
}

// FuzzSealed: what lies inside an encrypted part, and the part itself.
func FuzzSealed(f *testing.F) {
	key := newKey(f)
	opts := Options{Identities: []age.Identity{key}}
	f.Add(bytes.Join([][]byte{message(f, 0, startEvent()), message(f, 1, endEvent(time.Second))}, nil), uint16(40), byte(1))
	f.Fuzz(func(t *testing.T, data []byte, at uint16, flip byte) {
		ciphertext := seal(t, zipped(t, data), key.Recipient())
		sealed := examine(t, sealedPart(ciphertext, 2), opts)
		plain := examine(t, part(1, zipped(t, data), 2), Options{})
		if diff := same(plain, sealed); diff != "" {
			t.Fatalf("frames (-plain +sealed):\n%s", diff)
		}
		examine(t, sealedPart(seal(t, data, key.Recipient()), 0), opts)
		ciphertext[int(at)%len(ciphertext)] ^= flip
		examine(t, sealedPart(ciphertext, 2), opts)
	})
}

// FuzzResume: a file that is read up to a cut, and then to its end, has the
// output that it has when it is read at once.
func FuzzResume(f *testing.F) {
	f.Add(session(f, WriterOptions{PartSize: 512}), uint16(600))
	f.Add([]byte("{\"version\":2,\"width\":80,\"height\":24}\n[0.1, \"o\", \"a\\u001b\"]\n#\n[0.2, \"o\", \"b\"]\n"), uint16(50))
	f.Fuzz(func(t *testing.T, data []byte, at uint16) {
		src := &growing{data: data, end: int(at) % (len(data) + 1)}
		rd, err := Open(src, Options{})
		if err != nil {
			return
		}
		rec := &Recording{}
		_, err = rec.Grow(rd, 1<<40, fuzzLimit)
		check(t, err)
		cut := len(rec.Frames)
		src.end = len(data)
		if err := rd.Resume(); err != nil || rd.ahead == nil && !rd.done {
			return
		}
		_, err = rec.Grow(rd, 1<<40, fuzzLimit)
		check(t, err)
		inspect(t, rec)
		if len(rec.Frames) < cut {
			t.Fatal("frames went away")
		}
		// A line of an asciicast that is good by itself may be the beginning of
		// a bad one, and a file of a few bytes may look like another format.
		whole := examine(t, data, Options{})
		if whole == nil || whole.Meta.Kind == KindAsciicast || whole.Meta.Format != rec.Meta.Format || problem(whole, ProblemLimit) != nil {
			return
		}
		if strings.Join(outputs(rec), "") != strings.Join(outputs(whole), "") {
			t.Fatalf("outputs %q, at once %q", outputs(rec), outputs(whole))
		}
	})
}

// growing is a file of which only the beginning is there yet.
type growing struct {
	data    []byte
	at, end int
}

func (g *growing) Read(p []byte) (int, error) {
	if g.at >= g.end {
		return 0, io.EOF
	}
	n := copy(p, g.data[g.at:g.end])
	g.at += n
	return n, nil
}

func (g *growing) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekStart {
		g.at = int(offset)
	}
	return int64(g.at), nil
}

// examine reads a file in every way and returns what is in it, or nil for what
// is no recording.
func examine(t *testing.T, data []byte, opts Options) *Recording {
	rd, err := Open(bytes.NewReader(data), opts)
	if err != nil {
		if !errors.Is(err, ErrNotRecording) {
			t.Fatalf("error %v", err)
		}
		return nil
	}
	rec := &Recording{}
	_, err = rec.Grow(rd, 1<<40, fuzzLimit)
	check(t, err)
	inspect(t, rec)
	return rec
}

// inspect checks what holds for every recording.
func inspect(t *testing.T, rec *Recording) {
	var last time.Duration
	lines := NewJSONWriter(io.Discard)
	held := 0
	for _, f := range rec.Frames {
		held += len(f.Data) + frameCost
		if f.At < last || f.At > maxAt {
			t.Fatalf("%v after %v", f.At, last)
		}
		last = f.At
		if f.Type == Resize && (f.Cols < 1 || f.Rows < 1 || f.Cols > MaxCols || f.Rows > MaxRows) {
			t.Fatalf("size %dx%d", f.Cols, f.Rows)
		}
		if f.Event != nil && len(f.Event.JSON()) == 0 {
			t.Fatal("no JSON")
		}
		if f.Type == Note && f.Event == nil {
			t.Fatal("a note without an event")
		}
		if f.Type != Output && (!utf8.Valid(f.Data) || bytes.ContainsAny(f.Data, "\x1b\x00\x07\x08")) {
			t.Fatalf("composed: %q", f.Data)
		}
		check(t, lines.Write(f))
	}
	if held > fuzzLimit+maxPrint+maxLine {
		t.Fatalf("%d bytes are held", held)
	}
	if rec.Complete != (rec.Reason() == "") {
		t.Fatalf("complete %v, reason %q", rec.Complete, rec.Reason())
	}
	for _, p := range rec.Problems {
		if p.Count < 1 || !strings.HasSuffix(p.Sentence, ".") || strings.ContainsFunc(p.Sentence, func(r rune) bool { return r < ' ' }) {
			t.Fatalf("problem %+v", p)
		}
	}
	rec.Lines()
}
