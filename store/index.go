package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"zombiezen.com/go/sqlite"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

var _ pivot.Index = (*Case)(nil)

// Groups returns every posting list of an entity: its events by role and type.
// An entity that the case has never seen gives none.
func (c *Case) Groups(ctx context.Context, e investigations.Entity) ([]pivot.Group, error) {
	var out []pivot.Group
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		id, err := entityNumber(conn, e)
		if err != nil || id == 0 {
			return err
		}
		out, err = c.groups(conn, id)
		return err
	})
	return out, err
}

// TypeGroups returns one posting list for each (event, code, cluster) of the
// case: all events of it.
func (c *Case) TypeGroups(ctx context.Context) ([]pivot.Group, error) {
	var out []pivot.Group
	err := c.read(ctx, func(conn *sqlite.Conn) (err error) {
		out, err = c.groups(conn, everyEvent)
		return err
	})
	return out, err
}

// entityNumber finds an entity in the dictionary; 0 when it is not there.
func entityNumber(conn *sqlite.Conn, e investigations.Entity) (int64, error) {
	stmt, err := conn.Prepare(`SELECT id FROM entity WHERE kind = ? AND name = ?`)
	if err != nil {
		return 0, err
	}
	defer stmt.Reset()
	stmt.BindInt64(1, int64(e.Kind))
	u, isUUID := uuidBytes([]byte(e.Name))
	bindName(stmt, 2, []byte(e.Name), u, isUUID)
	row, err := stmt.Step()
	if err != nil || !row {
		return 0, err
	}
	return stmt.ColumnInt64(0), nil
}

func (c *Case) groups(conn *sqlite.Conn, entity int64) ([]pivot.Group, error) {
	r, err := newReader(conn, c.names)
	if err != nil {
		return nil, err
	}
	type key struct {
		role investigations.Role
		typ  int64
	}
	at := make(map[key]int)
	var out []pivot.Group
	var parts [][][]int64 // of each group's ids; joined once, as there can be millions
	err = eachPosting(conn, entity, nil, func(l list) error {
		k := key{l.role, l.typ}
		i, ok := at[k]
		if !ok {
			t, err := r.typeName(l.typ)
			if err != nil {
				return err
			}
			i, at[k] = len(out), len(out)
			out, parts = append(out, pivot.Group{Role: l.role, Type: t.event, Code: t.code}), append(parts, nil)
		}
		g := &out[i]
		if len(l.ids) == 1 {
			if l.tmin, err = r.time(l.ids[0]); err != nil {
				return err
			}
			l.tmax = l.tmin
		}
		g.N += len(l.ids)
		parts[i] = append(parts[i], l.ids)
		widen(g, l.tmin, l.tmax)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the postings of entity %d: %w", entity, err)
	}
	for i, p := range parts {
		if out[i].IDs = p[0]; len(p) > 1 {
			out[i].IDs = slices.Concat(p...)
		}
	}
	slices.SortFunc(out, func(a, b pivot.Group) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Code, b.Code))
	})
	return out, nil
}

// eachPosting decodes the posting rows of an entity, those of some types only
// unless want is nil; the ids of a role and type ascend.
func eachPosting(conn *sqlite.Conn, entity int64, want func(typ int64) bool, yield func(list) error) error {
	stmt, err := conn.Prepare(`SELECT segment, lists FROM posting WHERE entity = ? ORDER BY segment`)
	if err != nil {
		return err
	}
	defer stmt.Reset()
	stmt.BindInt64(1, entity)
	var lists []byte
	for {
		row, err := stmt.Step()
		if err != nil || !row {
			return err
		}
		lists = slices.Grow(lists[:0], stmt.ColumnLen(1))[:stmt.ColumnLen(1)]
		stmt.ColumnBytes(1, lists)
		if err := eachList(stmt.ColumnInt64(0), lists, want, yield); err != nil {
			return err
		}
	}
}

// widen stretches a group's range over a list; a time of 0 is none.
func widen(g *pivot.Group, from, to int64) {
	if first := fromMilliseconds(from); from != 0 && (g.First.IsZero() || first.Before(g.First)) {
		g.First = first
	}
	if last := fromMilliseconds(to); to != 0 && last.After(g.Last) {
		g.Last = last
	}
}
