package store

import (
	"fmt"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
)

// sessionKinds are the kinds of session whose begin and end are both logged.
var sessionKinds = []struct {
	start, end string
	noun       string
	saysSo     bool // the end says whether the session was recorded
}{
	{"session.start", "session.end", "SSH or Kubernetes session", true},
	{"db.session.start", "db.session.end", "database session", false},
	{"windows.desktop.session.start", "windows.desktop.session.end", "Windows desktop session", true},
	{"linux.desktop.session.start", "linux.desktop.session.end", "Linux desktop session", true},
}

// moment is one event of a session.
type moment struct {
	time  int64  // milliseconds, 0 unknown
	event uint32 // id, 0 none
}

// sessionLog is what the log says of one session, or of a part of an
// application's session, whose recording has an id of its own. There are
// millions of them, so that it is small.
type sessionLog struct {
	entity uint32
	kind   uint8  // of sessionKinds
	bare   bool   // nothing was numbered between its start and its end
	start  moment // the earliest
	end    moment // the latest
	upload moment // the latest
}

// sessionLogs is what the log says of all sessions.
type sessionLogs struct {
	at    []int32 // by entity: its place in logs, plus one
	logs  []sessionLog
	parts map[int64]moment // by entity: the app.session.chunk that names it
	// statements holds session<<32 | ei of each event inside a database
	// session, sorted.
	statements []uint64
}

// of finds or makes the log of a session. The pointer is good until the next call.
func (l *sessionLogs) of(entity int64) *sessionLog {
	if l.at[entity] == 0 {
		l.logs = append(l.logs, sessionLog{entity: uint32(entity)})
		l.at[entity] = int32(len(l.logs))
	}
	return &l.logs[l.at[entity]-1]
}

// log is what the log says of a session; the zero value where it says nothing.
func (l *sessionLogs) log(entity int64) sessionLog {
	if entity >= int64(len(l.at)) || l.at[entity] == 0 {
		return sessionLog{}
	}
	return l.logs[l.at[entity]-1]
}

// sessionType is what an event type tells of a session.
type sessionType struct {
	kind                               uint8
	starts, ends, uploads, part, index bool
}

func sessionTypes(conn *sqlite.Conn) (map[int64]sessionType, error) {
	out := make(map[int64]sessionType)
	err := sqlitex.Execute(conn, `SELECT id, event, code FROM type`, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			event, code := stmt.ColumnText(1), stmt.ColumnText(2)
			t := sessionType{uploads: event == "session.upload", part: event == "app.session.chunk", index: strings.HasPrefix(event, "db.session.")}
			for i, k := range sessionKinds {
				// A refused session never began; its code ends in W.
				t.starts = t.starts || event == k.start && !strings.HasSuffix(code, "W")
				t.ends = t.ends || event == k.end
				if event == k.start || event == k.end {
					t.kind = uint8(i)
				}
			}
			if t != (sessionType{}) {
				out[stmt.ColumnInt64(0)] = t
			}
			return nil
		},
	})
	return out, err
}

// readSessionLogs reads every event that tells of a session's begin, end or
// recording, or that counts inside one: a part of the log, found by type.
func readSessionLogs(conn *sqlite.Conn) (sessionLogs, error) {
	l := sessionLogs{parts: make(map[int64]moment)}
	types, err := sessionTypes(conn)
	if err != nil || len(types) == 0 {
		return l, err
	}
	last, err := selectInt(conn, `SELECT coalesce(max(id), 0) FROM entity`)
	if err != nil {
		return l, err
	}
	sessions, err := selectInt(conn, `SELECT count(*) FROM entity WHERE kind = ?`, int64(investigations.KindSession))
	if err != nil {
		return l, err
	}
	l.at, l.logs = make([]int32, last+1), make([]sessionLog, 0, sessions)
	var parts []moment
	read := func(ids []int64) error {
		slices.Sort(ids)
		return eachRow(conn, ids, func(id, typ, time, ei, session int64) {
			t := types[typ]
			if t.part {
				parts = append(parts, moment{time, uint32(id)})
			} else if session != 0 {
				l.add(t, moment{time, uint32(id)}, session, ei)
			}
		})
	}
	var ids []int64 // of one segment
	segment := int64(0)
	err = eachPosting(conn, everyEvent, func(typ int64) bool { _, ok := types[typ]; return ok }, func(p list) (err error) {
		if p.segment != segment {
			err = read(ids)
			ids, segment = ids[:0], p.segment
		}
		ids = append(ids, p.ids...)
		return err
	})
	if err == nil {
		err = read(ids)
	}
	if err != nil {
		return l, err
	}
	slices.Sort(l.statements)
	return l, l.addParts(conn, parts)
}

