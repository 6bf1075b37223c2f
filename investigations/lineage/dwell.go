package lineage

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/hands"
	"cordon/investigations/pivot"
)

// Dwell is how long the attacker was in: from the first hostile act to the
// moment when the last of their identities was contained, or to now.
type Dwell struct {
	From      time.Time `json:"from,omitzero"` // zero: not known
	FromEvent string    `json:"from_event,omitempty"`
	Until     time.Time `json:"until,omitzero"`
	Last      time.Time `json:"last,omitzero"` // last hostile act
	LastEvent string    `json:"last_event,omitempty"`
	Contained bool      `json:"contained"` // every identity, by locks in force
	// Why says what the line rests on, or why there is none.
	Why string `json:"why"`
}

// Length is how long the dwell is; 0 where it is not known.
func (d Dwell) Length() time.Duration {
	if d.From.IsZero() || d.Until.Before(d.From) {
		return 0
	}
	return d.Until.Sub(d.From)
}

// dwell works out the dwell line. Where no hands are marked and nobody said when
// the incident began, what the identity did first is no hostile act.
func (m *measure) dwell(now time.Time) Dwell {
	d := Dwell{Until: now}
	if !m.l.ByHands && m.l.Question.Since.IsZero() {
		d.Why = "no hands are marked hostile, so nothing says when it began"
		return d
	}
	if m.first.at.IsZero() {
		d.Why = "no act of hostile hands is in this evidence"
		return d
	}
	d.From, d.FromEvent, d.Last, d.LastEvent = m.first.at, m.first.event, m.last.at, m.last.event
	d.Contained = !slices.ContainsFunc(m.scope.Identities, func(h Held) bool { return !h.Contained })
	d.Why = "from the first act of hostile hands"
	if !m.l.ByHands {
		d.Why = "from the first act since the incident began; no hands are marked"
	}
	if d.Contained {
		d.Until = time.Time{}
		for _, h := range m.scope.Identities {
			if h.locked.After(d.Until) {
				d.Until = h.locked
			}
		}
	}
	return d
}

// over are the events that show that a session is over. A recording is uploaded
// when it is.
var over = []string{
	"session.end", "session.upload", "db.session.end", "app.session.end", "mcp.session.end", "windows.desktop.session.end", "linux.desktop.session.end",
}

// ends looks up which sessions are over, the newest first.
func (m *measure) ends(ctx context.Context) error {
	for _, s := range m.sessions {
		m.scope.Sessions = append(m.scope.Sessions, *s)
	}
	slices.SortFunc(m.scope.Sessions, func(a, b Session) int { return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.ID, b.ID)) })
	if n := len(m.scope.Sessions) - scopeSessions; n > 0 {
		m.scope.Sessions, m.scope.AtLeast = m.scope.Sessions[n:], true
	}
	for i := range m.scope.Sessions {
		s := &m.scope.Sessions[i]
		groups, err := m.idx.Groups(ctx, investigations.Entity{Kind: investigations.KindSession, Name: s.ID})
		if err != nil {
			return err
		}
		s.Open = !slices.ContainsFunc(groups, func(g pivot.Group) bool { return slices.Contains(over, g.Type) }) && !m.cut(s)
	}
	return nil
}

// cut reports whether a lock in force hit the user of a session after it began.
func (m *measure) cut(s *Session) bool {
	return slices.ContainsFunc(m.scope.Identities, func(h Held) bool {
		return h.Name == s.User && h.Contained && !h.locked.Before(s.Start)
	})
}

// finish sorts what was counted.
func (m *measure) finish(now time.Time) {
	for e := range m.l.Taint {
		if e.Kind == investigations.KindHost && m.reached[e] == nil {
			m.joined(e)
		}
	}
	for _, r := range m.reached {
		m.scope.Reached = append(m.scope.Reached, *r)
	}
	slices.SortFunc(m.scope.Reached, func(a, b Reached) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), a.First.Compare(b.First), strings.Compare(a.Name, b.Name))
	})
	for _, way := range m.files {
		switch {
		case way&movedOut != 0:
			m.scope.Files.Out++
		case way&movedIn != 0:
			m.scope.Files.In++
		case way&movedEither != 0:
			m.scope.Files.Either++
		default:
			m.scope.Files.Maybe++
		}
	}
	for _, a := range m.acts {
		m.scope.Acts = append(m.scope.Acts, *a)
	}
	slices.SortFunc(m.scope.Acts, func(a, b Act) int { return strings.Compare(a.Type, b.Type) })
	m.scope.Dwell = m.dwell(now)
}

// joined adds a host that joined by the attacker's doing.
func (m *measure) joined(host investigations.Entity) {
	for _, e := range m.l.Edges {
		if e.Entity == host && e.Tainted {
			m.reached[host] = &Reached{Entity: host, Label: e.Label, Hands: hands.Hostile, First: e.Time, Event: e.Event}
			return
		}
	}
}
