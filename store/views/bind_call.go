package views

import (
	"cordon/store/views/syntax"
)

// call binds a function, an aggregate or a window function.
func (e *exprBinder) call(c *syntax.Call) *node {
	_, isAggregate := aggregates[c.Name]
	_, isWindow := windowFunctions[c.Name]
	switch {
	case isAggregate:
		return e.aggregate(c)
	case isWindow:
		return e.windowCall(c)
	case c.Over != nil || c.Filter != nil || c.Star || c.Distinct || c.Order != nil:
		e.b.fail(c.Pos, "", "%s is no aggregate.", c.Name)
	}
	if form := specialForms[c.Name]; form != nil {
		return form(e, c)
	}
	for _, a := range c.Args {
		if _, ok := a.(*syntax.Lambda); ok {
			return e.lambdaCall(c)
		}
	}
	return e.b.callNamed(c.Name, c.Pos, e.exprs(c.Args))
}

// lambdaCall binds f(array, x -> …).
func (e *exprBinder) lambdaCall(c *syntax.Call) *node {
	overloads := registry[c.Name]
	lambda, ok := c.Args[len(c.Args)-1].(*syntax.Lambda)
	if len(overloads) != 1 || overloads[0].params[len(overloads[0].params)-1].typ != "lambda" || !ok || len(c.Args) != 2 || len(lambda.Params) != 1 {
		e.b.fail(c.Pos, "any_match, all_match, none_match, filter and transform take (array, x -> …).", "%s does not take these arguments.", c.Name)
	}
	array := e.expr(c.Args[0])
	if array.typ.Base != Array {
		e.b.fail(c.Args[0].At(), "", "%s takes an array, not %s.", c.Name, array.typ)
	}
	slot := len(e.scope.params)
	param := &node{kind: paramNode, typ: array.typ.Elem, index: slot, pos: lambda.Pos}
	inner := *e
	scope := *e.scope
	scope.params = append(append([]lambdaParam(nil), e.scope.params...), lambdaParam{name: lambda.Params[0].Name, node: param})
	inner.scope, inner.inside = &scope, c.Name
	body := inner.expr(lambda.Body)
	if !body.pure() {
		e.b.fail(lambda.Pos, "", "A query or an aggregate cannot stand inside x -> ….")
	}
	f := overloads[0]
	result := arrayOf(body.typ)
	switch {
	case f.name == "filter":
		result = array.typ
	case f.name != "transform":
		result = tBoolean
	}
	if f.name != "transform" && !body.typ.is(Boolean, Unknown) {
		e.b.fail(lambda.Pos, "", "What stands behind -> is a condition, and this is %s.", body.typ)
	}
	held := &node{kind: lambdaNode, typ: &Type{Base: function}, pos: lambda.Pos, index: slot, args: []*node{body}}
	return call(f, result, c.Pos, array, held)
}

func (e *exprBinder) aggregate(c *syntax.Call) *node {
	switch {
	case e.inside != "":
		e.b.fail(c.Pos, "Put one of them into a sub-query.", "%s stands inside %s.", c.Name, e.inside)
	case c.Over != nil && !e.windows:
		e.b.fail(c.Pos, "Put the query into FROM ( … ) and filter outside.", "A window function cannot stand in %s.", e.clause)
	case c.Over == nil && !e.aggregates:
		hint := "Put the query into FROM ( … ) and use the result outside."
		if e.clause == "WHERE" {
			hint = "Write it behind HAVING."
		}
		e.b.fail(c.Pos, hint, "%s cannot stand in %s.", c.Name, e.clause)
	case c.Star && c.Name != "count":
		e.b.fail(c.Pos, "", "%s(*) is not offered; count(*) is.", c.Name)
	}
	inner := *e
	inner.inside = c.Name
	if c.Over != nil {
		inner.inside = "" // an aggregate may stand inside a window function
		inner.windows = false
	}
	args := inner.exprs(c.Args)
	def, n := e.overload(c, args)
	n.agg = &aggregate{def: def, distinct: c.Distinct}
	if c.Distinct && (len(args) != 1 || c.Over != nil) {
		e.b.fail(c.Pos, "", "DISTINCT stands before one argument, and not behind OVER.")
	}
	if c.Filter != nil {
		filter := *e
		filter.inside = "FILTER"
		n.agg.filter = filter.condition(c.Filter)
	}
	for _, o := range c.Order {
		x := inner.expr(o.Expr)
		e.b.sortable(x.typ, o.Expr.At())
		n.agg.order = append(n.agg.order, orderKey{expr: x, desc: o.Desc, nullsFirst: o.NullsFirst})
	}
	if c.Over == nil {
		e.block.aggregated = true
		return n
	}
	if def.collect != nil {
		e.b.fail(c.Pos, "", "%s with OVER is not offered.", c.Name)
	}
	e.block.windowed = true
	n.over = inner.window(c.Over)
	return n
}

// overload finds the form of an aggregate that takes the arguments.
func (e *exprBinder) overload(c *syntax.Call, args []*node) (*aggregateDef, *node) {
	var forms []*builtin
	for _, def := range aggregates[c.Name] {
		forms = append(forms, &def.builtin)
		types, result, ok := def.match(args)
		if !ok {
			continue
		}
		for i := range args {
			args[i] = e.b.coerce(args[i], types[i])
		}
		return def, &node{kind: aggregateNode, typ: result, pos: c.Pos, args: args}
	}
	e.b.fail(c.Pos, "It is "+usage(forms)+"."+timeHint(args), "%s does not take (%s).", c.Name, typeList(args))
	return nil, nil
}

func (e *exprBinder) windowCall(c *syntax.Call) *node {
	switch {
	case c.Over == nil:
		e.b.fail(c.Pos, "Write "+c.Name+"(…) OVER (ORDER BY …).", "%s is a window function.", c.Name)
	case !e.windows:
		e.b.fail(c.Pos, "Put the query into FROM ( … ) and filter outside.", "A window function cannot stand in %s.", e.clause)
	case c.Filter != nil || c.Star || c.Distinct || c.Order != nil:
		e.b.fail(c.Pos, "", "%s takes neither *, DISTINCT, ORDER BY nor FILTER.", c.Name)
	}
	inner := *e
	inner.windows = false
	args := inner.exprs(c.Args)
	forms := windowFunctions[c.Name]
	types, result, ok := forms[0].match(args)
	if !ok {
		e.b.fail(c.Pos, "It is "+usage(forms)+".", "%s does not take (%s).", c.Name, typeList(args))
	}
	for i := range args {
		args[i] = e.b.coerce(args[i], types[i])
	}
	e.block.windowed = true
	return &node{kind: windowNode, typ: result, pos: c.Pos, fn: forms[0], args: args, over: inner.window(c.Over)}
}

func (e *exprBinder) window(w *syntax.Window) *window {
	bound := &window{partition: e.exprs(w.Partition), frame: w.Frame}
	for _, o := range w.Order {
		n := e.expr(o.Expr)
		e.b.sortable(n.typ, o.Expr.At())
		bound.order = append(bound.order, orderKey{expr: n, desc: o.Desc, nullsFirst: o.NullsFirst})
	}
	return bound
}
