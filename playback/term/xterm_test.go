package term

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"
)

// oracleCase is a line of testdata/xterm/cases.jsonl: what a screen is fed, and
// what xterm.js showed then.
type oracleCase struct {
	Name   string       `json:"name"`
	Cols   int          `json:"cols"`
	Rows   int          `json:"rows"`
	Steps  []oracleStep `json:"steps"`
	Screen []string     `json:"screen"`
}

// oracleStep is bytes, or a change of size, with lines wrapped anew or not.
type oracleStep struct {
	Bytes  []byte `json:"bytes,omitempty"`
	Cols   int    `json:"cols,omitempty"`
	Rows   int    `json:"rows,omitempty"`
	Reflow bool   `json:"reflow,omitempty"`
}

func (s oracleStep) take(screen *Screen) {
	switch {
	case s.Bytes != nil:
		screen.Write(s.Bytes)
	case s.Reflow:
		screen.Reflow(s.Cols, s.Rows)
	default:
		screen.Resize(s.Cols, s.Rows)
	}
}

// oracleCases are the cases of all tables, for the oracle.
func oracleCases() []oracleCase {
	var out []oracleCase
	add := func(name string, cols, rows int, steps ...oracleStep) {
		steps = slices.DeleteFunc(steps, func(s oracleStep) bool { return s.Cols == 0 && len(s.Bytes) == 0 })
		out = append(out, oracleCase{Name: name, Cols: cols, Rows: rows, Steps: steps})
	}
	for _, c := range screenCases {
		cols, rows := c.size()
		if cols > 1 { // xterm.js has at least two columns
			add(c.name, cols, rows, oracleStep{Bytes: []byte(c.in)})
		}
	}
	for _, c := range styleCases {
		add("style: "+c.name, 10, 2, oracleStep{Bytes: []byte(c.in + "X")})
	}
	for _, c := range resizeCases {
		if c.cols > 1 {
			add("resize: "+c.name, 10, 4, oracleStep{Bytes: []byte(c.in)}, oracleStep{Cols: c.cols, Rows: c.lins}, oracleStep{Bytes: []byte(c.after)})
		}
	}
	for _, c := range reflowCases {
		add("reflow: "+c.name, 10, 4, oracleStep{Bytes: []byte(c.in)}, oracleStep{Cols: c.cols, Rows: c.lins, Reflow: true}, oracleStep{Bytes: []byte(c.after)})
	}
	return out
}

const oracleFile = "testdata/xterm/cases.jsonl"

func update() bool { return flag.Lookup("update").Value.String() == "true" }

func readLines(t testing.TB, r io.Reader, each func(line []byte)) {
	t.Helper()
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(all) {
		each(line)
	}
}

