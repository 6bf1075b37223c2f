package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sort"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

// ledger collects the events of the story in any order and writes them as the
// auth server would have: one line each, in order of time.
type ledger struct {
	rng     *rand.Rand
	entries []entry
}

// entry is an event, or the raw line of one that no struct describes.
type entry struct {
	at    time.Time
	event apievents.AuditEvent
	raw   []byte
}

// newLedger starts a ledger whose chance comes from seed.
func newLedger(seed uint64) *ledger {
	return &ledger{rng: rand.New(rand.NewPCG(seed, 0x636f72646f6e))}
}

// put adds an event: its metadata is filled in here and nowhere else.
func (l *ledger) put(t time.Time, kind, code string, e apievents.AuditEvent) {
	t = t.Round(time.Millisecond)
	e.SetType(kind)
	e.SetCode(code)
	e.SetTime(t)
	e.SetClusterName(clusterName)
	e.SetID(l.uuid())
	l.entries = append(l.entries, entry{at: t, event: e})
}

// putIndexed adds an event with a position inside its session.
func (l *ledger) putIndexed(t time.Time, index int64, kind, code string, e apievents.AuditEvent) {
	l.put(t, kind, code, e)
	e.SetIndex(index)
}

// sorted returns the entries in order of time; equal times keep the order in
// which they were told.
func (l *ledger) sorted() []entry {
	sort.SliceStable(l.entries, func(i, j int) bool { return l.entries[i].at.Before(l.entries[j].at) })
	return l.entries
}

// line is the event as one line of the log, with Teleport's own spelling: keys
// in the order of its structs, no HTML escapes.
func line(e apievents.AuditEvent) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("marshal %s: %w", e.GetType(), err)
	}
	return b.Bytes(), nil
}

// uuid draws a version 4 UUID from the seeded source.
func (l *ledger) uuid() string { return uuidFrom(l.rng) }

func uuidFrom(r *rand.Rand) string {
	a, b := r.Uint64(), r.Uint64()
	a = a&^0xf000 | 0x4000
	b = b&^(3<<62) | 2<<62
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xffff, a&0xffff, b>>48, b&0xffffffffffff)
}

// port draws an ephemeral port.
func (l *ledger) port() int { return 32768 + l.rng.IntN(28000) }

// between draws a duration.
func (l *ledger) between(least, most time.Duration) time.Duration {
	return least + time.Duration(l.rng.Int64N(int64(most-least)))
}

// pick draws one of a list.
func pick[T any](l *ledger, of []T) T { return of[l.rng.IntN(len(of))] }
