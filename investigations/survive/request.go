package survive

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cordon/investigations"
)

// requestStates keeps the access requests that are approved, and those that the
// attacker made and nobody has answered.
func (g *gatherer) requestStates(ctx context.Context) error {
	g.states = map[findKey]requestState{}
	for key, f := range g.of("request") {
		s, err := g.requestState(ctx, f.left.Entity)
		if err != nil {
			return err
		}
		if s.denied || s.deleted && !s.approved || !s.approved && !s.voted && f.last().typ != "access_request.create" {
			delete(g.finds, key)
			continue
		}
		g.states[key] = s
	}
	return nil
}

// requests says until when requests hold, and for whom.
func (g *gatherer) requests() {
	for key, s := range g.states {
		f := g.finds[key]
		l, ok := g.lines[s.latest.id]
		switch {
		case !ok:
			delete(g.finds, key)
			continue
		case !l.expires.IsZero():
			f.until = known(l.expires)
		case !l.maxDuration.IsZero():
			f.until = known(l.maxDuration)
		default:
			f.until = unknown("its events say no end")
		}
		s.describe(f)
	}
}

// requestState is how far an access request has come.
type requestState struct {
	approved, denied, deleted, used bool
	voted                           bool // there are votes, of which more are needed
	asker, approver                 investigations.Entity
	roles                           []string
	latest                          mark // the approval, else its creation
}

// requestState reads what became of a request until the moment asked about.
func (g *gatherer) requestState(ctx context.Context, e investigations.Entity) (requestState, error) {
	var s requestState
	groups, err := g.groupsOf(ctx, e)
	if err != nil {
		return s, err
	}
	var ids []int64
	for _, p := range groups {
		switch {
		case p.Role == investigations.RoleVia:
			s.used = s.used || !p.First.After(g.q.At)
		case p.Role == investigations.RoleSubject:
			ids = append(ids, p.IDs...)
		}
	}
	slices.Sort(ids)
	var all []investigations.Event
	err = g.ev.Each(ctx, slices.Compact(ids), func(ev *investigations.Event) error {
		if !ev.Time.After(g.q.At) {
			kept := *ev
			kept.Involved = slices.Clone(ev.Involved)
			all = append(all, kept)
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	slices.SortFunc(all, func(a, b investigations.Event) int { return a.Position().Compare(b.Position()) })
	marks := make([]mark, len(all))
	outcome := map[int64]investigations.Outcome{}
	for i := range all {
		ev := &all[i]
		marks[i] = mark{id: ev.ID, uid: ev.UID, typ: ev.Type, at: ev.Time, pos: ev.Position()}
		outcome[ev.ID] = ev.Outcome
		s.names(ev)
	}
	states, err := g.statesAfter(ctx, marks)
	if err != nil {
		return s, err
	}
	for _, m := range marks {
		if states[m.id] == "PENDING" {
			s.voted = true
			continue
		}
		s.step(m, outcome[m.id])
	}
	return s, nil
}

// names takes whom an event of the request names: who asked, for what, and who
// decided.
func (s *requestState) names(ev *investigations.Event) {
	if ev.Type == "access_request.create" {
		s.roles = rolesIn(ev.Involved)
	}
	if by, ok := ev.First(investigations.KindUser, investigations.RoleReviewer, investigations.RoleUpdater); ok && ev.Outcome == investigations.OutcomeSuccess {
		s.approver = by.Entity
	}
	asker, ok := ev.First(investigations.KindUser, investigations.RoleRequester)
	if !ok && ev.Type == "access_request.create" {
		asker, ok = ev.First(investigations.KindUser, investigations.RoleActor)
	}
	if ok {
		s.asker = asker.Entity
	}
}

// statesAfter reads in which state reviews left their request: a vote alone
// decides nothing where more than one is needed.
func (g *gatherer) statesAfter(ctx context.Context, marks []mark) (map[int64]string, error) {
	var votes []mark
	for _, m := range marks {
		if m.typ == "access_request.review" {
			votes = append(votes, m)
		}
	}
	if len(votes) > maxLines {
		votes = votes[len(votes)-maxLines:]
	}
	out := make(map[int64]string, len(votes))
	err := g.ev.RawEach(ctx, idsOf(votes), func(id int64, raw []byte) error {
		out[id] = readLine(raw).state
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the state of an access request: %w", err)
	}
	return out, nil
}

// step takes one event about the request, in their order.
func (s *requestState) step(m mark, outcome investigations.Outcome) {
	switch m.typ {
	case "access_request.create":
		if s.latest.id == 0 {
			s.latest = m
		}
	case "access_request.review", "access_request.update":
		switch outcome {
		case investigations.OutcomeSuccess:
			s.approved, s.denied, s.latest = true, false, m
		case investigations.OutcomeFailure:
			s.denied = !s.approved
		case investigations.OutcomeUnsaid:
		}
	case "access_request.delete":
		s.deleted = true
	}
}

// words name the request: what was asked for, by whom, and who approved it.
func (s *requestState) words() string {
	var b strings.Builder
	if len(s.roles) > 0 {
		b.WriteString(" for " + strings.Join(s.roles, ", "))
	}
	if !s.asker.IsZero() {
		b.WriteString(" of " + s.asker.Name)
	}
	switch {
	case !s.approved && s.voted:
		b.WriteString(", not decided yet")
	case !s.approved:
		b.WriteString(", not answered")
	case s.approver == s.asker && !s.asker.IsZero():
		b.WriteString(", approved by the one who asked")
	case !s.approver.IsZero():
		b.WriteString(", approved by " + s.approver.Name)
	default:
		b.WriteString(", approved")
	}
	return b.String()
}

// describe says what the state means for who holds the request.
func (s *requestState) describe(f *find) {
	f.reach = []investigations.Entity{f.left.Entity}
	if !s.asker.IsZero() {
		f.reach = append(f.reach, s.asker)
	}
	switch {
	case !s.approved:
		f.key = "request_pending"
	case s.used:
		f.notes = append(f.notes, "It was assumed: certificates or sessions carry it.")
	default:
		f.notes = append(f.notes, "Nothing in this evidence shows that it was assumed.")
	}
	if s.deleted {
		f.notes = append(f.notes, "It was deleted, which does not end the roles of those who assumed it.")
	}
	f.words = s.words()
}
