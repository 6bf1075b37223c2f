package actors

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// readHosts takes which hosts joined and which sync an identity provider.
func (g *gathering) readHosts(ctx context.Context) error {
	named := make(map[string][]*member)
	for _, m := range g.users {
		if m.host != "" {
			named[m.host] = append(named[m.host], m)
		}
	}
	return g.of.EachEntity(ctx, investigations.KindHost, func(e investigations.Entity, label string, groups []pivot.Group) error {
		users := named[e.Name]
		for _, p := range groups {
			if len(p.IDs) == 0 || strings.HasSuffix(p.Code, "E") {
				continue
			}
			switch {
			case p.Type == "instance.join":
				host := &member{Identity: Identity{Entity: e, Label: label}, signs: shown{}}
				g.others = append(g.others, host)
				g.onEvent(p.IDs[0], func(ev *investigations.Event) { host.show(signHostJoined, ev) })
				for _, m := range users {
					g.onEvent(p.IDs[0], func(ev *investigations.Event) { m.show(signHostJoined, ev) })
				}
				for _, id := range p.IDs[:min(samples, len(p.IDs))] {
					g.lookAtJoin(id, append(users, host))
				}
			case bySync(p.Type):
				for _, m := range users {
					g.onEvent(p.IDs[0], func(ev *investigations.Event) { m.show(signSyncHost, ev) })
				}
			}
		}
		return ctx.Err()
	})
}

// lookAtJoin takes what a host joined as.
func (g *gathering) lookAtJoin(id int64, members []*member) {
	g.onLine(id, func(l line) {
		if l.text("role") != "Okta" {
			return
		}
		for _, m := range members {
			g.onEvent(id, func(ev *investigations.Event) { m.show(signSyncHost, ev) })
		}
	})
}

// readBots takes what the posting lists of bots show about their users.
func (g *gathering) readBots(ctx context.Context) error {
	return g.of.EachEntity(ctx, investigations.KindBot, func(e investigations.Entity, label string, groups []pivot.Group) error {
		bot := &member{Identity: Identity{Entity: e, Label: label}, signs: shown{}}
		g.others = append(g.others, bot)
		user := g.users["bot-"+e.Name]
		for _, p := range groups {
			if len(p.IDs) == 0 || claims(p) {
				continue
			}
			switch {
			case p.Type == "bot.join":
				g.onEvent(p.IDs[0], func(ev *investigations.Event) { g.joined(ev, bot, user) })
			case p.Type == "bot.create":
				g.onEvent(p.IDs[0], func(ev *investigations.Event) { bot.show(signBotCreated, ev); user.show(signBotCreated, ev) })
			case p.Role == investigations.RoleActor:
				g.onEvent(p.IDs[0], func(ev *investigations.Event) { g.joined(ev, bot, nil) })
			}
		}
		return ctx.Err()
	})
}

// joined takes an event that a bot did: of the user that it names, else of the
// one that belongs to the bot.
func (g *gathering) joined(ev *investigations.Event, bot, user *member) {
	x := signBotActs
	if ev.Type == "bot.join" {
		x = signBotJoined
	}
	if ev.Outcome == investigations.OutcomeFailure && x == signBotJoined {
		return
	}
	bot.show(x, ev)
	if named, ok := ev.First(investigations.KindUser, investigations.RoleActor); ok {
		user = g.users[named.Entity.Name]
	}
	user.show(x, ev)
}

// readLines opens the lines that are wanted.
func (g *gathering) readLines(ctx context.Context) error {
	ids := slices.Sorted(maps.Keys(g.lines))
	var parser fastjson.Parser
	return g.of.RawEach(ctx, ids, func(id int64, raw []byte) error {
		v, err := parser.ParseBytes(raw)
		if err != nil {
			return nil // What cannot be read shows nothing.
		}
		for _, do := range g.lines[id] {
			do(line{id: id, json: v, g: g})
		}
		return ctx.Err()
	})
}

// readEvents opens the events that are wanted.
func (g *gathering) readEvents(ctx context.Context) error {
	ids := slices.Sorted(maps.Keys(g.events))
	return g.of.Each(ctx, ids, func(ev *investigations.Event) error {
		for _, do := range g.events[ev.ID] {
			do(ev)
		}
		return ctx.Err()
	})
}

// line is the logged line of an event.
type line struct {
	id   int64
	json *fastjson.Value
	g    *gathering
}

// text is a field as it is written, quotes aside.
func (l line) text(field string) string {
	v := l.json.Get(field)
	if v == nil || v.Type() == fastjson.TypeNull {
		return ""
	}
	if v.Type() == fastjson.TypeString {
		return string(v.GetStringBytes())
	}
	return v.String()
}

// kindSigns and originSigns are what `user_kind` and `user_origin` show.
var (
	kindSigns   = map[string]sign{"1": signHuman, "2": signBotKind, "3": signSystemKind}
	originSigns = map[string]sign{"1": signOfCluster, "2": signFromProvider, "3": signFromProvider, "4": signFromProvider, "5": signFromProvider}
)

// kinds takes what a line of the identity's says of it.
func (m *member) kinds(l line) {
	for field, table := range map[string]map[string]sign{"user_kind": kindSigns, "user_origin": originSigns} {
		if x, ok := table[l.text(field)]; ok {
			l.g.onEvent(l.id, func(ev *investigations.Event) { m.show(x, ev) })
		}
	}
}

// madeBy takes an event that made or changed the identity's user.
func (m *member) madeBy(ev *investigations.Event) {
	x := signCreatedLocal
	if _, ok := ev.First(investigations.KindConnector, investigations.RoleVia); ok {
		x = signCreatedSSO
	}
	m.show(x, ev)
}

// delegated takes a decision on an access request.
func (m *member) delegated(ev *investigations.Event) {
	if who, ok := ev.First(investigations.KindUser, investigations.RoleVia); ok && who.Entity != m.Entity {
		m.show(signDelegated, ev)
	}
}

// show keeps the first event that shows a sign. There may be no such identity.
func (m *member) show(x sign, ev *investigations.Event) {
	if m == nil {
		return
	}
	if have, ok := m.signs[x]; ok && have.ID <= ev.ID {
		return
	}
	m.signs[x] = proofOf(signs[x].says, ev)
}

func proofOf(says string, ev *investigations.Event) Proof {
	return Proof{Says: says, Type: ev.Type, Event: ev.UID, ID: ev.ID, Time: ev.Time}
}
