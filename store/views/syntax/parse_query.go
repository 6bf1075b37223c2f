package syntax

import (
	"strconv"
	"strings"
)

// query reads [WITH …] body [ORDER BY …] [OFFSET …] [LIMIT …].
func (p *parser) query() *Query {
	defer p.deeper()()
	q := &Query{Limit: -1, Offset: -1, Pos: p.peek().pos}
	if p.word("with") {
		if t := p.peek(); p.word("recursive") {
			p.fail(t.pos, "", "WITH RECURSIVE is not offered.")
		}
		for {
			q.With = append(q.With, p.cte())
			if !p.symbol(",") {
				break
			}
		}
	}
	q.Body = p.unions()
	if p.word("order", "by") {
		q.Order = p.orderItems()
	}
	p.limits(q)
	return q
}

func (p *parser) cte() CTE {
	c := CTE{Name: p.name("the name of a query"), Columns: p.names()}
	p.wantWord("as")
	p.wantSymbol("(")
	c.Query = p.query()
	p.wantSymbol(")")
	return c
}

// limits reads OFFSET, LIMIT and FETCH FIRST, which come in either order.
func (p *parser) limits(q *Query) {
	for {
		switch {
		case p.word("offset"):
			q.Offset = p.count()
			_ = p.word("row") || p.word("rows")
		case p.word("limit", "all"):
		case p.word("limit"):
			q.Limit = p.count()
		case p.word("fetch"):
			if !p.word("first") && !p.word("next") {
				p.unexpected("FIRST")
			}
			q.Limit = 1
			if p.peek().kind == tokenNumber {
				q.Limit = p.count()
			}
			if !p.word("row") && !p.word("rows") {
				p.unexpected("ROWS")
			}
			p.wantWord("only")
		default:
			return
		}
	}
}

func (p *parser) count() int64 {
	t := p.peek()
	n, err := strconv.ParseInt(t.text, 10, 64)
	if t.kind != tokenNumber || err != nil {
		p.unexpected("a whole number")
	}
	p.at++
	return n
}

// unions reads bodies joined by UNION and EXCEPT; INTERSECT binds tighter.
func (p *parser) unions() Body { return p.setOps(p.intersections, "union", "except") }

func (p *parser) intersections() Body { return p.setOps(p.primaryBody, "intersect") }

func (p *parser) setOps(operand func() Body, words ...string) Body {
	left := operand()
	for n := 0; ; n++ {
		t := p.peek()
		i := 0
		for i < len(words) && !p.ahead(words[i]) {
			i++
		}
		if i == len(words) {
			return left
		}
		if n > maxDepth {
			p.fail(t.pos, "Use the view events, or ask in parts.", "More than %d queries are combined here.", maxDepth)
		}
		p.at++
		op := &SetOp{Op: strings.ToUpper(t.text), Left: left, Pos: t.pos}
		op.All = p.word("all")
		if !op.All {
			p.word("distinct")
		}
		op.Right = operand()
		left = op
	}
}

func (p *parser) primaryBody() Body {
	if p.symbol("(") {
		q := p.query()
		p.wantSymbol(")")
		return q
	}
	if t := p.peek(); p.word("values") {
		return p.values(t.pos)
	}
	return p.selectBlock()
}

// values reads VALUES (1, 'a'), (2, 'b') as the rows of one array for each
// column.
func (p *parser) values(pos Pos) *Select {
	var columns []Expr
	for n := 0; n == 0 || p.symbol(","); n++ {
		t := p.peek()
		row := []Expr{}
		if p.symbol("(") {
			row = p.exprs()
			p.wantSymbol(")")
		} else {
			row = append(row, p.expr())
		}
		if n == 0 {
			for range row {
				columns = append(columns, &ArrayOf{Pos: pos})
			}
		}
		if len(row) != len(columns) {
			p.fail(t.pos, "", "The rows of VALUES have %d and %d columns.", len(columns), len(row))
		}
		for i, x := range row {
			a := columns[i].(*ArrayOf)
			a.Elems = append(a.Elems, x)
		}
	}
	return &Select{Items: []Item{{Pos: pos}}, From: []Table{&Unnest{Args: columns, Pos: pos}}, Pos: pos}
}

// queryNext reports whether a query begins here.
func (p *parser) queryNext() bool {
	return p.ahead("select") || p.ahead("with") || p.ahead("values")
}

func (p *parser) selectBlock() *Select {
	s := &Select{Pos: p.peek().pos}
	p.wantWord("select")
	s.Distinct = p.word("distinct")
	if !s.Distinct {
		p.word("all")
	}
	for {
		s.Items = append(s.Items, p.item())
		if !p.symbol(",") {
			break
		}
	}
	if p.word("from") {
		for {
			s.From = append(s.From, p.joined())
			if !p.symbol(",") {
				break
			}
		}
	}
	if p.word("where") {
		s.Where = p.expr()
	}
	if p.word("group", "by") {
		s.Group = p.grouping()
	}
	if p.word("having") {
		s.Having = p.expr()
	}
	if t := p.peek(); p.ahead("window") && p.peekAt(2).text == "as" {
		p.fail(t.pos, "Write the window behind OVER.", "Named windows are not offered.")
	}
	return s
}

