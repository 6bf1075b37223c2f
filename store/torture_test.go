package store

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// evidenceFiles are what the torture tests ingest in two steps: overlapping exports,
// one of them packed, a copy, and a file that grows between the steps.
type evidenceFiles struct {
	dir           string
	first, second []string
	grown         []byte
}

const growing = "growing.log"

// makeEvidence draws evidence of about n events, with repeated and broken lines,
// reused uids, events without one, and days and session ends missing.
func makeEvidence(t testing.TB, r *rand.Rand, dir string, n int) *evidenceFiles {
	t.Helper()
	all := make([][]byte, n)
	for i := range all {
		all[i] = tortureLine(r, i)
	}
	join := func(lines [][]byte) []byte { return append(bytes.Join(lines, []byte("\n")), '\n') }
	older, newer := all[:n*6/10], all[n*4/10:n*8/10]
	e := &evidenceFiles{dir: dir, grown: join(all[n*7/10:])}
	half := e.grown[:len(e.grown)/2] // most likely within a line
	e.first = []string{write(t, dir, "older.log", join(older)), write(t, dir, growing, half)}
	e.second = append(e.first,
		write(t, dir, "newer.log", join(newer)),
		write(t, dir, "packed.log.gz", gz(t, join(all[n/2:n*9/10]))),
		write(t, dir, "copy.log", join(older)))
	return e
}

// grow makes the growing file what it is in the second step.
func (e *evidenceFiles) grow(t testing.TB) { write(t, e.dir, growing, e.grown) }

func tortureLine(r *rand.Rand, i int) []byte {
	day := 1 + i/9000
	if day > 3 {
		day += 2
	}
	stamp := fmt.Sprintf("2026-03-%02dT%02d:%02d:%02d.%03dZ", day, i/400%24, i/7%60, i%60, r.IntN(1000))
	sid := fmt.Sprintf("00000000-0000-4000-9000-%012d", i/20)
	uid := i + 1
	switch r.IntN(60) {
	case 0:
		return []byte(`{"event":"broken`)
	case 1:
		uid = 1 + r.IntN(i+1) // reused: with another content
	case 2:
		return fmt.Appendf(nil, `{"event":"never.heard.of","n":%d,"time":%q}`, r.IntN(50), stamp)
	case 3:
		return fmt.Appendf(nil, `{"event":"session.start","uid":"s%d","time":%q,"sid":%q,"user":"user-%d","server_id":"host-%d"}`, i, stamp, sid, i%40, i%9)
	}
	return fmt.Appendf(nil, `{"ei":%d,"event":"exec","uid":"00000000-0000-4000-8000-%012d","code":"T3002I","time":%q,"cluster_name":"c.example.com","user":"user-%d","login":"root","sid":%q,"command":"cmd %d","addr.remote":"203.0.113.%d:4000"}`,
		i%5, uid, stamp, r.IntN(50), sid, r.IntN(900), r.IntN(250))
}

// steps are the cases that every torture test starts from and must arrive at.
type steps struct {
	*evidenceFiles
	start         string // a case of the first step, closed
	first, second string // fingerprints after each step
}

// makeSteps ingests the evidence undisturbed. The growing file is grown then:
// whoever needs it as it was calls shrink.
func makeSteps(t testing.TB, r *rand.Rand, events int) *steps {
	t.Helper()
	s := &steps{evidenceFiles: makeEvidence(t, r, t.TempDir(), events)}
	s.start = filepath.Join(s.dir, "start"+Extension)
	clean := filepath.Join(s.dir, "clean"+Extension)
	mark := func(path string, paths []string) string {
		if err := ingestInto(path, paths); err != nil {
			t.Fatal(err)
		}
		c, err := Open(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		sound(t, c)
		return fingerprint(t, c)
	}
	s.first = mark(s.start, s.evidenceFiles.first)
	copyCase(t, s.start, clean)
	s.grow(t)
	s.second = mark(clean, s.evidenceFiles.second)
	return s
}

// begun is a copy of the case of the first step.
func (s *steps) begun(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(s.dir, name+Extension)
	copyCase(t, s.start, path)
	return path
}

func copyCase(t testing.TB, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
}

func removeCase(path string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-writer", "-partial"} {
		os.Remove(path + suffix)
	}
}

// kills counts where the kills of one kind of run came.
type kills struct {
	name      string
	took      time.Duration // of a run that is left alone
	hit, late int           // while it ran, after its end
}

