package store

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
	"cordon/store/framing"
)

// rawReader finds the bytes of events. It keeps the last chunks unpacked, since
// events that are wanted together were mostly read together. It is for one
// goroutine.
type rawReader struct {
	conn   *sqlite.Conn
	dec    *zstd.Decoder
	recent []*chunk // last used first
	packed []byte
	spare  []byte // of the chunk dropped last
}

const chunksKept = 8

// chunk is one unpacked stretch of a source.
type chunk struct {
	id     int64
	source int64
	offset int64 // in the source's content
	before int64 // line ends in the content before it
	first  int64 // event id of the first event
	events int64
	data   []byte
	spans  []span // of each event
}

// span is the stretch of a chunk in which an event is written.
type span struct {
	start, end int
	form       framing.Form
}

func newRawReader(conn *sqlite.Conn) *rawReader { return &rawReader{conn: conn} }

func (r *rawReader) close() {
	if r.dec != nil {
		r.dec.Close()
	}
}

// event returns the line of an event, valid until the next call.
func (r *rawReader) event(id int64) ([]byte, error) {
	c, err := r.chunkOf(id)
	if err != nil {
		return nil, err
	}
	return c.line(id)
}

// chunkOf returns the chunk that holds an event.
func (r *rawReader) chunkOf(id int64) (*chunk, error) {
	for i, c := range r.recent {
		if id >= c.first && id < c.first+c.events {
			copy(r.recent[1:i+1], r.recent[:i])
			r.recent[0] = c
			return c, nil
		}
	}
	if len(r.recent) == chunksKept {
		r.spare = r.recent[chunksKept-1].data
		r.recent = r.recent[:chunksKept-1]
	}
	c, err := r.load(id)
	if err != nil {
		return nil, err
	}
	r.recent = append([]*chunk{c}, r.recent...)
	return c, nil
}

func (c *chunk) line(id int64) ([]byte, error) {
	i := int(id - c.first)
	if i >= len(c.spans) || c.spans[i].end > len(c.data) {
		return nil, fmt.Errorf("the case file is damaged: chunk %d ends before event %d", c.id, id)
	}
	s := c.spans[i]
	line, err := s.form.Event(c.data[s.start:s.end])
	if err != nil {
		return nil, fmt.Errorf("read event %d: %w", id, err)
	}
	return line, nil
}

const chunkColumns = `id, first_event, events, size, spans, data, source, offset, line`

func (r *rawReader) load(id int64) (*chunk, error) {
	stmt, err := r.conn.Prepare(`SELECT ` + chunkColumns + ` FROM chunk WHERE first_event IS NOT NULL AND first_event <= ? ORDER BY first_event DESC LIMIT 1`)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	stmt.BindInt64(1, id)
	row, err := stmt.Step()
	if err != nil {
		return nil, fmt.Errorf("read event %d: %w", id, err)
	}
	if !row || id >= stmt.ColumnInt64(1)+stmt.ColumnInt64(2) {
		return nil, fmt.Errorf("the case holds no event %d", id)
	}
	return r.chunk(stmt)
}

// chunk unpacks the chunk in a row of the columns that load selects.
func (r *rawReader) chunk(stmt *sqlite.Stmt) (c *chunk, err error) {
	c = &chunk{
		id: stmt.ColumnInt64(0), first: stmt.ColumnInt64(1), events: stmt.ColumnInt64(2),
		source: stmt.ColumnInt64(6), offset: stmt.ColumnInt64(7), before: stmt.ColumnInt64(8),
	}
	if c.data, err = r.unpack(stmt, 5, stmt.ColumnInt64(3)); err != nil {
		return nil, fmt.Errorf("read chunk %d: %w", c.id, err)
	}
	if stmt.ColumnIsNull(4) {
		c.spans = lineSpans(c.data, int(c.events))
		return c, nil
	}
	c.spans, err = unpackSpans(columnBlob(stmt, 4))
	return c, err
}

// unpack decompresses a zstd column whose content must have the given size.
func (r *rawReader) unpack(stmt *sqlite.Stmt, col int, size int64) ([]byte, error) {
	if r.dec == nil {
		dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, err
		}
		r.dec = dec
	}
	r.packed = slices.Grow(r.packed[:0], stmt.ColumnLen(col))[:stmt.ColumnLen(col)]
	stmt.ColumnBytes(col, r.packed)
	into := r.spare[:0]
	r.spare = nil
	if int64(cap(into)) < size {
		into = make([]byte, 0, max(0, min(size, 2*maxLine)))
	}
	data, err := r.dec.DecodeAll(r.packed, into)
	if err != nil {
		return nil, fmt.Errorf("the case file is damaged: %w", err)
	}
	if int64(len(data)) != size {
		return nil, fmt.Errorf("the case file is damaged: %d bytes where %d were stored", len(data), size)
	}
	return data, nil
}

