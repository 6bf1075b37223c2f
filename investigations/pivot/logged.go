package pivot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cordon/investigations"
)

// since says from which major version of Teleport a category's events are
// logged. Only versions that were checked are here: a guess would turn "not
// logged" into a false excuse.
var since = map[string]int{
	"join_tokens": 13,
}

// qualify says what a category's count cannot. An event of the category in the
// case is proof enough that they are logged, whatever the version.
func qualify(ctx context.Context, idx Index, e investigations.Entity, of *category, c *Category, coverage *investigations.Coverage) error {
	if e.Kind == investigations.KindCluster && c.Key == "clusters" && slices.Contains(coverage.Clusters, e.Name) {
		c.Note = "what happened inside this cluster is not listed under its name: the filter text:" + e.Name + " shows it"
		return nil
	}
	from, limited := since[c.Key]
	if !limited || e.Kind != investigations.KindUser {
		return qualifyToken(ctx, idx, e, c)
	}
	serverMajor := coverage.ServerMajor
	if c.Events > 0 {
		if !leadsTo(c.Entities, investigations.KindToken) {
			c.Note = "this server's version logs that a token was made, not which"
		}
		return nil
	}
	if serverMajor >= from {
		return nil
	}
	if seen, err := seenByAnyone(ctx, idx, of); err != nil || seen {
		return err
	}
	if serverMajor == 0 {
		c.Note = fmt.Sprintf("versions before %d do not log them, and this evidence names no version", from)
		return nil
	}
	no := false
	c.Logged = &no
	c.Note = fmt.Sprintf("this server (version %d) does not log them; versions from %d on do", serverMajor, from)
	return nil
}

// qualifyToken says when several secret tokens look like the one asked about.
func qualifyToken(ctx context.Context, idx Index, e investigations.Entity, c *Category) error {
	if e.Kind != investigations.KindToken || c.Key != "join_tokens" || !strings.HasPrefix(e.Name, "*") {
		return ctx.Err()
	}
	made := 0
	groups, err := idx.Groups(ctx, e)
	for _, g := range groups {
		if g.Type == "join_token.create" && g.Role == investigations.RoleSubject {
			made += len(g.IDs)
		}
	}
	if made > 1 {
		c.Note = fmt.Sprintf("%d tokens look like this one, because the server hides most of their names", made)
	}
	return err
}

// seenByAnyone reports whether the case holds an event of a category, whoever
// did it, as far as the index can tell.
func seenByAnyone(ctx context.Context, idx Index, of *category) (bool, error) {
	catalog, ok := idx.(Catalog)
	if !ok {
		return false, nil
	}
	groups, err := catalog.TypeGroups(ctx)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(groups, func(g Group) bool {
		return slices.ContainsFunc(of.counts, func(m match) bool { return speaks(m.types, g.Type) })
	}), nil
}

func leadsTo(leads []Lead, kind investigations.Kind) bool {
	for _, l := range leads {
		if l.Kind == kind {
			return true
		}
	}
	return false
}
