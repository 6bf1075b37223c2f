package syntax

import "strings"

func (p *parser) exprs() []Expr {
	var list []Expr
	for {
		list = append(list, p.expr())
		if !p.symbol(",") {
			return list
		}
	}
}

// expr reads an expression of the lowest precedence, OR.
func (p *parser) expr() Expr {
	defer p.deeper()()
	return p.logic("or", func() Expr { return p.logic("and", p.not) })
}

// logic reads conditions joined by one word into one node.
func (p *parser) logic(word string, operand func() Expr) Expr {
	first := operand()
	if !p.ahead(word) {
		return first
	}
	l := &Logic{Pos: first.At(), Op: strings.ToUpper(word), Args: []Expr{first}}
	for p.word(word) {
		l.Args = append(l.Args, operand())
	}
	return l
}

func (p *parser) not() Expr {
	t := p.peek()
	if !p.word("not") {
		return p.predicate()
	}
	defer p.deeper()()
	return &Not{Pos: t.pos, X: p.not()}
}

// predicate reads a value and the comparisons behind it.
func (p *parser) predicate() Expr {
	x := p.binary(0)
	for {
		t := p.peek()
		if t.kind == tokenSymbol && strings.Contains(" = <> != < <= > >= ", " "+t.text+" ") {
			p.at++
			if p.peek().text == "=" && t.text == "=" {
				p.fail(t.pos, "Type = once.", "== is no operator of SQL.")
			}
			if q := p.peek(); (p.ahead("any") || p.ahead("all") || p.ahead("some")) && p.peekAt(1).text == "(" {
				p.fail(q.pos, "Use IN, EXISTS, min() or max().", "%s (…) behind a comparison is not offered.", strings.ToUpper(q.text))
			}
			op := t.text
			if op == "!=" {
				op = "<>"
			}
			x = &Binary{Pos: x.At(), Op: op, Left: x, Right: p.binary(0)}
			continue
		}
		negated := p.ahead("not") && (p.peekAt(1).text == "in" || p.peekAt(1).text == "like" || p.peekAt(1).text == "between")
		if negated {
			p.at++
		}
		y := p.suffix(x)
		if y == nil {
			return x
		}
		x = y
		if negated {
			x = &Not{Pos: x.At(), X: x}
		}
	}
}

// suffix reads IS, IN, LIKE or BETWEEN behind x; nil when there is none.
func (p *parser) suffix(x Expr) Expr {
	pos := x.At()
	switch {
	case p.word("is"):
		return p.is(x)
	case p.word("between"):
		p.word("asymmetric")
		b := &Between{Pos: pos, X: x, Low: p.binary(0)}
		p.wantWord("and")
		b.High = p.binary(0)
		return b
	case p.word("in"):
		in := &In{Pos: pos, X: x}
		p.wantSymbol("(")
		if p.queryNext() || p.peek().text == "(" && p.queryInside() {
			in.Query = p.query()
		} else {
			in.List = p.exprs()
		}
		p.wantSymbol(")")
		return in
	case p.word("like"):
		l := &Like{Pos: pos, X: x, Pattern: p.binary(0)}
		if p.word("escape") {
			l.Escape = p.binary(0)
		}
		return l
	case p.ahead("ilike"):
		p.fail(p.peek().pos, "Write lower(x) LIKE 'text in lower case'.", "ILIKE is no operator of Trino.")
	}
	return nil
}

func (p *parser) is(x Expr) Expr {
	negated := p.word("not")
	var y Expr
	switch t := p.peek(); {
	case p.word("null"):
		y = &IsNull{Pos: x.At(), X: x}
	case p.word("distinct", "from"):
		y = &Distinct{Pos: x.At(), Left: x, Right: p.binary(0)}
	case p.word("true"), p.word("false"):
		y = &Not{Pos: x.At(), X: &Distinct{Pos: x.At(), Left: x, Right: &Constant{Pos: t.pos, Word: t.text}}}
	default:
		p.unexpected("NULL")
	}
	if negated {
		return &Not{Pos: x.At(), X: y}
	}
	return y
}

// binding is the precedence of the operators between values.
var binding = map[string]int{"||": 1, "+": 2, "-": 2, "*": 3, "/": 3, "%": 3}

// binary reads values joined by operators of at least this precedence.
func (p *parser) binary(least int) Expr {
	left := p.unary()
	for n := 0; ; n++ {
		t := p.peek()
		prec := binding[t.text]
		if t.kind != tokenSymbol || prec == 0 || prec < least {
			return left
		}
		if n > maxDepth {
			p.fail(t.pos, "Use concat(…), or ask in parts.", "More than %d operators stand in one row.", maxDepth)
		}
		p.at++
		left = &Binary{Pos: left.At(), Op: t.text, Left: left, Right: p.binary(prec + 1)}
	}
}

func (p *parser) unary() Expr {
	defer p.deeper()()
	t := p.peek()
	switch {
	case p.symbol("-"):
		return &Negate{Pos: t.pos, X: p.unary()}
	case p.symbol("+"):
		return p.unary()
	}
	return p.postfix(p.primary())
}

// postfix reads subscripts, fields and AT TIME ZONE behind x.
func (p *parser) postfix(x Expr) Expr {
	for n := 0; ; n++ {
		if n > maxDepth {
			p.fail(p.peek().pos, "", "This is nested deeper than %d levels.", maxDepth)
		}
		switch {
		case p.symbol("["):
			x = &Subscript{Pos: x.At(), X: x, Index: p.expr()}
			p.wantSymbol("]")
		case p.symbol("."):
			x = &Field{Pos: x.At(), X: x, Name: p.anyName("the name of a field")}
		case p.word("at", "time", "zone"):
			x = &AtZone{Pos: x.At(), X: x, Zone: p.unary()}
		default:
			return x
		}
	}
}
