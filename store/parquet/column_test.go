package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"pgregory.net/rapid"
)

// Rows as Teleport's Athena backend has them, and the spellings of the column.
type (
	requiredRow struct {
		UID  string `parquet:"uid"`
		Data string `parquet:"event_data"`
	}
	dictionaryRow struct {
		UID  string `parquet:"uid"`
		Data string `parquet:"event_data,dict"`
	}
	lengthsRow struct {
		UID  string `parquet:"uid"`
		Data string `parquet:"event_data,delta"`
	}
	optionalRow struct {
		UID  string  `parquet:"uid"`
		Data *string `parquet:"event_data,optional"`
	}
	optionalDictionaryRow struct {
		UID  string  `parquet:"uid"`
		Data *string `parquet:"event_data,optional,dict"`
	}
)

// file writes rows, perGroup of them in each row group.
func file[T any](t reporter, rows []T, perGroup int, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	for len(rows) > 0 {
		n := min(perGroup, len(rows))
		if _, err := w.Write(rows[:n]); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		rows = rows[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type reporter interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// read gives all values and what was wrong.
func read(t reporter, content []byte) (values []string, problems []error) {
	t.Helper()
	c, err := NewColumn(bytes.NewReader(content), int64(len(content)), "event_data")
	if err != nil {
		return nil, []error{err}
	}
	defer c.Close()
	for {
		v, err := c.Next()
		if errors.Is(err, io.EOF) {
			return values, problems
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		values = append(values, string(v))
	}
}

var codecs = map[string]compress.Codec{
	"snappy": &parquet.Snappy, "gzip": &parquet.Gzip, "zstd": &parquet.Zstd, "uncompressed": &parquet.Uncompressed,
}

// made writes the same texts in one of the ways in which a writer may; an empty
// text is no value where the column may have none.
var made = map[string]func(t reporter, texts []string, perGroup int, options ...parquet.WriterOption) []byte{
	"plain": func(t reporter, texts []string, n int, o ...parquet.WriterOption) []byte {
		return file(t, rows(texts, func(s string) requiredRow { return requiredRow{"u", s} }), n, append(o, parquet.DefaultEncoding(&parquet.Plain))...)
	},
	"dictionary": func(t reporter, texts []string, n int, o ...parquet.WriterOption) []byte {
		return file(t, rows(texts, func(s string) dictionaryRow { return dictionaryRow{"u", s} }), n, o...)
	},
	"lengths": func(t reporter, texts []string, n int, o ...parquet.WriterOption) []byte {
		return file(t, rows(texts, func(s string) lengthsRow { return lengthsRow{"u", s} }), n, o...)
	},
	"prefixes": func(t reporter, texts []string, n int, o ...parquet.WriterOption) []byte {
		schema := parquet.NewSchema("row", parquet.Group{"uid": parquet.String(), "event_data": parquet.Encoded(parquet.String(), &parquet.DeltaByteArray)})
		return file(t, rows(texts, func(s string) requiredRow { return requiredRow{"u", s} }), n, append(o, schema)...)
	},
	"optional": func(t reporter, texts []string, n int, o ...parquet.WriterOption) []byte {
		return file(t, rows(texts, func(s string) optionalRow { return optionalRow{"u", orNone(s)} }), n, o...)
	},
	"optional dictionary": func(t reporter, texts []string, n int, o ...parquet.WriterOption) []byte {
		return file(t, rows(texts, func(s string) optionalDictionaryRow { return optionalDictionaryRow{"u", orNone(s)} }), n, o...)
	},
}

func rows[T any](texts []string, row func(string) T) []T {
	var out []T
	for _, s := range texts {
		out = append(out, row(s))
	}
	return out
}

func orNone(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func TestColumn_readsWhatOthersWrite(t *testing.T) {
	t.Parallel()
	for way, write := range made {
		for codec, c := range codecs {
			for version := 1; version <= 2; version++ {
				t.Run(fmt.Sprintf("%s, %s, pages of version %d", way, codec, version), func(t *testing.T) {
					t.Parallel()
					rapid.Check(t, func(t *rapid.T) {
						texts := rapid.SliceOfN(rapid.OneOf(
							rapid.SampledFrom([]string{"", "a", "ab", "abc", strings.Repeat("x", 3000)}),
							rapid.StringN(0, 30, 90),
						), 1, 400).Draw(t, "texts")
						perGroup := rapid.IntRange(1, 400).Draw(t, "rows a group")
						content := write(t, texts, perGroup, parquet.Compression(c), parquet.DataPageVersion(version),
							parquet.PageBufferSize(rapid.SampledFrom([]int{64, 1 << 20}).Draw(t, "page")))
						got, problems := read(t, content)
						if d := cmp.Diff(texts, got); d != "" || problems != nil {
							t.Fatalf("%v, -want +got:\n%s", problems, d)
						}
					})
				})
			}
		}
	}
}

func TestColumn_tellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	type other struct {
		UID  string `parquet:"uid"`
		Time int64  `parquet:"event_time"`
	}
	type number struct {
		Data int64 `parquet:"event_data"`
	}
	type nested struct {
		Inner struct {
			Data string `parquet:"event_data"`
		} `parquet:"inner"`
	}
	sound := file(t, rows([]string{"a", "b"}, func(s string) requiredRow { return requiredRow{"u", s} }), 1)
	for name, tt := range map[string]struct {
		content []byte
		want    string
	}{
		"another table":  {file(t, []other{{"u", 1}}, 1), "a Parquet file without the column event_data, it has uid, event_time"},
		"a number":       {file(t, []number{{1}}, 1), "the column event_data of the Parquet file holds no texts"},
		"inside a group": {file(t, []nested{{}}, 1), "a Parquet file without the column event_data, it has inner"},
		"cut":            {sound[:len(sound)/2], errNoFooter.Error()},
		"only its magic": {[]byte("PAR1"), errNoFooter.Error()},
		"no footer":      {append(bytes.Clone(sound[:len(sound)-8]), "\xff\xff\xff\x7fPAR1"...), errNoFooter.Error()},
		"junk":           {append(bytes.Repeat([]byte{0x1c}, 400), "\x90\x01\x00\x00PAR1"...), errFooter.Error()},
	} {
		_, problems := read(t, tt.content)
		if len(problems) != 1 || problems[0].Error() != tt.want {
			t.Errorf("%s: %v, want %s", name, problems, tt.want)
		}
	}
}

// A damaged page costs its row group and no other.
func TestColumn_goesOnAfterADamagedRowGroup(t *testing.T) {
	t.Parallel()
	texts := []string{"first first first", "second second second", "third third third"}
	content := file(t, rows(texts, func(s string) requiredRow { return requiredRow{"u", s} }), 1,
		parquet.Compression(&parquet.Uncompressed), parquet.DefaultEncoding(&parquet.Plain))
	at := bytes.Index(content, []byte(texts[1]))
	content[at-1] = 0x7f // the length of the text
	got, problems := read(t, content)
	if d := cmp.Diff([]string{texts[0], texts[2]}, got); d != "" || len(problems) != 1 || !strings.Contains(problems[0].Error(), "row group 2 of 3") {
		t.Errorf("%v, -want +got:\n%s", problems, d)
	}
}

// What a few bytes claim to hold is not made room for, and no nesting is
// followed to the end of the stack.
func TestDecode_measuresFirst(t *testing.T) {
	t.Parallel()
	for name, footer := range map[string][]byte{
		"a list of two thousand million": {0x15, 0x02, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07},
		"a text of as much":              {0x18, 0xff, 0xff, 0xff, 0xff, 0x07, 'a'},
		"deep structures":                bytes.Repeat([]byte{0x1c}, 1<<20),
		"deep lists":                     bytes.Repeat([]byte{0x19}, 1<<20),
		"many lists of lists":            append([]byte{0x19}, bytes.Repeat([]byte{0xe9}, 1<<20)...),
	} {
		var m struct {
			A []string `thrift:"1,optional"`
		}
		if _, err := decode(footer, &m); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func FuzzColumn(f *testing.F) {
	texts := []string{"", "a", "ab", "a", "a longer text than the others"}
	for _, way := range []string{"plain", "dictionary", "lengths", "prefixes", "optional", "optional dictionary"} {
		for _, codec := range []string{"snappy", "zstd", "gzip", "uncompressed"} {
			for version := 1; version <= 2; version++ {
				f.Add(made[way](f, texts, 3, parquet.Compression(codecs[codec]), parquet.DataPageVersion(version)))
			}
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 1<<16 {
			return
		}
		c, err := NewColumn(bytes.NewReader(content), int64(len(content)), "event_data")
		if err != nil {
			return
		}
		defer c.Close()
		for n := 0; n < 1<<16; n++ {
			if _, err := c.Next(); errors.Is(err, io.EOF) {
				return
			}
		}
	})
}
