package views

import (
	"strconv"
	"strings"
)

// aggregate is one use of an aggregate function.
type aggregate struct {
	def      *aggregateDef
	distinct bool
	filter   *node
	order    []orderKey // of array_agg
}

func (a *aggregate) children() []*node {
	var list []*node
	if a.filter != nil {
		list = append(list, a.filter)
	}
	for _, o := range a.order {
		list = append(list, o.expr)
	}
	return list
}

func (a *aggregate) key() string {
	key := a.def.name + strconv.FormatBool(a.distinct) + strconv.FormatBool(a.filter != nil)
	for _, o := range a.order {
		key += strconv.FormatBool(o.desc) + strconv.FormatBool(o.nullsFirst)
	}
	return key
}

// aggregateDef is an aggregate function in one of its forms.
type aggregateDef struct {
	builtin
	// sql is the aggregate over rows that stand for one event each.
	sql func(a aggregateSQL) string
	// counted is the same over rows that stand for n events each; nil where the
	// aggregate cannot be had that way.
	counted func(a aggregateSQL) string
	// collect, where it is set, makes the Go aggregate that sql names.
	collect func(n *node) collector
}

// aggregateSQL is what an aggregate is written from.
type aggregateSQL struct {
	args []string
	n    string // the column that says for how many events a row stands
	pre  string // DISTINCT
	end  string // the FILTER and OVER behind the call
	name string // of a Go aggregate
}

// aggregates holds the aggregate functions by name.
var aggregates = map[string][]*aggregateDef{}

func defineAggregate(signature string, d aggregateDef) {
	d.builtin = *signed(signature, builtin{})
	aggregates[d.name] = append(aggregates[d.name], &d)
}

// plain is an aggregate to which it does not matter how often a row is there.
func plain(sql func(a aggregateSQL) string) aggregateDef {
	return aggregateDef{sql: sql, counted: sql}
}

func called(name string) func(a aggregateSQL) string {
	return func(a aggregateSQL) string { return name + "(" + a.pre + strings.Join(a.args, ", ") + ")" + a.end }
}

// defineAggregates adds the aggregate functions.
func defineAggregates() {
	count := func(a aggregateSQL) string {
		if len(a.args) == 0 {
			return "count(*)" + a.end
		}
		return called("count")(a)
	}
	defineAggregate("count(T?) bigint", aggregateDef{sql: count, counted: func(a aggregateSQL) string {
		switch {
		case a.pre != "":
			return count(a)
		case len(a.args) == 0:
			return "coalesce(sum(" + a.n + ")" + a.end + ", 0)"
		}
		return "coalesce(sum(CASE WHEN " + a.args[0] + " IS NOT NULL THEN " + a.n + " END)" + a.end + ", 0)"
	}})
	defineAggregate("count_if(boolean) bigint", aggregateDef{
		sql: func(a aggregateSQL) string { return "count(CASE WHEN " + a.args[0] + " THEN 1 END)" + a.end },
		counted: func(a aggregateSQL) string {
			return "coalesce(sum(CASE WHEN " + a.args[0] + " THEN " + a.n + " END)" + a.end + ", 0)"
		},
	})
	defineSums()
	defineAggregate("min(O) O", plain(called("min")))
	defineAggregate("max(O) O", plain(called("max")))
	defineAggregate("bool_and(boolean) boolean", plain(called("min")))
	defineAggregate("every(boolean) boolean", plain(called("min")))
	defineAggregate("bool_or(boolean) boolean", plain(called("max")))
	defineAggregate("arbitrary(T) T", plain(called("min")))
	defineAggregate("any_value(T) T", plain(called("min")))
	defineAggregate("approx_distinct(T) bigint", plain(func(a aggregateSQL) string {
		a.pre = "DISTINCT "
		return called("count")(a)
	}))
	ours := func(a aggregateSQL) string { return called(a.name)(a) }
	byKey := func(sign int) func(n *node) collector {
		return func(n *node) collector { return &bestBy{sign: sign, typ: n.typ, by: n.args[1].typ} }
	}
	defineAggregate("max_by(T, O) T", aggregateDef{sql: ours, counted: ours, collect: byKey(1)})
	defineAggregate("min_by(T, O) T", aggregateDef{sql: ours, counted: ours, collect: byKey(-1)})
	defineAggregate("array_agg(T) array(T)", aggregateDef{sql: ours, collect: func(n *node) collector {
		return &listing{elem: n.typ.Elem}
	}})
}

// defineSums adds sum and avg, where a row that stands for n events weighs n.
func defineSums() {
	times := func(a aggregateSQL) string {
		if a.pre != "" {
			return called("sum")(a)
		}
		return "sum(" + a.args[0] + " * " + a.n + ")" + a.end
	}
	mean := func(a aggregateSQL) string {
		if a.pre != "" {
			return called("avg")(a)
		}
		return "(" + times(a) + " * 1.0 / sum(CASE WHEN " + a.args[0] + " IS NOT NULL THEN " + a.n + " END)" + a.end + ")"
	}
	for _, t := range []string{"bigint", "double", "interval"} {
		defineAggregate("sum("+t+") "+t, aggregateDef{sql: called("sum"), counted: times})
	}
	defineAggregate("avg(N) double", aggregateDef{sql: called("avg"), counted: mean})
	defineAggregate("avg(interval) interval", aggregateDef{
		sql:     func(a aggregateSQL) string { return "CAST(round(" + called("avg")(a) + ") AS INTEGER)" },
		counted: func(a aggregateSQL) string { return "CAST(round(" + mean(a) + ") AS INTEGER)" },
	})
}

// windowFunctions are the functions that make sense behind OVER alone.
var windowFunctions = map[string][]*builtin{}

// defineWindows adds the window functions.
func defineWindows() {
	for _, signature := range []string{
		"row_number() bigint", "rank() bigint", "dense_rank() bigint", "percent_rank() double", "cume_dist() double",
		"ntile(bigint) bigint", "lag(T, bigint?, T?) T", "lead(T, bigint?, T?) T",
		"first_value(T) T", "last_value(T) T", "nth_value(T, bigint) T",
	} {
		f := signed(signature, builtin{})
		windowFunctions[f.name] = append(windowFunctions[f.name], f)
	}
}
