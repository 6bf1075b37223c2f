package views

import (
	"cordon/store/views/syntax"
)

// from binds the tables of a FROM. It fills in the sources of the scope as they
// come, so that an UNNEST can name those to its left.
func (b *binder) from(tables []syntax.Table, s *scope, with *ctes, stream bool) []fromItem {
	n := 0
	for _, t := range tables {
		n += countTables(t)
	}
	f := &fromBinder{b: b, scope: s, with: with, stream: stream && n <= 1}
	var items []fromItem
	for _, t := range tables {
		items = append(items, f.table(t))
	}
	seen := map[string]bool{}
	for _, src := range s.sources {
		if src.alias != "" && seen[src.alias] {
			b.fail(tablePos(tables[0]), "Give each its own name: … AS a, … AS b.", "Two tables are called %s here.", quoteName(src.alias))
		}
		seen[src.alias] = true
	}
	return items
}

// countTables counts the views and queries of a table, arrays aside.
func countTables(t syntax.Table) int {
	switch t := t.(type) {
	case *syntax.Unnest:
		return 0
	case *syntax.Join:
		return countTables(t.Left) + countTables(t.Right)
	}
	return 1
}

func tablePos(t syntax.Table) syntax.Pos {
	switch t := t.(type) {
	case *syntax.Name:
		return t.Name.Pos
	case *syntax.Derived:
		return t.Query.Pos
	case *syntax.Unnest:
		return t.Pos
	case *syntax.Join:
		return tablePos(t.Left)
	}
	return 0
}

type fromBinder struct {
	b      *binder
	scope  *scope
	with   *ctes
	stream bool
}

func (f *fromBinder) table(t syntax.Table) fromItem {
	switch t := t.(type) {
	case *syntax.Name:
		return f.add(f.b.named(t, f.with, f.stream), t.Alias, t.Columns)
	case *syntax.Derived:
		q := f.b.query(t.Query, f.with, f.scope.outer.scope(), f.stream)
		f.scope.outer.pass(q)
		return f.add(&source{query: q, columns: q.columns}, t.Alias, t.Columns)
	case *syntax.Unnest:
		return f.unnest(t)
	}
	return f.join(t.(*syntax.Join))
}

// add gives a source its name and the names of its columns.
func (f *fromBinder) add(src *source, alias syntax.Ident, names []syntax.Ident) *source {
	b := f.b
	b.ids++
	b.sources++
	src.id = b.ids
	if b.sources > maxSources {
		b.fail(alias.Pos, "Ask in parts.", "The statement reads more than %d tables, those of WITH counted each time.", maxSources)
	}
	if alias.Name != "" {
		src.alias = alias.Name
	}
	if names != nil {
		src.columns = f.renamed(src.columns, names)
	}
	f.scope.sources = append(f.scope.sources, src)
	return src
}

func (f *fromBinder) renamed(columns []sourceColumn, names []syntax.Ident) []sourceColumn {
	var out []sourceColumn
	for _, c := range columns {
		if !c.hidden {
			out = append(out, c)
		}
	}
	if len(out) != len(names) {
		f.b.fail(names[0].Pos, "", "The table has %d columns, and %d names are given.", len(out), len(names))
	}
	renamed := append([]sourceColumn(nil), columns...)
	n := 0
	for i := range renamed {
		if !renamed[i].hidden {
			renamed[i].name = names[n].Name
			n++
		}
	}
	return renamed
}

// named binds the name of a query of WITH or of a view.
func (b *binder) named(t *syntax.Name, with *ctes, stream bool) *source {
	name := t.Name.Name
	if c := with.named(name); c != nil {
		q := b.query(c.cte.Query, c.parent, nil, stream)
		src := &source{alias: name, query: q, columns: q.columns}
		if c.cte.Columns != nil {
			src.columns = (&fromBinder{b: b}).renamed(q.columns, c.cte.Columns)
		}
		return src
	}
	v := Named(name)
	if v == nil {
		b.unknownView(t.Name, with)
	}
	b.scans++
	if b.scans > maxScans {
		b.fail(t.Name.Pos, "Read the view events, or ask in parts.", "The statement reads more than %d views.", maxScans)
	}
	src := &source{alias: name, scan: &scanUse{view: v, stream: stream, shown: map[int]bool{}}}
	for _, c := range v.Columns {
		src.columns = append(src.columns, sourceColumn{name: c.Name, typ: c.Type, hidden: c.Hidden})
	}
	return src
}

