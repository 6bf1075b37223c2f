package lineage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// Unknown is one thing that the log cannot show, said in a sentence. It is never
// an edge: who did it, or whether it happened, nobody can read there.
type Unknown struct {
	Text  string                `json:"text"`
	About investigations.Entity `json:"about,omitzero"`
	Event string                `json:"event,omitempty"` // uid, where an event leads to the question
	ID    int64                 `json:"-"`
	Time  time.Time             `json:"time,omitzero"`
}

// silence is a kind of act that leaves no event.
type silence struct {
	types []string // events that show that the server logs it after all; a prefix ends in *
	until int      // last major version known to be silent
	what  string
}

// silences were found by trying them on a real server of version 12. Nothing is
// said of versions that nobody tried.
var silences = []silence{
	{[]string{"join_token.create", "scoped_token.create"}, 12, "that a join token is made"},
	{[]string{"port", "port.*"}, 12, "that a port is forwarded"},
	{nil, 12, "that a lock was asked for and refused"},
	{nil, 12, "that a locked host was refused"},
}

// maxUnknown bounds the statements of one sort.
const maxUnknown = 20

// Unknowns says what the log cannot show about a lineage: acts that this
// server's version leaves out, and events that leave out who did it. catalog
// lists the events of the case by type.
func Unknowns(ctx context.Context, idx pivot.Index, catalog pivot.Catalog, l *Lineage) ([]Unknown, error) {
	coverage, err := idx.Coverage(ctx)
	if err != nil {
		return nil, fmt.Errorf("say what is not known of %s: %w", l.Question.Identity, err)
	}
	types, err := catalog.TypeGroups(ctx)
	if err != nil {
		return nil, fmt.Errorf("say what is not known of %s: %w", l.Question.Identity, err)
	}
	u := unknowns{idx: idx, types: types, since: l.Began()}
	u.silent(coverage.ServerMajor)
	for _, ask := range []func(context.Context) error{u.unsigned, u.joined, u.nameless} {
		if err := ask(ctx); err != nil {
			return nil, fmt.Errorf("say what is not known of %s: %w", l.Question.Identity, err)
		}
	}
	if err := u.edges(ctx, l); err != nil {
		return nil, fmt.Errorf("say what is not known of %s: %w", l.Question.Identity, err)
	}
	for _, note := range l.Notes {
		u.out = append(u.out, Unknown{Text: note})
	}
	return u.out, nil
}

// Began is when the incident began as far as the lineage shows: the moment that
// was asked from, else the first act of hostile hands, else unknown.
func (l *Lineage) Began() time.Time {
	began := l.Question.Since
	if !began.IsZero() || !l.ByHands {
		return began
	}
	for _, e := range l.Edges {
		if e.Tainted && !e.Time.IsZero() && (began.IsZero() || e.Time.Before(began)) {
			began = e.Time
		}
	}
	return began
}

type unknowns struct {
	idx   pivot.Index
	types []pivot.Group
	since time.Time
	out   []Unknown
}

// silent says what the server's version does not log.
func (u *unknowns) silent(major int) {
	for _, s := range silences {
		if slices.ContainsFunc(u.types, func(g pivot.Group) bool { return matches(s.types, g.Type) }) {
			continue
		}
		switch {
		case major > 0 && major <= s.until:
			u.out = append(u.out, Unknown{Text: fmt.Sprintf("this server (version %d) does not log %s", major, s.what)})
		case major == 0 && s.types != nil:
			u.out = append(u.out, Unknown{Text: fmt.Sprintf("versions up to %d do not log %s, and this evidence names no version", s.until, s.what)})
		}
	}
}

func matches(patterns []string, eventType string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		prefix, open := strings.CutSuffix(p, "*")
		return p == eventType || open && strings.HasPrefix(eventType, prefix)
	})
}

