package store

import (
	"fmt"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
)

// recordingFact is the best recording that the case has of a session.
type recordingFact struct {
	session  string
	entity   int64 // the session; 0 when no event names it
	complete bool
	duration int64 // milliseconds
	start    int64
	detail   string
}

// recordingFacts are the recordings of the case.
type recordingFacts struct {
	list []recordingFact
	have map[int64]bool // session entities that they are of
}

// better reports whether f says more of its session than o.
func (f *recordingFact) better(o *recordingFact) bool {
	switch {
	case f.complete != o.complete:
		return f.complete
	case f.duration != o.duration:
		return f.duration > o.duration
	}
	return f.detail < o.detail
}

// readRecordingFacts reads the recordings, and the files without a byte that
// are named like one.
func readRecordingFacts(conn *sqlite.Conn) (recordingFacts, error) {
	out := recordingFacts{have: make(map[int64]bool)}
	best := make(map[string]recordingFact)
	enter := func(f recordingFact) {
		if old, ok := best[f.session]; !ok || f.better(&old) {
			best[f.session] = f
		}
	}
	err := sqlitex.Execute(conn, `SELECT session, complete, duration, start, detail FROM recording`, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			enter(recordingFact{
				session: stmt.ColumnText(0), complete: stmt.ColumnInt64(1) != 0,
				duration: stmt.ColumnInt64(2), start: stmt.ColumnInt64(3), detail: stmt.ColumnText(4),
			})
			return nil
		},
	})
	if err != nil {
		return out, err
	}
	err = sqlitex.Execute(conn, `SELECT name FROM source WHERE format LIKE ? || '%'`, &sqlitex.ExecOptions{
		Args: []any{formatEmpty},
		ResultFunc: func(stmt *sqlite.Stmt) error {
			name := stmt.ColumnText(0)
			if session := sessionOfName(name); isRecordingName(name, session) {
				enter(recordingFact{session: session, detail: "the recording's file is empty, 0 bytes"})
			}
			return nil
		},
	})
	if err != nil {
		return out, err
	}
	for _, f := range best {
		if f.entity, err = entityNumber(conn, investigations.Entity{Kind: investigations.KindSession, Name: f.session}); err != nil {
			return out, err
		}
		out.list = append(out.list, f)
		out.have[f.entity] = true
	}
	slices.SortFunc(out.list, func(a, b recordingFact) int { return strings.Compare(a.session, b.session) })
	return out, nil
}

// isRecordingName reports whether a file is named like the recording of a
// session: by a session's id, or with the extension that recordings have.
func isRecordingName(name, session string) bool {
	_, isID := uuidBytes([]byte(session))
	return isID || strings.Contains(strings.TrimPrefix(name, session), ".tar")
}

// incompleteRecordings finds sessions whose recording is empty, cut off,
// damaged or encrypted, and of which the case has no whole one.
func (s *gapSearch) incompleteRecordings() ([]investigations.Gap, error) {
	return s.recordingsWhere(investigations.GapRecording, func(f *recordingFact) string {
		if f.complete {
			return ""
		}
		return f.detail
	}, "%d recordings are not whole: empty, cut off, damaged or encrypted"), nil
}

// unloggedSessions finds recordings of sessions that no event names, in a case
// that has a log of sessions.
func (s *gapSearch) unloggedSessions() ([]investigations.Gap, error) {
	if len(s.sessions.logs) == 0 {
		return nil, nil
	}
	return s.recordingsWhere(investigations.GapNotLogged, func(f *recordingFact) string {
		if _, isID := uuidBytes([]byte(f.session)); !isID || f.entity != 0 {
			return "" // a file of another name may be of a session that the log knows
		}
		return "a recorded session is nowhere in the log: the log does not reach there, or its events were lost or removed"
	}, "%d recorded sessions are nowhere in the log: it does not reach there, or their events were lost or removed"), nil
}

// recordingsWhere makes a gap of each recording for which say has a sentence,
// or one with the sentence many when there are too many.
func (s *gapSearch) recordingsWhere(kind investigations.GapKind, say func(*recordingFact) string, many string) []investigations.Gap {
	var out []investigations.Gap
	all := investigations.Gap{Kind: kind}
	for i := range s.recordings.list {
		f := &s.recordings.list[i]
		detail := say(f)
		if detail == "" {
			continue
		}
		all.Count++
		widenGap(&all, f.start, f.start)
		if all.Count > gapsListed {
			continue
		}
		g := investigations.Gap{
			Kind: kind, Count: 1, Detail: inSession(detail, f.session),
			Entity: &investigations.Entity{Kind: investigations.KindSession, Name: f.session},
		}
		widenGap(&g, f.start, 0)
		out = append(out, g)
	}
	if all.Count > gapsListed {
		all.Detail = fmt.Sprintf(many, all.Count)
		return []investigations.Gap{all}
	}
	slices.SortFunc(out, compareGaps)
	return out
}

