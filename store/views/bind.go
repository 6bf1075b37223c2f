package views

import (
	"fmt"
	"strings"
	"time"

	"cordon/investigations/queries"
	"cordon/store/views/syntax"
)

const (
	maxSources = 300 // views, queries and arrays that a statement reads, WITH written out
	maxScans   = 60  // of these the views: SQLite joins 64 tables
	maxColumns = 2000
)

// bind settles the names and types of a statement. Its error is *queries.Error.
func bind(text string, tree *syntax.Query, now time.Time) (q *boundQuery, err error) {
	defineAll()
	b := &binder{text: text, now: now.UTC()}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*queries.Error)
			if !ok {
				panic(r)
			}
			q, err = nil, e
		}
	}()
	return b.query(tree, nil, nil, true), nil
}

// binder walks over a statement. Like the parser it leaves by a panic with a
// *queries.Error.
type binder struct {
	text    string
	now     time.Time
	ids     int // of sources and queries
	sources int
	scans   int
	trying  int // how many TRY are around, whose constants may have no value
}

func (b *binder) fail(pos syntax.Pos, hint, format string, args ...any) {
	panic(syntax.ErrorAt(b.text, pos, hint, format, args...))
}

// boundQuery is a query whose names and types are settled.
type boundQuery struct {
	id            int
	body          boundBody
	columns       []sourceColumn
	order         []orderKey
	limit, offset int64
	// outer are the columns of queries around this one that it uses.
	outer []*node
}

// boundBody is *boundSelect, *boundSetOp or a *boundQuery in parentheses.
type boundBody interface{ boundBody() }

func (*boundQuery) boundBody()  {}
func (*boundSelect) boundBody() {}
func (*boundSetOp) boundBody()  {}

type boundSetOp struct {
	op          string
	left, right boundBody
}

type boundSelect struct {
	distinct   bool
	items      []boundItem
	from       []fromItem // divided by commas
	sources    []*source
	where      []*node // all of them must hold
	group      []*node
	having     *node
	aggregated bool
	windowed   bool
	// counted is the only view of the block where its rows may stand for many
	// equal events; nil otherwise.
	counted *source
}

type boundItem struct {
	name string
	expr *node
}

// source is one table of a FROM.
type source struct {
	id       int
	alias    string
	columns  []sourceColumn
	scan     *scanUse    // a view
	query    *boundQuery // or a query
	unnest   *unnestUse  // or the elements of arrays
	nullable bool        // an outer join may put NULLs in place of its rows
}

type sourceColumn struct {
	name   string
	typ    *Type
	hidden bool
}

// scanUse is a view that the statement reads.
type scanUse struct {
	view *View
	// stream says that its rows are read once, as they come. Elsewhere they are
	// kept aside first, for a join may ask for them again and again.
	stream bool
	where  []*node // the conditions that are decided while scanning
	shown  map[int]bool
}

// unnestUse is an UNNEST.
type unnestUse struct {
	args       []*node
	ordinality bool
}

// fromItem is a source or a join.
type fromItem interface{ sources() []*source }

func (s *source) sources() []*source { return []*source{s} }

type boundJoin struct {
	kind        string
	left, right fromItem
	on          []*node
}

func (j *boundJoin) sources() []*source { return append(j.left.sources(), j.right.sources()...) }

// ctes are the queries of WITH that can be seen, the innermost first.
type ctes struct {
	cte    syntax.CTE
	parent *ctes
}

func (c *ctes) named(name string) *ctes {
	for ; c != nil; c = c.parent {
		if c.cte.Name.Name == name {
			return c
		}
	}
	return nil
}

// query binds a query. outside is the scope of the query around it, stream
// whether its views are read once.
func (b *binder) query(q *syntax.Query, with *ctes, outside *scope, stream bool) *boundQuery {
	b.ids++
	bound := &boundQuery{id: b.ids, limit: q.Limit, offset: q.Offset}
	for _, c := range q.With {
		with = &ctes{cte: c, parent: with}
	}
	outer := &boundary{parent: outside, query: bound}
	if s, ok := q.Body.(*syntax.Select); ok {
		block, order := b.selectBlock(s, q.Order, with, outer, stream)
		bound.body, bound.columns, bound.order = block, block.columns(), order
		return bound
	}
	bound.body, bound.columns = b.body(q.Body, with, outer, stream)
	for _, o := range q.Order {
		bound.order = append(bound.order, b.orderOutput(o, bound.columns))
	}
	return bound
}

