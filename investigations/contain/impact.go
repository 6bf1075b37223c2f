package contain

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// Facts is where the impact of a lock is read from: the part of a case's index
// that pivots use too.
type Facts interface {
	// Groups returns the posting lists of an entity, none when the case has
	// never seen it.
	Groups(ctx context.Context, e investigations.Entity) ([]pivot.Group, error)
	// Each yields the events with the given ids, which must ascend. The event
	// is reused between calls.
	Each(ctx context.Context, ids []int64, yield func(*investigations.Event) error) error
}

// Bounds of an assessment. Beyond them the figures are "at least".
const (
	maxEvents   = 20_000 // events read for one question
	maxUsers    = 500    // users of a role whose sessions are looked up
	maxSessions = 500    // sessions without an end that are looked up one by one
)

// OpenSession is a session that starts and does not end in the evidence.
type OpenSession struct {
	ID    string    `json:"sid"`
	User  string    `json:"user"`
	Login string    `json:"login,omitempty"`
	Where string    `json:"where,omitempty"` // host name, database, app, desktop or cluster
	Start time.Time `json:"start,omitzero"`
	App   bool      `json:"app,omitempty"` // a web session: its end is never logged
}

// UserHit is a user that the lock would cut off, wholly or where it matches.
type UserHit struct {
	Name string    `json:"name"`
	Bot  bool      `json:"bot,omitempty"`
	Last time.Time `json:"last,omitzero"` // last seen with what the lock names
}

// Beyond is something tied to the target that the lock does not reach.
type Beyond struct {
	Entity investigations.Entity `json:"entity"`
	Label  string                `json:"label,omitempty"`
	Why    string                `json:"why"`   // "made by it"
	Event  string                `json:"event"` // uid of the event that proves it
	Time   time.Time             `json:"time,omitzero"`
}

// Impact is what the evidence says a lock would do. It is not what the cluster
// knows: users and sessions that left no event are not in it.
type Impact struct {
	Sessions []OpenSession `json:"sessions"`
	// Apps are web sessions with applications. Their ends are not logged, so
	// nothing says whether they are still used: they are not among Sessions.
	Apps    []OpenSession `json:"apps"`
	Users   []UserHit     `json:"users"`
	Bots    []string      `json:"bots"`
	You     bool          `json:"you,omitempty"`     // the operator is among the users
	Control bool          `json:"control,omitempty"` // a server that runs Teleport itself
	Beyond  []Beyond      `json:"beyond"`
	Unseen  []Target      `json:"unseen,omitempty"` // targets in no event
	AtLeast bool          `json:"at_least,omitempty"`
}

// The events that begin and end what a lock cuts. A recording that was
// uploaded is a session that is over even where its end was never logged.
var (
	startTypes = []string{"session.start", "db.session.start", "app.session.start", "windows.desktop.session.start"}
	endTypes   = []string{"session.end", "db.session.end", "app.session.end", "windows.desktop.session.end"}
	// useTypes are events whose actor used or owns what the lock names.
	useTypes = append([]string{"user.login", "cert.create", "mfa.add", "access_request.create", "device.authenticate", "device.enroll"}, startTypes...)
)

// Assess computes the impact of a lock from the evidence.
func Assess(ctx context.Context, facts Facts, targets []Target, g Guard) (Impact, error) {
	a := assessor{
		facts: facts, groups: map[investigations.Entity][]pivot.Group{},
		users: map[string]*UserHit{}, open: map[string]OpenSession{}, beyond: map[investigations.Entity]Beyond{},
	}
	for _, t := range targets {
		if err := a.target(ctx, t, g); err != nil {
			return Impact{}, err
		}
	}
	return a.impact(g), nil
}

// assessor gathers the impact of the targets of one lock.
type assessor struct {
	facts   Facts
	groups  map[investigations.Entity][]pivot.Group // looked up once each
	users   map[string]*UserHit
	open    map[string]OpenSession
	beyond  map[investigations.Entity]Beyond
	unseen  []Target
	control bool
	atLeast bool
}

