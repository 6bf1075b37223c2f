package lineage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/hands"
	"cordon/investigations/judgement"
	"cordon/investigations/pivot"
)

// Bounds of a measurement. Beyond them the figures are "at least".
const (
	scopeActs     = 100_000 // newest acts of one identity that are read
	scopeSessions = 1000    // sessions that are looked up for their end
)

// Scope is how far an attack reaches: what hostile hands touched, what of it a
// lock in force contains, and what is still open. What may have been theirs is
// counted apart.
type Scope struct {
	Identities []Held `json:"identities"` // users, the identity first
	// Undecided are users that only ambiguous edges reach: they may be the
	// attacker's too, and nothing of theirs is counted.
	Undecided []investigations.Entity `json:"undecided"`
	Reached   []Reached               `json:"reached"` // hosts, databases, applications, clusters, desktops
	Sessions  []Session               `json:"sessions"`
	Files     Files                   `json:"files"`
	Acts      []Act                   `json:"acts"` // of the identity itself, by type of event
	Dwell     Dwell                   `json:"dwell"`
	// AtLeast says that there was more than could be read.
	AtLeast bool `json:"at_least,omitempty"`
}

// Held is an identity in the attacker's hands, and what is done about it.
type Held struct {
	investigations.Entity
	Since     time.Time `json:"since,omitzero"`
	Contained bool      `json:"contained"`         // a lock in force names it
	Unsure    bool      `json:"unsure,omitempty"`  // of which the log does not say until when
	Planned   bool      `json:"planned,omitempty"` // only a plan names it
	locked    time.Time // since when it is contained
}

// Reached is something that was worked on.
type Reached struct {
	investigations.Entity
	Label string     `json:"label,omitempty"`
	Hands hands.Side `json:"hands"` // hostile or ambiguous
	First time.Time  `json:"first,omitzero"`
	Event string     `json:"event"` // uid of the first event
}

// Session is a session that hostile hands had, or may have had.
type Session struct {
	ID    string     `json:"sid"`
	User  string     `json:"user"`
	Label string     `json:"label,omitempty"`
	Hands hands.Side `json:"hands"`
	Start time.Time  `json:"start,omitzero"`
	Event string     `json:"event"`
	// Open says that no end is in this evidence and no lock cut it; for an
	// application the end is never logged.
	Open bool `json:"open"`
	App  bool `json:"app,omitempty"`
}

// Files counts distinct paths that hostile hands moved.
type Files struct {
	Out    int `json:"out"`    // from a host to them
	In     int `json:"in"`     // onto a host
	Either int `json:"either"` // opened over sftp: the event alone does not say which way
	Maybe  int `json:"maybe"`  // by hands that are not known
}

// Act counts the events of one type by whose hands they were in.
type Act struct {
	Type      string `json:"type"`
	Hostile   int    `json:"hostile"`
	Owner     int    `json:"owner"`
	Ambiguous int    `json:"ambiguous"`
}

// Count is how many things of a kind hostile hands reached, and how many more
// they may have.
func (s *Scope) Count(kind investigations.Kind) (sure, maybe int) {
	for _, r := range s.Reached {
		switch {
		case r.Kind != kind:
		case r.Hands == hands.Hostile:
			sure++
		default:
			maybe++
		}
	}
	return sure, maybe
}

// OpenSessions counts the sessions of hostile hands that are still open, and of
// hands that are not known.
func (s *Scope) OpenSessions() (sure, maybe int) {
	for _, o := range s.Sessions {
		switch {
		case !o.Open || o.App:
		case o.Hands == hands.Hostile:
			sure++
		default:
			maybe++
		}
	}
	return sure, maybe
}

// Contained counts the identities that a lock in force names.
func (s *Scope) Contained() (n int) {
	for _, h := range s.Identities {
		if h.Contained {
			n++
		}
	}
	return n
}

// Measure works out the scope of a lineage at a moment. It reads what every
// tainted identity did.
func Measure(ctx context.Context, idx pivot.Index, l *Lineage, board contain.Board, now time.Time) (*Scope, error) {
	m := measure{
		idx: idx, l: l, scope: &Scope{}, reached: make(map[investigations.Entity]*Reached), sessions: make(map[string]*Session),
		files: make(map[string]int), acts: make(map[string]*Act),
	}
	for _, who := range m.identities(board, now) {
		if err := m.read(ctx, who.Entity); err != nil {
			return nil, fmt.Errorf("measure the scope of %s: %w", l.Question.Identity, err)
		}
	}
	if err := m.ends(ctx); err != nil {
		return nil, fmt.Errorf("measure the scope of %s: %w", l.Question.Identity, err)
	}
	m.finish(now)
	return m.scope, nil
}

