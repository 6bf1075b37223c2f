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
	ID   string // its uid, or the cluster's own sum of it where it has none
	Time time.Time
	Line []byte // one JSON object, without a line end
}

// pageLimit is how many events are asked for at once. The cluster gives fewer
// when they are large.
const pageLimit = 1000

// Search yields the events of a stretch of time, both ends included, oldest
// first. An error of yield ends it.
func (c *Cluster) Search(ctx context.Context, from, to time.Time, yield func(Event) error) error {
	read := c.unstructured
	if c.Major != 0 && c.Major < firstAuditLog {
		read = c.structured
	}
	for key := ""; ; {
		page, next, err := read(ctx, from, to, key)
		if errors.Is(err, ErrNotOffered) && key == "" {
			read = c.structured
			page, next, err = read(ctx, from, to, key)
		}
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
		if next == key {
			return fmt.Errorf("read the events: the cluster gives the same page again and again")
		}
		key = next
	}
}

// firstAuditLog is the first version with the service that also tells of event
// types that this module does not know.
const firstAuditLog = 13

const doingEvents = "read the events"

func (c *Cluster) unstructured(ctx context.Context, from, to time.Time, key string) (out []Event, next string, err error) {
	var page []*auditlogpb.EventUnstructured
	err = c.call(ctx, doingEvents, func(ctx context.Context) (err error) {
		page, next, err = c.client.SearchUnstructuredEvents(ctx, from, to, "default", nil, pageLimit, types.EventOrderAscending, key)
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
		out = append(out, Event{ID: p.GetId(), Time: p.GetTime().AsTime(), Line: line})
	}
	return out, next, nil
}

func (c *Cluster) structured(ctx context.Context, from, to time.Time, key string) (out []Event, next string, err error) {
	var page []apievents.AuditEvent
	err = c.call(ctx, doingEvents, func(ctx context.Context) (err error) {
		page, next, err = c.client.SearchEvents(ctx, from, to, "default", nil, pageLimit, types.EventOrderAscending, key)
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
		e := Event{ID: p.GetID(), Time: p.GetTime().UTC(), Line: line}
		if e.ID == "" {
			sum := sha256.Sum256(line)
			e.ID = hex.EncodeToString(sum[:])
		}
		out = append(out, e)
	}
	return out, next, nil
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
