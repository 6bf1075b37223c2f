package recording

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// grown reads a file that grows to each of the sizes in turn, as a player would
// follow it, and shows what there is after each.
func grown(t testing.TB, data []byte, sizes []int, each func(int, *Recording)) *Recording {
	t.Helper()
	src := &growing{data: data, end: sizes[0]}
	rd, err := NewReader(src)
	check(t, err)
	rec := &Recording{}
	for i, size := range sizes {
		if src.end = size; i > 0 {
			check(t, rd.Resume())
		}
		done, err := rec.Grow(rd, 1<<40, 1<<40)
		check(t, err)
		if !done {
			t.Fatal("there is more at the end of the file")
		}
		each(size, rec)
	}
	return rec
}

// The same with a file on disk that somebody else appends to.
func TestResume_onDisk(t *testing.T) {
	t.Parallel()
	data := session(t, WriterOptions{PartSize: 600})
	path := filepath.Join(t.TempDir(), "growing")
	check(t, os.WriteFile(path, data[:700], 0o600))
	in, err := os.Open(path)
	check(t, err)
	defer in.Close()
	rd, err := NewReader(in)
	check(t, err)
	rec := &Recording{}
	_, err = rec.Grow(rd, batchSize, DefaultLimit)
	check(t, err)
	if n := len(rec.Frames); n == 0 || rec.Complete || problem(rec, ProblemNoEnd) == nil {
		t.Errorf("%d frames of the beginning, %+v", n, rec.Problems)
	}
	out, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	check(t, err)
	_, err = out.Write(data[700:])
	check(t, err)
	check(t, out.Close())
	check(t, rd.Resume())
	_, err = rec.Grow(rd, batchSize, DefaultLimit)
	check(t, err)
	if diff := same(load(t, data), rec); diff != "" || !rec.Complete {
		t.Errorf("%+v, frames (-at once +followed):\n%s", rec.Problems, diff)
	}
}

// same compares two recordings frame by frame.
func same(a, b *Recording) string {
	type frame struct {
		At         time.Duration
		Type       FrameType
		Data       string
		Cols, Rows int
		Event      string
	}
	flat := func(r *Recording) (out []frame) {
		for _, f := range r.Frames {
			one := frame{f.At, f.Type, string(f.Data), f.Cols, f.Rows, ""}
			if f.Event != nil {
				one.Event = string(f.Event.JSON())
			}
			out = append(out, one)
		}
		return out
	}
	return cmp.Diff(flat(a), flat(b))
}

// However a recording grows, the end is what it is when it is read at once, and
// until then it says that it has no end.
func TestResume_followsAFileThatGrows(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	sealed, _ := sealedSession(t, key.Recipient())
	files := map[string][]byte{
		"teleport":  session(t, WriterOptions{PartSize: 600}),
		"sealed":    sealed,
		"cast v2":   []byte("{\"version\":2,\"width\":80,\"height\":24}\n[0.1, \"o\", \"a\"]\n[0.2, \"m\", \"é\"]\n[0.25, \"o\", \"b\"]\nnonsense\n[0.3, \"r\", \"9x9\"]\n"),
		"cast v3":   []byte("{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n# note\n[0.1, \"o\", \"a\"]\n[0.2, \"o\", \"é\"]\n[0.25, \"i\", \"b\"]\n"),
		"two parts": bytes.Join([][]byte{session(t, WriterOptions{PartSize: 900}), part(1, zipped(t, message(t, 1, printEvent(0, 0, "again"))), 3)}, nil),
	}
	for name, data := range files {
		whole := load(t, data)
		head := 300
		if name != "teleport" && name != "sealed" && name != "two parts" {
			head = bytes.IndexByte(data, '\n') + 1
		}
		rapid.Check(t, func(rt *rapid.T) {
			var sizes []int
			for at := rapid.IntRange(head, len(data)).Draw(rt, "first"); at < len(data); at += rapid.IntRange(1, len(data)/3).Draw(rt, "more") {
				sizes = append(sizes, at)
			}
			rec := grown(t, data, append(sizes, len(data)), func(size int, rec *Recording) {
				if size < len(data) && name == "teleport" && rec.Complete {
					rt.Fatalf("%s passes for complete at %d of %d bytes", name, size, len(data))
				}
			})
			if diff := same(whole, rec); diff != "" {
				rt.Fatalf("%s in %v: frames (-at once +followed):\n%s", name, sizes, diff)
			}
			if diff := cmp.Diff(kinds(whole), kinds(rec)); diff != "" {
				rt.Fatalf("%s in %v: problems (-at once +followed):\n%s", name, sizes, diff)
			}
			if diff := cmp.Diff(whole.Meta, rec.Meta); diff != "" || rec.Complete != whole.Complete {
				rt.Fatalf("%s in %v: meta (-at once +followed):\n%s", name, sizes, diff)
			}
		})
	}
}

func kinds(rec *Recording) map[ProblemKind]int64 {
	out := map[ProblemKind]int64{}
	for _, p := range rec.Problems {
		out[p.Kind] = p.Count
	}
	return out
}

func TestResume_needsAFile(t *testing.T) {
	t.Parallel()
	data := session(t, WriterOptions{})
	for name, src := range map[string]io.Reader{
		"a stream": &slow{data}, "a packed file": bytes.NewReader(zipped(t, data)), "a tar": bytes.NewReader(oldSession(t)),
		"an asciicast v1": bytes.NewReader([]byte(`{"version":1,"width":9,"height":2,"stdout":[]}`)),
	} {
		rd, err := NewReader(src)
		check(t, err)
		for err == nil {
			_, err = rd.Next()
		}
		if err := rd.Resume(); !errors.Is(err, ErrNotResumable) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	rd, err := NewReader(bytes.NewReader(data))
	check(t, err)
	check(t, rd.Resume()) // before the end it does nothing
	if f, err := rd.Next(); err != nil || f.Event.Type != "session.start" {
		t.Errorf("frame %+v, error %v", f, err)
	}
}