// absentRecordings counts the sessions whose recording was uploaded and is not
// in the case.
func (s *gapSearch) absentRecordings() ([]investigations.Gap, error) {
	g := investigations.Gap{Kind: investigations.GapNoRecording}
	uploaded := 0
	for i := range s.sessions.logs {
		l := &s.sessions.logs[i]
		if l.upload.event == 0 {
			continue
		}
		uploaded++
		if !s.recordings.have[int64(l.entity)] {
			g.Count++
			widenGap(&g, l.upload.time, l.upload.time)
		}
	}
	if g.Count == 0 {
		return nil, nil
	}
	g.Detail = fmt.Sprintf("%d of %d recordings that the log says were uploaded are not in this case", g.Count, uploaded)
	return []investigations.Gap{g}, nil
}

// like is a class of sessions whose recordings share a fate.
type like struct {
	uploaded int
	lost     []concern
	ends     []int64 // events, of lost
}

func (l *like) add(session int64, have bool, from, end moment, detail string) {
	if have {
		l.uploaded++
		return
	}
	l.lost = append(l.lost, concern{session: session, from: from.time, to: end.time, count: 1, detail: detail})
	l.ends = append(l.ends, int64(end.event))
}

// rule reports whether recordings of this class are uploaded by rule, so that
// one that is not stands out.
func (l *like) rule() bool { return l.uploaded > len(l.lost) }

// lostRecordings finds sessions that were recorded and whose recording is
// neither in the case nor, by the log, anywhere else. Servers differ in whether
// they record commands without a terminal, whose end follows the start at once,
// and parts of application sessions: there the other ones of the case decide.
func (s *gapSearch) lostRecordings() ([]investigations.Gap, error) {
	var shells, commands, parts like
	for i := range s.sessions.logs {
		l := &s.sessions.logs[i]
		have := l.upload.event != 0 || s.recordings.have[int64(l.entity)]
		if l.end.event != 0 && sessionKinds[l.kind].saysSo {
			of := &shells
			if l.bare {
				of = &commands
			}
			of.add(int64(l.entity), have, l.start, l.end, "a recorded session ended and its recording was never uploaded: it is lost, or comes later than this evidence")
		}
	}
	for entity, part := range s.sessions.parts {
		l := s.sessions.log(entity)
		have := l.upload.event != 0 || s.recordings.have[entity]
		parts.add(entity, have, part, moment{}, "a part of an application session whose recording was never uploaded: its service stopped, or the part still runs")
	}
	ended, ends := shells.lost, shells.ends
	if commands.rule() {
		ended, ends = append(ended, commands.lost...), append(ends, commands.ends...)
	}
	sum := "%d recorded sessions ended and their recordings were never uploaded: they are lost, or come later than this evidence"
	if len(ended) > linesRead {
		sum = "%d sessions ended and no recording of them was ever uploaded: they were not recorded, or the recordings are lost"
	} else if err := s.keepRecorded(&ended, ends); err != nil {
		return nil, err
	}
	out, err := s.listed(investigations.GapLostRecording, ended, func() string { return fmt.Sprintf(sum, len(ended)) })
	if err != nil || !parts.rule() {
		return out, err
	}
	more, err := s.listed(investigations.GapLostRecording, parts.lost, func() string {
		return fmt.Sprintf("%d parts of application sessions whose recordings were never uploaded: their services stopped, or the parts still run", len(parts.lost))
	})
	return append(out, more...), err
}

// keepRecorded leaves those sessions whose end says that they were recorded.
func (s *gapSearch) keepRecorded(sessions *[]concern, ends []int64) error {
	kept := (*sessions)[:0]
	for i, c := range *sessions {
		says, err := s.line(ends[i])
		if err != nil {
			return err
		}
		mode, _ := says.Recording.(string)
		if recorded, _ := says.Recorded.(bool); recorded || mode != "" && mode != "off" {
			kept = append(kept, c)
		}
	}
	*sessions = kept
	return nil
}
