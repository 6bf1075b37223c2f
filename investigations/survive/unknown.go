package survive

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/pivot"
)

// unknowns lists what the log cannot tell, as far as it bears on what survives.
func (g *gatherer) unknowns(ctx context.Context, coverage investigations.Coverage, r *Report) ([]Unknown, error) {
	var out []Unknown
	for _, note := range g.q.Short {
		out = append(out, Unknown{"lineage", "The lineage stops short: " + note + ".", "cordon lineage --depth=12 -- " + contain.Quote(g.q.Root.String())})
	}
	major := cmp.Or(coverage.ServerMajor, g.q.Server.Major)
	u, err := g.tokensUnlogged(ctx, major)
	if err != nil {
		return nil, err
	}
	out = append(out, u...)
	if slices.ContainsFunc(r.Items, func(i Item) bool { return i.Kind == "token" }) {
		out = append(out, Unknown{"token", "The log does not say when a join token is removed: those listed may be gone.", tctl("tokens ls")})
	}
	u, err = g.changedByNobody(ctx, major)
	if err != nil {
		return nil, err
	}
	out = append(out, u...)
	if i := slices.IndexFunc(r.Items, func(i Item) bool { return i.Kind == "identity" }); i >= 0 && (g.q.Since.IsZero() || g.q.Since.Before(coverage.From)) {
		out = append(out, Unknown{
			"certificate", fmt.Sprintf("Certificates signed before this evidence begins are not in it. A lock of the user %s stops them too.", r.Items[i].Entity.Name), r.Items[i].Command(),
		})
	}
	for _, i := range slices.Concat(r.Items, r.Held) {
		if i.Held != nil && !i.Held.EndSaid {
			out = append(out, Unknown{"lock", "The log does not say until when the locks in force hold: they may be over.", tctl("get locks")})
			break
		}
	}
	return out, nil
}

// tokensUnlogged says where this server logs no join tokens. An event of the
// kind, whoever's, shows that it does.
func (g *gatherer) tokensUnlogged(ctx context.Context, major int) ([]Unknown, error) {
	from, limited := pivot.Since("join_tokens")
	if !limited || major >= from {
		return nil, nil
	}
	if catalog, ok := g.ev.(pivot.Catalog); ok {
		groups, err := catalog.TypeGroups(ctx)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(groups, func(p pivot.Group) bool { return p.Type == "join_token.create" }) {
			return nil, nil
		}
	}
	note := fmt.Sprintf("Join tokens made are not logged by this server (version %d): look for those that nobody knows.", major)
	if major == 0 {
		note = fmt.Sprintf("Versions before %d do not log join tokens made, and this evidence names no version: look for those that nobody knows.", from)
	}
	return []Unknown{{"token", note, tctl("tokens ls")}}, nil
}

// Versions up to this one log a change of a user with the changed user as the
// one who made it.
const namelessUpTo = 12

// changedByNobody names the users that were changed since the taint by a hand
// that the log does not record.
func (g *gatherer) changedByNobody(ctx context.Context, major int) ([]Unknown, error) {
	catalog, ok := g.ev.(pivot.Catalog)
	if !ok || major > namelessUpTo {
		return nil, nil
	}
	groups, err := catalog.TypeGroups(ctx)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, p := range groups {
		if p.Type == "user.create" || p.Type == "user.update" {
			ids = append(ids, p.IDs...)
		}
	}
	slices.Sort(ids)
	if len(ids) > maxActs {
		ids = ids[len(ids)-maxActs:]
	}
	since := g.taint.users[g.q.Root]
	var names []string
	err = g.ev.Each(ctx, ids, func(ev *investigations.Event) error {
		if ev.Time.After(g.q.At) || since != nil && ev.Time.Before(since.since) {
			return nil
		}
		changed, ok := ev.First(investigations.KindUser, investigations.RoleSubject)
		actor, acted := ev.First(investigations.KindUser, investigations.RoleActor)
		writer, wrote := ev.First(investigations.KindUser, investigations.RoleUpdater)
		_, sso := ev.First(investigations.KindConnector, investigations.RoleVia)
		if ok && acted && !sso && actor.Entity == changed.Entity && (!wrote || writer.Entity == changed.Entity) && !slices.Contains(names, changed.Entity.Name) {
			names = append(names, changed.Entity.Name)
		}
		return ctx.Err()
	})
	if err != nil || len(names) == 0 {
		return nil, err
	}
	const shown = 5
	more := ""
	if len(names) > shown {
		more = fmt.Sprintf(" and %d more", len(names)-shown)
		names = names[:shown]
	}
	return []Unknown{{
		"user_change", fmt.Sprintf("Users changed by a hand that the log does not record: %s%s. See which roles they should have.", strings.Join(names, ", "), more), tctl("get users"),
	}}, nil
}
