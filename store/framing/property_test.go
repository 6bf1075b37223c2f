package framing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations/extract"
)

// anyEvent draws an event: the header, then members that are hard to frame.
func anyEvent(t *rapid.T) string {
	keys := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]string{"message", "log", "data", "_source", "M", "S", "fields", "addr.remote", "user", "é", "prow", "items"}),
		rapid.StringMatching(`[a-z_"\\\n{}\[\],:]{1,8}`),
	), 0, 6).Draw(t, "keys")
	members := []string{
		`"event":` + quote(rapid.SampledFrom([]string{"user.login", "exec", "x.new"}).Draw(t, "type")),
		`"uid":` + quote(rapid.StringMatching(`[0-9a-f]{8}`).Draw(t, "uid")),
	}
	for _, k := range keys {
		if k != "event" && k != "uid" && !strings.HasPrefix(k, "p_") {
			members = append(members, quote(k)+":"+anyValue(t, 3))
		}
	}
	return "{" + strings.Join(rapid.Permutation(members).Draw(t, "order"), ",") + "}"
}

func anyValue(t *rapid.T, depth int) string {
	switch rapid.IntRange(0, 4+2*min(depth, 1)).Draw(t, "kind") {
	case 0:
		return rapid.SampledFrom([]string{"0", "-1", "1.5E+2", "18446744073709551615", "0.10"}).Draw(t, "number")
	case 1:
		return rapid.SampledFrom([]string{"true", "false", "null"}).Draw(t, "word")
	case 2:
		return quote(rapid.SampledFrom([]string{login, `{"event":{"a":1}}`, `\"`, "\\", "\r\n", "{", "\u2028", `"`}).Draw(t, "trap"))
	case 3, 4:
		return quote(rapid.String().Draw(t, "text"))
	case 5:
		n := rapid.IntRange(0, 3).Draw(t, "n")
		vs := make([]string, n)
		for i := range vs {
			vs[i] = anyValue(t, depth-1)
		}
		return "[" + strings.Join(vs, ",") + "]"
	}
	n := rapid.IntRange(0, 3).Draw(t, "n")
	vs := make([]string, n)
	for i := range vs {
		vs[i] = fmt.Sprintf(`"k%d":%s`, i, anyValue(t, depth-1))
	}
	return "{" + strings.Join(vs, ",") + "}"
}

// wrapper puts an event into an envelope; remade says that the event comes back
// as an equal value instead of the same bytes.
type wrapper struct {
	wrap   func(string) string
	remade bool
}

var wrappers = map[string]wrapper{
	"bare":            {func(e string) string { return e }, false},
	"hec":             {func(e string) string { return `{"time":1.5,"event":` + e + `,"host":"h"}` }, false},
	"hec text":        {func(e string) string { return `{"event":` + quote(e) + `}` }, false},
	"splunk":          {func(e string) string { return `{"preview":false,"result":{"_raw":` + quote(e) + `}}` }, false},
	"elastic":         {func(e string) string { return `{"_id":"1","_source":` + e + `,"sort":[1]}` }, false},
	"elastic text":    {func(e string) string { return `{"_source":{"event":{"original":` + quote(e) + `}}}` }, false},
	"logstash":        {func(e string) string { return `{"@version":"1","message":` + quote(e) + `}` }, false},
	"container":       {func(e string) string { return `{"log":` + quote(e+"\n") + `,"stream":"stdout"}` }, false},
	"twice":           {func(e string) string { return `{"_source":{"message":` + quote(`{"log":`+quote(e+"\n")+`}`) + `}}` }, false},
	"event_data":      {func(e string) string { return `{"event_type":"x","event_data":` + quote(e) + `}` }, false},
	"unstructured":    {func(e string) string { return `{"unstructured":` + e + `}` }, false},
	"datadog":         {func(e string) string { return `{"content":{"attributes":{"teleport":` + e + `}}}` }, false},
	"dynamo native":   {func(e string) string { return `{"EventType":"x","FieldsMap":` + e + `}` }, false},
	"dynamo old":      {func(e string) string { return `{"Item":{"Fields":{"S":` + quote(e) + `}}}` }, false},
	"dynamo":          {func(e string) string { return `{"Item":{"FieldsMap":` + typedJSON(e) + `}}` }, true},
	"dynamo gzip":     {func(e string) string { return `{"Item":{"FieldsMapGzip":{"B":` + quote(gzipped(e)) + `}}}` }, false},
	"dynamo gzip map": {func(e string) string { return `{"FieldsMapGzip":` + quote(gzipped(typedJSON(e))) + `}` }, true},
	"firestore":       {func(e string) string { return `{"fields":` + quote(e) + `,"eventIndex":1}` }, false},
	"panther":         {func(e string) string { return `{"p_row_id":"1",` + e[1:len(e)-1] + `,"p_log_type":"T"}` }, true},
	"logstash fields": {func(e string) string { return `{"@timestamp":"x",` + e[1:] }, true},
}

