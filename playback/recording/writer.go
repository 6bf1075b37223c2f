package recording

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"

	apievents "github.com/gravitational/teleport/api/types/events"
)

const (
	// DefaultPartSize is when a Writer ends a part, in compressed bytes, and the
	// least size of a part that is not the last one: what Teleport's servers use
	// towards object stores.
	DefaultPartSize = 5 << 20

	// printChunk leaves room in a message for what accompanies the bytes.
	printChunk = maxMessage - 1024

	typePrint = "print"
)

// WriterOptions shape the file; the zero value is what a Teleport server does.
type WriterOptions struct {
	PartSize int  // DefaultPartSize when zero
	PadLast  bool // pad the last part too, as the completer of an abandoned upload does
}

// Writer writes a plain Teleport V1 recording: what `tctl recordings download`
// leaves on disk. It numbers the events and counts the delays and offsets of
// the output, so the caller gives only what happened and when.
type Writer struct {
	w    io.Writer
	opts WriterOptions

	part    bytes.Buffer
	zip     *gzip.Writer
	pending bool // the current part holds an event

	index  int64
	chunk  int64
	offset int64
	delay  int64
	last   time.Time // time of the last print
	err    error
}

// NewWriter returns a writer of one recording. Close ends it; it does not close
// w.
func NewWriter(w io.Writer, opts WriterOptions) (*Writer, error) {
	if opts.PartSize <= 0 {
		opts.PartSize = DefaultPartSize
	}
	out := &Writer{w: w, opts: opts}
	zip, err := gzip.NewWriterLevel(&out.part, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("start recording: %w", err)
	}
	out.zip = zip
	return out, nil
}

// Event writes an audit event and sets its index.
func (w *Writer) Event(ev apievents.AuditEvent) error {
	if w.err != nil {
		return w.err
	}
	ev.SetIndex(w.index)
	one, err := apievents.ToOneOf(ev)
	if err != nil {
		return fmt.Errorf("write event %s: %w", ev.GetType(), err)
	}
	msg, err := one.Marshal()
	if err != nil {
		return fmt.Errorf("write event %s: %w", ev.GetType(), err)
	}
	if len(msg) > maxMessage {
		return fmt.Errorf("write event %s: %d bytes, more than the %d a recording can hold", ev.GetType(), len(msg), maxMessage)
	}
	w.index++
	return w.message(msg)
}

// Print writes terminal output, in several events when it is too long for one.
func (w *Writer) Print(at time.Time, data []byte) error {
	for first := true; first || len(data) > 0; first = false {
		piece := data[:min(len(data), printChunk)]
		data = data[len(piece):]
		at = at.UTC().Truncate(time.Millisecond)
		if !w.last.IsZero() {
			w.delay += max(at.Sub(w.last).Milliseconds(), 0)
		}
		w.last = at
		err := w.Event(&apievents.SessionPrint{
			Metadata:          apievents.Metadata{Type: typePrint, Time: at},
			ChunkIndex:        w.chunk,
			Data:              piece,
			Bytes:             int64(len(piece)),
			DelayMilliseconds: w.delay,
			Offset:            w.offset,
		})
		if err != nil {
			return err
		}
		w.chunk++
		w.offset += int64(len(piece))
	}
	return nil
}

// Skip leaves out n indices, as a resumed upload or a lost event does.
func (w *Writer) Skip(n int64) { w.index += n }

// Flush ends the current part, padded to its least size because another part
// will follow. An empty part is not written.
func (w *Writer) Flush() error { return w.flush(true) }

// Close ends the recording.
func (w *Writer) Close() error { return w.flush(w.opts.PadLast) }

func (w *Writer) message(msg []byte) error {
	var h [4]byte
	binary.BigEndian.PutUint32(h[:], uint32(len(msg)))
	if _, err := w.zip.Write(h[:]); err != nil {
		return w.fail(err)
	}
	if _, err := w.zip.Write(msg); err != nil {
		return w.fail(err)
	}
	w.pending = true
	if w.part.Len() >= w.opts.PartSize {
		return w.Flush()
	}
	return nil
}

func (w *Writer) flush(pad bool) error {
	if w.err != nil {
		return w.err
	}
	if !w.pending {
		return nil
	}
	if err := w.zip.Close(); err != nil {
		return w.fail(err)
	}
	padding := 0
	if pad {
		padding = max(w.opts.PartSize-headerV1-w.part.Len(), 0)
	}
	var h [headerV1]byte
	binary.BigEndian.PutUint64(h[:], 1)
	binary.BigEndian.PutUint64(h[8:], uint64(w.part.Len()))
	binary.BigEndian.PutUint64(h[16:], uint64(padding))
	if _, err := w.w.Write(h[:]); err != nil {
		return w.fail(err)
	}
	if _, err := w.w.Write(w.part.Bytes()); err != nil {
		return w.fail(err)
	}
	if _, err := w.w.Write(make([]byte, padding)); err != nil {
		return w.fail(err)
	}
	w.part.Reset()
	w.zip.Reset(&w.part)
	w.pending = false
	return nil
}

// fail keeps the first error: a recording with a lost piece is not continued.
func (w *Writer) fail(err error) error {
	w.err = fmt.Errorf("write recording: %w", err)
	return w.err
}
