package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/playback/recording"
	"cordon/playback/transcript"
)

// transcriptPart is about how many bytes of text one row of transcripts holds.
const transcriptPart = 256 << 10

// transcriber keeps the lines of a recording for searches while the recording is
// read. Not all of them are ever in memory.
type transcriber struct {
	conn      *sqlite.Conn
	recording int64
	maker     *transcript.Maker // nil until the first frame
	parts     int
	lines     int
	entries   []byte // of the lines of this part
	texts     []byte
	last      int64 // milliseconds of the last of them
	packed    []byte
}

// encoders are kept for the next transcript: to make one costs more than to pack
// a short recording.
var encoders sync.Pool

// newTranscriber begins the transcript of a recording anew.
func newTranscriber(conn *sqlite.Conn, recording int64) (*transcriber, error) {
	err := sqlitex.Execute(conn, `DELETE FROM transcript WHERE recording = ?`, &sqlitex.ExecOptions{Args: []any{recording}})
	return &transcriber{conn: conn, recording: recording}, err
}

// feed takes the next frame of a reader, which knows the size of the screen with
// the first.
func (t *transcriber) feed(r *recording.Reader, f recording.Frame) error {
	if t.maker == nil {
		t.maker = transcript.NewMaker(r.Meta())
	}
	t.maker.Feed(f)
	if t.maker.Lines() == 0 {
		return nil
	}
	return t.add(t.maker.Take())
}

// finish writes what is left.
func (t *transcriber) finish() error {
	if t.maker == nil {
		return nil
	}
	if err := t.add(t.maker.Finish()); err != nil {
		return err
	}
	return t.flush()
}