// strike starts an ingest, kills it after a part of the time that a clean one
// takes, and counts how that came out.
func (k *kills) strike(t *testing.T, at float64, path string, paths []string) {
	t.Helper()
	c := startIngest(t, path, paths)
	time.Sleep(time.Duration(at * float64(k.took)))
	c.Process.Kill()
	err := c.Wait()
	status := c.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case err == nil:
		k.late++
	case status.Signaled():
		k.hit++
	default:
		t.Fatalf("%s failed before the kill: %v: %s", k.name, err, c.said.String())
	}
}

// measure is how long a run takes that is left alone, the middle one of three.
func measure(t *testing.T, fresh func(i int) string, paths []string) time.Duration {
	t.Helper()
	var took []time.Duration
	for i := range 3 {
		path := fresh(i)
		start := time.Now()
		if c := startIngest(t, path, paths); c.Wait() != nil {
			t.Fatal(c.said.String())
		}
		took = append(took, time.Since(start))
		removeCase(path)
	}
	return max(min(took[0], took[1]), min(max(took[0], took[1]), took[2]))
}

// killing is a run of the kill test: what it starts from, and where kills came.
type killing struct {
	*steps
	path                         string // of the case that is killed
	atOnce                       string // fingerprint of a case built of everything at once
	build, buildEnd, add, addEnd *kills
}

func newKilling(t *testing.T, r *rand.Rand, events int) *killing {
	t.Helper()
	k := &killing{steps: makeSteps(t, r, events)}
	k.path = filepath.Join(k.dir, "killed"+Extension)
	all := k.evidenceFiles.second
	took := measure(t, func(int) string { return k.path }, all)
	k.build, k.buildEnd = &kills{name: "first ingest", took: took}, &kills{name: "end of a first ingest", took: took}
	took = measure(t, func(i int) string { return k.begun(t, fmt.Sprintf("measured-%d", i)) }, all)
	k.add, k.addEnd = &kills{name: "later ingest", took: took}, &kills{name: "end of a later ingest", took: took}
	if err := ingestInto(k.path, all); err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), k.path)
	if err != nil {
		t.Fatal(err)
	}
	k.atOnce = fingerprint(t, c)
	c.Close()
	removeCase(k.path)
	return k
}

// round kills one ingest at a part of its time, lets another one finish, and
// compares.
func (k *killing) round(t *testing.T, i int, at float64, when string) {
	t.Helper()
	want, kind := k.atOnce, k.build
	if i%2 == 1 {
		copyCase(t, k.start, k.path)
		want, kind = k.second, k.add
	}
	switch i % 6 {
	case 4:
		kind, at = k.buildEnd, 0.75+at/4
	case 5:
		kind, at = k.addEnd, 0.75+at/4
	}
	kind.strike(t, at, k.path, k.evidenceFiles.second)
	if i%4 == 1 {
		readable(t, k.path, when)
	}
	if err := ingestInto(k.path, k.evidenceFiles.second); err != nil {
		t.Fatalf("%s: the ingest left alone failed: %v", when, err)
	}
	equalCase(t, k.path, want, when)
	removeCase(k.path)
}

// A kill at any moment, of a first ingest, of one that adds, or of the indexing
// at their end, leaves a case that can be read at once and goes on to equal one
// that was never killed.
func TestTorture_killedIngestEqualsACleanOne(t *testing.T) {
	t.Parallel()
	n, events := 9, 3_000
	if rounds() > 0 {
		n, events = rounds(), 100_000
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	k := newKilling(t, r, events)
	for i := range n {
		at := r.Float64()
		k.round(t, i, at, fmt.Sprintf("seed %d, kill %d at %.3f", seed, i, at))
		if i%25 == 24 {
			t.Logf("%d kills of %d", i+1, n)
		}
	}
	hit := 0
	for _, kind := range []*kills{k.build, k.buildEnd, k.add, k.addEnd} {
		hit += kind.hit
		t.Logf("%s: %d kills while it ran, %d after its end; %v when left alone", kind.name, kind.hit, kind.late, kind.took.Round(time.Millisecond))
	}
	t.Logf("seed %d: %d kills, %d of them while it ran; every case equals the clean one", seed, n, hit)
	if hit == 0 {
		t.Error("no kill came while an ingest ran")
	}
}

// readable opens a case that was killed and checks all of it, before anything
// mends it.
func readable(t *testing.T, path, when string) {
	t.Helper()
	c, err := Open(t.Context(), path)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer c.Close()
	sound(t, c)
	if by := c.WrittenBy(); by != "" {
		t.Errorf("written by %s, who was killed", by)
	}
	if t.Failed() {
		t.Fatal(strings.TrimSpace(when))
	}
}
