package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
	"cordon/investigations/extract"
	"cordon/investigations/journal"
)

// Check is one thing that Verify looked at.
type Check struct {
	Name string `json:"check"`
	OK   bool   `json:"ok"`
	// Detail says what was found: a count when all is well, else what broke.
	Detail string `json:"detail"`
}

// Verify checks the whole case: the database's own structure, each source's
// bytes against the SHA-256 taken when it was read, each event row against its
// line, and the journal's chain. It goes on after a check that fails. The error
// is for a check that could not be made at all.
func (c *Case) Verify(ctx context.Context) ([]Check, error) {
	var out []Check
	for _, f := range []func(context.Context) ([]Check, error){c.verifyDatabase, c.verifySources, c.verifyEvents, c.verifyJournal} {
		checks, err := f(ctx)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if err != nil {
			checks = append(checks, Check{Name: "reading the case", Detail: err.Error()})
		}
		out = append(out, checks...)
	}
	return out, nil
}

func (c *Case) verifyDatabase(ctx context.Context) ([]Check, error) {
	check := Check{Name: "database", OK: true, Detail: "its structure is sound"}
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `PRAGMA integrity_check(5)`, &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error {
				if text := stmt.ColumnText(0); text != "ok" && check.OK {
					check.OK, check.Detail = false, text
				}
				return nil
			},
		})
	})
	if err != nil {
		check.OK, check.Detail = false, err.Error()
	}
	return []Check{check}, nil
}

func (c *Case) verifySources(ctx context.Context) ([]Check, error) {
	var rows []sourceRow
	err := c.read(ctx, func(conn *sqlite.Conn) (err error) {
		rows, err = sourceRows(conn, `ORDER BY id`)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]Check, 0, len(rows))
	for _, s := range rows {
		sum := sha256.New()
		check := Check{Name: "source " + s.name, OK: true}
		err := c.Replay(ctx, s.id, sum)
		got := sum.Sum(nil)
		switch {
		case err != nil:
			check.OK, check.Detail = false, err.Error()
		case !bytes.Equal(got, s.contentSHA256):
			check.OK, check.Detail = false, "its bytes are not those that were read"
		default:
			check.Detail = fmt.Sprintf("%d bytes, sha256 %s", s.contentSize, hex.EncodeToString(got))
		}
		out = append(out, check)
	}
	return out, nil
}

// verifyEvents reads each line again and compares its row: type, time, uid and
// the number of entities it involves.
func (c *Case) verifyEvents(ctx context.Context) ([]Check, error) {
	check := Check{Name: "events", OK: true}
	n := 0
	var rows, times, texts setSum
	cells := newCellSum()
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		r, err := newReader(conn, newNames())
		if err != nil {
			return err
		}
		raws := newRawReader(conn)
		defer raws.close()
		stmt, _, err := conn.PrepareTransient(`SELECT ` + eventRow + ` FROM event ORDER BY id`)
		if err != nil {
			return err
		}
		defer stmt.Finalize()
		for {
			row, err := stmt.Step()
			if err != nil || !row {
				return err
			}
			if n++; n%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := verifyRow(r, raws, stmt); err != nil {
				return fmt.Errorf("event %d: %w", stmt.ColumnInt64(0), err)
			}
			if err := rows.involvements(stmt); err != nil {
				return fmt.Errorf("event %d: %w", stmt.ColumnInt64(0), err)
			}
			if err := cells.line(raws, stmt.ColumnInt64(0)); err != nil {
				return fmt.Errorf("event %d: %w", stmt.ColumnInt64(0), err)
			}
			times.add(stmt.ColumnInt64(1), stmt.ColumnInt64(0))
			if text := stmt.ColumnInt64(10); text != 0 {
				texts.add(text, stmt.ColumnInt64(0))
			}
		}
	})
	if err != nil {
		check.OK, check.Detail = false, err.Error()
		return []Check{check}, nil
	}
	check.Detail = fmt.Sprintf("%d events agree with their lines", n)
	index, err := c.verifyPostings(ctx, rows)
	if err != nil {
		return []Check{check}, err
	}
	order, err := c.verifyTimeline(ctx, times)
	if err != nil {
		return []Check{check, index}, err
	}
	words, err := c.verifyWording(ctx, texts)
	if err != nil {
		return []Check{check, index, order}, err
	}
	columns, err := c.verifyColumns(ctx, cells)
	return []Check{check, index, order, words, columns}, err
}

