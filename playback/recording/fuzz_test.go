package recording

import (
	"bytes"
	"testing"
	"time"
)

// FuzzLoad: no bytes make a reader panic, hang, or go back in time.
func FuzzLoad(f *testing.F) {
	f.Add(session(f, WriterOptions{PartSize: 512}))
	f.Add(part(1, []byte("not gzip"), 3))
	f.Add(part(2, []byte(ageMagic+"-> a b\n--- c\n"), 0))
	f.Add([]byte("{\"version\":2,\"width\":80,\"height\":24}\n[0.1, \"o\", \"a\\u001b\"]\n"))
	f.Add([]byte("{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n[1, \"r\", \"9x9\"]\n#\n"))
	f.Add(zipped(f, session(f, WriterOptions{PartSize: 512})))
	f.Fuzz(func(t *testing.T, data []byte) { examine(t, data) })
}

// FuzzMessages: the same for what lies inside the gzip, which a mutation of the
// file hardly ever reaches.
func FuzzMessages(f *testing.F) {
	f.Add(bytes.Join([][]byte{
		message(f, 0, startEvent()), message(f, 1, printEvent(time.Second, 0, "x")),
		message(f, 2, resizeEvent(2*time.Second, "90:30")), message(f, 3, endEvent(3*time.Second)),
	}, nil))
	f.Add(record([]byte{0xfa, 0x7f, 2, 0x0a, 0}))
	f.Fuzz(func(t *testing.T, data []byte) {
		examine(t, part(1, zipped(t, data), 0))
		// And once as a single message, so that the decoder is reached.
		if len(data) > 0 && len(data) <= maxMessage {
			examine(t, part(1, zipped(t, record(data)), 0))
		}
	})
}

func examine(t *testing.T, data []byte) {
	rec, err := LoadLimit(t.Context(), bytes.NewReader(data), 16<<20)
	if err != nil {
		return
	}
	var last time.Duration
	for _, f := range rec.Frames {
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
	}
	if rec.Complete != (rec.Reason() == "") {
		t.Fatalf("complete %v, reason %q", rec.Complete, rec.Reason())
	}
}
