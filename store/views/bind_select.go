package views

import (
	"strconv"

	"cordon/store/views/syntax"
)

func itoa(n int) string { return strconv.Itoa(n) }

// selectBlock binds one SELECT with the ORDER BY behind it.
func (b *binder) selectBlock(s *syntax.Select, order []syntax.OrderItem, with *ctes, outer *boundary, stream bool) (*boundSelect, []orderKey) {
	block := &boundSelect{distinct: s.Distinct}
	sc := &scope{outer: outer}
	block.from = b.from(s.From, sc, with, stream)
	block.sources = sc.sources
	sb := &selectBinder{b: b, block: block, scope: sc, with: with}
	if s.Where != nil {
		block.where = conjuncts(sb.binder("WHERE", false).condition(s.Where))
	}
	sb.items(s.Items)
	for _, g := range s.Group {
		block.group = append(block.group, sb.groupKey(g))
	}
	if s.Having != nil {
		block.having = sb.binder("HAVING", true).condition(s.Having)
	}
	block.aggregated = block.aggregated || len(s.Group) > 0 || s.Having != nil
	keys := sb.order(order)
	if block.aggregated {
		sb.checkGrouped(keys)
	}
	return block, keys
}

type selectBinder struct {
	b     *binder
	block *boundSelect
	scope *scope
	with  *ctes
}

// binder makes what binds the expressions of one clause.
func (s *selectBinder) binder(clause string, aggregates bool) *exprBinder {
	return &exprBinder{
		b: s.b, scope: s.scope, with: s.with, block: s.block, clause: clause,
		aggregates: aggregates, windows: clause == "SELECT" || clause == "ORDER BY",
	}
}

func (s *selectBinder) items(items []syntax.Item) {
	e := s.binder("SELECT", true)
	for _, item := range items {
		if item.Expr == nil {
			s.star(item)
			continue
		}
		n := e.expr(item.Expr)
		s.b.value(n, item.Pos)
		s.block.items = append(s.block.items, boundItem{name: s.itemName(item), expr: n})
	}
	if len(s.block.items) > maxColumns {
		s.b.fail(items[0].Pos, "Name the columns that you need.", "The query shows more than %d columns.", maxColumns)
	}
}

// itemName is the alias, the name of the column, or _col with the place.
func (s *selectBinder) itemName(item syntax.Item) string {
	switch e := item.Expr.(type) {
	case *syntax.Column:
		if item.Alias.Name == "" {
			return e.Parts[len(e.Parts)-1].Name
		}
	case *syntax.Field:
		if item.Alias.Name == "" {
			return e.Name.Name
		}
	}
	if item.Alias.Name == "" {
		return "_col" + itoa(len(s.block.items))
	}
	return item.Alias.Name
}

// star writes * or t.* out. The columns of USING come first and once.
func (s *selectBinder) star(item syntax.Item) {
	found := false
	merged := map[string]bool{}
	if item.Of.Name == "" {
		for _, m := range s.scope.merged {
			merged[m.name] = true
			s.block.items = append(s.block.items, m)
		}
	}
	for _, src := range s.scope.sources {
		if item.Of.Name != "" && src.alias != item.Of.Name {
			continue
		}
		found = true
		for i, c := range src.columns {
			if !c.hidden && !merged[c.name] {
				n := &node{kind: columnNode, typ: c.typ, src: src, index: i, pos: item.Pos}
				s.block.items = append(s.block.items, boundItem{name: c.name, expr: n})
			}
		}
	}
	switch {
	case found:
	case item.Of.Name != "":
		s.b.fail(item.Pos, "", "There is no table %s here.", quoteName(item.Of.Name))
	default:
		s.b.fail(item.Pos, "Add FROM and a view.", "There is no table to show the columns of.")
	}
}

// groupKey binds a key of GROUP BY: a place among the shown items, a column, or
// what SELECT shows under the name.
func (s *selectBinder) groupKey(g syntax.Expr) *node {
	if n, ok := g.(*syntax.Number); ok {
		key := s.block.items[s.b.ordinal(n, len(s.block.items))-1].expr
		s.noAggregate(key, n.Pos)
		return key
	}
	e := s.binder("GROUP BY", false)
	if c, ok := g.(*syntax.Column); ok && len(c.Parts) == 1 {
		if n, _ := s.b.local(s.scope, c); n == nil {
			aliases := scope{aliases: s.block.items}
			if n := aliases.alias(c.Parts[0].Name); n != nil {
				s.noAggregate(n, c.Pos)
				return n
			}
		}
	}
	return e.expr(g)
}

func (s *selectBinder) noAggregate(n *node, pos syntax.Pos) {
	n.walk(func(n *node) bool {
		if n.kind == aggregateNode || n.kind == windowNode {
			s.b.fail(pos, "", "GROUP BY cannot be by an aggregate.")
		}
		return true
	})
}

// order binds the ORDER BY of a SELECT: by place, by what is shown under a
// name, by any expression otherwise.
func (s *selectBinder) order(order []syntax.OrderItem) []orderKey {
	var keys []orderKey
	places := map[string]int{}
	for i := len(s.block.items) - 1; i >= 0 && len(order) > 0; i-- {
		places[s.block.items[i].expr.key()] = i + 1
	}
	s.scope.aliases = s.block.items
	defer func() { s.scope.aliases = nil }()
	for _, o := range order {
		key := orderKey{desc: o.Desc, nullsFirst: o.NullsFirst}
		pos := o.Expr.At()
		if n, ok := o.Expr.(*syntax.Number); ok {
			key.ordinal = s.b.ordinal(n, len(s.block.items))
			key.expr = s.block.items[key.ordinal-1].expr
		} else {
			key.expr = s.binder("ORDER BY", true).expr(o.Expr)
			key.ordinal = places[key.expr.key()]
		}
		if s.block.distinct && key.ordinal == 0 {
			s.b.fail(pos, "Show it too.", "With SELECT DISTINCT the order is by what is shown.")
		}
		s.b.sortable(key.expr.typ, pos)
		keys = append(keys, key)
	}
	return keys
}

// checkGrouped refuses a column that stands neither in GROUP BY nor in an
// aggregate: it would have many values.
func (s *selectBinder) checkGrouped(keys []orderKey) {
	grouped := map[string]bool{}
	for _, g := range s.block.group {
		grouped[g.key()] = true
	}
	here := map[*source]bool{}
	for _, src := range s.block.sources {
		here[src] = true
	}
	check := func(n *node) bool {
		if grouped[n.key()] {
			return false
		}
		switch n.kind {
		case aggregateNode:
			if n.over == nil {
				return false
			}
		case columnNode:
			if here[n.src] {
				s.notGrouped(n)
			}
		case scalarNode, existsNode, inQueryNode:
			for _, c := range n.query.outer {
				if here[c.src] && !grouped[c.key()] {
					s.notGrouped(c)
				}
			}
		}
		return true
	}
	for _, item := range s.block.items {
		item.expr.walk(check)
	}
	if s.block.having != nil {
		s.block.having.walk(check)
	}
	for _, k := range keys {
		k.expr.walk(check)
	}
}

func (s *selectBinder) notGrouped(n *node) {
	name := n.src.columns[n.index].name
	s.b.fail(n.pos, "Add "+name+" to GROUP BY, or write arbitrary("+name+").", "The column %s is neither in GROUP BY nor in an aggregate.", quoteName(name))
}
