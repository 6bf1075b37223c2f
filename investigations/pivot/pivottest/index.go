// Package pivottest is an Index in memory, for tests of what is asked of a
// case: pivots, lineage and whatever is built on them.
//
// It reads lines with the same extractor as ingest and keeps plain maps, so a
// test's expectations rest on the real table of fields and on nothing of the
// store. Ids are given in the order of the lines, which need not be that of
// time: what depends on one being the other fails here.
package pivottest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/extract"
	"cordon/investigations/pivot"
)

// Index holds a few events in memory.
type Index struct {
	events   []investigations.Event
	lines    [][]byte
	groups   map[investigations.Entity][]pivot.Group
	coverage investigations.Coverage
}

var (
	_ pivot.Index   = (*Index)(nil)
	_ pivot.Catalog = (*Index)(nil)
	_ pivot.Finder  = (*Index)(nil)
)

// New indexes newline-delimited JSON. Blank lines are skipped.
func New(log string) (*Index, error) {
	x := &Index{groups: make(map[investigations.Entity][]pivot.Group)}
	x.coverage.Sources = 1
	for n, line := range bytes.Split([]byte(log), []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if err := x.add(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return x, nil
}

func (x *Index) add(line []byte) error {
	ev, err := extract.Event(line)
	if err != nil {
		return err
	}
	var s extract.Scanner
	l, err := s.Scan(line)
	if err != nil {
		return err
	}
	x.cover(ev.Time, string(l.Version))
	if c := &x.coverage; ev.Cluster != "" && !slices.Contains(c.Clusters, ev.Cluster) {
		c.Clusters = append(c.Clusters, ev.Cluster)
	}
	ev.ID = int64(len(x.events) + 1)
	x.events = append(x.events, ev)
	x.lines = append(x.lines, line)
	for _, v := range ev.Involved {
		x.post(v, &ev)
	}
	return nil
}

func (x *Index) cover(at time.Time, version string) {
	c := &x.coverage
	c.Events++
	if !at.IsZero() {
		if c.From.IsZero() || at.Before(c.From) {
			c.From = at
		}
		if at.After(c.To) {
			c.To = at
		}
	}
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err == nil {
		c.ServerMajor = max(c.ServerMajor, n)
	}
}

func (x *Index) post(v investigations.Involvement, ev *investigations.Event) {
	groups := x.groups[v.Entity]
	i := slices.IndexFunc(groups, func(g pivot.Group) bool {
		return g.Role == v.Role && g.Type == ev.Type && g.Code == ev.Code
	})
	if i < 0 {
		i = len(groups)
		groups = append(groups, pivot.Group{Role: v.Role, Type: ev.Type, Code: ev.Code})
	}
	g := &groups[i]
	if n := len(g.IDs); n == 0 || g.IDs[n-1] != ev.ID {
		g.N++
		g.IDs = append(g.IDs, ev.ID)
		if !ev.Time.IsZero() && (g.First.IsZero() || ev.Time.Before(g.First)) {
			g.First = ev.Time
		}
		if ev.Time.After(g.Last) {
			g.Last = ev.Time
		}
	}
	x.groups[v.Entity] = groups
}

// Events returns all events, by id.
func (x *Index) Events() []investigations.Event { return x.events }

// Entities returns every entity of the index, in no order.
func (x *Index) Entities() []investigations.Entity {
	out := make([]investigations.Entity, 0, len(x.groups))
	for e := range x.groups {
		out = append(out, e)
	}
	return out
}

// Groups implements pivot.Index.
func (x *Index) Groups(ctx context.Context, e investigations.Entity) ([]pivot.Group, error) {
	return x.groups[e], ctx.Err()
}

// Each implements pivot.Index. It reuses one event, as a store does.
func (x *Index) Each(ctx context.Context, ids []int64, yield func(*investigations.Event) error) error {
	var reused investigations.Event
	for i, id := range ids {
		if id < 1 || id > int64(len(x.events)) {
			return fmt.Errorf("no event %d", id)
		}
		if i > 0 && id <= ids[i-1] {
			return fmt.Errorf("ids do not ascend: %d after %d", id, ids[i-1])
		}
		involved := append(reused.Involved[:0], x.events[id-1].Involved...)
		reused = x.events[id-1]
		reused.Involved = involved
		if err := yield(&reused); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Coverage implements pivot.Index.
func (x *Index) Coverage(ctx context.Context) (investigations.Coverage, error) {
	return x.coverage, ctx.Err()
}

// EventByUID implements pivot.Finder.
func (x *Index) EventByUID(ctx context.Context, uid string) (investigations.Event, bool, error) {
	for _, ev := range x.events {
		if ev.UID == uid {
			return ev, true, ctx.Err()
		}
	}
	return investigations.Event{}, false, ctx.Err()
}

// TypeGroups implements pivot.Catalog.
func (x *Index) TypeGroups(ctx context.Context) ([]pivot.Group, error) {
	at := make(map[string]int)
	var out []pivot.Group
	for _, ev := range x.events {
		i, ok := at[ev.Type+ev.Code]
		if !ok {
			i = len(out)
			at[ev.Type+ev.Code] = i
			out = append(out, pivot.Group{Type: ev.Type, Code: ev.Code})
		}
		out[i].N++
		out[i].IDs = append(out[i].IDs, ev.ID)
	}
	return out, ctx.Err()
}

// Claim sets the newest server version that the index says it has seen.
func (x *Index) Claim(serverMajor int) { x.coverage.ServerMajor = serverMajor }

// RawEach yields the lines of events, in the order of the ids.
func (x *Index) RawEach(ctx context.Context, ids []int64, yield func(id int64, line []byte) error) error {
	for _, id := range ids {
		if id < 1 || id > int64(len(x.lines)) {
			return fmt.Errorf("no event %d", id)
		}
		if err := yield(id, x.lines[id-1]); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// EachEntity yields the entities of a kind with their posting lists, in no
// order.
func (x *Index) EachEntity(ctx context.Context, kind investigations.Kind, yield func(investigations.Entity, string, []pivot.Group) error) error {
	for e, groups := range x.groups {
		if e.Kind != kind {
			continue
		}
		if err := yield(e, "", groups); err != nil {
			return err
		}
	}
	return ctx.Err()
}
