// Package tuitest is a small case in memory, for tests of the console: an
// incident of two dozen events, and everything else that a page may ask for.
//
// Events are read with the extractor that ingest uses and found by the filter
// language's own matcher, so that what the pages show rests on nothing made up
// for them. It must not be imported by anything but tests.
package tuitest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/filter"
	"cordon/investigations/journal"
	"cordon/investigations/pivot/pivottest"
	"cordon/playback/recording"
	"cordon/playback/transcript"
	"cordon/tui/pane"
)

// Case is the case. Its methods may be called from several goroutines.
type Case struct {
	index  *pivottest.Index
	events []investigations.Event // in order
	raw    map[int64][]byte

	mu      sync.Mutex
	entries []journal.Entry
	state   map[string]string
	stars   map[int64]bool

	// Rejected and Gaps are what the case says of its evidence.
	Rejected []investigations.Reject
	Gaps     []investigations.Gap
	// Writer is the process that adds evidence; empty for none.
	Writer string
	// Recordings are recording files by session.
	Recordings map[string][]byte
	// Fail is returned by Record, to see how a failure is told.
	Fail error
}

var _ pane.Evidence = (*Case)(nil)

// New reads a log of one event a line.
func New(log string) (*Case, error) {
	c := &Case{state: map[string]string{}, stars: map[int64]bool{}}
	return c, c.Become(log)
}

// Become has the case hold the events of a log, one a line, and no others. Nothing
// may be read meanwhile.
func (c *Case) Become(log string) error {
	index, err := pivottest.New(log)
	if err != nil {
		return err
	}
	c.index, c.raw, c.events = index, map[int64][]byte{}, slices.Clone(index.Events())
	id := int64(0)
	for line := range strings.Lines(log) {
		if line = strings.TrimSpace(line); line != "" {
			id++
			c.raw[id] = []byte(line)
		}
	}
	slices.SortFunc(c.events, func(a, b investigations.Event) int { return a.Position().Compare(b.Position()) })
	return nil
}

// Select implements [pane.Evidence].
func (c *Case) Select(ctx context.Context, expr filter.Expr) (pane.Selection, error) {
	book, err := c.Actors(ctx)
	if err != nil {
		return nil, err
	}
	s, match := &selection{}, expr.CompileWith(book)
	for i := range c.events {
		if match.Match(&c.events[i], c.raw[c.events[i].ID]) {
			s.events = append(s.events, c.events[i])
		}
	}
	return s, ctx.Err()
}

type selection struct{ events []investigations.Event }

func (s *selection) Count() (n int64, exact bool) { return int64(len(s.events)), true }

func (s *selection) Window(ctx context.Context, from *investigations.Position, back bool, limit int) ([]investigations.Event, error) {
	start, end := 0, len(s.events)
	if from != nil {
		at, found := slices.BinarySearchFunc(s.events, *from, func(e investigations.Event, p investigations.Position) int {
			return e.Position().Compare(p)
		})
		if back {
			end = at
		} else if start = at; found {
			start++
		}
	}
	if back {
		start = max(start, end-limit)
	} else {
		end = min(end, start+limit)
	}
	return slices.Clone(s.events[start:end]), ctx.Err()
}

// Raw implements [pane.Evidence].
func (c *Case) Raw(_ context.Context, id int64) ([]byte, error) {
	if raw, ok := c.raw[id]; ok {
		return raw, nil
	}
	return nil, fmt.Errorf("no event %d", id)
}

