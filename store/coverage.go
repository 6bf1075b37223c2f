package store

import (
	"context"
	"fmt"
	"slices"
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
			`SELECT count(*) FROM source`:                                             &out.Sources,
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

// gapsListed is up to how many gaps of one kind are listed one by one; more are
// told as one, with their number.
const gapsListed = 20

// refreshGaps works out what is missing, from the whole case.
func refreshGaps(ctx context.Context, conn *sqlite.Conn) error {
	if err := exec(conn, `DELETE FROM gap`); err != nil {
		return err
	}
	for _, find := range []func(*sqlite.Conn) ([]investigations.Gap, error){missingDays, openSessions, recordingGaps} {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := find(conn)
		if err != nil {
			return fmt.Errorf("look for gaps: %w", err)
		}
		for _, g := range found {
			var kind, name any
			if g.Entity != nil {
				kind, name = int64(g.Entity.Kind), g.Entity.Name
			}
			if err := sqlitex.Execute(conn, `INSERT INTO gap(kind, since, until, entity, name, detail, count) VALUES (?, ?, ?, ?, ?, ?, ?)`, &sqlitex.ExecOptions{
				Args: []any{string(g.Kind), milliseconds(g.From), milliseconds(g.To), kind, name, g.Detail, g.Count},
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

func missingDays(conn *sqlite.Conn) ([]investigations.Gap, error) {
	all, err := days(conn)
	if err != nil {
		return nil, err
	}
	var out []investigations.Gap
	for i := 1; i < len(all); i++ {
		from, to := all[i-1].Start.AddDate(0, 0, 1), all[i].Start
		if n := int(to.Sub(from).Hours() / 24); n > 0 {
			out = append(out, investigations.Gap{
				Kind: investigations.GapDay, From: from, To: to, Count: n,
				Detail: fmt.Sprintf("no event from %s to %s: %d days between days with events", from.Format(time.DateOnly), to.AddDate(0, 0, -1).Format(time.DateOnly), n),
			})
		}
	}
	if len(out) > gapsListed {
		n := 0
		for _, g := range out {
			n += g.Count
		}
		out = []investigations.Gap{{Kind: investigations.GapDay, From: out[0].From, To: out[len(out)-1].To, Count: n, Detail: fmt.Sprintf("%d days without any event, in %d stretches", n, len(out))}}
	}
	return out, nil
}

// sessionEnds pairs the events that begin a session with those that end it.
var sessionEnds = []struct{ start, end string }{
	{"session.start", "session.end"},
	{"windows.desktop.session.start", "windows.desktop.session.end"},
	{"linux.desktop.session.start", "linux.desktop.session.end"},
	{"db.session.start", "db.session.end"},
}

// openSessions finds sessions that began and have no end. A refused database
// session (code ending in W) never began.
func openSessions(conn *sqlite.Conn) ([]investigations.Gap, error) {
	open := make(map[int64]int64) // session entity → its first event
	for _, p := range sessionEnds {
		if err := eachTyped(conn, `event = ? AND code NOT LIKE '%W'`, p.start, func(session, event int64) { open[session] = event }); err != nil {
			return nil, err
		}
	}
	for _, p := range sessionEnds {
		if err := eachTyped(conn, `event = ?`, p.end, func(session, _ int64) { delete(open, session) }); err != nil {
			return nil, err
		}
	}
	if len(open) > gapsListed {
		return []investigations.Gap{{Kind: investigations.GapNoEnd, Count: len(open), Detail: fmt.Sprintf("%d sessions began and have no end in this evidence", len(open))}}, nil
	}
	var out []investigations.Gap
	var r reader
	for session, event := range open {
		err := sqlitex.Execute(conn, `SELECT n.name, e.time FROM entity n, event e WHERE n.id = ? AND e.id = ?`, &sqlitex.ExecOptions{
			Args: []any{session, event},
			ResultFunc: func(stmt *sqlite.Stmt) error {
				name := r.nameColumn(stmt, 0)
				out = append(out, investigations.Gap{
					Kind: investigations.GapNoEnd, From: fromMilliseconds(stmt.ColumnInt64(1)), Count: 1,
					Entity: &investigations.Entity{Kind: investigations.KindSession, Name: name},
					Detail: fmt.Sprintf("session %s began and has no end in this evidence: it runs on, or its end was not logged", name),
				})
				return nil
			},
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b investigations.Gap) int { return a.From.Compare(b.From) })
	return out, nil
}

// eachTyped calls yield with the session and id of each event of a type that
// names a session.
func eachTyped(conn *sqlite.Conn, where, event string, yield func(session, event int64)) error {
	types := make(map[int64]bool)
	err := sqlitex.Execute(conn, `SELECT id FROM type WHERE `+where, &sqlitex.ExecOptions{
		Args:       []any{event},
		ResultFunc: func(stmt *sqlite.Stmt) error { types[stmt.ColumnInt64(0)] = true; return nil },
	})
	if err != nil || len(types) == 0 {
		return err
	}
	var ids []int64
	err = eachPosting(conn, everyEvent, nil, func(l list) error {
		if types[l.typ] {
			ids = append(ids, l.ids...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	stmt, err := conn.Prepare(`SELECT session FROM event WHERE id = ? AND session IS NOT NULL`)
	if err != nil {
		return err
	}
	for _, id := range ids {
		stmt.BindInt64(1, id)
		row, err := stmt.Step()
		if err != nil {
			return err
		}
		if row {
			yield(stmt.ColumnInt64(0), id)
		}
		if err := stmt.Reset(); err != nil {
			return err
		}
	}
	return nil
}

// recordingGaps finds recordings that are not whole, and counts sessions whose
// recording was uploaded and is not in the case.
func recordingGaps(conn *sqlite.Conn) ([]investigations.Gap, error) {
	var out []investigations.Gap
	have := make(map[string]bool)
	err := sqlitex.Execute(conn, `SELECT session, complete, detail, start FROM recording ORDER BY start, id`, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			have[stmt.ColumnText(0)] = true
			if stmt.ColumnInt64(1) == 0 {
				out = append(out, investigations.Gap{
					Kind: investigations.GapRecording, From: fromMilliseconds(stmt.ColumnInt64(3)), Count: 1, Detail: stmt.ColumnText(2),
					Entity: &investigations.Entity{Kind: investigations.KindSession, Name: stmt.ColumnText(0)},
				})
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	if len(out) > gapsListed {
		out = []investigations.Gap{{Kind: investigations.GapRecording, Count: len(out), Detail: fmt.Sprintf("%d recordings are not complete", len(out))}}
	}
	uploaded, missing := 0, 0
	stmt, err := conn.Prepare(`SELECT name FROM entity WHERE id = ?`)
	if err != nil {
		return nil, err
	}
	var r reader
	err = eachTyped(conn, `event = ?`, "session.upload", func(session, _ int64) {
		uploaded++
		stmt.BindInt64(1, session)
		if row, err := stmt.Step(); err == nil && row && !have[r.nameColumn(stmt, 0)] {
			missing++
		}
		stmt.Reset()
	})
	if missing > 0 {
		out = append(out, investigations.Gap{
			Kind: investigations.GapNoRecording, Count: missing,
			Detail: fmt.Sprintf("%d of %d recordings that the log says were uploaded are not in this case", missing, uploaded),
		})
	}
	return out, err
}

// saveServer keeps the newest server version seen.
func (w *writer) saveServer() error {
	return sqlitex.Execute(w.conn, `INSERT INTO meta(key, value) VALUES ('server_major', ?)
		ON CONFLICT(key) DO UPDATE SET value = max(value, excluded.value)`, &sqlitex.ExecOptions{Args: []any{w.server}})
}
