package survive

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// line is what an event's own bytes say of ends and former states.
type line struct {
	expires     time.Time // zero where it is absent, and where it is Teleport's zero
	said        bool      // the line has `expires`, be it zero
	ttl         time.Duration
	certEnd     time.Time
	certType    string
	maxDuration time.Time // max_duration of an access request
	state       string    // of an access request, after a vote
}

// readLine reads what can be read: a field that is not what Teleport writes
// loses only itself.
func readLine(raw []byte) line {
	var top map[string]json.RawMessage
	if json.Unmarshal(raw, &top) != nil {
		return line{}
	}
	var out line
	get := func(key string, into any) bool {
		value, ok := top[key]
		return ok && json.Unmarshal(value, into) == nil
	}
	out.said = get("expires", &out.expires)
	get("max_duration", &out.maxDuration)
	get("cert_type", &out.certType)
	get("state", &out.state)
	var ttl string
	if get("ttl", &ttl) {
		out.ttl, _ = time.ParseDuration(ttl)
	}
	var identity struct {
		Expires time.Time `json:"expires"`
	}
	get("identity", &identity)
	out.certEnd = identity.Expires
	return out
}

// readLines reads, in one pass, the lines that say when things end. Of many of
// one kind it reads those that happened last and counts the others.
func (g *gatherer) readLines(ctx context.Context) error {
	wanted := map[string][]mark{}
	for key, f := range g.finds {
		switch f.key {
		case "certificate":
			wanted[f.key] = append(wanted[f.key], f.marks...)
		case "token", "user":
			wanted[f.key] = append(wanted[f.key], f.last())
		case "link":
			if f.last().at.Add(longestLink).After(g.q.At) {
				wanted[f.key] = append(wanted[f.key], f.last())
			}
		case "request":
			wanted[f.key] = append(wanted[f.key], g.states[key].latest)
		}
	}
	g.lines = map[int64]line{}
	if ender, ok := g.ev.(Ender); ok {
		err := ender.CertificateEnds(ctx, idsOf(wanted["certificate"]), func(id int64, end time.Time) error {
			g.lines[id] = line{certEnd: end}
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the ends of certificates: %w", err)
		}
		delete(wanted, "certificate")
	}
	var read []mark
	for kind, marks := range wanted {
		slices.SortFunc(marks, func(a, b mark) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.id, a.id)) })
		if len(marks) > maxLines {
			g.more[kind] += len(marks) - maxLines
			marks = marks[:maxLines]
		}
		read = append(read, marks...)
	}
	return g.read(ctx, idsOf(read))
}

// idsOf lists the events of marks, each once, ascending.
func idsOf(marks []mark) []int64 {
	ids := make([]int64, len(marks))
	for i, m := range marks {
		ids[i] = m.id
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// read reads lines, half of them on a goroutine of its own: lines that lie far
// apart cost an unpacked stretch of the log each.
func (g *gatherer) read(ctx context.Context, ids []int64) error {
	both, ctx := errgroup.WithContext(ctx)
	var mu sync.Mutex
	for _, half := range [][]int64{ids[:len(ids)/2], ids[len(ids)/2:]} {
		both.Go(func() error {
			return g.ev.RawEach(ctx, half, func(id int64, raw []byte) error {
				l := readLine(raw)
				mu.Lock()
				defer mu.Unlock()
				g.lines[id] = l
				return nil
			})
		})
	}
	if err := both.Wait(); err != nil {
		return fmt.Errorf("read the lines of events: %w", err)
	}
	return nil
}
