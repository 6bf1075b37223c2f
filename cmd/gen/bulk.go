package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sort"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

// The large synthetic log: any number of events in the shapes of the bundled
// incident, from a far larger company, with one planted identity whose pivot
// counts are told exactly. It is for measures and torture, never committed.

// bulkOptions say what the log is like.
type bulkOptions struct {
	n        int
	seed     uint64
	users    int
	hosts    int
	identity string  // planted, counted
	dup      float64 // share of lines that come a second time, byte for byte
	odd      float64 // share of lines that are strange but real
	exotic   float64 // share of lines of rare or newer event types
}

// bulkReport is printed as JSON when the log is done. Repeated lines are not
// counted again: a reader that knows its trade counts each event once.
type bulkReport struct {
	Lines    int            `json:"lines"`
	Bytes    int64          `json:"bytes"`
	Events   int            `json:"events"`
	Repeated int            `json:"repeated"`
	Odd      int            `json:"odd"`
	Exotic   int            `json:"exotic"`
	Identity string         `json:"identity"`
	Pivots   map[string]int `json:"pivots"`
	Types    map[string]int `json:"types"`
}

func runLog(args []string, w io.Writer) (err error) {
	flags := flag.NewFlagSet("gen log", flag.ContinueOnError)
	flags.SetOutput(w)
	o := bulkOptions{}
	flags.IntVar(&o.n, "n", 100_000, "number of events")
	flags.Uint64Var(&o.seed, "seed", 1, "the same seed gives the same bytes")
	flags.IntVar(&o.users, "users", 400, "members of staff")
	flags.IntVar(&o.hosts, "hosts", 300, "machines")
	flags.StringVar(&o.identity, "identity", "mallory@example.com", "planted identity")
	flags.Float64Var(&o.dup, "dup", 0, "share of lines that come twice, 0 to 1")
	flags.Float64Var(&o.odd, "odd", 0, "share of strange but real lines, 0 to 1")
	flags.Float64Var(&o.exotic, "exotic", 0.02, "share of rare and newer event types, 0 to 1")
	out := flags.String("out", "", "file to write; empty or - is standard output")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.n < 1 || o.users < 2 || o.hosts < 1 {
		return errors.New("gen log: -n and -hosts need at least 1, -users at least 2")
	}
	to := io.Writer(os.Stdout)
	if *out != "" && *out != "-" {
		f, err := os.Create(*out)
		if err != nil {
			return fmt.Errorf("write log: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		to = f
	}
	rep, err := bulk(to, o)
	if err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(rep)
}

// bulkWriter writes lines in order of time while the acts that make them run
// ahead: an act puts events up to an hour into the future.
type bulkWriter struct {
	*ledger
	o       bulkOptions
	out     *bufio.Writer
	rep     bulkReport
	repeats [][]byte // lines waiting to come again
}

const (
	bulkAhead   = time.Hour // the farthest that an act reaches
	bulkPending = 20_000    // events held back before some are written
)

// bulk writes a log of exactly o.n events, and their repetitions.
func bulk(w io.Writer, o bulkOptions) (bulkReport, error) {
	b := &bulkWriter{
		ledger: newLedger(o.seed), o: o, out: bufio.NewWriterSize(w, 1<<20),
		rep: bulkReport{Identity: o.identity, Pivots: map[string]int{}, Types: map[string]int{}},
	}
	for _, key := range countedPivots {
		b.rep.Pivots[key] = 0
	}
	town := newTown(b.ledger, o)
	t := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	for b.rep.Events < o.n {
		// Half as many people work at night.
		pause := b.between(0, 2*time.Second)
		if h := t.Hour(); h < 6 || h > 20 {
			pause *= 2
		}
		t = t.Add(pause)
		town.act(b, t)
		if len(b.entries) > bulkPending {
			if err := b.flush(t.Add(-time.Minute)); err != nil {
				return b.rep, err
			}
		}
	}
	return b.rep, b.out.Flush()
}

// flush writes the events before a moment, as long as more are wanted.
func (b *bulkWriter) flush(before time.Time) error {
	all := b.sorted()
	n := sort.Search(len(all), func(i int) bool { return !all[i].at.Before(before) })
	for _, e := range all[:n] {
		if b.rep.Events == b.o.n {
			break
		}
		if err := b.write(e); err != nil {
			return err
		}
	}
	b.entries = append(b.entries[:0], all[n:]...)
	return nil
}

// write puts one event out, perhaps spoiled, perhaps to come again.
func (b *bulkWriter) write(e entry) error {
	text := e.raw
	if text == nil {
		var err error
		if text, err = line(e.event); err != nil {
			return err
		}
		b.count(e.event)
	} else {
		b.rep.Exotic++
	}
	b.rep.Types[eventOf(text)]++
	if b.o.odd > 0 && b.rng.Float64() < b.o.odd {
		text = b.spoil(text)
		b.rep.Odd++
	}
	b.rep.Events++
	if err := b.emit(text); err != nil {
		return err
	}
	if b.o.dup > 0 && b.rng.Float64() < b.o.dup {
		b.repeats = append(b.repeats, text)
	}
	if len(b.repeats) > 64 || b.rep.Events == b.o.n {
		for _, again := range b.repeats {
			b.rep.Repeated++
			if err := b.emit(again); err != nil {
				return err
			}
		}
		b.repeats = b.repeats[:0]
	}
	return nil
}

func (b *bulkWriter) emit(text []byte) error {
	b.rep.Lines++
	b.rep.Bytes += int64(len(text))
	_, err := b.out.Write(text)
	return err
}

// countedPivots are the pivots that count tells.
var countedPivots = []string{
	"logins", "access_requests", "join_tokens", "users", "certificates", "access_lists", "sessions", "commands",
}

// count tells the planted identity's pivots, from the structs and not from the
// lines.
func (b *bulkWriter) count(e apievents.AuditEvent) {
	x, key := b.o.identity, ""
	switch ev := e.(type) {
	case *apievents.UserLogin:
		key = keyIf("logins", ev.User == x)
	case *apievents.AccessRequestCreate:
		key = keyIf("access_requests", ev.User == x || ev.Type == "access_request.review" && ev.Reviewer == x)
	case *apievents.ProvisionTokenCreate:
		key = keyIf("join_tokens", ev.User == x)
	case *apievents.UserCreate:
		key = keyIf("users", ev.User == x || ev.UpdatedBy == x)
	case *apievents.UserUpdate:
		key = keyIf("users", ev.User == x || ev.UpdatedBy == x)
	case *apievents.CertificateCreate:
		key = keyIf("certificates", ev.Identity.User == x)
	case *apievents.AccessListMemberCreate:
		key = keyIf("access_lists", ev.UpdatedBy == x)
	case *apievents.AccessListMemberDelete:
		key = keyIf("access_lists", ev.UpdatedBy == x)
	case *apievents.SessionStart:
		key = keyIf("sessions", ev.User == x)
	case *apievents.Exec:
		key = keyIf("commands", ev.User == x)
	}
	if key != "" {
		b.rep.Pivots[key]++
	}
}

// eventOf reads the type off a line as the generator writes it.
func eventOf(text []byte) string {
	_, rest, _ := bytes.Cut(text, []byte(`"event":"`))
	kind, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(kind)
}

func keyIf(key string, yes bool) string {
	if yes {
		return key
	}
	return ""
}
