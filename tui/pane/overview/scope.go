package overview

import (
	"cmp"
	"context"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/lineage"
	"cordon/tui/pane"
)

const (
	// scopeIdentities bounds the identities whose sessions are looked up.
	scopeIdentities = 20
	// scopeEvents bounds the events of one identity that are read for its hosts.
	scopeEvents = 2000
)

// scope is how far the incident reaches, as far as the evidence says.
type scope struct {
	identities int // the identity and those it spread to
	contained  int // of them, named by a lock in force
	unsure     int // of the contained, by locks whose end the log does not say
	planned    int // of them, named only by a plan
	hosts      int
	open       int  // sessions without an end in this evidence
	bound      bool // hosts and sessions were looked up for the first identities only
	first      time.Time
	last       time.Time
	// locked holds what the board says of entities on the page.
	locked map[investigations.Entity]contain.State
}

func compare[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }

// readScope counts what the identity and those it spread to reach.
func readScope(ctx context.Context, env pane.Env, r *lineage.Report, board contain.Board) (*scope, error) {
	s := &scope{locked: map[investigations.Entity]contain.State{}}
	now := env.Now()
	identities := []investigations.Entity{r.Entity}
	seen := map[investigations.Entity]bool{r.Entity: true}
	for _, e := range r.Lineage {
		s.note(board, e.Entity, now)
		if isIdentity(e.Entity) && !seen[e.Entity] {
			seen[e.Entity] = true
			identities = append(identities, e.Entity)
		}
	}
	s.note(board, r.Entity, now)
	s.identities = len(identities)
	hosts, open := map[string]bool{}, map[string]bool{}
	for i, e := range identities {
		switch state, ok := s.locked[e]; {
		case ok && state == contain.StateInForce:
			s.contained++
			if !holds(board, e, now) {
				s.unsure++
			}
		case ok:
			s.planned++
		}
		if i >= scopeIdentities {
			continue
		}
		if err := reached(ctx, env, e, hosts, open); err != nil {
			return nil, err
		}
	}
	s.hosts, s.open = len(hosts), len(open)
	s.bound = len(identities) > scopeIdentities
	for _, c := range r.Pivots {
		if !c.First.IsZero() && (s.first.IsZero() || c.First.Before(s.first)) {
			s.first = c.First
		}
		if c.Last.After(s.last) {
			s.last = c.Last
		}
	}
	return s, nil
}

// hostTypes are the events in which somebody works on a host.
var hostTypes = map[string]bool{"session.start": true, "exec": true, "scp": true, "sftp": true}

// reached adds the hosts that an identity worked on and the sessions that a lock
// of it would cut, counted as the lock preview counts them.
func reached(ctx context.Context, env pane.Env, e investigations.Entity, hosts, open map[string]bool) error {
	groups, err := env.Evidence.Groups(ctx, e)
	if err != nil {
		return err
	}
	var ids []int64
	for _, g := range groups {
		if hostTypes[g.Type] && g.Role == investigations.RoleActor {
			ids = append(ids, g.IDs...)
		}
	}
	ids, _ = newest(ids, scopeEvents)
	err = env.Evidence.Each(ctx, ids, func(ev *investigations.Event) error {
		if host, ok := ev.First(investigations.KindHost, investigations.RoleTarget); ok {
			hosts[host.Entity.Name] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	target, err := contain.TargetOf(e, env.Server)
	if err != nil {
		return nil // What cannot be locked has no sessions to cut.
	}
	impact, err := contain.Assess(ctx, env.Evidence, []contain.Target{target}, contain.Guard{})
	if err != nil {
		return err
	}
	for _, s := range impact.Sessions {
		open[s.ID] = true
	}
	return nil
}

// holds reports whether a lock in force of which the end is known hits an entity.
func holds(board contain.Board, e investigations.Entity, now time.Time) bool {
	for _, l := range board.At(now, contain.StateInForce) {
		if l.EndSaid && l.Hits(e) {
			return true
		}
	}
	return false
}

// note remembers what the board says of an entity: a lock in force before a plan.
func (s *scope) note(board contain.Board, e investigations.Entity, now time.Time) {
	if _, ok := board.Contained(e, now); ok {
		s.locked[e] = contain.StateInForce
		return
	}
	for _, l := range board.At(now, contain.StatePlanned) {
		if l.Hits(e) {
			s.locked[e] = contain.StatePlanned
			return
		}
	}
}

func isIdentity(e investigations.Entity) bool {
	return e.Kind == investigations.KindUser || e.Kind == investigations.KindBot
}