func (b *binder) body(body syntax.Body, with *ctes, outer *boundary, stream bool) (boundBody, []sourceColumn) {
	switch body := body.(type) {
	case *syntax.Select:
		block, _ := b.selectBlock(body, nil, with, outer, stream)
		return block, block.columns()
	case *syntax.Query:
		q := b.query(body, with, outer.scope(), stream)
		outer.pass(q)
		return q, q.columns
	}
	return b.setOp(body.(*syntax.SetOp), with, outer, stream)
}

func (b *binder) setOp(s *syntax.SetOp, with *ctes, outer *boundary, stream bool) (boundBody, []sourceColumn) {
	if s.All && s.Op != "UNION" {
		b.fail(s.Pos, "Leave ALL out.", "%s ALL is not offered.", s.Op)
	}
	left, lc := b.body(s.Left, with, outer, stream)
	right, rc := b.body(s.Right, with, outer, stream)
	if len(lc) != len(rc) {
		b.fail(s.Pos, "Name the columns on both sides.", "%s joins queries of %d and of %d columns.", s.Op, len(lc), len(rc))
	}
	columns := make([]sourceColumn, len(lc))
	types := make([]*Type, len(lc))
	for i, c := range lc {
		t := common(c.typ, rc[i].typ)
		if t == nil {
			b.fail(s.Pos, "CAST one of them.", "Column %d is %s in one query and %s in the other.", i+1, c.typ, rc[i].typ)
		}
		types[i], columns[i] = t, sourceColumn{name: c.name, typ: t}
	}
	b.coerceBody(left, types)
	b.coerceBody(right, types)
	op := s.Op
	if s.All {
		op += " ALL"
	}
	return &boundSetOp{op: op, left: left, right: right}, columns
}

// coerceBody makes the columns of a body have these types.
func (b *binder) coerceBody(body boundBody, types []*Type) {
	switch body := body.(type) {
	case *boundSelect:
		for i := range body.items {
			body.items[i].expr = b.coerce(body.items[i].expr, types[i])
		}
	case *boundSetOp:
		b.coerceBody(body.left, types)
		b.coerceBody(body.right, types)
	case *boundQuery:
		b.coerceBody(body.body, types)
		for i := range body.columns {
			body.columns[i].typ = types[i]
		}
	}
}

func (s *boundSelect) columns() []sourceColumn {
	columns := make([]sourceColumn, len(s.items))
	for i, item := range s.items {
		columns[i] = sourceColumn{name: item.name, typ: item.expr.typ}
	}
	return columns
}

// orderOutput binds a key of an ORDER BY behind a UNION or the like, where the
// columns of the result alone are known.
func (b *binder) orderOutput(o syntax.OrderItem, columns []sourceColumn) orderKey {
	key := orderKey{desc: o.Desc, nullsFirst: o.NullsFirst}
	switch e := o.Expr.(type) {
	case *syntax.Number:
		key.ordinal = b.ordinal(e, len(columns))
	case *syntax.Column:
		for i, c := range columns {
			if len(e.Parts) == 1 && c.name == e.Parts[0].Name {
				key.ordinal = i + 1
			}
		}
	}
	if key.ordinal == 0 {
		b.fail(o.Expr.At(), "Put the query into FROM ( … ) to sort by anything else.", "Behind UNION, INTERSECT or EXCEPT the order is by a column of the result.")
	}
	b.sortable(columns[key.ordinal-1].typ, o.Expr.At())
	return key
}

func (b *binder) ordinal(n *syntax.Number, count int) int {
	var i int
	if _, err := fmt.Sscanf(n.Text, "%d", &i); err != nil || strings.ContainsAny(n.Text, ".e") || i < 1 || i > count {
		b.fail(n.Pos, "", "There is no column %s: the query shows %d.", n.Text, count)
	}
	return i
}

func (b *binder) sortable(t *Type, pos syntax.Pos) {
	if !t.orderable() {
		b.fail(pos, "Use array_join(…) or a field.", "Values of type %s have no order.", t)
	}
}

func quoteName(s string) string { return fmt.Sprintf("%q", s) }
