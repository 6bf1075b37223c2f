package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
	"cordon/investigations/actors"
	"cordon/investigations/filter"
)

// eagerEvents is up to how many candidates a selection is worked out at once.
const eagerEvents = 20_000

// eagerTexts is up to how many candidates their lines are read one by one for a
// text; for more it is faster to look through all of the case.
const eagerTexts = 1000

// Selection is the events that a filter lets through, ready to be read in
// windows. Terms that the index answers give candidates; the filter itself is
// then asked about each event that is read, so the answer never depends on the
// index being cleverer than the filter.
type Selection struct {
	of    *Case
	expr  filter.Expr
	match *filter.Matcher

	machines *filter.Term // the term that asks for machines alone, or nil
	alone    actors.Set   // what they did

	eager     bool
	positions []investigations.Position // when eager: exactly the events, in order
	bits      []uint64                  // candidates by event id; nil: every event
	bound     int64                     // how many candidates there are
}

// Count is how many events are selected, and whether that is exact: when it is
// not, it is the most there can be.
func (s *Selection) Count() (n int64, exact bool) {
	if s.eager {
		return int64(len(s.positions)), true
	}
	return s.bound, s.expr.IsZero() || s.onlyCandidates()
}

// onlyCandidates reports whether every candidate is selected for certain.
func (s *Selection) onlyCandidates() bool {
	for i := range s.expr.Terms {
		t := &s.expr.Terms[i]
		named := t.Key == filter.KeyEvent || t.Key.Info().Class == filter.ClassEntity
		if t != s.machines && (t.Negate || !named) {
			return false
		}
	}
	return true
}

// Select prepares the reading of the events that expr lets through. Names that
// the filter finds by wildcards are looked up in the dictionary.
func (c *Case) Select(ctx context.Context, expr filter.Expr) (*Selection, error) {
	s := &Selection{of: c, expr: expr}
	if err := c.askWho(ctx, s); err != nil {
		return nil, fmt.Errorf("filter events: %w", err)
	}
	if err := c.prepare(ctx, s); err != nil {
		return nil, fmt.Errorf("filter events: %w", err)
	}
	return s, nil
}

// prepare finds the candidates of a selection, and settles it when they are
// few.
func (c *Case) prepare(ctx context.Context, s *Selection) error {
	var ids []int64
	var narrowed bool
	err := c.read(ctx, func(conn *sqlite.Conn) (err error) {
		if ids, narrowed, err = c.candidates(conn, s.expr); err == nil && !narrowed {
			if s.bound, err = selectInt(conn, `SELECT coalesce(sum(events), 0) FROM day`); err == nil {
				ids, narrowed, err = s.siftAll(conn, eagerEvents)
			}
		} else if err == nil {
			ids = s.sift(ids)
		}
		return err
	})
	if err != nil {
		return err
	}
	if i := textTerm(s.expr); i >= 0 && (!narrowed || len(ids) > eagerTexts) {
		found, err := c.eventsWith(ctx, &s.expr.Terms[i])
		if err != nil {
			return err
		}
		if narrowed {
			found = intersect(ids, found)
		}
		ids, narrowed = found, true
	}
	if !narrowed {
		return nil
	}
	s.bound = int64(len(ids))
	if len(ids) <= eagerEvents {
		return c.read(ctx, func(conn *sqlite.Conn) error { return s.settle(ctx, c, conn, ids) })
	}
	s.bits = make([]uint64, ids[len(ids)-1]/64+1)
	for _, id := range ids {
		s.bits[id/64] |= 1 << (id % 64)
	}
	return nil
}

// settledEvents is up to how many candidates are asked one by one what other
// indexes would say of them.
const settledEvents = 1000

// candidates are the ids of the events that may pass, ascending; narrowed is
// false when no term says anything that an index knows. The indexes that leave
// the fewest events are asked first, and no more once few are left.
func (c *Case) candidates(conn *sqlite.Conn, expr filter.Expr) (ids []int64, narrowed bool, err error) {
	for _, find := range []func(*sqlite.Conn, *filter.Term) ([]int64, bool, error){c.ofEntities, c.ofUIDs, c.ofCommands, c.ofTypes} {
		for i := range expr.Terms {
			if narrowed && len(ids) <= settledEvents {
				return ids, true, nil
			}
			if expr.Terms[i].Negate {
				continue
			}
			found, knows, err := find(conn, &expr.Terms[i])
			if err != nil {
				return nil, false, err
			}
			switch {
			case knows && narrowed:
				ids = intersect(ids, found)
			case knows:
				ids, narrowed = found, true
			}
		}
	}
	return ids, narrowed, nil
}

// ofEntities finds the events of a term that names entities, ascending; false
// for other terms.
func (c *Case) ofEntities(conn *sqlite.Conn, t *filter.Term) ([]int64, bool, error) {
	info := t.Key.Info()
	if info.Class != filter.ClassEntity {
		return nil, false, nil
	}
	entities, err := matchingEntities(conn, *t, info.Kinds)
	if err != nil {
		return nil, true, err
	}
	ids, err := union(conn, entities, nil)
	return ids, true, err
}

