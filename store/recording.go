package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
	"cordon/playback/recording"
)

// recording registers a stored source as a session recording: what it is, whose
// session, whether it is whole.
func (in *ingester) recording(ctx context.Context, s *sourceRow) error {
	content := &sourceReader{ctx: ctx, raws: newRawReader(in.conn), source: s.id, size: s.contentSize}
	defer content.close()
	text, err := newTranscriber(in.conn, s.id)
	if err != nil {
		return err
	}
	rec, session, err := describeRecording(ctx, content, s, text.feed)
	if err = errors.Join(err, text.finish()); err != nil {
		return err
	}
	in.report.Recordings++
	return sqlitex.Execute(in.conn, `INSERT OR REPLACE INTO recording(id, source, session, format, kind, complete, detail, start, duration, cols, rows, user, login, host)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, &sqlitex.ExecOptions{Args: []any{
		s.id, s.id, session, rec.Format, rec.Kind, rec.Complete, rec.Detail, milliseconds(rec.Start), rec.Duration.Milliseconds(), rec.Cols, rec.Rows, rec.User, rec.Login, rec.Host,
	}})
}

// describeRecording reads a recording to its end, keeping nothing of it, and
// hands each frame to see.
func describeRecording(ctx context.Context, content io.Reader, s *sourceRow, see func(*recording.Reader, recording.Frame) error) (investigations.Recording, string, error) {
	session := sessionOfName(s.name)
	r, err := recording.NewReader(content)
	if err != nil {
		return investigations.Recording{Kind: string(recording.KindUnknown), Detail: err.Error()}, session, ctx.Err()
	}
	d := investigations.Recording{Complete: true}
	for {
		f, err := r.Next()
		if err != nil {
			break
		}
		d.Duration = max(d.Duration, f.At)
		if err := errors.Join(ctx.Err(), see(r, f)); err != nil {
			return d, "", err
		}
	}
	m := r.Meta()
	d.Format, d.Kind, d.Start, d.Cols, d.Rows = string(m.Format), string(m.Kind), m.Start, m.Cols, m.Rows
	d.User, d.Login, d.Host = m.User, m.Login, m.Host
	for _, p := range r.Problems() {
		if d.Detail == "" || p.Missing && d.Complete { // what is missing is told before what is only odd
			d.Detail = p.Sentence
		}
		d.Complete = d.Complete && !p.Missing
	}
	if s.problem != "" && d.Complete {
		d.Complete, d.Detail = false, s.problem
	}
	// The recording of an application names its session inside and its chunk,
	// by which the log knows the recording, only in the file's name.
	if m.SessionID != "" && m.Kind != recording.KindApp {
		session = m.SessionID
	}
	return d, session, nil
}

// sessionOfName is the session id that Teleport gives a recording's file name.
func sessionOfName(name string) string {
	base := path.Base(name)
	for _, suffix := range []string{".gz", ".zst", ".tar", ".cast"} {
		base = strings.TrimSuffix(base, suffix)
	}
	return base
}

// sourceReader reads the content of a source from its chunks.
type sourceReader struct {
	ctx    context.Context
	raws   *rawReader
	source int64
	size   int64
	at     int64
	left   []byte
}

func (r *sourceReader) Read(p []byte) (int, error) {
	for len(r.left) == 0 {
		if r.at >= r.size {
			return 0, io.EOF
		}
		if err := r.ctx.Err(); err != nil {
			return 0, err
		}
		data, err := r.raws.content(r.source, r.at)
		if err != nil {
			return 0, err
		}
		r.left = data[:min(int64(len(data)), r.size-r.at)]
	}
	n := copy(p, r.left)
	r.left, r.at = r.left[n:], r.at+int64(n)
	return n, nil
}

func (r *sourceReader) close() { r.raws.close() }

// content returns stored bytes of a source from an offset on, to the end of
// the chunk that holds it, following the references to other sources.
func (r *rawReader) content(source, offset int64) ([]byte, error) {
	for {
		base, err := selectInt(r.conn, `SELECT CASE WHEN base_size > ?2 THEN coalesce(base, 0) ELSE 0 END FROM source WHERE id = ?1`, source, offset)
		if err != nil {
			return nil, err
		}
		if base == 0 {
			break
		}
		if base >= source {
			return nil, fmt.Errorf("the case file is damaged: source %d rests on source %d", source, base)
		}
		source = base
	}
	stmt, err := r.conn.Prepare(`SELECT offset, size, data FROM chunk WHERE source = ? AND offset <= ? ORDER BY offset DESC LIMIT 1`)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	stmt.BindInt64(1, source)
	stmt.BindInt64(2, offset)
	row, err := stmt.Step()
	if err != nil {
		return nil, err
	}
	if !row || stmt.ColumnInt64(0)+stmt.ColumnInt64(1) <= offset {
		return nil, fmt.Errorf("the case file is damaged: source %d has no byte %d", source, offset)
	}
	data, err := r.unpack(stmt, 2, stmt.ColumnInt64(1))
	if err != nil {
		return nil, err
	}
	return data[offset-stmt.ColumnInt64(0):], nil
}

// Recordings lists the recordings of the case, oldest first.
func (c *Case) Recordings(ctx context.Context) ([]investigations.Recording, error) {
	var out []investigations.Recording
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT `+recordingColumns+` ORDER BY r.start, r.id`, &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error { out = append(out, scanRecording(stmt)); return nil },
		})
	})
	return out, err
}

