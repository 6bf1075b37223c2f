package framing

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// manyEvents are events about as long as a real log's.
func manyEvents(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(`{"ei":%d,"event":"session.data","uid":"8f0e0b9c-6f0e-4c57-9a40-%012x","code":"T2006I","time":"2026-11-18T21:00:00.123Z","cluster_name":"example.com","user":"alice@example.com","login":"root","sid":"8f0e0b9c-6f0e-4c57-9a40-0b6f7b1c%04x","namespace":"default","server_id":"6a3c9c86-57e5-4a9c-b7cb-1f9f6f4b9f2e","addr.local":"192.0.2.1:3022","addr.remote":"198.51.100.7:51234","server_labels":{"env":"prod","team":"db"},"tx":%d,"rx":%d,"proto":"ssh","private_key_policy":"none"}`, i, i, i&0xffff, i*7, i*13)
	}
	return out
}

func BenchmarkFrame(b *testing.B) {
	all := manyEvents(8000)
	bench := func(name, content string) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			var items []Item
			for b.Loop() {
				f, ok := Sniff([]byte(content[:sniffBytes]), false)
				if !ok {
					b.Fatal("not known")
				}
				found := 0
				data := []byte(content)
				for at, end := 0, 0; end < len(data); {
					end = min(len(data), end+256<<10)
					var n int
					items, n = f.Frame(items[:0], data[at:end], end == len(data))
					at += n
					for i := range items {
						if items[i].Event != nil {
							found++
						}
					}
				}
				if found != len(all) {
					b.Fatalf("%d events", found)
				}
			}
		})
	}
	wrapped := func(name string) []string {
		out := make([]string, len(all))
		for i, e := range all {
			out[i] = wrappers[name].wrap(e)
		}
		return out
	}
	for _, layout := range slices.Sorted(maps.Keys(layouts)) {
		bench(layout, layouts[layout](all))
	}
	for _, name := range slices.Sorted(maps.Keys(wrappers)) {
		bench("lines "+name, layouts["lines"](wrapped(name)))
	}
}

// Contents made to be looked at again and again take time in proportion to
// their size only.
func TestFrame_isLinearOnHostileContent(t *testing.T) {
	t.Parallel()
	const size = 512 << 10
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	nested := login
	for range 12 {
		nested = `{"message":` + quote(nested) + `}`
	}
	for name, content := range map[string]string{
		"brackets":        fill("["),
		"braces":          fill("{"),
		"objects":         fill(`{"a":`),
		"lists in lists":  fill(`{"items":[`),
		"answers":         fill(`{"items":{`),
		"closed lists":    strings.Repeat(`{"items":[`, 5000) + strings.Repeat(`]}`, 5000),
		"envelopes":       strings.Repeat(`{"event":`, 5000) + "1" + strings.Repeat(`}`, 5000),
		"items of maps":   `{"FieldsMap":{"M":` + strings.Repeat(`{"b":{"S":""},"a":{"M":`, 9000) + "{}" + strings.Repeat("}}", 9000) + "}}",
		"quotes":          fill(`"`),
		"open text":       `{"a":"` + fill(`\"`),
		"broken lines":    fill("{\"a\":\"\n"),
		"indented breaks": strings.Repeat(" ", 300) + fill("{\"a\":\n          "),
		"blanks":          fill("  "),
		"commas":          "uid,event_data\n" + fill(","),
		"odd quotes":      "uid,event_data\n" + fill("\"\"\n"),
		"nested texts":    strings.Repeat(nested+"\n", 3),
		"rows":            "[" + fill(`{"data":["a","b","c"]},`) + "1]",
		"prefixes":        fill("x{\"\n"),
		"one line":        fill(`x{"`),
	} {
		start := time.Now()
		for _, make := range framers {
			frame(t, make(), []byte(content), func() int { return 64 << 10 })
		}
		Sniff([]byte(content[:min(len(content), sniffBytes)]), false)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		} else {
			t.Logf("%s: %v", name, took)
		}
	}
}
