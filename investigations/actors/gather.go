package actors

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// Case is what is read of a case.
type Case interface {
	pivot.Index
	pivot.Catalog
	// EachEntity calls yield with every entity of a kind, what people call it,
	// and its posting lists, which are the caller's to keep.
	EachEntity(ctx context.Context, kind investigations.Kind, yield func(e investigations.Entity, label string, groups []pivot.Group) error) error
	// RawEach calls yield with the line of each event, in the order of the ids.
	// The line is valid during the call.
	RawEach(ctx context.Context, ids []int64, yield func(id int64, line []byte) error) error
}

// samples is how many events of an identity are opened for what only their
// lines say.
const samples = 3

// member is an identity while its signs are gathered.
type member struct {
	Identity
	signs        shown
	wrote        []pivot.Group // what it changed
	changed      []int64       // the events in which it was made or changed
	edits        Edits
	onlyRequests bool
	host         string // of a name that Teleport reserves for a host
}

// gathering is the reading of one case.
type gathering struct {
	of       Case
	clusters []string
	users    map[string]*member
	others   []*member // bots and hosts
	refused  int
	updated  map[int64]string // changes of users that say who wrote them

	events map[int64][]func(*investigations.Event) // what to do with events
	lines  map[int64][]func(line)                  // and with lines
	unsaid Edits                                   // by nobody named
	synced Edits                                   // by a sync
}

// Of finds out who is who in a case.
func Of(ctx context.Context, c Case) (*Book, error) {
	g := &gathering{
		of: c, users: map[string]*member{}, updated: map[int64]string{},
		events: map[int64][]func(*investigations.Event){}, lines: map[int64][]func(line){},
		unsaid: Edits{Types: map[string]int{}}, synced: Edits{Class: investigations.ActorSync, Types: map[string]int{}},
	}
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return nil, fmt.Errorf("find out who is who: %w", err)
	}
	g.clusters = coverage.Clusters
	for _, step := range []func(context.Context) error{g.readUsers, g.readEdits, g.readHosts, g.readBots, g.readLines, g.readEvents} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("find out who is who: %w", err)
		}
	}
	return g.book(), nil
}

// readUsers takes what the posting lists of users show.
func (g *gathering) readUsers(ctx context.Context) error {
	return g.of.EachEntity(ctx, investigations.KindUser, func(e investigations.Entity, _ string, groups []pivot.Group) error {
		if !slices.ContainsFunc(groups, func(p pivot.Group) bool { return !claims(p) }) {
			g.refused++
			return ctx.Err()
		}
		m := &member{Identity: Identity{Entity: e}, signs: shown{}, edits: Edits{Types: map[string]int{}}, onlyRequests: true}
		g.users[e.Name] = m
		g.tally(m, groups)
		g.lookAt(m, groups)
		return ctx.Err()
	})
}

// claims reports whether the names of a group's events are only claimed, as
// far as its type and code say.
func claims(p pivot.Group) bool {
	refused := strings.HasSuffix(p.Code, "W") || strings.HasSuffix(p.Code, "E")
	return p.Type == "auth" || refused && (p.Type == "user.login" || p.Type == "bot.join")
}

// tally counts what an identity did.
func (g *gathering) tally(m *member, groups []pivot.Group) {
	var done []int64
	for _, p := range groups {
		if !doing(p.Role) || claims(p) {
			continue
		}
		if !p.First.IsZero() && (m.First.IsZero() || p.First.Before(m.First)) {
			m.First = p.First
		}
		if p.Last.After(m.Last) {
			m.Last = p.Last
		}
		done = append(done, p.IDs...)
		if !strings.HasPrefix(p.Type, "access_request.") && p.Type != "cert.create" {
			m.onlyRequests = false
		}
		if p.Role != investigations.RoleImpersonator && isEdit(p.Type) {
			m.wrote = append(m.wrote, p)
		}
	}
	slices.Sort(done)
	m.Events = len(slices.Compact(done))
	m.onlyRequests = m.onlyRequests && m.Events > 0
}