func (a *assessor) target(ctx context.Context, t Target, g Guard) error {
	e := t.Entity()
	if e.IsZero() {
		return nil // Bot instances are no entities: nothing is known of them.
	}
	groups, err := a.groupsOf(ctx, e)
	if err != nil {
		return err
	}
	if len(groups) == 0 {
		a.unseen = append(a.unseen, t)
	}
	switch t.Field {
	case FieldUser:
		a.hit(t.Value, time.Time{})
		for _, g := range groups {
			a.hit(t.Value, g.Last)
		}
		if err := a.sessions(ctx, e, []investigations.Role{investigations.RoleActor}); err != nil {
			return err
		}
		return a.unreached(ctx, t.Value)
	case FieldRole:
		return a.role(ctx, e)
	case FieldServerID, FieldNode:
		if err := a.controlHost(ctx, t.Value, g.Clusters); err != nil {
			return err
		}
	}
	if err := a.usersOf(ctx, e); err != nil {
		return err
	}
	return a.sessions(ctx, e, nil)
}

func (a *assessor) groupsOf(ctx context.Context, e investigations.Entity) ([]pivot.Group, error) {
	if groups, ok := a.groups[e]; ok {
		return groups, nil
	}
	groups, err := a.facts.Groups(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", e, err)
	}
	a.groups[e] = groups
	return groups, nil
}