func (p *parser) grouping() []Expr {
	if t := p.peek(); p.ahead("grouping", "sets") || (p.ahead("rollup") || p.ahead("cube")) && p.peekAt(1).text == "(" {
		p.fail(t.pos, "Write one query for each grouping and join them with UNION ALL.", "%s is not offered.", strings.ToUpper(t.text))
	}
	return p.exprs()
}

func (p *parser) item() Item {
	start := p.peek()
	if p.symbol("*") {
		return Item{Pos: start.pos}
	}
	if p.nameNext() && p.peekAt(1).text == "." && p.peekAt(2).kind == tokenSymbol && p.peekAt(2).text == "*" {
		of := p.name("a name")
		p.at += 2
		return Item{Of: of, Pos: start.pos}
	}
	e := p.expr()
	return Item{Expr: e, Alias: p.alias(), Pos: start.pos}
}

func (p *parser) orderItems() []OrderItem {
	var items []OrderItem
	for {
		item := OrderItem{Expr: p.expr()}
		if p.word("desc") {
			item.Desc = true
		} else {
			p.word("asc")
		}
		if p.word("nulls") {
			item.NullsFirst = p.word("first")
			if !item.NullsFirst {
				p.wantWord("last")
			}
		}
		items = append(items, item)
		if !p.symbol(",") {
			return items
		}
	}
}

// joined reads one table and what is joined to it.
func (p *parser) joined() Table {
	left := p.tablePrimary()
	for n := 0; ; n++ {
		if n > maxDepth {
			p.fail(p.peek().pos, "Ask in parts.", "More than %d tables are joined here.", maxDepth)
		}
		t := p.peek()
		kind := p.joinKind()
		if kind == "" {
			return left
		}
		j := &Join{Kind: kind, Left: left, Right: p.tablePrimary(), Pos: t.pos}
		switch {
		case kind == "CROSS":
		case p.word("on"):
			j.On = p.expr()
		case p.word("using"):
			if j.Using = p.names(); j.Using == nil {
				p.unexpected("(")
			}
		default:
			p.unexpected("ON")
		}
		left = j
	}
}

func (p *parser) joinKind() string {
	if t := p.peek(); p.ahead("natural") {
		p.fail(t.pos, "Write JOIN … USING (column).", "NATURAL JOIN is not offered.")
	}
	for _, kind := range []string{"left", "right", "full"} {
		if p.word(kind, "outer", "join") || p.word(kind, "join") {
			return strings.ToUpper(kind)
		}
	}
	switch {
	case p.word("cross", "join"):
		return "CROSS"
	case p.word("inner", "join"), p.word("join"):
		return "INNER"
	}
	return ""
}

func (p *parser) tablePrimary() Table {
	defer p.deeper()()
	t := p.peek()
	switch {
	case p.ahead("lateral"):
		p.fail(t.pos, "Use CROSS JOIN UNNEST(…), or a sub-query in the place of a value.", "LATERAL is not offered.")
	case p.word("unnest"):
		return p.unnest(t.pos)
	case p.symbol("("):
		if p.queryNext() || p.peek().text == "(" && p.queryInside() {
			d := &Derived{Query: p.query()}
			p.wantSymbol(")")
			d.Alias = p.alias()
			if d.Alias.Name != "" {
				d.Columns = p.names()
			}
			return d
		}
		inner := p.joined()
		p.wantSymbol(")")
		return inner
	}
	n := &Name{Name: p.name("the name of a view")}
	for p.symbol(".") { // a catalog and a schema in front of the name are passed over
		n.Name = p.anyName("the name of a view")
	}
	n.Alias = p.alias()
	if n.Alias.Name != "" {
		n.Columns = p.names()
	}
	return n
}

// queryInside reports whether after a run of parentheses a query begins.
func (p *parser) queryInside() bool {
	i := 0
	for p.peekAt(i).kind == tokenSymbol && p.peekAt(i).text == "(" {
		i++
	}
	t := p.peekAt(i)
	return t.kind == tokenWord && (t.text == "select" || t.text == "with" || t.text == "values")
}

func (p *parser) unnest(pos Pos) Table {
	u := &Unnest{Pos: pos}
	p.wantSymbol("(")
	u.Args = p.exprs()
	p.wantSymbol(")")
	u.Ordinality = p.word("with", "ordinality")
	u.Alias = p.alias()
	if u.Alias.Name != "" {
		u.Columns = p.names()
	}
	return u
}