// lookAt notes which events of an identity are worth opening.
func (g *gathering) lookAt(m *member, groups []pivot.Group) {
	var acted []int64
	for _, p := range groups {
		if len(p.IDs) == 0 {
			continue
		}
		first, last := p.IDs[0], p.IDs[len(p.IDs)-1]
		switch {
		case claims(p):
			continue
		case p.Role == investigations.RoleActor && p.Type == "user.login":
			g.lookAtLogin(m, p)
		case p.Role == investigations.RoleSubject && userChange(p.Type):
			m.changed = append(m.changed, p.IDs...)
			g.onEvent(first, m.madeBy)
			g.onEvent(last, m.madeBy)
		case p.Role == investigations.RoleUpdater && userChange(p.Type):
			for _, id := range p.IDs {
				g.updated[id] = m.Name
			}
		}
		if doing(p.Role) && strings.HasPrefix(p.Type, "access_request.") {
			for _, id := range p.IDs[:min(samples, len(p.IDs))] {
				g.onEvent(id, m.delegated)
			}
		}
		if p.Role == investigations.RoleActor && !unkinded[p.Type] && len(acted) < samples {
			acted = append(acted, first)
		}
	}
	for _, id := range acted {
		g.onLine(id, func(l line) { m.kinds(l) })
	}
	g.lookAtName(m, groups)
}

// unkinded are the types whose `user_kind` and `user_origin`, where one stands
// there, are not those of the actor.
var unkinded = map[string]bool{"cert.create": true, "bot.join": true, "user.create": true, "user.update": true}

func userChange(eventType string) bool {
	return eventType == "user.create" || eventType == "user.update"
}

// loginSigns are what the code of a log-in shows.
var loginSigns = map[string]sign{"T1000I": signLocalLogin, "T1001I": signSSOLogin, "T1013I": signHeadless}

func (g *gathering) lookAtLogin(m *member, p pivot.Group) {
	if x, ok := loginSigns[p.Code]; ok {
		g.onEvent(p.IDs[0], func(ev *investigations.Event) { m.show(x, ev) })
		return
	}
	if p.Code != "" {
		return // A request for a headless log-in, a trial of a connector.
	}
	for _, id := range p.IDs[:min(samples, len(p.IDs))] {
		g.onLine(id, func(l line) {
			if x, ok := methodSigns[l.text("method")]; ok && l.text("success") == "true" {
				g.onEvent(id, func(ev *investigations.Event) { m.show(x, ev) })
			}
		})
	}
}

// methodSigns are what the method of a log-in shows that has no code.
var methodSigns = map[string]sign{
	"local": signLocalLogin, "saml": signSSOLogin, "oidc": signSSOLogin, "github": signSSOLogin, "headless": signHeadless,
}

// lookAtName takes note of a name that Teleport reserves, once its bearer did
// something.
func (g *gathering) lookAtName(m *member, groups []pivot.Group) {
	x := signSystemName
	if m.Name != "system" {
		id, cluster, ok := hostName(m.Name)
		if !ok || len(g.clusters) > 0 && !slices.Contains(g.clusters, cluster) {
			return
		}
		x, m.host = signHostName, id
	}
	for _, p := range groups {
		if doing(p.Role) && !claims(p) && len(p.IDs) > 0 {
			g.onEvent(p.IDs[0], func(ev *investigations.Event) { m.show(x, ev) })
			break
		}
	}
}

// hostName splits `<host id>.<cluster>`.
func hostName(name string) (id, cluster string, ok bool) {
	if len(name) < 38 || name[36] != '.' {
		return "", "", false
	}
	for i, c := range name[:36] {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdef", c) {
			return "", "", false
		}
	}
	return name[:36], name[37:], true
}

func (g *gathering) onEvent(id int64, do func(*investigations.Event)) {
	g.events[id] = append(g.events[id], do)
}

func (g *gathering) onLine(id int64, do func(line)) { g.lines[id] = append(g.lines[id], do) }