// typedJSON writes a value with DynamoDB's type wrappers.
func typedJSON(s string) string {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		panic(err)
	}
	var b strings.Builder
	typedValue(&b, v)
	return b.String()
}

func typedValue(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString(`{"NULL":true}`)
	case bool:
		fmt.Fprintf(b, `{"BOOL":%v}`, v)
	case json.Number:
		fmt.Fprintf(b, `{"N":%q}`, v.String())
	case string:
		text, _ := json.Marshal(v)
		fmt.Fprintf(b, `{ "S" : %s }`, text)
	case []any:
		b.WriteString(`{"L":[`)
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			typedValue(b, e)
		}
		b.WriteString(`]}`)
	case map[string]any:
		b.WriteString(`{"M":{`)
		first := true
		for k, e := range v { // in no order
			if !first {
				b.WriteByte(',')
			}
			first = false
			key, _ := json.Marshal(k)
			b.Write(key)
			b.WriteByte(':')
			typedValue(b, e)
		}
		b.WriteString(`}}`)
	}
}

func decode(t *rapid.T, s string) any {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return v
}

// layouts put records into a content that the named framer reads.
var layouts = map[string]func(records []string) string{
	"lines":   func(rs []string) string { return strings.Join(rs, "\n") + "\n" },
	"crlf":    func(rs []string) string { return "\ufeff" + strings.Join(rs, "\r\n") },
	"prefix":  func(rs []string) string { return "p stdout F " + strings.Join(rs, "\np stdout F ") },
	"stream":  func(rs []string) string { return "\n  " + strings.Join(rs, "\n  ") },
	"one run": func(rs []string) string { return strings.Join(rs, "") },
	"array":   func(rs []string) string { return "[" + strings.Join(rs, ",") + "]" },
	"pretty": func(rs []string) string {
		var out bytes.Buffer
		for _, r := range rs {
			if err := json.Indent(&out, []byte(r), "", "  "); err != nil {
				panic(err)
			}
			out.WriteByte('\n')
		}
		return out.String()
	},
	"answer": func(rs []string) string {
		return `{"took":1,"hits":{"total":{"value":1},"hits":[` + strings.Join(rs, ",\n") + `]},"x":{}}`
	},
	"csv": func(rs []string) string {
		var b strings.Builder
		b.WriteString("uid,event_data,note\n")
		for _, r := range rs {
			b.WriteString(`"u",` + cell(r) + ",\"a\n\"\n")
		}
		return b.String()
	},
	"query": func(rs []string) string {
		var b strings.Builder
		b.WriteString(`[{"data":["uid","event_data"]}`)
		for _, r := range rs {
			b.WriteString(`,{"data":["u",` + quote(r) + `]}`)
		}
		b.WriteString("]")
		return b.String()
	},
}

func TestFrame_unwrapsWhatWasWrapped(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(wrappers)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				layout := rapid.SampledFrom(slices.Sorted(maps.Keys(layouts))).Draw(t, "layout")
				unwrapsWhatWasWrapped(t, layout, wrappers[name])
			})
		})
	}
}