func (l *sessionLogs) add(t sessionType, m moment, session, ei int64) {
	if t.index && ei >= 0 && ei < firstSentinel {
		l.statements = append(l.statements, uint64(session)<<32|uint64(ei))
	}
	if !t.starts && !t.ends && !t.uploads {
		return
	}
	s := l.of(session)
	switch {
	case t.starts:
		s.kind = t.kind
		if s.start.event == 0 || m.time < s.start.time {
			s.start = m
		}
	case t.ends:
		s.kind = t.kind
		if m.time >= s.end.time {
			s.end, s.bare = m, ei <= 1
		}
	case m.time >= s.upload.time:
		s.upload = m
	}
}

// addParts enters the parts of application sessions. Their recording's id
// stands among the involvements that have no column.
func (l *sessionLogs) addParts(conn *sqlite.Conn, parts []moment) error {
	if len(parts) == 0 {
		return nil
	}
	stmt, err := conn.Prepare(`SELECT v.id FROM entity v WHERE v.id = ? AND v.kind = ?`)
	if err != nil {
		return err
	}
	more, err := conn.Prepare(`SELECT more FROM event WHERE id = ?`)
	if err != nil {
		return err
	}
	for _, p := range parts {
		subjects, err := subjectsOf(more, int64(p.event))
		if err != nil {
			return err
		}
		for _, entity := range subjects {
			stmt.BindInt64(1, entity)
			stmt.BindInt64(2, int64(investigations.KindSession))
			row, err := stmt.Step()
			if err != nil {
				return err
			}
			if row {
				if have, ok := l.parts[entity]; !ok || p.time < have.time {
					l.parts[entity] = p
				}
			}
			if err := stmt.Reset(); err != nil {
				return err
			}
		}
	}
	return nil
}

// subjectsOf lists the entities that an event's row has as subjects outside
// the columns.
func subjectsOf(more *sqlite.Stmt, event int64) ([]int64, error) {
	more.BindInt64(1, event)
	defer more.Reset()
	if row, err := more.Step(); err != nil || !row {
		return nil, err
	}
	var out []int64
	for rest := columnBlob(more, 0); len(rest) > 0; {
		v, after, err := takeVarint(rest)
		if err != nil {
			return nil, err
		}
		if investigations.Role(v&(1<<roleBits-1)) == investigations.RoleSubject {
			out = append(out, int64(v>>roleBits))
		}
		rest = after
	}
	return out, nil
}

// eachRow calls yield with what the rows of the ids say, ids ascending.
func eachRow(conn *sqlite.Conn, ids []int64, yield func(id, typ, time, ei, session int64)) error {
	stmt, err := conn.Prepare(`SELECT id, type, time, ei, session` + inList)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(ids, rowsRead) {
		for i := range rowsRead {
			id := chunk[min(i, len(chunk)-1)]
			stmt.BindInt64(i+1, id)
		}
		for {
			row, err := stmt.Step()
			if err != nil {
				return err
			}
			if !row {
				break
			}
			yield(stmt.ColumnInt64(0), stmt.ColumnInt64(1), stmt.ColumnInt64(2), stmt.ColumnInt64(3), stmt.ColumnInt64(4))
		}
		if err := stmt.Reset(); err != nil {
			return err
		}
	}
	return nil
}

// openSessions finds sessions that began and have no end.
func (s *gapSearch) openSessions() ([]investigations.Gap, error) {
	var open []concern
	for i := range s.sessions.logs {
		if l := &s.sessions.logs[i]; l.start.event != 0 && l.end.event == 0 {
			open = append(open, concern{
				session: int64(l.entity), from: l.start.time, count: 1,
				detail: "a session began and has no end in this evidence: it runs on, or its end was not logged",
			})
		}
	}
	return s.listed(investigations.GapNoEnd, open, func() string {
		return fmt.Sprintf("%d sessions began and have no end in this evidence: they run on, or their ends were not logged", len(open))
	})
}

// startlessSessions counts, for each kind, the sessions that ended and have no
// start: what they did before the evidence begins is not known.
func (s *gapSearch) startlessSessions() ([]investigations.Gap, error) {
	var out []investigations.Gap
	for kind, k := range sessionKinds {
		g := investigations.Gap{Kind: investigations.GapNoStart}
		for i := range s.sessions.logs {
			if l := &s.sessions.logs[i]; int(l.kind) == kind && l.end.event != 0 && l.start.event == 0 {
				g.Count++
				widenGap(&g, l.end.time, l.end.time)
			}
		}
		if g.Count > 0 {
			g.Detail = fmt.Sprintf("%s ended here without a start in this evidence: begun before it, or the start was not logged", plural(g.Count, k.noun))
			out = append(out, g)
		}
	}
	return out, nil
}