func (b *binder) unknownView(name syntax.Ident, with *ctes) {
	if v := Named(nameOf(name.Name)); v != nil {
		b.fail(name.Pos, "Type "+v.Name+".", "There is no view %s.", quoteName(name.Name))
	}
	var names []string
	for c := with; c != nil; c = c.parent {
		names = append(names, c.cte.Name.Name)
	}
	for _, v := range All() {
		names = append(names, v.Name)
	}
	hint := nearestHint(name.Name, names)
	if hint == "" {
		hint = "cordon query --schema lists the views; events holds every event."
	}
	b.fail(name.Pos, hint, "There is no view %s.", quoteName(name.Name))
}

// unnest binds an array as a table: a column for each array, or one for each
// field where its elements are rows.
func (f *fromBinder) unnest(t *syntax.Unnest) fromItem {
	src := &source{unnest: &unnestUse{ordinality: t.Ordinality}}
	e := &exprBinder{b: f.b, scope: f.scope, with: f.with, clause: "UNNEST"}
	for _, arg := range t.Args {
		n := e.expr(arg)
		if n.typ.Base != Array {
			f.b.fail(arg.At(), "", "UNNEST takes an array, not %s.", n.typ)
		}
		src.unnest.args = append(src.unnest.args, n)
		if n.typ.Elem.Base != Row {
			src.columns = append(src.columns, sourceColumn{name: "_col" + itoa(len(src.columns)), typ: n.typ.Elem})
			continue
		}
		for _, field := range n.typ.Elem.Fields {
			src.columns = append(src.columns, sourceColumn{name: nameOf(field.Name), typ: field.Type})
		}
	}
	if t.Ordinality {
		src.columns = append(src.columns, sourceColumn{name: "ordinality", typ: tBigint})
	}
	return f.add(src, t.Alias, t.Columns)
}

func (f *fromBinder) join(t *syntax.Join) fromItem {
	first := len(f.scope.sources)
	j := &boundJoin{kind: t.Kind}
	j.left = f.table(t.Left)
	middle := len(f.scope.sources)
	j.right = f.table(t.Right)
	left, right := f.scope.sources[first:middle], f.scope.sources[middle:]
	if u, ok := j.right.(*source); ok && u.unnest != nil && (t.Kind == "RIGHT" || t.Kind == "FULL") {
		f.b.fail(t.Pos, "Use CROSS JOIN or LEFT JOIN.", "%s JOIN with UNNEST is not offered.", t.Kind)
	}
	if t.Kind == "LEFT" || t.Kind == "FULL" {
		mark(right)
	}
	if t.Kind == "RIGHT" || t.Kind == "FULL" {
		mark(left)
	}
	switch {
	case t.Using != nil:
		for _, name := range t.Using {
			j.on = append(j.on, f.using(j.kind, name, left, right))
		}
	case t.On != nil:
		s := &scope{sources: append(append([]*source(nil), left...), right...), merged: f.scope.merged, outer: f.scope.outer}
		e := &exprBinder{b: f.b, scope: s, with: f.with, clause: "ON"}
		j.on = conjuncts(e.condition(t.On))
	}
	return j
}

func mark(sources []*source) {
	for _, s := range sources {
		s.nullable = true
	}
}

// using joins by a column of the same name on both sides, which is one column
// from then on.
func (f *fromBinder) using(kind string, name syntax.Ident, left, right []*source) *node {
	side := func(sources []*source) *node {
		s := &scope{sources: sources}
		n, _ := f.b.local(s, &syntax.Column{Pos: name.Pos, Parts: []syntax.Ident{name}})
		if n == nil {
			f.b.noColumn(name, name.Name, sources)
		}
		return n
	}
	var l *node
	merged := -1
	for i, m := range f.scope.merged {
		if m.name == name.Name {
			l, merged = m.expr, i
		}
	}
	if l == nil {
		l = side(left)
	}
	r := side(right)
	e := &exprBinder{b: f.b}
	on := e.compare("=", l, r, name.Pos)
	shown := l
	switch kind {
	case "RIGHT":
		shown = r
	case "FULL":
		shown = e.coalesce([]*node{l, r}, name.Pos)
	}
	if merged >= 0 {
		f.scope.merged[merged].expr = shown
	} else {
		f.scope.merged = append(f.scope.merged, boundItem{name: name.Name, expr: shown})
	}
	return on
}

// conjuncts splits a condition at its ANDs.
func conjuncts(n *node) []*node {
	if n.kind == callNode && n.fn == opAnd {
		var list []*node
		for _, a := range n.args {
			list = append(list, conjuncts(a)...)
		}
		return list
	}
	return []*node{n}
}