func unwrapsWhatWasWrapped(t *rapid.T, layout string, w wrapper) {
	n := rapid.IntRange(1, 4).Draw(t, "n")
	var want, records []string
	for range n {
		e := anyEvent(t)
		want, records = append(want, e), append(records, w.wrap(e))
	}
	content := layouts[layout](records)
	size := rapid.IntRange(1, 200).Draw(t, "cut")
	_, got := sniffed(t, content, func() int { return size })
	found := events(got)
	if len(found) != len(want) {
		t.Fatalf("%d events of %d in %q: %q", len(found), len(want), content, reasons(got))
	}
	for i := range want {
		if !w.remade && layout != "pretty" {
			if found[i] != want[i] {
				t.Fatalf("got  %q\nwant %q", found[i], want[i])
			}
			continue
		}
		if !utf8.ValidString(found[i]) {
			t.Fatalf("no UTF-8: %q", found[i])
		}
		if diff := cmp.Diff(decode(t, want[i]), decode(t, found[i])); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", found[i], diff)
		}
	}
}

// Any bytes give the same items however they are cut.
func TestFrame_isTheSameHoweverItIsCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{
			login, exec, pretty(exec), "\n", "\r\n", " ", "  {", "{", "}", "[", "]", ",", ":", `"`, `\`, "\n{", "\n]", "\ufeff", "\xef\xbb",
			`{"event":`, `{"Items":[`, `"event_data"`, "uid,event_data\n", cell(login), `""`, "a", "12", "null", quote(login), `{"data":["event_data","x"]}`,
			`{"data":[`, `"event":"x"`, "t stdout P {\"", "\nt stdout F ", "\nt stderr P ", "\x1e", "<1> ", login[:50], exec[:30],
		}), 1, 30).Draw(t, "parts")
		content := []byte(strings.Join(parts, ""))
		for name, make := range framers {
			whole := frame(t, make(), content, whole)
			size := rapid.IntRange(1, 40).Draw(t, "cut")
			if cut := frame(t, make(), content, func() int { return size }); !cmp.Equal(whole, cut) {
				t.Fatalf("%s, %q cut every %d bytes:\n%s", name, content, size, cmp.Diff(whole, cut))
			}
		}
	})
}

var framers = map[string]func() Framer{
	"lines":  func() Framer { return &Lines{} },
	"values": func() Framer { return &stream{} },
	"answer": func() Framer { return &stream{answer: true} },
	"csv":    func() Framer { return &sheet{delim: ',', column: -1} },
	"tsv":    func() Framer { return &sheet{delim: '\t', column: 0, header: true} },
	"ssv":    func() Framer { return &sheet{delim: ';', column: -1} },
}

// Every byte that is no blank, bracket or separator of a list, header or
// envelope is part of an item: lines lose nothing.
func TestLines_coverEveryByte(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.SliceOfN(rapid.SampledFrom([]byte("ab{}\"\n\r :1\xff")), 0, 80).Draw(t, "content")
		rest := bytes.Clone(content)
		for _, r := range frame(t, &Lines{}, content, whole) {
			copy(rest[r.Off:r.Off+r.Len], bytes.Repeat([]byte{' '}, r.Len))
		}
		if left := bytes.TrimSpace(rest); len(left) > 0 {
			t.Fatalf("%q leaves %q", content, left)
		}
	})
}

func TestUnescape_agreesWithExtract(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{`\`, `\\`, `\"`, `\n`, `\u00e9`, `\ud83d`, `\uDE00`, `\u12`, `\x`, "a", "é", "\xff", "abcdefgh", `\ud`, `800`, "u"})).Draw(t, "src"), "")
		var u unwrapper
		got, want := u.unescape([]byte(src)), extract.Unescape(nil, []byte(src))
		if !bytes.Equal(got, want) {
			t.Fatalf("%q gives %q, want %q", src, got, want)
		}
	})
}
