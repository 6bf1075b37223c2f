package store

import (
	"fmt"
	"strings"

	"cordon/investigations"
)

// firstSentinel is the first `ei` that is no position inside a session: those
// of session.data and session.upload.
const firstSentinel = 1<<31 - 2

// resultsNumbered is the server version from which on a hole in a database
// session's numbers may be normal: later servers number the results of
// statements too, and results stand in recordings alone.
const resultsNumbered = 15

// statementHoles finds database sessions that skip numbers between the first
// and the last event of theirs in the log. Other sessions are not looked at:
// what a terminal shows is numbered too, and never logged.
func (s *gapSearch) statementHoles() ([]investigations.Gap, error) {
	var holed []concern
	sessions, missing := 0, 0
	for rest := s.sessions.statements; len(rest) > 0; {
		session, n := rest[0]>>32, 1
		for n < len(rest) && rest[n]>>32 == session {
			n++
		}
		sessions++
		if c := holesOf(rest[:n]); c.count > 0 {
			l := s.sessions.log(c.session)
			c.from, c.to = l.start.time, l.end.time
			missing += c.count
			holed = append(holed, c)
		}
		rest = rest[n:]
	}
	if len(holed) > 0 && s.server >= resultsNumbered {
		return []investigations.Gap{{
			Kind: investigations.GapIndex, Count: len(holed),
			Detail: fmt.Sprintf("%d of %d database sessions skip numbers: this server (version %d) may number results too, which only recordings hold, so a statement missing there would not show",
				len(holed), sessions, s.server),
		}}, nil
	}
	return s.listed(investigations.GapIndex, holed, func() string {
		return fmt.Sprintf("%d events are missing from %d database sessions, by their numbers", missing, len(holed))
	})
}

// rangesNamed is up to how many holes of one session are named.
const rangesNamed = 5

// holesOf counts and names the numbers missing from one session's, sorted.
func holesOf(numbers []uint64) concern {
	c := concern{session: int64(numbers[0] >> 32)}
	var named []string
	holes := 0
	for i := 1; i < len(numbers); i++ {
		first, last := uint32(numbers[i-1])+1, uint32(numbers[i])-1
		if numbers[i] <= numbers[i-1]+1 {
			continue
		}
		c.count += int(last-first) + 1
		if holes++; holes > rangesNamed {
			continue
		}
		name := fmt.Sprint(first)
		if last > first {
			name = fmt.Sprintf("%d to %d", first, last)
		}
		named = append(named, name)
	}
	if holes > rangesNamed {
		named = append(named, "and more")
	}
	numbered := "number " + strings.Join(named, ", ")
	if c.count != 1 {
		numbered = "numbers " + strings.Join(named, ", ")
	}
	c.detail = plural(c.count, "event") + " missing from a database session: " + numbered
	return c
}