type measure struct {
	idx      pivot.Index
	l        *Lineage
	scope    *Scope
	reached  map[investigations.Entity]*Reached
	sessions map[string]*Session
	files    map[string]int // by path, how it was moved as bits
	acts     map[string]*Act
	first    moment
	last     moment
}

// moment is an event that a time rests on.
type moment struct {
	at    time.Time
	event string
}

// identities lists the users in the attacker's hands with what the board says
// of them. A bot is its user.
func (m *measure) identities(board contain.Board, now time.Time) []Held {
	users := m.l.Taint.Entities(investigations.KindUser)
	for _, bot := range m.l.Taint.Entities(investigations.KindBot) {
		u := investigations.Entity{Kind: investigations.KindUser, Name: contain.BotUser(bot.Name)}
		if !slices.Contains(users, u) {
			users = append(users, u)
		}
	}
	m.undecided(users)
	for _, u := range users {
		h := Held{Entity: u, Since: m.l.Taint.Since(u)}
		for _, lock := range board.At(now, contain.StateInForce) {
			if !lock.Hits(u) {
				continue
			}
			if !h.Contained || lock.Created.Before(h.locked) {
				h.locked = lock.Created
			}
			h.Unsure = !lock.EndSaid && (h.Unsure || !h.Contained)
			h.Contained = true
		}
		h.Planned = !h.Contained && slices.ContainsFunc(board.At(now, contain.StatePlanned), func(lock contain.Lock) bool { return lock.Hits(u) })
		m.scope.Identities = append(m.scope.Identities, h)
	}
	root := m.l.Question.Identity
	slices.SortStableFunc(m.scope.Identities, func(a, b Held) int {
		switch {
		case a.Entity == root && b.Entity != root:
			return -1
		case b.Entity == root && a.Entity != root:
			return 1
		}
		return a.Since.Compare(b.Since)
	})
	return m.scope.Identities
}

// undecided lists the users that the lineage reaches and the taint does not.
func (m *measure) undecided(tainted []investigations.Entity) {
	m.scope.Undecided = []investigations.Entity{}
	for _, e := range m.l.Edges {
		if e.Kind == investigations.KindUser && e.Verdict != judgement.Refused && !slices.Contains(tainted, e.Entity) && !slices.Contains(m.scope.Undecided, e.Entity) {
			m.scope.Undecided = append(m.scope.Undecided, e.Entity)
		}
	}
	slices.SortFunc(m.scope.Undecided, compareEntities)
}

