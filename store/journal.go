package store

import (
	"context"
	"encoding/json"
	"fmt"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations/journal"
)

// headKey is where the journal's head stands, so that an entry taken off the
// end is noticed.
const headKey = "journal_head"

// Record appends an entry to the case's journal and returns it as sealed.
func (c *Case) Record(ctx context.Context, e journal.Entry) (journal.Entry, error) {
	err := c.update(ctx, func(conn *sqlite.Conn) error {
		head, err := journalHead(conn)
		if err != nil {
			return err
		}
		e = journal.Append(head, e)
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if err := sqlitex.Execute(conn, `INSERT INTO journal(seq, entry) VALUES (?, ?)`, &sqlitex.ExecOptions{Args: []any{e.Seq, string(line)}}); err != nil {
			return err
		}
		next, err := json.Marshal(e.Head())
		if err != nil {
			return err
		}
		return sqlitex.Execute(conn, `INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)`, &sqlitex.ExecOptions{Args: []any{headKey, string(next)}})
	})
	if err != nil {
		return e, fmt.Errorf("write the journal: %w", err)
	}
	return e, nil
}

func journalHead(conn *sqlite.Conn) (head journal.Head, err error) {
	err = sqlitex.Execute(conn, `SELECT value FROM meta WHERE key = ?`, &sqlitex.ExecOptions{
		Args:       []any{headKey},
		ResultFunc: func(stmt *sqlite.Stmt) error { return json.Unmarshal([]byte(stmt.ColumnText(0)), &head) },
	})
	return head, err
}

// Journal lists the entries of the journal, oldest first.
func (c *Case) Journal(ctx context.Context) ([]journal.Entry, error) {
	entries, _, err := c.journal(ctx)
	return entries, err
}

func (c *Case) journal(ctx context.Context) (entries []journal.Entry, head journal.Head, err error) {
	err = c.read(ctx, func(conn *sqlite.Conn) error {
		if head, err = journalHead(conn); err != nil {
			return err
		}
		return sqlitex.Execute(conn, `SELECT seq, entry FROM journal ORDER BY seq`, &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error {
				var e journal.Entry
				if err := json.Unmarshal([]byte(stmt.ColumnText(1)), &e); err != nil {
					return fmt.Errorf("entry %d: %w", stmt.ColumnInt64(0), err)
				}
				entries = append(entries, e)
				return nil
			},
		})
	})
	if err != nil {
		err = fmt.Errorf("read the journal: %w", err)
	}
	return entries, head, err
}

// State reads what was last kept under a key; empty when nothing was.
func (c *Case) State(ctx context.Context, key string) (value string, err error) {
	err = c.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT value FROM state WHERE key = ?`, &sqlitex.ExecOptions{
			Args:       []any{key},
			ResultFunc: func(stmt *sqlite.Stmt) error { value = stmt.ColumnText(0); return nil },
		})
	})
	return value, err
}

// SetState keeps a value under a key: where the console was left.
func (c *Case) SetState(ctx context.Context, key, value string) error {
	return c.update(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `INSERT OR REPLACE INTO state(key, value) VALUES (?, ?)`, &sqlitex.ExecOptions{Args: []any{key, value}})
	})
}

// Star marks an event, or takes the mark off.
func (c *Case) Star(ctx context.Context, event int64, on bool) error {
	sql := `DELETE FROM star WHERE event = ?`
	if on {
		sql = `INSERT OR IGNORE INTO star(event) VALUES (?)`
	}
	return c.update(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, sql, &sqlitex.ExecOptions{Args: []any{event}})
	})
}

// Stars lists the marked events.
func (c *Case) Stars(ctx context.Context) (out []int64, err error) {
	err = c.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT event FROM star ORDER BY event`, &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error { out = append(out, stmt.ColumnInt64(0)); return nil },
		})
	})
	return out, err
}
