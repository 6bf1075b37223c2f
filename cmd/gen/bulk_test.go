package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func bulkLog(t *testing.T, o bulkOptions) (bulkReport, []byte) {
	t.Helper()
	var b bytes.Buffer
	rep, err := bulk(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	return rep, b.Bytes()
}

func parseLines(t *testing.T, log []byte) []object {
	t.Helper()
	var out []object
	for _, text := range bytes.Split(bytes.TrimSuffix(log, []byte("\n")), []byte("\n")) {
		var o object
		if err := json.Unmarshal(text, &o); err != nil {
			t.Fatalf("%v in %.300s", err, text)
		}
		out = append(out, o)
	}
	return out
}

func TestBulk_sameFlagsSameBytes(t *testing.T) {
	t.Parallel()
	o := bulkOptions{n: 3000, seed: 9, users: 30, hosts: 20, identity: "mallory@example.com", dup: 0.05, odd: 0.05, exotic: 0.1}
	_, first := bulkLog(t, o)
	_, second := bulkLog(t, o)
	if !bytes.Equal(first, second) {
		t.Error("two runs with the same flags differ")
	}
	o.seed++
	if _, third := bulkLog(t, o); bytes.Equal(first, third) {
		t.Error("another seed gives the same bytes")
	}
}

func TestBulk_reportIsExact(t *testing.T) {
	t.Parallel()
	o := bulkOptions{n: 6000, seed: 4, users: 120, hosts: 40, identity: "trudy@example.com", exotic: 0.05}
	rep, log := bulkLog(t, o)
	lines := parseLines(t, log)
	if rep.Events != o.n || rep.Lines != o.n || len(lines) != o.n || rep.Bytes != int64(len(log)) {
		t.Errorf("%d events, %d lines, %d bytes told; %d lines and %d bytes there", rep.Events, rep.Lines, rep.Bytes, len(lines), len(log))
	}
	pivots, types := map[string]int{}, map[string]int{}
	for _, key := range countedPivots {
		pivots[key] = 0
	}
	previous := time.Time{}
	for _, o := range lines {
		types[o.text("event")]++
		for _, key := range pivotsOf(o, "trudy@example.com") {
			pivots[key]++
		}
		at := mustTime(t, o.text("time"))
		if at.Before(previous) {
			t.Errorf("%s comes after %s", at, previous)
		}
		previous = at
	}
	if diff := cmp.Diff(pivots, rep.Pivots); diff != "" {
		t.Errorf("pivots (-log +report):\n%s", diff)
	}
	if diff := cmp.Diff(types, rep.Types); diff != "" {
		t.Errorf("types (-log +report):\n%s", diff)
	}
	for key, n := range pivots {
		if n == 0 {
			t.Errorf("nothing planted for %s", key)
		}
	}
}

func TestBulk_repeatsAreByteForByte(t *testing.T) {
	t.Parallel()
	rep, log := bulkLog(t, bulkOptions{n: 5000, seed: 2, users: 50, hosts: 10, identity: "mallory@example.com", dup: 0.1, exotic: 0.02})
	seen, repeated := map[string]bool{}, 0
	for _, text := range strings.SplitAfter(string(log), "\n") {
		if text != "" && seen[text] {
			repeated++
		}
		seen[text] = true
	}
	if repeated != rep.Repeated || repeated == 0 || rep.Lines != rep.Events+repeated || rep.Events != 5000 {
		t.Errorf("%d lines repeat, report %+v", repeated, rep)
	}
}

func TestBulk_oddLinesAreStillObjects(t *testing.T) {
	t.Parallel()
	rep, log := bulkLog(t, bulkOptions{n: 2000, seed: 6, users: 20, hosts: 10, identity: "mallory@example.com", odd: 1, exotic: 0.3})
	if got := len(parseLines(t, log)); got != 2000 || rep.Odd != 2000 {
		t.Errorf("%d objects, %d told odd", got, rep.Odd)
	}
}

func TestExotic_everyRowIsAnEvent(t *testing.T) {
	t.Parallel()
	l := newLedger(1)
	want := map[string]bool{}
	for _, r := range exoticRows {
		if want[r.event] {
			t.Errorf("%s is there twice", r.event)
		}
		want[r.event] = true
	}
	for range 20 * len(exoticRows) {
		o := parseLines(t, exoticLine(l, at(16, "10:00:00"), own(dana), app1))[0]
		if o.text("uid") == "" || o.text("code") == "" || o.text("time") != "2026-11-16T10:00:00Z" {
			t.Errorf("incomplete event %v", o)
		}
		delete(want, o.text("event"))
	}
	if len(want) != 0 {
		t.Errorf("never drawn: %v", want)
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "log")
	if err := run(t.Context(), []string{"log", "-n", "50", "-out", out}, io.Discard); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(out)
	if err != nil || bytes.Count(b, []byte("\n")) != 50 {
		t.Errorf("%d lines, %v", bytes.Count(b, []byte("\n")), err)
	}
	for _, args := range [][]string{{"nonsense"}, {"log", "-n", "0"}, {"log", "-out", filepath.Join(out, "x")}, {"demo", "-out", t.TempDir()}} {
		if err := run(t.Context(), args, io.Discard); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}