// RecordingOf finds the recording of a session; of several, the longest one.
func (c *Case) RecordingOf(ctx context.Context, session string) (rec investigations.Recording, ok bool, err error) {
	err = c.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT `+recordingColumns+` WHERE r.session = ? ORDER BY r.complete DESC, r.duration DESC, r.id LIMIT 1`, &sqlitex.ExecOptions{
			Args:       []any{session},
			ResultFunc: func(stmt *sqlite.Stmt) error { rec, ok = scanRecording(stmt), true; return nil },
		})
	})
	return rec, ok, err
}

const recordingColumns = `r.id, r.session, s.name, r.format, s.size, hex(s.sha256), r.complete, r.detail, r.start, r.duration, r.cols, r.rows, r.kind, r.user, r.login, r.host FROM recording r JOIN source s ON s.id = r.source`

func scanRecording(stmt *sqlite.Stmt) investigations.Recording {
	return investigations.Recording{
		ID: stmt.ColumnInt64(0), Session: stmt.ColumnText(1), Name: stmt.ColumnText(2), Format: stmt.ColumnText(3),
		Size: stmt.ColumnInt64(4), SHA256: strings.ToLower(stmt.ColumnText(5)), Complete: stmt.ColumnInt64(6) != 0, Detail: stmt.ColumnText(7),
		Start: fromMilliseconds(stmt.ColumnInt64(8)), Duration: time.Duration(stmt.ColumnInt64(9)) * time.Millisecond,
		Cols: stmt.ColumnInt(10), Rows: stmt.ColumnInt(11), Kind: stmt.ColumnText(12),
		User: stmt.ColumnText(13), Login: stmt.ColumnText(14), Host: stmt.ColumnText(15),
	}
}

// OpenRecording gives the bytes of a recording of the case. The reader is to be
// closed; it holds a connection until then.
func (c *Case) OpenRecording(ctx context.Context, id int64) (io.ReadCloser, error) {
	conn, err := c.pool.Take(ctx)
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	size, err := selectInt(conn, `SELECT content_size FROM source WHERE id = ?`, id)
	if err != nil {
		c.pool.Put(conn)
		return nil, fmt.Errorf("open recording: %w", err)
	}
	return &recordingReader{sourceReader{ctx: ctx, raws: newRawReader(conn), source: id, size: size}, c, conn}, nil
}

// recordingReader reads a recording on a connection that it holds.
type recordingReader struct {
	sourceReader
	of   *Case
	conn *sqlite.Conn // nil when closed
}

func (r *recordingReader) Read(p []byte) (n int, err error) {
	err = r.of.guard(func() (err error) {
		n, err = r.sourceReader.Read(p)
		return err
	})
	return n, err
}

func (r *recordingReader) Close() error {
	if r.conn != nil {
		r.close()
		if !r.of.gone.Load() {
			r.of.pool.Put(r.conn)
		}
		r.conn = nil
	}
	return nil
}

func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