// lineSpans finds the lines of a chunk in which every line is an event.
func lineSpans(data []byte, n int) []span {
	spans := make([]span, 0, n)
	for at := 0; at < len(data); {
		end, next := len(data), len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			end, next = at+i, at+i+1
		}
		if end > at && data[end-1] == '\r' {
			end--
		}
		spans = append(spans, span{at, end, framing.FormPlain})
		at = next
	}
	return spans
}

func unpackSpans(b []byte) ([]span, error) {
	var spans []span
	at := 0
	for len(b) > 0 {
		gap, rest, err := takeVarint(b)
		if err != nil {
			return nil, err
		}
		size, rest, err := takeVarint(rest)
		if err != nil {
			return nil, err
		}
		if gap > 1<<40 || size > 1<<40 {
			return nil, errVarint
		}
		start := at + int(gap>>formBits)
		at = start + int(size)
		spans = append(spans, span{start, at, framing.Form(gap & (1<<formBits - 1))})
		b = rest
	}
	return spans, nil
}

// Raw returns the line of an event as it stood in its source, without its line
// end.
func (c *Case) Raw(ctx context.Context, id int64) ([]byte, error) {
	var out []byte
	err := c.RawEach(ctx, []int64{id}, func(_ int64, line []byte) error {
		out = bytes.Clone(line)
		return nil
	})
	return out, err
}

// Origin says where an event stands in the evidence: the name of its source,
// the line, counted from 1, and the offset in the source's content.
func (c *Case) Origin(ctx context.Context, id int64) (o investigations.Origin, err error) {
	err = c.read(ctx, func(conn *sqlite.Conn) error {
		r := newRawReader(conn)
		defer r.close()
		ch, err := r.chunkOf(id)
		if err != nil {
			return err
		}
		if _, err := ch.line(id); err != nil {
			return err
		}
		at := ch.spans[id-ch.first]
		o.Line, o.Offset, o.Length = ch.before+int64(bytes.Count(ch.data[:at.start], []byte{'\n'}))+1, ch.offset+int64(at.start), int64(at.end-at.start)
		return sqlitex.Execute(conn, `SELECT name FROM source WHERE id = ?`, &sqlitex.ExecOptions{
			Args:       []any{ch.source},
			ResultFunc: func(stmt *sqlite.Stmt) error { o.Source = stmt.ColumnText(0); return nil },
		})
	})
	return o, err
}

// RawEach calls yield with the line of each event, in the order given. The line
// is valid during the call.
func (c *Case) RawEach(ctx context.Context, ids []int64, yield func(id int64, line []byte) error) error {
	return c.read(ctx, func(conn *sqlite.Conn) error {
		r := newRawReader(conn)
		defer r.close()
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				return err
			}
			line, err := r.event(id)
			if err != nil {
				return err
			}
			if err := yield(id, line); err != nil {
				return err
			}
		}
		return nil
	})
}

// Replay writes the content of a source byte for byte: what was left of the
// file after decompression, line ends and rejects included.
func (c *Case) Replay(ctx context.Context, source int64, w io.Writer) error {
	return c.read(ctx, func(conn *sqlite.Conn) error {
		r := newRawReader(conn)
		defer r.close()
		return replay(ctx, r, source, -1, w)
	})
}

// replay writes the first limit bytes of a source, all of them below 0.
func replay(ctx context.Context, r *rawReader, source, limit int64, w io.Writer) error {
	base, err := selectInt(r.conn, `SELECT coalesce(base, 0) FROM source WHERE id = ?`, source)
	if err != nil {
		return err
	}
	if base >= source {
		return fmt.Errorf("the case file is damaged: source %d rests on source %d", source, base)
	}
	if base != 0 {
		size, err := selectInt(r.conn, `SELECT base_size FROM source WHERE id = ?`, source)
		if err != nil {
			return err
		}
		if limit >= 0 {
			size = min(size, limit)
		}
		if err := replay(ctx, r, base, size, w); err != nil {
			return err
		}
	}
	return replayChunks(ctx, r, source, limit, w)
}

func replayChunks(ctx context.Context, r *rawReader, source, limit int64, w io.Writer) error {
	stmt, _, err := r.conn.PrepareTransient(`SELECT offset, size, data FROM chunk WHERE source = ? ORDER BY offset`)
	if err != nil {
		return err
	}
	defer stmt.Finalize()
	stmt.BindInt64(1, source)
	for {
		row, err := stmt.Step()
		if err != nil || !row {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		offset := stmt.ColumnInt64(0)
		if limit >= 0 && offset >= limit {
			return nil
		}
		data, err := r.unpack(stmt, 2, stmt.ColumnInt64(1))
		if err != nil {
			return err
		}
		if limit >= 0 {
			data = data[:min(int64(len(data)), limit-offset)]
		}
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
}
