package store

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wrappings are ways in which people hand over the same lines.
var wrappings = map[string]func(lines []string) string{
	"array":  func(l []string) string { return "[" + strings.Join(l, ",\n ") + "]" },
	"pretty": func(l []string) string { return each(l, indent) },
	"bom":    func(l []string) string { return "\xef\xbb\xbf" + strings.Join(l, "\r\n") + "\r\n" },
	"splunk": func(l []string) string {
		return each(l, func(s string) string { return `{"time":1,"event":` + s + `}` })
	},
	"elastic": func(l []string) string {
		return each(l, func(s string) string { return `{"_index":"t","_source":` + s + `}` })
	},
	"text inside": func(l []string) string {
		return each(l, func(s string) string { return `{"event_data":` + quote(s) + `}` })
	},
	"docker": func(l []string) string {
		return each(l, func(s string) string { return `{"log":` + quote(s+"\n") + `,"stream":"stdout"}` })
	},
	"container": func(l []string) string {
		return each(l, func(s string) string { return "2026-03-01T09:00:00.1Z stdout F " + s })
	},
	"athena": func(l []string) string {
		var b strings.Builder
		w := csv.NewWriter(&b)
		w.Write([]string{"uid", "event_time", "event_data"})
		for i, s := range l {
			w.Write([]string{fmt.Sprint(i), "2026-03-01", s})
		}
		w.Flush()
		return b.String()
	},
	"mixed": func(l []string) string {
		return each(l, func(s string) string {
			if len(s)%2 == 0 {
				return s
			}
			return `{"event":` + s + `}`
		})
	},
}

func each(lines []string, f func(string) string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(f(l) + "\n")
	}
	return b.String()
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func indent(s string) string {
	var v any
	json.Unmarshal([]byte(s), &v)
	b, _ := json.MarshalIndent(v, "", "  ")
	return string(b)
}

// However the same events are wrapped, the case holds the same events, the
// source comes back byte for byte, and a wrapped copy adds no event.
func TestBuild_unwrapsEveryWrapping(t *testing.T) {
	t.Parallel()
	var events []string
	pad := strings.Repeat(`x\"`, 500) // more than a block in all
	for i := range 450 {
		events = append(events, line("exec", i+1, fmt.Sprintf(`"user":"user-%d","command":"echo \"%d\" > /tmp/x","sid":"s%d","pad":"%s"`, i%9, i, i%70, pad)))
	}
	dir := t.TempDir()
	plainPath := write(t, dir, "plain.log", []byte(strings.Join(events, "\n")+"\n"))
	plain, _ := build(t, plainPath)
	want := allEvents(t, plain)
	for name, wrap := range wrappings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := wrap(events)
			path := write(t, dir, filepath.Join(name, "wrapped"), []byte(content))
			c, report := build(t, path)
			if report.Rejects != 0 || report.Events != int64(len(events)) {
				rejects, _ := c.Rejects(t.Context(), 3)
				t.Fatalf("%d events, %d rejects such as %+v", report.Events, report.Rejects, rejects)
			}
			if d := cmp.Diff(want, allEvents(t, c)); d != "" {
				t.Errorf("-plain +%s:\n%s", name, d)
			}
			if string(replayed(t, c, 1)) != content {
				t.Error("the source does not come back byte for byte")
			}
			sound(t, c)
			again, err := c.Ingest(t.Context(), []string{plainPath, path}, Options{})
			if err != nil || again.Events != 0 || again.Duplicates != int64(len(events)) || len(again.Known) != 1 {
				t.Errorf("the plain lines on top: %+v, %v, want all of them known", again, err)
			}
		})
	}
}

// allEvents is what the console shows of each event, without its number.
func allEvents(t *testing.T, c *Case) []string {
	t.Helper()
	var out []string
	for _, e := range events(t, c) {
		e.ID = 0
		out = append(out, fmt.Sprintf("%+v", e))
	}
	return out
}
