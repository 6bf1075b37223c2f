package store

import (
	"fmt"
	"slices"
	"time"

	"cordon/investigations"
)

// clockTolerance is by how much, in milliseconds, times may contradict each
// other before it is told.
const clockTolerance = 5000

// clockFault is what contradicts the clock of one host, in one way.
type clockFault struct {
	host     int64 // entity; 0 when the log does not name it
	by       int64 // milliseconds, the most of any session
	sessions int
	from, to int64
}

// wrongClocks finds hosts whose times cannot be right. A recording is uploaded
// after its session has ended: an upload that the auth server logged before the
// end that the host logged shows a host that is ahead. A session that ended
// before it began shows a host whose clock was set back meanwhile.
func (s *gapSearch) wrongClocks() ([]investigations.Gap, error) {
	ahead, back := make(map[int64]*clockFault), make(map[int64]*clockFault)
	for i := range s.sessions.logs {
		l := &s.sessions.logs[i]
		faults, by := ahead, l.end.time-l.upload.time
		if l.upload.time == 0 || by <= clockTolerance {
			faults, by = back, l.start.time-l.end.time
		}
		if l.end.time == 0 || by <= clockTolerance {
			continue
		}
		host, err := s.hostOf(l)
		if err != nil {
			return nil, err
		}
		f := faults[host]
		if f == nil {
			f = &clockFault{host: host, from: l.end.time, to: l.end.time}
			faults[host] = f
		}
		f.sessions++
		f.by, f.from, f.to = max(f.by, by), min(f.from, l.end.time), max(f.to, l.end.time)
	}
	out, err := s.clockGaps(ahead, "is ahead of the auth server's: recordings were uploaded before their sessions ended")
	if err != nil {
		return nil, err
	}
	more, err := s.clockGaps(back, "was set back: sessions ended before they began")
	return append(out, more...), err
}

// hostOf is the host of a session, by its end or its start, which not all name
// it; 0 when neither does.
func (s *gapSearch) hostOf(l *sessionLog) (int64, error) {
	for _, m := range []moment{l.end, l.start} {
		host, err := selectInt(s.conn, `SELECT coalesce(host, 0) FROM event WHERE id = ?`, int64(m.event))
		if err != nil || host != 0 {
			return host, err
		}
	}
	return 0, nil
}

// clockGaps tells what is wrong with the clock of each host.
func (s *gapSearch) clockGaps(faults map[int64]*clockFault, what string) ([]investigations.Gap, error) {
	var out []investigations.Gap
	all := investigations.Gap{Kind: investigations.GapClock}
	most := int64(0)
	for _, f := range faults {
		all.Count += f.sessions
		widenGap(&all, f.from, f.to)
		most = max(most, f.by)
	}
	if len(faults) > gapsListed {
		all.Detail = fmt.Sprintf("the clock of each of %d hosts %s, by up to %s (%s)", len(faults), what, skew(most), plural(all.Count, "session"))
		return []investigations.Gap{all}, nil
	}
	for _, f := range faults {
		g := investigations.Gap{Kind: investigations.GapClock, Count: f.sessions}
		widenGap(&g, f.from, f.to)
		host := "a host that the log does not name"
		if f.host != 0 {
			e, err := s.reader.entity(f.host)
			if err != nil {
				return nil, err
			}
			host, g.Entity = "host "+e.Name, &e.Entity
			if e.label != "" {
				host = "host " + e.label + " (" + e.Name + ")"
			}
		}
		g.Detail = fmt.Sprintf("the clock of %s %s, by up to %s (%s)", host, what, skew(f.by), plural(f.sessions, "session"))
		out = append(out, g)
	}
	slices.SortFunc(out, compareGaps)
	return out, nil
}

// skew writes milliseconds as a person says them.
func skew(ms int64) string {
	return (time.Duration(ms) * time.Millisecond).Round(time.Second).String()
}
