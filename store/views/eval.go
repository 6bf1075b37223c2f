package views

import (
	"fmt"
	"sort"
	"sync"
)

// evalFn works out the value of an expression for one row.
type evalFn func(f *frame) (Value, error)

// frame is what an expression is worked out from.
type frame struct {
	row    []Value // the values of its leaves
	params []Value // the parameters of the lambdas around, the outermost first
}

// compiler turns expressions into Go functions. What it cannot work out itself,
// columns and the answers of SQLite, are leaves: slot says where each stands.
type compiler struct {
	slot  func(n *node) int
	notes *notes
	// strict lets an error of a function come up to the TRY around it. Elsewhere
	// the value is NULL and the error a warning: one odd line of evidence must
	// not keep the others from being seen.
	strict bool
}

func (c *compiler) compile(n *node) evalFn {
	switch n.kind {
	case literalNode:
		v := n.value
		return func(*frame) (Value, error) { return v, nil }
	case paramNode:
		i := n.index
		return func(f *frame) (Value, error) { return f.params[i], nil }
	case callNode:
		return c.call(n)
	}
	i := c.slot(n)
	return func(f *frame) (Value, error) { return f.row[i], nil }
}

func (c *compiler) call(n *node) evalFn {
	if n.fn.build != nil {
		return n.fn.build(c, n)
	}
	args := make([]evalFn, len(n.args))
	for i, a := range n.args {
		args[i] = c.compile(a)
	}
	if n.fn.prepare != nil && n.args[1].kind == literalNode && !n.args[1].value.null() {
		if one, err := n.fn.prepare(n.args[1].value); err == nil {
			return c.guard(n, strictOne(n, args[0], one))
		}
	}
	switch {
	case n.fn.one != nil:
		return c.guard(n, strictOne(n, args[0], n.fn.one))
	case n.fn.two != nil:
		return c.guard(n, strictTwo(n, args, n.fn.two))
	}
	return c.guard(n, strictMany(n, args, n.fn.many))
}

func strictOne(n *node, arg evalFn, one func(*node, Value) (Value, error)) evalFn {
	return func(f *frame) (Value, error) {
		a, err := arg(f)
		if err != nil || a.null() {
			return Value{}, err
		}
		return one(n, a)
	}
}

func strictTwo(n *node, args []evalFn, two func(n *node, a, b Value) (Value, error)) evalFn {
	return func(f *frame) (Value, error) {
		a, err := args[0](f)
		if err != nil || a.null() {
			return Value{}, err
		}
		b, err := args[1](f)
		if err != nil || b.null() {
			return Value{}, err
		}
		return two(n, a, b)
	}
}

func strictMany(n *node, args []evalFn, many func(*node, []Value) (Value, error)) evalFn {
	return func(f *frame) (Value, error) {
		values := make([]Value, len(args))
		for i, arg := range args {
			v, err := arg(f)
			if err != nil || v.null() {
				return Value{}, err
			}
			values[i] = v
		}
		return many(n, values)
	}
}

// guard makes NULL and a warning of an error, unless a TRY waits for it.
func (c *compiler) guard(n *node, fn evalFn) evalFn {
	if c.strict {
		return fn
	}
	return func(f *frame) (Value, error) {
		v, err := fn(f)
		if err != nil {
			c.notes.add(n.fn.name, err)
			return Value{}, nil
		}
		return v, nil
	}
}

// notes collects the warnings of a query: the first error of each function.
type notes struct {
	mu    sync.Mutex
	first map[string]error
}

func newNotes() *notes { return &notes{first: map[string]error{}} }

func (n *notes) add(what string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.first[what] == nil {
		n.first[what] = err
	}
}

// sentences are the warnings, one for each function that could not answer.
func (n *notes) sentences() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var list []string
	for name, err := range n.first {
		list = append(list, fmt.Sprintf("%s gave NULL where it could not answer, for example because %v.", name, err))
	}
	sort.Strings(list)
	return list
}