// verifyPostings compares what the rows involve with what the index lists.
func (c *Case) verifyPostings(ctx context.Context, rows setSum) (Check, error) {
	var lists setSum
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT entity, segment, lists FROM posting`, &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error {
				entity := stmt.ColumnInt64(0)
				return eachList(stmt.ColumnInt64(1), columnBlob(stmt, 2), nil, func(l list) error {
					for _, id := range l.ids {
						lists.add(entity, int64(l.role), l.typ, id)
					}
					return nil
				})
			},
		})
	})
	return agreement("index", err, lists, rows, "the index lists %d involvements, the rows hold %d others", "%d involvements agree with the rows"), nil
}

// verifyTimeline compares the order of the events in time with their rows.
func (c *Case) verifyTimeline(ctx context.Context, rows setSum) (Check, error) {
	var listed setSum
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		line, err := newTimeline(conn, minTime, false)
		if err != nil {
			return err
		}
		var before instant
		for {
			at, more, err := line.next()
			if err != nil || !more {
				return err
			}
			if listed.n > 0 && at.compare(before) <= 0 {
				return fmt.Errorf("event %d stands behind event %d, which is later", at.id, before.id)
			}
			listed.add(at.time, at.id)
			before = at
		}
	})
	return agreement("timeline", err, listed, rows, "it lists %d events, the rows hold %d others", "%d events are in order"), nil
}

// verifyWording compares which events have which text with their rows.
func (c *Case) verifyWording(ctx context.Context, rows setSum) (Check, error) {
	var listed setSum
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT first, entries FROM wording ORDER BY first`, &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error {
				return eachWording(columnBlob(stmt, 1), stmt.ColumnInt64(0), func(event, text int64) error { listed.add(text, event); return nil })
			},
		})
	})
	return agreement("texts", err, listed, rows, "the index lists %d texts, the rows hold %d others", "%d texts agree with the rows"), nil
}

// agreement is the check that what an index lists is what the rows hold; differs
// and agrees tell it with the two numbers, or the one.
func agreement(name string, err error, listed, rows setSum, differs, agrees string) Check {
	switch {
	case err != nil:
		return Check{Name: name, Detail: err.Error()}
	case listed != rows:
		return Check{Name: name, Detail: fmt.Sprintf(differs, listed.n, rows.n)}
	}
	return Check{Name: name, OK: true, Detail: fmt.Sprintf(agrees, rows.n)}
}

// setSum adds up a set of rows of numbers in any order: how many there are and
// the sum of a hash of each.
type setSum struct{ n, sum uint64 }

func (s *setSum) add(values ...int64) {
	h := uint64(14695981039346656037)
	for _, v := range values {
		h = (h ^ uint64(v)) * 0x9e3779b97f4a7c15
		h ^= h >> 32
	}
	s.n++
	s.sum += h
}

// involvements adds what an event row involves, each entity once in each role.
func (s *setSum) involvements(stmt *sqlite.Stmt) error {
	id, typ := stmt.ColumnInt64(0), stmt.ColumnInt64(2)
	s.add(everyEvent, int64(investigations.RoleNone), typ, id)
	seen := make(map[[2]int64]bool)
	once := func(entity, role int64) {
		if k := [2]int64{entity, role}; entity != 0 && !seen[k] {
			seen[k] = true
			s.add(entity, role, typ, id)
		}
	}
	for i, role := range slots {
		once(stmt.ColumnInt64(5+i), int64(role))
	}
	more := columnBlob(stmt, 12)
	for len(more) > 0 {
		v, rest, err := takeVarint(more)
		if err != nil {
			return err
		}
		once(int64(v>>roleBits), int64(v&(1<<roleBits-1)))
		more = rest
	}
	return nil
}

func verifyRow(r *reader, raws *rawReader, stmt *sqlite.Stmt) error {
	e, err := r.eventOf(stmt)
	if err != nil {
		return err
	}
	line, err := raws.event(e.ID)
	if err != nil {
		return err
	}
	want, err := extract.Event(line)
	if err != nil {
		return err
	}
	switch {
	case e.Type != want.Type || e.Code != want.Code || e.Cluster != want.Cluster:
		return fmt.Errorf("its row says %s %s, its line %s %s", e.Type, e.Code, want.Type, want.Code)
	case !e.Time.Equal(want.Time) || e.UID != want.UID || e.Index != want.Index:
		return fmt.Errorf("its row has another time, uid or index than its line")
	case e.Outcome != want.Outcome || e.Text != want.Text || len(e.Involved) != len(want.Involved):
		return fmt.Errorf("its row has another text, outcome or number of entities than its line")
	}
	for _, v := range e.Involved {
		found := false
		for _, w := range want.Involved {
			found = found || v.Role == w.Role && v.Entity == w.Entity
		}
		if !found {
			return fmt.Errorf("its row names %s as %s, its line does not", v.Entity, v.Role)
		}
	}
	return nil
}

func (c *Case) verifyJournal(ctx context.Context) ([]Check, error) {
	check := Check{Name: "journal", OK: true}
	entries, head, err := c.journal(ctx)
	if err == nil {
		err = journal.VerifyHead(entries, head)
	}
	if err != nil {
		check.OK, check.Detail = false, err.Error()
	} else {
		check.Detail = fmt.Sprintf("%d entries, chain unbroken", len(entries))
	}
	return []Check{check}, nil
}