// each reads the events of some types since the incident began, the newest ones
// where there are very many.
func (u *unknowns) each(ctx context.Context, types []string, yield func(*investigations.Event)) error {
	var ids []int64
	for _, g := range u.types {
		if slices.Contains(types, g.Type) && !g.Last.Before(u.since) {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	ids = ids[max(0, len(ids)-tooCrowded):]
	return u.idx.Each(ctx, ids, func(ev *investigations.Event) error {
		if ev.Outcome != investigations.OutcomeFailure && !ev.Time.Before(u.since) {
			yield(ev)
		}
		return ctx.Err()
	})
}

// say adds statements of one sort, oldest first; of very many the first.
func (u *unknowns) say(all []Unknown, more string) {
	slices.SortFunc(all, func(a, b Unknown) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		return strings.Compare(a.Event, b.Event)
	})
	if n := len(all) - maxUnknown; n > 0 {
		all = append(all[:maxUnknown:maxUnknown], Unknown{Text: fmt.Sprintf("%d more: %s", n, more)})
	}
	u.out = append(u.out, all...)
}

// unsigned finds changes of users that are logged with the changed user as the
// one who made them, as old servers write every change. A login through a
// connector writes the user in the same way, and that is no change by anybody.
func (u *unknowns) unsigned(ctx context.Context) error {
	var found []Unknown
	err := u.each(ctx, []string{"user.create", "user.update"}, func(ev *investigations.Event) {
		changed, ok := ev.First(investigations.KindUser, investigations.RoleSubject)
		actor, acted := ev.First(investigations.KindUser, investigations.RoleActor)
		writer, wrote := ev.First(investigations.KindUser, investigations.RoleUpdater)
		_, sso := ev.First(investigations.KindConnector, investigations.RoleVia)
		if !ok || sso || acted && actor.Entity != changed.Entity || wrote && writer.Entity != changed.Entity {
			return
		}
		found = append(found, Unknown{
			Text:  fmt.Sprintf("the user %s was changed; the event does not record by whom", changed.Entity.Name),
			About: changed.Entity, Event: ev.UID, ID: ev.ID, Time: ev.Time,
		})
	})
	u.say(found, "users were changed by nobody knows whom")
	return err
}

// joined finds what joined with a token that nobody is seen to have made. A
// token that was used before the incident is none of the attacker's. Where
// nobody says when that began, only tokens whose name is secret are told: others
// are made once and stand for years.
func (u *unknowns) joined(ctx context.Context) error {
	var found []Unknown
	first := make(map[[2]investigations.Entity]bool)
	var tokens []investigations.Entity
	err := u.each(ctx, []string{"instance.join", "bot.join"}, func(ev *investigations.Event) {
		token, ok := ev.First(investigations.KindToken, investigations.RoleVia)
		who, host := ev.First(investigations.KindHost, investigations.RoleSubject)
		if !host {
			who, _ = ev.First(investigations.KindBot, investigations.RoleActor)
		}
		if !ok || who.Entity.IsZero() || first[[2]investigations.Entity{token.Entity, who.Entity}] {
			return
		}
		first[[2]investigations.Entity{token.Entity, who.Entity}] = true
		name := who.Entity.Name
		if who.Label != "" {
			name = who.Label
		}
		found = append(found, Unknown{
			Text:  fmt.Sprintf("the %s %s joined with the token %s; no event says who made it", who.Entity.Kind.Title(), name, token.Entity.Name),
			About: who.Entity, Event: ev.UID, ID: ev.ID, Time: ev.Time,
		})
		tokens = append(tokens, token.Entity)
	})
	if err != nil {
		return err
	}
	known := make(map[investigations.Entity]bool)
	for _, token := range tokens {
		if _, asked := known[token]; asked {
			continue
		}
		groups, err := u.idx.Groups(ctx, token)
		if err != nil {
			return err
		}
		known[token] = u.since.IsZero() && !masked(token.Name) || slices.ContainsFunc(groups, func(g pivot.Group) bool {
			return g.Role == investigations.RoleSubject || g.First.Before(u.since)
		})
	}
	var unmade []Unknown
	for i, f := range found {
		if !known[tokens[i]] {
			unmade = append(unmade, f)
		}
	}
	u.say(unmade, "joined with tokens that nobody is seen to have made")
	return nil
}

// nameless finds join tokens that were made and are not named.
func (u *unknowns) nameless(ctx context.Context) error {
	var found []Unknown
	err := u.each(ctx, []string{"join_token.create"}, func(ev *investigations.Event) {
		if _, named := ev.First(investigations.KindToken, investigations.RoleSubject); named {
			return
		}
		by := "somebody"
		actor, ok := ev.Actor()
		if ok {
			by = actor.Entity.Name
		}
		found = append(found, Unknown{
			Text:  by + " made a join token; the event does not name it, so what joined with it cannot be told",
			About: actor.Entity, Event: ev.UID, ID: ev.ID, Time: ev.Time,
		})
	})
	u.say(found, "join tokens were made and not named")
	return err
}

// edges says what stays open behind the edges themselves.
func (u *unknowns) edges(ctx context.Context, l *Lineage) error {
	lists := make(map[string]bool)
	for _, e := range l.Edges {
		switch {
		case e.Kind == investigations.KindMFADevice:
			groups, err := u.idx.Groups(ctx, e.Entity)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(groups, func(g pivot.Group) bool { return g.Role == investigations.RoleVia }) {
				u.out = append(u.out, Unknown{
					Text:  "no event names the MFA device " + e.Entity.Name + " after it was enrolled; this server may not log which device a login used",
					About: e.Entity, Event: e.Event, ID: e.ID, Time: e.Time,
				})
			}
		case strings.HasPrefix(e.Via, "access_list.member.") && !lists[e.Event]:
			lists[e.Event] = true
			u.out = append(u.out, Unknown{
				Text:  "which roles the access list grants to " + e.Entity.Name + " is not in the log: tctl acl get tells",
				About: e.Entity, Event: e.Event, ID: e.ID, Time: e.Time,
			})
		}
	}
	return nil
}
