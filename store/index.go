package store

import (
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
	stmt, err := conn.Prepare(`SELECT role, type, first, n, coalesce(tmin, (SELECT time FROM event WHERE id = first)), coalesce(tmax, (SELECT time FROM event WHERE id = first)), ids
		FROM posting WHERE entity = ? ORDER BY role, type, first`)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	stmt.BindInt64(1, entity)
	var out []pivot.Group
	lastType := int64(-1)
	var ids []byte
	for {
		row, err := stmt.Step()
		if err != nil || !row {
			return out, err
		}
		role, typ := investigations.Role(stmt.ColumnInt64(0)), stmt.ColumnInt64(1)
		if len(out) == 0 || typ != lastType || out[len(out)-1].Role != role {
			t, err := r.typeName(typ)
			if err != nil {
				return nil, err
			}
			out, lastType = append(out, pivot.Group{Role: role, Type: t.event, Code: t.code}), typ
		}
		g := &out[len(out)-1]
		ids = slices.Grow(ids[:0], stmt.ColumnLen(6))[:stmt.ColumnLen(6)]
		stmt.ColumnBytes(6, ids)
		n := stmt.ColumnInt(3)
		if g.IDs, err = decodeIDs(g.IDs, stmt.ColumnInt64(2), n, ids); err != nil {
			return nil, fmt.Errorf("read the postings of entity %d: %w", entity, err)
		}
		g.N += n
		widen(g, stmt.ColumnInt64(4), stmt.ColumnInt64(5))
	}
}

// widen stretches a group's range over a run; a time of 0 is none.
func widen(g *pivot.Group, from, to int64) {
	if first := fromMilliseconds(from); from != 0 && (g.First.IsZero() || first.Before(g.First)) {
		g.First = first
	}
	if last := fromMilliseconds(to); to != 0 && last.After(g.Last) {
		g.Last = last
	}
}
