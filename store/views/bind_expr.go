package views

import (
	"strconv"
	"strings"

	"cordon/store/views/syntax"
)

// exprBinder binds the expressions of one clause.
type exprBinder struct {
	b      *binder
	scope  *scope
	with   *ctes
	block  *boundSelect
	clause string
	// aggregates and windows say what may stand here; inside is the aggregate
	// whose argument is being bound.
	aggregates bool
	windows    bool
	inside     string
}

// condition binds what must be true or false.
func (e *exprBinder) condition(x syntax.Expr) *node {
	n := e.expr(x)
	if !n.typ.is(Boolean, Unknown) {
		e.b.fail(x.At(), "Compare it with something.", "A condition is needed here, and this is %s.", n.typ)
	}
	return e.b.coerce(n, tBoolean)
}

func (e *exprBinder) expr(x syntax.Expr) *node {
	switch x := x.(type) {
	case *syntax.Column:
		return e.column(x)
	case *syntax.Number:
		return e.number(x)
	case *syntax.String:
		return literal(tVarchar, textValue(x.Text), x.Pos)
	case *syntax.Constant:
		if x.Word == "null" {
			return literal(tUnknown, Value{}, x.Pos)
		}
		return literal(tBoolean, boolValue(x.Word == "true"), x.Pos)
	case *syntax.Typed:
		return e.typed(x)
	case *syntax.Interval:
		return e.interval(x)
	case *syntax.Logic:
		return e.logic(x)
	case *syntax.Not:
		return e.b.fold(call(opNot, tBoolean, x.Pos, e.condition(x.X)))
	case *syntax.Negate:
		return e.negate(x)
	case *syntax.Binary:
		return e.binary(x)
	case *syntax.IsNull:
		n := e.expr(x.X)
		e.b.value(n, x.Pos)
		return e.b.fold(call(opIsNull, tBoolean, x.Pos, n))
	case *syntax.Distinct:
		l, r := e.pair("IS DISTINCT FROM", e.expr(x.Left), e.expr(x.Right), x.Pos)
		return e.b.fold(call(opDistinct, tBoolean, x.Pos, l, r))
	case *syntax.Between:
		v := e.expr(x.X)
		low := e.compare(">=", v, e.expr(x.Low), x.Pos)
		return e.b.fold(call(opAnd, tBoolean, x.Pos, low, e.compare("<=", v, e.expr(x.High), x.Pos)))
	}
	return e.rest(x)
}

// rest binds the forms that are longer.
func (e *exprBinder) rest(x syntax.Expr) *node {
	switch x := x.(type) {
	case *syntax.In:
		return e.in(x)
	case *syntax.Like:
		return e.like(x)
	case *syntax.Exists:
		n := &node{kind: existsNode, typ: tBoolean, pos: x.Pos, query: e.query(x.Query)}
		return n
	case *syntax.Scalar:
		q := e.query(x.Query)
		if len(q.columns) != 1 {
			e.b.fail(x.Pos, "Name one.", "A query in the place of a value shows one column, this one %d.", len(q.columns))
		}
		return &node{kind: scalarNode, typ: q.columns[0].typ, pos: x.Pos, query: q}
	case *syntax.Case:
		return e.caseOf(x)
	case *syntax.Cast:
		return e.cast(x)
	case *syntax.Call:
		return e.call(x)
	case *syntax.Subscript:
		return e.subscript(x)
	case *syntax.Field:
		return e.b.field(e.expr(x.X), x.Name)
	case *syntax.ArrayOf:
		args := e.exprs(x.Elems)
		t := e.unify(args, "The elements of an array")
		return e.b.fold(call(opArray, arrayOf(t), x.Pos, args...))
	case *syntax.AtZone:
		return e.b.callNamed("at_timezone", x.Pos, e.exprs([]syntax.Expr{x.X, x.Zone}))
	case *syntax.Lambda:
		e.b.fail(x.Pos, "", "A function such as x -> … stands as an argument only, in any_match, filter or transform.")
	}
	e.b.fail(x.At(), "", "This is not offered.")
	return nil
}

func (e *exprBinder) exprs(list []syntax.Expr) []*node {
	nodes := make([]*node, len(list))
	for i, x := range list {
		nodes[i] = e.expr(x)
		e.b.value(nodes[i], x.At())
	}
	return nodes
}

// value refuses what is no value.
func (b *binder) value(n *node, pos syntax.Pos) {
	if n.typ.Base == function {
		b.fail(pos, "", "A function is no value.")
	}
}

func (e *exprBinder) column(c *syntax.Column) *node {
	if len(c.Parts) == 1 {
		if n := e.scope.alias(c.Parts[0].Name); n != nil && e.inside == "" {
			return n
		}
	}
	n := e.b.column(e.scope, c)
	if n == nil {
		if c.Parts[0].Name == "current_user" || c.Parts[0].Name == "session_user" {
			e.b.fail(c.Pos, "The column is user.", "%s is not offered.", c.Parts[0].Name)
		}
		e.b.unknownColumn(e.scope, c)
	}
	return n
}