// RawEach implements [pane.Evidence].
func (c *Case) RawEach(ctx context.Context, ids []int64, yield func(id int64, line []byte) error) error {
	for _, id := range ids {
		line, err := c.Raw(ctx, id)
		if err != nil {
			return err
		}
		if err := yield(id, line); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// EventByUID implements [pivot.Finder].
func (c *Case) EventByUID(ctx context.Context, uid string) (investigations.Event, bool, error) {
	return c.index.EventByUID(ctx, uid)
}

// Origin implements [pane.Evidence]: event n stands in line n of one log.
func (c *Case) Origin(_ context.Context, id int64) (investigations.Origin, error) {
	return investigations.Origin{Source: "audit.log", Line: id}, nil
}

// Sessions implements [pane.Evidence].
func (c *Case) Sessions(_ context.Context, of investigations.Entity, limit int) ([]investigations.Session, error) {
	var out []investigations.Session
	for i := range c.events {
		e := &c.events[i]
		sid, ok := e.First(investigations.KindSession, investigations.RoleTarget)
		if !ok || e.Type != "session.start" {
			continue
		}
		s := investigations.Session{ID: sid.Entity.Name, Kind: "ssh", Start: e.Time, Interactive: true, Recording: "missing"}
		names := of.IsZero()
		for _, v := range e.Involved {
			names = names || v.Entity == of
			switch {
			case v.Entity.Kind == investigations.KindUser && v.Role == investigations.RoleActor:
				s.User = v.Entity.Name
			case v.Entity.Kind == investigations.KindOSLogin:
				s.Login = v.Entity.Name
			case v.Entity.Kind == investigations.KindHost:
				s.Host, s.HostLabel = v.Entity.Name, v.Label
			case v.Entity.Kind == investigations.KindAddress:
				s.Address = v.Entity.Name
			}
		}
		for j := range c.events {
			if end, ok := c.events[j].First(investigations.KindSession, investigations.RoleTarget); ok && end.Entity == sid.Entity && c.events[j].Type == "session.end" {
				s.End = c.events[j].Time
			}
		}
		if c.Recordings[s.ID] != nil {
			s.Recording, s.RecordingID = "recorded", int64(i+1)
		}
		if names {
			out = append(out, s)
		}
	}
	return out[max(0, len(out)-limit):], nil
}

// Session implements [pane.Evidence].
func (c *Case) Session(ctx context.Context, id string) (investigations.Session, bool, error) {
	all, err := c.Sessions(ctx, investigations.Entity{}, len(c.events))
	for _, s := range all {
		if s.ID == id {
			return s, true, err
		}
	}
	return investigations.Session{}, false, err
}

// OpenRecording implements [pane.Evidence].
func (c *Case) OpenRecording(ctx context.Context, id int64) (io.ReadCloser, error) {
	all, err := c.Sessions(ctx, investigations.Entity{}, len(c.events))
	for _, s := range all {
		if s.RecordingID == id && id != 0 {
			return io.NopCloser(bytes.NewReader(c.Recordings[s.ID])), err
		}
	}
	return nil, fmt.Errorf("no recording %d", id)
}

// SearchScreens implements [pane.Evidence].
func (c *Case) SearchScreens(ctx context.Context, text string, limit int) (found investigations.ScreenSearch, err error) {
	all, err := c.Sessions(ctx, investigations.Entity{}, len(c.events))
	for _, s := range all {
		if s.RecordingID == 0 {
			continue
		}
		hits, err := searchRecording(ctx, s, c.Recordings[s.ID], text)
		if err != nil {
			return found, err
		}
		found.Searched++
		found.In += min(1, len(hits))
		found.Total += len(hits)
		found.Hits = append(found.Hits, hits...)
	}
	found.Hits = found.Hits[:min(limit, len(found.Hits))]
	return found, err
}

func searchRecording(ctx context.Context, s investigations.Session, data []byte, text string) ([]investigations.ScreenHit, error) {
	rec, err := recording.Load(ctx, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	lines, err := transcript.Of(ctx, rec)
	var hits []investigations.ScreenHit
	for _, l := range lines {
		if filter.ContainsFold([]byte(l.Text), []byte(text)) {
			hits = append(hits, investigations.ScreenHit{
				Recording: s.RecordingID, Session: s.ID, User: s.User, Login: s.Login, Host: s.HostLabel, Start: rec.Meta.Start, Offset: l.At, Line: l.Text,
			})
		}
	}
	return hits, err
}

// Sources implements [pane.Evidence].
func (c *Case) Sources(context.Context) ([]investigations.Source, error) {
	return []investigations.Source{{
		ID: 1, Name: "audit/2026-10-06.log", Format: "ndjson", Size: 18_442, ContentSize: 18_442,
		SHA256: strings.Repeat("5f", 32), ContentSHA256: strings.Repeat("5f", 32),
		Events: int64(len(c.events)), Rejects: int64(len(c.Rejected)), Complete: true, Added: T0.Add(time.Hour),
	}}, nil
}

// Rejects implements [pane.Evidence].
func (c *Case) Rejects(context.Context, int) ([]investigations.Reject, error) { return c.Rejected, nil }

// Days implements [pane.Evidence].
func (c *Case) Days(context.Context) ([]investigations.Day, error) {
	byDay := map[time.Time]int64{}
	for i := range c.events {
		byDay[c.events[i].Time.Truncate(24*time.Hour)]++
	}
	var out []investigations.Day
	for day, n := range byDay {
		out = append(out, investigations.Day{Start: day, Events: n})
	}
	slices.SortFunc(out, func(a, b investigations.Day) int { return a.Start.Compare(b.Start) })
	return out, nil
}

// LockEvents implements [contain.Book].
func (c *Case) LockEvents(context.Context) ([]contain.Record, error) {
	var out []contain.Record
	for i := range c.events {
		if slices.Contains(contain.LockTypes, c.events[i].Type) {
			out = append(out, contain.Record{Event: &c.events[i], Raw: c.raw[c.events[i].ID]})
		}
	}
	return out, nil
}

// Journal implements [contain.Book].
func (c *Case) Journal(context.Context) ([]journal.Entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.entries), nil
}

// Record implements [contain.Book].
func (c *Case) Record(_ context.Context, e journal.Entry) (journal.Entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Fail != nil {
		return journal.Entry{}, c.Fail
	}
	var head journal.Head
	if n := len(c.entries); n > 0 {
		head = c.entries[n-1].Head()
	}
	e = journal.Append(head, e)
	c.entries = append(c.entries, e)
	return e, nil
}

// State implements [pane.Evidence].
func (c *Case) State(_ context.Context, key string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state[key], nil
}

// SetState implements [pane.Evidence].
func (c *Case) SetState(_ context.Context, key, value string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state[key] = value
	return nil
}

// Star implements [pane.Evidence].
func (c *Case) Star(_ context.Context, event int64, on bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stars[event] = on
	return nil
}

// Stars implements [pane.Evidence].
func (c *Case) Stars(context.Context) ([]int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []int64
	for id, on := range c.stars {
		if on {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Name implements [pane.Evidence].
func (c *Case) Name() string { return "acme" }

// WrittenBy implements [pane.Evidence].
func (c *Case) WrittenBy() string { return c.Writer }
