package store

import (
	"context"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
)

// Coverage says what the case's answers rest on.
func (c *Case) Coverage(ctx context.Context) (investigations.Coverage, error) {
	out := investigations.Coverage{Gaps: []investigations.Gap{}, Clusters: []string{}}
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		var from, to int64
		for _, q := range []struct {
			sql string
			dst *int64
		}{
			{`SELECT coalesce(min(earliest), 0) FROM segment WHERE earliest <> 0`, &from},
			{`SELECT coalesce(max(until), 0) FROM segment`, &to},
			{`SELECT coalesce(sum(events), 0) FROM day`, &out.Events},
			{`SELECT coalesce(sum(duplicates), 0) FROM source`, &out.Duplicates},
			{`SELECT count(*) FROM reject`, &out.Rejects},
			{`SELECT count(*) FROM uid_reused`, &out.UIDReused},
		} {
			var err error
			if *q.dst, err = selectInt(conn, q.sql); err != nil {
				return err
			}
		}
		out.From, out.To = fromMilliseconds(from), fromMilliseconds(to)
		for sql, dst := range map[string]*int{
			`SELECT count(*) FROM source WHERE format NOT LIKE '% archive%'`:          &out.Sources,
			`SELECT count(*) FROM recording`:                                          &out.Recordings,
			`SELECT coalesce((SELECT value FROM meta WHERE key = 'server_major'), 0)`: &out.ServerMajor,
		} {
			n, err := selectInt(conn, sql)
			if err != nil {
				return err
			}
			*dst = int(n)
		}
		if err := clusters(conn, &out.Clusters); err != nil {
			return err
		}
		return gaps(conn, &out.Gaps)
	})
	if err != nil {
		return out, fmt.Errorf("read coverage: %w", err)
	}
	return out, nil
}

func clusters(conn *sqlite.Conn, dst *[]string) error {
	return sqlitex.Execute(conn, `SELECT DISTINCT cluster FROM type WHERE cluster <> '' ORDER BY cluster`, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error { *dst = append(*dst, stmt.ColumnText(0)); return nil },
	})
}

func gaps(conn *sqlite.Conn, dst *[]investigations.Gap) error {
	return sqlitex.Execute(conn, `SELECT kind, since, until, entity, name, detail, count FROM gap ORDER BY id`, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			g := investigations.Gap{
				Kind: investigations.GapKind(stmt.ColumnText(0)), From: fromMilliseconds(stmt.ColumnInt64(1)), To: fromMilliseconds(stmt.ColumnInt64(2)),
				Detail: stmt.ColumnText(5), Count: stmt.ColumnInt(6),
			}
			if !stmt.ColumnIsNull(3) {
				g.Entity = &investigations.Entity{Kind: investigations.Kind(stmt.ColumnInt64(3)), Name: stmt.ColumnText(4)}
			}
			*dst = append(*dst, g)
			return nil
		},
	})
}

// Days lists how many events each UTC day of the case has, oldest first. Days
// without events are left out.
func (c *Case) Days(ctx context.Context) ([]investigations.Day, error) {
	var out []investigations.Day
	err := c.read(ctx, func(conn *sqlite.Conn) (err error) {
		out, err = days(conn)
		return err
	})
	return out, err
}

func days(conn *sqlite.Conn) ([]investigations.Day, error) {
	var out []investigations.Day
	err := sqlitex.Execute(conn, `SELECT day, events FROM day WHERE day > ? ORDER BY day`, &sqlitex.ExecOptions{
		Args: []any{int64(noDay)},
		ResultFunc: func(stmt *sqlite.Stmt) error {
			out = append(out, investigations.Day{Start: time.Unix(stmt.ColumnInt64(0)*86400, 0).UTC(), Events: stmt.ColumnInt64(1)})
			return nil
		},
	})
	return out, err
}

// Rejects lists the stretches of the sources that are no events.
func (c *Case) Rejects(ctx context.Context, limit int) ([]investigations.Reject, error) {
	var out []investigations.Reject
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT s.name, r.line, r.offset, r.size, r.reason FROM reject r JOIN source s ON s.id = r.source ORDER BY r.source, r.offset LIMIT ?`, &sqlitex.ExecOptions{
			Args: []any{limit},
			ResultFunc: func(stmt *sqlite.Stmt) error {
				out = append(out, investigations.Reject{
					Source: stmt.ColumnText(0), Line: stmt.ColumnInt64(1), Offset: stmt.ColumnInt64(2), Length: stmt.ColumnInt64(3), Reason: stmt.ColumnText(4),
				})
				return nil
			},
		})
	})
	return out, err
}

// saveServer keeps the newest server version seen.
func (w *writer) saveServer() error {
	return sqlitex.Execute(w.conn, `INSERT INTO meta(key, value) VALUES ('server_major', ?)
		ON CONFLICT(key) DO UPDATE SET value = max(value, excluded.value)`, &sqlitex.ExecOptions{Args: []any{w.server}})
}
