package views

import (
	"slices"
	"sort"
	"sync"
)

// scan settles what is asked of a view: the columns that the statement names,
// then those that only conditions use.
func (e *emitter) scan(src *source) *scanProgram {
	view := src.scan.view
	s := &Scan{View: view}
	for _, c := range e.counted {
		s.Counted = s.Counted || c == src
	}
	p := &scanProgram{name: scanName(src), scan: s}
	var shown []int
	for i := range src.scan.shown {
		shown = append(shown, i)
	}
	sort.Ints(shown)
	place := map[int]int{}
	for _, i := range shown {
		place[i] = len(s.Columns)
		s.Columns = append(s.Columns, view.Columns[i])
		p.columns = append(p.columns, "c"+itoa(i))
	}
	s.Shown = len(s.Columns)
	for _, n := range src.scan.where {
		s.Where = append(s.Where, e.condition(n, func(i int) int {
			if _, ok := place[i]; !ok {
				place[i] = len(s.Columns)
				s.Columns = append(s.Columns, view.Columns[i])
			}
			return place[i]
		}))
	}
	return p
}

// condition compiles a condition on one view. place says where a column of the
// view stands among those of the scan.
func (e *emitter) condition(n *node, place func(i int) int) Condition {
	var cond Condition
	at := map[int]int{}
	first := -1
	c := &compiler{notes: e.p.notes, slot: func(n *node) int {
		if _, ok := at[n.index]; !ok {
			if first < 0 {
				first = n.index
			}
			at[n.index] = len(cond.Uses)
			cond.Uses = append(cond.Uses, place(n.index))
		}
		return at[n.index]
	}}
	eval := c.compile(n)
	cond.Instants, cond.NotNull = make([]bool, len(at)), make([]bool, len(at))
	for index, i := range at {
		cond.Instants[i], cond.NotNull[i] = instant(n, index), refusesNull(n, index)
	}
	frames := sync.Pool{New: func() any { return new(frame) }}
	cond.Holds = func(values []Value) bool {
		f := frames.Get().(*frame)
		*f = frame{row: values}
		v, _ := eval(f)
		frames.Put(f)
		return v.holds()
	}
	// The column with known texts comes first, whichever it is.
	if texts, ok := equals(n, first); ok {
		cond.Equals = texts
	}
	return cond
}

// refusesNull reports whether an expression is surely NULL where a column is.
func refusesNull(n *node, column int) bool {
	if n.kind != callNode {
		return n.kind == columnNode && n.index == column
	}
	return n.fn.build == nil && slices.ContainsFunc(n.args, func(a *node) bool { return refusesNull(a, column) })
}

// instant reports whether an expression takes a column through
// from_iso8601_timestamp wherever it mentions it.
func instant(n *node, column int) bool {
	is := func(n *node) bool { return n.kind == columnNode && n.index == column }
	mentions := 0
	n.walk(func(n *node) bool {
		if is(n) {
			mentions++
		}
		if n.kind == callNode && n.fn.name == isoTimestamp && is(n.args[0]) {
			mentions--
		}
		return true
	})
	return mentions == 0
}
