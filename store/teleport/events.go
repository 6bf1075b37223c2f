package teleport

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	auditlogpb "github.com/gravitational/teleport/api/gen/proto/go/teleport/auditlog/v1"
	"github.com/gravitational/teleport/api/types"
	apievents "github.com/gravitational/teleport/api/types/events"
)

// Event is one audit event as the cluster tells it.
type Event struct {
	ID   string // its uid, or the sum of its line where it has none
	Time time.Time
	Line []byte // one JSON object, without a line end
}

// Lines are the lines of events, in their order.
func Lines(batch []Event) [][]byte {
	lines := make([][]byte, len(batch))
	for i, e := range batch {
		lines[i] = e.Line
	}
	return lines
}

// pageLimit is how many events are asked for at once. The cluster gives fewer
// when they are large.
const pageLimit = 1000

// ahead is how far the cluster's clock may be before this one.
const ahead = 24 * time.Hour

// Search yields the events of a stretch of time, both ends included, oldest
// first; a zero end is all that there is, also from a clock that is ahead. An
// error of yield ends it.
func (c *Cluster) Search(ctx context.Context, from, to time.Time, yield func(Event) error) error {
	if to.IsZero() {
		to = c.options.Now().Add(ahead)
	}
	s := &search{cluster: c, from: from, to: to, limit: pageLimit, read: c.unstructured}
	if c.Major != 0 && c.Major < firstAuditLog {
		s.read, s.old = c.structured, true
	}
	for {
		page, next, err := s.page(ctx)
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := yield(e); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		if err := s.goOn(next, len(page)); err != nil {
			return err
		}
	}
}

// search is where in its pages a search is.
type search struct {
	cluster  *Cluster
	from, to time.Time
	limit    int
	read     func(ctx context.Context, s *search) ([]Event, string, error)
	old      bool // it reads the older form

	key   string
	pages int
	empty int    // pages without an event, one after the other
	seen  string // the key at the last power of two of pages
}

// page asks for the page at the key: in the older form where the newer is not
// offered, and for fewer events where they are too large for one answer.
func (s *search) page(ctx context.Context) (out []Event, next string, err error) {
	for {
		out, next, err = s.read(ctx, s)
		switch {
		case errors.Is(err, ErrNotOffered) && s.pages == 0 && !s.old:
			s.read, s.old = s.cluster.structured, true
		case errors.Is(err, errLarge) && s.limit > 1:
			s.limit = max(1, s.limit/10)
		default:
			return out, next, err
		}
	}
}

// mostEmpty is how many pages without an event may follow each other: more than
// a cluster has reason for.
const mostEmpty = 10_000

// goOn takes the key of the next page, if the pages come to an end.
func (s *search) goOn(next string, events int) error {
	s.pages++
	if s.empty++; events > 0 {
		s.empty = 0
	}
	if next == s.key || next == s.seen || s.empty > mostEmpty {
		return &Error{Text: doingEvents + ": the cluster's pages have no end: it gives the same again and again", Hint: "read a shorter stretch of time"}
	}
	// A circle of any length comes back to a key that is kept long enough.
	if s.pages&(s.pages-1) == 0 {
		s.seen = next
	}
	s.key = next
	return nil
}

// firstAuditLog is the first version with the service that also tells of event
// types that this module does not know.
const firstAuditLog = 13

const doingEvents = "read the events"

func (c *Cluster) unstructured(ctx context.Context, s *search) (out []Event, next string, err error) {
	var page []*auditlogpb.EventUnstructured
	err = c.call(ctx, doingEvents, func(ctx context.Context) (err error) {
		page, next, err = c.client.SearchUnstructuredEvents(ctx, s.from, s.to, "default", nil, s.limit, types.EventOrderAscending, s.key)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	for _, p := range page {
		line, err := marshal(p.GetUnstructured().AsMap())
		if err != nil {
			return nil, "", fmt.Errorf("read event %s: %w", p.GetId(), err)
		}
		out = append(out, newEvent(p.GetId(), p.GetTime().AsTime(), line))
	}
	return out, next, nil
}

func (c *Cluster) structured(ctx context.Context, s *search) (out []Event, next string, err error) {
	var page []apievents.AuditEvent
	err = c.call(ctx, doingEvents, func(ctx context.Context) (err error) {
		page, next, err = c.client.SearchEvents(ctx, s.from, s.to, "default", nil, s.limit, types.EventOrderAscending, s.key)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	for _, p := range page {
		line, err := marshal(p)
		if err != nil {
			return nil, "", fmt.Errorf("read event %s: %w", p.GetID(), err)
		}
		out = append(out, newEvent(p.GetID(), p.GetTime(), line))
	}
	return out, next, nil
}

// newEvent is an event that has its own sum as its id where the cluster gave none.
func newEvent(id string, at time.Time, line []byte) Event {
	if id == "" {
		sum := sha256.Sum256(line)
		id = hex.EncodeToString(sum[:])
	}
	return Event{ID: id, Time: at.UTC(), Line: line}
}

// marshal writes a value as JSON on one line, with <, > and & as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
