package store

import (
	"context"
	"slices"
	"sync"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
	"cordon/investigations/actors"
	"cordon/investigations/filter"
	"cordon/investigations/pivot"
)

var _ actors.Case = (*Case)(nil)

// whoIsWho is what is known of the actors of a case, up to one of its events.
// It is found out when somebody first asks, and again once the case has grown.
type whoIsWho struct {
	mu    sync.Mutex
	known bool
	last  int64 // id of the newest event it knows
	book  *actors.Book
	alone actors.Set // what machines did and nobody else
}

// EachEntity calls yield with every entity of a kind, what people call it, and
// its posting lists, which are the caller's to keep.
func (c *Case) EachEntity(ctx context.Context, kind investigations.Kind, yield func(e investigations.Entity, label string, groups []pivot.Group) error) error {
	type named struct {
		id int64
		entityName
	}
	return c.read(ctx, func(conn *sqlite.Conn) error {
		var all []named
		var r reader
		err := sqlitex.Execute(conn, `SELECT id, name, label FROM entity WHERE kind = ? ORDER BY id`, &sqlitex.ExecOptions{
			Args: []any{int64(kind)},
			ResultFunc: func(stmt *sqlite.Stmt) error {
				name := entityName{investigations.Entity{Kind: kind, Name: r.nameColumn(stmt, 1)}, stmt.ColumnText(2)}
				all = append(all, named{stmt.ColumnInt64(0), name})
				return nil
			},
		})
		if err != nil {
			return err
		}
		for _, n := range all {
			if err := ctx.Err(); err != nil {
				return err
			}
			groups, err := c.groups(conn, n.id)
			if err != nil {
				return err
			}
			if err := yield(n.Entity, n.label, groups); err != nil {
				return err
			}
		}
		return nil
	})
}

// Actors says who is who in the case.
func (c *Case) Actors(ctx context.Context) (*actors.Book, error) {
	book, _, err := c.whoDid(ctx)
	return book, err
}

// whoDid is Actors, and what machines did and nobody else.
func (c *Case) whoDid(ctx context.Context) (*actors.Book, actors.Set, error) {
	w := &c.who
	w.mu.Lock()
	defer w.mu.Unlock()
	var last int64
	err := c.read(ctx, func(conn *sqlite.Conn) (err error) {
		last, err = selectInt(conn, `SELECT coalesce(max(id), 0) FROM event`)
		return err
	})
	if err != nil || w.known && w.last == last {
		return w.book, w.alone, err
	}
	book, err := actors.Of(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	alone, err := book.MachinesAlone(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	w.known, w.last, w.book, w.alone = true, last, book, alone
	return book, alone, nil
}

// askWho makes a selection ready to answer terms of actor:. Of those that ask
// for machines alone the index knows the answer.
func (c *Case) askWho(ctx context.Context, s *Selection) error {
	if !s.expr.Asks(filter.KeyActor) {
		s.match = s.expr.Compile()
		return nil
	}
	book, alone, err := c.whoDid(ctx)
	if err != nil {
		return err
	}
	s.match = s.expr.CompileWith(book)
	for i := range s.expr.Terms {
		if t := &s.expr.Terms[i]; ofMachines(t) {
			s.machines, s.alone = t, alone
		}
	}
	return nil
}

// ofMachines reports whether a term asks for machines and for nobody else.
func ofMachines(t *filter.Term) bool {
	return t.Key == filter.KeyActor && len(t.Values) == 1 && t.Values[0].Text == investigations.ActorMachine
}

// sift leaves of candidates those that the term about machines lets through.
func (s *Selection) sift(ids []int64) []int64 {
	if s.machines == nil {
		return ids
	}
	return slices.DeleteFunc(ids, func(id int64) bool { return s.alone.Has(id) == s.machines.Negate })
}

// siftAll is sift where every event is a candidate. Up to few that are left are
// listed; of more, it is noted which they are.
func (s *Selection) siftAll(conn *sqlite.Conn, few int64) (ids []int64, narrowed bool, err error) {
	if s.machines == nil {
		return nil, false, nil
	}
	n := s.alone.Len()
	if s.machines.Negate {
		n = s.bound - n
	}
	if n <= few {
		all, err := union(conn, []int64{everyEvent}, nil)
		return s.sift(all), true, err
	}
	last, err := selectInt(conn, `SELECT coalesce(max(id), 0) FROM event`)
	if err != nil {
		return nil, false, err
	}
	s.bound, s.bits = n, make([]uint64, last/64+1)
	copy(s.bits, s.alone)
	if s.machines.Negate {
		for i := range s.bits {
			s.bits[i] = ^s.bits[i]
		}
	}
	return nil, false, nil
}