// ofUIDs is ofEntities for a term that names uids, each a UUID in full. There is
// no index of uids: looking through them all takes 40 ms of a million.
func (c *Case) ofUIDs(conn *sqlite.Conn, t *filter.Term) ([]int64, bool, error) {
	if t.Key != filter.KeyUID {
		return nil, false, nil
	}
	var args []any
	for _, v := range t.Values {
		u, ok := uuidBytes([]byte(strings.ToLower(v.Text)))
		if v.Glob || !ok {
			return nil, false, nil
		}
		args = append(args, u[:], strings.ToLower(v.Text))
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(args)), ",")
	var ids []int64
	err := sqlitex.ExecuteTransient(conn, `SELECT id FROM event WHERE uid IN (`+marks+`) OR typeof(uid) = 'text' AND lower(uid) IN (`+marks+`) ORDER BY id`, &sqlitex.ExecOptions{
		Args:       append(args, args...),
		ResultFunc: func(stmt *sqlite.Stmt) error { ids = append(ids, stmt.ColumnInt64(0)); return nil },
	})
	if err != nil {
		return nil, true, fmt.Errorf("look for uids: %w", err)
	}
	return ids, true, nil
}

// ofCommands is ofEntities for a term that looks into commands.
func (c *Case) ofCommands(conn *sqlite.Conn, t *filter.Term) ([]int64, bool, error) {
	if t.Key != filter.KeyCommand {
		return nil, false, nil
	}
	ids, err := c.eventsSaying(conn, t)
	return ids, true, err
}

// ofTypes is ofEntities for a term that names event types.
func (c *Case) ofTypes(conn *sqlite.Conn, t *filter.Term) ([]int64, bool, error) {
	if t.Key != filter.KeyEvent {
		return nil, false, nil
	}
	types := make(map[int64]bool)
	err := sqlitex.Execute(conn, `SELECT id, event FROM type`, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			types[stmt.ColumnInt64(0)] = t.MatchType(stmt.ColumnText(1))
			return nil
		},
	})
	if err != nil {
		return nil, true, err
	}
	ids, err := union(conn, []int64{everyEvent}, func(typ int64) bool { return types[typ] })
	return ids, true, err
}

// union is all events of the entities, those of some types only unless want is
// nil, ascending.
func union(conn *sqlite.Conn, entities []int64, want func(typ int64) bool) ([]int64, error) {
	var out []int64
	for _, e := range entities {
		if err := eachPosting(conn, e, want, func(l list) error { out = append(out, l.ids...); return nil }); err != nil {
			return nil, fmt.Errorf("read the postings of entity %d: %w", e, err)
		}
	}
	if !slices.IsSorted(out) {
		slices.Sort(out)
	}
	return slices.Compact(out), nil
}

func intersect(a, b []int64) []int64 {
	out := a[:0]
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			out = append(out, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return out
}

// matchingEntities finds the entities that a term names, by name or label.
func matchingEntities(conn *sqlite.Conn, t filter.Term, kinds []investigations.Kind) ([]int64, error) {
	var out []int64
	var r reader
	for _, k := range kinds {
		err := sqlitex.Execute(conn, `SELECT id, name, label FROM entity WHERE kind = ?`, &sqlitex.ExecOptions{
			Args: []any{int64(k)},
			ResultFunc: func(stmt *sqlite.Stmt) error {
				if t.MatchEntity(r.nameColumn(stmt, 1), stmt.ColumnText(2)) {
					out = append(out, stmt.ColumnInt64(0))
				}
				return nil
			},
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// settle asks the filter about each candidate and sorts what passes.
func (s *Selection) settle(ctx context.Context, c *Case, conn *sqlite.Conn, ids []int64) error {
	r, err := newReader(conn, c.names)
	if err != nil {
		return err
	}
	raws := newRawReader(conn)
	defer raws.close()
	s.eager = true
	var e investigations.Event
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.event(id, &e); err != nil {
			return err
		}
		ok, err := s.passes(&e, raws)
		if err != nil {
			return err
		}
		if ok {
			s.positions = append(s.positions, e.Position())
		}
	}
	slices.SortFunc(s.positions, investigations.Position.Compare)
	return nil
}

func (s *Selection) passes(e *investigations.Event, raws *rawReader) (bool, error) {
	var line []byte
	if s.expr.NeedsLine(e) {
		var err error
		if line, err = raws.event(e.ID); err != nil {
			return false, err
		}
	}
	return s.match.Match(e, line), nil
}

func (s *Selection) candidate(id int64) bool {
	return s.bits == nil || id/64 < int64(len(s.bits)) && s.bits[id/64]>>(id%64)&1 == 1
}