func (e *exprBinder) number(x *syntax.Number) *node {
	if n, err := strconv.ParseInt(x.Text, 10, 64); err == nil {
		if int64(int32(n)) == n {
			return literal(tInteger, intValue(n), x.Pos)
		}
		return literal(tBigint, intValue(n), x.Pos)
	}
	f, err := strconv.ParseFloat(x.Text, 64)
	if err != nil || !strings.ContainsAny(x.Text, ".e") {
		e.b.fail(x.Pos, "", "The number %s is out of range.", shortText(x.Text))
	}
	return literal(tDouble, doubleValue(f), x.Pos)
}

func (e *exprBinder) typed(x *syntax.Typed) *node {
	if x.Type == "date" {
		v, err := parseDate(x.Text)
		if err != nil {
			e.b.fail(x.Pos, "", "%s.", sentence(err))
		}
		return literal(tDate, v, x.Pos)
	}
	v, zoned, err := parseTimestamp(x.Text)
	if err != nil {
		e.b.fail(x.Pos, "", "%s.", sentence(err))
	}
	if zoned {
		return literal(tTimestampTZ, v, x.Pos)
	}
	return literal(tTimestamp, v, x.Pos)
}

func sentence(err error) string { return err.Error() }

func (e *exprBinder) interval(x *syntax.Interval) *node {
	n, err := strconv.ParseInt(strings.TrimSpace(x.Text), 10, 32)
	unit := strings.TrimSuffix(x.Unit, "s")
	if err != nil {
		e.b.fail(x.Pos, "Write INTERVAL '1' DAY.", "%s is no number of an interval.", shortText(x.Text))
	}
	if x.Negative {
		n = -n
	}
	if months := unitMonths[unit]; months != 0 && unit != "quarter" {
		return literal(tIntervalMonth, intValue(n*months), x.Pos)
	}
	ms := unitMilliseconds[unit]
	if ms == 0 {
		e.b.fail(x.Pos, "Write SECOND, MINUTE, HOUR, DAY, WEEK, MONTH or YEAR.", "%s is no unit of an interval.", shortText(x.Unit))
	}
	return literal(tIntervalDay, intValue(n*ms), x.Pos)
}

func (e *exprBinder) logic(x *syntax.Logic) *node {
	fn := opAnd
	if x.Op == "OR" {
		fn = opOr
	}
	var args []*node
	for _, a := range x.Args {
		args = append(args, e.condition(a))
	}
	return e.b.fold(call(fn, tBoolean, x.Pos, args...))
}

func (e *exprBinder) negate(x *syntax.Negate) *node {
	n := e.expr(x.X)
	if !n.typ.numeric() && !n.typ.is(IntervalDay, IntervalMonth, Unknown) {
		e.b.fail(x.Pos, "", "- does not take %s.", n.typ)
	}
	return e.b.fold(call(opNegate, n.typ, x.Pos, n))
}

func (e *exprBinder) binary(x *syntax.Binary) *node {
	l, r := e.expr(x.Left), e.expr(x.Right)
	if comparisons[x.Op] != nil {
		return e.compare(x.Op, l, r, x.Pos)
	}
	if n := e.arithmetic(x.Op, l, r, x.Pos); n != nil {
		return e.b.fold(n)
	}
	hint := timeHint([]*node{l, r})
	if x.Op == "+" && (l.typ.Base == Varchar || r.typ.Base == Varchar) {
		hint = "Texts are joined with ||."
	} else if x.Op == "||" {
		hint = "CAST the other to varchar."
	}
	e.b.fail(x.Pos, strings.TrimSpace(hint), "%s %s %s does not work.", l.typ, x.Op, r.typ)
	return nil
}

// compare binds a comparison of two values of one type.
func (e *exprBinder) compare(op string, l, r *node, pos syntax.Pos) *node {
	l, r = e.pair(op, l, r, pos)
	if op != "=" && op != "<>" {
		e.b.sortable(l.typ, pos)
	}
	return e.b.fold(call(comparisons[op], tBoolean, pos, l, r))
}

// pair brings two values to one type.
func (e *exprBinder) pair(op string, l, r *node, pos syntax.Pos) (*node, *node) {
	e.b.value(l, pos)
	e.b.value(r, pos)
	t := common(l.typ, r.typ)
	if t == nil {
		e.b.fail(pos, mismatchHint(l, r), "%s cannot be compared with %s (%s).", l.typ, r.typ, op)
	}
	return e.b.coerce(l, t), e.b.coerce(r, t)
}

