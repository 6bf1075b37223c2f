package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

// athenaRow is a row as Teleport's Athena backend writes it.
type athenaRow struct {
	UID  string  `parquet:"uid"`
	Type string  `parquet:"event_type"`
	Data *string `parquet:"event_data,optional,snappy"`
}

// parquetOf writes each line as a row, perGroup rows in each row group; an empty
// line is a row without a value.
func parquetOf(t testing.TB, log string, perGroup int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[athenaRow](&b, parquet.PageBufferSize(4096))
	n := 0
	for l := range strings.Lines(log) {
		row := athenaRow{UID: "u", Type: "x"}
		if l = strings.TrimSuffix(l, "\n"); l != "" {
			row.Data = &l
		}
		if _, err := w.Write([]athenaRow{row}); err != nil {
			t.Fatal(err)
		}
		if n++; n%perGroup == 0 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// utf16Of writes a text as Windows PowerShell does, in either order of bytes.
func utf16Of(text string, order binary.AppendByteOrder) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		b = order.AppendUint16(b, unit)
	}
	return b
}

// A packing is taken off: the content is the log, the SHA-256 of the file as
// given is kept, and the same file is known when it comes again.
func TestBuild_takesPackingsOff(t *testing.T) {
	t.Parallel()
	log := line("exec", 5000, `"user":"é😀","command":"x"`) + "\n\n" + lines(3000)
	crlf := strings.ReplaceAll(log, "\n", "\r\n")
	for name, tt := range map[string]struct {
		data            []byte
		content, format string
	}{
		"parquet":               {parquetOf(t, log, 700), log, "ndjson in parquet"},
		"parquet in gzip":       {gz(t, parquetOf(t, log, 5000)), log, "ndjson in parquet in gzip"},
		"utf-16, little endian": {utf16Of(crlf, binary.LittleEndian), crlf, "ndjson in utf-16"},
		"utf-16, big endian":    {utf16Of(log, binary.BigEndian), log, "ndjson in utf-16"},
		"utf-16 in zstd":        {zst(t, utf16Of(log, binary.LittleEndian)), log, "ndjson in utf-16 in zstd"},
		"gzip in gzip":          {gz(t, gz(t, []byte(log))), log, "ndjson in gzip in gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := write(t, dir, "x", tt.data)
			c, report := build(t, path)
			sources, err := c.Sources(t.Context())
			if err != nil || report.Events != 3001 || len(sources) != 1 {
				t.Fatalf("%d events, %d sources, %v", report.Events, len(sources), err)
			}
			sum := sha256.Sum256(tt.data)
			if s := sources[0]; s.Format != tt.format || s.SHA256 != hex.EncodeToString(sum[:]) || s.Size != int64(len(tt.data)) || !s.Complete {
				t.Errorf("%+v", s)
			}
			if string(replayed(t, c, 1)) != tt.content {
				t.Error("the content does not come back")
			}
			again, err := c.Ingest(t.Context(), []string{path}, Options{})
			if err != nil || len(again.Known) != 1 {
				t.Errorf("a second time: %+v, %v", again, err)
			}
			inside := write(t, dir, "x.tar", tarOf(t, packedFile{"x", tt.data}))
			again, err = c.Ingest(t.Context(), []string{inside}, Options{})
			if err != nil || again.Events != 0 || again.Duplicates != 3001 {
				t.Errorf("in a tar: %+v, %v", again, err)
			}
			if got := replayed(t, c, 2); string(got) != tt.content {
				t.Error("the content does not come back out of the tar")
			}
			sound(t, c)
		})
	}
}

func TestBuild_tellsWhatAParquetFileLacks(t *testing.T) {
	t.Parallel()
	type other struct {
		UID string `parquet:"uid"`
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[other](&b)
	if _, err := w.Write([]other{{"u"}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	whole := parquetOf(t, lines(100), 10)
	for want, data := range map[string][]byte{
		"a Parquet file without the column event_data, it has uid": b.Bytes(),
		"the Parquet file is cut or damaged":                       whole[:len(whole)-5],
	} {
		_, report := build(t, write(t, t.TempDir(), "x.parquet", data))
		if len(report.Skipped) != 1 || !strings.Contains(report.Skipped[0].Reason, want) {
			t.Errorf("%+v, want %s", report.Skipped, want)
		}
	}
}

// A damaged row group is told, and all others are taken.
func TestBuild_keepsTheGoodRowGroups(t *testing.T) {
	t.Parallel()
	log := lines(1000)
	data := parquetOf(t, log, 100)
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range f.Metadata().RowGroups[4].Columns {
		if m := column.MetaData; m.PathInSchema[0] == eventColumn {
			copy(data[m.DataPageOffset:], "\xff\xff\xff")
		}
	}
	c, report := build(t, write(t, t.TempDir(), "x.parquet", data))
	sources, err := c.Sources(t.Context())
	if err != nil || report.Events != 900 {
		t.Fatalf("%d events, %v", report.Events, err)
	}
	if s := sources[0]; s.Complete || !strings.Contains(s.Problem, "row group 5 of 10 of the Parquet file") {
		t.Errorf("%+v", s)
	}
	sound(t, c)
}

// Lines of Docker that are cut into pieces, Postgres' rows and DynamoDB's packed
// items give the same events through the whole store.
func TestBuild_joinsWhatContainersCut(t *testing.T) {
	t.Parallel()
	long := line("exec", 1, `"user":"ann","command":"`+strings.Repeat("x", 50<<10)+`"`)
	var docker strings.Builder
	for _, l := range []string{line("user.login", 2, ""), long, line("user.login", 3, "")} {
		for l += "\n"; l != ""; l = l[min(len(l), 16<<10):] {
			fmt.Fprintf(&docker, "{\"log\":%s,\"stream\":\"stdout\"}\n", quote(l[:min(len(l), 16<<10)]))
		}
	}
	c, report := build(t, write(t, t.TempDir(), "x-json.log", []byte(docker.String())))
	if report.Events != 3 || report.Rejects != 0 {
		t.Fatalf("%+v", report)
	}
	found := false
	for _, raw := range rawLines(t, c, events(t, c)) {
		found = found || raw == long
	}
	if d := cmp.Diff(docker.String(), string(replayed(t, c, 1))); d != "" || !found {
		t.Errorf("the long event came back: %v, source -want +got:\n%.500s", found, d)
	}
	sound(t, c)
}
