package views

import (
	"strconv"
	"strings"
)

// program is a statement ready to run: one SELECT of SQLite, and what it calls.
type program struct {
	sql       string
	params    []Value // of ?1, ?2, …
	columns   []sourceColumn
	scans     []*scanProgram
	unnests   []*source
	functions []*fused
	collects  []*collectProgram
	notes     *notes
}

// scanProgram is a view as a table of SQLite: the columns that a row has.
type scanProgram struct {
	name    string
	scan    *Scan
	columns []string // their names, without the count
}

// fused is a part of an expression that Go works out, as one function.
type fused struct {
	name   string
	leaves []*node // its arguments
	eval   evalFn
}

// collectProgram is a Go aggregate.
type collectProgram struct {
	name string
	node *node
}

// emit writes a bound query as one statement of SQLite that gives at most limit
// rows and one more; 0 is all.
func emit(q *boundQuery, limit int) *program {
	e := &emitter{p: &program{columns: q.columns, notes: newNotes()}, known: map[string]string{}}
	if limit > 0 && (q.limit < 0 || q.limit > int64(limit)+1) {
		short := *q
		short.limit = int64(limit) + 1
		q = &short
	}
	sql := e.query(q)
	var kept []string
	for _, src := range e.views {
		s := e.scan(src)
		e.p.scans = append(e.p.scans, s)
		if !src.scan.stream {
			columns := append([]string(nil), s.columns...)
			if s.scan.Counted {
				columns = append(columns, "n")
			}
			if len(columns) == 0 {
				columns = []string{"1 AS z"}
			}
			kept = append(kept, keptName(src)+" AS MATERIALIZED (SELECT "+strings.Join(columns, ", ")+" FROM "+s.name+")")
		}
	}
	if kept != nil {
		sql = "WITH " + strings.Join(kept, ", ") + " " + sql
	}
	e.p.sql = sql
	return e.p
}

type emitter struct {
	p       *program
	known   map[string]string // the functions made, by what they work out
	views   []*source
	counted []*source // those that are read with a count
	n       string    // the column that counts the rows of the block at hand
}

func scanName(src *source) string { return "scan_" + itoa(src.id) }

func keptName(src *source) string { return "kept_" + itoa(src.id) }

func tableName(src *source) string { return "t" + itoa(src.id) }

func (e *emitter) query(q *boundQuery) string {
	outer := e.n
	defer func() { e.n = outer }()
	sql := e.body(q.body)
	if q.order != nil {
		sql += " ORDER BY " + e.order(q.order)
	}
	switch {
	case q.limit >= 0:
		sql += " LIMIT " + strconv.FormatInt(q.limit, 10)
	case q.offset >= 0:
		sql += " LIMIT -1"
	}
	if q.offset >= 0 {
		sql += " OFFSET " + strconv.FormatInt(q.offset, 10)
	}
	return sql
}

// body leaves the count of its block in place for the ORDER BY behind it.
func (e *emitter) body(body boundBody) string {
	switch body := body.(type) {
	case *boundSelect:
		return e.block(body)
	case *boundSetOp:
		right := e.body(body.right)
		if _, ok := body.right.(*boundSetOp); ok {
			right = "SELECT * FROM (" + right + ")"
		}
		return e.body(body.left) + " " + body.op + " " + right
	}
	return "SELECT * FROM (" + e.query(body.(*boundQuery)) + ")"
}

func (e *emitter) block(s *boundSelect) string {
	e.n = ""
	if s.counted != nil {
		e.n = tableName(s.counted) + ".n"
		e.counted = append(e.counted, s.counted)
	}
	var b strings.Builder
	b.WriteString("SELECT ")
	if s.distinct {
		b.WriteString("DISTINCT ")
	}
	for i, item := range s.items {
		if i > 0 {
			b.WriteString(", ")
		}
		sql := e.expr(item.expr)
		if i == 0 && s.having != nil && len(s.group) == 0 {
			// SQLite wants an aggregate in front of a HAVING without GROUP BY.
			sql = "CASE WHEN count(*) >= 0 THEN " + sql + " END"
		}
		b.WriteString(sql + " AS c" + itoa(i))
	}
	for i, item := range s.from {
		b.WriteString([]string{" FROM ", ", "}[min(i, 1)])
		sql := e.from(item)
		if _, ok := item.(*boundJoin); ok && i > 0 {
			sql = "(" + sql + ")"
		}
		b.WriteString(sql)
	}
	if len(s.where) > 0 {
		b.WriteString(" WHERE " + e.all(s.where))
	}
	if len(s.group) > 0 {
		var keys []string
		for _, g := range s.group {
			keys = append(keys, e.key(g))
		}
		b.WriteString(" GROUP BY " + strings.Join(keys, ", "))
	}
	if s.having != nil {
		b.WriteString(" HAVING " + e.expr(s.having))
	}
	return b.String()
}

func (e *emitter) all(conditions []*node) string {
	if len(conditions) == 0 {
		return "1"
	}
	return balanced("AND", e.exprs(conditions))
}

