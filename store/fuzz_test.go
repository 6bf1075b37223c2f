package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
	"cordon/investigations/extract"
	"cordon/investigations/filter"
	"cordon/investigations/journal"
	"cordon/store/framing"
	"cordon/store/views"
)

// splitReader gives a content in pieces of the sizes given, over and over.
type splitReader struct {
	rest  []byte
	sizes []byte
	next  int
}

func (r *splitReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := len(p)
	if len(r.sizes) > 0 {
		n = 1 + int(r.sizes[r.next%len(r.sizes)])*1021
		r.next++
	}
	n = copy(p[:min(n, len(p))], r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// stretch is an event or a reject of a content, wherever the blocks were cut.
type stretch struct {
	Off, Size int64
	Line      int64 // of a reject
	Form      framing.Form
	What      string
}

// cutAll runs a content through the cutter and the scanner of its blocks, and
// checks what must hold for each block.
func cutAll(t *testing.T, content []byte, s shape, sizes []byte) (found []stretch) {
	t.Helper()
	var framer framing.Framer = &framing.Lines{}
	if s == shapeFramed {
		head := content[:min(len(content), sniffBytes)]
		var ok bool
		if framer, ok = framing.Sniff(head, len(head) == len(content)); !ok {
			return nil
		}
	}
	cut := cutter{r: &splitReader{rest: content, sizes: sizes}, framer: framer, shape: s, sum: sha256.New()}
	var scanner extract.Scanner
	var odd framing.Lines
	var all []byte
	lines := int64(0)
	for {
		b, err := cut.next(t.Context())
		if b == nil {
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			break
		}
		if b.offset != int64(len(all)) {
			t.Fatalf("a block at %d after %d bytes", b.offset, len(all))
		}
		all = append(all, b.data...)
		scanner.Reset(extract.Memory{})
		switch s {
		case shapeLines:
			b.scan(&scanner, &odd)
		case shapeFramed:
			b.scanItems(&scanner)
		}
		found = append(found, eventsOf(t, b)...)
		for i, r := range b.rejects {
			if r.off < 0 || r.size <= 0 || r.off+r.size > len(b.data) || r.reason == "" {
				t.Fatalf("reject %+v in a block of %d bytes", r, len(b.data))
			}
			if last := len(found) - 1; i == 0 && b.goesOn {
				found[last].Size += int64(r.size)
				continue
			}
			found = append(found, stretch{Off: b.offset + int64(r.off), Size: int64(r.size), Line: lines + r.line, What: r.reason})
		}
		lines += b.lines
		b.recycle()
	}
	if !bytes.Equal(all, content) {
		t.Fatal("the blocks are not the content")
	}
	slices.SortStableFunc(found, func(a, b stretch) int { return int(a.Off - b.Off) })
	return found
}

// eventsOf checks and lists the events of a block.
func eventsOf(t *testing.T, b *block) (found []stretch) {
	t.Helper()
	end := 0
	for _, e := range b.events {
		if e.off < end || e.size <= 0 || e.off+e.size > len(b.data) {
			t.Fatalf("event at %d+%d, the one before ends at %d, the block at %d", e.off, e.size, end, len(b.data))
		}
		again, err := e.form.Event(b.data[e.off : e.off+e.size])
		if err != nil || !bytes.Equal(again, e.event) || len(e.line.Type) == 0 {
			t.Fatalf("form %d of %q gives %q, %v, want %q", e.form, b.data[e.off:e.off+e.size], again, err, e.event)
		}
		end = e.off + e.size
		found = append(found, stretch{Off: b.offset + int64(e.off), Size: int64(e.size), Form: e.form, What: string(e.event)})
	}
	spans, err := unpackSpans(packSpans(b.events))
	if b.regular {
		spans, err = lineSpans(b.data, len(b.events)), nil
	}
	if err != nil || len(spans) != len(b.events) {
		t.Fatalf("%d spans of %d events, %v", len(spans), len(b.events), err)
	}
	for i, e := range b.events {
		if want := (span{e.off, e.off + e.size, e.form}); spans[i] != want {
			t.Fatalf("span %+v, want %+v", spans[i], want)
		}
	}
	return found
}

// However the bytes of a content arrive, its blocks put together are the
// content, and the same events and rejects stand in it.
func FuzzCut(f *testing.F) {
	event, pretty := line("exec", 1, `"command":"id"`), "{\n \"event\": \"exec\",\n \"uid\": \"u\"\n}\n"
	for i, s := range []string{
		event + "\n" + event, event + "\r\n\n{\"event\":\"cut\n", "\ufeff" + event + "\n", pretty + pretty, "[" + event + ",\n" + event + "]",
		"uid,event_data\nu,\"" + strings.ReplaceAll(event, `"`, `""`) + "\"\n", `{"log":` + fmt.Sprintf("%q", event) + "}\n", "\n\n\x00\xff",
	} {
		f.Add([]byte(s), []byte{byte(i), 0, 255, 3}, uint16(0))
		f.Add([]byte(s), []byte{255, byte(i)}, uint16(33_000))
	}
	f.Fuzz(func(t *testing.T, content, sizes []byte, padding uint16) {
		if len(content) > 1<<14 {
			return
		}
		// Between two copies stands a long line, so that there are several blocks.
		if padding > 0 {
			content = slices.Concat(content, bytes.Repeat([]byte{' '}, int(padding)*16), []byte("x\n"), content)
		}
		for _, s := range []shape{shapeLines, shapeFramed, shapeOpaque} {
			want := cutAll(t, content, s, nil)
			if got := cutAll(t, content, s, sizes); !cmp.Equal(want, got) {
				t.Fatalf("shape %d in pieces:\n%.2000s", s, cmp.Diff(want, got))
			}
		}
	})
}

// Whatever a packed column holds, its decoders give an error or no more than
// there is room for in so many bytes.
func FuzzPacked(f *testing.F) {
	p := &postings{times: []int64{5, 0, 9, 7}}
	p.list(7<<typeBits|3, []uint32{0, 1, 1, 3})
	f.Add(p.lists, int64(1))
	f.Add(packSpans([]scanned{{off: 3, size: 40, form: framing.FormWrapped}, {off: 50, size: 9}}), int64(60))
	f.Add(binary.AppendUvarint(nil, 1<<63), int64(-1))
	f.Add(bytes.Repeat([]byte{0xff}, 30), int64(1<<62))
	f.Fuzz(func(t *testing.T, b []byte, n int64) {
		ids := 0
		_ = eachList(n, b, nil, func(l list) error {
			if ids += len(l.ids); ids > len(b) {
				t.Fatalf("%d events in %d bytes", ids, len(b))
			}
			return nil
		})
		if instants, err := unpackInstants(nil, b, instant{n, n}); err == nil && len(instants) > len(b)/2 {
			t.Fatalf("%d instants in %d bytes", len(instants), len(b))
		}
		spans, err := unpackSpans(b)
		if err != nil {
			return
		}
		for _, spans := range [][]span{spans, lineSpans(b, int(n&0xff))} {
			c := &chunk{first: 1, events: int64(n & 0xff), data: b, spans: spans}
			for id := range int64(len(spans) + 2) {
				if line, err := c.line(id + 1); err == nil && len(line) > 3*len(b)+2 {
					t.Fatalf("an event of %d bytes in %d", len(line), len(b))
				}
			}
		}
	})
}

// damages are ways to damage a case: bytes into a column, and a number into
// another.
var damages = []string{
	`UPDATE chunk SET data = ?1 WHERE id = 1 + (?2 & 65535) % 3`,
	`UPDATE chunk SET size = ?2, events = events + length(?1) % 3`,
	`UPDATE chunk SET spans = ?1 WHERE id = 1 + (?2 & 65535) % 3`,
	`UPDATE chunk SET first_event = ?2, line = ?2, offset = offset + ?2 % 2 WHERE id = 2`,
	`UPDATE posting SET lists = ?1 WHERE entity = (?2 & 65535) % 20`,
	`UPDATE posting SET segment = ?2 WHERE entity = length(?1)`,
	`UPDATE event SET more = ?1, type = type + ?2 % 3 WHERE id = 1 + (?2 & 65535) % 50`,
	`UPDATE event SET time = ?2, uid = ?1 WHERE id = 1 + length(?1) % 50`,
	`UPDATE entity SET name = ?1, kind = ?2 WHERE id = 1 + length(?1)`,
	`UPDATE source SET base = 1 + (?2 & 65535) % 3, base_size = ?2, content_size = length(?1)`,
	`UPDATE meta SET value = ?1 WHERE ?2 % 3 <> 1`,
	`UPDATE journal SET entry = ?1, seq = ?2 % 3`,
	`UPDATE state SET value = ?1 WHERE ?2 % 3 <> 1`,
	`UPDATE gap SET detail = ?1, since = ?2, kind = ?1`,
	`UPDATE day SET day = ?2, events = ?2 WHERE length(?1) < 40`,
	`UPDATE reject SET offset = ?2, reason = ?1`,
	`UPDATE segment SET events = ?2, until = ?2 WHERE first > length(?1) % 2`,
	`UPDATE timeline SET entries = ?1, since = since + ?2 % 2`,
	`UPDATE columns SET cells = CAST(substr(cells, 1, (?2 & 65535) % 60) || ?1 || substr(cells, 60) AS BLOB), segment = segment + ?2 % 2`,
}

// smallCase is the bytes of a case that has a little of everything.
func smallCase(f *testing.F) []byte {
	dir := f.TempDir()
	var log strings.Builder
	for i := range 40 {
		log.WriteString(line("session.start", i+1, fmt.Sprintf(`"user":"u%d","sid":"00000000-0000-4000-9000-%012d","roles":["a","b"],"command":"c %d"`, i%4, i/2, i)) + "\n")
	}
	paths := []string{
		write(f, dir, "a.log", []byte(log.String()+`{"event":"cut`+"\n"+line("exec", 3, "")+"\n")),
		write(f, dir, "b.json", []byte("["+line("exec", 90, "")+",\n"+line("exec", 91, "")+"]")),
		write(f, dir, "c.log.gz", gz(f, []byte(log.String()+line("user.login", 95, "")+"\n"))),
	}
	at := func() time.Time { return time.UnixMilli(1_770_000_000_000) }
	c, _, err := Build(context.Background(), filepath.Join(dir, "small"+Extension), paths, Options{Now: at})
	if err != nil {
		f.Fatal(err)
	}
	_, err = c.Record(context.Background(), journal.Entry{Time: at(), Action: journal.ActionNote, Note: "n"})
	if err := errors.Join(err, c.SetState(context.Background(), "k", "v"), c.Star(context.Background(), 3, true), c.Close()); err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(c.Path())
	if err != nil {
		f.Fatal(err)
	}
	return data
}

// A damaged case gives errors: it never panics, hangs or asks for memory
// without end.
func FuzzCase(f *testing.F) {
	base := smallCase(f)
	for way := range len(damages) + 1 {
		for i, b := range [][]byte{bytes.Repeat([]byte{0xff}, 25), {1}, []byte("\x01\x02\x03\x00\x10\x20\x80\x01\x33\x00")} {
			if i > 0 && way%2 != i%2 && rounds() == 0 {
				continue // each damage with two of them; the long tests take all
			}
			f.Add(uint8(way), b, int64(way*97)<<(way%3*25))
		}
	}
	f.Fuzz(func(t *testing.T, way uint8, b []byte, n int64) {
		if len(b) > 1<<12 {
			return
		}
		path := filepath.Join(t.TempDir(), "case"+Extension)
		if err := os.WriteFile(path, damaged(base, way, b), 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if i := int(way) % (len(damages) + 1); i < len(damages) {
			damageRow(t, path, damages[i], b, n)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		useAll(ctx, path)
		runtime.ReadMemStats(&after)
		if ctx.Err() != nil {
			t.Fatal("it does not come to an end")
		}
		if grew := after.TotalAlloc - before.TotalAlloc; grew > 2<<30 {
			t.Fatalf("%d MiB of memory for a case of %d bytes", grew>>20, len(base))
		}
	})
}

// damaged writes bytes into a copy of a case file: of each five, four say where.
func damaged(base []byte, way uint8, b []byte) []byte {
	out := bytes.Clone(base)
	if int(way)%(len(damages)+1) < len(damages) {
		return out
	}
	for ; len(b) >= 5; b = b[5:] {
		out[int(binary.LittleEndian.Uint32(b))%len(out)] ^= b[4]
	}
	if len(b) == 3 { // what is left cuts the file
		out = out[:len(out)*int(b[0])/256]
	}
	return out
}

func damageRow(t *testing.T, path, sql string, b []byte, n int64) {
	t.Helper()
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	err = sqlitex.Execute(conn, sql, &sqlitex.ExecOptions{Args: []any{b, n}})
	if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultConstraint {
		err = nil // the damage is one that SQLite itself refuses
	}
	if err := errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
}

// useAll reads all that a case holds and adds to it, whatever each answers.
func useAll(ctx context.Context, path string) {
	c, err := Open(ctx, path)
	if err != nil {
		return
	}
	defer c.Close()
	_, _ = c.Coverage(ctx)
	_, _ = c.Days(ctx)
	_, _ = c.Rejects(ctx, 100)
	_, _ = c.Journal(ctx)
	_, _ = c.Stars(ctx)
	_, _ = c.State(ctx, "k")
	_, _ = c.TypeGroups(ctx)
	_, _ = c.Sessions(ctx, investigations.Entity{Kind: investigations.KindUser, Name: "u1"}, 10)
	_, _ = c.Groups(ctx, investigations.Entity{Kind: investigations.KindUser, Name: "u1"})
	_ = c.EachEvent(ctx, nil, true, func(*investigations.Event, []byte) error { return ctx.Err() })
	for _, text := range []string{"user:u1", "text:c", "event:session.* after:2026-03-01"} {
		if expr, err := filter.Parse(text, time.Time{}); err == nil {
			if s, err := c.Select(ctx, expr); err == nil {
				_, _ = s.Window(ctx, nil, true, 20)
				_, _ = s.Window(ctx, nil, false, 20)
			}
		}
	}
	for _, view := range []*views.View{viewOf("session.start"), viewOf("events")} {
		_, _ = c.Scan(ctx, &views.Scan{View: view, Columns: view.Columns, Shown: 3, Counted: true}, func([]views.Value, int64) error { return ctx.Err() })
		_, _ = c.Scan(ctx, &views.Scan{View: view, Columns: view.Columns, Shown: len(view.Columns)}, func([]views.Value, int64) error { return ctx.Err() })
	}
	_ = c.Columns(ctx, []int64{1, 2, 30}, []string{"user", "uid"}, func(int64, []views.Value) error { return ctx.Err() })
	sources, _ := c.Sources(ctx)
	for _, s := range sources {
		_ = c.Replay(ctx, s.ID, io.Discard)
	}
	for id := range int64(4) {
		_, _ = c.Origin(ctx, id*20)
	}
	_, _ = c.Verify(ctx)
	more := path + ".log"
	if os.WriteFile(more, []byte(line("exec", 3, "")+"\n"+line("exec", 99, `"user":"u1"`)+"\n"), 0o600) == nil {
		_, _ = c.Ingest(ctx, []string{more}, Options{})
	}
	_ = c.Star(ctx, 4, true)
}
