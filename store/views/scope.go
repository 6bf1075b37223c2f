package views

import (
	"slices"
	"strings"

	"cordon/store/views/syntax"
)

// scope is what names mean at one place of a statement.
type scope struct {
	sources []*source
	merged  []boundItem // the columns of USING
	aliases []boundItem // what SELECT shows, where it can be named
	params  []lambdaParam
	outer   *boundary
}

// boundary lies between a query and the one around it.
type boundary struct {
	parent *scope
	query  *boundQuery
}

func (o *boundary) scope() *scope {
	if o == nil {
		return nil
	}
	return o.parent
}

// pass hands on what a query inside this one uses of the queries around both.
func (o *boundary) pass(inner *boundQuery) {
	o.query.outer = append(o.query.outer, inner.outer...)
}

type lambdaParam struct {
	name string
	node *node
}

// column finds what a name of one part or more means; nil when nothing has it.
func (b *binder) column(s *scope, c *syntax.Column) *node {
	if n, used := b.lookup(s, c); n != nil {
		return b.fields(n, c.Parts[used:])
	}
	return nil
}

// lookup finds the column that the first parts of a name mean, here or in the
// queries around, and how many parts that took.
func (b *binder) lookup(s *scope, c *syntax.Column) (*node, int) {
	if n, used := b.local(s, c); n != nil {
		return n, used
	}
	if s.outer == nil || s.outer.parent == nil {
		return nil, 0
	}
	n, used := b.lookup(s.outer.parent, c)
	if n != nil {
		n.walk(func(n *node) bool {
			if n.kind == columnNode {
				s.outer.query.outer = append(s.outer.query.outer, n)
			}
			return true
		})
	}
	return n, used
}

func (b *binder) local(s *scope, c *syntax.Column) (*node, int) {
	first := c.Parts[0].Name
	for _, p := range slices.Backward(s.params) {
		if p.name == first {
			return p.node, 1
		}
	}
	if len(c.Parts) > 1 {
		for _, src := range s.sources {
			if src.alias == first {
				n := b.columnOf(src, c.Parts[1])
				if n == nil {
					b.noColumn(c.Parts[1], src.alias+"."+c.Parts[1].Name, []*source{src})
				}
				return n, 2
			}
		}
	}
	for _, m := range s.merged {
		if m.name == first {
			return m.expr, 1
		}
	}
	var found *node
	for _, src := range s.sources {
		n := b.columnOf(src, c.Parts[0])
		if n != nil && found != nil {
			b.fail(c.Pos, "Write "+found.src.alias+"."+first+" or "+src.alias+"."+first+".", "The column %s is in more than one table.", quoteName(first))
		}
		if n != nil {
			found = n
		}
	}
	return found, 1
}

// columnOf makes a node of a column of one source; nil when it has none of the
// name.
func (b *binder) columnOf(src *source, name syntax.Ident) *node {
	for i, c := range src.columns {
		if c.name == name.Name {
			return &node{kind: columnNode, typ: c.typ, src: src, index: i, pos: name.Pos}
		}
	}
	return nil
}

// alias finds what SELECT shows under a name; nil when nothing.
func (s *scope) alias(name string) *node {
	for _, a := range s.aliases {
		if a.name == name {
			return a.expr
		}
	}
	return nil
}

// fields goes down into a row, one name after the other.
func (b *binder) fields(n *node, names []syntax.Ident) *node {
	for _, name := range names {
		n = b.field(n, name)
	}
	return n
}

func (b *binder) field(n *node, name syntax.Ident) *node {
	if n.typ.Base != Row {
		hint := ""
		if n.typ.Base == Array && n.typ.Elem.Base == Row {
			hint = "It is an array: write …[1]." + name.Name + ", or CROSS JOIN UNNEST(…)."
		}
		b.fail(name.Pos, hint, "A value of type %s has no field %s.", n.typ, quoteName(name.Name))
	}
	var names []string
	for i, f := range n.typ.Fields {
		if strings.EqualFold(f.Name, name.Name) {
			return b.fold(call(opField, f.Type, n.pos, n, literal(tBigint, intValue(int64(i)), name.Pos)))
		}
		names = append(names, f.Name)
	}
	b.fail(name.Pos, "Its fields are "+strings.Join(names, ", ")+".", "The row has no field %s.", quoteName(name.Name))
	return nil
}

// unknownColumn refuses a name that nothing has, naming the nearest.
func (b *binder) unknownColumn(s *scope, c *syntax.Column) {
	var parts []string
	for _, p := range c.Parts {
		parts = append(parts, p.Name)
	}
	if len(parts) > 1 {
		// A path as it stands in the JSON is a column with underscores.
		joined := nameOf(parts...)
		for _, src := range s.sources {
			if b.columnOf(src, syntax.Ident{Name: joined}) != nil {
				b.fail(c.Pos, "Type "+joined+".", "There is no table %s here.", quoteName(parts[0]))
			}
		}
		if len(s.sources) > 0 {
			var names []string
			for _, src := range s.sources {
				names = append(names, src.alias)
			}
			b.fail(c.Pos, "The tables here are "+strings.Join(names, ", ")+".", "There is no table or row %s here.", quoteName(parts[0]))
		}
	}
	b.noColumn(c.Parts[0], strings.Join(parts, "."), s.sources)
}

func (b *binder) noColumn(name syntax.Ident, shown string, sources []*source) {
	var names []string
	for _, src := range sources {
		for _, c := range src.columns {
			names = append(names, c.name)
		}
	}
	hint := nearestHint(name.Name, names)
	if len(sources) == 0 {
		hint = "There is no FROM. Text stands in single quotes: '" + name.Name + "'."
	} else if hint == "" {
		hint = "cordon query --schema lists the columns. Text stands in single quotes."
	}
	b.fail(name.Pos, hint, "There is no column %s.", quoteName(shown))
}
