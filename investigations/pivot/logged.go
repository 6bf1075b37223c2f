package pivot

import (
	"context"
	"fmt"
	"slices"

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
func qualify(ctx context.Context, idx Index, c *Category, serverMajor int) error {
	from, limited := since[c.Key]
	if !limited {
		return nil
	}
	if c.Events > 0 {
		if !leadsTo(c.Entities, investigations.KindToken) {
			c.Note = "this server's version logs that a token was made, not which"
		}
		return nil
	}
	if serverMajor >= from {
		return nil
	}
	if seen, err := seenByAnyone(ctx, idx, c.Key); err != nil || seen {
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

// seenByAnyone reports whether the case holds an event of a category, whoever
// did it, as far as the index can tell.
func seenByAnyone(ctx context.Context, idx Index, key string) (bool, error) {
	catalog, ok := idx.(Catalog)
	if !ok {
		return false, nil
	}
	groups, err := catalog.TypeGroups(ctx)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(categories, func(c category) bool { return c.key == key })
	return slices.ContainsFunc(groups, func(g Group) bool {
		return slices.ContainsFunc(categories[i].counts, func(m match) bool { return speaks(m.types, g.Type) })
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
