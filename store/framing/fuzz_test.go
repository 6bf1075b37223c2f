package framing

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// seeds are contents of every kind, small.
func seeds() []string {
	event := `{"event":"exec","time":"x"}`
	out := []string{
		"", "\ufeff", event, event + "\r\n" + event[:9], "[" + event + ",\n" + event + "]", pretty(event) + "\n" + pretty(event),
		"2026 stdout F " + event, `{"data":[{"event_data":` + event + `}]}`, `[{"data":["event_data"]},{"data":[` + quote(event) + `]}]`,
		"uid,event_data\r\nu," + cell(event) + "\r\n", `{"Items":[{"FieldsMap":` + typedJSON(event) + `}],"Count":1}`,
		`{"a":"x` + "\n{\"event\":\"exec\",\n\"b\":\n{}}", `{"ResultSet":{"Rows":[{"Data":[{"VarCharValue":"event_data"}]},{"Data":[{}]}]}}`,
	}
	for _, name := range slices.Sorted(maps.Keys(wrappers)) {
		out = append(out, wrappers[name].wrap(event))
	}
	for _, name := range slices.Sorted(maps.Keys(layouts)) {
		out = append(out, layouts[name]([]string{event, login}))
	}
	return append(out, "uid;event_data\n1;"+cell(event)+"\n", "uid\tevent_data\n1\t"+cell(event)+"\n", "1,"+cell(event)+"\n",
		copiedRow(exec), docker(long(17<<10)))
}

// The seeds lead Sniff to every kind of framer.
func TestSeeds_reachEveryFramer(t *testing.T) {
	t.Parallel()
	want := make(map[string]bool)
	for _, make := range framers {
		want[fmt.Sprintf("%T", make())] = true
	}
	got := make(map[string]bool)
	for _, s := range seeds() {
		if f, ok := Sniff([]byte(s), true); ok {
			got[fmt.Sprintf("%T", f)] = true
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func FuzzFrame(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s), uint8(7))
	}
	f.Fuzz(func(t *testing.T, content []byte, size uint8) {
		if len(content) > 1<<16 {
			return
		}
		step := int(size) + 1
		sniffed(t, string(content), func() int { return step })
		for name, make := range framers {
			want := frame(t, make(), content, whole)
			if got := frame(t, make(), content, func() int { return step }); !cmp.Equal(want, got) {
				t.Fatalf("%s, cut every %d bytes:\n%s", name, step, cmp.Diff(want, got))
			}
		}
	})
}

// Any event comes out of any wrapping, in any layout, as it went in.
func FuzzUnwrap(f *testing.F) {
	for i := range 8 {
		f.Add(bytes.Repeat([]byte{byte(i), byte(3 * i), 0, 1, byte(40 * i), 0xff}, 30*i))
	}
	names, places := slices.Sorted(maps.Keys(wrappers)), slices.Sorted(maps.Keys(layouts))
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		name, layout := rapid.SampledFrom(names).Draw(t, "wrapping"), rapid.SampledFrom(places).Draw(t, "layout")
		unwrapsWhatWasWrapped(t, layout, wrappers[name])
	}))
}

// Where encoding/csv reads a table, the rows here hold the same cells.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\"\"b\",\"c\nd\"\r\n,\n", "a\n\n\"\"\n", "\"x\"y,\n", "a,\"b", "a\rb,\"c\"\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		if strings.Contains(content, "\r") || len(content) > 1<<16 {
			return // encoding/csv rewrites line ends inside cells
		}
		r := csv.NewReader(strings.NewReader(content))
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		if err != nil {
			frame(t, &sheet{delim: ',', column: 0, header: true}, []byte(content), whole)
			return
		}
		var u unwrapper
		s := &sheet{delim: ','}
		data := []byte(content)
		for row := 0; len(data) > 0; row++ {
			s.pos, s.mode, s.start, s.cells = 0, cellStart, 0, s.cells[:0]
			if !s.read(data) {
				s.endCell(s.pos)
			}
			if s.pos == 1 && data[0] == '\n' {
				row, data = row-1, data[1:]
				continue
			}
			if s.mode == cellBad || len(s.cells) < maxColumns && len(s.cells) != len(want[row]) {
				t.Fatalf("row %d of %q: %d cells, want %q", row, content, len(s.cells), want[row])
			}
			for i, c := range s.cells {
				if got := string(u.cell(data[c.from:c.to])); got != want[row][i] {
					t.Fatalf("row %d of %q: cell %d is %q, want %q", row, content, i, got, want[row][i])
				}
			}
			data = data[s.pos:]
		}
	})
}

// Sound DynamoDB JSON gives sound JSON with sorted keys, and the bytes do not
// depend on the order of the keys in the item.
func FuzzDynamo(f *testing.F) {
	f.Add([]byte(`{"event":{"S":"exec"},"a":{"L":[{"N":"1e5"},{"NULL":true},{"M":{}}]},"b":{"SS":["\u00e9\ud800"]}}`))
	f.Add([]byte(`{"b":{"BOOL":false},"a":{"NS":["01","x"]},"a":{"B":"aGk="}}`))
	f.Add([]byte(typedJSON(login)))
	f.Fuzz(func(t *testing.T, item []byte) {
		var u unwrapper
		got, ok := u.fromDynamo(item)
		if !ok || !json.Valid(item) {
			return
		}
		if !json.Valid(got) {
			t.Fatalf("%q gives %q", item, got)
		}
		again, ok := u.fromDynamo(append([]byte(" "), item...))
		if !ok || !bytes.Equal(got, again) {
			t.Fatalf("%q gives %q, then %q", item, got, again)
		}
		m := walk(got)
		var last []byte
		for {
			key, _, _, ok := m.next()
			if !ok {
				break
			}
			if bytes.Compare(key, last) < 0 {
				t.Fatalf("%q gives unsorted %q", item, got)
			}
			last = bytes.Clone(key)
		}
	})
}