// events yields the events of the given types in which the entity plays one of
// the roles. No roles means any role, no types any type. Of more events than
// it may read, the last ones in the case count.
func (a *assessor) events(ctx context.Context, e investigations.Entity, roles []investigations.Role, types []string, yield func(*investigations.Event)) error {
	groups, err := a.groupsOf(ctx, e)
	if err != nil {
		return err
	}
	var ids []int64
	for _, g := range groups {
		if (len(roles) == 0 || slices.Contains(roles, g.Role)) && (len(types) == 0 || slices.Contains(types, g.Type)) {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > maxEvents {
		ids, a.atLeast = ids[len(ids)-maxEvents:], true
	}
	if len(ids) == 0 {
		return nil
	}
	err = a.facts.Each(ctx, ids, func(ev *investigations.Event) error {
		yield(ev)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the events of %s: %w", e, err)
	}
	return nil
}

func (a *assessor) hit(user string, last time.Time) {
	if user == "" {
		return
	}
	u := a.users[user]
	if u == nil {
		u = &UserHit{Name: user, Bot: isBotUser(user)}
		a.users[user] = u
	}
	if last.After(u.Last) {
		u.Last = last
	}
}

func isBotUser(user string) bool { return strings.HasPrefix(user, BotUser("")) }

// usersOf hits everyone seen using the entity.
func (a *assessor) usersOf(ctx context.Context, e investigations.Entity) error {
	return a.events(ctx, e, nil, useTypes, func(ev *investigations.Event) {
		if u, ok := ev.First(investigations.KindUser, investigations.RoleActor); ok {
			a.hit(u.Entity.Name, ev.Time)
		}
	})
}

// role hits everyone seen holding a role: in a certificate, or as a user made
// or changed with it. Roles taken away later are still counted.
func (a *assessor) role(ctx context.Context, e investigations.Entity) error {
	mine := map[string]bool{}
	err := a.events(ctx, e, nil, []string{"cert.create", "user.create", "user.update"}, func(ev *investigations.Event) {
		role := investigations.RoleSubject
		if ev.Type == "cert.create" {
			role = investigations.RoleActor
		}
		if u, ok := ev.First(investigations.KindUser, role); ok {
			a.hit(u.Entity.Name, ev.Time)
			mine[u.Entity.Name] = true
		}
	})
	if err != nil {
		return err
	}
	names := sortedKeys(mine)
	if len(names) > maxUsers {
		names, a.atLeast = names[:maxUsers], true
	}
	for _, name := range names {
		user := investigations.Entity{Kind: investigations.KindUser, Name: name}
		if err := a.sessions(ctx, user, []investigations.Role{investigations.RoleActor}); err != nil {
			return err
		}
	}
	return nil
}

// sessions adds the entity's sessions that have no end: those whose end is not
// among the entity's own events are looked up one by one, the latest first,
// since an end or an upload may name the session alone.
func (a *assessor) sessions(ctx context.Context, e investigations.Entity, roles []investigations.Role) error {
	open := map[string]OpenSession{}
	err := a.events(ctx, e, roles, startTypes, func(ev *investigations.Event) {
		sid, ok := ev.First(investigations.KindSession, investigations.RoleTarget, investigations.RoleSubject)
		if ok && ev.Outcome != investigations.OutcomeFailure {
			open[sid.Entity.Name] = openSession(sid.Entity.Name, ev)
		}
	})
	if err != nil || len(open) == 0 {
		return err
	}
	end := func(ev *investigations.Event) {
		for _, v := range ev.Involved {
			if v.Entity.Kind == investigations.KindSession {
				delete(open, v.Entity.Name)
			}
		}
	}
	if err := a.events(ctx, e, nil, endTypes, end); err != nil {
		return err
	}
	left := slices.SortedFunc(maps.Values(open), func(x, y OpenSession) int { return byStart(y, x) })
	if len(left) > maxSessions {
		left, a.atLeast = left[:maxSessions], true
	}
	for _, s := range left {
		e := investigations.Entity{Kind: investigations.KindSession, Name: s.ID}
		if err := a.events(ctx, e, nil, append([]string{"session.upload"}, endTypes...), end); err != nil {
			return err
		}
		if _, still := open[s.ID]; still {
			a.open[s.ID] = s
		}
	}
	return nil
}

// split puts sessions whose kind has no end in the log apart.
func split(open map[string]OpenSession) (sessions, apps []OpenSession) {
	sessions, apps = []OpenSession{}, []OpenSession{}
	for _, s := range open {
		if s.App {
			apps = append(apps, s)
		} else {
			sessions = append(sessions, s)
		}
	}
	slices.SortFunc(sessions, byStart)
	slices.SortFunc(apps, byStart)
	return sessions, apps
}

func byStart(x, y OpenSession) int {
	if c := x.Start.Compare(y.Start); c != 0 {
		return c
	}
	return strings.Compare(x.ID, y.ID)
}

// openSession is what a start event tells of a session.
func openSession(sid string, ev *investigations.Event) OpenSession {
	s := OpenSession{ID: sid, Start: ev.Time, App: ev.Type == "app.session.start"}
	if v, ok := ev.First(investigations.KindUser, investigations.RoleActor); ok {
		s.User = v.Entity.Name
	}
	if v, ok := ev.First(investigations.KindOSLogin, investigations.RoleTarget); ok {
		s.Login = v.Entity.Name
	}
	for _, kind := range []investigations.Kind{
		investigations.KindDatabase, investigations.KindApp, investigations.KindDesktop,
		investigations.KindKubeCluster, investigations.KindHost,
	} {
		if v, ok := ev.First(kind, investigations.RoleTarget); ok {
			s.Where = v.Entity.Name
			if v.Label != "" {
				s.Where = v.Label
			}
			break
		}
	}
	return s
}

// controlHost reports servers that run Teleport itself. The auth server acts
// as `<host id>.<cluster>` where an administrator works on it.
func (a *assessor) controlHost(ctx context.Context, host string, clusters []string) error {
	for _, c := range clusters {
		self := investigations.Entity{Kind: investigations.KindUser, Name: host + "." + c}
		groups, err := a.groupsOf(ctx, self)
		if err != nil {
			return err
		}
		a.control = a.control || slices.ContainsFunc(groups, func(g pivot.Group) bool {
			return slices.Contains(authors, g.Role)
		})
	}
	return nil
}

func (a *assessor) impact(g Guard) Impact {
	im := Impact{
		Users: []UserHit{}, Bots: []string{}, Beyond: []Beyond{},
		Unseen: a.unseen, Control: a.control, AtLeast: a.atLeast,
	}
	im.Sessions, im.Apps = split(a.open)
	for _, name := range sortedKeys(a.users) {
		u := *a.users[name]
		im.Users = append(im.Users, u)
		if u.Bot {
			im.Bots = append(im.Bots, strings.TrimPrefix(name, BotUser("")))
		}
		im.You = im.You || g.Operator != "" && name == g.Operator
	}
	for e, b := range a.beyond {
		// What one field does not reach another field of the same lock may.
		if e.Kind != investigations.KindUser || a.users[e.Name] == nil {
			im.Beyond = append(im.Beyond, b)
		}
	}
	slices.SortFunc(im.Beyond, func(x, y Beyond) int {
		if c := x.Time.Compare(y.Time); c != 0 {
			return c
		}
		return strings.Compare(x.Entity.String(), y.Entity.String())
	})
	return im
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