func (t *transcriber) add(lines []transcript.Line) error {
	for _, l := range lines {
		if l.Text == "" {
			continue
		}
		ms := l.At.Milliseconds()
		t.entries = binary.AppendVarint(t.entries, ms-t.last)
		t.entries = binary.AppendUvarint(t.entries, uint64(len(l.Text)))
		t.texts = append(t.texts, l.Text...)
		t.last = ms
		t.lines++
		if len(t.texts) >= transcriptPart {
			if err := t.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush writes a part.
func (t *transcriber) flush() error {
	if t.lines == 0 {
		return nil
	}
	whole := binary.AppendUvarint(nil, uint64(t.lines))
	whole = append(append(whole, t.entries...), t.texts...)
	enc, ok := encoders.Get().(*zstd.Encoder)
	if !ok {
		var err error
		if enc, err = newEncoder(); err != nil {
			return err
		}
	}
	t.packed = enc.EncodeAll(whole, t.packed[:0])
	encoders.Put(enc)
	t.parts++
	err := sqlitex.Execute(t.conn, `INSERT INTO transcript(recording, part, size, lines) VALUES (?, ?, ?, ?)`, &sqlitex.ExecOptions{
		Args: []any{t.recording, t.parts, len(whole), t.packed},
	})
	t.lines, t.last, t.entries, t.texts = 0, 0, t.entries[:0], t.texts[:0]
	return err
}

// SearchScreens finds a text in what stood on the screens of all recordings of
// the case, and in what recordings without a screen say. A and a are the same,
// as in filters. Every line that holds it is counted, the first limit of them
// are returned; 0 returns all. What a full-screen program showed before its last
// screen is in no transcript and not found here.
func (c *Case) SearchScreens(ctx context.Context, text string, limit int) (found investigations.ScreenSearch, err error) {
	if text == "" {
		return found, errors.New("search screens: there is no text to look for")
	}
	s := screenSearch{needle: []byte(text), limit: limit}
	err = c.read(ctx, func(conn *sqlite.Conn) error {
		if s.found.Searched, err = countTranscripts(conn); err != nil {
			return err
		}
		raws := newRawReader(conn)
		defer raws.close()
		return sqlitex.Execute(conn, `SELECT r.id, r.session, r.user, r.login, r.host, r.start, t.size, t.lines
			FROM recording r JOIN transcript t ON t.recording = r.id WHERE `+notContinued+` ORDER BY r.start, r.id, t.part`, &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error {
				if err := ctx.Err(); err != nil {
					return err
				}
				return s.part(raws, stmt)
			},
		})
	})
	if err != nil {
		return investigations.ScreenSearch{}, fmt.Errorf("search screens: %w", err)
	}
	s.sort()
	return s.found, nil
}

// notContinued passes over the recording r when another source holds all of its
// bytes: the same file again, or what became of it when it grew.
const notContinued = `r.source NOT IN (SELECT s.id FROM source more JOIN source s ON s.id = more.base WHERE more.base_size = s.content_size)`

func countTranscripts(conn *sqlite.Conn) (int, error) {
	n, err := selectInt(conn, `SELECT count(*) FROM recording r WHERE r.id IN (SELECT recording FROM transcript) AND `+notContinued)
	return int(n), err
}

// screenSearch looks for one text in part after part.
type screenSearch struct {
	needle []byte
	limit  int
	found  investigations.ScreenSearch
	last   int64 // the last recording in which it was found
}

var errTranscript = errors.New("the case file is damaged: a transcript cannot be read")

func (s *screenSearch) part(raws *rawReader, stmt *sqlite.Stmt) error {
	data, err := raws.unpack(stmt, 7, stmt.ColumnInt64(6))
	if err != nil {
		return err
	}
	defer func() { raws.spare = data }()
	if !filter.ContainsFold(data, s.needle) {
		return nil
	}
	n, width := binary.Uvarint(data)
	if width <= 0 || n > uint64(len(data)) {
		return errTranscript
	}
	entries := data[width:]
	texts, err := textsBehind(entries, n)
	if err != nil {
		return err
	}
	at := int64(0)
	for range n {
		step, w := binary.Varint(entries)
		size, v := binary.Uvarint(entries[w:])
		entries = entries[w+v:]
		if size > uint64(len(texts)) {
			return errTranscript
		}
		at += step
		line := texts[:size]
		texts = texts[size:]
		if filter.ContainsFold(line, s.needle) {
			s.hit(stmt, at, line)
		}
	}
	return nil
}

// textsBehind skips n entries and gives the texts that follow them.
func textsBehind(b []byte, n uint64) ([]byte, error) {
	for range n {
		_, w := binary.Varint(b)
		if w <= 0 {
			return nil, errTranscript
		}
		_, v := binary.Uvarint(b[w:])
		if v <= 0 {
			return nil, errTranscript
		}
		b = b[w+v:]
	}
	return b, nil
}

func (s *screenSearch) hit(stmt *sqlite.Stmt, at int64, line []byte) {
	s.found.Total++
	id := stmt.ColumnInt64(0)
	if id != s.last {
		s.last = id
		s.found.In++
	}
	if s.limit > 0 && len(s.found.Hits) >= s.limit {
		return
	}
	s.found.Hits = append(s.found.Hits, investigations.ScreenHit{
		Recording: id, Session: stmt.ColumnText(1), User: stmt.ColumnText(2), Login: stmt.ColumnText(3), Host: stmt.ColumnText(4),
		Start: fromMilliseconds(stmt.ColumnInt64(5)), Offset: time.Duration(at) * time.Millisecond, Line: string(line),
	})
}

// sort puts the hits of each recording in order of time: lines are kept in the
// order in which they left the screen.
func (s *screenSearch) sort() {
	hits := s.found.Hits
	for from := 0; from < len(hits); {
		to := from + 1
		for to < len(hits) && hits[to].Recording == hits[from].Recording {
			to++
		}
		slices.SortStableFunc(hits[from:to], func(a, b investigations.ScreenHit) int { return int(a.Offset.Milliseconds() - b.Offset.Milliseconds()) })
		from = to
	}
}