// mismatchHint says what to type where the types of a comparison differ.
func mismatchHint(l, r *node) string {
	text, other := l, r
	if r.typ.Base == Varchar {
		text, other = r, l
	}
	if text.typ.Base != Varchar {
		if other.typ.Base == Array || text.typ.Base == Array {
			return "Write contains(array, value)."
		}
		return "CAST one of them."
	}
	switch {
	case other.typ.numeric() && other.kind == literalNode:
		return "Put the number in quotes: '" + formatValue(other.value, other.typ) + "'."
	case other.typ.numeric() && text.kind == literalNode:
		return "Leave the quotes out."
	case other.typ.numeric():
		return "Write CAST(… AS bigint)."
	case other.typ.Base == Array:
		return "Write contains(array, value)."
	case other.typ.Base == Boolean:
		return "Write true or false without quotes."
	case other.typ.Base == DateType && text.kind == literalNode:
		return "Write DATE " + sqlText(text.value.Text) + "."
	case other.typ.timestamp() && text.kind == literalNode:
		return "Write TIMESTAMP '2024-03-20 12:12:03'."
	}
	return strings.TrimSpace(timeHint([]*node{l, r}))
}

func sqlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// timeHint helps where a text meets a time, as the columns `time` and
// `identity_expires` are text.
func timeHint(args []*node) string {
	text, moment := false, false
	for _, a := range args {
		text = text || a.typ.Base == Varchar
		moment = moment || a.typ.timestamp() || a.typ.is(DateType, IntervalDay, IntervalMonth)
	}
	if text && moment {
		return " A time inside the JSON is text: write from_iso8601_timestamp(…), or use event_time."
	}
	return ""
}

// arithmetic finds what an operator means for two types; nil when nothing.
func (e *exprBinder) arithmetic(op string, l, r *node, pos syntax.Pos) *node {
	lt, rt := l.typ, r.typ
	switch {
	case op == "||":
		return e.join(l, r, pos)
	case lt.Base == Unknown && rt.Base == Unknown:
		return literal(tUnknown, Value{}, pos)
	case (lt.numeric() || lt.Base == Unknown) && (rt.numeric() || rt.Base == Unknown):
		t := common(lt, rt)
		l, r = e.b.coerce(l, t), e.b.coerce(r, t)
		if t.Base == Double {
			return call(doubleOps[op], t, pos, l, r)
		}
		return call(wholeOps[op], t, pos, l, r)
	case op == "*" && lt.Base == IntervalDay && rt.numeric():
		return call(opScale, lt, pos, l, r)
	case op == "*" && rt.Base == IntervalDay && lt.numeric():
		return call(opScale, rt, pos, r, l)
	case op != "+" && op != "-":
		return nil
	case lt.Base == rt.Base && lt.is(IntervalDay, IntervalMonth):
		return call(wholeOps[op], lt, pos, l, r)
	case op == "-" && lt.Base == DateType && rt.Base == DateType:
		return call(opDayDiff, tIntervalDay, pos, l, r)
	case op == "-" && common(lt, rt) != nil && common(lt, rt).timestamp():
		t := common(lt, rt)
		return call(opTimeDiff, tIntervalDay, pos, e.b.coerce(l, t), e.b.coerce(r, t))
	case op == "+" && lt.is(IntervalDay, IntervalMonth):
		l, r, lt, rt = r, l, rt, lt
	}
	return e.move(op, l, r, lt, rt, pos)
}

// move adds an interval to a date or timestamp or takes it away.
func (e *exprBinder) move(op string, l, r *node, lt, rt *Type, pos syntax.Pos) *node {
	if lt.Base != DateType && !lt.timestamp() {
		return nil
	}
	if op == "-" && rt.is(IntervalDay, IntervalMonth) && (rt.Base == IntervalMonth || lt.Base == DateType) {
		r = e.b.fold(call(opNegate, rt, pos, r))
	}
	switch {
	case rt.Base == IntervalMonth:
		return call(opAddMonths, lt, pos, l, r)
	case rt.Base != IntervalDay:
		return nil
	case lt.Base == DateType:
		return call(opAddDays, lt, pos, l, r)
	case op == "-":
		return call(opSubTime, lt, pos, l, r)
	}
	return call(opAddTime, lt, pos, l, r)
}

// join is || of texts or of arrays.
func (e *exprBinder) join(l, r *node, pos syntax.Pos) *node {
	if l.typ.is(Varchar, Unknown) && r.typ.is(Varchar, Unknown) {
		return call(opConcat, tVarchar, pos, e.b.coerce(l, tVarchar), e.b.coerce(r, tVarchar))
	}
	if l.typ.Base == Array && r.typ.Base == Array && common(l.typ, r.typ) != nil {
		return e.b.callNamed("concat", pos, []*node{l, r})
	}
	return nil
}
