package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"

	"cordon/investigations/survive"
)

var (
	_ survive.Evidence = (*Case)(nil)
	_ survive.Ender    = (*Case)(nil)
)

// certificateEnd is where an event that logged a certificate says when it runs
// out.
const certificateEnd = "identity/expires"

// CertificateEnds yields when the certificates that the events logged run out,
// in the order of the ids, which must ascend. It reads a column of the case, and
// lines only for what that lacks. The end is zero where the event says none.
func (c *Case) CertificateEnds(ctx context.Context, ids []int64, yield func(id int64, end time.Time) error) error {
	ends := make(map[int64]time.Time, len(ids))
	var lacking []int64
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		types, err := typesOf(conn, func(event string) bool { return event == "cert.create" })
		if err != nil {
			return err
		}
		segments, err := postingSegments(conn)
		if err != nil {
			return err
		}
		r := certificateReader{conn: conn, types: types, ends: ends}
		for i, segment := range segments {
			from, _ := slices.BinarySearch(ids, segment)
			to := len(ids)
			if i+1 < len(segments) {
				to, _ = slices.BinarySearch(ids, segments[i+1])
			}
			if from == to {
				continue
			}
			if err := r.segment(segment, ids[from:to]); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the ends of certificates: %w", err)
	}
	for _, id := range ids {
		if _, ok := ends[id]; !ok {
			lacking = append(lacking, id)
		}
	}
	err = c.RawEach(ctx, lacking, func(id int64, line []byte) error {
		var said struct {
			Identity struct {
				Expires time.Time `json:"expires"`
			} `json:"identity"`
		}
		_ = json.Unmarshal(line, &said) // What is no time is no end.
		ends[id] = said.Identity.Expires
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := yield(id, ends[id]); err != nil {
			return err
		}
	}
	return nil
}

// certificateReader reads the ends of certificates from columns.
type certificateReader struct {
	conn   *sqlite.Conn
	types  map[int64]bool
	unpack unpacker
	ends   map[int64]time.Time
	text   []byte
}

// segment reads the ends of the wanted events of one segment, as far as its
// column has them.
func (r *certificateReader) segment(segment int64, wanted []int64) error {
	stored, err := readColumns(r.conn, "cert.create", segment)
	if err != nil || stored == nil {
		return err
	}
	column := stored.column(certificateEnd)
	all, err := eventsOfTypes(r.conn, segment, r.types)
	if err != nil || column == nil {
		return err
	}
	if len(all) != stored.n {
		return fmt.Errorf("the case file is damaged: the columns of cert.create from %d on are of %d events, not %d", segment, stored.n, len(all))
	}
	values, err := r.unpack.list(column)
	if err != nil {
		return err
	}
	codes, same, err := r.unpack.codesOf(column, stored.n, nil)
	if err != nil {
		return err
	}
	for _, id := range wanted {
		at, ok := slices.BinarySearch(all, id)
		if !ok {
			continue
		}
		code := same
		if len(codes) > 0 {
			code = codes[at]
		}
		if err := r.value(id, values[code]); err != nil {
			return err
		}
	}
	return nil
}

// value takes the end that a column has for an event. A value that is no time is
// left to be read from the line.
func (r *certificateReader) value(id int64, value []byte) error {
	if len(value) == 0 {
		return nil
	}
	r.text = append(r.text[:0], value...)
	if unit := value[0]; unit == valueSeconds || unit == valueNanos {
		distance, n := binary.Varint(value[1:])
		if n <= 0 {
			return errVarint
		}
		at, err := selectInt(r.conn, `SELECT time FROM event WHERE id = ?`, id)
		if err != nil {
			return err
		}
		r.text = append(appendColumnTime(append(r.text[:0], '"'), unit, distance, at), '"')
	}
	var end time.Time
	if json.Unmarshal(r.text, &end) == nil {
		r.ends[id] = end.UTC()
	}
	return nil
}