// read goes through what one identity did since it was in the attacker's hands.
func (m *measure) read(ctx context.Context, who investigations.Entity) error {
	groups, err := m.idx.Groups(ctx, who)
	if err != nil {
		return err
	}
	var ids []int64
	for _, g := range groups {
		switch g.Role {
		case investigations.RoleActor, investigations.RoleImpersonator, investigations.RoleUpdater, investigations.RoleReviewer:
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > scopeActs {
		ids, m.scope.AtLeast = ids[len(ids)-scopeActs:], true
	}
	judge, err := m.judge(ctx, who)
	if err != nil {
		return err
	}
	return m.idx.Each(ctx, ids, func(ev *investigations.Event) error {
		if side := m.l.side(who, judge, ev); side != "" {
			m.take(who, ev, side)
		}
		return ctx.Err()
	})
}

// judge is who says whose hands an identity's acts were in. What it reads first
// is read only where some mark can tell by it.
func (m *measure) judge(ctx context.Context, who investigations.Entity) (*hands.Judge, error) {
	marks := m.l.Question.Judgement
	switch {
	case len(marks.Marked()) == 0:
		return hands.NewJudge(who, marks), nil
	case needsLines(marks, who):
		return hands.ReadJudge(ctx, m.idx, m.l.Question.Lines, who, marks)
	default:
		return hands.ReadJudge(ctx, m.idx, nil, who, marks)
	}
}

// side is whose hands an act of somebody tainted was in; empty where it is no
// part of the question.
func (l *Lineage) side(who investigations.Entity, judge *hands.Judge, ev *investigations.Event) hands.Side {
	f := &tie{tieKey: tieKey{parent: who}}
	p := &proof{at: ev.Time}
	if !l.weigher.reaches(f, p) || who == l.Question.Identity && ev.Time.Before(l.Question.Since) {
		return ""
	}
	verdict := judge.Attribute(ev)
	if verdict.Side == hands.Owner {
		return hands.Owner
	}
	p.side, p.why = verdict.Side, verdict.Reason
	if used, ok := ev.First(investigations.KindMFADevice, investigations.RoleVia); ok {
		p.device = used.Entity
	}
	if behind, ok := ev.First(investigations.KindUser, investigations.RoleImpersonator); ok && behind.Entity != who && !l.Taint.Has(behind.Entity) {
		return hands.Ambiguous
	}
	if sure, _ := l.weigher.sureHands(f, p, judge); sure {
		return hands.Hostile
	}
	return hands.Ambiguous
}

// worked are the events in which somebody works on something, and targets what
// that can be.
var (
	worked  = append([]string{"exec", "scp", "sftp", "kube.request", "app.session.chunk"}, starts...)
	targets = []investigations.Kind{
		investigations.KindHost, investigations.KindDatabase, investigations.KindApp, investigations.KindKubeCluster, investigations.KindDesktop,
	}
)

// take counts one act.
func (m *measure) take(who investigations.Entity, ev *investigations.Event, side hands.Side) {
	if who == m.l.Question.Identity {
		a := m.acts[ev.Type]
		if a == nil {
			a = &Act{Type: ev.Type}
			m.acts[ev.Type] = a
		}
		switch side {
		case hands.Hostile:
			a.Hostile++
		case hands.Owner:
			a.Owner++
		default:
			a.Ambiguous++
		}
	}
	if side == hands.Owner || ev.Outcome == investigations.OutcomeFailure {
		return
	}
	if side == hands.Hostile && !ev.Time.IsZero() {
		m.first.sooner(ev)
		m.last.later(ev)
	}
	if !slices.Contains(worked, ev.Type) {
		return
	}
	for _, kind := range targets {
		if v, ok := ev.First(kind, investigations.RoleTarget); ok {
			m.reach(v, ev, side)
		}
	}
	if slices.Contains(starts, ev.Type) {
		m.session(ev, side)
	}
	m.file(ev, side)
}

func (t *moment) sooner(ev *investigations.Event) {
	if t.at.IsZero() || ev.Time.Before(t.at) || ev.Time.Equal(t.at) && ev.UID < t.event {
		t.at, t.event = ev.Time, ev.UID
	}
}

func (t *moment) later(ev *investigations.Event) {
	if ev.Time.After(t.at) || ev.Time.Equal(t.at) && ev.UID > t.event {
		t.at, t.event = ev.Time, ev.UID
	}
}

func (m *measure) reach(v investigations.Involvement, ev *investigations.Event, side hands.Side) {
	r := m.reached[v.Entity]
	switch {
	case r == nil:
		r = &Reached{Entity: v.Entity, Hands: side, First: ev.Time, Event: ev.UID}
		m.reached[v.Entity] = r
	case r.Hands == side && ev.Time.Before(r.First), r.Hands != side && side == hands.Hostile:
		r.Hands, r.First, r.Event = side, ev.Time, ev.UID
	}
	if r.Label == "" || v.Label > r.Label {
		r.Label = v.Label
	}
}

func (m *measure) session(ev *investigations.Event, side hands.Side) {
	sid, ok := ev.First(investigations.KindSession, investigations.RoleTarget)
	if !ok {
		return
	}
	user, _ := ev.First(investigations.KindUser, investigations.RoleActor)
	s := m.sessions[sid.Entity.Name]
	if s != nil && (s.Hands == hands.Hostile || side != hands.Hostile) {
		return
	}
	m.sessions[sid.Entity.Name] = &Session{
		ID: sid.Entity.Name, User: user.Entity.Name, Label: sessionLabel(ev), Hands: side, Start: ev.Time, Event: ev.UID,
		App: strings.HasPrefix(ev.Type, "app.") || strings.HasPrefix(ev.Type, "mcp."),
	}
}

// The ways in which a path was moved.
const (
	movedOut = 1 << iota
	movedIn
	movedEither
	movedMaybe
)

// file counts what moves files. The code of scp tells the way; sftp does not.
func (m *measure) file(ev *investigations.Event, side hands.Side) {
	way := 0
	switch {
	case ev.Type == "scp" && strings.HasPrefix(ev.Code, "T3004"):
		way = movedOut
	case ev.Type == "scp" && strings.HasPrefix(ev.Code, "T3005"):
		way = movedIn
	case ev.Type == "sftp" && strings.HasPrefix(ev.Code, "TS001"):
		way = movedEither
	default:
		return
	}
	if side != hands.Hostile {
		way = movedMaybe
	}
	m.files[ev.Text] |= way
}
