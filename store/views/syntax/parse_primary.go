package syntax

import "strings"

// primary reads a value that no operator can split.
func (p *parser) primary() Expr {
	t := p.peek()
	switch t.kind {
	case tokenNumber:
		p.at++
		return &Number{Pos: t.pos, Text: t.text}
	case tokenString:
		p.at++
		return &String{Pos: t.pos, Text: t.text}
	case tokenQuoted:
		return p.nameOrCall()
	case tokenWord:
		return p.wordExpr(t)
	}
	switch {
	case p.symbol("("):
		return p.parenthesis(t.pos)
	case p.symbol("?"):
		p.fail(t.pos, "Write the value itself.", "Parameters are not offered.")
	}
	p.unexpected("a value")
	return nil
}

func (p *parser) parenthesis(pos Pos) Expr {
	if p.queryNext() || p.peek().text == "(" && p.queryInside() && p.queryCloses() {
		q := p.query()
		p.wantSymbol(")")
		return &Scalar{Pos: pos, Query: q}
	}
	if e := p.lambdaOf(pos); e != nil {
		return e
	}
	list := p.exprs()
	p.wantSymbol(")")
	if len(list) > 1 {
		p.fail(pos, "Compare the columns one by one.", "A list of values in parentheses is no value here.")
	}
	return list[0]
}

// queryCloses reports whether the parenthesis that begins here is a query as a
// whole, and not a value that begins with one, as in ((SELECT 1) + 1).
func (p *parser) queryCloses() bool {
	depth := 0
	for i := 0; ; i++ {
		t := p.peekAt(i)
		if t.kind == tokenEnd {
			return false
		}
		if t.kind != tokenSymbol {
			continue
		}
		switch t.text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 {
			next := p.peekAt(i + 1)
			return next.text == ")" || next.kind == tokenWord && (next.text == "union" || next.text == "intersect" ||
				next.text == "except" || next.text == "order" || next.text == "limit")
		}
	}
}

// lambdaOf reads `(a, b) -> body` behind its parenthesis; nil when it is none.
func (p *parser) lambdaOf(pos Pos) Expr {
	i := 0
	for p.peekAt(i).kind == tokenWord || p.peekAt(i).kind == tokenSymbol && p.peekAt(i).text == "," {
		i++
	}
	if p.peekAt(i).text != ")" || p.peekAt(i+1).text != "->" {
		return nil
	}
	l := &Lambda{Pos: pos}
	for !p.symbol(")") {
		l.Params = append(l.Params, p.name("the name of a parameter"))
		p.symbol(",")
	}
	p.wantSymbol("->")
	l.Body = p.expr()
	return l
}

func (p *parser) wordExpr(t token) Expr {
	switch t.text {
	case "null", "true", "false":
		p.at++
		return &Constant{Pos: t.pos, Word: t.text}
	case "case":
		p.at++
		return p.caseExpr(t.pos)
	case "cast", "try_cast":
		if p.peekAt(1).text == "(" {
			p.at++
			return p.cast(t.pos, t.text == "try_cast")
		}
	case "exists":
		p.at++
		p.wantSymbol("(")
		q := p.query()
		p.wantSymbol(")")
		return &Exists{Pos: t.pos, Query: q}
	case "array":
		if p.peekAt(1).text == "[" {
			p.at++
			return p.array(t.pos)
		}
	case "date", "timestamp":
		if p.peekAt(1).kind == tokenString {
			p.at++
			return &Typed{Pos: t.pos, Type: t.text, Text: p.take().text}
		}
	case "interval":
		if next := p.peekAt(1); next.kind == tokenString || (next.text == "-" || next.text == "+") && p.peekAt(2).kind == tokenString {
			p.at++
			return p.interval(t.pos)
		}
	case "current_date", "current_timestamp", "localtimestamp":
		p.at++
		return p.maybeEmptyCall(&Call{Pos: t.pos, Name: t.text})
	}
	if p.peekAt(1).text == "(" {
		if e := p.specialCall(t); e != nil {
			return e
		}
	}
	return p.nameOrCall()
}

// maybeEmptyCall passes over the () that some write behind current_date.
func (p *parser) maybeEmptyCall(c *Call) Expr {
	if p.peek().text == "(" && p.peekAt(1).text == ")" {
		p.at += 2
	}
	return c
}

// specialCall reads the functions whose arguments are not divided by commas.
func (p *parser) specialCall(t token) Expr {
	switch t.text {
	case "extract":
		p.at += 2
		unit := p.anyName("a unit such as DAY")
		p.wantWord("from")
		x := p.expr()
		p.wantSymbol(")")
		return &Call{Pos: t.pos, Name: unit.Name, Args: []Expr{x}}
	case "position":
		p.at += 2
		needle := p.binary(0)
		p.wantWord("in")
		x := p.expr()
		p.wantSymbol(")")
		return &Call{Pos: t.pos, Name: "strpos", Args: []Expr{x, needle}}
	case "trim":
		return p.trim(t)
	}
	return nil
}

// trim reads trim(x) and trim(BOTH y FROM x).
func (p *parser) trim(t token) Expr {
	p.at += 2
	name := "trim"
	switch {
	case p.word("both"):
	case p.word("leading"):
		name = "ltrim"
	case p.word("trailing"):
		name = "rtrim"
	}
	c := &Call{Pos: t.pos, Name: name}
	if !p.ahead("from") {
		c.Args = p.exprs()
	}
	if p.word("from") {
		c.Args = append([]Expr{p.expr()}, c.Args...)
	}
	p.wantSymbol(")")
	return c
}

