package framing

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// docker writes lines as Docker's json-file driver does: cut after 16 KiB, the
// line end only in the last piece.
func docker(lines ...string) string {
	var b strings.Builder
	for _, l := range lines {
		for l += "\n"; len(l) > 0; {
			n := min(len(l), 16<<10)
			text, _ := json.Marshal(l[:n])
			fmt.Fprintf(&b, `{"log":%s,"stream":"stdout","time":"2026-11-18T21:00:00.1Z"}`+"\n", text)
			l = l[n:]
		}
	}
	return b.String()
}

// long is an event of at least size bytes, full of what JSON has to escape.
func long(size int) string {
	return `{"event":"exec","uid":"u","command":` + quote(strings.Repeat("a\"\\\n{", size/5)) + `,"code":"T3002I"}`
}

func TestLines_joinDockerPieces(t *testing.T) {
	t.Parallel()
	piece := func(s string) string { return `{"log":` + quote(s) + `,"stream":"stdout"}` + "\n" }
	big := long(40 << 10)
	half := long(20 << 10)[:16<<10]
	for _, tt := range []struct {
		name, content string
		want          []string
		rejects       int
	}{
		{"among short lines", docker(login, big, exec, long(20<<10)), []string{login, big, exec, long(20 << 10)}, 0},
		{"at the start", docker(long(200<<10), login), []string{long(200 << 10), login}, 0},
		{"with CRLF", strings.ReplaceAll(docker(login, big), "}\n", "}\r\n"), []string{login, big}, 0},
		{"long lines that were not cut", piece(login) + piece(big) + piece(big), []string{login, big, big}, 0},
		{"the last piece is lost", piece(login) + piece(half) + docker(exec, login), []string{login, exec, login}, 1},
		{"the last piece is lost with the content's end", piece(login) + piece(half), []string{login}, 1},
		{"a whole line follows", piece(login) + piece(half) + piece(exec), []string{login, exec}, 1},
		{"another stream follows", piece(login) + piece(half) + strings.ReplaceAll(docker(exec), "stdout", "stderr"), []string{login, exec}, 1},
		{"the first piece is lost", docker(login) + piece("x"+half) + docker(exec), []string{login, exec}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			name, got := sniffed(t, tt.content, whole)
			if d := cmp.Diff(tt.want, events(got)); d != "" || name != "ndjson, container log" {
				t.Errorf("%s, events -want +got:\n%.2000s", name, d)
			}
			if n := len(reasons(got)); n != tt.rejects {
				t.Errorf("%d rejects, want %d: %.300q", n, tt.rejects, reasons(got))
			}
		})
	}
}

func TestLines_joinDockerPieces_ofAnyLength(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var want []string
		for range rapid.IntRange(1, 4).Draw(t, "n") {
			want = append(want, long(rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(16_000, 17_000), rapid.IntRange(0, 60<<10)).Draw(t, "size")))
		}
		cut := rapid.IntRange(1, 50_000).Draw(t, "cut")
		got := frame(t, &Lines{}, []byte(docker(want...)), func() int { return cut })
		if d := cmp.Diff(want, events(got)); d != "" {
			t.Fatalf("-want +got:\n%.2000s", d)
		}
	})
}

func TestEndsLine_tellsALineEndFromABackslash(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{`a\n`: true, `\n`: true, `a\\n`: false, `a\\\n`: true, `n`: false, ``: false, `a\t`: false} {
		if got := endsLine([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