func knownCases(t testing.TB) []oracleCase {
	t.Helper()
	f, err := os.Open(oracleFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []oracleCase
	readLines(t, f, func(line []byte) {
		var c oracleCase
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	})
	return out
}

// TestXterm_wasAskedAboutEachCase checks that the oracle's file has the bytes
// of the tables. With -update it writes them and keeps the screens of those
// that did not change.
func TestXterm_wasAskedAboutEachCase(t *testing.T) {
	want := oracleCases()
	got := []oracleCase(nil)
	if _, err := os.Stat(oracleFile); err == nil || !update() {
		got = knownCases(t)
	}
	input := func(c oracleCase) oracleCase {
		c.Screen = nil
		return c
	}
	if update() {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		for _, c := range want {
			i := slices.IndexFunc(got, func(g oracleCase) bool { return cmp.Equal(input(g), c) })
			if i >= 0 {
				c.Screen = got[i].Screen
			}
			if err := enc.Encode(c); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(oracleFile, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for i := range got {
		if len(got[i].Screen) == 0 {
			t.Errorf("%s: the oracle was not asked; docs/emulator.md has the command", got[i].Name)
		}
		got[i] = input(got[i])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the tables changed, run with -update and ask the oracle again (-tables +file):\n%s", diff)
	}
}

// capture is what a real program wrote to a terminal, and when its size changed.
type capture struct {
	cols, rows int
	frames     []oracleStep
}

func readCapture(t testing.TB, name string) capture {
	t.Helper()
	data := unzip(t, filepath.Join("testdata/captures", name+".gz"))
	line := func() (first byte, text string) {
		l, rest, ok := bytes.Cut(data, []byte("\n"))
		if !ok || len(l) == 0 {
			t.Fatalf("%s ends in the middle of a line", name)
		}
		data = rest
		return l[0], string(l)
	}
	var c capture
	_, size := line()
	if _, err := fmt.Sscanf(size, "%dx%d", &c.cols, &c.rows); err != nil {
		t.Fatal(err)
	}
	for len(data) > 0 {
		kind, text := line()
		var step oracleStep
		var n int
		var err error
		if kind == 'r' {
			_, err = fmt.Sscanf(text, "r%dx%d", &step.Cols, &step.Rows)
		} else {
			_, err = fmt.Sscanf(text, "o%d", &n)
			step.Bytes, data = data[:n], data[n:]
		}
		if err != nil {
			t.Fatal(err)
		}
		c.frames = append(c.frames, step)
	}
	return c
}

func unzip(t testing.TB, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// picture is what xterm.js showed after a frame of a capture.
type picture struct {
	Capture string   `json:"capture"`
	Frame   int      `json:"frame"`
	Screen  []string `json:"screen"`
}

func pictures(t testing.TB) []picture {
	t.Helper()
	var out []picture
	readLines(t, bytes.NewReader(unzip(t, "testdata/xterm/captures.jsonl.gz")), func(line []byte) {
		var p picture
		if err := json.Unmarshal(line, &p); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	})
	return out
}

// differences lists the lines in which two dumps differ.
func differences(ours, xterm []string) []string {
	var out []string
	for _, l := range ours {
		if !slices.Contains(xterm, l) {
			out = append(out, "  cordon "+l)
		}
	}
	for _, l := range xterm {
		if !slices.Contains(ours, l) {
			out = append(out, "  xterm  "+l)
		}
	}
	return out
}

// TestXterm_differencesAreKnown compares with xterm.js. Each difference has its
// reason in knownDifferences, and the golden file has it word by word.
func TestXterm_differencesAreKnown(t *testing.T) {
	found := make(map[string]bool)
	var list strings.Builder
	tell := func(name string, diff []string) {
		if len(diff) == 0 {
			return
		}
		found[name] = true
		fmt.Fprintf(&list, "%s: %s\n%s\n", name, knownDifferences[name], strings.Join(diff, "\n"))
	}
	for _, c := range knownCases(t) {
		s := New(c.Cols, c.Rows)
		for _, step := range c.Steps {
			step.take(s)
		}
		tell(c.Name, differences(dump(s), c.Screen))
	}
	comparePictures(t, tell)
	for name := range found {
		if knownDifferences[name] == "" {
			t.Errorf("%s differs from xterm.js, and nothing says why", name)
		}
	}
	for name := range knownDifferences {
		if !found[name] {
			t.Errorf("%s no longer differs from xterm.js", name)
		}
	}
	golden.RequireEqual(t, list.String())
}

// comparePictures tells of the pictures in which a capture differs: the first
// one in full, of the others how many there are and a checksum.
func comparePictures(t *testing.T, tell func(string, []string)) {
	all := pictures(t)
	for len(all) > 0 {
		name := all[0].Capture
		c := readCapture(t, name)
		s := New(c.cols, c.rows)
		var first []string
		differ, count := 0, 0
		sum := crc32.NewIEEE()
		for i, f := range c.frames {
			f.take(s)
			if len(all) == 0 || all[0].Capture != name || all[0].Frame != i {
				continue
			}
			if diff := differences(dump(s), all[0].Screen); len(diff) > 0 {
				if differ++; differ == 1 {
					first = append([]string{fmt.Sprintf("  after frame %d", i)}, diff...)
				}
				fmt.Fprintln(sum, i, diff)
			}
			all, count = all[1:], count+1
		}
		if count == 0 {
			t.Fatalf("the pictures of %s do not belong to the capture", name)
		}
		if differ > 1 {
			first = append(first, fmt.Sprintf("  and %d of %d pictures more, checksum %08x", differ-1, count, sum.Sum32()))
		}
		tell("capture: "+name, first)
	}
}
