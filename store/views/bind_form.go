package views

import (
	"strings"

	"cordon/store/views/syntax"
)

// coerce takes a value as another type, one that common gave.
func (b *binder) coerce(n *node, t *Type) *node {
	switch {
	case n.typ.equal(t) || t.Base == Unknown || t.Base == function:
		return n
	case n.typ.Base == Unknown:
		return n.as(t)
	case t.Base == Double && n.typ.whole(), t.timestamp() && n.typ.Base == DateType:
		return b.fold(call(opCast, t, n.pos, n))
	}
	return n.as(t)
}

// fold works a constant expression out, and refuses it where it has no value.
func (b *binder) fold(n *node) *node {
	for _, a := range n.args {
		if a.kind != literalNode {
			b.checkConstants(n)
			return n
		}
	}
	c := &compiler{strict: true}
	v, err := c.compile(n)(&frame{})
	if err != nil {
		if b.trying > 0 {
			return n
		}
		b.fail(n.pos, "", "%s: %s.", n.fn.name, err)
	}
	return literal(n.typ, v, n.pos)
}

// checkConstants refuses a constant pattern, path, unit or the like that is
// wrong.
func (b *binder) checkConstants(n *node) {
	constant := func(i int) bool {
		return i < len(n.args) && n.args[i].kind == literalNode && !n.args[i].value.null()
	}
	if n.fn.prepare != nil && constant(1) {
		if _, err := n.fn.prepare(n.args[1].value); err != nil {
			b.fail(n.args[1].pos, "", "%s: %s.", n.fn.name, err)
		}
	}
	for i, check := range n.fn.check {
		if check == nil || !constant(i) {
			continue
		}
		if err := check(n.args[i].value.Text); err != nil {
			b.fail(n.args[i].pos, "", "%s: %s.", n.fn.name, err)
		}
	}
}

// unify brings values to one type, in place, and returns it.
func (e *exprBinder) unify(nodes []*node, what string) *Type {
	t := tUnknown
	for _, n := range nodes {
		c := common(t, n.typ)
		if c == nil {
			e.b.fail(n.pos, "CAST one of them.", "%s are of one type, not %s and %s.", what, t, n.typ)
		}
		t = c
	}
	for i, n := range nodes {
		nodes[i] = e.b.coerce(n, t)
	}
	return t
}

func (e *exprBinder) coalesce(args []*node, pos syntax.Pos) *node {
	t := e.unify(args, "The arguments of coalesce")
	return e.b.fold(call(opCoalesce, t, pos, args...))
}

// query binds a query inside an expression.
func (e *exprBinder) query(q *syntax.Query) *boundQuery {
	inner := *e.scope
	inner.aliases = nil
	return e.b.query(q, e.with, &inner, false)
}

func (e *exprBinder) in(x *syntax.In) *node {
	v := e.expr(x.X)
	e.b.value(v, x.Pos)
	if x.Query != nil {
		q := e.query(x.Query)
		if len(q.columns) != 1 {
			e.b.fail(x.Pos, "Name one.", "A query behind IN shows one column, this one %d.", len(q.columns))
		}
		t := common(v.typ, q.columns[0].typ)
		if t == nil {
			e.b.fail(x.Pos, "CAST one of them.", "%s cannot be compared with %s (IN).", v.typ, q.columns[0].typ)
		}
		e.b.coerceBody(q.body, []*Type{t})
		return &node{kind: inQueryNode, typ: tBoolean, pos: x.Pos, query: q, args: []*node{e.b.coerce(v, t)}}
	}
	args := append([]*node{v}, e.exprs(x.List)...)
	for _, a := range args[1:] {
		e.pair("IN", v, a, x.Pos)
	}
	e.unify(args, "The values of IN")
	return e.b.fold(call(opIn, tBoolean, x.Pos, args...))
}

func (e *exprBinder) like(x *syntax.Like) *node {
	args := e.exprs([]syntax.Expr{x.X, x.Pattern})
	fn := opLike
	if x.Escape != nil {
		args = append(args, e.expr(x.Escape))
		fn = opLikeEscape
	}
	for i, a := range args {
		if !a.typ.is(Varchar, Unknown) {
			e.b.fail(x.Pos, "CAST it to varchar.", "LIKE takes text, not %s.", a.typ)
		}
		args[i] = e.b.coerce(a, tVarchar)
	}
	if fn == opLikeEscape && args[1].kind == literalNode && args[2].kind == literalNode {
		if _, err := likePattern(args[1].value.Text, args[2].value.Text); err != nil {
			e.b.fail(x.Pos, "", "LIKE: %s.", err)
		}
	}
	return e.b.fold(call(fn, tBoolean, x.Pos, args...))
}

func (e *exprBinder) caseOf(x *syntax.Case) *node {
	var conds, values []*node
	for _, w := range x.Whens {
		if x.Operand != nil {
			conds = append(conds, e.compare("=", e.expr(x.Operand), e.expr(w.Cond), w.Cond.At()))
		} else {
			conds = append(conds, e.condition(w.Cond))
		}
		values = append(values, e.expr(w.Then))
	}
	last := literal(tUnknown, Value{}, x.Pos)
	if x.Else != nil {
		last = e.expr(x.Else)
	}
	return e.choose(conds, append(values, last), x.Pos)
}

// choose is CASE: the first value whose condition holds, or the last of all.
func (e *exprBinder) choose(conds, values []*node, pos syntax.Pos) *node {
	t := e.unify(values, "The values of a CASE")
	e.b.value(values[0], pos)
	var args []*node
	for i, c := range conds {
		args = append(args, c, values[i])
	}
	return e.b.fold(call(opCase, t, pos, append(args, values[len(values)-1])...))
}

