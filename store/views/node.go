package views

import (
	"strconv"
	"strings"

	"cordon/store/views/syntax"
)

// node is an expression whose names and types are settled.
type node struct {
	kind  nodeKind
	typ   *Type
	pos   syntax.Pos
	value Value    // of a literal
	src   *source  // of a column
	index int      // of a column its place in src, of a parameter its slot
	fn    *builtin // of a call
	agg   *aggregate
	over  *window
	query *boundQuery
	args  []*node
}

type nodeKind uint8

const (
	literalNode nodeKind = iota
	columnNode
	callNode
	aggregateNode // agg; over is set where it is used as a window function
	windowNode    // a function that is a window function alone
	scalarNode    // a query as a value
	existsNode
	inQueryNode // args[0] IN (query)
	lambdaNode  // args[0] is its body
	paramNode
)

// window is what stands in OVER.
type window struct {
	partition []*node
	order     []orderKey
	frame     string
}

// orderKey is one key of an ORDER BY. ordinal is the place among the shown
// items, counted from 1, where the key is one of them.
type orderKey struct {
	expr       *node
	ordinal    int
	desc       bool
	nullsFirst bool
}

func literal(t *Type, v Value, pos syntax.Pos) *node {
	return &node{kind: literalNode, typ: t, value: v, pos: pos}
}

func call(fn *builtin, t *Type, pos syntax.Pos, args ...*node) *node {
	return &node{kind: callNode, fn: fn, typ: t, pos: pos, args: args}
}

// as is the same value under another type that is stored in the same way.
func (n *node) as(t *Type) *node {
	c := *n
	c.typ = t
	return &c
}

// pure reports whether the value can be worked out from the columns of one row
// alone: no query, aggregate or window stands in it.
func (n *node) pure() bool {
	switch n.kind {
	case aggregateNode, windowNode, scalarNode, existsNode, inQueryNode:
		return false
	}
	for _, a := range n.args {
		if !a.pure() {
			return false
		}
	}
	return true
}

// walk visits the node and what it is made of, without entering queries, as
// long as visit returns true.
func (n *node) walk(visit func(*node) bool) {
	if !visit(n) {
		return
	}
	for _, c := range n.children() {
		c.walk(visit)
	}
}

func (n *node) children() []*node {
	list := n.args
	if n.agg != nil {
		list = append(append([]*node(nil), list...), n.agg.children()...)
	}
	if n.over != nil {
		list = append(append([]*node(nil), list...), n.over.partition...)
		for _, o := range n.over.order {
			list = append(list, o.expr)
		}
	}
	return list
}

// key is a text that is equal for expressions that mean the same.
func (n *node) key() string {
	var b strings.Builder
	n.writeKey(&b)
	return b.String()
}

func (n *node) writeKey(b *strings.Builder) {
	b.WriteByte('(')
	b.WriteString(strconv.Itoa(int(n.kind)))
	switch n.kind {
	case literalNode:
		b.WriteString(n.typ.String() + strconv.Itoa(int(n.value.Kind)) + " " + strconv.FormatInt(n.value.Int, 10) + strconv.Quote(n.value.Text))
	case columnNode:
		b.WriteString(" t" + strconv.Itoa(n.src.id) + "." + strconv.Itoa(n.index))
	case paramNode:
		b.WriteString(" p" + strconv.Itoa(n.index))
	case callNode, windowNode:
		b.WriteString(n.fn.name + ":" + n.typ.String())
	case aggregateNode:
		b.WriteString(n.agg.key())
	case scalarNode, existsNode, inQueryNode:
		b.WriteString(" q" + strconv.Itoa(n.query.id))
	}
	if n.over != nil {
		b.WriteString(" over " + n.over.frame + strconv.Itoa(len(n.over.partition)))
		for _, o := range n.over.order {
			b.WriteString(strconv.FormatBool(o.desc) + strconv.FormatBool(o.nullsFirst))
		}
	}
	for _, c := range n.children() {
		c.writeKey(b)
	}
	b.WriteByte(')')
}