func (e *emitter) order(keys []orderKey) string {
	var parts []string
	for _, k := range keys {
		part := itoa(k.ordinal)
		if k.ordinal == 0 {
			part = e.key(k.expr)
		}
		if k.desc {
			part += " DESC"
		}
		nulls := " NULLS LAST"
		if k.nullsFirst {
			nulls = " NULLS FIRST"
		}
		parts = append(parts, part+nulls)
	}
	return strings.Join(parts, ", ")
}

// key writes an expression to group or sort by. A constant makes no difference,
// and as a number SQLite would take it for the place of a column.
func (e *emitter) key(n *node) string {
	if n.kind == literalNode {
		return "NULL"
	}
	return e.expr(n)
}

func (e *emitter) from(item fromItem) string {
	if j, ok := item.(*boundJoin); ok {
		right := e.from(j.right)
		if _, ok := j.right.(*boundJoin); ok {
			right = "(" + right + ")"
		}
		kind := map[string]string{"LEFT": " LEFT JOIN ", "RIGHT": " RIGHT JOIN ", "FULL": " FULL JOIN "}[j.kind]
		if kind == "" {
			kind = " JOIN "
		}
		return e.from(j.left) + kind + right + " ON " + e.all(j.on)
	}
	src := item.(*source)
	as := " AS " + tableName(src)
	switch {
	case src.query != nil:
		return "(" + e.query(src.query) + ")" + as
	case src.unnest != nil:
		e.p.unnests = append(e.p.unnests, src)
		return "unnest_" + itoa(src.id) + "(" + strings.Join(e.exprs(src.unnest.args), ", ") + ")" + as
	}
	e.views = append(e.views, src)
	if src.scan.stream {
		return scanName(src) + as
	}
	return keptName(src) + as
}

func (e *emitter) exprs(nodes []*node) []string {
	list := make([]string, len(nodes))
	for i, n := range nodes {
		list[i] = e.expr(n)
	}
	return list
}

func (e *emitter) expr(n *node) string {
	switch n.kind {
	case literalNode:
		return e.literal(n.value)
	case columnNode:
		if n.src.scan != nil {
			n.src.scan.shown[n.index] = true
		}
		return tableName(n.src) + ".c" + itoa(n.index)
	case callNode:
		if n.fn.sql != nil {
			return n.fn.sql(e.exprs(n.args))
		}
		return e.fuse(n)
	case aggregateNode:
		return e.aggregate(n)
	case windowNode:
		return n.fn.name + "(" + strings.Join(e.exprs(n.args), ", ") + ") OVER " + e.window(n.over)
	case existsNode:
		return "EXISTS (" + e.query(n.query) + ")"
	case inQueryNode:
		return "(" + e.expr(n.args[0]) + " IN (" + e.query(n.query) + "))"
	}
	return "(" + e.query(n.query) + ")"
}

// literal writes a constant; texts and doubles are handed over beside the
// statement.
func (e *emitter) literal(v Value) string {
	switch v.Kind {
	case Null:
		return "NULL"
	case Text, JSON, Float:
		e.p.params = append(e.p.params, v)
		return "?" + itoa(len(e.p.params))
	}
	return strconv.FormatInt(v.Int, 10)
}

// fuse makes one function of an expression that Go works out. Its arguments are
// what Go cannot know: columns and what SQLite works out.
func (e *emitter) fuse(n *node) string {
	var leaves []*node
	places := map[string]int{}
	c := &compiler{notes: e.p.notes, slot: func(n *node) int {
		key := n.key()
		if _, ok := places[key]; !ok {
			places[key] = len(leaves)
			leaves = append(leaves, n)
		}
		return places[key]
	}}
	key := n.key()
	eval := c.compile(n)
	name, ok := e.known[key]
	if !ok {
		name = "f_" + itoa(len(e.known)+1)
		e.known[key] = name
		e.p.functions = append(e.p.functions, &fused{name: name, leaves: leaves, eval: eval})
	}
	return name + "(" + strings.Join(e.exprs(leaves), ", ") + ")"
}

func (e *emitter) aggregate(n *node) string {
	a := aggregateSQL{args: e.exprs(n.args)}
	if n.agg.distinct {
		a.pre = "DISTINCT "
	}
	if n.agg.order != nil {
		a.args[len(a.args)-1] += " ORDER BY " + e.order(n.agg.order)
	}
	if n.agg.filter != nil {
		a.end = " FILTER (WHERE " + e.expr(n.agg.filter) + ")"
	}
	if n.agg.def.collect != nil {
		a.name = "collect_" + itoa(len(e.p.collects)+1)
		e.p.collects = append(e.p.collects, &collectProgram{name: a.name, node: n})
	}
	if n.over != nil {
		a.end += " OVER " + e.window(n.over)
		return n.agg.def.sql(a)
	}
	if e.n != "" {
		a.n = e.n
		return n.agg.def.counted(a)
	}
	return n.agg.def.sql(a)
}

func (e *emitter) window(w *window) string {
	var parts []string
	if len(w.partition) > 0 {
		parts = append(parts, "PARTITION BY "+strings.Join(e.exprs(w.partition), ", "))
	}
	if len(w.order) > 0 {
		parts = append(parts, "ORDER BY "+e.order(w.order))
	}
	if w.frame != "" {
		parts = append(parts, w.frame)
	}
	return "(" + strings.Join(parts, " ") + ")"
}
