package framing

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cordon/investigations/extract"
)

func TestAdhoc(t *testing.T) {
	files, _ := filepath.Glob("/work/shared/teleport-samples/*/*/*.log")
	f2, _ := filepath.Glob("/work/shared/teleport-samples/audit/*.log")
	for _, name := range append(files, f2...) {
		b, _ := os.ReadFile(name)
		_, rs := sniffed(t, string(b), whole)
		ev := events(rs)
		t.Log(filepath.Base(name), len(ev), len(reasons(rs)), strings.Count(string(b), "\n"))
		for _, w := range wrappers {
			if w.remade { continue }
			var wr []string
			for _, e := range ev { wr = append(wr, w.wrap(e)) }
			for ln, l := range layouts {
				if ln == "pretty" { continue }
				nm, got := sniffed(t, l(wr), func() int { return 50000 })
				g := events(got)
				if len(g) != len(ev) { t.Errorf("%s: %d of %d, %q", ln, len(g), len(ev), nm); continue }
				var s extract.Scanner
				for i := range g {
					if g[i] != ev[i] { t.Errorf("%s %s differs", ln, nm); break }
					if _, err := s.Scan([]byte(g[i])); err != nil { t.Error(err) }
				}
			}
		}
	}
}