func (p *parser) caseExpr(pos Pos) Expr {
	c := &Case{Pos: pos}
	if !p.ahead("when") {
		c.Operand = p.expr()
	}
	for p.word("when") {
		w := When{Cond: p.expr()}
		p.wantWord("then")
		w.Then = p.expr()
		c.Whens = append(c.Whens, w)
	}
	if c.Whens == nil {
		p.unexpected("WHEN")
	}
	if p.word("else") {
		c.Else = p.expr()
	}
	p.wantWord("end")
	return c
}

func (p *parser) array(pos Pos) Expr {
	p.wantSymbol("[")
	a := &ArrayOf{Pos: pos}
	if !p.symbol("]") {
		a.Elems = p.exprs()
		p.wantSymbol("]")
	}
	return a
}

func (p *parser) interval(pos Pos) Expr {
	i := &Interval{Pos: pos, Negative: p.symbol("-")}
	p.symbol("+")
	i.Text = p.take().text
	i.Unit = p.anyName("a unit such as DAY").Name
	if t := p.peek(); p.ahead("to") {
		p.fail(t.pos, "Add two intervals.", "An interval has one unit here.")
	}
	return i
}

func (p *parser) cast(pos Pos, try bool) Expr {
	p.wantSymbol("(")
	c := &Cast{Pos: pos, X: p.expr(), Try: try}
	p.wantWord("as")
	c.Type = p.typeName()
	p.wantSymbol(")")
	return c
}

// typeName reads a type: name, name(length), array(type), row(name type, …).
func (p *parser) typeName() TypeName {
	defer p.deeper()()
	n := p.anyName("a type")
	t := TypeName{Name: n.Name, Pos: n.Pos}
	if t.Name == "double" {
		p.word("precision")
	}
	if p.symbol("(") {
		for {
			p.typePart(&t)
			if !p.symbol(",") {
				break
			}
		}
		p.wantSymbol(")")
	}
	if t.Name == "timestamp" && p.word("with", "time", "zone") {
		t.Name = "timestamp with time zone"
	} else if t.Name == "timestamp" {
		p.word("without", "time", "zone")
	}
	return t
}

func (p *parser) typePart(t *TypeName) {
	switch {
	case p.peek().kind == tokenNumber: // a length or precision
		p.at++
	case t.Name == "row" && p.peekAt(1).text != "," && p.peekAt(1).text != ")" && p.peekAt(1).text != "(":
		t.Fields = append(t.Fields, p.anyName("the name of a field"))
		t.Params = append(t.Params, p.typeName())
	default:
		t.Fields = append(t.Fields, Ident{})
		t.Params = append(t.Params, p.typeName())
	}
}

// nameOrCall reads a function with its arguments, a lambda of one parameter, or
// the name of a column.
func (p *parser) nameOrCall() Expr {
	first := p.name("a value")
	if p.peek().text == "->" && p.peek().kind == tokenSymbol {
		p.at++
		return &Lambda{Pos: first.Pos, Params: []Ident{first}, Body: p.expr()}
	}
	if p.symbol("(") {
		return p.call(first)
	}
	c := &Column{Pos: first.Pos, Parts: []Ident{first}}
	for p.peek().kind == tokenSymbol && p.peek().text == "." && len(c.Parts) < maxDepth {
		p.at++
		c.Parts = append(c.Parts, p.anyName("a column"))
	}
	return c
}

func (p *parser) call(name Ident) Expr {
	c := &Call{Pos: name.Pos, Name: name.Name}
	switch {
	case p.symbol("*"):
		c.Star = true
	case p.peek().kind == tokenSymbol && p.peek().text == ")":
	default:
		c.Distinct = p.word("distinct")
		if !c.Distinct {
			p.word("all")
		}
		c.Args = p.exprs()
	}
	if p.word("order", "by") {
		c.Order = p.orderItems()
	}
	p.wantSymbol(")")
	if p.ahead("filter") && p.peekAt(1).text == "(" {
		p.at += 2
		p.wantWord("where")
		c.Filter = p.expr()
		p.wantSymbol(")")
	}
	if t := p.peek(); p.ahead("within", "group") {
		p.fail(t.pos, "Use array_join(array_agg(x ORDER BY y), ',').", "WITHIN GROUP is not offered.")
	}
	if (p.ahead("ignore") || p.ahead("respect")) && p.peekAt(1).text == "nulls" {
		p.fail(p.peek().pos, "Filter the NULLs away before.", "IGNORE NULLS is not offered.")
	}
	if p.word("over") {
		c.Over = p.window()
	}
	return c
}

func (p *parser) window() *Window {
	p.wantSymbol("(")
	w := &Window{}
	if p.word("partition", "by") {
		w.Partition = p.exprs()
	}
	if p.word("order", "by") {
		w.Order = p.orderItems()
	}
	if t := p.peek(); p.word("rows") || p.word("range") {
		w.Frame = p.frame(strings.ToUpper(t.text))
	}
	p.wantSymbol(")")
	return w
}

func (p *parser) frame(kind string) string {
	if p.word("between") {
		low := p.bound()
		p.wantWord("and")
		return kind + " BETWEEN " + low + " AND " + p.bound()
	}
	return kind + " " + p.bound()
}

func (p *parser) bound() string {
	for _, b := range [][]string{{"unbounded", "preceding"}, {"unbounded", "following"}, {"current", "row"}} {
		if p.word(b...) {
			return strings.ToUpper(strings.Join(b, " "))
		}
	}
	t := p.peek()
	if t.kind != tokenNumber || strings.ContainsAny(t.text, ".e") {
		p.unexpected("the bound of a window")
	}
	p.at++
	for _, b := range []string{"preceding", "following"} {
		if p.word(b) {
			return t.text + " " + strings.ToUpper(b)
		}
	}
	p.unexpected("PRECEDING or FOLLOWING")
	return ""
}