func (e *exprBinder) cast(x *syntax.Cast) *node {
	t := e.typeOf(x.Type)
	n := e.expr(x.X)
	e.b.value(n, x.Pos)
	if !castable(n.typ, t) {
		e.b.fail(x.Pos, "", "There is no CAST from %s to %s.", n.typ, t)
	}
	if n.typ.Base == Unknown {
		return n.as(t)
	}
	c := call(opCast, t, x.Pos, n)
	if x.Try {
		c = call(opTry, t, x.Pos, c)
	}
	return e.b.fold(c)
}

func (e *exprBinder) typeOf(t syntax.TypeName) *Type {
	switch t.Name {
	case "varchar", "char", "string", "text":
		return tVarchar
	case "integer", "int", "smallint", "tinyint":
		return tInteger
	case "bigint":
		return tBigint
	case "double", "real", "float", "decimal", "numeric":
		return tDouble
	case "boolean":
		return tBoolean
	case "date":
		return tDate
	case "timestamp":
		return tTimestamp
	case "timestamp with time zone":
		return tTimestampTZ
	case "json":
		return tJSON
	case "array":
		if len(t.Params) == 1 {
			return arrayOf(e.typeOf(t.Params[0]))
		}
	case "row":
		if len(t.Params) > 0 {
			row := &Type{Base: Row}
			for i, p := range t.Params {
				row.Fields = append(row.Fields, Field{Name: t.Fields[i].Name, Type: e.typeOf(p)})
			}
			return row
		}
	}
	e.b.fail(t.Pos, "The types are varchar, integer, bigint, double, boolean, date, timestamp, json, array(…) and row(…).", "There is no type %s.", quoteName(t.Name))
	return nil
}

func (e *exprBinder) subscript(x *syntax.Subscript) *node {
	n, i := e.expr(x.X), e.expr(x.Index)
	switch {
	case n.typ.Base == JSONType && i.typ.Base == Varchar:
		return e.b.fold(call(opJSONMember, tVarchar, x.Pos, n, i))
	case n.typ.Base == Row && i.kind == literalNode && i.typ.whole() && i.value.Int >= 1 && i.value.Int <= int64(len(n.typ.Fields)):
		place := literal(tBigint, intValue(i.value.Int-1), x.Pos)
		return e.b.fold(call(opField, n.typ.Fields[i.value.Int-1].Type, x.Pos, n, place))
	case n.typ.Base != Array:
		e.b.fail(x.Pos, "", "A value of type %s has no elements.", n.typ)
	case !i.typ.whole():
		e.b.fail(x.Index.At(), "", "An element of an array is named by a whole number from 1, not by %s.", i.typ)
	}
	return e.b.fold(call(opSubscript, n.typ.Elem, x.Pos, n, e.b.coerce(i, tBigint)))
}

// specialForms are the functions that are none: what they do with their
// arguments depends on the values of others.
var specialForms map[string]func(e *exprBinder, c *syntax.Call) *node

func init() {
	specialForms = map[string]func(e *exprBinder, c *syntax.Call) *node{
		"coalesce": (*exprBinder).coalesceCall,
		"nullif":   (*exprBinder).nullif,
		"if":       (*exprBinder).ifCall,
		"try":      (*exprBinder).try,
		"typeof": func(e *exprBinder, c *syntax.Call) *node {
			return literal(tVarchar, textValue(e.arguments(c, 1, 1)[0].typ.String()), c.Pos)
		},
		"now":               (*exprBinder).moment,
		"current_timestamp": (*exprBinder).moment,
		"localtimestamp":    (*exprBinder).moment,
		"current_date": func(e *exprBinder, c *syntax.Call) *node {
			e.arguments(c, 0, 0)
			return literal(tDate, dateValue(e.b.now), c.Pos)
		},
		"current_timezone": func(e *exprBinder, c *syntax.Call) *node {
			e.arguments(c, 0, 0)
			return literal(tVarchar, textValue("UTC"), c.Pos)
		},
	}
}

// arguments binds the arguments of a special form, of which there are least to
// most.
func (e *exprBinder) arguments(c *syntax.Call, least, most int) []*node {
	if len(c.Args) < least || len(c.Args) > most || c.Star || c.Distinct {
		e.b.fail(c.Pos, "", "%s does not take %d arguments.", c.Name, len(c.Args))
	}
	return e.exprs(c.Args)
}

func (e *exprBinder) coalesceCall(c *syntax.Call) *node {
	return e.coalesce(e.arguments(c, 1, 1000), c.Pos)
}

func (e *exprBinder) nullif(c *syntax.Call) *node {
	args := e.arguments(c, 2, 2)
	equal := e.compare("=", args[0], args[1], c.Pos)
	return e.choose([]*node{equal}, []*node{literal(args[0].typ, Value{}, c.Pos), args[0]}, c.Pos)
}

func (e *exprBinder) ifCall(c *syntax.Call) *node {
	args := e.arguments(c, 2, 3)
	if !args[0].typ.is(Boolean, Unknown) {
		e.b.fail(args[0].pos, "", "if(…) begins with a condition, not with %s.", args[0].typ)
	}
	last := literal(tUnknown, Value{}, c.Pos)
	if len(args) == 3 {
		last = args[2]
	}
	return e.choose(args[:1], []*node{args[1], last}, c.Pos)
}

func (e *exprBinder) try(c *syntax.Call) *node {
	e.b.trying++
	n := e.arguments(c, 1, 1)[0]
	e.b.trying--
	return e.b.fold(call(opTry, n.typ, c.Pos, n))
}

func (e *exprBinder) moment(c *syntax.Call) *node {
	e.arguments(c, 0, 1)
	t := tTimestampTZ
	if strings.HasPrefix(c.Name, "local") {
		t = tTimestamp
	}
	return literal(t, timeValue(e.b.now), c.Pos)
}
