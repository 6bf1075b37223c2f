package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
	"cordon/store/framing"
)

// sourceRow is one row of the source table while its file is being read.
type sourceRow struct {
	id            int64
	name, path    string
	format        string
	size          int64
	sha256        []byte
	contentSize   int64 // stored so far
	contentSHA256 []byte
	base          int64
	baseSize      int64
	tail          int64
	lines         int64
	events        int64
	duplicates    int64
	rejects       int64
	complete      bool
	problem       string
	added         int64
}

const sourceColumns = `id, name, path, format, size, sha256, content_size, content_sha256, coalesce(base, 0), base_size, tail, lines, events, duplicates, rejects, complete, problem, added`

func scanSource(stmt *sqlite.Stmt) sourceRow {
	return sourceRow{
		id: stmt.ColumnInt64(0), name: stmt.ColumnText(1), path: stmt.ColumnText(2), format: stmt.ColumnText(3),
		size: stmt.ColumnInt64(4), sha256: columnBlob(stmt, 5), contentSize: stmt.ColumnInt64(6), contentSHA256: columnBlob(stmt, 7),
		base: stmt.ColumnInt64(8), baseSize: stmt.ColumnInt64(9), tail: stmt.ColumnInt64(10), lines: stmt.ColumnInt64(11),
		events: stmt.ColumnInt64(12), duplicates: stmt.ColumnInt64(13), rejects: stmt.ColumnInt64(14),
		complete: stmt.ColumnInt64(15) != 0, problem: stmt.ColumnText(16), added: stmt.ColumnInt64(17),
	}
}

func columnBlob(stmt *sqlite.Stmt, col int) []byte {
	if stmt.ColumnIsNull(col) {
		return nil
	}
	b := make([]byte, stmt.ColumnLen(col))
	stmt.ColumnBytes(col, b)
	return b
}

// save writes the row, as a new one when it has no id.
func (s *sourceRow) save(conn *sqlite.Conn) error {
	if s.id == 0 {
		id, err := selectInt(conn, `SELECT coalesce(max(id), 0) + 1 FROM source`)
		if err != nil {
			return err
		}
		s.id = id
	}
	var base any
	if s.base != 0 {
		base = s.base
	}
	return sqlitex.Execute(conn, `INSERT OR REPLACE INTO source(id, name, path, format, size, sha256, content_size, content_sha256,
		base, base_size, tail, lines, events, duplicates, rejects, complete, problem, added)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, &sqlitex.ExecOptions{Args: []any{
		s.id, s.name, s.path, s.format, s.size, s.sha256, s.contentSize, s.contentSHA256,
		base, s.baseSize, s.tail, s.lines, s.events, s.duplicates, s.rejects, s.complete, s.problem, s.added,
	}})
}

func sourceRows(conn *sqlite.Conn, where string, args ...any) ([]sourceRow, error) {
	var out []sourceRow
	err := sqlitex.Execute(conn, `SELECT `+sourceColumns+` FROM source `+where, &sqlitex.ExecOptions{
		Args:       args,
		ResultFunc: func(stmt *sqlite.Stmt) error { out = append(out, scanSource(stmt)); return nil },
	})
	return out, err
}

// Sources lists the files of the case in the order they were added.
func (c *Case) Sources(ctx context.Context) ([]investigations.Source, error) {
	var out []investigations.Source
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		rows, err := sourceRows(conn, `ORDER BY id`)
		for _, s := range rows {
			out = append(out, s.public())
		}
		return err
	})
	return out, err
}

func (s *sourceRow) public() investigations.Source {
	p := investigations.Source{
		ID: s.id, Name: s.name, Format: s.format, Size: s.size, SHA256: hex.EncodeToString(s.sha256),
		ContentSize: s.contentSize, ContentSHA256: hex.EncodeToString(s.contentSHA256),
		Events: s.events, Duplicates: s.duplicates, Rejects: s.rejects, Complete: s.complete, Problem: s.problem,
		Added: time.UnixMilli(s.added).UTC(),
	}
	if s.base != 0 {
		p.Base, p.BaseSize = s.base, s.baseSize
	}
	return p
}

// opening is how an input enters the case, and from where on it is stored.
type opening struct {
	row   *sourceRow
	was   sourceRow // the row before this ingest; zero for a new one
	rest  io.Reader // what is to be stored
	sum   hash.Hash // of the content before that
	known bool      // the case has exactly this file already
}

// errReopen says that an input was read for comparison and was not the same:
// it has to be opened anew.
var errReopen = errors.New("the content differs from the source it was compared with")

// begin enters an input as a source of its own.
func begin(in *input, now time.Time) *opening {
	row := &sourceRow{name: in.name, path: in.path, format: in.format, size: in.size, added: now.UnixMilli()}
	return &opening{row: row, rest: in.content, sum: sha256.New()}
}

// resume enters an input as what the case knows of it already: the rest of a
// source that a kill cut off, or a longer or another copy of one that is there,
// whose bytes are then referred to and not stored again. It gives nil when the
// case knows nothing like it, and errReopen when it looked and was wrong.
func resume(conn *sqlite.Conn, in *input, now time.Time) (*opening, error) {
	if in.file == nil && in.member == nil {
		return nil, nil // a pipe: what a comparison reads of it would be lost
	}
	known, err := sourceRows(conn, `WHERE format = ? AND (path = ? AND path <> '' OR size = ? AND size > 0)
		ORDER BY (path = ?) DESC, content_size DESC LIMIT 1`, in.format, in.path, in.size, in.path)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	c := &known[0]
	o := begin(in, now)
	tail := make([]byte, c.contentSize-c.tail)
	framed := &prefix{}
	if in.shape() == shapeFramed {
		framed.framer = in.framer
	}
	if _, err := io.CopyN(io.MultiWriter(o.sum, framed), in.content, c.tail); err != nil || len(framed.carry) > 0 {
		return nil, errReopen
	}
	if _, err := io.ReadFull(in.content, tail); err != nil {
		return nil, errReopen
	}
	whole, err := cloneHash(o.sum)
	if err != nil {
		return nil, err
	}
	if whole.Write(tail); !bytes.Equal(whole.Sum(nil), c.contentSHA256) {
		return nil, errReopen
	}
	if _, err := in.content.Peek(1); errors.Is(err, io.EOF) && c.complete && c.path == in.path {
		o.row, o.known = c, true
		return o, nil
	}
	o.rest = io.MultiReader(bytes.NewReader(tail), in.content)
	if !c.complete && c.path == in.path && len(tail) == 0 {
		c.name, c.size, c.problem = in.name, in.size, ""
		o.row, o.was = c, *c
		return o, nil
	}
	o.row.base, o.row.baseSize, o.row.contentSize = c.id, c.tail, c.tail
	o.row.lines, o.row.duplicates = c.lines, c.events+c.duplicates
	return o, nil
}

// prefix brings a framer past the part of a content that is stored already.
type prefix struct {
	framer framing.Framer // nil: nothing to do
	carry  []byte         // what the framer held back
}

func (p *prefix) Write(b []byte) (int, error) {
	if p.framer != nil {
		p.carry = append(p.carry, b...)
		_, n := p.framer.Frame(nil, p.carry, false)
		p.carry = append(p.carry[:0], p.carry[n:]...)
	}
	return len(b), nil
}

// cloneHash copies a SHA-256, so that both can go on.
func cloneHash(h hash.Hash) (hash.Hash, error) {
	state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("copy a hash: %w", err)
	}
	c := sha256.New()
	if err := c.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
		return nil, fmt.Errorf("copy a hash: %w", err)
	}
	return c, nil
}
