package recording

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

// t0 is when the sessions of these tests begin.
var t0 = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

func at(d time.Duration) time.Time { return t0.Add(d) }

func startEvent() *apievents.SessionStart {
	return &apievents.SessionStart{
		Metadata:           apievents.Metadata{Type: "session.start", Code: "T2000I", ID: "start", Time: t0, ClusterName: "example"},
		UserMetadata:       apievents.UserMetadata{User: "alice@example.com", Login: "root"},
		SessionMetadata:    apievents.SessionMetadata{SessionID: "11111111-2222-3333-4444-555555555555"},
		ServerMetadata:     apievents.ServerMetadata{ServerID: "host-id", ServerHostname: "web-1", ServerVersion: "17.0.0"},
		ConnectionMetadata: apievents.ConnectionMetadata{RemoteAddr: "203.0.113.9:5000", Protocol: "ssh"},
		TerminalSize:       "80:24",
	}
}

func endEvent(d time.Duration) *apievents.SessionEnd {
	return &apievents.SessionEnd{
		Metadata:     apievents.Metadata{Type: "session.end", Code: "T2004I", ID: "end", Time: at(d)},
		Interactive:  true,
		Participants: []string{"alice@example.com", "bob@example.com", "alice@example.com"},
		StartTime:    t0, EndTime: at(d),
	}
}

func resizeEvent(d time.Duration, size string) *apievents.Resize {
	return &apievents.Resize{Metadata: apievents.Metadata{Type: "resize", Time: at(d)}, TerminalSize: size}
}

// session writes a small session in several parts: start, outputs, a resize,
// end.
func session(t testing.TB, opts WriterOptions) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, opts)
	check(t, err)
	check(t, w.Event(startEvent()))
	check(t, w.Print(at(100*time.Millisecond), []byte("$ ")))
	check(t, w.Print(at(900*time.Millisecond), []byte("id\r\n")))
	check(t, w.Flush())
	check(t, w.Event(resizeEvent(1200*time.Millisecond, "100:30")))
	check(t, w.Print(at(1500*time.Millisecond), []byte("uid=0(root)\r\n$ ")))
	check(t, w.Flush())
	check(t, w.Event(endEvent(3*time.Second)))
	check(t, w.Close())
	return buf.Bytes()
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func load(t testing.TB, data []byte) *Recording {
	t.Helper()
	rec, err := Load(t.Context(), bytes.NewReader(data))
	check(t, err)
	return rec
}

// part builds a part by hand; what is in body need not be right.
func part(version uint64, body []byte, padding int) []byte {
	var h []byte
	h = binary.BigEndian.AppendUint64(h, version)
	h = binary.BigEndian.AppendUint64(h, uint64(len(body)))
	h = binary.BigEndian.AppendUint64(h, uint64(padding))
	if version == 2 {
		h = append(h, make([]byte, 8)...)
	}
	h = append(h, body...)
	return append(h, make([]byte, padding)...)
}

func zipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	_, err := w.Write(data)
	check(t, err)
	check(t, w.Close())
	return buf.Bytes()
}

// message is one record: length and protobuf, with a given index.
func message(t testing.TB, index int64, ev apievents.AuditEvent) []byte {
	t.Helper()
	ev.SetIndex(index)
	msg, err := apievents.MustToOneOf(ev).Marshal()
	check(t, err)
	return record(msg)
}

func record(msg []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(msg))), msg...)
}

func printEvent(d time.Duration, ms int64, data string) *apievents.SessionPrint {
	return &apievents.SessionPrint{
		Metadata: apievents.Metadata{Type: "print", Time: at(d)}, Data: []byte(data), Bytes: int64(len(data)), DelayMilliseconds: ms,
	}
}

// outputs is the terminal bytes of a recording, frame by frame.
func outputs(rec *Recording) []string {
	var out []string
	for _, f := range rec.Frames {
		if f.Type == Output {
			out = append(out, string(f.Data))
		}
	}
	return out
}

func problem(rec *Recording, kind ProblemKind) *Problem {
	for i := range rec.Problems {
		if rec.Problems[i].Kind == kind {
			return &rec.Problems[i]
		}
	}
	return nil
}

// failing gives some bytes and then an error.
type failing struct {
	r   io.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if errors.Is(err, io.EOF) {
		err = f.err
	}
	return n, err
}
