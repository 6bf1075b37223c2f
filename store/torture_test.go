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
	took      *time.Duration // how long such a run takes that is left alone
	hit, late int            // while it ran, after its end
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
	built, added := new(time.Duration), new(time.Duration)
	k := &killing{
		steps: makeSteps(t, r, events),
		build: &kills{name: "first ingest", took: built}, buildEnd: &kills{name: "end of a first ingest", took: built},
		add: &kills{name: "later ingest", took: added}, addEnd: &kills{name: "end of a later ingest", took: added},
	}
	k.path = filepath.Join(k.dir, "killed"+Extension)
	if err := ingestInto(k.path, k.evidenceFiles.second); err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), k.path)
	if err != nil {
		t.Fatal(err)
	}
	k.atOnce = fingerprint(t, c)
	c.Close()
	return k
}

// fresh puts the case into the state that a kind of run starts from.
func (k *killing) fresh(t *testing.T, kind *kills) {
	t.Helper()
	removeCase(k.path)
	if kind == k.add || kind == k.addEnd {
		copyCase(t, k.start, k.path)
	}
}

// measure takes the time of a run that is left alone.
func (k *killing) measure(t *testing.T, kind *kills) {
	t.Helper()
	k.fresh(t, kind)
	start := time.Now()
	if c := startIngest(t, k.path, k.evidenceFiles.second); c.Wait() != nil {
		t.Fatal(c.said.String())
	}
	*kind.took = time.Since(start)
}

// strike kills an ingest after a part of the time that a clean one takes. It is
// false when the ingest was quicker than that; its time is the measure then.
func (k *killing) strike(t *testing.T, kind *kills, at float64) bool {
	t.Helper()
	k.fresh(t, kind)
	start := time.Now()
	c := startIngest(t, k.path, k.evidenceFiles.second)
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	var err error
	select {
	case err = <-ended:
	case <-time.After(time.Duration(at * float64(*kind.took))):
		c.Process.Kill()
		err = <-ended
	}
	switch {
	case err == nil:
		kind.late++
		*kind.took = time.Since(start)
		return false
	case c.ProcessState.Sys().(syscall.WaitStatus).Signaled():
		kind.hit++
		return true
	}
	t.Fatalf("%s failed before the kill: %v: %s", kind.name, err, c.said.String())
	return false
}

// round kills one ingest while it runs, lets another one finish, and compares.
func (k *killing) round(t *testing.T, i int, at float64, when string) {
	t.Helper()
	want, kind := k.atOnce, k.build
	if i%2 == 1 {
		want, kind = k.second, k.add
	}
	switch i % 6 {
	case 4:
		kind, at = k.buildEnd, 0.75+at/4
	case 5:
		kind, at = k.addEnd, 0.75+at/4
	}
	const tries = 100
	for try := 1; !k.strike(t, kind, at); try++ {
		if try == tries {
			t.Fatalf("%s: no kill of %d came while it ran", when, tries)
		}
	}
	if i%4 == 1 {
		readable(t, k.path, when)
	}
	if err := ingestInto(k.path, k.evidenceFiles.second); err != nil {
		t.Fatalf("%s: the ingest left alone failed: %v", when, err)
	}
	equalCase(t, k.path, want, when)
}

// A kill at any moment, of a first ingest, of one that adds, or of the indexing
// at their end, leaves a case that can be read at once and goes on to equal one
// that was never killed.
func TestTorture_killedIngestEqualsACleanOne(t *testing.T) {
	t.Parallel()
	n, events := 4, 1_500
	if rounds() > 0 {
		n, events = rounds(), 100_000
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	k := newKilling(t, r, events)
	for i := range n {
		if i%25 == 0 { // the machine may be busier than before
			k.measure(t, k.build)
			k.measure(t, k.add)
			t.Logf("%d kills of %d; a first ingest takes %v, a later one %v", i, n, k.build.took.Round(time.Millisecond), k.add.took.Round(time.Millisecond))
		}
		at := r.Float64()
		k.round(t, i, at, fmt.Sprintf("seed %d, kill %d at %.3f", seed, i, at))
	}
	for _, kind := range []*kills{k.build, k.buildEnd, k.add, k.addEnd} {
		t.Logf("%s: %d kills while it ran, %d more after its end, which were repeated", kind.name, kind.hit, kind.late)
	}
	t.Logf("seed %d: %d kills of running ingests; every case equals the clean one", seed, n)
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
