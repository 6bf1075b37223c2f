package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
)

const (
	// gapsListed is up to how many gaps of one kind are listed one by one; more
	// are told as one, with their number.
	gapsListed = 20
	// linesRead is up to how many lines one search reads again for what the
	// rows do not keep. Each may cost unpacking a chunk.
	linesRead = 64
)

// gapSearch is what the searches for gaps share. They tell the same of the same
// evidence, in whatever order and however often it was added: what they find is
// sorted, and rests on times and names, never on event ids.
type gapSearch struct {
	conn       *sqlite.Conn
	raws       *rawReader
	reader     *reader
	server     int // newest major server version seen; 0 unknown
	sessions   sessionLogs
	recordings recordingFacts
}

// refreshGaps works out what is missing, from the whole case, and stores it
// with what weighs most for a responder first.
func refreshGaps(ctx context.Context, conn *sqlite.Conn) error {
	if err := exec(conn, `DELETE FROM gap`); err != nil {
		return err
	}
	s := &gapSearch{conn: conn, raws: newRawReader(conn)}
	defer s.raws.close()
	if err := s.prepare(); err != nil {
		return fmt.Errorf("look for gaps: %w", err)
	}
	for _, find := range []func() ([]investigations.Gap, error){
		s.missingDays, s.unloggedSessions, s.statementHoles, s.wrongClocks, s.openSessions, s.startlessSessions,
		s.incompleteRecordings, s.lostRecordings, s.absentRecordings, s.unknownTokens,
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := find()
		if err != nil {
			return fmt.Errorf("look for gaps: %w", err)
		}
		for i := range found {
			if err := saveGap(conn, &found[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *gapSearch) prepare() error {
	major, err := selectInt(s.conn, `SELECT coalesce((SELECT value FROM meta WHERE key = 'server_major'), 0)`)
	if err != nil {
		return err
	}
	s.server = int(major)
	if s.reader, err = newReader(s.conn, newNames()); err != nil {
		return err
	}
	if s.sessions, err = readSessionLogs(s.conn); err != nil {
		return err
	}
	s.recordings, err = readRecordingFacts(s.conn)
	return err
}

func saveGap(conn *sqlite.Conn, g *investigations.Gap) error {
	var kind, name any
	if g.Entity != nil {
		kind, name = int64(g.Entity.Kind), g.Entity.Name
	}
	return sqlitex.Execute(conn, `INSERT INTO gap(kind, since, until, entity, name, detail, count) VALUES (?, ?, ?, ?, ?, ?, ?)`, &sqlitex.ExecOptions{
		Args: []any{string(g.Kind), milliseconds(g.From), milliseconds(g.To), kind, name, g.Detail, g.Count},
	})
}

// missingDays finds the days without events between days with some.
func (s *gapSearch) missingDays() ([]investigations.Gap, error) {
	all, err := days(s.conn)
	if err != nil {
		return nil, err
	}
	var out []investigations.Gap
	total := 0
	for i := 1; i < len(all); i++ {
		from, to := all[i-1].Start.AddDate(0, 0, 1), all[i].Start
		if n := int(to.Sub(from).Hours() / 24); n > 0 {
			total += n
			last := to.AddDate(0, 0, -1)
			detail := fmt.Sprintf("no event on %s, between days with events", from.Format(time.DateOnly))
			if n > 1 {
				detail = fmt.Sprintf("no event from %s to %s: %d days between days with events", from.Format(time.DateOnly), last.Format(time.DateOnly), n)
			}
			out = append(out, investigations.Gap{Kind: investigations.GapDay, From: from, To: to, Count: n, Detail: detail})
		}
	}
	if len(out) > gapsListed {
		out = []investigations.Gap{{
			Kind: investigations.GapDay, From: out[0].From, To: out[len(out)-1].To, Count: total,
			Detail: fmt.Sprintf("%d days without any event, in %d stretches", total, len(out)),
		}}
	}
	return out, nil
}

// concern is a gap of one session on its way into the list.
type concern struct {
	session  int64 // entity
	from, to int64 // milliseconds; 0 unknown
	count    int
	detail   string // what is missing; the session is named behind it
}

// listed makes one gap a session, or a single one with sum's sentence when
// there are too many.
func (s *gapSearch) listed(kind investigations.GapKind, of []concern, sum func() string) ([]investigations.Gap, error) {
	if len(of) > gapsListed {
		g := investigations.Gap{Kind: kind, Detail: sum()}
		for _, c := range of {
			g.Count += c.count
			widenGap(&g, c.from, c.to)
		}
		return []investigations.Gap{g}, nil
	}
	var out []investigations.Gap
	for _, c := range of {
		e, err := s.reader.entity(c.session)
		if err != nil {
			return nil, err
		}
		g := investigations.Gap{Kind: kind, Count: c.count, Entity: &e.Entity, Detail: inSession(c.detail, e.Name)}
		widenGap(&g, c.from, c.to)
		out = append(out, g)
	}
	slices.SortFunc(out, compareGaps)
	return out, nil
}

// inSession names the session behind a sentence.
func inSession(sentence, name string) string {
	return strings.TrimSuffix(sentence, ".") + " (session " + name + ")"
}

func compareGaps(a, b investigations.Gap) int {
	if c := a.From.Compare(b.From); c != 0 {
		return c
	}
	return strings.Compare(a.Detail, b.Detail)
}

// widenGap stretches a gap's range; a time of 0 is none.
func widenGap(g *investigations.Gap, from, to int64) {
	if t := fromMilliseconds(from); from != 0 && (g.From.IsZero() || t.Before(g.From)) {
		g.From = t
	}
	if t := fromMilliseconds(to); to != 0 && t.After(g.To) {
		g.To = t
	}
}

// said is what gaps ask of an event's line.
type said struct {
	Recording any `json:"session_recording"`
	Recorded  any `json:"recorded"`
	Method    any `json:"method"`
}

// line reads an event's line again. What it says in another type than usual it
// does not say.
func (s *gapSearch) line(event int64) (said, error) {
	raw, err := s.raws.event(event)
	if err != nil {
		return said{}, err
	}
	var out said
	if err := json.Unmarshal(raw, &out); err != nil {
		return said{}, nil // the scanner took the line, so what matters here is at most absent
	}
	return out, nil
}

// plural writes "1 session", "2 sessions".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
